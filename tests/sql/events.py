# SPDX-License-Identifier: Apache-2.0
"""Billing events of all kinds for a book, made from its bundle: right ones, and ones with every fault a sender can make.

A bundle holds the schemas, lists and entities. Choices that must fit together (a tax code and the country) are made by
fitting.py, or taken over from events that posted (`models`); everything else is drawn by the kind of the field, amounts by
drawn_amounts.py. The sums that a schema states are kept (sums.py). A fault is a slip() and counted. One seed gives one
sequence of events."""
import collections
import datetime
import json
import pathlib
import random
import re

import drawn_amounts
import fitting
import sums
from drawn_amounts import DIGITS

LISTED = ("list", "entity", "currency", "yes_no")   # kinds of which a model gives the value
KINDS = ("text", "list", "entity", "currency", "money", "functional", "decimal", "date", "instant", "yes_no")
FOREIGN = ("USD", "EUR", "GBP", "JPY", "BHD", "CLF", "CHF", "KRW")
DAYS_SPREAD = (-1, 0, 0, 1)   # about the first and last days of rows and accounts
LIKE_SHARE = .85              # of the events, when there are models: like one of them
SAME_DAY_SHARE = .5           # of the days of such an event
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


class Book:
    """What the bundle says of events: types with their fields, lists, entities."""

    def __init__(self, bundle):
        book = json.loads(pathlib.Path(bundle).read_text(encoding="utf-8"))["payload"]["book"]
        catalog = book["catalog"]
        dated = json.dumps([book.get("tables"), book.get("roles"), catalog["entities"]])
        self.days = sorted(map(datetime.date.fromisoformat, set(re.findall(r'"(20\d\d-\d\d-\d\d)"', dated))))
        self.name = book["name"]
        self.lists = [one["values"] for one in catalog.get("lists", [])]
        self.entities = {one["code"]: one["functional"] for one in catalog["entities"]}
        self.types = catalog["types"]
        self.foreign = "foreign_currency" in book

    @staticmethod
    def kind(field):
        return KINDS[field.get("kind", 0)]


