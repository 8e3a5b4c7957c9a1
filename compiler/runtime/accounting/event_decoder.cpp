// SPDX-License-Identifier: Apache-2.0
// A CloudEvent to a BillingEvent: envelope, fields, lines, sums. Shape: docs/formats/event.md
#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/event_parts.hpp"
#include "compiler/runtime/base/digest.hpp"

namespace glmap {
namespace {

using event_parts::AmountContext;
using event_parts::fail_at;
using event_parts::Place;
using event_parts::SumScope;

constexpr std::string_view kLines = "lines";

/// A member that is there and not null.
const Json* given(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Error with_pointer(Error error, std::string pointer) {
  error.where.pointer = std::move(pointer);
  return error;
}

std::unexpected<Error> bad_attribute(ErrorCode code, std::string_view name, std::string_view what) {
  return fail_at(code, pointer_step(name), "`" + std::string(name) + "` " + std::string(what));
}

/// An attribute of the envelope that is text; "" when absent and optional.
Result<std::string> attribute(const Json& event, std::string_view name, bool required) {
  const Json* value = given(event, name);
  if (value == nullptr) {
    if (!required) return std::string();
    return bad_attribute(ErrorCode::MissingField, name, "is missing from the envelope of the event");
  }
  const std::string* text = value->as_string();
  if (text == nullptr)
    return bad_attribute(ErrorCode::WrongFieldType, name,
                         "holds " + std::string(value->kind_in_words()) + ", text is expected");
  if (text->empty() && required) return bad_attribute(ErrorCode::MissingField, name, "is empty");
  if (auto status = event_parts::check_text(name, *text); !status)
    return std::unexpected(with_pointer(std::move(status.error()), pointer_step(name)));
  return *text;
}

/// Canonical JSON of what an event says, apart from who says it. Members in the order of their bytes.
std::string content_digest(const Json& event) {
  std::string text = "{";
  for (const std::string_view name : {"data", "subject", "time", "type"}) {
    const Json* value = given(event, name);
    if (value == nullptr) continue;
    if (text.size() > 1) text += ',';
    ((text += '"') += name) += "\":";
    text += canonical_json(*value);
  }
  return sha256_hex(text += '}');
}

class Decoder {
 public:
  /// `all`: go on after a fault.
  Decoder(const EventCatalog& catalog, const Json& event, bool all) : catalog_(catalog), json_(event), all_(all) {}

  /// `event` was read by read_identity before.
  void use_identity(EventIdentity identity) {
    event_.source = std::move(identity.source);
    event_.id = std::move(identity.id);
    event_.revision = std::move(identity.revision);
    event_.content_digest = std::move(identity.content_digest);
    type_name_ = std::move(identity.type);
  }

  /// The event is complete only when there are no faults.
  BillingEvent decode() {
    read_envelope();
    if (stop()) return std::move(event_);
    const auto type = catalog_.type_index(type_name_);
    if (!type && !type_name_.empty())
      note(fail_at(ErrorCode::TypeNotKnown, "/type", in_backticks(type_name_) + " is not an event type of the book"));
    if (!type) return std::move(event_);
    event_.type = *type;
    type_ = &catalog_.types[*type];
    const Json* data = given(json_, "data");
    if (data == nullptr || data->as_object() == nullptr) {
      if (data == nullptr)
        note(fail_at(ErrorCode::MissingField, "/data", "`data` is missing: the event says nothing"));
      else
        note(fail_at(ErrorCode::WrongFieldType, "/data",
                     "`data` holds " + std::string(data->kind_in_words()) + ", an object is expected"));
      return std::move(event_);
    }
    read_context(*data);
    read_fields(type_->header, *data->as_object(), event_.header, Place{}, !type_->line.empty());
    if (!stop() && !type_->line.empty()) read_lines(*data);
    // Sums of fields that are at fault would only add noise.
    if (faults_.empty()) check_sums();
    if (faults_.empty()) read_object();
    return std::move(event_);
  }

  std::vector<Error> take_faults() { return std::move(faults_); }

 private:
  bool stop() const { return !all_ && !faults_.empty(); }
  void note(std::unexpected<Error> fault) { faults_.push_back(std::move(fault).error()); }

  void read_envelope() {
    if (type_name_.empty()) {
      if (auto identity = read_identity(json_)) {
        use_identity(std::move(*identity));
      } else {
        faults_.push_back(std::move(identity.error()));
        if (stop()) return;
        if (const auto type = attribute(json_, "type", true)) type_name_ = *type;
      }
    }
    if (auto subject = attribute(json_, "subject", false); !subject) faults_.push_back(std::move(subject.error()));
    auto time = attribute(json_, "time", false);
    if (!time) {
      faults_.push_back(std::move(time.error()));
    } else if (given(json_, "time") != nullptr) {
      auto instant = Instant::parse(*time);
      if (instant) {
        event_.occurred_at = *instant;
      } else {
        note(fail_at(ErrorCode::WrongFieldType, "/time", "`time`: " + instant.error().message, instant.error().help));
      }
    }
  }

  /// Amounts can be read only when the currency is known, so entity and currency are looked at first. Their own faults
  /// are reported with the other fields.
  void read_context(const Json& data) {
    const Field& entity_field = type_->header[type_->entity_field];
    const Json* entity = given(data, entity_field.name);
    context_.no_entity = entity == nullptr;
    if (entity != nullptr && entity->as_string() != nullptr)
      if (const auto code = catalog_.entity_index(*entity->as_string()))
        context_.functional = catalog_.entities[*code].functional;
    const Json* currency = type_->currency_field ? given(data, type_->header[*type_->currency_field].name) : nullptr;
    // A required currency that is missing is reported once, not with every amount.
    context_.no_currency =
        currency == nullptr && !(type_->currency_field && type_->header[*type_->currency_field].required);
    if (currency != nullptr && currency->as_string() != nullptr)
      if (const auto parsed = Currency::parse(*currency->as_string())) context_.currency = *parsed;
  }

  static std::optional<std::size_t> find_field(const std::vector<Field>& fields, std::string_view name,
                                               std::size_t& next) {
    // Senders write the same fields in the same order, event after event: begin behind the one found last.
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::size_t at = next + i < fields.size() ? next + i : next + i - fields.size();
      if (fields[at].name != name) continue;
      next = at + 1 == fields.size() ? 0 : at + 1;
      return at;
    }
    return std::nullopt;
  }

  void read_fields(const std::vector<Field>& fields, const Json::Object& members, std::vector<FieldValue>& values,
                   const Place& place, bool has_lines) {
    values.resize(fields.size());
    seen_.assign(fields.size(), false);
    std::size_t next = 0;
    for (const auto& [name, value] : members) {
      const auto at = find_field(fields, name, next);
      if (!at) {
        if (!has_lines || name != kLines) event_.unknown_fields.push_back(place.pointer(name));
        continue;
      }
      if (value.is_null()) continue;
      auto read = event_parts::read_field(catalog_, fields[*at], value, context_);
      if (!read) {
        faults_.push_back(with_pointer(std::move(read.error()), place.pointer(name)));
        if (stop()) return;
        seen_[*at] = true;
        continue;
      }
      values[*at] = std::move(*read);
      // An empty text is as good as none; an amount whose currency is at fault has been sent.
      seen_[*at] = fields[*at].kind != FieldKind::text || !std::holds_alternative<std::monostate>(values[*at]);
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (seen_[i] || !fields[i].required || !fields[i].definition.empty()) continue;
      note(fail_at(ErrorCode::MissingField, place.pointer(fields[i].name),
                   "`" + fields[i].name + "` is missing or empty, `" + type_->name + "` needs it"));
      if (stop()) return;
    }
  }

  void read_lines(const Json& data) {
    const Json* lines = given(data, kLines);
    const Json::Array* array = lines == nullptr ? nullptr : lines->as_array();
    if (lines != nullptr && array == nullptr)
      return note(fail_at(ErrorCode::WrongFieldType, "/data/lines",
                          "`lines` holds " + std::string(lines->kind_in_words()) + ", an array is expected"));
    if (array == nullptr || array->empty())
      return note(fail_at(ErrorCode::MissingField, "/data/lines", "`" + type_->name + "` needs at least one line"));
    event_.lines.resize(array->size());
    for (std::size_t i = 0; i < array->size() && !stop(); ++i) {
      const Place place{.line = i};
      const Json::Object* members = (*array)[i].as_object();
      if (members == nullptr) {
        note(fail_at(ErrorCode::WrongFieldType, place.pointer(),
                     "a line holds " + std::string((*array)[i].kind_in_words()) + ", an object is expected"));
        continue;
      }
      read_fields(type_->line, *members, event_.lines[i], place, false);
    }
  }

  void check_sums() {
    for (std::size_t i = 0; i < event_.lines.size() && !stop(); ++i) {
      SumScope scope{.fields = type_->line, .values = event_.lines[i], .place = {.line = i}};
      event_parts::settle_definitions(scope, faults_);
      for (const Invariant& invariant : type_->invariants)
        if (invariant.on_line) event_parts::check_invariant(invariant, scope, faults_);
    }
    if (stop()) return;
    SumScope scope{
        .fields = type_->header, .values = event_.header, .line_fields = &type_->line, .line_values = &event_.lines};
    event_parts::settle_definitions(scope, faults_);
    for (const Invariant& invariant : type_->invariants)
      if (!invariant.on_line) event_parts::check_invariant(invariant, scope, faults_);
  }

  void read_object() {
    if (type_->object.empty()) return;
    const auto index = type_->header_index(type_->object);
    if (!index) return;
    const Json* value = given(*given(json_, "data"), type_->object);
    if (value == nullptr) return;
    if (const std::string* text = value->as_string()) event_.object = *text;
  }

  const EventCatalog& catalog_;
  const Json& json_;
  bool all_;
  const EventType* type_ = nullptr;
  std::string type_name_;
  AmountContext context_;
  BillingEvent event_;
  std::vector<Error> faults_;
  std::vector<bool> seen_;
};

}  // namespace

Result<EventIdentity> read_identity(const Json& cloud_event) {
  if (cloud_event.as_object() == nullptr)
    return fail(ErrorCode::WrongFieldType,
                "the event is " + std::string(cloud_event.kind_in_words()) + ", a CloudEvent (an object) is expected");
  GLMAP_TRY(version, attribute(cloud_event, "specversion", true));
  if (version != "1.0")
    return fail_at(ErrorCode::BadRequest, "/specversion",
                   "`specversion` is " + in_backticks(version) + ", 1.0 is expected");
  EventIdentity identity;
  GLMAP_TRY(source, attribute(cloud_event, "source", true));
  identity.source = std::move(source);
  GLMAP_TRY(id, attribute(cloud_event, "id", true));
  identity.id = std::move(id);
  GLMAP_TRY(type, attribute(cloud_event, "type", true));
  identity.type = std::move(type);
  GLMAP_TRY(revision, attribute(cloud_event, "revision", false));
  identity.revision = std::move(revision);
  identity.content_digest = content_digest(cloud_event);
  return identity;
}

Result<BillingEvent> decode_event(const EventCatalog& catalog, const Json& cloud_event) {
  GLMAP_TRY(identity, read_identity(cloud_event));
  return decode_event(catalog, cloud_event, std::move(identity));
}

Result<BillingEvent> decode_event(const EventCatalog& catalog, const Json& cloud_event, EventIdentity identity) {
  Decoder decoder(catalog, cloud_event, false);
  decoder.use_identity(std::move(identity));
  BillingEvent event = decoder.decode();
  std::vector<Error> faults = decoder.take_faults();
  if (!faults.empty()) return std::unexpected(std::move(faults.front()));
  return event;
}

std::vector<Error> find_event_faults(const EventCatalog& catalog, const Json& cloud_event) {
  Decoder decoder(catalog, cloud_event, true);
  (void)decoder.decode();
  return decoder.take_faults();
}

}  // namespace glmap
