// SPDX-License-Identifier: Apache-2.0
// Tables: columns to domains, cells to sets of values, answers to values, accounts and numbers.
#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/csv_rows.hpp"
#include "compiler/syntax/cells.hpp"

namespace glmap::resolve {
namespace {

using rules::AnswerColumn;
using rules::Domain;
using rules::ValueSet;
using syntax::Cell;

struct FieldPlace {
  const Field* field = nullptr;
  Span span;
};

/// Every field of that name in any event type.
std::vector<FieldPlace> fields_named(const Context& context, const std::string& name) {
  std::vector<FieldPlace> found;
  for (std::size_t t = 0; t < context.catalog().types.size(); ++t) {
    const EventType& type = context.catalog().types[t];
    for (std::size_t i = 0; i < type.header.size(); ++i)
      if (type.header[i].name == name) found.push_back({&type.header[i], context.type_places[t].header[i]});
    for (std::size_t i = 0; i < type.line.size(); ++i)
      if (type.line[i].name == name) found.push_back({&type.line[i], context.type_places[t].line[i]});
  }
  return found;
}

void unknown_column(Context& context, const Word& word, const std::vector<FieldPlace>& fields) {
  if (!fields.empty()) {
    context.error_with(ErrorCode::NotClosed, word.span,
                       "column " + tick(word.text) + " is " + std::string(to_text(fields.front().field->kind)) +
                           ", which has no closed list of values",
                       fields.front().span, "the field is here",
                       "ask for a list, an entity, a currency or a yes/no field");
    return;
  }
  if (!context.events_known || !context.spec.lists_whole || word.empty()) return;
  std::vector<std::string> known = context.list_names();
  for (const EventType& type : context.catalog().types)
    for (const auto* level : {&type.header, &type.line})
      for (const Field& field : *level)
        if (domain_of(field)) known.push_back(field.name);
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  context.error(ErrorCode::UnknownName, word.span, "column " + tick(word.text) + " is neither a list nor a field",
                suggest(word.text, known, "add it under `lists`, or to the schema of the event"));
}

std::optional<Domain> column_domain(Context& context, const Word& word) {
  if (word.text == "entity") return Domain{Domain::Kind::entity};
  if (word.text == "currency") return Domain{Domain::Kind::currency};
  if (word.text == "role") return Domain{Domain::Kind::role};
  if (const auto list = context.catalog().list_index(word.text)) return Domain{Domain::Kind::list, *list};
  // `pair due_from, due_to by partner`: that dimension names an entity, whatever field the lines take it from.
  for (const syntax::IntercompanyPairDecl& pair : context.spec.intercompany)
    if (pair.partner.text == word.text) return Domain{Domain::Kind::entity};
  const auto fields = fields_named(context, word.text);
  std::optional<Domain> domain;
  Span first;
  for (const FieldPlace& place : fields) {
    const auto one = domain_of(*place.field);
    if (!one) continue;
    if (domain && *one != *domain) {
      Diagnostic found{ErrorCode::AmbiguousName, diagnostics::Severity::error, word.span,
                       "column " + tick(word.text) + " can mean " + domain_words(context.book(), *domain) + " or " +
                           domain_words(context.book(), *one)};
      found.labels = {{first, "one field is here"}, {place.span, "the other is here"}};
      found.help = "rename one of the fields";
      context.sink.report(std::move(found));
      return std::nullopt;
    }
    if (!domain) first = place.span;
    domain = one;
  }
  if (!domain) unknown_column(context, word, fields);
  return domain;
}

ValueSet cell_values(Context& context, const Cell& cell, const Domain& domain) {
  ValueSet set;
  const auto refuse = [&](ErrorCode code, std::string message, std::string help) {
    context.error(code, cell.span, std::move(message), std::move(help));
  };
  switch (cell.kind) {
    case Cell::Kind::any:
      set.any = true;
      break;
    case Cell::Kind::blank:
      if (context.already_reported(cell.span)) break;
      refuse(ErrorCode::BadCell, "a blank cell stands where a value is expected",
             "write `any` when every value fits, or the values");
      break;
    case Cell::Kind::not_used:
      refuse(ErrorCode::BadCell, "`-` stands where a value is expected", "write `any`, or the values that fit");
      break;
    case Cell::Kind::range:
      refuse(ErrorCode::NotClosed,
             "a range stands where values of " + domain_words(context.book(), domain) + " are expected",
             "write the values with commas between them");
      break;
    case Cell::Kind::by_table:
      refuse(ErrorCode::BadCell, "`by` a table stands where a value is expected",
             "ask another table in a column named like its answer");
      break;
    case Cell::Kind::values:
      for (const Word& word : cell.values) {
        const auto code = domain_code(context.book(), domain, word.text);
        if (!code) {
          unknown_value(context, domain, word);
        } else if (std::find(set.values.begin(), set.values.end(), *code) != set.values.end()) {
          context.error(ErrorCode::DuplicateName, word.span, "value " + tick(word.text) + " stands twice in the cell",
                        "delete one of them");
        } else {
          set.values.push_back(*code);
        }
      }
      std::sort(set.values.begin(), set.values.end());
      break;
  }
  return set;
}

/// "12.5", "12 %" or "12%" (as its fraction).
std::optional<Decimal> number_of(std::string text) {
  const bool percent = text.ends_with("%");
  if (percent) text.pop_back();
  while (percent && text.ends_with(" ")) text.pop_back();
  auto number = Decimal::parse(text);
  if (!number) return std::nullopt;
  if (!percent) return *number;
  auto fraction = multiply(*number, Decimal::from_parts(1, 2));
  return fraction ? std::optional<Decimal>(*fraction) : std::nullopt;
}
std::optional<Decimal> cell_number(const Cell& cell) {
  if (cell.kind != Cell::Kind::values || cell.values.size() != 1) return std::nullopt;
  return number_of(cell.values.front().text);
}

bool is_no_line(const Cell& cell) {
  if (cell.kind != Cell::Kind::values) return false;
  if (cell.values.size() == 1) return !cell.values[0].quoted && cell.values[0].text == "no line";
  return cell.values.size() == 2 && cell.values[0].text == "no" && cell.values[1].text == "line";
}

/// A column of the answers as written: one of Table::answers, or a day that bounds the row.
struct WrittenAnswer {
  enum class Kind : std::uint8_t { answer, from, until, unusable };
  Kind kind = Kind::answer;
  std::uint32_t index = 0;  // into Table::answers
};

class TableReader {
 public:
  TableReader(Context& context, std::uint32_t index)
      : context_(context), index_(index), decl_(*context.table_decls[index]), table_(context.book().tables[index]) {}

