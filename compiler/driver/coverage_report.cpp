// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/coverage_report.hpp"

#include <algorithm>
#include <map>

#include "compiler/driver/test_reach.hpp"

namespace glmap::driver {
namespace {

using rules::AnswerColumn;
using rules::Domain;
using rules::RuleBook;
using verify::Count;
using verify::Mapped;

std::string place_of(const SourceRef& where) {
  return where.line == 0 ? where.file : where.file + ":" + std::to_string(where.line);
}

std::string set_words(const RuleBook& book, const Domain& domain, const rules::ValueSet& set) {
  if (set.any) return "any";
  std::string text;
  for (const std::uint32_t value : set.values) text += (text.empty() ? "" : ", ") + book.value_text(domain, value);
  return text;
}

std::string answer_words(const RuleBook& book, const AnswerColumn& column, const rules::Answer& answer) {
  switch (column.kind) {
    case AnswerColumn::Kind::account:
      return answer.no_line ? "no line" : answer.account;
    case AnswerColumn::Kind::decimal:
      return answer.number.to_text();
    case AnswerColumn::Kind::list:
      return set_words(book, {Domain::Kind::list, column.list}, answer.values);
  }
  return {};
}

TableCoverageReport table_report(const RuleBook& book, std::uint32_t index,
                                 const std::vector<std::vector<std::uint32_t>>& reached) {
  const rules::Table& table = book.tables[index];
  const verify::TableCoverage counts = verify::table_coverage(book, index);
  TableCoverageReport report;
  report.name = table.name;
  report.title = table.title;
  report.place = place_of(table.where);
  report.all = counts.all;
  if (table.remaining) report.remaining_because = table.remaining->because;
  for (const rules::TableColumn& column : table.columns) report.columns.push_back(column.name);
  for (const AnswerColumn& answer : table.answers) report.answers.push_back(answer.name);
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const rules::TableRow& row = table.rows[r];
    RowCoverage line;
    line.place = place_of(row.where);
    for (std::size_t c = 0; c < row.cells.size(); ++c)
      line.cells.push_back(set_words(book, table.columns[c].domain, row.cells[c]));
    for (std::size_t a = 0; a < row.answers.size(); ++a)
      line.answers.push_back(answer_words(book, table.answers[a], row.answers[a]));
    if (row.from) line.from = row.from->to_text();
    if (row.until) line.until = row.until->to_text();
    report.dated = report.dated || row.from || row.until;
    line.counts = counts.rows[r];
    line.impossible = row.impossible;
    line.because = row.because;
    line.tests = reached[r];
    report.rows.push_back(std::move(line));
  }
  return report;
}

std::vector<RuleCoverage> rule_reports(const RuleBook& book, const TestReach& reach) {
  std::vector<RuleCoverage> reports;
  for (std::size_t p = 0; p < book.programs.size(); ++p) {
    const rules::EventProgram& program = book.programs[p];
    for (std::size_t r = 0; r < program.rules.size(); ++r) {
      const rules::Rule& rule = program.rules[r];
      const char* outcome = rule.outcome == rules::Rule::Outcome::post       ? "posts"
                            : rule.outcome == rules::Rule::Outcome::no_entry ? "no entry"
                                                                             : "holds";
      reports.push_back({rule.name, rule.title, place_of(rule.where), rule.because,
                         book.catalog.types[program.type].name, book.ledgers[program.ledger], outcome,
                         reach.rules[p][r]});
    }
  }
  return reports;
}

std::vector<EventCoverage> event_reports(const RuleBook& book) {
  std::vector<EventCoverage> reports;
  for (std::uint32_t type = 0; type < book.catalog.types.size(); ++type) {
    EventCoverage report{book.catalog.types[type].name, book.catalog.types[type].title, {}};
    for (std::uint32_t ledger = 0; ledger < book.ledgers.size(); ++ledger) {
      EventCoverage::InLedger in{.ledger = book.ledgers[ledger]};
      if (const rules::EventProgram* program = book.program_of(type, ledger))
        for (const rules::Rule& rule : program->rules)
          ++(rule.outcome == rules::Rule::Outcome::post       ? in.posts
             : rule.outcome == rules::Rule::Outcome::no_entry ? in.no_entry
                                                              : in.holds);
      report.ledgers.push_back(std::move(in));
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

// ---- lists ----------------------------------------------------------------------------------------------------------

/// What a row answers, in words that can be told apart: each value by itself where there is one answer of a list, else
/// all answers together: "ratable, equal_months".
std::vector<std::string> answers_of(const RuleBook& book, const rules::Table& table, const rules::TableRow& row) {
  if (row.answers.size() == 1 && table.answers.front().kind == AnswerColumn::Kind::list &&
      !row.answers.front().values.any) {
    std::vector<std::string> values;
    for (const std::uint32_t value : row.answers.front().values.values)
      values.push_back(book.value_text({Domain::Kind::list, table.answers.front().list}, value));
    return values;
  }
  std::string words;
  for (std::size_t a = 0; a < row.answers.size(); ++a)
    words += (a == 0 ? "" : ", ") + answer_words(book, table.answers[a], row.answers[a]);
  return {words};
}

std::vector<std::string> distinct_answers(const RuleBook& book, const rules::Table& table,
                                          const std::vector<std::uint32_t>& rows) {
  std::vector<std::string> found;
  for (const std::uint32_t row : rows) {
    if (table.rows[row].impossible) continue;
    for (std::string& words : answers_of(book, table, table.rows[row]))
      if (std::find(found.begin(), found.end(), words) == found.end()) found.push_back(std::move(words));
  }
  return found;
}

bool same_leads(const std::vector<Lead>& a, const std::vector<Lead>& b) {
  const auto same = [](const Lead& x, const Lead& y) {
    return x.table == y.table && x.event == y.event && x.ledger == y.ledger && x.answers == y.answers && x.all == y.all;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool asks(const rules::Condition& condition, const Domain& domain) {
  return condition.kind == rules::Condition::Kind::in && condition.domain == domain;
}

/// The rules of each event type that a value can meet, where some condition asks for it.
void add_rules(const RuleBook& book, const Domain& domain, std::vector<std::vector<Lead>>& leads) {
  for (const rules::EventProgram& program : book.programs) {
    const auto asked = [&](const rules::Rule& rule) {
      return std::any_of(rule.when.begin(), rule.when.end(), [&](const auto& one) { return asks(one, domain); });
    };
    if (std::none_of(program.rules.begin(), program.rules.end(), asked)) continue;
    for (std::uint32_t value = 0; value < leads.size(); ++value) {
      Lead lead{.event = book.catalog.types[program.type].name, .ledger = book.ledgers[program.ledger]};
      for (const rules::Rule& rule : program.rules) {
        const auto accepts = [&](const rules::Condition& one) {
          return !asks(one, domain) || one.values.contains(value) != one.negated;
        };
        if (std::all_of(rule.when.begin(), rule.when.end(), accepts)) lead.answers.push_back(rule.name);
      }
      leads[value].push_back(std::move(lead));
    }
  }
}

/// The values of a domain, each with where it leads in every table that asks for it.
ListCoverage list_report(const RuleBook& book, const std::string& name, const Domain& domain) {
  std::vector<std::vector<Lead>> leads(book.domain_size(domain));
  for (std::uint32_t t = 0; t < book.tables.size(); ++t) {
    const rules::Table& table = book.tables[t];
    for (std::uint32_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].domain != domain) continue;
      const auto values = verify::value_coverage(book, t, c);
      for (std::uint32_t value = 0; value < values.size(); ++value)
        if (values[value].all.combinations != 0)
          leads[value].push_back(
              {table.name, {}, {}, values[value].all, distinct_answers(book, table, values[value].rows)});
    }
  }
  add_rules(book, domain, leads);
  ListCoverage report{name, leads.size(), {}, {}};
  for (const rules::Table& table : book.tables)
    for (const AnswerColumn& answer : table.answers)
      if (domain.kind == Domain::Kind::list && answer.kind == AnswerColumn::Kind::list && answer.list == domain.list)
        report.answered_by.push_back(table.name);
  for (std::uint32_t value = 0; value < leads.size(); ++value) {
    const auto known = std::find_if(report.groups.begin(), report.groups.end(), [&](const ValueCoverageReport& group) {
      return same_leads(group.leads, leads[value]);
    });
    if (known != report.groups.end())
      known->values.push_back(book.value_text(domain, value));
    else
      report.groups.push_back({{book.value_text(domain, value)}, std::move(leads[value])});
  }
  return report;
}

Count sum(Count a, Count b) {
  return a + std::min(b, verify::kCountMax - a);
}
void add(std::optional<Count>& total, const std::optional<Count>& more) {
  if (total && more)
    total = sum(*total, *more);
  else
    total.reset();
}

}  // namespace

bool EventCoverage::complete() const {
  return std::all_of(ledgers.begin(), ledgers.end(), [](const InLedger& one) { return one.any(); });
}

CoverageReport::Part CoverageReport::rows() const {
  Part part;
  for (const TableCoverageReport& table : tables)
    for (const RowCoverage& row : table.rows) {
      if (row.impossible) continue;
      ++part.of;
      part.reached += row.tests.empty() ? 0 : 1;
    }
  return part;
}

CoverageReport::Part CoverageReport::rules_tested() const {
  Part part{rules.size(), 0};
  for (const RuleCoverage& rule : rules) part.reached += rule.tests.empty() ? 0 : 1;
  return part;
}

CoverageReport::Part CoverageReport::events_mapped() const {
  Part part{events.size(), 0};
  for (const EventCoverage& event : events) part.reached += event.complete() ? 1 : 0;
  return part;
}

Mapped CoverageReport::combinations() const {
  Mapped all{0, Count{0}, Count{0}, Count{0}};
  for (const TableCoverageReport& table : tables) {
    all.combinations = sum(all.combinations, table.all.combinations);
    add(all.answered, table.all.answered);
    add(all.impossible, table.all.impossible);
    add(all.remaining, table.all.remaining);
  }
  return all;
}

CoverageReport coverage_report(const resolve::ResolvedModel& model, const std::string& digest) {
  const RuleBook& book = model.book;
  const TestReach reach = test_reach(model, digest);
  CoverageReport report;
  report.name = book.name;
  report.title = book.title;
  report.release = book.release;
  for (const resolve::BookTest& test : model.tests) report.tests.push_back(test.title);
  for (std::uint32_t table = 0; table < book.tables.size(); ++table)
    report.tables.push_back(table_report(book, table, reach.rows[table]));
  report.rules = rule_reports(book, reach);
  report.events = event_reports(book);
  for (std::uint32_t list = 0; list < book.catalog.lists.size(); ++list)
    report.lists.push_back(list_report(book, book.catalog.lists[list].name, {Domain::Kind::list, list}));
  report.lists.push_back(list_report(book, "entity", {Domain::Kind::entity}));
  return report;
}

std::string count_words(const std::optional<Count>& count) {
  if (!count) return "not counted";
  return *count >= verify::kCountMax ? "more than 10^38" : verify::count_text(*count);
}

}  // namespace glmap::driver
