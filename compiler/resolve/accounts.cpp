// SPDX-License-Identifier: Apache-2.0
// The `accounts` section: roles, their account in each entity, what they need and forbid; and whether every account
// code of the book stands in the chart of the entity that would post to it.
#include <algorithm>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/csv_rows.hpp"
#include "compiler/resolve/role_words.hpp"

namespace glmap::resolve {
namespace {

using rules::AnswerColumn;
using rules::Domain;
using rules::Role;
using rules::RoleAccount;
using syntax::Cell;

struct Column {
  enum class Kind : std::uint8_t { role, entity, needs, forbids, unusable };
  Kind kind = Kind::unusable;
  std::uint32_t entity = 0;
};

/// `4010.0` and `4.01E+03` for 4010: what a spreadsheet makes of a code that it takes for a number. The code in the
/// chart, and what to do; nothing when the code was not damaged that way.
std::string number_format_help(const LegalEntity& entity, const std::string& code) {
  std::string whole = code;
  if (is_scientific(code)) {
    const auto number = Decimal::parse_json_number(code);
    if (number) whole = number->to_text();
  } else if (const std::size_t point = code.find('.'); point != std::string::npos &&
                                                       code.find_first_not_of("0123456789.") == std::string::npos &&
                                                       code.find_first_not_of('0', point + 1) == std::string::npos) {
    whole = code.substr(0, point);
  }
  if (whole == code || entity.find_account(whole) == nullptr) return {};
  return "write " + tick(whole) + ": the spreadsheet has taken the code for a number; format the column as text there";
}

void check_account(Context& context, const LegalEntity& entity, const std::string& code,
                   const std::vector<std::string>& roles, const Span& span) {
  if (!context.chart_is_readable(entity) || entity.find_account(code) != nullptr) return;
  const auto chart = context.charts.find(entity.chart);
  context.error_with(
      ErrorCode::UnknownAccount, span,
      "account " + tick(code) + " is not in the chart of accounts " + tick(entity.chart) + " of " + entity.code,
      chart == context.charts.end() ? Span{} : chart->second.span, "the chart is here",
      account_help(entity, code, roles));
}

std::vector<Column> read_columns(Context& context, const syntax::AccountsDecl& decl) {
  std::vector<Column> columns;
  std::map<std::string, Span> seen;
  std::vector<std::string> known = context.entity_codes();
  known.insert(known.end(), {"needs", "forbids"});
  for (std::size_t i = 0; i < decl.columns.size(); ++i) {
    const Word& word = decl.columns[i];
    const auto [first, added] = seen.emplace(word.text, word.span);
    if (!added) context.twice("column", word.text, word.span, first->second);
    Column column;
    if (i == 0) {
      column.kind = Column::Kind::role;
      if (word.text != "role")
        context.error(ErrorCode::UnknownName, word.span,
                      tick(word.text) + " stands where the column `role` is expected",
                      "let the first column be `role`");
    } else if (word.text == "needs") {
      column.kind = Column::Kind::needs;
    } else if (word.text == "forbids") {
      column.kind = Column::Kind::forbids;
    } else if (const auto entity = context.catalog().entity_index(word.text)) {
      column = {Column::Kind::entity, *entity};
    } else if (context.names_told.contains("entity " + word.text)) {
      unknown_value(context, {Domain::Kind::entity}, word);
    } else if (context.entities_known && !word.empty()) {
      context.error(ErrorCode::UnknownEntity, word.span,
                    "column " + tick(word.text) + " is neither an entity nor `needs` or `forbids`",
                    suggest(word.text, known, "the entities are " + choices(context.entity_codes())));
    }
    columns.push_back(column);
  }
  for (const LegalEntity& entity : context.catalog().entities)
    if (!seen.contains(entity.code) && context.accounts_whole)
      context.error(ErrorCode::MissingClause, decl.span,
                    "entity " + tick(entity.code) + " has no column in the accounts section",
                    "add the column; write `-` where the entity may not use a role");
  return columns;
}

class RoleReader {
 public:
  RoleReader(Context& context, const std::vector<Column>& columns, Role& role, const std::vector<Cell>& cells)
      : context_(context), columns_(columns), role_(role), cells_(cells) {}

