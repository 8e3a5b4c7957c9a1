# SPDX-License-Identifier: Apache-2.0
"""A generated book and a change of it, both of which glmapc proves."""
import copy
import itertools
import random
import shutil

import generate
import run
from book import Field
from generate import CODES, DAYS

ATTEMPTS = 12   # changes of one book before another book is taken
ROUNDS = 4


class SoundMaker(generate.Maker):
    """Nothing is spoilt, and what is mostly found wrong is not made."""
    sound = True

    def spoil_table(self, book, event, table):
        pass

    def spoil_rules(self, book, event, rules):
        pass

    def account(self):
        return (True, None, None)

    def event(self, name, lists):
        event = super().event(name, lists)
        lenient = self.often(.25)
        for field in event.header + event.line:
            field.required = field.required or (field.name != "rate" and not (lenient and self.often(.5)))
            field.stated = field.stated or "is"
        if not event.field("rate", False):
            event.header.append(Field("rate", "decimal", required=False))
        return event

    def count_rest(self, book, table, asked):
        super().count_rest(book, table, asked)
        table.remaining = sum(not any(row.fits(point) for row in table.rows) for point in asked) or None

    def roles(self, book):
        super().roles(book)
        for role in book.roles:
            role.accounts = {entity: account or CODES[1] for entity, account in role.accounts.items()}


class Change:
    """Changes `book`, a copy of its own; says in words what it did."""

    def __init__(self, book, chance):
        self.book, self.chance, self.done = book, chance, []

    def some_table(self, kind=None):
        tables = [table for table in self.book.tables if kind is None or any(one == kind for one, _ in table.answers)]
        return self.chance.choice(tables) if tables else None

    def answer(self):
        """Another answer in one row: an account, a number, a value."""
        table = self.some_table()
        rows = [row for row in table.rows if not row.impossible]
        if not rows:
            return
        row, at = self.chance.choice(rows), self.chance.randrange(len(table.answers))
        kind, name = table.answers[at]
        if kind == "account":
            row.answers[at] = self.chance.choice(CODES)
        elif kind == "number":
            row.answers[at] = self.chance.choice(("0.1", "0.2", "0.45", "25 %", "1"))
        else:
            row.answers[at] = frozenset(self.chance.sample(self.book.lists[name], 1))
        self.done.append("an answer of %s" % table.name)

    def account(self):
        role = self.chance.choice(self.book.roles[:-1])
        entity = self.chance.choice(self.book.entities)
        if isinstance(role.accounts[entity], str):
            role.accounts[entity] = self.chance.choice(CODES)
            self.done.append("the account of %s in %s" % (role.name, entity))

    def split_row(self):
        """One row becomes two: by a value of a column, or by a day."""
        table = self.some_table()
        rows = [row for row in table.rows if not row.impossible]
        if not rows:
            return
        row = self.chance.choice(rows)
        other = copy.deepcopy(row)
        column = self.chance.randrange(len(table.columns))
        domain = self.book.column_values(table.columns[column])
        values = sorted(domain if row.cells[column] is None else row.cells[column])
        if len(values) > 1 and self.chance.random() < .6:
            at = self.chance.randint(1, len(values) - 1)
            row.cells[column], other.cells[column] = frozenset(values[:at]), frozenset(values[at:])
        else:
            day = self.chance.choice(DAYS[1:])
            if (row.start is not None and row.start >= day) or (row.end is not None and row.end < day):
                return
            row.end, other.start = day - 1, day
        table.rows.append(other)
        if self.chance.random() < .7:
            at = self.chance.randrange(len(table.answers))
            kind, name = table.answers[at]
            other.answers[at] = (self.chance.choice(CODES) if kind == "account" else self.chance.choice(("0.1", "0.6", "1")) if kind == "number"
                                 else frozenset(self.chance.sample(self.book.lists[name], 1)))
        self.done.append("a row of %s in two" % table.name)

    def move_days(self):
        for table in self.book.tables:
            for row in table.rows:
                if row.end is None:
                    continue
                for next_row in table.rows:
                    if next_row.start == row.end + 1 and next_row.cells == row.cells:
                        by = self.chance.choice((-31, -1, 1, 31))
                        row.end, next_row.start = row.end + by, next_row.start + by
                        self.done.append("days of %s" % table.name)
                        return

    def outcome(self):
        rule = self.chance.choice(self.book.rules)
        if rule.outcome == "post":
            rule.outcome = self.chance.choice(("no entry", "hold"))
            rule.lines, rule.name = [], ""
        else:
            rule.outcome = "hold" if rule.outcome == "no entry" else "no entry"
        self.done.append("the outcome of a rule")

    def amount(self):
        rules = [rule for rule in self.book.rules if rule.outcome == "post"]
        if not rules:
            return
        rule = self.chance.choice(rules)
        rule.lines = __import__("postings").lines(generate.Maker(self.chance.random()), self.book, rule)
        self.done.append("the lines of %s" % rule.name)

    def condition(self):
        """Two rules that part the values of one field part them elsewhere."""
        pairs = [(a, b, i) for a, b in itertools.combinations(self.book.rules, 2) if (a.event, a.ledger) == (b.event, b.ledger)
                 and len(a.when) == len(b.when) for i in range(len(a.when))
                 if a.when[i].kind == b.when[i].kind == "in" and a.when[i].subject == b.when[i].subject
                 and not a.when[i].negated and not b.when[i].negated and a.when[:i] == b.when[:i] and a.when[i + 1:] == b.when[i + 1:]]
        if not pairs:
            return
        a, b, at = self.chance.choice(pairs)
        values = sorted(a.when[at].values | b.when[at].values)
        if len(values) < 2:
            return
        self.chance.shuffle(values)
        cut = self.chance.randint(1, len(values) - 1)
        first, second = copy.copy(a.when[at]), copy.copy(b.when[at])
        first.values, second.values = frozenset(values[:cut]), frozenset(values[cut:])
        a.when[at], b.when[at] = first, second
        self.done.append("where %s is parted" % first.subject)

    def grow(self):
        """A value more in a list; what is `any` or `is not` takes it."""
        name = self.chance.choice([name for name in self.book.lists])
        self.book.lists[name] = self.book.lists[name] + [self.book.lists[name][0][0] + "9"]
        self.done.append("a value more in %s" % name)

    def optional(self):
        event = self.chance.choice(self.book.events)
        fields = [field for field in event.header + event.line if field.kind in ("list", "yes/no", "text", "decimal")]
        if not fields:
            return
        field = self.chance.choice(fields)
        field.required = not field.required
        self.done.append("whether %s of %s is optional" % (field.name, event.name))

    def needs(self):
        role = self.chance.choice(self.book.roles[:-1])
        if role.needs:
            role.needs = role.needs[1:]
            self.done.append("what %s needs" % role.name)

    def close_account(self):
        entity = self.chance.choice(self.book.entities)
        code = self.chance.choice(CODES[1:])
        postable, _, end = self.book.charts[entity][code]
        self.book.charts[entity][code] = (postable, self.chance.choice((None, *DAYS[:2])), end)
        self.done.append("when %s of %s opens" % (code, entity))

    def order(self):
        """Nothing but the order of rows and rules."""
        for table in self.book.tables:
            self.chance.shuffle(table.rows)
        self.chance.shuffle(self.book.rules)
        self.done.append("the order of rows and rules")

    KINDS = (answer, answer, account, account, split_row, split_row, move_days, outcome, amount, amount, condition, condition, grow, optional,
             needs, close_account, order)

    def run(self):
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            self.chance.choice(self.KINDS)(self)
        return self.book


