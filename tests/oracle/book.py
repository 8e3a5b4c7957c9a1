# SPDX-License-Identifier: Apache-2.0
"""A small book as plain data, and its text. The oracle works on the data, the compiler on the text.

Days are ordinals of datetime.date. A cell is a frozenset of values, or None for `any`. Rendering notes the line on which
each row, table, role, rule and posting line stands, so that findings can be matched by place."""
import dataclasses
import datetime

LIFE = (datetime.date(2025, 1, 1).toordinal(), datetime.date(2027, 12, 31).toordinal())
CALENDAR = "calendars:\n  - {name: months, months: {from: 2025-01, through: 2027-12}}\n"
FUNCTIONAL = {"US": "USD", "DE": "EUR", "JP": "JPY"}
OTHER_CURRENCY = "CHF"   # stands for every currency that nobody names and nobody keeps books in
HEAD = """mapping oracle "A generated book"
  language 1
  release 1
  owner nobody
  unknown hold
  ledgers %s

reference
  entities  "reference/entities.yaml"
  accounts  "reference/accounts.yaml"
  calendars "reference/calendars.yaml"
  events    "reference/events.yaml"
"""
TAIL = """
dates
  posting date is document_date
  closed hold

foreign_currency
  rate is rate
  rounding to rounding, at most 0.01 per line
  never in claim
  round half_away_from_zero
"""


@dataclasses.dataclass
class Field:
    name: str
    kind: str                    # list, entity, currency, yes/no, text, money, decimal, date
    values: str = ""             # list: its name
    required: bool = True
    follows: tuple = ()          # money: what it is the sum of, names with a sign: (("+", "net"), ("+", "sum of line.tax"))
    stated: str = "is"           # how the schema says so: is, invariant, or not at all (nothing)


@dataclasses.dataclass
class Event:
    name: str
    header: list
    line: list
    place: int = 0               # its line in events.yaml

    def field(self, name, each):
        """The field that rules see by its bare name."""
        for field in self.header + (self.line if each else []):
            if field.name == name:
                return field
        return None


@dataclasses.dataclass
class Row:
    cells: list
    answers: list                # by answer column: frozenset of a list, str account, "no line", or a number's text
    start: int = None
    end: int = None
    impossible: bool = False
    line: int = 0

    def fits(self, point):
        return all(cell is None or value in cell for cell, value in zip(self.cells, point))

    def in_force(self, day):
        return (self.start is None or day >= self.start) and (self.end is None or day <= self.end)

    def says(self):
        return "impossible" if self.impossible else tuple(self.answers)


@dataclasses.dataclass(eq=False)
class Table:
    name: str
    columns: list
    answers: list                # (kind, name): kind is list, number or account
    rows: list
    remaining: int = None
    line: int = 0
    remaining_line: int = 0

    @property
    def dated(self):
        return any(row.start is not None or row.end is not None for row in self.rows)


@dataclasses.dataclass
class Condition:
    kind: str                    # in, given, same
    subject: str
    negated: bool = False
    values: frozenset = frozenset()
    other: str = ""              # same: a field, or `functional`

    def text(self):
        verb = " is not " if self.negated else " is "
        what = {"given": "given", "same": self.other}.get(self.kind) or ", ".join(sorted(self.values))
        return self.subject + verb + what


@dataclasses.dataclass
class Posting:
    side: str
    role: str
    amount: tuple                # see amounts.py
    line: int = 0


@dataclasses.dataclass(eq=False)
class Rule:
    outcome: str                 # post, no entry, hold
    event: str
    ledger: str
    when: list
    lines: list = dataclasses.field(default_factory=list)
    name: str = ""
    line: int = 0
    block_line: int = 0


@dataclasses.dataclass
class Role:
    name: str
    accounts: dict               # entity -> code, ("by", table) or None
    needs: list = dataclasses.field(default_factory=list)
    line: int = 0


@dataclasses.dataclass
class Book:
    ledgers: list
    lists: dict                  # name -> values
    entities: list
    charts: dict                 # entity -> code -> (postable, open_from, open_until)
    events: list
    tables: list
    roles: list
    rules: list
    each: dict                   # event name -> its rules look at each line

    def event(self, name):
        return next(event for event in self.events if event.name == name)

    def table(self, name):
        return next(table for table in self.tables if table.name == name)

    def role(self, name):
        return next(role for role in self.roles if role.name == name)

    def table_answering(self, name):
        """(table, position of the answer); names of answers are unique in these books."""
        for table in self.tables:
            for position, (kind, answer) in enumerate(table.answers):
                if answer == name and kind != "account":
                    return table, position
        return None, None

    def currencies(self):
        """One of each kind: those that books are kept in, and one that stands for the others."""
        return sorted({FUNCTIONAL[entity] for entity in self.entities}) + [OTHER_CURRENCY]

    def values_of(self, field):
        """The values of a closed field, or None for an open one."""
        return {"list": self.lists.get(field.values), "entity": self.entities, "currency": self.currencies(),
                "yes/no": ["yes", "no"]}.get(field.kind)

    def column_values(self, column):
        if column == "entity":
            return list(self.entities)
        if column == "role":
            return [role.name for role in self.roles]
        if column in self.lists:
            return list(self.lists[column])
        return list(next(values for event in self.events for field in event.header + event.line
                         if field.name == column and (values := self.values_of(field))))


def day_text(day):
    return "" if day is None else datetime.date.fromordinal(day).isoformat()


# ---- text --------------------------------------------------------------------------------------------------------------

