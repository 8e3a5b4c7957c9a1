// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/rule_book.hpp"

#include <algorithm>

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

bool RuleBook::keeps_state() const {
  const auto limited = [](const PostBlock& block) {
    return std::any_of(block.lines.begin(), block.lines.end(), [](const PostingLine& line) { return !!line.limit; });
  };
  for (const EventProgram& program : programs)
    for (const Rule& rule : program.rules)
      if (rule.reversal || !rule.recognitions.empty() || std::any_of(rule.blocks.begin(), rule.blocks.end(), limited))
        return true;
  return !order.empty() || !expectations.empty() || (foreign_currency && !foreign_currency->rate_source.empty());
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
