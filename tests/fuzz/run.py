#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py BINARIES SECONDS [READER ...]: runs the fuzz programs, two at a time; fails when one finds something."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
READERS = ["book", "row", "csv", "yaml", "check", "json", "event", "literal", "bundle"]
INPUT_BYTES_MAX = {"row": 2000, "literal": 100, "csv": 5000, "event": 5000}
INPUT_SECONDS_MAX = 20   # with sanitizers on a busy machine
MEMORY_MB_MAX = 2000


def texts(*patterns):
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_bytes()


def seeds(reader, binaries):
    books = ["mappings/*/*.glmap", "tests/golden/base/*.glmap", "tests/unit/syntax/books/*.glmap"]
    if reader in ("book", "check"):
        return list(texts(*books))
    if reader == "row":
        return [row for text in texts(*books) for row in re.findall(rb"\|[^\n]*", text)]
    if reader == "csv":
        return [b"entity,region,account,from,until\nUS,any,4010,,\nDE,EMEA,4200,,\nDE,AMER,4220,,2026-12-31\nDE,AMER,4225,2027-01-01,\n"]
    if reader == "yaml":
        return list(texts("mappings/*/reference/*.yaml", "tests/golden/base/reference/*.yaml"))
    if reader in ("json", "event"):
        events = [line for text in texts("samples/*/*.ndjson") for line in text.splitlines()]
        return events + list(texts("samples/*/*.json"))
    if reader == "literal":
        return [b"1", b"-119.00", b"1e3", b"2026-10-01", b"2026-10-01T09:00:00+02:00", b"EUR", b"0.91234"]
    bundle = binaries / "seed.bundle"
    if (binaries / "glmapc").exists():
        subprocess.run([binaries / "glmapc", "compile", ROOT / "tests/golden/base", "-o", bundle], check=True, stdout=subprocess.DEVNULL)
        return [json.dumps(json.loads(bundle.read_text(encoding="utf-8"))["payload"]).encode()]
    return [b"{}"]


def run(reader, binaries, seconds):
    corpus, found = binaries.parent / "corpus" / reader, binaries.parent / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds(reader, binaries)):
        (corpus / ("seed-%04d" % number)).write_bytes(text)
    command = [binaries / ("fuzz_" + reader), corpus, "-max_total_time=%d" % seconds, "-timeout=%d" % INPUT_SECONDS_MAX,
               "-rss_limit_mb=%d" % MEMORY_MB_MAX, "-max_len=%d" % INPUT_BYTES_MAX.get(reader, 20_000), "-print_final_stats=1",
               "-artifact_prefix=%s/%s-" % (found, reader), "-verbosity=0"]
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1", UBSAN_OPTIONS="print_stacktrace=1")
    done = subprocess.run([str(part) for part in command], capture_output=True, env=environment, check=False)
    text = done.stderr.decode("utf-8", "replace")
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    return reader, done.returncode, int(runs[1]) if runs else 0, text


def main():
    binaries, seconds, readers = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3:] or READERS
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for reader, status, runs, text in pool.map(lambda name: run(name, binaries, seconds), readers):
            print("fuzz %-8s %10d inputs  %s" % (reader, runs, "clean" if status == 0 else "FOUND SOMETHING"), flush=True)
            if status != 0:
                faults += 1
                print(text[-6000:])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
