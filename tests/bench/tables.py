#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tables.py ROWS DIR [--shape partition|plain|derived] [--seed N]: a mapping book with one large table, rows from CSV.

The table asks six closed lists and days, and is complete and disjoint by construction: the whole box is split into two along one
column again and again until there are ROWS parts, each part becomes a row.
  partition  any column is split, into any two halves: rows that name dozens of values, nothing that a key look-up could use
  derived    as partition, and the table answers a category that five rules ask for, instead of an account
  plain      rows name one family and one entity as far as there are rows enough, as a chart of accounts would be written
The same arguments give the same bytes everywhere."""
import argparse
import csv
import datetime
import heapq
import math
import pathlib
import random

FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2028, 12, 31)
CURRENCIES = ("USD EUR GBP JPY AUD CAD CHF CNY SEK NZD NOK DKK SGD HKD KRW MXN INR BRL ZAR TRY PLN CZK HUF RON ILS THB IDR MYR PHP VND").split()
COLUMNS = {
    "family": ["FAM-%02d" % n for n in range(1, 51)],
    "entity": ["E%02d" % n for n in range(1, 41)],
    "jurisdiction": ["J-%02d" % n for n in range(1, 61)],
    "treatment": ["ratable", "usage", "on_delivery", "wallet"],
    "billed_in": CURRENCIES,
    "band": ["B%d" % n for n in range(1, 9)],
}
NAMES = list(COLUMNS)
SIZES = [len(COLUMNS[name]) for name in NAMES] + [(LAST - FIRST).days + 1]
DAYS = len(NAMES)
ACCOUNTS = ["4%03d" % n for n in range(300)]
CATEGORIES = ["ratable", "at_once", "agent", "wallet", "other"]


def volume(box):
    return math.prod(len(cell) for cell in box)


def halves(cell, column, chance):
    if column == DAYS:  # days stay together
        cut = chance.randrange(1, len(cell))
        return cell[:cut], cell[cut:]
    left = set(chance.sample(list(cell), chance.randrange(1, len(cell))))
    return tuple(sorted(left)), tuple(value for value in cell if value not in left)


def choose_column(box, shape, chance):
    open_columns = [c for c in range(len(box)) if len(box[c]) > 1]
    if shape == "plain":
        for column in (0, 1):  # family, then entity
            if column in open_columns:
                return column
    return chance.choice(open_columns)


def parts(rows, shape, chance):
    """Boxes that share no point and together are the whole; the largest is split next, give or take."""
    whole = tuple(tuple(range(size)) for size in SIZES)
    heap = [(0.0, 0, whole)]
    made = 1
    while len(heap) < rows:
        _, _, box = heapq.heappop(heap)
        column = choose_column(box, shape, chance)
        for half in halves(box[column], column, chance):
            part = box[:column] + (half,) + box[column + 1:]
            heapq.heappush(heap, (-math.log(volume(part) + 1) * chance.uniform(0.8, 1.0), made, part))
            made += 1
    return [box for _, _, box in sorted(heap, key=lambda entry: entry[1])]


def day(number):
    return FIRST + datetime.timedelta(days=number)


def cell(column, chosen):
    return "any" if len(chosen) == SIZES[column] else ", ".join(COLUMNS[NAMES[column]][value] for value in chosen)


def write_rows(boxes, answer, answers, chance, path):
    accounts = [chance.choice(answers) for _ in boxes]
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(NAMES + [answer, "from", "until"])
        for box, account in zip(boxes, accounts):
            days = box[DAYS]
            writer.writerow([cell(c, box[c]) for c in range(DAYS)] + [account, day(days[0]), "" if days[-1] == SIZES[DAYS] - 1 else day(days[-1])])
    return accounts


BOOK = """mapping tables "A table of %(rows)d rows"
  language 1
  release 1
  owner bench
  unknown hold

reference
  entities  "reference/entities.yaml"
  accounts  "reference/accounts.yaml"
  calendars "reference/calendars.yaml"
  events    "reference/events.yaml"

