// SPDX-License-Identifier: Apache-2.0
// A proved book to its bundle file. Takes nothing but a VerifiedModel, so that nothing unproved can be written.
#pragma once

#include <string>

#include "compiler/verify/verify.hpp"

namespace glmap::emit {

/// The bytes of the bundle file; the same book gives the same bytes under any path, locale, zone or day.
std::string emit_bundle(const verify::VerifiedModel& model);

}  // namespace glmap::emit
