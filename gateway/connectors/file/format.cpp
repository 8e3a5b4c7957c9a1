// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/format.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::gateway::connectors::file {

const std::vector<FormatKind>& format_kinds() {
  static const std::vector<FormatKind> kinds = {
      {"hledger", make_hledger, {}},
      {"beancount", make_beancount, {}},
      {"csv",
       make_csv,
       {"columns", "files", "separator", "decimal", "dates", "charset", "transliterate", "newline", "header",
        "long_text"}},
      {"fbdi",
       make_fbdi,
       {"ledger_id", "ledger_name", "source", "category", "category.", "segments", "files", "long_text"}},
      {"datev",
       make_datev,
       {"consultant", "client", "account_length", "fiscal_year_end", "split", "split_account", "foreign", "fixed",
        "chart", "cost_centre_1", "cost_centre_2", "charset", "transliterate", "long_text"}},
      {"fec",
       make_fec,
       {"siren", "separator", "fiscal_year_end", "auxiliary", "journal_name.", "charset", "transliterate"}},
      {"ads", make_ads, {"fiscal_year_end", "files", "entered_by", "long_text"}},
  };
  return kinds;
}

std::string FormatSettings::text(const std::string& key, std::string otherwise) const {
  const auto found = values_.find(key);
  return found == values_.end() || found->second.empty() ? std::move(otherwise) : found->second;
}

std::unexpected<Error> FormatSettings::wrong(const std::string& key, std::string_view expected) const {
  return fail(ErrorCode::BadConfiguration,
              place_ + ": `" + key + "` is `" + text(key) + "`; write " + std::string(expected));
}

Result<std::string> FormatSettings::required(const std::string& key) const {
  std::string value = text(key);
  if (value.empty()) return fail(ErrorCode::BadConfiguration, place_ + " lacks the setting `" + key + "`");
  return value;
}

Result<bool> FormatSettings::yes_no(const std::string& key) const {
  GLMAP_TRY(value, one_of(key, {"no", "yes", "true", "false"}));
  return value == "yes" || value == "true";
}

Result<std::string> FormatSettings::one_of(const std::string& key,
                                           std::initializer_list<std::string_view> choices) const {
  const std::string value = text(key, std::string(*choices.begin()));
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  std::string list;
  for (const std::string_view one : choices) list += (list.empty() ? "" : ", ") + std::string(one);
  return wrong(key, "one of " + list);
}

Result<std::string> FormatSettings::digits(const std::string& key, std::size_t least, std::size_t most) const {
  GLMAP_TRY(value, required(key));
  const bool all_digits = value.find_first_not_of("0123456789") == std::string::npos;
  if (all_digits && value.size() >= least && value.size() <= most) return value;
  const std::string count =
      least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  return wrong(key, count + " digits");
}

Result<Charset> FormatSettings::charset(Charset otherwise) const {
  const std::string name = text("charset");
  if (name.empty()) return otherwise;
  if (const auto charset = parse_charset(name)) return *charset;
  return wrong("charset", "one of utf-8, utf-8-bom, windows-1252, iso-8859-15, ascii");
}

Result<std::string> FormatSettings::year_end() const {
  const std::string value = text("fiscal_year_end", "12-31");
  if (!Date::parse("2026-" + value)) return wrong("fiscal_year_end", "month and day, such as 12-31 or 03-31");
  return value;
}

Date fiscal_year_end(Date day, const std::string& month_day) {
  // A year that ends in February ends on its last day.
  const auto end_of = [&](int year) {
    if (month_day == "02-28") return Date::from_ymd(year, 3, 1)->plus_days(-1);
    return Date::parse(std::to_string(year) + "-" + month_day).value();
  };
  const Date here = end_of(day.year());
  return day <= here ? here : end_of(day.year() + 1);
}

std::string with_period(const std::string& name, std::string_view files, Date day) {
  const std::size_t length = files == "year" ? 4 : files == "month" ? 7 : files == "day" ? 10 : 0;
  return length == 0 ? name : name + "-" + day.to_text().substr(0, length);
}

Money signed_amount(const JournalEntry& entry, Side side, const Money& amount) {
  const Money towards = booked(entry.data(), amount);
  return side == Side::credit ? towards.negated() : towards;
}

std::string account_name(const LegalEntity& entity, const JournalLine& line) {
  const Account* account = entity.find_account(line.account);
  return account == nullptr ? "" : account->name;
}

std::string dimension_of(const JournalLine& line, std::string_view name) {
  const auto found = std::ranges::find(line.dimensions, name, &Dimension::name);
  return found == line.dimensions.end() ? "" : found->value;
}

bool is_foreign(const JournalEntry& entry, const JournalLine& line) {
  return entry.data().currency != entry.data().functional && !line.transaction.is_zero();
}

}  // namespace glmap::gateway::connectors::file
