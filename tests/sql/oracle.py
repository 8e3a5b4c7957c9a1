#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py --glmapc PATH [--events N] [--generated N] [--dialect sqlite|postgresql|both] [--book NAME ...] [--seed N]

Two ways to the same journal: `glmapc simulate` evaluates generated events, the SQL of `glmapc emit sql` works them out
again in a database. Every journal line and every outcome must be the same, byte for byte. Most events are sound and post;
those with a fault made on purpose are counted. README.md tells what is drawn and compared, and how to run a million."""
import argparse
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import databases
import figures
import postgres
from books import BOOKS, SHARE, Events, make_books

EVENTS_PER_RUN_MAX = 50_000   # of one book in one database: what memory and the SQL's sorting take kindly
SHOWN = 5


# ---- what the evaluator says -------------------------------------------------------------------------------------------

def simulate(glmapc, book, events_path, work):
    """Paths of its entries (NDJSON) and of its words on every other event."""
    out, err = work / "entries.ndjson", work / "words.txt"
    with open(out, "wb") as entries, open(err, "wb") as words:
        subprocess.run([glmapc, "simulate", book, events_path, "--format", "json"], stdout=entries, stderr=words, check=True)
    return out, err


def simulated_lines(path):
    with open(path, encoding="utf-8") as lines:
        for text in lines:
            entry = json.loads(text)
            key = entry["key"]
            head = (key["source"], key["event_id"], key["event_revision"], entry["entity"], entry["ledger"], str(key["entry"]),
                    entry["journal"], entry["posting_date"], entry["document_date"], entry["period"], entry["document"])
            for line in entry["lines"]:
                yield head + (line["side"], line["account"], line["role"], line["amount"], entry["currency"], line["functional_amount"],
                              entry["functional_currency"],
                              json.dumps(line["dimensions"], ensure_ascii=False, separators=(",", ":")))


def simulated_outcomes(path):
    """id -> (outcome, code) of the events without entries."""
    outcomes = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(\S+): (held|no entry): (?:(GLM-\d{4}):)?", line):
            outcomes[found[1]] = (found[2], (found[3] or "") if found[2] == "held" else "")
    return outcomes


# ---- the comparison ----------------------------------------------------------------------------------------------------

class Comparison:
    def __init__(self):
        self.differences = []
        self.count = 0
        self.posted = set()   # what the script found entries for
        self.figures = figures.Figures()

    def differ(self, text):
        self.count += 1
        if self.count <= SHOWN:
            self.differences.append(text)

    def outcomes(self, rows, simulated):
        """Compares event by event; returns the events that SQL does not cover."""
        uncovered, seen = set(), set()
        for event, outcome, code, about in rows:
            seen.add(event)
            self.figures.outcome(outcome, code)
            if outcome == "entries":
                self.posted.add(event)
            if outcome == "not covered":
                uncovered.add(event)
            elif simulated.get(event, ("entries", "")) != (outcome, code):
                self.differ("%s: glmapc says %s, SQL says %s (%s)" % (event, simulated.get(event, ("entries", "")), (outcome, code), about))
        for event in simulated.keys() - seen:
            self.differ("%s: glmapc says %s, SQL says nothing" % (event, simulated[event]))
        return uncovered

    def lines(self, simulated, computed, uncovered):
        kept = (line for line in simulated if line[1] not in uncovered)
        before, with_lines = None, set()
        for number, (ours, theirs) in enumerate(itertools.zip_longest(kept, computed)):
            theirs = theirs and tuple(map(str, theirs))
            if ours != theirs:
                self.differ("journal line %d\n  glmapc %s\n  SQL    %s" % (number + 1, ours, theirs))
                if self.count > SHOWN:
                    return
            entry = ours and ours[:6]
            self.figures.line(entry != before)
            if theirs:
                with_lines.add(theirs[1])
            before = entry
        for event in self.posted ^ with_lines:
            self.differ("%s: SQL says %s entries and there are %s" % (event, *(("it has", "none") if event in self.posted else ("no", "some"))))


def check_all(name, runners, glmapc, count, seed):
    """(figures, whether they are as they should be) by dialect, over runs of a size that a database takes kindly, each with
    events of its own."""
    sizes = [EVENTS_PER_RUN_MAX] * (count // EVENTS_PER_RUN_MAX) + [count % EVENTS_PER_RUN_MAX] * (count % EVENTS_PER_RUN_MAX > 0)
    found = {dialect: figures.Figures() for dialect in runners}
    with tempfile.TemporaryDirectory(prefix="glmap-oracle-") as folder:
        events = Events(name, glmapc, seed * 1000, pathlib.Path(folder))
        events.find_models(count)
        for number, size in enumerate(sizes):
            for dialect, run in check(events, runners, size, seed * 1000 + number).items():
                found[dialect].add(run)
    for dialect, run in found.items():
        print("%s, %s: %s" % (name, dialect, run), flush=True)
        for complaint in run.complaints(name, events.expected_edges):
            print("  FAULT: " + complaint, flush=True)
    return {dialect: (run, not any(run.complaints(name, events.expected_edges))) for dialect, run in found.items()}


def check(events, runners, count, seed):
    """One run: figures by dialect."""
    found = {}
    book, path, faulty, edges = events.write(count, seed)
    work, glmapc = events.work, events.glmapc
    entries, words = simulate(glmapc, book, path, work)
    simulated = simulated_outcomes(words)
    for dialect, runs in runners.items():
        journal, outcomes, seconds = runs(databases.emit(glmapc, book, dialect, work), path, work)
        comparison = Comparison()
        uncovered = comparison.outcomes(outcomes, simulated)
        comparison.lines(simulated_lines(entries), journal, uncovered)
        if comparison.figures.tally["events"] != count and events.name != "bench":   # of which some come twice
            comparison.differ("%d events were sent and %d have an outcome" % (count, comparison.figures.tally["events"]))
        comparison.figures.run(faulty, edges, seconds, comparison.count)
        found[dialect] = comparison.figures
        for difference in comparison.differences:
            print("%s, %s, seed %d: %s" % (events.name, dialect, seed, difference), flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--events", type=int, default=12000, help="in all, shared out over the books")
    parser.add_argument("--dialect", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--book", action="append", help="only this one; may stand several times")
    parser.add_argument("--generated", type=int, default=3, help="books made for this run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    postgresql = databases.Postgresql()
    runners = {"sqlite": databases.sqlite_runs, "postgresql": postgresql.runs}
    if options.dialect != "both":
        runners = {options.dialect: runners[options.dialect]}
    if "postgresql" in runners and not postgres.installed():
        print("SKIPPED: PostgreSQL, because postgres, initdb and psql are not installed")
        del runners["postgresql"]
        if not runners:
            return 77
    with tempfile.TemporaryDirectory(prefix="glmap-oracle-books-") as folder:
        passed_over = make_books(glmapc, options.generated, options.seed, folder)
        print("%d generated books; passed over, because they post next to nothing: %d" % (options.generated, passed_over), flush=True)
        if unknown := [name for name in options.book or [] if name not in SHARE]:
            parser.error("there is no book %s; the books are %s" % (", ".join(unknown), ", ".join(sorted(SHARE))))
        books = options.book or list(SHARE)
        whole = sum(SHARE[name] for name in books)
        try:
            found = {name: check_all(name, runners, glmapc, -(-options.events * SHARE[name] // whole), options.seed) for name in books}
        finally:
            postgresql.stop()
    for dialect in runners:
        print("all %d books, %s: %s" % (len(found), dialect, figures.total(runs[dialect][0] for runs in found.values())))
    return 0 if all(good for runs in found.values() for _, good in runs.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
