#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH [PAGE ...]: runs every example of the documentation. tests/docs/README.md tells how.

GLMAP_UPDATE_GOLDEN=1 writes what the commands of `console` blocks show now into the pages; read that diff before it is
committed."""
import argparse
import concurrent.futures
import dataclasses
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fragments  # noqa: E402
import pages  # noqa: E402
import walk  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PLAIN_BOOK = "tests/golden/base"
RUN = {"glmap", "yaml", "csv", "json", "console"}
SECONDS_MAX = 60


@dataclasses.dataclass
class Case:
    """Blocks that are one example, and the codes it must give: none when it is right."""
    blocks: list
    codes: set
    also: set = dataclasses.field(default_factory=set)    # codes that may come with them
    never: set = dataclasses.field(default_factory=set)   # codes that may not even be a warning
    changed: list = dataclasses.field(default_factory=list)  # (console block, what it shows now)

    def place(self):
        return self.blocks[0].place(ROOT)

    def note(self, name):
        return next((block.notes[name] for block in self.blocks if name in block.notes), None)

    def of(self, *languages):
        return [block for block in self.blocks if block.language in languages]


# ---- from pages to cases -------------------------------------------------------------------------------------------

def kind_of(block):
    """What a block of the right example takes the place of in the wrong one."""
    return (block.language, file_of(block)) if block.language in ("yaml", "csv") else block.language


def cases_of_code_page(page, blocks):
    code = page.stem
    wrong = [block for block in blocks if block.part == "wrong" and block.language in RUN]
    right = [block for block in blocks if block.part == "right" and block.language in RUN]
    also = {word for block in wrong for word in pages.CODE.findall(block.notes.get("also", ""))}
    if wrong:
        yield Case(wrong, {code}, also=also)
    if right:
        mended = {kind_of(block) for block in right}
        kept = [block for block in wrong if kind_of(block) not in mended and block.language != "console"]
        mending = Case(kept + right, set(), never={code})
        if wrong and mending.note("book") is None and "book" in wrong[0].notes:
            right[0].notes["book"] = wrong[0].notes["book"]
        yield mending
    yield from cases_of_page([block for block in blocks if not block.part])


def cases_of_page(blocks):
    case = None
    for block in blocks:
        if block.language not in RUN:
            continue
        codes = pages.codes_in_comments(block) | set(pages.CODE.findall(block.notes.get("gives", "")))
        if case and "and" in block.notes:
            case.blocks.append(block)
            case.codes |= codes
        else:
            if case:
                yield case
            case = Case([block], codes)
    if case:
        yield case


# ---- one case --------------------------------------------------------------------------------------------------------

def file_of(block):
    """The file that a block of reference data or of rows is a piece of."""
    if "file" in block.notes:
        return block.notes["file"]
    first = re.match(r"#\s*(\S+)$", block.lines[0] if block.lines else "")
    if not first:
        raise pages.PageFault("%s: the block names no file: begin it with a comment, `# reference/events.yaml`" % block.place(ROOT))
    return first[1]


def book_folder(name):
    for folder in (HERE / "books" / name, ROOT / name):
        if name and folder.is_dir():
            return folder
    raise pages.PageFault("book: there is no folder tests/docs/books/%s and no %s" % (name, name))


def compose(case, work):
    shutil.copytree(book_folder(case.note("book") or PLAIN_BOOK), work, dirs_exist_ok=True)
    book = fragments.Book(work)
    if case.note("alone") is not None:
        book.clear()
    for block in case.blocks:
        for what in re.findall(r"(?:[^,\"]|\"[^\"]*\")+", block.notes.get("without", "")):
            book.leave_out(what.strip())
    book.put("\n".join(block.text for block in case.of("glmap")))
    book.write(case.note("encoding") or "utf-8")
    for block in case.of("yaml", "csv"):
        path = work / file_of(block)
        path.parent.mkdir(parents=True, exist_ok=True)
        merged = block.language == "yaml" and "whole" not in block.notes and path.exists()
        path.write_text(fragments.merge_yaml(path.read_text(encoding="utf-8"), block.text) if merged else block.text,
                        encoding="utf-8")


def write_events(blocks, work):
    text = "".join(block.text for block in blocks)
    lines = [line for line in text.splitlines() if line.strip()]
    path = work / ("events.ndjson" if len(lines) > 1 and all(line.startswith("{") for line in lines) else "events.json")
    path.write_text(text, encoding="utf-8")
    return path.name


def glmapc(program, work, *words):
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1")
    return subprocess.run([program, *words], cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=SECONDS_MAX, check=False, text=True, errors="replace")


def seen_in_check(program, work, *options):
    """Codes of errors, codes of warnings, and what shows the findings as a reader sees them."""
    done = glmapc(program, work, "check", ".", "--format", "json", *options)
    try:
        found = json.loads(done.stdout)["diagnostics"]
    except ValueError:
        raise pages.PageFault("glmapc gave no answer: " + done.stderr) from None
    codes = {severity: {one["code"] for one in found if one["severity"] == severity} for severity in ("error", "warning")}
    return codes["error"], codes["warning"], lambda: glmapc(program, work, "check", ".", *options).stdout


def seen_in_events(program, work, events):
    done = glmapc(program, work, "simulate", ".", events)
    return set(pages.CODE.findall(done.stderr)), lambda: done.stdout + done.stderr


def codes_in_tests(case):
    """What the book's own tests say is held with which code: `expect held "GLM-7022"`. They have passed."""
    lines = [line for block in case.of("glmap") for line in block.lines if re.match(r"\s*expect (held|exception) ", line)]
    return set(pages.CODE.findall("\n".join(lines)))


