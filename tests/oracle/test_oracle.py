#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_oracle.py GLMAPC: the oracle finds what is planted. Findings are taken away, invented and moved, and the oracle is given
another book than the compiler; each time it must object. And Z3 must object to the same where it is installed."""
import copy
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import amounts  # noqa: E402
import compare  # noqa: E402
import generate  # noqa: E402
import run  # noqa: E402
import smt  # noqa: E402
from book import Condition, day_text  # noqa: E402

GLMAPC = ""
BOOKS = 90
SEED = "planted"


class Sample:
    """Books with what the compiler says of them, made once."""

    made = []

    @classmethod
    def books(cls):
        while len(cls.made) < BOOKS:
            book = generate.make("%s-%d" % (SEED, len(cls.made)))
            with tempfile.TemporaryDirectory(prefix="glmap-oracle-") as folder:
                run.write(book, pathlib.Path(folder))
                cls.made.append((book, run.check(GLMAPC, folder)))
        return cls.made


def objects(book, report):
    """As run.one_book: also a comparison that cannot be made is an objection."""
    try:
        return compare.Comparison(book, report).run().wrong
    except Exception as error:  # noqa: BLE001
        return [repr(error)]


def without(report, code, line=None):
    return {**report, "diagnostics": [one for one in report["diagnostics"] if one["code"] != code or line not in (None, one["line"])]}


MAKE_BOOKS = """
import sys
sys.path.insert(0, %r)
import amounts, book, generate
print([sorted(book.files_of(generate.make("again-%%d" %% number), amounts.text_of).items()) for number in range(40)])
""" % str(HERE)


class OracleTest(unittest.TestCase):
    def test_a_seed_makes_the_same_book_in_every_run(self):
        """Sets of texts have another order in each process: what is drawn from them must not."""
        made = {subprocess.run([sys.executable, "-B", "-c", MAKE_BOOKS], env={**os.environ, "PYTHONHASHSEED": order}, capture_output=True,
                               check=True).stdout for order in ("1", "2", "3")}
        self.assertEqual(len(made), 1)

    def test_the_compiler_and_the_oracle_agree_about_the_sample(self):
        for book, report in Sample.books():
            self.assertEqual(objects(book, report), [])

    def test_a_finding_that_is_missing_is_missed(self):
        for code in sorted(compare.COMPARED - {"GLM-4013"}):
            with self.subTest(code):
                tried = missed = 0
                for book, report in Sample.books():
                    found = [one for one in report["diagnostics"] if one["code"] == code]
                    tried += bool(found)
                    missed += bool(found) and bool(objects(book, without(report, code)))
                self.assertGreater(tried, 1)
                self.assertGreaterEqual(missed, tried * .6, "of %d" % tried)   # some may be told and need not

    def test_a_finding_about_another_place_is_objected_to(self):
        for code in sorted(compare.COMPARED - {"GLM-4013"}):
            with self.subTest(code):
                tried = 0
                for book, report in Sample.books():
                    report = copy.deepcopy(report)
                    found = [one for one in report["diagnostics"] if one["code"] == code]
                    if found:
                        found[0]["line"] += 100
                        tried += 1
                        self.assertTrue(objects(book, report))
                self.assertGreater(tried, 1)

    def test_an_example_that_is_none_is_objected_to(self):
        def otherwise(text):
            text = re.sub(r"on (\d{4})-", lambda found: "on %d-" % (int(found[1]) + 3), text)
            text = re.sub(r"posts debits (-?\d+)", lambda found: "posts debits %d" % (int(found[1]) + 1), text)
            return re.sub(r"\b([PRKSTGCM])(\d)\b", lambda found: found[1] + ("2" if found[2] == "1" else "1"), text)
        for code in ("GLM-4001", "GLM-4002", "GLM-4003", "GLM-4004", "GLM-4005"):
            with self.subTest(code):
                tried = noticed = 0
                for book, report in Sample.books():
                    report = copy.deepcopy(report)
                    changed = False
                    for one in report["diagnostics"]:
                        notes = [otherwise(note) if note.startswith("example: ") else note for note in one["notes"]]
                        if one["code"] == code and notes != one["notes"]:
                            one["notes"], changed = notes, True
                    tried += changed
                    noticed += changed and bool(objects(book, report))
                self.assertGreater(tried, 1)
                self.assertGreaterEqual(noticed, tried * .5, "of %d" % tried)   # the other event may be an example too

    # ---- another book than the compiler's

    def differs(self, change):
        """How many of the books that `change` changes are told apart."""
        tried = noticed = 0
        for book, report in Sample.books():
            other = copy.deepcopy(book)
            if change(other):
                tried += 1
                noticed += bool(objects(other, report))
        return tried, noticed

    def told_apart(self, change, share):
        tried, noticed = self.differs(change)
        self.assertGreater(tried, 5)
        self.assertGreaterEqual(noticed, tried * share, "%d of %d" % (noticed, tried))

    def test_a_row_that_only_one_of_them_sees(self):
        def change(book):
            table = max(book.tables, key=lambda one: len(one.rows))
            table.rows.pop(0)
            return True
        self.told_apart(change, .8)

    def test_a_cell_that_only_one_of_them_reads(self):
        def change(book):
            for row in book.tables[0].rows:
                for column, cell in enumerate(row.cells):
                    if cell is not None and len(cell) < len(book.column_values(book.tables[0].columns[column])):
                        row.cells[column] = None
                        return True
            return False
        self.told_apart(change, .8)

    def test_a_day_more(self):
        def change(book):
            for table in book.tables:
                for row in table.rows:
                    if row.end is not None and day_text(row.end) > "2025":
                        row.end += 1
                        return True
            return False
        self.told_apart(change, .7)

    def test_a_rule_that_only_one_of_them_sees(self):
        def change(book):
            if len(book.rules) > 1:
                book.rules.pop()
            return len(book.rules) > 1
        self.told_apart(change, .7)

    def test_a_condition_that_only_one_of_them_reads(self):
        def change(book):
            for rule in book.rules:
                for position, one in enumerate(rule.when):
                    if one.kind == "in":
                        rule.when[position] = Condition("in", one.subject, not one.negated, one.values)
                        return True
            return False
        self.told_apart(change, .7)

    def test_an_amount_that_only_one_of_them_adds(self):
        def change(book):
            for rule in book.rules:
                if rule.lines:
                    rule.lines.pop()
                    return True
            return False
        self.told_apart(change, .8)

    def test_a_rounding_is_what_the_page_of_amounts_says(self):
        # docs/language/amounts.md, Rounding: 0.125, 0.135 and -0.125 in hundredths
        page = {"half_away_from_zero": (13, 14, -13), "half_even": (12, 14, -12), "down": (12, 13, -12), "up": (13, 14, -13),
                "floor": (12, 13, -13), "ceiling": (13, 14, -12)}
        for mode, expected in page.items():
            values = tuple(amounts.rounded(amounts.Fraction(text), mode) for text in ("12.5", "13.5", "-12.5"))
            self.assertEqual(values, expected, mode)

    @unittest.skipUnless(shutil.which("z3"), "z3 is not installed")
    def test_z3_objects_too(self):
        told = missed = 0
        for book, report in Sample.books()[:8]:
            self.assertEqual(smt.Solved(book, report).run().wrong, [])
            for one in report["diagnostics"]:
                if (one["code"] == "GLM-4003" or one["message"].startswith("no row of table")) and told < 12:
                    told += 1
                    missed += bool(smt.Solved(book, without(report, one["code"], one["line"])).run().wrong)
        self.assertGreater(told, 5)
        self.assertEqual(missed, told)


if __name__ == "__main__":
    GLMAPC = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
