// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/cells.hpp"

#include <algorithm>

#include <boost/range/iterator_range.hpp>
#include <boost/spirit/home/x3.hpp>

#include "compiler/diagnostics/plain_text.hpp"

namespace glmap::syntax {
namespace {

namespace x3 = boost::spirit::x3;
using Iterator = std::string_view::const_iterator;
using Piece = boost::iterator_range<Iterator>;

// clang-format off
const auto blank = x3::char_(" \t\r");
const auto blanks = *blank;
const auto word_char = x3::char_("a-zA-Z0-9_") | x3::char_('\x80', '\xFF');  // bytes of other letters
const auto quoted = '"' >> *('\\' >> x3::char_ | (x3::char_ - '"' - '\\')) >> '"';
const auto word = word_char >> *(word_char | (x3::char_(".-") >> &word_char));
const auto atom = -x3::lit('-') >> word;
const auto percentage = atom >> blanks >> '%';
const auto no_line = x3::lit("no") >> +blank >> x3::lit("line") >> !word_char;
const auto item = x3::raw[quoted | no_line | percentage | atom];

// Each takes `take`, the action that collects a piece of the text.
// One row: bars around cells. Two hyphens start a comment, except in quotes.
const auto cells_and_bars = [](const auto& take) {
  const auto cell_text = x3::raw[*(x3::omit[quoted] | (x3::char_ - '|' - '"' - "--"))];
  return +(cell_text[take] >> x3::raw[x3::lit("||") | x3::lit("|")][take]);
};
// One cell.
const auto list = [](const auto& take) { return item[take] % (blanks >> ',' >> blanks); };
const auto range = [](const auto& take) {
  return x3::raw[-atom][take] >> blanks >> ".." >> blanks >> x3::raw[-atom][take];
};
const auto by_table = [](const auto& take) { return x3::lit("by") >> +blank >> x3::raw[word][take]; };
const auto reason = [](const auto& take) { return x3::lit("because") >> blanks >> x3::raw[quoted][take]; };
const auto words = [](const auto& take) { return x3::raw[atom][take] % (blanks >> ',' >> blanks); };
const auto text_or_item = [](const auto& take) { return item[take]; };
// clang-format on

std::string_view view(const Piece& piece) {
  return std::string_view(piece.begin(), piece.end());
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

/// Reads as much of `text` as `grammar` can into `found`; returns what is left, or nothing when it does not fit at all.
template <class Grammar>
std::optional<std::string_view> read_some(std::string_view text, const Grammar& grammar, std::vector<Piece>& found) {
  found.clear();
  const auto take = [&found](const auto& context) { found.push_back(x3::_attr(context)); };
  Iterator at = text.begin();
  if (!x3::parse(at, text.end(), grammar(take))) return std::nullopt;
  return std::string_view(at, text.end());
}

/// True when `grammar` reads all of `text`.
template <class Grammar>
bool reads(std::string_view text, const Grammar& grammar, std::vector<Piece>& found) {
  const auto rest = read_some(text, grammar, found);
  return rest && rest->empty();
}

struct Cut {
  std::vector<Piece> cells;
  std::vector<Piece> bars;  // bars[i] closes cells[i]
  std::string_view rest;    // behind the last bar
};

std::optional<Cut> cut(std::string_view text) {
  if (!text.starts_with('|')) return std::nullopt;
  Cut result;
  std::vector<Piece> found;
  const auto rest = read_some(text.substr(1), cells_and_bars, found);
  if (!rest) {
    result.rest = text.substr(1);
    return result;
  }
  // A cell without its bar may have been collected last; it is part of the rest.
  for (std::size_t index = 0; index + 1 < found.size(); index += 2) {
    result.cells.push_back(found[index]);
    result.bars.push_back(found[index + 1]);
  }
  result.rest = trimmed(*rest);
  return result;
}

bool is_complete(const Cut& cut) {
  return !cut.cells.empty() && (cut.rest.empty() || cut.rest.starts_with("--"));
}

class Reader {
 public:
  Reader(const RowText& row, diagnostics::Sink& sink) : row_(row), sink_(sink) {}

  std::optional<RowCells> run() {
    const std::optional<RawRow> raw = cut_cells();
    if (!raw) return std::nullopt;
    RowCells result;
    result.divided = raw->divided;
    result.divider = raw->divider;
    result.span = raw->span;
    result.comment = raw->comment;
    for (const std::string_view gap : raw->asked) result.asked.push_back(read_cell(gap));
    for (const std::string_view gap : raw->answered)
      if (!read_reason(trimmed(gap), result)) result.answered.push_back(read_cell(gap));
    return result;
  }

  std::optional<RawRow> cut_cells() {
    const std::optional<Cut> pieces = cut(row_.text);
    if (!pieces || !is_complete(*pieces)) {
      report_bars(pieces ? pieces->rest : row_.text);
      return std::nullopt;
    }
    RawRow result;
    result.comment = pieces->rest;
    result.span = span_of(std::string_view(row_.text.begin(), pieces->bars.back().end()));
    for (std::size_t index = 0; index < pieces->cells.size(); ++index) {
      (result.divided ? result.answered : result.asked).push_back(view(pieces->cells[index]));
      const Piece& closing = pieces->bars[index];
      if (closing.size() != 2) continue;
      if (index + 1 == pieces->cells.size()) {
        report(view(closing), "the row ends with `||`", "write what is answered behind `||`, and end the row with `|`");
      } else if (result.divided) {
        report(view(closing), "a second `||` stands in this row",
               "`||` divides the columns asked from those answered, once a row; leave a blank between bars for an "
               "empty cell");
      } else {
        result.divided = true;
        result.divider = span_of(view(closing));
      }
    }
    return result;
  }

 private:
  /// Rows are read left to right, so places are counted from the last one asked for.
  Span span_of(std::string_view part) {
    const auto offset = static_cast<std::size_t>(part.data() - row_.text.data());
    if (offset < counted_) counted_ = characters_ = 0;
    characters_ += diagnostics::decode(row_.text.substr(counted_, offset - counted_)).size();
    counted_ = offset;
    Span result = row_.span;
    result.where.column += static_cast<std::uint32_t>(characters_);
    result.length = static_cast<std::uint32_t>(diagnostics::decode(part).size());
    return result;
  }

  void report(std::string_view part, std::string message, std::string help) {
    sink_.error(ErrorCode::BadCell, span_of(part), std::move(message), std::move(help));
  }

  void report_bars(std::string_view rest) {
    const std::size_t quote = rest.find('"');
    if (quote != std::string_view::npos) {
      std::vector<Piece> found;
      if (!read_some(rest.substr(quote), text_or_item, found)) {
        return report(rest.substr(quote), "the quotation mark is not closed on this line", "close the text with `\"`");
      }
    }
    const std::string_view shown = rest.empty() ? row_.text : rest;
    report(shown, "the row does not end with `|`",
           "a row stands on one line between bars; behind the last bar only a comment `-- ...` may follow");
  }

  Word word_of(std::string_view part) {
    Word result;
    result.span = span_of(part);
    result.quoted = part.starts_with('"');
    if (result.quoted) {
      result.text = unquoted(part);
    } else if (part.ends_with('%')) {
      result.text = std::string(trimmed(part.substr(0, part.size() - 1))) + " %";
    } else if (part.find_first_of(" \t") != std::string_view::npos) {
      result.text = "no line";
    } else {
      result.text = part;
    }
    return result;
  }

  bool read_reason(std::string_view content, RowCells& row) {
    if (!content.starts_with("because")) return false;
    std::vector<Piece> found;
    if (!reads(content, reason, found)) return false;
    row.because = word_of(view(found[0]));
    return true;
  }

  Cell read_cell(std::string_view gap) {
    Cell cell;
    const std::string_view content = trimmed(gap);
    cell.span = span_of(content.empty() ? gap : content);
    cell.span.length = std::max<std::uint32_t>(cell.span.length, 1);
    std::vector<Piece> found;
    if (content.empty()) return cell;
    if (content == "any") {
      cell.kind = Cell::Kind::any;
    } else if (content == "-") {
      cell.kind = Cell::Kind::not_used;
    } else if (reads(content, by_table, found)) {
      cell.kind = Cell::Kind::by_table;
    } else if (reads(content, list, found)) {
      cell.kind = Cell::Kind::values;
    } else if (content != ".." && reads(content, range, found)) {
      cell.kind = Cell::Kind::range;
    } else {
      report_cell(content);
      return cell;
    }
    for (const Piece& piece : found) cell.values.push_back(word_of(view(piece)));
    check_values(cell);
    return cell;
  }

  void check_values(Cell& cell) {
    if (cell.kind != Cell::Kind::values) return;
    for (const Word& value : cell.values) {
      if (value.quoted || value.text != "any") continue;
      sink_.error(ErrorCode::BadCell, value.span, "`any` stands beside other values",
                  "write `any` alone for every value of the column, or list the values");
    }
  }

  void report_cell(std::string_view content) {
    std::vector<Piece> found;
    if (content.starts_with("because ")) {
      return report(content, "this reason does not stand in double quotes", "write `because \"reason\"`");
    }
    const std::string_view rest = read_some(content, list, found).value_or(content);
    const std::string_view next = trimmed(rest);
    if (found.empty() || next.empty()) {
      return report(
          content, "`" + diagnostics::printable_utf8(content, false) + "` cannot be read as a cell",
          "a cell holds values separated by commas, `any`, `-`, or nothing; a text with other signs stands in quotes");
    }
    if (next.starts_with(',')) {
      return report(next, "a comma stands here without a value behind it", "write the value, or remove the comma");
    }
    std::vector<Piece> second;
    if (read_some(next, text_or_item, second)) {
      return report(
          view(second[0]), "two values stand side by side in this cell",
          "write a comma between two values, or a bar between two cells; a name is one word, joined by `_` or `-`; a "
          "text stands in quotes");
    }
    report(next, "`" + diagnostics::printable_utf8(next, false) + "` cannot be read in a cell",
           "a name is letters, digits and `_`, joined by `-` or `.`; anything else stands in quotes");
  }

  const RowText& row_;
  diagnostics::Sink& sink_;
  std::size_t counted_ = 0;
  std::size_t characters_ = 0;
};

/// One blank for any run of blanks, none before and one behind a comma; quoted texts are kept.
std::string neat(std::string_view content) {
  std::string result;
  bool in_quotes = false;
  for (std::size_t index = 0; index < content.size(); ++index) {
    const char c = content[index];
    const bool is_blank = c == ' ' || c == '\t' || c == '\r';
    if (in_quotes || (!is_blank && c != ',')) {
      if (!in_quotes && result.ends_with(',')) result.push_back(' ');
      result.push_back(c);
      if (in_quotes && c == '\\' && index + 1 < content.size()) {
        result.push_back(content[++index]);
      } else if (c == '"') {
        in_quotes = !in_quotes;
      }
    } else if (c == ',') {
      if (result.ends_with(' ')) result.pop_back();
      result.push_back(',');
    } else if (!result.ends_with(' ') && !result.ends_with(',')) {
      result.push_back(' ');
    }
  }
  return result;
}

}  // namespace

std::optional<RowCells> read_row(const RowText& row, diagnostics::Sink& sink) {
  return Reader(row, sink).run();
}

std::optional<RawRow> cut_cells(const RowText& row, diagnostics::Sink& sink) {
  return Reader(row, sink).cut_cells();
}

Span span_in_row(const RowText& row, std::string_view part) {
  const auto offset = static_cast<std::size_t>(part.data() - row.text.data());
  Span result = row.span;
  result.where.column += static_cast<std::uint32_t>(diagnostics::decode(row.text.substr(0, offset)).size());
  result.length = static_cast<std::uint32_t>(diagnostics::decode(part).size());
  return result;
}

std::optional<RowPieces> cut_row(std::string_view text) {
  const std::optional<Cut> pieces = cut(text);
  if (!pieces || !is_complete(*pieces)) return std::nullopt;
  RowPieces result;
  result.asked = pieces->cells.size();
  result.comment = pieces->rest;
  for (std::size_t index = 0; index < pieces->cells.size(); ++index) {
    result.cells.push_back(neat(trimmed(view(pieces->cells[index]))));
    if (pieces->bars[index].size() != 2) continue;
    // A second `||`, or one without an answer: nobody knows which columns are meant.
    if (result.asked != pieces->cells.size() || index + 1 == pieces->cells.size()) return std::nullopt;
    result.asked = index + 1;
  }
  return result;
}

bool split_words(std::string_view cell, std::vector<std::string_view>& found) {
  found.clear();
  const std::string_view content = trimmed(cell);
  const auto take = [&found](const auto& context) { found.push_back(view(x3::_attr(context))); };
  Iterator at = content.begin();
  return x3::parse(at, content.end(), words(take)) && at == content.end();
}

std::string unquoted(std::string_view quoted) {
  std::string result;
  if (quoted.starts_with('"')) quoted.remove_prefix(1);
  for (std::size_t index = 0; index < quoted.size(); ++index) {
    if (quoted[index] == '\\' && index + 1 < quoted.size()) {
      result.push_back(quoted[++index]);
    } else if (quoted[index] != '"') {
      result.push_back(quoted[index]);
    }
  }
  return result;
}

}  // namespace glmap::syntax
