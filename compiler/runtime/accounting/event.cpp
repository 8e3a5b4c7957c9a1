// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/event.hpp"

#include <bit>

#include "compiler/runtime/base/byte_scan.hpp"

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
  slots.assign(std::bit_ceil(values.size() * 2 + 1), 0);
  for (std::uint32_t code = 0; code < values.size(); ++code) {
    std::size_t at = hash_bytes(values[code]) & (slots.size() - 1);
    while (slots[at] != 0) at = (at + 1) & (slots.size() - 1);
    slots[at] = code + 1;
  }
}

std::optional<std::uint32_t> ValueList::code_of(std::string_view value) const {
  if (slots.empty()) return position(values, value, [](const std::string& item) -> std::string_view { return item; });
  for (std::size_t at = hash_bytes(value) & (slots.size() - 1); slots[at] != 0; at = (at + 1) & (slots.size() - 1))
    if (same_bytes(values[slots[at] - 1], value)) return slots[at] - 1;
  return std::nullopt;
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
