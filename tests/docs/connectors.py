#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""connectors.py: counts the files that a connector takes and compares them with docs/connectors/adding.md.

For its worked example every file of the repository that names it must stand in the page's two tables, and every file there must name it. For
every connector with a double: nothing under gateway/ outside its own files names it but what the page says, and the sandbox's knobs."""
import fnmatch
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = "docs/connectors/adding.md"
EXAMPLE = "odoo"
# Made from other files, or about connectors as such.
BESIDE = {PAGE, "docs/operations/failures.md", "tests/docs/connectors.py"}


def tables(text):
    """The files that the page's two tables name, as patterns: new ones, edited ones."""
    found = {}
    for heading, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", text, re.M | re.S):
        firsts = [line.split("|")[1] for line in body.splitlines() if line.startswith("|")]
        found[heading] = [name for first in firsts for name in re.findall(r"`([^`]+)`", first)]
    return found.get("New files", []), found.get("Edited files", [])


def repository():
    """{path: text} of the files under version control and those to be."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = {}
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file():
            files[name] = path.read_text(encoding="utf-8", errors="replace")
    return files


def names(kind):
    return re.compile(r"(?<![a-z])%s(?![a-z])" % kind, re.I)


def in_code(kind):
    """As an identifier, a path or a word in quotes; comments may speak of any ERP."""
    return re.compile(r"\b%s(_|::|/|\")|\"/?%s[/\"]|/%s/" % (kind, kind, kind))


def faults_of_example(files, new, edited):
    takes = {path for path, text in files.items() if names(EXAMPLE).search(path) or names(EXAMPLE).search(text)} - BESIDE
    own = {path for path in takes if any(fnmatch.fnmatch(path, pattern) for pattern in new)}
    for pattern in new:
        if not any(fnmatch.fnmatch(path, pattern) for path in own):
            yield "%s names the new file `%s`, which is not there" % (PAGE, pattern)
    for path in sorted(takes - own - set(edited)):
        yield "`%s` names %s and stands in no table of %s" % (path, EXAMPLE, PAGE)
    for path in sorted(set(edited) - takes):
        yield "%s names `%s`, which does not name %s" % (PAGE, path, EXAMPLE)
    lines = [line for line in files["gateway/connectors/factory.cpp"].splitlines() if names(EXAMPLE).search(line)]
    if len(lines) != 2:
        yield "factory.cpp names %s in %d lines, not in an #include and a registration" % (EXAMPLE, len(lines))
    print("%s: %d new files, %d edited" % (EXAMPLE, len(own), len(edited)))


def faults_of_others(files, new, edited):
    kinds = re.findall(r'Kind\{"(\w+)"', files["gateway/connectors/factory.cpp"])
    doubled = [kind for kind in kinds if "gateway/sandbox/%s_double.hpp" % kind in files and kind != "tryton"]  # its words are everywhere
    for kind in doubled:
        allowed = [pattern.replace(EXAMPLE, kind).replace("_double", "_*") for pattern in new + edited + ["gateway/sandbox/sandbox.cpp"]]
        for path, text in sorted(files.items()):
            if path.startswith("gateway/") and in_code(kind).search(text) and not any(fnmatch.fnmatch(path, a) for a in allowed):
                yield "`%s` names %s" % (path, kind)
    print("looked for %s under gateway/" % ", ".join(doubled))


def main():
    files = repository()
    new, edited = tables(files[PAGE])
    faults = list(faults_of_example(files, new, edited)) + list(faults_of_others(files, new, edited))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults or not new or not edited else 0)


if __name__ == "__main__":
    main()