  /// The rows of the book, then those of the file.
  void read(const CsvFile* file) {
    file_ = file;
    const bool readable = read_columns();
    read_answer_columns();
    if (!readable) return;
    for (const syntax::TableRow& row : decl_.rows) read_row(row);
    if (file_ != nullptr) read_file_rows();
    if (decl_.remaining) {
      if (decl_.remaining->because.empty())
        context_.error(ErrorCode::MissingClause, decl_.remaining->span,
                       "nothing says why the remaining combinations are impossible", "add `because \"...\"`");
      table_.remaining = {decl_.remaining->count, decl_.remaining->because.text, decl_.remaining->span.where};
    }
  }

 private:
  /// False when a column has no domain: its cells then mean nothing.
  bool read_columns() {
    bool sound = true;
    std::map<std::string, Span> seen;
    for (const Word& word : decl_.asked) {
      const auto [first, added] = seen.emplace(word.text, word.span);
      if (!added) context_.twice("column", word.text, word.span, first->second);
      const auto domain = column_domain(context_, word);
      if (!domain) {
        sound = false;
        context_.table_broken[index_] = true;
      }
      domains_.push_back(domain);
      table_.columns.push_back({word.text, domain.value_or(Domain{})});
    }
    constexpr std::size_t kColumnsMax = 63;
    if (decl_.asked.size() > kColumnsMax)
      context_.error(ErrorCode::TooLarge, header_place(),
                     "the table asks for " + std::to_string(decl_.asked.size()) + " things at once; " +
                         std::to_string(kColumnsMax) + " is the most",
                     "let other tables answer what belongs together, and ask for their answers");
    if (decl_.asked.empty())
      context_.error(ErrorCode::MissingClause, header_place(), "the table asks for nothing",
                     "write the columns to ask left of `||`");
    // Whole rows are still worth reading unless nothing can be said about any cell.
    return sound || std::any_of(domains_.begin(), domains_.end(), [](const auto& one) { return one.has_value(); });
  }

