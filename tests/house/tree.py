# SPDX-License-Identifier: Apache-2.0
"""The files of the repository, read once. Not git's view: what lies in the folders, build output aside."""
import dataclasses
import pathlib

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__", "node_modules"}
CODE_SUFFIXES = {".cpp", ".hpp", ".g4", ".cmake", ".py", ".sh", ".ts", ".def"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".md", ".glmap", ".yaml", ".yml", ".json", ".txt", ".csv", ".html", ".css", ".js"}
CODE_NAMES = {"CMakeLists.txt", "dev"}


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    what: str
    why: str
    to_do: str

    def __init__(self, file, line, what, why, to_do):
        for name, value in (("path", getattr(file, "path", file)), ("line", line), ("what", what), ("why", why),
                            ("to_do", to_do)):
            object.__setattr__(self, name, value)

    def to_text(self):
        return "%s:%d: %s; %s; %s" % (self.path, self.line, self.what, self.why, self.to_do)


class File:
    """One text file; `path` is relative to the root, with forward slashes."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.paths = sorted(self._walk(self.root))
        self._files = {}

    def _walk(self, folder):
        for entry in folder.iterdir():
            if entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS:
                    yield from self._walk(entry)
            elif entry.suffix in TEXT_SUFFIXES or entry.name in CODE_NAMES or entry.parent.name == ".ci":
                yield entry

    def file(self, path):
        if path not in self._files:
            self._files[path] = File(self.root, path)
        return self._files[path]

    def texts(self):
        return [self.file(path) for path in self.paths]

    def code(self):
        return [self.file(path) for path in self.paths
                if path.suffix in CODE_SUFFIXES or path.name in CODE_NAMES or path.parent.name == ".ci"]

    def cpp(self):
        return [self.file(path) for path in self.paths if path.suffix in (".cpp", ".hpp")]

    def documents(self):
        return [self.file(path) for path in self.paths if path.suffix == ".md"]
