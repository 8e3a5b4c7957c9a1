// SPDX-License-Identifier: Apache-2.0
// DATEV-Format, Buchungsstapel: EXTF 700, category 21, format version 13, 125 columns, one file a month.
// DATEV knows rows of an account and a contra account. An entry of two lines is one row; more lines become rows only as
// the configuration says (`split`), else the entry is refused.
// Source: developer.datev.de, DATEV-Format: einstieg, formate/header, formate/buchungsstapel, zeichensatz.
#include <algorithm>

#include "gateway/connectors/file/datev_columns.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

namespace {

struct DatevSettings {
  std::string consultant, client, account_length, year_end, split, split_account, foreign, fixed, chart;
  std::string cost_centre_1, cost_centre_2;  // names of dimensions
  Dialect dialect;
};

/// One row: `line` against `contra`.
struct Posting {
  std::size_t index;
  const JournalLine* line;
  std::string contra;
};

std::unexpected<Error> refused(std::string message, std::string help = {}) {
  return fail(ErrorCode::ErpRefused, std::move(message), std::move(help));
}

Result<std::vector<Posting>> postings_of(const DatevSettings& settings, const JournalEntry& entry) {
  const auto& lines = entry.lines();
  const auto on = [&](Side side) { return std::ranges::count(lines, side, &JournalLine::side); };
  const bool one_debit = on(Side::debit) == 1;
  const bool one_against = one_debit || on(Side::credit) == 1;
  std::vector<Posting> out;
  if (lines.size() == 2 || (one_against && settings.split == "contra")) {
    // The side with one line is the contra account of all lines of the other; of two lines the debit leads.
    const bool debits_lead = lines.size() == 2 ? on(Side::debit) == 1 : !one_debit;
    const Side leading = debits_lead ? Side::debit : Side::credit;
    const auto contra = std::ranges::find(lines, opposite(leading), &JournalLine::side);
    if (contra == lines.end())
      return refused("line 1: both lines stand on one side, DATEV posts one against the other");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].side == leading) out.push_back({i, &lines[i], contra->account});
    }
    return out;
  }
  if (settings.split_account.empty()) {
    return refused("line 3: the entry has " + std::to_string(on(Side::debit)) + " debits and " +
                       std::to_string(on(Side::credit)) +
                       " credits, a row of DATEV has an account and a contra account",
                   "set `split: contra` for entries with one line on a side, and `split_account` for others");
  }
  for (std::size_t i = 0; i < lines.size(); ++i) out.push_back({i, &lines[i], settings.split_account});
  return out;
}

bool is_account(std::string_view code) {
  return !code.empty() && code.size() <= 9 && code.find_first_not_of("0123456789") == std::string_view::npos &&
         code.find_first_not_of('0') != std::string_view::npos;
}

/// ^\d{1,10},\d{2}$
void put_amount(Row& row, std::string_view name, const Money& amount) {
  if (!amount.decimal().fits_places(2)) {
    row.refuse(std::string(name) + " " + amount.to_text() + " has more than two decimals, DATEV takes two");
    return;
  }
  const std::string text = amount.decimal().to_text_fixed(2);
  if (text.size() > 13)
    row.refuse(std::string(name) + " " + amount.to_text() + " has more than ten digits before the comma");
  row.plain(number_text(text, ','));
}

