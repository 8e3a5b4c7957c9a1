// SPDX-License-Identifier: Apache-2.0
// The rules of one event type as boxes over what their conditions ask: fields, answers of tables, pairs that are the
// same or not, fields that are given or not. A box may hold combinations no event can have (an answer no table gives
// for those fields); feasible.hpp tells. Private to verify.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/covering.hpp"

namespace glmap::verify {

/// One thing conditions ask about.
struct Asked {
  enum class Kind : std::uint8_t {
    value,   // a field of a closed kind; when the field is optional the last value means "absent"
    answer,  // the answers of a look-up that conditions use, together: each value of the column is one combination
    same,    // two operands: kEqual, kDifferent, kAbsent
    given,   // a field of an open kind: 0 not given, 1 given
  };
  Kind kind = Kind::value;
  rules::Operand operand;                          // value, given, same
  rules::Operand other;                            // same
  rules::Domain domain;                            // value
  std::uint32_t lookup = 0;                        // answer
  std::vector<std::uint32_t> answers;              // answer: which columns of the table's answers
  std::vector<std::vector<std::uint32_t>> tuples;  // answer: by value, then by `answers`
};
inline constexpr std::uint32_t kEqual = 0;
inline constexpr std::uint32_t kDifferent = 1;
inline constexpr std::uint32_t kAbsent = 2;

struct ProgramSpace {
  const rules::RuleBook* book = nullptr;
  const rules::EventProgram* program = nullptr;
  std::vector<Asked> asked;
  Space space;  // columns by `asked`, rows by EventProgram::rules

  const EventType& type() const { return book->catalog.types[program->type]; }
};

ProgramSpace program_space(const rules::RuleBook& book, const rules::EventProgram& program);

/// The operand rules really read: a checked answer is read from the field it checks.
rules::Operand effective(const rules::EventProgram& program, const rules::Operand& operand);
/// The field behind a header or line operand.
const Field& field_of(const EventType& type, const rules::Operand& operand);
/// The closed domain of a field; asserts that it has one.
rules::Domain domain_of(const Field& field);

/// "product", "line.net" only where the header has the same name, "treatment", "functional"
std::string operand_words(const rules::RuleBook& book, const rules::EventProgram& program,
                          const rules::Operand& operand);
/// "treatment is usage and currency is not functional"; empty when the box is everything.
std::string condition_words(const ProgramSpace& in, const Box& box);
/// The same as a book writes it behind `when`; nullopt when one clause cannot say it.
std::optional<std::string> written_conditions(const ProgramSpace& in, const Box& box);

}  // namespace glmap::verify
