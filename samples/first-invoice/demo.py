#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The talking part of the demo: sends events to a running glmapd and prints what came of them. Standard library only."""
import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal

MONTH = "samples/acme/events.ndjson"
ALTERED = "samples/acme/altered.json"
GERMAN_INVOICE = "evt_INV-DE-1001"
ENTITIES = ("US", "DE", "FR", "UK", "JP")


def text_of(path):
    with open(path) as f:
        return f.read().strip()


def secret(work, name, value):
    """A file with what the sandbox takes: secrets do not stand in the configuration."""
    path = "%s/%s" % (work, name)
    with open(path, "w") as f:
        f.write(value + "\n")
    return path


def file_settings(work):
    return "file", {"folder": work + "/ledger", "format": "hledger"}, {}


def tryton_settings(work):
    settings = {"url": text_of(work + "/tryton/url"), "database": "acme", "user": "glmap", "password_file": work + "/tryton/password",
                "create_parties": '"yes"'}
    return "tryton", settings, {entity: "journal: GLMAP-" + entity for entity in ENTITIES}


def ledger_settings(work):
    return "ledger", {"url": text_of(work + "/sandbox.url") + "/ledger/v1"}, {}


def netsuite_settings(work):
    return "netsuite", {"account": "SANDBOX", "url": text_of(work + "/sandbox.url") + "/netsuite", "consumer_key": "sandbox-consumer",
                        "consumer_secret_file": secret(work, "consumer_secret", "sandbox-consumer-secret"), "token_id": "sandbox-token",
                        "token_secret_file": secret(work, "token_secret", "sandbox-token-secret"), "dimension.customer": "entity",
                        "dimension.product": "class", "mixed_rates": "books-currency"}, {}


def sap_settings(work):
    settings = {"url": text_of(work + "/sandbox.url"), "user": "glmap", "password_file": secret(work, "password", "sandbox"),
                "created_by": "GLMAP", "reversal_reason": '"01"', "storno_reason": '"03"'}
    return "sap", settings, {entity: "company_code: " + entity for entity in ENTITIES}


def odoo_settings(work):
    settings = {"url": text_of(work + "/sandbox.url") + "/odoo", "api_key_file": secret(work, "api_key", "sandbox")}
    return "odoo", settings, {entity: "journal: GLMAP" for entity in ENTITIES}


def erpnext_settings(work):
    settings = {"url": text_of(work + "/sandbox.url") + "/erpnext", "api_key": "sandbox-key",
                "api_secret_file": secret(work, "api_secret", "sandbox-secret"), "create_parties": '"yes"'}
    return "erpnext", settings, {}


ERPS = {"file": file_settings, "erpnext": erpnext_settings, "odoo": odoo_settings, "sap": sap_settings, "tryton": tryton_settings, "ledger": ledger_settings, "netsuite": netsuite_settings}


def config(args):
    """Prints the gateway's configuration: where the bundle and the store are, and which ERP each entity posts to."""
    lines = [
        "# Written by samples/first-invoice/demo.sh. What the settings mean: docs/operations/configuration.md",
        "bundle: %s/acme.bundle" % args.work,
        "store: %s/gateway.db" % args.work,
        "listen: 127.0.0.1:0",
        "erp:",
    ]
    kind, settings, entities = ERPS[args.erp](args.work)
    lines += ["  - name: group-erp", "    kind: " + kind, "    settings:"] + ["      %s: %s" % pair for pair in settings.items()]
    if entities:
        lines += ["    entities:"] + ["      %s: {%s}" % pair for pair in entities.items()]
    print("\n".join(lines))


