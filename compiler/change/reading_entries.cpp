// SPDX-License-Identifier: Apache-2.0
// What the rule that fits posts: accounts, dimensions and amounts of its lines, and the terms of its schedules.
#include <algorithm>

#include "compiler/change/reading.hpp"
#include "compiler/verify/program_space.hpp"

namespace glmap::change {
namespace {

using rules::Operand;
using rules::PostingLine;

bool is_functional(const Operand& operand, const EventType& type) {
  return (operand.kind == Operand::Kind::header && type.header[operand.index].kind == FieldKind::money_functional) ||
         (operand.kind == Operand::Kind::line && type.line[operand.index].kind == FieldKind::money_functional);
}

bool in_functional_currency(const rules::PostBlock& block, const EventType& type) {
  for (const PostingLine& line : block.lines)
    for (const rules::AmountStep& step : line.amount.steps)
      if (step.kind == rules::AmountStep::Kind::load && is_functional(step.operand, type)) return true;
  return false;
}

std::string limit_words(const rules::BalanceLimit& limit) {
  std::string text = " at most its balance for";
  for (const std::string& key : limit.keys) text += " " + key;
  if (limit.else_hold) text += " else hold";
  if (limit.item.empty()) return text;
  return text + " over its open items by " + limit.item +
         (limit.order == rules::BalanceLimit::Order::oldest_first ? ", oldest first" : ", same amount");
}

/// What a line takes of its amount, where that is not all of it.
std::string take_words(const PostingLine& line) {
  switch (line.take) {
    case PostingLine::Take::amount:
      return "";
    case PostingLine::Take::rest_of:
      return ", the rest of it";
    case PostingLine::Take::rest:
      return ", the rest";
    case PostingLine::Take::same:
      return ", the same";
  }
  return "";
}

std::string schedule_words(const rules::Recognition& of) {
  std::string text = of.rounding == rules::ScheduleRounding::cumulative ? "" : ", each step rounded";
  using Changed = rules::Recognition::Changed;
  return text + (of.changed == Changed::hold          ? ", when changed hold"
                 : of.changed == Changed::prospective ? ", when changed prospective"
                                                      : ", when changed catch up");
}

/// Lines that agree in all this are one line of the entry.
struct LineKey {
  Side side;
  std::uint32_t role;
  std::string rest;
  friend auto operator<=>(const LineKey&, const LineKey&) = default;
};

}  // namespace

std::string Reading::operand_words(const rules::EventProgram& program, const Operand& operand) const {
  const EventType& type = *frame().type_in(side_.book_);
  if (operand.kind == Operand::Kind::line) return "line." + type.line[operand.index].name;
  if (operand.kind == Operand::Kind::header) return type.header[operand.index].name;
  return verify::operand_words(book(), program, operand);
}

/// The text that an operand gives a dimension. `needed`: without one the event waits.
Read<std::string> Reading::value_words(Program& in, const Operand& operand, bool needed) {
  Operand field = operand;
  if (operand.kind == Operand::Kind::attribute) {
    const rules::Lookup& asked = in.program->lookups[operand.index];
    if (!asked.must_agree) {
      GLMAP_TRY(value, code(in, operand));
      const rules::AnswerColumn& column = book().tables[asked.table].answers[operand.answer];
      return "`" + book().catalog.lists[column.list].values[*value] + "`";
    }
    field = *asked.must_agree;
  }
  if (field.kind == Operand::Kind::header || field.kind == Operand::Kind::line) {
    GLMAP_TRY(given, is_given(field));
    if (!given && needed) return waits();
    return given ? operand_words(*in.program, field) : std::string("nothing");
  }
  return field.kind == Operand::Kind::constant ? "`" + field.text + "`" : operand_words(*in.program, field);
}

Read<std::string> Reading::dimensions_of(Program& in, const PostingLine& line) {
  const std::string item = line.limit ? line.limit->item : std::string();
  std::string text;
  for (const rules::DimensionSource& source : line.dimensions) {
    if (!item.empty() && source.name == item) continue;
    GLMAP_TRY(value, value_words(in, source.value, true));
    text += ", " + source.name + " " + value;
  }
  return text;
}

// ---- the entry
// ----------------------------------------------------------------------------------------------------------

Read<bool> Reading::is_foreign(const rules::PostBlock& block, std::uint32_t entity) const {
  const EventType& type = *frame().type_in(side_.book_);
  if (!type.currency_field || in_functional_currency(block, type)) return false;
  const auto column = frame().column_of(side_.book_, {Operand::Kind::header, *type.currency_field, 0, {}});
  GLMAP_ASSERT(column.has_value());
  GLMAP_TRY(given, is_in(*column, variable(*column).given()));
  if (!given) return false;
  const auto& all = Currency::all();
  const auto at = std::find(all.begin(), all.end(), book().catalog.entities[entity].functional);
  GLMAP_TRY(own, is_in(*column, cell_of(*column, {false, {static_cast<std::uint32_t>(at - all.begin())}}, false)));
  return !own;
}

/// A line in a foreign currency needs its rate or its worth; published rates are taken to be there.
Read<void> Reading::check_rate(const rules::PostBlock& block, const PostingLine& line, std::uint32_t entity) const {
  if (line.at_carrying_rate) return {};
  GLMAP_TRY(foreign, is_foreign(block, entity));
  if (!foreign) return {};
  std::optional<Operand> rate = line.functional ? line.functional : line.rate;
  if (!rate) {
    const auto& policy = book().foreign_currency;
    if (!policy) return waits();
    if (!policy->rate_source.empty()) return {};
    const auto field = frame().type_in(side_.book_)->header_index(policy->rate_field);
    if (!field) return waits();
    rate = Operand{Operand::Kind::header, *field, 0, {}};
  }
  GLMAP_TRY(given, is_given(*rate));
  if (!given) return waits();
  return {};
}

/// " in UK, ledger cash, journal SALES": the event's own entity goes without saying, and so does a book's only ledger.
std::string Reading::entry_head(const Program& in, const rules::PostBlock& block, std::uint32_t entity) const {
  const bool own =
      block.entity.kind == Operand::Kind::header && block.entity.index == frame().type_in(side_.book_)->entity_field;
  const bool one_ledger =
      frame().books[kOld]->ledgers.size() == 1 && frame().books[kNew]->ledgers == frame().books[kOld]->ledgers;
  return (own ? "" : " in " + book().catalog.entities[entity].code) +
         (one_ledger ? "" : ", ledger " + book().ledgers[in.program->ledger]) + ", journal " + block.journal;
}

Read<Reading::Entry> Reading::entry_of(Program& in, const rules::PostBlock& block) {
  GLMAP_TRY(entity, code(in, block.entity));
  if (!entity) return waits();
  Entry entry;
  entry.entity = *entity;
  const bool own =
      block.entity.kind == Operand::Kind::header && block.entity.index == frame().type_in(side_.book_)->entity_field;
  if (book().closed == rules::ClosedPolicy::first_open_day) {
    // Another entity's day is worked out from the day of the event's own.
    GLMAP_TRY(asked, asked_day());
    entry.day = asked;
    if (!own && asked.own) {
      GLMAP_TRY(day, posting_day(*entity));
      entry.day = day;
    }
  }
  const LegalEntity& books = book().catalog.entities[*entity];
  entry.head = entry_head(in, block, *entity);
  GLMAP_TRY(period, period_words(*entity, entry.day));
  entry.head += period;
  if (!entry.day.own) entry.head += ", on " + Date::from_days(entry.day.day).to_text();
  if (in_functional_currency(block, *frame().type_in(side_.book_))) entry.head += ", in the currency of the books";
  const rules::RuleBook& other = *frame().books[1 - side_.book_];
  if (const auto theirs = other.catalog.entity_index(books.code);
      theirs && other.catalog.entities[*theirs].functional != books.functional)
    entry.head += ", books in " + std::string(books.functional.code());
  return entry;
}

// ---- accounts
// -----------------------------------------------------------------------------------------------------------

Read<Reading::Inputs> Reading::account_inputs(Program& in, const PostingLine& line, const rules::Table& table) {
  Inputs inputs;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].domain.kind == rules::Domain::Kind::role) {
      inputs.push_back({std::nullopt, line.role});
      continue;
    }
    GLMAP_TRY(input, input_of(in, line.account_inputs[c]));
    inputs.push_back(input);
  }
  return inputs;
}

