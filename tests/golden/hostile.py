#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile.py --glmapc PATH: books made to hurt end in a located error, in bounded time and memory. Shows I10."""
import argparse
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

BASE = pathlib.Path(__file__).resolve().parent / "base"
SECONDS_MAX = 240      # a debug build on a busy machine; seconds otherwise
MEMORY_MB_MAX = 1500
OUTPUT_BYTES_MAX = 100_000
TABLE_HEAD, TABLE_END = "  | US     | any    || 4010", "\ndates\n"


def edited(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    path.write_bytes(text.encode().replace(old.encode(), new if isinstance(new, bytes) else new.encode()))


def table_rows(folder, rows):
    path = folder / "book.glmap"
    text = path.read_text(encoding="utf-8")
    at, end = text.index(TABLE_HEAD), text.index(TABLE_END)
    path.write_text(text[:at] + rows + text[end:], encoding="utf-8")


def csv_rows(rows):
    def change(folder):
        table_rows(folder, '  rows from "rows.csv"\n')
        (folder / "rows.csv").write_text("entity,region,account,from,until\n" + rows, encoding="utf-8")
    return change


def laughs(folder):
    letters = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]\n"]
    for before, letter in zip(letters, letters[1:]):
        lines.append("%s: &%s [%s]\n" % (letter, letter, ", ".join(["*" + before] * 9)))
    (folder / "reference/accounts.yaml").write_text("".join(lines), encoding="utf-8")


def shared_slots(folder):
    """Eleven columns of ten values, and a row for each two that are the same: always one fits, and only counting shows it."""
    columns, values = 11, 10
    names = ["slot_%s" % "abcdefghijk"[c] for c in range(columns)]
    rows = ["| " + " | ".join("S%d" % v if c in (a, b) else "any" for c in range(columns)) + " || shared |"
            for a in range(columns) for b in range(a) for v in range(values)]
    table = "table slots\n  | %s || slots |\n  %s\n\ntable treatment" % (" | ".join(names), "\n  ".join(rows))
    edited(folder, "book.glmap", "table treatment", table)
    edited(folder, "book.glmap", "  region    is AMER, EMEA\n",
           "  region    is AMER, EMEA\n  slot      is %s\n  slots     is shared, alone\n" % ", ".join("S%d" % v for v in range(values)))
    edited(folder, "book.glmap", "  for payment.received\n", "  for payment.received\n  when slots is shared\n")
    edited(folder, "reference/events.yaml", "      settled:       {type: functional money, optional: true}\n",
           "".join("      %s: {type: list slot}\n" % name for name in names))


def many_columns(folder):
    fields = ["asked_%d" % i for i in range(64)]
    edited(folder, "reference/events.yaml", "      settled:       {type: functional money, optional: true}\n",
           "".join("      %s: {type: yes/no}\n" % field for field in fields))
    rows = "".join("  | %s%s || %s |\n" % (answer, " | any" * 63, treatment) for answer, treatment in (("yes", "ratable"), ("no", "usage")))
    edited(folder, "book.glmap", "table treatment", "table wide\n  | %s || treatment |\n%s\ntable treatment" % (" | ".join(fields), rows))


def many_conditions(folder):
    fields = ["asked_%d" % i for i in range(65)]
    edited(folder, "reference/events.yaml", "      settled:       {type: functional money, optional: true}\n",
           "".join("      %s: {type: yes/no}\n" % field for field in fields))
    edited(folder, "book.glmap", "  for payment.received\n", "  for payment.received\n  when %s\n" % " and ".join(f + " is yes" for f in fields))


