// SPDX-License-Identifier: Apache-2.0
// A CloudEvent to a BillingEvent: envelope, fields, lines, sums. Shape: docs/formats/event.md
#include "compiler/runtime/accounting/currency_table.hpp"
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
JsonView given(JsonView object, std::string_view name) {
  const JsonView value = object.find(name);
  return value && !value.is_null() ? value : JsonView();
}

Error with_pointer(Error error, std::string pointer) {
  error.where.pointer = std::move(pointer);
  return error;
}

std::unexpected<Error> bad_attribute(ErrorCode code, std::string_view name, std::string_view what) {
  return fail_at(code, pointer_step(name), "`" + std::string(name) + "` " + std::string(what));
}

/// An attribute of the envelope that is text; "" when absent and optional.
Result<std::string_view> attribute(JsonView event, std::string_view name, bool required) {
  const JsonView value = given(event, name);
  if (!value) {
    if (!required) return std::string_view();
    return bad_attribute(ErrorCode::MissingField, name, "is missing from the envelope of the event");
  }
  if (!value.is_text())
    return bad_attribute(ErrorCode::WrongFieldType, name,
                         "holds " + std::string(value.kind_in_words()) + ", text is expected");
  if (value.text().empty() && required) return bad_attribute(ErrorCode::MissingField, name, "is empty");
  if (auto status = event_parts::check_text(name, value.text()); !status)
    return std::unexpected(with_pointer(std::move(status.error()), pointer_step(name)));
  return value.text();
}

/// The members that say what an event says, apart from who says it; in the order of their bytes.
constexpr std::string_view kContent[] = {"data", "subject", "time", "type"};

/// Of the canonical JSON of the content.
std::string content_digest(JsonView event) {
  std::string text = "{";
  for (const std::string_view name : kContent) {
    const JsonView value = given(event, name);
    if (!value) continue;
    if (text.size() > 1) text += ',';
    ((text += '"') += name) += "\":";
    append_canonical(text, value);
  }
  return sha256_hex(text += '}');
}

/// Which fields of an event have been seen.
class FieldSet {
 public:
  void clear(std::size_t size) {
    few_ = 0;
    many_.assign(size > kFew ? size : 0, false);
  }
  void add(std::size_t field) {
    if (many_.empty())
      few_ |= std::uint64_t{1} << field;
    else
      many_[field] = true;
  }
  bool contains(std::size_t field) const { return many_.empty() ? (few_ >> field & 1) != 0 : many_[field]; }

 private:
  static constexpr std::size_t kFew = 64;
  std::uint64_t few_ = 0;
  std::vector<bool> many_;
};

class Decoder {
 public:
  /// `all`: go on after a fault.
  Decoder(const EventCatalog& catalog, JsonView json, BillingEvent& event, bool all)
      : catalog_(catalog), json_(json), event_(event), all_(all) {}

  /// The event is complete only when there are no faults. `identity`: read from it before, or nullptr.
  void decode(const EventIdentity* identity) {
    event_.unknown_fields.clear();
    event_.occurred_at.reset();
    event_.object.clear();
    read_envelope(identity);
    if (stop()) return;
    const auto type = catalog_.type_index(type_name_);
    if (!type && !type_name_.empty())
      note(fail_at(ErrorCode::TypeNotKnown, "/type", in_backticks(type_name_) + " is not an event type of the book"));
    if (!type) return;
    event_.type = *type;
    type_ = &catalog_.types[*type];
    data_ = given(json_, "data");
    if (!data_) return note(fail_at(ErrorCode::MissingField, "/data", "`data` is missing: the event says nothing"));
    if (!data_.is_object())
      return note(fail_at(ErrorCode::WrongFieldType, "/data",
                          "`data` holds " + std::string(data_.kind_in_words()) + ", an object is expected"));
    read_context();
    read_fields(type_->header, data_, event_.header, Place{}, !type_->line.empty());
    if (type_->line.empty()) event_.lines.clear();
    if (!stop() && !type_->line.empty()) read_lines();
    // Sums of fields that are at fault would only add noise.
    if (faults_.empty()) check_sums();
    if (faults_.empty()) read_object();
  }

  std::vector<Error> take_faults() { return std::move(faults_); }

 private:
  bool stop() const { return !all_ && !faults_.empty(); }
  void note(std::unexpected<Error> fault) { faults_.push_back(std::move(fault).error()); }

  void use(const EventIdentity& identity) {
    event_.source = identity.source;
    event_.id = identity.id;
    event_.revision = identity.revision;
    type_name_ = identity.type;
  }

