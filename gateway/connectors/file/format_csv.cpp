// SPDX-License-Identifier: Apache-2.0
// Plain CSV: with the columns of csv_header, or with those that the configuration declares, one line a journal line.
#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

namespace {

/// What a column may show of a line.
struct Shown {
  const LegalEntity& entity;
  const JournalEntry& entry;
  const JournalLine& line;
  std::size_t number;
};

using Word = std::string (*)(const Shown&);
struct TextField {
  std::string_view name;
  Word value;
  bool prose = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "; ") + word;
  return out;
}
std::string dimensions_text(const Shown& of) {
  std::vector<std::string> words;
  for (const Dimension& dimension : of.line.dimensions) words.push_back(dimension.name + "=" + dimension.value);
  return joined(words);
}

constexpr std::array kTexts = {
    TextField{"reference", [](const Shown& of) { return of.entry.key().reference(); }},
    TextField{"entity", [](const Shown& of) { return of.entry.data().entity; }},
    TextField{"entity_name", [](const Shown& of) { return of.entity.name; }},
    TextField{"ledger", [](const Shown& of) { return of.entry.data().ledger; }},
    TextField{"journal", [](const Shown& of) { return of.entry.data().journal; }},
    TextField{"period", [](const Shown& of) { return of.entry.data().period; }},
    TextField{"document", [](const Shown& of) { return of.entry.data().document; }},
    TextField{"description", [](const Shown& of) { return of.entry.data().description; }, true},
    TextField{"line", [](const Shown& of) { return std::to_string(of.number); }},
    TextField{"account", [](const Shown& of) { return of.line.account; }},
    TextField{"account_name", [](const Shown& of) { return account_name(of.entity, of.line); }, true},
    TextField{"role", [](const Shown& of) { return of.line.role; }},
    TextField{"memo", [](const Shown& of) { return of.line.memo; }, true},
    TextField{"side", [](const Shown& of) { return std::string(to_text(of.line.side)); }},
    TextField{"D_or_C", [](const Shown& of) { return std::string(of.line.side == Side::debit ? "D" : "C"); }},
    TextField{"currency", [](const Shown& of) { return std::string(of.entry.data().functional.code()); }},
    TextField{"transaction_currency", [](const Shown& of) { return std::string(of.entry.data().currency.code()); }},
    TextField{"dimensions", dimensions_text},
    TextField{"reverses", [](const Shown& of) { return of.entry.data().reverses; }},
    TextField{"group", [](const Shown& of) { return of.entry.data().group; }},
    TextField{"event_type", [](const Shown& of) { return of.entry.data().origin->event_type; }},
    TextField{"event_source", [](const Shown& of) { return of.entry.key().source; }},
    TextField{"event_id", [](const Shown& of) { return of.entry.key().event_id; }},
    TextField{"event_revision", [](const Shown& of) { return of.entry.key().event_revision; }},
    TextField{"rules", [](const Shown& of) { return joined(of.entry.data().origin->rules); }},
    TextField{"bundle", [](const Shown& of) { return of.entry.data().origin->bundle_digest; }},
};
/// debit: the amount of a debit line, else nothing. amount: debit positive. size: without regard to the side.
constexpr std::array<std::string_view, 4> kAmounts = {"debit", "credit", "amount", "size"};
constexpr std::array<std::string_view, 2> kDates = {"posting_date", "document_date"};
constexpr std::string_view kTransaction = "transaction_";
constexpr std::string_view kDimension = "dimension.";

struct Column {
  std::string title;
  std::string field;  // empty: `constant`
  std::string constant;
  std::size_t most = kAnyLength;
};

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::ranges::end(names);
}

bool is_amount(std::string_view field) {
  if (field.starts_with(kTransaction)) field.remove_prefix(kTransaction.size());
  return among(kAmounts, field);
}

bool is_field(std::string_view name) {
  return std::ranges::find(kTexts, name, &TextField::name) != kTexts.end() || is_amount(name) || among(kDates, name) ||
         name == "rate" || (name.starts_with(kDimension) && name.size() > kDimension.size());
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return text;
}

