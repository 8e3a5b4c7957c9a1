// SPDX-License-Identifier: Apache-2.0
// Lines stay where the author broke them; what changes is indentation, blanks between words and the width of columns.
#include <algorithm>
#include <map>

#include "compiler/diagnostics/plain_text.hpp"
#include "compiler/syntax/cells.hpp"
#include "compiler/syntax/concrete_tree.hpp"
#include "compiler/syntax/layout.hpp"
#include "compiler/syntax/parse.hpp"
#include "compiler/syntax/text_check.hpp"

namespace glmap::syntax {
namespace {

std::size_t width_of(std::string_view text) {
  return diagnostics::decode(text).size();
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t own = width_of(text);
  return std::string(text) + std::string(width > own ? width - own : 0, ' ');
}

std::string_view without_end_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

/// One line of the result, before columns are known.
struct Line {
  enum class Kind : std::uint8_t { blank, comment, words, row };
  Kind kind = Kind::blank;
  std::size_t level = 0;
  bool at_margin = false;  // a comment that the author put at the margin
  std::uint32_t group = 0;
  std::vector<std::string> columns;  // words: leading columns; row: cells
  std::string rest;                  // words behind the columns
  std::size_t asked = 0;             // row: cells left of `||`
  bool has_reason = false;           // row: the last cell is a reason
  std::string comment;
};

/// Column widths of the lines of one group. Rows measure asked, answered and reason cells apart.
struct Widths {
  std::vector<std::size_t> columns;
  std::vector<std::size_t> answered;
  std::size_t reason = 0;

  static void grow(std::vector<std::size_t>& widths, std::size_t index, std::string_view cell) {
    if (widths.size() <= index) widths.resize(index + 1, 0);
    widths[index] = std::max(widths[index], width_of(cell));
  }
};

class Formatter {
 public:
  explicit Formatter(const ConcreteTree& tree) : tree_(tree), layout_(lay_out(tree)) {}

