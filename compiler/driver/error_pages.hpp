// SPDX-License-Identifier: Apache-2.0
// The pages of docs/errors/, built into the program so that `glmapc explain` works without the documentation at hand.
#pragma once

#include <cstdint>
#include <string_view>

namespace glmap::driver {

/// The Markdown page of a code by its number (4003); empty when there is none.
std::string_view error_page(std::uint16_t number);

}  // namespace glmap::driver
