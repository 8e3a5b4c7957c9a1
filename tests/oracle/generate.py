# SPDX-License-Identifier: Apache-2.0
"""Random small books: one seed, one book. About half of the tables and sets of rules are sound by construction - a partition
of what can be asked - and the others have had rows and rules dropped, widened, doubled, moved in time or made impossible."""
import datetime
import itertools
import random

from book import FUNCTIONAL, LIFE, Book, Condition, Event, Field, Role, Row, Rule, Table
import postings

LISTS = {"product": "P", "region": "R", "kind": "K", "segment": "S"}
ANSWERS = {"treatment": "T", "stage": "G", "code": "C"}    # the first answer of a table
SECOND = {"method": "M"}
DAYS = [datetime.date(*day).toordinal() for day in
        ((2025, 7, 1), (2026, 1, 1), (2026, 1, 2), (2026, 7, 1), (2027, 1, 1), (2027, 4, 1))]
OUTSIDE = [datetime.date(2024, 5, 1).toordinal(), datetime.date(2028, 2, 1).toordinal()]
CODES = ["1000", "1100", "1200", "1300", "1400", "1500", "1600"]
EVENTS = ("sale.made", "money.received", "note.sent")
EVENTS_MAX = 1500      # combinations of one program; larger books are made anew


class Maker:
    sound = False    # nothing is spoilt: most books are proved

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def often(self, share):
        return self.chance.random() < share

    def some(self, values, least=1, most=None):
        values = in_order(values)
        count = self.chance.randint(least, min(len(values), most or len(values)))
        return self.chance.sample(values, count)

    def split(self, values):
        """Two parts of at least one value, in a random order."""
        values = self.chance.sample(in_order(values), len(values))
        at = self.chance.randint(1, len(values) - 1)
        return frozenset(values[:at]), frozenset(values[at:])

    # ---- what billing sends

    def lists(self):
        names = self.some(LISTS, 2, 4)
        lists = {name: ["%s%d" % (LISTS[name], i + 1) for i in range(self.chance.choice((2, 2, 3, 3, 4)))] for name in names}
        for name, prefix in {**ANSWERS, **SECOND}.items():
            lists[name] = ["%s%d" % (prefix, i + 1) for i in range(self.chance.choice((2, 3)))]
        return lists

    def event(self, name, lists):
        header = [Field("entity", "entity"), Field("currency", "currency"), Field("document_date", "date")]
        if name == EVENTS[0] or self.often(.85):
            header.append(Field("rate", "decimal", required=False))
        header.append(Field("customer", "text", required=self.often(.7)))
        has_lines, line = self.often(.55), []
        for one in self.some([one for one in lists if one in LISTS], 1, 3):
            field = Field(one, "list", one, required=self.often(.85))
            (line if has_lines and self.often(.6) else header).append(field)
        if self.often(.35):
            header.append(Field("business", "yes/no", required=self.often(.8)))
        if self.often(.25):
            header.append(Field("partner", "entity", required=self.often(.6)))
        if "region" in lists and self.often(.15):
            header.append(Field("sent_to", "list", "region", required=self.often(.8)))
        if self.often(.2):
            (line if has_lines and self.often(.6) else header).append(Field("code", "list", "code", required=self.often(.7)))
        postings.add_money(self, header, line if has_lines else None)
        return Event(name, header, line if has_lines else [])

    # ---- tables

    def table_columns(self, book, event):
        each = book.each[event.name]
        fields = [field for field in event.header + (event.line if each else []) if field.kind in ("list", "entity", "yes/no")]
        names = [field.name for field in fields if field.name not in ("code", "partner")]
        names += [answer for table in book.tables for kind, answer in table.answers
                  if kind == "list" and can_ask(book, event, table) and one_answer_each(book, event, table, answer)]
        return self.some(sorted(set(names)), 1, 3)

    def answers(self, book, event, table):
        answers = []
        for kind, name in table.answers:
            if kind == "account":
                answers.append("no line" if self.often(.05) else self.chance.choice(CODES))
            elif kind == "number":
                answers.append(self.chance.choice(("0.1", "0.3", "0.5", "30 %", "12.5 %", "1", "0.07")))
            else:
                several = name == "code" and event.field("code", book.each[event.name]) and self.often(.5)
                answers.append(frozenset(self.some(book.lists[name], 1, 2 if several else 1)))
        return answers

    def partition(self, domains, most):
        """Boxes (lists of frozensets) that share no point and together hold all."""
        boxes = [[frozenset(domain) for domain in domains]]
        while len(boxes) < most:
            wide = [(box, column) for box in boxes for column in range(len(domains)) if len(box[column]) > 1]
            if not wide:
                break
            box, column = self.chance.choice(wide)
            boxes.remove(box)
            boxes += [[*box[:column], part, *box[column + 1:]] for part in self.split(box[column])]
        return boxes

    def rows(self, book, event, table):
        domains = [book.column_values(column) for column in table.columns]
        dated = self.often(.4)
        begins = self.chance.choice(DAYS[:2]) if dated and self.often(.3) else None
        for box in self.partition(domains, self.chance.randint(2, 6)):
            cells = [None if len(cell) == len(domain) and self.often(.7) else cell for cell, domain in zip(box, domains)]
            days = self.chance.sample(DAYS[2:], 1) if dated and self.often(.5) else []
            spans = zip([begins, *days], [*(day - 1 for day in days), None])
            if self.often(.12) and len(table.rows) > 0:
                table.rows.append(Row(cells, [], impossible=True))
                continue
            for start, end in spans:
                table.rows.append(Row(list(cells), self.answers(book, event, table), start, end))

    def count_rest(self, book, table, asked):
        """Takes some rows away and counts what is left without one."""
        keep = [row for row in table.rows if not row.impossible and self.often(.7)] or table.rows[:1]
        table.rows[:] = keep
        table.remaining = sum(not any(row.fits(point) for row in keep) for point in asked)
        if table.remaining == 0 or self.often(.15):
            table.remaining += 1

    def spoil_table(self, book, event, table):
        rows = table.rows
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            row = self.chance.choice(rows)
            column = self.chance.randrange(len(table.columns))
            domain = book.column_values(table.columns[column])
            what = self.chance.choice(("drop", "widen", "narrow", "twice", "again", "days", "days", "any", "impossible", "never"))
            if what == "drop" and len(rows) > 1:
                rows.remove(row)
            elif what == "widen" and row.cells[column] is not None:
                row.cells[column] = row.cells[column] | {self.chance.choice(domain)}
            elif what == "narrow" and row.cells[column] is not None and len(row.cells[column]) > 1:
                row.cells[column] = frozenset(self.some(row.cells[column], 1, len(row.cells[column]) - 1))
            elif what in ("twice", "again"):
                answers = row.answers if what == "twice" or row.impossible else self.answers(book, event, table)
                cells = [cell if self.often(.6) else None if self.often(.3) else frozenset(self.some(book.column_values(name)))
                         for cell, name in zip(row.cells, table.columns)]
                rows.append(Row(cells, list(answers), row.start, row.end, row.impossible))
            elif what == "days" and not row.impossible:
                self.move_days(row)
            elif what == "any":
                row.cells[column] = None
            elif what == "impossible" and len(rows) > 1:
                row.impossible, row.answers, row.start, row.end = True, [], None, None
            elif what == "never" and not row.impossible and self.often(.3):
                row.start, row.end = (OUTSIDE[1], None) if self.often(.5) else (None, OUTSIDE[0])
        if all(row.impossible for row in rows):
            rows.append(Row([None] * len(table.columns), self.answers(book, event, table)))

    def move_days(self, row):
        by = self.chance.choice((-1, 1, 1, 31, -31))
        if row.end is not None and self.often(.5):
            row.end += by
        elif row.start is not None:
            row.start += by
        else:
            row.start = self.chance.choice(DAYS)
        if row.start is not None and row.end is not None and row.end < row.start:
            row.end = None

    def tables(self, book):
        firsts = self.chance.sample(list(ANSWERS), self.chance.choice((1, 2, 2, 3)))
        for number, first in enumerate(firsts):
            event = self.chance.choice(book.events)
            table = Table("by_" + first, self.table_columns(book, event), [("list", first)], [])
            if self.often(.2) and number == 0:
                table.answers.append(("list", "method"))
            if self.often(.35):
                table.answers.append(("number", "part_%d" % number))
            self.rows(book, event, table)
            if self.often(.15):
                self.count_rest(book, table, list(itertools.product(*map(book.column_values, table.columns))))
            elif self.often(.5):
                self.spoil_table(book, event, table)
            book.tables.append(table)

    # ---- accounts

    def roles(self, book):
        book.roles = [Role(name, {entity: self.chance.choice(CODES) for entity in book.entities}) for name in postings.ROLES]
        book.roles.append(Role("rounding", {entity: CODES[0] for entity in book.entities}))
        book.charts = {entity: {code: self.account() for code in CODES} for entity in book.entities}
        for number in range(self.chance.choice((0, 1, 1, 2))):
            self.account_table(book, "accounts_%d" % number)
        for role in book.roles[:-1]:
            for entity in book.entities:
                if self.often(.03) and isinstance(role.accounts[entity], str):
                    role.accounts[entity] = None
        for chart in book.charts.values():
            chart[CODES[0]] = (True, None, None)

    def account(self):
        kind = self.chance.random()
        if kind < .05:
            return (True, self.chance.choice(DAYS[:4]), None)
        if kind < .1:
            return (True, None, self.chance.choice(DAYS[2:]) - 1)
        return (kind > .12, None, None)

    def account_table(self, book, name):
        event = self.chance.choice(book.events)
        users = [role for role in book.roles[:-1] if all(isinstance(code, str) for code in role.accounts.values())]
        users = self.some(users, 1, 2)
        columns = [one for one in self.table_columns(book, event) if one != "entity"][:2]
        columns += [one for one in ("entity", "role") if self.often(.6 if one == "entity" else .4)]
        table = Table(name, columns or ["entity"], [("account", "account")], [])
        for role in users:
            for entity in book.entities:
                if len(book.entities) == 1 or self.often(.85):
                    role.accounts[entity] = ("by", name)
        self.rows(book, event, table)
        if self.often(.5):
            self.spoil_table(book, event, table)
        book.tables.append(table)

    # ---- rules

    def subjects(self, book, event):
        each = book.each[event.name]
        found = [("currency", "functional"), ("currency", None)] if self.often(.5) else []
        for field in event.header + (event.line if each else []):
            if field.kind in ("list", "entity", "yes/no"):
                found.append((field.name, None))
        if event.field("partner", each):
            found.append(("partner", "entity"))
        if event.field("sent_to", each) and event.field("region", each):
            found.append(("sent_to", "region"))
        for table in book.tables:
            for kind, answer in table.answers:
                if kind == "list" and not event.field(answer, each) and can_ask(book, event, table) and \
                        one_answer_each(book, event, table, answer):
                    found += [(answer, None)] * 3
        return self.some(found, 1, 3) if found else []

    def parts(self, book, event, subject, other):
        """Conditions on `subject` of which exactly one holds."""
        field = event.field(subject, book.each[event.name])
        given = [] if field is None or field.required else [Condition("given", subject, True)]
        if other:
            more = event.field(other, book.each[event.name])
            pair = [Condition("same", subject, negated, other=other) for negated in (False, True)]
            return pair + given + ([Condition("given", other, True)] if more and not more.required and not given else [])
        values = book.values_of(field) if field else book.lists[subject]
        if field is None and self.often(.85):   # mostly what the table does answer
            values = sorted(answers_of(*book.table_answering(subject))) or values
        if len(values) == 1:
            return [Condition("in", subject, values=frozenset(values)), *given]
        first, second = self.split(values)
        if subject == "currency":
            named = first - {"CHF"} or second
            return [Condition("in", subject, negated, named) for negated in (False, True)]
        if not self.often(.3):
            return [Condition("in", subject, values=part) for part in (first, second)] + given
        return [Condition("in", subject, negated, first) for negated in (False, True)] + given

    def rules(self, book, event, ledger):
        leaves = [[]]
        for subject, other in self.subjects(book, event):
            at = self.chance.randrange(len(leaves))
            split = [leaves.pop(at)] if self.often(.6) else [leaves.pop() for _ in range(len(leaves))]
            if len(split) * 3 + len(leaves) > 9:
                leaves += split
                continue
            leaves += [leaf + [part] for leaf in split for part in self.parts(book, event, subject, other)]
        rules = [Rule(self.chance.choice(("post", "post", "post", "no entry", "hold")), event.name, ledger, leaf) for leaf in leaves]
        if self.often(.5):
            self.spoil_rules(book, event, rules)
        if all(rule.outcome != "post" for rule in rules):
            rules[0].outcome = "post"
        self.chance.shuffle(rules)
        return rules

    def spoil_rules(self, book, event, rules):
        for _ in range(self.chance.choice((1, 1, 2))):
            rule = self.chance.choice(rules)
            what = self.chance.choice(("drop", "shorten", "widen", "twice", "narrow", "narrow"))
            if what == "drop" and len(rules) > 1:
                rules.remove(rule)
            elif what == "shorten" and rule.when:
                rule.when.pop(self.chance.randrange(len(rule.when)))
            elif what == "widen" and rule.when and rule.when[-1].kind == "in":
                last = rule.when[-1]
                field = event.field(last.subject, book.each[event.name])
                values = last.values | {self.chance.choice(book.values_of(field) if field else book.lists[last.subject])}
                rule.when[-1] = Condition("in", last.subject, last.negated, values - {"CHF"})
            elif what == "twice":
                rules.append(Rule(rule.outcome, rule.event, rule.ledger, rule.when[:max(1, len(rule.when) - 1)]))
            elif what == "narrow" and (more := self.subjects(book, event)):
                rule.when = rule.when + [self.chance.choice(self.parts(book, event, *more[0]))]

    def book(self):
        lists = self.lists()
        events = [self.event(name, lists) for name in EVENTS[:self.chance.choice((1, 1, 2, 2, 3))]]
        book = Book(self.chance.choice((["main"], ["main"], ["main"], ["main", "second"])), lists, self.some(FUNCTIONAL, 1, 3), {}, events,
                    [], [], [], {event.name: bool(event.line) and self.often(.8) for event in events})
        self.tables(book)
        self.roles(book)
        for event in events:
            for ledger in book.ledgers:
                if self.often(.98):
                    book.rules += self.rules(book, event, ledger)
        for number, rule in enumerate(rule for rule in book.rules if rule.outcome == "post"):
            rule.name = "R%d" % (number + 1)
            rule.lines = postings.lines(self, book, rule)
        postings.add_needs(self, book)
        return book