class Maker:
    """`models`: events that posted; most are made like one of them: what can be listed and what is absent is the same, and
    mostly which amounts are nothing or negative; half of the days; amounts and texts are not."""

    def __init__(self, book, seed, models=()):
        self.book = book
        self.models = models
        self.slipped = False
        self.edges = collections.Counter()
        self.chance = random.Random(seed)
        self.chooser = fitting.CHOOSERS.get(book.name, lambda maker, kind, data: None)

    def often(self, share):
        return self.chance.random() < share

    def slip(self, share):
        """Whether a fault is made; the event is then one of those that need not be sound."""
        made = self.often(share)
        self.slipped = self.slipped or made
        return made

    # ---- values by kind

    def minor(self):
        """Of a currency that need not be the entity's own."""
        return drawn_amounts.minor(self.chance, drawn_amounts.largest(self.book.name, None, {"functional": None, "wrong": True}))

    def amount(self, field, context, currency, like):
        value = drawn_amounts.minor(self.chance, drawn_amounts.largest(self.book.name, currency, context))
        if like is not None and self.often(drawn_amounts.LIKE_SIGN_SHARE):
            value = drawn_amounts.signed_like(value, like)
        if field.get("sign") and not self.slip(.004):
            value = drawn_amounts.signed(value, field["sign"])
        return self.written(value, currency)

    def written(self, minor, currency):
        """As senders write amounts: with zeros too many, as a number or a text, and with a digit too many by mistake."""
        digits = DIGITS.get(currency, 2)
        text = drawn_amounts.amount_text(minor, digits)
        if self.often(.05):
            text += ("." if digits == 0 else "") + self.chance.choice(("0", "00", "000000"))
        if self.slip(.002):
            text += ".5" if "." not in text else "7"
        return Number(text) if self.often(.5) else text

    def rate(self):
        places = self.chance.choice((2, 4, 4, 6, 9, 12))
        value = self.chance.choice((self.chance.uniform(.5, 1.5), self.chance.uniform(.0005, .02), self.chance.uniform(80, 170)))
        text = "%.*f" % (places, value)
        if self.slip(.002):
            text = self.chance.choice(("0", "-0.9", "0.00"))
        return Number(text) if self.often(.5) else text

    def day(self):
        kind = self.chance.random()
        if .02 < kind < .22 and self.book.days:
            return (self.chance.choice(self.book.days) + datetime.timedelta(days=self.chance.choice(DAYS_SPREAD))).isoformat()
        if self.slip(.002):
            return self.chance.choice(("2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "tomorrow", ""))
        year = self.chance.choice((2026, 2026, 2026, 2027)) if kind > .02 else self.chance.choice((2024, 2025, 2025, 2032, 2033))
        return "%d-%02d-%02d" % (year, self.chance.randrange(1, 13), self.chance.choice((1, 15, 28, self.chance.randrange(1, 29))))

    def instant(self):
        fraction = self.chance.choice(("", "", ".5", ".123456789"))
        zone = self.chance.choice(("Z", "Z", "+02:00", "-05:30", "z", "+14:00"))
        text = "%sT%02d:%02d:%02d%s%s" % (self.day(), self.chance.randrange(24), self.chance.randrange(60), self.chance.randrange(60),
                                          fraction, zone)
        return text[:-1] if self.slip(.003) else text

    def text(self, name):
        if self.often(.02):
            return self.chance.choice(STRANGE_TEXTS)
        if self.slip(.002):
            return self.chance.choice(("", "C" * 1025, "tab\there", "high\u0085"))
        return "%s-%d" % (name[:3].upper(), self.chance.randrange(1, 400))

    def value(self, field, context, like=None):
        kind = self.book.kind(field)
        if kind == "list":
            return self.chance.choice(self.book.lists[field.get("list", 0)]) if not self.slip(.003) else "UNHEARD-OF"
        if kind == "currency":
            code = context["functional"] if self.often(.6) else self.chance.choice(FOREIGN)
            return self.chance.choice(("XYZ", "eur", "EURO")) if self.slip(.003) else code
        if kind == "entity":
            return "ZZ" if self.slip(.002) else self.chance.choice(list(self.book.entities))
        if kind == "money":
            return self.amount(field, context, context["currency"], like)
        if kind == "functional":
            return self.amount(field, context, context["functional"], like)
        if kind == "yes_no":
            return "yes" if self.slip(.002) else self.often(.5)
        return {"decimal": self.rate, "date": self.day, "instant": self.instant}.get(kind, lambda: self.text(field["name"]))()

    # ---- an event

    def same(self, kind):
        """Whether an event has what its model has."""
        return self.often(SAME_DAY_SHARE) if kind in ("date", "instant") else kind in LISTED and not self.slip(.001)

    def fields(self, fields, context, like=None):
        data = {}
        for field in fields:
            name, optional = field["name"], field.get("optional")
            if field.get("definition") or (not optional and self.slip(.0015)):
                continue
            if name not in like if like is not None else optional and self.often(.3):
                continue
            same = like is not None and self.same(self.book.kind(field))
            data[name] = like[name] if same and name in like else self.value(field, context, like and like.get(name))
        return data

    def lines(self, kind, context, like):
        if self.slip(.001):
            return []
        models = like.get("lines") if like else None
        return [self.fields(kind["line"], context, self.chance.choice(models) if models else None)
                for _ in range(self.chance.choice((1, 1, 2, 3, 5, 9)))]

    def data(self, kind, like):
        """The fields of an event, and the currencies that its amounts were made for; now and then it names another."""
        book = self.book
        entity = like.get("entity") if like else None
        entity = entity if entity in book.entities else self.chance.choice(list(book.entities))
        context = {"functional": book.entities[entity], "currency": book.entities[entity]}
        if kind.get("currency_field") and self.often(.35):
            context["currency"] = self.chance.choice(FOREIGN)
        if like:
            named = kind["header"][kind["currency_field"][0]]["name"] if kind.get("currency_field") else None
            context["currency"] = like.get(named, context["currency"])
        context["wrong"] = self.slip(.002)
        data = self.fields(kind["header"], context, like)
        for field in kind["header"]:  # the entity and currency that the amounts were made for
            name = field["name"]
            if book.kind(field) == "entity" and name == "entity" and not self.slip(.002):
                data["entity"] = entity
            if book.kind(field) == "currency" and name in data and not context["wrong"]:
                data[name] = context["currency"]
            if name == "rate":
                data.pop("rate", None)
                if context["currency"] != context["functional"] and not self.slip(.01) or self.often(.02):
                    data["rate"] = self.rate()
        if kind.get("line"):
            data["lines"] = self.lines(kind, context, like)
        return data, context

    def event(self, number):
        self.slipped = False
        model = self.chance.choice(self.models) if self.models and self.often(LIKE_SHARE) else None
        kind = next(one for one in self.book.types if one["name"] == model["type"]) if model else self.chance.choice(self.book.types)
        data, context = self.data(kind, model and model["data"])
        if not self.slip(.02):
            self.chooser(self, kind["name"], data)
        sums.keep(kind, data)
        if self.often(.3):
            sums.write_out(kind, data)
        if self.often(.03):
            self.slipped |= sums.break_one(kind, data, self.chance)
        self.edges += drawn_amounts.edges(kind, data, context, self.book.name)
        event = {"specversion": "1.0", "id": "E%d" % number, "source": self.chance.choice(("billing", "shop")), "type": kind["name"],
                 "data": data}
        if self.slip(.001):
            event["type"] = "never.heard"
        if self.often(.05):
            event["revision"] = "2"
        if "time" in model if model else self.often(.7):
            event["time"] = self.instant()
        return event


def write(bundle, count, seed, path, models=()):
    """Returns how many of the events have a fault that was made on purpose, and how many amounts are of which edge."""
    maker = Maker(Book(bundle), seed, models)
    faulty = 0
    with open(path, "w", encoding="utf-8") as out:
        for number in range(1, count + 1):
            out.write(dump(maker.event(number)) + "\n")
            faulty += maker.slipped
    return faulty, maker.edges
