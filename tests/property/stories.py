# SPDX-License-Identifier: Apache-2.0
"""Invariants of what books keep over time: random lives of invoices, contracts, wallets and payouts, worked out a second time here, by a
model of a few lines that knows nothing of the books, and compared with the balances that the entries leave."""
import collections
import datetime
import decimal
import random

from library import digits, event, money, signed, unit
from streams import BOUNDARIES, Stream

D = decimal.Decimal
LIVES = 25  # invoices, contracts ... a round
THROUGH = "2029-12-31"


def day(number):
    return (datetime.date(2026, 1, 1) + datetime.timedelta(days=number)).isoformat()


def amount(chance, top=500_000):
    return max(1, chance.choice(BOUNDARIES) if chance.random() < .5 else chance.randrange(1, top))


def equal(found, expected, what):
    assert found == expected, "%s: %s, expected %s" % (what, found, expected)


# ---- 5: any order of delivery --------------------------------------------------------------------------------------------

def linked_events(chance, count):
    """Events of one day that need each other at most by `order`: each balance is asked by one event only."""
    made = []
    for n in range(count):
        head = {"entity": "US", "currency": "USD", "document_date": "2026-03-02", "customer": "C%d" % n}
        invoice = {**head, "invoice": "I%d" % n, "contract": "K%d" % n}
        net = min(amount(chance), 1_000_000)  # above 25,000.00 a void waits for an approval
        line = {"product": "PLATFORM", "net": money(net, "USD"), "tax": "1.00", "service_from": "2026-03-02", "service_until": "2027-03-01"}
        made.append(event("invoice.issued", "I%d" % n, {**invoice, "lines": [line, {**line, "product": "SETUP"}]}))
        part = chance.randrange(net + 1)
        back = {"unearned": money(part, "USD"), "earned": "0.00", "tax": "0.00", "service_from": "2026-03-02", "service_until": "2027-03-01"}
        choices = {
            "void": event("invoice.voided", "V%d" % n, {"invoice": "I%d" % n, "entity": "US", "document_date": "2026-03-02"}),
            "credit": event("credit_note.issued", "N%d" % n, {**invoice, "credit_note": "N%d" % n, "disposition": "open_invoice",
                                                              "lines": [{"product": "PLATFORM", **back}]}),
            "write-off": event("invoice.written_off", "W%d" % n, {**invoice, "product": "PLATFORM", "amount": money(net, "USD"), **{
                key: back[key] for key in ("unearned", "service_from", "service_until")}}),
            "delivery": event("delivery.completed", "D%d" % n, {**head, "delivery": "D%d" % n, "contract": "K%d" % n, "product": "SETUP",
                                                                "amount": money(part, "USD")}),
        }
        made += [choices[name] for name in chance.sample(sorted(choices), 1)]
        made.append(event("customer_credit.granted", "G%d" % n, {**head, "amount": money(net, "USD")}))
        made.append(event("dispute.funds_withdrawn", "DW%d" % n, {**head, "dispute": "X%d" % n, "amount": money(net, "USD"), "fee": "15.00"}))
        made.append(event("dispute.closed", "DC%d" % n, {**head, "dispute": "X%d" % n, "outcome": chance.choice(("won", "lost")),
                                                         "amount": money(net, "USD")}))
        for one in made[-3:]:
            if one["type"].startswith("dispute"):
                one["data"].pop("customer")
    return made


