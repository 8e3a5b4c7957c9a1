// SPDX-License-Identifier: Apache-2.0
// The coverage report as one HTML file: nothing is loaded, it prints, and it can be read without script (a few lines of
// script sort a table by a click on its head). Text of the book is escaped, wherever it stands.
#include <algorithm>

#include "compiler/driver/coverage_report.hpp"

namespace glmap::driver {
namespace {

constexpr const char* kStyle = R"(
:root { --ink: #1d2733; --soft: #5b6875; --line: #d9dfe5; --wash: #f5f7f9; --yes: #2f7d5b; --no: #9aa5b1; --rest: #c9892b; --alarm: #b3372f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 2rem 1.5rem 4rem; color: var(--ink); background: #fff;
  font: 15px/1.5 "Segoe UI", "Helvetica Neue", "Noto Sans", Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .4rem; padding-top: .8rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.8rem 0 .3rem; }
h3 small, h1 small { font-weight: 400; color: var(--soft); }
p { margin: .2rem 0 .6rem; max-width: 60rem; }
.soft { color: var(--soft); }
nav { margin: 1rem 0 0; color: var(--soft); } nav a { margin-right: 1rem; color: inherit; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 1.4rem 0 0; padding: 0; list-style: none; }
.cards li { border: 1px solid var(--line); border-radius: 4px; padding: .7rem .9rem; }
.cards b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.cards li.open { border-color: var(--rest); } .cards li.open b { color: var(--rest); }
.bar { display: flex; height: .55rem; margin: .3rem 0 .5rem; border-radius: 3px; overflow: hidden; background: var(--line); max-width: 40rem; }
.bar i { display: block; } .bar .answered { background: var(--yes); } .bar .impossible { background: var(--no); } .bar .remaining { background: var(--rest); }
.key i { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .35rem; } .key span { margin-right: 1.2rem; }
.key .answered { background: var(--yes); } .key .impossible { background: var(--no); } .key .remaining { background: var(--rest); }
.wide { overflow-x: auto; margin: .5rem 0 0; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; border-bottom-color: var(--ink); white-space: nowrap; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 1.2rem; }
td.place { color: var(--soft); white-space: nowrap; font-size: .8rem; }
td.answer { font-weight: 600; } th.first, td.first { border-left: 2px solid var(--ink); padding-left: .7rem; }
tr.impossible td { color: var(--soft); } tr.impossible td.answer { font-weight: 400; font-style: italic; }
.untested { color: var(--alarm); font-weight: 600; white-space: nowrap; }
tr.untested-row td:first-child { box-shadow: inset 3px 0 0 var(--alarm); padding-left: .5rem; }
ol.tests { columns: 2 24rem; padding-left: 2rem; } ol.tests li { break-inside: avoid; }
th[data-sortable] { cursor: pointer; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; } h2 { break-after: avoid; } h3 { break-after: avoid; }
  .wide { overflow: visible; } .bar, .bar i, .key i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)";

constexpr std::ptrdiff_t kTestsShown = 8;

constexpr const char* kScript = R"(
for (const head of document.querySelectorAll("table.sortable th")) {
  head.dataset.sortable = "";
  head.title = "sort";
  head.addEventListener("click", () => {
    const body = head.closest("table").tBodies[0], at = head.cellIndex, down = head.dataset.down === "1";
    const key = row => row.cells[at].dataset.n ?? row.cells[at].textContent;
    const order = new Intl.Collator("en", { numeric: true });
    [...body.rows].sort((a, b) => (down ? -1 : 1) * order.compare(key(a), key(b))).forEach(row => body.append(row));
    head.dataset.down = down ? "" : "1";
  });
}
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// 12 345 678, so that eyes can count.
std::string grouped(std::string digits) {
  if (digits.find_first_not_of("0123456789") != std::string::npos) return escaped(digits);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, "\u202F");
  return digits;
}
std::string shown(const std::optional<verify::Count>& count) {
  return grouped(count_words(count));
}
std::string number_cell(const std::optional<verify::Count>& count) {
  return "<td class=n data-n=\"" + escaped(count_words(count)) + "\">" + shown(count) + "</td>";
}

