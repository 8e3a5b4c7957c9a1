# SPDX-License-Identifier: Apache-2.0
"""Puts a piece of a book into a book: a section takes the place of the section of the same head, or is added.

Pages show what they are about and nothing else; what they leave out comes from a sound book. The pieces are told apart
by their first lines only, so that a piece may be as wrong as its page wants it."""
import dataclasses
import re

WHOLE = ("mapping", "reference", "dates", "foreign_currency", "order", "expectations", "approvals", "intercompany")
HEAD = re.compile(r"^(?:(?P<plain>%s|lists|accounts)\b|(?P<kind>table|rule|intake)\s+(?P<name>\S+)|test\s+(?P<title>\"[^\"]*\")|"
                  r"(?P<outcome>no entry for|hold)\s+(?P<events>[\w.-]+(?:\s*,\s*[\w.-]+)*))" % "|".join(WHOLE))


@dataclasses.dataclass
class Section:
    kind: str    # a word of WHOLE, or lists, accounts, table, rule, intake, test, outcome; "" for what has no head
    key: object  # name, title or set of events; None where the kind is enough
    lines: list


def cut(text):
    """The sections of a text. Comments that stand at the margin belong to the section below them."""
    found, waiting = [], []
    for line in text.splitlines():
        head = HEAD.match(line)
        if head:
            kind = head["plain"] or head["kind"] or ("test" if head["title"] else "outcome")
            key = head["name"] or head["title"]
            if kind == "outcome":
                key = set(re.split(r"\s*,\s*", head["events"]))
            found.append(Section(kind, key, waiting + [line]))
            waiting = []
        elif line.startswith("--") or not found:
            waiting.append(line)
        else:
            found[-1].lines += waiting + [line]
            waiting = []
    if waiting:
        found.append(Section("", None, waiting))
    return found


def join(sections):
    return "\n".join(line for section in sections for line in section.lines).rstrip("\n") + "\n"


# ---- the sections that are merged by their items --------------------------------------------------------------------

def merge_lists(old, new):
    """By the name of each list; a list that the new text holds twice stands there twice."""
    item = re.compile(r"^\s+(\S+)\s+is\b")
    names = {match[1] for line in new if (match := item.match(line))}
    kept, skipping = [], False
    for line in old:
        match = item.match(line)
        skipping = match[1] in names if match else skipping and bool(line.strip())
        if not skipping:
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept + [line for line in new if not HEAD.match(line)] + [""]


def cells(line):
    return [cell.strip() for cell in line.split("--")[0].strip().strip("|").split("|")]


def is_row(line):
    return line.lstrip().startswith("|")


def merge_accounts(old, new):
    """By role. Columns that one of the two does not have are filled: an entity's by `-`, the others by nothing."""
    old_rows, new_rows = [line for line in old if is_row(line)], [line for line in new if is_row(line)]
    if not new_rows:
        return new
    columns, old_columns = cells(new_rows[0]), cells(old_rows[0])
    same = columns == old_columns
    columns += [name for name in old_columns if name not in columns]

    def fill(name):
        return "" if name in ("needs", "forbids") else "-"

    def laid_out(known, fallback):
        by_table = any(cell.startswith("by ") for cell in known.values())
        row = [known.get(name, fallback.get(name, "" if by_table else fill(name))) for name in columns]
        return "  | " + " | ".join(row) + " |"

    before = {cells(line)[0]: dict(zip(old_columns, cells(line))) for line in old_rows[1:]}
    roles = {cells(line)[0] for line in new_rows[1:]}
    result = ["accounts", "  | " + " | ".join(columns) + " |"]
    result += [laid_out(row, {}) for role, row in before.items() if role not in roles]
    for line in new_rows[1:]:
        whole = same or len(cells(line)) != len(cells(new_rows[0]))
        row = dict(zip(cells(new_rows[0]), cells(line)))
        result.append(line if whole else laid_out(row, before.get(row["role"], {})))
    return result + [""]


def drop_events(sections, events):
    """`no entry for` and `hold` without these events, and not at all where none is left."""
    for section in list(sections):
        if section.kind != "outcome" or not section.key & events:
            continue
        section.key = section.key - events
        if not section.key:
            sections.remove(section)
            continue
        head = next(at for at, line in enumerate(section.lines) if HEAD.match(line))
        match = HEAD.match(section.lines[head])
        left = [event for event in re.split(r"\s*,\s*", match["events"]) if event in section.key]
        section.lines[head] = match["outcome"] + " " + ", ".join(left) + section.lines[head][match.end():]