  Span header_place() const { return decl_.header_span.where.file.empty() ? decl_.span : decl_.header_span; }

  void read_answer_columns() {
    std::map<std::string, Span> seen;
    for (std::size_t i = 0; i < decl_.answered.size(); ++i) {
      const Word& word = decl_.answered[i];
      const auto [first, added] = seen.emplace(word.text, word.span);
      if (!added) context_.twice("column", word.text, word.span, first->second);
      if (word.text == "from" || word.text == "until") {
        written_.push_back({word.text == "from" ? WrittenAnswer::Kind::from : WrittenAnswer::Kind::until});
        continue;
      }
      AnswerColumn column;
      column.name = word.text;
      const auto list = context_.catalog().list_index(word.text);
      if (word.text == "account") {
        column.kind = AnswerColumn::Kind::account;
      } else if (list) {
        column.kind = AnswerColumn::Kind::list;
        column.list = *list;
      } else if (holds_numbers(i)) {
        column.kind = AnswerColumn::Kind::decimal;
      } else {
        if (context_.spec.lists_whole)
          context_.error(ErrorCode::UnknownName, word.span, "answer " + tick(word.text) + " is not named after a list",
                         suggest(word.text, context_.list_names(),
                                 "name it after a list, or `account`, or write numbers or percentages in its cells"));
        context_.table_broken[index_] = true;
        context_.unusable_answers.push_back(word.text);
        written_.push_back({WrittenAnswer::Kind::unusable});
        table_.answers.push_back(std::move(column));
        continue;
      }
      written_.push_back({WrittenAnswer::Kind::answer, static_cast<std::uint32_t>(table_.answers.size())});
      table_.answers.push_back(std::move(column));
    }
    if (table_.answers.empty())
      context_.error(ErrorCode::MissingClause, header_place(), "the table answers nothing",
                     "write the answer columns right of `||`");
  }

  bool holds_numbers(std::size_t column) const {
    // `departmnt` with the cells 200 and 300 is a slip for the list `department`, not a column of numbers.
    const std::string near = diagnostics::closest(decl_.answered[column].text, context_.list_names());
    const auto list = context_.catalog().list_index(near);
    bool numbers = false;
    bool values = list.has_value();
    const auto is_value = [&](std::string_view word) {
      return context_.catalog().lists[*list].code_of(word).has_value();
    };
    for (const syntax::TableRow& row : decl_.rows) {
      if (column >= row.answered.size()) continue;
      numbers = numbers || cell_number(row.answered[column]);
      for (const Word& word : row.answered[column].values) values = values && is_value(word.text);
    }
    if (file_ == nullptr) return numbers && !values;
    CsvLines lines(file_->text);
    lines.next();  // the header
    const std::size_t field = decl_.asked.size() + column;
    while (lines.next()) {
      if (!lines.split() || field >= lines.fields().size()) continue;
      const std::string_view text = lines.fields()[field].text;
      numbers = numbers || number_of(std::string(text));
      if (!values || !syntax::split_words(text, words_)) continue;
      values = std::all_of(words_.begin(), words_.end(), is_value);
    }
    return numbers && !values;
  }

  // ---- rows of a file: read without a tree of their cells, and where anything is not plain, as a row of the book

  void read_file_rows() {
    for (const auto& domain : domains_) codes_.push_back(domain ? codes_of(*domain) : Codes());
    for (const WrittenAnswer& written : written_) {
      const bool list =
          written.kind == WrittenAnswer::Kind::answer && table_.answers[written.index].kind == AnswerColumn::Kind::list;
      codes_.push_back(list ? codes_of({Domain::Kind::list, table_.answers[written.index].list}) : Codes());
    }
    CsvLines lines(file_->text);
    lines.next();  // the header
    table_.rows.reserve(table_.rows.size() +
                        static_cast<std::size_t>(std::count(file_->text.begin(), file_->text.end(), '\n')));
    rules::TableRow plain;
    while (lines.next()) {
      plain = {};
      if (read_plain(lines, plain)) {
        table_.rows.push_back(std::move(plain));
      } else if (const auto row = read_csv_row(context_, decl_, *file_, lines)) {
        read_row(*row);
      }
    }
  }

