// SPDX-License-Identifier: Apache-2.0
// Currency: whenever an event can come in another currency than the books', the book says what it is worth there, and
// the differences that conversion leaves have an account.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

bool functional_amounts(const EventType& type, const rules::PostBlock& block) {
  for (const rules::PostingLine& line : block.lines)
    for (const rules::AmountStep& step : line.amount.steps) {
      if (step.kind != rules::AmountStep::Kind::load) continue;
      const bool header = step.operand.kind == rules::Operand::Kind::header;
      if (!header && step.operand.kind != rules::Operand::Kind::line) continue;
      if ((header ? type.header : type.line)[step.operand.index].kind == FieldKind::money_functional) return true;
    }
  return false;
}

class CurrencyCheck {
 public:
  CurrencyCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {}
  std::size_t converted = 0;

  void check(const BlockOfRule& of) {
    const EventType& type = book_.catalog.types[of.program.type];
    if (of.block.gain_role) {
      difference_role(*of.block.gain_role, of.block.where);
      difference_role(*of.block.loss_role, of.block.where);
    }
    if (!may_convert(book_, of) || functional_amounts(type, of.block)) return;
    for (const rules::PostingLine& line : of.block.lines) {
      if (line.rate || line.functional || line.at_carrying_rate) continue;
      ++converted;
      if (has_rate(type)) continue;
      const Feasible event = foreign_event(of);
      if (event.infeasible == Covered::yes) return;
      const std::string fingerprint = "currency/" + of.rule.name + "/" + type.name;
      if (!event.witness)
        return findings_.add(rules_not_decided(
            line.where, "rule " + tick(of.rule.name) + " takes no amount in another currency", fingerprint));
      Diagnostic found{.code = ErrorCode::WrongCurrency, .primary = place(line.where)};
      found.message = "rule " + tick(of.rule.name) + " takes " + type.name +
                      " in any currency, and nothing says what this line is worth in the currency of the books";
      found.notes.push_back("example: " + event_words(space_, *event.witness));
      found.help = help();
      found.fingerprint = fingerprint;
      return findings_.add(std::move(found));
    }
  }

  /// An event of the rule in another currency than the books of the block's entity.
  Feasible foreign_event(const BlockOfRule& of) {
    rules::EventProgram asked = of.program;
    asked.rules = {of.rule};
    program_ = std::move(asked);
    space_ = program_space(book_, program_);
    const EventType& type = book_.catalog.types[of.program.type];
    const rules::Operand currency{rules::Operand::Kind::header, *type.currency_field, 0, {}};
    Steps steps;
    return find_event(space_, {.box = space_.space.rows.front(), .foreign = {{currency, of.block.entity}}}, steps);
  }

  /// The book's rate is there for the event: its field, or the day for which a published one is looked up.
  bool has_rate(const EventType& type) const {
    if (!book_.foreign_currency) return false;
    const rules::ForeignCurrency& foreign = *book_.foreign_currency;
    return type.header_index(foreign.rate_source.empty() ? foreign.rate_field : foreign.rate_date).has_value();
  }

  std::string help() const {
    if (!book_.foreign_currency)
      return "add a `foreign_currency` section, or restrict the rule with `when currency is functional`";
    const rules::ForeignCurrency& foreign = *book_.foreign_currency;
    return (foreign.rate_source.empty() ? "add the decimal field " + tick(foreign.rate_field)
                                        : "add the date field " + tick(foreign.rate_date)) +
           " to the event, write `at RATE` or `worth AMOUNT` on the line, or restrict the rule with "
           "`when currency is functional`";
  }

  /// Gains, losses and rounding have no event line to take dimensions from.
  void difference_role(std::uint32_t index, const SourceRef& where) {
    const rules::Role& role = book_.roles[index];
    const bool fixed = std::all_of(role.by_entity.begin(), role.by_entity.end(), [](const rules::RoleAccount& account) {
      return account.kind != rules::RoleAccount::Kind::table;
    });
    if (fixed && role.needs.empty()) return;
    Diagnostic found{.code = ErrorCode::DimensionNotDerivable, .primary = place(where)};
    found.message = "role " + tick(role.name) +
                    " takes differences, which belong to no line of the event, so it must have a fixed account in each "
                    "entity and need no dimension";
    found.labels.push_back({place(role.where), "the role"});
    found.help = "name another role, or give it fixed accounts and an empty `needs`";
    found.fingerprint = "difference-role/" + role.name;
    findings_.add(std::move(found));
  }

 private:
  const rules::RuleBook& book_;
  Findings& findings_;
  rules::EventProgram program_;  // of the rule that was asked last
  ProgramSpace space_;
};

}  // namespace

void check_currencies(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "postings");
  CurrencyCheck currencies(book, findings);
  if (book.foreign_currency)
    currencies.difference_role(book.foreign_currency->rounding_role, book.foreign_currency->where);
  for_each_block(book, [&](const BlockOfRule& of) { currencies.check(of); });
  if (findings.empty())
    proofs.results["foreign amounts have a rate, differences an account"] =
        counted(currencies.converted, "posting line");
}

}  // namespace glmap::verify
