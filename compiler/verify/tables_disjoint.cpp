// SPDX-License-Identifier: Apache-2.0
// No combination has two rows: there is no order of precedence, so two rows for one combination are two opinions. Rows
// that give the same answer are only noted. Rows under `impossible` are rows too.
#include <algorithm>
#include <map>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_facts.hpp"

namespace glmap::verify {
namespace {

std::string answer_words(const rules::RuleBook& book, const rules::Table& table, const rules::TableRow& row) {
  if (row.impossible) return "impossible";
  std::vector<std::string> words;
  for (std::size_t a = 0; a < row.answers.size(); ++a) {
    const rules::Answer& answer = row.answers[a];
    switch (table.answers[a].kind) {
      case rules::AnswerColumn::Kind::account:
        words.push_back(answer.no_line ? "no line" : "account " + answer.account);
        break;
      case rules::AnswerColumn::Kind::decimal:
        words.push_back(table.answers[a].name + " " + answer.number.to_text());
        break;
      case rules::AnswerColumn::Kind::list: {
        std::vector<std::string> values;
        for (const std::uint32_t value : answer.values.values)
          values.push_back(book.value_text({rules::Domain::Kind::list, table.answers[a].list}, value));
        words.push_back(table.answers[a].name + " " + (answer.values.any ? "any" : any_of(values)));
        break;
      }
    }
  }
  return all_of(words);
}

class TableCheck {
 public:
  TableCheck(const rules::RuleBook& book, std::uint32_t index, const TableFacts& facts, const std::vector<bool>& dead,
             Sink& sink, rules::Proofs& proofs)
      : book_(book),
        table_(book.tables[index]),
        in_(facts.in),
        facts_(facts),
        dead_(dead),
        sink_(sink),
        proofs_(proofs) {}

  void run() {
    RowPairs conflicts, repetitions;
    for (const auto& pair : facts_.overlaps) {
      if (!give_the_same(table_.rows[pair.first], table_.rows[pair.second]))
        conflicts.push_back(pair);
      else if (!dead_[pair.first] && !dead_[pair.second])
        repetitions.push_back(pair);
    }
    report(conflicts, false);
    report(repetitions, true);
    if (!conflicts.empty()) return;
    if (!facts_.overlaps_known) {  // also with overlaps at hand: none of those seen contradict each other
      sink_.report(not_decided(table_.where, "two rows of table " + tick(table_.name) + " fit the same combination",
                               "table " + table_.name + " disjoint"));
      return;
    }
    if (facts_.overlap_count > facts_.overlaps.size()) return report_too_many();
    proofs_.results["table " + table_.name + " unambiguous"] =
        "proved: " + counted(table_.rows.size(), "row") +
        (repetitions.empty() ? "" : "; where rows overlap they give the same answer");
  }

 private:
  /// One finding for a row and all the rows it overlaps, so that one row too wide is one finding.
  void report(const RowPairs& pairs, bool same) const {
    Findings findings(sink_, same ? "rows that say what others say" : "rows that overlap");
    for (const auto& [row, others] : by_widest(pairs)) {
      if (findings.full()) {
        findings.add_unseen(1);
        continue;
      }
      Diagnostic found = overlap_found(std::min(row, others.front()), std::max(row, others.front()), same);
      if (others.size() > 1) add_others(row, others, found);
      findings.add(std::move(found));
    }
    if (!same && !findings.empty() && facts_.overlap_count > facts_.overlaps.size())
      findings.add_unseen(facts_.overlap_count - facts_.overlaps.size());
  }

  /// Every pair once, under the row with more overlaps; rows in the order of the table.
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_widest(const RowPairs& pairs) const {
    std::vector<std::uint32_t> degree(table_.rows.size(), 0);
    for (const auto& [first, second] : pairs) {
      ++degree[first];
      ++degree[second];
    }
    std::map<std::uint32_t, std::vector<std::uint32_t>> grouped;
    for (const auto& [first, second] : pairs) {
      if (degree[first] > degree[second])
        grouped[first].push_back(second);
      else
        grouped[second].push_back(first);
    }
    return grouped;
  }

