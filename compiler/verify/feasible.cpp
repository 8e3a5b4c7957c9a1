// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/feasible.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

using rules::Operand;
using Values = std::vector<std::uint32_t>;

// So many pairs of fields are compared in one step.
constexpr std::size_t kPairsPerStep = 4;

bool is_field(const Operand& operand) {
  return operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line;
}

std::uint32_t currency_position(const Currency& currency) {
  const auto& all = Currency::all();
  return static_cast<std::uint32_t>(std::find(all.begin(), all.end(), currency) - all.begin());
}

/// A field of a closed kind, and which values it may still have. For an optional field the value `size` means absent.
struct Variable {
  Operand operand;
  std::uint32_t size = 0;
  bool optional = false;
  Values values;  // in order of preference for an example
  std::size_t full = 0;
};

/// Two operands of which one of some outcomes (kEqual, kDifferent, kAbsent) is wanted.
struct Pair {
  Operand left, right;
  Operand entity;  // whose functional currency is meant by an operand `functional`
  bool wanted[3] = {false, false, false};
};

class EventSearch {
 public:
  EventSearch(const ProgramSpace& in, const Question& question, Steps& steps)
      : in_(in), book_(*in.book), program_(*in.program), steps_(steps) {
    may_leave_out_checked_ = question.may_leave_out_checked;
    own_entity_ = {Operand::Kind::header, in.type().entity_field, 0, {}};
    const Life life = book_life(book_);
    first_ = life.first;
    last_ = life.last;
    find_lookups(question);
    feasible_ = restrict(question);
  }

  Feasible run() {
    Feasible result;
    if (feasible_ && choose_row(0)) {
      result.infeasible = Covered::no;
      result.witness = std::move(witness_);
    } else if (out_of_steps_) {
      result.infeasible = Covered::not_decided;
    }
    return result;
  }

 private:
  const EventType& type() const { return in_.type(); }

  // ---- what takes part

  void need_lookup(const Operand& operand, std::set<std::uint32_t>& needed) const {
    if (operand.kind != Operand::Kind::attribute || !needed.insert(operand.index).second) return;
    for (const Operand& input : program_.lookups[operand.index].inputs) need_lookup(effective(program_, input), needed);
  }

  void find_lookups(const Question& question) {
    std::set<std::uint32_t> needed;
    for (std::size_t c = 0; c < in_.asked.size(); ++c) {
      const Asked& asked = in_.asked[c];
      if (question.box[c].any) continue;
      if (asked.kind == Asked::Kind::answer) need_lookup({Operand::Kind::attribute, asked.lookup, 0, {}}, needed);
      need_lookup(asked.operand, needed);
      need_lookup(asked.other, needed);
    }
    for (const std::uint32_t lookup : question.lookups) need_lookup({Operand::Kind::attribute, lookup, 0, {}}, needed);
    for (std::uint32_t i = 0; i < program_.lookups.size(); ++i)
      if (program_.lookups[i].must_agree) need_lookup({Operand::Kind::attribute, i, 0, {}}, needed);
    lookups_.assign(needed.begin(), needed.end());  // in the program's order: each rests on earlier ones
  }

  Variable& variable(const Operand& operand) {
    const auto known = index_.find(operand);
    if (known != index_.end()) return variables_[known->second];
    const Field& field = field_of(type(), operand);
    Variable made;
    made.operand = operand;
    made.size = book_.domain_size(domain_of(field));
    made.optional = !field.required;
    made.values.resize(made.size + (made.optional ? 1 : 0));
    std::iota(made.values.begin(), made.values.end(), 0U);
    if (field.kind == FieldKind::currency) {  // currencies that somebody keeps books in make the better examples
      std::set<std::uint32_t> known_currencies;
      for (const LegalEntity& entity : book_.catalog.entities)
        known_currencies.insert(currency_position(entity.functional));
      std::stable_partition(made.values.begin(), made.values.end(),
                            [&](std::uint32_t value) { return known_currencies.contains(value); });
    }
    made.full = made.values.size();
    index_.emplace(operand, variables_.size());
    variables_.push_back(std::move(made));
    return variables_.back();
  }

  template <class Predicate>
  bool keep(const Operand& operand, const Predicate& predicate) {
    Values& values = variable(operand).values;
    std::erase_if(values, [&](std::uint32_t value) { return !predicate(value); });
    return !values.empty();
  }