# ---- a book ---------------------------------------------------------------------------------------------------------

class Book:
    """The .glmap files of a book as sections."""

    def __init__(self, folder):
        self.folder = folder
        self.files = {path: cut(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.glmap"))}
        self.main = folder / "book.glmap"
        self.files.setdefault(self.main, [])

    def clear(self):
        self.files = {path: [] for path in self.files}

    def leave_out(self, what):
        """`rule PAYMENT`, `table x`, `list x`, `role x`, `test "..."`, `tests`, `hold EVENT`, `no entry EVENT`, `dates` ..."""
        word, _, name = what.partition(" ")
        before = [self.text(path) for path in self.files]
        for sections in self.files.values():
            if word in ("hold", "no"):
                drop_events(sections, {name.removeprefix("entry ").strip()})
            for section in list(sections):
                if word == "tests" and section.kind == "test" or section.kind == word and section.key in (name, None):
                    sections.remove(section)
                elif word == "list" and section.kind == "lists":
                    section.lines = [line for line in section.lines if not re.match(r"\s+%s\s+is\b" % re.escape(name), line)]
                elif word == "role" and section.kind == "accounts":
                    section.lines = [line for line in section.lines if not is_row(line) or cells(line)[0] != name]
        if before == [self.text(path) for path in self.files]:
            raise ValueError("`without: %s`: the book has no such thing" % what)

    def put(self, text):
        """Each section of `text` into its place; returns nothing. New sections go to the end of book.glmap."""
        sections = cut(text)
        events = set().union(*(section.key for section in sections if section.kind == "outcome"))
        for old in self.files.values():
            drop_events(old, events)
        added = {}
        for section in sections:
            place = self._place(section) if section.kind != "outcome" else None
            if place is None or (section.kind, str(section.key)) in added:
                self.files[self.main].append(section)  # the same head twice in one piece: both stand there
            elif section.kind == "lists":
                place.lines = merge_lists(place.lines, section.lines)
            elif section.kind == "accounts":
                place.lines = merge_accounts(place.lines, section.lines)
            else:
                place.lines = section.lines + [""]
            added[(section.kind, str(section.key))] = True

    def text(self, path):
        return join(self.files[path])

    def write(self, encoding="utf-8"):
        for path in self.files:
            path.write_text(self.text(path), encoding=encoding)

    def _place(self, section):
        for sections in self.files.values():
            for old in sections:
                if old.kind == section.kind and old.key == section.key:
                    return old
        return None


# ---- reference data: YAML in the style of the books, one key or one item a line -----------------------------------------

@dataclasses.dataclass
class Node:
    key: object
    indent: int
    line: str
    children: list


def yaml_key(line):
    text = line.strip()
    item = re.match(r"-\s+\{?\s*(?:code|name):\s*\"?([^,\"}]+)", text)
    if item:
        return "- " + item[1].strip()
    name = re.match(r"([\w.-]+|\"[^\"]*\"):(\s|$)", text)
    return name[1] if name else text


def yaml_tree(text):
    root = Node(None, -1, "", [])
    path = [root]
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        while path[-1].indent >= indent:
            path.pop()
        node = Node(yaml_key(line), indent, line, [])
        path[-1].children.append(node)
        path.append(node)
    return root


def merge_nodes(old, new):
    seen = set()
    for node in new.children:
        at = next((at for at, known in enumerate(old.children) if known.key == node.key), None)
        if at is None or node.key in seen:
            old.children.append(node)
        elif old.children[at].children and node.children and not node.line.strip().startswith("-"):
            merge_nodes(old.children[at], node)
        else:
            old.children[at] = node
        seen.add(node.key)


def yaml_lines(node):
    return [line for child in node.children for line in [child.line] + yaml_lines(child)]


def merge_yaml(old, new):
    """`new` into `old`: maps by their keys, lists by the code or name of their items."""
    tree = yaml_tree(old)
    merge_nodes(tree, yaml_tree(new))
    return "\n".join(yaml_lines(tree)) + "\n"
