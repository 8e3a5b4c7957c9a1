// SPDX-License-Identifier: Apache-2.0
// Every row of a table can apply: it can be asked for, it is in force on some day, and other rows do not already say
// all it says.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

class TableCheck {
 public:
  TableCheck(const rules::RuleBook& book, std::uint32_t index, Sink& sink, rules::Proofs& proofs)
      : book_(book),
        table_(book.tables[index]),
        index_(index),
        sink_(sink),
        proofs_(proofs),
        in_(table_space(book, index)) {
    mark_alone(in_.space, steps_);
  }

  void run() {
    Findings findings(sink_, "rows that never apply");
    for (std::uint32_t row = 0; row < table_.rows.size(); ++row) {
      std::string why = never_asked(row);
      if (why.empty()) {
        live_.push_back(row);
      } else {
        findings.add(dead_row(row, std::move(why), "delete the row, or correct it"));
      }
    }
    for (std::size_t i = live_.size(); i-- > 0;)
      if (auto found = said_already(live_[i])) {
        findings.add(std::move(*found));
        live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(i));
      }
    if (findings.empty())
      proofs_.results["table " + table_.name + " rows reachable"] = "proved: " + counted(table_.rows.size(), "row");
  }

 private:
  /// Why the row cannot apply whatever other rows say; empty when it can.
  std::string never_asked(std::uint32_t index) const {
    const rules::TableRow& row = table_.rows[index];
    if (in_.asked_part(in_.space.rows[index])) return {};
    if (row.from && row.until && *row.until < *row.from)
      return "it ends on " + row.until->to_text() + ", before it begins on " + row.from->to_text();
    const Life life = book_life(book_);
    if (row.from && *row.from > life.last)
      return "it begins on " + row.from->to_text() + ", after the last period of the calendars (" +
             life.last.to_text() + ")";
    if (row.until && *row.until < life.first)
      return "it ends on " + row.until->to_text() + ", before the first period of the calendars (" +
             life.first.to_text() + ")";
    for (std::size_t c = 0; c < table_.columns.size(); ++c)
      if (!row.cells[c].any && row.cells[c].values.empty())
        return "it names no value of " + tick(table_.columns[c].name);
    return "no role takes its account from this table for " + region_words(book_, table_, in_, in_.space.rows[index]);
  }

  /// The row adds nothing to others with the same answer.
  std::optional<Diagnostic> said_already(std::uint32_t row) {
    if (!in_.space.alone.empty() && in_.space.alone[row]) return std::nullopt;
    std::vector<std::uint32_t> others;
    for (const std::uint32_t other : live_)
      if (other != row && give_the_same(table_.rows[other], table_.rows[row]) &&
          meets(in_.space, in_.space.rows[other], in_.space.rows[row]))
        others.push_back(other);
    if (others.empty()) return std::nullopt;
    for (const Box& asked : in_.asked) {
      if (!meets(in_.space, asked, in_.space.rows[row])) continue;
      const Box part = intersect(in_.space, asked, in_.space.rows[row]);
      if (find_uncovered(in_.space, part, others, steps_).covered != Covered::yes) return std::nullopt;
    }
    Diagnostic found = dead_row(row, "other rows already give the same answer for all of it", "delete the row");
    for (std::size_t i = 0; i < std::min<std::size_t>(others.size(), 3); ++i)
      found.labels.push_back({place(table_.rows[others[i]].where), "this row takes part of it"});
    if (others.size() == 1) found.labels.front().message = "this row takes all of it";
    return found;
  }

  Diagnostic dead_row(std::uint32_t row, std::string why, std::string help) const {
    Diagnostic found;
    found.code = ErrorCode::DeadRow;
    found.primary = place(table_.rows[row].where);
    found.message = "this row of table " + tick(table_.name) + " never applies: " + std::move(why);
    found.help = std::move(help);
    found.fingerprint = "table " + table_.name + " dead " + region_words(book_, table_, in_, in_.space.rows[row]);
    return found;
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  std::uint32_t index_;
  Sink& sink_;
  rules::Proofs& proofs_;
  TableSpace in_;
  Steps steps_;
  std::vector<std::uint32_t> live_;
};

}  // namespace

void check_rows_reachable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (std::uint32_t table = 0; table < model.book.tables.size(); ++table)
    TableCheck(model.book, table, sink, proofs).run();
}

}  // namespace glmap::verify
