// SPDX-License-Identifier: Apache-2.0
// A CloudEvent to a BillingEvent: envelope, fields, lines, sums. Shape: docs/formats/event.md
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "compiler/runtime/accounting/currency_table.hpp"
#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/event_parts.hpp"
#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/digest.hpp"

namespace glmap {
namespace {

using event_parts::AmountContext;
using event_parts::fail_at;
using event_parts::Place;
using event_parts::SumScope;
using Member = event_parts::EnvelopeMember;

constexpr std::string_view kLines = "lines";

/// A member that is there and not null.
JsonView given(JsonView object, std::string_view name) {
  const JsonView value = object.find(name);
  return value && !value.is_null() ? value : JsonView();
}

/// The members of an envelope that mean something to us, as `given` finds them, in one pass over all.
class Envelope {
 public:
  static constexpr const auto& kNames = event_parts::kEnvelopeMembers;

  explicit Envelope(JsonView event) {
    if (!event.is_object()) return;
    std::size_t next = 0;  // senders keep to an order, mostly this one
    for (const JsonView member : event)
      for (std::size_t i = 0; i < kNames.size(); ++i) {
        const std::size_t at = next;
        next = (next + 1) % kNames.size();
        if (!same_bytes(member.key(), kNames[at])) continue;
        if (!member.is_null()) values_[at] = member;
        break;
      }
  }
  JsonView operator[](Member member) const { return values_[std::to_underlying(member)]; }

 private:
  std::array<JsonView, kNames.size()> values_;
};

Error with_pointer(Error error, std::string pointer) {
  error.where.pointer = std::move(pointer);
  return error;
}

std::unexpected<Error> bad_attribute(ErrorCode code, std::string_view name, std::string_view what) {
  return fail_at(code, pointer_step(name), "`" + std::string(name) + "` " + std::string(what));
}

/// An attribute of the envelope that is text; "" when absent and optional.
Result<std::string_view> attribute(const Envelope& envelope, Member which, bool required) {
  const JsonView value = envelope[which];
  const std::string_view name = Envelope::kNames[std::to_underlying(which)];
  if (!value) {
    if (!required) return std::string_view();
    return bad_attribute(ErrorCode::MissingField, name, "is missing from the envelope of the event");
  }
  if (!value.is_text())
    return bad_attribute(ErrorCode::WrongFieldType, name,
                         "holds " + std::string(value.kind_in_words()) + ", text is expected");
  if (value.text().empty() && required) return bad_attribute(ErrorCode::MissingField, name, "is empty");
  if (auto status = event_parts::check_text(name, value); !status)
    return std::unexpected(with_pointer(std::move(status.error()), pointer_step(name)));
  return value.text();
}

/// Of the canonical JSON of the content.
std::string content_digest(JsonView event) {
  const Envelope envelope(event);
  std::string text = "{";
  for (const Member name : event_parts::kContent) {
    const JsonView value = envelope[name];
    if (!value) continue;
    if (text.size() > 1) text += ',';
    ((text += '"') += Envelope::kNames[std::to_underlying(name)]) += "\":";
    append_canonical(text, value);
  }
  return sha256_hex(text += '}');
}

/// Which fields of an event have been seen.
class FieldSet {
 public:
  void clear(std::size_t size) {
    size_ = size;
    few_ = 0;
    if (size > kFew) many_.assign(size, false);
  }
  void add(std::size_t field) {
    if (size_ <= kFew)
      few_ |= std::uint64_t{1} << field;
    else
      many_[field] = true;
  }
  /// The first field from `field` on that has not been seen; size() when all have.
  std::size_t next_unseen(std::size_t field) const {
    if (size_ <= kFew) {
      const std::uint64_t unseen = field >= kFew ? 0 : ~few_ >> field << field;
      return std::min(static_cast<std::size_t>(std::countr_zero(unseen)), size_);
    }
    while (field < size_ && many_[field]) ++field;
    return field;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kFew = 64;
  std::size_t size_ = 0;
  std::uint64_t few_ = 0;
  std::vector<bool> many_;
};

bool is_amount(const Field& field) {
  return field.kind == FieldKind::money || field.kind == FieldKind::money_functional;
}

class Decoder {
 public:
  /// `all`: go on after a fault.
  Decoder(const EventCatalog& catalog, JsonView json, BillingEvent& event, bool all)
      : catalog_(catalog), json_(json), envelope_(json), event_(event), all_(all) {}

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
    data_ = envelope_[Member::data];
    if (!data_) return note(fail_at(ErrorCode::MissingField, "/data", "`data` is missing: the event says nothing"));
    if (!data_.is_object())
      return note(fail_at(ErrorCode::WrongFieldType, "/data",
                          "`data` holds " + std::string(data_.kind_in_words()) + ", an object is expected"));
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
      if (const auto type = attribute(envelope_, Member::type, true)) type_name_ = *type;
    }
    if (auto subject = attribute(envelope_, Member::subject, false); !subject)
      faults_.push_back(std::move(subject.error()));
    const auto time = attribute(envelope_, Member::time, false);
    if (!time) {
      faults_.push_back(time.error());
    } else if (envelope_[Member::time]) {
      const auto instant = Instant::parse(*time);
      if (instant) {
        event_.occurred_at = *instant;
      } else {
        note(fail_at(ErrorCode::WrongFieldType, "/time", "`time`: " + instant.error().message, instant.error().help));
      }
    }
  }

