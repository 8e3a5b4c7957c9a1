// SPDX-License-Identifier: Apache-2.0
// Every row of a table can apply: it can be asked for, it is in force on some day, and other rows do not already say
// all it says.
#include <algorithm>
#include <map>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_facts.hpp"

namespace glmap::verify {
namespace {

// Rows that make a row superfluous are all named, up to so many.
constexpr std::size_t kRowsNamed = 8;
// Of more rows than this the smallest set that is needed is not looked for.
constexpr std::size_t kRowsTried = 64;

class TableCheck {
 public:
  TableCheck(const rules::RuleBook& book, std::uint32_t index, const TableFacts& facts, Sink& sink,
             rules::Proofs& proofs)
      : book_(book),
        table_(book.tables[index]),
        in_(facts.in),
        facts_(facts),
        sink_(sink),
        proofs_(proofs),
        dead_(table_.rows.size(), false) {}

  std::vector<bool> run() {
    Findings findings(sink_, "rows that are not needed");
    for (std::uint32_t row = 0; row < table_.rows.size(); ++row) {
      std::string why = never_asked(row);
      if (why.empty()) continue;
      dead_[row] = true;
      findings.add(dead_row(row, " never applies: " + std::move(why),
                            outside_calendars(row)
                                ? "let the calendars go on through that day in calendars.yaml; if the "
                                  "day is wrong, correct it"
                                : "correct the row, or delete it"));
    }
    if (!facts_.overlaps_known) return dead_;  // tables_disjoint tells
    std::map<std::uint32_t, std::vector<std::uint32_t>> twins;
    for (const auto& [first, second] : facts_.overlaps) {
      if (!give_the_same(table_.rows[first], table_.rows[second])) continue;
      twins[first].push_back(second);
      twins[second].push_back(first);
    }
    // A row that many others say together goes before they do, and of equal ones the later.
    std::vector<std::uint32_t> order;
    for (const auto& [row, others] : twins) order.push_back(row);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(twins[a].size(), a) > std::pair(twins[b].size(), b);
    });
    for (const std::uint32_t row : order)
      if (auto found = said_already(row, twins[row])) {
        dead_[row] = true;
        findings.add(std::move(*found));
      }
    if (!decided_)
      sink_.report(not_decided(table_.where, "every row of table " + tick(table_.name) + " is needed",
                               "table " + table_.name + " reachable"));
    if (findings.empty() && decided_)
      proofs_.results["table " + table_.name + " rows reachable"] = "proved: " + counted(table_.rows.size(), "row");
    return dead_;
  }

 private:
  /// Its days lie where no fiscal calendar of the book has a period: the calendar is short more often than the row
  /// wrong.
  bool outside_calendars(std::uint32_t index) const {
    const rules::TableRow& row = table_.rows[index];
    const Life life = book_life(book_);
    return (row.from && *row.from > life.last) || (row.until && *row.until < life.first);
  }

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
    return "the accounts section does not send " + region_words(book_, table_, in_, in_.space.rows[index]) +
           " to this table";
  }

  /// Nothing that can be asked for is left of the row without `others`. Nothing is claimed when steps run out.
  bool covered_by(std::uint32_t row, const std::vector<std::uint32_t>& others) {
    for (const Box& asked : in_.asked) {
      if (!meets(in_.space, asked, in_.space.rows[row])) continue;
      const Box part = intersect(in_.space, asked, in_.space.rows[row]);
      const Covered covered = find_uncovered(in_.space, part, others, steps_).covered;
      decided_ = decided_ && covered != Covered::not_decided;
      if (covered != Covered::yes) return false;
    }
    return true;
  }

  /// The row adds nothing to others with the same answer.
  std::optional<Diagnostic> said_already(std::uint32_t row, std::vector<std::uint32_t> others) {
    std::erase_if(others, [&](std::uint32_t other) { return dead_[other]; });
    std::sort(others.begin(), others.end());
    if (dead_[row] || others.empty() || !covered_by(row, others)) return std::nullopt;
    for (std::size_t i = others.size(); others.size() <= kRowsTried && i-- > 0;) {
      std::vector<std::uint32_t> fewer = others;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (!fewer.empty() && covered_by(row, fewer)) others = std::move(fewer);
    }
    if (others.size() == 1 && in_.space.rows[others.front()] == in_.space.rows[row]) {
      Diagnostic found = dead_row(row, " and another say the same", "delete one of them");
      found.labels.push_back({place(table_.rows[others.front()].where), "the other is here"});
      return found;
    }
    const std::string_view message = others.size() == 1 ? " says nothing that a wider row does not say"
                                                        : " says nothing that other rows together do not say";
    Diagnostic found = dead_row(row, message,
                                "delete this row; or take its combinations out of the others, if they should not "
                                "reach so far");
    for (std::size_t i = 0; i < std::min(others.size(), kRowsNamed); ++i)
      found.labels.push_back({place(table_.rows[others[i]].where),
                              others.size() == 1 ? "this row takes all of it" : "this row takes part of it"});
    if (others.size() > kRowsNamed)
      found.notes.push_back("and " + std::to_string(others.size() - kRowsNamed) + " more rows take the rest of it");
    return found;
  }

  Diagnostic dead_row(std::uint32_t row, std::string_view why, std::string help) const {
    Diagnostic found;
    found.code = ErrorCode::DeadRow;
    found.primary = place(table_.rows[row].where);
    found.message = "this row of table " + tick(table_.name) + std::string(why);
    if (const auto part = in_.asked_part(in_.space.rows[row]))
      found.notes.push_back("it fits " + region_words(book_, table_, in_, *part) + ": " +
                            counted(volume(in_.space, *part), "combination"));
    found.help = std::move(help);
    found.fingerprint = "table " + table_.name + " dead " + region_words(book_, table_, in_, in_.space.rows[row]);
    return found;
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  const TableSpace& in_;
  const TableFacts& facts_;
  Sink& sink_;
  rules::Proofs& proofs_;
  Steps steps_;
  std::vector<bool> dead_;
  bool decided_ = true;
};

}  // namespace

std::vector<bool> check_rows_reachable(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts,
                                       Sink& sink, rules::Proofs& proofs) {
  return TableCheck(book, table, facts, sink, proofs).run();
}

}  // namespace glmap::verify