  using Codes = std::unordered_map<std::string_view, std::uint32_t>;
  Codes codes_of(const Domain& domain) {
    Codes codes;
    for (std::uint32_t code = 0; code < context_.book().domain_size(domain); ++code)
      codes.emplace(texts_.emplace_back(context_.book().value_text(domain, code)), code);
    return codes;
  }

  bool read_plain(CsvLines& lines, rules::TableRow& row) {
    if (!lines.split() || lines.fields().size() != codes_.size()) return false;
    row.where = {file_->name, lines.number(), 1, {}};
    row.answers.resize(table_.answers.size());
    row.cells.resize(domains_.size());
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      const std::string_view text = lines.fields()[i].text;
      if (i < domains_.size() ? !plain_values(text, codes_[i], row.cells[i])
                              : !plain_answer(text, i, written_[i - domains_.size()], row))
        return false;
    }
    return !row.from || !row.until || *row.from <= *row.until;
  }

  bool plain_values(std::string_view text, const Codes& codes, ValueSet& set) {
    if (!syntax::split_words(text, words_)) return false;
    set.any = words_.size() == 1 && words_.front() == "any";
    if (set.any) return true;
    set.values.reserve(words_.size());
    for (const std::string_view word : words_) {
      const auto code = codes.find(word);
      if (code == codes.end()) return false;
      set.values.push_back(code->second);
    }
    std::sort(set.values.begin(), set.values.end());
    return std::adjacent_find(set.values.begin(), set.values.end()) == set.values.end();
  }

  bool plain_answer(std::string_view text, std::size_t column, const WrittenAnswer& written, rules::TableRow& row) {
    if (written.kind == WrittenAnswer::Kind::unusable) return false;
    if (written.kind == WrittenAnswer::Kind::answer && table_.answers[written.index].kind == AnswerColumn::Kind::list)
      return plain_values(text, codes_[column], row.answers[written.index].values);
    if (written.kind != WrittenAnswer::Kind::answer && text.empty()) return true;
    if (!syntax::split_words(text, words_) || words_.size() != 1) return false;
    if (written.kind != WrittenAnswer::Kind::answer) {
      const auto day = Date::parse(words_.front());
      if (day) (written.kind == WrittenAnswer::Kind::from ? row.from : row.until) = *day;
      return day.has_value();
    }
    rules::Answer& answer = row.answers[written.index];
    if (table_.answers[written.index].kind == AnswerColumn::Kind::account) {
      answer.account = words_.front();
      return words_.front() != "any";
    }
    const auto number = number_of(std::string(words_.front()));
    if (number) answer.number = *number;
    return number.has_value();
  }

  void read_row(const syntax::TableRow& written) {
    rules::TableRow row;
    row.where = written.span.where;
    row.impossible = written.impossible;
    row.because = written.because.text;
    if (written.asked.size() != domains_.size()) return;  // GLM-1005 of the parser
    for (std::size_t c = 0; c < domains_.size(); ++c)
      row.cells.push_back(domains_[c] ? cell_values(context_, written.asked[c], *domains_[c]) : ValueSet{});
    if (written.impossible) {
      if (written.because.empty())
        context_.error(ErrorCode::MissingClause, written.span, "nothing says why this combination is impossible",
                       "write `|| because \"...\" |` at the end of the row");
    } else {
      if (written.answered.size() != written_.size()) return;
      row.answers.resize(table_.answers.size());
      for (std::size_t a = 0; a < written_.size(); ++a) read_answer(written.answered[a], written_[a], row);
      if (row.from && row.until && *row.until < *row.from)
        context_.error(ErrorCode::DeadRow, written.span,
                       "the row ends on " + row.until->to_text() + ", before it begins on " + row.from->to_text(),
                       "exchange the days");
    }
    table_.rows.push_back(std::move(row));
  }

