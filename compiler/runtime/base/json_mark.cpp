// SPDX-License-Identifier: Apache-2.0
// The mark of a JSON value. Members are summed up, so that their order does not count and nothing need be sorted.
#include <cstring>

#include "compiler/runtime/base/json_document.hpp"

namespace glmap {
namespace {

__extension__ using Wide = unsigned __int128;

/// The two halves of a product, folded: every bit of the result depends on all of both.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const char* at, std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, size);
  return value;
}

/// Two lanes that take in the same bytes with different constants.
class Mixer {
 public:
  explicit Mixer(std::uint64_t start) : low_(start ^ 0xA0761D6478BD642Fu), high_(start ^ 0xE7037ED1A0B428DBu) {}

  void take(std::uint64_t first, std::uint64_t second) {
    low_ = mixed(low_ ^ first, second ^ 0x8EBC6AF09C88C6E3u);
    high_ = mixed(high_ ^ second, first ^ 0x589965CC75374CC3u);
  }
  /// The bytes without their count, which the caller has taken in apart: mixed in here it could hide in the bytes.
  void take(std::string_view bytes) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left > 16; left -= 16, at += 16) take(load(at, 8), load(at + 8, 8));
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    if (left >= 8) {
      first = load(at, 8);
      second = load(at + left - 8, 8);
    } else if (left >= 4) {
      first = load(at, 4);
      second = load(at + left - 4, 4);
    } else if (left > 0) {
      first = load(at, 1) | load(at + left / 2, 1) << 8 | load(at + left - 1, 1) << 16;
    }
    take(first, second);
  }
  JsonMark mark() const { return {low_, high_}; }

 private:
  std::uint64_t low_;
  std::uint64_t high_;
};

// Above any size of a key, below the bits of the size of a text.
constexpr std::uint64_t kTextMember = std::uint64_t{1} << 31;

void take_value(Mixer& mixer, JsonView value);

void take_object(Mixer& mixer, JsonView object) {
  JsonMark sum;
  for (const JsonView member : object) {
    // Most members are texts: both sizes in the beginning, then nothing but the bytes.
    const bool is_text = member.is_text();
    Mixer own(member.key().size() + (is_text ? kTextMember + (std::uint64_t{member.text().size()} << 32) : 0));
    own.take(member.key());
    if (is_text)
      own.take(member.text());
    else
      take_value(own, member);
    const JsonMark mark = own.mark();
    sum.low += mark.low;
    sum.high += mark.high;
  }
  mixer.take(sum.low, sum.high);
}

void take_value(Mixer& mixer, JsonView value) {
  using Kind = JsonView::Kind;
  // The kind and the size come first, so that no two values are taken in as the same bytes.
  const auto take_head = [&](std::size_t size) { mixer.take(static_cast<std::uint64_t>(value.kind()) + 2, size); };
  switch (value.kind()) {
    case Kind::null:
      return take_head(0);
    case Kind::truth:
      return take_head(value.is_true() ? 1 : 0);
    case Kind::number: {
      std::string text;
      append_canonical_number(text, value.text());
      take_head(text.size());
      return mixer.take(text);
    }
    case Kind::text:
      take_head(value.text().size());
      return mixer.take(value.text());
    case Kind::array:
      take_head(value.size());
      for (const JsonView element : value) take_value(mixer, element);
      return;
    case Kind::object:
      take_head(value.size());
      return take_object(mixer, value);
  }
}

}  // namespace

JsonMark mark_of(JsonView value) {
  Mixer mixer(0);
  take_value(mixer, value);
  return mixer.mark();
}

}  // namespace glmap
