# SPDX-License-Identifier: Apache-2.0
"""What became of the events of a comparison, counted: a comparison of events that were all held for their form says little."""
import collections

POSTED_SHARE_MIN = .6       # of the events that a generated book neither holds nor passes over by rule
MAY_POST_SHARE_MIN = .1     # of its events; below it the book holds nearly all by rule, and what is left is mostly faulty
POSTED_IN_ALL_MIN = .5      # of all events for generated books
BY_RULE = {"GLM-7002", "GLM-7009", "GLM-7012", "GLM-7014", "GLM-7017"}   # what a book holds because it says so
OF_FORM = {"GLM-6003", "GLM-6004", "GLM-6005", "GLM-6006", "GLM-6008", "GLM-6010", "GLM-6017"}   # only an event with a fault is held for it


class Figures:
    def __init__(self):
        self.tally = collections.Counter()
        self.codes = collections.Counter()
        self.seconds = 0.0

    def outcome(self, outcome, code):
        self.tally["events"] += 1
        self.tally[outcome] += 1
        if code:
            self.codes[code] += 1

    def line(self, first):
        self.tally["lines"] += 1
        self.tally["journal entries"] += first

    def run(self, faulty, seconds, differences):
        self.tally["faulty"] += faulty
        self.tally["differences"] += differences
        self.seconds += seconds

    def add(self, other):
        self.tally += other.tally
        self.codes += other.codes
        self.seconds += other.seconds

    def held_by_rule(self):
        return sum(self.codes[code] for code in BY_RULE)

    def held_for_form(self):
        return sum(self.codes[code] for code in OF_FORM)

    def complaints(self, generated):
        tally = self.tally
        if tally["differences"]:
            yield "%d differences" % tally["differences"]
        if not generated and not tally["entries"] and not tally["not covered"]:
            yield "nothing posts"
        if self.held_for_form() > tally["faulty"]:
            yield "%d events are held for their form and only %d were made with a fault" % (self.held_for_form(), tally["faulty"])
        may_post = tally["events"] - tally["no entry"] - tally["not covered"] - self.held_by_rule()
        if generated and may_post > MAY_POST_SHARE_MIN * tally["events"] and tally["entries"] < POSTED_SHARE_MIN * may_post:
            yield "of %d events that the book does not hold or pass over by rule only %d post" % (may_post, tally["entries"])

    def __str__(self):
        tally = self.tally
        return ("%d events, %d with a fault: %d posted (%d entries, %d lines), %d no entry, %d held, %d of them by rule (%s), %d not covered; "
                "%.1f s of SQL; %d differences" % (
                    tally["events"], tally["faulty"], tally["entries"], tally["journal entries"], tally["lines"], tally["no entry"],
                    tally["held"], self.held_by_rule(), ", ".join("%s %d" % pair for pair in sorted(self.codes.items())),
                    tally["not covered"], self.seconds, tally["differences"]))


def total(figures):
    whole = Figures()
    for one in figures:
        whole.add(one)
    return whole


def summed_up(dialect, by_book):
    """Prints the whole; True when it is as it should be. `by_book`: name -> Figures."""
    generated = {name: figures for name, figures in by_book.items() if name.startswith("generated-")}
    good = not any(list(figures.complaints(name in generated)) for name, figures in by_book.items())
    print("all %d books, %s: %s" % (len(by_book), dialect, total(by_book.values())))
    if generated:
        whole, silent = total(generated.values()), [name for name, figures in generated.items() if not figures.tally["entries"]]
        print("%d generated books, %s: %d of %d events posted; books that post nothing: %s" % (
            len(generated), dialect, whole.tally["entries"], whole.tally["events"], ", ".join(silent) or "none"))
        good = good and whole.tally["entries"] >= POSTED_IN_ALL_MIN * whole.tally["events"]
    return good
