// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/grown_lists.hpp"

#include <algorithm>
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

constexpr std::size_t kRowsShown = 6;

class GrownLists {
 public:
  GrownLists(const rules::RuleBook& before, const ResolvedModel& now, Sink& sink)
      : before_(before), book_(now.book), sink_(sink) {}

  void run() {
    for (std::uint32_t table = 0; table < book_.tables.size(); ++table)
      for (std::size_t c = 0; c < book_.tables[table].columns.size(); ++c) check_column(table, c);
    for (const rules::EventProgram& program : book_.programs)
      for (const rules::Rule& rule : program.rules)
        for (const rules::Condition& condition : rule.when) check_condition(program, rule, condition);
  }

 private:
  /// The values of the domain that the earlier book did not know, as codes of now; empty when the list itself is new.
  std::vector<std::uint32_t> new_values(const rules::Domain& domain) const {
    std::set<std::string> old;
    if (domain.kind == rules::Domain::Kind::list) {
      const auto list = before_.catalog.list_index(book_.catalog.lists[domain.list].name);
      if (!list) return {};
      const auto& values = before_.catalog.lists[*list].values;
      old.insert(values.begin(), values.end());
    } else if (domain.kind == rules::Domain::Kind::entity) {
      for (const LegalEntity& entity : before_.catalog.entities) old.insert(entity.code);
    } else {
      return {};
    }
    std::vector<std::uint32_t> grown;
    for (std::uint32_t value = 0; value < book_.domain_size(domain); ++value)
      if (!old.contains(book_.value_text(domain, value))) grown.push_back(value);
    return grown;
  }

  std::string value_words(const rules::Domain& domain, const std::vector<std::uint32_t>& values) const {
    std::vector<std::string> words;
    for (const std::uint32_t value : values) words.push_back(book_.value_text(domain, value));
    return all_of(words);
  }

  void check_column(std::uint32_t index, std::size_t column) {
    const rules::Table& table = book_.tables[index];
    const rules::Domain& domain = table.columns[column].domain;
    const auto grown = new_values(domain);
    if (grown.empty()) return;
    const TableSpace in = table_space(book_, index);
    std::vector<std::uint32_t> rows;
    Count reached = 0;
    for (std::uint32_t row = 0; row < table.rows.size(); ++row) {
      if (!table.rows[row].cells[column].any) continue;
      Box part = in.space.rows[row];
      part[column] = Cell::of(grown);
      for (const Box& asked : in.asked) {
        if (!meets(in.space, asked, part)) continue;
        reached += std::min(volume(in.space, intersect(in.space, asked, part)), kCountMax - reached);
        if (rows.empty() || rows.back() != row) rows.push_back(row);
      }
    }
    if (rows.empty()) return;
    Diagnostic found = warning(table.rows[rows.front()].where);
    found.message = (rows.size() == 1 ? "this row" : std::to_string(rows.size()) + " rows") + " of table " +
                    tick(table.name) + (rows.size() == 1 ? " says" : " say") + " `any` " + table.columns[column].name +
                    ", which now includes " + value_words(domain, grown);
    for (std::size_t i = 1; i < std::min(rows.size(), kRowsShown); ++i)
      found.labels.push_back({place(table.rows[rows[i]].where), "this row too"});
    if (rows.size() > kRowsShown) {
      std::string lines;
      for (std::size_t i = kRowsShown; i < rows.size(); ++i)
        lines += (lines.empty() ? "" : ", ") + std::to_string(table.rows[rows[i]].where.line);
      found.notes.push_back("and the rows at line " + lines);
    }
    Box example = in.space.rows[rows.front()];
    example[column] = Cell::of(grown);
    found.notes.push_back("example: " + example_words(book_, table, in, in.asked_part(example).value_or(example)));
    found.notes.push_back(counted(reached, "new combination") + (reached == 1 ? " gets" : " get") +
                          " an answer without anybody having decided it");
    found.help = "look at each: let `any` stand if the answer is right for " + value_words(domain, grown) +
                 ", else name the values";
    found.fingerprint = "grown/" + table.name + "/" + table.columns[column].name;
    sink_.report(std::move(found));
  }

  void check_condition(const rules::EventProgram& program, const rules::Rule& rule, const rules::Condition& condition) {
    if (condition.kind != rules::Condition::Kind::in || !condition.negated ||
        condition.subject.kind == rules::Operand::Kind::functional)
      return;
    std::vector<std::uint32_t> grown = new_values(condition.domain);
    std::erase_if(grown, [&](std::uint32_t value) { return condition.values.contains(value); });
    if (grown.empty()) return;
    const std::string subject = operand_words(book_, program, condition.subject);
    Diagnostic found = warning(condition.where);
    found.message = rule_words(book_, program, rule) + " asks what " + subject + " is not, which now lets in " +
                    value_words(condition.domain, grown);
    found.notes.push_back("example: " + one(book_.catalog.types[program.type].name) + " with " + subject + " " +
                          book_.value_text(condition.domain, grown.front()));
    found.help = "let it stand if the rule is right for " + value_words(condition.domain, grown) +
                 ", else name the values it is for";
    found.fingerprint = "grown/" + rule.name + "/" + subject;
    sink_.report(std::move(found));
  }

  static Diagnostic warning(const SourceRef& where) {
    return {.code = ErrorCode::GrownList, .severity = diagnostics::Severity::warning, .primary = place(where)};
  }

  const rules::RuleBook& before_;
  const rules::RuleBook& book_;
  Sink& sink_;
};

}  // namespace

void check_grown_lists(const rules::RuleBook& before, const ResolvedModel& now, Sink& sink) {
  GrownLists(before, now, sink).run();
}

}  // namespace glmap::verify
