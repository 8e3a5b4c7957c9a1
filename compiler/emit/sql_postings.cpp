// SPDX-License-Identifier: Apache-2.0
// The debit and credit lines of the rules that fit: amount, account, dimensions, each line by itself. Signs and zeros
// are left as they are; entries are made later.
#include <algorithm>

#include "compiler/emit/sql_amounts.hpp"
#include "compiler/emit/sql_plan.hpp"
#include "compiler/emit/sql_scope.hpp"

namespace glmap::emit {
namespace {

using rules::Operand;
using rules::PostBlock;
using rules::PostingLine;
using rules::RoleAccount;

std::string words_of(const PostingLine& line) {
  switch (line.take) {
    case PostingLine::Take::rest:
      return "rest";
    case PostingLine::Take::same:
      return "same";
    default:
      return line.amount.text;
  }
}

/// One posting line of one rule: a SELECT over the rows the rule fits.
class PostingText {
 public:
  PostingText(const SqlPlan& plan, const ScopeColumns& columns, const PostBlock& block, std::size_t at)
      : plan_(plan), dialect_(plan.dialect), columns_(columns), block_(block), line_(block.lines[at]), at_(at) {
    const rules::Role& role = plan.book.roles[line_.role];
    for (std::size_t e = 0; e < role.by_entity.size(); ++e) {
      const RoleAccount& account = role.by_entity[e];
      some_fixed_ = some_fixed_ || account.kind == RoleAccount::Kind::fixed;
      if (account.kind != RoleAccount::Kind::table) continue;
      table_ = account.table;
      table_entities_.push_back(plan.book.catalog.entities[e].code);
    }
    all_by_table_ = table_entities_.size() == role.by_entity.size();
  }

  std::string select(const std::string& scope, std::size_t rule, std::uint32_t ledger, std::size_t number) {
    const rules::RuleBook& book = plan_.book;
    const AmountSql amount = amount_of(at_);
    std::vector<SelectColumn> inner{{"s.event_no", "", ""}, {"s.line_no", "", ""}};
    inner.push_back({entity(), "entity", ""});
    inner.push_back({currency(), "currency", ""});
    inner.push_back({amount.value, "amount", words_of(line_)});
    inner.push_back({account(), "account", "role " + book.roles[line_.role].name});
    inner.push_back({line_.rate ? columns_.value("s", *line_.rate) : dialect_.null_of(SqlType::number), "rate", ""});
    inner.push_back(
        {line_.functional ? columns_.value("s", *line_.functional) : dialect_.null_of(SqlType::amount), "worth", ""});
    inner.push_back({dimensions(), "dimensions", ""});
    inner.push_back({amounts_fault(), "amount_fault", ""});
    inner.push_back({account_fault(), "account_fault", ""});
    inner.push_back({dimension_fault(), "dimension_fault", ""});
    std::vector<SelectColumn> outer{{"x.event_no", "", ""},
                                    {std::to_string(ledger), "ledger_no", ""},
                                    {"x.line_no * 10000 + " + std::to_string(number), "ord", ""},
                                    {"x.entity", "", ""},
                                    {sql_text(block_.journal), "journal", ""},
                                    {"x.currency", "", ""},
                                    {sql_text(to_text(line_.side)), "side", ""},
                                    {sql_text(book.roles[line_.role].name), "role", ""},
                                    {"x.account", "", ""},
                                    {"x.amount", "", ""},
                                    {line_.rate ? "1" : "0", "own_rate", ""},
                                    {"x.rate", "", ""},
                                    {line_.functional ? "1" : "0", "states_worth", ""},
                                    {"x.worth", "", ""},
                                    {"x.dimensions", "", ""},
                                    {role_text(block_.gain_role), "gain_role", ""},
                                    {role_text(block_.loss_role), "loss_role", ""},
                                    {sql_text(place_text(line_.where)), "spec", ""},
                                    {fault(), "fault", ""}};
    return "SELECT\n" + select_list(outer, "  ") + "FROM (\n  SELECT\n" + select_list(inner, "    ") + "  FROM " +
           scope + " s\n" + joins() + "  WHERE s.decided = " + sql_text(std::to_string(rule + 1)) +
           " AND s.fault IS NULL\n) x;";
  }

 private:
  std::string role_text(const std::optional<std::uint32_t>& role) const {
    return role ? sql_text(plan_.book.roles[*role].name) : dialect_.null_of(SqlType::text);
  }
  std::string entity() const { return columns_.value("s", block_.entity); }

