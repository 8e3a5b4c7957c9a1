# SPDX-License-Identifier: Apache-2.0
"""Rules by enumeration: every event that can differ for them, one after the other.

A look-up that no row answers, or that is impossible, holds the event before any rule; whether another rule would have fitted
is then nobody's business. So there are two answers to everything: `must` counts events for which all that any rule asks
is answered, by one row; `may` counts events for which what matters is answered, in one of the possible ways."""
import functools
import itertools

import amounts
from book import FUNCTIONAL, LIFE

ABSENT = None


def programs(book):
    return [(event.name, ledger) for event in book.events for ledger in book.ledgers]


class Program:
    def __init__(self, book, event, ledger):
        self.book = book
        self.event = book.event(event)
        self.each = book.each[event]
        self.ledger = ledger
        self.rules = [rule for rule in book.rules if rule.event == event and rule.ledger == ledger]
        self.lookups = []          # tables that conditions and checks ask, each after those it asks
        self.later = []            # tables that only posting asks, likewise
        for rule in self.rules:
            for condition in rule.when:
                self.need(condition.subject, self.lookups)
                if condition.other and condition.other != "functional":
                    self.need(condition.other, self.lookups)
        self.checked = self.find_checked()
        self.account_tables = self.find_account_tables()
        for name in {name for rule in self.rules for line in rule.lines for name in amounts.names_in(line.amount)}:
            self.need(name, self.later)
        self.fields = self.find_fields()

    # ---- what takes part

    def field(self, name):
        return self.event.field(name, self.each)

    def need(self, name, among):
        """Adds the tables that answer `name`, when no field does."""
        if not self.field(name):
            self.need_table(self.book.table_answering(name)[0], among)

    def need_table(self, table, among):
        if table in self.lookups or table in among:
            return
        for column in table.columns:
            self.need(column, among)
        among.append(table)

    def can_ask(self, table):
        import generate  # noqa: PLC0415
        return generate.can_ask(self.book, self.event, table)

    def find_checked(self):
        """Tables that check a field of the event."""
        if all(rule.outcome != "post" for rule in self.rules):
            return []
        found = [table for table in self.book.tables
                 if table.answers[0][0] == "list" and self.field(table.answers[0][1]) and self.can_ask(table)]
        for table in found:
            self.need_table(table, self.lookups)
        return found

    def find_account_tables(self):
        found = []
        for rule in self.rules:
            for line in rule.lines:
                for account in self.book.role(line.role).accounts.values():
                    if isinstance(account, tuple) and self.book.table(account[1]) not in found:
                        found.append(self.book.table(account[1]))
        for table in found:
            for column in table.columns:
                if column not in ("role", "entity") and not self.field(column):
                    self.need(column, self.later)
        return found

    def asked_tables(self):
        return self.lookups + self.later + self.account_tables

    def find_fields(self):
        names = {"entity"}
        for rule in self.rules:
            for condition in rule.when:
                names |= {name for name in (condition.subject, condition.other) if name and self.field(name)}
                names |= {"currency"} if condition.other == "functional" else set()
            for line in rule.lines:
                names |= {need for need in self.book.role(line.role).needs if self.field(need)}
        for table in self.asked_tables():
            names |= {column for column in table.columns if column != "role" and self.field(column)}
        names |= {table.answers[0][1] for table in self.checked}
        if any(rule.outcome == "post" for rule in self.rules):
            names |= {"currency"}
        return sorted(names)

    def domain(self, name):
        """Values of a field; one that stands for all of them where it is text."""
        field = self.field(name)
        values = self.book.values_of(field)
        return list(values if values is not None else ["some"]) + ([] if field.required else [ABSENT])

    def days(self):
        starts = {LIFE[0]}
        for table in self.asked_tables():
            for row in table.rows:
                starts |= {day for day in (row.start, None if row.end is None else row.end + 1) if day is not None}
        for rule in self.rules:
            for line in rule.lines:
                for entity in self.book.entities:
                    code = self.book.role(line.role).accounts[entity]
                    if isinstance(code, str):
                        starts |= self.account_days(entity, code)
        for table in self.account_tables:
            for row in table.rows:
                if not row.impossible and row.answers[0] != "no line":
                    starts |= {day for entity in self.book.entities for day in self.account_days(entity, row.answers[0])}
        return sorted(day for day in starts if LIFE[0] <= day <= LIFE[1])

    def account_days(self, entity, code):
        _, start, end = self.book.charts[entity][code]
        return {day for day in (start, None if end is None else end + 1) if day is not None}

    def size(self):
        return functools.reduce(lambda product, name: product * len(self.domain(name)), self.fields, len(self.days()))

    # ---- events

    def events(self):
        domains = [self.domain(name) for name in self.fields]
        for day in self.days():
            for values in itertools.product(*domains):
                yield {**dict(zip(self.fields, values)), "day": day}

    def ways(self, event):
        """Every way to answer the look-ups: ({table name: row or None}, whether each had one row to choose)."""
        ways = [({}, True)]
        for table in self.lookups:
            longer = []
            for rows, unique in ways:
                fitting = self.fitting(table, event, rows)
                usable = [row for row in fitting if not row.impossible]
                one = len(fitting) == 1
                longer += [({**rows, table.name: row}, unique and one) for row in usable] or [({**rows, table.name: None}, unique and one)]
            ways = longer
        return ways

    def posted_rows(self, event, rows):
        """`rows` with those of the tables that posting asks; None where one of them has no answer, or two."""
        rows = dict(rows)
        for table in self.later:
            fitting = self.fitting(table, event, rows)
            if len(fitting) != 1 or fitting[0].impossible:
                return None
            rows[table.name] = fitting[0]
        return rows

    def fitting(self, table, event, rows, role=None):
        point = tuple(role if column == "role" else self.value(column, event, rows) for column in table.columns)
        if ABSENT in point:
            return []
        return [row for row in table.rows if row.fits(point) and row.in_force(event["day"])]

    def value(self, name, event, rows):
        if name == "functional":
            return FUNCTIONAL[event["entity"]]
        if name in event:
            return event[name]
        answers = self.answers(name, rows)
        if not answers:
            return ABSENT
        (answer,) = answers
        return answer

    def answers(self, name, rows):
        """What the table that answers `name` gives: several where nothing asks for it, as only what is checked may be several."""
        table, position = self.book.table_answering(name)
        row = rows.get(table.name)
        return () if row is None else row.answers[position]

    def agrees(self, event, rows, whole=False):
        """What tables check is allowed, or (not when `whole`) left out: rules choose before that is looked at."""
        def allowed(table):
            value, row = event[table.answers[0][1]], rows[table.name]
            return row is not None and (not whole if value is ABSENT else value in row.answers[0])
        return all(map(allowed, self.checked))

    def truth(self, condition, event, rows):
        """True, False, or None where a look-up has no answer."""
        subject = self.value(condition.subject, event, rows)
        if condition.kind == "given":
            return (subject is not ABSENT) != condition.negated
        if subject is ABSENT:
            return False if self.field(condition.subject) else None
        if condition.kind == "in":
            return (subject in condition.values) != condition.negated
        other = self.value(condition.other, event, rows)
        return other is not ABSENT and (subject == other) != condition.negated

    def fits(self, rule, event, rows):
        truths = [self.truth(condition, event, rows) for condition in rule.when]
        return False if False in truths or self.contradicts_tables(rule) else None if None in truths else True

    @functools.lru_cache(maxsize=None)
    def contradicts_tables(self, rule):
        """The rule asks a table for answers that no row of it gives together."""
        asked = {}
        for condition in rule.when:
            if condition.kind == "in" and not self.field(condition.subject):
                table, position = self.book.table_answering(condition.subject)
                asked.setdefault(table.name, []).append((condition, position))
        return any(not any(all(any((value in condition.values) != condition.negated for value in row.answers[position])
                               for condition, position in conditions)
                           for row in self.book.table(name).rows if not row.impossible)
                   for name, conditions in asked.items())


class ProgramFacts:
    """holes: events that no rule fits. overlaps: {(rule, rule)}. alive: rules that some event meets. Each for must and may.

    reached: rule -> [(event, rows)] that certainly meet it."""

    def __init__(self, program):
        self.program = program
        self.holes = {"must": [], "may": []}
        self.overlaps = {"must": set(), "may": set()}
        self.alive = {"must": set(), "may": set()}
        self.reached = {}
        for event in program.events():
            for rows, unique in program.ways(event):
                if program.agrees(event, rows):
                    self.note(event, rows, unique and None not in rows.values())

    def note(self, event, rows, certain):
        program = self.program
        truths = [program.fits(rule, event, rows) for rule in program.rules]
        fitting = [number for number, truth in enumerate(truths) if truth]
        kinds = ("must", "may") if certain else ("may",)
        for kind in kinds:
            if all(truth is False for truth in truths):
                self.holes[kind].append((event, rows))
            self.overlaps[kind] |= set(itertools.combinations(fitting, 2))
            self.alive[kind] |= set(fitting)
        if certain and program.agrees(event, rows, whole=True):
            for number in fitting:
                self.reached.setdefault(number, []).append((event, rows))
