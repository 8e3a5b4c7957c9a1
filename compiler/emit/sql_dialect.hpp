// SPDX-License-Identifier: Apache-2.0
// What SQLite and PostgreSQL write differently: types, reading numbers and days from text, exact arithmetic. Amounts
// are whole numbers of the minor unit in both. SQLite has integers of 64 bits, so its amounts and rates have a range,
// and leaving it stops the script; PostgreSQL counts in `numeric`. No floating point in either. Private to emit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/emit/emit_sql.hpp"

namespace glmap::emit {

enum class SqlType : std::uint8_t {
  whole,   // keys, counts, yes/no as 1/0
  text,    // also days, as YYYY-MM-DD
  amount,  // minor units
  number,  // a rate, a quantity: SQLite in units of 10^-kNumberPlaces
};

struct ColumnDef {
  std::string name;  // quoted where it must be
  SqlType type = SqlType::text;
  std::string note;
  bool required = false;
};

class Dialect {
 public:
  /// Decimal places kept of a rate or quantity in SQLite; its whole part may have six digits.
  static constexpr int kNumberPlaces = 12;

  explicit Dialect(SqlDialect kind) : kind_(kind) {}
  bool sqlite() const { return kind_ == SqlDialect::sqlite; }

  // ---- statements
  /// `keep`: the table and what is in it stay when the script runs again. `key`: columns, or empty.
  std::string create(const std::string& table, const std::vector<ColumnDef>& columns, const std::string& key,
                     bool keep = false) const;
  /// INSERT that takes everything back when a row cannot be taken.
  std::string insert_into(const std::string& table) const;
  std::string null_of(SqlType type) const;
  /// Statistics for the planner, where it needs to be told.
  std::string analyze(const std::string& table) const;

  // ---- what was sent, as text, to values; true/false conditions
  std::string number_is_written(const std::string& text) const;
  std::string number_is_too_long(const std::string& text) const;
  std::string amount_is_too_fine(const std::string& text, const std::string& digits) const;
  std::string amount_is_too_large(const std::string& text, const std::string& digits) const;
  std::string amount_of(const std::string& text, const std::string& digits) const;
  std::string number_of(const std::string& text) const;
  std::string day_is_written(const std::string& text) const;
  std::string instant_is_written(const std::string& text) const;
  std::string text_has_control_characters(const std::string& text) const;
  std::string text_is_too_long(const std::string& text) const;
  /// The civil day of an instant in a zone; both are expressions.
  std::string day_of(const std::string& instant, const std::string& zone) const;

  // ---- arithmetic
  /// A constant or a cell of a table; `scale` as in SQLite.
  std::string number(const Decimal& value, int scale) const;
  /// `value` in units of 10^-scale to whole units. PostgreSQL needs no scale: it must be 0.
  std::string rounded(const std::string& value, int scale, Rounding mode) const;
  /// SQLite: `whole * number`, the number in units of 10^-scale, to whole units. Exact for amounts of all sizes, where
  /// the product before it is rounded would need more than 64 bits; a floating number where the result does.
  std::string rounded_product(const std::string& whole, const std::string& number, int scale, Rounding mode) const;
  /// 10^exponent for an expression 0..30.
  std::string power_of_ten(const std::string& exponent) const;
  /// `amount`, a count of 10^-digits that is not negative, as `119.00`.
  std::string amount_text(const std::string& amount, const std::string& digits) const;
  /// A number as glmap writes it, without zeros at the end.
  std::string number_text(const std::string& number) const;
  /// "..." as JSON writes a text without control characters.
  std::string json_text(const std::string& text) const;

 private:
  std::string type_of(SqlType type) const;
  std::string range_check(const ColumnDef& column, std::size_t number) const;

  SqlDialect kind_;
};

/// 10^digits as a literal.
std::string ten_to(int digits);
/// The condition under which `mode` makes a magnitude one larger; arguments are SQL expressions.
struct Remainder {
  std::string quotient, remainder, divisor, negative;
};
std::string rounds_up(Rounding mode, const Remainder& of);

}  // namespace glmap::emit