  /// The event's, or that of the books when every amount of the block is in it.
  std::string currency() const {
    const EventType& type = columns_.type();
    const bool functional = std::any_of(block_.lines.begin(), block_.lines.end(),
                                        [&](const PostingLine& line) { return is_functional(type, line.amount); });
    if (functional || !type.currency_field) return "own.functional";
    const Operand event{Operand::Kind::header, *type.currency_field};
    const std::string sent = columns_.value("s", event);
    return type.header[*type.currency_field].required ? sent : "coalesce(" + sent + ", own.functional)";
  }

  // ---- the amount

  /// `rest`: what is missing on this side; `same`: what an earlier line took.
  AmountSql amount_of(std::size_t at) const {
    const PostingLine& line = block_.lines[at];
    if (line.take == PostingLine::Take::same) return amount_of(line.after.front());
    if (line.take != PostingLine::Take::rest) return amount_sql(plan_, columns_, "s", line.amount);
    AmountSql rest;
    for (std::size_t i = 0; i < block_.lines.size(); ++i) {
      if (rests_on(i, at)) continue;
      const bool adds = block_.lines[i].side != line.side;
      rest.value +=
          (rest.value.empty() ? (adds ? "" : "-") : (adds ? " + " : " - ")) + ("(" + amount_of(i).value + ")");
    }
    if (rest.value.empty()) rest.value = "0";
    return rest;
  }
  /// True for `other` itself and for lines that take what it took.
  bool rests_on(std::size_t line, std::size_t other) const {
    return line == other ||
           (block_.lines[line].take == PostingLine::Take::same && rests_on(block_.lines[line].after.front(), other));
  }

  /// Amounts of a block that shares out an amount are all known before the first line is posted, `rest` last.
  std::string amounts_fault() const {
    const bool plain = std::all_of(block_.lines.begin(), block_.lines.end(),
                                   [](const PostingLine& line) { return line.take == PostingLine::Take::amount; });
    if (plain) return amount_fault(amount_of(at_));
    if (at_ != 0) return dialect_.null_of(SqlType::text);
    std::string text;
    for (std::size_t i = 0; i < block_.lines.size(); ++i) {
      if (block_.lines[i].take != PostingLine::Take::amount) continue;
      const std::string fault = amount_fault(amount_of(i));
      text += "\n      WHEN " + fault + " IS NOT NULL THEN " + fault;
    }
    for (std::size_t i = 0; i < block_.lines.size(); ++i)
      if (block_.lines[i].take == PostingLine::Take::rest)
        text += "\n      WHEN " + amount_of(i).value + " < 0 THEN " +
                sql_text(fault_text(ErrorCode::BalanceExceeded, "the rest is below zero"));
    return "CASE" + text + "\n    END";
  }

  std::string amount_fault(const AmountSql& amount) const {
    std::string text;
    for (const std::string& fault : amount.faults) text += " WHEN " + fault + " IS NOT NULL THEN " + fault;
    if (!amount.too_fine.empty())
      text +=
          " WHEN " + amount.too_fine + " THEN " + sql_text(fault_text(ErrorCode::CurrencyDigits, line_.amount.text));
    return text.empty() ? dialect_.null_of(SqlType::text) : "CASE" + text + " END";
  }

  // ---- the account

  std::string account() const {
    if (table_entities_.empty()) return "a.account";
    const std::string answered = "t." + account_column();
    if (all_by_table_) return answered;
    return "CASE WHEN " + entity() + " IN " + sql_texts(table_entities_) + " THEN " + answered + " ELSE " +
           (some_fixed_ ? "a.account" : "NULL") + " END";
  }

  std::string account_column() const {
    const rules::Table& table = plan_.book.tables[table_];
    for (std::size_t a = 0; a < table.answers.size(); ++a)
      if (table.answers[a].kind == rules::AnswerColumn::Kind::account) return plan_.tables[table_].answers[a];
    GLMAP_ASSERT(!"a table of accounts answers accounts");
    return {};
  }

  std::string input(std::size_t c) const {
    const rules::Table& table = plan_.book.tables[table_];
    if (table.columns[c].domain.kind == rules::Domain::Kind::role) return sql_text(plan_.book.roles[line_.role].name);
    return columns_.value("s", line_.account_inputs[c]);
  }

