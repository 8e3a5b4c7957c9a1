// SPDX-License-Identifier: Apache-2.0
// Every combination that can be asked, on every day the table is in force, has a row: one that answers, or one that
// says why it is impossible, or the counted remainder. Holes in time come out of the same search, with days as one more
// column.
#include <algorithm>
#include <tuple>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_facts.hpp"

namespace glmap::verify {
namespace {

// More parts than this are not kept; a remainder so scattered is decided without them.
constexpr std::size_t kPartsMax = 100'000;
constexpr std::size_t kRegionsShown = 3;

class TableCheck {
 public:
  TableCheck(const rules::RuleBook& book, std::uint32_t index, const TableFacts& facts, Sink& sink,
             rules::Proofs& proofs)
      : book_(book), table_(book.tables[index]), facts_(facts), in_(facts.in), sink_(sink), proofs_(proofs) {}

  void run() {
    if (table_.columns.empty()) return;
    if (!table_.remaining && facts_.complete == Covered::not_decided) return report_not_decided();
    if (table_.remaining) {
      check_remaining();
    } else if (facts_.complete == Covered::no) {
      find_holes(facts_.covering());
    }
    if (!sound_) return;
    std::string result = "proved: " + counted(in_.combinations, "combination");
    if (table_.remaining) result += ", " + std::to_string(table_.remaining->count) + " of them remaining";
    proofs_.results["table " + table_.name + " complete"] = result;
  }

 private:
  /// `remaining N` counts combinations that no row fits on any day; on a day, the other combinations must have a row.
  void check_remaining() {
    TableSpace undated = in_;
    if (in_.days) {
      undated.days.reset();
      undated.space.columns.pop_back();
      for (Box& row : undated.space.rows) row.pop_back();
      for (Box& box : undated.asked) box.pop_back();
      undated.space.alone.clear();
    }
    const Space space = in_.days ? without_overlaps(undated.space, steps_) : facts_.covering();
    Count count = 0;
    std::vector<Box> parts;
    for (const Box& within : undated.asked) {
      const Covered covered = for_each_uncovered(space, within, space.all_rows(), steps_, [&](const Box& part) {
        count += std::min(volume(space, part), kCountMax - count);
        if (parts.size() < kPartsMax) parts.push_back(part);
        return true;
      });
      if (covered == Covered::not_decided) return report_not_decided();
    }
    if (count != static_cast<Count>(table_.remaining->count)) report_remaining(undated, count, parts);
    if (!in_.days) return;
    Space dated = facts_.covering();
    for (Box& part : parts) {  // what is never covered is no hole in time
      part.emplace_back();
      dated.rows.push_back(std::move(part));
      if (!dated.alone.empty()) dated.alone.push_back(true);
    }
    find_holes(std::move(dated));
  }

  void report_remaining(const TableSpace& undated, Count count, const std::vector<Box>& parts) {
    sound_ = false;
    const rules::Table::Remaining& remaining = *table_.remaining;
    Diagnostic found;
    found.code = ErrorCode::WrongRemainder;
    found.primary = place(remaining.where);
    found.message = "`remaining " + std::to_string(remaining.count) + "` is stated, and table " + tick(table_.name) +
                    (count == 0 ? " has a row for every combination" + std::string(in_.days ? " on some day" : "")
                                : " leaves " + counted(count, "combination") + " without a row");
    if (count != 0) note_regions(undated, parts, found);
    found.notes.push_back("the number changes when a list grows or a row is added, so that somebody looks at it");
    found.help = count == 0 ? "delete `remaining`: every combination has a row"
                            : "write rows for the combinations that can happen, then `remaining` with the number left" +
                                  (" (" + count_text(count) + " now)");
    found.fingerprint = "table " + table_.name + " remaining";
    sink_.report(std::move(found));
  }

