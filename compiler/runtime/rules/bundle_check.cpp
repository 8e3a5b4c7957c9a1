// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/bundle_check.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

class Checker {
 public:
  explicit Checker(const RuleBook& book) : book_(book) {}

  std::string run() {
    check_catalog();
    if (!fault_.empty()) return fault_;
    for (const Table& table : book_.tables) check_table(table);
    for (const Role& role : book_.roles) check_role(role);
    for (const EventProgram& program : book_.programs) check_program(program);
    const auto in_order = [](const EventProgram& a, const EventProgram& b) {
      return std::pair(a.type, a.ledger) >= std::pair(b.type, b.ledger);
    };
    if (std::adjacent_find(book_.programs.begin(), book_.programs.end(), in_order) != book_.programs.end())
      complain("programs are not in the order of event types and ledgers");
    if (book_.ledgers.empty()) complain("no ledger");
    check_policies();
    if (fault_.empty()) fault_ = find_intake_fault(book_);
    if (book_.foreign_currency) {
      require(book_.foreign_currency->rounding_role < book_.roles.size(), "rounding role");
      require(to_text(book_.foreign_currency->mode) != "", "rounding mode");
      for (const std::uint32_t role : book_.foreign_currency->never_in) require(role < book_.roles.size(), "role");
    }
    return fault_;
  }

 private:
  void complain(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
  }
  void require(bool good, std::string_view what) {
    if (!good) complain("a number out of range: " + std::string(what));
  }

