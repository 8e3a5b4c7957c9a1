#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills an empty Tryton 6.0 database through its JSON-RPC; used by setup.sh.

  bootstrap.py wait PORT PID                                   until the server answers, or PID is gone
  bootstrap.py fill PORT ADMIN_PASSWORD ENTITIES ACCOUNTS USER_PASSWORD

Makes currencies with rates, and for each entity a company, a chart with the given account codes, the fiscal years 2026
and 2027 with monthly periods, a journal GLMAP-<entity> and an analytic root PRODUCT; then the user glmap, who may post
for all of them. Standard library only.
"""
import base64
import csv
import http.client
import json
import os
import sys
import time

DATABASE = "acme"
YEARS = (2026, 2027)
# code: (name, symbol, digits, units for one USD). Sample rates; entries carry their own.
CURRENCIES = {
    "USD": ("US Dollar", "$", 2, "1.0"),
    "EUR": ("Euro", "\u20ac", 2, "0.9"),
    "GBP": ("Pound Sterling", "\u00a3", 2, "0.8"),
    "JPY": ("Yen", "\u00a5", 0, "150.0"),
    "CHF": ("Swiss Franc", "CHF", 2, "0.88"),
}
# our account type: (name, fields of Tryton's account type)
TYPES = {
    "asset": ("Assets", {"statement": "balance", "assets": True}),
    "receivable": ("Receivables", {"statement": "balance", "assets": True, "receivable": True}),
    "liability": ("Liabilities", {"statement": "balance", "assets": False}),
    "payable": ("Payables", {"statement": "balance", "assets": False, "payable": True}),
    "equity": ("Equity", {"statement": "balance", "assets": False}),
    "income": ("Income", {"statement": "income", "revenue": True}),
    "expense": ("Expenses", {"statement": "income", "expense": True}),
}
PRODUCTS = ("PLATFORM", "API", "SETUP", "TRAINING")


def decimal(text):
    return {"__class__": "Decimal", "decimal": text}


def date(year, month, day):
    return {"__class__": "date", "year": year, "month": month, "day": day}


class Tryton:
    def __init__(self, port):
        self.port, self.authorization, self.last_id = port, None, 0

    def call(self, method, *params):
        self.last_id += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        fields = {"Content-Type": "application/json"}
        if self.authorization:
            fields["Authorization"] = self.authorization
        connection.request("POST", "/%s/" % DATABASE,
                           json.dumps({"id": self.last_id, "method": method, "params": params}), fields)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            sys.exit("bootstrap.py: %s answered HTTP %d" % (method, answer.status))
        parsed = json.loads(text)
        if "error" in parsed:
            sys.exit("bootstrap.py: %s: %s" % (method, str(parsed["error"])[:400]))
        return parsed["result"]

    def log_in(self, user, password):
        user_id, key = self.call("common.db.login", user, {"password": password})
        self.authorization = "Session " + base64.b64encode(
            ("%s:%s:%s" % (user, user_id, key)).encode()).decode()
        return user_id

    def create(self, model, values, context=None):
        return self.call("model.%s.create" % model, values, context or {})

    def write(self, model, ids, values, context=None):
        return self.call("model.%s.write" % model, ids, values, context or {})

    def search(self, model, domain, context=None):
        return self.call("model.%s.search" % model, domain, 0, None, None, context or {})


def rows(path, header):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != header:
            sys.exit("bootstrap.py: %s starts with %s, not %s" % (path, reader.fieldnames, header))
        return list(reader)


def make_currencies(tryton):
    ids = {}
    for code, (name, symbol, digits, rate) in CURRENCIES.items():
        ids[code], = tryton.create("currency.currency", [{
            "code": code, "name": name, "symbol": symbol, "digits": digits,
            "rounding": decimal("1" if digits == 0 else "0." + "0" * (digits - 1) + "1")}])
        tryton.create("currency.currency.rate", [
            {"currency": ids[code], "date": date(YEARS[0], 1, 1), "rate": decimal(rate)}])
    return ids


def make_chart(tryton, company, accounts, context):
    types = {}
    made = []
    for account in accounts:
        kind = account["type"]
        if kind not in TYPES:
            sys.exit("bootstrap.py: account %s has the type %s; write one of %s"
                     % (account["code"], kind, ", ".join(TYPES)))
        if kind not in types:
            name, fields = TYPES[kind]
            types[kind], = tryton.create("account.account.type", [dict(fields, name=name, company=company)], context)
        made.append({"code": account["code"], "name": account["name"], "type": types[kind], "company": company,
                     "party_required": kind in ("receivable", "payable")})
    tryton.create("account.account", made, context)


def make_years(tryton, company, context):
    move, = tryton.search("ir.sequence.type", [("name", "=", "Account Move")])
    for year in YEARS:
        sequence, = tryton.create("ir.sequence", [{
            "name": "Posted %d" % year, "sequence_type": move, "company": company,
            "prefix": "%d/" % year, "padding": 6}], context)
        fiscal_year, = tryton.create("account.fiscalyear", [{
            "name": str(year), "company": company, "start_date": date(year, 1, 1),
            "end_date": date(year, 12, 31), "post_move_sequence": sequence}], context)
        tryton.call("model.account.fiscalyear.create_period", [fiscal_year], context)


def make_company(tryton, admin, entity, currency, accounts):
    party, = tryton.create("party.party", [{"name": entity["name"], "code": "COMPANY-" + entity["code"]}])
    company, = tryton.create("company.company", [{"party": party, "currency": currency}])
    # The user must belong to the company and have it as the current one while its books are made.
    tryton.write("res.user", [admin], {"companies": [["add", [company]]], "company": company,
                                       "company_filter": "all"})
    context = {"company": company}
    make_chart(tryton, company, accounts, context)
    make_years(tryton, company, context)
    journal_type, = tryton.search("ir.sequence.type", [("name", "=", "Account Journal")])
    numbers, = tryton.create("ir.sequence", [{
        "name": "Journal " + entity["code"], "company": company, "sequence_type": journal_type}], context)
    tryton.create("account.journal", [{
        "name": "Billing " + entity["code"], "code": "GLMAP-" + entity["code"], "type": "general",
        "sequence": numbers}], context)
    root, = tryton.create("analytic_account.account", [{
        "name": "Product", "code": "PRODUCT", "type": "root", "company": company}], context)
    tryton.create("analytic_account.account", [
        {"name": product, "code": product, "type": "normal", "company": company, "root": root, "parent": root}
        for product in PRODUCTS], context)
    return company


def make_user(tryton, companies, password):
    groups = tryton.search("res.group", [("name", "in", ["Account", "Party", "Analytic"])])
    tryton.create("res.user", [{
        "name": "glmap", "login": "glmap", "password": password, "companies": [["add", companies]],
        "company": companies[0], "company_filter": "all", "groups": [["add", groups]]}])


def fill(port, admin_password, entities_path, accounts_path, user_password):
    entities = rows(entities_path, ["code", "name", "currency"])
    accounts = rows(accounts_path, ["entity", "code", "name", "type"])
    tryton = Tryton(int(port))
    admin = tryton.log_in("admin", admin_password)
    currencies = make_currencies(tryton)
    companies = []
    for entity in entities:
        own = [account for account in accounts if account["entity"] == entity["code"]]
        companies.append(make_company(tryton, admin, entity, currencies[entity["currency"]], own))
    make_user(tryton, companies, user_password)


def wait(port, pid):
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            connection.request("POST", "/", '{"id":0,"method":"common.server.version","params":[]}',
                               {"Content-Type": "application/json"})
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            sys.exit(1)
        time.sleep(0.05)
    sys.exit(1)


if __name__ == "__main__":
    {"wait": wait, "fill": fill}[sys.argv[1]](*sys.argv[2:])
