#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_drawing.py: drawn events keep the sums of their schema and have amounts at every edge; a comparison notices every word
that differs, and one whose events hardly post is no success."""
import decimal
import random
import sys
import unittest

import databases
import drawn_amounts
import figures
import oracle
import sums

# gross is net + tax on each line; total = net + tax of all lines, less rebate.
NET, TAX = {"name": "net", "kind": 4}, {"name": "tax", "kind": 4}
INVOICE = {
    "header": [{"name": "total", "kind": 4}, {"name": "rebate", "kind": 4, "sign": 2}],
    "line": [NET, TAX, {"name": "gross", "kind": 4, "definition": [{"field": 0}, {"field": 1}]}],
    "invariants": [{"terms": [{"field": 0}, {"field": 1}, {"field": 2, "over_lines": True, "negative": True}]}]}


def invoice(total, rebate, *lines):
    return {"total": total, "rebate": rebate, "lines": [{"net": net, "tax": tax} for net, tax in lines]}


def holds(data):
    return (decimal.Decimal(data["total"]) + decimal.Decimal(data["rebate"])
            == sum(decimal.Decimal(line["net"]) + decimal.Decimal(line["tax"]) for line in data["lines"]))


def run(posted, of, codes=(), differences=0, faulty=0, edges=drawn_amounts.EDGES):
    one = figures.Figures()
    for number in range(of):
        one.outcome(*(("entries", "") if number < posted else ("held", codes[0] if codes else "GLM-7002")))
    one.run(faulty, dict.fromkeys(edges, 1), 1.0, differences)
    return one


class Sums(unittest.TestCase):
    def test_a_sum_is_kept_by_changing_one_value(self):
        data = invoice("1.00", "0.50", ("10.00", "1.90"), ("-3.00", "0"))
        sums.keep(INVOICE, data)
        self.assertTrue(holds(data))
        self.assertEqual([line["net"] for line in data["lines"]], ["10.00", "-3.00"])

    def test_what_follows_is_written_out(self):
        data = invoice("8.40", "0.50", ("10.00", "1.90"), ("-3.00", "0"))
        sums.write_out(INVOICE, data)
        self.assertEqual([line["gross"] for line in data["lines"]], ["11.90", "-3.00"])

    def test_a_sum_is_broken_on_purpose(self):
        for seed in range(50):
            data = invoice("8.40", "0.50", ("10.00", "1.90"), ("-3.00", "0"))
            sums.write_out(INVOICE, data)
            right = all(decimal.Decimal(line["gross"]) == decimal.Decimal(line["net"]) + decimal.Decimal(line["tax"]) for line in data["lines"])
            self.assertTrue(right and holds(data))
            self.assertTrue(sums.break_one(INVOICE, data, random.Random(seed)))
            right = all(decimal.Decimal(line["gross"]) == decimal.Decimal(line["net"]) + decimal.Decimal(line["tax"]) for line in data["lines"])
            self.assertFalse(right and holds(data), "seed %d" % seed)

    def test_a_type_that_states_no_sum_cannot_be_broken(self):
        self.assertFalse(sums.break_one({"header": [NET]}, {"net": "1.00"}, random.Random(1)))


class Amounts(unittest.TestCase):
    def test_every_edge_is_drawn_and_nothing_beyond(self):
        chance = random.Random(1)
        drawn = [drawn_amounts.minor(chance, 10 ** 7) for _ in range(5000)]
        for edge in (0, 1, -1, 10 ** 7, -10 ** 7, 10 ** 7 - 1):
            self.assertIn(edge, drawn)
        self.assertLessEqual(max(map(abs, drawn)), 10 ** 7)

    def test_an_amount_has_the_sign_that_the_schema_wants(self):
        self.assertEqual([drawn_amounts.signed(-5, sign) for sign in (0, drawn_amounts.POSITIVE, drawn_amounts.NOT_NEGATIVE)], [-5, 5, 5])
        self.assertEqual([drawn_amounts.signed(0, sign) for sign in (0, drawn_amounts.POSITIVE, drawn_amounts.NOT_NEGATIVE)], [0, 1, 0])

    def test_an_amount_is_on_the_side_of_its_model(self):
        self.assertEqual([drawn_amounts.signed_like(value, model) for value in (7, 0, -7) for model in ("2.50", "0.00", "-1")],
                         [7, 0, -7, 1, 0, -1, 7, 0, -7])

    def test_edges_are_counted_in_the_digits_of_the_currency(self):
        context = {"currency": "JPY", "functional": "EUR", "wrong": False}
        data = invoice("1", "0", ("-0.01", "1000000000"), ("999999999", "1.00"))
        self.assertEqual(drawn_amounts.edges(INVOICE, data, context, "base"), {"one minor unit": 2, "zero": 1, "negative": 1, "largest": 2})

    def test_edges_that_the_schema_forbids_are_not_expected(self):
        positive = {"header": [{"name": "a", "kind": 4, "sign": drawn_amounts.POSITIVE}]}
        self.assertEqual(drawn_amounts.expected_edges([positive]), {"one minor unit", "largest"})
        self.assertEqual(drawn_amounts.expected_edges([INVOICE]), set(drawn_amounts.EDGES))
        self.assertEqual(drawn_amounts.expected_edges([{"header": [{"name": "a"}]}]), set())


class Differences(unittest.TestCase):
    """Two journal lines of event E1; E2 is held, E3 posts nothing, E4 is not covered."""

    LINES = [("billing", "E1", "", "US", "accrual", "0", "SALES", "2026-10-01", "2026-10-01", "2026-10", "INV-1", side, account, role,
              "5.00", "USD", "5.00", "USD", '{"customer":"C1"}')
             for side, account, role in (("debit", "1200", "receivable"), ("credit", "4010", "revenue"))]
    OUTCOMES = [("E1", "entries", "", ""), ("E2", "held", "GLM-7002", "product"), ("E3", "no entry", "", ""), ("E4", "not covered", "", "rule R")]
    WORDS = {"E2": ("held", "GLM-7002"), "E3": ("no entry", "")}

    def count(self, lines=(), outcomes=None, words=None):
        comparison = oracle.Comparison()
        uncovered = comparison.outcomes(outcomes or self.OUTCOMES, words or self.WORDS)
        comparison.lines(iter(self.LINES + [("billing", "E4", *self.LINES[0][2:])]), iter(lines or self.LINES), uncovered)
        return comparison.count

    def test_the_same_is_no_difference(self):
        self.assertEqual(self.count(), 0)

    def test_every_column_of_a_line_counts(self):
        self.assertEqual(len(self.LINES[0]), len(databases.LINE))
        for number, column in enumerate(databases.LINE):
            changed = (*self.LINES[1][:number], self.LINES[1][number] + "0", *self.LINES[1][number + 1:])
            # Lines of an event that has no outcome are told once more.
            self.assertEqual(self.count([self.LINES[0], changed]), 2 if column == "event_id" else 1, column)

    def test_a_line_too_few_too_many_or_in_another_place_is_one(self):
        self.assertEqual(self.count(self.LINES[:1]), 1)
        self.assertEqual(self.count(self.LINES + self.LINES[1:]), 1)
        self.assertEqual(self.count(self.LINES[::-1]), 2)

    def test_another_outcome_or_code_is_one(self):
        for other in (("E2", "held", "GLM-7003", ""), ("E2", "no entry", "", ""), ("E3", "held", "GLM-7002", "")):
            self.assertEqual(self.count(outcomes=[other if other[0] == one[0] else one for one in self.OUTCOMES]), 1)
        self.assertEqual(self.count(words={**self.WORDS, "E1": ("held", "GLM-7004")}), 1)

    def test_lines_of_an_event_that_has_no_entries_are_one(self):
        self.assertEqual(self.count(outcomes=[("E1", "no entry", "", ""), *self.OUTCOMES[1:]], words={**self.WORDS, "E1": ("no entry", "")}), 1)

    def test_entries_without_a_line_are_one(self):
        self.assertEqual(self.count(outcomes=[*self.OUTCOMES, ("E5", "entries", "", "")]), 1)

    def test_an_event_that_the_script_never_saw_is_one(self):
        self.assertEqual(self.count(words={**self.WORDS, "E9": ("held", "GLM-7002")}), 1)


class Complaints(unittest.TestCase):
    def complaints(self, book, one, edges=drawn_amounts.EDGES):
        return list(one.complaints(book, set(edges)))

    def test_a_book_that_posts_enough_is_right(self):
        self.assertEqual(self.complaints("acme", run(80, 100)), [])
        self.assertEqual(self.complaints("generated-1", run(50, 100)), [])
        self.assertEqual(self.complaints("ramp", run(0, 100)), [])

    def test_a_book_that_hardly_posts_is_not(self):
        self.assertEqual(self.complaints("acme", run(60, 100)), ["of 100 events that are covered only 60 post, and 70 % should"])
        self.assertEqual(self.complaints("generated-1", run(30, 100)), ["of 100 events that are covered only 30 post, and 40 % should"])

    def test_a_difference_is_not(self):
        self.assertEqual(self.complaints("acme", run(100, 100, differences=2)), ["2 differences"])

    def test_a_fault_that_nobody_made_is_not(self):
        self.assertEqual(self.complaints("acme", run(90, 100, codes=["GLM-6010"], faulty=3)),
                         ["10 events are held for their form and only 3 were made with a fault"])
        self.assertEqual(self.complaints("acme", run(90, 100, codes=["GLM-6010"], faulty=10)), [])

    def test_an_edge_that_was_not_drawn_is_not(self):
        self.assertEqual(self.complaints("acme", run(100, 100, edges=["zero", "largest", "negative"])),
                         ["no amount was drawn that is one minor unit"])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
