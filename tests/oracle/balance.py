# SPDX-License-Identifier: Apache-2.0
"""Balance by trying: exact sums of both sides over a grid of amounts that keep to the schema, for every number that tables
answer. A grid cannot prove; where the compiler refutes, its own example is worked out here."""
import itertools
import random
import re

import amounts
from amounts import Fraction

GRID = [*range(21), 25, 33, 50, 99, 100, 101, 150, 333, 1905, 10000, 123457, -1, -3, -5, -15, -50, -333]
TRIES = 90


def sides(rule, fields, numbers):
    total = {"debit": Fraction(0), "credit": Fraction(0)}
    for line in rule.lines:
        total[line.side] += amounts.value_of(line.amount, fields, numbers)
    return total["debit"], total["credit"]


def grid(event, each, seed):
    chance = random.Random(seed)
    for number in range(TRIES):
        count = itertools.count()

        def free(_, number=number, count=count):
            position = next(count)
            if number < len(GRID):
                return GRID[(number * (1, 7, 11, 5)[position % 4] + position) % len(GRID)]
            return chance.choice((chance.choice(GRID), chance.randrange(-2000, 100_000)))

        yield amounts.event_fields(event, each, free)


def number_tables(program, rule):
    names = sorted({name for line in rule.lines for name in amounts.names_in(line.amount)})
    return names, {name: program.book.table_answering(name) for name in names}


def numbers_of(names, tables, rows):
    return tuple((name, amounts.number_value(rows[tables[name][0].name].answers[tables[name][1]])) for name in names)


def all_numbers(names, tables):
    """What rows can answer together, table by table, reached or not."""
    of_table = {tables[name][0].name: [row for row in tables[name][0].rows if not row.impossible] for name in names}
    return {numbers_of(names, tables, dict(zip(of_table, rows))) for rows in itertools.product(*of_table.values())}


def compare(comparison, reached):
    for facts in reached:
        for number, rule in enumerate(facts.program.rules):
            if rule.outcome == "post":
                compare_rule(comparison, facts, number, rule)


def compare_rule(comparison, facts, number, rule):
    program = facts.program
    names, tables = number_tables(program, rule)
    told = comparison.findings.take("GLM-4003", {rule.block_line})
    undecided = comparison.findings.take("GLM-4013", {rule.block_line})
    comparison.facts["balances not decided"] += len(undecided)
    possible = all_numbers(names, tables)
    met = set()
    for event, rows in facts.reached.get(number, []) if names else []:
        if (posted := program.posted_rows(event, rows)) is not None:
            met.add(numbers_of(names, tables, posted))
    gap = next(((fields, numbers) for numbers in (sorted(met) if names else possible)
                for fields in grid(program.event, program.each, rule.name)
                if len(set(sides(rule, fields, dict(numbers)))) == 2), None)
    comparison.facts["rules in balance" if gap is None else "rules out of balance"] += 1
    if gap and not told and not undecided:
        comparison.differ("balance of %s" % rule.name, "off for %s" % {name: str(value) for name, value in gap[0].items()}, "balanced")
    for one in told:
        comparison.claim("%s: %s" % (one["message"], one["notes"][0]), example_holds(program, rule, one["notes"][0], possible))


def minor(text):
    return Fraction(text) * 100


def example_holds(program, rule, note, possible):
    found = re.fullmatch(r"example: (?:a line of )?(\S+) with (.+?)(?: \((.+)\))? posts debits (\S+) and credits (\S+): off by (\S+)", note)
    if not found or found[1] != program.event.name:
        return False
    fields = {name: minor(value) for name, value in (part.rsplit(" ", 1) for part in found[2].split(", "))}
    numbers = tuple(sorted((name, Fraction(value)) for name, value in (part.rsplit(" ", 1) for part in (found[3] or "").split(", ") if part)))
    if numbers not in possible or not keeps_to_schema(program, fields):
        return False
    debits, credits = sides(rule, fields, dict(numbers))
    return debits != credits and (debits, credits, abs(debits - credits)) == (minor(found[4]), minor(found[5]), minor(found[6]))


def keeps_to_schema(program, fields):
    """The sums that the schema states hold, as far as their parts are told."""
    for prefix, some in (("", program.event.header), ("line.", program.event.line)):
        for field in some:
            terms = [(sign, prefix + term) for sign, term in field.follows]
            if field.stated and terms and prefix + field.name in fields and all(term in fields for _, term in terms):
                if fields[prefix + field.name] != sum(fields[term] if sign == "+" else -fields[term] for sign, term in terms):
                    return False
    return all(value.denominator == 1 for value in fields.values())
