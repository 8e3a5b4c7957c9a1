# SPDX-License-Identifier: Apache-2.0
"""README.md names every property and every test there is: `iNN_...` of the modules here, and test cases in C++ by their sentence."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
INVARIANTS = 30


def rows(page):
    """[(number, names of properties, sentences of test cases)] of the table of invariants."""
    found = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].isdigit():
            found.append((int(cells[0]), re.findall(r"`(i\d\d_\w+)`", cells[2]), re.findall(r'"([^"]+)"', cells[2])))
    return found


def complaints(page, properties, test_cases):
    table = rows(page)
    if [number for number, _, _ in table] != list(range(1, INVARIANTS + 1)):
        yield "the table does not count from 1 to %d" % INVARIANTS
    told = set()
    for number, names, sentences in table:
        if not names and not sentences:
            yield "invariant %d has no test" % number
        for name in names:
            told.add(name)
            if name not in properties:
                yield "there is no property %s" % name
            if name[1:3] != "%02d" % number:
                yield "%s stands at invariant %d" % (name, number)
        for sentence in sentences:
            if sentence not in test_cases:
                yield "there is no test case \"%s\"" % sentence
    for name in sorted(set(properties) - told):
        yield "no line of the table names %s" % name


def check(properties):
    """True when the page and the tests agree; prints what does not."""
    sources = (HERE.parent / "unit").rglob("*.cpp")
    test_cases = {sentence for path in sources for sentence in re.findall(r'TEST_CASE\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8"))}
    found = list(complaints((HERE / "README.md").read_text(encoding="utf-8"), properties, test_cases))
    for one in found:
        print("README.md: " + one)
    return not found
