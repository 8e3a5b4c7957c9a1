# SPDX-License-Identifier: Apache-2.0
"""The sums that an event type states - definitions (`gross is net + tax`) and invariants (`total = all_net + all_tax`) - kept,
written out, or broken on purpose in drawn events. What is absent counts as zero."""
import collections
import decimal


class Scope:
    """The fields of one header, or of one line, and the object that holds their values."""

    def __init__(self, fields, holder, line_fields=(), lines=()):
        self.fields, self.holder = fields, holder
        self.lines = [Scope(line_fields, line) for line in lines]

    def terms(self, terms):
        """(scope, field, sign) of each value that is added."""
        for term in terms:
            sign = -1 if term.get("negative") else 1
            for scope in self.lines if term.get("over_lines") else [self]:
                yield scope, scope.fields[term.get("field", 0)], sign

    def value(self, field):
        if field.get("definition"):
            return self.sum(field["definition"])
        return decimal.Decimal(self.holder.get(field["name"], 0))

    def sum(self, terms):
        return sum((sign * scope.value(field) for scope, field, sign in self.terms(terms)), decimal.Decimal(0))

    def leaves(self, terms, sign=1):
        """The terms with those that are defined taken apart."""
        for scope, field, own in self.terms(terms):
            if field.get("definition"):
                yield from scope.leaves(field["definition"], sign * own)
            else:
                yield scope, field, sign * own

    def balance(self, terms):
        """Changes one value so that the terms add up to nothing."""
        rest = self.sum(terms)
        if not rest:
            return
        leaves = list(self.leaves(terms))
        often = collections.Counter((id(scope), field["name"]) for scope, field, _ in leaves)
        once = [leaf for leaf in leaves if often[id(leaf[0]), leaf[1]["name"]] == 1]
        if not once:
            return
        scope, field, sign = min(once, key=lambda leaf: ("sign" in leaf[1], leaf[0] is not self))
        scope.holder[field["name"]] = text(scope.value(field) - sign * rest)


def text(value):
    return format(value, "f")


def header_of(kind, data):
    return Scope(kind["header"], data, kind.get("line", []), data.get("lines", []))


def keep(kind, data):
    """Makes every invariant of the type true."""
    header = header_of(kind, data)
    for invariant in sorted(kind.get("invariants", []), key=lambda one: not one.get("on_line")):
        for scope in header.lines if invariant.get("on_line") else [header]:
            scope.balance(invariant["terms"])


def write_out(kind, data):
    """Writes what follows from other fields."""
    header = header_of(kind, data)
    for scope in [*header.lines, header]:
        for field in scope.fields:
            if field.get("definition"):
                scope.holder[field["name"]] = text(scope.value(field))


def break_one(kind, data, chance):
    """Makes one stated sum wrong, by as little as a hundredth or by much; False where the type states none."""
    header = header_of(kind, data)
    stated = [(scope, field) for scope in [*header.lines, header] for field in scope.fields if field.get("definition")]
    stated += [leaf[:2] for one in kind.get("invariants", []) if not one.get("on_line") for leaf in header.leaves(one["terms"])]
    if not stated:
        return False
    scope, field = chance.choice(stated)
    scope.holder[field["name"]] = text(scope.value(field) + decimal.Decimal(chance.choice(("1", "-1", "100", "12345"))))
    return True
