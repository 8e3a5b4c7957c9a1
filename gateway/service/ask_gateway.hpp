// SPDX-License-Identifier: Apache-2.0
// A running glmapd asked over HTTP by another command of glmapd. One thread.
#pragma once

#include <string>

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::service {

/// `url`: "http://127.0.0.1:8080". The answer's body; a refusal comes back with the code and the words that the gateway
/// gave. Errors: those, and GLM-9012 when there is no answer.
Result<Json> ask_gateway(const std::string& url, const std::string& method, const std::string& path,
                         const std::string& body = "");

}  // namespace glmap::gateway::service
