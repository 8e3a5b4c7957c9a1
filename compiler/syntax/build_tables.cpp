// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

std::string cells_in_words(std::size_t count) {
  return fmt::format("{} cell{}", count, count == 1 ? "" : "s");
}

diagnostics::Diagnostic width_fault(const Span& row, const Span& header, std::string message, std::string help) {
  diagnostics::Diagnostic finding;
  finding.code = ErrorCode::RowWidth;
  finding.primary = row;
  finding.message = std::move(message);
  finding.labels.push_back({header, "the header"});
  finding.help = std::move(help);
  return finding;
}

/// `| role | US | DE | needs |`: no row of a table.
bool begins_accounts(const Token& row) {
  const std::optional<RowPieces> pieces = cut_row(row.text);
  return pieces && pieces->cells.size() > 1 && pieces->asked == pieces->cells.size() && pieces->cells.front() == "role";
}

RowText row_text(const NodeView& section, const Token& token) {
  Span first_bar = section.span_of(token);
  first_bar.length = 1;
  return RowText{token.text, first_bar};
}

}  // namespace

Word AstBuilder::column_name(const Cell& cell) {
  if (cell.kind == Cell::Kind::values && cell.values.size() == 1) return cell.values.front();
  sink_.error(ErrorCode::BadCell, cell.span, "this is not the name of a column",
              "the first row of a table holds the names of its columns, one word each");
  Word unnamed;
  unnamed.span = cell.span;
  return unnamed;
}

bool AstBuilder::header(const RowText& row, std::vector<Word>& asked, std::vector<Word>& answered) {
  const std::size_t errors = sink_.error_count();
  const std::optional<RowCells> cells = read_row(row, sink_);
  if (!cells || sink_.error_count() != errors) return false;
  std::vector<Word> seen;
  for (const auto& [from, into] : {std::pair{&cells->asked, &asked}, std::pair{&cells->answered, &answered}}) {
    for (const Cell& cell : *from) {
      Word name = column_name(cell);
      const auto same = [&](const Word& other) { return !name.empty() && other.text == name.text; };
      const auto first = std::find_if(seen.begin(), seen.end(), same);
      if (first != seen.end()) twice(name.span, first->span, "column `" + name.text + "`");
      seen.push_back(name);
      into->push_back(std::move(name));
    }
  }
  return true;
}

void AstBuilder::table(const NodeView& section) {
  spec_.tables_whole = spec_.tables_whole && !section.has_broken();
  TableDecl table;
  table.span = section.span();
  for (const NodeView& head : section.nodes(Rule::table_head)) {
    table.span = head.span();
    table.name = head.word(1);
    table.title = head.word(2);
    if (head.tokens().size() > 1)
      table.span.length = table.name.span.where.column + table.name.span.length - table.span.where.column;
  }
  bool has_header = false;
  bool impossible = false;
  for (const Node::Child& child : section.node().children) {
    if (!child.is_token) {
      const NodeView node(tree_, tree_.nodes[child.index]);
      if (node.broken()) continue;
      if (node.rule() == Rule::remaining) remaining(table, node);
      if (node.rule() == Rule::csv_rows) {
        if (!twice(node.span(), table.csv.span, "`rows from`")) table.csv = node.word(2);
      }
      continue;
    }
    const Token& token = tree_.tokens[child.index];
    if (token.kind != TokenKind::row) {
      impossible = true;
    } else if (has_header && begins_accounts(token)) {
      missing(section.span_of(token), "the columns of the accounts section stand here, and its first line is missing",
              "write `accounts` on a line above");
      spec_.accounts_whole = false;
      break;
    } else if (has_header) {
      table_row(table, row_text(section, token), impossible);
    } else {
      const RowText row = row_text(section, token);
      has_header = true;
      table.header_span = section.span_of(token);
      const std::size_t errors = sink_.error_count();
      header(row, table.asked, table.answered);
      if (table.answered.empty() && sink_.error_count() == errors) {
        missing(table.header_span, "the header of table `" + table.name.text + "` has no `||`",
                "write `||` between the columns that are asked and those that are answered");
      }
    }
  }
  if (!has_header && table.csv.empty() && !section.has_broken()) {
    missing(table.span, "table `" + table.name.text + "` has no rows",
            "write its columns and rows between bars, or `rows from \"file.csv\"`");
  }
  spec_.tables.push_back(std::move(table));
}

void AstBuilder::table_row(TableDecl& table, const RowText& row, bool impossible) {
  const std::size_t errors = sink_.error_count();
  std::optional<RowCells> cells = read_row(row, sink_);
  if (!cells || sink_.error_count() != errors) return;
  // A header that could not be read was reported; its rows are checked when it can be.
  if (!table.asked.empty() && !row_fits(table, *cells, impossible)) return;
  TableRow result;
  result.asked = std::move(cells->asked);
  result.answered = std::move(cells->answered);
  result.because = std::move(cells->because);
  result.impossible = impossible;
  result.span = std::move(cells->span);
  table.rows.push_back(std::move(result));
}

