#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [--quick] [-k 3] [--only check,simulate,intake] [--work DIR]: events a second, beside two peers on the same machine in the same run.

Prints Markdown tables. Never fails because something is slow; it does fail when results differ from the peers' (entries,
duplicates, unmatched). GLMAP_BIN names the folder with glmapc and glmapd. tests/bench/README.md says what is measured."""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUTSIDE = ROOT.parent / "shared" / "bench"  # a larger generator and more peers, where they are
GRID = [(10, 100_000), (100, 100_000), (1000, 100_000), (10_000, 100_000), (1000, 10_000), (1000, 1_000_000)]
QUICK_GRID = [(100, 10_000), (1000, 10_000)]


def note(text):
    print(text, file=sys.stderr, flush=True)


def prepare(work, rules, events):
    """The workload's folder, made once."""
    folder = work / ("R%d-N%d" % (rules, events))
    if not (folder / "cloud.ndjson.done").exists():
        note("making the workload R=%d N=%d" % (rules, events))
        generator = OUTSIDE / "gen.py"
        command = [generator, "events"] if generator.exists() else [HERE / "workload.py"]
        subprocess.run([sys.executable, "-B", *command, "-R", str(rules), "-N", str(events), "-o", folder], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, "-B", HERE / "to_glmap.py", folder], check=True, stdout=subprocess.DEVNULL)
        (folder / "cloud.ndjson.done").touch()
    return folder


def timed(command, times, read_counts):
    """(median seconds, counts of the last run)."""
    seconds, counts = [], {}
    for _ in range(times):
        start = time.perf_counter()
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
        seconds.append(time.perf_counter() - start)
        output = done.stdout[-2000:].decode("utf-8", "replace") + done.stderr[-2000:].decode("utf-8", "replace")
        if done.returncode != 0:
            raise SystemExit("bench: %s: exit %d\n%s" % (command[0], done.returncode, output))
        counts = read_counts(output)
    return statistics.median(seconds), counts


def peer_counts(output):
    found = json.loads(re.search(r"\{.*\}", output)[0])
    return {name: found[name] for name in ("entries", "duplicates", "unmatched")}


def simulate_counts(output):
    found = re.search(r"(\d+) events: (\d+) with entries .*?(\d+) held, (\d+) duplicate", output)
    return {"entries": int(found[2]), "duplicates": int(found[4]), "unmatched": int(found[3])}


def agree(name, counts, expected):
    if expected and counts != expected:
        raise SystemExit("bench: %s gives %s where the peer gives %s" % (name, counts, expected))


def node_peer():
    script = OUTSIDE / "peers" / "node_map.mjs"
    return script if script.exists() and shutil.which("node") else None


def rate(events, seconds):
    return events / seconds


def shown(value):
    return "%d" % round(value, -2) if value >= 1000 else "%.0f" % value


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


def bench_simulate(options, binaries):
    """events in, entries out as CSV, nothing durable: whole process, reading the bundle included."""
    rows = []
    for rules, events in QUICK_GRID if options.quick else GRID:
        folder = prepare(options.work, rules, events)
        bundle, out = folder / "bench.bundle", options.work / "out.csv"
        start = time.perf_counter()
        subprocess.run([binaries / "glmapc", "compile", folder / "book", "-o", bundle], check=True, stdout=subprocess.DEVNULL)
        compiled = time.perf_counter() - start
        python, expected = timed([sys.executable, HERE / "peer_dict.py", folder, out], options.k, peer_counts)
        command = "exec %s simulate %s %s --format csv >%s 2>%s.err; " % (binaries / "glmapc", bundle, folder / "cloud.ndjson", out, out)
        ours, counts = timed(["sh", "-c", command.replace("exec ", "") + "tail -n 1 %s.err" % out], options.k, simulate_counts)
        agree("glmapc simulate", counts, expected)
        cells = ["%d" % rules, "%d" % events, "%.1f s" % compiled, shown(rate(events, ours)), shown(rate(events, python)), "%.1f" % (python / ours)]
        if node_peer():
            node, counts = timed(["node", node_peer(), folder, out], options.k, peer_counts)
            agree("node Map", counts, expected)
            cells += [shown(rate(events, node)), "%.1f" % (node / ours)]
        rows.append(cells)
        note("simulate R=%d N=%d: %s events/s" % (rules, events, cells[3]))
    print("\n### Events to entries, nothing durable (events/s, median of %d)" % options.k)
    table(["rules", "events", "compile and prove", "glmapc simulate", "python dict", "ratio"] + (["node Map", "ratio"] if node_peer() else []), rows)


