// SPDX-License-Identifier: Apache-2.0
// A text is read with simdjson's on-demand parser, which knows where it stands when it stumbles. Where simdjson is
// lenient (numbers read as raw text, lone surrogates, duplicate keys, text after the value, scalars nobody consumed)
// this file closes the gap itself.
#include "compiler/runtime/base/json_fault.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include <simdjson.h>

#include "compiler/runtime/base/utf8.hpp"

namespace glmap {
namespace {

namespace sj = simdjson::ondemand;

// Our recursion follows the nesting; this bounds the stack whatever limit a caller asks for.
constexpr std::size_t kDepthEver = 1000;
// Up to here comparing all pairs of keys is cheaper than sorting them.
constexpr std::size_t kPairwiseKeys = 24;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<unsigned> hex4(const char* at, const char* end) {
  if (end - at < 4) return std::nullopt;
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const unsigned digit = is_digit(c)              ? static_cast<unsigned>(c - '0')
                           : (c >= 'a' && c <= 'f') ? static_cast<unsigned>(c - 'a' + 10)
                           : (c >= 'A' && c <= 'F') ? static_cast<unsigned>(c - 'A' + 10)
                                                    : 16u;
    if (digit == 16) return std::nullopt;
    value = value * 16 + digit;
  }
  return value;
}

SourceRef position(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  SourceRef where;
  where.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  where.column = static_cast<std::uint32_t>(newline == std::string_view::npos ? offset + 1 : offset - newline);
  return where;
}

std::string_view in_words(simdjson::error_code code) {
  switch (code) {
    case simdjson::UNCLOSED_STRING:
      return "a text is opened with a quote and never closed";
    case simdjson::UNESCAPED_CHARS:
      return "a text holds a control character that is not escaped";
    case simdjson::STRING_ERROR:
      return "a text holds an escape that JSON does not have";
    case simdjson::UTF8_ERROR:
      return "the text is not UTF-8";
    case simdjson::EMPTY:
      return "the text is empty";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "an object or array is opened and never closed";
    case simdjson::CAPACITY:
      return "the text is too large to be read";
    default:
      return "the text does not follow the grammar of JSON here";
  }
}

class FaultFinder {
 public:
  FaultFinder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  Status read(sj::parser& parser) {
    // The value is read as the only element of an array, so that a lone number or text is checked like any other.
    // A body that closes the array early leaves text behind, which is refused below.
    const std::size_t length = text_.size() + 2;
    const std::size_t capacity = length + simdjson::SIMDJSON_PADDING;
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
    buffer_[0] = '[';
    std::memcpy(buffer_.get() + 1, text_.data(), text_.size());
    buffer_[length - 1] = ']';
    std::memset(buffer_.get() + length, ' ', simdjson::SIMDJSON_PADDING);
    end_ = buffer_.get() + length;

    if (auto error = parser.iterate(simdjson::padded_string_view(buffer_.get(), length, capacity)).get(document_))
      return std::unexpected(fault(error));
    sj::array wrapper;
    if (auto error = document_.get_array().get(wrapper)) return std::unexpected(fault(error));
    std::size_t count = 0;
    for (auto element : wrapper) {
      sj::value value;
      if (auto error = element.get(value)) return std::unexpected(fault(error));
      if (++count > 1) return fail(ErrorCode::NotJson, "there is more text after the value", {}, here());
      GLMAP_CHECK(read_value(value, 0));
    }
    if (count == 0)
      return fail(ErrorCode::NotJson, "the text is empty, a JSON value is expected", {}, position(text_, 0));
    // At the end there is no place to name; that is how this version of simdjson says so.
    if (document_.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return fail(ErrorCode::NotJson, "there is more text after the value", {}, here());
    return {};
  }

 private:
  Status read_value(sj::value& value, std::size_t depth) {
    if (++nodes_ > limits_.nodes_max)
      return fail(ErrorCode::LimitExceeded,
                  "the text holds more than " + std::to_string(limits_.nodes_max) + " values");
    sj::json_type type{};
    if (auto error = value.type().get(type)) return std::unexpected(fault(error));
    switch (type) {
      case sj::json_type::object:
        return read_object(value, depth + 1);
      case sj::json_type::array:
        return read_array(value, depth + 1);
      case sj::json_type::string:
        return read_string(value);
      default:
        return read_word(value);
    }
  }

  Status check_depth(std::size_t depth) const {
    if (depth <= std::min(limits_.depth_max, kDepthEver)) return {};
    return fail(ErrorCode::LimitExceeded,
                "objects and arrays are nested deeper than " + std::to_string(limits_.depth_max) + " levels");
  }

  Status read_array(sj::value& value, std::size_t depth) {
    GLMAP_CHECK(check_depth(depth));
    sj::array array;
    if (auto error = value.get_array().get(array)) return std::unexpected(fault(error));
    std::size_t count = 0;
    for (auto element : array) {
      sj::value child;
      if (auto error = element.get(child)) return std::unexpected(fault(error));
      if (auto status = read_value(child, depth); !status)
        return below(std::move(status.error()), "/" + std::to_string(count));
      ++count;
    }
    return {};
  }

  Status read_object(sj::value& value, std::size_t depth) {
    GLMAP_CHECK(check_depth(depth));
    sj::object object;
    if (auto error = value.get_object().get(object)) return std::unexpected(fault(error));
    std::vector<std::string> keys;
    for (auto element : object) {
      sj::field field;
      if (auto error = std::move(element).get(field)) return std::unexpected(fault(error));
      const char* raw = field.key().raw();
      std::string_view key;
      if (auto error = field.unescaped_key().get(key)) return std::unexpected(fault(error));
      if (key.contains('\0')) return fail(ErrorCode::NotJson, "a key holds the character NUL", {}, here());
      const bool escaped = raw[key.size()] != '"' || std::memcmp(raw, key.data(), key.size()) != 0;
      if (escaped && has_lone_surrogate(raw, end_))
        return fail(ErrorCode::NotJson, "a key holds half of a surrogate pair, which is no character", {}, here());
      keys.emplace_back(key);
      sj::value child = field.value();
      if (auto status = read_value(child, depth); !status)
        return below(std::move(status.error()), pointer_step(keys.back()));
    }
    return check_keys(keys);
  }

  /// Names the key that comes back first, or of many keys the one that is first in the order of bytes.
  static Status check_keys(std::vector<std::string>& keys) {
    const std::string* twice = nullptr;
    if (keys.size() <= kPairwiseKeys) {
      for (std::size_t i = 1; i < keys.size() && twice == nullptr; ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (keys[i] == keys[j]) twice = &keys[i];
    } else {
      std::sort(keys.begin(), keys.end());
      const auto found = std::adjacent_find(keys.begin(), keys.end());
      if (found != keys.end()) twice = &*found;
    }
    if (twice == nullptr) return {};
    SourceRef where;
    where.pointer = pointer_step(*twice);
    return fail(ErrorCode::DuplicateKey, "the key " + in_backticks(*twice) + " stands twice in one object",
                "send it once", where);
  }

  Status read_string(sj::value& value) {
    const std::string_view token = value.raw_json_token();
    if (token.contains('\\') && has_lone_surrogate(token.data() + 1, token.data() + token.size()))
      return fail(ErrorCode::NotJson, "a text holds half of a surrogate pair, which is no character", {}, here());
    std::string_view text;
    if (auto error = value.get_string().get(text)) return std::unexpected(fault(error));
    return {};
  }

  /// Numbers, true, false, null: everything that is one unquoted word.
  Status read_word(sj::value& value) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && std::string_view(" \t\r\n").contains(token.back())) token.remove_suffix(1);
    if (token == "null" || token == "true" || token == "false" || is_json_number(token)) return {};
    return fail(ErrorCode::NotJson, in_backticks(token, 40) + " is not a JSON number, true, false or null", {},
                at(token.data()));
  }

