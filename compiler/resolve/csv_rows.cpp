// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/csv_rows.hpp"

#include <algorithm>

#include "compiler/resolve/utf8.hpp"
#include "compiler/syntax/cells.hpp"

namespace glmap::resolve {
namespace {

constexpr std::size_t kBytesMax = std::size_t{64} << 20;

Span place(const CsvFile& file, std::uint32_t line, std::uint32_t column, std::size_t length) {
  return {{file.name, line, column, {}}, static_cast<std::uint32_t>(length)};
}
Span place(const CsvFile& file, const CsvLines& at, const CsvLines::Field& field) {
  return place(file, at.number(), static_cast<std::uint32_t>(count_characters(at.line().substr(0, field.offset)) + 1),
               count_characters(field.text));
}

bool is_text(Context& context, const CsvFile& file) {
  if (file.text.size() > kBytesMax) {
    context.error(ErrorCode::TooLarge, place(file, 0, 0, 0),
                  "the file holds " + std::to_string(file.text.size()) + " bytes",
                  "at most " + std::to_string(kBytesMax) + " are read");
    return false;
  }
  if (file.text.starts_with("PK\x03\x04") || file.text.starts_with("\xD0\xCF\x11\xE0")) {
    context.error(ErrorCode::NotUtf8, place(file, 0, 0, 0), "the file is an Excel workbook, rows of text are expected",
                  "save the sheet as `CSV UTF-8` and name that file behind `rows from`");
    return false;
  }
  const auto bad = find_bad_byte(file.text);
  if (!bad) return true;
  const std::string_view before = file.text.substr(0, bad->offset);
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const Span at = place(file, static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
                        static_cast<std::uint32_t>(count_characters(before.substr(start)) + 1), 0);
  context.error(ErrorCode::NotUtf8, at,
                bad->control ? "a control character stands in the file" : "the file is not UTF-8 text from here on",
                bad->control ? "delete it" : "save the file as CSV in UTF-8");
  return false;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  return from == std::string_view::npos ? std::string_view()
                                        : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool split(Context& context, const CsvFile& file, CsvLines& at) {
  if (at.split()) return true;
  context.error(ErrorCode::BadCell, place(file, at.number(), 1, count_characters(at.line())),
                "a quotation mark of this line is not closed, or text stands behind it",
                "write a quoted cell as \"a, b\" and a quotation mark in it twice; a row is one line");
  return false;
}

bool check_header(Context& context, const syntax::TableDecl& table, const CsvFile& file, CsvLines& at) {
  if (!split(context, file, at)) return false;
  std::vector<std::string> wanted;
  for (const auto* words : {&table.asked, &table.answered})
    for (const Word& word : *words) wanted.push_back(word.text);
  std::string expected;
  for (const std::string& word : wanted) expected += (expected.empty() ? "" : ",") + word;
  const auto& fields = at.fields();
  for (std::size_t i = 0; i < std::max(fields.size(), wanted.size()); ++i) {
    const std::string found(i < fields.size() ? trimmed(fields[i].text) : std::string_view());
    if (i < wanted.size() && found == wanted[i]) continue;
    const Span span =
        i < fields.size() ? place(file, at, fields[i]) : place(file, at.number(), 1, count_characters(at.line()));
    const bool semicolons = at.line().find(';') != std::string_view::npos && fields.size() == 1;
    context.error_with(
        ErrorCode::RowWidth, span,
        found.empty() ? "the file has no column " + tick(wanted[i])
                      : "column " + tick(found) + " stands where " +
                            (i < wanted.size() ? tick(wanted[i]) : "the end of the line") + " is expected",
        table.header_span, "the table's columns are here",
        semicolons ? "save the file with commas between the cells" : "let the first line be " + tick(expected));
    return false;
  }
  return true;
}

struct Damage {
  std::string message, help;
};

/// What a spreadsheet leaves in a file in place of the value that was meant.
std::optional<Damage> damage_of(std::string_view content) {
  const std::string seen = tick(content);
  if (content.starts_with('='))
    return Damage{seen + " is a formula and not its value",
                  "write the value, or save the file from the spreadsheet again, which writes values"};
  if (content.starts_with('#'))
    return Damage{seen + " is what a spreadsheet shows when a formula fails",
                  "mend the formula in the spreadsheet, and save the file again"};
  if (content.starts_with('\''))
    return Damage{seen + " begins with the apostrophe by which a spreadsheet marks text",
                  "write " + tick(content.substr(1)) + " without it"};
  if (is_scientific(content))
    return Damage{seen + " is a number as a spreadsheet shortens it, and digits may be lost",
                  "format the column as text in the spreadsheet, write the value again, and save the file"};
  return std::nullopt;
}

/// The cell grammar of the book, on a row of this one cell whose bar would stand just before it.
syntax::Cell read_cell(Context& context, const Span& span, std::string_view content) {
  if (const auto damage = damage_of(trimmed(content))) {
    context.error(ErrorCode::BadCell, span, damage->message, damage->help);
    return {};
  }
  const std::string text = "|" + std::string(content) + "|";
  Span bar = span;
  bar.length = 1;
  bar.where.column -= 1;
  auto cells = syntax::read_row({text, bar}, context.sink);
  if (cells && cells->asked.size() == 1 && !cells->divided) return std::move(cells->asked.front());
  if (cells)
    context.error(ErrorCode::BadCell, span, "a bar stands in this cell", "write the value in quotes within the cell");
  return {};
}

}  // namespace

bool is_scientific(std::string_view text) {
  const std::size_t mark = text.find_first_of("Ee");
  if (mark == std::string_view::npos || mark == 0) return false;
  const std::string_view digits = text.substr(0, mark);
  std::string_view exponent = text.substr(mark + 1);
  // `1E5` can be a name; a spreadsheet writes a point before or a sign behind.
  const bool written_by_sheet = digits.find('.') != std::string_view::npos || exponent.starts_with('+');
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  return written_by_sheet && !exponent.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos &&
         exponent.find_first_not_of("0123456789") == std::string_view::npos;
}

bool CsvLines::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    ++number_;
    if (line_.find_first_not_of(" \t,") != std::string_view::npos) return true;  // spreadsheets leave empty lines
  }
  return false;
}

