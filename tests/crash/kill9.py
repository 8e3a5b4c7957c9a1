#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill9.py --glmapc PATH --glmapd PATH [--store sqlite|postgres] [--cycles N] [--seed N]: nothing acknowledged is lost, nothing is posted twice.

A real glmapd takes events from several senders and delivers to two ledgers (files, and a Tryton double). It is killed with SIGKILL at
random moments and started again. Senders do what real ones do: they repeat whatever was not acknowledged, and sometimes what was.
At the end every event is there once, every entry stands once in its ledger, and the statement and the trial balance equal what
this script counted by itself. Shows I1, I6, I7, M11. Cycles: GLMAP_KILL9_CYCLES, else 200 where CI=true, else 20."""
import argparse
import collections
import decimal
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import glmapd

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "sql"))
import postgres  # noqa: E402

BOOK = ROOT / "tests" / "golden" / "base"
SENDERS = 4
STUCK_SECONDS_MAX = 60   # nothing delivered for so long is a fault; a long backlog that moves is not
EVENTS_FAST_MAX = 8000   # from then on senders send singly and slowly: kills matter here, not volume
CURRENCY = {"US": "USD", "DE": "EUR"}


class Faults(Exception):
    pass


def check(holds, text, *values):
    if not holds:
        raise Faults(text % values if values else text)


# ---- events ----------------------------------------------------------------------------------------------------------


class Events:
    """Makes events and remembers what each must lead to. Thread-safe."""

    def __init__(self, seed):
        self.lock, self.chance, self.number = threading.Lock(), random.Random(seed), 0
        self.made = {}  # id -> (event, entity, expected state, transaction total)

    def make(self):
        with self.lock:
            self.number += 1
            entity = self.chance.choice(("US", "DE"))
            data = {"entity": entity, "currency": CURRENCY[entity], "document_date": "2026-%02d-%02d" % (
                self.chance.randrange(1, 13), self.chance.randrange(1, 29))}
            kind, state, total = self.chance.choices(
                (("payment.received", "posted"), ("invoice.issued", "posted"), ("invoice.drafted", "no_entry"), ("dispute.opened", "held")),
                (50, 40, 5, 5))[0] + (decimal.Decimal(0),)
            if state == "posted":
                data["customer"] = "C%d" % self.chance.randrange(20)
            if kind == "payment.received":
                total = decimal.Decimal(self.chance.randrange(1, 10 ** 7)) / 100
                data["amount"] = str(total)
            elif kind == "invoice.issued":
                data["region"] = self.chance.choice(("AMER", "EMEA"))
                data["lines"] = []
                for _ in range(self.chance.randrange(1, 4)):
                    net, tax = (decimal.Decimal(self.chance.randrange(1, 10 ** 6)) / 100 for _ in range(2))
                    data["lines"].append({"product": self.chance.choice(("PLATFORM", "API", "SETUP")), "net": str(net), "tax": str(tax)})
                    total += net + tax
            event = {"specversion": "1.0", "id": "E-%d" % self.number, "source": "billing", "type": kind, "data": data}
            self.made[event["id"]] = (event, entity, state, total)
            return event


class Senders:
    """Threads that send batches until told to stop; what was not acknowledged is sent again, by whoever comes next."""

    def __init__(self, events, seed):
        self.events, self.lock, self.seed = events, threading.Lock(), seed
        self.acknowledged = {}          # id -> sequence
        self.unsure = collections.deque()  # batches without an answer
        self.repeats = self.broken = 0
        self.fault = None

    def run(self, server, seconds):
        """Sends for so long; returns when every thread has noticed the end (or the death of the server)."""
        stop = threading.Event()
        threads = [threading.Thread(target=self._send, args=(server, stop, "%s-%d-%d" % (self.seed, self.events.number, index)))
                   for index in range(SENDERS)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        return stop, threads

    def _send(self, server, stop, seed):
        chance = random.Random(seed)
        try:
            connection = server.connect(10)
            while not stop.is_set():
                batch = self._next_batch(chance)
                try:
                    self._post(connection, batch)
                except (OSError, glmapd.http.client.HTTPException):
                    with self.lock:
                        self.unsure.append(batch)
                        self.broken += 1
                    return
        except OSError:
            pass
        except Faults as fault:
            self.fault = fault

    def _next_batch(self, chance):
        with self.lock:
            if self.unsure:
                return self.unsure.popleft()
            known = [self.events.made[chance.choice(list(self.acknowledged))][0]] if self.acknowledged and chance.random() < .1 else []
        if len(self.events.made) < EVENTS_FAST_MAX:
            return known + [self.events.make() for _ in range(chance.choice((1, 1, 5, 25)))]
        time.sleep(.02)
        return known + [self.events.make()]

    def _post(self, connection, batch):
        body = "\n".join(json.dumps(event) for event in batch).encode()
        connection.request("POST", "/v1/events", body, {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status in (429, 503):
            raise OSError("busy")
        check(answer.status == 200, "POST /v1/events answered %d: %s", answer.status, text[:300])
        results = json.loads(text)["results"]
        check(len(results) == len(batch), "%d results for %d events", len(results), len(batch))
        with self.lock:
            for event, receipt in zip(batch, results):
                self._receipt(event["id"], receipt)

    def _receipt(self, name, receipt):
        check(receipt.get("id") == name, "the receipt of %s speaks of %s", name, receipt.get("id"))
        check(receipt["status"] in ("accepted", "no_entry", "held", "duplicate"), "%s: %s", name, receipt)
        before = self.acknowledged.get(name)
        if before is not None:
            self.repeats += 1
            check(receipt["status"] == "duplicate", "%s was acknowledged before and is now `%s`", name, receipt["status"])
            check(receipt["sequence"] == before, "%s was number %s and is now number %s", name, before, receipt["sequence"])
        self.acknowledged[name] = receipt["sequence"]


# ---- the world -------------------------------------------------------------------------------------------------------


class World:
    """Book, gateway, two ledgers, in one folder."""

    def __init__(self, options, folder):
        self.folder = folder
        self.sandbox = None
        shutil.copytree(BOOK, folder / "book")
        subprocess.run([options.glmapc, "compile", folder / "book", "-o", folder / "book.bundle"], check=True, stdout=subprocess.DEVNULL)
        self.start_sandbox(options)
        self.server = postgres.Server(careful=True) if options.store == "postgres" else None
        self.store = self.server.url() if self.server else "%s/store.db" % folder
        self.gateway = glmapd.gateway(options.glmapd, folder, self.configuration())

    def start_sandbox(self, options):
        subprocess.run([sys.executable, "-B", ROOT / "samples/tryton/accounts_from_book.py", self.folder / "book",
                        self.folder / "entities.csv", self.folder / "accounts.csv"], check=True)
        self.sandbox = glmapd.Process([options.glmapd, "sandbox", "--listen", "127.0.0.1:0", "--entities", self.folder / "entities.csv",
                                       "--accounts", self.folder / "accounts.csv"], self.folder / "sandbox.log").start()
        (self.folder / "password").write_text("sandbox\n", encoding="ascii")

    def configuration(self, name="kill9"):
        return """bundle: %(f)s/book.bundle
