#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A deterministic workload: a mapping of R rules and N billing events, with duplicates and unmatched events.

workload.py -R 1000 -N 100000 -o DIR  writes DIR/rules.json (first match in order of priority wins; '*' is any value) and
DIR/events.ndjson. Used when the larger generator of ../../../shared/bench is not there; the two write the same formats."""
import argparse
import json
import os
import random

KINDS = {"invoice_line": ("D", 1200, 2400), "credit_memo_line": ("C", 1200, 4900), "payment": ("C", 1200, 1010),
         "refund": ("D", 1200, 1010), "usage_rated": ("D", 1210, 4200), "revenue_schedule": ("D", 2400, 4000),
         "tax_adjustment": ("D", 1200, 6900), "writeoff": ("C", 1200, 6800)}
TREATMENTS = ["ratable", "point_in_time", "usage", "milestone", "none"]
ENTITIES = {"US01": "USD", "UK01": "GBP", "DE01": "EUR", "JP01": "JPY", "AU01": "AUD", "IN01": "INR"}
CURRENCIES = ["USD", "EUR", "GBP", "JPY", "AUD", "INR", "KWD"]
DIGITS = {"JPY": 0, "KWD": 3}


def make_rules(count, seed):
    chance = random.Random("rules-%d-%d" % (count, seed))
    overrides, fallbacks = int(count * .15), max(1, int(count * .05))
    base = count - overrides - fallbacks
    kinds, entities = list(KINDS)[:max(2, min(8, base // 4))], list(ENTITIES)[:max(2, min(6, base // 40 + 2))]
    treatments = TREATMENTS[:max(1, min(5, base // 100 + 1))]
    families = ["fam_%03d" % i for i in range(base // (len(kinds) * len(entities) * len(treatments)) + 2)]
    keys = [(k, f, e, t) for k in kinds for f in families for e in entities for t in treatments]
    chance.shuffle(keys)
    chosen = keys[:base]
    wanted = {(*chance.choice(chosen), chance.choice(CURRENCIES)) for _ in range(overrides)}
    rows = sorted(wanted) + [(*key, "*") for key in chosen]
    backs = [(k, "*", e, t, "*") for k in kinds for e in entities for t in treatments]
    chance.shuffle(backs)
    rows += backs[:fallbacks]
    return [rule(number, row) for number, row in enumerate(rows, 1)]


def rule(number, row):
    kind, family, entity, treatment, currency = row
    side, total, net = KINDS[kind]
    shade = sum(map(ord, family + treatment)) % 900 + 100
    return {"id": "R%05d" % number, "priority": number, "type": kind, "family": family, "entity": entity, "treatment": treatment,
            "currency": currency, "total_side": side, "total_account": "%s-%d-000" % (entity, total),
            "net_account": "%s-%d-%03d" % (entity, net, shade),
            "tax_account": "%s-2210-%03d" % (entity, 900 + CURRENCIES.index(currency) if currency != "*" else 0)}


def text(amount, digits):
    plain = str(amount).rjust(digits + 1, "0")
    return plain[:-digits] + "." + plain[-digits:] if digits else plain


def make_events(rules, count, seed, path):
    chance = random.Random("events-%d-%d-%d" % (len(rules), count, seed))
    families = sorted({r["family"] for r in rules} - {"*"})
    treatments = sorted({r["treatment"] for r in rules} - {"*"})
    recent = []
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            if number > 10 and chance.random() < .01:
                out.write(chance.choice(recent))
                continue
            r = rules[min(int(chance.paretovariate(.6)) - 1, len(rules) - 1)]
            entity = r["entity"] if chance.random() > .005 else "ZZ99"
            home = ENTITIES.get(entity, "USD")
            currency = r["currency"] if r["currency"] != "*" else (home if chance.random() < .85 else chance.choice(CURRENCIES))
            digits = DIGITS.get(currency, 2)
            net = int(10 ** (1 + 4 * chance.random()) * 10 ** digits) + 100
            tax = (net * chance.choice((0, 7, 19, 20)) + 50) // 100
            day = "2025-%02d-%02d" % (chance.randrange(1, 13), chance.randrange(1, 28))
            event = {"id": "evt_%016x%08x" % (chance.getrandbits(64), number), "type": r["type"], "occurred_at": day + "T10:00:00Z",
                     "posting_date": day, "entity": entity, "currency": currency,
                     "customer": {"id": "cus_%08x" % chance.randrange(1 << 20), "name": "Société Northwind GmbH", "country": entity[:2]},
                     "product": {"sku": "SKU-%06d" % chance.randrange(10 ** 6), "name": "Annual Platform Subscription",
                                 "family": r["family"] if r["family"] != "*" else chance.choice(families)},
                     "contract": {"id": "ctr_%010x" % chance.getrandbits(40),
                                  "treatment": r["treatment"] if r["treatment"] != "*" else chance.choice(treatments)},
                     "amount": {"net": text(net, digits), "tax": text(tax, digits), "total": text(net + tax, digits)},
                     "invoice": {"id": "INV-%s-%07d" % (entity, chance.randrange(10 ** 7)), "terms": "NET30"}}
            line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
            out.write(line)
            if len(recent) < 5000:
                recent.append(line)
            else:
                recent[chance.randrange(5000)] = line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-R", type=int, default=1000)
    parser.add_argument("-N", type=int, default=100000)
    parser.add_argument("-o", default=".")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.o, exist_ok=True)
    rules = make_rules(options.R, options.seed)
    with open(os.path.join(options.o, "rules.json"), "w", encoding="utf-8") as out:
        json.dump(rules, out, indent=0)
    make_events(rules, options.N, options.seed, os.path.join(options.o, "events.ndjson"))


if __name__ == "__main__":
    main()
