// SPDX-License-Identifier: Apache-2.0
// What a name means in the rules of one event type: a field of the event, a field of the line, or a table's answer.
// Adds the look-ups that answers rest on to the program, each once, in an order in which each rests on earlier ones
// only. Private to resolve. Lives while one event type's rules are resolved; single-threaded.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {

/// An operand and what is known about its value.
struct Named {
  rules::Operand operand;
  const Field* field = nullptr;                 // header and line
  const rules::AnswerColumn* answer = nullptr;  // attribute
  bool on_line = false;
  Span declared;

  /// What it can be compared with; nullopt for text, amounts, dates.
  std::optional<rules::Domain> domain() const;
  /// "money", "text", "decimal", "list" ... for messages.
  std::string kind_words() const;
  bool is(FieldKind kind) const { return field != nullptr && field->kind == kind; }
  bool is_number() const {
    return is(FieldKind::decimal) || (answer != nullptr && answer->kind == rules::AnswerColumn::Kind::decimal);
  }
};

class ProgramScope {
 public:
  ProgramScope(Context& context, rules::EventProgram& program);

  const EventType& type() const { return context_.catalog().types[program_.type]; }
  bool each_line() const { return program_.each_line; }

  /// `x`, `line.x` or `event.x`. Reports GLM-2003, GLM-2010, GLM-3001 at the word; nullopt then.
  std::optional<Named> resolve(const Word& word);
  /// The value of a dimension by its bare name; why there is none, in words, otherwise. Reports nothing.
  std::expected<Named, std::string> dimension(const std::string& name);
  /// The one field of that name that rules here can see; reports nothing.
  std::optional<Named> find_field(const std::string& name) const;
  /// True when `name` is a field or an answer here; reports nothing.
  bool is_name(const std::string& name) const;

  /// Inputs of an account table for `line`, posted in `entity`: the line's own dimensions first, then what the event
  /// carries. Reports at `at`; nullopt then.
  std::optional<std::vector<rules::Operand>> account_inputs(std::uint32_t table, const rules::PostingLine& line,
                                                            const rules::Operand& entity, const Span& at);
  /// Looks up every table that restricts a field of this event type.
  void add_checks();

  /// True once for an event type: that its rules ask the whole event for what only lines have. How often they do says
  /// nothing more.
  bool tell_lines();
  /// True once for an event type and a text: what follows from one fault is told where it shows first.
  bool tell_once(const std::string& about) { return reported_.insert(about).second; }

  /// Fields of the event and of its lines (when rules see lines), and answers of tables; for suggestions.
  std::vector<std::string> known_names() const;
  /// True when an unknown name may only be unknown because of an earlier fault.
  bool quiet() const { return context_.type_places[program_.type].broken; }
  /// As quiet(); also when `name` looks like a table's answer that could not be read.
  bool quiet_about(const std::string& name) const;

 private:
  struct Fault {
    ErrorCode code = ErrorCode::UnknownField;
    std::string message;
    std::string help;
    Span label;
    std::string label_text;
    bool needs_lines = false;  // only the lines have it, and the rules look at the whole
  };
  /// A look-up of the program, or why there can be none.
  struct Derived {
    std::optional<std::uint32_t> lookup;
    Fault fault;
    bool known = false;  // the fault was reported where it is
  };

  std::optional<Named> field_of(const Word& word, const std::string& name, bool line);
  std::optional<Named> header_field(const std::string& name) const;
  std::optional<Named> line_field(const std::string& name) const;
  std::optional<Named> answer_of(const Word& word);
  Named named_answer(std::uint32_t table, std::uint32_t answer, std::uint32_t lookup) const;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> tables_answering(const std::string& name) const;
  std::optional<rules::Domain> domain_of_dimension(const rules::DimensionSource& dimension) const;
  Derived derive(std::uint32_t table);
  Derived try_inputs(std::uint32_t table, rules::Lookup& lookup);
  void forget_from(std::size_t lookup);
  bool can_ask(std::uint32_t table);
  Fault choice_left(std::uint32_t table, std::uint32_t answer) const;
  Derived derive_inputs(std::uint32_t table, rules::Lookup& lookup);
  Derived input_of(std::uint32_t table, std::size_t column, rules::Operand& input, bool& on_line);
  void report(const Span& at, Fault fault);
  std::vector<std::string> fields_of(const rules::Domain& domain) const;
  std::string name_help(const std::string& name, const std::vector<std::string>& known, std::string otherwise) const;
  void add_check(std::uint32_t table, const Named& field);

  Context& context_;
  rules::EventProgram& program_;
  std::map<std::uint32_t, Derived> derived_;  // by table
  std::vector<std::uint32_t> deriving_;       // tables being derived, outermost first
  std::set<std::string> reported_;            // what was told once
  bool lines_told_ = false;
};

}  // namespace glmap::resolve
