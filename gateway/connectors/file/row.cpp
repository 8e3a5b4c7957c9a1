// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/row.hpp"

namespace glmap::gateway::connectors::file {

namespace {

/// A spreadsheet takes text that starts so for a formula, unless it is a number.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos &&
         !Decimal::parse(text);
}

}  // namespace

Row& Row::refuse(std::string message, std::string help) {
  if (!fault_) {
    const std::string at = where_.empty() ? std::string() : where_ + ": ";
    fault_ = Error{ErrorCode::ErpRefused, at + std::move(message), std::move(help), {}};
  }
  return *this;
}

/// On one line, free of the separator where nothing could tell it from one.
std::string Row::cleaned(std::string_view value) const {
  std::string out;
  for (const char c : value) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (control) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (dialect_->quotes == Quotes::never && c == dialect_->separator.front()) {
      out += '/';
    } else {
      out += c;
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

void Row::add(std::string_view field, bool quoted) {
  if (fields_++ > 0) line_ += dialect_->separator;
  if (!quoted) {
    line_ += field;
    return;
  }
  line_ += '"';
  for (const char c : field) line_ += c == '"' ? std::string("\"\"") : std::string(1, c);
  line_ += '"';
}

Row& Row::text(std::string_view name, std::string_view value, std::size_t most) {
  const std::string clean = cleaned(value);
  const bool formula = is_formula(clean);
  const std::string whole = (formula ? "'" : "") + clean;
  const std::size_t length = characters(whole);
  if (most != kAnyLength && length > most) {
    refuse(std::string(name) + " `" + whole + "` has " + std::to_string(length) + " characters, the format takes " +
           std::to_string(most));
  }
  const auto encoded = encode(whole, dialect_->charset, dialect_->transliterate);
  if (!encoded) refuse(std::string(name) + ": " + encoded.error().message, encoded.error().help);
  const std::string bytes = encoded.value_or("");
  const bool special = formula || bytes.find_first_of(dialect_->separator + "\"") != std::string::npos;
  add(bytes, dialect_->quotes == Quotes::texts || (dialect_->quotes == Quotes::as_needed && special));
  return *this;
}

Row& Row::prose(std::string_view name, std::string_view value, std::size_t most) {
  if (!dialect_->cut_long_text || most == kAnyLength) return text(name, value, most);
  const std::string clean = cleaned(value);
  return text(name, first_characters(clean, is_formula(clean) ? most - 1 : most), most);
}

Row& Row::plain(std::string_view value) {
  add(value, dialect_->quotes == Quotes::as_needed && value.find(dialect_->separator) != std::string_view::npos);
  return *this;
}

Row& Row::amount(const Money& money) {
  return plain(number_text(money.amount_text(), dialect_->decimal));
}

Row& Row::empty(std::size_t count) {
  for (; count > 0; --count) add("", false);
  return *this;
}

Result<std::string> Row::end() const {
  if (fault_) return std::unexpected(*fault_);
  return line_ + dialect_->newline;
}

std::string number_text(std::string text, char decimal) {
  if (const std::size_t point = text.find('.'); point != std::string::npos) text[point] = decimal;
  return text;
}

std::string date_text(Date date, std::string_view pattern) {
  const std::string iso = date.to_text();
  std::string out;
  while (!pattern.empty()) {
    if (pattern.starts_with("YYYY")) {
      out += iso.substr(0, 4);
      pattern.remove_prefix(4);
    } else if (pattern.starts_with("MM")) {
      out += iso.substr(5, 2);
      pattern.remove_prefix(2);
    } else if (pattern.starts_with("DD")) {
      out += iso.substr(8, 2);
      pattern.remove_prefix(2);
    } else {
      out += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace glmap::gateway::connectors::file
