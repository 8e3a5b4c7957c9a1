// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/print_intake.hpp"

namespace glmap::syntax {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string text_of(const Word& word) {
  return word.quoted ? quoted(word.text) : word.text;
}

/// Every step apart, so that `"a.b"` and `a.b` differ.
std::string text_of(const PathDecl& path) {
  std::string result;
  for (const std::string& step : path.steps) result += (result.empty() ? "" : "/") + step;
  return result;
}

std::string text_of(const PayloadTestDecl& test) {
  std::string result = text_of(test.subject) + (test.negated ? " is not " : " is ");
  for (std::size_t i = 0; i < test.values.size(); ++i) result += (i == 0 ? "" : ", ") + text_of(test.values[i]);
  return result;
}

std::string text_of(const TermDecl& term) {
  static constexpr std::string_view kTakes[] = {"", "first ", "only ", "sum of "};
  std::string result = term.negative ? "minus " : "";
  if (term.path.empty()) return result + text_of(term.constant);
  result += std::string(kTakes[static_cast<std::size_t>(term.take)]) + text_of(term.path);
  if (!term.list.empty()) result += " of " + text_of(term.list);
  if (term.where) result += " where " + text_of(*term.where);
  return result;
}

class Printer {
 public:
  std::string run(const IntakeDecl& intake) {
    line(0, "intake " + text_of(intake.name) + (intake.title.empty() ? "" : " " + text_of(intake.title)));
    line(1, "source " + text_of(intake.source));
    line(1, "because " + text_of(intake.because));
    for (const PayloadTestDecl& one : intake.only_when)
      line(1, "only when " + text_of(one) + " because " + text_of(intake.only_because));
    known(1, intake.known);
    rows(1, intake.rows);
    for (const PayloadKindDecl& one : intake.kinds) kind(one);
    return std::move(out_);
  }

 private:
  void line(std::size_t level, const std::string& text) { out_ += std::string(level * 2, ' ') + text + "\n"; }

  void known(std::size_t level, const std::vector<KnownPathDecl>& paths) {
    for (const KnownPathDecl& one : paths)
      line(level, std::string("also known ") + (one.everything ? "everything in " : "") + text_of(one.path));
  }

  void rows(std::size_t level, const std::vector<PayloadRowDecl>& rows) {
    for (const PayloadRowDecl& row : rows) {
      std::string text = "row " + row.field.text + " ||";
      for (std::size_t i = 0; i < row.terms.size(); ++i)
        text += (i == 0 ? " " : row.joined ? ", " : " plus ") + text_of(row.terms[i]);
      text += " |";
      for (std::size_t i = 0; i < row.readings.size(); ++i) text += (i == 0 ? " " : ", ") + row.readings[i].text;
      line(level, text);
    }
  }

  void kind(const PayloadKindDecl& kind) {
    line(1, kind.event.empty() ? "no event because " + text_of(kind.because) : "gives " + text_of(kind.event));
    if (!kind.each.empty()) line(2, "for each of " + text_of(kind.each));
    for (const PayloadTestDecl& one : kind.when) line(2, "when " + text_of(one));
    rows(2, kind.rows);
    if (kind.lines) {
      line(2, "for each line of " + text_of(kind.lines->path));
      for (const PayloadTestDecl& one : kind.lines->where) line(3, "where " + text_of(one));
      rows(3, kind.lines->rows);
    }
    known(2, kind.known);
  }

  std::string out_;
};

}  // namespace

std::string print_intake(const IntakeDecl& intake) {
  return Printer().run(intake);
}

}  // namespace glmap::syntax
