// SPDX-License-Identifier: Apache-2.0
// Tryton's JSON forms of values. Pure functions; any thread.
// Source: trytond 6.0, protocols/jsonrpc.py (types carried as objects with `__class__`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::connectors::tryton {

/// {"__class__":"Decimal","decimal":"119.00"}
Json decimal_to_json(std::string_view digits);
/// {"__class__":"date","year":2026,"month":10,"day":1}
Json date_to_json(Date date);

/// A Decimal object as an exact number; a binary number or anything else is nothing.
std::optional<Decimal> decimal_from_json(const Json* value);
std::optional<Date> date_from_json(const Json* value);
/// A whole number that is an id (> 0).
std::optional<long long> id_from_json(const Json* value);
/// A yes: `true`, or 1, which is how an SQLite database behind Tryton says it.
bool yes_from_json(const Json* value);
/// Text, or "" for null, false and absent.
std::string text_from_json(const Json* value);
/// A dotted field as search_read gives it: ("account.code") is {"account.": {"code": ...}}. nullptr when absent.
const Json* dotted(const Json& record, std::string_view path);

/// One search term: [field, operator, value].
Json term(std::string_view field, std::string_view op, Json value);

std::string base64(std::string_view bytes);

}  // namespace glmap::gateway::connectors::tryton