  void add_others(std::uint32_t row, const std::vector<std::uint32_t>& others, Diagnostic& found) const {
    const SourceRef& where = table_.rows[row].where;
    const bool shown = found.primary.where == where;
    found.notes.push_back((shown ? "this row" : "the row at " + where.file + ":" + std::to_string(where.line)) +
                          " shares combinations with " + std::to_string(others.size() - 1) + " more");
    for (std::size_t i = 1; i < std::min(others.size(), kOthersShown); ++i)
      found.labels.push_back({place(table_.rows[others[i]].where), "and with this one"});
  }

  void report_too_many() const {
    Diagnostic found = not_decided(table_.where, "two rows of table " + tick(table_.name) + " contradict each other",
                                   "table " + table_.name + " disjoint");
    found.notes = {counted(facts_.overlap_count, "pair") + " of rows overlap, more than are compared; the first " +
                   std::to_string(facts_.overlaps.size()) + " give the same answers"};
    found.help = "take out the rows that say what others say";
    sink_.report(std::move(found));
  }

  Diagnostic overlap_found(std::uint32_t first, std::uint32_t second, bool same) const {
    const Box shared = *in_.asked_part(intersect(in_.space, in_.space.rows[first], in_.space.rows[second]));
    const rules::TableRow& a = table_.rows[first];
    const rules::TableRow& b = table_.rows[second];
    Diagnostic found;
    found.code = ErrorCode::TableOverlap;
    if (same) found.severity = diagnostics::Severity::note;
    found.primary = place(b.where);
    found.message = "two rows of table " + tick(table_.name) + " fit " + region_words(book_, table_, in_, shared) +
                    (same ? " and give the same answer" : "");
    found.labels.push_back({place(a.where), same ? "this row says " + answer_words(book_, table_, a) + " too"
                                                 : "this row says " + answer_words(book_, table_, a) +
                                                       ", the other says " + answer_words(book_, table_, b)});
    found.notes.push_back("example: " + example_words(book_, table_, in_, shared));
    const Count count = volume(in_.space, shared);
    if (count > 1) found.notes.push_back("the two rows share " + counted(count, "combination"));
    found.help = (same ? "it may stand, as both give the same answer; or " : "") + help_for(a, b, shared);
    found.fingerprint = "table " + table_.name + " overlap " + region_words(book_, table_, in_, in_.space.rows[first]) +
                        " / " + region_words(book_, table_, in_, in_.space.rows[second]);
    return found;
  }

  std::string help_for(const rules::TableRow& a, const rules::TableRow& b, const Box& shared) const {
    bool equal_cells = true;
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      equal_cells = equal_cells && a.cells[c] == b.cells[c];
      if (a.cells[c].any == b.cells[c].any) continue;
      return "name the values of " + tick(table_.columns[c].name) + " instead of `any`, without " +
             cell_text(book_, table_.columns[c], shared[c]);
    }
    if (!equal_cells) return "take " + region_words(book_, table_, in_, shared) + " out of one of the rows";
    if (!in_.days || (a.from == b.from && a.until == b.until)) return "delete one of the rows";
    const rules::TableRow& later = a.from.value_or(Date()) < b.from.value_or(Date()) ? b : a;
    if (!later.from) return "give one of the rows a day to begin";
    return "let the earlier row end on " + later.from->plus_days(-1).to_text() + ", the day before the later begins";
  }

  static constexpr std::size_t kOthersShown = 4;

  const rules::RuleBook& book_;
  const rules::Table& table_;
  const TableSpace& in_;
  const TableFacts& facts_;
  const std::vector<bool>& dead_;  // by row
  Sink& sink_;
  rules::Proofs& proofs_;
};

}  // namespace

void check_table_disjoint(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts,
                          const std::vector<bool>& dead, Sink& sink, rules::Proofs& proofs) {
  TableCheck(book, table, facts, dead, sink, proofs).run();
}

}  // namespace glmap::verify
