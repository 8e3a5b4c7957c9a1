// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/program_space.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

using rules::Condition;
using rules::Operand;

auto key(const Operand& operand) {
  return std::tie(operand.kind, operand.index, operand.answer, operand.text);
}

/// The positions in Currency::all() of the functional currencies in `values` become the entities that keep books in
/// them.
std::vector<std::uint32_t> entities_with(const rules::RuleBook& book, const rules::ValueSet& currencies) {
  std::vector<std::uint32_t> entities;
  const auto& all = Currency::all();
  for (std::uint32_t e = 0; e < book.catalog.entities.size(); ++e) {
    const auto at = std::find(all.begin(), all.end(), book.catalog.entities[e].functional);
    if (currencies.contains(static_cast<std::uint32_t>(at - all.begin()))) entities.push_back(e);
  }
  return entities;
}

bool may_be_absent(const EventType& type, const Operand& operand) {
  return (operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line) &&
         !field_of(type, operand).required;
}

class Builder {
 public:
  Builder(const rules::RuleBook& book, const rules::EventProgram& program) : book_(book), program_(program) {
    result_.book = &book;
    result_.program = &program;
  }

  ProgramSpace build() {
    for (const rules::Rule& rule : program_.rules)
      for (const Condition& condition : rule.when) collect_answers(condition);
    for (const rules::Rule& rule : program_.rules)
      for (const Condition& condition : rule.when) column_of(condition);
    for (const rules::Rule& rule : program_.rules) {
      Box box = result_.space.whole();
      for (const Condition& condition : rule.when) {
        const std::size_t c = column_of(condition);
        box[c] = intersect(result_.space.columns[c], box[c], cell_of(condition, c));
      }
      result_.space.rows.push_back(std::move(box));
    }
    return std::move(result_);
  }

 private:
  const EventType& type() const { return book_.catalog.types[program_.type]; }

  /// An `in` condition on the functional currency is one on the entity.
  Operand subject_of(const Condition& condition) const {
    if (condition.kind == Condition::Kind::in && condition.subject.kind == Operand::Kind::functional)
      return {Operand::Kind::header, type().entity_field, 0, {}};
    return effective(program_, condition.subject);
  }

  void collect_answers(const Condition& condition) {
    const Operand subject = subject_of(condition);
    if (condition.kind == Condition::Kind::in && subject.kind == Operand::Kind::attribute)
      answers_used_.insert({subject.index, subject.answer});
  }

  std::size_t add(Asked asked, std::uint32_t size) {
    result_.asked.push_back(std::move(asked));
    result_.space.columns.push_back(Column::closed(size));
    return result_.asked.size() - 1;
  }

  std::size_t column_of(const Condition& condition) {
    const Operand subject = subject_of(condition);
    if (condition.kind == Condition::Kind::same) return same_column(subject, effective(program_, condition.other));
    if (subject.kind == Operand::Kind::attribute) return answer_column(subject.index);
    const Field& field = field_of(type(), subject);
    const bool closed = field.kind == FieldKind::list || field.kind == FieldKind::entity ||
                        field.kind == FieldKind::currency || field.kind == FieldKind::yes_no;
    const Asked::Kind kind = closed ? Asked::Kind::value : Asked::Kind::given;
    for (std::size_t c = 0; c < result_.asked.size(); ++c)
      if (result_.asked[c].kind == kind && result_.asked[c].operand == subject) return c;
    Asked asked;
    asked.kind = kind;
    asked.operand = subject;
    if (!closed) return add(std::move(asked), 2);
    asked.domain = domain_of(field);
    return add(asked, book_.domain_size(asked.domain) + (field.required ? 0 : 1));
  }

  std::size_t same_column(Operand left, Operand right) {
    if (key(right) < key(left)) std::swap(left, right);
    for (std::size_t c = 0; c < result_.asked.size(); ++c)
      if (result_.asked[c].kind == Asked::Kind::same && result_.asked[c].operand == left &&
          result_.asked[c].other == right)
        return c;
    Asked asked;
    asked.kind = Asked::Kind::same;
    asked.operand = left;
    asked.other = right;
    return add(std::move(asked), may_be_absent(type(), left) || may_be_absent(type(), right) ? 3 : 2);
  }

  std::size_t answer_column(std::uint32_t lookup) {
    for (std::size_t c = 0; c < result_.asked.size(); ++c)
      if (result_.asked[c].kind == Asked::Kind::answer && result_.asked[c].lookup == lookup) return c;
    Asked asked;
    asked.kind = Asked::Kind::answer;
    asked.lookup = lookup;
    for (const auto& [one, answer] : answers_used_)
      if (one == lookup) asked.answers.push_back(answer);
    std::set<std::vector<std::uint32_t>> tuples;
    for (const rules::TableRow& row : book_.tables[program_.lookups[lookup].table].rows)
      if (!row.impossible) expand(row, asked, {}, tuples);
    asked.tuples.assign(tuples.begin(), tuples.end());
    const auto size = static_cast<std::uint32_t>(asked.tuples.size());
    return add(std::move(asked), size);
  }

