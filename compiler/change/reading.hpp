// SPDX-License-Identifier: Apache-2.0
// One reading of one box by one book. Private to change: book_reading.hpp is the way in.
#pragma once

#include <optional>

#include "compiler/change/book_reading.hpp"
#include "compiler/change/rule_amounts.hpp"

namespace glmap::change {

class Reading {
 public:
  Reading(const BookSide& side, const verify::Box& box, bool with_rates, Narrowed& narrowed, verify::Steps& steps);
  Read<Outcome> run();

 private:
  using Operand = rules::Operand;
  /// What stands in one column of a table: values of a variable, or one code.
  struct Input {
    std::optional<std::size_t> column;
    std::uint32_t code = 0;
  };
  using Inputs = std::vector<Input>;
  /// A row and the stretch of days of the box, for tables that are asked for days to come.
  struct Program {
    const rules::EventProgram* program = nullptr;
    std::vector<const rules::TableRow*> found;  // by look-up; nullptr: not asked yet
    std::uint32_t number = 0;                   // in the book
  };
  /// The day on which something is posted: the event's own, or one that a closed period moves it to.
  struct PostingDay {
    bool own = true;
    std::int32_t day = 0;  // when not own
  };

  static std::unexpected<Stop> waits() { return std::unexpected(Stop{.waits = true, .split = {}}); }
  static std::unexpected<Stop> split(std::size_t column, verify::Cell part) {
    return std::unexpected(Stop{.waits = false, .split = {column, std::move(part)}});
  }
  const rules::RuleBook& book() const { return *side_.frame_.books[side_.book_]; }
  const EventFrame& frame() const { return side_.frame_; }
  const Variable& variable(std::size_t column) const { return frame().variables[column]; }
  const Variable::InBook& in_book(std::size_t column) const { return variable(column).in[side_.book_]; }

  // fields
  Read<bool> is_in(std::size_t column, const verify::Cell& part) const;
  Read<bool> is_given(const Operand& field) const;
  Read<std::optional<std::uint32_t>> single_code(std::size_t column) const;
  const std::vector<std::uint32_t>& codes_of(std::size_t column);
  verify::Cell cell_of(std::size_t column, const rules::ValueSet& codes, bool negated) const;
  Read<std::uint32_t> functional_code() const;
  Read<std::optional<std::uint32_t>> code(Program& in, const Operand& operand);

  // days
  Read<PostingDay> asked_day();
  Read<PostingDay> posting_day(std::uint32_t entity) const;
  Read<std::string> period_words(std::uint32_t entity, const PostingDay& day) const;
  std::pair<std::int32_t, std::int32_t> span_of(const PostingDay& day) const;

  // tables
  Read<const rules::TableRow*> lookup(Program& in, std::uint32_t index);
  Read<Input> input_of(Program& in, const Operand& operand);
  Read<const rules::TableRow*> row_of(std::uint32_t table, const Inputs& inputs, Question question);
  Read<std::vector<const rules::TableRow*>> rows_of_all_days(std::uint32_t table, const Inputs& inputs,
                                                             Question question);
  const std::vector<std::uint32_t>& candidates(std::uint32_t table, const Question& question) const;
  struct Fit {
    bool meets = true;
    std::uint64_t partial = 0;  // columns in which only some events of the box have what the row asks
    bool partial_days = false;
  };
  Fit fit(const rules::TableRow& row, const Inputs& inputs, const std::pair<std::int32_t, std::int32_t>* days);
  std::unexpected<Stop> split_by_rows(const std::vector<std::pair<const rules::TableRow*, Fit>>& partial,
                                      const Inputs& inputs) const;

  // rules
  Read<bool> holds(Program& in, const rules::Condition& condition);
  Read<bool> are_same(Program& in, const rules::Condition& condition);
  Read<const rules::Rule*> rule_of(Program& in);
  Read<void> check_agreements(Program& in);
  Read<void> run_program(Program& in);
  Read<void> post_rule(Program& in, const rules::Rule& rule);

  // entries
  struct Account {
    std::string text;
    bool no_line = false;
  };
  struct Entry {
    std::uint32_t entity = 0;
    PostingDay day;
    std::string head;  // what all lines of the entry have in common, in words
  };
  std::string entry_head(const Program& in, const rules::PostBlock& block, std::uint32_t entity) const;
  Read<Entry> entry_of(Program& in, const rules::PostBlock& block);
  Read<bool> is_foreign(const rules::PostBlock& block, std::uint32_t entity) const;
  Read<void> check_rate(const rules::PostBlock& block, const rules::PostingLine& line, std::uint32_t entity) const;
  Read<Inputs> account_inputs(Program& in, const rules::PostingLine& line, const rules::Table& table);
  Question account_question(Program& in, const rules::PostingLine& line, std::uint32_t table) const;
  Read<Account> account_of(Program& in, const rules::PostingLine& line, const Entry& entry);
  Read<std::string> account_of_all_days(Program& in, const rules::PostingLine& line, std::uint32_t entity);
  Read<std::string> dimensions_of(Program& in, const rules::PostingLine& line);
  Read<std::string> value_words(Program& in, const Operand& operand, bool needed);
  Read<void> post_block(Program& in, const rules::Rule& rule, std::size_t block, RuleAmounts& amounts);
  Read<void> plan_schedule(Program& in, const rules::Recognition& recognition, RuleAmounts& amounts);
  Read<RuleAmounts*> amounts_of(Program& in, const rules::Rule& rule);
  std::string extra_words(const rules::EventProgram& program, const rules::PostingLine& line) const;
  std::string operand_words(const rules::EventProgram& program, const Operand& operand) const;

  const BookSide& side_;
  const verify::Box& box_;
  bool with_rates_;
  Narrowed& narrowed_;
  verify::Steps& steps_;
  std::vector<std::optional<std::vector<std::uint32_t>>> codes_;  // by column: the book's codes of the box, sorted
  Outcome outcome_;
  bool nothing_ = false;  // a `no entry` rule fitted
};

}  // namespace glmap::change
