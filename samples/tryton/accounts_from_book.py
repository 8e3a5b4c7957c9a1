#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the two files that setup.sh takes, from a mapping book's reference data.

  accounts_from_book.py BOOK ENTITIES.csv ACCOUNTS.csv

Reads the form in which our books are written: one {...} a line in reference/entities.yaml and reference/accounts.yaml.
The accounts of the role `receivable` in book.glmap get the type receivable, so that each line names its customer.
Standard library only: this runs before anything is built or installed.
"""
import csv
import re
import sys

FIELD = re.compile(r'(\w+):\s*(?:"([^"]*)"|([^,}]+))')


def record(line):
    """The fields of one `- {code: "1200", name: "Bank"}` line, or None."""
    match = re.match(r"\s*-\s*\{(.*)\}", line)
    if not match:
        return None
    return {name: quoted if quoted else plain.strip() for name, quoted, plain in FIELD.findall(match.group(1))}


def read_entities(book):
    with open(book + "/reference/entities.yaml", encoding="utf-8") as file:
        return [entity for entity in map(record, file) if entity]


def read_charts(book):
    charts, name = {}, None
    with open(book + "/reference/accounts.yaml", encoding="utf-8") as file:
        for line in file:
            heading = re.match(r"  (\w[\w-]*):\s*(#.*)?$", line)
            if heading:
                name = heading.group(1)
                charts[name] = []
            elif record(line):
                charts[name].append(record(line))
    return charts


def read_receivables(book):
    """{entity: account of the role receivable}"""
    heading = None
    with open(book + "/book.glmap", encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if cells[0] == "role" and line.strip().startswith("|"):
                heading = cells
            if cells[0] == "receivable" and heading:
                return dict(zip(heading[1:], cells[1:]))
    return {}


def main(book, entities_path, accounts_path):
    entities, charts, receivables = read_entities(book), read_charts(book), read_receivables(book)
    if not entities or not charts:
        sys.exit("accounts_from_book.py: no entities or no charts found in %s" % book)
    with open(entities_path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "name", "currency"])
        out.writerows([entity["code"], entity["name"], entity["functional"]] for entity in entities)
    with open(accounts_path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["entity", "code", "name", "type"])
        for entity in entities:
            for account in charts[entity["chart"]]:
                kind = account["type"]
                if receivables.get(entity["code"]) == account["code"]:
                    kind = "receivable"
                out.writerow([entity["code"], account["code"], account["name"], kind])


if __name__ == "__main__":
    main(*sys.argv[1:])
