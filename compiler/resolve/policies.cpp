// SPDX-License-Identifier: Apache-2.0
// The sections `order`, `expectations`, `approvals` and `intercompany`.
#include <algorithm>
#include <charconv>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {
namespace {

using syntax::ApprovalDecl;
using syntax::ExpectationDecl;
using syntax::IntercompanyPairDecl;
using syntax::OrderDecl;

/// Ten years: what waits longer waits for nothing.
constexpr std::int64_t kMinutesMax = std::int64_t{10} * 366 * 24 * 60;

/// `15 minutes`, `3 days`. Reports GLM-1007, GLM-2007.
std::optional<std::int64_t> minutes_of(Context& context, const Word& number, const Word& unit) {
  std::int64_t factor = 0;
  if (unit.text == "minutes" || unit.text == "minute") factor = 1;
  if (unit.text == "hours" || unit.text == "hour") factor = 60;
  if (unit.text == "days" || unit.text == "day") factor = std::int64_t{24} * 60;
  if (factor == 0) {
    const std::vector<std::string> known = {"minutes", "hours", "days"};
    context.error(ErrorCode::UnknownListValue, unit.span, tick(unit.text) + " is not a unit of time here",
                  suggest(unit.text, known, "write one of " + choices(known)));
    return std::nullopt;
  }
  std::int64_t value = 0;
  const char* end = number.text.data() + number.text.size();
  const auto [stop, status] = std::from_chars(number.text.data(), end, value);
  if (status == std::errc{} && stop == end && value > 0 && value <= kMinutesMax / factor) return value * factor;
  context.error(ErrorCode::BadLiteral, number.span,
                tick(number.text) + " is not a whole number of " + unit.text + " up to ten years",
                "write it as in `15 minutes`, `12 hours` or `3 days`");
  return std::nullopt;
}

/// Two event types and the field by which one knows the other; as it stands in both.
struct Pairing {
  std::uint32_t first = 0, second = 0;
  std::uint32_t first_field = 0, second_field = 0;
};

std::optional<std::uint32_t> field_of(Context& context, std::uint32_t type, const Word& by) {
  const EventType& schema = context.catalog().types[type];
  const auto field = schema.header_index(by.text);
  if (!field && !context.type_places[type].broken) {
    std::vector<std::string> known;
    for (const Field& one : schema.header) known.push_back(one.name);
    context.error_with(ErrorCode::UnknownField, by.span,
                       "event " + tick(schema.name) + " has no field " + tick(by.text) + " to be known by",
                       context.type_places[type].span, "its schema is here",
                       suggest(by.text, known, "add the field, or name one that both events carry"));
  }
  return field;
}

/// Reports GLM-2006, GLM-2010, GLM-3001; nullopt then.
std::optional<Pairing> pairing_of(Context& context, const Word& first, const Word& second, const Word& by) {
  const auto one = event_type_of(context, first);
  const auto other = event_type_of(context, second);
  if (!one || !other) return std::nullopt;
  if (*one == *other) {
    context.error_with(ErrorCode::WrongType, second.span, "event " + tick(first.text) + " speaks about itself here",
                       first.span, "it is named here first", "name another event");
    return std::nullopt;
  }
  const auto field = field_of(context, *one, by);
  const auto other_field = field_of(context, *other, by);
  if (!field || !other_field) return std::nullopt;
  const Field& a = context.catalog().types[*one].header[*field];
  const Field& b = context.catalog().types[*other].header[*other_field];
  const auto words = [&](const Field& one_field) {
    return std::string(to_text(one_field.kind)) +
           (one_field.kind == FieldKind::list ? " " + context.catalog().lists[one_field.list].name : std::string());
  };
  if (a.kind != b.kind || (a.kind == FieldKind::list && a.list != b.list)) {
    context.error_with(ErrorCode::WrongType, by.span,
                       tick(by.text) + " is " + words(a) + " in " + tick(first.text) + " and " + words(b) + " in " +
                           tick(second.text) + ", and can never be the same",
                       context.type_places[*other].header[*other_field], "it is declared here",
                       "name a field of one type in both events");
    return std::nullopt;
  }
  if (a.kind == FieldKind::money || a.kind == FieldKind::money_functional || a.kind == FieldKind::decimal) {
    context.error_with(ErrorCode::WrongType, by.span,
                       tick(by.text) + " is " + words(a) + ", by which no event is known from others",
                       context.type_places[*one].header[*field], "it is declared here",
                       "name a field with a number or name, such as `invoice`");
    return std::nullopt;
  }
  return Pairing{*one, *other, *field, *other_field};
}

void read_order(Context& context, const OrderDecl& decl, std::map<std::string, Span>& seen) {
  const auto pairing = pairing_of(context, decl.event, decl.needs, decl.by);
  const auto wait = minutes_of(context, decl.wait, decl.unit);
  if (!pairing || !wait) return;
  const auto [first, added] = seen.emplace(decl.event.text + " needs " + decl.needs.text, decl.event.span);
  if (!added) return context.twice("the need of", decl.event.text, decl.event.span, first->second);
  context.book().order.push_back({pairing->first, pairing->second, pairing->first_field, pairing->second_field, *wait,
                                  decl.owner.text, decl.span.where});
}

void read_expectation(Context& context, const ExpectationDecl& decl, std::map<std::string, Span>& seen) {
  const auto pairing = pairing_of(context, decl.event, decl.after, decl.by);
  const auto within = minutes_of(context, decl.within, decl.unit);
  if (!pairing || !within) return;
  const auto [first, added] = seen.emplace(decl.event.text + " after " + decl.after.text, decl.event.span);
  if (!added) return context.twice("the expectation of", decl.event.text, decl.event.span, first->second);
  context.book().expectations.push_back({pairing->first, pairing->second, pairing->first_field, pairing->second_field,
                                         *within, decl.owner.text, decl.span.where});
}

/// Reports GLM-2002 when the word was seen before.
bool is_new(Context& context, std::map<std::string, Span>& seen, const Word& word) {
  const auto [first, added] = seen.emplace(word.text, word.span);
  if (!added)
    context.error_with(ErrorCode::DuplicateName, word.span, tick(word.text) + " is named twice here", first->second,
                       "it is named here first", "delete one of them");
  return added;
}

void read_approval(Context& context, const ApprovalDecl& decl) {
  rules::Approval approval;
  approval.late = decl.late;
  approval.by = decl.by.text;
  approval.where = decl.span.where;
  std::map<std::string, Span> events;
  for (const Word& event : decl.events)
    if (is_new(context, events, event))
      if (const auto type = event_type_of(context, event)) approval.types.push_back(*type);
  std::map<std::string, Span> entities;
  for (const Word& entity : decl.entities) {
    if (!is_new(context, entities, entity)) continue;
    if (const auto index = context.catalog().entity_index(entity.text))
      approval.entities.push_back(*index);
    else
      unknown_value(context, {rules::Domain::Kind::entity}, entity);
  }
  if (auto over = Decimal::parse(decl.over.text); over && !over->is_negative())
    approval.over = *over;
  else
    context.error(ErrorCode::BadLiteral, decl.over.span, tick(decl.over.text) + " is not an amount, zero or above",
                  "write it as `25000.00`, without separators; it is in the currency of the entity's books");
  std::sort(approval.types.begin(), approval.types.end());
  std::sort(approval.entities.begin(), approval.entities.end());
  context.book().approvals.push_back(std::move(approval));
}

/// The role of one side of a pair; its lines must carry the other entity.
std::optional<std::uint32_t> paired_role(Context& context, const Word& word, const Word& partner) {
  const auto role = role_of(context, word);
  if (!role) return std::nullopt;
  const std::vector<std::string>& needs = context.book().roles[*role].needs;
  if (context.accounts_whole && std::find(needs.begin(), needs.end(), partner.text) == needs.end())
    context.error_with(ErrorCode::UnknownName, partner.span,
                       "the lines of role " + tick(word.text) + " need not carry the dimension " + tick(partner.text) +
                           ", so nobody knows who faces them",
                       context.role_places[*role], "the role is here",
                       "add " + tick(partner.text) + " to the `needs` of the role");
  return role;
}

void read_pair(Context& context, const IntercompanyPairDecl& decl, std::map<std::string, Span>& seen) {
  const auto due_from = paired_role(context, decl.due_from, decl.partner);
  const auto due_to = paired_role(context, decl.due_to, decl.partner);
  for (const Word* word : {&decl.due_from, &decl.due_to}) {
    const auto [first, added] = seen.emplace(word->text, word->span);
    if (!added)
      context.error_with(ErrorCode::DuplicateName, word->span,
                         "role " + tick(word->text) + " stands in two places of pairs", first->second,
                         "it stands here first", "name each role once");
  }
  if (due_from && due_to)
    context.book().intercompany.push_back({*due_from, *due_to, decl.partner.text, decl.span.where});
}

}  // namespace

void resolve_policies(Context& context) {
  std::map<std::string, Span> order;
  for (const OrderDecl& decl : context.spec.order) read_order(context, decl, order);
  std::map<std::string, Span> expectations;
  for (const ExpectationDecl& decl : context.spec.expectations) read_expectation(context, decl, expectations);
  for (const ApprovalDecl& decl : context.spec.approvals) read_approval(context, decl);
  std::map<std::string, Span> paired;
  for (const IntercompanyPairDecl& decl : context.spec.intercompany) read_pair(context, decl, paired);
}

}  // namespace glmap::resolve