  void read() {
    role_.by_entity.resize(context_.catalog().entities.size());
    for (std::size_t c = 0; c < cells_.size() && c < columns_.size(); ++c) {
      if (columns_[c].kind == Column::Kind::entity) read_account(cells_[c], columns_[c].entity);
      if (columns_[c].kind == Column::Kind::needs) read_dimensions(cells_[c], role_.needs);
      if (columns_[c].kind == Column::Kind::forbids) read_dimensions(cells_[c], role_.forbids);
    }
    // `by TABLE` stands once and holds for the entities whose cells are blank.
    for (const auto& [cell, entity] : blank_) {
      if (table_)
        role_.by_entity[entity] = {RoleAccount::Kind::table, {}, *table_};
      else if (!by_unknown_table_)
        context_.error(ErrorCode::BadCell, cell->span,
                       "role " + tick(role_.name) + " has no account in " + context_.catalog().entities[entity].code,
                       "write an account code, or `-` when the entity may not use the role");
    }
    for (const std::string& name : role_.needs)
      if (std::find(role_.forbids.begin(), role_.forbids.end(), name) != role_.forbids.end())
        context_.error(ErrorCode::BadReferenceData, cells_.front().span,
                       "role " + tick(role_.name) + " needs and forbids the dimension " + tick(name),
                       "delete it from one of the two cells");
  }

 private:
  void read_account(const Cell& cell, std::uint32_t entity) {
    RoleAccount& account = role_.by_entity[entity];
    switch (cell.kind) {
      case Cell::Kind::not_used:
        account.kind = RoleAccount::Kind::none;
        return;
      case Cell::Kind::blank:
        blank_.emplace_back(&cell, entity);
        return;
      case Cell::Kind::by_table:
        return read_table(cell, account);
      case Cell::Kind::values:
        if (cell.values.size() == 1) {
          account = {RoleAccount::Kind::fixed, cell.values.front().text, 0};
          return check_account(context_, context_.catalog().entities[entity], account.account, {role_.name}, cell.span);
        }
        break;
      default:
        break;
    }
    context_.error(ErrorCode::BadCell, cell.span, "the cell does not hold one account code",
                   "write the code, `by TABLE`, or `-` when the entity may not use the role");
  }

  void read_table(const Cell& cell, RoleAccount& account) {
    if (cell.values.empty()) return;
    const Word& name = cell.values.front();
    const auto table = context_.table_index(name.text);
    if (!table) {
      by_unknown_table_ = true;
      return unknown_table(context_, name);
    }
    const rules::Table& found = context_.book().tables[*table];
    const bool answers = std::any_of(found.answers.begin(), found.answers.end(), [](const AnswerColumn& column) {
      return column.kind == AnswerColumn::Kind::account;
    });
    if (!answers)
      context_.error_with(ErrorCode::WrongType, name.span, "table " + tick(name.text) + " answers no account",
                          context_.table_places[*table], "the table is here", "add an answer column `account`");
    if (table_ && *table_ != *table)
      context_.error(ErrorCode::WrongType, name.span,
                     "role " + tick(role_.name) + " takes its account from two tables, " +
                         tick(context_.book().tables[*table_].name) + " and " + tick(name.text),
                     "put the rows into one table; it may ask for `entity`");
    account = {RoleAccount::Kind::table, {}, *table};
    table_ = table;
  }

  void read_dimensions(const Cell& cell, std::vector<std::string>& names) {
    if (cell.kind == Cell::Kind::blank || cell.kind == Cell::Kind::not_used) return;
    if (cell.kind != Cell::Kind::values)
      return context_.error(ErrorCode::BadCell, cell.span, "the cell does not hold names of dimensions",
                            "write the names with commas between them, or leave the cell blank");
    for (const Word& word : cell.values) {
      if (std::find(names.begin(), names.end(), word.text) != names.end())
        context_.error(ErrorCode::DuplicateName, word.span,
                       "dimension " + tick(word.text) + " stands twice in the cell", "delete one of them");
      else
        names.push_back(word.text);
    }
  }

