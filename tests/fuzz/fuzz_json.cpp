// SPDX-License-Identifier: Apache-2.0
// Strict JSON: what was read can be written and read again, and has one canonical form.
#include "compiler/runtime/base/json.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using glmap::fuzz::must;
  const auto value = glmap::parse_json(glmap::fuzz::text_of(data, size),
                                       {.bytes_max = 1 << 20, .depth_max = 64, .nodes_max = 100'000});
  if (!value) return 0;
  const auto again = glmap::parse_json(glmap::write_json(*value));
  must(again && *again == *value, "what was written reads back to the same value");
  const std::string canonical = glmap::canonical_json(*value);
  const auto of_canonical = glmap::parse_json(canonical);
  must(of_canonical && glmap::canonical_json(*of_canonical) == canonical,
       "the canonical form is its own canonical form");
  return 0;
}
