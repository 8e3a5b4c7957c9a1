// SPDX-License-Identifier: Apache-2.0
// The one amount an event stands for in the statement: its total as the sender states it. Read from a decoded event, or
// as well as it goes from one that could not be decoded. Never used to post anything. Pure; any thread.
#pragma once

#include <optional>

#include "compiler/runtime/accounting/event.hpp"

namespace glmap::gateway::posting {

/// The header money field named total, gross or amount; else the type's first header money field; else the sum over the
/// lines of the money field so named, or of the first one. Nothing when the type has no money.
std::optional<Money> control_amount(const EventType& type, const BillingEvent& event);

/// What can still be read of an event that does not decode.
struct LooseReading {
  std::string entity;            // as written in the field that names it, else ""
  std::string object;            // likewise
  std::optional<Money> control;  // when currency and amount can be read
};
LooseReading read_loosely(const EventCatalog& catalog, std::string_view type, const Json& cloud_event);

}  // namespace glmap::gateway::posting
