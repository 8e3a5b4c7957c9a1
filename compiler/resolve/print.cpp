// SPDX-License-Identifier: Apache-2.0
// The resolved book as text: every name as it was understood, in the order of the book. For golden files and for people
// who want to see what a word was taken for.
#include "compiler/resolve/print_intake.hpp"
#include "compiler/resolve/resolve.hpp"

namespace glmap::resolve {
namespace {

using rules::AmountStep;
using rules::Condition;
using rules::EventProgram;
using rules::Operand;
using rules::RoleAccount;
using rules::RuleBook;
using rules::Table;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "-" : text;
}

std::string place(const SourceRef& where) {
  return where.file + ":" + std::to_string(where.line);
}

class Printer {
 public:
  explicit Printer(const ResolvedModel& model) : model_(model), book_(model.book) {}

  std::string print() {
    line(0, "book " + book_.name + " release " + book_.release + " owner " + book_.owner + " unknown " +
                (book_.reject_unknown ? "reject" : "hold") + " ledgers " + joined(book_.ledgers));
    print_catalog();
    for (const Table& table : book_.tables) print_table(table);
    print_roles();
    print_policies();
    for (const EventProgram& program : book_.programs) print_program(program);
    for (const rules::Intake& intake : book_.intakes) text_ += print_intake(book_, intake);
    for (const BookTest& test : model_.tests) print_test(test);
    return std::move(text_);
  }

 private:
  void line(int level, const std::string& words) {
    text_.append(static_cast<std::size_t>(level) * 2, ' ');
    text_ += words + "\n";
  }

  // ---- reference data

  void print_catalog() {
    for (const ValueList& list : book_.catalog.lists) line(0, "list " + list.name + " is " + joined(list.values));
    for (const LegalEntity& entity : book_.catalog.entities)
      line(0, "entity " + entity.code + " " + std::string(entity.functional.code()) + " " + entity.zone + " calendar " +
                  entity.calendar + " chart " + entity.chart + " (" + std::to_string(entity.accounts.size()) +
                  " accounts) erp " + entity.erp +
                  (entity.closed_through ? " closed through " + entity.closed_through->to_text() : "") +
                  (entity.soft_closed_through ? " soft closed through " + entity.soft_closed_through->to_text() : "") +
                  (entity.reversal == ReversalStyle::storno ? " reversal storno" : ""));
    for (const FiscalCalendar& calendar : book_.calendars)
      line(0, "calendar " + calendar.name() + " " + std::to_string(calendar.periods().size()) + " periods from " +
                  calendar.periods().front().from.to_text() + " until " + calendar.periods().back().until.to_text());
    for (const EventType& type : book_.catalog.types) {
      line(0, "event " + type.name + (type.object.empty() ? "" : " object " + type.object));
      for (const Field& field : type.header) print_field(type, field, type.header, "field ");
      for (const Field& field : type.line) print_field(type, field, type.line, "line field ");
      for (const Invariant& invariant : type.invariants)
        line(1, (invariant.on_line ? "each line: " : "invariant: ") +
                    sum_text(type, invariant.on_line ? type.line : type.header, invariant.terms) + " = 0");
    }
  }

  void print_field(const EventType& type, const Field& field, const std::vector<Field>& level, const char* what) {
    std::string words = what + field.name + ": " + std::string(to_text(field.kind));
    if (field.kind == FieldKind::list) words += " " + book_.catalog.lists[field.list].name;
    if (!field.required) words += " optional";
    if (field.sign != AmountSign::any) words += ", " + std::string(to_text(field.sign));
    if (!field.definition.empty()) words += " is " + sum_text(type, level, field.definition);
    line(1, words);
  }

  static std::string sum_text(const EventType& type, const std::vector<Field>& level,
                              const std::vector<SumTerm>& terms) {
    std::string text;
    for (const SumTerm& term : terms) {
      if (text.empty())
        text = term.negative ? "-" : "";
      else
        text += term.negative ? " - " : " + ";
      text += term.over_lines ? "sum of line." + type.line[term.field].name : level[term.field].name;
    }
    return text;
  }