  /// A value that no row names at all is usually the new one: it is told apart from what was left out before.
  void note_regions(const TableSpace& undated, std::vector<Box> parts, Diagnostic& found) const {
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const Cell missing = values_without_row(undated, c);
      if (missing.values.empty()) continue;
      Box slice = undated.space.whole();
      slice[c] = missing;
      Count held = 0;
      std::vector<Box> rest;
      for (Box& part : parts) {
        if (meets(undated.space, part, slice)) held += volume(undated.space, intersect(undated.space, part, slice));
        for (Cell& outside : without(undated.space.columns[c], part[c], missing)) {
          rest.push_back(part);
          rest.back()[c] = std::move(outside);
        }
      }
      parts = std::move(rest);
      if (held != 0)
        found.notes.push_back("no row fits " + cell_words(book_, table_.columns[c], missing) + ": " +
                              counted(held, "combination"));
    }
    const bool others = !found.notes.empty();
    std::stable_sort(parts.begin(), parts.end(),
                     [&](const Box& a, const Box& b) { return volume(undated.space, a) > volume(undated.space, b); });
    for (std::size_t i = 0; i < std::min(parts.size(), kRegionsShown); ++i)
      found.notes.push_back(std::string(others ? "also without a row: " : "without a row: ") +
                            region_words(book_, table_, undated, parts[i]) + ": " +
                            counted(volume(undated.space, parts[i]), "combination"));
    if (parts.size() > kRegionsShown)
      found.notes.push_back("and " + std::to_string(parts.size() - kRegionsShown) + " more such regions");
  }

  /// The values of a column that can be asked and that no row fits.
  Cell values_without_row(const TableSpace& undated, std::size_t c) const {
    std::vector<bool> wanted(undated.space.columns[c].size, false);
    const auto set = [&](const Cell& cell, bool to) {
      if (cell.any) wanted.assign(wanted.size(), to);
      for (const std::uint32_t value : cell.values) wanted[value] = to;
    };
    for (const Box& asked : undated.asked) set(asked[c], true);
    for (const Box& row : undated.space.rows) set(row[c], false);
    Cell missing = Cell::of({});
    for (std::uint32_t value = 0; value < wanted.size(); ++value)
      if (wanted[value]) missing.values.push_back(value);
    return missing;
  }

  void report_not_decided() {
    sound_ = false;
    sink_.report(not_decided(table_.where, "table " + tick(table_.name) + " covers every combination",
                             "table " + table_.name + " complete"));
  }

  /// `space`: by value; a hole that was reported counts as covered from then on.
  void find_holes(Space space) {
    Findings findings(sink_, "combinations without a row");
    for (const Box& within : in_.asked) {
      while (!findings.full()) {
        const Uncovered hole = find_uncovered(space, within, space.all_rows(), steps_);
        if (hole.covered == Covered::not_decided) return report_not_decided();
        if (hole.covered == Covered::yes) break;
        const Box wide = intersect(space, within, widen(space, *hole.box, space.all_rows()));
        findings.add(hole_found(wide));
        sound_ = false;
        space.rows.push_back(wide);
        if (!space.alone.empty()) space.alone.push_back(true);
      }
      if (findings.full()) count_rest(space, within, findings);
    }
  }

  void count_rest(const Space& space, const Box& within, Findings& findings) {
    Count rest = 0;
    for_each_uncovered(space, within, space.all_rows(), steps_, [&](const Box& part) {
      rest += std::min(volume(space, part), kCountMax - rest);
      return true;
    });
    findings.add_unseen(static_cast<std::size_t>(std::min(rest, static_cast<Count>(SIZE_MAX / 2))));
  }

  Diagnostic hole_found(const Box& hole) const {
    Diagnostic found;
    found.code = ErrorCode::TableHole;
    found.primary = place(table_.where);
    found.message = "no row of table " + tick(table_.name) + " fits " + region_words(book_, table_, in_, hole);
    found.notes.push_back("example: " + example_words(book_, table_, in_, hole));
    const Count count = volume(in_.space, hole);
    found.notes.push_back(counted(count, "combination") + " of " + count_text(in_.combinations) +
                          (count == 1 ? " has" : " have") + " no row here");
    label_closest(hole, found);
    found.help = help_for(hole);
    found.fingerprint = "table " + table_.name + " hole " + region_words(book_, table_, in_, hole);
    return found;
  }

  bool in_time(const Box& hole) const { return in_.days && !hole[*in_.days].any; }