  bool restrict(const Question& question) {
    for (const auto& one : question.restrictions)
      if (!keep(one.field,
                [&](std::uint32_t v) { return std::binary_search(one.values.begin(), one.values.end(), v); }))
        return false;
    if (question.foreign) {
      Pair pair{question.foreign->currency, {Operand::Kind::functional, 0, 0, {}}, question.foreign->entity, {}};
      pair.wanted[kDifferent] = true;
      add_pair(std::move(pair));
    }
    tuples_.resize(program_.lookups.size());
    for (std::size_t c = 0; c < in_.asked.size(); ++c)
      if (!question.box[c].any && !restrict_column(in_.asked[c], question.box[c])) return false;
    return true;
  }

  bool restrict_column(const Asked& asked, const Cell& cell) {
    switch (asked.kind) {
      case Asked::Kind::value:
        return keep(asked.operand, [&](std::uint32_t value) {
          return std::binary_search(cell.values.begin(), cell.values.end(), value);
        });
      case Asked::Kind::answer:
        tuples_[asked.lookup] = {&asked, &cell};
        return !cell.values.empty();
      case Asked::Kind::same: {
        Pair pair{asked.operand, asked.other, own_entity_, {}};
        for (const std::uint32_t outcome : cell.values) pair.wanted[outcome] = true;
        add_pair(std::move(pair));
        return !cell.values.empty();
      }
      case Asked::Kind::given: {
        const bool required = field_of(type(), asked.operand).required;
        const bool yes = std::binary_search(cell.values.begin(), cell.values.end(), 1U);
        const bool no = std::binary_search(cell.values.begin(), cell.values.end(), 0U);
        witness_.given.emplace_back(asked.operand, yes);
        return yes || (no && !required);
      }
    }
    return false;
  }

  void add_pair(Pair pair) {
    for (const Operand* operand : {&pair.left, &pair.right}) {
      if (is_field(*operand)) variable(*operand);
      if (operand->kind == Operand::Kind::functional) variable(pair.entity);
    }
    pairs_.push_back(std::move(pair));
  }

  // ---- rows of the look-ups

  bool spend(std::uint64_t cost = 1) {
    if (steps_.left < cost) {
      steps_.left = 0;
      out_of_steps_ = true;
      return false;
    }
    steps_.left -= cost;
    return true;
  }

  bool choose_row(std::size_t depth) {
    if (depth == lookups_.size()) return choose_values();
    const rules::Table& table = book_.tables[program_.lookups[lookups_[depth]].table];
    const auto known = row_of_same_table(depth);
    for (std::uint32_t r = 0; r < table.rows.size() && !out_of_steps_; ++r) {
      if (!spend()) return false;
      if (known && *known != r) continue;
      if (!table.rows[r].impossible && try_row(depth, r)) return true;
    }
    return false;
  }

  /// All look-ups of a program ask a table for the same, so one row answers them: also where two overlap.
  std::optional<std::uint32_t> row_of_same_table(std::size_t depth) const {
    for (std::size_t d = 0; d < depth; ++d)
      if (program_.lookups[lookups_[d]].table == program_.lookups[lookups_[depth]].table)
        return witness_.rows.at(lookups_[d]);
    return std::nullopt;
  }

  /// Cheap: false when the row cannot be the one, so that nothing need be copied.
  bool may_fit(std::uint32_t lookup, const rules::TableRow& row) {
    const rules::Lookup& asked = program_.lookups[lookup];
    if (tuples_[lookup].first != nullptr) {
      Values answers;
      for (const rules::Answer& answer : row.answers)
        if (answer.values.values.size() == 1) answers.push_back(answer.values.values.front());
      if (answers.size() == row.answers.size() && !answers_wanted(lookup, answers)) return false;
    }
    for (std::size_t c = 0; c < asked.inputs.size(); ++c) {
      const Operand input = effective(program_, asked.inputs[c]);
      if (row.cells[c].any || !is_field(input)) continue;
      const Values& values = variable(input).values;
      if (std::none_of(values.begin(), values.end(), [&](std::uint32_t value) { return row.cells[c].contains(value); }))
        return false;
    }
    return true;
  }

  bool try_row(std::size_t depth, std::uint32_t index) {
    const std::uint32_t lookup = lookups_[depth];
    const rules::Lookup& asked = program_.lookups[lookup];
    const rules::TableRow& row = book_.tables[asked.table].rows[index];
    if (!may_fit(lookup, row)) return false;
    const auto before_variables = variables_;
    const auto before_index = index_;
    const Date before_first = first_;
    const Date before_last = last_;
    witness_.rows[lookup] = index;
    bool found = fits(asked, row) && choose_answers(depth, row, {});
    if (found) return true;
    variables_ = before_variables;
    index_ = before_index;
    first_ = before_first;
    last_ = before_last;
    witness_.rows.erase(lookup);
    return false;
  }

