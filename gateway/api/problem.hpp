// SPDX-License-Identifier: Apache-2.0
// An Error as HTTP tells it: RFC 9457 problem details with a stable type, the place as JSON pointer, and what to do.
// Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/runtime/base/json.hpp"
#include "gateway/platform/http_server.hpp"

namespace glmap::gateway::api {

/// 400 not understood, 404, 413, 415, 422 understood and refused, 429 full, 503 the store cannot write.
int status_of(ErrorCode code);

/// {"code","title","message","help","pointer","line"}: why something is held, rejected or refused.
Json reason_json(const Error& error);

/// application/problem+json. `instance`: the path asked for. `faults`: all that was found, the first one told as the
/// problem itself; at least one. `status` 0 = by the code.
platform::Answer problem(std::span<const Error> faults, std::string_view instance, int status = 0);
platform::Answer problem(const Error& error, std::string_view instance, int status = 0);

/// For requests that the HTTP server refuses by itself: 400, 413, 431, 503.
platform::Answer refusal(int status);

platform::Answer json_answer(int status, const Json& body);

}  // namespace glmap::gateway::api
