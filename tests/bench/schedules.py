# SPDX-License-Identifier: Apache-2.0
"""The run of a period: so many revenue schedules whose month is over, and the gateway posts the due entry of each. Used by run.py.

Invoices with a year of service each go in, dated in October; one event of November lets October end. The clock runs from that event until
every schedule's entry is in the store. Then the same again by another event, and over a restart: nothing more is posted."""
import json
import sqlite3
import subprocess
import tempfile
import time
import pathlib

import gateway
import intake

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH = 500
SECONDS_MAX = 600


def event(number, moment, line):
    day = moment[:10]
    data = {"invoice": "I-%d" % number, "contract": "K-%d" % number, "entity": "US", "customer": "C-%d" % (number % 5000), "currency": "USD",
            "document_date": day, "lines": [line]}
    return {"specversion": "1.0", "id": "E-%d" % number, "source": "bench", "type": "invoice.issued", "time": moment, "data": data}


def yearly(number):
    return event(number, "2026-10-01T09:00:00Z", {"product": "PLATFORM", "net": "%d.%02d" % (365 + number % 1000, number % 100), "tax": "0.00",
                                                  "service_from": "2026-10-01", "service_until": "2027-09-30"})


def at_once(number, moment):
    return event(number, moment, {"product": "TRAINING", "net": "1.00", "tax": "0.00", "service_from": moment[:10], "service_until": moment[:10]})


def post(server, events):
    connection = server.connect()
    body = "".join(json.dumps(one) + "\n" for one in events)
    connection.request("POST", "/v1/events", body, {"Content-Type": "application/x-ndjson"})
    answer = connection.getresponse()
    results = json.loads(answer.read())["results"]
    connection.close()
    if answer.status not in (200, 202, 207) or any(one["status"] not in ("accepted", "duplicate") for one in results):
        raise SystemExit("bench: %d %s" % (answer.status, [one for one in results if one["status"] != "accepted"][:2]))


def entries(store):
    database = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    count = database.execute("SELECT count(*) FROM entries").fetchone()[0]
    database.close()
    return count


def until(store, wanted):
    deadline = time.monotonic() + SECONDS_MAX
    while (count := entries(store)) < wanted:
        if time.monotonic() > deadline:
            raise SystemExit("bench: %d entries of %d" % (count, wanted))
        time.sleep(.02)
    return count


def bench_schedules(options, binaries, table):
    count = 2000 if options.quick else 100_000
    with tempfile.TemporaryDirectory(prefix="glmap-schedules-") as folder:
        work = pathlib.Path(folder)
        subprocess.run([binaries / "glmapc", "compile", ROOT / "mappings/accrual", "-o", work / "bench.bundle"], check=True, stdout=subprocess.DEVNULL)
        store = work / "gateway.db"
        server = intake.glmapd.gateway(binaries / "glmapd", work, gateway.configuration(work, store)).start()
        started = time.perf_counter()
        for first in range(0, count, BATCH):
            post(server, [yearly(number) for number in range(first, min(first + BATCH, count))])
        invoices = time.perf_counter() - started
        before = gateway.processor_seconds(server)
        started = time.perf_counter()
        post(server, [at_once(count, "2026-11-02T12:00:00Z")])
        until(store, 2 * count + 1)
        run, cpu = time.perf_counter() - started, gateway.processor_seconds(server) - before
        post(server, [at_once(count + 1, "2026-11-03T12:00:00Z")])
        server.stop()
        server.start()
        post(server, [at_once(count + 2, "2026-11-04T12:00:00Z")])
        if entries(store) != 2 * count + 3:
            raise SystemExit("bench: %d entries, %d are due once each" % (entries(store), 2 * count + 3))
        agrees = server.get("/v1/statement")["agrees"]
        server.stop()
    if not agrees:
        raise SystemExit("bench: the statement does not agree")
    print("\n### The run of a period: revenue schedules whose month is over")
    table(["schedules", "their invoices taken", "due entries posted", "entries a second", "us of processor an entry"],
          [["%d" % count, "%.1f s" % invoices, "%.1f s" % run, "%.0f" % (count / run), "%.0f" % (cpu / count * 1e6)]])
