// SPDX-License-Identifier: Apache-2.0
// How errors and money are written into text columns, and read back. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store {

/// {"code":"GLM-6008","message":...,"help":...,"pointer":...,"file":...,"line":...,"column":...}; empty parts left out.
std::string error_text(const Error& error);
/// Errors: GLM-8004.
Result<Error> parse_error_text(std::string_view text);
/// Digits with perhaps a minus, as int128_text writes them.
Int128 parse_int128(std::string_view digits);
/// "119.00 EUR". Errors: GLM-8004.
Result<Money> parse_money_text(std::string_view text);

}  // namespace glmap::gateway::store
