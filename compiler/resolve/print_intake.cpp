// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/print_intake.hpp"

namespace glmap::resolve {
namespace {

using rules::PayloadDay;
using rules::PayloadField;
using rules::PayloadPath;
using rules::PayloadTerm;
using rules::PayloadTest;

std::string path_of(const PayloadPath& path) {
  static constexpr std::string_view kFrom[] = {"payload.", "body.", "line."};
  return std::string(kFrom[static_cast<std::size_t>(path.from)]) + rules::path_text(path.steps);
}

std::string test_text(const PayloadTest& test, bool of_element = false) {
  std::string words = (of_element ? rules::path_text(test.subject.steps) : path_of(test.subject)) + " is " +
                      (test.negated ? "not " : "");
  if (test.given) return words + "given";
  for (std::size_t i = 0; i < test.values.size(); ++i)
    words += (i == 0 ? "" : ", ") + (test.values[i].truth ? test.values[i].text : "\"" + test.values[i].text + "\"");
  return words;
}

std::string term_text(const PayloadTerm& term) {
  static constexpr std::string_view kTakes[] = {"", "first ", "only ", "sum of "};
  if (term.is_constant) return "\"" + term.constant + "\"";
  std::string words = (term.negative ? "minus " : "") + std::string(kTakes[static_cast<std::size_t>(term.take)]);
  if (!term.list) return words + path_of(term.path);
  words += rules::path_text(term.path.steps) + " of " + path_of(*term.list);
  return term.filter ? words + " where " + test_text(*term.filter, true) : words;
}

std::string reading_text(const rules::RuleBook& book, const PayloadField& field) {
  static constexpr std::string_view kReadings[] = {"as it is",
                                                   "text",
                                                   "whole number",
                                                   "code",
                                                   "small letters",
                                                   "capitals",
                                                   "table",
                                                   "minor units",
                                                   "minor units text",
                                                   "hundredths",
                                                   "hundredths text",
                                                   "decimal number",
                                                   "decimal text",
                                                   "decimal",
                                                   "date",
                                                   "instant",
                                                   "unix seconds",
                                                   "unix milliseconds",
                                                   "yes or no",
                                                   "yes or no text"};
  std::string words = " as " + std::string(kReadings[static_cast<std::size_t>(field.reading)]);
  if (field.reading == rules::PayloadReading::table)
    words = " by table " + book.tables[field.table].name + "." + book.tables[field.table].answers[field.answer].name;
  if (field.day == PayloadDay::zone_of_entity) words += " in zone of entity";
  if (field.day == PayloadDay::zone) words += " in zone " + field.zone;
  if (field.day == PayloadDay::as_written) words += " as written";
  return words + (field.may_be_absent ? ", may be absent" : "");
}

std::string field_text(const rules::RuleBook& book, const EventType& type, const PayloadField& field) {
  static constexpr std::string_view kTargets[] = {"event.id", "event.time", "event.revision", "event.subject"};
  std::string words = field.target == PayloadField::Target::header ? type.header[field.field].name
                      : field.target == PayloadField::Target::line
                          ? "line." + type.line[field.field].name
                          : std::string(kTargets[static_cast<std::size_t>(field.target)]);
  words += " from ";
  for (std::size_t i = 0; i < field.terms.size(); ++i)
    words += (i == 0 ? "" : field.joined ? ", " : " plus ") + term_text(field.terms[i]);
  return words + reading_text(book, field);
}

}  // namespace

std::string print_intake(const rules::RuleBook& book, const rules::Intake& intake) {
  std::string text;
  const auto line = [&text](std::size_t level, const std::string& words) {
    text += std::string(level * 2, ' ') + words + "\n";
  };
  line(0, "intake " + intake.name + " source \"" + intake.source + "\"");
  for (const PayloadTest& test : intake.only_when)
    line(1, "only when " + test_text(test) + " because \"" + intake.only_because + "\"");
  for (const rules::PayloadKind& kind : intake.kinds) {
    line(1, (kind.type ? "gives " + book.catalog.types[*kind.type].name : "no event because \"" + kind.because + "\"") +
                (kind.each.empty() ? "" : " for each of " + rules::path_text(kind.each)));
    for (const PayloadTest& test : kind.when) line(2, "when " + test_text(test));
    if (!kind.type) continue;
    const EventType& type = book.catalog.types[*kind.type];
    for (const PayloadField& field : kind.fields) line(2, field_text(book, type, field));
    if (kind.lines) {
      line(2, "lines of payload." + rules::path_text(kind.lines->path));
      for (const PayloadTest& test : kind.lines->filter) line(3, "where " + test_text(test));
      for (const PayloadField& field : kind.lines->fields) line(3, field_text(book, type, field));
    }
    for (const rules::KnownPath& known : kind.known)
      line(2, std::string("known ") + (known.everything ? "everything in " : "") + path_of(known.path));
  }
  return text;
}

}  // namespace glmap::resolve
