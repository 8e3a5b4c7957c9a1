#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH [CASE ...]: golden tests. Each case is a folder; tests/golden/README.md tells what is in it.

Every case runs in a copy, so nothing in the tree is touched. GLMAP_UPDATE_GOLDEN=1 rewrites expected.txt; read its
diff line by line before it is committed."""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OWN_FILES = {"cmd", "base", "replace", "expected.txt"}
COMMAND_SECONDS_MAX = 60


class CaseFault(Exception):
    """The case itself is written wrongly."""


def plain(line):
    """Blanks do not count, so that aligning a base book breaks no case."""
    return " ".join(line.split())


def apply_block(lines, old, new, file):
    """`lines` with the one place that reads like `old` replaced by `new`, indented like what it replaces."""
    if not old:
        return lines + new
    wanted = [plain(line) for line in old]
    places = [at for at in range(len(lines) - len(old) + 1)
              if [plain(line) for line in lines[at:at + len(old)]] == wanted]
    if len(places) != 1:
        raise CaseFault("replace: `%s` stands %d times in %s, and must stand once" % (old[0].strip(), len(places), file))
    at = places[0]
    indent = re.match(r"\s*", lines[at])[0]
    return lines[:at] + [indent + line if line.strip() else line for line in new] + lines[at + len(old):]


def blocks(text):
    """(file, old lines, new lines) of a `replace` file."""
    file, old, new = None, [], []
    for line in text.splitlines() + ["== "]:
        ends = line.startswith("== ") or (line.startswith("- ") and new) or not line.strip()
        if ends and (old or new):
            yield file, old, new
            old, new = [], []
        if line.startswith("== "):
            file = line[3:].strip()
        elif line.startswith("- ") or line == "-":
            old.append(line[2:])
        elif line.startswith("+ ") or line == "+":
            new.append(line[2:])
        elif line.strip() and not line.startswith("#"):
            raise CaseFault("replace: `%s` begins with none of `== `, `- `, `+ `, `#`" % line)


def prepare(case, work):
    if (case / "base").exists():
        base = ROOT / (case / "base").read_text(encoding="utf-8").strip()
        if not base.is_dir():
            raise CaseFault("base: no folder %s in the repository" % base.relative_to(ROOT))
        shutil.copytree(base, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OWN_FILES))
    shutil.copytree(case, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OWN_FILES))
    if (case / "replace").exists():
        for name, old, new in blocks((case / "replace").read_text(encoding="utf-8")):
            path = work / name
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(apply_block(lines, old, new, name)) + "\n", encoding="utf-8")


def masked(text):
    """Digests change with every release of the compiler; that they are right is tested elsewhere."""
    return re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", text)


def run_command(line, glmapc, work):
    if line.startswith("show "):
        return "$ %s\n%s" % (line, (work / line[5:].strip()).read_text(encoding="utf-8"))
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1")
    done = subprocess.run([glmapc, *shlex.split(line)], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=COMMAND_SECONDS_MAX, check=False)
    out, err = (masked(text.decode("utf-8", "replace").replace(str(work), "CASE")) for text in (done.stdout, done.stderr))
    parts = ["$ glmapc " + line + "\n", out]
    if err:
        parts += ["-- stderr\n", err]
    text = "".join(part if not part or part.endswith("\n") else part + "\n" for part in parts)
    return text + "-- exit %d\n" % done.returncode


def run_case(case, glmapc):
    """What the case printed."""
    commands = [line.strip() for line in (case / "cmd").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="glmap-golden-") as folder:
        work = pathlib.Path(folder).resolve() / "case"
        work.mkdir()
        prepare(case, work)
        return "\n".join(run_command(line, glmapc, work) for line in commands if line and not line.startswith("#"))


def judge(case, glmapc, update):
    """A text that tells what is wrong, or nothing."""
    name = case.relative_to(HERE).as_posix()
    try:
        got = run_case(case, glmapc)
    except (CaseFault, OSError, subprocess.TimeoutExpired, ValueError) as fault:
        return "%s: %s" % (name, fault)
    expected = case / "expected.txt"
    before = expected.read_text(encoding="utf-8") if expected.exists() else None
    if got == before:
        return None
    if update:
        expected.write_text(got, encoding="utf-8")
        print("%s: expected.txt written" % name)
        return None
    if before is None:
        return "%s: no expected.txt; look at the output, then write it with GLMAP_UPDATE_GOLDEN=1\n%s" % (name, got)
    difference = difflib.unified_diff(before.splitlines(True), got.splitlines(True), name + "/expected.txt", "what it printed")
    return "%s: another output than expected\n%s" % (name, "".join(difference))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("cases", nargs="*", help="bad/table_hole ...; all when none is named")
    options = parser.parse_args()
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    cases = [HERE / name for name in options.cases] or sorted(path.parent for path in HERE.glob("*/*/cmd"))
    update = os.environ.get("GLMAP_UPDATE_GOLDEN", "0") not in ("", "0")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(lambda case: judge(case, glmapc, update), cases) if fault]
    for fault in faults:
        print(fault + "\n")
    print("golden: %d cases, %d differ" % (len(cases), len(faults)))
    return 1 if faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