class Gateway:
    def __init__(self, url):
        self.url = url

    def call(self, path, body=None, content_type="application/json"):
        """(status, decoded JSON) of one request; problems are answers too."""
        request = urllib.request.Request(self.url + path, data=body, headers={"Content-Type": content_type} if body else {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path):
        status, answer = self.call(path)
        if status != 200:
            sys.exit("GET %s answered %d: %s" % (path, status, json.dumps(answer)))
        return answer

    def everything(self, path, member):
        """All pages of a list."""
        found, after = [], 0
        while True:
            page = self.get("%s%slimit=500&after=%d" % (path, "&" if "?" in path else "?", after))[member]
            if not page:
                return found
            found += page
            after = page[-1]["sequence"]


def title(text):
    print("\n== " + text)


def count(results):
    """{"accepted": 30, "held": 3} as words, in the order first seen."""
    totals = {}
    for result in results:
        totals[result["status"]] = totals.get(result["status"], 0) + 1
    return ", ".join("%d %s" % (n, status) for status, n in totals.items())


def print_entry(record):
    entry = record["entry"]
    print("  %s  %s  %s  %s   [%s%s]" % (entry["entity"], entry["journal"], entry["posting_date"], entry["description"],
                                       record["state"], ", ERP document " + record["document_id"] if record.get("document_id") else ""))
    functional, currency = entry["functional_currency"], entry["currency"]
    for line in entry["lines"]:
        debit = line["side"] == "debit"
        foreign = "" if currency == functional else "%16s" % (line["amount"] + " " + currency)
        dims = " ".join("%s=%s" % (d, v) for d, v in sorted(line.get("dimensions", {}).items()))
        print("    %s  %-8s %-18s %14s %14s%s   %s" % ("Dr" if debit else "Cr", line["account"], line["role"],
                                                   line["functional_amount"] if debit else "", "" if debit else line["functional_amount"], foreign, dims))


def wait_until_delivered(gateway):
    for _ in range(1200):
        entries = gateway.everything("/v1/entries", "entries")
        if all(e["state"] in ("posted", "held", "rejected") for e in entries):
            return entries
        time.sleep(0.1)
    sys.exit("delivery did not finish within two minutes; states: %s" % count([{"status": e["state"]} for e in entries]))


def walk(args):
    gateway = Gateway(args.url)
    with open(MONTH, "rb") as f:
        month = f.read()

    title("3. A month of billing events, one batch (%s)" % MONTH)
    _, answer = gateway.call("/v1/events", month, "application/x-ndjson")
    print(count(answer["results"]))

    title("4. The same batch again, and one event altered under its old id")
    _, answer = gateway.call("/v1/events", month, "application/x-ndjson")
    print("again:   " + count(answer["results"]))
    with open(ALTERED, "rb") as f:
        status, problem = gateway.call("/v1/events", f.read(), "application/cloudevents+json")
    print("altered: HTTP %d, %s: %s" % (status, problem["title"], problem["detail"]))

    entries = wait_until_delivered(gateway)
    title("5. The German customer's USD 5,000 invoice: which accounts does each part debit and credit?")
    for record in entries:
        if record["entry"]["origin"]["event_type"] in ("invoice.issued", "payment.received", "service.delivered") and \
                record["event_id"] in (GERMAN_INVOICE, "evt_PAY-9001", "evt_SCH-K1-01"):
            print_entry(record)

    title("6. Trial balance of each entity, in its own currency")
    for entity in ENTITIES:
        rows = gateway.get("/v1/trial-balance?entity=" + entity)["rows"]
        debit = sum(Decimal(r["debit"]) for r in rows)
        credit = sum(Decimal(r["credit"]) for r in rows)
        print("  %s   debits %14s   credits %14s %s   over %d accounts" % (entity, debit, credit, rows[0]["currency"], len(rows)))
        if debit != credit:
            sys.exit("the trial balance of %s does not balance" % entity)

    title("7. The statement: accepted = posted + waiting + held + rejected + no entry")
    statement = gateway.get("/v1/statement")
    print("  %-3s %-4s %10s %10s %10s %10s %10s %10s   %s" % ("", "", "accepted", "posted", "waiting", "held", "rejected", "no entry", "accepted amount"))
    for row in statement["rows"]:
        print("  %-3s %-4s %10d %10d %10d %10d %10d %10d   %16s" % (
            row["entity"], row["currency"], row["accepted"]["count"], row["posted"]["count"], row["waiting"]["count"],
            row["held"]["count"], row["rejected"]["count"], row["no_entry"]["count"], row["accepted"]["amount"]))
    print("  it adds up: %s" % ("yes" if statement["agrees"] else "NO"))
    if not statement["agrees"]:
        sys.exit("the statement does not add up")

    title("8. Held for a person, and why")
    held = gateway.everything("/v1/events?state=held", "events")
    for event in held:
        print("  %s (%s)\n    %s: %s\n    %s" % (event["id"], event["type"], event["reason"]["code"], event["reason"]["message"],
                                                 event["reason"].get("help", "")))

    check_ledger(args, entries)

    title("Where to look next")
    if shutil.which("glmapc") is None:
        print("  first put it on the path: export PATH=%s:$PATH" % os.path.dirname(os.path.abspath(args.glmapc)))
    print("  what the entries cite:   glmapc why mappings/acme %s --id %s" % (MONTH, GERMAN_INVOICE))
    print("  what a code means:       glmapc explain %s" % held[0]["reason"]["code"])
    print("  change the book:         mappings/acme/book.glmap, then glmapc check mappings/acme")
    print("  keep the gateway's files: samples/first-invoice/demo.sh --keep DIR")
    print("  the walk in words:       samples/first-invoice/README.md")


def balances(journal, *options):
    """{(account, commodity): amount} of an hledger journal."""
    out = subprocess.run(["hledger", "-f", journal, "balance", "--cost", "--flat", "--no-total", "--layout=bare", "-O", "csv", *options],
                         check=True, capture_output=True, text=True).stdout
    return sorted(out.splitlines()[1:])


def check_ledger(args, entries):
    simulated = args.work + "/simulated.journal"
    with open(simulated, "w") as f:
        subprocess.run([args.glmapc, "simulate", args.work + "/acme.bundle", MONTH, "--format", "hledger"], stdout=f,
                       stderr=subprocess.DEVNULL, check=True)
    title("9. A second opinion on the books")
    subprocess.run(["hledger", "-f", simulated, "check", "--strict"], check=True)
    print("  hledger check --strict accepts what `glmapc simulate` computes")
    if args.erp == "file":
        folder = args.work + "/ledger"
        journals = sorted(os.path.join(base, name) for base, _, names in os.walk(folder) for name in names if name == "entries.journal")
        together = args.work + "/posted.journal"
        with open(together, "w") as f:
            f.writelines("include %s\n" % j for j in journals)
        for journal in journals:
            subprocess.run(["hledger", "-f", journal, "check", "--strict"], check=True)
        if balances(simulated) != balances(together):
            sys.exit("the posted journals and the simulation differ")
        print("  the %d posted journals under %s pass the same check, and every balance agrees" % (len(journals), folder))
    elif args.erp == "tryton":
        read_back_from_tryton(args, entries, simulated)
    else:
        read_back_from_sandbox(args, entries)


def amounts_of(document):
    """(debit or credit, amount) of each line of a document, in the order in which it has them."""
    if "line" in document:   # NetSuite's record
        return [(side, Decimal(str(line[side]))) for line in document["line"]["items"] for side in ("debit", "credit") if side in line]
    in_books_currency = document.get("line_ids") or document.get("accounts")  # Odoo's lines, ERPNext's
    if in_books_currency:
        return [("debit", Decimal(line["debit"])) if Decimal(line["debit"]) else ("credit", Decimal(line["credit"])) for line in in_books_currency]
    if "items" in document:  # SAP's items: credits are negative; a negative posting takes back on the other side
        return [("debit" if (item["DebitCreditCode"] == "S") != item["IsNegativePosting"] else "credit",
                 abs(Decimal(item["AmountInTransactionCurrency"]))) for item in document["items"]]
    return [(line["side"], Decimal(line["transaction"].split()[0])) for line in document["lines"]]


def read_back_from_sandbox(args, entries):
    """Asks the double itself, past the gateway: every entry once, posted, with its amounts."""
    with urllib.request.urlopen("%s/_documents/%s" % (text_of(args.work + "/sandbox.url"), args.erp)) as answer:
        documents = json.load(answer, parse_float=Decimal)
    found = {next(document[key] for key in ("externalId", "ref", "cheque_no", "reference") if key in document): document for document in documents}
    if len(documents) != len(entries) or set(found) != {e["reference"] for e in entries}:
        sys.exit("the double of %s does not hold each entry exactly once" % args.erp)
    for record in entries:
        document = found[record["reference"]]
        if not (document.get("approved") or document.get("state") == "posted" or document.get("docstatus") == 1 or "items" in document):
            sys.exit("%s is not posted" % record["reference"])
        lines = record["entry"]["lines"]
        wanted = [[(line["side"], Decimal(line[field])) for line in lines] for field in ("amount", "functional_amount")]
        if amounts_of(document) not in wanted:
            sys.exit("%s has other amounts: %s" % (record["reference"], amounts_of(document)))
    print("  the double of %s holds each of the %d entries exactly once, all posted, with the same amounts" % (args.erp, len(entries)))


def read_back_from_tryton(args, entries, simulated):
    """Asks Tryton itself, past the gateway: every entry once, posted; balances as the simulation has them."""
    sys.path.insert(0, "samples/tryton")
    from bootstrap import Tryton  # its JSON-RPC client
    with open(args.work + "/tryton/url") as f, open(args.work + "/tryton/password") as g:
        tryton = Tryton(int(f.read().strip().rstrip("/").rsplit(":", 1)[1]))
        tryton.log_in("glmap", g.read().strip())

    def search_read(model, domain, fields):
        return tryton.call("model.%s.search_read" % model, domain, 0, None, None, fields, {})

    moves = search_read("account.move", [("number", "in", [e["reference"] for e in entries])],
                               ["number", "state", "post_number"])
    if sorted(m["number"] for m in moves) != sorted(e["reference"] for e in entries) or any(m["state"] != "posted" for m in moves):
        sys.exit("Tryton does not hold each entry exactly once and posted")
    print("  Tryton holds each of the %d entries exactly once, all posted, e.g. %s as %s" % (
        len(moves), moves[0]["number"], moves[0]["post_number"]))
    lines = search_read("account.move.line", [("move.number", "in", [e["reference"] for e in entries])],
                               ["account.code", "debit", "credit", "move.company.party.name", "move.company.currency.code"])
    theirs = {}
    for line in lines:
        key = (line["move."]["company."]["party."]["name"], line["account."]["code"], line["move."]["company."]["currency."]["code"])
        theirs[key] = theirs.get(key, Decimal(0)) + Decimal(line["debit"]["decimal"]) - Decimal(line["credit"]["decimal"])
    names = {"US": "Acme Inc.", "DE": "Acme GmbH", "FR": "Acme SAS", "UK": "Acme Ltd", "JP": "Acme K.K."}
    ours = {}
    for row in balances(simulated):
        account, commodity, amount = next(csv.reader([row]))
        entity, _, rest = account.split(":", 2)
        ours[(names[entity], rest.split(" ", 1)[0], commodity)] = Decimal(amount)
    theirs = {k: v for k, v in theirs.items() if v}
    ours = {k: v for k, v in ours.items() if v}
    if ours != theirs:
        sys.exit("Tryton's balances differ: %s" % sorted(set(ours.items()) ^ set(theirs.items())))
    print("  its balances of %d accounts in five companies equal the simulation's, to the cent" % len(theirs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=("config", "walk"))
    parser.add_argument("--erp", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--url")
    parser.add_argument("--glmapc")
    args = parser.parse_args()
    {"config": config, "walk": walk}[args.step](args)


if __name__ == "__main__":
    main()