  void read_answer(const Cell& cell, const WrittenAnswer& written, rules::TableRow& row) {
    if (written.kind == WrittenAnswer::Kind::from) row.from = read_day(cell);
    if (written.kind == WrittenAnswer::Kind::until) row.until = read_day(cell);
    if (written.kind != WrittenAnswer::Kind::answer) return;
    const AnswerColumn& column = table_.answers[written.index];
    rules::Answer& answer = row.answers[written.index];
    switch (column.kind) {
      case AnswerColumn::Kind::list:
        answer.values = cell_values(context_, cell, {Domain::Kind::list, column.list});
        break;
      case AnswerColumn::Kind::decimal:
        if (const auto number = cell_number(cell))
          answer.number = *number;
        else
          context_.error(ErrorCode::BadLiteral, cell.span, "the cell is not a number or a percentage",
                         cell.kind == Cell::Kind::values && cell.values.size() == 2
                             ? "write it with a decimal point, as `0.12` or `12 %`; a comma separates two values"
                             : "write it as `0.12` or `12 %`");
        break;
      case AnswerColumn::Kind::account:
        answer.no_line = is_no_line(cell);
        if (answer.no_line) break;
        if (cell.kind == Cell::Kind::values && cell.values.size() == 1)
          answer.account = cell.values.front().text;
        else
          context_.error(ErrorCode::BadCell, cell.span, "the cell does not hold one account code",
                         "write the code, or `no line` when nothing may be posted");
        break;
    }
  }

  std::optional<Date> read_day(const Cell& cell) {
    if (cell.kind == Cell::Kind::blank) return std::nullopt;
    std::string message = "the cell does not hold a day";
    std::string written;
    if (cell.kind == Cell::Kind::values && cell.values.size() == 1) {
      written = cell.values.front().text;
      auto date = Date::parse(written);
      if (date) return *date;
      message = date.error().message;
    }
    context_.error(ErrorCode::BadLiteral, cell.span, message, day_help(written) + ", or leave the cell blank");
    return std::nullopt;
  }

  Context& context_;
  std::uint32_t index_;
  const syntax::TableDecl& decl_;
  rules::Table& table_;
  std::vector<std::optional<Domain>> domains_;  // by column
  std::vector<WrittenAnswer> written_;          // by answer column as written

  const CsvFile* file_ = nullptr;
  std::vector<Codes> codes_;       // by column of the file
  std::deque<std::string> texts_;  // what codes_ are keyed by
  mutable std::vector<std::string_view> words_;
};

}  // namespace

void declare_tables_and_roles(Context& context) {
  for (const syntax::TableDecl& decl : context.spec.tables) {
    if (const auto known = context.table_index(decl.name.text)) {
      context.twice("table", decl.name.text, decl.name.span, context.table_places[*known]);
      continue;
    }
    rules::Table table;
    table.name = decl.name.text;
    table.title = decl.title.text;
    table.where = decl.span.where;
    context.table_places.push_back(decl.name.span);
    context.table_decls.push_back(&decl);
    context.table_broken.push_back(false);
    context.book().tables.push_back(std::move(table));
  }
  if (!context.spec.accounts) return;
  for (const auto& cells : context.spec.accounts->rows) {
    if (cells.empty() || cells.front().kind != Cell::Kind::values || cells.front().values.size() != 1) {
      context.accounts_whole = false;
      continue;
    }
    const Word& name = cells.front().values.front();
    if (const auto known = context.role_index(name.text)) {
      context.twice("role", name.text, name.span, context.role_places[*known]);
      continue;
    }
    rules::Role role;
    role.name = name.text;
    role.where = name.span.where;
    context.role_places.push_back(name.span);
    context.book().roles.push_back(std::move(role));
  }
}

void resolve_tables(Context& context, const ReadFile& read_file, diagnostics::Sources& sources) {
  context.csv_files.resize(context.book().tables.size());
  for (std::uint32_t i = 0; i < context.book().tables.size(); ++i) {
    const syntax::TableDecl& decl = *context.table_decls[i];
    std::optional<CsvFile>& file = context.csv_files[i];
    if (!decl.csv.empty()) file = open_csv(context, decl, read_file, sources);
    TableReader(context, i).read(file ? &*file : nullptr);
  }
}

}  // namespace glmap::resolve
