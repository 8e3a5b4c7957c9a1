#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""smt.py --glmapc PATH [--books N] [--seed TEXT] [--jobs N]

Small random books once more, put as questions to Z3 in SMT-LIB: is a combination left out, do two rows or rules meet, can a row
or a rule apply, do the sides of a posting differ. Z3 runs as a child with a limit of resources and never with a time limit
(an expiring one can hang version 4.8); what it leaves open is counted. Nothing is enumerated here."""
import argparse
import collections
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import balance  # noqa: E402
import generate  # noqa: E402
import run  # noqa: E402
import words  # noqa: E402
from amounts import Fraction  # noqa: E402
from book import FUNCTIONAL, LIFE  # noqa: E402
from compare import SHOWN, Findings  # noqa: E402
from events import Program, programs  # noqa: E402
from tables import same_answer  # noqa: E402

RESOURCES = 3_000_000


def both(*parts):
    return "(and true %s)" % " ".join(parts)


def either(*parts):
    return "(or false %s)" % " ".join(parts)


def no(part):
    return "(not %s)" % part


def number(value):
    return str(value) if value >= 0 else "(- %d)" % -value


class Questions:
    """One script of Z3: declarations, then questions of which each has a key."""

    def __init__(self):
        self.lines = ["(set-option :rlimit %d)" % RESOURCES]
        self.keys = []

    def declare(self, name, low=None, high=None):
        self.lines.append("(declare-const |%s| Int)" % name)
        if low is not None:
            self.lines.append("(assert (<= %s |%s| %s))" % (number(low), name, number(high)))
        return "|%s|" % name

    def ask(self, key, *conditions):
        self.keys.append(key)
        self.lines.append("(push)\n%s\n(check-sat)\n(pop)" % "\n".join("(assert %s)" % condition for condition in conditions))

    def answers(self):
        """key -> sat, unsat or unknown"""
        done = subprocess.run(["z3", "-in", "-smt2"], input="\n".join(self.lines), capture_output=True, text=True, check=False)
        results = done.stdout.split()
        if len(results) != len(self.keys) or set(results) - {"sat", "unsat", "unknown"}:
            raise RuntimeError("z3 says: " + done.stdout[:2000] + done.stderr[:500])
        return dict(zip(self.keys, results))


def one_of(variable, domain, values):
    return either(*("(= %s %d)" % (variable, domain.index(value)) for value in sorted(values)))


def row_fits(row, columns, day):
    """columns: [(variable, domain)]"""
    parts = [one_of(variable, domain, cell) for cell, (variable, domain) in zip(row.cells, columns) if cell is not None]
    parts += ["(>= %s %d)" % (day, row.start)] if row.start is not None else []
    parts += ["(<= %s %d)" % (day, row.end)] if row.end is not None else []
    return both(*parts)


class Solved:
    """What Z3 and the compiler say of one book."""

    def __init__(self, book, report):
        self.book, self.findings = book, Findings(report)
        self.wrong, self.facts = [], collections.Counter()

    def run(self):
        for table in self.book.tables:
            self.table(table)
        for key in programs(self.book):
            program = Program(self.book, *key)
            if program.rules:
                self.program(program)
                for rule in program.rules:
                    if rule.outcome == "post":
                        self.balance(program, rule)
        return self

    def agree(self, what, answer, told):
        """told: whether the compiler says that there is one."""
        self.facts["open" if answer == "unknown" else "settled"] += 1
        if answer != "unknown" and (answer == "sat") != told:
            self.wrong.append("%s: Z3 says %s, the compiler %s" % (what, answer, "tells one" if told else "tells none"))

    # ---- tables

    def table(self, table):
        questions = Questions()
        domains = [self.book.column_values(column) for column in table.columns]
        columns = [(questions.declare("c%d" % position, 0, len(domain) - 1), domain) for position, domain in enumerate(domains)]
        starts = [LIFE[0] if row.start is None else row.start for row in table.rows]
        first = min(max(LIFE[0], min(starts)), LIFE[1]) if table.dated else LIFE[0]
        day = questions.declare("day", first, LIFE[1])
        self.assert_asked(questions, table, columns)
        fits = [row_fits(row, columns, day) for row in table.rows]
        ever = [self.on_some_day(row, columns, first) for row in table.rows]
        hole = [no(either(*fits))] + ([either(*ever)] if table.remaining is not None else [])
        questions.ask("hole", *hole)
        pairs = list(itertools.combinations(range(len(table.rows)), 2))
        for pair in pairs:
            questions.ask(pair, fits[pair[0]], fits[pair[1]])
        told_dead = self.findings.take("GLM-4006", {row.line for row in table.rows})
        dead = {words.row_at(table, one["line"]) for one in told_dead}
        for row in range(len(table.rows)):
            others = [fits[other] for other in range(len(table.rows))
                      if other != row and other not in dead and same_answer(table.rows[row], table.rows[other])]
            questions.ask(row, fits[row], no(either(*others)))
        answers = questions.answers()
        self.agree("a hole of %s" % table.name, answers["hole"], bool(self.findings.take("GLM-4001", {table.line})))
        silent = {pair for pair in pairs if dead & set(pair) and same_answer(*(table.rows[row] for row in pair))}
        self.compare_pairs(table, [pair for pair in pairs if pair not in silent], answers)
        for row in range(len(table.rows) if len(told_dead) < SHOWN else 0):
            self.agree("row %d of %s is needed" % (row, table.name), answers[row], row not in dead)

    def on_some_day(self, row, columns, first):
        days = (row.start is None or row.start <= LIFE[1]) and (row.end is None or row.end >= first)
        cells = [one_of(variable, domain, cell) for cell, (variable, domain) in zip(row.cells, columns) if cell is not None]
        return both(*cells) if days else "false"

    def assert_asked(self, questions, table, columns):
        users = [(role.name, entity) for role in self.book.roles for entity, account in role.accounts.items() if account == ("by", table.name)]
        if users:
            where = dict(zip(table.columns, columns))
            questions.lines.append("(assert %s)" % either(*(
                both(*(one_of(*where[column], {value}) for column, value in (("role", role), ("entity", entity)) if column in where))
                for role, entity in users)))

    def compare_pairs(self, table, pairs, answers):
        told = self.findings.take("GLM-4002", {row.line for row in table.rows})
        named, count = set(), 0
        for one in told:
            some, all_of_it = words.overlapping_rows(table, one)
            named, count = named | some, count + all_of_it
        if count != len(named) or any(note.startswith("and ") for one in told for note in one["notes"]):
            return   # not all of them are named
        if any(note.startswith("and ") for one in self.findings.take("GLM-4006") for note in one["notes"]):
            return   # nor are all that are superfluous, and what those repeat is not told
        for pair in pairs:
            self.agree("rows %d and %d of %s meet" % (*pair, table.name), answers[pair], pair in named)

    # ---- rules

    def program(self, program):
        questions = Questions()
        scope = Scope(questions, program)
        rules = program.rules
        true = [scope.rule(rule, True) for rule in rules]
        false = [scope.rule(rule, False) for rule in rules]
        for kind, extra in (("must", [scope.certain()]), ("may", [])):
            extra = [*extra, scope.agrees()]
            questions.ask((kind, "hole"), *extra, *false)
            for one, condition in enumerate(true):
                questions.ask((kind, one), *extra, condition)
            for one, other in itertools.combinations(range(len(rules)), 2):
                questions.ask((kind, one, other), *extra, true[one], true[other])
        answers = questions.answers()
        by_line = {rule.line: position for position, rule in enumerate(rules)}
        name = program.event.name
        ledger = " in ledger `%s`" % program.ledger if len(self.book.ledgers) > 1 else ""
        holes = self.findings.take("GLM-4004", {rules[0].line}, "^no rule fits event `%s`%s( when|$)" % (name, ledger))
        self.within("an event %s without outcome" % name, answers, ("hole",), bool(holes))
        dead = {by_line[one["line"]] for one in self.findings.take("GLM-4006", by_line)}
        told = self.findings.take("GLM-4005", by_line)
        pairs = {tuple(sorted((by_line[one["line"]], by_line[one["labels"][0]["line"]]))) for one in told}
        if len(dead) < SHOWN:
            for one in range(len(rules)):
                self.within("%s at line %d applies" % (name, rules[one].line), answers, (one,), one not in dead)
        if len(told) < SHOWN:
            for pair in itertools.combinations(range(len(rules)), 2):
                self.within("rules %s of %s meet" % (pair, name), answers, pair, pair in pairs)

    def within(self, what, answers, key, told):
        """Where `must` and `may` agree the compiler has no choice."""
        must, may = answers[("must", *key)], answers[("may", *key)]
        if must == may:
            self.agree(what, must, told)
        else:
            self.facts["open" if "unknown" in (must, may) else "either way"] += 1

    # ---- balance

    def balance(self, program, rule):
        names, tables = balance.number_tables(program, rule)
        told = bool(self.findings.take("GLM-4003", {rule.block_line}))
        undecided = bool(self.findings.take("GLM-4013", {rule.block_line}))
        verdicts = []
        for numbers in balance.all_numbers(names, tables):
            questions = Questions()
            sums = Sums(questions, program, dict(numbers))
            debit, credit = (sums.total(rule, side) for side in ("debit", "credit"))
            questions.ask("gap", no("(= %s %s)" % (debit, credit)))
            verdicts.append(questions.answers()["gap"])
        if undecided:
            self.facts["not decided by the compiler"] += 1
        elif verdicts:
            verdict = "sat" if "sat" in verdicts else "unknown" if "unknown" in verdicts else "unsat"
            self.agree("%s is off" % rule.name, verdict, told)


class Scope:
    """An event as variables: fields, the day, and for each table the row that answers, -1 for none."""

    def __init__(self, questions, program):
        self.program = program
        self.fields = {}
        for name in program.fields:
            field = program.field(name)
            domain = program.book.values_of(field) or ["some"]
            self.fields[name] = (questions.declare(name, 0 if field.required else -1, len(domain) - 1), list(domain))
        self.day = questions.declare("day", *LIFE)
        self.rows = {table.name: questions.declare("row of " + table.name, -1, len(table.rows) - 1) for table in program.lookups}
        for table in program.lookups:
            for position, row in enumerate(table.rows):
                chosen = "(= %s %d)" % (self.rows[table.name], position)
                questions.lines.append("(assert (=> %s %s))" % (chosen, "false" if row.impossible else self.fits(table, row)))
            usable = [self.fits(table, row) for row in table.rows if not row.impossible]
            questions.lines.append("(assert (=> (= %s (- 1)) %s))" % (self.rows[table.name], no(either(*usable))))

    def fits(self, table, row):
        parts = [self.is_in(column, cell) for column, cell in zip(table.columns, row.cells) if cell is not None]
        parts += [self.is_there(column) for column in table.columns]
        return both(*parts, row_fits(type(row)([], [], row.start, row.end), [], self.day))

    def answer_of(self, name):
        return self.program.book.table_answering(name)

    def is_there(self, name):
        if name in self.fields:
            return "(>= %s 0)" % self.fields[name][0]
        return "(>= %s 0)" % self.rows[self.answer_of(name)[0].name]

    def is_in(self, name, values):
        """The name has a value, and it is one of these."""
        if name in self.fields:
            return one_of(*self.fields[name], [value for value in values if value in self.fields[name][1]])
        table, position = self.answer_of(name)
        return either(*("(= %s %d)" % (self.rows[table.name], number) for number, row in enumerate(table.rows)
                        if not row.impossible and row.answers[position] <= values))

    def values(self, name):
        return self.fields[name][1] if name in self.fields else self.program.book.lists[name]

    def condition(self, condition):
        """What must be for it to be true."""
        if condition.kind == "given":
            there = self.is_there(condition.subject)
            return no(there) if condition.negated else there
        if condition.kind == "in":
            among = self.is_in(condition.subject, condition.values)
            return both(self.is_there(condition.subject), no(among)) if condition.negated else among
        pairs = [(value, value) for value in self.values(condition.subject)]
        if condition.other == "functional":
            pairs = [(FUNCTIONAL[entity], entity) for entity in self.program.book.entities]
        other = "entity" if condition.other == "functional" else condition.other
        same = either(*(both(self.is_in(condition.subject, {one}), self.is_in(other, {two})) for one, two in pairs))
        return both(self.is_there(condition.subject), self.is_there(other), no(same)) if condition.negated else same

    def rule(self, rule, truth):
        if self.program.contradicts_tables(rule):
            return "false" if truth else "true"
        conditions = [self.condition(condition) for condition in rule.when]
        if truth:
            return both(*conditions)
        known = [self.is_there(one.subject) if one.subject not in self.fields else "true" for one in rule.when]
        return either(*(both(there, no(condition)) for there, condition in zip(known, conditions)))

    def certain(self):
        """Every table that is asked has one row that answers."""
        parts = []
        for table in self.program.lookups:
            fits = [self.fits(table, row) for row in table.rows]
            parts += ["(>= %s 0)" % self.rows[table.name], *(no(both(one, two)) for one, two in itertools.combinations(fits, 2))]
        return both(*parts)

    def agrees(self):
        """What a table checks is allowed, or left out."""
        parts = []
        for table in self.program.checked:
            field, domain = self.fields[table.answers[0][1]]
            parts.append(either(*(both("(= %s %d)" % (self.rows[table.name], number), either(one_of(field, domain, row.answers[0]), "(= %s (- 1))" % field))
                                  for number, row in enumerate(table.rows) if not row.impossible)))
        return both(*parts)


class Sums:
    """Amounts in minor units as integer terms, each over a whole denominator."""

    def __init__(self, questions, program, numbers):
        self.questions, self.program, self.numbers = questions, program, numbers
        self.known, self.count = {}, itertools.count()

    def field(self, name):
        if name in self.known:
            return self.known[name]
        variable = self.known[name] = self.questions.declare(name)
        line, all_lines = name.startswith("line."), name.startswith("sum of line.")
        bare = name.rsplit("line.", 1)[-1]
        field = next(one for one in (self.program.event.line if line or all_lines else self.program.event.header) if one.name == bare)
        if field.follows and field.stated:
            prefix = name[:-len(bare)]
            terms = ["%s%s" % (prefix, term) for _, term in field.follows]
            parts = [self.field(term) if sign == "+" else "(- %s)" % self.field(term) for (sign, _), term in zip(field.follows, terms)]
            self.questions.lines.append("(assert (= %s (+ 0 %s)))" % (variable, " ".join(parts)))
        return variable

    def term(self, amount):
        """(integer term, denominator)"""
        kind = amount[0]
        if kind == "field":
            return self.field(amount[1]), 1
        if kind in ("percent", "times"):
            factor = Fraction(amount[1]) / 100 if kind == "percent" else self.numbers.get(amount[1]) or Fraction(amount[1])
            term, below = self.term(amount[2])
            return "(* %s %s)" % (number(factor.numerator), term), below * factor.denominator
        if kind == "round":
            return self.rounded(*self.term(amount[2]), amount[1]), 1
        (left, under), (right, below) = self.term(amount[1]), self.term(amount[2])
        return "(%s (* %d %s) (* %d %s))" % ("+" if kind == "add" else "-", below, left, under, right), under * below

    def rounded(self, term, below, mode):
        whole = self.questions.declare("t%d" % next(self.count))
        self.questions.lines.append("(assert (= %s %s))" % (whole, term))
        down, up = "(div %s %d)" % (whole, below), "(- (div (- %s) %d))" % (whole, below)
        positive = "(>= %s 0)" % whole
        half_up = "(div (+ (* 2 %s) %d) %d)" % (whole, below, 2 * below)
        half_down = "(- (div (+ (* 2 (- %s)) %d) %d))" % (whole, below, 2 * below)
        tie = "(= (mod (* 2 %s) %d) %d)" % (whole, 2 * below, below)
        return {"floor": down, "ceiling": up, "down": "(ite %s %s %s)" % (positive, down, up), "up": "(ite %s %s %s)" % (positive, up, down),
                "half_away_from_zero": "(ite %s %s %s)" % (positive, half_up, half_down),
                "half_even": "(ite %s (ite (= (mod %s 2) 0) %s (+ %s 1)) %s)" % (tie, down, down, down, half_up)}[mode]

    def total(self, rule, side):
        """Amounts that are posted have no fractions."""
        terms = [self.term(line.amount) for line in rule.lines if line.side == side]
        return "(+ 0 %s)" % " ".join("(div %s %d)" % (term, below) if below != 1 else term for term, below in terms)


def one_book(glmapc, seed, position):
    try:
        book = generate.make("%s-%d" % (seed, position))
        with tempfile.TemporaryDirectory(prefix="glmap-smt-") as folder:
            run.write(book, pathlib.Path(folder))
            solved = Solved(book, run.check(glmapc, folder)).run()
        return position, solved.facts, solved.wrong
    except Exception:  # noqa: BLE001: whatever it is, it is a disagreement about this book
        return position, collections.Counter(), [traceback.format_exc()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--books", type=int, default=60 if os.environ.get("CI") == "true" else 20)
    parser.add_argument("--seed", default="z3")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()))
    options = parser.parse_args()
    if not shutil.which("z3"):
        print("SKIPPED: the oracle with Z3, because z3 is not installed")
        return 77
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    started = time.monotonic()
    with ProcessPoolExecutor(options.jobs) as pool:
        results = list(pool.map(one_book, *zip(*((glmapc, options.seed, position) for position in range(options.books))), chunksize=5))
    return run.report(options.seed, results, started)


if __name__ == "__main__":
    sys.exit(main())