  static Status below(Error error, const std::string& step) {
    error.where.pointer.insert(0, step);
    return std::unexpected(std::move(error));
  }

  SourceRef at(const char* place) const {
    return position(text_, place <= buffer_.get() ? 0 : static_cast<std::size_t>(place - buffer_.get()) - 1);
  }
  SourceRef here() {
    const char* place = nullptr;
    if (document_.current_location().get(place)) return position(text_, text_.size());
    return at(place);
  }

  Error fault(simdjson::error_code code) {
    if (code == simdjson::MEMALLOC || code == simdjson::CAPACITY)
      return {ErrorCode::LimitExceeded, std::string(in_words(simdjson::CAPACITY)), {}, {}};
    // These are found while the whole text is scanned, before there is a place to ask the parser for.
    if (const std::size_t bad = first_bad_utf8(text_); bad != text_.size())
      return {ErrorCode::NotJson, "byte " + std::to_string(bad) + " is not UTF-8", "send UTF-8", position(text_, bad)};
    if (code == simdjson::UNCLOSED_STRING || code == simdjson::UNESCAPED_CHARS || code == simdjson::EMPTY)
      return {ErrorCode::NotJson, std::string(in_words(code)), {}, {}};
    return {ErrorCode::NotJson, std::string(in_words(code)), {}, here()};
  }

  std::string_view text_;
  JsonLimits limits_;
  std::size_t nodes_ = 0;
  std::unique_ptr<char[]> buffer_;
  const char* end_ = nullptr;
  sj::document document_;
};

}  // namespace

// -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (digits() == 0) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

bool has_lone_surrogate(const char* at, const char* end) {
  while (at < end && *at != '"') {
    if (*at != '\\') {
      ++at;
      continue;
    }
    if (end - at < 2 || at[1] != 'u') {
      at += 2;
      continue;
    }
    const auto unit = hex4(at + 2, end);
    at += 6;
    if (!unit || *unit < 0xD800 || *unit > 0xDFFF) continue;
    if (*unit >= 0xDC00) return true;
    const auto low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2, end) : std::nullopt;
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return true;
    at += 6;
  }
  return false;
}

Error json_too_long(std::size_t bytes, const JsonLimits& limits) {
  return {
      ErrorCode::LimitExceeded,
      "the text has " + std::to_string(bytes) + " bytes, at most " + std::to_string(limits.bytes_max) + " are taken",
      {},
      {}};
}

std::optional<Error> find_json_fault(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) return json_too_long(text.size(), limits);
  if (text.starts_with("\xEF\xBB\xBF"))
    return Error{ErrorCode::NotJson, "the text starts with a byte order mark", "leave it out", position(text, 0)};
  try {
    sj::parser parser;
    if (auto status = FaultFinder(text, limits).read(parser); !status) return std::move(status.error());
    return std::nullopt;
  } catch (const simdjson::simdjson_error& error) {
    return Error{ErrorCode::NotJson, std::string(in_words(error.error())), {}, {}};
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::LimitExceeded, "there is not enough memory to read the text", {}, {}};
  }
}

}  // namespace glmap
