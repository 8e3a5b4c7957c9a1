# SPDX-License-Identifier: Apache-2.0
"""Releases and approvals with the programs that people use: glmapc, ssh-keygen, openssl. What is refused is refused with its own code."""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from people import Book, must, run  # noqa: E402

GLMAPC = None


class Releases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.work = Book(cls.scratch.name, GLMAPC)
        cls.first = cls.work.release("first")
        cls.trust = cls.work.trust(cls.first)
        cls.work.approve(cls.first, "bert", "clara")
        cls.work.change("2026.11", "2026.12")
        cls.next = cls.work.release("next", "--base", cls.first)
        cls.good = cls.copy_of(cls.next, "good")
        cls.work.approve(cls.good, "bert", "clara")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def copy_of(cls, release, name):
        folder = cls.work.folder / name
        shutil.copytree(release, folder)
        return folder

    def accepted(self, release, *more, **how):
        done = self.work.verify(release, *(more or ("--base", self.first)), **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, code, release, *more, **how):
        done = self.work.verify(release, *(more or ("--base", self.first)), **how)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("glmapc: %s: " % code, done.stderr)
        self.assertIn("; ", done.stderr, "it does not say what to do")
        if os.environ.get("GLMAP_SHOW_REFUSALS"):
            print(done.stderr.strip())

    # ---- what comes into force

    def test_an_approved_release_is_accepted(self):
        self.assertIn("approved by bert", self.accepted(self.first, "--trust", self.trust))
        self.assertIn("changes the section rules", self.accepted(self.good))

    def test_the_same_book_gives_the_same_digest_anywhere(self):
        digests = set()
        for number, (zone, language, mask) in enumerate([("UTC", "C", "022"), ("Asia/Kathmandu", "C.UTF-8", "077"), ("America/Lima", "de_DE.UTF-8", "000")]):
            folder = self.work.folder / ("place %d" % number) / "deep"
            folder.parent.mkdir()
            shutil.copytree(self.work.book, folder)
            output = folder.parent / "out"
            command = "umask %s && exec \"$0\" \"$@\"" % mask
            must("sh", "-c", command, GLMAPC, "release", folder, "-o", output, "--base", self.first, "--author", "anna", "--effective", "2026-11-01",
                 "--expires", "2026-11-30", env=dict(os.environ, TZ=zone, LC_ALL=language))
            digests.add(hashlib.sha256((output / "release.json").read_bytes()).hexdigest())
            for name, said in json.loads((output / "release.json").read_text())["files"].items():
                self.assertEqual(hashlib.sha256((output / name).read_bytes()).hexdigest(), said["sha256"])
        self.assertEqual(digests, {hashlib.sha256((self.next / "release.json").read_bytes()).hexdigest()})

    def test_the_release_shows_what_moves(self):
        release = self.work.release("words only", "--base", self.first)
        self.assertIn("nothing moves", (release / "review.md").read_text())
        before = {name: (self.work.book / name).read_text() for name in ("book.glmap", "tests.glmap")}
        self.work.change("|| 4225    |", "|| 4220    |")
        self.work.change("credit 4225 revenue", "credit 4220 revenue", "tests.glmap")
        release = self.work.release("moves", "--base", self.first)
        for name, text in before.items():
            (self.work.book / name).write_text(text)
        self.assertNotIn("nothing moves", (release / "review.md").read_text())
        self.assertIn("4225", (release / "diff.md").read_text())
        # The digest of the release names the diff's.
        (release / "diff.md").write_text("nothing moves")
        self.assertIn("GLM-5027", run(GLMAPC, "approve", release, "--key", self.work.keys["bert"]).stderr)

    # ---- signatures made and checked by other programs

    def test_ssh_keygen_signs_and_checks(self):
        release = self.copy_of(self.next, "by ssh")
        must("ssh-keygen", "-Y", "sign", "-n", "glmap-release", "-f", self.work.keys["bert"], release / "release.json")
        signature = release / "release.json.sig"
        moved = self.work.folder / "bert.sig"
        signature.rename(moved)
        must(GLMAPC, "approve", release, "--signature", moved)
        self.work.approve(release, "clara")
        self.assertIn("approved by bert", self.accepted(release))
        # The same without our code, from what stands in the envelope.
        envelope = json.loads((release / "approvals.json").read_text())
        blob = envelope["signatures"][0]["sig"]
        again = self.work.folder / "again.sig"
        again.write_text("-----BEGIN SSH SIGNATURE-----\n" + "\n".join(blob[at:at + 70] for at in range(0, len(blob), 70)) + "\n-----END SSH SIGNATURE-----\n")
        signers = self.work.folder / "allowed_signers"
        signers.write_text("bert %s\n" % self.work.public("bert"))
        payload = base64.b64decode(envelope["payload"])
        check = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "bert", "-n", "glmap-release", "-s", again]
        self.assertEqual(run(*check, input=payload.decode()).returncode, 0)
        self.assertNotEqual(run(*check, input=payload.decode() + " ").returncode, 0)

    def test_openssl_checks_what_glmapc_signed(self):
        release = self.copy_of(self.next, "by openssl")
        self.work.approve(release, "dora")
        envelope = json.loads((release / "approvals.json").read_text())
        payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
        encoded, signature, public = (self.work.folder / name for name in ("pae", "sig", "dora.pem"))
        encoded.write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload))
        signature.write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
        must("openssl", "pkey", "-in", self.work.keys["dora"], "-pubout", "-out", public)
        check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-sigfile", signature, "-in"]
        self.assertEqual(run(*check, encoded).returncode, 0)
        encoded.write_bytes(encoded.read_bytes() + b" ")
        self.assertNotEqual(run(*check, encoded).returncode, 0)

    def test_openssl_signs(self):
        release = self.copy_of(self.next, "signed by openssl")
        payload = (release / "release.json").read_bytes()
        kind = b"application/vnd.glmap.release+json"
        encoded, signature = self.work.folder / "pae2", self.work.folder / "sig2"
        encoded.write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
        must("openssl", "pkeyutl", "-sign", "-inkey", self.work.keys["dora"], "-rawin", "-in", encoded, "-out", signature)
        must(GLMAPC, "approve", release, "--signature", signature)
        self.work.approve(release, "bert")
        self.assertIn("approved by dora", self.accepted(release))

    def test_a_key_with_a_password_signs_by_ssh_keygen_only(self):
        key = self.work.folder / "locked"
        must("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key)
        done = run(GLMAPC, "approve", self.next, "--key", key)
        self.assertEqual(done.returncode, 1)
        self.assertIn("GLM-5010", done.stderr)
        self.assertIn("ssh-keygen -Y sign", done.stderr)

    # ---- what does not

    def test_unsigned_or_too_few(self):
        self.refused("GLM-5012", self.next)
        one = self.copy_of(self.next, "one")
        self.work.approve(one, "bert")
        self.refused("GLM-5013", one)

    def test_the_author_does_not_approve(self):
        done = run(GLMAPC, "approve", self.next, "--key", self.work.keys["anna"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("GLM-5014", done.stderr)

    def test_unknown_and_expired_keys(self):
        for code, name in (("GLM-5015", "mallory"), ("GLM-5016", "emil")):
            release = self.copy_of(self.good, name)
            self.work.approve(release, name)
            self.refused(code, release)

    def test_signatures_of_another_release(self):
        release = self.copy_of(self.first, "first with others")
        shutil.copy(self.good / "approvals.json", release)
        self.refused("GLM-5017", release, "--trust", self.trust)
        release = self.copy_of(self.good, "other signatures")
        envelope = json.loads((self.good / "approvals.json").read_text())
        envelope["signatures"][0]["sig"] = json.loads((self.first / "approvals.json").read_text())["signatures"][0]["sig"]
        (release / "approvals.json").write_text(json.dumps(envelope, separators=(",", ":"), sort_keys=True))
        self.refused("GLM-5018", release)

    def test_one_bit_in_any_byte(self):
        """Every byte of what is small, a spread of the bundle's: the unit test tries them all, without a process for each."""
        for path in sorted(self.good.iterdir()):
            good = path.read_bytes()
            places = range(0, len(good), max(1, len(good) // 12))
            for place in places:
                bad = bytearray(good)
                bad[place] ^= 1 << place % 8
                path.write_bytes(bad)
                done = self.work.verify(self.good, "--base", self.first)
                self.assertEqual(done.returncode, 1, (path.name, place, done.stdout))
            path.write_bytes(good)
        self.accepted(self.good)

    def test_altered_or_cut_off(self):
        release = self.copy_of(self.good, "altered")
        bundle = release / "rules.bundle"
        good = bundle.read_bytes()
        bundle.write_bytes(good.replace(b"4200", b"4220"))
        self.refused("GLM-5011", release)
        bundle.write_bytes(good[:-1])
        self.refused("GLM-5027", release)
        bundle.write_bytes(good)
        (release / "approvals.json").write_text("no approvals }")
        self.refused("GLM-5010", release)

    def test_older_or_from_another_base(self):
        self.refused("GLM-5019", self.first, "--base", self.good)
        other = self.copy_of(self.good, "not the base")
        third = self.work.release("third", "--base", other)
        self.work.approve(third, "bert", "clara")
        self.refused("GLM-5025", third)

    def test_no_role_for_the_section(self):
        release = self.copy_of(self.next, "no accountant")
        self.work.approve(release, "clara", "dora")
        self.refused("GLM-5020", release)

    def test_the_policy_under_its_old_threshold(self):
        before = (self.work.book / "release-policy.yaml").read_text()
        self.work.write_policy(lambda text: text.replace("approvals: 2\ndays", "approvals: 1\ndays"))
        release = self.work.release("easier", "--base", self.first)
        (self.work.book / "release-policy.yaml").write_text(before)
        self.work.approve(release, "bert", "clara")
        self.refused("GLM-5021", release)
        self.work.approve(release, "dora")
        self.assertIn("changes the policy", self.accepted(release))

    def test_days(self):
        self.refused("GLM-5022", self.good, on="2026-12-01")
        self.refused("GLM-5023", self.good, on="2026-10-31")

    def test_a_policy_that_cannot_be(self):
        before = (self.work.book / "release-policy.yaml").read_text()
        self.work.write_policy(lambda text: text.replace("role: controller\n  approvals: 3", "role: controller\n  approvals: 4"))
        done = run(GLMAPC, "release", self.work.book, "-o", self.work.folder / "no", "--author", "anna", "--effective", "2026-11-01", "--expires", "2026-11-30")
        (self.work.book / "release-policy.yaml").write_text(before)
        self.assertEqual(done.returncode, 1)
        self.assertIn("GLM-5024", done.stderr)

    def test_an_emergency_is_followed_up(self):
        release = self.work.release("emergency", "--base", self.first, "--emergency", "tax accounts swapped")
        self.work.approve(release, "clara", "dora")
        self.accepted(release)
        after = self.work.release("after", "--base", release)
        self.work.approve(after, "bert", "clara")
        self.refused("GLM-5026", after, "--base", release)
        after = self.work.release("follow up", "--base", release, "--follow-up")
        self.work.approve(after, "bert", "clara")
        self.accepted(after, "--base", release)

    def test_a_policy_that_is_not_trusted(self):
        self.refused("GLM-5028", self.first, "--trust", "sha256:other")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--glmapc", required=True)
    known, rest = parser.parse_known_args()
    GLMAPC = os.path.abspath(known.glmapc)
    unittest.main(argv=[sys.argv[0]] + rest)