class Text:
    def __init__(self):
        self.lines = []

    def add(self, text):
        """The number of the (first) line that is added."""
        first = len(self.lines) + 1
        self.lines += text.split("\n")
        return first


def row_text(cells):
    return "  | " + " | ".join(cells) + " |"


def cell_text(cell):
    return "any" if cell is None else ", ".join(sorted(cell))


def answer_text(answer):
    return ", ".join(sorted(answer)) if isinstance(answer, frozenset) else str(answer)


def write_table(text, table):
    table.line = text.add('table %s "Generated"' % table.name)
    dates = ["from", "until"] if table.dated else []
    text.add("  | " + " | ".join(table.columns) + " || " + " | ".join([name for _, name in table.answers] + dates) + " |")
    for row in (row for row in table.rows if not row.impossible):
        days = [day_text(row.start), day_text(row.end)] if table.dated else []
        row.line = text.add("  | " + " | ".join(map(cell_text, row.cells)) + " || " + " | ".join([*map(answer_text, row.answers), *days]) + " |")
    if any(row.impossible for row in table.rows):
        text.add("  impossible")
    for row in (row for row in table.rows if row.impossible):
        row.line = text.add("  | " + " | ".join(map(cell_text, row.cells)) + ' || because "it cannot happen" |')
    if table.remaining is not None:
        table.remaining_line = text.add('  remaining %d impossible because "they cannot happen"' % table.remaining)
    text.add("")


def write_rule(text, rule, each, amount_text, several_ledgers):
    when = " and ".join(condition.text() for condition in rule.when)
    ledger = "  in ledger %s\n" % rule.ledger if several_ledgers else ""
    if rule.outcome != "post":
        word = "no entry for" if rule.outcome == "no entry" else "hold"
        rule.line = text.add("%s %s%s\n%s  because \"so it was decided\"\n" % (word, rule.event, " when " + when if when else "", ledger))
        return
    rule.line = text.add('rule %s "Generated"' % rule.name)
    text.add(ledger + '  because "so it was decided"')
    text.add("  for %s%s" % ("each line of " if each else "", rule.event))
    if when:
        text.add("  when " + when)
    rule.block_line = text.add("  post in entity, journal J")
    for line in rule.lines:
        line.line = text.add("    %s %s %s" % (line.side, line.role, amount_text(line.amount)))
    text.add("")


def write_roles(text, book):
    text.add("accounts\n" + row_text(["role", *book.entities, "needs"]))
    for role in book.roles:
        cells = []
        for entity in book.entities:
            account = role.accounts[entity]
            cells.append("-" if account is None else account if isinstance(account, str) else "by " + account[1])
        role.line = text.add(row_text([role.name, *cells, ", ".join(role.needs)]))
    text.add("")


def sum_text(follows):
    words = "".join((" + " if sign == "+" else " - ") + name for sign, name in follows)
    return words.removeprefix(" + ")


def field_yaml(field, indent):
    kind = "list " + field.values if field.kind == "list" else field.kind
    more = "" if field.required else ", optional: true"
    if field.follows and field.stated == "is":
        more += ', is: "%s"' % sum_text(field.follows)
    return "%s%s: {type: %s%s}\n" % (" " * indent, field.name, kind, more)


def events_yaml(book):
    text = "events:\n"
    for event in book.events:
        event.place = text.count("\n") + 1
        text += "  %s:\n    title: Generated\n    fields:\n" % event.name + "".join(field_yaml(field, 6) for field in event.header)
        if event.line:
            text += "    lines:\n" + "".join(field_yaml(field, 6) for field in event.line)
        sums = [(prefix + field.name, field) for prefix, fields in (("", event.header), ("line.", event.line)) for field in fields
                if field.follows and field.stated == "invariant"]
        if sums:
            text += "    invariants:\n" + "".join(
                '      - "%s = %s"\n' % (name, sum_text([(sign, "line." + term if name.startswith("line.") else term)
                                                       for sign, term in field.follows])) for name, field in sums)
    return text


def accounts_yaml(book):
    text = "charts:\n"
    for entity in book.entities:
        text += "  chart-%s:\n" % entity.lower()
        for code, (postable, start, end) in book.charts[entity].items():
            more = ("" if postable else ", postable: false") + ("" if start is None else ", open_from: " + day_text(start))
            more += "" if end is None else ", open_until: " + day_text(end)
            text += '    - {code: "%s", name: Account %s, type: asset%s}\n' % (code, code, more)
    return text


def entities_yaml(book):
    return "entities:\n" + "".join(
        "  - {code: %s, name: Company %s, functional: %s, zone: UTC, calendar: months, chart: chart-%s, erp: erp}\n" %
        (entity, entity, FUNCTIONAL[entity], entity.lower()) for entity in book.entities)


def files_of(book, amount_text):
    """path -> text; notes the line of everything a finding can point to."""
    text = Text()
    text.add(HEAD % ", ".join(book.ledgers))
    text.add("lists\n" + "\n".join("  %s is %s" % (name, ", ".join(values)) for name, values in book.lists.items()) + "\n")
    for table in book.tables:
        write_table(text, table)
    write_roles(text, book)
    text.add(TAIL)
    for rule in book.rules:
        write_rule(text, rule, book.each[rule.event], amount_text, len(book.ledgers) > 1)
    return {"book.glmap": "\n".join(text.lines) + "\n", "reference/events.yaml": events_yaml(book),
            "reference/accounts.yaml": accounts_yaml(book), "reference/entities.yaml": entities_yaml(book),
            "reference/calendars.yaml": CALENDAR}
