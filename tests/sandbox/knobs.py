#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""knobs.py --glmapc PATH --glmapd PATH [--erp DE=tryton --erp US=ledger] [KNOB ...]: a real glmapd posts through everything
that `glmapd sandbox` can do wrong: the acceptance suite of connectors.

Two legal entities behind two ERP connections, of the kinds tryton, ledger, netsuite, sap, odoo, erpnext, rest (the plain ledger, by the example
of docs/connectors/rest.md). For each knob a few payments go in while it is turned; at the end each stands in its ERP exactly once and is
`posted`, or waits for a person where the knob asks for one, and is posted after that person's act.
Shows E1, E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13, E14, E18, M4."""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
import glmapd  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK = ROOT / "tests" / "golden" / "base"
PERIOD, ACCOUNT = "2026-10", {"DE": "1800", "US": "1060"}
SECONDS_MAX = 60
COMPANY = {"DE": "Acme GmbH", "US": "Acme Inc."}
LIMITS = "    limits: {visible_after_s: 2, pause_s_max: 2, requests_per_second: 200}\n"


def tryton(entity, url, folder):
    (folder / "password").write_text("sandbox\n", encoding="ascii")
    return ('    kind: tryton\n    settings: {url: "%s", database: acme, user: glmap, password_file: %s/password, create_parties: yes, timeout_ms: 1500}\n'
            "    entities: {%s: {journal: GLMAP-%s}}\n" % (url, folder, entity, entity))


def ledger(_entity, url, _folder):
    return '    kind: ledger\n    settings: {url: "%s/ledger/v1", timeout_ms: 1500}\n' % url


def rest(_entity, url, _folder):
    """The example of the page, at this sandbox."""
    page = (ROOT / "docs/connectors/rest.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]
    settings = example.split("    kind: rest\n", 1)[1].replace("http://127.0.0.1:8090", url)
    return "    kind: rest\n" + settings.replace("    settings:\n", "    settings:\n      timeout_ms: 1500\n", 1)


def netsuite(_entity, url, folder):
    """By OAuth 2.0, so that tokens can end."""
    key = folder / "netsuite.pem"
    if not key.exists():
        subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], check=True)
    return ('    kind: netsuite\n    settings: {account: SANDBOX, url: "%s/netsuite", client_id: glmapd, certificate_id: cert-1, private_key_file: %s, '
            "timeout_ms: 1500, mixed_rates: books-currency}\n" % (url, key))


def sap(entity, url, folder):
    (folder / "sap_password").write_text("sandbox\n", encoding="ascii")
    return ('    kind: sap\n    settings: {url: "%s", user: glmap, password_file: %s/sap_password, created_by: GLMAP, timeout_ms: 1500}\n'
            "    entities: {%s: {company_code: %s}}\n" % (url, folder, entity, entity))


def odoo(entity, url, folder):
    (folder / "odoo_key").write_text("sandbox\n", encoding="ascii")
    return ('    kind: odoo\n    settings: {url: "%s/odoo", api_key_file: %s/odoo_key, timeout_ms: 1500}\n'
            "    entities: {%s: {journal: GLMAP}}\n" % (url, folder, entity))


def erpnext(_entity, url, folder):
    (folder / "erpnext_secret").write_text("sandbox-secret\n", encoding="ascii")
    return ('    kind: erpnext\n    settings: {url: "%s/erpnext", api_key: sandbox-key, api_secret_file: %s/erpnext_secret, create_parties: yes, '
            "timeout_ms: 1500}\n" % (url, folder))


class Erp:
    """`calls`: the call that creates, the one that posts it, the one that posts a draft, and the search."""

    def __init__(self, connection, calls, documents, reference, is_posted):
        self.connection, self.documents, self.reference, self.is_posted = connection, documents, reference, is_posted
        self.calls = dict(zip(("create", "post", "complete", "search"), calls))


LEDGER_CALLS = ("ledger.entries.create", "ledger.entries.create", "ledger.entries.post", "ledger.entries.search")
LEDGER_DOCUMENTS = ("/_documents/ledger", "reference", lambda document: document["state"] == "posted")
ERPS = {
    "tryton": Erp(tryton, ("account.move.create", "account.move.post", "account.move.post", "account.move.search_read"),
                  "/_documents", "number", lambda document: document["state"] == "posted"),
    "ledger": Erp(ledger, LEDGER_CALLS, *LEDGER_DOCUMENTS),
    "rest": Erp(rest, LEDGER_CALLS, *LEDGER_DOCUMENTS),
    "sap": Erp(sap, ("sap.journal_entry.post", "sap.journal_entry.post", "sap.no drafts", "sap.items.search"),
               "/_documents/sap", "reference", lambda document: document.get("state", "posted") == "posted"),
    "odoo": Erp(odoo, ("odoo.account.move.create", "odoo.account.move.action_post", "odoo.account.move.action_post",
                       "odoo.account.move.search_read"),
                "/_documents/odoo", "ref", lambda document: document["state"] == "posted"),
    "erpnext": Erp(erpnext, ("erpnext.Journal Entry.insert", "erpnext.Journal Entry.submit", "erpnext.Journal Entry.submit",
                             "erpnext.Journal Entry.list"),
                   "/_documents/erpnext", "cheque_no", lambda document: document["docstatus"] == 1),
    "netsuite": Erp(netsuite, ("netsuite.journalEntry.create", "netsuite.journalEntry.create", "netsuite.journalEntry.approve",
                               "netsuite.journalEntry.get"),
                    "/_documents/netsuite", "externalId", lambda document: document["approved"]),
}

WIRE = {  # faults of one call; the entry gets there by itself
    "drop before commit": [{"on": "create", "kind": "drop_before_commit"}],
    "status 500 without work": [{"on": "create", "kind": "status", "status": 500}],
    "status 502 after commit": [{"on": "create", "kind": "commit_then_status", "status": 502}],
    "status 504 after posting": [{"on": "post", "kind": "commit_then_status", "status": 504}],
    "429 with Retry-After": [{"on": "create", "kind": "status", "status": 429, "retry_after": "1"}],
    "503 when it is looked up": [{"on": "create", "kind": "commit_then_drop"}, {"on": "search", "kind": "status", "status": 503}],
    "HTML page with 200": [{"on": "create", "kind": "html_page"}],
    "HTML page after commit": [{"on": "post", "kind": "commit_then_html"}],
    "200 with an error": [{"on": "create", "kind": "error_200"}],
    "200 with an error after commit": [{"on": "post", "kind": "commit_then_error_200"}],
    "slow drip": [{"on": "post", "kind": "drip", "delay_ms": 40}],
    "slow answer": [{"on": "post", "kind": "delay", "delay_ms": 2500}],
    "a draft is left": [{"on": "create", "kind": "leave_draft"}, {"on": "complete", "kind": "drop_before_commit"}],
    "the session or the token ends": [{"on": "create", "kind": "end_session"}],
}
for count in (0, 1, 9, 17, 40, 80, 120, 200):  # at any byte of the answer
    WIRE["commit then drop after %d bytes" % count] = [{"on": "create", "kind": "commit_then_drop", "bytes": count, "times": 1},
                                                       {"on": "post", "kind": "commit_then_drop", "bytes": count, "times": 1}]


class Faults(Exception):
    pass


class World:
    def __init__(self, options, folder, erps):
        self.number, self.options, self.folder, self.erps = 0, options, folder, erps
        subprocess.run([options.glmapc, "compile", BOOK, "-o", folder / "book.bundle"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, "-B", ROOT / "samples/tryton/accounts_from_book.py", BOOK, folder / "entities.csv",
                        folder / "accounts.csv"], check=True)
        self.sandbox = glmapd.Process([options.glmapd, "sandbox", "--entities", folder / "entities.csv", "--accounts", folder / "accounts.csv"],
                                      folder / "sandbox.log").start()
        self.gateway = glmapd.gateway(options.glmapd, folder, self.configuration())
        if (folder / "netsuite.pem").exists():
            public = subprocess.run(["openssl", "pkey", "-in", folder / "netsuite.pem", "-pubout"], check=True, capture_output=True, text=True).stdout
            self.settings(netsuite_certificate={"id": "cert-1", "client": "glmapd", "public_key": public})
        self.gateway.start()

    def configuration(self):
        lines = "bundle: %s/book.bundle\nstore: %s/gateway.db\nlisten: 127.0.0.1:0\nerp:\n" % (self.folder, self.folder)
        for entity, erp in self.erps.items():
            lines += "  - name: %s\n%s%s" % (entity.lower(), erp.connection(entity, self.sandbox.url, self.folder), LIMITS)
        return lines

    def close(self):
        self.gateway.stop()
        self.sandbox.stop()

    @staticmethod
    def call(process, method, path, body, media="application/json"):
        connection = process.connect()
        connection.request(method, path, json.dumps(body), {"Content-Type": media})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in (200, 202):
            raise Faults("%s %s: %d %s" % (method, path, answer.status, text[:300]))
        return json.loads(text)

    def settings(self, **settings):
        self.call(self.sandbox, "POST", "/_settings", settings)

    def arm(self, faults, *entities):
        """The faults at the calls of these companies' ERPs, each once."""
        planned = [dict(fault, on=self.erps[entity].calls.get(fault["on"], fault["on"])) for entity in entities for fault in faults]
        self.call(self.sandbox, "POST", "/_faults", {"faults": planned})

    def pay(self, entity):
        """Sends a payment; the reference of its entry."""
        self.number += 1
        data = {"entity": entity, "currency": {"DE": "EUR", "US": "USD"}[entity], "document_date": PERIOD + "-05", "customer": "C1",
                "amount": "%d.%02d" % (100 + self.number, self.number % 100)}
        event = {"specversion": "1.0", "id": "E-%d" % self.number, "source": "billing", "type": "payment.received", "data": data}
        told = self.call(self.gateway, "POST", "/v1/events", event, "application/cloudevents+json")
        if not told.get("entries"):
            raise Faults("the payment made no entry: %s" % told)
        return told["entries"][0]

    def until(self, references, *states):
        """Waits until every entry is in one of the states."""
        deadline = time.monotonic() + SECONDS_MAX
        while True:
            seen = {reference: self.gateway.get("/v1/entries/" + reference) for reference in references}
            if all(entry["state"] in states for entry in seen.values()):
                return seen
            if time.monotonic() > deadline:
                raise Faults("still %s; the connections: %s" % (
                    {reference: (entry["state"], entry.get("reason")) for reference, entry in seen.items()}, self.gateway.get("/v1/erp")))
            time.sleep(.05)

    def once(self, references):
        """Each stands in its ERP once, posted."""
        posted, drafts = collections.Counter(), collections.Counter()
        for erp in {erp.documents: erp for erp in self.erps.values()}.values():
            for document in self.sandbox.get(erp.documents):
                (posted if erp.is_posted(document) else drafts)[document[erp.reference]] += 1
        for reference in references:
            if posted[reference] != 1 or drafts[reference] != 0:
                raise Faults("%s stands %d times posted and %d times as a draft" % (reference, posted[reference], drafts[reference]))

    def retry(self, reference):
        self.call(self.gateway, "POST", "/v1/entries/%s/retry" % reference, {"by": "anna", "reason": "mended in the ERP"})

    def posted_once(self, references):
        self.until(references, "posted")
        self.once(references)