def since(case, program, work):
    """The options that ask what has changed since the book without the example, compiled."""
    if case.note("since") is None:
        return []
    release = work.parent / "release.bundle"
    done = glmapc(program, book_folder(case.note("book") or PLAIN_BOOK), "compile", ".", "-o", str(release))
    if done.returncode != 0:
        raise pages.PageFault("the earlier book is not sound\n" + done.stdout + done.stderr)
    return ["--since", str(release)]


def judge_codes(case, errors, warnings, shown):
    missing = case.codes - errors - warnings
    surplus = errors - case.codes - case.also | (warnings & case.never)
    if case.codes and case.codes <= errors:
        surplus |= warnings - case.codes - case.also
    if not missing and not surplus:
        return None
    words = ["it gives no %s" % code for code in sorted(missing)] + ["it gives %s" % code for code in sorted(surplus)]
    return "%s: %s\n%s" % (case.place(), "; ".join(words), shown())


def judge_console(case, program, work, update):
    terminal = walk.Terminal(work, program)
    for block in case.of("console"):
        shown = walk.run_console(terminal, block.lines)
        missing = case.codes - set(pages.CODE.findall("\n".join(shown))) if block is case.of("console")[-1] else set()
        if missing:
            return "%s: the commands show no %s\n%s" % (block.place(ROOT), ", ".join(sorted(missing)), "\n".join(shown))
        if fault := compare(case, block, shown, update):
            return fault
    return None


def compare(case, block, shown, update):
    if shown == block.lines:
        return None
    if update:
        case.changed.append((block, shown))
        return None
    difference = difflib.unified_diff(block.lines, shown, "the page", "what it shows", lineterm="")
    return "%s: the commands show something else\n%s" % (block.place(ROOT), "\n".join(difference))


def judge(case, program, update):
    """What is wrong with the example, or nothing."""
    try:
        with tempfile.TemporaryDirectory(prefix="glmap-docs-") as folder:
            work = pathlib.Path(folder).resolve() / "book"
            compose(case, work)
            events = write_events(case.of("json"), work) if case.of("json") else None
            if case.of("console"):
                return judge_console(case, program, work, update)
            if events:
                errors, _, shown = seen_in_check(program, work)
                if errors:
                    return "%s: the book that the event meets is not sound\n%s" % (case.place(), shown())
                codes, shown = seen_in_events(program, work, events)
                return judge_codes(case, codes, set(), shown)
            errors, warnings, shown = seen_in_check(program, work, *since(case, program, work))
            if not errors:
                errors = case.codes & codes_in_tests(case)
            return judge_codes(case, errors, warnings, shown)
    except (pages.PageFault, ValueError, OSError, subprocess.TimeoutExpired) as fault:
        return "%s: %s" % (case.place(), fault)


