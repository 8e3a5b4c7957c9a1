# SPDX-License-Identifier: Apache-2.0
"""Invariants that compare a book with one that is a little different: a rule taken out or doubled, a row that changes on a day, a field that may be
missing, the same moment told in another zone."""
import collections
import json
import random
import re

from library import ROOT, event
from streams import Stream

THROUGH = "2029-06-30"
CHANGES = 24  # books a round
HEAD = re.compile(r"^(?:rule|no entry for|hold) ", re.M)
SECTION = re.compile(r"^(?:rule|no entry|hold|table|accounts|lists|dates|order|approvals|expectations|intercompany|foreign_currency|test|reference|mapping)\b", re.M)


def outcome_sections(name):
    """[(file, text)] of every rule, `no entry` and `hold` of a book."""
    for file in sorted((ROOT / "mappings" / name).glob("*.glmap")):
        if file.name == "tests.glmap":
            continue
        text = file.read_text(encoding="utf-8")
        starts = [found.start() for found in SECTION.finditer(text)] + [len(text)]
        for start, end in zip(starts, starts[1:]):
            if HEAD.match(text, start):
                yield file.name, text[start:end]


def codes_of(library, folder):
    """The codes of the errors that `glmapc check` finds."""
    done = library.command("check", folder)
    return done.returncode, set(re.findall(r"^error\[(GLM-\d+)\]", (done.stdout + done.stderr).decode(), re.M))


def i20_a_book_without_one_of_its_rules_has_a_hole(library, seed, rounds):
    """Take any rule, `no entry` or `hold` out of any book, and the compiler tells which event has no outcome."""
    chance = random.Random("hole/%d" % seed)
    sections = [(name, file, text) for name in library.names() for file, text in outcome_sections(name)]
    chosen = chance.sample(sections, min(len(sections), CHANGES * rounds))
    for name, file, text in chosen:
        target = library.without_tests(name, [(file, re.escape(text), "")])
        status, codes = codes_of(library, target)
        assert status == 1 and "GLM-4004" in codes, "%s without\n%s\ngives %s %s" % (name, text, status, codes)
    return "%d of %d sections" % (len(chosen), len(sections))


def i20_a_rule_that_stands_twice_is_ambiguous(library, seed, rounds):
    chance = random.Random("twice/%d" % seed)
    sections = [(name, file, text) for name in library.names() for file, text in outcome_sections(name)]
    chosen = chance.sample(sections, min(len(sections), CHANGES * rounds))
    for name, file, text in chosen:
        again = re.sub(r"^rule (\S+)", r"rule \1-AGAIN", text)
        target = library.without_tests(name, [(file, re.escape(text), lambda found, again=again: found[0].rstrip() + "\n\n" + again)])
        status, codes = codes_of(library, target)
        assert status == 1 and "GLM-4005" in codes, "%s with twice\n%s\ngives %s %s" % (name, text, status, codes)
    return "%d of %d sections" % (len(chosen), len(sections))


def i21_every_rule_is_reached_by_a_test_of_its_book(library, seed, rounds):
    rules = 0
    for name in library.names():
        done = library.command("coverage", ROOT / "mappings" / name, "--format", "json")
        report = json.loads(done.stdout)
        idle = [rule["name"] for rule in report["rules"] if not rule["tests"]]
        assert not idle, "%s: no test reaches %s" % (name, idle)
        rules += len(report["rules"])
    return "%d rules" % rules


DAY = "2027-01-01"
# (book, file, row, what it becomes): from that day on something else
DATED = (
    ("acme", "book.glmap", r"(\| revenue \| US     \| usage       \| any        \|\|) 4050    \| 2026-01-01 \|            \|",
     r"\1 4050 | 2026-01-01 | 2026-12-31 |\n  | revenue | US | usage | any || 4100 | 2027-01-01 | |"),
    ("acme", "book.glmap", r"(\| revenue \| FR     \| ratable     \| any        \|\|) 706100  \| 2026-01-01 \|            \|",
     r"\1 706100 | 2026-01-01 | 2026-12-31 |\n  | revenue | FR | ratable | any || 706000 | 2027-01-01 | |"),
    ("intercompany", "book.glmap", r"(\| PLATFORM \|\|) 80 %           \| 2026-01-01 \|            \|",
     r"\1 80 % | 2026-01-01 | 2026-12-31 |\n  | PLATFORM || 75 % | 2027-01-01 | |"),
    ("discounts", "book.glmap", r"(\| SEATS         \|\|) 0 %\s+\|            \|            \|",
     r"\1 0 % | | 2026-12-31 |\n  | SEATS || 3 % | 2027-01-01 | |"),
)


