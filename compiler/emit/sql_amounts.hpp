// SPDX-License-Identifier: Apache-2.0
// An amount of the book as one SQL expression in minor units. In SQLite numbers are integers with a known count of
// decimal places; a product that leaves 64 bits becomes a floating number there, which is recognised and stops the
// script. Private to emit.
#pragma once

#include <string>
#include <vector>

#include "compiler/emit/sql_scope.hpp"

namespace glmap::emit {

struct AmountSql {
  std::string value;                // whole minor units, NULL when `too_fine`
  std::string too_fine;             // condition: the amount has fractions of the minor unit; empty: it cannot
  std::vector<std::string> faults;  // columns that hold a fault when a look-up or share failed, in order
};

/// `alias`: the row of the program's decisions. `steps`: what stands on top after so many of the amount's steps; all
/// of them when it is SIZE_MAX.
AmountSql amount_sql(const SqlPlan& plan, const ScopeColumns& columns, const std::string& alias,
                     const rules::Amount& amount, std::size_t steps = SIZE_MAX);

/// True when the amount is in the currency of the books, not in the event's.
bool is_functional(const EventType& type, const rules::Amount& amount);

}  // namespace glmap::emit
