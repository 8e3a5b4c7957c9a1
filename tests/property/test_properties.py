#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That the checks find what they are there for: entries with one fault each, and models that must not agree with it."""
import copy
import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import entries  # noqa: E402
import page  # noqa: E402
import random_streams  # noqa: E402
import stories  # noqa: E402
from library import Run, event, money, signed  # noqa: E402

BOOK = types.SimpleNamespace(
    name="small", currency={"rounding_role": 2, "cap_per_line": "0.01"},
    entities={"US": {"functional": "USD", "closed_through": ["2025-12-31"], "accounts": [
        {"code": "1200"}, {"code": "4010"}, {"code": "6990"}, {"code": "4000", "postable": False}, {"code": "4011", "open_from": ["2027-01-01"]}]}},
    roles={"receivable": {"needs": ["customer"], "by_entity": [{"account": "1200"}]}, "revenue": {"forbids": ["customer"], "by_entity": [{}]},
           "rounding": {"by_entity": [{"account": "6990"}]}},
    model={"programs": [{"rules": [{"name": "INV", "blocks": [{"lines": [{}, {}]}]}]}], "roles": [{"name": "receivable"}, {"name": "revenue"}, {"name": "rounding"}],
           "calendars": [{"name": "months", "periods": [{"name": "2026-03", "from": "2026-03-01", "until": "2026-03-31"}]}]},
    functional=lambda entity: "USD")


def line(side, account, role, amount, **dimensions):
    return {"side": side, "account": account, "role": role, "amount": amount, "functional_amount": amount, "dimensions": dimensions}


def entry(**more):
    made = {"key": {"source": "billing", "event_id": "I-1", "event_revision": "", "entity": "US", "ledger": "accrual", "entry": 0},
            "entity": "US", "ledger": "accrual", "journal": "SALES", "posting_date": "2026-03-02", "period": "2026-03", "currency": "USD",
            "functional_currency": "USD", "storno": False, "reverses": "", "rate": None, "origin": {"bundle_digest": "sha256:a", "rules": ["INV"]},
            "lines": [line("debit", "1200", "receivable", "10.00", customer="C"), line("credit", "4010", "revenue", "10.00")]}
    made.update(more)
    return made


def run_of(*made, happenings=None):
    told = happenings or [{"cause": "event", "code": "", "reason": "", "outcome": "entries", "entries": ["R%d" % n for n in range(len(made))],
                           "event": {"source": "billing", "id": "I-1", "revision": ""}}]
    totals = {"events": 1, "with_entries": 1, "no_entry": 0, "held": 0, "waiting": 0}
    return Run(list(made), {"totals": totals, "happenings": told, "bundle": "sha256:a"}, b"")


SALE = [event("invoice.issued", "I-1", {"currency": "USD", "amount": "10.00"})]


