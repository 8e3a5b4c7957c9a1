// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/values.hpp"

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store::postgres {

namespace {

void put(std::string& into, std::int64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    into += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  }
}

}  // namespace

std::string encode_integer(std::int64_t value) {
  std::string bytes;
  put(bytes, value, 8);
  return bytes;
}

std::int64_t decode_integer(std::string_view bytes) {
  GLMAP_ASSERT(bytes.size() == 8);  // every number is selected as BIGINT
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

std::string without_nul(std::string_view text) {
  std::string out(text);
  for (std::size_t at = out.find('\0'); at != std::string::npos; at = out.find('\0', at))
    out.replace(at, 1, "\xEF\xBF\xBD");
  return out;
}

Column& Column::integer(std::int64_t value) {
  put(elements_, 8, 4);
  put(elements_, value, 8);
  ++count_;
  return *this;
}

Column& Column::bytes(std::string_view value) {
  put(elements_, static_cast<std::int64_t>(value.size()), 4);
  elements_ += value;
  ++count_;
  return *this;
}

Column& Column::null() {
  put(elements_, -1, 4);
  has_null_ = true;
  ++count_;
  return *this;
}

std::string Column::encoded() const {
  std::string out;
  put(out, count_ == 0 ? 0 : 1, 4);  // dimensions
  put(out, has_null_ ? 1 : 0, 4);
  put(out, type_, 4);
  if (count_ == 0) return out;
  put(out, count_, 4);
  put(out, 1, 4);  // the first place
  return out + elements_;
}

Parameters& Parameters::integer(std::int64_t value) {
  values_.emplace_back(encode_integer(value));
  return *this;
}

Parameters& Parameters::text(std::string_view value) {
  values_.emplace_back(without_nul(value));
  return *this;
}

Parameters& Parameters::blob(std::string_view value) {
  values_.emplace_back(value);
  return *this;
}

Parameters& Parameters::null() {
  values_.emplace_back(std::nullopt);
  return *this;
}

Parameters& Parameters::column(const Column& column) {
  values_.emplace_back(column.encoded());
  return *this;
}

}  // namespace glmap::gateway::store::postgres