  void read_envelope(const EventIdentity* identity) {
    if (identity != nullptr) {
      use(*identity);
    } else if (auto status = glmap::read_envelope(json_, own_identity_)) {
      use(own_identity_);
    } else {
      faults_.push_back(std::move(status.error()));
      if (stop()) return;
      if (const auto type = attribute(json_, "type", true)) type_name_ = *type;
    }
    if (auto subject = attribute(json_, "subject", false); !subject) faults_.push_back(std::move(subject.error()));
    const auto time = attribute(json_, "time", false);
    if (!time) {
      faults_.push_back(time.error());
    } else if (given(json_, "time")) {
      const auto instant = Instant::parse(*time);
      if (instant) {
        event_.occurred_at = *instant;
      } else {
        note(fail_at(ErrorCode::WrongFieldType, "/time", "`time`: " + instant.error().message, instant.error().help));
      }
    }
  }

  /// Amounts can be read only when the currency is known, so entity and currency are looked at first. Their own faults
  /// are reported with the other fields.
  void read_context() {
    const JsonView entity = given(data_, type_->header[type_->entity_field].name);
    context_.no_entity = !entity;
    if (entity && entity.is_text())
      if (const auto code = catalog_.entity_index(entity.text()))
        context_.functional = catalog_.entities[*code].functional;
    const Field* field = type_->currency_field ? &type_->header[*type_->currency_field] : nullptr;
    const JsonView currency = field == nullptr ? JsonView() : given(data_, field->name);
    // A required currency that is missing is reported once, not with every amount.
    context_.no_currency = !currency && !(field != nullptr && field->required);
    if (currency && currency.is_text())
      if (const auto position = currency_position(currency.text())) context_.currency = Currency::all()[*position];
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

  /// What the sender may have meant by another name: for the help of a field that is missing.
  static std::string unknown_members_in_words(const std::vector<Field>& fields, const Field& missing, JsonView members,
                                              bool has_lines) {
    constexpr std::size_t kNamedMax = 3;
    std::vector<std::string> unknown;
    std::size_t next = 0;
    for (const JsonView member : members)
      if (!find_field(fields, member.key(), next) && (!has_lines || member.key() != kLines))
        unknown.push_back(in_backticks(member.key()));
    if (unknown.empty() || unknown.size() > kNamedMax) return {};
    std::string words;
    for (std::size_t i = 0; i < unknown.size(); ++i)
      words += (i == 0 ? "" : i + 1 == unknown.size() ? " and " : ", ") + unknown[i];
    return "the event carries " + words + ", which its schema does not have; if that is meant, send it as `" +
           missing.name + "`, or rename the field in events.yaml";
  }

  void read_fields(const std::vector<Field>& fields, JsonView members, std::vector<FieldValue>& values,
                   const Place& place, bool has_lines) {
    values.resize(fields.size());
    seen_.clear(fields.size());
    std::size_t next = 0;
    for (const JsonView member : members) {
      const auto at = find_field(fields, member.key(), next);
      if (!at) {
        if (!has_lines || member.key() != kLines) event_.unknown_fields.push_back(place.pointer(member.key()));
        continue;
      }
      if (member.is_null()) continue;
      FieldValue& value = values[*at];
      if (auto status = event_parts::read_field(catalog_, fields[*at], member, context_, value); !status) {
        faults_.push_back(with_pointer(std::move(status.error()), place.pointer(member.key())));
        if (stop()) return;
        value = std::monostate();
      } else if (fields[*at].kind == FieldKind::text && std::holds_alternative<std::monostate>(value)) {
        continue;  // an empty text is as good as none; an amount whose currency is at fault has been sent
      }
      seen_.add(*at);
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (seen_.contains(i)) continue;
      values[i] = std::monostate();
      if (!fields[i].required || !fields[i].definition.empty()) continue;
      note(fail_at(ErrorCode::MissingField, place.pointer(fields[i].name),
                   "`" + fields[i].name + "` is missing or empty, `" + type_->name + "` needs it",
                   unknown_members_in_words(fields, fields[i], members, has_lines)));
      if (stop()) return;
    }
  }

  void read_lines() {
    const JsonView lines = given(data_, kLines);
    if (lines && !lines.is_array())
      return note(fail_at(ErrorCode::WrongFieldType, "/data/lines",
                          "`lines` holds " + std::string(lines.kind_in_words()) + ", an array is expected"));
    if (!lines || lines.size() == 0)
      return note(fail_at(ErrorCode::MissingField, "/data/lines", "`" + type_->name + "` needs at least one line"));
    event_.lines.resize(lines.size());
    std::size_t i = 0;
    for (const JsonView line : lines) {
      if (stop()) return;
      const Place place{.line = i};
      if (line.is_object())
        read_fields(type_->line, line, event_.lines[i], place, false);
      else
        note(fail_at(ErrorCode::WrongFieldType, place.pointer(),
                     "a line holds " + std::string(line.kind_in_words()) + ", an object is expected"));
      ++i;
    }
  }

  void check_sums() {
    for (std::size_t i = 0; i < event_.lines.size() && !stop(); ++i) {
      SumScope scope{.fields = type_->line, .values = event_.lines[i], .place = {.line = i}};
      event_parts::settle_definitions(scope, faults_);
      for (const Invariant& invariant : type_->invariants)
        if (invariant.on_line) event_parts::check_invariant(invariant, scope, faults_);
      event_parts::check_signs(scope, faults_);
    }
    if (stop()) return;
    SumScope scope{
        .fields = type_->header, .values = event_.header, .line_fields = &type_->line, .line_values = &event_.lines};
    event_parts::settle_definitions(scope, faults_);
    for (const Invariant& invariant : type_->invariants)
      if (!invariant.on_line) event_parts::check_invariant(invariant, scope, faults_);
    event_parts::check_signs(scope, faults_);
  }

  void read_object() {
    if (type_->object.empty() || !type_->header_index(type_->object)) return;
    if (const JsonView value = given(data_, type_->object); value && value.is_text()) event_.object = value.text();
  }

  const EventCatalog& catalog_;
  JsonView json_;
  JsonView data_;
  BillingEvent& event_;
  bool all_;
  const EventType* type_ = nullptr;
  EventIdentity own_identity_;  // when nobody has read it before
  std::string_view type_name_;
  AmountContext context_;
  std::vector<Error> faults_;
  FieldSet seen_;
};

}  // namespace

