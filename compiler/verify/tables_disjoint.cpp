// SPDX-License-Identifier: Apache-2.0
// No combination has two rows: there is no order of precedence, so two rows for one combination are two opinions. Rows
// that give the same answer are only noted. Rows under `impossible` are rows too.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

// Two long lists of rows can overlap in millions of pairs; after so many the rest are not counted.
constexpr std::size_t kPairsMax = 100'000;

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
  TableCheck(const rules::RuleBook& book, std::uint32_t index, Sink& sink, rules::Proofs& proofs)
      : book_(book), table_(book.tables[index]), sink_(sink), proofs_(proofs), in_(table_space(book, index)) {}

  void run() {
    Findings conflicts(sink_, "pairs of rows that overlap");
    Findings repetitions(sink_, "pairs of rows that say the same");
    std::size_t pairs = 0;
    Steps steps;
    const bool decided = for_each_overlap(in_.space, steps, [&](std::uint32_t first, std::uint32_t second) {
      const auto asked = in_.asked_part(intersect(in_.space, in_.space.rows[first], in_.space.rows[second]));
      if (!asked) return true;
      const bool same = give_the_same(table_.rows[first], table_.rows[second]);
      Findings& findings = same ? repetitions : conflicts;
      if (findings.full())
        findings.add_unseen(1);
      else
        findings.add(overlap_found(first, second, *asked, same));
      return ++pairs < kPairsMax;
    });
    if (!decided)
      sink_.report(not_decided(table_.where, "two rows of table " + tick(table_.name) + " fit the same combination",
                               "table " + table_.name + " disjoint"));
    if (!decided || !conflicts.empty()) return;
    proofs_.results["table " + table_.name + " unambiguous"] =
        "proved: " + counted(table_.rows.size(), "row") +
        (repetitions.empty() ? "" : "; where rows overlap they give the same answer");
  }

 private:
  Diagnostic overlap_found(std::uint32_t first, std::uint32_t second, const Box& shared, bool same) const {
    const rules::TableRow& a = table_.rows[first];
    const rules::TableRow& b = table_.rows[second];
    Diagnostic found;
    found.code = ErrorCode::TableOverlap;
    if (same) found.severity = diagnostics::Severity::note;
    found.primary = place(b.where);
    found.message = "two rows of table " + tick(table_.name) + " fit " + region_words(book_, table_, in_, shared) +
                    (same ? " and give the same answer" : "");
    found.labels.push_back({place(a.where), "this row says " + answer_words(book_, table_, a) + ", the other says " +
                                                answer_words(book_, table_, b)});
    found.notes.push_back("example: " + example_words(book_, table_, in_, shared));
    const Count count = volume(in_.space, shared);
    if (count > 1) found.notes.push_back("the two rows share " + counted(count, "combination"));
    found.help = help_for(a, b, shared);
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
    if (!equal_cells) return "take the shared combination out of one of the rows";
    if (!in_.days || (a.from == b.from && a.until == b.until)) return "delete one of the rows";
    const rules::TableRow& later = a.from.value_or(Date()) < b.from.value_or(Date()) ? b : a;
    if (!later.from) return "give one of the rows a day to begin";
    return "let the earlier row end on " + later.from->plus_days(-1).to_text() + ", the day before the later begins";
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  Sink& sink_;
  rules::Proofs& proofs_;
  TableSpace in_;
};

}  // namespace

void check_tables_disjoint(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (std::uint32_t table = 0; table < model.book.tables.size(); ++table)
    TableCheck(model.book, table, sink, proofs).run();
}

}  // namespace glmap::verify
