# SPDX-License-Identifier: Apache-2.0
"""A glmapd that demands approval, as an operator and an auditor use it: serve, activate, inspect, audit, verify."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from people import Book, must, run  # noqa: E402

GLMAPC = GLMAPD = None


class Gateway:
    def __init__(self, folder, *more):
        self.process = subprocess.Popen([GLMAPD, "serve", "--config", folder / "glmapd.yaml", "--store", folder / "gateway.db", "--listen", "127.0.0.1:0", *more],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.split()[-1] if line.startswith("listening") else ""

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=60)
        return log


class Activation(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.work = Book(self.scratch.name, GLMAPC)
        self.home = self.work.folder / "gateway"
        (self.home / "releases").mkdir(parents=True)
        today = time.time()
        day = [time.strftime("%Y-%m-%d", time.gmtime(today + 86400 * ahead)) for ahead in (0, 20)]
        self.days = {"effective": day[0], "expires": day[1]}
        # Keys that are good whenever this runs; emil's is not.
        self.work.write_policy(lambda text: text.replace("2026-12-31", "2199-12-31"))
        self.first = self.work.release("first", **self.days)
        self.work.approve(self.first, "bert", "clara")
        self.config(self.work.trust(self.first))

    def tearDown(self):
        self.scratch.cleanup()

    def config(self, trust):
        (self.home / "glmapd.yaml").write_text("release:\n  folder: %s\n  trust: %s\n" % (self.home / "releases", trust))

    def put(self, release, name):
        shutil.copytree(release, self.home / "releases" / ("." + name))
        (self.home / "releases" / ("." + name)).rename(self.home / "releases" / name)

    def test_from_the_first_release_to_the_evidence(self):
        gateway = Gateway(self.home)
        self.assertEqual(gateway.url, "")  # there is no release yet
        self.assertIn("GLM-5012", gateway.stop())
        self.put(self.first, "1")
        gateway = Gateway(self.home)
        self.assertEqual(gateway.get("/healthz"), {"status": "ok", "approval": "demanded"})
        self.assertEqual(gateway.get("/v1/release")["live"]["number"], 1)

        self.work.change("2026.11", "2026.12")
        second = self.work.release("second", "--base", self.first, **self.days)
        self.work.approve(second, "bert")
        self.put(second, "2")
        activate = [GLMAPD, "activate", "--url", gateway.url, "--by", "olga", "--reason", "change 417"]
        done = run(*activate)
        self.assertEqual(done.returncode, 1)
        self.assertIn("GLM-5013", done.stderr)
        self.assertEqual(gateway.get("/v1/release")["live"]["number"], 1)  # the old one stays
        self.work.approve(self.home / "releases" / "2", "clara")
        self.assertEqual(json.loads(must(*activate))["live"]["number"], 2)
        seen = json.loads(must(GLMAPD, "inspect", "--url", gateway.url))
        self.assertEqual(seen["live"]["release"], "2026.12")
        self.assertEqual(seen["live"]["by"], "olga")
        inspect = [GLMAPD, "inspect", "--url", gateway.url, "--expect"]
        compiled = must(GLMAPC, "compile", self.work.book, "-o", self.home / "main.bundle").splitlines()[-1]
        self.assertEqual(run(*inspect, compiled).returncode, 0)
        self.assertEqual(run(*inspect, seen["live"]["digest"]).returncode, 0)
        self.work.change("2026.12", "2027.01")  # the main branch has gone on
        compiled = must(GLMAPC, "compile", self.work.book, "-o", self.home / "main.bundle").splitlines()[-1]
        done = run(*inspect, compiled)
        self.assertEqual(done.returncode, 1)
        self.assertIn("drift", done.stderr)
        self.assertEqual([one["name"] for one in seen["live"]["approvers"]], ["bert", "clara"])

        period = ["--url", gateway.url, "--from", self.days["effective"], "--to", self.days["expires"]]
        report = json.loads(must(GLMAPD, "audit", "changes", "--format", "json", *period))
        self.assertEqual(report["counts"], {"changes": 2, "releases": 2, "emergencies": 0, "without_approval": 0, "duties_not_kept_apart": 0})
        self.assertEqual(report["changes"][1]["tests"]["failed"], "0")
        self.assertIn("approvers bert, clara", must(GLMAPD, "audit", "changes", *period))
        done = run(GLMAPD, "audit", "attest", *period)
        self.assertEqual(done.returncode, 1)  # nothing ran at the beginning of the day
        self.assertIn("NOT KNOWN", done.stdout)
        since = seen["live"]["since"]
        done = must(GLMAPD, "audit", "attest", "--url", gateway.url, "--from", since, "--to", "2199-01-01")
        self.assertIn("unchanged", done)
        gateway.stop()
        must(GLMAPD, "verify", "--store", self.home / "gateway.db")

    def test_sighup_switches_and_a_changed_file_does_not(self):
        self.put(self.first, "1")
        self.work.change("2026.11", "2026.12")
        second = self.work.release("second", "--base", self.first, **self.days)
        self.work.approve(second, "bert", "clara")
        bundle = second / "rules.bundle"
        good = bundle.read_bytes()
        bundle.write_bytes(good.replace(b"4200", b"4220"))
        self.put(second, "2")
        gateway = Gateway(self.home)
        refused = gateway.get("/v1/release")
        self.assertEqual(refused["live"]["number"], 1)
        self.assertEqual(refused["refused"][0]["reason"]["code"], "GLM-5011")
        (self.home / "releases" / "2" / "rules.bundle").write_bytes(good)
        gateway.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if gateway.get("/v1/release")["live"]["number"] == 2:
                break
            time.sleep(0.05)
        self.assertEqual(gateway.get("/v1/release")["live"]["number"], 2)
        self.assertIn("GLM-5011", gateway.stop())

    def test_without_it_development_mode_is_told(self):
        must(GLMAPC, "compile", self.work.book, "-o", self.home / "book.bundle")
        (self.home / "glmapd.yaml").write_text("bundle: %s\n" % (self.home / "book.bundle"))
        gateway = Gateway(self.home)
        self.assertEqual(gateway.get("/healthz")["approval"], "none")
        self.assertIn("development mode", gateway.stop())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--glmapd", required=True)
    known, rest = parser.parse_known_args()
    GLMAPC, GLMAPD = os.path.abspath(known.glmapc), os.path.abspath(known.glmapd)
    unittest.main(argv=[sys.argv[0]] + rest)
