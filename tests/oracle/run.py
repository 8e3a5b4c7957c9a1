#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH [--books N] [--seed TEXT] [--only N] [--keep FOLDER] [--jobs N]

Small random books, each checked twice: by `glmapc check`, and by going through every combination, day and event that it can
meet. The two must say the same. `--only N` looks at book N alone and `--keep` leaves its files to be read; the seed and the
number make the same book again. 300 books, 3,000 where CI=true. README.md says what is compared."""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import amounts  # noqa: E402
import compare  # noqa: E402
import generate  # noqa: E402
from book import files_of  # noqa: E402

SHOWN = 10


def write(book, folder):
    for name, text in files_of(book, amounts.text_of).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def check(glmapc, folder):
    done = subprocess.run([glmapc, "check", folder, "--format", "json"], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError("glmapc check ends with %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace")))
    return json.loads(done.stdout)


def one_book(glmapc, seed, number, keep=None):
    """(number, facts compared, disagreements)"""
    try:
        book = generate.make("%s-%d" % (seed, number))
        with tempfile.TemporaryDirectory(prefix="glmap-oracle-") as scratch:
            folder = pathlib.Path(keep or scratch)
            write(book, folder)
            comparison = compare.Comparison(book, check(glmapc, folder)).run()
        return number, comparison.facts, comparison.wrong
    except Exception:  # noqa: BLE001: whatever it is, it is a disagreement about this book
        return number, collections.Counter(), [traceback.format_exc()]


def many(glmapc, seed, numbers):
    return [one_book(glmapc, seed, number) for number in numbers]


def report(seed, results, started):
    """Prints what was compared and where the two differ; the exit code."""
    facts = sum((found for _, found, _ in results), collections.Counter())
    wrong = [(number, text) for number, _, texts in results for text in texts]
    for number, text in wrong[:SHOWN]:
        print("book %d of seed %s: %s" % (number, seed, text))
    if len(wrong) > SHOWN:
        print("and %d more" % (len(wrong) - SHOWN))
    print("compared: " + ", ".join("%d %s" % (count, what) for what, count in sorted(facts.items())))
    print("seed %s: %d books, %d disagreements in %d of them, %.0f s" % (
        seed, len(results), len(wrong), len({number for number, _ in wrong}), time.monotonic() - started))
    return 1 if wrong else 0



def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--books", type=int, default=3000 if os.environ.get("CI") == "true" else 300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, help="the number of one book")
    parser.add_argument("--keep", type=pathlib.Path, help="with --only: write the book here")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()))
    options = parser.parse_args()
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    started = time.monotonic()
    if options.only is not None:
        results = [one_book(glmapc, options.seed, options.only, options.keep)]
    else:
        batches = [range(first, min(first + 25, options.books)) for first in range(0, options.books, 25)]
        with ProcessPoolExecutor(options.jobs) as pool:
            results = [one for done in [pool.submit(many, glmapc, options.seed, batch) for batch in batches] for one in done.result()]
    return report(options.seed, results, started)

if __name__ == "__main__":
    sys.exit(main())
