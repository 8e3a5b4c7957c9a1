// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/diff_report.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::change {
namespace {

// Nobody reads the fiftieth part of a region; JSON has all of them.
constexpr std::size_t kPartsShown = 8;
constexpr std::size_t kMovesShown = 40;

std::string indented(const std::string& text, const std::string& by) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) result += by + text.substr(at, end - at);
    result += "\n";
    at = end + 1;
  }
  return result;
}

std::string counted(std::size_t count, std::string_view what) {
  return verify::counted(count, what);
}

class Text {
 public:
  explicit Text(const DiffReport& report) : report_(report) {}

  std::string run() {
    add("old  " + name(report_.before));
    add("new  " + name(report_.after));
    add("");
    add(verdict_words(report_));
    std::size_t number = 0;
    for (const Region& region : report_.diff.regions) add_region(region, ++number);
    add_items(true, "compared as written; these can change what is posted or held");
    add_items(false, "these move nothing by themselves");
    add_tests();
    if (report_.money) add_money(*report_.money);
    for (const std::string& what : report_.diff.not_decided) add("\nNOT DECIDED: " + what);
    return std::move(text_);
  }

 private:
  void add(const std::string& line) { (text_ += line) += '\n'; }

  static std::string name(const BookName& of) {
    return of.name + " " + of.release + "  " + of.given + "  " + of.digest;
  }

  void add_region(const Region& region, std::size_t number) {
    add("\n" + std::to_string(number) + "  " + region.event + " " + change_words(region));
    for (std::size_t i = 0; i < region.when.size() && i < kPartsShown; ++i)
      add(std::string(i == 0 ? "   when " : "     or ") + region.when[i]);
    if (region.when.size() > kPartsShown)
      add("     or " + std::to_string(region.when.size() - kPartsShown) + " more; `--format json` has all");
    for (const std::string& line : region.removed) add("   - " + line);
    for (const std::string& line : region.added) add("   + " + line);
    if (!region.not_shown.empty()) return add("   no example: " + region.not_shown);
    add("   example, by the old book: " + std::string(to_text(region.ran_before.kind)));
    add_ran(region.ran_before, report_.entities_before);
    add("   example, by the new book: " + std::string(to_text(region.ran_after.kind)));
    add_ran(region.ran_after, report_.entities_after);
  }

  void add_ran(const Ran& ran, const std::vector<LegalEntity>& entities) {
    constexpr std::size_t kEntriesShown = 4;
    if (ran.kind != Ran::Kind::posts && !ran.reason.empty()) text_ += indented(ran.reason, "     ");
    for (std::size_t i = 0; i < ran.entries.size() && i < kEntriesShown; ++i)
      text_ += indented(plain_entry(ran.entries[i], entities), "     ");
    if (ran.entries.size() > kEntriesShown)
      add("     and " + std::to_string(ran.entries.size() - kEntriesShown) + " more of its schedules");
  }

  void add_items(bool moving, const std::string& title) {
    bool first = true;
    for (const Item& item : report_.diff.items) {
      if (item.moves != moving) continue;
      if (first) add("\n" + title);
      first = false;
      add("  " + item.section + ": " + item.what);
      if (!item.before.empty()) text_ += indented(item.before, "    - ");
      if (!item.after.empty()) text_ += indented(item.after, "    + ");
    }
  }

  void add_tests() {
    if (!report_.moved_tests) return;
    if (report_.moved_tests->empty()) {
      if (report_.tests != 0)
        add("\nthe " + counted(report_.tests, "test") + " of the old book post the same by the new one");
      return;
    }
    add("\n" + std::to_string(report_.moved_tests->size()) + " of the " + counted(report_.tests, "test") +
        " of the old book " + (report_.moved_tests->size() == 1 ? "posts" : "post") + " differently by the new one");
    for (const MovedTest& test : *report_.moved_tests) add("  \"" + test.title + "\": " + verify::all_of(test.events));
  }

  void add_money(const MoneyDiff& money) {
    add("\n" + counted(money.events, "recorded event") + ": " + std::to_string(money.moved) + " would move, " +
        std::to_string(money.same) + " would not" +
        (money.repeated == 0 ? "" : ", " + std::to_string(money.repeated) + " came twice") +
        (money.unreadable == 0 ? "" : ", " + std::to_string(money.unreadable) + " cannot be read"));
    for (const auto& [change, events] : money.outcomes)
      add("  " + counted(events, "event") + ": " + change.first + " -> " + change.second);
    add_moves("by entity and period: what is debited", money.entities);
    add_moves("by account and period", money.accounts);
    add_moves("by account, dimension and period", money.dimensions);
    if (!money.largest.empty()) add("  the largest");
    for (const MovedEvent& event : money.largest) {
      add("    " + event.id + " " + event.type + " " + event.entity + ": " + in_currency(event.amount, event.currency) +
          " " + event.currency + (event.before == event.after ? "" : ", " + event.before + " -> " + event.after));
      for (const std::string& line : event.lines_before) add("      - " + line);
      for (const std::string& line : event.lines_after) add("      + " + line);
    }
  }

  void add_moves(const std::string& title, const std::vector<MoneyMove>& moves) {
    if (moves.empty()) return;
    add("  " + title);
    for (std::size_t i = 0; i < moves.size() && i < kMovesShown; ++i) {
      const MoneyMove& move = moves[i];
      const std::string change = change_of(move);
      add("    " + move.entity + " " + move.period + " " + move.what + (move.what.empty() ? "" : " ") +
          in_currency(move.before, move.currency) + " -> " + in_currency(move.after, move.currency) + " " +
          move.currency + " (" + (change.front() == '-' ? "" : "+") + change + "), " + counted(move.events, "event"));
    }
    if (moves.size() > kMovesShown)
      add("    and " + std::to_string(moves.size() - kMovesShown) + " more; `--format json` has all");
  }

  const DiffReport& report_;
  std::string text_;
};

}  // namespace

bool DiffReport::moves() const {
  return diff.moves();
}

std::string change_words(const Region& region) {
  using Kind = Ran::Kind;
  // An event that was run says whether it is refused or held.
  const bool ran = region.not_shown.empty();
  const Kind before = ran ? region.ran_before.kind : region.before;
  const Kind after = ran ? region.ran_after.kind : region.after;
  if (before == after) return "now posts differently";
  if (after == Kind::held) return "is now held";
  if (after == Kind::refused) return "is now refused";
  const std::string was = before == Kind::held      ? ", was held"
                          : before == Kind::refused ? ", was refused"
                          : before == Kind::posts   ? ""
                                                    : ", posted nothing";
  return (after == Kind::posts ? "now posts" : "now posts nothing") + was;
}

std::string verdict_words(const DiffReport& report) {
  const std::size_t regions = report.diff.regions.size();
  std::string text;
  if (regions != 0)
    text = verify::counted(regions, "region") + " of events " + (regions == 1 ? "posts" : "post") + " differently";
  else if (report.moves())
    text = "no region of events posts differently; what is compared as written has changed";
  else
    text = report.decided() ? "nothing moves" : "nothing was found that moves";
  return report.decided() ? text : text + "; NOT ALL OF IT WAS DECIDED";
}

std::string diff_text(const DiffReport& report) {
  return Text(report).run();
}

}  // namespace glmap::change