  void expand(const rules::TableRow& row, const Asked& asked, std::vector<std::uint32_t> tuple,
              std::set<std::vector<std::uint32_t>>& tuples) const {
    if (tuple.size() == asked.answers.size()) {
      tuples.insert(std::move(tuple));
      return;
    }
    const std::uint32_t answer = asked.answers[tuple.size()];
    const rules::Table& table = book_.tables[program_.lookups[asked.lookup].table];
    const std::uint32_t size = book_.domain_size({rules::Domain::Kind::list, table.answers[answer].list});
    for (std::uint32_t value = 0; value < size; ++value) {
      if (!row.answers[answer].values.contains(value)) continue;
      tuple.push_back(value);
      expand(row, asked, tuple, tuples);
      tuple.pop_back();
    }
  }

  Cell cell_of(const Condition& condition, std::size_t column) const {
    const Asked& asked = result_.asked[column];
    if (condition.kind == Condition::Kind::same) return Cell::of({condition.negated ? kDifferent : kEqual});
    if (asked.kind == Asked::Kind::given) return Cell::of({condition.negated ? 0U : 1U});
    Cell cell = Cell::of({});
    if (asked.kind == Asked::Kind::answer) {
      const Operand subject = subject_of(condition);
      const auto at = std::find(asked.answers.begin(), asked.answers.end(), subject.answer);
      const auto position = static_cast<std::size_t>(at - asked.answers.begin());
      for (std::uint32_t t = 0; t < asked.tuples.size(); ++t)
        if (condition.values.contains(asked.tuples[t][position]) != condition.negated) cell.values.push_back(t);
      return cell;
    }
    const std::uint32_t size = book_.domain_size(asked.domain);
    if (condition.kind == Condition::Kind::given) {  // a closed field that may be absent
      for (std::uint32_t value = 0; value < size && !condition.negated; ++value) cell.values.push_back(value);
      if (condition.negated) cell.values.push_back(size);
      return cell;
    }
    rules::ValueSet values = condition.values;
    if (condition.subject.kind == Operand::Kind::functional) values = {false, entities_with(book_, condition.values)};
    for (std::uint32_t value = 0; value < size; ++value)
      if (values.contains(value) != condition.negated) cell.values.push_back(value);
    return cell;
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> answers_used_;  // look-up, answer
  ProgramSpace result_;
};

/// How conditions are put: told, "is A or B"; or as a book writes them, "is A, B", where one clause can say it.
struct Wording {
  bool written = false;
  bool sayable = true;  // false: no one clause says it

