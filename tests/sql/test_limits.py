#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_limits.py GLMAPC: the script of `glmapc emit sql` is exact up to the amounts its head names, and beyond them it stops
and leaves nothing, instead of coming out wrong. And the comparison of oracle.py does find a difference."""
import itertools
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest

import databases
import oracle
import postgres
from books import BOOKS

GLMAPC = str(pathlib.Path(sys.argv.pop(1)).resolve())
BASE = BOOKS["base"]


def payment(number, amount, rate=None, currency="EUR"):
    data = {"entity": "US", "currency": currency, "document_date": "2026-10-01", "customer": "C1", "amount": amount}
    if rate:
        data["rate"] = rate
    return {"specversion": "1.0", "id": "P%d" % number, "source": "billing", "type": "payment.received", "data": data}


def sale(net, tier):
    return {"specversion": "1.0", "id": "S1", "source": "billing", "type": "sale.made", "data": {
        "voucher": "V", "entity": "US", "partner": "DE", "customer": "C", "region": "NEAR", "tier": tier, "kind": "TRADE", "express": False,
        "currency": "USD", "day": "2026-10-01",
        "lines": [{"sku": "SKU-01", "quantity": "1.50", "shipped": "2026-10-01", "net": net, "tax": "0"}]}}


class Limits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="glmap-limits-")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)

    def script(self, book, dialect):
        return databases.emit(GLMAPC, book, dialect, self.work)

    def write(self, events):
        path = self.work / "events.ndjson"
        path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        return path

    def agree(self, book, events, dialect, tamper=lambda text: text):
        """How many differences there are, and how many events post."""
        path = self.write(events)
        entries, words = oracle.simulate(GLMAPC, book, path, self.work)
        script = self.script(book, dialect)
        script.write_text(tamper(script.read_text(encoding="utf-8")), encoding="utf-8")
        postgresql = databases.Postgresql()
        self.addCleanup(postgresql.stop)
        journal, outcomes, _ = (databases.sqlite_runs if dialect == "sqlite" else postgresql.runs)(script, path, self.work)
        comparison = oracle.Comparison()
        uncovered = comparison.outcomes(outcomes, oracle.simulated_outcomes(words))
        comparison.lines(oracle.simulated_lines(entries), journal, uncovered)
        return comparison.count, comparison.figures.tally["entries"]

    def stops(self, book, event, words):
        path = self.write([event])
        with self.assertRaisesRegex(sqlite3.IntegrityError, words):
            databases.sqlite_runs(self.script(book, "sqlite"), path, self.work)
        database = sqlite3.connect(self.work / "oracle.sqlite")
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        self.assertEqual(database.execute("SELECT count(*) FROM event").fetchone(), (1,), "what was filled in stays")
        self.assertTrue("journal" not in tables or not database.execute("SELECT count(*) FROM journal").fetchone()[0], "and nothing else")

    def test_large_amounts_at_long_rates_are_exact(self):
        events = [payment(number, amount, rate) for number, (amount, rate) in enumerate([
            ("9999999999999.99", "0.999999999999"), ("-9999999999999.99", "0.123456789012"), ("1234567890123.45", "7.654321"),
            ("0.01", "0.500000000000"), ("0.01", "0.499999999999"), ("99999.99", "999999.999999999999"), ("0.03", "0.5")])]
        differences, posted = self.agree(BASE, events, "sqlite")
        self.assertEqual(differences, 0)
        self.assertGreaterEqual(posted, 6)

    def times_a_number(self, mode, worth="amount * rate"):
        """The small book with payments that are worth that, rounded."""
        book = self.work / (mode + worth.replace(" ", ""))
        shutil.copytree(BASE, book)
        rules = (book / "book.glmap").read_text(encoding="utf-8")
        for line in ("    debit  cash       amount", "    credit receivable amount"):
            self.assertEqual(rules.count(line + "\n"), 1)
            rules = rules.replace(line + "\n", line.replace("amount", worth) + " rounded %s\n" % mode)
        rules = rules.replace("  for payment.received\n", "  for payment.received\n  when rate is given and currency is functional\n")
        rules += 'hold payment.received\n  when rate is given and currency is not functional\n  because "other books"\n'
        rules += 'hold payment.received\n  when rate is not given\n  because "no number"\n'
        (book / "book.glmap").write_text(rules, encoding="utf-8")
        (book / "tests.glmap").unlink()
        return book

    def test_amounts_times_numbers_with_twelve_places_are_exact_in_every_rounding(self):
        amounts = ("0.01", "-0.01", "0.05", "-2.50", "92233.72", "92233.73", "-1234567.89", "99999999999.99", "-99999999999.99")
        numbers = ("0.5", "1", "1.5", "-2.5", "0.100000000000", "0.000000000001", "0.499999999999", "0.999999999999", "12.345678901234"[:15])
        events = [payment(number, amount, factor, "USD") for number, (amount, factor) in enumerate(itertools.product(amounts, numbers))]
        events += [payment(1000 + number, amount, factor, "USD") for number, (amount, factor) in enumerate([
            ("0.01", "999999.999999999999"), ("92.23", "1000"), ("-92234.00", "999999"), ("0.03", "166666.666666666667")])]
        for mode in ("half_away_from_zero", "half_even", "down", "up", "floor", "ceiling"):
            with self.subTest(mode):
                differences, posted = self.agree(self.times_a_number(mode), events, "sqlite")
                self.assertEqual(differences, 0)
                self.assertGreaterEqual(posted, 60)

    def test_amounts_times_percentages_of_any_places_are_exact(self):
        amounts = ("0.01", "-0.50", "40.50", "405000.00", "-9999999999999.99", "9999999999999.98", "8103727714748.78")
        events = [payment(number, amount, "1", "USD") for number, amount in enumerate(amounts)]
        for share in ("12.5 %", "12.34 %", "12.345 %", "12.3456 %", "99.99999 %", "0.00005 %", "33.333333333 %"):
            with self.subTest(share):
                differences, posted = self.agree(self.times_a_number("half_even", share + " of amount"), events, "sqlite")
                self.assertEqual(differences, 0)
                self.assertGreaterEqual(posted, 3)

    def test_a_product_of_ten_to_the_fifteenth_cents_stops_the_script(self):
        book = self.times_a_number("half_even")
        self.stops(book, payment(1, "99999999999.99", "-1234.5", "USD"), "amount is too large")
        self.stops(book, payment(1, "9999999999999.99", "999999", "USD"), "cannot store TEXT value in INTEGER column")

    def test_an_amount_of_ten_to_the_fifteenth_cents_stops_the_script(self):
        self.stops(BASE, payment(1, "10000000000000.00", currency="USD"), "amount is too large")

    def test_a_rate_with_thirteen_places_stops_the_script(self):
        self.stops(BASE, payment(1, "100.00", "0.1234567890123"), "cannot store TEXT value in INTEGER column")

    def test_a_converted_amount_that_is_too_large_stops_the_script(self):
        self.stops(BASE, payment(1, "9999999999.99", "999999"), "too large")

    def test_a_sum_of_products_of_more_than_sixty_four_bits_stops_the_script(self):
        self.stops(BOOKS["everything"], sale("9000000000000.00", "D"), "cannot store TEXT value in INTEGER column")

    def test_the_comparison_finds_an_account_that_differs(self):
        tampered = lambda text: text.replace("('cash', 'US', '1060', 0)", "('cash', 'US', '1061', 0)")  # noqa: E731
        self.assertEqual(self.agree(BASE, [payment(1, "5.00", currency="USD")], "sqlite", tampered)[0], 1)

    def test_the_comparison_finds_a_rounding_that_differs(self):
        tampered = lambda text: text.replace("2 * remainder >= divisor", "2 * remainder > divisor")  # noqa: E731
        self.assertEqual(self.agree(BASE, [payment(1, "0.01", "1.5")], "sqlite", tampered)[0], 2)

    @unittest.skipUnless(postgres.installed(), "PostgreSQL is not installed")
    def test_postgresql_takes_amounts_of_thirty_digits(self):
        events = [payment(1, "1234567890123456789012345678.90", "0.123456789012345678"), payment(2, "-0.01", "0.5")]
        self.assertEqual(self.agree(BASE, events, "postgresql"), (0, 2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
