#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH [--seed N] [--rounds N] [--only 07]

The invariants of README.md over the books of the library, with random streams of events. A property is a function `iNN_...` of the
modules here; it draws from a seeded generator, and raises or returns what it has counted. A failure shows its seed; with
`--seed` it comes again. GLMAP_PROPERTY_ROUNDS multiplies the rounds for long runs, GLMAP_PROPERTY_SEED sets the seed."""
import argparse
import os
import pathlib
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import changed_books  # noqa: E402
import page  # noqa: E402
import random_streams  # noqa: E402
import stories  # noqa: E402
from library import Library  # noqa: E402

MODULES = (random_streams, stories, changed_books)


def properties(only):
    for module in MODULES:
        for name in dir(module):
            if name.startswith("i") and name[1:3].isdigit() and (not only or name[1:3] in only):
                yield name, getattr(module, name)


def hold(name, function, library, seed, rounds):
    started = time.monotonic()
    try:
        counted = function(library, seed, rounds)
    except Exception:  # noqa: BLE001 - whatever it is, the seed is shown with it
        print("FAILS %s, seed %d\n%s" % (name, seed, traceback.format_exc()), flush=True)
        return False
    print("holds %-62s %s (%.1f s)" % (name, counted, time.monotonic() - started), flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("GLMAP_PROPERTY_SEED", "1")))
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("GLMAP_PROPERTY_ROUNDS", "1")))
    parser.add_argument("--only", action="append", metavar="NN")
    options = parser.parse_args()
    good = page.check({name for name, _ in properties(None)})
    with tempfile.TemporaryDirectory(prefix="glmap-property-") as folder:
        library = Library(pathlib.Path(options.glmapc).resolve(), folder)
        print("seed %d, %d rounds" % (options.seed, options.rounds), flush=True)
        for name, function in properties(options.only):
            good = hold(name, function, library, options.seed, options.rounds) and good
        print("%d runs of %d events" % (library.runs, library.events))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
