// SPDX-License-Identifier: Apache-2.0
// One line of a file of fields. Every field goes through the same gate: control characters become a blank, a text that
// a spreadsheet would compute gets an apostrophe, a field longer than the format takes is refused before anything is
// written, and so is a character that the file cannot carry. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "gateway/connectors/file/charset.hpp"

namespace glmap::gateway::connectors::file {

enum class Quotes : std::uint8_t {
  never,      // the separator in a text becomes `/`, a tab a blank
  as_needed,  // around fields that hold the separator, a quotation mark or an apostrophe for spreadsheets
  texts,      // around every text, also an empty one
};

/// How the lines of a file are spelt.
struct Dialect {
  std::string separator = ",";  // one character
  std::string newline = "\n";
  Quotes quotes = Quotes::as_needed;
  char decimal = '.';
  Charset charset = Charset::utf_8;
  bool transliterate = false;
  bool cut_long_text = false;  // `prose` is cut to its length instead of refused
};

inline constexpr std::size_t kAnyLength = 0;

class Row {
 public:
  /// `where` opens every message: "line 2".
  Row(const Dialect& dialect, std::string where) : dialect_(&dialect), where_(std::move(where)) {}

  /// A text that must arrive whole. `name`: of the field, for messages. `most`: characters, or kAnyLength.
  Row& text(std::string_view name, std::string_view value, std::size_t most = kAnyLength);
  /// A text for people, which may be cut where the configuration says so.
  Row& prose(std::string_view name, std::string_view value, std::size_t most = kAnyLength);
  /// What is no text: a date in digits, a count, a flag, nothing.
  Row& plain(std::string_view value);
  /// With all digits of its currency.
  Row& amount(const Money& money);
  Row& empty(std::size_t count = 1);
  /// Refuses the line.
  Row& refuse(std::string message, std::string help = {});

  std::size_t fields() const { return fields_; }
  /// The line with its end. Errors: GLM-9003, the first that was met.
  Result<std::string> end() const;

 private:
  void add(std::string_view field, bool quoted);
  std::string cleaned(std::string_view value) const;

  const Dialect* dialect_;
  std::string where_;
  std::string line_;
  std::size_t fields_ = 0;
  std::optional<Error> fault_;
};

/// "1234,50": a decimal number as a format spells it.
std::string number_text(std::string text, char decimal);
/// By a pattern of YYYY, MM and DD: "DD.MM.YYYY".
std::string date_text(Date date, std::string_view pattern);

}  // namespace glmap::gateway::connectors::file
