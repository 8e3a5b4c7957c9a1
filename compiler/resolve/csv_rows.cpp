// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/csv_rows.hpp"

#include <algorithm>

#include "compiler/resolve/utf8.hpp"
#include "compiler/syntax/cells.hpp"

namespace glmap::resolve {
namespace {

constexpr std::size_t kBytesMax = std::size_t{64} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets write one

struct Field {
  std::string text;
  std::uint32_t column = 1;  // of its first character, behind the quote when there is one
};

/// One line to its fields. A quoted field may hold commas and doubled quotes, but no line break: a row is one line.
/// nullopt when a quote is not closed or something stands behind it.
std::optional<std::vector<Field>> split(std::string_view line) {
  std::vector<Field> fields;
  std::size_t at = 0;
  for (;;) {
    Field field;
    const bool quoted = at < line.size() && line[at] == '"';
    if (quoted) ++at;
    field.column = static_cast<std::uint32_t>(count_characters(line.substr(0, at)) + 1);
    while (at < line.size()) {
      if (quoted && line[at] == '"') {
        if (at + 1 >= line.size() || line[at + 1] != '"') break;
        ++at;
      } else if (!quoted && line[at] == ',') {
        break;
      }
      field.text.push_back(line[at++]);
    }
    if (quoted) {
      if (at == line.size()) return std::nullopt;
      ++at;
      if (at < line.size() && line[at] != ',') return std::nullopt;
    }
    fields.push_back(std::move(field));
    if (at == line.size()) return fields;
    ++at;
  }
}

class CsvReader {
 public:
  CsvReader(Context& context, const syntax::TableDecl& table, std::string file, std::string_view text)
      : context_(context), table_(table), file_(std::move(file)), text_(text) {}

  std::vector<syntax::TableRow> read() {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
    if (!is_text()) return {};
    std::vector<syntax::TableRow> rows;
    bool has_header = false;
    std::uint32_t line_number = 0;
    while (!text_.empty()) {
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++line_number;
      if (line.find_first_not_of(" \t,") == std::string_view::npos) continue;  // spreadsheets leave empty lines
      if (!has_header) {
        has_header = true;
        if (!check_header(line, line_number)) return {};
      } else if (auto row = read_row(line, line_number)) {
        rows.push_back(std::move(*row));
      }
    }
    if (!has_header)
      context_.error(ErrorCode::MissingClause, span(0, 0, 0), "the file is empty",
                     "repeat the columns of table " + tick(table_.name.text) + " in its first line");
    return rows;
  }

 private:
  Span span(std::uint32_t line, std::uint32_t column, std::size_t length) const {
    return {{file_, line, column, {}}, static_cast<std::uint32_t>(length)};
  }

  bool is_text() {
    if (text_.size() > kBytesMax) {
      context_.error(ErrorCode::TooLarge, span(0, 0, 0), "the file holds " + std::to_string(text_.size()) + " bytes",
                     "at most " + std::to_string(kBytesMax) + " are read");
      return false;
    }
    const auto bad = find_bad_byte(text_);
    if (!bad) return true;
    const std::string_view before = text_.substr(0, bad->offset);
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const Span at = span(static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
                         static_cast<std::uint32_t>(count_characters(before.substr(start)) + 1), 0);
    context_.error(ErrorCode::NotUtf8, at,
                   bad->control ? "a control character stands in the file" : "the file is not UTF-8 text from here on",
                   bad->control ? "delete it" : "save the file as CSV in UTF-8");
    return false;
  }

  std::optional<std::vector<Field>> fields_of(std::string_view line, std::uint32_t number) {
    auto fields = split(line);
    if (!fields)
      context_.error(ErrorCode::BadCell, span(number, 1, count_characters(line)),
                     "a quotation mark of this line is not closed, or text stands behind it",
                     "write a quoted cell as \"a, b\" and a quotation mark in it twice; a row is one line");
    return fields;
  }

