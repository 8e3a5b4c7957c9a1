#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""race.py --glmapc PATH --glmapd PATH [--seconds N] [--seed N]: four gateways on one PostgreSQL, stopped, woken and killed at random.

Senders send to any of them. The gateway that delivers to the ERP is stopped first (SIGSTOP) for longer than its lease: another one must
take over within 30 seconds, and the woken one must not send again what it was about to send. Then all of them are stopped for 0.1 to 60
seconds or killed, at random. At the end: every event is there once, every entry stands once in its ledger, every amount to the cent.
Shows M16, M11, I1.
Seconds: GLMAP_RACE_SECONDS, else 120 where CI=true, else 25."""
import argparse
import math
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import glmapd
import kill9
from kill9 import Faults, check

GATEWAYS = 4
TAKEOVER_SECONDS_MAX = 30
STOP_SECONDS = (.1, 60)
kill9.STUCK_SECONDS_MAX = 180   # a file that a stopped gateway held is tried again with growing pauses


class World(kill9.World):
    """One book, one database, two ledgers, several gateways."""

    def __init__(self, options, folder):
        options.store = "postgres"
        super().__init__(options, folder)
        self.gateways = []
        for number in range(GATEWAYS):
            home = folder / ("g%d" % number)
            home.mkdir()
            self.gateways.append(glmapd.gateway(options.glmapd, home, self.configuration("g%d" % number)))
        self.gateway = self.gateways[0]

    def close(self):
        for one in self.gateways:
            wake(one)
            one.stop()
        self.gateway = self.gateways.pop()
        super().close()


class Crowd(kill9.Senders):
    """Senders that go to any gateway; whoever does not answer is asked no more for this batch."""

    def _send(self, server, stop, seed):
        chance = random.Random(seed)
        while not stop.is_set():
            batch = self._next_batch(chance)
            try:
                connection = chance.choice(server).connect(3)
                self._post(connection, batch)
                connection.close()
            except (OSError, glmapd.http.client.HTTPException):
                with self.lock:
                    self.unsure.append(batch)
                    self.broken += 1
            except Faults as fault:
                self.fault = fault
                return
            stop.wait(.05)


def wake(gateway):
    if gateway.child and gateway.child.poll() is None:
        gateway.child.send_signal(signal.SIGCONT)


def lane_states(gateway, seconds_max=2):
    """name -> state, or {} when it does not answer."""
    connection = gateway.connect(seconds_max)
    try:
        connection.request("GET", "/v1/erp")
        return {lane["name"]: lane["state"] for lane in glmapd.json.loads(connection.getresponse().read())["erp"]}
    except (OSError, glmapd.http.client.HTTPException):
        return {}
    finally:
        connection.close()


def holder_of(gateways, lane, seconds):
    """The gateway that works the lane, within so many seconds; and how long it took."""
    started = time.monotonic()
    while time.monotonic() < started + seconds:
        for one in gateways:
            if lane_states(one).get(lane) == "working":
                return one, time.monotonic() - started
        time.sleep(.2)
    raise Faults("nobody works the lane `%s` for %d s: %s" % (lane, seconds, [lane_states(one) for one in gateways]))


def judge_takeover(world):
    """The holder of the Tryton lane is stopped for longer than its lease."""
    holder, _ = holder_of(world.gateways, "de", 30)
    holder.child.send_signal(signal.SIGSTOP)
    others = [one for one in world.gateways if one is not holder]
    try:
        _, seconds = holder_of(others, "de", TAKEOVER_SECONDS_MAX)
    finally:
        time.sleep(2)   # the other one is at work when the first wakes up
        wake(holder)
    return seconds


class Chaos:
    """Stops, wakes and kills gateways until the time is over. At least one is left alone at any moment."""

    def __init__(self, gateways, chance):
        self.gateways, self.chance = gateways, chance
        self.back = {}   # gateway number -> (when, what to do)
        self.stops = self.kills = 0

    def run(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.bring_back(time.monotonic())
            free = [number for number in range(len(self.gateways)) if number not in self.back]
            if len(free) > 1 and self.chance.random() < .3:
                self.harm(self.chance.choice(free))
            time.sleep(.2)
        self.bring_back(math.inf)

    def harm(self, number):
        gateway, now = self.gateways[number], time.monotonic()
        if self.chance.random() < .65:
            gateway.child.send_signal(signal.SIGSTOP)
            self.back[number] = (now + math.exp(self.chance.uniform(*map(math.log, STOP_SECONDS))), wake)
            self.stops += 1
        else:
            gateway.kill()
            self.back[number] = (now + self.chance.uniform(.1, 5), lambda one: one.start())
            self.kills += 1

    def bring_back(self, now):
        for number, (when, do) in list(self.back.items()):
            if when <= now:
                do(self.gateways[number])
                del self.back[number]


def race(world, events, senders, chance, seconds):
    for one in world.gateways:
        one.start()
    stop, threads = senders.run(world.gateways, 1)
    try:
        takeover = judge_takeover(world)
        chaos = Chaos(world.gateways, chance)
        chaos.run(seconds)
    finally:
        stop.set()
        for one in world.gateways:
            wake(one)
        for thread in threads:
            thread.join()
    if senders.fault:
        raise senders.fault
    return takeover, chaos, kill9.finish(world, events, senders)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--glmapd", required=True)
    default = os.environ.get("GLMAP_RACE_SECONDS") or ("120" if os.environ.get("CI") == "true" else "25")
    parser.add_argument("--seconds", type=int, default=int(default))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
    options = parser.parse_args()
    if not kill9.postgres.installed():
        print("race: SKIPPED: PostgreSQL is not installed")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glmap-race-"))
    events, chance, started = kill9.Events(options.seed), random.Random(options.seed), time.monotonic()
    senders, world = Crowd(events, options.seed), None
    print("race: seed %d, %d seconds" % (options.seed, options.seconds), flush=True)
    try:
        world = World(options, folder)
        takeover, chaos, entries = race(world, events, senders, chance, options.seconds)
    except (Faults, RuntimeError, OSError, subprocess.CalledProcessError) as fault:
        print("race: %s\nrace: repeat with --seed %d; logs and ledgers are in %s" % (fault, options.seed, folder))
        return 1
    finally:
        if world:
            world.close()
    shutil.rmtree(folder)
    print("race: taken over after %.1f s; %d stops, %d kills; %d events, %d entries, %d requests without an answer, %d events repeated; "
          "none lost, none twice, to the cent (%.0f s)" % (takeover, chaos.stops, chaos.kills, len(events.made), len(entries),
                                                           senders.broken, senders.repeats, time.monotonic() - started))
    return 0


if __name__ == "__main__":
    sys.exit(main())
