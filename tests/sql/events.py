# SPDX-License-Identifier: Apache-2.0
"""Billing events of all kinds for a book, made from its bundle: right ones, and ones with every fault a sender can make.

A bundle holds the schemas, lists and entities. Choices that must fit together (a tax code and the country) are made by
the functions in CHOOSERS; everything else is drawn by the kind of the field. One seed gives one sequence of events."""
import decimal
import json
import pathlib
import random

KINDS = ("text", "list", "entity", "currency", "money", "functional", "decimal", "date", "instant", "yes_no")
FOREIGN = ("USD", "EUR", "GBP", "JPY", "BHD", "CLF", "CHF", "KRW")
DIGITS = {"JPY": 0, "KRW": 0, "BHD": 3, "CLF": 4}
STRANGE_TEXTS = ('C "quoted"', "C\\back", "Müller & Söhne", "C'quote", "東京 1", "C" * 1024, " C ", "C,comma")


class Number(str):
    """A number as it is written in JSON, digit for digit."""


def dump(value):
    """Compact JSON that writes a Number as it is."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(name) + ":" + dump(member) for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def amount_text(minor, digits):
    sign, plain = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return sign + (plain[:-digits] + "." + plain[-digits:] if digits else plain)


class Book:
    """What the bundle says of events: types with their fields, lists, entities."""

    def __init__(self, bundle):
        book = json.loads(pathlib.Path(bundle).read_text(encoding="utf-8"))["payload"]["book"]
        catalog = book["catalog"]
        self.name = book["name"]
        self.lists = [one["values"] for one in catalog.get("lists", [])]
        self.entities = {one["code"]: one["functional"] for one in catalog["entities"]}
        self.types = catalog["types"]
        self.foreign = "foreign_currency" in book

    @staticmethod
    def kind(field):
        return KINDS[field.get("kind", 0)]


class Maker:
    def __init__(self, book, seed):
        self.book = book
        self.chance = random.Random(seed)
        self.chooser = CHOOSERS.get(book.name, lambda maker, kind, data: None)

    def often(self, share):
        return self.chance.random() < share

    # ---- values by kind

    def minor(self):
        kind = self.chance.random()
        if kind < .06:
            return 0
        top = self.chance.choice((999, 99_999, 99_999, 9_999_999, 10 ** 9))
        value = self.chance.randrange(1, top)
        return -value if kind < .14 else value

    def money(self, digits):
        text = amount_text(self.minor(), digits)
        if self.often(.05):
            text += ".00" if digits == 0 else "0"
        if self.often(.003):
            text += ".5" if "." not in text else "7"
        return Number(text) if self.often(.5) else text

    def rate(self):
        places = self.chance.choice((2, 4, 4, 6, 9, 12))
        value = self.chance.choice((self.chance.uniform(.5, 1.5), self.chance.uniform(.0005, .02), self.chance.uniform(80, 170)))
        text = "%.*f" % (places, value)
        if self.often(.004):
            text = self.chance.choice(("0", "-0.9", "0.00"))
        return Number(text) if self.often(.5) else text

    def day(self):
        kind = self.chance.random()
        if kind < .004:
            return self.chance.choice(("2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "tomorrow", ""))
        year = self.chance.choice((2026, 2026, 2026, 2027)) if kind > .04 else self.chance.choice((2024, 2025, 2025, 2032, 2033))
        return "%d-%02d-%02d" % (year, self.chance.randrange(1, 13), self.chance.choice((1, 15, 28, self.chance.randrange(1, 29))))

    def instant(self):
        fraction = self.chance.choice(("", "", ".5", ".123456789"))
        zone = self.chance.choice(("Z", "Z", "+02:00", "-05:30", "z", "+14:00"))
        text = "%sT%02d:%02d:%02d%s%s" % (self.day(), self.chance.randrange(24), self.chance.randrange(60), self.chance.randrange(60),
                                          fraction, zone)
        return text if self.often(.99) else text[:-1]

    def text(self, name):
        if self.often(.02):
            return self.chance.choice(STRANGE_TEXTS)
        if self.often(.002):
            return self.chance.choice(("", "C" * 1025, "tab\there", "high\u0085"))
        return "%s-%d" % (name[:3].upper(), self.chance.randrange(1, 400))

    def value(self, field, context):
        kind = self.book.kind(field)
        if kind == "list":
            return self.chance.choice(self.book.lists[field.get("list", 0)]) if self.often(.995) else "UNHEARD-OF"
        if kind == "currency":
            code = context["functional"] if self.often(.6) else self.chance.choice(FOREIGN)
            return code if self.often(.997) else self.chance.choice(("XYZ", "eur", "EURO"))
        if kind == "entity":
            return self.chance.choice(list(self.book.entities)) if self.often(.997) else "ZZ"
        if kind == "money":
            return self.money(DIGITS.get(context["currency"], 2))
        if kind == "functional":
            return self.money(DIGITS.get(context["functional"], 2))
        if kind == "yes_no":
            return self.often(.5) if self.often(.998) else "yes"
        return {"decimal": self.rate, "date": self.day, "instant": self.instant}.get(kind, lambda: self.text(field["name"]))()

    # ---- an event

    def fields(self, fields, context):
        data = {}
        for field in fields:
            optional, defined = field.get("optional"), field.get("definition")
            if defined and self.often(.99):
                continue
            if optional and self.often(.3):
                continue
            if not optional and not defined and self.often(.0015):
                continue
            data[field["name"]] = self.value(field, context)
        return data

    def work_out(self, kind, data):
        """Writes what follows from other fields, rightly, where these can be read."""
        for fields, holder in [(kind.get("line", []), line) for line in data.get("lines", [])] + [(kind["header"], data)]:
            for field in fields:
                sum_of = [self.term(term, fields, holder, kind, data) for term in field.get("definition", [])]
                if sum_of and None not in sum_of:
                    holder[field["name"]] = str(sum(sum_of))

    def term(self, term, fields, holder, kind, data):
        sign = -1 if term.get("negative") else 1
        holders = data.get("lines", []) if term.get("over_lines") else [holder]
        name = (kind["line"] if term.get("over_lines") else fields)[term.get("field", 0)]["name"]
        try:
            return sign * sum(decimal.Decimal(one[name]) for one in holders)
        except (KeyError, decimal.InvalidOperation):
            return None

    def event(self, number):
        kind = self.chance.choice(self.book.types)
        entity = self.chance.choice(list(self.book.entities))
        context = {"functional": self.book.entities[entity], "currency": self.book.entities[entity]}
        header = kind["header"]
        if kind.get("currency_field") and self.often(.35):
            context["currency"] = self.chance.choice(FOREIGN)
        data = self.fields(header, context)
        for field in header:  # the entity and currency that the amounts were made for
            if self.book.kind(field) == "entity" and field["name"] == "entity" and self.often(.997):
                data["entity"] = entity
            if self.book.kind(field) == "currency" and field["name"] in data and self.often(.997):
                data[field["name"]] = context["currency"]
            if field["name"] == "rate" and self.often(.95):
                data.pop("rate", None)
                if context["currency"] != context["functional"]:
                    data["rate"] = self.rate()
        if kind.get("line"):
            data["lines"] = [self.fields(kind["line"], context) for _ in range(self.chance.choice((1, 1, 2, 3, 5, 9)))]
            if self.often(.001):
                data["lines"] = []
        if self.often(.97):
            self.chooser(self, kind["name"], data)
        if self.often(.3):
            self.work_out(kind, data)
        event = {"specversion": "1.0", "id": "E%d" % number, "source": self.chance.choice(("billing", "shop")), "type": kind["name"],
                 "data": data}
        if self.often(.001):
            event["type"] = "never.heard"
        if self.often(.05):
            event["revision"] = "2"
        if self.often(.7):
            event["time"] = self.instant()
        return event


# ---- what must fit together ------------------------------------------------------------------------------------------

ACME_KINDS = {"PLATFORM": ("subscription", "usage"), "ANALYTICS": ("subscription",), "API": ("subscription", "usage"),
              "SETUP": ("one-off",), "TRAINING": ("one-off",)}


def acme_tax(maker, entity, region, business):
    home = {"US": "AMER", "DE": "EMEA", "FR": "EMEA", "UK": "EMEA", "JP": "APAC"}[entity]
    if region != home:
        return "EXPORT"
    codes = {"US": ("US-NY", "US-CA", "US-TX", "US-EXEMPT"), "DE": ("DE19", "EU-RC") if business else ("DE19",),
             "FR": ("FR20", "EU-RC") if business else ("FR20",), "UK": ("UK20", "EXPORT"), "JP": ("JP10", "EXPORT")}
    return maker.chance.choice(codes[entity])


def choose_acme(maker, kind, data):
    for holder in data.get("lines", [data]):
        if holder.get("product") in ACME_KINDS:
            holder["charge_kind"] = maker.chance.choice(ACME_KINDS[holder["product"]])
        if "tax_code" in holder and data.get("entity") in maker.book.entities:
            holder["tax_code"] = acme_tax(maker, data["entity"], data.get("region"), data.get("business") is True)
            if holder["tax_code"] in ("US-EXEMPT", "EU-RC", "EXPORT") and maker.often(.95):
                holder["tax"] = "0"
    if kind in ("payment.received", "refund.paid") and data.get("currency") not in (None, maker.book.entities.get(data.get("entity"))):
        for field in ("rate", "invoice_rate"):
            if maker.often(.97):
                data[field] = maker.rate()
        if maker.often(.97):
            data["settled"] = maker.money(DIGITS.get(maker.book.entities.get(data.get("entity")), 2))


def choose_order(maker, data, digits):
    """Weights are mostly what weights can be; a rebate is mostly smaller than what it is taken from."""
    for line in data["lines"]:
        for field in ("net", "weight"):
            if field in line and maker.often(.985):
                line[field] = amount_text(abs(maker.minor()), digits)
    if maker.often(.9):
        data["rebate"] = amount_text(maker.chance.choice((0, 1, 7, 100, 333, -5)), digits)


def choose_everything(maker, kind, data):
    digits = DIGITS.get(data.get("currency"), 2)
    if kind == "order.placed":
        choose_order(maker, data, digits)
    if kind != "sale.made":
        return
    if data.get("region") == "FAR":
        for line in data["lines"]:
            line["tax"] = "0"
    for field in ("rate", "partner_rate"):
        if maker.often(.9):
            data[field] = maker.rate()
    if maker.often(.95):
        paid, due = maker.minor(), maker.minor()
        data.update(paid=amount_text(paid, digits), due=amount_text(due, digits), rebate=amount_text(paid + due, digits))
    if maker.often(.3):
        for field in ("paid", "due", "rebate"):
            data.pop(field, None)


CHOOSERS = {"acme-billing": choose_acme, "everything": choose_everything}


def write(bundle, count, seed, path):
    maker = Maker(Book(bundle), seed)
    with open(path, "w", encoding="utf-8") as out:
        for number in range(1, count + 1):
            out.write(dump(maker.event(number)) + "\n")
