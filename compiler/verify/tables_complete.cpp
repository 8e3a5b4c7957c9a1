// SPDX-License-Identifier: Apache-2.0
// Every combination that can be asked, on every day the table is in force, has a row: one that answers, or one that
// says why it is impossible, or the counted remainder. Holes in time come out of the same search, with days as one more
// column.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

// More parts than this are not kept; a remainder so scattered is decided without them.
constexpr std::size_t kPartsMax = 100'000;
constexpr std::size_t kExamples = 3;

class TableCheck {
 public:
  TableCheck(const rules::RuleBook& book, std::uint32_t index, Sink& sink, rules::Proofs& proofs)
      : book_(book), table_(book.tables[index]), sink_(sink), proofs_(proofs), in_(table_space(book, index)) {
    mark_alone(in_.space, steps_);
  }

  void run() {
    if (table_.columns.empty()) return;
    if (table_.remaining && !check_remaining()) return;
    if (!table_.remaining || in_.days) find_holes();
    if (!sound_) return;
    std::string result = "proved: " + counted(in_.combinations, "combination");
    if (table_.remaining) result += ", " + std::to_string(table_.remaining->count) + " of them remaining";
    proofs_.results["table " + table_.name + " complete"] = result;
  }

 private:
  /// `remaining N` counts combinations that no row fits on any day. False when that could not be decided.
  bool check_remaining() {
    Space undated = in_.space;
    std::vector<Box> asked = in_.asked;
    if (in_.days) {
      undated.columns.pop_back();
      for (Box& row : undated.rows) row.pop_back();
      for (Box& box : asked) box.pop_back();
      undated.alone.clear();
      mark_alone(undated, steps_);
    }
    Count count = 0;
    std::vector<Box> parts;
    for (const Box& within : asked) {
      const Covered covered = for_each_uncovered(undated, within, undated.all_rows(), steps_, [&](const Box& part) {
        count += std::min(volume(undated, part), kCountMax - count);
        if (parts.size() < kPartsMax) parts.push_back(part);
        return true;
      });
      if (covered != Covered::not_decided) continue;
      report_not_decided();
      return false;
    }
    if (count != static_cast<Count>(table_.remaining->count)) report_remaining(count, parts);
    if (!in_.days) return true;
    for (Box& part : parts) {  // what is never covered is no hole in time
      part.emplace_back();
      in_.space.rows.push_back(std::move(part));
      if (!in_.space.alone.empty()) in_.space.alone.push_back(true);
    }
    return true;
  }

  void report_remaining(Count count, const std::vector<Box>& parts) {
    sound_ = false;
    const rules::Table::Remaining& remaining = *table_.remaining;
    Diagnostic found;
    found.code = ErrorCode::WrongRemainder;
    found.primary = place(remaining.where);
    found.message = "`remaining " + std::to_string(remaining.count) + "` is stated, and table " + tick(table_.name) +
                    " leaves " + counted(count, "combination") + " without a row";
    std::string examples;
    for (std::size_t i = 0; i < std::min(parts.size(), kExamples); ++i) {
      Box part = parts[i];
      part.resize(table_.columns.size());
      TableSpace undated = in_;
      undated.days.reset();
      examples += (i == 0 ? "" : "; ") + example_words(book_, table_, undated, part);
    }
    if (count != 0) found.notes.push_back((count == 1 ? "it is: " : "example: ") + examples);
    found.notes.push_back("the number changes when a list grows or a row is added, so that somebody looks at it");
    found.help = count == 0 ? "delete `remaining`: every combination has a row"
                            : "write rows for the combinations that can happen, then `remaining` with the number left" +
                                  (" (" + count_text(count) + " now)");
    found.fingerprint = "table " + table_.name + " remaining";
    sink_.report(std::move(found));
  }

  void report_not_decided() {
    sound_ = false;
    sink_.report(not_decided(table_.where, "table " + tick(table_.name) + " covers every combination",
                             "table " + table_.name + " complete"));
  }

  void find_holes() {
    Findings findings(sink_, "combinations without a row");
    Space space = in_.space;  // a hole that was reported counts as covered from then on
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
    if (count > 1)
      found.notes.push_back(counted(count, "combination") + " of " + count_text(in_.combinations) +
                            " have no row here");
    label_closest(hole, found);
    found.help = help_for(hole);
    found.fingerprint = "table " + table_.name + " hole " + region_words(book_, table_, in_, hole);
    return found;
  }

  bool in_time(const Box& hole) const { return in_.days && !hole[*in_.days].any; }

  /// The row that misses the hole by one column only, if there is one; of several the one that misses furthest right,
  /// because tables go from the general to the particular.
  void label_closest(const Box& hole, Diagnostic& found) const {
    std::optional<std::pair<std::size_t, std::size_t>> best;  // column missed, row
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      std::size_t missed = 0;
      std::size_t misses = 0;
      for (std::size_t c = 0; c < hole.size(); ++c) {
        if (meets(in_.space.columns[c], hole[c], in_.space.rows[r][c])) continue;
        missed = c;
        ++misses;
      }
      if (misses == 1 && !table_.rows[r].impossible && (!best || missed > best->first)) best.emplace(missed, r);
    }
    if (!best) return;
    const bool by_days = in_.days && best->first == *in_.days;
    const std::string column = by_days ? "days" : tick(table_.columns[best->first].name);
    found.labels.push_back({place(table_.rows[best->second].where), "the closest row differs only in its " + column});
  }

  std::string help_for(const Box& hole) const {
    std::string row = "|";
    for (std::size_t c = 0; c < table_.columns.size(); ++c)
      row += " " + cell_text(book_, table_.columns[c], hole[c]) + " |";
    if (in_time(hole))
      return "let a row for it begin on " + Date::from_days(hole[*in_.days].first).to_text() +
             " or the row before it end later";
    std::string answers;
    for (const rules::AnswerColumn& answer : table_.answers) answers += " " + answer.name + " ... |";
    return "add it to a row, or write " + tick(row + "|" + answers) + "; if it cannot happen, write " +
           tick(row + "| because \"...\" |") + " under `impossible`";
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  Sink& sink_;
  rules::Proofs& proofs_;
  TableSpace in_;
  Steps steps_;
  bool sound_ = true;
};

}  // namespace

void check_tables_complete(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (std::uint32_t table = 0; table < model.book.tables.size(); ++table)
    TableCheck(model.book, table, sink, proofs).run();
}

}  // namespace glmap::verify
