# SPDX-License-Identifier: Apache-2.0
"""Documents: every error code has a page that says what it should, and every link leads somewhere."""
import pathlib
import re
import urllib.parse

from tree import Finding

REGISTRY = "compiler/runtime/base/error_codes.def"
PAGES = "docs/errors/"
_CODE = re.compile(r'^GLMAP_CODE\((\d{4}), (\w+), "([^"]*)", (permanent|transient)\)', re.M)
# What the compiler proves: all codes of the thousand 4, and those of 2 and 3 that hold for every event and not for a word.
PROOFS_ELSEWHERE = {2008, 3002, 3003, 3006}
CASES_OF_A_PROOF = 3
PAGE_LINES_MAX = 60  # two examples that can be run take their room


def registry(tree):
    """[(number, name, title, line)]"""
    file = next((file for file in tree.code() if file.path == REGISTRY), None)
    text = file.text if file else ""
    return [(int(m[1]), m[2], m[3], text.count("\n", 0, m.start()) + 1) for m in _CODE.finditer(text)]


def check_error_pages(tree):
    codes = registry(tree)
    pages = {file.path: file for file in tree.documents() if re.fullmatch(PAGES + r"GLM-\d{4}\.md", file.path)}
    seen, names = {}, {}
    for number, name, title, line in codes:
        path = "%sGLM-%04d.md" % (PAGES, number)
        if number in seen or name in names:
            yield Finding(REGISTRY, line, "`%d %s` stands twice" % (number, name), "a code has one meaning for ever", "take the next free number")
        seen[number] = names[name] = line
        page = pages.pop(path, None)
        if not page:
            yield Finding(REGISTRY, line, "GLM-%04d has no page" % number, "`glmapc explain` shows it", "write " + path)
            continue
        head = page.lines[0] if page.lines else ""
        if head != "# GLM-%04d: %s" % (number, title):
            yield Finding(page, 1, "`%s`" % head, "the page is found by its title, and the registry words it differently",
                          "write `# GLM-%04d: %s`" % (number, title))
        for part in ("## What to do",):
            if part not in page.lines:
                yield Finding(page, 1, "no part `%s`" % part, "a reader comes here to get on", "add it")
        if "```" not in page.text and number // 1000 < 7:
            yield Finding(page, 1, "no example", "a fault is understood from an example", "show the wrong text and the right one")
        if len(page.lines) > PAGE_LINES_MAX:
            yield Finding(page, len(page.lines), "%d lines" % len(page.lines), "it is read in a terminal, in a hurry", "shorten it")
    for path in pages:
        yield Finding(path, 1, "a page without a code", "the registry does not know it", "remove it, or add the code to " + REGISTRY)


def check_raised(tree):
    """A code that no product source names is either forgotten or superfluous."""
    named = set(re.findall(r"\w+", "\n".join(file.text for file in tree.cpp() if file.path.startswith(("compiler/", "gateway/")))))
    for number, name, _, line in registry(tree):
        if name not in named:
            yield Finding(REGISTRY, line, "GLM-%04d `%s` is raised nowhere" % (number, name), "a page about what cannot happen misleads",
                          "raise it where it belongs, or take the line and its page out before a release knows it")


def check_tested(tree):
    """Every code is raised by a test: the book's codes by a golden case, the others by name or number in tests/."""
    golden = "\n".join(file.text for file in tree.texts() if re.match(r"tests/golden/.*expected\.txt$", file.path))
    others = "\n".join(file.text for file in tree.texts() if file.path.startswith(("tests/unit/", "tests/simulation/", "tests/property/")))
    for number, name, _, line in registry(tree):
        code = "GLM-%04d" % number
        if code in golden or code in others or re.search(r"\b%s\b" % name, others):
            continue
        where = "add a case to tests/golden/bad" if number < 5000 else "add a test case to tests/unit"
        yield Finding(REGISTRY, line, "%s `%s` is met by no test" % (code, name), "nobody has seen what it says", where)


def proofs_shown(tree):
    """[(number, bad cases, sound cases, title, line)] for every proof."""
    cases = {}
    for file in tree.texts():
        if case := re.match(r"tests/golden/(bad|sound)/(\d{4})_[^/]+/expected\.txt$", file.path):
            key = int(case[2]), case[1]
            cases[key] = cases.get(key, 0) + 1
    return [(number, cases.get((number, "bad"), 0), cases.get((number, "sound"), 0), title, line)
            for number, _, title, line in registry(tree) if number // 1000 == 4 or number in PROOFS_ELSEWHERE]


def check_proofs_shown(tree):
    """A proof is known by the books it refuses and by the nearest ones that it lets pass."""
    for number, bad, sound, _, line in proofs_shown(tree):
        for count, kind, what in ((bad, "bad", "broken"), (sound, "sound", "sound")):
            if count < CASES_OF_A_PROOF:
                yield Finding(REGISTRY, line, "GLM-%d is shown by %d %s book%s" % (number, count, what, "" if count == 1 else "s"),
                              "a proof is known by %d it refuses and %d it lets pass" % (CASES_OF_A_PROOF, CASES_OF_A_PROOF),
                              "add tests/golden/%s/%d_..., another kind of case than those there" % (kind, number))


def _anchors(text):
    """GitHub's anchors of the headings."""
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*)$", text, re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def check_links(tree):
    for file in tree.documents():
        prose = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), file.text, flags=re.M | re.S)
        prose = re.sub(r"`[^`\n]*`", "", prose)
        for link in re.finditer(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", prose):
            target = urllib.parse.unquote(link[1])
            line = prose.count("\n", 0, link.start()) + 1
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            goal = (tree.root / file.path).parent / path if path else tree.root / file.path
            if not goal.exists():
                yield Finding(file, line, "the link to `%s` leads nowhere" % target, "a reader follows it", "mend the path or take it out")
            elif anchor and goal.suffix == ".md" and anchor not in _anchors(pathlib.Path(goal).read_text(encoding="utf-8")):
                yield Finding(file, line, "`%s` has no heading `#%s`" % (path or file.path, anchor), "a reader lands at the top of the page",
                              "use the heading's anchor")
