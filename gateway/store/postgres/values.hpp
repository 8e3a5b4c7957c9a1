// SPDX-License-Identifier: Apache-2.0
// What is sent to PostgreSQL with a statement, in its binary form: single values and whole columns (arrays), so that a
// batch of rows is one statement. Not a type mapping for everything: integers are BIGINT, amounts go as text and are
// cast to NUMERIC in the statement. Values are copied. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glmap::gateway::store::postgres {

/// PostgreSQL's TEXT has no character 0: U+FFFD stands for it. Whatever needs its exact bytes is a blob.
std::string without_nul(std::string_view text);

/// A column of values for `unnest($n)`.
class Column {
 public:
  static Column integers() { return Column(kIntegerType); }
  static Column texts() { return Column(kTextType); }
  static Column blobs() { return Column(kBlobType); }

  Column& integer(std::int64_t value);
  Column& text(std::string_view value) { return bytes(without_nul(value)); }
  Column& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  Column& blob(std::string_view value) { return bytes(value); }
  Column& null();

  std::int32_t count() const { return count_; }
  /// The array as PostgreSQL receives it.
  std::string encoded() const;

 private:
  static constexpr std::int32_t kIntegerType = 20, kTextType = 25, kBlobType = 17;  // as pg_type numbers them

  explicit Column(std::int32_t type) : type_(type) {}
  Column& bytes(std::string_view value);

  std::int32_t type_;
  std::int32_t count_ = 0;
  bool has_null_ = false;
  std::string elements_;
};

/// The parameters of one statement, $1 first.
class Parameters {
 public:
  Parameters& integer(std::int64_t value);
  Parameters& text(std::string_view value);
  Parameters& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  Parameters& blob(std::string_view value);
  Parameters& integer_or_null(std::optional<std::int64_t> value) { return value ? integer(*value) : null(); }
  Parameters& null();
  Parameters& column(const Column& column);

  const std::vector<std::optional<std::string>>& values() const { return values_; }

 private:
  std::vector<std::optional<std::string>> values_;
};

/// Eight bytes, highest first.
std::string encode_integer(std::int64_t value);
std::int64_t decode_integer(std::string_view bytes);

}  // namespace glmap::gateway::store::postgres
