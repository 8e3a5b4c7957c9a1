#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""diff.py --glmapc PATH [--pairs N] [--seed TEXT] [--only N] [--keep FOLDER] [--jobs N]

Pairs of small books, the second a change of the first. Every event that either book can tell apart is run by both, with
`glmapc simulate`; `glmapc diff` must name exactly those that post differently, and each of its examples must do so when it
is run. 60 pairs, 500 where CI=true; 2,000 take five minutes of two cores. `--only N --keep FOLDER` leaves pair N as FOLDER/old and FOLDER/new."""
import argparse
import collections
import datetime
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import changes  # noqa: E402
import events as enumeration  # noqa: E402
import generate  # noqa: E402
import run  # noqa: E402
from book import LIFE, day_text  # noqa: E402

ABSENT = None
EVENTS_MAX = 4000        # of one pair
AGAIN = 400              # amounts that are tried before an event is said to post the same
SHOWN = 10


# ---- every event that one of the books can tell from another ------------------------------------------------------------

def values_of(books, event, name):
    values, absent = [], False
    for book in books:
        one = next((one for one in book.events if one.name == event), None)
        field = next((field for field in one.header + one.line if field.name == name), None) if one else None
        if field is None:
            continue
        absent = absent or not field.required
        values += [value for value in (book.values_of(field) or ["some"]) if value not in values]
    return values + ([ABSENT] if absent else [])


def points(books, event):
    """Dicts of field -> value, with the day; None when there are too many."""
    programs = [enumeration.Program(book, event, ledger) for book in books for ledger in book.ledgers
                if any(one.name == event for one in book.events)]
    names = sorted({name for program in programs for name in program.fields}
                   | {field.name for book in books for one in book.events if one.name == event for field in one.header + one.line
                      if field.kind not in ("money", "date") and (not field.required or field.kind == "entity")})
    days = sorted({day for program in programs for day in program.days()})
    domains = [values_of(books, event, name) for name in names]
    size = len(days)
    for domain in domains:
        size *= len(domain)
    if size > EVENTS_MAX:
        return None
    # What no program of the books looks at has one value; the two may not agree on that, and then the events tell.
    rest = {field.name: values_of(books, event, field.name)[0] for book in books for one in book.events if one.name == event
            for field in one.header + one.line if field.kind not in ("money", "date")}
    return [{**rest, **dict(zip(names, values)), "day": day} for day in days for values in itertools.product(*domains)]


def amounts_for(number):
    """Minor units of net, tax, fee: the first are like those of any invoice, later ones make ties in roundings."""
    chance = random.Random("amounts %d" % number)
    return {name: chance.choice((chance.randrange(1, 99_999), 50 * chance.randrange(1, 4000))) for name in ("net", "tax", "fee")}


def money_text(minor, currency):
    return str(minor) if currency == "JPY" else "%d.%02d" % divmod(minor, 100)


def cloud_event(books, event, point, number, try_number):
    header, line = {}, {}
    schema = next(one for book in books for one in book.events if one.name == event)
    money = amounts_for(try_number)
    currency = point.get("currency") or "USD"
    for on_line, fields in ((False, schema.header), (True, schema.line)):
        for field in fields:
            to = line if on_line else header
            if field.name in point and point[field.name] is ABSENT:
                continue
            if field.kind == "money":
                if field.name in money:
                    value = money[field.name]
                elif field.name.startswith("all_"):
                    value = money[field.name[4:]]
                else:
                    value = money["net"] + money["tax"]
                to[field.name] = money_text(value, currency)
            elif field.kind == "date":
                to[field.name] = day_text(point["day"])
            elif field.kind == "decimal":
                to[field.name] = "1.25"
            elif field.kind == "text":
                to[field.name] = field.name + "-1"
            else:
                value = point[field.name]
                to[field.name] = value == "yes" if field.kind == "yes/no" else value
    data = dict(header, lines=[line]) if schema.line else header
    return {"specversion": "1.0", "id": "E-%d" % number, "source": "oracle", "type": event, "time": day_text(point["day"]) + "T12:00:00Z",
            "data": data}


# ---- what the books make of them --------------------------------------------------------------------------------------

def entry_key(entry):
    """All of the entry but the book's names for things: which rule made it, what a role is called."""
    lines = sorted(json.dumps({name: value for name, value in line.items() if name != "role"}, sort_keys=True) for line in entry["lines"])
    head = {name: value for name, value in entry.items() if name not in ("key", "lines", "origin", "reference", "description")}
    return json.dumps([head, lines], sort_keys=True)


