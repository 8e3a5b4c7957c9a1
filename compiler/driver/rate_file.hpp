// SPDX-License-Identifier: Apache-2.0
// Published exchange rates from a file of comma-separated values: source,from,to,date,rate. Single-threaded.
#pragma once

#include <string>
#include <vector>

#include "compiler/runtime/rules/published_rates.hpp"

namespace glmap::driver {

/// In the order of the file; its first line is the header. A rate that stands twice with another value is an error.
/// Errors: GLM-1009 the file; GLM-1005, GLM-1007, GLM-2002, GLM-2007 with file and line.
Result<std::vector<rules::PublishedRate>> read_rate_file(const std::string& path);

}  // namespace glmap::driver
