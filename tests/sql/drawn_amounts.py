# SPDX-License-Identifier: Apache-2.0
"""Amounts of drawn events: most like those of invoices, many at the edges - nothing, one minor unit, the largest that is
drawn, below zero - and those edges counted in the events as they are written."""
import collections
import decimal

MONEY, FUNCTIONAL = 4, 5         # kinds of field, as a bundle numbers them
DIGITS = {"JPY": 0, "KRW": 0, "BHD": 3, "CLF": 4}
# In minor units. An event states sums of several such amounts, the script for SQLite multiplies sums by percentages and takes
# amounts below 10^15: more would leave its 64 bits. test_limits.py is about what lies beyond.
LARGEST = 10 ** 12               # in the entity's own currency
LARGEST_FOREIGN = 10 ** 9        # is converted at rates with twelve places
LARGEST_IN = {"everything": 10 ** 9}   # its amounts go into the books of other companies, too, at rates
USUAL = (999, 99_999, 99_999, 9_999_999, 10 ** 9)
POSITIVE, NOT_NEGATIVE = 1, 2    # what a schema says of a sign
EDGES = ("zero", "one minor unit", "largest", "negative")
LIKE_SIGN_SHARE = .9             # of the amounts of an event made like another: above, below or at zero like the other's


def amount_text(minor, digits):
    sign, plain = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return sign + (plain[:-digits] + "." + plain[-digits:] if digits else plain)


def largest(book, currency, context):
    """`context`: the currencies that the amounts of an event are made for, and whether it names a wrong one."""
    own = currency == context["functional"] and not context["wrong"]
    return min(LARGEST if own else LARGEST_FOREIGN, LARGEST_IN.get(book, LARGEST))


def minor(chance, top):
    """Minor units, at most `top` of them."""
    kind = chance.random()
    if kind < .06:
        return 0
    if kind < .09:
        value = 1
    elif kind < .11:
        value = chance.choice((top, top, top - 1))
    else:
        value = chance.randrange(1, 1 + (top if kind > .98 else min(top, chance.choice(USUAL))))
    return -value if chance.random() < .08 else value


def signed(value, sign):
    """As the schema wants it."""
    return abs(value) or (1 if sign == POSITIVE else 0) if sign else value


def signed_like(value, model):
    """Above, below or at zero as the amount `model` is."""
    other = decimal.Decimal(model)
    return (abs(value) or 1) * (1 if other > 0 else -1) if other else 0


def edges(kind, data, context, book):
    """How many amounts of each edge an event carries."""
    found = collections.Counter()
    for fields, holder in [(kind["header"], data), *((kind.get("line", []), line) for line in data.get("lines", []))]:
        for field in fields:
            if field.get("kind") in (MONEY, FUNCTIONAL) and field["name"] in holder:
                currency = context["currency" if field["kind"] == MONEY else "functional"]
                units = decimal.Decimal(holder[field["name"]]).scaleb(DIGITS.get(currency, 2))
                top = largest(book, currency, context)
                found.update(edge for edge, met in zip(EDGES, (not units, abs(units) == 1, abs(units) >= top - 1, units < 0)) if met)
    return found


def expected_edges(types):
    """The edges that events of these types can carry."""
    fields = [field for kind in types for field in kind["header"] + kind.get("line", []) if field.get("kind") in (MONEY, FUNCTIONAL)]
    signs = {field.get("sign", 0) for field in fields}
    return {edge for edge, met in zip(EDGES, (signs - {POSITIVE}, signs, signs, 0 in signs)) if met}