  std::string joins() const {
    std::string text = "  LEFT JOIN book_entity own ON own.entity = " + entity() + "\n";
    if (table_entities_.empty() || some_fixed_)
      text += "  LEFT JOIN book_role_account a ON a.role = " + sql_text(plan_.book.roles[line_.role].name) +
              " AND a.entity = " + entity() + "\n";
    if (table_entities_.empty()) return text;
    std::vector<std::string> inputs;
    for (std::size_t c = 0; c < plan_.book.tables[table_].columns.size(); ++c) inputs.push_back(input(c));
    return text + "  LEFT JOIN " + plan_.tables[table_].rows +
           " t ON t.row_no = " + fitting_row(plan_, table_, inputs, day()) + "\n";
  }

  /// The day on which the entry will stand in the books of its entity.
  std::string day() const {
    if (plan_.book.closed == rules::ClosedPolicy::hold) return "s.day";
    return "CASE WHEN s.day <= own.closed_through THEN own.open_again ELSE s.day END";
  }

  std::string account_fault() const {
    const rules::Role& role = plan_.book.roles[line_.role];
    const std::string not_available = sql_text(fault_text(ErrorCode::RoleNotAvailable, "role " + role.name));
    if (table_entities_.empty()) return "CASE WHEN a.account IS NULL THEN " + not_available + " END";
    std::string text = "CASE";
    if (!all_by_table_)
      text += " WHEN " + entity() + " NOT IN " + sql_texts(table_entities_) + " THEN CASE WHEN " +
              (some_fixed_ ? "a.account IS NULL" : "1 = 1") + " THEN " + not_available + " END";
    const rules::Table& table = plan_.book.tables[table_];
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].domain.kind == rules::Domain::Kind::role) continue;
      if (const std::string fault = columns_.fault("s", line_.account_inputs[c]); !fault.empty())
        text += " WHEN " + fault + " IS NOT NULL THEN " + fault;
      text += " WHEN " + input(c) + " IS NULL THEN " +
              sql_text(fault_text(ErrorCode::NoRowFits, "table " + table.name + " asks for " + table.columns[c].name));
    }
    const ErrorCode none = table.remaining ? ErrorCode::ImpossibleCombination : ErrorCode::NoRowFits;
    return text + "\n      WHEN t.row_no IS NULL THEN " + sql_text(fault_text(none, "no row of table " + table.name)) +
           " WHEN t.impossible = 1 THEN " + sql_text(code_text(ErrorCode::ImpossibleCombination) + " ") +
           " || t.spec END";
  }

  // ---- dimensions

  std::string dimension_value(const Operand& operand) const {
    const std::string value = columns_.value("s", operand);
    const Operand read = columns_.effective(operand);
    const EventType& type = columns_.type();
    const bool number = (read.kind == Operand::Kind::header && type.header[read.index].kind == FieldKind::decimal) ||
                        (read.kind == Operand::Kind::line && type.line[read.index].kind == FieldKind::decimal);
    return number ? dialect_.number_text(value) : value;
  }

  /// Canonical JSON: names are sorted already.
  std::string dimensions() const {
    std::string text;
    for (std::size_t i = 0; i < line_.dimensions.size(); ++i) {
      const rules::DimensionSource& source = line_.dimensions[i];
      text += (i == 0 ? "'{" : " || ',") + ("\"" + source.name + "\":' || ") +
              dialect_.json_text(dimension_value(source.value));
    }
    return text.empty() ? "'{}'" : text + " || '}'";
  }

  std::string dimension_fault() const {
    std::string text;
    for (const rules::DimensionSource& source : line_.dimensions) {
      if (const std::string fault = columns_.fault("s", source.value); !fault.empty())
        text += " WHEN " + fault + " IS NOT NULL THEN " + fault;
      if (source.value.kind == Operand::Kind::constant) continue;
      text += " WHEN coalesce(" + account() + ", '') <> '' AND " + columns_.value("s", source.value) +
              " IS NULL THEN " + sql_text(fault_text(ErrorCode::DimensionMissing, source.name));
    }
    return text.empty() ? dialect_.null_of(SqlType::text) : "CASE" + text + " END";
  }

  std::string fault() const {
    std::string text = "CASE WHEN x.entity IS NULL THEN " + sql_text(fault_text(ErrorCode::MissingField, "entity")) +
                       "\n    WHEN x.amount_fault IS NOT NULL THEN x.amount_fault"
                       "\n    WHEN x.account_fault IS NOT NULL THEN x.account_fault";
    if (!table_entities_.empty())
      text += "\n    WHEN x.account = '' AND x.amount <> 0 THEN " +
              sql_text(fault_text(ErrorCode::NoRowFits, "no line for role " + plan_.book.roles[line_.role].name));
    return text + "\n    ELSE x.dimension_fault END";
  }

  const SqlPlan& plan_;
  const Dialect& dialect_;
  const ScopeColumns& columns_;
  const PostBlock& block_;
  const PostingLine& line_;
  std::size_t at_;
  std::uint32_t table_ = 0;
  std::vector<std::string> table_entities_;  // where the role asks `table_`
  bool some_fixed_ = false;
  bool all_by_table_ = false;
};

