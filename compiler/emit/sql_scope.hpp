// SPDX-License-Identifier: Apache-2.0
// What the rules of one event type can see, as columns: fields of the event and its line, answers of tables, and what
// is wrong with a look-up. One row an event or line; the column `decided` says which rule fits. Private to emit.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/emit/sql_plan.hpp"

namespace glmap::emit {

/// The columns of a program's table of decisions, by what rules name.
class ScopeColumns {
 public:
  ScopeColumns(const SqlPlan& plan, const rules::EventProgram& program);

  const rules::EventProgram& program() const { return program_; }
  const EventType& type() const { return plan_.type(program_); }

  /// The column of an operand in row `alias`; a checked answer is the field it checks.
  std::string value(const std::string& alias, const rules::Operand& operand) const;
  /// The column with what is wrong with the operand's look-up; empty when nothing can be.
  std::string fault(const std::string& alias, const rules::Operand& operand) const;
  std::string fault_of_lookup(const std::string& alias, std::uint32_t lookup) const;
  std::string disagrees(const std::string& alias, std::uint32_t lookup) const;
  /// Of the n-th share of the program: the part that belongs to the line, and what is wrong with it.
  std::string share(const std::string& alias, std::uint32_t index) const;
  std::string share_fault(const std::string& alias, std::uint32_t index) const;

  /// Operands whose values are columns, each once; lookups are not among them.
  const std::vector<rules::Operand>& operands() const { return operands_; }
  /// Amounts shared out over lines, by the order of their steps in the program.
  struct Share {
    const rules::Amount* amount = nullptr;  // steps before `step` compute what is shared
    std::size_t step = 0;
    bool functional = false;
  };
  const std::vector<Share>& shares() const { return shares_; }
  std::uint32_t share_index(const rules::Amount& amount, std::size_t step) const;

  /// What an attribute operand really is: the field it checks, or itself.
  rules::Operand effective(const rules::Operand& operand) const;

 private:
  struct Less {
    bool operator()(const rules::Operand& a, const rules::Operand& b) const;
  };
  void use(const rules::Operand& operand);
  void use_amount(const rules::Amount& amount);
  void use_rule(const rules::Rule& rule);
  std::string wanted_name(const rules::Operand& operand) const;

  const SqlPlan& plan_;
  const rules::EventProgram& program_;
  UniqueNames unique_;
  std::map<rules::Operand, std::string, Less> names_;  // quoted
  std::vector<rules::Operand> operands_;
  std::vector<std::string> fault_names_, disagree_names_;  // by lookup
  std::vector<Share> shares_;
  std::vector<std::string> share_names_, share_fault_names_;
};

/// A SQL expression for the row of `table` that fits `inputs` (by its columns) on `day`.
std::string fitting_row(const SqlPlan& plan, std::uint32_t table, const std::vector<std::string>& inputs,
                        const std::string& day);

}  // namespace glmap::emit
