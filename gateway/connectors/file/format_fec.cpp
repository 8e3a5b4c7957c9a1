// SPDX-License-Identifier: Apache-2.0
// The French fichier des écritures comptables: 18 fields, one file a fiscal year, entries numbered without a gap within
// each journal. What is written is the detail of this gateway's entries; the file that the administration asks for is
// the whole ledger's. Source: livre des procédures fiscales, article A. 47 A-1.
#include <charconv>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

namespace {

struct FecSettings {
  std::string siren, year_end, auxiliary;
  FormatSettings all;
  Dialect dialect;
};

/// The field of the first line, from 0.
std::string_view field_of(std::string_view lines, char separator, std::size_t field) {
  lines = lines.substr(0, lines.find('\r'));
  for (; field > 0; --field) {
    const std::size_t at = lines.find(separator);
    if (at == std::string_view::npos) return {};
    lines.remove_prefix(at + 1);
  }
  return lines.substr(0, lines.find(separator));
}

std::optional<Stamp> stamp_of(std::string_view lines, char separator) {
  Stamp out;
  const std::string_view number = field_of(lines, separator, 2);
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), out.number);
  const std::string_view day = field_of(lines, separator, 15);
  if (fault != std::errc{} || end != number.data() + number.size() || day.size() != 8) return std::nullopt;
  const auto date = Date::parse(std::string(day.substr(0, 4)) + "-" + std::string(day.substr(4, 2)) + "-" +
                                std::string(day.substr(6)));
  if (!date) return std::nullopt;
  out.day = *date;
  return out;
}

/// The plan comptable général: at least three figures in front.
bool is_account(std::string_view code) {
  return code.size() >= 3 && code.substr(0, 3).find_first_not_of("0123456789") == std::string_view::npos;
}

Result<std::string> fec_line(const FecSettings& settings, const LegalEntity& entity, const JournalEntry& entry,
                             const Stamp& stamp, std::size_t index) {
  const JournalEntryDraft& data = entry.data();
  const JournalLine& line = entry.lines()[index];
  Row row(settings.dialect, line_place(index));
  const std::string name = account_name(entity, line);
  if (!is_account(line.account)) row.refuse("CompteNum `" + line.account + "` does not begin with three figures");
  if (name.empty()) row.refuse("CompteLib: account `" + line.account + "` has no name in the chart");
  if (data.description.empty()) row.refuse("EcritureLib is empty: the entry has no description");
  row.text("JournalCode", data.journal)
      .text("JournalLib", settings.all.text("journal_name." + data.journal, data.journal));
  row.plain(std::to_string(stamp.number)).plain(date_text(data.posting_date, "YYYYMMDD"));
  row.text("CompteNum", line.account).text("CompteLib", name);
  const std::string auxiliary = settings.auxiliary.empty() ? "" : dimension_of(line, settings.auxiliary);
  row.text("CompAuxNum", auxiliary).text("CompAuxLib", auxiliary);
  row.text("PieceRef", data.document.empty() ? entry.key().reference() : data.document);
  row.plain(date_text(data.document_date, "YYYYMMDD"))
      .text("EcritureLib", line.memo.empty() ? data.description : line.memo);
  const Money nothing = Money::zero(data.functional);
  row.amount(line.side == Side::debit ? booked(entry.data(), line.functional) : nothing);
  row.amount(line.side == Side::credit ? booked(entry.data(), line.functional) : nothing);
  row.empty(2).plain(date_text(stamp.day, "YYYYMMDD"));
  if (is_foreign(entry, line)) {
    row.amount(signed_amount(entry, line.side, line.transaction)).text("Idevise", data.currency.code());
  } else {
    row.empty(2);
  }
  GLMAP_ASSERT(row.fields() == 18);
  return row.end();
}

Result<std::string> fec_lines(const FecSettings& settings, const LegalEntity& entity, const JournalEntry& entry,
                              const Stamp& stamp) {
  std::string out;
  for (std::size_t i = 0; i < entry.lines().size(); ++i) {
    GLMAP_TRY(line, fec_line(settings, entity, entry, stamp, i));
    out += line;
  }
  return out;
}

constexpr std::string_view kNames[] = {"JournalCode", "JournalLib",    "EcritureNum", "EcritureDate", "CompteNum",
                                       "CompteLib",   "CompAuxNum",    "CompAuxLib",  "PieceRef",     "PieceDate",
                                       "EcritureLib", "Debit",         "Credit",      "EcritureLet",  "DateLet",
                                       "ValidDate",   "Montantdevise", "Idevise"};

}  // namespace

Result<Format> make_fec(const LegalEntity& entity, const FormatSettings& settings) {
  GLMAP_TRY(siren, settings.digits("siren", 9, 9));
  GLMAP_TRY(separator, settings.one_of("separator", {"tab", "|"}));
  GLMAP_TRY(year_end, settings.year_end());
  GLMAP_TRY(charset, settings.charset(Charset::iso_8859_15));
  GLMAP_TRY(transliterate, settings.yes_no("transliterate"));
  FecSettings read{siren, year_end, settings.text("auxiliary"), settings, {}};
  read.dialect = {separator == "tab" ? "\t" : "|", "\r\n", Quotes::never, ',', charset, transliterate, false};
  const char between = read.dialect.separator.front();
  std::string head(file_mark(charset));
  for (const std::string_view name : kNames)
    head += std::string(name) + (name == "Idevise" ? "\r\n" : read.dialect.separator);
  Format out;
  out.name = "fec";
  // SIRENFECYYYYMMDD.txt is the name of the whole ledger's file, which this one is not.
  out.file_of = [siren, year_end](const JournalEntry& entry) {
    return siren + "FEC" + date_text(fiscal_year_end(entry.data().posting_date, year_end), "YYYYMMDD") + "-glmap.txt";
  };
  out.head = [head](const JournalEntry&, Instant) { return head; };
  out.lines = [entity, read = std::move(read)](const JournalEntry& entry, const Stamp& stamp) {
    return fec_lines(read, entity, entry, stamp);
  };
  out.stamp_of = [between](std::string_view lines) { return stamp_of(lines, between); };
  out.series_of = [charset, transliterate](const JournalEntry& entry) {
    return encode(entry.data().journal, charset, transliterate).value_or("");
  };
  out.series_in = [between](std::string_view lines) { return std::string(field_of(lines, between, 0)); };
  return out;
}

}  // namespace glmap::gateway::connectors::file
