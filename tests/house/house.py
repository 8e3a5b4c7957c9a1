#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house as a test: house.py [ROOT] [CHECK ...]

Each finding is one line, `file:line: what; why; what to do`. Exit 1 when there is any. The dependency table is read
from docs/ARCHITECTURE.md, so that the page and the rule cannot drift apart. Tolerant by design: it reads text, it does
not compile; where it cannot tell, it stays silent. tests/house/test_house.py shows that each check does find its fault.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp_text  # noqa: E402
import documents  # noqa: E402
import failures  # noqa: E402
import layers  # noqa: E402
from tree import Finding, Tree  # noqa: E402

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
TEST_CASE_LINES_MAX = 120  # a test case may be a long table of examples

# Folders in which money lives: no binary floating point, at all.
EXACT = ("compiler/runtime/", "gateway/engine/", "gateway/intake/", "gateway/store/", "gateway/posting/",
         "gateway/connectors/")
# Who may ask what time it is: the platform, and the sandbox, which plays an ERP with a clock of its own.
CLOCKS = ("gateway/platform/", "gateway/sandbox/")
# Folders that must give the same answer whenever and wherever they run.
PURE = ("compiler/runtime/", "gateway/engine/")
CLOCK_CALL = re.compile(r"\b\w*clock\s*::\s*now\s*\(|(?<![\w.>:])time\s*\(\s*(?:nullptr|NULL|0|&)|"
                        r"\b(?:gettimeofday|clock_gettime|timespec_get)\s*\(")
IMPURE_HEADERS = {"fstream", "iostream", "filesystem", "random", "thread", "future"}


def check_spdx(tree):
    for file in tree.code():
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in file.lines[:3]):
            yield Finding(file, 1, "no SPDX line", "the licence of every file is stated in it",
                          "write `SPDX-License-Identifier: Apache-2.0` in a comment on the first line")


def check_pragma_once(tree):
    for file in tree.cpp():
        if file.path.endswith(".hpp") and not re.search(r"^#pragma once$", file.text, re.M):
            yield Finding(file, 1, "no `#pragma once`", "a header may be included twice", "add it under the opening comment")


def check_length(tree):
    for file in tree.code():
        if len(file.lines) > FILE_LINES_MAX:
            yield Finding(file, len(file.lines), "%d lines in one file" % len(file.lines),
                          "a reader holds about %d in mind" % FILE_LINES_MAX, "split it by what its parts are about")
    for file in tree.cpp():
        for function in cpp_text.functions(file.text):
            allowed = TEST_CASE_LINES_MAX if function.is_test else FUNCTION_LINES_MAX
            if function.length > allowed:
                yield Finding(file, function.line, "`%s` is %d lines long" % (function.name, function.length),
                              "a function fits on a page, %d lines" % allowed, "name its steps and make them functions")


def check_banned_words(tree):
    for file in tree.cpp():
        for number, line in enumerate(cpp_text.without_comments_and_texts(file.text).split("\n"), 1):
            if file.path.startswith(EXACT) and (word := re.search(r"\b(double|float)\b", line)):
                yield Finding(file, number, "`%s`" % word[1], "money never passes through binary floating point",
                              "use Decimal, Money or an integer with its unit in its name")
            outside = file.path.startswith(("compiler/", "gateway/")) and not file.path.startswith(CLOCKS)
            if outside and (call := CLOCK_CALL.search(line)):
                yield Finding(file, number, "`%s`" % call[0].strip(), "time comes from one place, so that runs can be repeated",
                              "take the Clock of gateway/platform as an argument")
            if file.path.endswith(".hpp") and re.search(r"\busing\s+namespace\b", line):
                yield Finding(file, number, "`using namespace` in a header", "it changes what names mean in every file below",
                              "write the namespace where the name is used")


def check_purity(tree):
    for file in tree.cpp():
        for number, header in cpp_text.angle_includes(file.text):
            if file.path.startswith(PURE) and header in IMPURE_HEADERS:
                yield Finding(file, number, "includes <%s>" % header, "the runtime and the engine have no I/O, clock, threads or chance",
                              "hand the value in from the caller")


# Spelled in pieces, so that this file does not find itself.
LEFT_OVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wo" r"rk/(?:main|shared)|ho" r"me/\w+|ro" r"ot/|Us" r"ers/\w+)")


def check_left_overs(tree):
    for file in tree.texts():
        for number, line in enumerate(file.lines, 1):
            if found := LEFT_OVERS.search(line):
                yield Finding(file, number, "`%s`" % found[1], "a note to oneself is seen by nobody",
                              "do it, or write it where work is planned")
            if found := MACHINE_PATHS.search(line):
                yield Finding(file, number, "`%s`" % found[0], "the path exists on one machine only",
                              "make it relative to the repository, or an argument")


CHECKS = {
    "spdx": check_spdx,
    "pragma": check_pragma_once,
    "length": check_length,
    "words": check_banned_words,
    "purity": check_purity,
    "left_overs": check_left_overs,
    "layers": layers.check_includes,
    "headers": layers.check_third_party,
    "uses": layers.check_cmake_uses,
    "error_pages": documents.check_error_pages,
    "raised": documents.check_raised,
    "tested": documents.check_tested,
    "proofs": documents.check_proofs_shown,
    "links": documents.check_links,
    "failures": failures.check_failures,
}


def run(root, names=None):
    """All findings of the named checks (all checks when none is named) in the tree at `root`, sorted by place."""
    tree = Tree(root)
    found = [finding for name in (names or CHECKS) for finding in CHECKS[name](tree)]
    return sorted(set(found), key=lambda finding: (finding.path, finding.line, finding.what))


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = run(root, sys.argv[2:])
    for finding in found:
        print(finding.to_text())
    print("house: %d finding%s, %d checks" % (len(found), "" if len(found) == 1 else "s", len(sys.argv[2:]) or len(CHECKS)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
