// SPDX-License-Identifier: Apache-2.0
// The proofs about outcomes: every event reaches exactly one rule. Messages are read in full; and on generated books
// the proofs are held against the evaluator, asked about every event there is.
#include <functional>
#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/evaluator.hpp"
#include "compiler/verify/checks.hpp"
#include "tests/support/book_builder.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using diagnostics::Diagnostic;
using rules::Condition;
using rules::Domain;
using rules::Operand;
using testing::BookBuilder;
using testing::BookFiles;
using testing::small_book;
using testing::with_change;
using Check = void (*)(const resolve::ResolvedModel&, diagnostics::Sink&, rules::Proofs&);

std::vector<Diagnostic> findings(Check check, const resolve::ResolvedModel& model) {
  diagnostics::Sink sink;
  rules::Proofs proofs;
  check(model, sink, proofs);
  return sink.all();
}
std::vector<Diagnostic> findings(Check check, const BookFiles& files) {
  return findings(check, testing::resolved_book(files));
}
BookFiles changed(std::string_view from, std::string_view to) {
  return testing::small_book_with("book.glmap", from, to);
}

}  // namespace

TEST_CASE("a treatment without a rule is shown with a line that has it", "[outcomes]") {
  const auto files = changed("when treatment is ratable, on_delivery", "when treatment is ratable");
  const auto found = findings(verify::check_outcomes_complete, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::EventWithoutOutcome);
  CHECK(found[0].message == "no rule fits event `invoice.issued` when treatment is on_delivery");
  // SETUP, one-off is the only row of the table that answers on_delivery
  CHECK(found[0].notes[0].find("line product SETUP, charge_kind one-off") != std::string::npos);
  CHECK(found[0].notes[0].find("treatment is on_delivery") != std::string::npos);
  CHECK(found[0].help.find("`no entry for invoice.issued when treatment is on_delivery`") != std::string::npos);
  CHECK(found[0].labels[0].span.where.file == "reference/events.yaml");
}

TEST_CASE("an event type nobody speaks of is reported at its schema", "[outcomes]") {
  const auto files = changed("\nhold dispute.opened\n  because \"treasury decides case by case\"\n", "");
  const auto found = findings(verify::check_outcomes_complete, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "no rule and no `no entry` speaks of event `dispute.opened`");
  CHECK(found[0].primary.where.file == "reference/events.yaml");
  CHECK(found[0].primary.where.line == testing::line_of(files.at("reference/events.yaml"), "  dispute.opened:"));
}

TEST_CASE("without the rule for foreign payments the missing event is in a foreign currency", "[outcomes]") {
  BookFiles files = small_book();
  files["book.glmap"] = with_change(files["book.glmap"], "when currency is not functional",
                                    "when currency is not functional and entity is DE");
  const auto found = findings(verify::check_outcomes_complete, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "no rule fits event `payment.received` when currency is not functional and entity is US");
  // US keeps its books in USD; the other currency somebody keeps books in is EUR
  CHECK(found[0].notes[0] == "example: payment.received with entity US, currency EUR");
}

TEST_CASE("two rules for one treatment are shown with a line that meets both", "[outcomes]") {
  const auto files = changed("when treatment is usage\n", "when treatment is usage, ratable\n");
  const auto found = findings(verify::check_outcomes_disjoint, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::RulesOverlap);
  CHECK(found[0].message ==
        "rule `INV-DEFERRED` and rule `INV-USAGE` both fit event `invoice.issued` when treatment is ratable");
  CHECK(found[0].notes[0].find("line product PLATFORM, charge_kind subscription") != std::string::npos);
  CHECK(found[0].notes[0].find("(so treatment is ratable)") != std::string::npos);
  CHECK(found[0].primary.where.line == testing::line_of(files.at("book.glmap"), "rule INV-USAGE"));
  CHECK(found[0].labels[0].span.where.line == testing::line_of(files.at("book.glmap"), "rule INV-DEFERRED"));
}

TEST_CASE("an overlap that no event can reach is no overlap", "[outcomes]") {
  // SETUP is never ratable nor for subscription: only on_delivery, by the table.
  const auto files = changed("when treatment is usage\n", "when treatment is usage and product is API\n");
  const auto found = findings(verify::check_outcomes_disjoint, files);
  CHECK(found.empty());
  CHECK(findings(verify::check_outcomes_complete, files).empty());  // usage is only ever API
}

