// SPDX-License-Identifier: Apache-2.0
// Billing events from files: one CloudEvent, an array of them, or one a line (NDJSON). Single-threaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json.hpp"

namespace glmap::driver {

struct FileEvent {
  Result<Json> json;
  SourceRef where;  // file and line
};

/// Every event of the file in order; one that cannot be read is an error of its own and does not stop the others.
/// Errors: GLM-1009 the file, GLM-6001 an array or object that cannot be read.
Result<std::vector<FileEvent>> read_event_file(const std::string& path);

}  // namespace glmap::driver
