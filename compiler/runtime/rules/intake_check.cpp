// SPDX-License-Identifier: Apache-2.0
// The intakes of a book that was read from a file: every number in its list, every reading fit for its field. What a
// reader may assume is checked here; what only the compiler can prove is not.
#include <algorithm>

#include "compiler/runtime/rules/bundle_check.hpp"
#include "compiler/runtime/rules/payload_values.hpp"

namespace glmap::rules {
namespace {

using Target = PayloadField::Target;

class Checker {
 public:
  explicit Checker(const RuleBook& book) : book_(book) {}

  std::string run() {
    for (const Intake& intake : book_.intakes) {
      require(!intake.name.empty() && !intake.source.empty(), "name or source of an intake");
      tests(intake.only_when, false);
      for (const PayloadKind& one : intake.kinds) kind(one);
    }
    return fault_;
  }

 private:
  void require(bool good, std::string_view what) {
    if (!good && fault_.empty()) fault_ = "an intake that cannot be read: " + std::string(what);
  }

  void path(const PayloadPath& one, bool in_line) {
    require(!one.steps.empty(), "an empty path");
    require(one.from == PayloadPath::From::payload || one.from == PayloadPath::From::body ||
                (one.from == PayloadPath::From::line && in_line),
            "where a path starts");
  }
  void tests(const std::vector<PayloadTest>& all, bool in_line) {
    for (const PayloadTest& test : all) path(test.subject, in_line);
  }

  void kind(const PayloadKind& one) {
    tests(one.when, false);
    for (const KnownPath& known : one.known) path(known.path, false);
    if (!one.type) return require(one.fields.empty() && !one.lines, "fields without an event");
    require(*one.type < book_.catalog.types.size(), "event type");
    if (!fault_.empty()) return;
    const EventType& type = book_.catalog.types[*one.type];
    for (const PayloadField& each : one.fields) field(each, type.header, false);
    if (!one.lines) return;
    require(!one.lines->path.empty(), "path of lines");
    tests(one.lines->filter, true);
    for (const PayloadField& each : one.lines->fields) field(each, type.line, true);
  }

  void field(const PayloadField& one, const std::vector<Field>& schema, bool in_line) {
    const bool envelope = one.target < Target::header;
    require(one.target == (in_line ? Target::line : Target::header) || (envelope && !in_line), "target of a field");
    require(one.reading <= PayloadReading::truth_text && one.day <= PayloadDay::as_written, "reading of a field");
    require(!one.terms.empty(), "a field made of nothing");
    if (!envelope) require(one.field < schema.size(), "field");
    if (!fault_.empty()) return;
    for (const PayloadTerm& each : one.terms) term(each, one, in_line);
    if (counts_minor_units(one.reading))
      require(!envelope &&
                  (schema[one.field].kind == FieldKind::money || schema[one.field].kind == FieldKind::money_functional),
              "minor units of no amount");
    require(!reads_number(one.reading) || !envelope, "an amount in the envelope");
    require(one.day == PayloadDay::none ||
                (one.reading >= PayloadReading::instant && one.reading <= PayloadReading::unix_milliseconds),
            "day of a field");
    require(one.day != PayloadDay::as_written || one.reading == PayloadReading::instant, "day as written");
    if (one.reading == PayloadReading::table) table(one);
    const bool makes_text = one.reading <= PayloadReading::code_upper;
    require(one.terms.size() == 1 || makes_text || reads_number(one.reading) || one.reading == PayloadReading::table,
            "a field made of several members");
  }

  void term(const PayloadTerm& one, const PayloadField& of, bool in_line) {
    require(one.take <= PayloadTerm::Take::sum, "how much of a list is taken");
    require(one.take != PayloadTerm::Take::sum || reads_number(of.reading), "a sum of texts");
    if (one.is_constant) return require(!reads_number(of.reading), "an amount of fixed text");
    require(of.reading != PayloadReading::constant, "a member that is not read");
    require(!one.list || one.take != PayloadTerm::Take::one, "one element of a list");
    require(!one.filter || one.list, "a choice without a list");
    path(one.list ? *one.list : one.path, in_line);
    require(!one.path.steps.empty(), "an empty path");
    if (one.filter) path(one.filter->subject, false);
  }

  void table(const PayloadField& one) {
    require(one.table < book_.tables.size(), "table");
    if (!fault_.empty()) return;
    const Table& asked = book_.tables[one.table];
    require(asked.columns.size() == one.terms.size() && one.answer < asked.answers.size(), "columns of a table");
    if (!fault_.empty()) return;
    const AnswerColumn& column = asked.answers[one.answer];
    require(column.kind != AnswerColumn::Kind::account, "answer of a table");
    for (const TableRow& row : asked.rows)
      require(row.impossible || column.kind != AnswerColumn::Kind::list ||
                  row.answers[one.answer].values.values.size() == 1,
              "answers of a table");
  }

  const RuleBook& book_;
  std::string fault_;
};

}  // namespace

std::string find_intake_fault(const RuleBook& book) {
  return Checker(book).run();
}

}  // namespace glmap::rules
