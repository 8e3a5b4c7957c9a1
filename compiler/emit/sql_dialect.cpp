// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/sql_dialect.hpp"

#include "compiler/emit/sql_script.hpp"

namespace glmap::emit {
namespace {

constexpr const char* kAmountRangeSqlite = "1000000000000000";  // 10^15
constexpr int kAmountDigits = 30;                               // Money: |minor units| <= 10^30
constexpr int kNumberDigitsMax = 18;
constexpr std::size_t kIdentifierBytesMax = 63;  // of PostgreSQL

/// What stands before and behind the point of a number written in `x`.
std::string whole_part(const std::string& x) {
  return "substr(" + x + ", 1, instr(" + x + " || '.', '.') - 1)";
}
std::string fraction(const std::string& x) {
  return "substr(" + x + ", instr(" + x + " || '.', '.') + 1)";
}

}  // namespace

std::string ten_to(int digits) {
  return "1" + std::string(static_cast<std::size_t>(digits), '0');
}

std::string Dialect::type_of(SqlType type) const {
  switch (type) {
    case SqlType::whole:
      return sqlite() ? "INTEGER" : "bigint";
    case SqlType::text:
      return sqlite() ? "TEXT" : "text";
    case SqlType::amount:
    case SqlType::number:
      return sqlite() ? "INTEGER" : "numeric";
  }
  return {};
}

std::string Dialect::range_check(const ColumnDef& column, std::size_t number) const {
  if (column.type != SqlType::amount && (column.type != SqlType::number || !sqlite())) return {};
  const std::string limit = !sqlite()                        ? ten_to(kAmountDigits)
                            : column.type == SqlType::amount ? std::string(kAmountRangeSqlite)
                                                             : ten_to(kNumberDigitsMax);
  // The name of the constraint is what the error shows.
  constexpr std::string_view kTooLarge = " is too large for this script";
  const bool quoted = column.name.starts_with('"');
  std::string name = quoted ? column.name.substr(1, column.name.size() - 2) : column.name;
  if (name.size() + kTooLarge.size() > kIdentifierBytesMax) name = "column " + std::to_string(number + 1);
  return " CONSTRAINT \"" + name + std::string(kTooLarge) + "\" CHECK (abs(" + column.name + ")" +
         (sqlite() ? " < " : " <= ") + limit + ")";
}

std::string Dialect::create(const std::string& table, const std::vector<ColumnDef>& columns, const std::string& key,
                            bool keep) const {
  std::string text = keep ? "CREATE TABLE IF NOT EXISTS " : "DROP TABLE IF EXISTS " + table + ";\nCREATE TABLE ";
  text += table + " (\n";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnDef& column = columns[i];
    text += "  " + column.name + " " + type_of(column.type) + (column.required ? " NOT NULL" : "");
    text += range_check(column, i);
    if (i + 1 != columns.size() || !key.empty()) text += ',';
    if (!column.note.empty()) text += "  -- " + one_line(column.note);
    text += '\n';
  }
  if (!key.empty()) text += "  PRIMARY KEY (" + key + ")\n";
  return text + ")" + (sqlite() ? " STRICT" : "") + ";";
}

std::string Dialect::insert_into(const std::string& table) const {
  return (sqlite() ? "INSERT OR ROLLBACK INTO " : "INSERT INTO ") + table;
}

std::string Dialect::null_of(SqlType type) const {
  return "CAST(NULL AS " + type_of(type) + ")";
}

std::string Dialect::analyze(const std::string& table) const {
  return sqlite() ? std::string() : "ANALYZE " + table + ";";
}

// ---- reading --------------------------------------------------------------------------------------------------------

std::string Dialect::number_is_written(const std::string& x) const {
  if (!sqlite()) return x + " ~ '^-?[0-9]+(\\.[0-9]+)?$'";
  const std::string digits = "substr(" + x + ", 1 + (substr(" + x + ", 1, 1) = '-'))";
  return "(" + digits + " NOT GLOB '*[^0-9.]*' AND " + digits + " GLOB '[0-9]*' AND " + digits + " GLOB '*[0-9]' AND " +
         digits + " NOT GLOB '*.*.*')";
}