bool CsvLines::split() {
  fields_.clear();
  unquoted_.clear();
  for (std::size_t at = 0;; ++at) {
    if (at == line_.size() || line_[at] != '"') {
      const std::size_t end = std::min(line_.find(',', at), line_.size());
      fields_.push_back({line_.substr(at, end - at), at});
      at = end;
    } else {
      const std::size_t from = ++at;
      bool doubled = false;
      for (;; at += 2) {
        at = line_.find('"', at);
        if (at == std::string_view::npos) return false;
        if (at + 1 == line_.size() || line_[at + 1] != '"') break;
        doubled = true;
      }
      fields_.push_back({line_.substr(from, at - from), from});
      if (doubled) {
        std::string& text = unquoted_.emplace_back(fields_.back().text);
        for (std::size_t quote = text.find('"'); quote != std::string::npos; quote = text.find('"', quote + 1))
          text.erase(quote, 1);
        fields_.back().text = text;
      }
      if (++at < line_.size() && line_[at] != ',') return false;
    }
    if (at == line_.size()) return true;
  }
}

std::optional<CsvFile> open_csv(Context& context, const syntax::TableDecl& table, const ReadFile& read_file,
                                diagnostics::Sources& sources) {
  if (table.asked.empty() || table.answered.empty()) {
    context.error(ErrorCode::MissingClause, table.csv.span,
                  "table " + tick(table.name.text) + " does not say which columns are asked and which are answered",
                  "write the header `| product || account |` above `rows from`; the file repeats its columns");
    return std::nullopt;
  }
  CsvFile file{path_beside(table.csv.span.where.file, table.csv.text), {}};
  if (sources.text(file.name) == nullptr) {  // else another table has its rows from it too
    auto text = read_file(table.csv.text);
    if (!text) {
      context.error(ErrorCode::FileNotReadable, table.csv.span,
                    tick(table.csv.text) + " cannot be opened: " + text.error().message,
                    "write the path from the book's directory");
      return std::nullopt;
    }
    sources.add(file.name, std::move(*text));
  }
  file.text = *sources.text(file.name);
  if (!is_text(context, file)) return std::nullopt;
  CsvLines lines(file.text);
  if (lines.next()) return check_header(context, table, file, lines) ? std::optional(std::move(file)) : std::nullopt;
  context.error(ErrorCode::MissingClause, place(file, 0, 0, 0), "the file is empty",
                "repeat the columns of table " + tick(table.name.text) + " in its first line");
  return std::nullopt;
}

std::optional<syntax::TableRow> read_csv_row(Context& context, const syntax::TableDecl& table, const CsvFile& file,
                                             CsvLines& at) {
  if (!split(context, file, at)) return std::nullopt;
  syntax::TableRow row;
  row.span = place(file, at.number(), 1, count_characters(at.line()));
  const std::size_t width = table.asked.size() + table.answered.size();
  if (const std::size_t cells = at.fields().size(); cells != width) {
    context.error_with(ErrorCode::RowWidth, row.span,
                       std::string("the row has too ") + (cells < width ? "few" : "many") +
                           " cells: " + std::to_string(cells) + " instead of " + std::to_string(width),
                       table.header_span, "the table's columns are here",
                       cells < width ? "write " + tick(std::string(at.line()) + std::string(width - cells, ',')) +
                                           ": an empty cell keeps its comma"
                                     : std::string("write a cell that holds commas in quotes, as \"a, b\""));
    return std::nullopt;
  }
  const std::size_t before = context.sink.error_count();
  for (std::size_t i = 0; i < width; ++i)
    (i < table.asked.size() ? row.asked : row.answered)
        .push_back(read_cell(context, place(file, at, at.fields()[i]), at.fields()[i].text));
  if (context.sink.error_count() != before) return std::nullopt;
  return row;
}

std::vector<std::pair<std::uint32_t, Span>> csv_spans(const CsvFile& file, std::size_t field) {
  std::vector<std::pair<std::uint32_t, Span>> spans;
  CsvLines lines(file.text);
  while (lines.next())
    if (lines.split() && field < lines.fields().size())
      spans.emplace_back(lines.number(), place(file, lines, lines.fields()[field]));
  return spans;
}

}  // namespace glmap::resolve