TEST_CASE("a rule whose conditions exclude each other, and one that no table leads to", "[outcomes]") {
  auto found = findings(verify::check_outcomes_disjoint,
                        changed("when treatment is usage\n", "when treatment is usage and treatment is ratable\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::DeadRow);
  CHECK(found[0].message ==
        "rule `INV-USAGE` never applies to event `invoice.issued`: its conditions exclude each other");
  CHECK(found[0].labels.size() == 2);
  found = findings(verify::check_outcomes_disjoint,
                   changed("when treatment is usage\n", "when treatment is usage and product is SETUP\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "rule `INV-USAGE` never applies to event `invoice.issued`: no event meets its conditions");
  // `rate` is optional: given and not given at once is never.
  found = findings(verify::check_outcomes_disjoint,
                   changed("when treatment is usage\n", "when rate is given and rate is not given\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.ends_with("its conditions exclude each other"));
}

namespace {

constexpr std::uint32_t kListSize = 3;

Operand header(std::uint32_t index) {
  return {Operand::Kind::header, index, 0, {}};
}

/// A partition of first x second, some of it impossible, some left out.
rules::Table table_of_answers(const Domain& of_list, std::uint32_t answer, std::mt19937& random) {
  rules::Table table;
  table.name = "one";
  table.columns = {{"first", of_list}, {"second", of_list}};
  table.answers = {{"answer", rules::AnswerColumn::Kind::list, answer}};
  for (std::uint32_t a = 0; a < kListSize; ++a)
    for (std::uint32_t b = 0; b < kListSize; ++b) {
      if (random() % 8 == 0) continue;
      rules::TableRow row;
      row.cells = {testing::values({a}), testing::values({b})};
      row.impossible = random() % 8 == 0;
      if (!row.impossible) row.answers = {{testing::values({static_cast<std::uint32_t>(random() % 3)}), {}, false, {}}};
      table.rows.push_back(std::move(row));
    }
  return table;
}

/// Asks for the answer of the first table.
rules::Table table_of_verdicts(std::uint32_t answer, std::mt19937& random) {
  rules::Table table;
  table.name = "two";
  table.columns = {{"answer", {Domain::Kind::list, answer}}, {"entity", {Domain::Kind::entity, 0}}};
  table.answers = {{"verdict", rules::AnswerColumn::Kind::list, answer}};
  for (std::uint32_t a = 0; a < 3; ++a) {
    rules::TableRow row;
    const bool split = random() % 2 == 0;
    row.cells = {testing::values({a}), split ? testing::values({0}) : testing::any_value()};
    row.answers = {{testing::values({static_cast<std::uint32_t>(random() % 3)}), {}, false, {}}};
    table.rows.push_back(row);
    row.cells[1] = testing::values({1});
    if (split && random() % 4 != 0) table.rows.push_back(row);
  }
  return table;
}

Condition random_in(const Operand& subject, const Domain& domain, std::uint32_t size, std::mt19937& random) {
  Condition condition;
  condition.subject = subject;
  condition.domain = domain;
  for (std::uint32_t v = 0; v < size; ++v)
    if (random() % 2 == 0) condition.values.values.push_back(v);
  condition.negated = random() % 3 == 0;
  return condition;
}

Condition random_condition(const Domain& of_list, const Domain& of_answer, std::mt19937& random) {
  Condition made;
  switch (random() % 8) {
    case 0:
      return random_in(header(0), {Domain::Kind::entity, 0}, 2, random);
    case 1:
      return random_in(header(2), of_list, kListSize, random);
    case 2:
      return random_in(header(4), of_list, kListSize, random);
    case 3:
      return random_in({Operand::Kind::attribute, 0, 0, {}}, of_answer, 3, random);
    case 4:
      return random_in({Operand::Kind::attribute, 1, 0, {}}, of_answer, 3, random);
    case 5:
      made.kind = Condition::Kind::given;
      made.subject = header(random() % 2 == 0 ? 4 : 5);
      break;
    case 6:
      made.kind = Condition::Kind::same;
      made.subject = header(1);
      made.other = {Operand::Kind::functional, 0, 0, {}};
      break;
    default:
      made.kind = Condition::Kind::same;
      made.subject = header(2);
      made.other = header(random() % 2 == 0 ? 3 : 4);
  }
  made.negated = random() % 2 == 0;
  return made;
}

/// One event type: entity, currency, two list fields, an optional list field, an optional text; a table over the lists
/// whose answer a second table asks for; a handful of rules over all of it.
void fill(BookBuilder& builder, std::mt19937& random) {
  builder.book().posting_date_fields = {"occurred_at"};
  builder.entity("US", "USD");
  builder.entity("DE", "EUR");
  for (LegalEntity& entity : builder.book().catalog.entities) entity.zone = "UTC";
  const Domain of_list{Domain::Kind::list, builder.list("value", {"A", "B", "C"})};
  const Domain of_answer{Domain::Kind::list, builder.list("answer", {"X", "Y", "Z"})};
  const auto list_field = [&](const char* name, bool required) {
    return BookBuilder::field(name, FieldKind::list, of_list.list, required);
  };
  const auto type =
      builder.event("thing.done", {BookBuilder::field("entity", FieldKind::entity),
                                   BookBuilder::field("currency", FieldKind::currency), list_field("first", true),
                                   list_field("second", true), list_field("third", false),
                                   BookBuilder::field("note", FieldKind::text, 0, false)});
  const auto first = builder.table(table_of_answers(of_list, of_answer.list, random));
  const auto second = builder.table(table_of_verdicts(of_answer.list, random));
  rules::EventProgram& program = builder.program(type);
  program.lookups = {{first, {header(2), header(3)}, false, std::nullopt},
                     {second, {{Operand::Kind::attribute, 0, 0, {}}, header(0)}, false, std::nullopt}};
  const std::size_t count = 1 + random() % 5;
  for (std::uint32_t r = 0; r < count; ++r) {
    std::vector<Condition> when;
    for (std::size_t i = random() % 3; i > 0; --i) when.push_back(random_condition(of_list, of_answer, random));
    program.rules.push_back(BookBuilder::rule("R" + std::to_string(r), 10 + r, std::move(when)));
  }
  // Sometimes a second rule that takes exactly what the first leaves, so that complete books occur.
  if (program.rules.front().when.size() != 1 || random() % 2 == 0) return;
  Condition opposite = program.rules.front().when.front();
  opposite.negated = !opposite.negated;
  program.rules.resize(1);
  program.rules.push_back(BookBuilder::rule("R1", 11, {opposite}));
}

struct Truth {
  bool hole = false, overlap = false;
  /// A table held some event that no rule had fitted so far: held for its own reason, without an outcome all the same.
  bool held_by_table = false;
  std::vector<bool> reached;  // by rule
};

/// Which rules fit each event, by the evaluator's trace. Events held because of a table count for nothing.
Truth ask_the_evaluator(const rules::RuleBook& book) {
  const auto shared = std::make_shared<const rules::RuleBook>(book);
  const rules::Evaluator evaluator(shared, "sha256:test");
  Truth truth;
  truth.reached.resize(book.programs.front().rules.size(), false);
  const auto currency = [](const char* code) {
    const auto& all = Currency::all();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Currency& one) { return one.code() == code; });
    return Code{static_cast<std::uint32_t>(at - all.begin())};
  };
  for (std::uint32_t bits = 0; bits < 2 * 3 * 3 * 3 * 4 * 2; ++bits) {
    BillingEvent event;
    event.occurred_at = *Instant::parse("2026-06-15T00:00:00Z");
    std::uint32_t rest = bits;
    const auto take = [&](std::uint32_t size) {
      const std::uint32_t value = rest % size;
      rest /= size;
      return value;
    };
    const Code entity{take(2)};
    const char* const codes[] = {"USD", "EUR", "JPY"};
    event.header = {entity, currency(codes[take(3)]), Code{take(3)}, Code{take(3)}};
    const std::uint32_t third = take(4);
    event.header.push_back(third == 3 ? FieldValue{} : FieldValue{Code{third}});
    event.header.push_back(take(2) == 0 ? FieldValue{} : FieldValue{std::string("words")});
    std::vector<rules::TraceStep> trace;
    const auto decision = evaluator.explain(event, trace);
    const auto* held = std::get_if<rules::Held>(&decision);
    if (held != nullptr && held->reason.code == ErrorCode::TwoRulesFit) truth.overlap = true;
    if (held != nullptr && held->reason.code == ErrorCode::NoRuleFits) truth.hole = true;
    if (held != nullptr && held->reason.code != ErrorCode::TwoRulesFit) {
      truth.held_by_table = truth.held_by_table || held->reason.code != ErrorCode::NoRuleFits;
      continue;
    }
    for (const rules::TraceStep& step : trace)
      if (step.fits && step.what.starts_with("rule R"))
        truth.reached[static_cast<std::size_t>(step.what[6] - '0')] = true;
  }
  return truth;
}

}  // namespace

TEST_CASE("1,500 generated books: holes, overlaps and dead rules are those the evaluator meets", "[outcomes]") {
  std::mt19937 random(20261120);
  std::size_t disagreements = 0, holes = 0, overlaps = 0, complete = 0, stricter_than_needed = 0;
  for (int i = 0; i < 1500; ++i) {
    BookBuilder builder;
    fill(builder, random);
    const Truth truth = ask_the_evaluator(builder.book());
    const auto complete_findings = findings(verify::check_outcomes_complete, builder.model());
    const auto disjoint_findings = findings(verify::check_outcomes_disjoint, builder.model());
    std::size_t dead = 0, doubled = 0;
    for (const Diagnostic& found : disjoint_findings) {
      dead += found.code == ErrorCode::DeadRow;
      doubled += found.code == ErrorCode::RulesOverlap;
    }
    const auto unreached = static_cast<std::size_t>(std::count(truth.reached.begin(), truth.reached.end(), false));
    // A hole is never missed. The proof may be the stricter only where a table holds the events in question.
    disagreements += truth.hole && complete_findings.empty();
    const bool stricter = !truth.hole && !complete_findings.empty();
    disagreements += stricter && !truth.held_by_table;
    stricter_than_needed += stricter;
    disagreements += truth.overlap != (doubled != 0);
    holes += truth.hole;
    overlaps += truth.overlap;
    complete += !truth.hole && !truth.overlap;
    // An evaluator held by a table before it reaches a rule says less than the proof: compare only where it never is.
    if (dead > unreached) ++disagreements;
  }
  CHECK(disagreements == 0);
  CHECK(stricter_than_needed <= 5);
  CHECK(holes > 200);
  CHECK(overlaps > 200);
  CHECK(complete > 50);
}
