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
  /// Not an aggregate: that would be filled with zeros before it is written.
  EventContext(const RuleBook& rules, const std::vector<TableMatcher>& tables, const std::string& bundle_digest,
               const EventProgram& of, const BillingEvent& decided, Date document, Date posting, std::uint32_t seller,
               std::vector<TraceStep>* trace_to, Reached* reached_to)
      : book(rules),
        matchers(tables),
        digest(bundle_digest),
        program(of),
        event(decided),
        document_date(document),
        posting_date(posting),
        entity(seller),
        trace(trace_to),
        reached(reached_to) {}

  const RuleBook& book;
  const std::vector<TableMatcher>& matchers;  // by RuleBook::tables
  const std::string& digest;                  // of the bundle
  const EventProgram& program;
  const BillingEvent& event;
  Date document_date;             // the date the book takes from the event
  Date posting_date;              // decides which rows are in force
  std::uint32_t entity;           // seller of record
  std::vector<TraceStep>* trace;  // nullptr: nobody wants to know
  Reached* reached;               // nullptr: nobody counts
  const Money* step = nullptr;    // what a revenue schedule recognises now; nullptr outside of one
  /// Amounts of the header shared out over the lines, by (line field, amount): worked out for one line, used by all.
  mutable std::map<std::tuple<std::uint32_t, Int128, Currency>, std::vector<Money>> shares;

  const EventType& type() const { return book.catalog.types[program.type]; }
};

class Scope {
 public:
  /// `line`: index of the event's line, or -1 for the whole event. `found`: memory for the rows that are found.
  Scope(const EventContext& context, std::int32_t line, std::vector<const TableRow*>& found);

  const EventContext& context() const { return context_; }
  std::int32_t line() const { return line_; }

  /// The value behind an operand of kind header or line; monostate when the event does not carry it.
  const FieldValue& field(const Operand& operand) const { return field(operand.kind, operand.index); }
  const FieldValue& field(Operand::Kind kind, std::uint32_t index) const {
    if (kind == Operand::Kind::header) return context_.event.header[index];
    if (kind == Operand::Kind::line && line_ >= 0) return context_.event.lines[static_cast<std::size_t>(line_)][index];
    return kAbsent;
  }
  /// The number an operand has in its domain. nullopt: the event carries no value.
  /// Errors: GLM-7002, GLM-7012 from a table without an answer, GLM-7014 when the answer leaves a choice.
  Result<std::optional<std::uint32_t>> code(const Operand& operand);
  /// The answer cell behind an attribute. Errors: as above.
  Result<const Answer*> answer(const Operand& attribute);
  /// An operand as text for a dimension; empty when the event carries no value.
  Result<std::string> text(const Operand& operand);
  /// The same in the place of another text.
  Status text(const Operand& operand, std::string& text);
  /// What a table is asked with, by its columns; one of domain role is answered by `role`. Errors: GLM-7002.
  Status read_inputs(const Table& table, const std::vector<Operand>& inputs, std::optional<std::uint32_t> role,
                     std::span<std::uint32_t> values);
  /// There is such a row, it answers, and nobody wants to know: the usual case, in which check_row does nothing.
  bool is_good_row(std::uint32_t table, std::int32_t row) const {
    return row >= 0 && context_.trace == nullptr && context_.reached == nullptr &&
           !context_.matchers[table].is_impossible(static_cast<std::uint32_t>(row));
  }
  /// Refuses an answer where there is none: `row` is what the table's matcher found for `values` on `day`, -1 for
  /// nothing. Errors: GLM-7002, GLM-7012.
  Status check_row(std::uint32_t table, std::int32_t row, std::span<const std::uint32_t> values, Date day) const;
  /// Every table that restricts a field of the event: GLM-7014 when the event's value is not among the answers.
  Status check_agreements();

 private:
  static const FieldValue kAbsent;
  std::unexpected<Error> no_row(const Table& table, std::span<const std::uint32_t> values, Date day) const;
  Result<const TableRow*> lookup(std::uint32_t index);
  void note_nearest(const Table& table, std::span<const std::uint32_t> values, Date day) const;

  const EventContext& context_;
  std::int32_t line_;
  std::vector<const TableRow*>& found_;  // by lookups; nullptr: not asked yet
};

/// Number of a field value in its closed domain; nullopt for open kinds and absent values.
std::optional<std::uint32_t> code_of(const FieldValue& value);

/// A field's value in words; empty when the event does not carry it, and for amounts.
std::string field_text(const RuleBook& book, const Field& field, const FieldValue& value);

/// "product VOICE, charge_kind subscription, on 2026-11-01"
std::string describe(const RuleBook& book, const Table& table, std::span<const std::uint32_t> values, Date date);

}  // namespace glmap::rules
