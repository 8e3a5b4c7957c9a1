#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of journals names what is there: journals.py --glmapc PATH [ROOT]

Each line of a table in docs/language/journals.md is `| kind | book | rule, ... | test |`. Every rule must be in that book of mappings/,
and the test must exercise it - `glmapc coverage` tells, which plays the tests. `no entry EVENT` and `hold EVENT` are rules without a name,
`order A needs B` is a line of the book's order. Where the book is `none` the third cell says whose business it is. The other way
round every rule of every book of the library stands in some line; the kinds of acme and intake are those of the others.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

PAGE = "docs/language/journals.md"
SHOWN_ELSEWHERE = {"acme", "intake"}


class Book:
    """What a book has: rules and the tests that reach each, and its order."""

    def __init__(self, glmapc, folder):
        report = subprocess.run([glmapc, "coverage", str(folder), "--format", "json"], capture_output=True, text=True, check=True)
        self.tests_of = {}
        for rule in json.loads(report.stdout)["rules"]:
            words = rule["outcome"].rstrip("s")  # hold(s)
            name = rule["name"] if rule["outcome"] == "posts" else "%s %s" % (words, rule["event_type"])
            self.tests_of.setdefault(name, set()).update(rule["tests"])
        text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.glmap")))
        self.titles = set(re.findall(r'^test "([^"]*)"', text, re.M))
        self.order = {"order %s needs %s" % pair for pair in re.findall(r"^  (\S+) needs (\S+) by ", text, re.M)}
        self.named = set()


def lines_of(page):
    """(line number, cells) of every line below a head `| kind | ...`."""
    for number, line in enumerate(page.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "kind":
            yield number, cells


def check_line(cells, books):
    """What is wrong with one line."""
    if len(cells) != 4:
        yield "has %d cells, 4 are expected" % len(cells)
        return
    _, name, rules, test = cells
    if name == "none":
        if len(rules) < 20 or test:
            yield "a kind without a book says in its third cell whose business it is, and names no test"
        return
    book = books.get(name)
    if book is None:
        yield "there is no book `%s`" % name
        return
    if test not in book.titles:
        yield "book `%s` has no test \"%s\"" % (name, test)
        return
    for rule in rules.split(", "):
        if rule in book.order:
            continue
        if rule not in book.tests_of:
            yield "book `%s` has no `%s`" % (name, rule)
        elif test not in book.tests_of[rule]:
            yield "test \"%s\" does not exercise `%s` of book `%s`" % (test, rule, name)
        else:
            book.named.add(rule)


def check(page, books):
    for number, cells in lines_of(page):
        for what in check_line(cells, books):
            yield "%s:%d: %s" % (PAGE, number, what)
    for name, book in sorted(books.items()):
        for rule in sorted(set(book.tests_of) - book.named):
            if name not in SHOWN_ELSEWHERE:
                yield "%s: no line shows `%s` of book `%s`" % (PAGE, rule, name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--glmapc", required=True)
    arguments.add_argument("root", nargs="?", default=pathlib.Path(__file__).resolve().parents[2], type=pathlib.Path)
    chosen = arguments.parse_args()
    folders = [path.parent for path in sorted((chosen.root / "mappings").glob("*/book.glmap"))]
    books = {folder.name: Book(chosen.glmapc, folder) for folder in folders}
    page = (chosen.root / PAGE).read_text(encoding="utf-8")
    findings = list(check(page, books))
    print("\n".join(findings) or "%d kinds of %d books are shown" % (len(list(lines_of(page))), len(books)))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
