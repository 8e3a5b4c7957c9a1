// SPDX-License-Identifier: Apache-2.0
// The one description of the bundle's shape: each struct names its members once, and the writer and the reader both
// walk that description, so that they cannot drift apart. Private to rules. File form: docs/formats/bundle.md
#pragma once

#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::rules {

// `archive(key, member)` writes or reads (A::kReads) one member; members that are empty, zero or false are left out.

template <class A>
void describe(A& a, SourceRef& v) {
  a("file", v.file);
  a("line", v.line);
  a("column", v.column);
}
template <class A>
void describe(A& a, Domain& v) {
  a("kind", v.kind);
  a("list", v.list);
}
template <class A>
void describe(A& a, ValueSet& v) {
  a("any", v.any);
  a("values", v.values);
}
template <class A>
void describe(A& a, TableColumn& v) {
  a("name", v.name);
  a("domain", v.domain);
}
template <class A>
void describe(A& a, Answer& v) {
  a("values", v.values);
  a("account", v.account);
  a("no_line", v.no_line);
  a("number", v.number);
}
template <class A>
void describe(A& a, AnswerColumn& v) {
  a("name", v.name);
  a("kind", v.kind);
  a("list", v.list);
}
template <class A>
void describe(A& a, TableRow& v) {
  a("cells", v.cells);
  a("from", v.from);
  a("until", v.until);
  a("answers", v.answers);
  a("impossible", v.impossible);
  a("because", v.because);
  a("where", v.where);
}
template <class A>
void describe(A& a, Table::Remaining& v) {
  a("count", v.count);
  a("because", v.because);
  a("where", v.where);
}
template <class A>
void describe(A& a, Table& v) {
  a("name", v.name);
  a("title", v.title);
  a("columns", v.columns);
  a("answers", v.answers);
  a("rows", v.rows);
  a("remaining", v.remaining);
  a("where", v.where);
}
template <class A>
void describe(A& a, Operand& v) {
  a("kind", v.kind);
  a("index", v.index);
  a("answer", v.answer);
  a("text", v.text);
}
template <class A>
void describe(A& a, Lookup& v) {
  a("table", v.table);
  a("inputs", v.inputs);
  a("on_line", v.on_line);
  a("must_agree", v.must_agree);
}
template <class A>
void describe(A& a, Condition& v) {
  a("kind", v.kind);
  a("subject", v.subject);
  a("domain", v.domain);
  a("values", v.values);
  a("other", v.other);
  a("negated", v.negated);
  a("where", v.where);
}
template <class A>
void describe(A& a, RoleAccount& v) {
  a("kind", v.kind);
  a("account", v.account);
  a("table", v.table);
}
template <class A>
void describe(A& a, Role& v) {
  a("name", v.name);
  a("by_entity", v.by_entity);
  a("needs", v.needs);
  a("forbids", v.forbids);
  a("where", v.where);
}
template <class A>
void describe(A& a, AmountStep& v) {
  a("kind", v.kind);
  a("operand", v.operand);
  a("constant", v.constant);
  a("mode", v.mode);
}
template <class A>
void describe(A& a, Amount& v) {
  a("steps", v.steps);
  a("text", v.text);
}
template <class A>
void describe(A& a, DimensionSource& v) {
  a("name", v.name);
  a("value", v.value);
}
template <class A>
void describe(A& a, BalanceLimit& v) {
  a("keys", v.keys);
  a("else_hold", v.else_hold);
  a("item", v.item);
  a("order", v.order);
}
template <class A>
void describe(A& a, PostingLine& v) {
  a("side", v.side);
  a("role", v.role);
  a("take", v.take);
  a("after", v.after);
  a("amount", v.amount);
  a("limit", v.limit);
  a("rate", v.rate);
  a("functional", v.functional);
  a("at_carrying_rate", v.at_carrying_rate);
  a("dimensions", v.dimensions);
  a("account_inputs", v.account_inputs);
  a("where", v.where);
}
template <class A>
void describe(A& a, PostBlock& v) {
  a("entity", v.entity);
  a("journal", v.journal);
  a("lines", v.lines);
  a("gain_role", v.gain_role);
  a("loss_role", v.loss_role);
  a("where", v.where);
}
template <class A>
void describe(A& a, Recognition& v) {
  a("amount", v.amount);
  a("from", v.from);
  a("until", v.until);
  a("convention", v.convention);
  a("convention_from", v.convention_from);
  a("rounding", v.rounding);
  a("keys", v.keys);
  a("changed", v.changed);
  a("block", v.block);
  a("where", v.where);
}
template <class A>
void describe(A& a, Reversal& v) {
  a("object", v.object);
  a("where", v.where);
}
template <class A>
void describe(A& a, Rule& v) {
  a("outcome", v.outcome);
  a("name", v.name);
  a("title", v.title);
  a("because", v.because);
  a("when", v.when);
  a("blocks", v.blocks);
  a("recognitions", v.recognitions);
  a("reversal", v.reversal);
  a("where", v.where);
}
template <class A>
void describe(A& a, EventProgram& v) {
  a("type", v.type);
  a("ledger", v.ledger);
  a("each_line", v.each_line);
  a("lookups", v.lookups);
  a("rules", v.rules);
}
template <class A>
void describe(A& a, Prerequisite& v) {
  a("type", v.type);
  a("needs", v.needs);
  a("field", v.field);
  a("needs_field", v.needs_field);
  a("wait_minutes", v.wait_minutes);
  a("owner", v.owner);
  a("where", v.where);
}
template <class A>
void describe(A& a, BusinessExpectation& v) {
  a("expected", v.expected);
  a("after", v.after);
  a("expected_field", v.expected_field);
  a("after_field", v.after_field);
  a("within_minutes", v.within_minutes);
  a("owner", v.owner);
  a("where", v.where);
}
template <class A>
void describe(A& a, Approval& v) {
  a("types", v.types);
  a("late", v.late);
  a("entities", v.entities);
  a("over", v.over);
  a("by", v.by);
  a("where", v.where);
}
template <class A>
void describe(A& a, RuleBook::IntercompanyPair& v) {
  a("due_from", v.due_from);
  a("due_to", v.due_to);
  a("partner", v.partner);
  a("where", v.where);
}
template <class A>
void describe(A& a, ForeignCurrency& v) {
  a("rate_field", v.rate_field);
  a("rate_source", v.rate_source);
  a("rate_date", v.rate_date);
  a("rate_age_days_max", v.rate_age_days_max);
  a("rounding_role", v.rounding_role);
  a("cap_per_line", v.cap_per_line);
  a("never_in", v.never_in);
  a("mode", v.mode);
  a("where", v.where);
}
template <class A>
void describe(A& a, ValueList& v) {
  a("name", v.name);
  a("values", v.values);
}
template <class A>
void describe(A& a, Account& v) {
  a("code", v.code);
  a("name", v.name);
  a("type", v.type);
  bool heading = !v.postable;
  a("heading", heading);
  v.postable = !heading;
  a("open_from", v.open_from);
  a("open_until", v.open_until);
}
template <class A>
void describe(A& a, LegalEntity& v) {
  a("code", v.code);
  a("name", v.name);
  a("functional", v.functional);
  a("zone", v.zone);
  a("calendar", v.calendar);
  a("chart", v.chart);
  a("erp", v.erp);
  a("closed_through", v.closed_through);
  a("soft_closed_through", v.soft_closed_through);
  a("reversal", v.reversal);
  a("accounts", v.accounts);
}
template <class A>
void describe(A& a, SumTerm& v) {
  a("negative", v.negative);
  a("over_lines", v.over_lines);
  a("field", v.field);
}
template <class A>
void describe(A& a, Field& v) {
  a("name", v.name);
  a("kind", v.kind);
  a("list", v.list);
  bool optional = !v.required;
  a("optional", optional);
  v.required = !optional;
  a("sign", v.sign);
  a("title", v.title);
  a("definition", v.definition);
}
template <class A>
void describe(A& a, Invariant& v) {
  a("text", v.text);
  a("on_line", v.on_line);
  a("terms", v.terms);
}
template <class A>
void describe(A& a, EventType& v) {
  a("name", v.name);
  a("title", v.title);
  a("object", v.object);
  a("header", v.header);
  a("line", v.line);
  a("invariants", v.invariants);
  a("entity_field", v.entity_field);
  a("currency_field", v.currency_field);
}
template <class A>
void describe(A& a, EventCatalog& v) {
  a("lists", v.lists);
  a("entities", v.entities);
  a("types", v.types);
}
template <class A>
void describe(A& a, Period& v) {
  a("name", v.name);
  a("from", v.from);
  a("until", v.until);
}
template <class A>
void describe(A& a, PayloadPath& v) {
  a("from", v.from);
  a("steps", v.steps);
}
template <class A>
void describe(A& a, PayloadValue& v) {
  a("truth", v.truth);
  a("text", v.text);
}
template <class A>
void describe(A& a, PayloadTest& v) {
  a("subject", v.subject);
  a("given", v.given);
  a("values", v.values);
  a("negated", v.negated);
  a("where", v.where);
}
template <class A>
void describe(A& a, PayloadTerm& v) {
  a("negative", v.negative);
  a("is_constant", v.is_constant);
  a("constant", v.constant);
  a("take", v.take);
  a("path", v.path);
  a("list", v.list);
  a("filter", v.filter);
}
template <class A>
void describe(A& a, PayloadField& v) {
  // Members that are zero are left out, and these two are not zero by default.
  if constexpr (A::kReads) {
    v.target = PayloadField::Target::id;
    v.reading = PayloadReading::constant;
  }
  a("target", v.target);
  a("field", v.field);
  a("terms", v.terms);
  a("joined", v.joined);
  a("reading", v.reading);
  a("day", v.day);
  a("zone", v.zone);
  a("table", v.table);
  a("answer", v.answer);
  a("may_be_absent", v.may_be_absent);
  a("where", v.where);
}
template <class A>
void describe(A& a, KnownPath& v) {
  a("path", v.path);
  a("everything", v.everything);
}
template <class A>
void describe(A& a, PayloadKind::Lines& v) {
  a("path", v.path);
  a("filter", v.filter);
  a("fields", v.fields);
}
template <class A>
void describe(A& a, PayloadKind& v) {
  a("each", v.each);
  a("when", v.when);
  a("type", v.type);
  a("because", v.because);
  a("fields", v.fields);
  a("lines", v.lines);
  a("known", v.known);
  a("where", v.where);
}
template <class A>
void describe(A& a, Intake& v) {
  a("name", v.name);
  a("title", v.title);
  a("because", v.because);
  a("source", v.source);
  a("only_when", v.only_when);
  a("only_because", v.only_because);
  a("kinds", v.kinds);
  a("where", v.where);
}
template <class A>
void describe(A& a, RuleBook& v) {
  a("name", v.name);
  a("title", v.title);
  a("release", v.release);
  a("owner", v.owner);
  a("reject_unknown", v.reject_unknown);
  a("ledgers", v.ledgers);
  a("catalog", v.catalog);
  a("calendars", v.calendars);
  a("tables", v.tables);
  a("roles", v.roles);
  a("programs", v.programs);
  a("posting_date_fields", v.posting_date_fields);
  a("closed", v.closed);
  a("soft_closed_schedules", v.soft_closed_schedules);
  a("soft_closed_reversals", v.soft_closed_reversals);
  a("foreign_currency", v.foreign_currency);
  a("order", v.order);
  a("expectations", v.expectations);
  a("approvals", v.approvals);
  a("intercompany", v.intercompany);
  a("intakes", v.intakes);
}
template <class A>
void describe(A& a, Proofs& v) {
  a("compiler", v.compiler);
  a("results", v.results);
}

constexpr int kBundleVersion = 1;
constexpr std::string_view kBundleFormat = "glmap-bundle";

}  // namespace glmap::rules
