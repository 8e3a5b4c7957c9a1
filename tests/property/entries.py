# SPDX-License-Identifier: Apache-2.0
"""What holds of every entry of every book, whatever came: each check takes (book, run, events) and yields complaints."""
import collections
import decimal

from library import signed, unit

D = decimal.Decimal
NOTHING = D(0)



def label(entry):
    key = entry["key"]
    return "%s entry %s of %s %s" % (key["event_id"], key["entry"], entry["entity"], entry["ledger"])


def debits_equal_credits(book, run, events):
    for entry in run.entries:
        for field in ("amount", "functional_amount"):
            sides = {"debit": NOTHING, "credit": NOTHING}
            for line in entry["lines"]:
                sides[line["side"]] += D(line[field])
            if sides["debit"] != sides["credit"]:
                yield "%s: %s of debits %s, of credits %s" % (label(entry), field, sides["debit"], sides["credit"])


def one_side_role_and_account(book, run, events):
    for entry in run.entries:
        entity = book.entities.get(entry["entity"])
        chart = {one["code"]: one for one in entity["accounts"]} if entity else {}
        for line in entry["lines"]:
            account = chart.get(line["account"])
            what = "%s: %s %s" % (label(entry), line["account"], line["role"])
            if line["role"] not in book.roles or line["side"] not in ("debit", "credit"):
                yield what + " has no side or a role that the book does not know"
            if account is None or account.get("postable", True) is False:
                yield what + " is not an account to post to in " + entry["entity"]
            elif not (account.get("open_from") or ["0"])[0] <= entry["posting_date"] <= (account.get("open_until") or ["9"])[0]:
                yield what + " is not open on " + entry["posting_date"]
            if D(line["amount"]) < 0 or D(line["functional_amount"]) < 0 or (entry["storno"] and not entry["reverses"]):
                yield "%s has amount %s, storno %s" % (what, line["amount"], entry["storno"])
            fixed = [one.get("account") for one in book.roles[line["role"]]["by_entity"]][list(book.entities).index(entry["entity"])]
            if fixed and fixed != line["account"] and not entry["reverses"]:
                yield what + " is not the account " + fixed + " that the book states"


def dimensions_as_the_role_asks(book, run, events):
    for entry in run.entries:
        for line in entry["lines"]:
            role = book.roles[line["role"]]
            for name in role.get("needs", []):
                if not line["dimensions"].get(name):
                    yield "%s: %s lacks %s" % (label(entry), line["role"], name)
            for name in role.get("forbids", []):
                if name in line["dimensions"]:
                    yield "%s: %s carries %s" % (label(entry), line["role"], name)


def closed_through(book, entity):
    return (book.entities[entity].get("closed_through") or [""])[0]


def no_date_in_a_closed_period(book, run, events):
    calendars = {one["name"]: one["periods"] for one in book.model["calendars"]}
    for entry in run.entries:
        if entry["posting_date"] <= closed_through(book, entry["entity"]):
            yield "%s is dated %s, closed through %s" % (label(entry), entry["posting_date"], closed_through(book, entry["entity"]))
        periods = [one for all_of in calendars.values() for one in all_of if one["name"] == entry["period"]]
        if not any(one["from"] <= entry["posting_date"] <= one["until"] for one in periods):
            yield "%s: %s is not a day of period %s" % (label(entry), entry["posting_date"], entry["period"])


def rounding_within_its_cap(book, run, events):
    """At most 0.01 (or one unit, where there are no cents) for each line that the rules write, before equal ones are merged."""
    if not book.currency:
        return
    lines_of = {one["id"]: len(one["data"].get("lines", [0])) for one in events}
    written = {rule["name"]: sum(len(block["lines"]) for part in ("blocks", "recognitions") for block in map(block_of, rule.get(part, [])))
               for program in book.model["programs"] for rule in program["rules"]}
    role = book.model["roles"][book.currency["rounding_role"]]["name"]
    for entry in run.entries:
        if entry["reverses"]:
            continue  # the mirror of its original, which is looked at itself
        rounding = [line for line in entry["lines"] if line["role"] == role]
        places = unit(entry["functional_currency"])
        lines = max(written[name] for name in entry["origin"]["rules"]) * lines_of.get(entry["key"]["event_id"], 1)
        cap = max(D(str(book.currency["cap_per_line"])), places) * lines
        if len(rounding) > 1 or any(abs(D(line["functional_amount"])) > cap for line in rounding):
            yield "%s: rounding of %s, the cap is %s" % (label(entry), [line["functional_amount"] for line in rounding], cap)
        if entry["currency"] == entry["functional_currency"] and rounding:
            yield label(entry) + ": rounding in the currency of the books"


