#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""failover.py --glmapc PATH --glmapd PATH [--seed N]: the primary dies under load, its standby is promoted, nothing is lost or twice.

Two PostgreSQL clusters, the second a synchronous standby of the first; one glmapd that knows both hosts. Senders repeat what was not
acknowledged. The primary is killed while events are recorded and delivered; the gateway finds the new primary by itself, without a
restart. Judged as kill9.py judges: every event once, every entry once in its ledger, every amount to the cent.
Shows M15, M11."""
import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import kill9
from kill9 import Faults, check
from race import Crowd

SECONDS_BEFORE, SECONDS_AFTER = 6, 8


class World(kill9.World):
    """The store is on two clusters; libpq asks each for the one that takes writes."""

    def __init__(self, options, folder):
        options.store = "postgres"
        super().__init__(options, folder)
        self.standby = kill9.postgres.Standby(self.server)
        self.store = "postgresql:///postgres?user=glmap&host=%s,%s&target_session_attrs=read-write" % (self.server.folder, self.standby.folder)
        self.gateway = kill9.glmapd.gateway(options.glmapd, folder, self.configuration())

    def fail_over(self):
        """Returns the seconds until the new primary takes writes."""
        started = time.monotonic()
        self.server.stop()   # immediately: no shutdown checkpoint, connections are cut
        self.server = None
        self.standby.promote()
        return time.monotonic() - started

    def close(self):
        super().close()
        self.standby.stop()


def run(world, events, senders):
    world.gateway.start()
    stop, threads = senders.run([world.gateway], SECONDS_BEFORE)
    before = len(senders.acknowledged)
    try:
        seconds = world.fail_over()
        deadline = time.monotonic() + 60
        while len(senders.acknowledged) < before + 50:
            check(time.monotonic() < deadline, "60 s after the failover the gateway takes no events: %s", world.gateway.ending())
            time.sleep(.1)
        time.sleep(SECONDS_AFTER)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if senders.fault:
        raise senders.fault
    check(before > 0, "no event was acknowledged before the failover")
    return seconds, before, kill9.finish(world, events, senders)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--glmapd", required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
    options = parser.parse_args()
    if not kill9.postgres.installed():
        print("failover: SKIPPED: PostgreSQL is not installed")
        return 0
    kill9.STUCK_SECONDS_MAX = 180
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glmap-failover-"))
    events, world = kill9.Events(options.seed), None
    senders = Crowd(events, options.seed)
    print("failover: seed %d" % options.seed, flush=True)
    try:
        world = World(options, folder)
        seconds, before, entries = run(world, events, senders)
    except (Faults, RuntimeError, OSError, subprocess.CalledProcessError) as fault:
        print("failover: %s\nfailover: repeat with --seed %d; log and ledgers are in %s" % (fault, options.seed, folder))
        return 1
    finally:
        if world:
            world.close()
    shutil.rmtree(folder)
    print("failover: %d events before it, %d in all, %d entries, %d requests without an answer; the standby took over in %.1f s; none lost, "
          "none twice, to the cent" % (before, len(events.made), len(entries), senders.broken, seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
