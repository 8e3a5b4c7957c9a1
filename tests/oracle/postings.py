# SPDX-License-Identifier: Apache-2.0
"""Money fields of generated events, and posting lines that balance, or nearly."""
import amounts
from book import Field, Posting

ROLES = ("claim", "sale", "levy", "till", "gap")
MODES = ("half_away_from_zero", "half_even", "down", "up", "floor", "ceiling")
PERCENTS = ("30", "70", "50", "12.5", "33", "1")


def add_money(maker, header, line):
    """net, tax, a total of both that the schema states in one way or another - or not at all - and a fee."""
    stated = maker.chance.choice(("is", "is", "is", "invariant", ""))
    if line is None:
        header += [Field("net", "money"), Field("tax", "money"), Field("fee", "money"),
                   Field("total", "money", follows=(("+", "net"), ("+", "tax")), stated=stated)]
        return
    line += [Field("net", "money"), Field("tax", "money"), Field("gross", "money", follows=(("+", "net"), ("+", "tax")), stated=stated)]
    header += [Field("all_net", "money", follows=(("+", "sum of line.net"),)), Field("all_tax", "money", follows=(("+", "sum of line.tax"),)),
               Field("total", "money", follows=(("+", "all_net"), ("+", "all_tax")), stated=maker.chance.choice(("is", "invariant", "")))]


def field(name):
    return ("field", name)


def rounded_part(maker, factor, base, mode):
    part = ("percent", factor, base) if factor[0].isdigit() else ("times", factor, base)
    return ("round", mode, part)


def numbers_for(book, event):
    import generate  # noqa: PLC0415: the two know each other
    return [name for table in book.tables for kind, name in table.answers if kind == "number" and generate.can_ask(book, event, table)]


def sound_lines(maker, book, event):
    """(debits, credits): amounts of which both sides have the same sum wherever the schema states its sums."""
    each = book.each[event.name]
    if each:
        net, tax, total = field("line.net"), field("line.tax"), field("line.gross")
    elif event.line:
        net, tax, total = field("all_net"), field("all_tax"), field("total")
    else:
        net, tax, total = field("net"), field("tax"), field("total")
    kind = maker.chance.choice(("whole", "whole", "sum", "part", "part", "two parts", "fee"))
    factors = list(PERCENTS) + numbers_for(book, event) * 4
    mode = maker.chance.choice(MODES)
    if kind == "whole":
        return [total], [net, tax]
    if kind == "sum":
        return [("add", net, tax)], [("subtract", ("add", total, net), net)] if maker.often(.5) else [total]
    if kind == "fee" and not event.line:
        return [("subtract", net, field("fee")), field("fee")], [net]
    first = rounded_part(maker, maker.chance.choice(factors), net, mode)
    if kind == "two parts":
        second = rounded_part(maker, maker.chance.choice(factors), net, maker.chance.choice((mode, mode, maker.chance.choice(MODES))))
        return [net], [first, second, ("subtract", ("subtract", net, first), second)]
    return [net, tax], [first, ("subtract", net, first), tax]


def spoil(maker, debits, credits):
    what = maker.chance.choice(("drop", "side", "mode", "percent", "round the rest", "sign"))
    if what == "drop" and len(credits) > 1:
        credits.pop(maker.chance.randrange(len(credits)))
    elif what == "side" and len(credits) > 1:
        debits.append(credits.pop())
    elif what == "sign" and credits[-1][0] in ("add", "subtract"):
        credits[-1] = ("subtract" if credits[-1][0] == "add" else "add", *credits[-1][1:])
    elif credits[0][0] == "round":
        mode, (kind, factor, base) = credits[0][1], credits[0][2]
        if what == "mode":
            credits[0] = ("round", maker.chance.choice(MODES), credits[0][2])
        elif what == "percent":
            credits[0] = rounded_part(maker, maker.chance.choice(PERCENTS), base, mode)
        elif kind == "percent" and len(credits) > 1 and float(factor) < 100:
            rest = "%g" % (100 - float(factor))
            credits[1] = ("round", mode, ("percent", rest, base))


def lines(maker, book, rule):
    import generate  # noqa: PLC0415
    event = book.event(rule.event)
    debits, credits = sound_lines(maker, book, event)
    debits, credits = list(debits), list(credits)
    if maker.often(.12) and not maker.sound:
        spoil(maker, debits, credits)
    roles = [name for name in maker.chance.sample(ROLES, len(ROLES)) if generate.can_post(book, event, book.role(name))]
    both = [("debit", amount) for amount in debits] + [("credit", amount) for amount in credits]
    return [Posting(side, roles[number % len(roles)], amount) for number, (side, amount) in enumerate(both)]


def add_needs(maker, book):
    """Dimensions that every event which posts on the role has, or may have."""
    import generate  # noqa: PLC0415
    for role in book.roles[:-1]:
        events = [book.event(rule.event) for rule in book.rules for line in rule.lines if line.role == role.name]
        if not events or maker.often(.4):
            continue
        names = {"customer", *book.lists}
        for event in events:
            each = book.each[event.name]
            names &= {one.name for one in event.header + (event.line if each else []) if one.kind in ("text", "list")} | {
                answer for table in book.tables for kind, answer in table.answers
                if kind == "list" and generate.can_ask(book, event, table) and generate.one_answer_each(book, event, table, answer)}
        role.needs = sorted(maker.some(sorted(names), 1, 2)) if names else []
