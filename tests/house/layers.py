# SPDX-License-Identifier: Apache-2.0
"""Who may depend on whom: the table of docs/ARCHITECTURE.md against every #include and every CMake USES."""
import re

import cpp_text
from tree import Finding

TABLE_PAGE = "docs/ARCHITECTURE.md"

# First words of a third-party header -> its name in the table. What is not here and looks foreign is a finding.
THIRD_PARTY = {
    "openssl/": "OpenSSL", "fmt/": "fmt", "simdjson": "simdjson", "boost/spirit": "Boost.Spirit", "boost/fusion": "Boost.Spirit", "boost/range": "Boost.Spirit",
    "boost/beast": "Boost.Beast", "boost/asio": "Boost.Beast", "boost/system": "Boost.Beast", "boost/": "Boost",
    "antlr4-runtime": "ANTLR4", "yaml-cpp/": "yaml-cpp", "sqlite3.h": "SQLite", "libpq-fe.h": "libpq", "curl/": "libcurl",
    "spdlog/": "spdlog", "CLI/": "CLI11", "date/": "date", "librdkafka/": "librdkafka", "prometheus/": "prometheus-cpp",
    "libxml/": "libxml2", "xlsxwriter": "libxlsxwriter", "catch2/": "Catch2",
}
SYSTEM = re.compile(r"^(?:[a-z_0-9]+|(?:sys|netinet|arpa|net|linux)/\w+\.h|(?:unistd|fcntl|poll|signal|pthread|netdb|dirent|"
                    r"termios|sched|dlfcn|spawn|errno|stdlib|string|time|stdio|limits|stdint)\.h)$")


class Row:
    def __init__(self, library, includes, third_party):
        self.library, self.includes, self.third_party = library, includes, third_party


def read_table(tree):
    """library -> Row. Cells are words in back-ticks; `compiler/*` and `gateway/*` stand for every library of that side."""
    page = next((file for file in tree.documents() if file.path == TABLE_PAGE), None)
    rows = {}
    for line in page.lines if page else []:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            words = [re.findall(r"`([^`]+)`", cell) for cell in cells]
            rows[words[0][0]] = Row(words[0][0], set(words[2]), {name.strip() for name in cells[3].split(",")} - {"–", ""})
    return rows


def library_of(path):
    """compiler/runtime/base/x.hpp -> base; gateway/connectors/tryton/x.cpp -> connectors; None for what has no row."""
    parts = path.split("/")
    if parts[0] == "compiler" and len(parts) > 2:
        return parts[2] if parts[1] == "runtime" and len(parts) > 3 else parts[1]
    if parts[0] == "gateway" and len(parts) > 2:
        return parts[1]
    return None


def side_of(library, tree_paths):
    return "compiler" if library in tree_paths["compiler"] else "gateway"


def _sides(tree):
    sides = {"compiler": set(), "gateway": set(), "runtime": set()}
    for file in tree.cpp():
        library = library_of(file.path)
        if library:
            sides[file.path.split("/")[0]].add(library)
            if file.path.startswith("compiler/runtime/"):
                sides["runtime"].add(library)
    return sides


def _allowed(row, used, sides):
    if used == row.library or used in row.includes:
        return True
    return any(side + "/*" in row.includes and used in members for side, members in sides.items())


def check_includes(tree):
    rows, sides = read_table(tree), _sides(tree)
    if not rows:
        yield Finding(TABLE_PAGE, 1, "no dependency table", "the house test reads it", "restore the table `library | folder | may include | third party`")
        return
    known = {file.path for file in tree.cpp()} | {path.relative_to(tree.root).as_posix() for path in tree.paths}
    for file in tree.cpp():
        library = library_of(file.path)
        if library and library not in rows:
            yield Finding(file, 1, "`%s` has no row in the dependency table" % library, "nobody has said what it may lean on",
                          "add a row to " + TABLE_PAGE)
            continue
        for number, target in cpp_text.quoted_includes(file.text):
            used = library_of(target)
            if "/" not in target and target.endswith(".h") and library and "ANTLR4" in rows[library].third_party:
                continue  # written by the ANTLR tool into the build folder
            if "/" not in target:
                yield Finding(file, number, 'includes "%s"' % target, "an include line says who leans on whom",
                              "write the path from the root of the repository")
            elif library and used and not _allowed(rows[library], used, sides):
                yield Finding(file, number, "`%s` includes `%s` (%s)" % (library, used, target), "%s does not list it" % TABLE_PAGE,
                              "move the code to the level it belongs to, or hand the value in")
            elif library and target.startswith("tests/"):
                yield Finding(file, number, "the product includes %s" % target, "tests lean on the product, never the other way",
                              "move what is shared into the library")
            elif used and target not in known:
                yield Finding(file, number, 'no file "%s"' % target, "the include cannot be found in the tree", "mend the path")


def third_party_name(header):
    for start in sorted(THIRD_PARTY, key=len, reverse=True):
        if header.startswith(start):
            return THIRD_PARTY[start]
    return None if SYSTEM.match(header) else header


def check_third_party(tree):
    rows = read_table(tree)
    for file in tree.cpp():
        library = library_of(file.path)
        for number, header in cpp_text.angle_includes(file.text):
            name = third_party_name(header)
            if not name or not library or library not in rows:
                continue
            if file.path.endswith(".hpp") and "private" not in file.path.rsplit("/", 1)[1]:
                yield Finding(file, number, "<%s> in a header" % header, "no third-party type appears in a header",
                              "move it to the .cpp behind a plain type of ours")
            if name != "fmt" and name not in rows[library].third_party:
                yield Finding(file, number, "`%s` uses %s (<%s>)" % (library, name, header), "%s gives it to other libraries" % TABLE_PAGE,
                              "use the library that wraps it, or change the table by a decision record")


def check_cmake_uses(tree):
    """Linking must tell the same story as including."""
    rows, sides = read_table(tree), _sides(tree)
    for file in tree.code():
        if not file.path.endswith("CMakeLists.txt") or not file.path.startswith(("compiler/", "gateway/")):
            continue
        for call in re.finditer(r"glmap_library\(\s*(\w+)(.*?)\)", re.sub(r"#[^\n]*", "", file.text), re.S):
            library, body = call[1], call[2]
            uses = re.search(r"\bUSES\s+(.*?)(?=\bSOURCES\b|\bTHIRD_PARTY\b|$)", body, re.S)
            row = rows.get(library) or rows.get(library_of(file.path))
            for used in uses[1].split() if uses and row else []:
                if used in rows and not _allowed(row, used, sides):
                    yield Finding(file, file.text.count("\n", 0, call.start()) + 1, "`%s` links `%s`" % (library, used),
                                  "%s does not list it" % TABLE_PAGE, "take it out of USES, or change the table by a decision record")