std::string Dialect::number_is_too_long(const std::string& x) const {
  const std::string places = "length(" + fraction(x) + ")";
  if (sqlite()) return "(" + places + " > 30 OR length(ltrim(" + whole_part(x) + ", '-0')) + " + places + " > 38)";
  return "(length(split_part(" + x + ", '.', 2)) > 30 OR length(ltrim(split_part(" + x +
         ", '.', 1), '-0')) + length(split_part(" + x + ", '.', 2)) > 38)";
}

std::string Dialect::amount_is_too_fine(const std::string& x, const std::string& digits) const {
  if (sqlite()) return "rtrim(substr(" + fraction(x) + ", " + digits + " + 1), '0') <> ''";
  return "trim_scale(" + x + "::numeric) <> trunc(" + x + "::numeric, " + digits + "::int)";
}

std::string Dialect::amount_is_too_large(const std::string& x, const std::string& digits) const {
  // Between what 64 bits can count and what glmap takes, the range of the column stops the script.
  if (sqlite())
    return "length(ltrim(" + whole_part(x) + ", '-0')) + " + digits + " > " + std::to_string(kAmountDigits + 1);
  return "abs(" + x + "::numeric) * " + power_of_ten(digits) + " > " + ten_to(kAmountDigits);
}

std::string Dialect::amount_of(const std::string& x, const std::string& digits) const {
  // The digits before the point, then exactly as many behind it as the currency has: no arithmetic.
  if (sqlite())
    return "CAST(" + whole_part(x) + " || substr(" + fraction(x) + " || '0000', 1, " + digits + ") AS INTEGER)";
  return "trunc(" + x + "::numeric * " + power_of_ten(digits) + ")";
}

std::string Dialect::number_of(const std::string& x) const {
  if (!sqlite()) return x + "::numeric";
  const std::string places = std::to_string(kNumberPlaces);
  // A text cannot be stored in a column of integers, so more places stop the script.
  return "CASE WHEN rtrim(substr(" + fraction(x) + ", " + places + " + 1), '0') <> '' THEN 'more than " + places +
         " decimal places' ELSE CAST(" + whole_part(x) + " || substr(" + fraction(x) + " || '" +
         std::string(kNumberPlaces, '0') + "', 1, " + places + ") AS INTEGER) END";
}

std::string Dialect::day_is_written(const std::string& x) const {
  if (sqlite())
    return "(" + x + " GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(" + x + ", '+0 days') IS " + x +
           " AND " + x + " BETWEEN '1900-01-01' AND '2999-12-31')";
  return "CASE WHEN " + x + " ~ '^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN right(" + x +
         ", 2)::int <= extract(day FROM make_date(left(" + x + ", 4)::int, substr(" + x +
         ", 6, 2)::int, 1) + interval '1 month' - interval '1 day') ELSE false END";
}

std::string Dialect::instant_is_written(const std::string& x) const {
  const std::string day = day_is_written("substr(" + x + ", 1, 10)");
  if (!sqlite())
    return "(" + day + " AND substr(" + x +
           ", 11) ~ "
           "'^[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$')";
  // From the 20th character: a fraction or nothing, then Z or an offset of six characters.
  const std::string zone = "CASE WHEN " + x + " GLOB '*[Zz]' THEN '+00:00' ELSE substr(" + x + ", -6) END";
  const std::string rest =
      "substr(" + x + ", 20, length(" + x + ") - 19 - CASE WHEN " + x + " GLOB '*[Zz]' THEN 1 ELSE 6 END)";
  return "(" + day + " AND substr(" + x + ", 11, 9) GLOB '[Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]' AND substr(" + x +
         ", 12, 2) <= '23' AND length(" + x + ") >= 20 AND " + zone + " GLOB '[+-][0-2][0-9]:[0-5][0-9]' AND substr(" +
         zone + ", 2, 2) <= '23' AND (" + rest + " = '' OR " + rest + " GLOB '.[0-9]*' AND " + rest +
         " NOT GLOB '.*[^0-9]*' AND length(" + rest + ") <= 10))";
}

