#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH [CASE ...]: golden tests. Each case is a folder; tests/golden/README.md tells what is in it.
run.py --proofs: how many cases show each proof.

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
KINDS = ("bad", "sound", "good", "cli")
OWN_FILES = {"cmd", "base", "since", "replace", "expected.txt"}
COMMAND_SECONDS_MAX = 60
# A case about a code, `bad/4001_...` or `sound/4001_...`, is what its `replace` says, and checks the small book.
ABOUT_A_CODE = re.compile(r"(\d{4})_")
SMALL_BOOK = "tests/golden/base"


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


def code_of(case):
    """The number of the code that the case is about, or nothing."""
    about = ABOUT_A_CODE.match(case.name)
    return int(about[1]) if about else None


def text_of(case, name, otherwise):
    path = case / name
    return path.read_text(encoding="utf-8") if path.exists() else otherwise


def folder_named(case, name, otherwise=""):
    """The folder of the repository that a file of the case names, or nothing."""
    named = text_of(case, name, otherwise).strip()
    if named and not (ROOT / named).is_dir():
        raise CaseFault("%s: no folder %s in the repository" % (name, named))
    return ROOT / named if named else None


def prepare(case, work, glmapc):
    if since := folder_named(case, "since"):
        subprocess.run([glmapc, "compile", since, "-o", work / "since.bundle"], check=True, capture_output=True,
                       timeout=COMMAND_SECONDS_MAX)
    if base := folder_named(case, "base", SMALL_BOOK if code_of(case) else ""):
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
    usual = "check . --since since.bundle" if (case / "since").exists() else "check ."
    commands = [line.strip() for line in text_of(case, "cmd", usual).splitlines()]
    with tempfile.TemporaryDirectory(prefix="glmap-golden-") as folder:
        work = pathlib.Path(folder).resolve() / "case"
        work.mkdir()
        prepare(case, work, glmapc)
        return "\n".join(run_command(line, glmapc, work) for line in commands if line and not line.startswith("#"))


def check_verdict(case, got):
    """A bad book is told the code it is named after; a sound one passes and is not told it, except as a note."""
    code = code_of(case)
    if case.parent.name == "bad" and code and "[GLM-%d]: " % code not in got:
        raise CaseFault("GLM-%d is not told\n%s" % (code, got))
    if case.parent.name != "sound":
        return
    if not code:
        raise CaseFault("a sound case is named after the code that it comes close to, `4001_every_row`")
    if "-- exit 0\n" not in got or "error[" in got or "warning[GLM-%d]" % code in got:
        raise CaseFault("the book is not sound\n" + got)


def judge(case, glmapc, update):
    """A text that tells what is wrong, or nothing."""
    name = case.relative_to(HERE).as_posix()
    try:
        got = run_case(case, glmapc)
        check_verdict(case, got)
    except (CaseFault, OSError, subprocess.SubprocessError, ValueError) as fault:
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


def all_cases():
    return sorted(path for kind in KINDS for path in (HERE / kind).iterdir() if path.is_dir())


def print_proofs():
    sys.path.insert(0, str(ROOT / "tests/house"))
    import documents  # noqa: E402  (the house knows which codes are proofs)
    from tree import Tree  # noqa: E402
    print("%-8s %-4s %-6s %s" % ("code", "bad", "sound", "what must not be"))
    for number, bad, sound, title, _ in documents.proofs_shown(Tree(ROOT)):
        print("GLM-%d %4d %6d %s" % (number, bad, sound, title))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc")
    parser.add_argument("--proofs", action="store_true")
    parser.add_argument("cases", nargs="*", help="bad/4001_a_new_product ...; all when none is named")
    options = parser.parse_args()
    if options.proofs:
        return print_proofs()
    if not options.glmapc:
        parser.error("--glmapc is needed to run cases")
    glmapc = str(pathlib.Path(options.glmapc).resolve())
    cases = [HERE / name for name in options.cases] or all_cases()
    update = os.environ.get("GLMAP_UPDATE_GOLDEN", "0") not in ("", "0")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(lambda case: judge(case, glmapc, update), cases) if fault]
    for fault in faults:
        print(fault + "\n")
    print("golden: %d cases, %d differ" % (len(cases), len(faults)))
    return 1 if faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
