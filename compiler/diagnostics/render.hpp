// SPDX-License-Identifier: Apache-2.0
// The three writers behind diagnostics::render. Private to diagnostics. Pure functions; any thread.
#pragma once

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::diagnostics {

std::string render_human(const std::vector<Diagnostic>& diagnostics, const Sources& sources);
std::string render_json(const std::vector<Diagnostic>& diagnostics);
std::string render_sarif(const std::vector<Diagnostic>& diagnostics, const Sources& sources);

}  // namespace glmap::diagnostics
