// SPDX-License-Identifier: Apache-2.0
// Exchange rates as somebody published them (a central bank, treasury), looked up by day. Plain values; any thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"

namespace glmap::rules {

/// `rate` units of `to` for one unit of `from`, as `source` published it for `date`.
struct PublishedRate {
  std::string source;
  Currency from, to;
  Date date;
  Decimal rate;
};

}  // namespace glmap::rules
