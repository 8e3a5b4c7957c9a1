// SPDX-License-Identifier: Apache-2.0
// Events made up from boxes: closed fields from the box, amounts so that the schema's sums hold.
#include <algorithm>
#include <map>

#include "compiler/change/witness.hpp"
#include "compiler/runtime/accounting/civil_time.hpp"

namespace glmap::change {
namespace {

using verify::Box;
using verify::Cell;

class EventMaker {
 public:
  EventMaker(const EventFrame& frame, const Box& box, std::uint32_t attempt)
      : frame_(frame), box_(box), attempt_(attempt) {
    // The schema of the book that knows more is tried first, then the other's.
    const std::size_t first = frame.type_in(kNew) != nullptr ? kNew : kOld;
    schema_ = attempt % 2 == 1 && frame.type_in(1 - first) != nullptr ? 1 - first : first;
  }

  Json make() {
    choose_values();
    choose_amounts();
    Json data = Json(Json::Object{});
    write_fields(false, data);
    if (!schema().line.empty() || has_lines_elsewhere()) {
      Json line = Json(Json::Object{});
      write_fields(true, line);
      data.set("lines", Json(Json::Array{std::move(line)}));
    }
    Json event = Json(Json::Object{});
    event.set("specversion", "1.0");
    event.set("id", "W-1");
    event.set("source", "glmapc-diff");
    event.set("type", frame_.type);
    event.set("time", time());
    event.set("data", std::move(data));
    return event;
  }

 private:
  using Key = std::pair<bool, std::uint32_t>;  // on a line; field of the schema

  const EventType& schema() const { return *frame_.type_in(schema_); }
  bool has_lines_elsewhere() const {
    const EventType* other = frame_.type_in(1 - schema_);
    return other != nullptr && !other->line.empty();
  }
  const std::vector<Field>& fields(bool on_line) const { return on_line ? schema().line : schema().header; }
  const rules::RuleBook& book() const { return *frame_.books[schema_]; }

  // ---- closed fields

  std::uint32_t choose(std::size_t column, std::optional<std::uint32_t> preferred) const {
    const Variable& variable = frame_.variables[column];
    const auto has = [&](std::uint32_t value) {
      return box_[column].any || std::binary_search(box_[column].values.begin(), box_[column].values.end(), value);
    };
    if (preferred && has(*preferred)) return *preferred;
    for (std::uint32_t value = 0; value < variable.size(); ++value)
      if (has(value)) return value;
    return variable.absent();
  }

  void choose_values() {
    chosen_.resize(frame_.variables.size());
    for (std::size_t c = 0; c < chosen_.size(); ++c) chosen_[c] = choose(c, std::nullopt);
    const std::size_t entity = frame_.entity_column(schema_);
    if (chosen_[entity] < frame_.variables[entity].absent())
      if (const auto code = book().catalog.entity_index(frame_.variables[entity].values[chosen_[entity]]))
        functional_ = book().catalog.entities[*code].functional;
    currency_ = functional_;
    if (!schema().currency_field) return;
    const auto column = frame_.column_of(schema_, {rules::Operand::Kind::header, *schema().currency_field, 0, {}});
    const auto& all = Currency::all();
    const auto own = static_cast<std::uint32_t>(std::find(all.begin(), all.end(), functional_) - all.begin());
    chosen_[*column] = choose(*column, own);
    if (chosen_[*column] < all.size()) currency_ = all[chosen_[*column]];
  }

  std::optional<std::size_t> column(bool on_line, std::uint32_t field) const {
    return frame_.column_of(schema_,
                            {on_line ? rules::Operand::Kind::line : rules::Operand::Kind::header, field, 0, {}});
  }
  bool is_absent(bool on_line, std::uint32_t field) const {
    const auto at = column(on_line, field);
    return at && chosen_[*at] == frame_.variables[*at].absent();
  }

  // ---- amounts: whole numbers of hundredths, or of units where a currency has no cents

  static bool is_amount(const Field& field) {
    return field.kind == FieldKind::money || field.kind == FieldKind::money_functional;
  }
  bool has_cents() const { return currency_.digits() >= 2 && functional_.digits() >= 2; }

  long long sum_of(const std::vector<SumTerm>& terms, bool on_line) const {
    long long sum = 0;
    for (const SumTerm& term : terms) {
      const auto at = amounts_.find({on_line || term.over_lines, term.field});
      if (at != amounts_.end()) sum += term.negative ? -at->second : at->second;
    }
    return sum;
  }

  void work_out() {
    for (int round = 0; round < 4; ++round)  // sums may rest on sums
      for (const bool on_line : {true, false})
        for (std::uint32_t i = 0; i < fields(on_line).size(); ++i)
          if (!fields(on_line)[i].definition.empty())
            amounts_[{on_line, i}] = sum_of(fields(on_line)[i].definition, on_line);
  }

  void choose_amounts() {
    long long next = 100 + 11 * static_cast<long long>(attempt_);
    for (const bool on_line : {true, false})
      for (std::uint32_t i = 0; i < fields(on_line).size(); ++i) {
        const Field& field = fields(on_line)[i];
        if (!is_amount(field) || !field.definition.empty() || is_absent(on_line, i)) continue;
        next += 37 + 3 * static_cast<long long>(attempt_);
        const long long cents = attempt_ == 0 ? 0 : (next * 13 + attempt_ * 7) % 100;
        amounts_[{on_line, i}] = has_cents() ? next * 100 + cents : next;
      }
    value_functional_amounts();
    work_out();
    for (int round = 0; round < 2; ++round)
      for (const Invariant& invariant : schema().invariants) satisfy(invariant);
  }