  void check_catalog() {
    for (const EventType& type : book_.catalog.types) {
      check_fields(type, type.header);
      check_fields(type, type.line);
      require(
          type.entity_field < type.header.size() &&
              type.header[std::min<std::size_t>(type.entity_field, type.header.size() - 1)].kind == FieldKind::entity,
          "entity field of " + type.name);
      require(!type.currency_field || (*type.currency_field < type.header.size() &&
                                       type.header[*type.currency_field].kind == FieldKind::currency),
              "currency field of " + type.name);
      for (const Invariant& invariant : type.invariants)
        check_terms(type, invariant.terms, invariant.on_line ? type.line.size() : type.header.size());
    }
  }
  void check_fields(const EventType& type, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      require(field.kind <= FieldKind::yes_no, "kind of field " + field.name);
      require(field.sign <= AmountSign::not_negative, "sign of field " + field.name);
      require(field.kind != FieldKind::list || field.list < book_.catalog.lists.size(), "list of field " + field.name);
      check_terms(type, field.definition, fields.size());
    }
  }
  void check_terms(const EventType& type, const std::vector<SumTerm>& terms, std::size_t size) {
    for (const SumTerm& term : terms) require(term.field < (term.over_lines ? type.line.size() : size), "sum term");
  }

  /// A header field of an event type.
  void check_header(std::uint32_t type, std::uint32_t field, std::string_view what) {
    require(type < book_.catalog.types.size() && field < book_.catalog.types[type].header.size(), what);
  }
  void check_policies() {
    for (const Prerequisite& one : book_.order) {
      check_header(one.type, one.field, "field of an event that waits");
      check_header(one.needs, one.needs_field, "field of an event that is waited for");
      require(one.wait_minutes >= 0, "minutes to wait");
    }
    for (const BusinessExpectation& one : book_.expectations) {
      check_header(one.expected, one.expected_field, "field of an expected event");
      check_header(one.after, one.after_field, "field of an event that another should follow");
      require(one.within_minutes >= 0, "minutes within which an event should follow");
    }
    for (const Approval& approval : book_.approvals) {
      for (const std::uint32_t type : approval.types) require(type < book_.catalog.types.size(), "type of an approval");
      for (const std::uint32_t entity : approval.entities)
        require(entity < book_.catalog.entities.size(), "entity of an approval");
    }
    for (const RuleBook::IntercompanyPair& pair : book_.intercompany)
      require(std::max(pair.due_from, pair.due_to) < book_.roles.size(), "role of an intercompany pair");
  }

  bool domain_fits(const Domain& domain) const {
    return domain.kind <= Domain::Kind::role &&
           (domain.kind != Domain::Kind::list || domain.list < book_.catalog.lists.size());
  }
  void check_set(const ValueSet& set, const Domain& domain) {
    if (!domain_fits(domain)) return complain("a domain that does not exist");
    const std::uint32_t size = book_.domain_size(domain);
    for (const std::uint32_t value : set.values) require(value < size, "value of a closed list");
    require(std::is_sorted(set.values.begin(), set.values.end()), "order of values");
  }
  void check_table(const Table& table) {
    require(table.columns.size() <= 32, "columns of table " + table.name);
    for (const TableColumn& column : table.columns) require(domain_fits(column.domain), "column " + column.name);
    for (const AnswerColumn& answer : table.answers)
      require(answer.kind != AnswerColumn::Kind::list || answer.list < book_.catalog.lists.size(), "answer list");
    if (!fault_.empty()) return;
    for (const TableRow& row : table.rows) {
      require(row.cells.size() == table.columns.size(), "cells of table " + table.name);
      require(row.impossible || row.answers.size() == table.answers.size(), "answers of table " + table.name);
      if (!fault_.empty()) return;
      for (std::size_t c = 0; c < row.cells.size(); ++c) check_set(row.cells[c], table.columns[c].domain);
      for (std::size_t a = 0; a < row.answers.size(); ++a)
        if (table.answers[a].kind == AnswerColumn::Kind::list)
          check_set(row.answers[a].values, {Domain::Kind::list, table.answers[a].list});
    }
  }
  void check_role(const Role& role) {
    require(role.by_entity.size() == book_.catalog.entities.size(), "accounts of role " + role.name);
    for (const RoleAccount& account : role.by_entity)
      require(account.kind != RoleAccount::Kind::table || account.table < book_.tables.size(),
              "account table of role " + role.name);
  }

  void check_operand(const EventProgram& program, const Operand& operand, std::size_t lookups) {
    const EventType& type = book_.catalog.types[program.type];
    switch (operand.kind) {
      case Operand::Kind::header:
        return require(operand.index < type.header.size(), "header field");
      case Operand::Kind::line:
        return require(program.each_line && operand.index < type.line.size(), "line field");
      case Operand::Kind::attribute: {
        require(operand.index < lookups, "look-up");
        if (!fault_.empty()) return;
        const Table& table = book_.tables[program.lookups[operand.index].table];
        return require(operand.answer < table.answers.size(), "answer of table " + table.name);
      }
      case Operand::Kind::functional:
      case Operand::Kind::constant:
      case Operand::Kind::step:
        return;
    }
    complain("an operand of an unknown kind");
  }
  void check_program(const EventProgram& program) {
    require(program.type < book_.catalog.types.size(), "event type");
    require(program.ledger < book_.ledgers.size(), "ledger");
    if (!fault_.empty()) return;
    for (std::size_t i = 0; i < program.lookups.size() && fault_.empty(); ++i) {
      const Lookup& lookup = program.lookups[i];
      require(lookup.table < book_.tables.size(), "table of a look-up");
      if (!fault_.empty()) return;
      require(lookup.inputs.size() == book_.tables[lookup.table].columns.size(), "inputs of a look-up");
      for (const Operand& input : lookup.inputs) check_operand(program, input, i);
      if (lookup.must_agree) {
        check_operand(program, *lookup.must_agree, i);
        require(!book_.tables[lookup.table].answers.empty() &&
                    book_.tables[lookup.table].answers.front().kind == AnswerColumn::Kind::list,
                "checked answer");
      }
    }
    for (const Rule& rule : program.rules) check_rule(program, rule);
  }
  void check_rule(const EventProgram& program, const Rule& rule) {
    for (const Condition& condition : rule.when) {
      check_operand(program, condition.subject, program.lookups.size());
      if (condition.kind == Condition::Kind::in) check_set(condition.values, condition.domain);
      if (condition.kind == Condition::Kind::same) check_operand(program, condition.other, program.lookups.size());
    }
    for (const PostBlock& block : rule.blocks) check_block(program, block, false);
    for (const Recognition& recognition : rule.recognitions) check_recognition(program, recognition);
    if (rule.reversal) check_operand(program, rule.reversal->object, program.lookups.size());
  }
  void check_recognition(const EventProgram& program, const Recognition& recognition) {
    check_amount(program, recognition.amount, false);
    require(recognition.convention <= Convention::mid_month, "convention");
    require(recognition.rounding <= ScheduleRounding::rest_in_last, "rounding of a schedule");
    require(recognition.changed <= Recognition::Changed::catch_up, "what a changed schedule means");
    for (const Operand* operand : {&recognition.from, &recognition.until})
      check_operand(program, *operand, program.lookups.size());
    if (recognition.convention_from) check_operand(program, *recognition.convention_from, program.lookups.size());
    for (const DimensionSource& key : recognition.keys) check_operand(program, key.value, program.lookups.size());
    check_block(program, recognition.block, true);
  }
  void check_block(const EventProgram& program, const PostBlock& block, bool of_schedule) {
    check_operand(program, block.entity, program.lookups.size());
    require(block.gain_role.has_value() == block.loss_role.has_value(), "difference roles");
    if (block.gain_role) require(std::max(*block.gain_role, *block.loss_role) < book_.roles.size(), "role");
    int rests = 0;
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
      const PostingLine& line = block.lines[i];
      check_posting(program, line, of_schedule);
      check_take(line, i);
      rests += line.take == PostingLine::Take::rest ? 1 : 0;
    }
    require(rests <= 1, "lines that take the rest of a block");
  }
  void check_take(const PostingLine& line, std::size_t index) {
    using Take = PostingLine::Take;
    require(line.take <= Take::same, "take of a posting line");
    const bool looks_up = line.take == Take::rest_of || line.take == Take::same;
    require(looks_up != line.after.empty(), "lines above a posting line");
    for (const std::uint32_t before : line.after) require(before < index, "line above a posting line");
    require(!line.at_carrying_rate || line.limit, "carrying rate without a balance");
    if (!line.limit) return;
    const BalanceLimit& limit = *line.limit;
    require(line.take == Take::amount || line.take == Take::rest_of, "balance of a posting line");
    require(limit.order <= BalanceLimit::Order::same_amount, "order of open items");
    for (const std::string& key : limit.keys)
      require(
          key != limit.item && std::ranges::find(line.dimensions, key, &DimensionSource::name) != line.dimensions.end(),
          "key of a balance");
  }
  void check_amount(const EventProgram& program, const Amount& amount, bool of_schedule) {
    int depth = 0;
    for (const AmountStep& step : amount.steps) {
      require(step.kind <= AmountStep::Kind::share, "step of an amount");
      if (step.kind == AmountStep::Kind::load || step.kind == AmountStep::Kind::share)
        check_operand(program, step.operand, program.lookups.size());
      require(step.operand.kind != Operand::Kind::step || of_schedule, "step of a schedule outside of one");
      require(step.kind != AmountStep::Kind::share || step.operand.kind == Operand::Kind::line, "share");
      const bool pushes = step.kind == AmountStep::Kind::load || step.kind == AmountStep::Kind::constant;
      const bool keeps = step.kind == AmountStep::Kind::negate || step.kind == AmountStep::Kind::round ||
                         step.kind == AmountStep::Kind::share;
      require(pushes || depth >= (keeps ? 1 : 2), "amount");
      depth += pushes ? 1 : keeps ? 0 : -1;
    }
    require(depth == 1, "amount");
  }
  void check_posting(const EventProgram& program, const PostingLine& line, bool of_schedule) {
    require(line.role < book_.roles.size(), "role of a posting line");
    if (!fault_.empty()) return;
    if (line.take == PostingLine::Take::amount || line.take == PostingLine::Take::rest_of)
      check_amount(program, line.amount, of_schedule);
    if (line.rate) check_operand(program, *line.rate, program.lookups.size());
    if (line.functional) check_operand(program, *line.functional, program.lookups.size());
    for (const DimensionSource& source : line.dimensions) check_operand(program, source.value, program.lookups.size());
    for (const RoleAccount& account : book_.roles[line.role].by_entity) {
      if (account.kind != RoleAccount::Kind::table) continue;
      const Table& table = book_.tables[account.table];
      require(line.account_inputs.size() == table.columns.size(), "inputs of account table " + table.name);
      if (!fault_.empty()) return;
      for (std::size_t c = 0; c < table.columns.size(); ++c)
        if (table.columns[c].domain.kind != Domain::Kind::role)
          check_operand(program, line.account_inputs[c], program.lookups.size());
    }
  }

  const RuleBook& book_;
  std::string fault_;
};

}  // namespace

std::string find_bundle_fault(const RuleBook& book) {
  return Checker(book).run();
}

}  // namespace glmap::rules
