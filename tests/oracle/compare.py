# SPDX-License-Identifier: Apache-2.0
"""The compiler's findings beside what enumeration found: each list of disagreements says which fact is in dispute.

Findings are matched by place and by what their words say. Of a long row of equal findings the compiler shows SHOWN; then
those must be right, and that there are more must be so."""
import collections
import datetime
import re

import balance
import words
from book import FUNCTIONAL, LIFE
from events import Program, ProgramFacts, programs
from tables import TableFacts

SHOWN = 5
COMPARED = {"GLM-4001", "GLM-4002", "GLM-4003", "GLM-4004", "GLM-4005", "GLM-4006", "GLM-4007", "GLM-4009", "GLM-4010", "GLM-4011",
            "GLM-4012", "GLM-4013", "GLM-4015"}
NOT_COMPARED = {"GLM-4014", "GLM-4016", "GLM-4017", "GLM-4018", "GLM-4021", "GLM-4025", "GLM-4026"}   # tests, and warnings about what is no fault


class Findings:
    def __init__(self, report):
        self.all = report["diagnostics"]
        self.seen = set()

    def take(self, code, lines=None, matching="", file="book.glmap"):
        """Those on one of these lines of the file, or on any; what is never taken is about nothing known."""
        found = [one for one in self.all if one["code"] == code and one["file"].endswith(file) and (lines is None or one["line"] in lines)
                 and re.search(matching, one["message"])]
        self.seen |= {id(one) for one in found}
        return found