  bool check_header(std::string_view line, std::uint32_t number) {
    const auto fields = fields_of(line, number);
    if (!fields) return false;
    std::vector<std::string> wanted;
    for (const auto* words : {&table_.asked, &table_.answered})
      for (const Word& word : *words) wanted.push_back(word.text);
    std::string expected;
    for (const std::string& word : wanted) expected += (expected.empty() ? "" : ",") + word;
    for (std::size_t i = 0; i < std::max(fields->size(), wanted.size()); ++i) {
      const std::string found = i < fields->size() ? trimmed((*fields)[i].text) : std::string();
      if (i < wanted.size() && found == wanted[i]) continue;
      const Span at = i < fields->size() ? span(number, (*fields)[i].column, count_characters((*fields)[i].text))
                                         : span(number, 1, count_characters(line));
      const bool semicolons = line.find(';') != std::string_view::npos && fields->size() == 1;
      context_.error_with(
          ErrorCode::RowWidth, at,
          found.empty() ? "the file has no column " + tick(wanted[i])
                        : "column " + tick(found) + " stands where " +
                              (i < wanted.size() ? tick(wanted[i]) : "the end of the line") + " is expected",
          table_.header_span, "the table's columns are here",
          semicolons ? "save the file with commas between the cells" : "let the first line be " + tick(expected));
      return false;
    }
    return true;
  }

  static std::string trimmed(const std::string& text) {
    const std::size_t from = text.find_first_not_of(" \t");
    return from == std::string::npos ? std::string() : text.substr(from, text.find_last_not_of(" \t") - from + 1);
  }

  std::optional<syntax::TableRow> read_row(std::string_view line, std::uint32_t number) {
    const auto fields = fields_of(line, number);
    if (!fields) return std::nullopt;
    syntax::TableRow row;
    row.span = span(number, 1, count_characters(line));
    const std::size_t width = table_.asked.size() + table_.answered.size();
    if (fields->size() != width) {
      context_.error_with(
          ErrorCode::RowWidth, row.span,
          "the row has " + std::to_string(fields->size()) + " cells, the header has " + std::to_string(width),
          table_.header_span, "the table's columns are here", "write a cell that holds commas in quotes, as \"a, b\"");
      return std::nullopt;
    }
    const std::size_t before = context_.sink.error_count();
    for (std::size_t i = 0; i < width; ++i)
      (i < table_.asked.size() ? row.asked : row.answered).push_back(read_cell((*fields)[i], number));
    if (context_.sink.error_count() != before) return std::nullopt;
    return row;
  }

  /// The cell grammar of the book, on a row of this one cell whose bar would stand just before it.
  syntax::Cell read_cell(const Field& field, std::uint32_t number) {
    const std::string text = "|" + field.text + "|";
    Span bar = span(number, field.column, 1);
    bar.where.column -= 1;
    auto cells = syntax::read_row({text, bar}, context_.sink);
    if (cells && cells->asked.size() == 1 && !cells->divided) return std::move(cells->asked.front());
    if (cells)
      context_.error(ErrorCode::BadCell, span(number, field.column, count_characters(field.text)),
                     "a bar stands in this cell", "write the value in quotes within the cell");
    return {};
  }

  Context& context_;
  const syntax::TableDecl& table_;
  std::string file_;
  std::string_view text_;
};

}  // namespace

std::vector<syntax::TableRow> read_csv_rows(Context& context, const syntax::TableDecl& table, const ReadFile& read_file,
                                            diagnostics::Sources& sources) {
  if (table.asked.empty() || table.answered.empty()) {
    context.error(ErrorCode::MissingClause, table.csv.span,
                  "table " + tick(table.name.text) + " does not say which columns are asked and which are answered",
                  "write the header `| product || account |` above `rows from`; the file repeats its columns");
    return {};
  }
  auto text = read_file(table.csv.text);
  if (!text) {
    context.error(ErrorCode::FileNotReadable, table.csv.span,
                  tick(table.csv.text) + " cannot be opened: " + text.error().message,
                  "write the path from the book's directory");
    return {};
  }
  const std::string file = path_beside(table.csv.span.where.file, table.csv.text);
  auto rows = CsvReader(context, table, file, *text).read();
  sources.add(file, std::move(*text));
  return rows;
}

}  // namespace glmap::resolve
