// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/hledger_reader.hpp"

namespace glmap::gateway::connectors::file {

namespace {

constexpr std::string_view kIndent = "    ";

std::unexpected<Error> unreadable(std::string_view line) {
  return fail(ErrorCode::ErpDiffers, "the journal line `" + std::string(line) + "` cannot be read back");
}

std::string_view next_line(std::string_view& text) {
  const std::size_t newline = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, newline);
  text.remove_prefix(std::min(newline + 1, text.size()));
  return line;
}

/// "-5950.00 USD"
Result<Money> read_amount(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return unreadable(text);
  GLMAP_TRY(currency, Currency::parse(text.substr(blank + 1)));
  GLMAP_TRY(decimal, Decimal::parse(text.substr(0, blank)));
  return Money::from_decimal(decimal, currency);
}

/// "DE:Asset:1200 Trade receivables": the code is the first word behind the last colon.
std::string account_code(std::string_view name) {
  const std::string_view last = name.substr(name.rfind(':') + 1);
  return std::string(last.substr(0, last.find(' ')));
}

std::string_view account_name(std::string_view line) {
  line.remove_prefix(kIndent.size());
  return line.substr(0, line.find("  "));
}

Result<delivery::LedgerLine> read_line(std::string_view line) {
  const std::string_view name = account_name(line);
  std::string_view rest = line.substr(kIndent.size() + name.size());
  if (rest.size() < 2) return unreadable(line);
  rest.remove_prefix(2);
  const std::string_view amounts = rest.substr(0, rest.find("  "));
  delivery::LedgerLine out;
  out.account = account_code(name);
  out.side = amounts.starts_with('-') ? Side::credit : Side::debit;
  const std::size_t cost = amounts.find(" @@ ");
  GLMAP_TRY(first, read_amount(amounts.substr(0, cost)));
  if (cost == std::string_view::npos) {
    out.functional = first.absolute();
    return out;
  }
  GLMAP_TRY(functional, read_amount(amounts.substr(cost + 4)));
  out.transaction = first.absolute();
  out.functional = functional;
  return out;
}

}  // namespace

Result<delivery::LedgerDocument> read_hledger_entry(std::string_view text) {
  const std::string_view head = next_line(text);
  delivery::LedgerDocument out;
  const Result<Date> date = Date::parse(head.substr(0, 10));
  const std::size_t open = head.find(" * (");
  const std::size_t close = head.find(')');
  if (!date || open == std::string_view::npos || close == std::string_view::npos) return unreadable(head);
  out.date = *date;
  out.number = std::string(head.substr(open + 4, close - open - 4));
  out.document = out.number;
  for (std::string_view line = next_line(text); line.starts_with(kIndent); line = next_line(text)) {
    GLMAP_TRY(read, read_line(line));
    out.lines.push_back(std::move(read));
  }
  return out;
}

std::vector<std::string> hledger_account_names(std::string_view text) {
  std::vector<std::string> out;
  next_line(text);
  for (std::string_view line = next_line(text); line.starts_with(kIndent); line = next_line(text)) {
    out.emplace_back(account_name(line));
  }
  return out;
}

}  // namespace glmap::gateway::connectors::file
