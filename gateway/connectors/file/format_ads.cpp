// SPDX-License-Identifier: Apache-2.0
// AICPA Audit Data Standards, General Ledger Standard of July 2015: the flat file GL_Detail, fields between pipes,
// UTF-8.
#include <array>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

namespace {

constexpr std::array<std::string_view, 28> kNames = {"Journal_ID",
                                                     "Journal_ID_Line_Number",
                                                     "JE_Header_Description",
                                                     "JE_Line_Description",
                                                     "Source",
                                                     "Business_Unit_Code",
                                                     "Effective_Date",
                                                     "Fiscal_Year",
                                                     "Period",
                                                     "GL_Account_Number",
                                                     "Amount",
                                                     "Amount_Credit_Debit_Indicator",
                                                     "Amount_Currency",
                                                     "Entered_By",
                                                     "Entered_Date",
                                                     "Entered_Time",
                                                     "Approved_By",
                                                     "Approved_Date",
                                                     "Approved_Time",
                                                     "Last_Modified_By",
                                                     "Last_Modified_Date",
                                                     "Last_Modified_Time",
                                                     "Reporting_Amount",
                                                     "Reporting_Currency",
                                                     "Local_Amount",
                                                     "Local_Currency",
                                                     "Reversal_Indicator",
                                                     "Reversal_Journal_ID"};
constexpr std::size_t kEnteredDate = 14;

struct AdsSettings {
  std::string year_end, entered_by;
  Dialect dialect;
};

Result<std::string> ads_line(const AdsSettings& settings, const JournalEntry& entry, const Stamp& stamp,
                             std::size_t index) {
  const JournalEntryDraft& data = entry.data();
  const JournalLine& line = entry.lines()[index];
  Row row(settings.dialect, line_place(index));
  row.text("Journal_ID", entry.key().reference(), 100).plain(std::to_string(index + 1));
  row.prose("JE_Header_Description", data.description, 256);
  row.prose("JE_Line_Description", line.memo.empty() ? line.role : line.memo, 256);
  row.text("Source", data.journal, 25).text("Business_Unit_Code", data.entity, 25).plain(data.posting_date.to_text());
  row.plain(std::to_string(fiscal_year_end(data.posting_date, settings.year_end).year()));
  row.text("Period", data.period, 10).text("GL_Account_Number", line.account, 100);
  row.amount(booked(entry.data(), line.functional))
      .plain(line.side == Side::debit ? "D" : "C")
      .plain(data.functional.code());
  row.text("Entered_By", settings.entered_by, 100).plain(stamp.day.to_text()).empty(9);
  if (is_foreign(entry, line)) {
    row.amount(booked(entry.data(), line.transaction)).plain(data.currency.code());
  } else {
    row.empty(2);
  }
  row.plain(data.reverses.empty() ? "" : "1").text("Reversal_Journal_ID", data.reverses, 100);
  GLMAP_ASSERT(row.fields() == kNames.size());
  return row.end();
}

std::optional<Stamp> stamp_of(std::string_view lines) {
  for (std::size_t i = 0; i < kEnteredDate; ++i) {
    const std::size_t at = lines.find('|');
    if (at == std::string_view::npos) return std::nullopt;
    lines.remove_prefix(at + 1);
  }
  const auto day = Date::parse(lines.substr(0, lines.find('|')));
  return day ? std::optional(Stamp{0, *day}) : std::nullopt;
}

}  // namespace

Result<Format> make_ads(const LegalEntity&, const FormatSettings& settings) {
  GLMAP_TRY(year_end, settings.year_end());
  GLMAP_TRY(files, settings.one_of("files", {"all", "year", "month", "day"}));
  GLMAP_TRY(long_text, settings.one_of("long_text", {"refuse", "cut"}));
  AdsSettings read{year_end, settings.text("entered_by", "glmap"), {}};
  read.dialect = {"|", "\n", Quotes::never, '.', Charset::utf_8, false, long_text == "cut"};
  std::string head;
  for (const std::string_view name : kNames) head += (head.empty() ? "" : "|") + std::string(name);
  Format out;
  out.name = "ads";
  out.file_of = [files](const JournalEntry& entry) {
    return with_period("GL_Detail", files, entry.data().posting_date) + ".txt";
  };
  out.head = [head](const JournalEntry&, Instant) { return head + "\n"; };
  out.lines = [read](const JournalEntry& entry, const Stamp& stamp) -> Result<std::string> {
    std::string text;
    for (std::size_t i = 0; i < entry.lines().size(); ++i) {
      GLMAP_TRY(line, ads_line(read, entry, stamp, i));
      text += line;
    }
    return text;
  };
  out.stamp_of = stamp_of;
  return out;
}

}  // namespace glmap::gateway::connectors::file