class EntryChecks(unittest.TestCase):
    CHECKS = (entries.debits_equal_credits, entries.one_side_role_and_account, entries.dimensions_as_the_role_asks,
              entries.no_date_in_a_closed_period, entries.rounding_within_its_cap, entries.written_in_whole_units, entries.no_line_of_nothing,
              entries.every_event_has_one_outcome, entries.keys_are_unique_and_rise, entries.what_companies_owe_each_other_agrees,
              entries.named_by_bundle)

    def found(self, check, *made, events=SALE, **more):
        return " ".join(check(BOOK, run_of(*made, **more), events))

    def with_line(self, index, **change):
        made = entry()
        made["lines"] = copy.deepcopy(made["lines"])
        made["lines"][index].update(change)
        return made

    def test_a_right_entry_passes_all(self):
        for check in self.CHECKS:
            self.assertEqual(self.found(check, entry()), "", check.__name__)

    def test_balance(self):
        self.assertIn("amount of debits 10.01", self.found(entries.debits_equal_credits, self.with_line(0, amount="10.01")))
        self.assertIn("functional_amount of debits", self.found(entries.debits_equal_credits, self.with_line(1, functional_amount="9.99")))

    def test_sides_roles_accounts(self):
        check = entries.one_side_role_and_account
        self.assertIn("is not an account to post to", self.found(check, self.with_line(1, account="9999")))
        self.assertIn("is not an account to post to", self.found(check, self.with_line(1, account="4000")))
        self.assertIn("is not open", self.found(check, self.with_line(1, account="4011")))
        self.assertIn("is not the account 1200", self.found(check, self.with_line(0, account="6990")))
        self.assertIn("has amount -10.00", self.found(check, self.with_line(1, amount="-10.00")))
        self.assertIn("storno True", self.found(check, entry(storno=True)))

    def test_dimensions(self):
        check = entries.dimensions_as_the_role_asks
        self.assertIn("lacks customer", self.found(check, self.with_line(0, dimensions={})))
        self.assertIn("carries customer", self.found(check, self.with_line(1, dimensions={"customer": "C"})))

    def test_dates(self):
        check = entries.no_date_in_a_closed_period
        self.assertIn("closed through", self.found(check, entry(posting_date="2025-12-31")))
        self.assertIn("not a day of period", self.found(check, entry(posting_date="2026-04-01")))

    def test_rounding_and_units(self):
        lines = [*entry()["lines"], line("credit", "6990", "rounding", "0.13")]
        self.assertIn("the cap is 0.02", self.found(entries.rounding_within_its_cap, entry(lines=lines, currency="EUR")))
        self.assertIn("in the currency of the books", self.found(entries.rounding_within_its_cap, entry(lines=lines)))
        self.assertIn("10.0 USD", self.found(entries.written_in_whole_units, self.with_line(0, amount="10.0")))
        self.assertIn("10.00 JPY", self.found(entries.written_in_whole_units, entry(currency="JPY")))
        self.assertIn("line of nothing", self.found(entries.no_line_of_nothing, self.with_line(0, amount="0.00", functional_amount="0.00")))

    def test_outcomes_and_keys(self):
        check = entries.every_event_has_one_outcome
        self.assertIn("has no entry", self.found(check))
        self.assertIn("received", self.found(check, entry(), events=[*SALE, event("x", "LOST", {"currency": "USD", "amount": "1.00"})]))
        self.assertIn("numbered [0, 0]", self.found(entries.keys_are_unique_and_rise, entry(), entry()))
        self.assertIn("does not name the bundle", self.found(entries.named_by_bundle, entry(origin={"bundle_digest": "sha256:b", "rules": ["INV"]})))

    def test_companies(self):
        made = entry(lines=[line("debit", "1310", "due_from", "5.00", partner="DE"), line("credit", "2310", "due_to", "4.00", partner="DE")])
        self.assertIn("owes", self.found(entries.what_companies_owe_each_other_agrees, made))


class Models(unittest.TestCase):
    def test_a_storno_counts_as_negative(self):
        self.assertEqual(signed(entry(), entry()["lines"][0]), 10)
        self.assertEqual(signed(entry(storno=True), entry()["lines"][0]), -10)

    def test_money(self):
        self.assertEqual([money(1, "USD"), money(-7, "JPY"), money(1500, "BHD")], ["0.01", "-7", "1.500"])

    def test_a_reversal_with_another_account_is_no_mirror(self):
        back = [line("credit", "1200", "receivable", "10.00", customer="C"), line("debit", "4011", "revenue", "10.00")]
        self.assertNotEqual(random_streams.lines_of(entry(lines=back), True), random_streams.lines_of(entry(), False))
        back[1]["account"] = "4010"
        self.assertEqual(random_streams.lines_of(entry(lines=back), True), random_streams.lines_of(entry(), False))

    def test_the_oldest_grant_pays_first_and_too_much_takes_nothing(self):
        grants = {"A": 100, "B": 50}
        stories.draw(grants, 120)
        self.assertEqual(grants, {"A": 0, "B": 30})
        stories.draw(grants, 31)
        self.assertEqual(grants, {"A": 0, "B": 30})

    def test_deferred_revenue_and_contract_asset_at_once_are_found(self):
        earned = [line("debit", "2400", "deferred_revenue", "1.00", contract="K"), line("debit", "1220", "contract_asset", "1.00", contract="K"),
                  line("credit", "4010", "revenue", "2.00")]
        with self.assertRaises(AssertionError):
            stories.follow(run_of(entry(lines=earned)), {})

    def test_streams_are_shortened_to_what_shows_the_fault(self):
        self.assertEqual(random_streams.smallest(None, list(range(100)), lambda some: 7 in some and 70 in some), [7, 70])


class Page(unittest.TestCase):
    def test_what_the_page_leaves_out_is_found(self):
        text = "\n".join("| %d | x | `i%02d_a` | |" % (n, n) for n in range(1, 31))
        names = {"i%02d_a" % n for n in range(1, 31)}
        self.assertEqual(list(page.complaints(text, names, set())), [])
        self.assertEqual(list(page.complaints(text, names | {"i07_b"}, set())), ["no line of the table names i07_b"])
        self.assertEqual(list(page.complaints(text, names - {"i09_a"}, set())), ["there is no property i09_a"])
        self.assertIn('there is no test case "gone"', list(page.complaints(text.replace("`i05_a`", '"gone"'), names, set())))
        self.assertIn("the table does not count", next(page.complaints(text.replace("| 30 |", "| 31 |"), names, set())))


if __name__ == "__main__":
    unittest.main()