class Comparison:
    """Facts counts what was compared, by kind; wrong says where the two disagree; open are claims that nobody makes."""

    def __init__(self, book, report):
        self.book = book
        self.findings = Findings(report)
        self.wrong = []
        self.facts = collections.Counter()

    def run(self):
        for one in self.findings.all:
            if one["code"] not in COMPARED | NOT_COMPARED:
                self.wrong.append("the generator wrote what the compiler does not take: %s %s" % (one["code"], one["message"]))
        if self.wrong:
            return self
        for table in self.book.tables:
            self.table(TableFacts(self.book, table))
        reached = []
        for key in programs(self.book):
            program = Program(self.book, *key)
            if not program.rules:
                self.silent(program)
                continue
            facts = ProgramFacts(program)
            reached.append(facts)
            self.missing_inputs(program)
            self.holes(facts)
            self.overlaps(facts)
        self.routing(reached)
        balance.compare(self, reached)
        for one in self.findings.all:
            if one["code"] in COMPARED and id(one) not in self.findings.seen:
                self.wrong.append("%s at line %d is about nothing known: %s" % (one["code"], one["line"], one["message"]))
        return self

    def differ(self, what, ours, theirs):
        self.wrong.append("%s: enumeration says %s, the compiler says %s" % (what, ours, theirs))

    def claim(self, what, holds):
        """A finding says something that must be so."""
        if not holds:
            self.wrong.append("the compiler says what is not so: " + what)

    # ---- tables

    def table(self, facts):
        name = facts.table.name
        self.table_holes(facts, name)
        self.table_remaining(facts, name)
        self.table_overlaps(facts, name, *self.dead_rows(facts, name))
        lines = {facts.table.rows[row].line for row in facts.catch_alls()}
        told = {one["line"] for line in lines | {row.line for row in facts.table.rows} for one in self.findings.take("GLM-4015", {line})}
        self.facts["catch-all rows"] += len(lines)
        if lines != told:
            self.differ("catch-all rows of %s" % name, lines, told)

    def table_holes(self, facts, name):
        holes, told = facts.holes(), self.findings.take("GLM-4001", {facts.table.line})
        self.facts["tables complete" if not holes else "tables with holes"] += 1
        if bool(holes) != bool(told):
            return self.differ("holes of table %s" % name, sorted(holes)[:3], [one["message"] for one in told])
        covered = set()
        for one in told:
            region = words.table_region(facts, one["message"].split(" fits ", 1)[1])
            self.claim("%s, but %s" % (one["message"], sorted(region - holes)[:2]), region and region <= holes)
            self.claim("example of " + one["message"], words.table_example(facts, one) in holes & region)
            covered |= region
            count = re.search(r"(\d+) combinations? of (\d+) ha(?:s|ve) no row", " ".join(one["notes"]))
            self.claim("%s: its share" % one["message"], count)
            if count:
                self.claim(one["notes"][1], (int(count[1]), int(count[2])) == (len({point for point, _ in region}), len(facts.points)))
        more = any(re.match(r"and \d+ more combinations", note) for one in told for note in one["notes"])
        self.claim("holes of %s are all told" % name, (covered == holes) == (not more))

    def table_remaining(self, facts, name):
        told = self.findings.take("GLM-4012", {facts.table.remaining_line})
        if facts.table.remaining is None:
            return self.claim("a remainder of %s" % name, not told)
        count = len(facts.never_fitted())
        self.facts["remainders"] += 1
        said = facts.table.remaining
        if told:
            found = re.search(r"leaves (\d+) combination|has a row for every combination", told[0]["message"])
            said = int(found[1] or 0)
        if said != count or bool(told) != (count != facts.table.remaining):
            self.differ("remainder of %s" % name, count, said)

    def table_overlaps(self, facts, name, dead, more_dead):
        """That a row which is told to be superfluous says what others say is not told again."""
        expected = facts.overlaps()
        for same in (False, True):
            pairs = {pair for pair, says_the_same in expected.items() if says_the_same == same and not (same and set(pair) & dead)}
            told = [one for one in self.findings.take("GLM-4002", {row.line for row in facts.table.rows}) if (one["severity"] == "note") == same]
            self.facts["pairs of rows that overlap" if not same else "pairs of rows that say the same"] += len(pairs)
            found, count = set(), 0
            for one in told:
                shown, all_of_it = words.overlapping_rows(facts.table, one)
                found |= shown
                count += all_of_it
                region = words.table_region(facts, re.sub(" and give the same answer$", "", one["message"]).split(" fit ", 1)[1])
                first = words.row_at(facts.table, one["line"]), words.row_at(facts.table, one["labels"][0]["line"])
                self.claim("example of " + one["message"], set(first) <= set(facts.rows_of.get(words.table_example(facts, one), ())))
                self.claim(one["message"], region and all(set(first) <= set(facts.rows_of[place]) for place in region))
            self.claim("overlaps %s of %s, of %s" % (found - pairs, name, pairs), found <= pairs)
            capped = any(re.match(r"and \d+ more rows", note) for one in told for note in one["notes"])
            if not capped and not (same and more_dead) and (count != len(pairs) or bool(pairs) != bool(told)):
                self.differ("overlaps of %s" % name, sorted(pairs), "%d: %s" % (count, sorted(found)))

    def dead_rows(self, facts, name):
        told = self.findings.take("GLM-4006", {row.line for row in facts.table.rows})
        dead = {words.row_at(facts.table, one["line"]) for one in told}
        capped = any(re.match(r"and \d+ more rows", note) for one in told for note in one["notes"])
        self.facts["superfluous rows"] += len(dead)
        rows = range(len(facts.table.rows))
        kept = set(rows) - dead
        for row in dead:
            if not capped:
                self.claim("row %d of %s is not needed" % (row, name), facts.superfluous(row, dead - {row}))
        for row in kept:
            if not capped and facts.superfluous(row, dead):
                self.differ("row %d of %s" % (row, name), "not needed", "needed")
        return dead, capped

    # ---- rules

    def silent(self, program):
        told = self.findings.take("GLM-4004", {program.event.place}, "^no rule and no `no entry` speaks of event `%s`" % program.event.name,
                                  file="events.yaml")
        self.facts["events without rules"] += 1
        if not told:
            self.differ("event %s in %s" % (program.event.name, program.ledger), "no rule", "nothing")

    def missing_inputs(self, program):
        """A rule whose table asks for a field that the event may leave out: what is told is so."""
        about = r"^(?:rule `|`).* asks table `(\S+)`, which asks for `(\S+)`, and %s may come without it" % re.escape(program.event.name)
        lines = {line for rule in program.rules for line in (rule.line, rule.block_line, *(one.line for one in rule.lines))}
        asked = set(program.asked_tables())
        for need in {need for rule in program.rules for line in rule.lines for need in self.book.role(line.role).needs}:
            program.need(need, dimensions := [])
            asked |= set(dimensions)
        for one in self.findings.take("GLM-4001", lines, about):
            table, name = re.match(about, one["message"]).groups()
            field = program.field(name)
            self.facts["tables that ask for what may be missing"] += 1
            self.claim(one["message"], field is not None and not field.required and name in self.book.table(table).columns
                       and self.book.table(table) in asked)

    def in_ledger(self, program):
        return " in ledger `%s`" % program.ledger if len(self.book.ledgers) > 1 else ""

    def holes(self, facts):
        program = facts.program
        about = "^no rule fits event `%s`%s( when|$)" % (re.escape(program.event.name), self.in_ledger(program))
        told = self.findings.take("GLM-4004", {program.rules[0].line}, about)
        must, may = facts.holes["must"], facts.holes["may"]
        self.facts["events with one outcome each" if not may else "events without outcome"] += 1
        if must and not told or told and not may:
            return self.differ("events %s without an outcome" % program.event.name, (must or may)[:1], [one["message"] for one in told])
        regions = []
        for one in told:
            self.example_is(facts, one, lambda truths: True not in truths, "a rule fits")
            regions.append(words.rule_region(program, one["message"].split(" when ", 1)[1] if " when " in one["message"] else ""))
        if len(told) < SHOWN and None not in regions:
            left = [event for event, rows in must if not any(words.in_region(program, region, event, rows) for region in regions)]
            self.claim("all holes of %s are told, but %s" % (program.event.name, left[:1]), not left)

    def example_is(self, facts, finding, wanted, what):
        """Every event that the example describes is what the finding says of it."""
        program = facts.program
        example = next(note for note in finding["notes"] if note.startswith("example: "))
        matching = words.example_events(facts, example)
        for event, rows in matching:
            truths = [program.fits(rule, event, rows) for rule in program.rules]
            if not wanted(truths):
                return self.wrong.append("the compiler's example is none: %s; %s; %s: %s" % (finding["message"], example, what, event))
        return self.claim("%s: %s is an event" % (finding["message"], example), matching)

    def overlaps(self, facts):
        rules = facts.program.rules
        by_line = {rule.line: number for number, rule in enumerate(rules)}
        told = self.findings.take("GLM-4005", by_line)
        pairs = set()
        for one in told:
            pair = tuple(sorted((by_line[one["line"]], by_line[one["labels"][0]["line"]])))
            pairs.add(pair)
            self.example_is(facts, one, lambda truths, pair=pair: truths[pair[0]] and truths[pair[1]], "one does not fit")
        self.facts["pairs of rules that overlap"] += len(facts.overlaps["may"])
        self.compare_sets("rules of %s that overlap" % facts.program.event.name, facts.overlaps, pairs, len(told))
        dead = {by_line[one["line"]] for one in self.findings.take("GLM-4006", by_line)}
        everything = set(range(len(rules)))
        expected = {"must": everything - facts.alive["may"], "may": everything - facts.alive["must"]}
        self.facts["rules that never apply"] += len(expected["must"])
        self.compare_sets("rules of %s that never apply" % facts.program.event.name, expected, dead, len(dead))

    def compare_sets(self, what, expected, told, shown):
        """All that must be and nothing that may not be; of many, some."""
        if told - expected["may"] or (shown < SHOWN and expected["must"] - told):
            self.differ(what, "%s, perhaps %s" % (sorted(expected["must"]), sorted(expected["may"] - expected["must"])), sorted(told))

    # ---- where it is posted

    def routing(self, reached):
        expected = {kind: {"must": set(), "may": set()} for kind in ("GLM-4007", "GLM-4009", "GLM-4010", "GLM-4011")}
        for facts in reached:
            for number, rule in enumerate(facts.program.rules):
                if rule.outcome == "post":
                    self.route(facts, number, rule, expected)
        expected["GLM-4007"]["may"] |= self.named_uses()
        for code, sets in expected.items():
            told = self.findings.take(code)
            self.facts[code] += len(sets["must"])
            self.compare_sets(code, sets, {words.use(code, one) for one in told}, len(told))
            for one in told:
                if code == "GLM-4007":
                    self.account_example(one)

    def route(self, facts, number, rule, expected):
        program = facts.program
        events = facts.reached.get(number, [])
        posted = [event for event, rows in events if program.posted_rows(event, rows) is not None]   # else it is held
        entities = {"must": {event["entity"] for event in posted}}
        entities["may"] = set(self.book.entities) if number in facts.alive["may"] else set()
        foreign = any(event["currency"] != FUNCTIONAL[event["entity"]] for event, _ in events)
        only_functional = any(one.kind == "same" and not one.negated and one.other == "functional" for one in rule.when)
        if not program.field("rate"):
            expected["GLM-4010"]["must"] |= {rule.lines[0].line} if foreign else set()
            expected["GLM-4010"]["may"] |= set() if only_functional else {rule.lines[0].line}
        told = set()
        for line in rule.lines:
            role = self.book.role(line.role)
            for kind, of in entities.items():
                expected["GLM-4011"][kind] |= {(line.line, entity) for entity in of if role.accounts[entity] is None}
            for need in role.needs:   # several lines of one role lack the same: told once
                field = program.field(need)
                if field is None or field.required or (role.name, need) in told:
                    continue
                told.add((role.name, need))
                use = (line.line, need)
                expected["GLM-4009"]["must"] |= {use} if any(event[need] is None for event, _ in events) else set()
                asked = any(need in (one.subject, one.other) and not (one.kind == "given" and one.negated) for one in rule.when)
                expected["GLM-4009"]["may"] |= set() if asked else {use}
            for event, rows in events:
                expected["GLM-4007"]["must"] |= self.unusable(program, role, event, rows)

    def unusable(self, program, role, event, rows):
        entity, day = event["entity"], event["day"]
        account, line = role.accounts[entity], role.line
        if account is None:
            return set()
        if not isinstance(account, str):
            rows = program.posted_rows(event, rows)
            fitting = [] if rows is None else program.fitting(self.book.table(account[1]), event, rows, role.name)
            if len(fitting) != 1 or fitting[0].impossible or fitting[0].answers[0] == "no line":
                return set()
            account, line = fitting[0].answers[0], fitting[0].line
        return set() if self.usable(entity, account, day) else {(line, entity, account, role.name)}

    def usable(self, entity, code, day):
        postable, start, end = self.book.charts[entity][code]
        return postable and (start is None or day >= start) and (end is None or day <= end)

    def named_uses(self):
        """Uses that the book names, whether or not an event leads there, that are not possible on each of their days."""
        found = set()
        for role in self.book.roles:
            for entity, account in role.accounts.items():
                if isinstance(account, str):
                    found |= self.named_use(entity, account, role, LIFE[0], LIFE[1], role.line)
                elif account is not None:
                    table = self.book.table(account[1])
                    for row in table.rows:
                        where = dict(zip(table.columns, row.cells))
                        met = all(where.get(column) is None or value in where[column] for column, value in (("role", role.name), ("entity", entity)))
                        if met and not row.impossible and row.answers[0] != "no line":
                            first = LIFE[0] if row.start is None else max(row.start, LIFE[0])
                            found |= self.named_use(entity, row.answers[0], role, first, LIFE[1] if row.end is None else min(row.end, LIFE[1]), row.line)
        return found

    def named_use(self, entity, code, role, first, last, line):
        days = [] if first > last else [first, last]
        return set() if all(self.usable(entity, code, day) for day in days) else {(line, entity, code, role.name)}

    def account_example(self, finding):
        _, entity, code, _ = words.use("GLM-4007", finding)
        day = re.search(r"on (\d{4}-\d\d-\d\d)$", finding["notes"][0])
        day = datetime.date.fromisoformat(day[1]).toordinal()
        self.claim("%s: %s" % (finding["message"], finding["notes"][0]), not self.usable(entity, code, day) and LIFE[0] <= day <= LIFE[1])