  /// One field of the sum takes what is missing: the one that stands alone on its side, if there is one.
  void satisfy(const Invariant& invariant) {
    const long long missing = sum_of(invariant.terms, invariant.on_line);
    if (missing == 0) return;
    const auto count = [&](bool negative) {
      return std::count_if(invariant.terms.begin(), invariant.terms.end(),
                           [&](const SumTerm& term) { return term.negative == negative; });
    };
    for (const bool alone : {true, false})
      for (const SumTerm& term : invariant.terms) {
        const Key key{invariant.on_line || term.over_lines, term.field};
        const auto at = amounts_.find(key);
        if (at == amounts_.end() || !fields(key.first)[key.second].definition.empty()) continue;
        if (alone != (count(term.negative) == 1)) continue;
        at->second += term.negative ? missing : -missing;
        return work_out();
      }
  }

  /// An amount in the currency of the books beside one in the event's: the same where the currencies are.
  void value_functional_amounts() {
    for (const rules::EventProgram& program : book().programs_of(*frame_.type_index[schema_]))
      for (const rules::Rule& rule : program.rules)
        for (const rules::PostBlock& block : rule.blocks)
          for (const rules::PostingLine& line : block.lines) {
            if (!line.functional || line.amount.steps.size() != 1) continue;
            const rules::Operand& of = line.amount.steps.front().operand;
            const auto from = amounts_.find({of.kind == rules::Operand::Kind::line, of.index});
            const auto to =
                amounts_.find({line.functional->kind == rules::Operand::Kind::line, line.functional->index});
            if (from == amounts_.end() || to == amounts_.end()) continue;
            to->second = currency_ == functional_ ? from->second : from->second * 5 / 4 + attempt_;
          }
  }

  // ---- writing

  Date day() const {
    const Cell& days = box_[frame_.day_column()];
    return Date::from_days(days.any ? middle_day() : days.first);
  }
  /// Where any day will do, one that lies in no closed period as a rule.
  std::int32_t middle_day() const {
    const verify::Column& life = frame_.space.columns[frame_.day_column()];
    return life.first + (life.last - life.first) / 2;
  }

  std::string time() const {
    std::string text = day().to_text() + "T12:00:00Z";
    const std::size_t entity = frame_.entity_column(schema_);
    if (chosen_[entity] >= frame_.variables[entity].absent()) return text;
    const auto code = book().catalog.entity_index(frame_.variables[entity].values[chosen_[entity]]);
    if (!code) return text;
    const auto instant = Instant::parse(text);
    const auto civil = civil_date(*instant, book().catalog.entities[*code].zone);
    if (!civil || *civil == day()) return text;
    return day().plus_days(day().days() - civil->days()).to_text() + "T12:00:00Z";
  }

  void write_fields(bool on_line, Json& to) const {
    int later = 0;
    for (std::uint32_t i = 0; i < fields(on_line).size(); ++i) {
      const Field& field = fields(on_line)[i];
      const auto at = column(on_line, i);
      if (!field.definition.empty() || is_absent(on_line, i)) continue;
      if (at && is_closed(field.kind)) {
        const std::string& value = frame_.variables[*at].values[chosen_[*at]];
        to.set(field.name, field.kind == FieldKind::yes_no ? Json(value == "yes") : Json(value));
      } else {
        to.set(field.name, open_value(field, {on_line, i}, later));
      }
    }
    // Fields that only the other book knows: it alone looks at them.
    for (std::size_t c = 0; c < frame_.variables.size(); ++c) {
      const Variable& variable = frame_.variables[c];
      if (variable.on_line != on_line || variable.in[schema_].field || chosen_[c] == variable.absent()) continue;
      const EventType& type = *frame_.type_in(1 - schema_);
      const Field& field = (on_line ? type.line : type.header)[*variable.in[1 - schema_].field];
      if (variable.open)
        to.set(field.name, open_value(field, {on_line, UINT32_MAX}, later));
      else
        to.set(field.name, field.kind == FieldKind::yes_no ? Json(variable.values[chosen_[c]] == "yes")
                                                           : Json(variable.values[chosen_[c]]));
    }
  }

  Json open_value(const Field& field, const Key& key, int& later) const {
    switch (field.kind) {
      case FieldKind::money:
      case FieldKind::money_functional: {
        const auto at = amounts_.find(key);
        const long long amount = at == amounts_.end() ? 100 : at->second;
        return Json(JsonNumber{Decimal::from_parts(amount, has_cents() ? 2 : 0).to_text()});
      }
      case FieldKind::decimal:
        return Json(JsonNumber{Decimal::from_parts(125 + attempt_ * 7, 2).to_text()});
      case FieldKind::date: {
        const auto& posting = book().posting_date_fields;
        if (std::find(posting.begin(), posting.end(), field.name) != posting.end()) return Json(day().to_text());
        return Json(day().plus_days(91 * later++).to_text());
      }
      case FieldKind::instant:
        return Json(day().plus_days(91 * later++).to_text() + "T12:00:00Z");
      default:
        break;
    }
    return Json(field.name + "-1");
  }

  const EventFrame& frame_;
  const Box& box_;
  std::uint32_t attempt_;
  std::size_t schema_;
  std::vector<std::uint32_t> chosen_;
  Currency currency_, functional_;
  std::map<Key, long long> amounts_;
};

}  // namespace

Json make_event(const EventFrame& frame, const Box& box, std::uint32_t attempt) {
  return EventMaker(frame, box, attempt).make();
}

}  // namespace glmap::change
