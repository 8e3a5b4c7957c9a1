// SPDX-License-Identifier: Apache-2.0
// One value of a payload read as a field of ours. Private to rules. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/rules/payload_map.hpp"

namespace glmap::rules {

/// What reading a value rests on.
struct PayloadContext {
  std::optional<Currency> currency;  // of the field: the event's, or the entity's functional one
  std::string_view zone;             // of the entity
};

using PayloadLeaf = std::variant<std::string, Decimal, bool>;

/// nullopt when the value is of another kind. A number of units needs the currency (asserted), a day of the entity's
/// zone the zone; both are proved to be there.
std::optional<PayloadLeaf> read_leaf(const PayloadField& field, JsonView value, const PayloadContext& context);

/// "a whole number of minor units", "text", for messages.
std::string in_words(const PayloadField& field);

/// Adds up rather than joins.
bool reads_number(PayloadReading reading);
/// Needs the digits of the currency.
bool counts_minor_units(PayloadReading reading);

}  // namespace glmap::rules
