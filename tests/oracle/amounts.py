# SPDX-License-Identifier: Apache-2.0
"""Amounts as nested tuples, in minor units and exact:

("field", name) ("number", name) ("percent", "12.5", amount) ("times", name or text, amount) ("add"|"subtract", a, b)
("round", mode, amount). Evaluation is by the language's page on amounts and by nothing else."""
import fractions
import math

Fraction = fractions.Fraction


def word(amount):
    return amount[0] == "field"


def text_of(amount):
    kind = amount[0]
    if kind == "field":
        return amount[1]
    if kind == "percent":
        return "%s %% of %s" % (amount[1], text_of(amount[2]) if word(amount[2]) else "(%s)" % text_of(amount[2]))
    if kind == "times":
        return "%s * %s" % (amount[1], text_of(amount[2]) if word(amount[2]) else "(%s)" % text_of(amount[2]))
    if kind == "round":
        inner = text_of(amount[2])
        return "%s rounded %s" % ("(%s)" % inner if amount[2][0] in ("add", "subtract") else inner, amount[1])
    right = text_of(amount[2])
    return "%s %s %s" % (text_of(amount[1]), "+" if kind == "add" else "-", "(%s)" % right if amount[2][0] in ("add", "subtract") else right)


def rounded(value, mode):
    """To a whole number of minor units."""
    down, up = math.floor(value), math.ceil(value)
    if down == up:
        return Fraction(down)
    if mode in ("floor", "ceiling"):
        return Fraction(down if mode == "floor" else up)
    toward_zero, away = (down, up) if value > 0 else (up, down)
    if mode in ("down", "up"):
        return Fraction(toward_zero if mode == "down" else away)
    distance = abs(value - toward_zero)
    if distance != Fraction(1, 2):
        return Fraction(toward_zero if distance < Fraction(1, 2) else away)
    if mode == "half_even":
        return Fraction(down if down % 2 == 0 else up)
    return Fraction(away)   # half_away_from_zero


def number_value(text):
    """`0.3` or `30 %`."""
    return Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)


def value_of(amount, fields, numbers):
    """fields: name -> minor units; numbers: name of a table's answer -> Fraction."""
    kind = amount[0]
    if kind == "field":
        return Fraction(fields[amount[1]])
    if kind == "percent":
        return Fraction(amount[1]) / 100 * value_of(amount[2], fields, numbers)
    if kind == "times":
        factor = numbers[amount[1]] if amount[1] in numbers else Fraction(amount[1])
        return factor * value_of(amount[2], fields, numbers)
    if kind == "round":
        return rounded(value_of(amount[2], fields, numbers), amount[1])
    left, right = value_of(amount[1], fields, numbers), value_of(amount[2], fields, numbers)
    return left + right if kind == "add" else left - right


def fields_in(amount):
    if amount[0] == "field":
        return {amount[1]}
    return set().union(*(fields_in(part) for part in amount[1:] if isinstance(part, tuple)))


def names_in(amount):
    """Names of table answers that multiply."""
    found = {amount[1]} if amount[0] == "times" and not amount[1][0].isdigit() else set()
    return found.union(*(names_in(part) for part in amount[1:] if isinstance(part, tuple)))


def event_fields(event, each, free):
    """Fields by the name rules know them by, from the free ones; `free(name)` chooses a value.

    Sums over lines are chosen like fields: some lines have that sum."""
    fields = {}

    def value(name):
        if name in fields:
            return fields[name]
        on_line = name.startswith("line.")
        field = next((one for one in (event.line if on_line else event.header) if one.name == name.removeprefix("line.")), None)
        if field is not None and field.follows and field.stated:
            terms = [(sign, "line." + term if on_line else term) for sign, term in field.follows]
            fields[name] = sum((value(term) if sign == "+" else -value(term) for sign, term in terms), Fraction(0))
        elif name.startswith("sum of line.") and (field := next(one for one in event.line if one.name == name[12:])).follows and field.stated:
            fields[name] = sum((value("sum of line." + term) if sign == "+" else -value("sum of line." + term) for sign, term in field.follows), Fraction(0))
        else:
            fields[name] = Fraction(free(name))
        return fields[name]

    for field in event.header:
        if field.kind == "money":
            value(field.name)
    for field in event.line:
        if field.kind == "money" and each:
            value("line." + field.name)
    return fields
