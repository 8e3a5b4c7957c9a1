// SPDX-License-Identifier: Apache-2.0
// Event schemas from events.yaml: types, fields, lines, definitions, invariants.
#include <algorithm>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/sums.hpp"
#include "compiler/resolve/yaml_reader.hpp"

namespace glmap::resolve {
namespace {

const std::vector<std::pair<std::string, FieldKind>> kTypes = {
    {"text", FieldKind::text},   {"entity", FieldKind::entity},   {"currency", FieldKind::currency},
    {"money", FieldKind::money}, {"decimal", FieldKind::decimal}, {"functional money", FieldKind::money_functional},
    {"date", FieldKind::date},   {"instant", FieldKind::instant}, {"yes/no", FieldKind::yes_no},
};

/// Names that mean something else wherever a field may be named.
const std::vector<std::string> kReserved = {"lines", "functional", "given", "any"};

/// The type that other languages call `text`, or the list of that name; empty for other words.
std::string type_meant_by(Context& context, const std::string& text) {
  constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
      {"amount", "money"},    {"string", "text"},      {"number", "decimal"}, {"integer", "decimal"},
      {"percent", "decimal"}, {"bool", "yes/no"},      {"boolean", "yes/no"}, {"datetime", "instant"},
      {"time", "instant"},    {"timestamp", "instant"}};
  for (const auto& [theirs, ours] : kElsewhere)
    if (text == theirs) return std::string(ours);
  return context.catalog().list_index(text) ? "list " + text : std::string();
}

bool read_type(Context& context, const YamlNode& node, Field& field) {
  const std::string& text = node.text;
  for (const auto& [name, kind] : kTypes)
    if (text == name) {
      field.kind = kind;
      return true;
    }
  if (text.starts_with("list ")) {
    const std::string list = text.substr(text.find_first_not_of(' ', 4));
    const auto index = context.catalog().list_index(list);
    if (index) {
      field.kind = FieldKind::list;
      field.list = *index;
      return true;
    }
    if (context.spec.lists_whole)
      context.error(ErrorCode::UnknownName, node.span, "list " + tick(list) + " is not in the lists section",
                    suggest(list, context.list_names(), "add it under `lists`"));
    return false;
  }
  std::vector<std::string> known;
  for (const auto& [name, kind] : kTypes) known.push_back(name);
  known.push_back("list NAME");
  const std::string meant = type_meant_by(context, text);
  const std::string all = "write one of " + choices(known);
  context.error(ErrorCode::UnknownName, node.span, tick(text) + " is not a type of field",
                meant.empty() ? suggest(text, known, all) : "did you mean " + tick(meant) + "? " + all);
  return false;
}

/// `sign: positive`: what an amount is promised to be.
void read_sign(Context& context, const YamlNode* node, Field& field) {
  if (node == nullptr) return;
  const bool amount =
      field.kind == FieldKind::money || field.kind == FieldKind::money_functional || field.kind == FieldKind::decimal;
  if (!amount)
    return context.error(
        ErrorCode::WrongType, node->span,
        "field " + tick(field.name) + " is " + std::string(to_text(field.kind)) + ", which has no sign",
        "delete `sign`; only money and decimals have one");
  for (const AmountSign sign : {AmountSign::positive, AmountSign::not_negative})
    if (node->text == to_text(sign)) field.sign = sign;
  if (field.sign == AmountSign::any)
    context.error(ErrorCode::UnknownListValue, node->span, tick(node->text) + " is not what a sign can be",
                  "write `positive` (above zero) or `not negative` (zero or above); without `sign` an amount may be "
                  "negative too");
}

/// One field; what cannot be read is left out and makes the type `broken`.
void read_field(Context& context, const YamlNode& key, const YamlNode& value, std::vector<Field>& fields,
                std::vector<Span>& places) {
  if (value.kind == YamlNode::Kind::scalar) {
    const bool is_type =
        value.text.starts_with("list ") ||
        std::any_of(kTypes.begin(), kTypes.end(), [&](const auto& one) { return one.first == value.text; });
    return context.error(
        ErrorCode::BadYaml, value.span, tick(value.text) + " stands where field " + tick(key.text) + " is described",
        is_type ? "write " + tick("{type: " + value.text + "}")
                : "write " + tick("{type: money, is: " + value.text + "}") + ", or another type without `is`");
  }
  MapReader reader(context, value, "field " + tick(key.text), {"type", "optional", "title", "is", "sign"});
  if (!check_word(context, "field name", key.text, key.span, false)) return;
  if (std::find(kReserved.begin(), kReserved.end(), key.text) != kReserved.end()) {
    context.error(ErrorCode::DuplicateName, key.span, "the name " + tick(key.text) + " has a meaning of its own",
                  "give the field another name");
    return;
  }
  Field field;
  field.name = key.text;
  field.required = !reader.yes_or("optional", false);
  field.title = reader.text_if_any("title");
  const std::string type = reader.text("type");
  if (type.empty() || !read_type(context, *reader.find("type"), field)) return;
  read_sign(context, reader.find("sign"), field);
  fields.push_back(std::move(field));
  places.push_back(key.span);
}

void read_fields(Context& context, const YamlNode* node, std::string_view what, std::vector<Field>& fields,
                 std::vector<Span>& places) {
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::map || node->items.empty()) {
    context.error(ErrorCode::BadYaml, node->span,
                  std::string(kind_in_words(*node)) + " stands under " + tick(what) + " where fields are expected",
                  "write one `name: {type: ...}` line for each");
    return;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i)
    read_field(context, node->keys[i], node->items[i], fields, places);
}