  /// The row that misses the example by one column only, if there is one; of several the one that misses by a value
  /// which no row names, as a new one, or else furthest right, because tables go from the general to the particular; of
  /// those that miss by days the nearest in time.
  void label_closest(const Box& hole, Diagnostic& found) const {
    Box example = hole;
    for (std::size_t c = 0; c < hole.size(); ++c) {
      const Column& column = in_.space.columns[c];
      if (column.days) {
        const std::int32_t day = hole[c].any ? column.first : hole[c].first;
        example[c] = Cell::span(day, day);
      } else {
        example[c] = Cell::of({hole[c].any ? 0 : hole[c].values.front()});
      }
    }
    struct Close {
      bool is_new;
      std::size_t column, row;
      std::int32_t distance;
    };
    std::vector<std::optional<bool>> is_new(example.size());  // by column, looked up once
    std::optional<Close> best;
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      if (table_.rows[r].impossible) continue;
      const auto missed = only_miss(example, in_.space.rows[r]);
      if (!missed) continue;
      const std::int32_t distance = in_.days == missed ? days_between(example[*missed], in_.space.rows[r][*missed]) : 0;
      if (!is_new[*missed])
        is_new[*missed] = in_.days != missed && is_named_nowhere(*missed, example[*missed].values.front());
      const Close close{*is_new[*missed], *missed, r, distance};
      if (!best ||
          std::tuple(close.is_new, close.column, -distance) > std::tuple(best->is_new, best->column, -best->distance))
        best = close;
    }
    if (!best) return;
    const std::string column = in_.days == best->column ? "days" : tick(table_.columns[best->column].name);
    found.labels.push_back({place(table_.rows[best->row].where), "the closest row differs only in its " + column});
  }

  bool is_named_nowhere(std::size_t column, std::uint32_t value) const {
    return std::none_of(in_.space.rows.begin(), in_.space.rows.end(), [&](const Box& row) {
      return std::binary_search(row[column].values.begin(), row[column].values.end(), value);
    });
  }

  /// The one column in which `row` misses `point`; nullopt when there are more, or none.
  std::optional<std::size_t> only_miss(const Box& point, const Box& row) const {
    std::optional<std::size_t> missed;
    for (std::size_t c = 0; c < point.size(); ++c) {
      if (meets(in_.space.columns[c], point[c], row[c])) continue;
      if (missed) return std::nullopt;
      missed = c;
    }
    return missed;
  }
  static std::int32_t days_between(const Cell& day, const Cell& row) {
    return row.last < day.first ? day.first - row.last : row.first - day.first;
  }

  std::string help_for(const Box& hole) const {
    if (in_time(hole))
      return "let a row for it begin on " + Date::from_days(hole[*in_.days].first).to_text() +
             " or the row before it end later";
    Box first = hole;
    const std::string others = asks_for_accounts() ? only_first_entity(first) : std::string();
    std::string answers;
    for (const rules::AnswerColumn& answer : table_.answers) answers += " " + in_capitals(answer.name) + " |";
    if (in_.days) answers += " | |";  // `from` and `until` stay blank
    std::string help = "add it to a row, or write " + tick(row_text(first) + answers);
    if (asks_for_accounts()) help += " with the account it goes to" + others;
    return help + "; if it cannot happen, write " + tick(row_text(hole) + " because \"...\" |") + " under `impossible`";
  }

  std::string row_text(const Box& box) const {
    std::string row = "|";
    for (std::size_t c = 0; c < table_.columns.size(); ++c)
      row += " " + cell_text(book_, table_.columns[c], box[c]) + " |";
    return row + "|";
  }

  /// Each company has accounts of its own: a row for the first of them, and the others in words.
  std::string only_first_entity(Box& box) const {
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const rules::TableColumn& column = table_.columns[c];
      if (column.domain.kind != rules::Domain::Kind::entity || column.name != "entity") continue;
      std::vector<std::string> others;
      for (std::uint32_t entity = 0; entity < book_.catalog.entities.size(); ++entity)
        if (box[c].any || std::binary_search(box[c].values.begin(), box[c].values.end(), entity))
          others.push_back(book_.catalog.entities[entity].code);
      if (others.size() < 2) return {};
      box[c] = Cell::of({box[c].any ? 0 : box[c].values.front()});
      others.erase(others.begin());
      return " there, and a row like it for " + all_of(others);
    }
    return {};
  }

  bool asks_for_accounts() const {
    return std::any_of(table_.answers.begin(), table_.answers.end(), [](const rules::AnswerColumn& answer) {
      return answer.kind == rules::AnswerColumn::Kind::account;
    });
  }
  /// What is to be replaced by a value stands in capitals.
  static std::string in_capitals(std::string name) {
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return name;
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  const TableFacts& facts_;
  const TableSpace& in_;
  Sink& sink_;
  rules::Proofs& proofs_;
  Steps steps_;
  bool sound_ = true;
};

}  // namespace

void check_table_complete(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts, Sink& sink,
                          rules::Proofs& proofs) {
  TableCheck(book, table, facts, sink, proofs).run();
}

}  // namespace glmap::verify
