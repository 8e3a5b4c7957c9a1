# SPDX-License-Identifier: Apache-2.0
"""Markdown pages as a reader sees them: fenced blocks, what stands in the HTML comments above them, and whether they stand
under `Wrong:` or `Right:`. tests/docs/README.md lists the comments."""
import dataclasses
import pathlib
import re

FENCE = re.compile(r"^```(\w*)\s*$")
COMMENT = re.compile(r"^<!--(.*)-->$")
BOOK_TEXT = re.compile(r"^    +(rule|table|test|accounts|lists|mapping|dates|foreign_currency|because|debit|credit|\|)(\s|$)")
CODE = re.compile(r"\bGLM-\d{4}\b")
KNOWN_NOTES = {"book", "alone", "without", "also", "and", "file", "whole", "gives", "write", "into", "undo", "encoding", "dots",
               "since"}


class PageFault(Exception):
    """The page itself is written wrongly."""


@dataclasses.dataclass
class Block:
    page: pathlib.Path
    line: int        # of the opening fence
    language: str    # glmap, yaml, csv, json, console, text
    lines: list
    notes: dict      # of the comments above: name -> value
    part: str        # "wrong", "right" or ""

    @property
    def text(self):
        """As the page shows it; where it says `((( ...`, the page spares its reader the others."""
        text, many = "\n".join(self.lines) + "\n", int(self.notes.get("dots", "1"))
        for opening, closing in ("()", "[]"):
            text = text.replace(opening * 3 + " ... ", opening * many).replace(" ... " + closing * 3, closing * many)
        return text

    def place(self, root):
        return "%s:%d" % (self.page.relative_to(root).as_posix(), self.line)


def read_notes(text, place):
    notes = {}
    for piece in text.split(";"):
        name, _, value = piece.strip().partition(":")
        if name not in KNOWN_NOTES:
            raise PageFault("%s: `%s` is none of the notes %s" % (place, name, ", ".join(sorted(KNOWN_NOTES))))
        notes[name] = value.strip()
    return notes


def read_page(page):
    """The blocks of the page, in order."""
    found, notes, part, block = [], {}, "", None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None:
            if line == "```":
                found.append(block)
                block = None
            else:
                block.lines.append(line)
        elif fence:
            block, notes = Block(page, number, fence[1], [], notes, part), {}
        elif comment := COMMENT.match(line):
            notes.update(read_notes(comment[1], "%s:%d" % (page.name, number)))
        elif line.strip():
            if notes:
                raise PageFault("%s:%d: a comment stands above no block" % (page.name, number))
            if opens := re.match(r"(Wrong|Held|Right)\b.*:$", line):
                part = "right" if opens[1] == "Right" else "wrong"
            elif line.startswith("#"):
                part = ""
            elif BOOK_TEXT.match(line):
                raise PageFault("%s:%d: text of a book is set in by four blanks; write it between ```glmap lines, so that it is run" %
                                (page.name, number))
    if block is not None:
        raise PageFault("%s:%d: the block is not closed" % (page.name, block.line))
    return found


def codes_in_comments(block):
    """The codes that a block names in comments of the book's text: it shows these faults."""
    return {code for line in block.lines if "--" in line for code in CODE.findall(line.split("--", 1)[1])}
