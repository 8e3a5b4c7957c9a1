# SPDX-License-Identifier: Apache-2.0
"""C++ read as text, as far as the house rules need: no compiler, no macros. Knows comments, texts and braces."""
import dataclasses
import re

_TOKENS = re.compile(r'R"(?P<delimiter>[^()\\\s]{0,16})\((?:.|\n)*?\)(?P=delimiter)"'
                     r'|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"'
                     r"|(?<![0-9a-zA-Z_])(?:u8|u|U|L)?'(?:\\.|[^'\\\n])+'")


def _blank(match):
    """The same number of lines and columns, without the content; quotes stay, so that a text is still an argument."""
    text = match[0]
    kept = '"' if text[0] in '"R' else ""
    return kept + re.sub(r"[^\n]", " ", text[len(kept):len(text) - len(kept)]) + kept


def without_comments_and_texts(text):
    return _TOKENS.sub(_blank, text)


def _includes(text, pattern):
    for number, line in enumerate(text.split("\n"), 1):
        if found := re.match(pattern, line):
            yield number, found[1]


def quoted_includes(text):
    return list(_includes(text, r'\s*#\s*include\s*"([^"]+)"'))


def angle_includes(text):
    return list(_includes(text, r"\s*#\s*include\s*<([^>]+)>"))


@dataclasses.dataclass
class Function:
    name: str
    line: int    # where its head begins
    length: int  # lines from there to its closing brace
    is_test: bool


_NOT_FUNCTION = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^()]*$|=\s*$|\bextern\s*$")
_HEAD_NAME = re.compile(r"((?:[\w:]+::)?operator\s*(?:\(\)|[^\s(]+)|[~\w:]+)\s*\(")


def _name(head):
    found = _HEAD_NAME.search(re.sub(r"^\s*template\s*<[^{;]*?>\s*(?=[\w:~\[])", "", head))
    return found[1].strip() if found else "?"


def functions(text):
    """Function bodies at namespace or class level; what is nested in one (lambdas, local types) counts as part of it."""
    code = re.sub(r"^[ \t]*#.*(?:\\\n.*)*", lambda m: re.sub(r"[^\n]", " ", m[0]), without_comments_and_texts(text),
                  flags=re.M)
    found, stack = [], []  # stack of (is_function, head start)
    head_start = 0
    inside = 0  # how many open braces belong to a function
    parentheses = 0
    for position, char in enumerate(code):
        if char == "(":
            parentheses += 1
        elif char == ")":
            parentheses = max(0, parentheses - 1)
        elif char == "{":
            head = code[head_start:position]
            is_function = inside == 0 and parentheses == 0 and "(" in head and not _NOT_FUNCTION.search(head)
            stack.append((is_function, head_start + len(head) - len(head.lstrip()), head))
            inside += 1 if is_function or inside else 0
            if not inside:
                head_start = position + 1
        elif char == "}" and stack:
            is_function, start, head = stack.pop()
            inside -= 1 if inside else 0
            if is_function:
                line = code.count("\n", 0, start) + 1
                found.append(Function(_name(head), line, code.count("\n", start, position) + 1,
                                      bool(re.match(r"\s*(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)", head))))
            if not inside:
                head_start = position + 1
        elif char == ";" and not inside and parentheses == 0:
            head_start = position + 1
    return found
