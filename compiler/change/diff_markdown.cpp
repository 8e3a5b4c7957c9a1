// SPDX-License-Identifier: Apache-2.0
// For a pull request: what moves on top, each region folded with its example. Text of the book stands in code spans,
// so that nothing in it can become markup or mention anybody.
#include "compiler/change/diff_report.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::change {
namespace {

constexpr std::size_t kRegionsShown = 25;  // a comment holds 65,536 characters
constexpr std::size_t kPartsShown = 6;
constexpr std::size_t kRowsShown = 30;

std::string code(const std::string& text) {
  std::string inside;
  for (const char c : text) inside += c == '`' ? '\'' : c == '\n' ? ' ' : c;
  return "`" + inside + "`";
}
/// A cell of a table: a bar would end it.
std::string cell(const std::string& text) {
  std::string inside;
  for (const char c : code(text)) inside += c == '|' ? std::string("\\|") : std::string(1, c);
  return inside;
}

class Markdown {
 public:
  explicit Markdown(const DiffReport& report) : report_(report) {}

  std::string run() {
    add("### " + verdict_words(report_));
    add("");
    add(code(report_.before.name + " " + report_.before.release) + " → " +
        code(report_.after.name + " " + report_.after.release) + ", digest " + code(report_.after.digest));
    for (const std::string& what : report_.diff.not_decided) add("\n> **Not decided:** " + code(what));
    if (report_.money) add_money(*report_.money);
    const auto& regions = report_.diff.regions;
    for (std::size_t i = 0; i < regions.size() && i < kRegionsShown; ++i) add_region(regions[i]);
    if (regions.size() > kRegionsShown)
      add("\n" + std::to_string(regions.size() - kRegionsShown) + " more regions: `glmapc diff --format json`");
    add_items(true, "Compared as written; these can change what is posted or held");
    add_items(false, "These move nothing by themselves");
    add_tests();
    return std::move(text_);
  }

 private:
  void add(const std::string& line) { (text_ += line) += '\n'; }

  void add_region(const Region& region) {
    add("\n<details><summary><b>" + plain(region.event) + "</b> " + plain(change_words(region)) + "</summary>\n");
    for (std::size_t i = 0; i < region.when.size() && i < kPartsShown; ++i) add("- when " + code(region.when[i]));
    if (region.when.size() > kPartsShown) add("- or in " + std::to_string(region.when.size() - kPartsShown) + " more");
    if (!region.removed.empty() || !region.added.empty()) {
      add("\n```diff");
      for (const std::string& line : region.removed) add("- " + fenced(line));
      for (const std::string& line : region.added) add("+ " + fenced(line));
      add("```");
    }
    if (!region.not_shown.empty()) {
      add("\nNo example: " + code(region.not_shown));
    } else {
      add_ran("old", region.ran_before, report_.entities_before);
      add_ran("new", region.ran_after, report_.entities_after);
    }
    add("\n</details>");
  }

  void add_ran(const std::string& which, const Ran& ran, const std::vector<LegalEntity>& entities) {
    add("\nExample, by the " + which + " book: " + std::string(to_text(ran.kind)));
    if (ran.kind != Ran::Kind::posts) return add("\n" + code(ran.reason));
    constexpr std::size_t kEntriesShown = 3;
    add("\n```");
    for (std::size_t i = 0; i < ran.entries.size() && i < kEntriesShown; ++i)
      text_ += fenced(plain_entry(ran.entries[i], entities));
    if (ran.entries.size() > kEntriesShown)
      add("and " + std::to_string(ran.entries.size() - kEntriesShown) + " more of its schedules");
    add("```");
  }

  void add_items(bool moving, const std::string& title) {
    bool first = true;
    for (const Item& item : report_.diff.items) {
      if (item.moves != moving) continue;
      if (first) add("\n#### " + title + "\n\n| | what | before | after |\n|---|---|---|---|");
      first = false;
      add("| " + item.section + " | " + cell(item.what) + " | " + (item.before.empty() ? "" : cell(item.before)) +
          " | " + (item.after.empty() ? "" : cell(item.after)) + " |");
    }
  }

  void add_tests() {
    if (!report_.moved_tests) return;
    add("\n#### Tests of the old book\n");
    if (report_.moved_tests->empty())
      return add("All " + std::to_string(report_.tests) + " post the same by the new one.");
    for (const MovedTest& test : *report_.moved_tests)
      add("- " + code(test.title) + " posts differently: " + code(verify::all_of(test.events)));
  }

  void add_money(const MoneyDiff& money) {
    add("\n#### Money, over " + verify::counted(money.events, "recorded event") + "\n");
    add(std::to_string(money.moved) + " would move, " + std::to_string(money.same) + " would not; " +
        std::to_string(money.now_held) + " would now be held, " + std::to_string(money.no_longer_held) +
        " no longer held.");
    if (money.accounts.empty()) return;
    add("\n| entity | period | account | before | after | currency | events |\n|---|---|---|--:|--:|---|--:|");
    for (std::size_t i = 0; i < money.accounts.size() && i < kRowsShown; ++i) {
      const MoneyMove& move = money.accounts[i];
      add("| " + cell(move.entity) + " | " + cell(move.period) + " | " + cell(move.what) + " | " +
          in_currency(move.before, move.currency) + " | " + in_currency(move.after, move.currency) + " | " +
          move.currency + " | " + std::to_string(move.events) + " |");
    }
    if (money.accounts.size() > kRowsShown)
      add("\nand " + std::to_string(money.accounts.size() - kRowsShown) + " more rows");
  }

  /// Text between tags: nothing in it is markup.
  static std::string plain(const std::string& text) {
    std::string result;
    for (const char c : text) result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    return result;
  }
  /// Inside a fence only a fence ends it.
  static std::string fenced(std::string text) {
    for (std::size_t at = text.find("```"); at != std::string::npos; at = text.find("```", at))
      text.replace(at, 3, "'''");
    return text;
  }

  const DiffReport& report_;
  std::string text_;
};

}  // namespace

std::string diff_markdown(const DiffReport& report) {
  return Markdown(report).run();
}

}  // namespace glmap::change
