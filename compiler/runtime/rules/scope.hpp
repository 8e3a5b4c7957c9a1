// SPDX-License-Identifier: Apache-2.0
// What rules can see while one line of one event (or the event as a whole) is decided: field values and the answers of
// tables, looked up once each. Private to rules; lives on the stack of one decision.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/runtime/rules/evaluator.hpp"
#include "compiler/runtime/rules/matcher.hpp"

namespace glmap::rules {

/// Facts about an event that all its lines share.
struct EventContext {
  const RuleBook& book;
  const std::vector<TableMatcher>& matchers;  // by RuleBook::tables
  const EventProgram& program;
  const BillingEvent& event;
  Date document_date;                       // the date the book takes from the event
  Date posting_date;                        // decides which rows are in force
  std::uint32_t entity;                     // seller of record
  std::vector<TraceStep>* trace = nullptr;  // nullptr: nobody wants to know
  Reached* reached = nullptr;               // nullptr: nobody counts
  const Money* step = nullptr;              // what a revenue schedule recognises now; nullptr outside of one
  /// Amounts of the header shared out over the lines, by (line field, amount): worked out for one line, used by all.
  mutable std::map<std::tuple<std::uint32_t, Int128, Currency>, std::vector<Money>> shares{};

  const EventType& type() const { return book.catalog.types[program.type]; }
};

class Scope {
 public:
  /// `line`: index of the event's line, or -1 for the whole event.
  Scope(const EventContext& context, std::int32_t line);

  const EventContext& context() const { return context_; }
  std::int32_t line() const { return line_; }

  /// The value behind an operand of kind header or line; monostate when the event does not carry it.
  const FieldValue& field(const Operand& operand) const;
  /// The number an operand has in its domain. nullopt: the event carries no value.
  /// Errors: GLM-7002, GLM-7012 from a table without an answer, GLM-7014 when the answer leaves a choice.
  Result<std::optional<std::uint32_t>> code(const Operand& operand);
  /// The answer cell behind an attribute. Errors: as above.
  Result<const Answer*> answer(const Operand& attribute);
  /// An operand as text for a dimension; empty when the event carries no value.
  Result<std::string> text(const Operand& operand);
  /// The answer row of a table asked with `inputs`; a column of domain role is answered by `role`, one of domain entity
  /// whose input is the block's entity by that entity. `day`: the row must be in force then. Errors: GLM-7002,
  /// GLM-7012.
  Result<const TableRow*> row_of(std::uint32_t table, const std::vector<Operand>& inputs,
                                 std::optional<std::uint32_t> role, Date day);
  /// Every table that restricts a field of the event: GLM-7014 when the event's value is not among the answers.
  Status check_agreements();

 private:
  Status read_inputs(const Table& table, const std::vector<Operand>& inputs, std::optional<std::uint32_t> role,
                     std::span<std::uint32_t> values);
  Result<const TableRow*> lookup(std::uint32_t index);
  void note_nearest(const Table& table, std::span<const std::uint32_t> values, Date day) const;

  const EventContext& context_;
  std::int32_t line_;
  std::vector<const TableRow*> found_;  // by lookups; nullptr: not asked yet
};

/// Number of a field value in its closed domain; nullopt for open kinds and absent values.
std::optional<std::uint32_t> code_of(const FieldValue& value);

/// A field's value in words; empty when the event does not carry it, and for amounts.
std::string field_text(const RuleBook& book, const Field& field, const FieldValue& value);

/// "product VOICE, charge_kind subscription, on 2026-11-01"
std::string describe(const RuleBook& book, const Table& table, std::span<const std::uint32_t> values, Date date);

}  // namespace glmap::rules