Question Reading::account_question(Program& in, const PostingLine& line, std::uint32_t table) const {
  Question question{static_cast<std::uint32_t>(side_.book_), in.number, 1, table, line.role};
  for (const Operand& operand : line.account_inputs) {
    question.push_back(static_cast<std::uint32_t>(operand.kind));
    question.push_back(operand.index);
    question.push_back(operand.answer);
  }
  return question;
}

Read<Reading::Account> Reading::account_of(Program& in, const PostingLine& line, const Entry& entry) {
  const rules::RoleAccount& account = book().roles[line.role].by_entity[entry.entity];
  if (account.kind == rules::RoleAccount::Kind::none) return waits();
  if (account.kind == rules::RoleAccount::Kind::fixed) return Account{account.account, account.account.empty()};
  const rules::Table& table = book().tables[account.table];
  GLMAP_TRY(inputs, account_inputs(in, line, table));
  GLMAP_TRY(row, row_of(account.table, inputs, account_question(in, line, account.table)));
  for (std::size_t a = 0; a < table.answers.size(); ++a)
    if (table.answers[a].kind == rules::AnswerColumn::Kind::account)
      return Account{row->answers[a].account, row->answers[a].no_line};
  return waits();
}

/// "4000", or by the days on which entries of a schedule may stand: "4000 until 2026-12-31, 4100 from 2027-01-01".
Read<std::string> Reading::account_of_all_days(Program& in, const PostingLine& line, std::uint32_t entity) {
  const rules::RoleAccount& account = book().roles[line.role].by_entity[entity];
  if (account.kind == rules::RoleAccount::Kind::none) return std::string("no account");
  if (account.kind == rules::RoleAccount::Kind::fixed) return account.account;
  const rules::Table& table = book().tables[account.table];
  GLMAP_TRY(inputs, account_inputs(in, line, table));
  Question question = account_question(in, line, account.table);
  question.push_back(1);  // of all days: other rows are left than of one
  GLMAP_TRY(rows, rows_of_all_days(account.table, inputs, std::move(question)));
  std::vector<std::string> words;
  for (const rules::TableRow* row : rows) {
    std::string text = "impossible";
    for (std::size_t a = 0; a < table.answers.size() && !row->impossible; ++a)
      if (table.answers[a].kind == rules::AnswerColumn::Kind::account)
        text = row->answers[a].no_line ? "no line" : row->answers[a].account;
    if (row->from) text += " from " + row->from->to_text();
    if (row->until) text += " until " + row->until->to_text();
    words.push_back(std::move(text));
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::string text;
  for (const std::string& one : words) text += (text.empty() ? "" : ", ") + one;
  return text.empty() ? "no account" : text;
}

// ---- lines
// --------------------------------------------------------------------------------------------------------------

/// What is said of a line beside its account, amount and dimensions.
std::string Reading::extra_words(const rules::EventProgram& program, const PostingLine& line) const {
  std::string text;
  if (line.limit) text += limit_words(*line.limit);
  if (line.rate) text += " at " + operand_words(program, *line.rate);
  if (line.functional) text += " worth " + operand_words(program, *line.functional);
  if (line.at_carrying_rate) text += " at carrying rate";
  return text;
}

Read<RuleAmounts*> Reading::amounts_of(Program& in, const rules::Rule& rule) {
  std::vector<std::pair<Operand, Decimal>> numbers;
  std::string key = std::to_string(in.number) + "/" + std::to_string(&rule - in.program->rules.data());
  for (const Operand& attribute : number_attributes(rule)) {
    GLMAP_TRY(row, lookup(in, attribute.index));
    numbers.emplace_back(attribute, row->answers[attribute.answer].number);
    key += " " + numbers.back().second.to_text();
  }
  auto& known = side_.amounts_[key];
  if (!known) known = std::make_unique<RuleAmounts>(book(), *in.program, rule, numbers);
  return known.get();
}

Read<void> Reading::post_block(Program& in, const rules::Rule& rule, std::size_t number, RuleAmounts& amounts) {
  const rules::PostBlock& block = rule.blocks[number];
  GLMAP_TRY(entry, entry_of(in, block));
  std::map<LineKey, verify::Polynomial> merged;
  for (std::size_t i = 0; i < block.lines.size(); ++i) {
    const PostingLine& line = block.lines[i];
    if (with_rates_) GLMAP_CHECK(check_rate(block, line, entry.entity));
    GLMAP_TRY(account, account_of(in, line, entry));
    const auto& amount = amounts.of(number, i);
    if (account.no_line && !(amount && amount->is_zero())) return waits();
    if (account.no_line) continue;
    GLMAP_TRY(dimensions, dimensions_of(in, line));
    const std::string rest = account.text + entry.head + dimensions + extra_words(*in.program, line);
    if (amount) {
      auto& sum = merged[{line.side, line.role, rest}];
      if (auto next = add(sum, *amount)) {
        sum = std::move(*next);
        continue;
      }
    }
    outcome_.by_state = outcome_.by_state || line.limit.has_value();
    outcome_.lines.push_back(std::string(to_text(line.side)) + " " + rest + ": " + amounts.words(line.amount) +
                             take_words(line));
  }
  for (const auto& [key, sum] : merged)
    if (!sum.is_zero())
      outcome_.lines.push_back(std::string(to_text(key.side)) + " " + key.rest + ": " + amounts.words(sum));
  return {};
}

Read<void> Reading::plan_schedule(Program& in, const rules::Recognition& recognition, RuleAmounts& amounts) {
  for (const Operand* day : {&recognition.from, &recognition.until}) {
    GLMAP_TRY(given, is_given(*day));
    if (!given) return waits();
  }
  GLMAP_TRY(entity, code(in, recognition.block.entity));
  if (!entity) return waits();
  std::string head = "recognise " + amounts.words(recognition.amount) + " over " +
                     operand_words(*in.program, recognition.from) + " to " +
                     operand_words(*in.program, recognition.until) + " by ";
  if (recognition.convention_from) {
    GLMAP_TRY(convention, code(in, *recognition.convention_from));
    if (!convention) return waits();
    const Operand& source = *recognition.convention_from;
    std::uint32_t list = 0;
    if (source.kind == Operand::Kind::attribute)
      list = book().tables[in.program->lookups[source.index].table].answers[source.answer].list;
    else
      list = verify::field_of(*frame().type_in(side_.book_), source).list;
    head += book().catalog.lists[list].values[*convention];
  } else {
    head += to_text(recognition.convention);
  }
  head += schedule_words(recognition);
  for (const rules::DimensionSource& key : recognition.keys) {
    GLMAP_TRY(value, value_words(in, key.value, false));
    head += ", for " + key.name + " " + value;
  }
  head += entry_head(in, recognition.block, *entity);
  outcome_.lines.push_back(head);
  for (const PostingLine& line : recognition.block.lines) {
    GLMAP_TRY(account, account_of_all_days(in, line, *entity));
    GLMAP_TRY(dimensions, dimensions_of(in, line));
    outcome_.by_state = outcome_.by_state || line.limit.has_value();
    const std::string amount = line.amount.steps.empty() ? std::string() : ": " + amounts.words(line.amount);
    outcome_.lines.push_back("each step of " + amounts.words(recognition.amount) + ": " +
                             std::string(to_text(line.side)) + " " + account + dimensions +
                             extra_words(*in.program, line) + amount + take_words(line));
  }
  return {};
}

Read<void> Reading::post_rule(Program& in, const rules::Rule& rule) {
  GLMAP_TRY(amounts, amounts_of(in, rule));
  for (std::size_t block = 0; block < rule.blocks.size(); ++block) GLMAP_CHECK(post_block(in, rule, block, *amounts));
  for (const rules::Recognition& recognition : rule.recognitions) GLMAP_CHECK(plan_schedule(in, recognition, *amounts));
  if (!rule.reversal) return {};
  GLMAP_TRY(given, is_given(rule.reversal->object));
  if (!given) return waits();
  outcome_.by_state = true;
  outcome_.lines.push_back("reverse everything for " + operand_words(*in.program, rule.reversal->object) +
                           " in ledger " + book().ledgers[in.program->ledger]);
  return {};
}

}  // namespace glmap::change
