# SPDX-License-Identifier: Apache-2.0
"""A book under change control, with the people who approve it: for the tests of releases."""
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICY = """\
version: 1
approvals: 2
days: 31
people:
%s
sections:
  - name: accounts
    files: ["reference/*"]
    role: controller
    approvals: 1
  - name: rules
    files: ["*.glmap"]
    role: accounting
    approvals: 1
policy:
  role: controller
  approvals: 3
emergency:
  role: emergency
  approvals: 2
  hours: 72
"""
ROLES = {"anna": "accounting", "bert": "accounting, controller", "clara": "controller, emergency", "dora": "controller, emergency",
         "emil": "accounting"}


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=120, **more)


def must(*command, **more):
    done = run(*command, **more)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


class Book:
    """A copy of the golden tests' book, and keys of five people: ssh-keygen's, one of them openssl's."""

    def __init__(self, folder, glmapc):
        self.folder, self.glmapc = pathlib.Path(folder), glmapc
        self.book = self.folder / "book"
        shutil.copytree(ROOT / "tests" / "golden" / "base", self.book)
        self.keys = {}
        for name in list(ROLES) + ["mallory"]:
            self.keys[name] = self.folder / ("key_" + name)
            if name == "dora":
                must("openssl", "genpkey", "-algorithm", "ed25519", "-out", self.keys[name])
            else:
                must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.keys[name])
        self.write_policy()

    def public(self, name):
        if name != "dora":
            return (self.folder / ("key_%s.pub" % name)).read_text().strip()
        return must("openssl", "pkey", "-in", self.keys[name], "-pubout").splitlines()[1]

    def write_policy(self, change=lambda text: text):
        lines = ["  - {name: %s, roles: [%s], keys: [{key: \"%s\", until: 2026-%s}]}"
                 % (name, ROLES[name], self.public(name), "06-30" if name == "emil" else "12-31") for name in ROLES]
        (self.book / "release-policy.yaml").write_text(change(POLICY % "\n".join(lines)))

    def change(self, old, new, file="book.glmap"):
        path = self.book / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))

    def release(self, name, *more, author="anna", effective="2026-11-01", expires="2026-11-30"):
        must(self.glmapc, "release", self.book, "-o", self.folder / name, "--author", author, "--effective", effective, "--expires", expires, *more)
        return self.folder / name

    def approve(self, release, *names):
        for name in names:
            must(self.glmapc, "approve", release, "--key", self.keys[name])

    def verify(self, release, *more, on="2026-11-02"):
        return run(self.glmapc, "verify", release, "--on", on, *more)

    def trust(self, release):
        done = self.verify(release, "--trust", "sha256:none")
        return done.stderr.split("comes with the policy ")[1].split(",")[0]
