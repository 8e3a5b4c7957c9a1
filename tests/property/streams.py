# SPDX-License-Identifier: Apache-2.0
"""Random streams of events that satisfy their schema, for any book, made from its bundle.

Events of a stream speak of a few deals - a company, a customer, a contract, an invoice, a currency - so that they meet: the payment of
this invoice, its void, a second credit note, one too many. Amounts sit on boundaries (0, one minor unit, one short of a thousand, large),
days mostly go forward and sometimes back, months end and years turn. Faults of senders are tests/sql/events.py's business."""
import datetime
import pathlib
import random
import sys

from library import digits, event, money

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sql"))
from events import KINDS  # noqa: E402
from fitting import ACME_KINDS, acme_tax  # noqa: E402

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "BHD", "CHF")
BOUNDARIES = (0, 1, 1, 2, 49, 50, 99, 100, 101, 333, 999, 1000, 9_999, 10_000, 33_333, 36_500, 100_000, 120_000, 999_999, 12_345_678)
DEALS = 7
ONE_FOR_A_DEAL = {"method", "right", "tax_code", "purpose", "vat_id", "kind", "product", "model", "region", "business"}


class Stream:
    def __init__(self, book, seed, foreign=True, start=datetime.date(2026, 1, 1)):
        self.book, self.chance, self.foreign, self.day = book, random.Random(seed), foreign, start
        self.number, self.first = 0, start
        self.closes = any(one.get("closed_through") for one in book.entities.values()) and book.name != "acme"
        later = {one["type"] for one in book.model.get("order", []) if "type" in one}
        self.founding = [name for number, name in enumerate(book.types) if number not in later]
        self.amounts = [100]
        self.deals = [self.deal(n) for n in range(DEALS)]

    def often(self, share):
        return self.chance.random() < share

    def deal(self, number):
        entity = self.chance.choice(list(self.book.entities))
        home = self.book.functional(entity)
        currency = self.chance.choice(CURRENCIES) if self.foreign and self.often(.35) else home
        return {"entity": entity, "currency": currency, "texts": number, "customer": "C%d" % (number // 2), "from": self.day, "chosen": {}}

    def minor(self, signed):
        value = self.chance.choice(BOUNDARIES) if self.often(.6) else self.chance.randrange(1, 500_000)
        if self.often(.3):
            value = self.chance.choice(self.amounts)  # the amount of something before
        self.amounts.append(value)
        return -value if signed and self.often(.12) else value

    def date(self):
        """Mostly of the day. Where a company has closed its books, also from before; elsewhere not from before the book's first day."""
        back = self.chance.choice((0, 0, 0, 0, 1, 3)) if self.often(.9) else self.chance.choice((31, 62))
        day = self.day - datetime.timedelta(days=back)
        return day if self.closes else max(day, self.first)

    def value(self, field, deal, line):
        kind, name = KINDS[field.get("kind", 0)], field["name"]
        if kind == "entity":
            return deal["entity"] if name == "entity" else self.chance.choice(list(self.book.entities))
        if kind == "currency":
            return deal["currency"]
        if kind == "money":
            return money(self.minor(line), deal["currency"])
        if kind == "functional":
            return money(self.minor(False), self.book.functional(deal["entity"]))
        if kind == "decimal":
            return self.chance.choice(("0.9", "1.1", "0.91234", "149.555", "1", "0.0001234567"))
        if kind == "instant":
            return self.date().isoformat() + "T%02d:30:00Z" % self.chance.randrange(24)
        if kind in ("list", "yes_no"):
            values = self.book.catalog["lists"][field.get("list", 0)]["values"] if kind == "list" else (True, False)
            if name in ONE_FOR_A_DEAL and not line:
                return deal["chosen"].setdefault(name, self.chance.choice(values))
            return self.chance.choice(values)
        return deal["customer"] if name == "customer" else "%s-%d" % (name[:3].upper(), deal["texts"])

    def fields(self, fields, deal, line):
        data = {}
        for field in fields:
            if field.get("definition") or (field.get("optional") and self.often(.3)):
                continue
            if KINDS[field.get("kind", 0)] == "date":
                continue
            data[field["name"]] = self.value(field, deal, line)
        data.update(self.dates([f["name"] for f in fields if KINDS[f.get("kind", 0)] == "date"]))
        return data

    def dates(self, names):
        """Ends come after their beginnings; services are a day, a month or a year and more, from any day."""
        day = self.date()
        first = day - datetime.timedelta(days=self.chance.choice((0, 0, 1, 14, 40)))
        last = first + datetime.timedelta(days=self.chance.choice((0, 27, 30, 89, 364, 365, 400)))
        told = {}
        for name in names:
            later = name.endswith(("_until", "_to"))
            told[name] = (last if later else first if name.endswith("_from") else day).isoformat()
        return told

    def next(self, kinds=None):
        """One event of any type, or of one of `kinds`."""
        self.number += 1
        self.day += datetime.timedelta(days=self.chance.choice((0, 0, 0, 1, 2, 9)))
        early = self.number < 40 and self.often(.7)
        kind = self.book.types[self.chance.choice(list(kinds or (self.founding if early else self.book.types)))]
        deal = self.chance.choice(self.deals)
        data = self.fields(kind["header"], deal, False)
        if kind.get("line"):
            data["lines"] = [self.fields(kind["line"], deal, True) for _ in range(self.chance.choice((1, 1, 2, 3, 5)))]
        FITTING.get(self.book.name, lambda stream, name, told, of: None)(self, kind["name"], data, deal)
        return event(kind["name"], "E%d" % self.number, data)

    def take(self, count, kinds=None):
        return [self.next(kinds) for _ in range(count)]


# ---- what must fit together, or everything would be held ---------------------------------------------------------------

def fit_acme(stream, kind, data, deal):
    for holder in data.get("lines", [data]):
        if holder.get("product") in ACME_KINDS:
            holder["charge_kind"] = stream.chance.choice(ACME_KINDS[holder["product"]])
        if "tax_code" in holder:
            holder["tax_code"] = acme_tax(stream, data["entity"], data.get("region"), data.get("business") is True)
            if holder["tax_code"] in ("US-EXEMPT", "EU-RC", "EXPORT"):
                holder["tax"] = money(0, deal["currency"])
    functional = stream.book.functional(deal["entity"])
    if deal["currency"] == functional:
        for name in ("rate", "invoice_rate", "settled"):
            data.pop(name, None)
    elif "payment" in kind or "refund" in kind:
        data.update(rate="1.1", invoice_rate="1.2", settled=money(stream.minor(False), functional))
    else:
        data["rate"] = "1.1"


def fit_tax(stream, kind, data, deal):
    codes = {"DE": ("DE19", "DE7", "OSS-FR", "EXPORT"), "FR": ("FR20", "EXPORT"), "UK": ("UK20", "EXPORT"), "US": ("EXPORT", "MARKETPLACE")}[deal["entity"]]
    for holder in [data, *data.get("lines", [])]:
        for name in ("tax_code", "original_code"):
            if name in holder:
                holder[name] = stream.chance.choice(codes)
        if holder.get("tax_code", data.get("tax_code")) in ("EXPORT", "MARKETPLACE"):
            for name in ("tax", "paid_tax", "change"):
                if name in holder:
                    holder[name] = money(0, deal["currency"])


def fit_partners(stream, kind, data, deal):
    """Another company where one is named, and mostly the agreement that there is."""
    others = [one for one in stream.book.entities if one != deal["entity"]]
    for holder in [data, *data.get("lines", [])]:
        for name in ("partner", "owner", "collector", "principal"):
            if name in holder and stream.often(.8):
                holder[name] = stream.chance.choice(others)
        if holder.get("model") == "own":
            holder["owner"] = deal["entity"]
        if stream.book.name == "agency" and holder.get("principal") in others:
            holder["product"] = "API" if deal["entity"] == "DE" else "PLATFORM"


def fit_discounts(stream, kind, data, deal):
    for line in data.get("lines", []):
        for name in ("net", "stand_alone"):
            if name in line:
                line[name] = money(stream.minor(False) + 100, deal["currency"])
        if "line_discount" in line:
            line["line_discount"] = money(stream.chance.choice((0, 7, 50)), deal["currency"])
        if "presentation" in line:
            line["product"] = stream.chance.choice(("API", "SEATS"))


FITTING = {"acme": fit_acme, "tax": fit_tax, "agency": fit_partners, "intercompany": fit_partners, "discounts": fit_discounts}


def scaled(events, book, factor):
    """The same events with every amount times `factor`."""
    def amounts(fields, data):
        for field in fields:
            if KINDS[field.get("kind", 0)] in ("money", "functional") and field["name"] in data:
                sign = data[field["name"]]
                import decimal  # noqa: PLC0415
                data[field["name"]] = str(decimal.Decimal(sign) * factor)
    result = []
    for one in events:
        kind = book.types[one["type"]]
        data = {**one["data"], **({"lines": [dict(line) for line in one["data"]["lines"]]} if "lines" in one["data"] else {})}
        amounts(kind["header"], data)
        for line in data.get("lines", []):
            amounts(kind["line"], line)
        result.append({**one, "data": data})
    return result


__all__ = ["Stream", "digits", "scaled"]