void read_definitions(Context& context, const EventType& type, const YamlNode* node, std::vector<Field>& fields,
                      bool on_line) {
  if (node == nullptr || node->kind != YamlNode::Kind::map) return;
  for (Field& field : fields) {
    const YamlNode* written = node->find(field.name);
    const YamlNode* definition = written == nullptr ? nullptr : written->find("is");
    if (definition == nullptr) continue;
    if (auto terms = read_definition(context, type, *definition, field, on_line)) field.definition = std::move(*terms);
  }
}

bool has_money(const EventType& type) {
  const auto is_money = [](const Field& field) { return field.kind == FieldKind::money; };
  return std::any_of(type.header.begin(), type.header.end(), is_money) ||
         std::any_of(type.line.begin(), type.line.end(), is_money);
}

void find_entity_field(Context& context, EventType& type, const TypePlaces& places) {
  const auto entity = type.header_index("entity");
  if (!entity || type.header[*entity].kind != FieldKind::entity) {
    context.error(ErrorCode::BadReferenceData, entity ? places.header[*entity] : places.span,
                  "event " + tick(type.name) + " does not say whose books it belongs to",
                  "add the field `entity: {type: entity}`");
    return;
  }
  type.entity_field = *entity;
  if (!type.header[*entity].required)
    context.error(ErrorCode::BadReferenceData, places.header[*entity],
                  "the field `entity` of " + tick(type.name) + " is optional",
                  "an event without an entity has no books: delete `optional`");
}

void find_currency_field(Context& context, EventType& type, const TypePlaces& places) {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < type.header.size(); ++i)
    if (type.header[i].kind == FieldKind::currency) found.push_back(static_cast<std::uint32_t>(i));
  const auto named = type.header_index("currency");
  if (named && type.header[*named].kind == FieldKind::currency) {
    type.currency_field = *named;
  } else if (found.size() == 1) {
    type.currency_field = found.front();
  } else if (found.size() > 1) {
    context.error_with(ErrorCode::AmbiguousName, places.header[found[1]],
                       "event " + tick(type.name) + " has several currencies and none is called `currency`",
                       places.header[found[0]], "another one is here", "call the currency of the amounts `currency`");
    return;
  }
  if (!has_money(type)) return;
  if (!type.currency_field)
    context.error(ErrorCode::BadReferenceData, places.span,
                  "event " + tick(type.name) + " carries amounts of money and no currency",
                  "add the field `currency: {type: currency}`");
  else if (!type.header[*type.currency_field].required)
    context.error(ErrorCode::BadReferenceData, places.header[*type.currency_field],
                  "the currency of the amounts of " + tick(type.name) + " is optional", "delete `optional`");
}