def i05_linked_events_in_any_order_leave_the_same_journals(library, seed, rounds):
    """Where a balance is asked, `order` says what must come first, and what comes too early waits for it. Payments are applied in the order in
    which they come, by policy, and are not shuffled here."""
    book, count = library.book("accrual"), 0
    for round_ in range(rounds):
        chance = random.Random("order/%d/%d" % (seed, round_))
        events = linked_events(chance, LIVES)
        straight = book.run(events, THROUGH)
        assert not straight.totals["waiting"] and not straight.totals["held"], straight.totals
        for _ in range(3):
            shuffled = events + chance.sample(events, len(events) // 3)
            chance.shuffle(shuffled)
            other = book.run(shuffled, THROUGH)
            equal(other.balances(dims=("customer", "invoice", "contract")), straight.balances(dims=("customer", "invoice", "contract")), "balances")
            equal(sorted(other.raw.splitlines()), sorted(straight.raw.splitlines()), "the set of journals")
            count += len(straight.entries)
    return "%d entries" % count


# ---- 7, 8: what is deferred, what is recognised ---------------------------------------------------------------------------

def i07_deferred_revenue_and_contract_asset_are_never_negative(library, seed, rounds):
    """Ramps of any plan: after every day deferred = billed - recognised, or the contract asset is its opposite; both end at nothing."""
    book, days = library.book("ramp"), 0
    for round_ in range(rounds):
        chance = random.Random("ramp/%d/%d" % (seed, round_))
        events, plans = [], {}
        for n in range(LIVES):
            years, start = chance.randrange(1, 4), chance.randrange(0, 300)
            bills = [amount(chance, 2_000_000) for _ in range(years)]
            first = datetime.date(2026, 1, 1) + datetime.timedelta(days=start)
            last = first.replace(year=first.year + years) - datetime.timedelta(days=1)
            plans["K%d" % n] = sum(bills)
            for year, bill in enumerate(bills):
                line = {"product": "PLATFORM", "contract": "K%d" % n, "net": money(bill, "USD"), "tax": "0.00", "price": money(sum(bills), "USD"),
                        "price_from": first.isoformat(), "price_until": last.isoformat()}
                events.append(event("invoice.issued", "I%d-%d" % (n, year), {
                    "invoice": "I%d-%d" % (n, year), "entity": "US", "customer": "C%d" % n, "currency": "USD",
                    "document_date": first.replace(year=first.year + year).isoformat(), "lines": [line]}))
        events.sort(key=lambda one: one["data"]["document_date"])
        run = book.run(events, THROUGH)
        equal(run.totals["held"], 0, "held")
        days += follow(run, plans)
    return "%d days" % days


def follow(run, plans):
    """Walks through the entries by day; returns how many days were looked at."""
    billed, earned, deferred, asset = (collections.Counter() for _ in range(4))
    by_day = collections.defaultdict(list)
    for entry in run.entries:
        by_day[entry["posting_date"]].append(entry)
    for today in sorted(by_day):
        touched = set()
        for entry in by_day[today]:
            contract = next(line["dimensions"]["contract"] for line in entry["lines"] if "contract" in line["dimensions"])
            touched.add(contract)
            for line in entry["lines"]:
                {"deferred_revenue": deferred, "contract_asset": asset, "revenue": earned, "receivable": billed}[line["role"]][contract] += signed(entry, line)
        for contract in touched:
            what = "%s on %s" % (contract, today)
            assert -deferred[contract] >= 0 and asset[contract] >= 0, "%s: deferred %s, contract asset %s" % (what, -deferred[contract], asset[contract])
            assert not (deferred[contract] and asset[contract]), what + ": deferred and contract asset at once"
            equal(-deferred[contract] - asset[contract], billed[contract] + earned[contract], what + ": billed less recognised")
    for contract, price in plans.items():
        equal((deferred[contract], asset[contract], -earned[contract]), (0, 0, D(price) / 100), contract + " at its end")
    return len(by_day)


PRODUCTS = {"DE": ("SEATS", "SUPPORT", "HOSTING", "ACCESS", "CARE", "COMPUTE"), "UK": ("SUPPORT",)}


def i08_what_is_recognised_over_a_life_is_the_price(library, seed, rounds):
    """Every convention, any days, any amount, also negative and in yen; and after a credit note for what is to come, the price less that."""
    book, steps = library.book("treatments"), 0
    for round_ in range(rounds):
        chance = random.Random("life/%d/%d" % (seed, round_))
        events, prices = [], collections.Counter()
        for n in range(3 * LIVES):
            currency = chance.choice(("EUR", "EUR", "USD", "JPY", "BHD"))
            net = amount(chance) * chance.choice((1, 1, 1, -1))
            first = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(0, 400))
            last = first + datetime.timedelta(days=chance.choice((0, 1, 27, 29, 30, 89, 364, 365, 730, chance.randrange(900))))
            line = {"product": chance.choice(PRODUCTS["DE"]), "net": money(net, currency), "tax": money(0, currency),
                    "service_from": first.isoformat(), "service_until": last.isoformat()}
            events.append(event("invoice.issued", "L%d" % n, {"invoice": "L%d" % n, "contract": "K%d" % n, "entity": "DE", "customer": "C",
                                                             "currency": currency, "document_date": first.isoformat(), "lines": [line]}))
            prices["L%d" % n] = D(net).scaleb(-digits(currency))
        events.sort(key=lambda one: one["data"]["document_date"])
        run = book.run(events, THROUGH)
        for one in events:
            if run.outcome(one["id"]) != "entries":  # nothing in the books' currency is left of it
                continue
            recognised = sum((-signed(entry, line) for entry in run.posted_by(one["id"]) for line in entry["lines"] if line["role"] == "revenue"), D(0))
            equal(recognised, prices[one["id"]], one["id"])
        left = {key: both for key, both in run.balances(("entity", "role", "currency"), lambda e, line: line["role"] == "deferred_revenue").items()}
        equal(left, {}, "deferred revenue at the end")
        steps += len(run.entries)
    return "%d entries" % steps


