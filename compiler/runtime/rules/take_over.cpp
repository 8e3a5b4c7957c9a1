// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/take_over.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "compiler/runtime/rules/watched_balances.hpp"

namespace glmap::rules {
namespace {

using Places = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // event type, header field

std::unexpected<Error> refuse(const std::string& what, SourceRef where = {}) {
  return fail(ErrorCode::BundleNeedsState, "the book cannot go on with what the one in force remembers: " + what,
              "add behind what is there and leave its order; or begin with a new store", std::move(where));
}

template <class Item, class Same>
bool begins_with(const std::vector<Item>& after, const std::vector<Item>& before, Same same) {
  return after.size() >= before.size() && std::equal(before.begin(), before.end(), after.begin(), same);
}

/// Whose arrival is kept.
Places arrivals_of(const RuleBook& book) {
  Places places;
  for (const Prerequisite& one : book.order) places.emplace(one.needs, one.needs_field);
  for (const BusinessExpectation& one : book.expectations) places.emplace(one.expected, one.expected_field);
  return places;
}

/// Types whose events are kept: they wait, something should follow them, or they state schedules.
std::set<std::uint32_t> kept_types(const RuleBook& book) {
  std::set<std::uint32_t> types;
  for (const Prerequisite& one : book.order) types.insert(one.type);
  for (const BusinessExpectation& one : book.expectations) types.insert(one.after);
  for (const EventProgram& program : book.programs)
    for (const Rule& rule : program.rules)
      if (!rule.recognitions.empty()) types.insert(program.type);
  return types;
}

bool same_fields(const RuleBook& before, const RuleBook& after, const std::vector<Field>& a,
                 const std::vector<Field>& b) {
  const auto same = [&](const Field& one, const Field& other) {
    if (one.name != other.name || one.kind != other.kind) return false;
    if (one.kind != FieldKind::list) return true;
    return begins_with(after.catalog.lists[other.list].values, before.catalog.lists[one.list].values,
                       [](const std::string& x, const std::string& y) { return x == y; });
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

Status check_names(const RuleBook& before, const RuleBook& after) {
  const auto same_text = [](const std::string& a, const std::string& b) { return a == b; };
  if (!begins_with(after.ledgers, before.ledgers, same_text)) return refuse("its ledgers are others");
  const auto same_entity = [](const LegalEntity& a, const LegalEntity& b) {
    return a.code == b.code && a.functional == b.functional;
  };
  if (!begins_with(after.catalog.entities, before.catalog.entities, same_entity))
    return refuse("its entities are others, or stand in another order");
  const auto same_type = [](const EventType& a, const EventType& b) { return a.name == b.name; };
  if (!begins_with(after.catalog.types, before.catalog.types, same_type))
    return refuse("its event types are others, or stand in another order");
  for (const std::uint32_t index : kept_types(before)) {
    const EventType& a = before.catalog.types[index];
    const EventType& b = after.catalog.types[index];
    if (!same_fields(before, after, a.header, b.header) || !same_fields(before, after, a.line, b.line))
      return refuse("events of type " + a.name + " are remembered, and its fields are others");
  }
  return {};
}

Status check_order(const RuleBook& before, const RuleBook& after) {
  const auto same_need = [](const Prerequisite& a, const Prerequisite& b) {
    return std::tie(a.type, a.needs, a.field, a.needs_field) == std::tie(b.type, b.needs, b.field, b.needs_field);
  };
  if (!begins_with(after.order, before.order, same_need)) return refuse("a line of `order` has gone or moved");
  const auto same_wish = [](const BusinessExpectation& a, const BusinessExpectation& b) {
    return std::tie(a.expected, a.after, a.expected_field, a.after_field) ==
           std::tie(b.expected, b.after, b.expected_field, b.after_field);
  };
  if (!begins_with(after.expectations, before.expectations, same_wish))
    return refuse("a line of `expectations` has gone or moved");
  const Places known = arrivals_of(before);
  const auto is_kept = [&](std::uint32_t type, std::uint32_t field) {
    return known.contains({type, field}) &&
           before.catalog.types[type].header[field].name == after.catalog.types[type].header[field].name;
  };
  for (const Prerequisite& one : after.order)
    if (!is_kept(one.needs, one.needs_field))
      return refuse("whether " + after.catalog.types[one.needs].name + " has come was not remembered", one.where);
  for (const BusinessExpectation& one : after.expectations)
    if (!is_kept(one.expected, one.expected_field))
      return refuse("whether " + after.catalog.types[one.expected].name + " has come was not remembered", one.where);
  return {};
}

Status check_balances(const RuleBook& before, const RuleBook& after) {
  const WatchedBalances kept(before), asked(after);
  const auto same = [&](std::uint32_t index) {
    const WatchedBalances::Watch& a = kept.watch(index);
    const WatchedBalances::Watch& b = asked.watch(index);
    return a.ledger == b.ledger && a.keys == b.keys && a.item == b.item &&
           before.roles[a.role].name == after.roles[b.role].name;
  };
  for (std::uint32_t index = 0; index < asked.size(); ++index)
    if (index >= kept.size() || !same(index))
      return refuse("the balance of " + after.roles[asked.watch(index).role].name + " was not remembered that way");
  return {};
}

const Rule* first_reversal(const RuleBook& book) {
  for (const EventProgram& program : book.programs)
    for (const Rule& rule : program.rules)
      if (rule.reversal) return &rule;
  return nullptr;
}

Status check_rules(const RuleBook& before, const RuleBook& after) {
  const Rule* reverses = first_reversal(after);
  if (reverses != nullptr && first_reversal(before) == nullptr)
    return refuse("what was posted for what was not remembered", reverses->reversal->where);
  for (std::size_t at = 0; at < before.programs.size(); ++at) {
    const EventProgram& a = before.programs[at];
    for (std::size_t place = 0; place < a.rules.size(); ++place) {
      if (a.rules[place].recognitions.empty()) continue;
      const EventProgram* b = at < after.programs.size() ? &after.programs[at] : nullptr;
      const bool there = b != nullptr && b->type == a.type && b->ledger == a.ledger && place < b->rules.size() &&
                         b->rules[place].name == a.rules[place].name &&
                         b->rules[place].recognitions.size() >= a.rules[place].recognitions.size();
      if (!there) return refuse("rule " + a.rules[place].name + " has gone or moved, and its schedules go on");
    }
  }
  return {};
}

}  // namespace

Status check_take_over(const RuleBook& before, const RuleBook& after) {
  GLMAP_CHECK(check_names(before, after));
  GLMAP_CHECK(check_order(before, after));
  GLMAP_CHECK(check_balances(before, after));
  return check_rules(before, after);
}

}  // namespace glmap::rules
