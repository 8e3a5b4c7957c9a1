// SPDX-License-Identifier: Apache-2.0
// The diff as one HTML file: nothing is loaded, it prints, and it needs no script. Text of the book is escaped.
#include "compiler/change/diff_report.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::change {
namespace {

constexpr const char* kStyle = R"(
:root { --ink: #1d2733; --soft: #5b6875; --line: #d9dfe5; --wash: #f5f7f9; --old: #b3372f; --new: #2f7d5b; --alarm: #b3372f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 2rem 1.5rem 4rem; color: var(--ink); background: #fff;
  font: 15px/1.5 "Segoe UI", "Helvetica Neue", "Noto Sans", Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .4rem; padding-top: .8rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.8rem 0 .3rem; break-after: avoid; }
p, ul { margin: .2rem 0 .6rem; max-width: 60rem; }
.soft { color: var(--soft); overflow-wrap: anywhere; }
.alarm { color: var(--alarm); font-weight: 600; }
.old, .new { margin: 0; padding-left: 1.6rem; text-indent: -1rem; overflow-wrap: anywhere; }
.old::before { content: "\2212  "; } .new::before { content: "+ "; }
.old { color: var(--old); } .new { color: var(--new); }
.both { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; margin: .6rem 0; }
pre { margin: .2rem 0; padding: .6rem .8rem; background: var(--wash); font-size: .8rem; overflow-x: auto; white-space: pre-wrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; border-bottom-color: var(--ink); white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr { break-inside: avoid; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } }
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

class Page {
 public:
  explicit Page(const DiffReport& report) : report_(report) {}

  std::string run() {
    const std::string title = escaped(report_.after.name + ": " + verdict_words(report_));
    add("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    add("<title>" + title + "</title><style>" + kStyle + "</style></head><body>");
    add("<h1>" + title + "</h1>");
    add_name("old", report_.before);
    add_name("new", report_.after);
    for (const std::string& what : report_.diff.not_decided)
      add("<p class=\"alarm\">Not decided: " + escaped(what) + "</p>");
    if (report_.money) add_money(*report_.money);
    if (!report_.diff.regions.empty()) add("<h2>Events that post differently</h2>");
    for (const Region& region : report_.diff.regions) add_region(region);
    add_items(true, "Compared as written; these can change what is posted or held");
    add_items(false, "These move nothing by themselves");
    add_tests();
    add("</body></html>");
    return std::move(text_);
  }

 private:
  void add(const std::string& line) { (text_ += line) += '\n'; }

  void add_name(const char* which, const BookName& name) {
    add("<p class=\"soft\">" + std::string(which) + ": " + escaped(name.name + " " + name.release) + ", " +
        escaped(name.given) + ", " + escaped(name.digest) + "</p>");
  }

  void add_region(const Region& region) {
    add("<h3>" + escaped(region.event + " " + change_words(region)) + "</h3><ul>");
    for (const std::string& when : region.when) add("<li>when " + escaped(when) + "</li>");
    add("</ul>");
    for (const std::string& line : region.removed) add("<p class=\"old\">" + escaped(line) + "</p>");
    for (const std::string& line : region.added) add("<p class=\"new\">" + escaped(line) + "</p>");
    if (!region.not_shown.empty()) return add("<p>No example: " + escaped(region.not_shown) + "</p>");
    add("<div class=\"both\">");
    add_ran("old", region.ran_before, report_.entities_before);
    add_ran("new", region.ran_after, report_.entities_after);
    add("</div>");
  }

  void add_ran(const char* which, const Ran& ran, const std::vector<LegalEntity>& entities) {
    constexpr std::size_t kEntriesShown = 6;
    std::string text = ran.kind == Ran::Kind::posts ? "" : ran.reason;
    for (std::size_t i = 0; i < ran.entries.size() && i < kEntriesShown; ++i)
      text += plain_entry(ran.entries[i], entities) + "\n";
    if (ran.entries.size() > kEntriesShown)
      text += "and " + std::to_string(ran.entries.size() - kEntriesShown) + " more of its schedules";
    add("<div>Example, by the " + std::string(which) + " book: " + std::string(to_text(ran.kind)) + "<pre>" +
        escaped(text) + "</pre></div>");
  }

  void add_items(bool moving, const char* title) {
    bool first = true;
    for (const Item& item : report_.diff.items) {
      if (item.moves != moving) continue;
      if (first)
        add("<h2>" + std::string(title) +
            "</h2><div "
            "class=\"wide\"><table><thead><tr><th></th><th>what</th><th>before</th><th>after</th></tr></thead><tbody>");
      first = false;
      add("<tr><td>" + escaped(item.section) + "</td><td>" + escaped(item.what) + "</td><td>" + escaped(item.before) +
          "</td><td>" + escaped(item.after) + "</td></tr>");
    }
    if (!first) add("</tbody></table></div>");
  }

  void add_tests() {
    if (!report_.moved_tests) return;
    add("<h2>Tests of the old book</h2>");
    if (report_.moved_tests->empty())
      return add("<p>All " + std::to_string(report_.tests) + " post the same by the new one.</p>");
    add("<ul>");
    for (const MovedTest& test : *report_.moved_tests)
      add("<li>" + escaped(test.title) + " posts differently: " + escaped(verify::all_of(test.events)) + "</li>");
    add("</ul>");
  }

  void add_money(const MoneyDiff& money) {
    add("<h2>Money, over " + verify::counted(money.events, "recorded event") + "</h2><p>" +
        std::to_string(money.moved) + " would move, " + std::to_string(money.same) + " would not; " +
        std::to_string(money.now_held) + " would now be held, " + std::to_string(money.no_longer_held) +
        " no longer held.</p>");
    add_moves("What is debited, by entity and period", money.entities);
    add_moves("By account and period", money.accounts);
    add_moves("By account, dimension and period", money.dimensions);
    if (money.largest.empty()) return;
    add("<h3>The largest</h3>");
    for (const MovedEvent& event : money.largest) {
      add("<p>" + escaped(event.id + " " + event.type + " " + event.entity) + ": " +
          in_currency(event.amount, event.currency) + " " + event.currency +
          (event.before == event.after ? "" : ", " + event.before + " &rarr; " + event.after) + "</p>");
      for (const std::string& line : event.lines_before) add("<p class=\"old\">" + escaped(line) + "</p>");
      for (const std::string& line : event.lines_after) add("<p class=\"new\">" + escaped(line) + "</p>");
    }
  }

  void add_moves(const char* title, const std::vector<MoneyMove>& moves) {
    if (moves.empty()) return;
    add("<h3>" + std::string(title) +
        "</h3><div class=\"wide\"><table><thead><tr><th>entity</th><th>period</th><th></th><th class=\"n\">before</th>"
        "<th class=\"n\">after</th><th class=\"n\">change</th><th></th><th "
        "class=\"n\">events</th></tr></thead><tbody>");
    for (const MoneyMove& move : moves) {
      add("<tr><td>" + escaped(move.entity) + "</td><td>" + escaped(move.period) + "</td><td>" + escaped(move.what) +
          "</td><td class=\"n\">" + in_currency(move.before, move.currency) + "</td><td class=\"n\">" +
          in_currency(move.after, move.currency) + "</td><td class=\"n\">" + change_of(move) + "</td><td>" +
          move.currency + "</td><td class=\"n\">" + std::to_string(move.events) + "</td></tr>");
    }
    add("</tbody></table></div>");
  }

  const DiffReport& report_;
  std::string text_;
};

}  // namespace

std::string diff_html(const DiffReport& report) {
  return Page(report).run();
}

}  // namespace glmap::change
