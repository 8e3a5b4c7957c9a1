#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py BINARIES --seconds N [--glmapc PATH] [--junit FILE] [READER ...]

Runs the fuzz programs N seconds each, two at a time, and fails when one finds something. An input that breaks a promise
is kept in found/ beside BINARIES and printed. --junit writes one test case a reader, for the closing line."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
READERS = [path.stem.removeprefix("fuzz_") for path in sorted(HERE.glob("fuzz_*.cpp"))]
INPUT_BYTES_MAX = {"row": 2000, "literal": 100, "csv": 5000, "event": 5000, "payload": 5000}
INPUT_SECONDS_MAX = 20   # with sanitizers on a busy machine
MEMORY_MB_MAX = 2000
SHOWN_BYTES_MAX = 2000
SHOWN_TEXT_MAX = 6000


def texts(*patterns):
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_bytes()


def bundle_seed(glmapc, folder):
    if not glmapc:
        return b"{}"
    bundle = folder / "seed.bundle"
    subprocess.run([glmapc, "compile", ROOT / "tests/golden/base", "-o", bundle], check=True, stdout=subprocess.DEVNULL)
    return json.dumps(json.loads(bundle.read_text(encoding="utf-8"))["payload"]).encode()


def answer_seeds():
    """What the sandbox answers, and the example of a journal file."""
    lines = ",".join('{"account":{"id":"%s"},"%s":%s,"memo":"revenue [119.00 USD]"}' % line
                     for line in (("1001", "debit", "119.00"), ("1003", "credit", "100.00"), ("1002", "credit", "19.00")))
    yield ('{"id":"5001","tranId":"JE5001","externalId":"X","subsidiary":{"id":"1"},"currency":{"id":"1"},"exchangeRate":0.95,"tranDate":"2026-10-01",'
           '"approved":true,"approvalStatus":{"id":"2"},"line":{"items":[%s]}}' % lines).encode()
    yield b'{"title":"Bad Request","status":400,"o:errorDetails":[{"detail":"This entity already exists.","o:errorCode":"USER_ERROR"}]}'
    yield (b'{"d":{"results":[{"CompanyCode":"1010","FiscalYear":"2026","AccountingDocument":"0100000001","PostingDate":"/Date(1790812800000)/",'
           b'"GLAccount":"0000001200","DebitCreditCode":"S","AmountInCompanyCodeCurrency":"119.00","CompanyCodeCurrency":"EUR",'
           b'"AmountInTransactionCurrency":"119.00","TransactionCurrency":"EUR","IsNegativePosting":false}]}}')
    yield (b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><n0:JournalEntryBulkCreateConfirmation '
           b'xmlns:n0="http://sap.com/xi/SAPSCORE/SFIN"><JournalEntryCreateConfirmation><MessageHeader><ReferenceID>GLMAP-X</ReferenceID></MessageHeader>'
           b"<JournalEntryCreateConfirmation><AccountingDocument>0100000001</AccountingDocument><CompanyCode>1010</CompanyCode><FiscalYear>2026</FiscalYear>"
           b"</JournalEntryCreateConfirmation><Log><MaximumLogItemSeverityCode>1</MaximumLogItemSeverityCode><Item><TypeID>605(RW)</TypeID>"
           b"<SeverityCode>1</SeverityCode><Note>Document posted</Note></Item></Log></JournalEntryCreateConfirmation>"
           b"</n0:JournalEntryBulkCreateConfirmation></soap:Body></soap:Envelope>")
    yield (b"2026-10-01 * (ABCDEFGH234567AB) I-1 | Subscription\n    DE:Asset:1200 Trade receivables  119.00 EUR\n"
           b"    DE:Liability:3900 Deferred revenue  -100.00 EUR\n    DE:Liability:3800 Output tax  -19.00 EUR\n")


def seeds(reader, glmapc, folder):
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
    if reader == "payload":
        return list(texts("mappings/intake/payloads/*.json")) + [line for text in texts("tests/golden/cli/intake/*.ndjson") for line in text.splitlines()]
    if reader == "literal":
        return [b"1", b"-119.00", b"1e3", b"2026-10-01", b"2026-10-01T09:00:00+02:00", b"EUR", b"0.91234"]
    if reader == "answer":
        return answer_seeds()
    if reader == "bundle":
        return [bundle_seed(glmapc, folder)]
    return []


def found_inputs(text):
    """The inputs libFuzzer kept, with what is in them and how to see it again."""
    for path in map(pathlib.Path, re.findall(r"Test unit written to (\S+)", text)):
        content = path.read_bytes()
        more = "" if len(content) <= SHOWN_BYTES_MAX else " ... %d bytes in all" % len(content)
        yield "found: %s\n       %r%s" % (path, content[:SHOWN_BYTES_MAX], more)


def run(reader, binaries, seconds, glmapc):
    """(status, inputs tried, what to print when it is not clean)"""
    corpus, found = binaries.parent / "corpus" / reader, binaries.parent / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds(reader, glmapc, binaries.parent)):
        (corpus / ("seed-%04d" % number)).write_bytes(text)
    program = binaries / ("fuzz_" + reader)
    command = [program, corpus, "-max_total_time=%d" % seconds, "-timeout=%d" % INPUT_SECONDS_MAX,
               "-rss_limit_mb=%d" % MEMORY_MB_MAX, "-max_len=%d" % INPUT_BYTES_MAX.get(reader, 20_000), "-print_final_stats=1",
               "-artifact_prefix=%s/%s-" % (found, reader), "-verbosity=0"]
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1", UBSAN_OPTIONS="print_stacktrace=1")
    done = subprocess.run([str(part) for part in command], capture_output=True, env=environment, check=False)
    text = done.stderr.decode("utf-8", "replace")
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    runs = int(runs[1]) if runs else 0
    if done.returncode == 0 and runs == 0:
        return 1, 0, "it ran no input at all\n" + text[-SHOWN_TEXT_MAX:]
    return done.returncode, runs, "\n".join([text[-SHOWN_TEXT_MAX:], *found_inputs(text), "again: %s FILE" % program])


def write_junit(path, results):
    suite = xml.Element("testsuite", name="fuzz")
    for reader, status, _, text in results:
        case = xml.SubElement(suite, "testcase", name="fuzz_" + reader, status="fail" if status else "run")
        xml.SubElement(case, "system-out").text = re.sub("[^\t\n -~]", "?", text) if status else ""
    xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("readers", nargs="*", metavar="READER", help="of " + ", ".join(READERS) + "; without, all of them")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--glmapc", help="compiles the bundle that reader `bundle` begins with")
    parser.add_argument("--junit", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    for reader in options.readers:
        if reader not in READERS:
            parser.error("no reader `%s`; there are %s" % (reader, ", ".join(READERS)))
    results = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        def one(reader):
            return (reader, *run(reader, options.binaries, options.seconds, options.glmapc))
        for reader, status, runs, text in pool.map(one, options.readers or READERS):
            print("fuzz %-8s %4d s %10d inputs  %s" % (reader, options.seconds, runs, "FOUND SOMETHING" if status else "clean"), flush=True)
            if status:
                print(text, flush=True)
            results.append((reader, status, runs, text))
    if options.junit:
        write_junit(options.junit, results)
    return 1 if any(status for _, status, _, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