/// Parts of a thousand, so that no floating point is needed.
std::string bar(const verify::Mapped& all) {
  if (all.combinations == 0 || !all.answered || !all.impossible || !all.remaining) return {};
  std::string text = "<div class=bar>";
  const auto part = [&](const char* name, verify::Count count) {
    if (count == 0) return;
    // A count too large to be multiplied is divided first; a bar is no place for the difference.
    const verify::Count share = all.combinations < verify::kCountMax / 1000 ? count * 1000 / all.combinations
                                                                            : count / (all.combinations / 1000);
    text += "<i class=" + std::string(name) + " style=\"flex:" + verify::count_text(std::max(share, verify::Count{4})) +
            "\"></i>";
  };
  part("answered", *all.answered);
  part("impossible", *all.impossible);
  part("remaining", *all.remaining);
  return text + "</div>";
}

std::string mapped_words(const verify::Mapped& all) {
  return shown(all.combinations) + " combinations: " + shown(all.answered) + " answered, " + shown(all.impossible) +
         " impossible, " + shown(all.remaining) + " remaining";
}

class Page {
 public:
  explicit Page(const CoverageReport& report) : report_(report) {}

  std::string text() {
    head();
    cards();
    tables();
    rules();
    events();
    lists();
    tests();
    out_ += "<script>" + std::string(kScript) + "</script>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void head() {
    const std::string title = escaped(report_.title.empty() ? report_.name : report_.title);
    out_ +=
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport "
        "content=\"width=device-width, initial-scale=1\">\n<title>Mapped? " +
        title + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" + title + " <small>" +
        escaped(report_.name) + ", release " + escaped(report_.release) +
        "</small></h1>\n<nav><a href=#tables>Tables</a><a href=#rules>Rules</a><a href=#events>Event "
        "types</a><a href=#lists>Lists</a><a href=#tests>Tests</a></nav>\n";
  }

  // ---- totals

  void card(const std::string& number, const std::string& words, bool open) {
    out_ += "<li" + std::string(open ? " class=open" : "") + "><b>" + number + "</b>" + escaped(words) + "</li>\n";
  }
  void card(const CoverageReport::Part& part, const std::string& words) {
    card(std::to_string(part.reached) + " of " + std::to_string(part.of), words, part.reached != part.of);
  }

  void cards() {
    const verify::Mapped all = report_.combinations();
    out_ += "<ul class=cards>\n";
    card(shown(all.answered), "of " + count_words(all.combinations) + " combinations answered", false);
    card(shown(all.remaining), "remaining: no row, stated as impossible", false);
    card(report_.rows(), "rows reached by a test");
    card(report_.rules_tested(), "rules reached by a test");
    card(report_.events_mapped(), "event types with an outcome in every ledger");
    card(std::to_string(report_.tests.size()), "tests in the book", report_.tests.empty());
    out_ += "</ul>\n";
  }

  // ---- tables

  std::string test_words(const Tests& tests) const {
    if (tests.empty()) return "<span class=untested>no test</span>";
    std::string text;
    for (const std::uint32_t test : tests) {
      if (&test - tests.data() == kTestsShown)
        return text + " and " + std::to_string(tests.size() - kTestsShown) + " more";
      const std::string number = std::to_string(test + 1);
      text += (text.empty() ? "" : " ") + ("<a href=#t" + number + " title=\"" + escaped(report_.tests[test]) + "\">") +
              number + "</a>";
    }
    return text;
  }

  void heads(const std::vector<std::string>& names, std::string_view classes = {}) {
    for (std::size_t i = 0; i < names.size(); ++i)
      out_ += "<th" + std::string(i == 0 ? classes : std::string_view()) + ">" + escaped(names[i]) + "</th>";
  }