TABLES = [("partition", 10_000), ("plain", 10_000), ("derived", 10_000), ("partition", 50_000), ("plain", 50_000), ("derived", 50_000)]
QUICK_TABLES = [("partition", 1_000), ("plain", 1_000), ("derived", 1_000)]


def peak_and_seconds(command):
    """(seconds, peak MB) of one run of a program that must succeed."""
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit("bench: %s: exit %d" % (command[0], child.returncode))
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def bench_check(options, binaries):
    """A book with one large table: every proof, the bundle, the book's tests; and a second look after one row has changed."""
    import tables
    stages = pathlib.Path(os.environ.get("GLMAP_BENCH_CHECK") or binaries.parent / "tests" / "bench" / "bench_check")
    rows = []
    for shape, count in QUICK_TABLES if options.quick else TABLES:
        folder = options.work / ("tables-%s-%d" % (shape, count))
        if not (folder / "book.glmap").exists():
            note("making a table of %d rows, %s" % (count, shape))
            tables.write_book(count, shape, 1, folder)
        runs = [peak_and_seconds([binaries / "glmapc", "compile", folder, "-o", options.work / "tables.bundle"]) for _ in range(options.k)]
        inside = []
        for _ in range(options.k):
            done = subprocess.run([stages, folder], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit("bench: %s: exit %d\n%s%s" % (stages, done.returncode, done.stdout, done.stderr))
            inside.append(json.loads(done.stdout))
        middle = {name: statistics.median(run[name] for run in inside) for name in inside[0] if name != "same_findings"}
        megabytes = (folder / "revenue.csv").stat().st_size / 1e6
        rows.append([shape, "%d" % count, "%.2f s" % statistics.median(run[0] for run in runs), "%.0f MB" % max(run[1] for run in runs),
                     "%.1f MB" % megabytes, "%.0f MB/s" % (megabytes / middle["resolve"]), "%.0f ms" % (middle["verify"] * 1000),
                     "%.0f ms" % (middle["verify_again"] * 1000)])
        note("check %s %d rows: %s" % (shape, count, rows[-1][2]))
    print("\n### One large table: check and compile with all proofs (median of %d)" % options.k)
    table(["shape", "rows", "`glmapc compile`", "peak", "CSV", "CSV read and resolved", "all proofs", "again after one row changed"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small workloads, to see that everything works")
    parser.add_argument("-k", type=int, default=3, help="runs of each, of which the median is shown")
    parser.add_argument("--only", default="check,simulate,intake")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    binaries = pathlib.Path(os.environ.get("GLMAP_BIN") or ROOT / "build" / "release" / "bin")
    if not (binaries / "glmapc").exists():
        raise SystemExit("bench: no glmapc in %s; `./dev bench` builds it" % binaries)
    print("## Measured %s, %d cores" % (time.strftime("%Y-%m-%d"), os.cpu_count()))
    chosen = options.only.split(",")
    if "check" in chosen:
        bench_check(options, binaries)
    if "simulate" in chosen:
        bench_simulate(options, binaries)
    if "intake" in chosen:
        import intake
        intake.bench_intake(options, binaries, prepare, shown, table, OUTSIDE)


if __name__ == "__main__":
    main()