def simulate(glmapc, book, path):
    """event id -> what became of it, as something that can be compared."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run([glmapc, "simulate", book, path, "--format", "json", "--report", report.name], capture_output=True,
                              check=False, text=True)
        if done.returncode != 0:
            raise RuntimeError("glmapc simulate ends with %d: %s" % (done.returncode, done.stderr[-500:]))
        happened = json.load(open(report.name, encoding="utf-8"))
    outcomes = {}
    for one in happened["happenings"]:
        outcome = one["outcome"]
        outcomes[one["event"]["id"]] = [outcome if outcome in ("no entry", "entries") else "held"]
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        outcomes[entry["key"]["event_id"]].append(entry_key(entry))
    return {name: tuple(sorted(outcome)) for name, outcome in outcomes.items()}


def differing(glmapc, folders, cloud_events, folder):
    """Ids of the events that the two books post differently."""
    path = folder / "events.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in cloud_events), encoding="utf-8")
    before, after = (simulate(glmapc, str(book), str(path)) for book in folders)
    assert before.keys() == after.keys() and len(before) == len(cloud_events)
    return {name for name in before if before[name] != after[name]}


# ---- what glmapc diff says -----------------------------------------------------------------------------------------------

def is_told(regions, books, event, point):
    day = datetime.date.fromordinal(point["day"]).isoformat()
    for region in regions:
        if region["event"] != event:
            continue
        for part in region["where"]:
            if part.get("first", day) > day or part.get("last", day) < day:
                continue
            seen = {name: point[name.removeprefix("line.")] for name in part["fields"]}
            if all(("given" if seen[name] == "some" else seen[name]) in values for name, values in part["fields"].items()):
                return True
    return False


class Pair:
    def __init__(self, glmapc, seed, number, folder):
        self.glmapc, self.folder = glmapc, folder
        self.books, self.folders, self.what = changes.make(glmapc, "%s-%d" % (seed, number), folder)
        self.facts, self.wrong = collections.Counter(), []

    def run(self):
        done = subprocess.run([self.glmapc, "diff", *map(str, self.folders), "--format", "json"], capture_output=True, check=False, text=True)
        if done.returncode not in (0, 1, 4):
            raise RuntimeError("glmapc diff ends with %d: %s" % (done.returncode, done.stderr[-800:]))
        told = json.loads(done.stdout)
        if done.returncode != (4 if told["not_decided"] else 1 if told["moves"] else 0):
            self.wrong.append("the exit code is %d" % done.returncode)
        self.facts["pairs"] += 1
        self.facts["pairs that move" if told["moves"] else "pairs that move nothing"] += 1
        self.facts["regions"] += len(told["regions"])
        if told["not_decided"]:
            self.facts["pairs not decided"] += 1
            return self
        self.check_witnesses(told["regions"])
        for event in sorted({event.name for book in self.books for event in book.events}):
            self.check_event(event, told["regions"])
        return self

    def check_witnesses(self, regions):
        shown = []
        for number, region in enumerate(regions):
            witness = dict(region["witness"]["event"], id="W-%d" % number)
            shown.append(witness)
            self.facts["examples run"] += 1
        if not shown:
            return
        found = differing(self.glmapc, self.folders, shown, self.folder)
        for number, region in enumerate(regions):
            if "W-%d" % number not in found:
                self.wrong.append("the example of region %d posts the same by both: %s" % (number, json.dumps(region["witness"]["event"])))

    def check_event(self, event, regions):
        candidates = points(self.books, event)
        if candidates is None:
            self.facts["event types too large to go through"] += 1
            return
        shown = [cloud_event(self.books, event, point, number, 0) for number, point in enumerate(candidates)]
        found = differing(self.glmapc, self.folders, shown, self.folder)
        self.facts["events run"] += len(shown)
        self.facts["events that differ"] += len(found)
        silent = []
        for number, point in enumerate(candidates):
            told = is_told(regions, self.books, event, point)
            actual = "E-%d" % number in found
            if actual and not told:
                self.wrong.append("%s posts differently and no region tells: %s" % (event, self.words(point)))
            if told and not actual:
                silent.append(point)
        for point in silent[:20]:
            again = [cloud_event(self.books, event, point, number, number + 1) for number in range(AGAIN)]
            self.facts["events tried with other amounts"] += 1
            if not differing(self.glmapc, self.folders, again, self.folder):
                self.wrong.append("%s is told to post differently, and never does: %s" % (event, self.words(point)))

    def words(self, point):
        return ", ".join("%s %s" % (name, day_text(value) if name == "day" else value) for name, value in point.items()) + \
            " (" + self.what + ")"


def one_pair(glmapc, seed, number, keep=None):
    try:
        with tempfile.TemporaryDirectory(prefix="glmap-oracle-") as scratch:
            folder = pathlib.Path(keep or scratch)
            folder.mkdir(parents=True, exist_ok=True)
            pair = Pair(glmapc, seed, number, folder).run()
        return number, pair.facts, pair.wrong
    except Exception:  # noqa: BLE001: whatever it is, it is a disagreement about this pair
        return number, collections.Counter(), [traceback.format_exc()]


def many(glmapc, seed, numbers):
    return [one_pair(glmapc, seed, number) for number in numbers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--pairs", type=int, default=500 if os.environ.get("CI") == "true" else 60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, help="the number of one pair")
    parser.add_argument("--keep", type=pathlib.Path, help="with --only: write the books here")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()))
    options = parser.parse_args()
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    started = time.monotonic()
    if options.only is not None:
        results = [one_pair(glmapc, options.seed, options.only, options.keep)]
    else:
        batches = [range(first, min(first + 10, options.pairs)) for first in range(0, options.pairs, 10)]
        with ProcessPoolExecutor(options.jobs) as pool:
            results = [one for done in [pool.submit(many, glmapc, options.seed, batch) for batch in batches] for one in done.result()]
    facts = sum((found for _, found, _ in results), collections.Counter())
    wrong = [(number, text) for number, _, texts in results for text in texts]
    for number, text in wrong[:SHOWN]:
        print("pair %d of seed %s: %s" % (number, options.seed, text))
    print("compared: " + ", ".join("%d %s" % (count, what) for what, count in sorted(facts.items())))
    print("seed %s: %d pairs, %d disagreements in %d of them, %.0f s" % (
        options.seed, len(results), len(wrong), len({number for number, _ in wrong}), time.monotonic() - started))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