  // ---- tables, roles

  std::string domain_text(const rules::Domain& domain) const {
    switch (domain.kind) {
      case rules::Domain::Kind::list:
        return "list " + book_.catalog.lists[domain.list].name;
      case rules::Domain::Kind::entity:
        return "entity";
      case rules::Domain::Kind::currency:
        return "currency";
      case rules::Domain::Kind::yes_no:
        return "yes/no";
      case rules::Domain::Kind::role:
        return "role";
    }
    return "";
  }

  std::string set_text(const rules::Domain& domain, const rules::ValueSet& set) const {
    if (set.any) return "any";
    std::vector<std::string> words;
    for (const std::uint32_t value : set.values) words.push_back(book_.value_text(domain, value));
    return joined(words);
  }

  std::string answer_text(const rules::AnswerColumn& column, const rules::Answer& answer) const {
    switch (column.kind) {
      case rules::AnswerColumn::Kind::list:
        return set_text({rules::Domain::Kind::list, column.list}, answer.values);
      case rules::AnswerColumn::Kind::account:
        return answer.no_line ? "no line" : answer.account;
      case rules::AnswerColumn::Kind::decimal:
        return answer.number.to_text();
    }
    return "";
  }

  void print_table(const Table& table) {
    line(0, "table " + table.name);
    for (const rules::TableColumn& column : table.columns)
      line(1, "asks " + column.name + ": " + domain_text(column.domain));
    for (const rules::AnswerColumn& column : table.answers)
      line(1, "answers " + column.name + ": " +
                  (column.kind == rules::AnswerColumn::Kind::account   ? "account"
                   : column.kind == rules::AnswerColumn::Kind::decimal ? "number"
                                                                       : "list " + column.name));
    for (const rules::TableRow& row : table.rows) {
      std::string words;
      for (std::size_t c = 0; c < row.cells.size(); ++c)
        words += (c == 0 ? "" : " | ") + set_text(table.columns[c].domain, row.cells[c]);
      words += " ||";
      if (row.impossible) words += " impossible because \"" + row.because + "\"";
      for (std::size_t a = 0; a < row.answers.size(); ++a)
        words += (a == 0 ? " " : " | ") + answer_text(table.answers[a], row.answers[a]);
      if (row.from) words += " from " + row.from->to_text();
      if (row.until) words += " until " + row.until->to_text();
      line(1, "row " + words);
    }
    if (table.remaining)
      line(1, "remaining " + std::to_string(table.remaining->count) + " impossible because \"" +
                  table.remaining->because + "\"");
  }

  void print_roles() {
    for (const rules::Role& role : book_.roles) {
      std::string words = "role " + role.name;
      for (std::size_t e = 0; e < role.by_entity.size(); ++e) {
        const RoleAccount& account = role.by_entity[e];
        words += (e == 0 ? ": " : ", ") + book_.catalog.entities[e].code + " " +
                 (account.kind == RoleAccount::Kind::none    ? "-"
                  : account.kind == RoleAccount::Kind::fixed ? account.account
                                                             : "by " + book_.tables[account.table].name);
      }
      if (!role.needs.empty()) words += "; needs " + joined(role.needs);
      if (!role.forbids.empty()) words += "; forbids " + joined(role.forbids);
      line(0, words);
    }
  }

  void print_policies() {
    line(0, "posting date is " + joined(book_.posting_date_fields) + "; closed " +
                (book_.closed == rules::ClosedPolicy::hold ? "hold" : "first open day") +
                (book_.soft_closed_schedules ? "; soft closed allows schedules" : "") +
                (book_.soft_closed_reversals ? "; soft closed allows reversals" : ""));
    print_foreign_currency();
    for (const rules::Prerequisite& one : book_.order)
      line(0, "order " + field_text(one.type, one.field) + " needs " + field_text(one.needs, one.needs_field) +
                  " wait " + std::to_string(one.wait_minutes) + " minutes, then held for " + one.owner);
    for (const rules::BusinessExpectation& one : book_.expectations)
      line(0, "expectation " + field_text(one.expected, one.expected_field) + " within " +
                  std::to_string(one.within_minutes) + " minutes after " + field_text(one.after, one.after_field) +
                  ", else exception for " + one.owner);
    for (const rules::Approval& one : book_.approvals) print_approval(one);
    for (const RuleBook::IntercompanyPair& one : book_.intercompany)
      line(0, "intercompany pair " + book_.roles[one.due_from].name + ", " + book_.roles[one.due_to].name + " by " +
                  one.partner);
  }