/// [TITLE =] FIELD [: LENGTH]  or  TITLE = 'constant'
Result<Column> read_column(std::string_view text, std::size_t number, const FormatSettings& settings) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::BadConfiguration, settings.place() + ": column " + std::to_string(number) +
                                                 " of `columns`, `" + std::string(text) + "`, " + std::string(why));
  };
  Column out;
  std::string_view rest = trimmed(text);
  const std::size_t equals = rest.find('=');
  if (equals != std::string_view::npos) {
    out.title = trimmed(rest.substr(0, equals));
    rest = trimmed(rest.substr(equals + 1));
    if (out.title.empty()) return wrong("has no title before the `=`");
  }
  if (rest.size() >= 2 && rest.front() == '\'' && rest.back() == '\'') {
    if (out.title.empty()) return wrong("is a constant without a title");
    out.constant = rest.substr(1, rest.size() - 2);
    return out;
  }
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    const std::string_view digits = trimmed(rest.substr(colon + 1));
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out.most);
    if (fault != std::errc{} || end != digits.data() + digits.size() || out.most == 0) {
      return wrong("has no length behind the `:`, write FIELD:40");
    }
    rest = trimmed(rest.substr(0, colon));
  }
  out.field = rest;
  if (!is_field(out.field)) return wrong("names no field of an entry; docs/connectors/file.md lists them");
  if (out.title.empty()) out.title = out.field;
  return out;
}

Result<std::vector<Column>> read_columns(std::string_view text, const FormatSettings& settings) {
  std::vector<Column> out;
  std::string part;
  bool quoted = false;
  for (const char c : std::string(text) + ",") {
    if (c == '\'') quoted = !quoted;
    if (c != ',' || quoted) {
      part += c;
      continue;
    }
    GLMAP_TRY(column, read_column(part, out.size() + 1, settings));
    out.push_back(std::move(column));
    part.clear();
  }
  if (quoted) return settings.wrong("columns", "a closing `'` behind the constant");
  const auto has = [&](std::string_view field) { return std::ranges::find(out, field, &Column::field) != out.end(); };
  const bool sided = has("side") || has("D_or_C");
  if (!has("account") || !(has("amount") || (has("debit") && has("credit")) || (has("size") && sided))) {
    return settings.wrong("columns",
                          "`account`, and the amount as `debit` and `credit`, `amount`, or `size` and `side`");
  }
  return out;
}

struct CsvSettings {
  std::vector<Column> columns;
  Dialect dialect;
  std::string dates;
  std::string files;
  bool header = true;
};

void put_amount(Row& row, const Shown& of, std::string_view field) {
  const bool transaction = field.starts_with(kTransaction);
  if (transaction) field.remove_prefix(kTransaction.size());
  const Money& amount = transaction ? of.line.transaction : of.line.functional;
  if (field == "amount") {
    row.amount(signed_amount(of.entry, of.line.side, amount));
  } else if (field == "size" || (field == "debit") == (of.line.side == Side::debit)) {
    row.amount(booked(of.entry.data(), amount));
  } else {
    row.empty();
  }
}

void put(Row& row, const Shown& of, const Column& column, const CsvSettings& settings) {
  const std::string& field = column.field;
  if (field.empty()) {
    row.text(column.title, column.constant);
  } else if (is_amount(field)) {
    put_amount(row, of, field);
  } else if (among(kDates, field)) {
    const JournalEntryDraft& data = of.entry.data();
    row.plain(date_text(field == "posting_date" ? data.posting_date : data.document_date, settings.dates));
  } else if (field == "rate") {
    const auto& rate = of.entry.data().rate;
    row.plain(rate ? number_text(rate->to_text(), settings.dialect.decimal) : "");
  } else if (field.starts_with(kDimension)) {
    row.text(field, dimension_of(of.line, std::string_view(field).substr(kDimension.size())), column.most);
  } else {
    const TextField& text = *std::ranges::find(kTexts, field, &TextField::name);
    text.prose ? row.prose(field, text.value(of), column.most) : row.text(field, text.value(of), column.most);
  }
}