void check_object(Context& context, const EventType& type, const YamlNode* node) {
  if (type.object.empty() || node == nullptr) return;
  const auto field = type.header_index(type.object);
  if (field && type.header[*field].kind == FieldKind::text) return;
  std::vector<std::string> texts;
  for (const Field& one : type.header)
    if (one.kind == FieldKind::text) texts.push_back(one.name);
  if (field)
    context.error(ErrorCode::WrongType, node->span,
                  "the object " + tick(type.object) + " is " + std::string(to_text(type.header[*field].kind)) +
                      ", a text that identifies it is needed",
                  "name a field of type text");
  else
    context.error(ErrorCode::UnknownField, node->span,
                  "event " + tick(type.name) + " has no field " + tick(type.object),
                  suggest(type.object, texts, texts.empty() ? "add the field" : "write one of " + choices(texts)));
}

void read_invariants(Context& context, EventType& type, const YamlNode* node) {
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence) {
    context.error(ErrorCode::BadYaml, node->span,
                  std::string(kind_in_words(*node)) + " stands under `invariants` where a list is expected",
                  "write one `- \"total = net + tax\"` line for each");
    return;
  }
  for (const YamlNode& item : node->items)
    if (auto invariant = read_invariant(context, type, item)) type.invariants.push_back(std::move(*invariant));
}

std::size_t count_items(const YamlNode* node) {
  return node == nullptr ? 0 : node->items.size();
}

void read_event(Context& context, const YamlNode& key, const YamlNode& value) {
  if (!check_word(context, "event type", key.text, key.span, true)) {
    context.events_known = false;
    return;
  }
  if (const auto known = context.catalog().type_index(key.text))
    return context.twice("event type", key.text, key.span, context.type_places[*known].span);
  MapReader reader(context, value, "event " + tick(key.text), {"title", "object", "fields", "lines", "invariants"});
  EventType type;
  TypePlaces places;
  type.name = key.text;
  places.span = key.span;
  type.title = reader.text("title");
  type.object = reader.text_if_any("object");
  read_fields(context, reader.need("fields"), "fields", type.header, places.header);
  read_fields(context, reader.find("lines"), "lines", type.line, places.line);
  // When a field could not be read, names that miss it say nothing new.
  places.broken = reader.find("fields") == nullptr || type.header.size() != count_items(reader.find("fields")) ||
                  type.line.size() != count_items(reader.find("lines"));
  if (!places.broken) {
    check_object(context, type, reader.find("object"));
    find_entity_field(context, type, places);
    find_currency_field(context, type, places);
    read_definitions(context, type, reader.find("fields"), type.header, false);
    read_definitions(context, type, reader.find("lines"), type.line, true);
    read_invariants(context, type, reader.find("invariants"));
    check_definitions_end(context, type, places);
  }
  context.model.event_spans.emplace(type.name, places.span);
  context.catalog().types.push_back(std::move(type));
  context.type_places.push_back(std::move(places));
}

}  // namespace

void read_events(Context& context, const YamlNode& root) {
  const YamlNode* events = top_level(context, root, "events", YamlNode::Kind::map);
  if (events == nullptr) {
    context.events_known = false;
    return;
  }
  for (std::size_t i = 0; i < events->items.size(); ++i) read_event(context, events->keys[i], events->items[i]);
}

}  // namespace glmap::resolve
