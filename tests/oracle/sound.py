#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sound.py --glmapc PATH --count N --seed TEXT --to FOLDER: writes the first N generated books that glmapc proves, as
FOLDER/1, FOLDER/2 and so on, for tests that need books to run."""
import argparse
import itertools
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402
import run  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--to", type=pathlib.Path, required=True)
    options = parser.parse_args()
    found = 0
    for number in itertools.count():
        if found == options.count:
            return 0
        folder = options.to / str(found + 1)
        run.write(generate.make("%s-%d" % (options.seed, number)), folder)
        if run.check(options.glmapc, folder)["errors"] == 0:
            found += 1
        else:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
