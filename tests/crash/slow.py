#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slow.py --glmapc PATH --glmapd PATH [--seconds N]: honest senders are served while slowhttptest does what it is there for.

Its four attacks, each with more connections than glmapd holds open: headers that never end, bodies that drip, answers that nobody
reads, absurd ranges. Meanwhile two senders post events, each over a connection of its own, and one asks /healthz. At least 95 of 100
must be answered, with 2xx and within two seconds. Shows I9. Skipped, and it says so, where slowhttptest is not installed (a Debian
package)."""
import argparse
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import glmapd

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVED_MIN, ANSWER_SECONDS_MAX, CONNECTIONS = .95, 2, 1500
MODES = {"slow headers": ["-H"], "slow bodies": ["-B"], "slow reading": ["-X", "-w", "8", "-y", "32", "-z", "8"], "ranges": ["-R"]}
EVENT = {"specversion": "1.0", "source": "slow", "type": "invoice.issued", "data": {}}


class Honest(threading.Thread):
    """Asks again and again, and counts. What the book says of the event is no matter here: it is recorded."""

    def __init__(self, gateway, name, until):
        super().__init__(daemon=True)
        self.gateway, self.name, self.until, self.asked, self.served, self.faults = gateway, name, until, 0, 0, {}

    def run(self):
        while time.monotonic() < self.until:
            self.asked += 1
            begun = time.monotonic()
            try:
                status = self.ask()
            except (OSError, http.client.HTTPException) as fault:
                status = type(fault).__name__
            if status in (200, 202, 422) and time.monotonic() - begun <= ANSWER_SECONDS_MAX:
                self.served += 1
            else:
                self.faults[status] = self.faults.get(status, 0) + 1
            time.sleep(.02)

    def ask(self):
        connection = self.gateway.connect(ANSWER_SECONDS_MAX)
        try:
            if self.name == "health":
                connection.request("GET", "/healthz")
            else:
                event = dict(EVENT, id="%s-%d" % (self.name, self.asked))
                connection.request("POST", "/v1/events", json.dumps(event), {"Content-Type": "application/cloudevents+json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def attack(gateway, mode, arguments, seconds):
    """True when the honest ones were served."""
    command = ["slowhttptest", *arguments, "-c", str(CONNECTIONS), "-r", "300", "-i", "2", "-l", str(seconds), "-p", "2", "-x", "24",
               "-u", gateway.url + "/v1/events", "-t", "POST" if mode == "slow bodies" else "GET"]
    begun = time.monotonic()
    attacker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    honest = [Honest(gateway, name, begun + seconds) for name in (mode.replace(" ", "-") + "-1", mode.replace(" ", "-") + "-2", "health")]
    for one in honest:
        one.start()
    for one in honest:
        one.join()
    try:
        attacker.wait(30)
    except subprocess.TimeoutExpired:
        attacker.kill()
        attacker.wait()
    lasted = time.monotonic() - begun
    asked, served = sum(one.asked for one in honest), sum(one.served for one in honest)
    faults = {}
    for one in honest:
        for status, count in one.faults.items():
            faults[str(status)] = faults.get(str(status), 0) + count
    print("%-12s %5d asked, %5d served (%.1f %%) in %.0f s %s" % (mode, asked, served, 100 * served / max(asked, 1), lasted, faults or ""), flush=True)
    return asked > seconds and served >= SERVED_MIN * asked


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--glmapd", required=True)
    parser.add_argument("--seconds", type=int, default=8, help="of each attack")
    options = parser.parse_args()
    if not shutil.which("slowhttptest"):
        print("SKIPPED: slowhttptest is not installed (apt-get install slowhttptest); slow senders were not tried", file=sys.stderr)
        return 77
    with tempfile.TemporaryDirectory(prefix="glmap-slow-") as name:
        folder = pathlib.Path(name)
        subprocess.run([options.glmapc, "compile", ROOT / "tests" / "golden" / "base", "-o", folder / "book.bundle"], check=True,
                       stdout=subprocess.DEVNULL)
        gateway = glmapd.gateway(options.glmapd, folder, "bundle: %s/book.bundle\nstore: %s/store.db\nlisten: 127.0.0.1:0\n" % (folder, folder))
        gateway.start()
        try:
            good = [attack(gateway, mode, arguments, options.seconds) for mode, arguments in MODES.items()]
        finally:
            gateway.stop()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
