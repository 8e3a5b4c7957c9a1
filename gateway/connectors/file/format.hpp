// SPDX-License-Identifier: Apache-2.0
// What a file format is to the file connector: into which file an entry goes, what stands at the head of that file, and
// the lines of the entry. A format knows no disk; the connector (file_connector.cpp) writes each entry once, durably,
// and reads it back. One module a format (format_<name>.cpp); what they take: docs/connectors/file.md. Invariant:
// `lines` gives the same bytes for the same entry and stamp, or an error before anything is written.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"
#include "gateway/connectors/file/row.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::file {

/// What an entry is given when it is written, and keeps: the format reads it back from the lines.
struct Stamp {
  std::uint64_t number = 0;  // of the entry in its series, from 1, without a gap
  Date day;                  // on which it was written, in the entity's zone
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// One legal entity's files of one format.
struct Format {
  std::string name;
  bool transaction_amounts = true;  // carries the amounts in the document's currency
  /// The file's name without its folder; parts of it are numbered before its last dot.
  std::function<std::string(const JournalEntry&)> file_of;
  /// What a new file starts with. `instant`: when.
  std::function<std::string(const JournalEntry&, Instant instant)> head;
  /// Errors: GLM-9003 what the format cannot carry, with the line and the field.
  std::function<Result<std::string>(const JournalEntry&, const Stamp&)> lines;

  // -- where entries bear a stamp; else empty
  std::function<std::optional<Stamp>(std::string_view lines)> stamp_of;
  /// The series whose numbers have no gap: of an entry, and of lines that were written.
  std::function<std::string(const JournalEntry&)> series_of;
  std::function<std::string(std::string_view lines)> series_in;

  // -- where a file includes declarations that grow; else empty
  std::string declarations_file;
  std::string declarations;
  /// The declarations, a line each, that the entry's lines need.
  std::function<std::vector<std::string>(std::string_view lines)> needs;
  /// True for a line of `declarations_file` that stays when a later book has no such account.
  std::function<bool(std::string_view line)> stays;

  /// Reads lines back by themselves. Empty: they are compared byte for byte with what the entry says.
  std::function<Result<delivery::LedgerDocument>(std::string_view lines)> read;
};

/// Settings of one entity: those of the connection, over which those of the entity stand.
class FormatSettings {
 public:
  using Values = std::map<std::string, std::string>;
  FormatSettings(std::string place, Values values) : place_(std::move(place)), values_(std::move(values)) {}

  const std::string& place() const { return place_; }
  std::string text(const std::string& key, std::string otherwise = {}) const;
  /// Errors: GLM-9012.
  Result<std::string> required(const std::string& key) const;
  Result<bool> yes_no(const std::string& key) const;
  /// One of `choices`, the first when it is not set.
  Result<std::string> one_of(const std::string& key, std::initializer_list<std::string_view> choices) const;
  /// Digits only, between so many.
  Result<std::string> digits(const std::string& key, std::size_t least, std::size_t most) const;
  Result<Charset> charset(Charset otherwise) const;
  /// "MM-DD", a day of any year: the last of a fiscal year. Empty when not set: 12-31.
  Result<std::string> year_end() const;
  std::unexpected<Error> wrong(const std::string& key, std::string_view expected) const;

 private:
  std::string place_;
  Values values_;
};

/// The last day of the fiscal year in which `day` lies, when years end on `month_day` ("12-31", "02-28").
Date fiscal_year_end(Date day, const std::string& month_day);
/// "entries" -> "entries-2026-10" by `files: month` (all, year, month, day) and the posting date.
std::string with_period(const std::string& name, std::string_view files, Date day);

using MakeFormat = Result<Format> (*)(const LegalEntity& entity, const FormatSettings& settings);

struct FormatKind {
  std::string_view name;
  MakeFormat make;
  /// The settings it takes; one that ends in a dot is the start of a name.
  std::vector<std::string_view> settings;
};
const std::vector<FormatKind>& format_kinds();

// One line a format.
Result<Format> make_hledger(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_beancount(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_csv(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_fbdi(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_datev(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_fec(const LegalEntity& entity, const FormatSettings& settings);
Result<Format> make_ads(const LegalEntity& entity, const FormatSettings& settings);

// ---- what several formats ask of an entry ---------------------------------------------------------------------------

/// Debit positive.
Money signed_amount(const JournalEntry& entry, Side side, const Money& amount);
/// The name of the line's account, or "" when the chart no longer has it.
std::string account_name(const LegalEntity& entity, const JournalLine& line);
std::string dimension_of(const JournalLine& line, std::string_view name);
/// The line has an amount of its own in another currency.
bool is_foreign(const JournalEntry& entry, const JournalLine& line);
inline std::string line_place(std::size_t index) {
  return "line " + std::to_string(index + 1);
}

}  // namespace glmap::gateway::connectors::file
