#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py --glmapc PATH [--events N] [--generated N] [--dialect sqlite|postgresql|both] [--book NAME ...] [--seed N]

Two ways to the same journal: `glmapc simulate` evaluates generated events, the SQL of `glmapc emit sql` works them out
again in a database. Every journal line and every outcome must be the same, byte for byte. Books: those of
mappings, base (that of the golden tests), everything (tests/sql/everything), bench (the workload of tests/bench), and
generated ones that glmapc proves (tests/oracle/sound.py). Most events are sound and post; those with a fault made on
purpose are counted. A million events take about half an hour:
oracle.py --glmapc build/release/bin/glmapc --events 1000000 --generated 24 --dialect sqlite"""
import argparse
import itertools
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "bench")]
import events as generated  # noqa: E402
import figures  # noqa: E402
import postgres  # noqa: E402

BOOKS = {"base": ROOT / "tests/golden/base", "everything": HERE / "everything",
         **{path.parent.name: path.parent for path in sorted(ROOT.glob("mappings/*/book.glmap"))}}
SHARE = {**dict.fromkeys(BOOKS, 1), "acme": 8, "base": 4, "everything": 6, "bench": 2}  # of the events, by book
GENERATED_SHARE = 2
EVENTS_PER_RUN_MAX = 50_000   # of one book in one database: what memory and the SQL's sorting take kindly
TRIAL_EVENTS_MAX = 3000       # of a book, to find such as post
SHOWN = 5
LINE = ("source", "event_id", "event_revision", "entity", "ledger", "entry_index", "journal", "posting_date", "document_date", "period",
        "document", "side", "account", "role", "amount", "currency", "functional_amount", "functional_currency", "dimensions")
JOURNAL = "SELECT %s FROM journal ORDER BY event_no, ledger_no, entry_no, line_no" % ", ".join(LINE)
OUTCOME = "SELECT event_id, outcome, code, about FROM outcome ORDER BY event_no"


# ---- events into tables ------------------------------------------------------------------------------------------------

def table_of(event_type):
    return "in_" + re.sub("[^a-z0-9]", "_", event_type.lower())


def as_text(value):
    return None if value is None else {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def read_events(path):
    """Each event once, numbered; what came again is a duplicate or a conflict and not the tables' business."""
    seen = set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line, parse_float=str, parse_int=str)
            identity = (event["source"], event["id"], event.get("revision", ""))
            if identity not in seen:
                seen.add(identity)
                yield len(seen), event


def rows_of(number, event, columns):
    """(table, row) for each row of an event. `columns`: table -> its columns."""
    yield "event", (number, event["source"], event["id"], event.get("revision", ""), event["type"], event.get("time"))
    table = table_of(event["type"])
    if table not in columns:
        return
    data = event["data"]
    yield table, (number, *(as_text(data.get(name)) for name in columns[table][1:]))
    for line_no, line in enumerate(data.get("lines", []), 1):
        yield table + "_line", (number, line_no, *(as_text(line.get(name)) for name in columns[table + "_line"][2:]))


def sqlite_runs(script, events_path, work):
    database = sqlite3.connect(work / "oracle.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    text = script.read_text(encoding="utf-8")
    database.executescript(text)
    tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'in!_%' ESCAPE '!')")]
    columns = {table: [row[1] for row in database.execute("PRAGMA table_info(%s)" % table)] for table in tables + ["event"]}
    statements = {table: "INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(names))) for table, names in columns.items()}
    database.execute("BEGIN")
    for number, event in read_events(events_path):
        for table, row in rows_of(number, event, columns):
            database.execute(statements[table], row)
    database.execute("COMMIT")
    started = time.monotonic()
    database.executescript(text)
    seconds = time.monotonic() - started
    return database.execute(JOURNAL), database.execute(OUTCOME), seconds


class Postgresql:
    """One cluster for all books, made when the first of them needs it."""

    def __init__(self):
        self.server = None

    def runs(self, script, events_path, work):
        self.server = self.server or postgres.Server()
        server = self.server
        server.forget()
        server.run_file(script)
        columns = server.columns("event", "in_%")
        server.copy_in(columns, (row for number, event in read_events(events_path) for row in rows_of(number, event, columns)), work)
        started = time.monotonic()
        server.run_file(script)
        seconds = time.monotonic() - started
        return server.rows(JOURNAL, work / "journal.tsv"), server.rows(OUTCOME, work / "outcome.tsv"), seconds

    def stop(self):
        if self.server:
            self.server.stop()


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
                              json.dumps(line["dimensions"], ensure_ascii=False, separators=(",", ":"), sort_keys=True))


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
            if outcome == "not covered":
                uncovered.add(event)
            elif simulated.get(event, ("entries", "")) != (outcome, code):
                self.differ("%s: glmapc says %s, SQL says %s (%s)" % (event, simulated.get(event, ("entries", "")), (outcome, code), about))
        for event in simulated.keys() - seen:
            self.differ("%s: glmapc says %s, SQL says nothing" % (event, simulated[event]))
        return uncovered

    def lines(self, simulated, computed, uncovered):
        kept = (line for line in simulated if line[1] not in uncovered)
        before = None
        for number, (ours, theirs) in enumerate(itertools.zip_longest(kept, computed)):
            theirs = theirs and tuple(map(str, theirs))
            if ours != theirs:
                self.differ("journal line %d\n  glmapc %s\n  SQL    %s" % (number + 1, ours, theirs))
                if self.count > SHOWN:
                    return
            entry = ours and ours[:6]
            self.figures.line(entry != before)
            before = entry


