#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plant.py ROOT --files | plant.py ROOT OUT: writes the sources with the zoo's bugs, each behind a switch, into OUT.

--files lists the files that are changed. With OUT, every one of them is written, and `zoo_bugs.cpp`, the table of the bugs. A bug that fits
nowhere any more, since the product has changed, is written into the table as such, and the zoo's test asks to mend it."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from bugs import BUGS  # noqa: E402

SWITCH = "(::glmap::zoo::planted == %d)"
PRELUDE = "// Written by tests/simulation/zoo/plant.py.\nnamespace glmap::zoo {\nextern int planted;\n}\n"


def pattern(text):
    return re.compile(r"\s+".join(re.escape(word) for word in text.split()))


def plant(text, number, find, write):
    """The text with the bug in it; None when it does not fit exactly once. What was planted before does not count as the product's."""
    found = list(pattern(find).finditer(text))
    if len(found) != 1:
        return None
    by = write.replace("CODE", found[0].group()).replace("BUG", SWITCH % number)
    return text[:found[0].start()] + by + text[found[0].end():]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    root = pathlib.Path(sys.argv[1])
    files = sorted({file for _, _, file, _, _ in BUGS})
    if sys.argv[2] == "--files":
        print(";".join(files), end="")
        return
    out = pathlib.Path(sys.argv[2])
    texts = {file: (root / file).read_text() for file in files}
    rows = []
    for number, (name, failure, file, find, write) in enumerate(BUGS, 1):
        planted = plant(texts[file], number, find, write)
        rows.append("    {%s, %s, %s, %s}," % (quoted(name), quoted(failure), quoted(file), "true" if planted else "false"))
        texts[file] = planted or texts[file]
    for file, text in texts.items():
        target = out / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(PRELUDE + text)
    (out / "zoo_bugs.cpp").write_text(
        '#include "tests/simulation/zoo/zoo.hpp"\n\nnamespace glmap::zoo {\n\nint planted = 0;\n\nconst std::vector<Bug>& bugs() {\n'
        "  static const std::vector<Bug> kBugs = {\n%s\n  };\n  return kBugs;\n}\n\n}  // namespace glmap::zoo\n" % "\n".join(rows))


if __name__ == "__main__":
    main()