  void tables() {
    out_ +=
        "<h2 id=tables>Tables</h2>\n<p class=\"soft key\"><span><i class=answered></i>a row answers</span><span><i "
        "class=impossible></i>a row calls it impossible</span><span><i class=remaining></i>no row, counted by "
        "<code>remaining</code></span></p>\n";
    for (const TableCoverageReport& table : report_.tables) table_section(table);
  }

  void table_section(const TableCoverageReport& table) {
    out_ += "<h3>" + escaped(table.name) + (table.title.empty() ? "" : " <small>" + escaped(table.title) + "</small>") +
            "</h3>\n<p class=soft>" + mapped_words(table.all) +
            (table.remaining_because.empty() ? "" : " (" + escaped(table.remaining_because) + ")") + " · " +
            escaped(table.place) + "</p>\n" + bar(table.all) +
            "<div class=wide><table class=sortable><thead><tr><th>Row</th><th class=n>Combinations</th>";
    heads(table.columns);
    heads(table.answers, " class=first");
    if (table.dated) heads({"from", "until"});
    out_ += "<th>Tests</th></tr></thead><tbody>\n";
    for (const RowCoverage& row : table.rows) table_row(table, row);
    out_ += "</tbody></table></div>\n";
  }

  void table_row(const TableCoverageReport& table, const RowCoverage& row) {
    const bool missed = !row.impossible && row.tests.empty();
    out_ += "<tr" +
            std::string(row.impossible ? " class=impossible"
                        : missed       ? " class=untested-row"
                                       : "") +
            "><td class=place>" + escaped(row.place) + "</td>" + number_cell(row.counts);
    for (const std::string& cell : row.cells) out_ += "<td>" + escaped(cell) + "</td>";
    if (row.impossible) {
      out_ += "<td class=\"answer first\" colspan=" + std::to_string(std::max<std::size_t>(table.answers.size(), 1)) +
              ">impossible: " + escaped(row.because) + "</td>";
    } else {
      for (std::size_t a = 0; a < row.answers.size(); ++a)
        out_ += "<td class=\"answer" + std::string(a == 0 ? " first" : "") + "\">" + escaped(row.answers[a]) + "</td>";
    }
    if (table.dated) out_ += "<td>" + row.from + "</td><td>" + row.until + "</td>";
    out_ += "<td>" + (row.impossible && row.tests.empty() ? std::string() : test_words(row.tests)) + "</td></tr>\n";
  }

  // ---- rules, events, lists, tests