def wire(world, faults):
    world.arm(faults, *COMPANY)
    world.posted_once([world.pay(entity) for entity in COMPANY])


def several(world):
    return [world.pay(entity) for entity in ("DE", "US", "DE", "US")]


def visibility_lag(world):
    world.settings(visibility_lag_ms=1200)
    world.arm([{"on": "post", "kind": "commit_then_drop"}], "US")
    references = several(world)
    world.posted_once(references)
    world.settings(visibility_lag_ms=0)


def no_uniqueness(world):
    world.settings(unique=False)
    for faults in (WIRE["status 502 after commit"], WIRE["drop before commit"], WIRE["commit then drop after 40 bytes"]):
        wire(world, faults)
    world.settings(unique=True)
    for faults in (WIRE["status 502 after commit"], WIRE["drop before commit"]):
        wire(world, faults)


def duplicate_is_error(world):
    """The ERP says `that is there already` to what it has: the entry is looked up, not called refused."""
    world.settings(unique=True, duplicate_is_error=True)
    wire(world, WIRE["status 502 after commit"])
    wire(world, WIRE["drop before commit"])
    world.settings(duplicate_is_error=False)


def outage(world):
    world.settings(outage_ms=2500)
    world.posted_once(several(world))


def closed_period(world):
    for company in COMPANY.values():
        world.settings(close_period={"company": company, "period": PERIOD})
    references = several(world)
    for entry in world.until(references, "rejected").values():
        if entry["reason"]["code"] != "GLM-9004":
            raise Faults("a closed period is told as %s" % entry["reason"])
    for company in COMPANY.values():
        world.settings(open_period={"company": company, "period": PERIOD})
    for reference in references:
        world.retry(reference)
    world.posted_once(references)