def in_order(values):
    """A set has another order in each run; the seed shall make the same book in all of them."""
    return sorted(values) if isinstance(values, (set, frozenset)) else list(values)


def can_ask(book, event, table, asking=(), given=()):
    """The event carries all that the table asks for, itself or through other tables; `given` is known without it."""
    if table.name in asking:
        return False
    for column in table.columns:
        if column in given:
            continue
        if column == "role":
            return False
        if event.field(column, book.each[event.name]):
            continue
        other, _ = book.table_answering(column)
        if other is None or not can_ask(book, event, other, (*asking, table.name)) or not one_answer_each(book, event, other, column):
            return False
    return True


def answers_of(table, position):
    return frozenset().union(*(row.answers[position] for row in table.rows if not row.impossible))


def can_post(book, event, role):
    """Each of the role's accounts can be found for the event."""
    return all(not isinstance(account, tuple) or can_ask(book, event, book.table(account[1]), given=("role", "entity"))
               for account in role.accounts.values())


def one_answer_each(book, event, table, answer):
    """No row leaves a choice, or the event carries the field that chooses."""
    if event.field(answer, book.each[event.name]):
        return True
    position = [name for _, name in table.answers].index(answer)
    return all(row.impossible or len(row.answers[position]) == 1 for row in table.rows)


def make(seed):
    """The book of a seed; one that would be too large to enumerate makes place for the next."""
    import events  # noqa: PLC0415: events knows how many there are
    for attempt in itertools.count():
        book = Maker("%s/%d" % (seed, attempt)).book()
        if all(events.Program(book, *key).size() <= EVENTS_MAX for key in events.programs(book)):
            return book
