// SPDX-License-Identifier: Apache-2.0
// What a billing event is: its schema (declared by finance in events.yaml) and a decoded instance of it. A BillingEvent
// exists only after every field has been checked against its schema, so a rule never meets a wrong type, an unknown
// list value or an amount with too many decimals. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/ledger.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "compiler/runtime/base/json_document.hpp"

namespace glmap {

/// A closed list of the book. A value's code is its position; positions are the same in the whole bundle.
struct ValueList {
  std::string name;
  std::vector<std::string> values;
  std::vector<std::uint32_t> slots;  // by hash of the value: code + 1, 0 is free; or empty. Made by index()

  /// Makes code_of look in one place; call it once the values are final. Without it code_of compares one by one.
  void index();
  std::optional<std::uint32_t> code_of(std::string_view value) const;
};

enum class FieldKind : std::uint8_t {
  text,              // free text, an identifier
  list,              // a value of a closed list; `list` says which
  entity,            // a legal entity code; closed
  currency,          // an ISO 4217 code
  money,             // an amount in the event's currency (the header field of kind currency)
  money_functional,  // an amount in the functional currency of the entity
  decimal,           // a quantity, a rate: exact, up to 30 places
  date,              // a civil date
  instant,           // RFC 3339
  yes_no,            // true/false in JSON
};
std::string_view to_text(FieldKind kind);

/// What the book promises about an amount; an event that breaks the promise is refused (GLM-6017).
enum class AmountSign : std::uint8_t {
  any,
  positive,      // above zero
  not_negative,  // zero or above
};
/// As written behind `sign:`; empty for any.
std::string_view to_text(AmountSign sign);

/// One term of a definition or invariant: +-field or +-sum over lines of a line field.
struct SumTerm {
  bool negative = false;
  bool over_lines = false;  // the line field summed over all lines (header definitions only)
  std::uint32_t field = 0;  // index into header (or line, when over_lines or when the sum belongs to a line) fields
};

struct Field {
  std::string name;
  FieldKind kind = FieldKind::text;
  std::uint32_t list = 0;  // index into EventCatalog::lists when kind is list
  bool required = true;
  AmountSign sign = AmountSign::any;  // only of money and decimals
  std::string title;
  /// `is: net + tax`. When absent in a payload the field is computed; when present it must agree to the minor unit.
  std::vector<SumTerm> definition;
};

/// sum of `terms` = 0, per event or (when on_line) per line.
struct Invariant {
  std::string text;  // as finance wrote it, for messages
  bool on_line = false;
  std::vector<SumTerm> terms;
};

struct EventType {
  std::string name;    // invoice.issued
  std::string title;   // Invoice issued
  std::string object;  // header field naming the business object that orders events (invoice), or empty
  std::vector<Field> header;
  std::vector<Field> line;  // empty: this type has no lines
  std::vector<Invariant> invariants;
  std::uint32_t entity_field = 0;               // index into header
  std::optional<std::uint32_t> currency_field;  // index into header

  std::optional<std::uint32_t> header_index(std::string_view field) const;
  std::optional<std::uint32_t> line_index(std::string_view field) const;
};

/// Everything decoding needs. Part of a rules bundle.
struct EventCatalog {
  std::vector<ValueList> lists;
  std::vector<LegalEntity> entities;  // an entity's code, as a field value, is its position here
  std::vector<EventType> types;

  std::optional<std::uint32_t> type_index(std::string_view name) const;
  std::optional<std::uint32_t> entity_index(std::string_view code) const;
  std::optional<std::uint32_t> list_index(std::string_view name) const;
};

/// Position in a closed list (list, entity) or in Currency::all().
struct Code {
  std::uint32_t value = 0;
  friend bool operator==(const Code&, const Code&) = default;
};

/// std::monostate: an optional field that the event does not carry.
using FieldValue = std::variant<std::monostate, Code, Decimal, Money, Date, Instant, bool, std::string>;

struct BillingEvent {
  // Identity (see docs/formats/event.md). Never derived from content, never includes the bundle.
  std::string source;
  std::string id;
  std::string revision;  // "" when the sender has none

  std::uint32_t type = 0;  // index into EventCatalog::types
  std::optional<Instant> occurred_at;
  std::string object;                          // value of the type's object field, or ""
  std::vector<FieldValue> header;              // by EventType::header
  std::vector<std::vector<FieldValue>> lines;  // by EventType::line
  /// Members the schema does not know, kept so that drift can be counted. JSON pointers.
  std::vector<std::string> unknown_fields;
};

/// The identity part of a CloudEvent, readable before its content is understood. A value kept with whatever happens to
/// the rest, so that an event that cannot be decoded is still stored and found again.
struct EventIdentity {
  std::string source;
  std::string id;
  std::string revision;
  std::string type;
  /// sha256 of the canonical JSON of type, subject, time and data: same identity, other digest = conflict.
  std::string content_digest;
};

/// Reads the CloudEvents 1.0 envelope (structured JSON): specversion "1.0", id, source, type; optional time, subject,
/// and our extension `revision`. Errors: GLM-6004, GLM-6005, GLM-6014 with a JSON pointer.
Result<EventIdentity> read_identity(JsonView cloud_event);
Result<EventIdentity> read_identity(const Json& cloud_event);
/// The same into an identity that is used again, and without its digest: for who keeps nothing.
Status read_envelope(JsonView cloud_event, EventIdentity& identity);

/// What stands for content_digest within one run: equal marks, equal digests.
JsonMark content_mark(JsonView cloud_event);

/// Decodes and checks one CloudEvent against the catalog: types, closed lists, currency digits, definitions,
/// invariants. Errors: GLM-6004..6012 with a JSON pointer into the event; the first found.
Result<BillingEvent> decode_event(const EventCatalog& catalog, JsonView cloud_event);
Result<BillingEvent> decode_event(const EventCatalog& catalog, const Json& cloud_event);

/// The same for an event whose identity has been read from it already, into an event whose memory is used again. After
/// an error `event` holds nothing of use.
Status decode_event(const EventCatalog& catalog, JsonView cloud_event, const EventIdentity& identity,
                    BillingEvent& event);

/// The same checks, all faults of the event.
std::vector<Error> find_event_faults(const EventCatalog& catalog, JsonView cloud_event);
std::vector<Error> find_event_faults(const EventCatalog& catalog, const Json& cloud_event);

}  // namespace glmap