  /// "invoice.issued by invoice"
  std::string field_text(std::uint32_t type, std::uint32_t field) const {
    return book_.catalog.types[type].name + " by " + book_.catalog.types[type].header[field].name;
  }

  void print_approval(const rules::Approval& one) {
    std::vector<std::string> types;
    for (const std::uint32_t type : one.types) types.push_back(book_.catalog.types[type].name);
    std::vector<std::string> entities;
    for (const std::uint32_t entity : one.entities) entities.push_back(book_.catalog.entities[entity].code);
    line(0, "approval " + (one.late ? std::string("late") : joined(types)) + " over " + one.over.to_text() +
                (entities.empty() ? "" : " in " + joined(entities)) + " by " + one.by);
  }

  void print_foreign_currency() {
    if (!book_.foreign_currency) return;
    const rules::ForeignCurrency& foreign = *book_.foreign_currency;
    std::vector<std::string> never;
    for (const std::uint32_t role : foreign.never_in) never.push_back(book_.roles[role].name);
    const std::string rate = foreign.rate_source.empty()
                                 ? foreign.rate_field
                                 : "from " + foreign.rate_source + " on " + foreign.rate_date + " at most " +
                                       std::to_string(foreign.rate_age_days_max) + " days old";
    line(0, "foreign currency: rate " + rate + ", round " + std::string(to_text(foreign.mode)) + ", rounding to " +
                book_.roles[foreign.rounding_role].name + " at most " + foreign.cap_per_line.to_text() +
                " per line, never in " + joined(never));
  }

  // ---- programs

  std::string operand_text(const EventProgram& program, const Operand& operand) const {
    const EventType& type = book_.catalog.types[program.type];
    switch (operand.kind) {
      case Operand::Kind::header:
        return "event." + type.header[operand.index].name;
      case Operand::Kind::line:
        return "line." + type.line[operand.index].name;
      case Operand::Kind::attribute: {
        const Table& table = book_.tables[program.lookups[operand.index].table];
        return table.name + "[" + std::to_string(operand.index) + "]." + table.answers[operand.answer].name;
      }
      case Operand::Kind::functional:
        return "functional currency";
      case Operand::Kind::constant:
        return "\"" + operand.text + "\"";
      case Operand::Kind::step:
        return "amount";
    }
    return "";
  }

  std::string inputs_text(const EventProgram& program, const Table& table, const std::vector<Operand>& inputs) const {
    std::string words;
    for (std::size_t c = 0; c < inputs.size() && c < table.columns.size(); ++c)
      words += (c == 0 ? "" : ", ") + (table.columns[c].domain.kind == rules::Domain::Kind::role
                                           ? std::string("the role")
                                           : operand_text(program, inputs[c]));
    return words;
  }

  void print_program(const EventProgram& program) {
    line(0, "program of " + book_.catalog.types[program.type].name + " in ledger " + book_.ledgers[program.ledger] +
                (program.each_line ? ", each line" : ""));
    for (std::size_t i = 0; i < program.lookups.size(); ++i) {
      const rules::Lookup& lookup = program.lookups[i];
      line(1, "look-up " + std::to_string(i) + ": table " + book_.tables[lookup.table].name + " (" +
                  inputs_text(program, book_.tables[lookup.table], lookup.inputs) + ")" +
                  (lookup.on_line ? " on line" : "") +
                  (lookup.must_agree ? " must agree with " + operand_text(program, *lookup.must_agree) : ""));
    }
    for (const rules::Rule& rule : program.rules) print_rule(program, rule);
  }