store: "%(store)s"
gateway: %(name)s
listen: 127.0.0.1:0
drain_ms_max: 2000
erp:
  - name: us
    kind: file
    settings: {folder: %(f)s/ledger, format: hledger}
  - name: de
    kind: tryton
    settings: {url: "%(url)s", database: acme, user: glmap, password_file: %(f)s/password, create_parties: yes, plain_http_hosts: 127.0.0.1}
    entities: {DE: {journal: GLMAP-DE}}
""" % {"f": self.folder, "url": self.sandbox.url, "store": self.store, "name": name}

    def close(self):
        self.gateway.stop()
        if self.sandbox:
            self.sandbox.stop()
        if self.server:
            self.server.stop()

    def documents(self):
        """How often each reference stands in its ledger, by entity; drafts count as `draft`."""
        journals = list((self.folder / "ledger" / "US").glob("*.journal"))
        text = "\n".join(path.read_text(encoding="utf-8") for path in journals)
        files = collections.Counter(re.findall(r"^\d{4}-\d\d-\d\d\S* .*?\(([A-Z2-7]{16})\)", text, re.M))
        tryton = collections.Counter(document["number"] if document["state"] == "posted" else "draft"
                                     for document in self.sandbox.get("/_documents"))
        return {"US": files, "DE": tryton}


# ---- judging ---------------------------------------------------------------------------------------------------------


def settle(world):
    """Waits until nothing is under way any more."""
    least, moved = None, time.monotonic()
    while time.monotonic() < moved + STUCK_SECONDS_MAX:
        waiting = sum(row["waiting"]["count"] for row in world.gateway.get("/v1/statement")["rows"])
        if waiting == 0:
            return
        if least is None or waiting < least:
            least, moved = waiting, time.monotonic()
        time.sleep(.2)
    raise Faults("%d events still wait and none moved for %d s: %s" % (waiting, STUCK_SECONDS_MAX, json.dumps(world.gateway.get("/v1/erp"))))


def judge_events(world, events, senders):
    found = world.gateway.all("/v1/events", "events")
    names = collections.Counter(event["id"] for event in found)
    twice = [name for name, count in names.items() if count > 1]
    check(not twice, "recorded twice: %s", twice[:5])
    lost = [name for name in senders.acknowledged if name not in names]
    check(not lost, "acknowledged and lost: %s", lost[:5])
    for event in found:
        expected = events.made[event["id"]][2]
        check(event["state"] == expected, "%s is %s, expected %s: %s", event["id"], event["state"], expected, event.get("reason"))
        check(senders.acknowledged.get(event["id"]) == event["sequence"], "%s has number %s", event["id"], event["sequence"])
    return found


def judge_entries(world, events):
    entries = world.gateway.all("/v1/entries", "entries")
    by_event = collections.Counter(entry["event_id"] for entry in entries)
    expected = {name for name, (_, _, state, _) in events.items() if state == "posted"}
    check(set(by_event) == expected, "entries for other events than expected: %s", sorted(set(by_event) ^ expected)[:5])
    check(max(by_event.values(), default=0) <= 1, "an event has two entries: %s", by_event.most_common(1))
    ledgers = world.documents()
    for entity, documents in ledgers.items():
        wanted = {entry["reference"] for entry in entries if entry["entity"] == entity}
        twice = [reference for reference, count in documents.items() if count > 1]
        check(not twice, "%s: posted twice in the ledger: %s", entity, twice[:5])
        check(set(documents) == wanted, "%s: the ledger and the gateway differ: %s", entity, sorted(set(documents) ^ wanted)[:5])
    return entries


def judge_statement(world, events):
    """Conservation, against sums made here from what was sent."""
    statement = world.gateway.get("/v1/statement")
    check(statement["agrees"], "the statement does not agree: %s", statement)
    expected = collections.defaultdict(lambda: [0, decimal.Decimal(0)])
    for _, entity, state, total in events.values():
        expected[entity, state][0] += 1
        expected[entity, state][1] += total
    for entity in CURRENCY:
        rows = [row for row in statement["rows"] if row["entity"] == entity]
        for state in ("posted", "no_entry", "held", "rejected"):
            count = sum(row[state]["count"] for row in rows)
            check(count == expected[entity, state][0], "%s: %d %s in the statement, %d were sent", entity, count, state, expected[entity, state][0])
        amount = sum((decimal.Decimal(row["posted"]["amount"]) for row in rows), decimal.Decimal(0))
        check(amount == expected[entity, "posted"][1], "%s: %s posted in the statement, %s were sent", entity, amount, expected[entity, "posted"][1])
    balance = world.gateway.get("/v1/trial-balance")
    check(balance["balanced"], "the trial balance does not balance: %s", balance["totals"])
    for total in balance["totals"]:
        sent = expected[total["entity"], "posted"][1]
        check(decimal.Decimal(total["debit"]) == sent, "%s: debits of %s, %s were sent", total["entity"], total["debit"], sent)


def cycle(world, senders, chance):
    """One life of the gateway: up, loaded, killed."""
    world.gateway.start()
    statement = world.gateway.get("/v1/statement")
    check(statement["agrees"], "after a restart the statement does not agree: %s", statement)
    stop, threads = senders.run(world.gateway, chance.choice((.02, .1, .3)) * (.5 + chance.random()))
    world.gateway.kill()
    stop.set()
    for thread in threads:
        thread.join()
    if senders.fault:
        raise senders.fault


def finish(world, events, senders):
    """The gateway is up: everything that was not acknowledged is sent again, everything is delivered, and all is judged."""
    connection = world.gateway.connect()
    while senders.unsure:
        senders._post(connection, senders.unsure.popleft())
    connection.close()
    check(len(senders.acknowledged) == len(events.made), "%d of %d acknowledged", len(senders.acknowledged), len(events.made))
    settle(world)
    judge_events(world, events, senders)
    entries = judge_entries(world, events.made)
    judge_statement(world, events.made)
    return entries


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glmapc", required=True)
    parser.add_argument("--glmapd", required=True)
    default = os.environ.get("GLMAP_KILL9_CYCLES") or ("200" if os.environ.get("CI") == "true" else "20")
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--cycles", type=int, default=int(default))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glmap-kill9-"))
    events, chance, started = Events(options.seed), random.Random(options.seed), time.monotonic()
    senders, world = Senders(events, options.seed), None
    if options.store == "postgres" and not postgres.installed():
        print("kill9: SKIPPED: PostgreSQL is not installed")
        return 0
    print("kill9: %s, seed %d, %d cycles" % (options.store, options.seed, options.cycles), flush=True)
    try:
        world = World(options, folder)
        for _ in range(options.cycles):
            cycle(world, senders, chance)
        world.gateway.start()   # the last life
        entries = finish(world, events, senders)
    except (Faults, RuntimeError, OSError, subprocess.CalledProcessError) as fault:
        print("kill9: %s\nkill9: repeat with --seed %d; store, ledgers and log are in %s" % (fault, options.seed, folder))
        return 1
    finally:
        if world:
            world.close()
    shutil.rmtree(folder)
    print("kill9: %d events, %d entries, %d requests cut off, %d events repeated; none lost, none twice, to the cent (%.0f s)" % (
        len(events.made), len(entries), senders.broken, senders.repeats, time.monotonic() - started))
    return 0


if __name__ == "__main__":
    sys.exit(main())