Status read_envelope(JsonView cloud_event, EventIdentity& identity) {
  if (!cloud_event.is_object())
    return fail(ErrorCode::WrongFieldType,
                "the event is " + std::string(cloud_event.kind_in_words()) + ", a CloudEvent (an object) is expected");
  GLMAP_TRY(version, attribute(cloud_event, "specversion", true));
  if (version != "1.0")
    return fail_at(ErrorCode::BadRequest, "/specversion",
                   "`specversion` is " + in_backticks(version) + ", 1.0 is expected");
  GLMAP_TRY(source, attribute(cloud_event, "source", true));
  identity.source = source;
  GLMAP_TRY(id, attribute(cloud_event, "id", true));
  identity.id = id;
  GLMAP_TRY(type, attribute(cloud_event, "type", true));
  identity.type = type;
  GLMAP_TRY(revision, attribute(cloud_event, "revision", false));
  identity.revision = revision;
  return {};
}

Result<EventIdentity> read_identity(JsonView cloud_event) {
  EventIdentity identity;
  GLMAP_CHECK(read_envelope(cloud_event, identity));
  identity.content_digest = content_digest(cloud_event);
  return identity;
}

JsonMark content_mark(JsonView cloud_event) {
  JsonMark sum;
  std::uint64_t factor = 1;  // another one for each member, so that a value says nothing in the place of another
  for (const std::string_view name : kContent) {
    factor += 2;
    const JsonView value = given(cloud_event, name);
    if (!value) continue;
    const JsonMark mark = mark_of(value);
    sum.low += mark.low * factor;
    sum.high += mark.high * factor;
  }
  return sum;
}

Result<BillingEvent> decode_event(const EventCatalog& catalog, JsonView cloud_event) {
  EventIdentity identity;
  BillingEvent event;
  GLMAP_CHECK(read_envelope(cloud_event, identity));
  GLMAP_CHECK(decode_event(catalog, cloud_event, identity, event));
  return event;
}

Status decode_event(const EventCatalog& catalog, JsonView cloud_event, const EventIdentity& identity,
                    BillingEvent& event) {
  Decoder decoder(catalog, cloud_event, event, false);
  decoder.decode(&identity);
  std::vector<Error> faults = decoder.take_faults();
  if (!faults.empty()) return std::unexpected(std::move(faults.front()));
  return {};
}

std::vector<Error> find_event_faults(const EventCatalog& catalog, JsonView cloud_event) {
  BillingEvent event;
  Decoder decoder(catalog, cloud_event, event, true);
  decoder.decode(nullptr);
  return decoder.take_faults();
}

Result<EventIdentity> read_identity(const Json& cloud_event) {
  return read_identity(JsonDocument(cloud_event).root());
}
Result<BillingEvent> decode_event(const EventCatalog& catalog, const Json& cloud_event) {
  return decode_event(catalog, JsonDocument(cloud_event).root());
}
std::vector<Error> find_event_faults(const EventCatalog& catalog, const Json& cloud_event) {
  return find_event_faults(catalog, JsonDocument(cloud_event).root());
}

}  // namespace glmap
