# SPDX-License-Identifier: Apache-2.0
"""Invariants that hold of every book and every stream: entry by entry (entries.py), and run against run."""
import collections
import decimal
import random

import entries
from entries import label
from library import signed, unit
from streams import Stream, scaled

THROUGH = "2029-06-30"
SAMPLE = 240  # events of a stream
D = decimal.Decimal
_made = {}


def runs(library, seed, rounds):
    """(book, events, run) for every book; made once for all properties that look at them."""
    for name in library.names():
        for round_ in range(rounds):
            key = (name, seed, round_)
            if key not in _made:
                book = library.book(name)
                events = Stream(book, "%s/%d/%d" % key).take(SAMPLE)
                _made[key] = (book, events, book.run(events, THROUGH))
            yield _made[key]


def smallest(book, events, complains):
    """The stream without what is not needed for the complaint: halves, quarters ... are left out as long as it stays."""
    size = len(events) // 2
    while size:
        at = 0
        while at < len(events):
            fewer = events[:at] + events[at + size:]
            if fewer and complains(fewer):
                events = fewer
            else:
                at += size
        size //= 2
    return events


def over_all(check, library, seed, rounds):
    lines = 0
    for book, events, run in runs(library, seed, rounds):
        complaint = next(check(book, run, events), None)
        if complaint:
            left = smallest(book, events, lambda fewer, book=book: next(check(book, book.run(fewer, THROUGH), fewer), None))
            raise AssertionError("%s: %s\nshown by %d of %d events:\n%s" % (
                book.name, next(check(book, book.run(left, THROUGH), left), complaint), len(left), len(events), "\n".join(map(str, left))))
        lines += sum(len(entry["lines"]) for entry in run.entries)
    return "%d lines" % lines


def i01_debits_equal_credits(library, seed, rounds):
    """In every entry, by company and ledger, in the document's currency and in that of the books, exactly."""
    return over_all(entries.debits_equal_credits, library, seed, rounds)


def i02_one_side_a_role_and_an_account_that_is_open(library, seed, rounds):
    return over_all(entries.one_side_role_and_account, library, seed, rounds)


def i03_dimensions_are_there_and_forbidden_ones_are_not(library, seed, rounds):
    return over_all(entries.dimensions_as_the_role_asks, library, seed, rounds)


def i04_what_one_company_owes_the_other_is_owed(library, seed, rounds):
    return over_all(entries.what_companies_owe_each_other_agrees, library, seed, rounds)


def i14_no_date_lies_in_a_closed_period(library, seed, rounds):
    return over_all(entries.no_date_in_a_closed_period, library, seed, rounds)


def i15_rounding_stays_within_its_cap(library, seed, rounds):
    return over_all(entries.rounding_within_its_cap, library, seed, rounds)


def i22_every_entry_has_a_number_of_its_own(library, seed, rounds):
    return over_all(entries.keys_are_unique_and_rise, library, seed, rounds)


def i24_every_event_is_accounted_for(library, seed, rounds):
    return over_all(entries.every_event_has_one_outcome, library, seed, rounds)


def i28_no_line_is_nothing(library, seed, rounds):
    return over_all(entries.no_line_of_nothing, library, seed, rounds)


def i29_amounts_are_whole_minor_units(library, seed, rounds):
    return over_all(entries.written_in_whole_units, library, seed, rounds)


def i30_entries_name_the_bundle_that_made_them(library, seed, rounds):
    return over_all(entries.named_by_bundle, library, seed, rounds)


def i20_streams_reach_most_rules(library, seed, rounds):
    """Not an invariant of the books but of these tests: what the streams do not reach, they do not test."""
    reached, all_of = set(), set()
    for book, _, run in runs(library, seed, rounds):
        for entry in run.entries:
            reached.update((book.name, name) for name in entry["origin"]["rules"])
        all_of.update((book.name, rule["name"]) for program in book.model["programs"] for rule in program["rules"]
                      if rule.get("blocks") or rule.get("recognitions") or rule.get("reversal"))
    left = sorted("%s %s" % one for one in all_of - reached)
    assert len(reached) >= .75 * len(all_of), "%d of %d rules; not: %s" % (len(reached), len(all_of), ", ".join(left))
    return "%d of %d rules" % (len(reached), len(all_of))


def i20_no_valid_event_meets_two_rules_or_none(library, seed, rounds):
    """No rule, no row, or two of them at run time would mean that a proof was wrong."""
    seen = collections.Counter()
    for book, _, run in runs(library, seed, rounds):
        for one in run.happenings:
            seen[one["code"]] += 1
            # A value that is told beside an amount (`worth`) may have another sign than the amount: no schema forbids it, the entry is held.
            wrong = one["code"] == "GLM-7001" or "no row of table" in one["reason"] or "GLM-7003: debits are" in one["reason"]
            assert not wrong, "%s: %s" % (book.name, one)
    return "%d happenings" % sum(seen.values())


def i25_a_replay_is_the_same_to_the_byte(library, seed, rounds):
    """From the bundle again; and in two pieces of one file, which is how a file of lines is read."""
    bytes_ = 0
    for book, events, run in runs(library, seed, rounds):
        again = book.run(events, THROUGH)
        assert again.raw == run.raw, book.name + ": the second run differs"
        assert [one for one in again.happenings] == run.happenings, book.name + ": the second report differs"
        bytes_ += len(run.raw)
    return "%d bytes" % bytes_


