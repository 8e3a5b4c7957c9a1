#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The failures that the gateway is made for, and the tests that name them: failures.py --write makes docs/operations/failures.md.

What can go wrong stands in failures.txt, with what waits and why. A test names a failure by a tag of its Catch2 case, by
its row of the simulator (faults, what the auditor says, planted bugs), or by a line `Shows I6, M11.` in a script."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tree import Finding, Tree  # noqa: E402

LIST = "tests/house/failures.txt"
PAGE = "docs/operations/failures.md"
_ID = r"[IME]\d{1,2}"
_CASE = re.compile(r'\b(?:TEMPLATE_)?TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+),\s*"((?:\[[^\]"]*\])+)"')
_SHOWS = re.compile(r"\bShows ((?:%s(?:, | and )?)+)\." % _ID)
_PARTS = (("I", "From an event to the gateway"), ("M", "Inside the gateway"), ("E", "From the gateway to the ERP"))
_HEAD = """# What can go wrong

<!-- Made by tests/house/failures.py --write from tests/house/failures.txt and the tests; not edited by hand. -->

Each failure has a name, what is right when it happens, and the tests that show it. `simulation` is the simulator
([tests/simulation](../../tests/simulation/README.md)), which mixes faults by chance; a *planted bug* is one that it must find.
*Waits* says what no test shows yet.
"""


class Failure:
    def __init__(self, line):
        self.line, self.what, self.right, self.waits, self.none, self.tests = line, "", "", "", "", {}


def read_list(tree):
    """{id: Failure} and the findings about the list itself."""
    failures, found = {}, []
    file = next((file for file in tree.texts() if file.path == LIST), None)
    for number, line in enumerate(file.lines if file else [], 1):
        if not line or line.startswith("#"):
            continue
        head, *cells = [cell.strip() for cell in line.split("|")]
        name, _, kind = head.partition(" ")
        wanted = 1 if kind else 2
        if not re.fullmatch(_ID, name) or kind not in ("", "waits", "none") or len(cells) != wanted or not all(cells):
            found.append(Finding(LIST, number, "`%s`" % line, "the page is made of it", "write `ID | what happens | what is right`, "
                                 "`ID waits | why` or `ID none | why`"))
            continue
        if (not kind) == (name in failures):
            found.append(Finding(LIST, number, "`%s` stands twice or has no line of its own before" % name, "one line says what it is", "mend it"))
            continue
        failure = failures.setdefault(name, Failure(number))
        if kind:
            setattr(failure, kind, cells[0])
        else:
            failure.what, failure.right = cells
    return failures, found


def _joined(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')


def named(tree):
    """[(id, file, line, place, test)] of every test that names a failure; `place` is what the page shows."""
    for file in tree.texts():
        if not file.path.startswith("tests/") or file.path.startswith("tests/house/"):
            continue
        for place, start, names, test in _named_in(file):
            for name in re.findall(_ID, names):
                yield name, file.path, file.text.count("\n", 0, start) + 1, place, test


def _named_in(file):
    if file.path == "tests/simulation/faults.cpp":
        for row in re.finditer(r'\{\{"([^"]+)", "(%s)"\}' % _ID, file.text):
            yield "simulation, fault", row.start(), row[2], row[1]
    elif file.path == "tests/simulation/zoo/bugs.py":
        for row in re.finditer(r'^bug\("([^"]+)", "(%s)"' % _ID, file.text, re.M):
            yield "simulation, planted bug", row.start(), row[2], row[1]
    elif file.path.startswith("tests/simulation/auditor"):
        for row in re.finditer(r'\bfinding\(\s*"(%s)"' % _ID, file.text):
            yield "simulation", row.start(), row[1], "the auditor"
    if file.path.endswith(".cpp"):
        for case in _CASE.finditer(file.text):
            tags = " ".join(re.findall(r"\[(%s)\]" % _ID, case[2]))
            yield file.path, case.start(), tags, _joined(case[1])
    elif file.path.endswith((".py", ".sh")):
        for shown in _SHOWS.finditer(file.text):
            yield file.path, shown.start(), shown[1], "the whole script"


def gather(tree):
    failures, found = read_list(tree)
    for name, path, line, place, test in named(tree):
        if name not in failures:
            found.append(Finding(path, line, "the test names the failure `%s`" % name, "there is none of that name", "see " + LIST))
        else:
            tests = failures[name].tests.setdefault(place, [])
            if test not in tests:
                tests.append(test)
    return failures, found


def page(failures):
    lines = [_HEAD]
    shown = sum(1 for failure in failures.values() if failure.tests)
    waiting = sum(1 for failure in failures.values() if failure.waits)
    lines.append("%d failures; %d are named by tests; of %d something waits.\n" % (len(failures), shown, waiting))
    for letter, title in _PARTS:
        lines.append("## %s\n" % title)
        for name in sorted((name for name in failures if name[0] == letter), key=lambda name: int(name[1:])):
            failure = failures[name]
            lines.append("### %s\n" % name)
            lines.append("**%s.** Right is: %s.\n" % (failure.what[0].upper() + failure.what[1:], failure.right))
            if failure.waits:
                lines.append("*Waits:* %s.\n" % failure.waits)
            if failure.none:
                lines.append("*Does not apply:* %s.\n" % failure.none)
            for place in sorted(failure.tests):
                label = "`%s`" % place if place.startswith("tests/") else place
                lines.append("- %s: %s" % (label, "; ".join(sorted(failure.tests[place]))))
            lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def check_failures(tree):
    failures, found = gather(tree)
    yield from found
    for name, failure in failures.items():
        if not failure.what:
            yield Finding(LIST, failure.line, "`%s` does not say what happens" % name, "a reader looks here first", "write its line")
        if not failure.tests and not failure.waits and not failure.none:
            yield Finding(LIST, failure.line, "no test names `%s`" % name, "nobody has seen that it holds",
                          "tag the test that shows it `[%s]`, or write `%s waits | for what`" % (name, name))
        if failure.tests and failure.none:
            yield Finding(LIST, failure.line, "`%s` does not apply and a test names it" % name, "one of the two is wrong", "mend it")
    there = next((file.text for file in tree.texts() if file.path == PAGE), None)
    if failures and there != page(failures):
        yield Finding(PAGE, 1, "the page is not what the tests say", "it is made of them", "run `python3 tests/house/failures.py --write`")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    failures, _ = gather(Tree(root))
    if sys.argv[1:] == ["--write"]:
        (root / PAGE).write_text(page(failures), encoding="utf-8")
        return 0
    print(page(failures), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