void emit_rule(const SqlPlan& plan, const ScopeColumns& columns, std::size_t index, const std::string& scope,
               SqlScript& script) {
  const rules::EventProgram& program = columns.program();
  const rules::Rule& rule = program.rules[index];
  script.comment("Rule " + rule.name + (rule.title.empty() ? "" : ", \"" + rule.title + "\"") + " (" +
                 place_text(rule.where) + ")" + (rule.because.empty() ? "" : ", because " + rule.because));
  std::size_t number = 0;
  for (const PostBlock& block : rule.blocks)
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
      const PostingLine& line = block.lines[i];
      script.comment(place_text(line.where) + "  " + std::string(to_text(line.side)) + " " +
                     plan.book.roles[line.role].name + "  " + words_of(line));
      script.add(plan.dialect.insert_into("posting") + "\n" +
                 PostingText(plan, columns, block, i).select(scope, index, program.ledger, ++number));
    }
  script.gap();
}

}  // namespace

void emit_postings(const SqlPlan& plan, SqlScript& script) {
  script.heading(
      "5. What the rules debit and credit",
      "One row a debit or credit line of a rule and event (or line of it), as the rule states it: amounts may be "
      "zero or negative. An account '' means `no line`.");
  script.add(plan.dialect.create("posting",
                                 {{"event_no", SqlType::whole, "", true},
                                  {"ledger_no", SqlType::whole, "", true},
                                  {"ord", SqlType::whole, "line * 10000 + number of the posting", true},
                                  {"entity", SqlType::text, ""},
                                  {"journal", SqlType::text, "", true},
                                  {"currency", SqlType::text, ""},
                                  {"side", SqlType::text, "", true},
                                  {"role", SqlType::text, "", true},
                                  {"account", SqlType::text, ""},
                                  {"amount", SqlType::amount, "minor units of the currency, towards the side"},
                                  {"own_rate", SqlType::whole, "1: `at` a rate of its own", true},
                                  {"rate", SqlType::number, "that rate"},
                                  {"states_worth", SqlType::whole, "1: `worth` an amount of the event", true},
                                  {"worth", SqlType::amount, "that amount, in minor units of the books"},
                                  {"dimensions", SqlType::text, "canonical JSON"},
                                  {"gain_role", SqlType::text, "`difference to`"},
                                  {"loss_role", SqlType::text, ""},
                                  {"spec", SqlType::text, "", true},
                                  {"fault", SqlType::text, ""}},
                                 ""));
  script.gap();
  for (std::size_t p = 0; p < plan.book.programs.size(); ++p) {
    const rules::EventProgram& program = plan.book.programs[p];
    if (!why_not_covered(plan.book, program.type).empty()) continue;
    const ScopeColumns columns(plan, program);
    for (std::size_t r = 0; r < program.rules.size(); ++r)
      if (program.rules[r].outcome == rules::Rule::Outcome::post && why_not_covered(program.rules[r]).empty())
        emit_rule(plan, columns, r, plan.scopes[p], script);
  }
  script.add(plan.dialect.insert_into("fault") +
             "\nSELECT event_no, ledger_no, 1, ord, fault FROM posting WHERE fault IS NOT NULL;");
  script.add("CREATE INDEX posting_event ON posting (event_no, ledger_no);");
  script.add("CREATE INDEX fault_event ON fault (event_no, ledger_no);");
  script.add(plan.dialect.analyze("posting"));
  script.add(plan.dialect.analyze("fault"));
}

}  // namespace glmap::emit
