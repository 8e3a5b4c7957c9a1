#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""to_glmap.py DIR: DIR/rules.json and DIR/events.ndjson become a mapping book (DIR/book) and CloudEvents (DIR/cloud.ndjson).

The rules say "first match wins, '*' is anything". A glmap table has no order and no fallback: exactly one row fits. So
  - a rule for one currency keeps its row; the rule behind it (currency '*') names the currencies that are left;
  - a fallback (family '*', perhaps treatment '*') names the families that no row before it takes, for each treatment;
  - what is left over is counted: `remaining N impossible`.
Each source rule stays one row (a fallback over all treatments may become several) in each of three tables, one for each
account it determines: what receives the total, the net amount and the tax."""
import collections
import json
import pathlib
import sys

# Functional units for one unit of document currency are made from these (US dollars for one unit); any figures will do.
DOLLARS = {"USD": 1.0, "EUR": 1.08, "GBP": 1.27, "JPY": 0.0067, "AUD": 0.66, "CAD": 0.73, "SGD": 0.74, "BRL": 0.20, "INR": 0.012,
           "KWD": 3.25, "CHF": 1.13}
FUNCTIONAL = {"US01": "USD", "UK01": "GBP", "DE01": "EUR", "FR01": "EUR", "JP01": "JPY", "AU01": "AUD", "CA01": "CAD", "SG01": "SGD",
              "BR01": "BRL", "IN01": "INR"}
ZONES = {"US": "America/New_York", "UK": "Europe/London", "DE": "Europe/Berlin", "FR": "Europe/Paris", "JP": "Asia/Tokyo",
         "AU": "Australia/Sydney", "CA": "America/Toronto", "SG": "Asia/Singapore", "BR": "America/Sao_Paulo", "IN": "Asia/Kolkata"}
UNKNOWN_FAMILY = "fam_new"  # a product the rules know only by their fallbacks


def lists_of(rules):
    values = {name: sorted({rule[name] for rule in rules} - {"*"}) for name in ("type", "family", "entity", "treatment")}
    values["family"].append(UNKNOWN_FAMILY)
    values["currency"] = [currency for currency in DOLLARS if currency != "CHF"]
    return values


def unique_hit_rows(rules, values):
    """[(kinds, entities, families, treatments, currencies, rule)] with value lists, so that every combination has at most one row."""
    rows, taken = [], collections.defaultdict(set)    # (kind, entity, treatment) -> families with a row of their own
    overridden = collections.defaultdict(set)         # key -> currencies with a row of their own
    for rule in rules:
        key = (rule["type"], rule["family"], rule["entity"], rule["treatment"])
        place = (rule["type"], rule["entity"], rule["treatment"])
        if rule["currency"] != "*":
            if rule["currency"] not in overridden[key]:
                overridden[key].add(rule["currency"])
                rows.append(([rule["family"]], [rule["treatment"]], [rule["currency"]], rule))
        elif rule["family"] != "*":
            if rule["family"] not in taken[place]:
                taken[place].add(rule["family"])
                left = [currency for currency in values["currency"] if currency not in overridden[key]]
                rows.append(([rule["family"]], [rule["treatment"]], left if overridden[key] else None, rule))
        else:
            rows += fallback_rows(rule, values, taken)
    return rows


def fallback_rows(rule, values, taken):
    by_families = collections.defaultdict(list)
    for treatment in values["treatment"] if rule["treatment"] == "*" else [rule["treatment"]]:
        place = (rule["type"], rule["entity"], treatment)
        left = tuple(family for family in values["family"] if family not in taken[place])
        taken[place].update(left)
        if left:
            by_families[left].append(treatment)
    return [(list(families), treatments, None, rule) for families, treatments in by_families.items()]


def cell(chosen, everything):
    return "any" if chosen is None or len(chosen) == len(everything) else ", ".join(chosen)


def table(name, account, rows, values):
    lines = ["table %s" % name, "  | kind | entity | family | treatment | billed_in || account |"]
    covered = 0
    for families, treatments, currencies, rule in rows:
        covered += len(families) * len(treatments) * len(currencies or values["currency"])
        lines.append("  | %s | %s | %s | %s | %s || %s |" % (
            rule["type"], rule["entity"], cell(families, values["family"]), cell(treatments, values["treatment"]),
            cell(currencies, values["currency"]), rule[account]))
    everything = 1
    for chosen in values.values():
        everything *= len(chosen)
    if everything > covered:
        lines.append('  remaining %d impossible because "no rule of the workload"' % (everything - covered))
    return "\n".join(lines)


RULE = """rule %(name)s "%(title)s"
  because "Workload"
  for billing.line
  when kind is %(kinds)s
  post in entity, journal BENCH
    %(side)s total_role total
    %(other)s net_role net
    %(other)s tax_role tax
