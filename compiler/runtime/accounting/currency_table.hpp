// SPDX-License-Identifier: Apache-2.0
// Position of a currency in Currency::all(), for the event decoder. Not for use outside accounting.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace glmap {

/// Nothing when `code` is not an ISO 4217 code in capitals.
std::optional<std::uint32_t> currency_position(std::string_view code);

}  // namespace glmap