def i06_the_same_identity_with_other_content_is_a_conflict(library, seed, rounds):
    chance, conflicts = random.Random(seed), 0
    for book, events, run in runs(library, seed, rounds):
        more = []
        for one in events:
            more.append(one)
            if chance.random() < .3:
                altered = {**one, "data": {**one["data"], "document_date": "2027-07-07"}}
                more.append(altered)
                conflicts += 1
        other = book.run(more, THROUGH)
        expected = sum(1 for a, b in zip(more, more[1:]) if a["id"] == b["id"] and a["data"] != b["data"])
        assert other.totals["conflict"] == expected, "%s: %d conflicts, %d expected" % (book.name, other.totals["conflict"], expected)
        assert other.raw == run.raw, book.name + ": a conflict has posted or changed something"
    return "%d conflicts" % conflicts


def i05_repetitions_change_nothing(library, seed, rounds):
    chance, repeated = random.Random(seed), 0
    for book, events, run in runs(library, seed, rounds):
        more = []
        for one in events:
            more.append(one)
            more += [chance.choice(more)] * (chance.random() < .4)
        other = book.run(more, THROUGH)
        repeated += len(more) - len(events)
        assert other.totals["duplicate"] == len(more) - len(events), "%s: %d duplicates" % (book.name, other.totals["duplicate"])
        assert other.raw == run.raw, book.name + ": a repetition has posted or changed something"
    return "%d repetitions" % repeated


def i05_the_order_of_delivery_changes_nothing_where_no_balance_is_asked(library, seed, rounds):
    """acme keeps no balances: any order gives the same set of entries. Where balances matter, stories.py says what may be shuffled."""
    count = 0
    for round_ in range(2 * rounds):
        book = library.book("acme")
        events = Stream(book, "order/%d/%d" % (seed, round_)).take(SAMPLE)
        straight = {line for line in book.run(events).raw.splitlines()}
        random.Random(seed + round_).shuffle(events)
        assert {line for line in book.run(events + events[:20]).raw.splitlines()} == straight
        count += len(straight)
    return "%d entries" % count


APPROVAL = "GLM-7017"  # the entry waits for an approval
# Books without rates, percentages and approvals of an absolute amount: there a multiple is a multiple, exactly.
EXACT = ("accrual", "receivables", "wallet", "cash-basis", "storno", "treatments")


def i17_a_multiple_of_all_amounts_multiplies_the_journals(library, seed, rounds):
    """Times 7: lines of events exactly, steps of a schedule within its rounding (k + 1 minor units each)."""
    factor, lines = 7, 0
    for name in EXACT:
        for round_ in range(rounds):
            book = library.book(name)
            events = Stream(book, "scale/%s/%d/%d" % (name, seed, round_), foreign=False).take(60)
            while True:  # without what waits for an approval: its limit is an amount that does not grow
                plain, many = book.run(events, THROUGH), book.run(scaled(events, book, factor), THROUGH)
                waits = {identity[1] for run in (plain, many) for identity, told in run.outcomes.items() if any(one[1] == APPROVAL for one in told)}
                waits |= plain.stopped | many.stopped  # a late step above it
                if not waits:
                    break
                events = [one for one in events if one["id"] not in waits]
            lines += compare_scaled(name, plain, many, factor, events)
    return "%d lines" % lines


def compare_scaled(name, plain, many, factor, events):
    schedules = {one["id"]: len(one["data"].get("lines", [0])) for one in events}

    def by_key(run):
        sums = collections.Counter()
        for entry in run.entries:
            for line in entry["lines"]:
                key = (entry["key"]["event_id"], entry["entity"], entry["ledger"], entry["posting_date"], entry["journal"], line["account"], line["role"],
                       tuple(sorted(line["dimensions"].items())), entry["currency"])
                sums[key] += signed(entry, line)
        return sums
    ours, theirs = by_key(plain), by_key(many)
    for key in set(ours) | set(theirs):
        most = (factor + 1) * schedules[key[0]] * unit(key[-1]) if key[4] == "REVREC" else 0
        assert abs(theirs[key] - factor * ours[key]) <= most, "%s: %s is %s, times %d it is %s" % (name, key, ours[key], factor, theirs[key])
    return len(ours)


def i26_reversals_mirror_what_they_reverse(library, seed, rounds):
    """Accounts, roles, dimensions, amounts and rate of the original; swapped sides or negative amounts; at most once."""
    count = 0
    for book, _, run in runs(library, seed, rounds):
        by_reference, reversed_ = {}, set()
        references = [reference for one in run.happenings for reference in one["entries"]]
        for entry, reference in zip(run.entries, references):  # both are written as entries are made
            by_reference[reference] = entry
        for entry in run.entries:
            if not entry["reverses"]:
                continue
            original = by_reference[entry["reverses"]]
            assert entry["reverses"] not in reversed_, label(entry) + " reverses what is reversed"
            reversed_.add(entry["reverses"])
            assert lines_of(entry, True) == lines_of(original, False), "%s: %s does not mirror %s" % (book.name, label(entry), label(original))
            assert entry["rate"] == original["rate"] and entry["currency"] == original["currency"], label(entry)
            count += 1
    assert count, "no stream has reversed anything"
    return "%d reversals" % count


def lines_of(entry, mirrored):
    def line(one):
        sign = -1 if mirrored else 1
        return (one["account"], one["role"], tuple(sorted(one["dimensions"].items())), sign * signed(entry, one),
                sign * signed(entry, one, "functional_amount"))
    return sorted(line(one) for one in entry["lines"])
