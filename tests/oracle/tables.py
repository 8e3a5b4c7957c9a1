# SPDX-License-Identifier: Apache-2.0
"""Tables by enumeration: every combination of values, on one day of each stretch on which nothing changes."""
import itertools

from book import LIFE


class TableFacts:
    def __init__(self, book, table):
        self.book, self.table = book, table
        self.points = list(itertools.product(*map(book.column_values, table.columns)))
        users = {(role.name, entity) for role in book.roles for entity, account in role.accounts.items() if account == ("by", table.name)}
        if users:
            self.points = [point for point in self.points if self.is_asked(point, users)]
        self.days = self.day_starts()
        rows = range(len(table.rows))
        self.rows_of = {(point, day): [number for number in rows if table.rows[number].fits(point) and table.rows[number].in_force(day)]
                        for point in self.points for day in self.days}

    def is_asked(self, point, users):
        """Accounts are asked for a role in an entity; a table without such a column is asked for all that ask it."""
        seen = dict(zip(self.table.columns, point))
        return any(seen.get("role", role) == role and seen.get("entity", entity) == entity for role, entity in users)

    def day_starts(self):
        """The first day of each stretch; a table is in force from the day its first row begins."""
        if not self.table.dated:
            return [LIFE[0]]
        first = max(LIFE[0], min(LIFE[0] if row.start is None else row.start for row in self.table.rows))
        first = min(first, LIFE[1])
        starts = {first}
        for row in self.table.rows:
            starts |= {row.start} if row.start is not None else set()
            starts |= {row.end + 1} if row.end is not None else set()
        return sorted(day for day in starts if first <= day <= LIFE[1])

    def start_of(self, day):
        """The stretch a day belongs to; None before the table is in force."""
        return max((start for start in self.days if start <= day), default=None)

    # ---- what there is to find

    def never_fitted(self):
        """Combinations without a row on any day."""
        return {point for point in self.points if not any(row.fits(point) and self.is_ever(row) for row in self.table.rows)}

    def is_ever(self, row):
        return any(row.in_force(day) for day in self.days)

    def holes(self):
        """(combination, day) without a row; what `remaining` counts is none."""
        rest = self.never_fitted() if self.table.remaining is not None else set()
        return {(point, day) for (point, day), rows in self.rows_of.items() if not rows and point not in rest}

    def overlaps(self):
        """{(earlier row, later row): says the same}"""
        pairs = {pair for rows in self.rows_of.values() for pair in itertools.combinations(rows, 2)}
        rows = self.table.rows
        return {(first, second): same_answer(rows[first], rows[second]) for first, second in pairs}

    def places(self, row):
        return {place for place, rows in self.rows_of.items() if row in rows}

    def superfluous(self, row, without):
        """Other rows, those of `without` left out, say the same wherever this one does - or it applies nowhere."""
        rows = self.table.rows
        return all(any(other != row and other not in without and same_answer(rows[row], rows[other]) for other in self.rows_of[place])
                   for place in self.places(row))

    def catch_alls(self):
        """Rows that accept everything. One row without an account to give is no default."""
        table = self.table
        asking = {role.name for role in self.book.roles for account in role.accounts.values() if account == ("by", table.name)}
        if len(table.rows) < 2 and table.answers[0][0] != "account":
            return set()
        others = [number for number, column in enumerate(table.columns) if column != "role"]
        found = set()
        for number, row in enumerate(table.rows):
            role = row.cells[table.columns.index("role")] if "role" in table.columns else None
            if others and all(row.cells[one] is None for one in others) and (role is None or asking <= role):
                found.add(number)
        return found


def number_of(text):
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def same_answer(one, other):
    if one.impossible or other.impossible:
        return one.impossible and other.impossible
    return all(a == b or (isinstance(a, str) and is_number(a) and is_number(b) and abs(number_of(a) - number_of(b)) < 1e-9)
               for a, b in zip(one.answers, other.answers))


def is_number(text):
    return "." in text or "%" in text or text == "1"
