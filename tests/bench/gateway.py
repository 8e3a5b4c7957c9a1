# SPDX-License-Identifier: Apache-2.0
"""A gateway that has run for a while: intake into a store that holds a million events, single events by the clock, the start after a
kill, delivery into a ledger of files and into a Tryton double, and a soak. Used by run.py.

Events come from bench_load, one thread in C++, so that the sender takes little of the machine. Beside every rate by the clock stands
the processor's time an event (user and system, of glmapd alone): it hardly changes when others use the machine, too."""
import json
import os
import pathlib
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import intake

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WARM_SECONDS = 60   # of a soak, before memory counts


def processor_seconds(server):
    text = pathlib.Path("/proc/%d/stat" % server.child.pid).read_text(encoding="ascii", errors="replace")
    fields = text.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(server):
    for line in open("/proc/%d/status" % server.child.pid, encoding="ascii", errors="replace"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


class Loaded:
    """A gateway under load. Every load sends events that it has not seen."""

    def __init__(self, binaries, work, config, events):
        self.binaries, self.events, self.sent_passes = binaries, events, 0
        self.lines = sum(1 for _ in open(events, "rb"))
        self.server = intake.glmapd.gateway(binaries / "glmapd", work, config).start()

    def load(self, count, batch, connections, rate=0):
        """What bench_load says, with `us`: processor time of glmapd an event."""
        before = processor_seconds(self.server)
        done = subprocess.run([self.binaries.parent / "tests" / "bench" / "bench_load", str(self.server.address[1]), self.events, "--events", str(count), "--batch", str(batch),
                               "--connections", str(connections), "--rate", str(rate), "--pass", str(self.sent_passes)], check=True, stdout=subprocess.PIPE)
        self.sent_passes += count // self.lines + 1
        result = json.loads(done.stdout)
        result["us"] = (processor_seconds(self.server) - before) / count * 1e6
        result["rate"] = count / result["seconds"]
        return result

    def restart_seconds(self):
        """From a kill -9 to the first event that is taken."""
        self.server.child.send_signal(signal.SIGKILL)
        self.server.child.wait()
        self.server.child = None
        start = time.perf_counter()
        self.server.start()
        self.load(1, 1, 1)
        return time.perf_counter() - start

    def stop(self):
        self.server.stop()


def configuration(folder, store, erp=""):
    return 'bundle: %s\nstore: "%s"\nlisten: 127.0.0.1:0\n%s' % (folder / "bench.bundle", store, erp)


def agreeing(loaded):
    if not loaded.server.get("/v1/statement")["agrees"]:
        raise SystemExit("bench: the statement does not agree")


def at_size(binaries, work, folder, store, stored, singles_seconds):
    """A row: intake and latency at so many events."""
    loaded = Loaded(binaries, work, configuration(folder, store), folder / "cloud.ndjson")
    try:
        empty = loaded.load(100_000, 1000, 4)
        filled = loaded.load(max(stored - 200_000, 100_000), 1000, 4)
        bulk = loaded.load(100_000, 1000, 4)
        single = loaded.load(2000 * singles_seconds, 1, 16, 2000)
        memory = memory_mb(loaded.server)
        restart = loaded.restart_seconds()
        agreeing(loaded)
    finally:
        loaded.stop()
    print("at %d stored events: %.0f events/s, %.1f us; singles p99 %.1f ms" % (stored, bulk["rate"], bulk["us"], single["p99"]), file=sys.stderr, flush=True)
    return empty, filled, bulk, single, memory, restart


def size_row(name, stored, run, shown):
    empty, filled, bulk, single, memory, restart = run
    return [name, "%d" % stored, shown(empty["rate"]), shown(filled["rate"]), shown(bulk["rate"]), "%.1f" % empty["us"], "%.1f" % bulk["us"],
            "%.1f ms" % single["p50"], "%.1f ms" % single["p99"], "%.0f MB" % memory, "%.2f s" % restart]


# ---- peers -------------------------------------------------------------------------------------------------------------


def node_commands(folder, work, outside, cluster):
    """(name, command, environment) of the durable peers that can run here."""
    modules = os.environ.get("NODE_MODULES", str(ROOT / "build" / "node"))
    environment = dict(os.environ, NODE_MODULES=modules)
    peers = outside / "peers"
    if (pathlib.Path(modules) / "node_modules" / "better-sqlite3").exists() and (peers / "node_sqlite.mjs").exists():
        yield "node + SQLite", ["node", peers / "node_sqlite.mjs", folder, work + "/peer-node.db", "1000"], environment
    if cluster and (pathlib.Path(modules) / "node_modules" / "pg").exists() and (peers / "node_pg.mjs").exists():
        reached = dict(environment, PGHOST=str(cluster.folder), PGUSER="glmap", PGDATABASE="postgres")
        yield "node + PostgreSQL", ["node", peers / "node_pg.mjs", folder, "1000", "1"], reached


def fastest_peer(folder, work, outside, cluster, events):
    """(name, events/s, us of processor an event) of each durable peer, 1,000 events a commit into an empty store, no HTTP."""
    commands = [("python + SQLite", [sys.executable, "-B", HERE / "peer_sqlite.py", folder, work + "/peer.db", "1000"], None)]
    commands += node_commands(folder, work, outside, cluster)
    rates = []
    for name, command, environment in commands:
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        rates.append((name, events / (time.perf_counter() - start), spent / events * 1e6))
    return rates


# ---- delivery ----------------------------------------------------------------------------------------------------------


def erp_configuration(kind, work, sandbox):
    if kind == "file":
        return "erp:\n  - name: none\n    kind: file\n    settings: {folder: %s/ledger, format: hledger}\n" % work
    if kind == "ledger":
        return "erp:\n  - name: none\n    kind: ledger\n    settings: {url: \"%s/ledger/v1\", plain_http_hosts: 127.0.0.1}\n" % sandbox.url
    with open(work + "/entities.csv", encoding="utf-8") as entities:
        journals = ", ".join("%s: {journal: GLMAP-%s}" % (code, code) for code in (line.split(",")[0] for line in list(entities)[1:]))
    return ("erp:\n  - name: none\n    kind: tryton\n    settings: {url: \"%s\", database: acme, user: glmap, password_file: %s/password, "
            "plain_http_hosts: 127.0.0.1}\n    entities: {%s}\n" % (sandbox.url, work, journals))


def start_sandbox(binaries, work, folder):
    pathlib.Path(work, "password").write_text("sandbox\n", encoding="ascii")
    subprocess.run([sys.executable, "-B", ROOT / "samples/tryton/accounts_from_book.py", folder / "book", work + "/entities.csv", work + "/accounts.csv"],
                   check=True, stdout=subprocess.DEVNULL)
    return intake.glmapd.Process([binaries / "glmapd", "sandbox", "--listen", "127.0.0.1:0", "--entities", work + "/entities.csv", "--accounts",
                                  work + "/accounts.csv"], work + "/sandbox.log").start()


def confirmed(server):
    lanes = server.get("/v1/erp")["erp"]
    for lane in lanes:
        if lane["state"] in ("stopped", "paused"):
            raise SystemExit("bench: the connection is %s: %s" % (lane["state"], lane.get("reason")))
    return sum(lane["confirmed"] for lane in lanes)


def wait_for(server, count, seconds_max):
    """Until so many entries are confirmed; a fault when for so long none was."""
    seen, end = -1, 0
    while seen < count:
        now = confirmed(server)
        if now > seen:
            seen, end = now, time.monotonic() + seconds_max
        if time.monotonic() > end:
            raise SystemExit("bench: %d of %d entries were confirmed, then none in %d s: %s" % (seen, count, seconds_max, server.get("/v1/erp")))
        time.sleep(.05)


def confirmation_times(store, first):
    """Milliseconds from an event's arrival to its last entry's confirmation, as the history has them, sorted."""
    with sqlite3.connect("file:%s?mode=ro" % store, uri=True) as database:
        rows = database.execute("SELECT h.at - e.received_at FROM history h JOIN events e ON e.number = h.event WHERE h.entry IS NULL AND h.to_state = 1 "
                                "AND h.event >= ?", (first,)).fetchall()
    return sorted(row[0] / 1000 for row in rows)


def delivered(binaries, work, folder, kind, count, rate):
    """(entries/s of a backlog, us of processor time an entry, p50 and p99 of event to confirmed entry at a steady rate)"""
    sandbox = start_sandbox(binaries, work, folder) if kind != "file" else None
    store, events = work + "/store.db", pathlib.Path(work, "this-year.ndjson")
    events.write_bytes((folder / "cloud.ndjson").read_bytes().replace(b'"2025-', b'"2026-'))   # the double's periods begin in 2026
    loaded = Loaded(binaries, work, configuration(folder, store, erp_configuration(kind, work, sandbox)), events)
    try:
        before, start = processor_seconds(loaded.server), time.perf_counter()
        expected = loaded.load(count, 1000, 2)["accepted"]
        wait_for(loaded.server, expected, 60)
        seconds, spent = time.perf_counter() - start, processor_seconds(loaded.server) - before
        loaded.load(count, 1, 16, rate)
        last = loaded.server.get("/v1/entries?limit=1000&state=ready")["entries"]
        while last:
            time.sleep(.2)
            last = loaded.server.get("/v1/entries?limit=1000&state=ready")["entries"]
        agreeing(loaded)
    finally:
        loaded.stop()
        if sandbox:
            sandbox.stop()
    times = confirmation_times(store, count + 1)
    return expected / seconds, spent / expected * 1e6, statistics.median(times), times[int(len(times) * .99)]


# ---- soak --------------------------------------------------------------------------------------------------------------


def soak(binaries, work, folder, minutes, shown):
    loaded = Loaded(binaries, work, configuration(folder, work + "/store.db"), folder / "cloud.ndjson")
    seen, times, began = [], [], time.monotonic()
    try:
        while time.monotonic() < began + minutes * 60:
            times.append(loaded.load(20_000, 100, 4, 2000)["p99"])
            if time.monotonic() > began + min(WARM_SECONDS, minutes * 30):
                seen.append(memory_mb(loaded.server))
        agreeing(loaded)
    finally:
        loaded.stop()
    middle = (max(seen) + min(seen)) / 2
    return ["%d min" % minutes, shown(2000), "%.0f..%.0f MB" % (min(seen), max(seen)), "%.1f %%" % ((max(seen) - middle) / middle * 100),
            "%.1f ms" % statistics.median(times), "%.1f ms" % max(times)]


# ---- all of it ---------------------------------------------------------------------------------------------------------


def bench_gateway(options, binaries, prepare, shown, table, outside):
    events = 10_000 if options.quick else 100_000
    folder = prepare(options.work, 1000, events)
    subprocess.run([binaries / "glmapc", "compile", folder / "book", "-o", folder / "bench.bundle"], check=True, stdout=subprocess.DEVNULL)
    cluster = intake.postgres.Server(careful=True) if intake.postgres.installed() else None
    stored = [300_000] if options.quick else [int(part) for part in options.stored.split(",")]
    rows, best = [], 0
    for size in stored:
        with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=options.work) as work:
            run = at_size(binaries, work, folder, work + "/store.db", size, 2 if options.quick else 20)
            rows.append(size_row("SQLite", size, run, shown))
            best = best or run[2]["rate"]
        if cluster and size <= 1_000_000:
            with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=options.work) as work:
                cluster.forget()
                rows.append(size_row("PostgreSQL", size, at_size(binaries, work, folder, cluster.url(), size, 2 if options.quick else 20), shown))
    print("\n### A gateway with many events (R=1000; HTTP, 1,000 events a request, 4 senders; single events at 2,000/s; durable when answered)")
    table(["store", "stored", "events/s empty", "while filling", "at that size", "us of processor an event, empty", "at that size", "single p50", "p99", "memory",
           "kill -9 to first accept"], rows)
    with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=options.work) as work:
        peers = fastest_peer(folder, work, outside, cluster, events)
    table(["durable peer, 1,000 a commit, empty store, no HTTP", "events/s", "us of processor an event, without the database's server",
           "glmapd on SQLite at %d, times as fast" % stored[0]], [[name, shown(rate), "%.1f" % us, "%.1f" % (best / rate)] for name, rate, us in peers])
    if cluster:
        cluster.stop()
    delivery_rows = []
    for kind, count, rate in (("file", 10_000, 500), ("tryton", 5_000, 100), ("ledger", 20_000, 1000)):
        with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=options.work) as work:
            posted, us, p50, p99 = delivered(binaries, work, folder, kind, 1_000 if options.quick else count, rate)
        delivery_rows.append([kind, shown(posted), "%.0f" % us, "%d" % rate, "%.1f ms" % p50, "%.1f ms" % p99])
    print("\n### From the event to the confirmed entry (each entry read back; one connection; the double shares the machine)")
    table(["ledger", "entries/s, intake included", "us of processor an entry", "at entries/s", "event to confirmed p50", "p99"], delivery_rows)
    if options.soak:
        with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=options.work) as work:
            print("\n### Soak")
            table(["length", "events/s", "memory", "more or less", "p99 of a request of 100, median", "worst"], [soak(binaries, work, folder, options.soak, shown)])