  /// Narrows the fields to what the row asks for. False when nothing is left.
  bool fits(const rules::Lookup& asked, const rules::TableRow& row) {
    if (row.from) first_ = std::max(first_, *row.from);
    if (row.until) last_ = std::min(last_, *row.until);
    if (first_ > last_) return false;
    for (std::size_t c = 0; c < asked.inputs.size(); ++c)
      if (!input_fits(effective(program_, asked.inputs[c]), row.cells[c])) return false;
    if (!asked.must_agree) return true;
    const rules::ValueSet& allowed = row.answers.front().values;
    const std::uint32_t size = variable(*asked.must_agree).size;
    return keep(*asked.must_agree,
                [&](std::uint32_t value) { return value < size ? allowed.contains(value) : may_leave_out_checked_; });
  }

  bool input_fits(const Operand& input, const rules::ValueSet& cell) {
    switch (input.kind) {
      case Operand::Kind::header:
      case Operand::Kind::line: {
        const std::uint32_t size = variable(input).size;
        return keep(input, [&](std::uint32_t value) { return value < size && cell.contains(value); });
      }
      case Operand::Kind::attribute:
        return cell.contains(chosen_[input.index][input.answer]);
      case Operand::Kind::functional:
        return keep(own_entity_, [&](std::uint32_t entity) {
          return cell.contains(currency_position(book_.catalog.entities[entity].functional));
        });
      case Operand::Kind::constant:
        return cell.contains(input.index);
      case Operand::Kind::step:
        break;  // no condition asks for an amount
    }
    return false;
  }

  /// Goes through the values a row answers (usually one for each column), then on to the next look-up.
  bool choose_answers(std::size_t depth, const rules::TableRow& row, Values answers) {
    const std::uint32_t lookup = lookups_[depth];
    const rules::Table& table = book_.tables[program_.lookups[lookup].table];
    if (answers.size() == table.answers.size()) {
      if (!answers_wanted(lookup, answers)) return false;
      chosen_[lookup] = std::move(answers);
      return choose_row(depth + 1);
    }
    const std::size_t a = answers.size();
    const rules::ValueSet& values = row.answers[a].values;
    answers.push_back(0);
    if (table.answers[a].kind != rules::AnswerColumn::Kind::list || program_.lookups[lookup].must_agree)
      return choose_answers(depth, row, std::move(answers));
    const std::uint32_t size = book_.domain_size({rules::Domain::Kind::list, table.answers[a].list});
    for (std::uint32_t value = 0; value < size && !out_of_steps_; ++value) {
      if (!values.contains(value)) continue;
      answers.back() = value;
      if (choose_answers(depth, row, answers)) return true;
    }
    return false;
  }

  bool answers_wanted(std::uint32_t lookup, const Values& answers) const {
    const auto& [asked, cell] = tuples_[lookup];
    if (asked == nullptr) return true;
    Values tuple;
    for (const std::uint32_t answer : asked->answers) tuple.push_back(answers[answer]);
    const auto at = std::lower_bound(asked->tuples.begin(), asked->tuples.end(), tuple);
    if (at == asked->tuples.end() || *at != tuple) return false;
    const auto code = static_cast<std::uint32_t>(at - asked->tuples.begin());
    return std::binary_search(cell->values.begin(), cell->values.end(), code);
  }

  // ---- fields that must be the same, or not