std::string Dialect::text_has_control_characters(const std::string& x) const {
  if (sqlite()) return x + " GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'";
  return x + " ~ '[\\x01-\\x1F\\x7F-\\x9F]'";
}

std::string Dialect::text_is_too_long(const std::string& x) const {
  return sqlite() ? "length(CAST(" + x + " AS BLOB)) > 1024" : "octet_length(" + x + ") > 1024";
}

std::string Dialect::day_of(const std::string& instant, const std::string& zone) const {
  if (!sqlite())
    return "to_char((left(" + instant + ", 19)::timestamp AT TIME ZONE 'UTC' - CASE WHEN " + instant +
           " ~ '[Zz]$' THEN interval '0' ELSE right(" + instant + ", 6)::interval END) AT TIME ZONE " + zone +
           ", 'YYYY-MM-DD')";
  const std::string seconds = "(CAST(strftime('%s', substr(" + instant + ", 1, 10) || ' ' || substr(" + instant +
                              ", 12, 8)) AS INTEGER) - CASE WHEN " + instant +
                              " GLOB '*[Zz]' THEN 0 ELSE (CASE substr(" + instant +
                              ", -6, 1) WHEN '-' THEN -60 ELSE 60 END) * (CAST(substr(" + instant +
                              ", -5, 2) AS INTEGER) * 60 + CAST(substr(" + instant + ", -2) AS INTEGER)) END)";
  return "(SELECT date(max(min((" + seconds +
         " + z.utc_offset + 86400 * 40000) / 86400 - 40000, z.until_day)) * 86400, "
         "'unixepoch') FROM book_zone_days z WHERE z.zone = " +
         zone + " AND (" + seconds + " + z.utc_offset + 86400 * 40000) / 86400 - 40000 >= z.from_day)";
}

// ---- arithmetic -----------------------------------------------------------------------------------------------------

std::string Dialect::number(const Decimal& value, int scale) const {
  if (!sqlite()) return value.to_text();
  const std::string fixed = value.to_text_fixed(scale);
  std::string digits;
  for (const char c : fixed)
    if (c != '.') digits += c;
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return (negative ? "-" : "") + digits.substr(first);
}

std::string rounds_up(Rounding mode, const Remainder& of) {
  const std::string twice = "2 * " + of.remainder;
  switch (mode) {
    case Rounding::half_away_from_zero:
      return twice + " >= " + of.divisor;
    case Rounding::half_even:
      return twice + " > " + of.divisor + " OR (" + twice + " = " + of.divisor + " AND " + of.quotient + " % 2 = 1)";
    case Rounding::down:
      return "1 = 0";
    case Rounding::up:
      return of.remainder + " > 0";
    case Rounding::floor:
      return of.remainder + " > 0 AND " + of.negative;
    case Rounding::ceiling:
      return of.remainder + " > 0 AND NOT " + of.negative;
  }
  return {};
}

std::string Dialect::rounded(const std::string& value, int scale, Rounding mode) const {
  if (sqlite()) {
    if (scale == 0) return value;
    const std::string unit = ten_to(scale);
    const Remainder parts{"abs(" + value + ") / " + unit, "(abs(" + value + ") % " + unit + ")", unit,
                          "(" + value + ") < 0"};
    return "(CASE WHEN (" + value + ") < 0 THEN -1 ELSE 1 END * (abs(" + value + ") / " + unit + " + CASE WHEN " +
           rounds_up(mode, parts) + " THEN 1 ELSE 0 END))";
  }
  switch (mode) {
    case Rounding::half_away_from_zero:
      return "round(" + value + ")";
    case Rounding::half_even:
      return "CASE WHEN abs(" + value + " - trunc(" + value + ")) = 0.5 THEN trunc(" + value + ") + CASE WHEN trunc(" +
             value + ") % 2 = 0 THEN 0 ELSE sign(" + value + ") END ELSE round(" + value + ") END";
    case Rounding::down:
      return "trunc(" + value + ")";
    case Rounding::up:
      return "sign(" + value + ") * ceil(abs(" + value + "))";
    case Rounding::floor:
      return "floor(" + value + ")";
    case Rounding::ceiling:
      return "ceil(" + value + ")";
  }
  return {};
}

