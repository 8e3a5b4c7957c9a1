// SPDX-License-Identifier: Apache-2.0
// Is there an event that satisfies given conditions? Looks for values of the event's fields for which every look-up in
// question finds a row and all conditions hold; finds a concrete event or shows that there is none. A table without a
// row for the values, a row declared impossible, and a value that a checking table does not allow hold the event before
// it is posted: such events do not count. Private to verify; single-threaded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/verify/program_space.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {

/// Orders operands, so that they can key a map.
struct OperandLess {
  bool operator()(const rules::Operand& a, const rules::Operand& b) const;
};

/// What the event must satisfy besides being one of its type.
struct Question {
  Box box;  // by ProgramSpace::asked
  struct Restriction {
    rules::Operand field;               // header or line, closed kind
    std::vector<std::uint32_t> values;  // sorted
  };
  std::vector<Restriction> restrictions;
  /// `currency` differs from the functional currency of the entity in `entity`.
  struct Foreign {
    rules::Operand currency, entity;
  };
  std::optional<Foreign> foreign;
  /// Tables that must answer besides those in question: what a posting asks for its amounts.
  std::vector<std::uint32_t> lookups;
  /// The event may leave out the field that a table checks. Rules choose before that is looked at.
  bool may_leave_out_checked = false;
};

/// A concrete event, as far as it matters.
struct Witness {
  struct Value {
    rules::Operand field;
    std::optional<std::uint32_t> code;  // nullopt: not given
    bool matters = false;               // the question or a table restricts it
  };
  std::vector<Value> values;
  std::vector<std::pair<rules::Operand, bool>> given;  // fields of open kinds
  /// By look-up that was asked: the row that fits.
  std::map<std::uint32_t, std::uint32_t> rows;
  Date day;
  bool day_matters = false;
};

struct Feasible {
  Covered infeasible = Covered::yes;  // yes: no event; no: `witness` is one; not_decided: steps ran out
  std::optional<Witness> witness;
};
Feasible find_event(const ProgramSpace& in, const Question& question, Steps& steps);

/// "invoice.issued with entity DE, line product PLATFORM, charge_kind subscription (so treatment is ratable), on ..."
std::string event_words(const ProgramSpace& in, const Witness& witness);

}  // namespace glmap::verify