  std::string alternatives(std::vector<std::string> words) const {
    if (!written) return any_of(words);
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + written_value(word);
    return text;
  }
};

/// "is A or B", or "is not C" when that is shorter.
std::string set_words(const Wording& how, std::vector<std::string> words, std::vector<std::string> others) {
  if (others.empty() || words.size() <= others.size() + 1) return "is " + how.alternatives(words);
  return "is not " + how.alternatives(others);
}

std::string value_words(const ProgramSpace& in, const Asked& asked, const Cell& cell, Wording& how) {
  const std::string name = operand_words(*in.book, *in.program, asked.operand);
  const std::uint32_t size = in.book->domain_size(asked.domain);
  std::vector<std::string> words, others;
  bool absent = false;
  for (const std::uint32_t value : cell.values) absent = absent || value == size;
  for (std::uint32_t value = 0; value < size; ++value)
    (std::binary_search(cell.values.begin(), cell.values.end(), value) ? words : others)
        .push_back(in.book->value_text(asked.domain, value));
  const bool optional = !field_of(in.type(), asked.operand).required;
  if (words.empty()) return name + " is not given";
  if (others.empty()) return name + " is given";
  std::string text = name + " " + set_words(how, words, absent || !optional ? others : std::vector<std::string>{});
  how.sayable = how.sayable && !absent;
  return absent ? text + " or not given" : text;
}

std::string answer_words(const ProgramSpace& in, const Asked& asked, const Cell& cell, const Wording& how) {
  const rules::Table& table = in.book->tables[in.program->lookups[asked.lookup].table];
  std::string text;
  for (std::size_t a = 0; a < asked.answers.size(); ++a) {
    const rules::AnswerColumn& column = table.answers[asked.answers[a]];
    std::set<std::uint32_t> here, all;
    for (const auto& tuple : asked.tuples) all.insert(tuple[a]);
    for (const std::uint32_t tuple : cell.values) here.insert(asked.tuples[tuple][a]);
    if (here.size() == all.size()) continue;
    std::vector<std::string> words;
    for (const std::uint32_t value : here)
      words.push_back(in.book->value_text({rules::Domain::Kind::list, column.list}, value));
    text += (text.empty() ? "" : " and ") + column.name + " is " + how.alternatives(words);
  }
  return text;
}

std::string same_words(const ProgramSpace& in, const Asked& asked, const Cell& cell, Wording& how) {
  const std::string left = operand_words(*in.book, *in.program, asked.operand);
  const std::string right = operand_words(*in.book, *in.program, asked.other);
  if (cell.values == std::vector<std::uint32_t>{kEqual}) return left + " is " + right;
  if (cell.values == std::vector<std::uint32_t>{kDifferent}) return left + " is not " + right;
  if (cell.values == std::vector<std::uint32_t>{kAbsent}) {
    const bool left_may_be = may_be_absent(in.type(), asked.operand);
    const bool both = left_may_be && may_be_absent(in.type(), asked.other);
    how.sayable = how.sayable && !both;
    return (both ? left + " or " + right : left_may_be ? left : right) + " is not given";
  }
  how.sayable = false;
  return left + " cannot be compared with " + right + " as the rules ask";
}

std::string all_words(const ProgramSpace& in, const Box& box, Wording& how) {
  std::string text;
  for (std::size_t c = 0; c < box.size(); ++c) {
    const Asked& asked = in.asked[c];
    // An empty cell belongs to conditions that exclude each other; there is no value to speak of.
    if (box[c].any || box[c].values.empty() || box[c].values.size() == in.space.columns[c].size) continue;
    std::string words;
    switch (asked.kind) {
      case Asked::Kind::value:
        words = value_words(in, asked, box[c], how);
        break;
      case Asked::Kind::answer:
        words = answer_words(in, asked, box[c], how);
        break;
      case Asked::Kind::same:
        words = same_words(in, asked, box[c], how);
        break;
      case Asked::Kind::given:
        words = operand_words(*in.book, *in.program, asked.operand) +
                (box[c].values.front() == 1 ? " is given" : " is not given");
        break;
    }
    if (!words.empty()) text += (text.empty() ? "" : " and ") + words;
  }
  return text;
}

}  // namespace

ProgramSpace program_space(const rules::RuleBook& book, const rules::EventProgram& program) {
  return Builder(book, program).build();
}

Operand effective(const rules::EventProgram& program, const Operand& operand) {
  if (operand.kind != Operand::Kind::attribute) return operand;
  const auto& checked = program.lookups[operand.index].must_agree;
  return checked && operand.answer == 0 ? *checked : operand;
}

const Field& field_of(const EventType& type, const Operand& operand) {
  GLMAP_ASSERT(operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line);
  return operand.kind == Operand::Kind::header ? type.header[operand.index] : type.line[operand.index];
}

rules::Domain domain_of(const Field& field) {
  using Kind = rules::Domain::Kind;
  switch (field.kind) {
    case FieldKind::list:
      return {Kind::list, field.list};
    case FieldKind::entity:
      return {Kind::entity, 0};
    case FieldKind::currency:
      return {Kind::currency, 0};
    case FieldKind::yes_no:
      return {Kind::yes_no, 0};
    default:
      break;
  }
  GLMAP_ASSERT(false);
}

std::string operand_words(const rules::RuleBook& book, const rules::EventProgram& program, const Operand& operand) {
  const EventType& type = book.catalog.types[program.type];
  switch (operand.kind) {
    case Operand::Kind::header: {
      const std::string& name = type.header[operand.index].name;
      return program.each_line && type.line_index(name) ? "event." + name : name;
    }
    case Operand::Kind::line: {
      const std::string& name = type.line[operand.index].name;
      return type.header_index(name) ? "line." + name : name;
    }
    case Operand::Kind::attribute:
      return book.tables[program.lookups[operand.index].table].answers[operand.answer].name;
    case Operand::Kind::functional:
      return "functional";
    case Operand::Kind::constant:
      return operand.text;
    case Operand::Kind::step:
      return "amount";
  }
  return {};
}

std::string condition_words(const ProgramSpace& in, const Box& box) {
  Wording told;
  return all_words(in, box, told);
}

std::optional<std::string> written_conditions(const ProgramSpace& in, const Box& box) {
  Wording how{.written = true};
  std::string text = all_words(in, box, how);
  return how.sayable ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace glmap::verify