std::string Dialect::rounded_product(const std::string& whole, const std::string& number, int scale,
                                     Rounding mode) const {
  GLMAP_ASSERT(sqlite());
  constexpr int kGroup = 3;
  const int places = (scale + kGroup - 1) / kGroup * kGroup;
  const std::string group = ten_to(kGroup);
  // Long multiplication by three digits at a time, the last first: c is what is carried, m what is left over.
  std::string from = "SELECT CASE WHEN (" + whole + " < 0) <> (" + number + " < 0) THEN -1 ELSE 1 END AS s, abs(" +
                     whole + ") AS a, abs(" + number + ") * " + ten_to(places - scale) + " AS n, 0 AS c, 0 AS m";
  for (int done = 0; done < places; done += kGroup) {
    const std::string digits = "n / " + ten_to(done) + " % " + group;
    const std::string left = done == 0 ? "m" : "c % " + group + " * " + ten_to(done - kGroup) + " + m";
    from = "SELECT s, a, n, a * (" + digits + ") + c / " + group + " AS c, " + left + " AS m FROM (" + from + ")";
  }
  from = "SELECT s, a * (n / " + ten_to(places) + ") + c / " + group + " AS q, c % " + group + " * " +
         ten_to(places - kGroup) + " + m AS m FROM (" + from + ")";
  return "(SELECT s * (q + CASE WHEN " + rounds_up(mode, {"q", "m", ten_to(places), "s < 0"}) +
         " THEN 1 ELSE 0 END) FROM (" + from + "))";
}

std::string Dialect::power_of_ten(const std::string& exponent) const {
  if (sqlite()) return "CAST(substr('1" + std::string(18, '0') + "', 1, 1 + " + exponent + ") AS INTEGER)";
  return "('1' || repeat('0', (" + exponent + ")::int))::numeric";
}

std::string Dialect::amount_text(const std::string& amount, const std::string& digits) const {
  if (sqlite())
    return "CASE " + digits + " WHEN 0 THEN CAST(" + amount + " AS TEXT) ELSE CAST(" + amount + " / " +
           power_of_ten(digits) + " AS TEXT) || '.' || substr('0000' || (" + amount + " % " + power_of_ten(digits) +
           "), -" + digits + ") END";
  return "CASE " + digits + " WHEN 0 THEN " + amount + "::text ELSE div(" + amount + ", " + power_of_ten(digits) +
         ")::text || '.' || right('0000' || (" + amount + " % " + power_of_ten(digits) + ")::text, " + digits +
         "::int) END";
}

std::string Dialect::number_text(const std::string& number) const {
  if (!sqlite()) return "trim_scale(" + number + ")::text";
  const std::string unit = ten_to(kNumberPlaces);
  const std::string behind = "rtrim(substr('" + std::string(kNumberPlaces, '0') + "' || (abs(" + number + ") % " +
                             unit + "), -" + std::to_string(kNumberPlaces) + "), '0')";
  return "(CASE WHEN " + number + " < 0 THEN '-' ELSE '' END || (abs(" + number + ") / " + unit + ") || CASE " +
         behind + " WHEN '' THEN '' ELSE '.' || " + behind + " END)";
}

std::string Dialect::json_text(const std::string& x) const {
  return "'\"' || replace(replace(" + x + ", '\\', '\\\\'), '\"', '\\\"') || '\"'";
}

}  // namespace glmap::emit