  /// Amounts can be read only when the currency is known. Where entity and currency stand before them they have been
  /// read; elsewhere they are looked for, and their own faults are reported with the other fields.
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
    context_known_ = true;
  }

  /// A field of the header that has been read without a fault.
  void note_context(std::size_t field, const FieldValue& value) {
    const Code* code = std::get_if<Code>(&value);
    if (field == type_->entity_field && code != nullptr)
      context_.functional = catalog_.entities[code->value].functional;
    else if (type_->currency_field && field == *type_->currency_field && code != nullptr)
      context_.currency = Currency::all()[code->value];
    context_known_ = context_.functional && (context_.currency || !type_->currency_field);
    context_.no_currency = !type_->currency_field;
  }

  static std::optional<std::size_t> find_field(const std::vector<Field>& fields, std::string_view name,
                                               std::size_t& next) {
    // Senders write the same fields in the same order, event after event: begin behind the one found last.
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::size_t at = next + i < fields.size() ? next + i : next + i - fields.size();
      if (!same_bytes(fields[at].name, name)) continue;
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
      const Field& field = fields[*at];
      FieldValue& value = values[*at];
      if (!context_known_ && is_amount(field)) read_context();
      if (auto status = event_parts::read_field(catalog_, field, member, context_, value); !status) {
        faults_.push_back(with_pointer(std::move(status.error()), place.pointer(member.key())));
        if (stop()) return;
        value = std::monostate();
      } else if (field.kind == FieldKind::text && std::holds_alternative<std::monostate>(value)) {
        continue;  // an empty text is as good as none; an amount whose currency is at fault has been sent
      } else if (!context_known_ && !place.line) {
        note_context(*at, value);
      }
      seen_.add(*at);
    }
    for (std::size_t i = seen_.next_unseen(0); i < seen_.size(); i = seen_.next_unseen(i + 1)) {
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
      event_parts::check_sums(type_->invariants, true, scope, faults_);
    }
    if (stop()) return;
    SumScope scope{
        .fields = type_->header, .values = event_.header, .line_fields = &type_->line, .line_values = &event_.lines};
    event_parts::check_sums(type_->invariants, false, scope, faults_);
  }

  void read_object() {
    const auto field = type_->object.empty() ? std::nullopt : type_->header_index(type_->object);
    if (!field) return;
    if (const std::string* text = std::get_if<std::string>(&event_.header[*field]))
      event_.object = *text;
    else if (const JsonView value = given(data_, type_->object); value && value.is_text())
      event_.object = value.text();
  }

  const EventCatalog& catalog_;
  JsonView json_;
  Envelope envelope_;
  JsonView data_;
  BillingEvent& event_;
  bool all_;
  const EventType* type_ = nullptr;
  EventIdentity own_identity_;  // when nobody has read it before
  std::string_view type_name_;
  AmountContext context_;
  bool context_known_ = false;
  std::vector<Error> faults_;
  FieldSet seen_;
};

}  // namespace

Status read_envelope(JsonView cloud_event, EventIdentity& identity) {
  if (!cloud_event.is_object())
    return fail(ErrorCode::WrongFieldType,
                "the event is " + std::string(cloud_event.kind_in_words()) + ", a CloudEvent (an object) is expected");
  const Envelope envelope(cloud_event);
  GLMAP_TRY(version, attribute(envelope, Member::specversion, true));
  if (version != "1.0")
    return fail_at(ErrorCode::BadRequest, "/specversion",
                   "`specversion` is " + in_backticks(version) + ", 1.0 is expected");
  GLMAP_TRY(source, attribute(envelope, Member::source, true));
  identity.source = source;
  GLMAP_TRY(id, attribute(envelope, Member::id, true));
  identity.id = id;
  GLMAP_TRY(type, attribute(envelope, Member::type, true));
  identity.type = type;
  GLMAP_TRY(revision, attribute(envelope, Member::revision, false));
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
  const Envelope envelope(cloud_event);
  JsonMark sum;
  for (const Member name : event_parts::kContent)
    if (const JsonView value = envelope[name]) event_parts::add_to_content(sum, name, mark_of(value));
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
