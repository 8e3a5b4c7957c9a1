// SPDX-License-Identifier: Apache-2.0
// How the mark of a JSON value is made (mark_of in json_document.hpp), for who makes it without a document: readers of
// JSON in this library. Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/json_document.hpp"

namespace glmap {

/// Takes in bytes, sixteen at a time.
class JsonMixer {
 public:
  constexpr JsonMixer() = default;
  /// Of a member, its key taken in.
  static JsonMixer of_key(std::string_view key) {
    JsonMixer mixer;
    mixer.state_ ^= key.size();
    mixer.take_bytes(key);
    return mixer;
  }

  // Kind and size go in with each value, so that no two values are taken in as the same bytes.
  void take_null() { take_head(JsonView::Kind::null, 0); }
  void take_truth(bool truth) { take_head(JsonView::Kind::truth, truth ? 1 : 0); }
  /// As written; the mark is that of its canonical text.
  void take_number(std::string_view number) {
    std::string text;
    append_canonical_number(text, number);
    take_head(JsonView::Kind::number, text.size());
    take_bytes(text);
  }
  /// Most values are texts: their size goes in without a step of its own.
  void take_text(std::string_view text) {
    state_ ^= kText + (std::uint64_t{text.size()} << 32);
    take_bytes(text);
  }
  /// The same where sixteen bytes behind the text can be read.
  void take_padded_text(std::string_view text) {
    state_ ^= kText + (std::uint64_t{text.size()} << 32);
    take_padded_bytes(text);
  }
  /// An object of `size` members whose marks add up to `sum`: their order does not count, and nothing need be sorted.
  void take_object(std::size_t size, const JsonMark& sum) {
    take_head(JsonView::Kind::object, size);
    take(sum.bits, 0);
  }
  /// Of `size` elements, which have been taken in one after the other.
  void take_array(std::size_t size) { take_head(JsonView::Kind::array, size); }
  JsonMark mark() const { return {state_}; }

 private:
  void take_head(JsonView::Kind kind, std::size_t size) { take(static_cast<std::uint64_t>(kind) + 2, size); }
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint64_t kText = std::uint64_t{1} << 31;

  /// The two halves of a product, folded: every bit of the result depends on all of both.
  static std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  void take(std::uint64_t first, std::uint64_t second) { state_ = mixed(state_ ^ first, second ^ 0x8EBC6AF09C88C6E3u); }
  /// Sixteen at a time, the last ones with zeros behind them. Without their count, which has been taken in: mixed in
  /// here it could hide in the bytes.
  void take_bytes(std::string_view bytes) {
    for (; bytes.size() > 16; bytes.remove_prefix(16)) take_sixteen(bytes.data());
    std::array<char, 16> last{};
    std::copy(bytes.begin(), bytes.end(), last.begin());
    take_sixteen(last.data());
  }
  void take_padded_bytes(std::string_view bytes) {
    for (; bytes.size() > 16; bytes.remove_prefix(16)) take_sixteen(bytes.data());
    const auto last = byte_scan::load<std::array<std::uint64_t, 2>>(bytes.data());
    const auto& mask = byte_scan::kFirstBytes[bytes.size()];
    take(last[0] & mask[0], last[1] & mask[1]);
  }
  void take_sixteen(const char* at) {
    take(byte_scan::load<std::uint64_t>(at), byte_scan::load<std::uint64_t>(at + 8));
  }

  std::uint64_t state_ = 0xA0761D6478BD642Fu;
};

inline JsonMark& operator+=(JsonMark& sum, const JsonMark& mark) {
  sum.bits += mark.bits;
  return sum;
}

}  // namespace glmap