def chart_changes(world):
    """An account is closed while entries are on their way: those before it are posted, those after it wait for a person."""
    before = several(world)
    world.until(before, "posted")
    for entity, company in COMPANY.items():
        world.settings(close_account={"company": company, "code": ACCOUNT[entity]})
    after = several(world)
    for entry in world.until(after, "rejected").values():
        if entry["reason"]["code"] != "GLM-9005":
            raise Faults("a closed account is told as %s" % entry["reason"])
    for entity, company in COMPANY.items():
        world.settings(open_account={"company": company, "code": ACCOUNT[entity]})
    for reference in after:
        world.retry(reference)
    world.posted_once(before + after)


def edits_by_hand(world):
    """A document is changed before it was read back: held with the difference. Put away by a person, it is sent again."""
    for entity in COMPANY:
        world.arm([{"on": "post", "kind": "alter"}], entity)
        reference = world.pay(entity)
        entry = world.until([reference], "held")[reference]
        if entry["reason"]["code"] != "GLM-9009":
            raise Faults("a changed document is told as %s" % entry["reason"])
        world.settings(remove={"reference": reference})
        world.retry(reference)
        world.posted_once([reference])
        # What a person does to a draft that the gateway left: posted by hand, it is found and confirmed.
        world.arm([{"on": "create", "kind": "leave_draft"}, {"on": "complete", "kind": "status", "status": 503},
                   {"on": "search", "kind": "status", "status": 503, "times": 2}], entity)
        reference = world.pay(entity)
        deadline = time.monotonic() + SECONDS_MAX
        while world.gateway.get("/v1/entries/" + reference)["state"] not in ("unknown", "draft_found", "posted"):
            if time.monotonic() > deadline:
                raise Faults("no draft was left")
            time.sleep(.01)
        try:
            world.settings(post_draft={"reference": reference})
        except Faults:
            pass  # the gateway was faster
        world.posted_once([reference])


