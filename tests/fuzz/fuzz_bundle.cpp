// SPDX-License-Identifier: Apache-2.0
// A rules bundle. Its digest guards it, so the input is the payload and the digest is made to fit: what passes must be
// safe to evaluate.
#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/runtime/rules/evaluator.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = glmap::fuzz::text_of(data, size);
  static_cast<void>(glmap::rules::read_bundle(text));
  const auto payload = glmap::parse_json(text);
  if (!payload) return 0;
  const std::string canonical = glmap::canonical_json(*payload);
  const auto bundle =
      glmap::rules::read_bundle("{\"digest\":\"sha256:" + glmap::sha256_hex(canonical) +
                                "\",\"format\":\"glmap-bundle\",\"payload\":" + canonical + ",\"version\":1}\n");
  if (bundle) glmap::rules::Evaluator(std::make_shared<const glmap::rules::RuleBook>(bundle->book), bundle->digest);
  return 0;
}