def is_sound(glmapc, book, folder):
    """Writes the book; rules and rows that never apply are taken out until it is proved, or nothing more helps."""
    for _ in range(ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        run.write(book, folder)
        found = run.check(glmapc, folder)
        errors = [one for one in found["diagnostics"] if one["severity"] == "error"]
        if not errors:
            return True
        if any(one["code"] != "GLM-4006" for one in errors):
            return False
        lines = {one["line"] for one in errors}
        before = sum(len(table.rows) for table in book.tables) + len(book.rules)
        for table in book.tables:
            table.rows[:] = [row for row in table.rows if row.line not in lines]
        book.rules[:] = [rule for rule in book.rules if rule.line not in lines]
        if sum(len(table.rows) for table in book.tables) + len(book.rules) == before or not all(table.rows for table in book.tables):
            return False
    return False


def make(glmapc, seed, folder):
    """((old, new), their folders, what was changed)"""
    folders = (folder / "old", folder / "new")
    for number in itertools.count():
        book = SoundMaker("%s/%d" % (seed, number)).book()
        if not book.tables or not is_sound(glmapc, book, folders[0]):
            continue
        chance = random.Random("%s/%d change" % (seed, number))
        for _ in range(ATTEMPTS):
            change = Change(copy.deepcopy(book), chance)
            changed = change.run()
            if change.done and is_sound(glmapc, changed, folders[1]):
                return (book, changed), folders, " and ".join(change.done)