  void rules() {
    out_ += "<h2 id=rules>Rules</h2>\n<div class=wide><table class=sortable><thead><tr>";
    heads({"Rule", "Title", "Event type", "Ledger", "Outcome", "Because", "Tests", "Place"});
    out_ += "</tr></thead><tbody>\n";
    for (const RuleCoverage& rule : report_.rules) {
      out_ += "<tr" + std::string(rule.tests.empty() ? " class=untested-row" : "") + "><td>" + escaped(rule.name) +
              "</td><td>" + escaped(rule.title) + "</td><td>" + escaped(rule.event) + "</td><td>" +
              escaped(rule.ledger) + "</td><td>" + rule.outcome + "</td><td>" + escaped(rule.because) + "</td><td>" +
              test_words(rule.tests) + "</td><td class=place>" + escaped(rule.place) + "</td></tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  void events() {
    out_ +=
        "<h2 id=events>Event types</h2>\n<p class=soft>How many rules of each type post, post nothing for good, or "
        "hold for a person, in each ledger.</p>\n<div class=wide><table class=sortable><thead><tr>";
    heads({"Event type", "Title", "Ledger"});
    for (const char* name : {"Post", "No entry", "Hold"}) out_ += "<th class=n>" + std::string(name) + "</th>";
    out_ += "</tr></thead><tbody>\n";
    for (const EventCoverage& event : report_.events)
      for (const EventCoverage::InLedger& in : event.ledgers) {
        out_ += "<tr" + std::string(in.any() ? "" : " class=untested-row") + "><td>" + escaped(event.name) +
                "</td><td>" + escaped(event.title) + "</td><td>" + escaped(in.ledger) + "</td>";
        if (in.any())
          for (const std::size_t count : {in.posts, in.no_entry, in.holds}) out_ += number_cell(count);
        else
          out_ += "<td colspan=3><span class=untested>no rule: every one is held</span></td>";
        out_ += "</tr>\n";
      }
    out_ += "</tbody></table></div>\n";
  }

  void lists() {
    out_ +=
        "<h2 id=lists>Lists</h2>\n<p class=soft>Where each value leads, in every table and in the rules of every "
        "event type that ask for it. Values that lead to the same stand together.</p>\n";
    for (const ListCoverage& list : report_.lists) {
      out_ += "<h3>" + escaped(list.name) + " <small>" + std::to_string(list.values) + " values" +
              (list.answered_by.empty() ? "" : ", answered by " + joined(list.answered_by, ", ")) + "</small></h3>\n";
      const bool asked = std::any_of(list.groups.begin(), list.groups.end(),
                                     [](const ValueCoverageReport& group) { return !group.leads.empty(); });
      if (!asked) {
        out_ += "<p class=soft>No table or rule asks for it.</p>\n";
        continue;
      }
      out_ += "<div class=wide><table><thead><tr>";
      heads({"Value", "In", "Leads to"});
      for (const char* name : {"Answered", "Impossible", "Remaining"})
        out_ += "<th class=n>" + std::string(name) + "</th>";
      out_ += "</tr></thead><tbody>\n";
      for (const ValueCoverageReport& group : list.groups) value_rows(group);
      out_ += "</tbody></table></div>\n";
    }
  }

  static std::string joined(const std::vector<std::string>& texts, std::string_view between) {
    std::string text;
    for (const std::string& one : texts) text += (text.empty() ? "" : std::string(between)) + escaped(one);
    return text;
  }

  void value_rows(const ValueCoverageReport& group) {
    const std::string values = joined(group.values, ", ");
    if (group.leads.empty())
      out_ += "<tr><td>" + values + "</td><td colspan=5 class=soft>no table or rule asks for it</td></tr>\n";
    for (std::size_t i = 0; i < group.leads.size(); ++i) {
      const Lead& lead = group.leads[i];
      out_ += "<tr>";
      if (i == 0) out_ += "<td rowspan=" + std::to_string(group.leads.size()) + ">" + values + "</td>";
      const bool several = report_.events.front().ledgers.size() > 1;
      out_ += "<td>" +
              escaped(lead.all  ? lead.table
                      : several ? "rules for " + lead.event + " in " + lead.ledger
                                : "rules for " + lead.event) +
              "</td><td class=answer" + std::string(lead.all ? "" : " colspan=4") + ">" +
              (lead.answers.empty() ? "<span class=untested>nowhere</span>" : joined(lead.answers, " · ")) + "</td>";
      if (lead.all)
        out_ += number_cell(lead.all->answered) + number_cell(lead.all->impossible) + number_cell(lead.all->remaining);
      out_ += "</tr>\n";
    }
  }

  void tests() {
    out_ += "<h2 id=tests>Tests</h2>\n<ol class=tests>\n";
    for (std::size_t i = 0; i < report_.tests.size(); ++i)
      out_ += "<li id=t" + std::to_string(i + 1) + ">" + escaped(report_.tests[i]) + "</li>\n";
    out_ += "</ol>\n";
  }

  const CoverageReport& report_;
  std::string out_;
};

}  // namespace

std::string coverage_html(const CoverageReport& report) {
  return Page(report).text();
}

}  // namespace glmap::driver
