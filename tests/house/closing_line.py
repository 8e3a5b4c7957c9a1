#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""closing_line.py RESULTS.xml ...: the last line of `./dev test`, from the JUnit files of its stages.

Prints `N passed, N failed` (tests of ctest, readers that were fuzzed), with the Catch2 test cases and assertions inside them, and the names of
what failed. Exits 1 when anything failed or when no test ran at all."""
import re
import sys
import xml.etree.ElementTree as xml


def catch_counts(output):
    """(test cases, assertions) that a Catch2 program reported, or (0, 0)."""
    passed = re.search(r"All tests passed \((\d+) assertions? in (\d+) test cases?\)", output)
    if passed:
        return int(passed[2]), int(passed[1])
    cases = re.search(r"^test cases:\s+(\d+)", output, re.M)
    assertions = re.search(r"^assertions:\s+(\d+)", output, re.M)
    return (int(cases[1]) if cases else 0), (int(assertions[1]) if assertions else 0)


def main():
    passed, failed, skipped, cases, assertions = 0, [], [], 0, 0
    for case in (case for path in sys.argv[1:] for case in xml.parse(path).getroot().iter("testcase")):
        output = case.findtext("system-out") or ""
        status = case.get("status")
        if status == "run":
            passed += 1
        elif status in ("notrun", "disabled"):
            skipped.append(case.get("name"))
        else:
            failed.append(case.get("name"))
        more = catch_counts(output)
        cases, assertions = cases + more[0], assertions + more[1]
    if skipped:
        print("not run: " + ", ".join(sorted(skipped)))
    if failed:
        print("failed: " + ", ".join(sorted(failed)))
    print("%d passed, %d failed (in them: %d test cases, %d assertions)" % (passed, len(failed), cases, assertions))
    return 1 if failed or not passed else 0


sys.exit(main())