# ---- 9: the open amount of an invoice ------------------------------------------------------------------------------------------

def i09_receivable_is_issued_less_credited_paid_and_written_off(library, seed, rounds):
    """receivables: partial payments, tolerated differences, unapplied and moved payments, write-offs, recoveries."""
    book, count = library.book("receivables"), 0
    for round_ in range(rounds):
        chance = random.Random("open/%d/%d" % (seed, round_))
        events, opened = [], {}
        for n in range(LIVES):
            life = invoice_life(chance, n)
            opened["I%d" % n] = next(life)
            for one, change in life:
                events.append(one)
                opened["I%d" % n] += change
        run = book.run(events, THROUGH)
        equal([run.outcome(one["id"]) for one in events], ["entries"] * len(events), "outcomes")
        for invoice, open_amount in opened.items():
            equal(run.balance("receivable", invoice=invoice), D(open_amount) / 100, invoice)
        count += len(events)
    return "%d events" % count


def invoice_life(chance, n):
    """First 0; then (event, change of the open amount). No step takes more than is open, so the model need not know the rules for too much."""
    yield 0
    head = {"entity": "US", "currency": "USD", "customer": "C%d" % n, "invoice": "I%d" % n, "document_date": day(n)}
    net, tax = amount(chance), chance.randrange(0, 999)
    yield event("invoice.issued", "I%d" % n, {**head, "net": money(net, "USD"), "tax": money(tax, "USD"), "service_from": day(n), "service_until": day(n + 364)}), net + tax
    left, number = net + tax, 0
    paid = 0
    while left and number < 6:
        number += 1
        name = "P%d-%d" % (n, number)
        part = chance.choice((left, max(1, left // 3), 1))
        kind = chance.choice(("card", "card", "bank_debit", "external", "tolerated", "unapplied", "written_off"))
        if kind in ("card", "bank_debit"):
            yield event("payment.received", name, {**head, "payment": name, "method": kind, "batch": "B", "amount": money(part, "USD")}), -part
            paid, last = paid + part, name
        elif kind == "external":
            yield event("payment.recorded_external", name, {**head, "payment": name, "amount": money(part, "USD")}), -part
        elif kind == "tolerated":
            part = min(part, 500)  # more than 5.00 needs an approval
            yield event("payment.tolerated", name, {**head, "amount": money(part, "USD")}), -part
        elif kind == "unapplied":
            if not paid:
                continue
            part = -chance.randrange(1, paid + 1)
            yield event("payment.unapplied", name, {**head, "payment": last, "amount": money(-part, "USD")}), -part
            paid += part
        else:
            part = min(left, 900_000)  # more than 10,000.00 needs an approval
            yield event("invoice.written_off", name, {**head, "amount": money(part, "USD"), "unearned": "0.00", "service_from": day(n), "service_until": day(n)}), -part
            yield event("writeoff.recovered", name + "R", {**head, "amount": money(part, "USD")}), 0
        left -= part


# ---- 10: a void leaves nothing ------------------------------------------------------------------------------------------------------

def i10_a_void_leaves_nothing_on_any_account(library, seed, rounds):
    """Account by account and dimension by dimension, in both currencies: with months of revenue posted in between, storno or swapped."""
    count = 0
    for round_ in range(rounds):
        for name, made in (("accrual", subscription), ("storno", sale), ("credit-notes", credited), ("wallet", granted)):
            book, chance = library.book(name), random.Random("void/%s/%d/%d" % (name, seed, round_))
            events, gone = [], set()
            for n in range(LIVES):
                document, voids, before = made(chance, n, book)
                events += [*before, document, voids]
                gone |= {document["id"], voids["id"]}
            events.sort(key=lambda one: one["data"]["document_date"])
            run = book.run(events, THROUGH)
            posted = {one["id"] for one in events if run.outcome(one["id"]) == "entries"}
            assert len(posted) > len(events) // 2, "%s: %s" % (name, run.totals)
            for one in events:  # what was posted can be taken back
                about = [other for other in events if other["id"] == "I" + one["id"][1:] or other["id"] == "N" + one["id"][1:]]
                if one["type"].endswith(".voided") and run.outcome(one["id"]) == "held" and "approv" not in str(run.outcomes["billing", one["id"], ""]):
                    assert not run.posted_by(about[-1]["id"]), "%s: %s" % (name, run.outcomes["billing", one["id"], ""])
            voided = {one["data"].get("invoice") or one["data"].get("grant") or one["data"].get("credit_note") for one in events
                      if one["type"].endswith(".voided") and one["id"] in posted}
            key = {"wallet": "grant", "credit-notes": "credit_note"}.get(name, "invoice")
            ids = {one["id"] for one in events if one["data"].get(key) in voided and (one["id"] in gone)}
            left = run.balances(("entity", "account", "currency"), lambda entry, line, ids=ids: entry["key"]["event_id"] in ids,
                                dims=("customer", "invoice", "contract", "product", "grant"))
            equal(left, {}, name)
            count += len(voided)
    return "%d voids" % count


def later(chance, first, most=500):
    return (first + datetime.timedelta(days=chance.randrange(0, most))).isoformat()


def subscription(chance, n, book):
    first = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(300))
    line = {"product": chance.choice(("PLATFORM", "TRAINING", "SETUP")), "net": money(amount(chance), "USD"), "tax": "3.33",
            "service_from": first.isoformat(), "service_until": later(chance, first, 700)}
    return (event("invoice.issued", "I%d" % n, {"invoice": "I%d" % n, "contract": "K%d" % n, "entity": "US", "customer": "C%d" % n, "currency": "USD",
                                               "document_date": first.isoformat(), "lines": [line, {**line, "net": "-0.07"}]}),
            event("invoice.voided", "V%d" % n, {"invoice": "I%d" % n, "entity": "US", "document_date": later(chance, first)}), [])


def sale(chance, n, book):
    entity, currency = chance.choice(("US", "PL")), chance.choice(("USD", "PLN", "EUR", "JPY"))
    first = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(300))
    lines = [{"product": chance.choice(("API", "SETUP")), "net": money(amount(chance), currency), "tax": money(chance.randrange(99), currency)} for _ in range(3)]
    return (event("invoice.issued", "I%d" % n, {"invoice": "I%d" % n, "entity": entity, "customer": "C%d" % n, "currency": currency,
                                               "document_date": first.isoformat(), "lines": lines}),
            event("invoice.voided", "V%d" % n, {"invoice": "I%d" % n, "entity": entity, "document_date": later(chance, first)}), [])


def credited(chance, n, book):
    first = datetime.date(2026, 7, 1) + datetime.timedelta(days=chance.randrange(100))
    last = (first + datetime.timedelta(days=364)).isoformat()
    net = amount(chance)
    part = chance.randrange(net + 1)
    head = {"invoice": "I%d" % n, "contract": "K%d" % n, "entity": "DE", "customer": "C%d" % n, "currency": "EUR", "document_date": first.isoformat()}
    invoice = event("invoice.issued", "I%d" % n, {**head, "lines": [{"product": "SEATS", "net": money(net, "EUR"), "tax": "0.00",
                                                                     "service_from": first.isoformat(), "service_until": last}]})
    line = {"product": "SEATS", "tax": "1.00", "unearned": money(part, "EUR"), "earned": "0.00", "service_from": first.isoformat(), "service_until": last}
    note = event("credit_note.issued", "N%d" % n, {**head, "credit_note": "N%d" % n, "reason": chance.choice(("unused", "rebill")), "lines": [line]})
    voids = event("credit_note.voided", "V%d" % n, {"credit_note": "N%d" % n, "entity": "DE", "document_date": later(chance, first)})
    return note, voids, [invoice]


def granted(chance, n, book):
    head = {"grant": "G%d" % n, "entity": "US", "document_date": day(n)}
    return (event("grant.purchased", "G%d" % n, {**head, "customer": "C%d" % n, "currency": "USD", "amount": money(amount(chance), "USD")}),
            event("grant.voided", "V%d" % n, head), [])


# ---- 11, 12, 13: tax, clearing, wallets -----------------------------------------------------------------------------------------------

TAX_ACCOUNTS = {"DE19": "3806", "DE20": "3806", "DE7": "3801", "OSS-FR": "3817", "UK20": "2200"}


def i11_tax_accounts_are_the_tax_of_what_was_issued_less_credited(library, seed, rounds):
    book, count = library.book("tax"), 0
    for round_ in range(rounds):
        chance = random.Random("tax/%d/%d" % (seed, round_))
        events, owed = [], collections.Counter()
        for n in range(2 * LIVES):
            entity, codes, currency = chance.choice((("DE", ("DE19", "DE7", "OSS-FR"), "EUR"), ("UK", ("UK20",), "GBP")))
            head = {"invoice": "I%d" % n, "customer": "C%d" % n, "entity": entity, "currency": currency, "document_date": day(n)}
            lines = [{"product": "API", "tax_code": chance.choice(codes), "net": money(amount(chance), currency), "tax": money(chance.randrange(9999), currency)}
                     for _ in range(chance.randrange(1, 5))]
            events.append(event("invoice.issued", "I%d" % n, {**head, "vat_id": False, "lines": lines}))
            for line in lines:
                owed[entity, TAX_ACCOUNTS[line["tax_code"]], currency] -= D(line["tax"])
            if chance.random() < .5:
                line = chance.choice(lines)
                part = money(chance.randrange(int(D(line["tax"]) * 100) + 1), currency)
                events.append(event("credit_note.issued", "N%d" % n, {**head, "credit_note": "N%d" % n, "product": "API", "original_code": line["tax_code"],
                                                                      "net": "1.00", "tax": part}))
                owed[entity, TAX_ACCOUNTS[line["tax_code"]], currency] += D(part)
        run = book.run(events)
        equal(run.totals["with_entries"], len(events), "posted")
        found = run.balances(("entity", "account", "currency"), lambda entry, line: line["role"] in ("output_tax", "original_tax"))
        equal({key: both[0] for key, both in found.items()}, {key: value for key, value in owed.items() if value}, "tax")
        count += len(events)
    return "%d documents" % count


def i12_clearing_is_what_the_processor_has_not_paid_out(library, seed, rounds):
    book, count = library.book("receivables"), 0
    for round_ in range(rounds):
        chance = random.Random("clearing/%d/%d" % (seed, round_))
        events, unsettled = [], collections.Counter()
        for n in range(4 * LIVES):
            batch = "B%d" % chance.randrange(6)
            head = {"entity": "US", "currency": "USD", "document_date": day(n // 2), "batch": batch}
            value, fee = amount(chance), chance.randrange(0, 500)
            kind = chance.choice(("payment", "payment", "fee", "dispute", "top-up", "payout"))
            if kind == "payment":
                about = {"customer": "C%d" % n, "invoice": "I%d" % n}
                events.append(event("invoice.issued", "I%d" % n, {**head, **about, "net": "1.00", "tax": "0.00", "service_from": day(n), "service_until": day(n)}))
                events[-1]["data"].pop("batch")
                one, change = event("payment.received", "P%d" % n, {**head, **about, "payment": "P%d" % n, "method": "card", "amount": money(value, "USD")}), value
            elif kind == "fee":
                one, change = event("fee.charged", "F%d" % n, {**head, "fee": "F%d" % n, "amount": money(value, "USD"), "input_tax": money(fee, "USD")}), -value - fee
            elif kind == "dispute":
                one, change = event("dispute.funds_withdrawn", "D%d" % n, {**head, "customer": "C", "dispute": "D%d" % n, "amount": money(value, "USD"), "fee": money(fee, "USD")}), -value - fee
            elif kind == "top-up":
                one, change = event("processor.topped_up", "T%d" % n, {**head, "amount": money(value, "USD")}), value
            elif any(e["data"].get("batch") == batch and e["type"] == "payment.received" for e in events):
                paid = chance.choice((unsettled[batch], unsettled[batch] // 2, unsettled[batch] + 1))  # a cent too much is held
                taken = paid if 0 < paid <= unsettled[batch] else paid if paid <= 0 else 0
                if paid <= 0:
                    continue
                one, change = event("payout.paid", "O%d" % n, {**head, "payout": "O%d" % n, "amount": money(paid, "USD")}), -taken
            else:
                continue
            events.append(one)
            unsettled[batch] += change
        run = book.run(events)
        for batch, value in unsettled.items():
            equal(run.balance("psp_clearing", batch=batch), D(value) / 100, batch)
        count += len(events)
    return "%d events" % count


def i13_the_wallet_is_what_was_paid_and_not_used_or_expired(library, seed, rounds):
    """Grants: the oldest is used first, to the cent; more than there is is held and takes nothing."""
    book, count = library.book("wallet"), 0
    for round_ in range(rounds):
        chance = random.Random("wallet/%d/%d" % (seed, round_))
        events, grants, wallets = [], collections.defaultdict(dict), collections.Counter()
        for n in range(4 * LIVES):
            customer, value = "C%d" % chance.randrange(5), amount(chance)
            head = {"entity": "US", "currency": "USD", "document_date": day(n), "customer": customer, "amount": money(value, "USD")}
            kind = chance.choice(("grant.purchased", "grant.drawn", "wallet.topped_up", "wallet.consumed", "wallet.expired"))
            if kind.startswith("grant"):
                if kind == "grant.purchased":
                    grants[customer]["G%d" % n] = value
                    events.append(event(kind, "E%d" % n, {**head, "grant": "G%d" % n}))
                elif grants[customer]:
                    events.append(event(kind, "E%d" % n, {**head, "product": "API"}))
                    draw(grants[customer], value)
            elif kind == "wallet.topped_up":
                promotional = chance.random() < .3
                events.append(event(kind, "E%d" % n, {**head, "kind": "promotional" if promotional else "paid", "tax": "0.00"}))
                wallets[customer] += 0 if promotional else value
            elif customer in wallets:
                events.append(event(kind, "E%d" % n, {**head, **({"kind": "paid", "product": "API"} if kind == "wallet.consumed" else {"state": "NY"})}))
                wallets[customer] -= value if value <= wallets[customer] else 0
        run = book.run(events)
        for customer, value in wallets.items():
            equal(-run.balance("wallet_liability", customer=customer), D(value) / 100, customer)
        for customer, held in grants.items():
            for grant, value in held.items():
                equal(-run.balance("grant_liability", customer=customer, grant=grant), D(value) / 100, grant)
        count += len(events)
    return "%d events" % count


def draw(grants, value):
    if value > sum(grants.values()):
        return
    for grant in list(grants):  # in the order in which they were bought
        taken = min(value, grants[grant])
        grants[grant] -= taken
        value -= taken


# ---- 16: shares ------------------------------------------------------------------------------------------------------------------------------

def i16_shares_add_up_and_equal_lines_only_swap_cents(library, seed, rounds):
    book, count = library.book("discounts"), 0
    products = ("GOODS", "API", "SEATS", "POINTS")
    for round_ in range(rounds):
        chance = random.Random("shares/%d/%d" % (seed, round_))
        events, bundles = [], {}
        for n in range(2 * LIVES):
            currency, price = chance.choice(("USD", "USD", "JPY", "BHD")), amount(chance)
            weights = [amount(chance)] * 4 if chance.random() < .3 else [amount(chance) for _ in range(4)]
            order = chance.sample(products, chance.randrange(1, 5))
            for name, lines in (("A%d" % n, order), ("B%d" % n, order[::-1])):
                told = [{"product": product, "stand_alone": money(weights[products.index(product)], currency)} for product in lines]
                events.append(event("bundle.sold", name, {"invoice": name, "contract": name, "customer": name, "entity": "US", "currency": currency,
                                                          "document_date": day(n), "price": money(price, currency), "lines": told}))
            bundles[n] = (currency, price, {product: weights[products.index(product)] for product in order})
        run = book.run(events)
        for n, (currency, price, weights) in bundles.items():
            if run.outcome("A%d" % n) != "entries":
                continue  # worth nothing in the currency of the books
            straight, turned = (shares(run, "%s%d" % (letter, n)) for letter in "AB")
            for told in (straight, turned):
                equal(sum(told.values()), D(price).scaleb(-digits(currency)), "sum of the shares of %d" % n)
                for product, weight in weights.items():
                    exact = D(price) * weight / sum(weights.values())
                    assert abs(told[product] / unit(currency) - exact) < 1, "%s of %s: %s, exactly %s" % (product, bundles[n], told[product], exact)
            if len(set(weights.values())) == 1:
                equal(sorted(straight.values()), sorted(turned.values()), "equal lines, turned round")
            count += 2
    return "%d prices" % count


def shares(run, name):
    found = collections.Counter()
    for entry in run.posted_by(name):
        for line in entry["lines"]:
            if line["role"] in ("deferred_promise", "points_liability"):
                found[line["dimensions"].get("product", "POINTS")] -= signed(entry, line)
    return found


# ---- 18: one invoice or two --------------------------------------------------------------------------------------------------------------------

def i18_an_invoice_in_two_halves_leaves_the_same_balances(library, seed, rounds):
    """In the document's currency exactly; in the currency of the books within half a unit a line of the two, which goes to rounding or fx."""
    count = 0
    for name in ("accrual", "treatments", "storno", "tax", "currency", "credit-notes"):
        for round_ in range(rounds):
            book = library.book(name)
            stream = Stream(book, "split/%s/%d/%d" % (name, seed, round_), foreign=name in ("storno", "currency"))
            events = [halved(one, stream.chance) for one in stream.take(LIVES, ["invoice.issued"])]
            whole = book.run([one for one, _ in events], THROUGH)
            parts = book.run([half for _, halves in events for half in halves], THROUGH)
            for one, halves in events:
                names = [half["id"] for half in halves]
                stopped = whole.stopped | parts.stopped  # a late step above the limit of an approval, which is no multiple of halves
                if whole.outcome(one["id"]) == "entries" and "held" not in map(parts.outcome, names) and not stopped & {one["id"], *names}:
                    compare_halves(book, one, (whole, [one["id"]]), (parts, names))
                    count += 1
    assert count
    return "%d invoices" % count


def halved(one, chance):
    """The invoice, and two that together are it: every amount of every line parted at random."""
    first, second = [], []
    for line in one["data"]["lines"]:
        a, b = dict(line), dict(line)
        for name in ("net", "tax"):
            places = -D(line[name]).as_tuple().exponent
            minor = int(D(line[name]).scaleb(places))
            part = chance.randrange(0, abs(minor) + 1) * (1 if minor >= 0 else -1)
            a[name], b[name] = (str(D(value).scaleb(-places).quantize(D(1).scaleb(-places))) for value in (part, minor - part))
        first.append(a)
        second.append(b)
    return one, [{**one, "id": one["id"] + "-" + half, "data": {**one["data"], "lines": lines}} for half, lines in (("a", first), ("b", second))]


def compare_halves(book, one, *both):
    """Each of `both`: a run, and the events of it that are meant. (A half that is worth nothing in the currency of the books is held.)"""
    roles = ("entity", "ledger", "role", "account", "currency")
    whole, parts = (run.balances(roles, lambda entry, line, names=names: entry["key"]["event_id"] in names) for run, names in both)
    rounding = book.model["roles"][book.currency["rounding_role"]]["name"]
    lines = len(one["data"]["lines"])
    for key in set(whole) | set(parts):
        ours, theirs = whole.get(key, (D(0), D(0))), parts.get(key, (D(0), D(0)))
        equal(theirs[0], ours[0], "%s in %s, %s" % (one["id"], book.name, key))
        cap = unit(book.functional(key[0])) * (3 * lines + (3 * lines if key[2] == rounding else 0))
        same = one["data"]["currency"] == book.functional(key[0])
        assert abs(theirs[1] - ours[1]) <= (0 if same else cap), "%s in %s, %s: %s and %s" % (one["id"], book.name, key, ours, theirs)
