// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/payload_event.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

using Reading = PayloadReading;
using Target = PayloadField::Target;

std::string found_words(JsonView value) {
  if (value.is_text() || value.is_number())
    return std::string(value.kind_in_words()) + " " + in_backticks(value.text(), 30);
  if (value.is_truth()) return value.is_true() ? "true" : "false";
  return std::string(value.kind_in_words());
}

Json to_json(PayloadLeaf leaf) {
  if (auto* text = std::get_if<std::string>(&leaf)) return Json(std::move(*text));
  if (const auto* truth = std::get_if<bool>(&leaf)) return Json(*truth);
  return Json(std::get<Decimal>(leaf).to_text());
}

}  // namespace

const Field& PayloadEvent::target(const PayloadField& field) const {
  const EventType& type = book_.catalog.types[*kind_.type];
  return field.target == Target::line ? type.line[field.field] : type.header[field.field];
}

void PayloadEvent::make(PayloadResult& result) {
  result_ = &result;
  const EventType& type = book_.catalog.types[*kind_.type];
  envelope_ = {{"specversion", "1.0"}, {"source", intake_.source}, {"type", type.name}};
  header();
  if (kind_.lines) lines();
  if (result.error) return;
  Json::Object event = std::move(envelope_);
  event.emplace_back("data", std::move(data_));
  result.event = Json(std::move(event));
  // What the schema demands beyond single values: closed lists, digits of a currency, sums.
  if (auto decoded = decode_event(book_.catalog, result.event); !decoded) {
    Error error = std::move(decoded.error());
    error.message = "the event " + type.name + " that the payload gives: " + error.message + " (at " +
                    error.where.pointer + " of the event)";
    error.where = {.pointer = payload_.pointer};
    result.error = std::move(error);
    result.event = Json();
    return;
  }
  result.outcome = PayloadResult::Outcome::event;
}

void PayloadEvent::header() {
  const PayloadScope scope{body_, payload_};
  for (const PayloadField& field : kind_.fields) {
    switch (field.target) {
      case Target::id:
      case Target::time:
      case Target::revision:
      case Target::subject: {
        static constexpr std::string_view kNames[] = {"id", "time", "revision", "subject"};
        if (auto value = value_of(field, scope))
          envelope_.emplace_back(kNames[static_cast<std::size_t>(field.target)], std::move(*value));
        break;
      }
      case Target::header:
      case Target::line:
        read(field, scope, data_);
        break;
    }
  }
}

void PayloadEvent::lines() {
  const PayloadFound found = reach_all(payload_, kind_.lines->path);
  if (!found.given) {
    PayloadTerm term;
    term.path.steps = kind_.lines->path;
    const PayloadReached reached = reach(payload_, kind_.lines->path);
    if (!reached.obstacle.empty())
      return retyped(PayloadField{}, term, reached.spot, "an object", std::string(reached.obstacle));
    return lacks(PayloadField{}, term, reached.spot);
  }
  Json::Array lines;
  for (const PayloadSpot& spot : found.spots) {
    const PayloadScope scope{body_, payload_, &spot};
    if (!hold_all(kind_.lines->filter, scope)) continue;
    Json::Object line;
    for (const PayloadField& field : kind_.lines->fields) read(field, scope, line);
    lines.emplace_back(std::move(line));
  }
  if (lines.empty())
    return refuse(ErrorCode::PayloadFieldMissing, "`" + path_text(kind_.lines->path) + "` holds no line for the event",
                  "an event with lines needs one; say `no event` for such payloads, or change `where`",
                  payload_.pointer);
  data_.emplace_back("lines", std::move(lines));
}

void PayloadEvent::read(const PayloadField& field, const PayloadScope& scope, Json::Object& into) {
  auto value = value_of(field, scope);
  if (!value) return;
  const Field& schema = target(field);
  const EventType& type = book_.catalog.types[*kind_.type];
  if (field.target == Target::header && value->as_string() != nullptr) {
    if (field.field == type.entity_field)
      if (const auto entity = book_.catalog.entity_index(*value->as_string()))
        entity_ = &book_.catalog.entities[*entity];
    if (type.currency_field == field.field)
      if (auto currency = Currency::parse(*value->as_string())) currency_ = *currency;
  }
  into.emplace_back(schema.name, std::move(*value));
}

/// nullopt when the currency or entity is at fault, which is told where it is read.
std::optional<PayloadContext> PayloadEvent::context_of(const PayloadField& field) const {
  PayloadContext context;
  if (field.target == Target::header || field.target == Target::line) {
    const FieldKind kind = target(field).kind;
    if (kind == FieldKind::money) context.currency = currency_;
    if (kind == FieldKind::money_functional && entity_ != nullptr) context.currency = entity_->functional;
  }
  if (entity_ != nullptr) context.zone = entity_->zone;
  if (counts_minor_units(field.reading) && !context.currency) return std::nullopt;
  if (field.day == PayloadDay::zone_of_entity && entity_ == nullptr) return std::nullopt;
  return context;
}