/// ^[1-9]\d{0,3},\d{2,6}$: units of the document's currency for one of the books'.
void put_rate(Row& row, const JournalLine& line) {
  const auto rate = divide(line.transaction.decimal(), line.functional.decimal(), 6, Rounding::half_even);
  if (!rate || *rate < Decimal(1) || *rate >= Decimal(10'000)) {
    row.refuse("the rate of " + line.transaction.to_text() + " to " + line.functional.to_text() +
                   " is outside the 1,000000 to 9999,999999 that DATEV takes",
               "set `foreign: functional` to post the amounts of the books only");
    return;
  }
  row.plain(number_text(rate->to_text_fixed(6), ','));
}

void put_amounts(Row& row, const DatevSettings& settings, const JournalEntry& entry, const JournalLine& line) {
  const std::string side = line.side == Side::debit ? "S" : "H";
  const bool foreign = settings.foreign == "amounts" && is_foreign(entry, line);
  if (!foreign || line.functional.is_zero()) {
    if (line.functional.is_zero())
      row.refuse("the line is worth nothing in the currency of the books, DATEV takes no zero");
    put_amount(row, "Umsatz", line.functional);
    row.text("Soll/Haben-Kennzeichen", side).text("WKZ Umsatz", line.functional.currency().code()).empty(2);
    row.text("WKZ Basis-Umsatz", "");
    return;
  }
  put_amount(row, "Umsatz", line.transaction);
  row.text("Soll/Haben-Kennzeichen", side).text("WKZ Umsatz", line.transaction.currency().code());
  put_rate(row, line);
  put_amount(row, "Basis-Umsatz", line.functional);
  row.text("WKZ Basis-Umsatz", line.functional.currency().code());
}

/// The document's number may hold only what DATEV lists for Belegfeld 1.
void put_document(Row& row, const std::string& document) {
  if (document.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789$&%*+-/") !=
      std::string::npos) {
    row.refuse("Belegfeld 1: the document number `" + document +
               "` holds other characters than A-Z a-z 0-9 $ & % * + - /");
  }
  row.text("Belegfeld 1", document, 36);
}

Result<std::string> datev_row(const DatevSettings& settings, const JournalEntry& entry, const Posting& posting) {
  const JournalEntryDraft& data = entry.data();
  const JournalLine& line = *posting.line;
  Row row(settings.dialect, line_place(posting.index));
  for (const std::string& code : {line.account, posting.contra}) {
    if (!is_account(code))
      row.refuse("account `" + code + "` is no DATEV account: digits only, at most nine, not all zero");
  }
  put_amounts(row, settings, entry, line);
  row.plain(line.account).plain(posting.contra).text("BU-Schlüssel", "").plain(date_text(data.posting_date, "DDMM"));
  put_document(row, data.document);
  row.text("Belegfeld 2", "").empty().prose("Buchungstext", line.memo.empty() ? data.description : line.memo, 60);
  const std::size_t open = row.fields();
  for (std::size_t column = open; column < kDatevColumns.size(); ++column) {
    const std::string_view name = kDatevColumns[column].name;
    if (name == "Beleginfo - Art 1")
      row.text(name, "glmap");
    else if (name == "Beleginfo - Inhalt 1")
      row.text(name, entry.key().reference(), 210);
    else if (name == "Beleginfo - Art 2")
      row.text(name, data.reverses.empty() ? "" : "Storno von");
    else if (name == "Beleginfo - Inhalt 2")
      row.text(name, data.reverses, 210);
    else if (name == "KOST1 - Kostenstelle")
      row.text(name, dimension_of(line, settings.cost_centre_1), 36);
    else if (name == "KOST2 - Kostenstelle")
      row.text(name, dimension_of(line, settings.cost_centre_2), 36);
    else if (name == "Festschreibung")
      row.plain(settings.fixed);
    else if (kDatevColumns[column].text)
      row.text(name, "");
    else
      row.empty();
  }
  GLMAP_ASSERT(row.fields() == kDatevColumns.size());
  return row.end();
}

Result<std::string> datev_lines(const DatevSettings& settings, const JournalEntry& entry) {
  if (entry.data().storno) {
    return refused("line 1: the entry is a red storno, which DATEV rows do not carry",
                   "let the legal entity reverse by swapped sides (`reversal: swap` in entities.yaml)");
  }
  GLMAP_TRY(postings, postings_of(settings, entry));
  std::string out;
  for (const Posting& posting : postings) {
    GLMAP_TRY(row, datev_row(settings, entry, posting));
    out += row;
  }
  return out;
}

std::string last_day_of_month(Date day) {
  const Date next =
      day.month() == 12 ? *Date::from_ymd(day.year() + 1, 1, 1) : *Date::from_ymd(day.year(), day.month() + 1, 1);
  return date_text(next.plus_days(-1), "YYYYMMDD");
}

/// YYYYMMDDHHMMSSmmm
std::string seventeen_digits(Instant instant) {
  std::string out;
  for (const char c : instant.to_text()) {
    if (c >= '0' && c <= '9') out += c;
  }
  out.resize(17, '0');
  return out;
}

std::string datev_head(const DatevSettings& settings, const JournalEntry& entry, Instant instant) {
  const JournalEntryDraft& data = entry.data();
  const Date last = fiscal_year_end(data.posting_date, settings.year_end);
  const Date first =
      fiscal_year_end(Date::from_ymd(last.year() - 1, last.month(), 1).value(), settings.year_end).plus_days(1);
  const std::string month = date_text(data.posting_date, "YYYYMM");
  Row head(settings.dialect, "head");
  head.text("1", "EXTF")
      .plain("700")
      .plain("21")
      .text("4", "Buchungsstapel")
      .plain("13")
      .plain(seventeen_digits(instant));
  head.empty().text("8", "GM").text("9", "glmap").text("10", "").plain(settings.consultant).plain(settings.client);
  head.plain(date_text(first, "YYYYMMDD")).plain(settings.account_length).plain(month + "01");
  head.plain(last_day_of_month(data.posting_date)).text("17", "glmap " + date_text(data.posting_date, "YYYY-MM"), 30);
  head.text("18", "").plain("1").plain("0").plain(settings.fixed).text("22", data.functional.code()).empty();
  head.text("24", "").empty(2).text("27", settings.chart).empty(2).text("30", "").text("31", "");
  std::string names;
  for (const DatevColumn& column : kDatevColumns) {
    names += (names.empty() ? "" : ";") + encode(column.name, settings.dialect.charset, true).value();
  }
  const auto line = head.end();
  GLMAP_ASSERT(line.has_value() && head.fields() == 31);
  return std::string(file_mark(settings.dialect.charset)) + *line + names + "\r\n";
}

Result<DatevSettings> read_settings(const FormatSettings& settings) {
  DatevSettings out;
  GLMAP_TRY(consultant, settings.digits("consultant", 4, 7));
  GLMAP_TRY(client, settings.digits("client", 1, 5));
  GLMAP_TRY(account_length, settings.one_of("account_length", {"4", "5", "6", "7", "8"}));
  GLMAP_TRY(year_end, settings.year_end());
  GLMAP_TRY(split, settings.one_of("split", {"refuse", "contra"}));
  GLMAP_TRY(foreign, settings.one_of("foreign", {"amounts", "functional"}));
  GLMAP_TRY(fixed, settings.yes_no("fixed"));
  GLMAP_TRY(charset, settings.charset(Charset::windows_1252));
  if (charset != Charset::windows_1252 && charset != Charset::utf_8_bom)
    return settings.wrong("charset", "windows-1252 or utf-8-bom for DATEV");
  GLMAP_TRY(transliterate, settings.yes_no("transliterate"));
  GLMAP_TRY(long_text, settings.one_of("long_text", {"refuse", "cut"}));
  const std::string split_account = settings.text("split_account");
  if (!split_account.empty() && !is_account(split_account))
    return settings.wrong("split_account", "an account of digits, at most nine");
  out = {consultant,
         client,
         account_length,
         year_end,
         split,
         split_account,
         foreign,
         fixed ? "1" : "0",
         settings.text("chart"),
         settings.text("cost_centre_1"),
         settings.text("cost_centre_2"),
         {}};
  out.dialect = {";", "\r\n", Quotes::texts, ',', charset, transliterate, long_text == "cut"};
  return out;
}

}  // namespace

Result<Format> make_datev(const LegalEntity&, const FormatSettings& settings) {
  GLMAP_TRY(read, read_settings(settings));
  Format out;
  out.name = "datev";
  out.transaction_amounts = read.foreign == "amounts";
  out.file_of = [](const JournalEntry& entry) {
    return with_period("EXTF_Buchungsstapel", "month", entry.data().posting_date) + ".csv";
  };
  out.head = [read](const JournalEntry& entry, Instant instant) { return datev_head(read, entry, instant); };
  out.lines = [read](const JournalEntry& entry, const Stamp&) { return datev_lines(read, entry); };
  return out;
}

}  // namespace glmap::gateway::connectors::file