def another_company(world):
    """Another company stands behind the connection when the gateway starts: nothing is sent until a person has looked."""
    world.gateway.stop()
    for company in COMPANY.values():
        world.settings(rename_company={"from": company, "to": company + " (sold)"})
    world.gateway.start()
    references = several(world)
    deadline = time.monotonic() + SECONDS_MAX
    while any("GLM-9008" not in json.dumps(erp) for erp in world.gateway.get("/v1/erp")["erp"]):
        if time.monotonic() > deadline:
            raise Faults("the connections do not say that another company answers: %s" % world.gateway.get("/v1/erp"))
        time.sleep(.05)
    world.until(references, "ready")
    for company in COMPANY.values():
        world.settings(rename_company={"from": company + " (sold)", "to": company})
    for entity in COMPANY:
        world.call(world.gateway, "POST", "/v1/erp/%s/resume" % entity.lower(), {"by": "anna", "reason": "it is ours again"})
    world.posted_once(references)


KNOBS = dict({name: (lambda world, faults=faults: wire(world, faults)) for name, faults in WIRE.items()},
             **{"visibility lag": visibility_lag, "no uniqueness": no_uniqueness, "a duplicate is an error": duplicate_is_error,
                "outage": outage, "closed period": closed_period, "chart changes": chart_changes, "edits by hand": edits_by_hand,
                "another company": another_company})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--glmapc", required=True, type=pathlib.Path)
    parser.add_argument("--glmapd", required=True, type=pathlib.Path)
    parser.add_argument("--erp", action="append", default=[], metavar="ENTITY=KIND", help="DE or US, and %s" % ", ".join(ERPS))
    parser.add_argument("knobs", nargs="*", metavar="KNOB", help="only these: %s" % ", ".join(KNOBS))
    options = parser.parse_args()
    failed = 0
    kinds = dict({"DE": "tryton", "US": "ledger"}, **dict(pair.split("=", 1) for pair in options.erp))
    print(", ".join("%s behind %s" % pair for pair in kinds.items()), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        world = World(options, pathlib.Path(folder), {entity: ERPS[kind] for entity, kind in kinds.items()})
        try:
            for name in options.knobs or KNOBS:
                started = time.monotonic()
                try:
                    KNOBS[name](world)
                    print("posted once   %-34s %5.1f s" % (name, time.monotonic() - started), flush=True)
                except Faults as fault:
                    failed += 1
                    print("FAILS         %s: %s" % (name, fault), flush=True)
                world.call(world.sandbox, "POST", "/_faults", {"faults": []})
        finally:
            world.close()
    print("%d knobs, %d failed" % (len(options.knobs or KNOBS), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
