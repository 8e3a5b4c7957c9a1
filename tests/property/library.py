# SPDX-License-Identifier: Apache-2.0
"""The books of the library as the property tests see them: compiled once, driven through `glmapc simulate`, from outside.

Amounts are Decimals, never binary floats. A Run is what became of a stream of events: its entries in the order in which they were made, and one
final outcome for each event."""
import collections
import decimal
import json
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "CLF": 4}
RATED = ("USD", "EUR", "GBP", "JPY", "BHD", "CHF", "PLN")
WORTH = {"USD": "1", "EUR": "1.0871", "GBP": "1.2613", "JPY": "0.00669", "BHD": "2.6525", "CHF": "1.1237", "PLN": "0.2514"}


def digits(currency):
    return DIGITS.get(currency, 2)


def unit(currency):
    return decimal.Decimal(1).scaleb(-digits(currency))


def signed(entry, line, field="amount"):
    """Debits count as positive; a red storno counts as negative on its side, its amounts are written as positive."""
    amount = decimal.Decimal(line[field])
    return amount if (line["side"] == "debit") != entry["storno"] else -amount


def money(minor, currency):
    """Minor units as the text of an amount."""
    return str(decimal.Decimal(minor).scaleb(-digits(currency)))


class Run:
    """What became of a stream."""

    def __init__(self, entries, report, raw):
        self.raw = raw
        self.entries = entries
        self.totals = report["totals"]
        self.happenings = report["happenings"]
        self.digest = report["bundle"]
        self.stopped = {one["event"]["id"] for one in self.happenings if one["cause"] == "schedule" and one["outcome"] == "exception"}
        self.outcomes = {}  # (source, id, revision) -> every outcome, in order
        for one in self.happenings:
            if one["event"] and one["cause"] not in ("schedule", "missed"):
                event = one["event"]
                self.outcomes.setdefault((event["source"], event["id"], event["revision"]), []).append((one["outcome"], one["code"], one["reason"]))

    def posted_by(self, event_id):
        return [one for one in self.entries if one["key"]["event_id"] == event_id]

    def outcome(self, event_id, source="billing"):
        """The last outcome of an event that was not a repetition of it."""
        kept = [one for one in self.outcomes.get((source, event_id, ""), []) if one[0] not in ("duplicate", "conflict")]
        return kept[-1][0] if kept else ""

    def balances(self, by=("entity", "ledger", "account", "currency"), where=lambda entry, line: True, through=None, dims=()):
        """Debits less credits: (values of `by` and of the dimensions) -> [amount, value in the currency of the books]."""
        sums = collections.defaultdict(lambda: [decimal.Decimal(0), decimal.Decimal(0)])
        for entry in self.entries:
            if through and entry["posting_date"] > through:
                continue
            for line in entry["lines"]:
                if not where(entry, line):
                    continue
                key = tuple(line[name] if name in ("account", "role") else entry[name] for name in by) + tuple(line["dimensions"].get(name, "") for name in dims)
                sums[key][0] += signed(entry, line)
                sums[key][1] += signed(entry, line, "functional_amount")
        return {key: tuple(both) for key, both in sums.items() if both != [0, 0]}

    def balance(self, role, **dimensions):
        """Debits less credits of one role, in the document's currency, for lines with these dimensions."""
        return sum((signed(entry, line) for entry in self.entries for line in entry["lines"]
                    if line["role"] == role and all(line["dimensions"].get(name) == value for name, value in dimensions.items())),
                   decimal.Decimal(0))


class Book:
    def __init__(self, library, name, bundle):
        self.library, self.name, self.bundle = library, name, bundle
        self.model = json.loads(bundle.read_text(encoding="utf-8"), parse_float=decimal.Decimal)["payload"]["book"]
        self.catalog = self.model["catalog"]
        self.types = {one["name"]: one for one in self.catalog["types"]}
        self.entities = {one["code"]: one for one in self.catalog["entities"]}
        self.roles = {one["name"]: one for one in self.model["roles"]}
        self.lists = {one["name"]: one["values"] for one in self.catalog.get("lists", [])}
        # Sections of a bundle are lists of one.
        self.currency = (self.model.get("foreign_currency") or [{}])[0]

    def run(self, events, through=None):
        return self.library.simulate(self.bundle, events, through)

    def functional(self, entity):
        return self.entities[entity]["functional"]


class Library:
    """Compiles what it is asked for into `folder`."""

    def __init__(self, glmapc, folder):
        self.glmapc, self.folder = str(glmapc), pathlib.Path(folder)
        self.books, self.runs, self.events = {}, 0, 0
        self.rates = self.folder / "rates.csv"
        self.write_rates()

    def names(self):
        return [path.parent.name for path in sorted((ROOT / "mappings").glob("*/book.glmap"))]

    def book(self, name):
        if name not in self.books:
            self.books[name] = self.compiled(ROOT / "mappings" / name, name)
        return self.books[name]

    def compiled(self, source, name):
        bundle = self.folder / (name + ".bundle")
        done = self.command("compile", source, "-o", bundle)
        if done.returncode:
            raise AssertionError("%s does not compile:\n%s" % (name, done.stderr.decode()))
        return Book(self, name, bundle)

    def command(self, *words):
        return subprocess.run([self.glmapc, *map(str, words)], capture_output=True)

    def copy(self, name, edits, label="changed"):
        """A copy of a book with edits [(file, pattern, replacement)], each of which must meet something."""
        target = self.folder / (label + "-" + name)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ROOT / "mappings" / name, target)
        for file, pattern, replacement in edits:
            text, count = re.subn(pattern, replacement, (target / file).read_text(encoding="utf-8"), flags=re.M | re.S)
            assert count, "%s: nothing matches %s" % (file, pattern)
            (target / file).write_text(text, encoding="utf-8")
        return target

    def without_tests(self, name, edits, label="changed"):
        target = self.copy(name, edits, label)
        (target / "tests.glmap").unlink()
        return target

    def simulate(self, bundle, events, through=None):
        stream, report = self.folder / "events.ndjson", self.folder / "report.json"
        stream.write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events), encoding="utf-8")
        words = ["simulate", bundle, stream, "--format", "json", "--rates", self.rates, "--report", report]
        done = self.command(*words, *(["--through", through] if through else []))
        if done.returncode:
            raise AssertionError("simulate fails: " + done.stderr.decode()[-2000:])
        self.runs += 1
        self.events += len(events)
        raw = done.stdout
        return Run([json.loads(line) for line in raw.decode().splitlines() if line], json.loads(report.read_text(encoding="utf-8")), raw)

    def write_rates(self):
        """The rates of ECB for every pair, every third day of 2025 to 2029: none is older than three days. Ten digits."""
        import datetime  # noqa: PLC0415
        lines, day = ["source,from,to,date,rate"], datetime.date(2024, 12, 30)
        while day < datetime.date(2029, 12, 31):
            drift = decimal.Decimal(day.toordinal() % 97) / 1000
            for base in RATED:
                for other in RATED:
                    if base != other:
                        rate = decimal.Decimal(WORTH[base]) / decimal.Decimal(WORTH[other]) * (1 + drift)
                        lines.append("ECB,%s,%s,%s,%s" % (base, other, day, round(rate, 10).normalize().__format__("f")))
            day += datetime.timedelta(days=3)
        self.rates.write_text("\n".join(lines) + "\n", encoding="utf-8")


def event(kind, event_id, data, **more):
    return {"specversion": "1.0", "source": "billing", "id": event_id, "type": kind, "data": data, **more}
