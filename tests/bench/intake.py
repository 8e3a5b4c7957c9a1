# SPDX-License-Identifier: Apache-2.0
"""Durable intake: events over HTTP into a running `glmapd serve`, beside scripts that write to SQLite themselves. Used by run.py.

An event counts when its answer has come, and the answer comes when event, entries and outbox are on disk. Delivery is not measured:
no ERP is configured, the entries wait."""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))
sys.path.append(str(HERE.parent / "sql"))
import glmapd  # noqa: E402
import postgres  # noqa: E402

# (events a request, senders, events at most)
LOADS = [(1, 16, 20_000), (100, 8, 100_000), (1000, 4, 100_000)]
QUICK_LOADS = [(1, 8, 2_000), (100, 4, 10_000)]


def bodies(path, size, count):
    """Requests of `size` events each, as bytes."""
    requests, lines = [], []
    with open(path, "rb") as events:
        for number, line in enumerate(events):
            if number == count:
                break
            lines.append(line)
            if len(lines) == size:
                requests.append(b"".join(lines))
                lines = []
    return requests + [b"".join(lines)] if lines else requests


def send_all(server, requests, senders):
    """(seconds, sorted answer times, counts) of sending every request by so many connections."""
    waiting, lock = list(reversed(requests)), threading.Lock()
    times, counts, faults = [], {}, []

    def work():
        connection = server.connect()
        while True:
            with lock:
                if not waiting or faults:
                    break
                body = waiting.pop()
            start = time.perf_counter()
            connection.request("POST", "/v1/events", body, {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            text = answer.read()
            spent = time.perf_counter() - start
            if answer.status == 503:   # busy: as a sender does, wait and repeat
                time.sleep(.05)
                with lock:
                    waiting.append(body)
                continue
            with lock:
                times.append(spent)
                if answer.status != 200:
                    faults.append((answer.status, text[:300]))
                for name, count in read_counts(text).items():
                    counts[name] = counts.get(name, 0) + count
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(senders)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    if faults:
        raise SystemExit("bench: POST /v1/events answered %s %s" % faults[0])
    return seconds, sorted(times), counts


def read_counts(text):
    """The `counts` at the end of a batch's answer, without reading the receipts before it."""
    at = text.rfind(b'"counts":{')
    pairs = text[at + 10:text.index(b"}", at)].split(b",") if at >= 0 else []
    return {name.strip(b'"').decode(): int(value) for name, _, value in (pair.partition(b":") for pair in pairs)}


def one_run(binaries, folder, size, senders, count, database=None):
    """`database`: a PostgreSQL cluster of our own; without it the store is SQLite."""
    with tempfile.TemporaryDirectory(prefix="glmap-bench-", dir=folder.parent) as work:
        if database:
            database.forget()
        store = database.url() if database else work + "/store.db"
        config = "bundle: %s\nstore: \"%s\"\nlisten: 127.0.0.1:0\n" % (folder / "bench.bundle", store)
        server = glmapd.gateway(binaries / "glmapd", work, config).start()
        try:
            seconds, times, counts = send_all(server, bodies(folder / "cloud.ndjson", size, count), senders)
            statement = server.get("/v1/statement")
            peak = server.peak_mb()
        finally:
            server.stop()
        if not statement["agrees"]:
            raise SystemExit("bench: the statement does not agree")
    return seconds, times, counts, peak


def median_run(times, *arguments):
    return sorted((one_run(*arguments) for _ in range(times)), key=lambda run: run[0])[times // 2]


def peer(folder, database, per_commit, count, times):
    """(median seconds, counts)"""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-B", HERE / "peer_sqlite.py", folder, database, str(per_commit), str(count)], check=True,
                              stdout=subprocess.PIPE)
        seconds.append(time.perf_counter() - start)
    counts = json.loads(done.stdout)
    del counts["lines"]
    return statistics.median(seconds), counts


def sql_peer(folder, database, outside, times):
    """One SQL statement over the whole file, by the sqlite3 command: (seconds) or None."""
    script = outside / "peers" / "sqlite_sql.sh"
    if not script.exists() or not shutil.which("sqlite3"):
        return None
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(["sh", script, folder, database, "json", "probe"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def bench_intake(options, binaries, prepare, shown, table, outside):
    rows = []
    loads = QUICK_LOADS if options.quick else LOADS
    rules, events = 1000, max(count for _, _, count in loads)
    folder = prepare(options.work, rules, events)
    subprocess.run([binaries / "glmapc", "compile", folder / "book", "-o", folder / "bench.bundle"], check=True, stdout=subprocess.DEVNULL)
    database = str(options.work / "peer.db")
    cluster = postgres.Server(careful=True) if postgres.installed() else None
    for size, senders, count in loads:
        seconds, times, counts, peak = median_run(options.k, binaries, folder, size, senders, count)
        on_postgres, _, counts_there, _ = median_run(options.k, binaries, folder, size, senders, count, cluster) if cluster else (0, 0, counts, 0)
        if counts_there != counts:
            raise SystemExit("bench: on PostgreSQL %s, on SQLite %s" % (counts_there, counts))
        python, expected = peer(folder, database, size, count, options.k)
        got = {"entries": counts["accepted"], "duplicates": counts["duplicate"], "unmatched": counts["held"]} if size > 1 else None
        if got and got != expected:
            raise SystemExit("bench: glmapd gives %s where the peer gives %s" % (got, expected))
        rows.append(["%d" % size, "%d" % senders, shown(count / seconds), shown(count / on_postgres) if on_postgres else "-", "%.1f ms" % (times[len(times) // 2] * 1000),
                     "%.1f ms" % (times[int(len(times) * .99)] * 1000), "%.0f MB" % peak, shown(count / python), "%.2f" % (python / seconds)])
        print("intake, %d events a request: %s events/s" % (size, rows[-1][2]), file=sys.stderr, flush=True)
    if cluster:
        cluster.stop()
    print("\n### Events over HTTP, durable when answered (R=1000; events/s, median of %d)" % options.k)
    table(["events a request", "senders", "glmapd", "on PostgreSQL", "answer p50", "p99", "peak memory", "python + SQLite, same commits", "ratio"], rows)
    bulk = sql_peer(folder, database, outside, options.k)
    if bulk:
        print("\nThe whole file in one SQL statement and one commit (`sqlite3`, no HTTP): %s events/s." % shown(events / bulk))