# what it is, how the base book is changed, the code and the file that the first error must name
CASES = [
    ("a line of a megabyte", lambda f: edited(f, "book.glmap", "rule PAYMENT", "-- " + "x" * 1_000_000 + "\nrule PAYMENT"), 1003, "book.glmap"),
    ("a name of a megabyte", lambda f: edited(f, "book.glmap", "rule PAYMENT", "rule " + "x" * 1_000_000), 1003, "book.glmap"),
    ("100,000 nested parentheses", lambda f: edited(f, "book.glmap", "    debit  cash       amount", "    debit  cash " + "(\n" * 100_000 + "amount" + ")\n" * 100_000),
     1003, "book.glmap"),
    ("100,000 minus signs", lambda f: edited(f, "book.glmap", "    debit  cash       amount", "    debit  cash " + "-\n" * 100_000 + "amount"), 1003, "book.glmap"),
    ("bytes that are no UTF-8", lambda f: edited(f, "book.glmap", "Money received", b"Money \xff\xfe received"), 1002, "book.glmap"),
    ("an overlong sequence", lambda f: edited(f, "book.glmap", "Money received", b"Money \xc0\xaf received"), 1002, "book.glmap"),
    ("a billion laughs", laughs, 1006, "reference/accounts.yaml"),
    ("10,000 nested brackets in YAML", lambda f: (f / "reference/accounts.yaml").write_text("charts: " + "[" * 10_000 + "]" * 10_000, encoding="utf-8"), 1003,
     "reference/accounts.yaml"),
    ("a million rows in the book", lambda f: table_rows(f, "  | US     | any    || 4010    |            |            |\n" * 1_000_000), 1003, "book.glmap"),
    ("a million rows in a file", csv_rows("US,any,4010,,\n" * 1_000_000), 4001, "book.glmap"),
    ("100,000 rows that all overlap", csv_rows("US,any,4010,,\nUS,any,6990,,\n" * 50_000), 4002, "rows.csv"),
    ("a table of 64 columns", many_columns, 1003, "book.glmap"),
    ("a rule of 65 conditions", many_conditions, 4013, "book.glmap"),
    ("a table that only counting decides", shared_slots, 4013, "book.glmap"),
    ("an account with a Cyrillic letter", lambda f: edited(f, "book.glmap", "| receivable       | 1200", "| receivable       | 12\u041e0"), 1008, "book.glmap"),
    ("text that turns direction", lambda f: edited(f, "book.glmap", "Money received", "Money \u202e received"), 1008, "book.glmap"),
    ("an open quote to the end", lambda f: edited(f, "book.glmap", '"Money received"', '"Money received'), 1001, "book.glmap"),
    ("a NUL", lambda f: edited(f, "book.glmap", "Money received", b"Money \0 received"), 1008, "book.glmap"),
    ("20,000 rules of one name", lambda f: (f / "more.glmap").write_text('rule A\n  because "x"\n  for payment.received\n  post in entity, journal CASH\n'
                                                                       "    debit cash amount\n    credit receivable amount\n" * 20_000, encoding="utf-8"), 2002, "more.glmap"),
]


def limit():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MB_MAX << 20, MEMORY_MB_MAX << 20))


def fault_of(glmapc, change, code, file):
    with tempfile.TemporaryDirectory(prefix="glmap-hostile-") as name:
        folder = pathlib.Path(name) / "book"
        shutil.copytree(BASE, folder)
        change(folder)
        start = time.monotonic()
        try:
            done = subprocess.run([glmapc, "check", folder], capture_output=True, timeout=SECONDS_MAX, preexec_fn=limit, check=False)
        except subprocess.TimeoutExpired:
            return "still runs after %d s" % SECONDS_MAX, SECONDS_MAX
        seconds = time.monotonic() - start
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode != 1:
        return "exit %d: %s" % (done.returncode, text[:500]), seconds
    if len(text) > OUTPUT_BYTES_MAX:
        return "%d bytes of output" % len(text), seconds
    if not re.search(r"error\[GLM-%d\].*\n +--> \S*%s" % (code, re.escape(file)), text):
        return "no GLM-%d in %s:\n%s" % (code, file, text[:1500]), seconds
    return None, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glmapc", required=True, type=pathlib.Path)
    options = parser.parse_args()
    faults = 0
    for what, change, code, file in CASES:
        fault, seconds = fault_of(options.glmapc.resolve(), change, code, file)
        print("%-36s %5.1f s  %s" % (what, seconds, fault or "GLM-%d" % code), flush=True)
        faults += fault is not None
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
