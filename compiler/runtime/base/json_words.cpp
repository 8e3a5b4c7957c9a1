// SPDX-License-Identifier: Apache-2.0
// simdjson's stage 1.
#include "compiler/runtime/base/json_words.hpp"

#include <algorithm>
#include <memory>

#include <simdjson.h>

#include "compiler/runtime/base/json_fault.hpp"

namespace glmap {
namespace {

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

// A scanner that grew beyond this is not kept for the next text.
constexpr std::size_t kKeepBytes = std::size_t{4} << 20;

using Scanner = std::unique_ptr<simdjson::internal::dom_parser_implementation>;

thread_local Scanner scanner;

/// Makes the thread's scanner one for texts of up to `size` bytes; it keeps its memory, nothing of the text.
bool make_scanner(std::size_t size) {
  const std::size_t room = scanner == nullptr ? 0 : scanner->capacity();
  if (scanner != nullptr && room >= size && (room <= kKeepBytes || size > kKeepBytes)) return true;
  scanner.reset();
  const std::size_t wanted = std::max<std::size_t>(size, 4096) * (size < kKeepBytes / 2 ? 2 : 1);
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, scanner) != simdjson::SUCCESS)
    scanner.reset();
  return scanner != nullptr;
}

}  // namespace

bool find_json_words(std::string_view text, JsonWords& words) {
  if (!make_scanner(text.size()) || scanner->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                                    simdjson::stage1_mode::regular) != simdjson::SUCCESS)
    return false;
  words = {scanner->structural_indexes.get(), scanner->n_structural_indexes};
  return true;
}

char* unescape_json(const char* from, const char* last, char* to) {
  GLMAP_ASSERT(scanner != nullptr);  // which has found the words of the text
  if (has_lone_surrogate(from, last)) return nullptr;
  const std::uint8_t* stop =
      scanner->parse_string(reinterpret_cast<const std::uint8_t*>(from), reinterpret_cast<std::uint8_t*>(to));
  return stop == nullptr ? nullptr : to + (stop - reinterpret_cast<std::uint8_t*>(to));
}

}  // namespace glmap
