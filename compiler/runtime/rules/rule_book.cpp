// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/rule_book.hpp"

#include <algorithm>
#include <tuple>

namespace glmap::rules {

bool ValueSet::contains(std::uint32_t value) const {
  return any || std::binary_search(values.begin(), values.end(), value);
}

std::uint32_t RuleBook::domain_size(const Domain& domain) const {
  switch (domain.kind) {
    case Domain::Kind::list:
      return static_cast<std::uint32_t>(catalog.lists[domain.list].values.size());
    case Domain::Kind::entity:
      return static_cast<std::uint32_t>(catalog.entities.size());
    case Domain::Kind::currency:
      return static_cast<std::uint32_t>(Currency::all().size());
    case Domain::Kind::yes_no:
      return 2;
    case Domain::Kind::role:
      return static_cast<std::uint32_t>(roles.size());
  }
  return 0;
}

std::string RuleBook::value_text(const Domain& domain, std::uint32_t value) const {
  GLMAP_ASSERT(value < domain_size(domain));
  switch (domain.kind) {
    case Domain::Kind::list:
      return catalog.lists[domain.list].values[value];
    case Domain::Kind::entity:
      return catalog.entities[value].code;
    case Domain::Kind::currency:
      return std::string(Currency::all()[value].code());
    case Domain::Kind::yes_no:
      return value == 0 ? "no" : "yes";
    case Domain::Kind::role:
      return roles[value].name;
  }
  return {};
}

std::span<const EventProgram> RuleBook::programs_of(std::uint32_t type) const {
  const auto found = std::ranges::equal_range(programs, type, {}, &EventProgram::type);
  return {found.begin(), found.end()};
}

const EventProgram* RuleBook::program_of(std::uint32_t type, std::uint32_t ledger) const {
  for (const EventProgram& program : programs_of(type))
    if (program.ledger == ledger) return &program;
  return nullptr;
}

namespace {

void add_limits(const PostBlock& block, std::vector<StateClause>& clauses) {
  for (const PostingLine& line : block.lines)
    if (line.limit)
      clauses.push_back({line.limit->item.empty() ? "at most its balance" : "over its open items", line.where});
}

void add_clauses(const Rule& rule, std::vector<StateClause>& clauses) {
  for (const PostBlock& block : rule.blocks) add_limits(block, clauses);
  for (const Recognition& recognition : rule.recognitions) clauses.push_back({"recognise", recognition.where});
  if (rule.reversal) clauses.push_back({"reverse", rule.reversal->where});
}

}  // namespace

bool RuleBook::keeps_state() const {
  const auto clauses = state_clauses();
  return std::any_of(clauses.begin(), clauses.end(),
                     [](const StateClause& clause) { return clause.words != "approvals"; });
}

std::vector<StateClause> RuleBook::state_clauses() const {
  std::vector<StateClause> clauses;
  for (const EventProgram& program : programs)
    for (const Rule& rule : program.rules) add_clauses(rule, clauses);
  for (const Prerequisite& one : order) clauses.push_back({"order", one.where});
  for (const BusinessExpectation& one : expectations) clauses.push_back({"expectations", one.where});
  if (foreign_currency && !foreign_currency->rate_source.empty())
    clauses.push_back({"rate from", foreign_currency->where});
  for (const Approval& one : approvals) clauses.push_back({"approvals", one.where});
  // A rule for several events says its clauses once.
  const auto place = [](const StateClause& clause) {
    return std::tie(clause.where.file, clause.where.line, clause.where.column, clause.words);
  };
  std::ranges::stable_sort(clauses, {}, place);
  const auto again = std::ranges::unique(clauses, {}, place);
  clauses.erase(again.begin(), again.end());
  return clauses;
}

std::string in_words(const std::vector<StateClause>& clauses) {
  constexpr std::size_t kNamedMax = 5;
  std::vector<const StateClause*> named;  // the first of each kind
  for (const StateClause& clause : clauses)
    if (named.size() < kNamedMax &&
        std::ranges::none_of(named, [&](const StateClause* known) { return known->words == clause.words; }))
      named.push_back(&clause);
  const std::size_t more = clauses.size() - named.size();
  std::string text;
  for (std::size_t i = 0; i < named.size(); ++i)
    text += (i == 0                               ? ""
             : i + 1 == named.size() && more == 0 ? " and "
                                                  : ", ") +
            named[i]->where.file + ":" + std::to_string(named[i]->where.line) + " `" + named[i]->words + "`";
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

const Intake* RuleBook::find_intake(std::string_view intake) const {
  for (const Intake& one : intakes)
    if (one.name == intake) return &one;
  return nullptr;
}

const FiscalCalendar* RuleBook::calendar_of(const LegalEntity& entity) const {
  for (const FiscalCalendar& calendar : calendars)
    if (calendar.name() == entity.calendar) return &calendar;
  return nullptr;
}

}  // namespace glmap::rules