Result<std::string> declared_lines(const CsvSettings& settings, const LegalEntity& entity, const JournalEntry& entry) {
  std::string out;
  for (std::size_t i = 0; i < entry.lines().size(); ++i) {
    Row row(settings.dialect, line_place(i));
    const Shown of{entity, entry, entry.lines()[i], i + 1};
    for (const Column& column : settings.columns) put(row, of, column, settings);
    GLMAP_TRY(line, row.end());
    out += line;
  }
  return out;
}

Result<CsvSettings> read_settings(const FormatSettings& settings) {
  CsvSettings out;
  GLMAP_TRY(columns, read_columns(settings.text("columns"), settings));
  GLMAP_TRY(separator, settings.one_of("separator", {",", ";", "tab", "|"}));
  GLMAP_TRY(decimal, settings.one_of("decimal", {".", ","}));
  GLMAP_TRY(newline, settings.one_of("newline", {"lf", "crlf"}));
  GLMAP_TRY(header, settings.one_of("header", {"yes", "no"}));
  GLMAP_TRY(long_text, settings.one_of("long_text", {"refuse", "cut"}));
  GLMAP_TRY(transliterate, settings.yes_no("transliterate"));
  GLMAP_TRY(charset, settings.charset(Charset::utf_8));
  GLMAP_TRY(files, settings.one_of("files", {"all", "year", "month", "day"}));
  GLMAP_TRY(dates, settings.one_of("dates", {"YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "DD.MM.YYYY", "DD/MM/YYYY",
                                             "MM/DD/YYYY", "DDMMYYYY"}));
  out.columns = std::move(columns);
  out.dialect = {separator == "tab" ? "\t" : separator,
                 newline == "lf" ? "\n" : "\r\n",
                 Quotes::as_needed,
                 decimal.front(),
                 charset,
                 transliterate,
                 long_text == "cut"};
  out.dates = dates;
  out.files = files;
  out.header = header == "yes";
  return out;
}

/// The fixed columns, as `glmapc simulate --format csv` writes them.
Format standard() {
  Format out;
  out.name = "csv";
  out.file_of = [](const JournalEntry&) { return "entries.csv"; };
  out.head = [](const JournalEntry&, Instant) { return csv_header(); };
  out.lines = [](const JournalEntry& entry, const Stamp&) -> Result<std::string> { return csv_entry(entry); };
  return out;
}

}  // namespace

Result<Format> make_csv(const LegalEntity& entity, const FormatSettings& settings) {
  if (settings.text("columns").empty()) {
    for (const std::string_view key :
         {"separator", "decimal", "dates", "charset", "transliterate", "newline", "header", "long_text", "files"}) {
      if (!settings.text(std::string(key)).empty())
        return settings.wrong(std::string(key), "the `columns` to which it applies, too");
    }
    return standard();
  }
  GLMAP_TRY(read, read_settings(settings));
  Row titles(read.dialect, "`columns`");
  for (const Column& column : read.columns) titles.text("title", column.title);
  const auto first = titles.end();
  if (!first) return fail(ErrorCode::BadConfiguration, settings.place() + ": " + first.error().message);
  const std::string head = std::string(file_mark(read.dialect.charset)) + (read.header ? *first : "");
  Format out;
  out.name = "csv";
  out.transaction_amounts = std::ranges::any_of(read.columns, [](const Column& column) {
    return column.field.starts_with(kTransaction) && is_amount(column.field);
  });
  out.file_of = [files = read.files](const JournalEntry& entry) {
    return with_period("entries", files, entry.data().posting_date) + ".csv";
  };
  out.head = [head](const JournalEntry&, Instant) { return head; };
  out.lines = [entity, read = std::move(read)](const JournalEntry& entry, const Stamp&) {
    return declared_lines(read, entity, entry);
  };
  return out;
}

}  // namespace glmap::gateway::connectors::file