lists
%(lists)s

table revenue_account "Where revenue goes"
  | %(asked)s || %(answer)s | from | until |
  rows from "revenue.csv"

accounts
  | role | %(entities)s | needs | forbids |
%(roles)s
  | receivable | %(receivable)s | | |

dates
  posting date is document_date
  closed hold

%(rules)s
test "one row is found"
  event invoice.issued I-1
    document_date %(day)s, %(fields)s, net 100.00
  expect %(entity)s SALES %(day)s USD
    debit  1200 receivable 100.00
    credit %(account)s %(role)s 100.00
"""


RULE = """rule INVOICE%(suffix)s "Invoiced"
  because "a bench"
  for invoice.issued%(when)s
  post in entity, journal SALES
    debit  receivable net
    credit %(role)s net

"""


def write_book(rows, shape, seed, folder):
    chance = random.Random(seed)
    boxes = parts(rows, shape, chance)
    reference = folder / "reference"
    reference.mkdir(parents=True, exist_ok=True)
    derived = shape == "derived"
    answers = write_rows(boxes, "category" if derived else "account", CATEGORIES if derived else ACCOUNTS, chance, folder / "revenue.csv")
    entities = COLUMNS["entity"]
    row = rows // 2
    fields = {name: COLUMNS[name][boxes[row][c][0]] for c, name in enumerate(NAMES)}
    lists = {name: values for name, values in COLUMNS.items() if name != "entity"}
    everywhere = "  | %s | %s | | |"
    if derived:
        lists["category"] = CATEGORIES
        roles = "\n".join(everywhere % ("earned_" + name, " | ".join([ACCOUNTS[n]] * len(entities))) for n, name in enumerate(CATEGORIES))
        rules = "".join(RULE % {"suffix": "-" + name.upper(), "when": "\n  when category is " + name, "role": "earned_" + name} for name in CATEGORIES)
        account, role = ACCOUNTS[CATEGORIES.index(answers[row])], "earned_" + answers[row]
    else:
        roles = "  | revenue | by revenue_account |%s | |" % (" |" * (len(entities) - 1))
        rules = RULE % {"suffix": "", "when": "", "role": "revenue"}
        account, role = answers[row], "revenue"
    (folder / "book.glmap").write_text(BOOK % {
        "rows": rows, "lists": "\n".join("  %s is %s" % (name, ", ".join(values)) for name, values in lists.items()),
        "asked": " | ".join(NAMES), "answer": "category" if derived else "account", "entities": " | ".join(entities),
        "roles": roles, "rules": rules, "receivable": " | ".join("1200" for _ in entities), "day": day(boxes[row][DAYS][0]),
        "entity": fields["entity"], "fields": ", ".join("%s %s" % item for item in fields.items()), "account": account, "role": role},
        encoding="utf-8")
    (reference / "entities.yaml").write_text("entities:\n" + "".join(
        "- {code: %s, name: Entity %s, functional: USD, zone: America/New_York, calendar: months, chart: group, erp: none}\n" % (code, code)
        for code in entities), encoding="utf-8")
    (reference / "accounts.yaml").write_text('charts:\n  group:\n  - {code: "1200", name: Receivables, type: asset}\n' + "".join(
        '  - {code: "%s", name: Revenue %s, type: income}\n' % (code, code) for code in ACCOUNTS), encoding="utf-8")
    (reference / "calendars.yaml").write_text("calendars:\n- {name: months, months: {from: 2026-01, through: 2028-12}}\n", encoding="utf-8")
    (reference / "events.yaml").write_text(
        "events:\n  invoice.issued:\n    title: Invoice issued\n    fields:\n      entity: {type: entity}\n      document_date: {type: date}\n" +
        "".join("      %s: {type: list %s}\n" % (name, name) for name in NAMES if name != "entity") +
        "      net: {type: functional money}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shape", choices=("partition", "plain", "derived"), default="partition")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_book(options.rows, options.shape, options.seed, options.folder)


if __name__ == "__main__":
    main()
