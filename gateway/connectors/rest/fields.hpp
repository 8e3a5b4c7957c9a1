// SPDX-License-Identifier: Apache-2.0
// What a template of the generic REST connector can insert: the fields of an entry, of one of its lines, of the legal
// entity. Each has a kind, so that an amount is never inserted as anything but its exact digits. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"

namespace glmap::gateway::connectors::rest {

using Values = std::map<std::string, std::string>;

/// What is known where a template is filled in, from the outside inwards.
enum class Reach : std::uint8_t { entity, entry, line };

struct Scope {
  const LegalEntity* entity = nullptr;
  const Values* own = nullptr;     // the entity's settings: {entity.NAME}
  const Values* mapped = nullptr;  // "account.1200" -> the ERP's name for it: {map account}
  const JournalEntry* entry = nullptr;
  const JournalLine* line = nullptr;
  std::size_t number = 0;         // of the line, from 1
  std::string_view erp_document;  // {erp_document}: the ERP's own id, where a draft is posted
};

enum class Kind : std::uint8_t { text, date, amount, number, truth, json };

struct Field {
  std::string_view name;
  Reach reach;
  Kind kind;
  /// Amounts, numbers: JsonNumber; dates, texts: a string; nothing there: null.
  Json (*value)(const Scope&);
};

/// By its name, {entity.NAME} and {dimension.NAME} by their beginning. nullptr: there is none.
const Field* find_field(std::string_view name);
/// The value of a field that find_field knows.
Json value_of(const Field& field, std::string_view name, const Scope& scope);

}  // namespace glmap::gateway::connectors::rest
