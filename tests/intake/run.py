#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py --glmapc PATH: real payloads of seven systems through mappings/intake, held against expected.txt, which was
written by reading the payloads.

The payloads were written by others and are not part of this repository: they lie in ../shared/events beside it. Without
them this says so and ends with 77, which ctest shows as skipped."""
import argparse
import fnmatch
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SKIPPED = 77
SYSTEMS = ("stripe", "killbill", "openmeter", "gocardless", "adyen", "shopify", "maxio")
# An invoice or credit note by itself is read by an intake of its own.
OTHER_INTAKE = {"maxio/invoices.%s.json" % number: "maxio_single" for number in ("02", "06", "17")}
IDENTITY = {"credit.granted": "credit", "processor.moved": "movement"}


class ExpectedFault(Exception):
    """expected.txt itself is written wrongly."""


def expectations():
    """[(pattern, [outcome])]: a line `pattern: outcome; outcome` each; the first pattern that fits a file counts."""
    found = []
    for number, line in enumerate((HERE / "expected.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, colon, rest = line.partition(": ")
        if not colon:
            raise ExpectedFault("expected.txt:%d: `%s` has no colon" % (number, line))
        found.append((pattern, [outcome.strip() for outcome in rest.split(";")]))
    return found


def bodies(file):
    """What a sender would send. The fixtures of GoCardless are requests of a client's tests with the answer in `body`."""
    text = file.read_text(encoding="utf-8")
    if file.parent.name != "gocardless":
        return [text]
    return [json.dumps(request["body"]) for request in json.loads(text).values()]


def amount_of(data):
    for name in ("total", "amount", "quantity"):
        if name in data:
            return data[name]
    return "?"


def in_words(event):
    """`payment.received ch_1 US 2026-10-01 USD 20.00`"""
    data = event["data"]
    name = data[IDENTITY.get(event["type"], event["type"].partition(".")[0])]
    words = [event["type"], name, data["entity"], data.get("document_date", "-"), data.get("currency", "-"), amount_of(data)]
    return " ".join(words)


def outcomes(glmapc, bundle, system, body, work):
    """(what became of each payload, drift)"""
    path, report = work / "body.json", work / "report.json"
    path.write_text(body, encoding="utf-8")
    done = subprocess.run([glmapc, "intake", bundle, system, path, "--report", report], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return ["glmapc ends with %d: %s" % (done.returncode, done.stderr.strip())], []
    told = json.loads(report.read_text(encoding="utf-8"))
    found = [in_words(json.loads(line)) for line in done.stdout.splitlines()]
    found += ["no event"] * told["totals"]["no_event"] + ["refused " + one["code"] for one in told["refused"]]
    return found, ["%s %s" % (one["kind"], one["path"]) for one in told["drift"]]


def grouped(found):
    """Equal outcomes that follow each other become one: `3 x no event`."""
    result = []
    for one in found:
        if result and result[-1][1] == one:
            result[-1][0] += 1
        else:
            result.append([1, one])
    return [one if count == 1 else "%d x %s" % (count, one) for count, one in result]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--glmapc", required=True, type=pathlib.Path)
    parser.add_argument("--events", type=pathlib.Path, default=ROOT.parent / "shared" / "events")
    parser.add_argument("--show", action="store_true", help="print what becomes of every file, and compare nothing")
    options = parser.parse_args()
    if not options.events.is_dir():
        print("SKIPPED: there are no payloads at %s; the intakes of seven systems are NOT tried on real payloads" % options.events)
        return SKIPPED
    expected, used, wrong, files = expectations(), set(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        bundle = work / "intake.bundle"
        subprocess.run([options.glmapc, "compile", ROOT / "mappings/intake", "-o", bundle], check=True, stdout=subprocess.DEVNULL)
        for file in (one for system in SYSTEMS for one in sorted((options.events / system).glob("*.json"))):
            files += 1
            name = "%s/%s" % (file.parent.name, file.name)
            found, drift = [], []
            for body in bodies(file):
                came, differs = outcomes(options.glmapc, bundle, OTHER_INTAKE.get(name, file.parent.name), body, work)
                found += came
                drift += [one for one in differs if one not in drift]
            found = grouped(found) + ["drift " + one for one in drift]
            if options.show:
                print("%s: %s" % (name, "; ".join(found)))
                continue
            match = next(((pattern, wanted) for pattern, wanted in expected if fnmatch.fnmatchcase(name, pattern)), None)
            if match is None:
                wrong += 1
                print("%s: expected.txt says nothing about it; it gives: %s" % (name, "; ".join(found)))
                continue
            used.add(match[0])
            if found != match[1]:
                wrong += 1
                print("%s\n  expected: %s\n  found:    %s" % (name, "; ".join(match[1]), "; ".join(found)))
    for pattern, _ in expected:
        if pattern not in used and not options.show:
            wrong += 1
            print("expected.txt: no file is like `%s`" % pattern)
    print("intake: %d files of %d systems, %d wrong" % (files, len(SYSTEMS), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
