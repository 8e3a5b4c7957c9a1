// SPDX-License-Identifier: Apache-2.0
// Bytes of one request to CloudEvents, each with its own bytes. Strict: what is not RFC 8259 JSON in UTF-8, or holds a
// key twice, is refused with its place. Does not look inside an event (accounting::decode_event does). Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/json_document.hpp"

namespace glmap::gateway::intake {

enum class BodyKind : std::uint8_t {
  single,  // application/cloudevents+json, application/json: one structured CloudEvent
  batch,   // application/cloudevents-batch+json: an array of them
  lines,   // application/x-ndjson: one a line
};

/// The kind by the media type; parameters are ignored except a charset other than UTF-8.
/// Errors: GLM-6013 naming the types the gateway takes.
Result<BodyKind> body_kind(std::string_view content_type);

struct IntakeLimits {
  std::size_t bytes_max = std::size_t{10} << 20;
  std::size_t depth_max = 64;
  std::size_t nodes_max = 1'000'000;  // of all events of a request together
  std::size_t events_max = 10'000;
};

/// One event of a request. `raw` points into the body.
struct Arrival {
  std::string_view raw;
  Result<JsonDocument> json;  // an error only for a line of x-ndjson: its neighbours are taken all the same
};

/// `body` must outlive the result. An empty batch is an empty list.
/// Errors: GLM-6001, GLM-6002 with pointer and line; GLM-6003 over a limit. A batch that is not strict JSON as a whole
/// is refused as a whole.
Result<std::vector<Arrival>> read_events(BodyKind kind, std::string_view body, const IntakeLimits& limits);

/// CloudEvents binary mode: the envelope from `ce-` fields (names in lower case), `data` from the body. The result is
/// the same event in structured form, as text; nothing when there is no ce-specversion field. Errors: GLM-6014 a field
/// value that cannot be read, GLM-6013 data that is not JSON.
Result<std::optional<std::string>> structured_from_binary(std::span<const std::pair<std::string, std::string>> fields,
                                                          std::string_view body);

}  // namespace glmap::gateway::intake