bool AstBuilder::row_fits(const TableDecl& table, const RowCells& row, bool impossible) {
  const std::size_t asked = table.asked.size();
  if (row.asked.size() != asked && (row.divided || table.answered.empty())) {
    width(row.span, table.header_span,
          fmt::format("this row has {} left of `||`, the header has {}", cells_in_words(row.asked.size()), asked),
          row.asked.size() > asked);
    return false;
  }
  if (impossible) {
    if (!row.because.empty() && row.answered.empty()) return true;
    missing(row.span, "an impossible row needs a reason and no answers",
            "end the row with `|| because \"reason\" |`, or move it above `impossible`");
    return false;
  }
  if (!row.because.empty()) {
    sink_.error(ErrorCode::BadCell, row.because.span, "a reason stands in a row that is not under `impossible`",
                "write `impossible` on a line before the rows that cannot occur");
    return false;
  }
  if (!row.divided && !table.answered.empty()) {
    sink_.report(width_fault(row.span, table.header_span, "this row has no `||`, the header has one",
                             "write `||` between the cells that are asked and those that are answered"));
    return false;
  }
  if (row.answered.size() == table.answered.size()) return true;
  width(row.span, table.header_span,
        fmt::format("this row has {} right of `||`, the header has {}", cells_in_words(row.answered.size()),
                    table.answered.size()),
        row.answered.size() > table.answered.size());
  return false;
}

void AstBuilder::width(const Span& row, const Span& header, std::string message, bool too_many) {
  sink_.report(width_fault(row, header, std::move(message),
                           too_many ? "delete a bar, or give the header another column"
                                    : "write the missing bar; a cell without a value is a blank between two bars"));
}

void AstBuilder::remaining(TableDecl& table, const NodeView& node) {
  if (table.remaining && twice(node.span(), table.remaining->span, "`remaining`")) return;
  TableDecl::Remaining result;
  const Word count = node.word(1);  // remaining COUNT impossible because "..."
  result.because = node.word(4);
  result.span = node.span();
  const char* end = count.text.data() + count.text.size();
  const auto [stop, status] = std::from_chars(count.text.data(), end, result.count);
  if (status != std::errc{} || stop != end || result.count < 0) {
    sink_.error(ErrorCode::BadLiteral, count.span, "`" + count.text + "` is not a count of combinations",
                "write how many combinations are left, such as `remaining 3 impossible because \"reason\"`");
    return;
  }
  table.remaining = std::move(result);
}

void AstBuilder::no_divider(const Span& where) {
  sink_.error(ErrorCode::BadCell, where, "`||` stands in the accounts section, which asks and answers nothing",
              "leave a blank between the bars for an empty cell");
}

void AstBuilder::accounts(const NodeView& section) {
  AccountsDecl decl;
  decl.span = section.span_of(*section.tokens().front());
  if (section.broken() && section.tokens().size() == 1) return;  // told already: no section was meant
  if (spec_.accounts) {
    twice(decl.span, spec_.accounts->span, "the `accounts` section");
    return;
  }
  const std::size_t errors = sink_.error_count();
  Span header_span;
  bool has_header = false;
  for (const Token* token : section.tokens()) {
    if (token->kind != TokenKind::row) continue;
    if (has_header) {
      accounts_row(decl, row_text(section, *token), header_span);
      continue;
    }
    std::vector<Word> behind_divider;
    has_header = true;
    header_span = section.span_of(*token);
    header(row_text(section, *token), decl.columns, behind_divider);
    if (!behind_divider.empty()) no_divider(behind_divider.front().span);
    decl.columns.insert(decl.columns.end(), behind_divider.begin(), behind_divider.end());
  }
  if (!has_header && !section.has_broken()) {
    missing(decl.span, "the `accounts` section has no rows",
            "write the columns `| role | ENTITY | needs | forbids |` and a row for each role");
  }
  if (section.has_broken() || sink_.error_count() != errors) spec_.accounts_whole = false;
  spec_.accounts = std::move(decl);
}

void AstBuilder::accounts_row(AccountsDecl& decl, const RowText& row, const Span& header_span) {
  const std::size_t errors = sink_.error_count();
  std::optional<RowCells> cells = read_row(row, sink_);
  if (!cells || sink_.error_count() != errors) return;
  if (cells->divided) return no_divider(cells->divider);
  if (!decl.columns.empty() && cells->asked.size() != decl.columns.size()) {
    return width(
        cells->span, header_span,
        fmt::format("this row has {}, the header has {}", cells_in_words(cells->asked.size()), decl.columns.size()),
        cells->asked.size() > decl.columns.size());
  }
  decl.rows.push_back(std::move(cells->asked));
  decl.row_spans.push_back(std::move(cells->span));
}

}  // namespace glmap::syntax