"""


def book(rules, values):
    sides = {rule["type"]: rule["total_side"] for rule in rules}
    rows = unique_hit_rows(rules, values)
    entities = values["entity"]
    bars = " |" * len(entities)
    parts = ['mapping bench "Workload of %d rules"\n  language 1\n  release 1\n  owner bench\n  unknown hold\n' % len(rules),
             "reference\n" + "\n".join('  %s "reference/%s.yaml"' % (name, name) for name in ("entities", "accounts", "calendars", "events")),
             "lists\n  kind is %s\n  family is %s\n  treatment is %s\n  billed_in is %s" % tuple(
                 ", ".join(values[name]) for name in ("type", "family", "treatment", "currency"))]
    parts += [table(name, name, rows, values) for name in ("total_account", "net_account", "tax_account")]
    parts.append("accounts\n  | role | %s | needs | forbids |\n" % " | ".join(entities) +
                 "\n".join("  | %s_role | by %s_account |%s | |" % (name, name, bars[2:]) for name in ("total", "net", "tax")) +
                 "\n  | rounding | %s | | |" % " | ".join("%s-6990-000" % entity for entity in entities))
    parts.append("dates\n  posting date is document_date\n  closed hold")
    parts.append("foreign_currency\n  rate is rate\n  rounding to rounding, at most 1 per line\n  round half_away_from_zero")
    for side, name, title in (("D", "DEBIT-TOTAL", "Raises what customers owe"), ("C", "CREDIT-TOTAL", "Lowers what customers owe")):
        kinds = [kind for kind in values["type"] if sides[kind] == side]
        if kinds:
            parts.append(RULE % {"name": name, "title": title, "kinds": ", ".join(kinds), "side": "debit " if side == "D" else "credit",
                                 "other": "credit" if side == "D" else "debit "})
    return "\n\n".join(parts) + "\n"


def reference(rules, values, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "entities.yaml").write_text("entities:\n" + "".join(
        "- {code: %s, name: Entity %s, functional: %s, zone: %s, calendar: months, chart: %s, erp: none}\n" % (
            entity, entity, FUNCTIONAL[entity], ZONES[entity[:2]], entity) for entity in values["entity"]), encoding="utf-8")
    charts = collections.defaultdict(set)
    for rule in rules:
        charts[rule["entity"]].update((rule["total_account"], rule["net_account"], rule["tax_account"]))
    with open(folder / "accounts.yaml", "w", encoding="utf-8") as out:
        out.write("charts:\n")
        for entity in values["entity"]:
            out.write("  %s:\n" % entity)
            for account in sorted(charts[entity] | {entity + "-6990-000"}):
                out.write('  - {code: "%s", name: Account %s, type: %s}\n' % (account, account, kind_of_account(account)))
    (folder / "calendars.yaml").write_text("calendars:\n- {name: months, months: {from: 2024-01, through: 2027-12}}\n", encoding="utf-8")
    texts = "".join("      %s: {type: text, optional: true}\n" % name for name in TEXT_FIELDS)
    (folder / "events.yaml").write_text(
        "events:\n  billing.line:\n    title: One rated billing line\n    fields:\n      entity: {type: entity}\n"
        "      currency: {type: currency}\n      billed_in: {type: list billed_in}\n      kind: {type: list kind}\n"
        "      family: {type: list family}\n      treatment: {type: list treatment}\n      document_date: {type: date}\n"
        "      net: {type: money}\n      tax: {type: money}\n      total: {type: money, is: net + tax}\n"
        "      rate: {type: decimal, optional: true}\n" + texts, encoding="utf-8")


def kind_of_account(account):
    first = account.split("-")[1][0]
    return {"1": "asset", "2": "liability", "4": "income"}.get(first, "expense")


# What a payload carries beyond what the mapping needs; kept, so that the events stay as large as they were.
TEXT_FIELDS = {"customer": ("customer", "id"), "customer_name": ("customer", "name"), "customer_country": ("customer", "country"),
               "customer_segment": ("customer", "segment"), "sku": ("product", "sku"), "product_name": ("product", "name"),
               "contract": ("contract", "id"), "service_start": ("contract", "service_start"), "service_end": ("contract", "service_end"),
               "invoice": ("invoice", "id"), "terms": ("invoice", "terms"), "quantity": ("quantity",), "memo": ("memo",),
               "cost_center": ("dimensions", "cost_center"), "department": ("dimensions", "department"), "region": ("dimensions", "region"),
               "tax_code": ("tax_detail", "code"), "origin": ("source",)}


def text_at(event, path):
    for step in path:
        event = event.get(step) if isinstance(event, dict) else None
    return event


def cloud_event(event):
    amount, entity, currency = event["amount"], event["entity"], event["currency"]
    data = {"entity": entity, "currency": currency, "billed_in": currency, "kind": event["type"], "family": event["product"]["family"],
            "treatment": event["contract"]["treatment"], "document_date": event["posting_date"],
            "net": amount["net"], "tax": amount["tax"], "total": amount["total"]}
    functional = FUNCTIONAL.get(entity, "USD")
    if functional != currency:
        data["rate"] = "%.6f" % (DOLLARS[currency] / DOLLARS[functional])
    for name, path in TEXT_FIELDS.items():
        value = text_at(event, path)
        if isinstance(value, str):
            data[name] = value
    return {"specversion": "1.0", "id": event["id"], "source": "bench", "type": "billing.line", "time": event["occurred_at"], "data": data}


def convert(folder):
    """Returns the number of table rows of the book."""
    folder = pathlib.Path(folder)
    rules = sorted(json.loads((folder / "rules.json").read_text(encoding="utf-8")), key=lambda rule: rule["priority"])
    values = lists_of(rules)
    reference(rules, values, folder / "book" / "reference")
    (folder / "book" / "book.glmap").write_text(book(rules, values), encoding="utf-8")
    with open(folder / "events.ndjson", encoding="utf-8") as events, open(folder / "cloud.ndjson", "w", encoding="utf-8") as out:
        for line in events:
            out.write(json.dumps(cloud_event(json.loads(line)), ensure_ascii=False, separators=(",", ":")) + "\n")
    return len(unique_hit_rows(rules, values))


if __name__ == "__main__":
    print("%d rows a table" % convert(sys.argv[1]))