def i19_a_change_with_a_day_changes_nothing_before_it(library, seed, rounds):
    before, after = 0, 0
    for number, (name, *edit) in enumerate(DATED):
        for round_ in range(rounds):
            old = library.book(name)
            new = library.compiled(library.without_tests(name, [tuple(edit)]), "dated-%d" % number)
            events = Stream(old, "dated/%d/%d/%d" % (number, seed, round_)).take(250)
            ours, theirs = old.run(events), new.run(events)
            early, late = (collections.Counter(), collections.Counter()), (collections.Counter(), collections.Counter())
            for side, run in enumerate((ours, theirs)):
                for entry in run.entries:
                    (early if entry["posting_date"] < DAY else late)[side][without_origin(entry)] += 1
            assert early[0] == early[1], "%s: %s" % (name, "\n".join((early[0] - early[1]) + (early[1] - early[0])))
            before += sum(early[0].values())
            after += sum((late[0] - late[1]).values())
    assert before and after, "the streams show %d entries before the day and %d that have changed" % (before, after)
    return "%d before, %d changed" % (before, after)


def without_origin(entry):
    """The entry as text, without the bundle and the places in it."""
    return json.dumps({name: value for name, value in entry.items() if name != "origin"}, sort_keys=True)


def i26_a_void_knows_nothing_of_later_accounts(library, seed, rounds):
    """The account of revenue changes on New Year's Day: a void in 2027 takes back what was posted to the account of 2026."""
    edits = [("book.glmap", r"\| revenue    \| US   \| PL     \||\| revenue    \| 4050 \| 700-05 \|", lambda f: f[0].replace("4050", "by sold_on ")),
             ("book.glmap", r"^dates\n", 'table sold_on "Where sales in America go"\n  | product    || account | from       | until      |\n'
              '  | API, SETUP || 4050    |            | 2026-12-31 |\n  | API, SETUP || 4055    | 2027-01-01 |            |\n\ndates\n'),
             ("reference/accounts.yaml", r'(    - \{code: "4050"[^\n]*\n)', r'\1    - {code: "4055", name: Usage from 2027, type: income}\n')]
    book = library.compiled(library.without_tests("storno", edits, "moved"), "moved-storno")
    chance, count = random.Random("moved/%d" % seed), 0
    events = []
    for n in range(20 * rounds):
        sold = "2026-%02d-03" % chance.randrange(1, 13) if n % 2 else "2027-%02d-03" % chance.randrange(1, 4)
        events.append(event("invoice.issued", "I%d" % n, {"invoice": "I%d" % n, "entity": "US", "customer": "C", "currency": "USD", "document_date": sold,
                                                          "lines": [{"product": "API", "net": "10.0%d" % (n % 10), "tax": "0.80"}]}))
        events.append(event("invoice.voided", "V%d" % n, {"invoice": "I%d" % n, "entity": "US", "document_date": "2027-06-0%d" % chance.randrange(1, 9)}))
    run = book.run(events)
    for n in range(20 * rounds):
        sold, voided = (next(line["account"] for line in run.posted_by(letter + str(n))[0]["lines"] if line["role"] == "revenue") for letter in "IV")
        assert sold == voided == ("4050" if n % 2 else "4055"), "I%d posted to %s, V%d to %s" % (n, sold, n, voided)
        count += 1
    return "%d voids" % count


