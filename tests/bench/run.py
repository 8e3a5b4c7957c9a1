#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [--quick] [-k 3] [--only check,simulate,intake,gateway,schedules] [--stored N,...] [--soak MINUTES] [--work DIR]: events a second, beside two peers on the same machine in the same run.

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
GRID = [(10, 100_000), (100, 100_000), (1000, 100_000), (10_000, 100_000), (1000, 10_000), (1000, 1_000_000), (10_000, 1_000_000)]
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


class Measured:
    """Runs of one command: median seconds by the clock and of the processor, the largest memory, counts of the last run."""

    def __init__(self, seconds, cpu, megabytes, counts):
        self.seconds, self.cpu, self.megabytes, self.counts = seconds, cpu, megabytes, counts


def run_once(command, out_path, one_core):
    """(seconds, processor seconds, MB, exit code, last words) of a whole process; its output goes to a file."""
    prefix = ["taskset", "-c", "0"] if one_core else []
    with open(out_path, "wb") as out, open(str(out_path) + ".err", "w+b") as err:
        start = time.perf_counter()
        process = subprocess.Popen(prefix + [str(part) for part in command], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(max(0, os.fstat(err.fileno()).st_size - 2000))
        words = err.read().decode("utf-8", "replace")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, words


def timed(command, times, read_counts, out_path, one_core=False, counts_in_output=False):
    """Measured, or a word that says what became of it: a killed process is a result too."""
    runs, counts = [], {}
    for _ in range(times):
        run = run_once(command, out_path, one_core)
        if run[3] < 0:
            return "killed (signal %d)" % -run[3]
        words = pathlib.Path(out_path).read_text(encoding="utf-8") if counts_in_output else run[4]
        if run[3] != 0:
            raise SystemExit("bench: %s: exit %d\n%s" % (command[0], run[3], words[-2000:]))
        counts = read_counts(words)
        runs.append(run)
    return Measured(*(statistics.median(run[i] for run in runs) for i in range(2)), max(run[2] for run in runs), counts)


def peer_counts(output):
    found = json.loads(re.search(r"\{.*\}", output)[0])
    return {name: found[name] for name in ("entries", "duplicates", "unmatched")}


def simulate_counts(output):
    found = re.search(r"(\d+) events: (\d+) with entries .*?(\d+) held, (\d+) duplicate", output)
    return {"entries": int(found[2]), "duplicates": int(found[4]), "unmatched": int(found[3])}


def agree(name, measured, expected):
    if isinstance(measured, Measured) and measured.counts != expected:
        raise SystemExit("bench: %s gives %s where the peer gives %s" % (name, measured.counts, expected))


def node_peers():
    """[(name, script)]: read by lines as the manual shows it; and in whole pieces, as somebody does who looks for speed."""
    if not shutil.which("node"):
        return []
    scripts = [("node Map", "node_map.mjs"), ("node Map, in pieces", "node_map_fast.mjs")]
    return [(name, OUTSIDE / "peers" / script) for name, script in scripts if (OUTSIDE / "peers" / script).exists()]


def shown(value):
    return "%d" % round(value, -2) if value >= 1000 else "%.0f" % value


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


def bench_simulate(options, binaries):
    """events in, entries out as CSV, nothing durable: whole process, reading the bundle included. All on one core: the first of
    the machine, where taskset is."""
    one_core = shutil.which("taskset") is not None
    peers = node_peers()
    rows = []
    for rules, events in QUICK_GRID if options.quick else GRID:
        folder = prepare(options.work, rules, events)
        bundle, out, notes = folder / "bench.bundle", options.work / "out.csv", options.work / "peer.txt"
        start = time.perf_counter()
        subprocess.run([binaries / "glmapc", "compile", folder / "book", "-o", bundle], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        compiled = time.perf_counter() - start
        command = [binaries / "glmapc", "simulate", bundle, folder / "cloud.ndjson", "--format", "csv"]
        ours = timed(command, options.k, simulate_counts, out, one_core)
        scripts = [("python dict", [sys.executable, HERE / "peer_dict.py"])] + [(name, ["node", script]) for name, script in peers]
        measured = [timed([*script, folder, out], options.k, peer_counts, notes, one_core, True) for _, script in scripts]
        expected = measured[0].counts
        for (name, _), peer in zip(scripts[1:], measured[1:]):
            agree(name, peer, expected)
        agree("glmapc simulate", ours, expected)
        rows.append(simulate_row(rules, events, compiled, ours, measured))
        note("simulate R=%d N=%d: %s events/s, %s MB" % (rules, events, rows[-1][3], rows[-1][5]))
    print("\n### Events to entries, nothing durable (events/s by the clock, median of %d%s)" % (options.k, ", all on one core" if one_core else ""))
    table(["rules", "events", "compile and prove", "glmapc simulate", "us of processor an event", "peak MB"] + ["python dict"] +
          [name for name, _ in peers] + ["times the fastest peer"], rows)


def simulate_row(rules, events, compiled, ours, peers):
    rates = [events / peer.seconds if isinstance(peer, Measured) else 0 for peer in peers]
    cells = ["%d" % rules, "%d" % events, "%.1f s" % compiled]
    if isinstance(ours, Measured):
        cells += [shown(events / ours.seconds), "%.2f" % (ours.cpu / events * 1e6), "%.0f" % ours.megabytes]
    else:
        cells += [ours, "", ""]
    cells += [shown(one) if one else "killed" for one in rates]
    return cells + ["%.1f" % (events / ours.seconds / max(rates)) if isinstance(ours, Measured) else ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small workloads, to see that everything works")
    parser.add_argument("-k", type=int, default=3, help="runs of each, of which the median is shown")
    parser.add_argument("--only", default="check,simulate,intake,gateway,schedules")
    parser.add_argument("--stored", default="1000000", help="sizes of the store that the gateway is measured at, with commas between them")
    parser.add_argument("--soak", type=int, default=0, metavar="MINUTES", help="load the gateway for so long and watch its memory")
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
    if "gateway" in chosen:
        import gateway
        gateway.bench_gateway(options, binaries, prepare, shown, table, OUTSIDE)
    if "schedules" in chosen:
        import schedules
        schedules.bench_schedules(options, binaries, table)


if __name__ == "__main__":
    main()
