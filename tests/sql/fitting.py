# SPDX-License-Identifier: Apache-2.0
"""Values of a drawn event that must fit together for it to post, by mapping: a tax code and the country, a rebate and what it
is taken from. What a schema states in sums is not here: sums.py keeps it."""
from drawn_amounts import DIGITS, amount_text

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
            data["settled"] = maker.written(maker.minor(), maker.book.entities.get(data.get("entity")))


def choose_order(maker, data, digits):
    """What a rebate is shared out by is mostly not negative; a rebate is mostly smaller than what it is taken from."""
    for line in data["lines"]:
        if "net" in line and maker.often(.985):
            line["net"] = amount_text(abs(maker.minor()), digits)
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
    if maker.often(.3):
        for field in ("paid", "due", "rebate"):
            data.pop(field, None)


def choose_discounts(maker, kind, data):
    """What something is shared out by is mostly not negative and not nothing."""
    shared_by = {"invoice.issued": "net", "bundle.sold": "stand_alone"}.get(kind)
    digits = DIGITS.get(data.get("currency"), 2)
    for line in data.get("lines", []):
        if shared_by in line and maker.often(.985):
            whole = abs(maker.minor()) or 1
            line[shared_by] = amount_text(whole, digits)
            if shared_by == "net":
                line["line_discount"] = amount_text(maker.chance.choice((0, 0, whole // 10, whole - 1)), digits)


CHOOSERS = {"discounts": choose_discounts, "acme-billing": choose_acme, "everything": choose_everything}