  std::string run() {
    std::string_view rest = tree_.text;
    for (std::uint32_t number = 1; !rest.empty(); ++number) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      add_line(number, without_end_blanks(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    place_comments();
    measure();
    return write();
  }

 private:
  void add_line(std::uint32_t number, std::string_view text) {
    const std::size_t first = next_;
    while (next_ + 1 < tree_.tokens.size() && tree_.tokens[next_].line == number) ++next_;
    if (first == next_) {
      Line line;
      line.kind = text.find_first_not_of(" \t") == std::string_view::npos ? Line::Kind::blank : Line::Kind::comment;
      if (line.kind == Line::Kind::comment) {
        line.at_margin = text.front() == '-';
        line.comment = text.substr(text.find_first_not_of(" \t"));
      }
      lines_.push_back(std::move(line));
      return;
    }
    const bool ends_in_row = tree_.tokens[next_ - 1].kind == TokenKind::row;
    const std::size_t words_end = ends_in_row ? next_ - 1 : next_;
    if (words_end != first) {
      lines_.push_back(words_line(first, words_end));
      if (!ends_in_row) lines_.back().comment = comment_behind(tree_.tokens[next_ - 1], text);
    }
    if (ends_in_row) lines_.push_back(row_line(next_ - 1));
  }

  /// What stands behind the last token of a line can only be a comment.
  static std::string comment_behind(const Token& last, std::string_view line) {
    const char* end = last.text.data() + last.text.size();
    const std::string_view behind(end, static_cast<std::size_t>(line.data() + line.size() - end));
    const std::size_t start = behind.find_first_not_of(" \t\r");
    return start == std::string_view::npos ? std::string() : std::string(behind.substr(start));
  }

  Line words_line(std::size_t first, std::size_t end) const {
    Line line;
    line.kind = Line::Kind::words;
    line.level = layout_[first].level;
    std::size_t columns = layout_[first].columns;
    std::size_t index = first;
    for (; index < end && columns > 0; --columns) {
      std::string column(tree_.tokens[index].text);
      // A sign and its number share a column.
      while (layout_[index++].tight && index < end) column += tree_.tokens[index].text;
      line.columns.push_back(std::move(column));
    }
    if (columns > 0) {
      line.columns.clear();
      index = first;
    }
    if (!line.columns.empty()) line.group = layout_[first].group;
    for (const std::size_t rest = index; index < end; ++index) {
      if (index != rest && has_blank_before(index)) line.rest += ' ';
      line.rest += tree_.tokens[index].text;
    }
    return line;
  }

  bool has_blank_before(std::size_t index) const {
    const std::string_view text = tree_.tokens[index].text;
    const std::string_view before = tree_.tokens[index - 1].text;
    if (text == "," || text == ")" || before == "(") return false;
    // Two hyphens in a row would be a comment.
    return !layout_[index - 1].tight || text == "-";
  }

  Line row_line(std::size_t index) const {
    Line line;
    line.kind = Line::Kind::row;
    line.level = layout_[index].level;
    const std::string_view text = without_end_blanks(tree_.tokens[index].text);
    std::optional<RowPieces> pieces = cut_row(text);
    if (!pieces) {
      line.rest = text;
      return line;
    }
    line.group = layout_[index].group;
    line.columns = std::move(pieces->cells);
    line.asked = pieces->asked;
    line.comment = pieces->comment;
    line.has_reason = line.columns.size() == line.asked + 1 && line.columns.back().starts_with("because ");
    return line;
  }

  /// A comment belongs to the line below it, or above it when a blank line follows; at the margin it stays there.
  void place_comments() {
    for (std::size_t index = 0; index < lines_.size(); ++index) {
      Line& line = lines_[index];
      if (line.kind != Line::Kind::comment || line.at_margin) continue;
      std::size_t below = index;
      while (below < lines_.size() && lines_[below].kind == Line::Kind::comment) ++below;
      const bool stands_alone = below == lines_.size() || lines_[below].kind == Line::Kind::blank;
      if (!stands_alone) {
        line.level = lines_[below].level;
      } else {
        std::size_t above = index;
        while (above > 0 && !has_words(lines_[above])) --above;
        line.level = has_words(lines_[above]) ? lines_[above].level : 0;
      }
    }
  }

  static bool has_words(const Line& line) { return line.kind == Line::Kind::words || line.kind == Line::Kind::row; }

  void measure() {
    for (const Line& line : lines_) {
      if (line.group == 0) continue;
      Widths& widths = widths_[line.group];
      const std::size_t asked = line.kind == Line::Kind::row ? line.asked : line.columns.size();
      for (std::size_t index = 0; index < line.columns.size(); ++index) {
        if (index < asked) {
          Widths::grow(widths.columns, index, line.columns[index]);
        } else if (line.has_reason) {
          widths.reason = std::max(widths.reason, width_of(line.columns[index]));
        } else {
          Widths::grow(widths.answered, index - asked, line.columns[index]);
        }
      }
    }
  }

  std::string row_text(const Line& line) const {
    if (line.columns.empty()) return line.rest;
    const Widths& widths = widths_.at(line.group);
    std::string result = "|";
    for (std::size_t index = 0; index < line.columns.size(); ++index) {
      std::size_t width = widths.reason;
      if (index < line.asked) {
        width = widths.columns[index];
      } else if (!line.has_reason) {
        width = widths.answered[index - line.asked];
      }
      if (index == line.asked) result += '|';
      result += " " + padded(line.columns[index], width) + " |";
    }
    return result;
  }

  std::string words_text(const Line& line) const {
    std::string result;
    for (std::size_t index = 0; index < line.columns.size(); ++index) {
      const std::size_t width = widths_.at(line.group).columns[index];
      std::string cell = padded(line.columns[index], width);
      // The fourth column of an expected line is its amount; amounts are set flush right.
      if (index == 3)
        std::rotate(cell.begin(), cell.begin() + static_cast<std::ptrdiff_t>(line.columns[index].size()), cell.end());
      result += cell + " ";
    }
    return result + line.rest;
  }

  std::string write() const {
    std::string out;
    bool blank_before = true;
    for (const Line& line : lines_) {
      if (line.kind == Line::Kind::blank) {
        if (!blank_before) out += '\n';
        blank_before = true;
        continue;
      }
      blank_before = false;
      std::string text = line.kind == Line::Kind::row ? row_text(line) : words_text(line);
      if (line.kind == Line::Kind::comment) text.clear();
      text = without_end_blanks(text);
      if (!text.empty() && !line.comment.empty()) text += "  ";
      out += std::string(line.level * 2, ' ') + text + line.comment + '\n';
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
  }

  const ConcreteTree& tree_;
  std::vector<TokenLayout> layout_;
  std::vector<Line> lines_;
  std::map<std::uint32_t, Widths> widths_;
  std::size_t next_ = 0;
};

std::string ast_of(const std::string& text) {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  sources.add("text", text);
  return print_ast(parse_book(sources, {"text"}, sink));
}

}  // namespace

std::string format_text(const std::string& text) {
  diagnostics::Sink sink;
  ConcreteTree tree;
  tree.file = "text";
  std::string_view content = text;
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  CheckedText checked = check_text(tree.file, content, sink);
  if (!checked.readable || sink.has_errors()) return text;
  tree.text = std::move(checked.text);
  read_tree(tree, sink);
  if (sink.has_errors()) return text;
  std::string result = Formatter(tree).run();
  // A formatter that changed what a book says would be worse than none.
  GLMAP_ASSERT(ast_of(result) == ast_of(text));
  return result;
}

}  // namespace glmap::syntax