  void print_rule(const EventProgram& program, const rules::Rule& rule) {
    line(1, (rule.outcome == rules::Rule::Outcome::post ? "rule " : "") + rule.name + " at " + place(rule.where));
    for (const Condition& condition : rule.when) {
      std::string words =
          "when " + operand_text(program, condition.subject) + " is " + (condition.negated ? "not " : "");
      if (condition.kind == Condition::Kind::given) words += "given";
      if (condition.kind == Condition::Kind::same) words += operand_text(program, condition.other);
      if (condition.kind == Condition::Kind::in) words += "in " + set_text(condition.domain, condition.values);
      line(2, words);
    }
    for (const rules::PostBlock& block : rule.blocks) {
      line(2, "post in " + block_text(program, block));
      for (const rules::PostingLine& posting : block.lines) print_posting(program, posting);
    }
    for (const rules::Recognition& one : rule.recognitions) print_recognition(program, one);
    if (rule.reversal) line(2, "reverse everything for " + operand_text(program, rule.reversal->object));
  }

  std::string block_text(const EventProgram& program, const rules::PostBlock& block) const {
    std::string words = operand_text(program, block.entity) + ", journal " + block.journal;
    if (block.gain_role)
      words += ", difference to " + book_.roles[*block.gain_role].name + ", " + book_.roles[*block.loss_role].name;
    return words;
  }

  void print_recognition(const EventProgram& program, const rules::Recognition& one) {
    static constexpr std::string_view kChanged[] = {"hold", "prospective", "catch_up"};
    line(2, "recognise" + amount_text(program, one.amount) + " over " + operand_text(program, one.from) + " to " +
                operand_text(program, one.until) + " by " +
                (one.convention_from ? operand_text(program, *one.convention_from)
                                     : std::string(rules::to_text(one.convention))) +
                ", rounding " + (one.rounding == rules::ScheduleRounding::cumulative ? "cumulative" : "rest_in_last"));
    for (const rules::DimensionSource& key : one.keys)
      line(3, "for " + key.name + " " + operand_text(program, key.value));
    line(3, "when changed " + std::string(kChanged[static_cast<std::size_t>(one.changed)]));
    line(3, "post in " + block_text(program, one.block));
    for (const rules::PostingLine& posting : one.block.lines) print_posting(program, posting);
  }

  std::string step_text(const EventProgram& program, const AmountStep& step) const {
    switch (step.kind) {
      case AmountStep::Kind::load:
        return operand_text(program, step.operand);
      case AmountStep::Kind::constant:
        return step.constant.to_text();
      case AmountStep::Kind::add:
        return "add";
      case AmountStep::Kind::subtract:
        return "subtract";
      case AmountStep::Kind::multiply:
        return "multiply";
      case AmountStep::Kind::negate:
        return "negate";
      case AmountStep::Kind::round:
        return "round " + std::string(to_text(step.mode));
      case AmountStep::Kind::share:
        return "share by " + operand_text(program, step.operand);
    }
    return "";
  }

  std::string amount_text(const EventProgram& program, const rules::Amount& amount) const {
    std::string words;
    for (const AmountStep& step : amount.steps) words += " " + step_text(program, step) + ";";
    return words;
  }

  std::string take_text(const EventProgram& program, const rules::PostingLine& posting) const {
    using Take = rules::PostingLine::Take;
    std::string lines;
    for (const std::uint32_t after : posting.after) lines += (lines.empty() ? "" : ", ") + std::to_string(after + 1);
    switch (posting.take) {
      case Take::amount:
        return amount_text(program, posting.amount);
      case Take::rest_of:
        return amount_text(program, posting.amount) + " less lines " + lines + ";";
      case Take::rest:
        return " what balances;";
      case Take::same:
        return " as line " + lines + ";";
    }
    return "";
  }

  static std::string limit_text(const rules::BalanceLimit& limit) {
    const bool oldest = limit.order == rules::BalanceLimit::Order::oldest_first;
    std::string words = "at most the balance for " + joined(limit.keys);
    if (!limit.item.empty())
      words = "open items by " + limit.item + " for " + joined(limit.keys) +
              (oldest ? ", oldest first" : ", with the same amount");
    return words + (limit.else_hold ? ", else hold" : "");
  }

