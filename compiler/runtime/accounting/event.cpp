// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/event.hpp"

#include <algorithm>

namespace glmap {
namespace {

template <class Items, class Name>
std::optional<std::uint32_t> position(const Items& items, std::string_view wanted, Name name) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (name(items[i]) == wanted) return static_cast<std::uint32_t>(i);
  return std::nullopt;
}

template <class Items>
std::optional<std::uint32_t> position_by_name(const Items& items, std::string_view wanted) {
  return position(items, wanted, [](const auto& item) -> std::string_view { return item.name; });
}

}  // namespace

std::string_view to_text(FieldKind kind) {
  switch (kind) {
    case FieldKind::text:
      return "text";
    case FieldKind::list:
      return "list";
    case FieldKind::entity:
      return "entity";
    case FieldKind::currency:
      return "currency";
    case FieldKind::money:
      return "money";
    case FieldKind::money_functional:
      return "functional money";
    case FieldKind::decimal:
      return "decimal";
    case FieldKind::date:
      return "date";
    case FieldKind::instant:
      return "instant";
    case FieldKind::yes_no:
      return "yes/no";
  }
  GLMAP_ASSERT(!"a field kind of the list");
  return {};
}

std::string_view to_text(AmountSign sign) {
  switch (sign) {
    case AmountSign::any:
      return "";
    case AmountSign::positive:
      return "positive";
    case AmountSign::not_negative:
      return "not negative";
  }
  GLMAP_ASSERT(!"a sign of the list");
  return {};
}

void ValueList::index() {
  by_value.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) by_value[i] = static_cast<std::uint32_t>(i);
  std::sort(by_value.begin(), by_value.end(), [this](auto a, auto b) { return values[a] < values[b]; });
}

std::optional<std::uint32_t> ValueList::code_of(std::string_view value) const {
  if (by_value.size() != values.size())
    return position(values, value, [](const std::string& item) -> std::string_view { return item; });
  const auto found = std::lower_bound(by_value.begin(), by_value.end(), value,
                                      [this](std::uint32_t code, std::string_view key) { return values[code] < key; });
  if (found == by_value.end() || values[*found] != value) return std::nullopt;
  return *found;
}

std::optional<std::uint32_t> EventType::header_index(std::string_view field) const {
  return position_by_name(header, field);
}
std::optional<std::uint32_t> EventType::line_index(std::string_view field) const {
  return position_by_name(line, field);
}
std::optional<std::uint32_t> EventCatalog::type_index(std::string_view wanted) const {
  return position_by_name(types, wanted);
}
std::optional<std::uint32_t> EventCatalog::entity_index(std::string_view code) const {
  return position(entities, code, [](const LegalEntity& entity) -> std::string_view { return entity.code; });
}
std::optional<std::uint32_t> EventCatalog::list_index(std::string_view wanted) const {
  return position_by_name(lists, wanted);
}

}  // namespace glmap
