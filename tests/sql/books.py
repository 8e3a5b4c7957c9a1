# SPDX-License-Identifier: Apache-2.0
"""The books of the comparison, and the events that are drawn for each. Books: those of mappings, base (that of the golden
tests), everything (tests/sql/everything), bench (the workload of tests/bench), and generated ones that glmapc proves
(tests/oracle/sound.py) and that post something."""
import json
import pathlib
import subprocess
import sys

import databases
import drawn_amounts
import events as generated

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tests" / "bench"))
BOOKS = {"base": ROOT / "tests/golden/base", "everything": HERE / "everything",
         **{path.parent.name: path.parent for path in sorted(ROOT.glob("mappings/*/book.glmap"))}}
SHARE = {**dict.fromkeys(BOOKS, 1), "acme": 8, "base": 4, "everything": 6, "bench": 2}  # of the events, by book
GENERATED_SHARE = 2
TRIAL_EVENTS = 600            # drawn at random, to find such as post: those of the comparison are mostly made like them
TRIALS_MAX = 8
FRUITLESS_TRIALS_MAX = 2
MODELS_MIN, MODELS_MAX = 100, 1500   # so many are looked for, one for each
EVENTS_PER_MODEL = 20         # events of the comparison
SOUNDING_EVENTS = 500         # to find out whether a generated book posts at all;
SOUNDING_POSTED_MIN = 25      # so many must: a book that holds everything by rule compares little


def make_bench(work):
    import to_glmap  # noqa: PLC0415
    import workload  # noqa: PLC0415
    rules = workload.make_rules(300, 1)
    (work / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    return rules, workload, to_glmap


class Events:
    """The events of one book, in runs."""

    def __init__(self, name, glmapc, seed, work):
        self.name, self.glmapc, self.seed, self.work = name, glmapc, seed, work
        self.models, self.expected_edges = [], set()
        if name == "bench":
            return
        self.book, self.bundle, self.script = BOOKS[name], work / "bundle.json", databases.emit(glmapc, BOOKS[name], "sqlite", work)
        subprocess.run([glmapc, "compile", self.book, "-o", self.bundle], stdout=subprocess.DEVNULL, check=True)
        self.expected_edges = drawn_amounts.expected_edges(generated.Book(self.bundle).types)

    def find_models(self, count):
        """Models for so many events."""
        enough = min(max(count // EVENTS_PER_MODEL, MODELS_MIN), MODELS_MAX)
        for trial in range(TRIALS_MAX if self.name != "bench" else 0):
            if len(self.models) < enough and (self.models or trial < FRUITLESS_TRIALS_MAX):
                self.models += self.posted(TRIAL_EVENTS, self.seed + 1 + trial)

    def posted(self, count, seed):
        """Events that the script finds entries for, of so many that were drawn at random."""
        path = self.work / "trial.ndjson"
        generated.write(self.bundle, count, seed, path)
        outcomes = databases.sqlite_runs(self.script, path, self.work)[1]
        posted = {event for event, outcome, _, _ in outcomes if outcome == "entries"}
        return [event for _, event in databases.read_events(path) if event["id"] in posted]

    def write(self, count, seed):
        """(book, events file, how many of the events have a fault, how many amounts are of which edge)"""
        if self.name == "bench":
            rules, workload, to_glmap = make_bench(self.work)
            workload.make_events(rules, count, seed, self.work / "events.ndjson")
            to_glmap.convert(self.work)
            return self.work / "book", self.work / "cloud.ndjson", 0, {}
        path = self.work / "events.ndjson"
        return self.book, path, *generated.write(self.bundle, count, seed, path, self.models)


def make_books(glmapc, count, seed, folder):
    """Adds so many generated books that are sound, and post, to BOOKS; how many sound ones were passed over."""
    folder = pathlib.Path(folder)
    made, seen = 0, 0
    while made < count:
        missing = count - made
        batch = folder / str(seen)
        subprocess.run([sys.executable, "-B", ROOT / "tests/oracle/sound.py", "--glmapc", glmapc, "--count", str(missing),
                        "--seed", "sql-%d-%d" % (seed, seen), "--to", batch], check=True)
        for number in range(1, missing + 1):
            name = "generated-%d" % (made + 1)
            BOOKS[name], SHARE[name] = batch / str(number), GENERATED_SHARE
            if len(Events(name, glmapc, seed, folder).posted(SOUNDING_EVENTS, seed)) < SOUNDING_POSTED_MIN:
                del BOOKS[name], SHARE[name]
            else:
                made += 1
        seen += missing
    return seen - count