  void print_posting(const EventProgram& program, const rules::PostingLine& posting) {
    std::string words =
        std::string(to_text(posting.side)) + " " + book_.roles[posting.role].name + ":" + take_text(program, posting);
    if (posting.limit) words += " " + limit_text(*posting.limit) + ";";
    if (posting.at_carrying_rate) words += " at carrying rate;";
    if (posting.rate) words += " at " + operand_text(program, *posting.rate) + ";";
    if (posting.functional) words += " worth " + operand_text(program, *posting.functional) + ";";
    words.pop_back();
    line(3, words);
    for (const rules::DimensionSource& source : posting.dimensions)
      line(4, "with " + source.name + " " + operand_text(program, source.value));
    if (posting.account_inputs.empty()) return;
    for (const RoleAccount& account : book_.roles[posting.role].by_entity) {
      if (account.kind != RoleAccount::Kind::table) continue;
      const Table& table = book_.tables[account.table];
      line(4, "account by " + table.name + " (" + inputs_text(program, table, posting.account_inputs) + ")");
      break;
    }
  }

  // ---- tests

  void print_test(const BookTest& test) {
    line(0, "test \"" + test.title + "\"");
    for (const TestStep& step : test.steps) {
      if (step.kind == TestStep::Kind::event) line(1, "event " + write_json(step.event));
      if (step.kind == TestStep::Kind::through) line(1, "through " + step.through.to_text());
      if (step.kind == TestStep::Kind::rate)
        line(1, "rate " + step.rate.source + " " + std::string(step.rate.from.code()) + " " +
                    std::string(step.rate.to.code()) + " " + step.rate.rate.to_text() + " on " +
                    step.rate.date.to_text());
      for (const Expectation& expected : step.expected) print_expectation(expected);
    }
  }

  void print_expectation(const Expectation& expected) {
    switch (expected.kind) {
      case syntax::Expectation::Kind::no_entry:
        return line(2, "expect no entry");
      case syntax::Expectation::Kind::held:
        return line(2, "expect held \"" + expected.reason + "\"");
      case syntax::Expectation::Kind::duplicate:
        return line(2, "expect duplicate");
      case syntax::Expectation::Kind::conflict:
        return line(2, "expect conflict");
      case syntax::Expectation::Kind::waiting:
        return line(2, "expect waiting");
      case syntax::Expectation::Kind::exception:
        return line(2, "expect exception \"" + expected.reason + "\"");
      case syntax::Expectation::Kind::balance:
        return line(2, "expect balance of " + joined(expected.roles) +
                           (expected.entity.empty() ? "" : " in " + expected.entity) + " in ledger " + expected.ledger +
                           " on " + expected.date.to_text() + " is " + expected.balance.to_text() + " " +
                           expected.currency + dimensions_text(expected.dimensions));
      case syntax::Expectation::Kind::entry:
        break;
    }
    line(2, "expect " + expected.entity + " " + expected.journal + " " + expected.date.to_text() + " " +
                expected.currency + " in ledger " + expected.ledger + (expected.storno ? " storno" : "") +
                (expected.reverses.empty() ? "" : " reverses " + expected.reverses));
    for (const ExpectedLine& one : expected.lines) {
      std::string words =
          std::string(to_text(one.side)) + " " + one.account + " " + one.role + " " + one.functional.to_text();
      if (one.transaction) words += " of " + one.transaction->to_text();
      line(3, words + dimensions_text(one.dimensions));
    }
  }

  static std::string dimensions_text(const std::vector<Dimension>& dimensions) {
    std::string words;
    for (const Dimension& dimension : dimensions) words += ", " + dimension.name + " " + dimension.value;
    return words;
  }

  const ResolvedModel& model_;
  const RuleBook& book_;
  std::string text_;
};

}  // namespace

std::string print_resolved(const ResolvedModel& model) {
  return Printer(model).print();
}

}  // namespace glmap::resolve
