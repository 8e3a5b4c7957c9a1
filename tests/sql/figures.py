# SPDX-License-Identifier: Apache-2.0
"""What became of the events of a comparison, counted: a comparison of events that were all held for their form says little."""
import collections

# So many of the events that the script covers must post. A generated book has tables with rows for some months alone.
POSTED_SHARE_MIN = .7
POSTED_SHARE_MIN_GENERATED = .4
NEVER_POST = {"credit-notes", "ramp"}   # all that posts waits for another event or recognises over time: what is covered are faults
COVERED_MIN = 50              # so many events must be covered before a share says anything
BY_RULE = {"GLM-7002", "GLM-7009", "GLM-7012", "GLM-7014", "GLM-7017"}   # what a book holds because it says so
OF_FORM = {"GLM-6003", "GLM-6004", "GLM-6005", "GLM-6006", "GLM-6008", "GLM-6010", "GLM-6017"}   # only an event with a fault is held for it


class Figures:
    def __init__(self):
        self.tally = collections.Counter()
        self.codes = collections.Counter()
        self.edges = collections.Counter()
        self.seconds = 0.0

    def outcome(self, outcome, code):
        self.tally["events"] += 1
        self.tally[outcome] += 1
        if code:
            self.codes[code] += 1

    def line(self, first):
        self.tally["lines"] += 1
        self.tally["journal entries"] += first

    def run(self, faulty, edges, seconds, differences):
        self.edges += collections.Counter(edges)
        self.tally["faulty"] += faulty
        self.tally["differences"] += differences
        self.seconds += seconds

    def add(self, other):
        self.tally += other.tally
        self.codes += other.codes
        self.edges += other.edges
        self.seconds += other.seconds

    def held_by_rule(self):
        return sum(self.codes[code] for code in BY_RULE)

    def held_for_form(self):
        return sum(self.codes[code] for code in OF_FORM)

    def covered(self):
        return self.tally["events"] - self.tally["not covered"]

    def complaints(self, book, expected_edges):
        tally = self.tally
        if tally["differences"]:
            yield "%d differences" % tally["differences"]
        if self.held_for_form() > tally["faulty"]:
            yield "%d events are held for their form and only %d were made with a fault" % (self.held_for_form(), tally["faulty"])
        least = 0 if book in NEVER_POST else POSTED_SHARE_MIN_GENERATED if book.startswith("generated-") else POSTED_SHARE_MIN
        if self.covered() >= COVERED_MIN and tally["entries"] < least * self.covered():
            yield "of %d events that are covered only %d post, and %.0f %% should" % (self.covered(), tally["entries"], 100 * least)
        if missing := sorted(expected_edges - set(self.edges)):
            yield "no amount was drawn that is " + ", ".join(missing)

    def __str__(self):
        tally = self.tally
        return ("%d events, %d with a fault: %d posted, %.0f %% of %d covered (%d entries, %d lines), %d no entry, %d held, %d of them by rule (%s); "
                "amounts: %s; %.1f s of SQL; %d differences" % (
                    tally["events"], tally["faulty"], tally["entries"], 100 * tally["entries"] / max(1, self.covered()), self.covered(),
                    tally["journal entries"], tally["lines"], tally["no entry"],
                    tally["held"], self.held_by_rule(), ", ".join("%s %d" % pair for pair in sorted(self.codes.items())),
                    ", ".join("%s %d" % pair for pair in sorted(self.edges.items())) or "none", self.seconds, tally["differences"]))


def total(figures):
    whole = Figures()
    for one in figures:
        whole.add(one)
    return whole