std::optional<Json> PayloadEvent::value_of(const PayloadField& field, const PayloadScope& scope) {
  if (field.reading == Reading::table) return answer_of(field, scope);
  if (reads_number(field.reading)) return sum_of(field, scope);
  return text_of(field, scope);
}

/// What a term finds; nullopt when it is at fault or, where that is allowed, absent.
std::optional<std::vector<PayloadSpot>> PayloadEvent::spots_of(const PayloadField& field, const PayloadTerm& term,
                                                               const PayloadScope& scope) {
  using Take = PayloadTerm::Take;
  const PayloadSpot& start = scope.start(term.list ? term.list->from : term.path.from);
  if (term.take == Take::one) {
    PayloadReached reached = reach(start, term.path.steps);
    if (!reached.obstacle.empty()) {
      retyped(field, term, reached.spot, "an object", std::string(reached.obstacle));
      return std::nullopt;
    }
    if (reached.spot.value) return std::vector<PayloadSpot>{std::move(reached.spot)};
    if (!field.may_be_absent) lacks(field, term, reached.spot);
    return std::nullopt;
  }
  PayloadFound found = reach_all(start, term.list ? term.list->steps : term.path.steps);
  if (term.list) {
    PayloadFound below;
    below.given = found.given;
    for (const PayloadSpot& element : found.spots) {
      if (term.filter && !holds(*term.filter, PayloadScope{scope.body, element, &element})) continue;
      PayloadReached reached = reach(element, term.path.steps);
      if (!reached.obstacle.empty()) {
        retyped(field, term, reached.spot, "an object", std::string(reached.obstacle));
        return std::nullopt;
      }
      if (!reached.spot.value && term.take == Take::sum) {
        lacks(field, term, reached.spot);
        return std::nullopt;
      }
      if (reached.spot.value) below.spots.push_back(std::move(reached.spot));
    }
    found = std::move(below);
  }
  if (!found.given || (found.spots.empty() && term.take != Take::sum)) {
    if (!field.may_be_absent) lacks(field, term, reach(start, term.list ? term.list->steps : term.path.steps).spot);
    return std::nullopt;
  }
  if (term.take == Take::only && found.spots.size() > 1) {
    retyped(field, term, found.spots[1], "only one", std::to_string(found.spots.size()) + " of them");
    return std::nullopt;
  }
  if (term.take != Take::sum) found.spots.resize(1);
  return std::move(found.spots);
}

std::optional<PayloadLeaf> PayloadEvent::leaf_of(const PayloadField& field, const PayloadTerm& term,
                                                 const PayloadSpot& spot) {
  const auto context = context_of(field);
  if (!context) return std::nullopt;
  auto leaf = read_leaf(field, spot.value, *context);
  if (!leaf) retyped(field, term, spot, in_words(field), found_words(spot.value));
  return leaf;
}

std::optional<Json> PayloadEvent::sum_of(const PayloadField& field, const PayloadScope& scope) {
  Decimal total;
  for (const PayloadTerm& term : field.terms) {
    const auto spots = spots_of(field, term, scope);
    if (!spots) return std::nullopt;
    for (const PayloadSpot& spot : *spots) {
      const auto leaf = leaf_of(field, term, spot);
      if (!leaf) return std::nullopt;
      const Decimal amount = std::get<Decimal>(*leaf);
      auto sum = term.negative ? subtract(total, amount) : add(total, amount);
      if (!sum) {
        refuse(ErrorCode::AmountOutOfRange, "`" + shown(term) + "` adds up to more than can be kept exactly", "",
               spot.pointer);
        return std::nullopt;
      }
      total = *sum;
    }
  }
  if (currency_ && target(field).kind == FieldKind::money)
    if (auto money = Money::from_decimal(total, *currency_)) return Json(money->amount_text());
  return Json(total.to_text());
}

std::optional<Json> PayloadEvent::text_of(const PayloadField& field, const PayloadScope& scope) {
  std::string text;
  for (const PayloadTerm& term : field.terms) {
    if (term.is_constant) {
      text += term.constant;
      continue;
    }
    const auto spots = spots_of(field, term, scope);
    if (!spots) return std::nullopt;
    auto leaf = leaf_of(field, term, spots->front());
    if (!leaf) return std::nullopt;
    if (field.terms.size() == 1) return to_json(std::move(*leaf));
    text += std::get<std::string>(*leaf);
  }
  if (field.target == Target::header || field.target == Target::line)
    if (target(field).kind == FieldKind::yes_no) return Json(text == "yes");
  return Json(std::move(text));
}