  bool choose_values() {
    chosen_values_.assign(variables_.size(), std::nullopt);
    std::set<std::size_t> paired;
    for (const Pair& pair : pairs_)
      for (const Operand* operand : {&pair.left, &pair.right}) {
        if (is_field(*operand)) paired.insert(index_.at(*operand));
        if (operand->kind == Operand::Kind::functional) paired.insert(index_.at(pair.entity));
      }
    order_.assign(paired.begin(), paired.end());
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return variables_[a].values.size() < variables_[b].values.size();
    });
    if (!assign(0)) return false;
    write_witness();
    return true;
  }

  bool assign(std::size_t depth) {
    if (!pairs_hold()) return false;
    if (depth == order_.size()) return true;
    for (const std::uint32_t value : variables_[order_[depth]].values) {
      if (!spend(1 + pairs_.size() / kPairsPerStep)) break;
      chosen_values_[order_[depth]] = value;
      if (assign(depth + 1)) return true;
    }
    chosen_values_[order_[depth]] = std::nullopt;
    return false;
  }

  struct Known {
    bool known = false;
    std::optional<std::uint32_t> code;  // nullopt: absent
  };
  Known known(const Operand& operand, const Pair& pair) const {
    switch (operand.kind) {
      case Operand::Kind::header:
      case Operand::Kind::line: {
        const std::size_t at = index_.at(operand);
        const auto& value = chosen_values_[at];
        if (!value) return {};
        return {true, *value < variables_[at].size ? value : std::nullopt};
      }
      case Operand::Kind::attribute:
        return {true, chosen_.at(operand.index)[operand.answer]};
      case Operand::Kind::functional: {
        const auto& entity = chosen_values_[index_.at(pair.entity)];
        if (!entity) return {};
        return {true, currency_position(book_.catalog.entities[*entity].functional)};
      }
      case Operand::Kind::constant:
        return {true, operand.index};
      case Operand::Kind::step:
        break;
    }
    return {};
  }

  /// No pair whose two sides are known has an outcome that is not wanted.
  bool pairs_hold() const {
    for (const Pair& pair : pairs_) {
      const Known left = known(pair.left, pair);
      const Known right = known(pair.right, pair);
      if (!left.known || !right.known) continue;
      const std::uint32_t outcome = !left.code || !right.code   ? kAbsent
                                    : *left.code == *right.code ? kEqual
                                                                : kDifferent;
      if (!pair.wanted[outcome]) return false;
    }
    return true;
  }

  void write_witness() {
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      const Variable& one = variables_[i];
      const std::uint32_t value = chosen_values_[i].value_or(one.values.front());
      const bool paired = std::find(order_.begin(), order_.end(), i) != order_.end();
      witness_.values.push_back({one.operand, value < one.size ? std::optional(value) : std::nullopt,
                                 paired || one.values.size() < one.full});
    }
    std::sort(witness_.values.begin(), witness_.values.end(), [](const Witness::Value& a, const Witness::Value& b) {
      return OperandLess()(a.field, b.field);  // as the schema lists them, header first
    });
    const Life life = book_life(book_);
    witness_.day = first_;
    witness_.day_matters = first_ != life.first || last_ != life.last;
  }

  const ProgramSpace& in_;
  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  Steps& steps_;
  Operand own_entity_;
  bool may_leave_out_checked_ = false;
  bool feasible_ = true;
  bool out_of_steps_ = false;

  std::vector<std::uint32_t> lookups_;
  std::vector<Variable> variables_;
  std::map<Operand, std::size_t, OperandLess> index_;
  std::vector<std::pair<const Asked*, const Cell*>> tuples_;  // by look-up: which answers are wanted; nullptr: any
  std::vector<Pair> pairs_;
  Date first_, last_;
  std::map<std::uint32_t, Values> chosen_;  // by look-up: its answers
  std::vector<std::size_t> order_;          // variables of pairs
  std::vector<std::optional<std::uint32_t>> chosen_values_;
  Witness witness_;
};

}  // namespace

bool OperandLess::operator()(const Operand& a, const Operand& b) const {
  return std::tie(a.kind, a.index, a.answer, a.text) < std::tie(b.kind, b.index, b.answer, b.text);
}

Feasible find_event(const ProgramSpace& in, const Question& question, Steps& steps) {
  return EventSearch(in, question, steps).run();
}

std::string event_words(const ProgramSpace& in, const Witness& witness) {
  std::string header, line;
  const auto add = [&](const Operand& operand, const std::string& words) {
    std::string& text = operand.kind == Operand::Kind::line ? line : header;
    text += (text.empty() ? "" : ", ") + words;
  };
  for (const Witness::Value& value : witness.values) {
    if (!value.matters) continue;
    const Field& field = field_of(in.type(), value.field);
    add(value.field,
        value.code ? field.name + " " + in.book->value_text(domain_of(field), *value.code) : "no " + field.name);
  }
  for (const auto& [operand, given] : witness.given) {
    const std::string& name = field_of(in.type(), operand).name;
    add(operand, given ? "some " + name : "no " + name);
  }
  std::vector<std::string> derived;
  for (const auto& [lookup, index] : witness.rows) {
    const rules::Lookup& asked = in.program->lookups[lookup];
    if (asked.must_agree) continue;
    const rules::Table& table = in.book->tables[asked.table];
    for (std::size_t a = 0; a < table.answers.size(); ++a) {
      const rules::ValueSet& values = table.rows[index].answers[a].values;
      if (table.answers[a].kind == rules::AnswerColumn::Kind::list && values.values.size() == 1)
        derived.push_back(
            table.answers[a].name + " is " +
            in.book->value_text({rules::Domain::Kind::list, table.answers[a].list}, values.values.front()));
    }
  }
  std::string text = in.type().name;
  if (!header.empty()) text += " with " + header;
  if (!line.empty()) text += (header.empty() ? " with line " : ", line ") + line;
  if (header.empty() && line.empty()) text = "every " + text;
  if (!derived.empty()) text += " (so " + all_of(derived) + ")";
  if (witness.day_matters) text += ", on " + witness.day.to_text();
  return text;
}

}  // namespace glmap::verify