# ---- a page that is walked from top to bottom ---------------------------------------------------------------------------

class Walk:
    """A tutorial: its blocks are one story, in an empty folder. `write` makes a file, `into` puts sections into one."""

    def __init__(self, page, blocks):
        self.page, self.blocks, self.changed = page, blocks, []
        self.before = {}  # file -> its text before the last `into`

    def judge(self, program, update):
        with tempfile.TemporaryDirectory(prefix="glmap-docs-") as folder:
            terminal = walk.Terminal(pathlib.Path(folder).resolve(), program)
            for block in self.blocks:
                if name := block.notes.get("undo"):
                    (terminal.folder / name).write_text(self.before[name], encoding="utf-8")
                if block.language == "console":
                    if fault := compare(self, block, walk.run_console(terminal, block.lines), update):
                        return fault
                elif block.language in RUN and not self.keep(block, terminal.folder):
                    return "%s: nothing says where the block goes: `write: FILE` or `into: FILE`" % block.place(ROOT)
        return None

    def keep(self, block, folder):
        name = block.notes.get("write") or block.notes.get("into")
        if not name:
            return False
        path = folder / name
        if "into" in block.notes:
            self.before[name] = path.read_text(encoding="utf-8")
        if "write" in block.notes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "yaml":
            path.write_text(fragments.merge_yaml(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        else:
            book = fragments.Book(folder)
            book.main = path
            book.put(block.text)
            book.write()
        return True


def rewrite(changed):
    """Puts what commands show now into the pages, from the last block of each to the first."""
    for block, shown in sorted(changed, key=lambda one: (one[0].page, -one[0].line)):
        lines = block.page.read_text(encoding="utf-8").splitlines()
        lines[block.line:block.line + len(block.lines)] = shown
        block.page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("%s: written" % block.place(ROOT))


# ---- everything -----------------------------------------------------------------------------------------------------------

def all_pages():
    yield from sorted((ROOT / "docs/errors").glob("GLM-*.md"))
    yield from sorted((ROOT / "docs/language").glob("*.md"))
    yield from sorted((ROOT / "docs/guides").glob("*.md"))
    yield from [ROOT / "README.md"] + sorted(ROOT.glob("samples/*/README.md")) + sorted(ROOT.glob("mappings/*/README.md"))


def collect(chosen):
    """Cases, walks, faults of pages, and the code pages that show nothing that could be run."""
    cases, walks, faults, not_run, run = [], [], [], [], 0
    for page in chosen:
        try:
            blocks = pages.read_page(page)
        except pages.PageFault as fault:
            faults.append(str(fault))
            continue
        if any("write" in block.notes for block in blocks):
            walks.append(Walk(page, blocks))
        elif page.stem.startswith("GLM-"):
            found = list(cases_of_code_page(page, blocks))
            cases += found
            run += bool(found)
            if not found:
                not_run.append(page.stem)
        else:
            cases += cases_of_page(blocks)
    return cases, walks, faults, not_run, run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("pages", nargs="*", help="docs/errors/GLM-4001.md ...; all when none is named")
    options = parser.parse_args()
    program = str(pathlib.Path(options.glmapc).resolve())
    update = os.environ.get("GLMAP_UPDATE_GOLDEN", "0") not in ("", "0")
    chosen = [pathlib.Path(name).resolve() for name in options.pages] or list(all_pages())
    cases, walks, faults, not_run, run = collect(chosen)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults += filter(None, pool.map(lambda case: judge(case, program, update), cases))
        faults += filter(None, pool.map(lambda story: story.judge(program, update), walks))
    for fault in faults:
        print(fault + "\n")
    rewrite([one for story in cases + walks for one in story.changed])
    if run or not_run:
        print("pages of codes: %d run; %d not, since a book alone cannot show them: %s" %
              (run, len(not_run), " ".join(not_run) or "none"))
    print("docs: %d examples and %d walks, %d wrong" % (len(cases), len(walks), len(faults)))
    return 1 if faults or not cases + walks else 0


if __name__ == "__main__":
    sys.exit(main())