std::optional<std::uint32_t> PayloadEvent::code_of(const Domain& domain, const std::string& text) const {
  switch (domain.kind) {
    case Domain::Kind::list:
      return book_.catalog.lists[domain.list].code_of(text);
    case Domain::Kind::entity:
      return book_.catalog.entity_index(text);
    case Domain::Kind::yes_no:
    case Domain::Kind::currency:
    case Domain::Kind::role:
      for (std::uint32_t value = 0; value < book_.domain_size(domain); ++value)
        if (book_.value_text(domain, value) == text) return value;
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Json> PayloadEvent::answer_of(const PayloadField& field, const PayloadScope& scope) {
  const Table& table = book_.tables[field.table];
  std::vector<std::uint32_t> codes;
  std::string asked;
  std::string pointer = payload_.pointer;
  for (std::size_t c = 0; c < field.terms.size(); ++c) {
    const PayloadTerm& term = field.terms[c];
    std::string text = term.constant;
    if (!term.is_constant) {
      const auto spots = spots_of(field, term, scope);
      if (!spots) return std::nullopt;
      pointer = spots->front().pointer;
      const auto leaf = leaf_of(field, term, spots->front());
      if (!leaf) return std::nullopt;
      text = std::get<std::string>(*leaf);
    }
    asked += (asked.empty() ? "" : ", ") + in_backticks(text);
    const auto code = code_of(table.columns[c].domain, text);
    if (code) {
      codes.push_back(*code);
      continue;
    }
    result_->drift.push_back({Drift::Kind::new_code, shown(term), pointer,
                              "column " + table.columns[c].name + " of table " + table.name, in_backticks(text)});
    refuse(ErrorCode::PayloadCodeNotKnown,
           "`" + shown(term) + "` holds " + in_backticks(text) + ", which column `" + table.columns[c].name +
               "` of table `" + table.name + "` does not know",
           "add the code to its list and say in the table what it means", pointer);
    return std::nullopt;
  }
  const std::int32_t row = tables_.at(field.table).find(codes, Date());
  if (row >= 0 && !table.rows[static_cast<std::size_t>(row)].impossible) {
    const Answer& answer = table.rows[static_cast<std::size_t>(row)].answers[field.answer];
    const AnswerColumn& column = table.answers[field.answer];
    if (column.kind == AnswerColumn::Kind::decimal) return Json(answer.number.to_text());
    return Json(book_.catalog.lists[column.list].values[answer.values.values.front()]);
  }
  result_->drift.push_back(
      {Drift::Kind::new_code, shown(field.terms.front()), pointer, "a row of table " + table.name, asked});
  refuse(ErrorCode::PayloadCodeNotKnown, "table `" + table.name + "` says that " + asked + " cannot happen",
         "look at the payload; if it is right, give the table a row for it", pointer);
  return std::nullopt;
}

// ---- faults

std::vector<std::string> PayloadEvent::full_path(const PayloadTerm& term) const {
  std::vector<std::string> path;
  const PayloadPath& first = term.list ? *term.list : term.path;
  if (first.from == PayloadPath::From::line) path = kind_.lines->path;
  path.insert(path.end(), first.steps.begin(), first.steps.end());
  if (term.list) path.insert(path.end(), term.path.steps.begin(), term.path.steps.end());
  return path;
}

std::string PayloadEvent::shown(const PayloadTerm& term) const {
  const PayloadPath& first = term.list ? *term.list : term.path;
  return (first.from == PayloadPath::From::body ? "body." : "") + path_text(full_path(term));
}

void PayloadEvent::lacks(const PayloadField& field, const PayloadTerm& term, const PayloadSpot& at) {
  NeededMember needed;
  needed.parent = full_path(term);
  needed.name = needed.parent.back();
  needed.parent.pop_back();
  needed.from = (term.list ? *term.list : term.path).from;
  const bool has_target = !field.terms.empty();
  if (const auto context = has_target ? context_of(field) : std::nullopt) {
    needed.field = &field;
    needed.context = *context;
  }
  needed.pointer = at.pointer;
  refuse(ErrorCode::PayloadFieldMissing, "`" + shown(term) + "` is missing from the payload",
         "if it can be absent for a reason, say `may be absent` in its row, or describe another kind of payload",
         at.pointer);
  missing_.push_back(std::move(needed));
}

void PayloadEvent::retyped(const PayloadField& field, const PayloadTerm& term, const PayloadSpot& at,
                           std::string expected, std::string found) {
  refuse(ErrorCode::PayloadFieldRetyped,
         "`" + shown(term) + "` holds " + found + ", and the intake reads " + expected + " there",
         field.where.line == 0 ? "" : "look what the sender changed, then change how the row reads it", at.pointer);
  result_->drift.push_back({Drift::Kind::retyped, shown(term), at.pointer, std::move(expected), std::move(found)});
}

void PayloadEvent::refuse(ErrorCode code, std::string message, std::string help, std::string pointer) {
  if (!result_->error)
    result_->error = Error{code, std::move(message), std::move(help), {.pointer = std::move(pointer)}};
}

}  // namespace glmap::rules
