#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peer_dict.py DIR OUT.csv: what a company writes instead: a Python script with a dictionary. Same matching, exact decimals,
duplicates dropped from a set in memory, entries as CSV. Nothing durable, no conversion, no proof."""
import json
import sys
from decimal import Decimal


def main():
    folder, out_path = sys.argv[1:3]
    index = {}
    for rule in json.load(open(folder + "/rules.json", encoding="utf-8")):
        index.setdefault((rule["type"], rule["family"], rule["entity"], rule["treatment"], rule["currency"]), rule)
    seen, counts = set(), {"entries": 0, "lines": 0, "duplicates": 0, "unmatched": 0}
    with open(out_path, "w", encoding="utf-8") as out, open(folder + "/events.ndjson", encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            if event["id"] in seen:
                counts["duplicates"] += 1
                continue
            seen.add(event["id"])
            rule = find(index, event)
            if rule is None:
                counts["unmatched"] += 1
                continue
            counts["entries"] += 1
            for fields in entry(event, rule):
                counts["lines"] += 1
                out.write("%s,%s,%s,%s,%s,%s,%s\n" % (event["id"], event["posting_date"], rule["id"], *fields, event["currency"]))
    print(json.dumps(counts))


def find(index, event):
    best = None
    for family in (event["product"]["family"], "*"):
        for treatment in (event["contract"]["treatment"], "*"):
            for currency in (event["currency"], "*"):
                rule = index.get((event["type"], family, event["entity"], treatment, currency))
                if rule is not None and (best is None or rule["priority"] < best["priority"]):
                    best = rule
    return best


def entry(event, rule):
    """[(account, side, amount)], balanced."""
    amount = {name: Decimal(value) for name, value in event["amount"].items()}
    if amount["net"] + amount["tax"] != amount["total"]:
        raise SystemExit("unbalanced " + event["id"])
    side, other = ("D", "C") if rule["total_side"] == "D" else ("C", "D")
    lines = [(rule["total_account"], side, amount["total"]), (rule["net_account"], other, amount["net"])]
    return lines + [(rule["tax_account"], other, amount["tax"])] if amount["tax"] else lines


if __name__ == "__main__":
    main()