def i27_the_zone_in_which_a_moment_is_told_changes_nothing(library, seed, rounds):
    """The same instant with another offset: the same entries. Another instant of the same day where the company is: the same entries."""
    edits = [("reference/events.yaml", r"document_date: \{type: date", "document_date: {optional: true, type: date")]
    book = library.compiled(library.without_tests("acme", edits, "zones"), "zones-acme")
    chance, count = random.Random("zones/%d" % seed), 0
    for _ in range(rounds):
        events, told, shifted = [], [], []
        for n in range(60):
            entity, zone, offset = chance.choice((("US", "USD", -5), ("DE", "EUR", 1), ("JP", "JPY", 9)))
            date = "2026-%02d-%02d" % (chance.choice((1, 2, 12)), chance.randrange(2, 28))
            hour = chance.randrange(24)
            data = {"payment": "P%d" % n, "invoice": "I", "entity": entity, "customer": "C", "currency": zone, "applied": "7", "unapplied": "0", "fee": "0"}
            moments = (at(date, hour, offset, offset), at(date, hour, offset, chance.randrange(-11, 14)), at(date, chance.randrange(24), offset, offset))
            for target, moment in zip((events, told, shifted), moments):
                target.append(event("payment.received", "E%d" % n, data, time=moment))
        runs = [book.run(stream) for stream in (events, told, shifted)]
        assert runs[0].totals["with_entries"] == 60, runs[0].happenings[:3]
        assert runs[0].raw == runs[1].raw, "another offset of the same instant gives another journal"
        assert runs[0].raw == runs[2].raw, "another hour of the same day gives another journal"
        count += len(runs[0].entries)
    return "%d entries" % count


def at(date, hour, home, told):
    """`hour` o'clock of `date` in the zone UTC+home, written with the offset `told`."""
    import datetime  # noqa: PLC0415
    zone = datetime.timezone(datetime.timedelta(hours=home))
    moment = datetime.datetime.fromisoformat(date).replace(hour=hour, minute=30, tzinfo=zone)
    return moment.astimezone(datetime.timezone(datetime.timedelta(hours=told))).isoformat()


def i28_a_dimension_that_may_be_missing_is_refused_before_anything_is_dropped(library, seed, rounds):
    """A field that a role needs, made optional: no book compiles that could lack it, also where the line might be zero and vanish."""
    chance, refused = random.Random("optional/%d" % seed), 0
    candidates = []
    for name in library.names():
        needed = {need for role in library.book(name).roles.values() for need in role.get("needs", [])}
        text = (ROOT / "mappings" / name / "reference/events.yaml").read_text(encoding="utf-8")
        candidates += [(name, field) for field in sorted(needed) if re.search(r"^      %s:\s+\{type: text" % field, text, re.M)]
    for name, field in chance.sample(candidates, min(len(candidates), CHANGES * rounds)):
        edit = ("reference/events.yaml", r"^(      %s:\s+\{type: text)" % field, r"\1, optional: true")
        status, codes = codes_of(library, library.without_tests(name, [edit]))
        assert status == 1 and codes, "%s compiles although %s may be missing" % (name, field)
        assert "GLM-4009" in codes or "GLM-2011" in codes, "%s, %s: %s" % (name, field, codes)
        refused += 1
    return "%d fields" % refused


def i30_what_waits_for_an_approval_has_posted_nothing(library, seed, rounds):
    """Above the limit held, and no entry; on the limit and below posted. (That the approved entry is the one that is posted: the gateway.)"""
    book, count = library.book("storno"), 0
    chance = random.Random("approval/%d" % seed)
    for n in range(40 * rounds):
        minor = 2_500_000 + chance.choice((0, 1, -1, chance.randrange(-100_000, 100_000)))
        sold = {"invoice": "I", "entity": "US", "customer": "C", "currency": "USD", "document_date": "2026-03-02",
                "lines": [{"product": "API", "net": "%d.%02d" % divmod(minor, 100), "tax": "0.00"}]}
        run = book.run([event("invoice.issued", "I", sold), event("invoice.voided", "V", {"invoice": "I", "entity": "US", "document_date": "2026-03-03"})])
        above = minor > 2_500_000
        assert (run.outcome("V") == "held") == above and bool(run.posted_by("V")) != above, (minor, run.happenings)
        count += 1
        if n > 12 and rounds == 1:
            break
    return "%d voids" % count