def block_of(part):
    return part.get("block", part)


def written_in_whole_units(book, run, events):
    for entry in run.entries:
        for line in entry["lines"]:
            for text, currency in ((line["amount"], entry["currency"]), (line["functional_amount"], entry["functional_currency"])):
                if -D(text).as_tuple().exponent != -unit(currency).as_tuple().exponent:
                    yield "%s: %s %s" % (label(entry), text, currency)


def no_line_of_nothing(book, run, events):
    for entry in run.entries:
        if len(entry["lines"]) < 2:
            yield label(entry) + " has fewer than two lines"
        for line in entry["lines"]:
            if D(line["amount"]) == 0 and D(line["functional_amount"]) == 0:
                yield "%s: %s is a line of nothing" % (label(entry), line["role"])


def every_event_has_one_outcome(book, run, events):
    """Received = posted + no entry + held + waiting + repeated, by count and by amount per currency."""
    received, settled = collections.Counter(), collections.Counter()
    count = collections.Counter()
    for one in events:
        amount, currency = first_amount(one), one["data"].get("currency", "")
        outcome = run.outcome(one["id"])
        count[outcome] += 1
        received[currency] += amount
        settled[currency] += amount if outcome in ("entries", "no entry", "held", "waiting") else 0
        if outcome == "entries" and not run.posted_by(one["id"]):
            yield "%s is posted and has no entry" % one["id"]
        if outcome in ("held", "waiting") and run.posted_by(one["id"]):
            yield "%s is %s and has entries" % (one["id"], outcome)
    if received != settled:
        yield "received %s, accounted for %s" % (dict(received), dict(settled))
    totals = run.totals
    said = (totals["events"], totals["with_entries"], totals["no_entry"], totals["held"], totals["waiting"])
    seen = (len(events), count["entries"], count["no entry"], count["held"], count["waiting"])
    if said != seen:
        yield "the report counts %s, the events %s (events, posted, no entry, held, waiting)" % (said, seen)


def first_amount(one):
    """The event's own amount, or the sum of its lines: what control totals are made of."""
    holders = [one["data"]] if any(name in one["data"] for name in AMOUNTS) else one["data"].get("lines", [])
    return sum((D(str(holder[name])) for holder in holders for name in AMOUNTS if name in holder), NOTHING)


AMOUNTS = ("amount", "net", "price", "paid")


def keys_are_unique_and_rise(book, run, events):
    """What the register will number is told apart already: entries of an event count upwards in each company and ledger, and no two have
    one reference. (Where the event's own entry is of nothing its number stays free.)"""
    numbers = collections.defaultdict(list)
    for entry in run.entries:
        key = entry["key"]
        numbers[key["source"], key["event_id"], key["event_revision"], key["entity"], key["ledger"]].append(key["entry"])
    for key, found in numbers.items():
        if found != sorted(set(found)):
            yield "entries of %s are numbered %s" % (key, found)
    references = [reference for one in run.happenings for reference in one["entries"]]
    if len(references) != len(set(references)) or len(references) != len(run.entries):
        yield "%d entries, %d references, %d of them different" % (len(run.entries), len(references), len(set(references)))


def what_companies_owe_each_other_agrees(book, run, events):
    owing, owed = collections.Counter(), collections.Counter()
    for entry in run.entries:
        for line in entry["lines"]:
            partner = line["dimensions"].get("partner")
            if line["role"] == "due_to":
                owing[entry["entity"], partner, entry["currency"]] -= signed(entry, line)
            if line["role"] == "due_from":
                owed[partner, entry["entity"], entry["currency"]] += signed(entry, line)
    for pair in set(owing) | set(owed):
        if owing[pair] != owed[pair]:
            yield "%s owes %s %s %s, which is owed %s" % (pair[0], pair[1], owing[pair], pair[2], owed[pair])


def named_by_bundle(book, run, events):
    for entry in run.entries:
        origin = entry["origin"]
        if origin["bundle_digest"] != run.digest or not origin["rules"]:
            yield label(entry) + " does not name the bundle and the rule that made it"
