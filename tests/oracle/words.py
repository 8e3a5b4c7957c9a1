# SPDX-License-Identifier: Apache-2.0
"""What the compiler's messages say, read back: regions of tables, conditions of rules, examples, places."""
import datetime
import re

from book import OTHER_CURRENCY, Condition

DAY = r"\d{4}-\d\d-\d\d"


def ordinal(text):
    return datetime.date.fromisoformat(text).toordinal()


def values_in(text):
    """`A`, `A or B`, `A, B or C`."""
    return frozenset(re.split(", | or ", text))


def row_at(table, line):
    return next(number for number, row in enumerate(table.rows) if row.line == line)


# ---- tables

def table_region(facts, text):
    """The places of `product A or B, any region, from DAY through DAY`."""
    columns = facts.table.columns
    pattern = ", ".join("(?:any %s|%s (.+?))" % (re.escape(name), re.escape(name)) for name in columns)
    found = re.fullmatch(pattern + r"(?:, on (%s)|, from (%s) through (%s))?" % (DAY, DAY, DAY), text)
    if not found:
        raise ValueError("cannot read the region `%s`" % text)
    cells = [None if values is None else values_in(values) for values in found.groups()[:len(columns)]]
    on, first, last = found.groups()[len(columns):]
    first, last = (on, on) if on else (first, last)
    days = set(facts.days)
    if first:
        days = {day for day in facts.days if ordinal(first) <= day <= ordinal(last)} | (
            {facts.start_of(ordinal(first))} if facts.start_of(ordinal(first)) is not None else set())
    return {(point, day) for point in facts.points for day in days
            if all(cell is None or value in cell for cell, value in zip(cells, point))}


def table_example(facts, finding):
    """The (combination, first day of its stretch) of `example: product A, region B, on DAY`."""
    text = finding["notes"][0].removeprefix("example: ")
    found = re.fullmatch(", ".join("%s (.+?)" % re.escape(name) for name in facts.table.columns) + "(?:, on (%s))?" % DAY, text)
    if not found:
        raise ValueError("cannot read the example `%s`" % text)
    point, day = found.groups()[:-1], found.groups()[-1]
    return point, facts.start_of(ordinal(day)) if day else facts.days[0]


def overlapping_rows(table, finding):
    """(pairs of rows that are named, how many there are)"""
    first = tuple(sorted((row_at(table, finding["line"]), row_at(table, finding["labels"][0]["line"]))))
    note = next((note for note in finding["notes"] if " shares combinations with " in note), None)
    if note is None:
        return {first}, 1
    more = int(re.search(r"with (\d+) more", note)[1])
    widest = finding["line"] if note.startswith("this row") else int(re.search(r":(\d+) shares", note)[1])
    widest = row_at(table, widest)
    others = [row_at(table, label["line"]) for label in finding["labels"][1:]]
    return {first} | {tuple(sorted((widest, other))) for other in others}, 1 + more


# ---- rules

def rule_region(program, text):
    """[(condition, whether an absent value will do)], all of which an event must meet; None where words were left out or are no conditions."""
    conditions = []
    for part in text.split(" and ") if text else []:
        part = part.removeprefix("line.").removeprefix("event.")
        both = r"\S+ or \S+ is not given"
        if re.search(r" or \d+ more", part) or not re.fullmatch(both + r"|\S+ is .+", part):
            return None
        if both := re.fullmatch(r"(\S+) or (\S+) is not given", part):
            conditions.append((Condition("given", both[1], True), both[2]))
            continue
        conditions.append((condition_of(program, part.removesuffix(" or not given")), part.endswith(" or not given")))
    return conditions


def condition_of(program, text):
    subject, negated, what = re.fullmatch(r"(\S+) is (not )?(.+)", text).groups()
    if what == "given":
        return Condition("given", subject, bool(negated))
    field = program.field(subject)
    if what == "functional" or (program.field(what) and what not in (program.book.values_of(field) if field else ())):
        return Condition("same", subject, bool(negated), other=what)
    return Condition("in", subject, bool(negated), values_in(what))


def in_region(program, region, event, rows):
    def holds(condition, otherwise):
        if isinstance(otherwise, str):
            return event[condition.subject] is None or event.get(otherwise, "") is None
        absent = event.get(condition.subject, "") is None or event.get(condition.other, "") is None
        return (otherwise and absent) or program.truth(condition, event, rows)
    return all(holds(condition, otherwise) for condition, otherwise in region)


# ---- examples of events

def example_events(facts, text):
    """Events that `example: sale.made with product A, no region, line kind K (so treatment is T1), on DAY` may mean."""
    program = facts.program
    body = text.removeprefix("example: ").removeprefix("every ").removeprefix(program.event.name)
    body, _, day = body.partition(", on ") if re.search(", on %s$" % DAY, body) else (body, None, None)
    derived = re.search(r" \(so (.+)\)$", body)
    body = body[:derived.start()] if derived else body
    wanted = {}
    for part in re.split(", ", body.removeprefix(" with ")) if body else []:
        part = part.removeprefix("line ")
        if part.startswith("no "):
            wanted[part[3:]] = None
        elif part.startswith("some "):
            wanted[part[5:]] = "some"
        else:
            name, value = part.split(" ", 1)
            known = name != "currency" or value in program.book.currencies()
            wanted[name] = value if known else OTHER_CURRENCY
    answers = dict(part.split(" is ") for part in re.split(", | and ", derived[1])) if derived else {}
    starts = program.days()
    start = max(one for one in starts if one <= ordinal(day)) if day else None
    found = []
    for event in program.events():
        if (start is None or event["day"] == start) and all(name not in event or event[name] == value for name, value in wanted.items()):
            found += [(event, rows) for rows, _ in program.ways(event) if program.agrees(event, rows) and
                      all(value in program.answers(name, rows) for name, value in answers.items() if not program.field(name))]
    return found


def use(code, finding):
    """What a finding about posting is about, in the words of compare.py."""
    message = finding["message"]
    if code == "GLM-4011":
        return finding["line"], re.search(r"can post in (\S+), which", message)[1]
    if code == "GLM-4009":
        return finding["line"], re.search(r"needs `(\S+?)`", message)[1]
    if code == "GLM-4007":
        found = re.search(r"account `(\S+?)` of (\S+), used for role `(\S+?)`", message)
        return finding["line"], found[2], found[1], found[3]
    return finding["line"]