  Context& context_;
  const std::vector<Column>& columns_;
  Role& role_;
  const std::vector<Cell>& cells_;
  std::optional<std::uint32_t> table_;
  bool by_unknown_table_ = false;
  std::vector<std::pair<const Cell*, std::uint32_t>> blank_;
};

/// Every name that some event can carry or some table answers: what a dimension can be filled from.
std::vector<std::string> derivable_names(const Context& context) {
  std::vector<std::string> names = context.list_names();
  for (const EventType& type : context.catalog().types)
    for (const auto* level : {&type.header, &type.line})
      for (const Field& field : *level) names.push_back(field.name);
  return names;
}

/// A dimension that no event carries and no role needs is forbidden by mistake: a slip would forbid nothing.
void check_forbidden_names(Context& context, const syntax::AccountsDecl& decl, const std::vector<Column>& columns) {
  std::vector<std::string> known = derivable_names(context);
  for (const Role& role : context.book().roles) known.insert(known.end(), role.needs.begin(), role.needs.end());
  const auto add_stated = [&](const syntax::PostBlock& block) {
    for (const syntax::PostingDecl& line : block.lines)
      for (const auto& with : line.with) known.push_back(with.dimension.text);
  };
  for (const syntax::RuleDecl& rule : context.spec.rules) {
    for (const syntax::PostBlock& block : rule.blocks) add_stated(block);
    for (const syntax::RecogniseDecl& one : rule.recognitions) add_stated(one.block);
  }
  for (const auto& cells : decl.rows)
    for (std::size_t c = 0; c < cells.size() && c < columns.size(); ++c) {
      if (columns[c].kind != Column::Kind::forbids || cells[c].kind != Cell::Kind::values) continue;
      for (const Word& word : cells[c].values)
        if (std::find(known.begin(), known.end(), word.text) == known.end() && context.events_known)
          context.error(ErrorCode::UnknownName, word.span, "no event carries a dimension " + tick(word.text),
                        suggest(word.text, known, "delete it"));
    }
}

// ---- accounts that tables answer
// --------------------------------------------------------------------------------------

/// Entities that some role of `roles` (all when any) sends to the table.
std::vector<std::uint32_t> users_of(const rules::RuleBook& book, std::uint32_t table, const rules::ValueSet& roles) {
  std::vector<std::uint32_t> users;
  for (std::uint32_t entity = 0; entity < book.catalog.entities.size(); ++entity)
    for (std::uint32_t role = 0; role < book.roles.size(); ++role) {
      if (!roles.contains(role) || entity >= book.roles[role].by_entity.size()) continue;
      const RoleAccount& account = book.roles[role].by_entity[entity];
      if (account.kind != RoleAccount::Kind::table || account.table != table) continue;
      users.push_back(entity);
      break;
    }
  return users;
}

/// The entities a row can be asked for: those of its `entity` cell, else all that use the table.
std::vector<std::uint32_t> entities_of(const rules::RuleBook& book, std::uint32_t table, const rules::TableRow& row) {
  rules::ValueSet roles{true, {}};
  for (std::size_t c = 0; c < row.cells.size(); ++c) {
    const rules::TableColumn& column = book.tables[table].columns[c];
    if (column.domain.kind == Domain::Kind::role) roles = row.cells[c];
    if (column.name == "entity" && !row.cells[c].any) return row.cells[c].values;
  }
  return users_of(book, table, roles);
}

/// The roles that take their account from the row.
std::vector<std::string> roles_of(const rules::RuleBook& book, std::uint32_t table, const rules::TableRow& row) {
  std::vector<std::string> names;
  for (std::uint32_t role = 0; role < book.roles.size(); ++role) {
    bool fits = !users_of(book, table, {false, {role}}).empty();
    for (std::size_t c = 0; c < row.cells.size(); ++c)
      if (book.tables[table].columns[c].domain.kind == Domain::Kind::role) fits = fits && row.cells[c].contains(role);
    if (fits) names.push_back(book.roles[role].name);
  }
  return names;
}

/// The account cells of the table as written, by the file and line their row stands on.
std::map<std::pair<std::string, std::uint32_t>, Span> account_spans(const Context& context, std::uint32_t table) {
  const syntax::TableDecl& decl = *context.table_decls[table];
  std::size_t column = 0;
  while (column < decl.answered.size() && decl.answered[column].text != "account") ++column;
  std::map<std::pair<std::string, std::uint32_t>, Span> spans;
  for (const syntax::TableRow& row : decl.rows)
    if (column < row.answered.size()) spans[{row.span.where.file, row.span.where.line}] = row.answered[column].span;
  if (const auto& file = context.csv_files[table])
    for (auto& [line, span] : csv_spans(*file, decl.asked.size() + column)) spans[{file->name, line}] = span;
  return spans;
}

}  // namespace

std::string account_help(const LegalEntity& entity, const std::string& code, const std::vector<std::string>& roles) {
  constexpr std::size_t kShown = 4;
  std::set<AccountType> wanted;
  for (const std::string& role : roles)
    if (const auto type = account_type_of_role(role)) wanted.insert(*type);
  std::vector<std::string> codes;
  std::string some;
  for (const Account& account : entity.accounts) {
    if (!account.postable || (!wanted.empty() && !wanted.contains(account.type))) continue;
    codes.push_back(account.code);
    if (codes.size() <= kShown) some += (some.empty() ? "" : ", ") + tick(account.code) + " (" + account.name + ")";
  }
  if (std::string help = number_format_help(entity, code); !help.empty()) return help;
  const std::string near = diagnostics::closest(code, codes);
  if (!near.empty()) return "did you mean " + tick(near) + " (" + entity.find_account(near)->name + ")?";
  if (wanted.size() != 1 || some.empty()) return "write a code of that chart";
  return "write an account of that chart that suits the role, such as " + some;
}

void resolve_accounts(Context& context) {
  if (!context.spec.accounts) {
    const bool posts = std::any_of(context.spec.rules.begin(), context.spec.rules.end(),
                                   [](const auto& rule) { return rule.outcome == syntax::OutcomeKind::post; });
    if (posts && context.accounts_whole)
      context.error(ErrorCode::MissingClause, context.book_span(), "the book posts and has no `accounts` section",
                    "write `accounts` with a row for each role and a column for each entity");
    return;
  }
  const syntax::AccountsDecl& decl = *context.spec.accounts;
  const auto columns = read_columns(context, decl);
  std::vector<bool> done(context.book().roles.size(), false);
  for (const auto& cells : decl.rows) {
    if (cells.empty()) continue;
    if (cells.front().kind != Cell::Kind::values || cells.front().values.size() != 1) {
      context.error(ErrorCode::BadCell, cells.front().span, "the cell does not hold the name of one role",
                    "write one word, such as `receivable`");
      continue;
    }
    const auto role = context.role_index(cells.front().values.front().text);
    if (!role || done[*role]) continue;
    done[*role] = true;
    RoleReader(context, columns, context.book().roles[*role], cells).read();
  }
  check_forbidden_names(context, decl, columns);
}

void check_answer_accounts(Context& context) {
  const rules::RuleBook& book = context.book();
  for (std::uint32_t t = 0; t < book.tables.size(); ++t) {
    const rules::Table& table = book.tables[t];
    for (std::size_t a = 0; a < table.answers.size(); ++a) {
      if (table.answers[a].kind != AnswerColumn::Kind::account) continue;
      std::map<std::pair<std::string, std::uint32_t>, Span> spans;  // looked up when there is a fault
      for (const rules::TableRow& row : table.rows) {
        if (row.impossible || row.answers[a].no_line || row.answers[a].account.empty()) continue;
        for (const std::uint32_t entity : entities_of(book, t, row)) {
          if (book.catalog.entities[entity].find_account(row.answers[a].account) != nullptr) continue;
          if (spans.empty()) spans = account_spans(context, t);
          const auto known = spans.find({row.where.file, row.where.line});
          check_account(context, book.catalog.entities[entity], row.answers[a].account, roles_of(book, t, row),
                        known == spans.end() ? Span{row.where, 0} : known->second);
        }
      }
    }
  }
}

}  // namespace glmap::resolve