def make_bench(work):
    import to_glmap  # noqa: PLC0415
    import workload  # noqa: PLC0415
    rules = workload.make_rules(300, 1)
    (work / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    return rules, workload, to_glmap


class Events:
    """The events of one book, in runs."""

    def __init__(self, name, glmapc, count, seed, work):
        self.name, self.glmapc, self.seed, self.work = name, glmapc, seed, work
        if name == "bench":
            return
        self.book, self.bundle = BOOKS[name], work / "bundle.json"
        subprocess.run([glmapc, "compile", self.book, "-o", self.bundle], stdout=subprocess.DEVNULL, check=True)
        self.models = self.posted(min(count, TRIAL_EVENTS_MAX))

    def posted(self, count):
        """Events that post, of so many that were drawn at random."""
        path = self.work / "trial.ndjson"
        generated.write(self.bundle, count, self.seed + 1, path)
        entries, _ = simulate(self.glmapc, self.book, path, self.work)
        posted = {line[1] for line in simulated_lines(entries)}
        return [event for _, event in read_events(path) if event["id"] in posted]

    def write(self, count, seed):
        """(book, events file, how many of the events have a fault)"""
        if self.name == "bench":
            rules, workload, to_glmap = make_bench(self.work)
            workload.make_events(rules, count, seed, self.work / "events.ndjson")
            to_glmap.convert(self.work)
            return self.work / "book", self.work / "cloud.ndjson", 0
        path = self.work / "events.ndjson"
        return self.book, path, generated.write(self.bundle, count, seed, path, self.models)


def make_books(glmapc, count, seed, folder):
    """Adds so many generated books that are sound to BOOKS."""
    subprocess.run([sys.executable, "-B", ROOT / "tests/oracle/sound.py", "--glmapc", glmapc, "--count", str(count), "--seed", "sql-%d" % seed,
                    "--to", folder], check=True)
    for number in range(1, count + 1):
        BOOKS["generated-%d" % number] = pathlib.Path(folder) / str(number)
        SHARE["generated-%d" % number] = GENERATED_SHARE


def check_all(name, runners, glmapc, count, seed):
    """Figures by dialect, over runs of a size that a database takes kindly, each with events of its own."""
    sizes = [EVENTS_PER_RUN_MAX] * (count // EVENTS_PER_RUN_MAX) + [count % EVENTS_PER_RUN_MAX] * (count % EVENTS_PER_RUN_MAX > 0)
    found = {dialect: figures.Figures() for dialect in runners}
    with tempfile.TemporaryDirectory(prefix="glmap-oracle-") as folder:
        events = Events(name, glmapc, count, seed * 1000, pathlib.Path(folder))
        for number, size in enumerate(sizes):
            for dialect, run in check(events, runners, size, seed * 1000 + number).items():
                found[dialect].add(run)
    for dialect, run in found.items():
        print("%s, %s: %s" % (name, dialect, run), flush=True)
        for complaint in run.complaints(name.startswith("generated-")):
            print("  FAULT: " + complaint, flush=True)
    return found


def check(events, runners, count, seed):
    """One run: figures by dialect."""
    found = {}
    book, path, faulty = events.write(count, seed)
    work, glmapc = events.work, events.glmapc
    entries, words = simulate(glmapc, book, path, work)
    simulated = simulated_outcomes(words)
    for dialect, runs in runners.items():
        script = work / (dialect + ".sql")
        subprocess.run([glmapc, "emit", "sql", book, "--dialect", dialect, "-o", script], stderr=subprocess.DEVNULL, check=True)
        (work / "oracle.sqlite").unlink(missing_ok=True)
        journal, outcomes, seconds = runs(script, path, work)
        comparison = Comparison()
        uncovered = comparison.outcomes(outcomes, simulated)
        comparison.lines(simulated_lines(entries), journal, uncovered)
        comparison.figures.run(faulty, seconds, comparison.count)
        found[dialect] = comparison.figures
        for difference in comparison.differences:
            print("%s, %s, seed %d: %s" % (events.name, dialect, seed, difference), flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--events", type=int, default=20000, help="in all, shared out over the books")
    parser.add_argument("--dialect", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--book", action="append", help="only this one; may stand several times")
    parser.add_argument("--generated", type=int, default=6, help="books made for this run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    postgresql = Postgresql()
    runners = {"sqlite": sqlite_runs, "postgresql": postgresql.runs}
    if options.dialect != "both":
        runners = {options.dialect: runners[options.dialect]}
    if "postgresql" in runners and not postgres.installed():
        print("SKIPPED: PostgreSQL, because postgres, initdb and psql are not installed")
        del runners["postgresql"]
        if not runners:
            return 77
    with tempfile.TemporaryDirectory(prefix="glmap-oracle-books-") as folder:
        make_books(glmapc, options.generated, options.seed, folder)
        if unknown := [name for name in options.book or [] if name not in SHARE]:
            parser.error("there is no book %s; the books are %s" % (", ".join(unknown), ", ".join(sorted(SHARE))))
        books = options.book or list(SHARE)
        whole = sum(SHARE[name] for name in books)
        try:
            found = {name: check_all(name, runners, glmapc, -(-options.events * SHARE[name] // whole), options.seed) for name in books}
        finally:
            postgresql.stop()
    return 0 if all([figures.summed_up(dialect, {name: runs[dialect] for name, runs in found.items()}) for dialect in runners]) else 1


if __name__ == "__main__":
    sys.exit(main())
