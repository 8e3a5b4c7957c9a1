// SPDX-License-Identifier: Apache-2.0
// Every function here says true only of what decode_event takes, and false as soon as something is out of the ordinary:
// another member, an escaped key, a blank where senders write none, a fault.
#include "compiler/runtime/accounting/event_reader.hpp"

#include <bit>
#include <cstring>
#include <span>

#include "compiler/runtime/accounting/currency_table.hpp"
#include "compiler/runtime/accounting/event_parts.hpp"
#include "compiler/runtime/accounting/event_paths.hpp"
#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/json_fault.hpp"
#include "compiler/runtime/base/json_words.hpp"

namespace glmap {
namespace {

using event_parts::EnvelopeMember;
using event_parts::SumScope;
using Role = EventPaths::Role;
using Member = EventPaths::Member;

// Longer texts are few, and what reading them costs is not the way to it.
constexpr std::size_t kTextMax = std::size_t{64} << 10;
constexpr std::size_t kFieldsMax = 64;

std::uint64_t bit(std::size_t position) {
  return std::uint64_t{1} << position;
}

/// What is known of the fields of a header or of a line before any event.
struct FieldsPlan {
  std::uint64_t all = 0;
  std::uint64_t needed = 0;  // those that an event must carry
  bool has_sums = false;     // definitions, invariants or signs
};

struct TypePlan {
  FieldsPlan header, line;
  std::optional<std::uint32_t> object;  // header field
  bool usable = false;                  // no more fields than a word has bits
  JsonMark mark;                        // of its name
};

FieldsPlan plan_of(const EventType& type, const std::vector<Field>& fields, bool on_line) {
  FieldsPlan plan;
  for (std::size_t i = 0; i < fields.size() && i < kFieldsMax; ++i) {
    plan.all |= bit(i);
    if (fields[i].required && fields[i].definition.empty()) plan.needed |= bit(i);
    plan.has_sums = plan.has_sums || !fields[i].definition.empty() || fields[i].sign != AmountSign::any;
  }
  for (const Invariant& invariant : type.invariants) plan.has_sums = plan.has_sums || invariant.on_line == on_line;
  return plan;
}

JsonMark mark_of_text(std::string_view text) {
  JsonMixer mixer;
  mixer.take_text(text);
  return mixer.mark();
}

TypePlan plan_of(const EventType& type) {
  TypePlan plan;
  plan.header = plan_of(type, type.header, false);
  plan.line = plan_of(type, type.line, true);
  if (!type.object.empty()) plan.object = type.header_index(type.object);
  plan.usable = type.header.size() <= kFieldsMax && type.line.size() <= kFieldsMax;
  plan.mark = mark_of_text(type.name);
  return plan;
}

/// Digits with at most `places` behind a point and no sign of an exponent, as a count of minor units.
std::optional<std::int64_t> read_minor(std::string_view text, int places) {
  constexpr std::size_t kDigitsMax = 14;  // with four places of a minor unit behind them within 64 bits
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  std::int64_t value = 0;
  int behind = -1;  // the point was not seen yet
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      behind += behind >= 0 ? 1 : 0;
    } else if (c == '.' && behind < 0) {
      behind = 0;
    } else {
      return std::nullopt;
    }
  }
  if (text.front() == '.' || behind == 0 || behind > places) return std::nullopt;
  for (int missing = places - std::max(behind, 0); missing > 0; --missing) value *= 10;
  return negative ? -value : value;
}

template <class T>
T& as(FieldValue& value) {
  T* held = std::get_if<T>(&value);
  return held != nullptr ? *held : value.emplace<T>();
}

/// Without a choice for each size, as most texts are short; sixteen bytes behind `text` can be read.
void assign_padded(std::string& to, std::string_view text) {
  constexpr std::size_t kShort = 15;
  if (text.size() > kShort) {
    to.assign(text);
    return;
  }
  to.resize_and_overwrite(kShort, [&](char* at, std::size_t) {
    using byte_scan::load;
    const auto front = load<std::uint64_t>(text.data());
    const auto back = load<std::uint64_t>(text.data() + kShort - 8);
    std::memcpy(at, &front, 8);
    std::memcpy(at + kShort - 8, &back, 8);
    return text.size();
  });
}

}  // namespace

/// A value that is no array and no object, as written but for its escapes.
struct Scalar {
  using Kind = JsonView::Kind;  // but array and object
  Kind kind = Kind::null;
  bool escaped = false;  // was written with escapes, which can stand for any character
  std::string_view text;
};

/// One text while it is read.
class EventReading {
 public:
  EventReading(const EventCatalog& catalog, const EventPaths& paths, std::span<const TypePlan> plans, std::string& room,
               std::vector<Error>& faults, BillingEvent& event)
      : catalog_(catalog), paths_(paths), plans_(plans), room_(room), faults_(faults), event_(event) {}

  bool read(std::string_view text) {
    if (text.size() > kTextMax || !find_json_words(text, words_)) return false;
    text_ = text;
    find_escape(0);
    plain_ = std::memchr(text.data(), 0x7F, text.size()) == nullptr &&
             std::memchr(text.data(), 0xC2, text.size()) == nullptr;
    event_.unknown_fields.clear();
    event_.occurred_at.reset();
    event_.object.clear();
    event_.revision.clear();
    at_ = words_.at;
    if (!envelope() || at_ != words_.at + words_.count || !check_sums()) return false;
    if (plan_->object) event_.object = object_;
    return true;
  }
  const JsonMark& content() const { return content_; }

 private:
  // ---- words

  /// Takes the word, which is one character, and gives it; behind the last word 0.
  char take() {
    const std::uint32_t at = *at_;
    if (at >= text_.size()) return 0;
    ++at_;
    return text_[at];
  }
  void find_escape(std::size_t from) {
    const void* found = from < text_.size() ? std::memchr(text_.data() + from, '\\', text_.size() - from) : nullptr;
    escape_ =
        found == nullptr ? text_.size() : static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
  }

  /// The member behind `after` whose key comes now; its key and colon are taken. 0: none of those known.
  std::uint32_t member(std::uint32_t after) {
    const std::uint32_t start = at_[0];
    if (start >= text_.size()) return 0;
    const std::uint32_t colon = at_[1];
    if (colon >= text_.size() || text_[colon] != ':') return 0;
    at_ += 2;
    return paths_.find(after, text_.substr(start, colon - start));
  }

  bool scalar(Scalar& value) {
    const std::size_t start = at_[0];
    if (start >= text_.size()) return false;
    const std::size_t stop = at_[1];  // where the next word begins
    ++at_;
    if (text_[start] != '"') return word(text_.substr(start, stop - start), value);
    if (stop <= start + 1 || text_[stop - 1] != '"') return false;
    value.kind = Scalar::Kind::text;
    value.text = text_.substr(start + 1, stop - start - 2);
    value.escaped = escape_ < stop;
    return !value.escaped || unescape(stop - 1, value.text);
  }

  /// A text that is sound as it is written, and not empty. False: nothing is taken.
  bool plain_text(std::string_view& text) {
    const std::size_t start = at_[0];
    if (!plain_ || start >= text_.size() || text_[start] != '"') return false;
    const std::size_t stop = at_[1];
    const std::size_t size = stop - start - 2;
    if (stop <= start + 2 || size > event_parts::kTextBytesMax || text_[stop - 1] != '"' || escape_ < stop)
      return false;
    ++at_;
    text = text_.substr(start + 1, size);
    return true;
  }

  [[gnu::noinline]] bool unescape(std::size_t quote, std::string_view& text) {
    // In a place of its own, behind which may be read and written what unescaping reads and writes at once.
    const std::size_t size = text.size();
    const std::size_t needed = used_ + 2 * (size + 1 + kJsonPadding);
    if (room_.size() < needed) {
      if (used_ != 0) return false;  // texts in use stand there
      room_.resize(std::max(needed, 4 * kTextMax));
    }
    char* const from = room_.data() + used_;
    std::memcpy(from, text.data(), size);
    from[size] = '"';
    char* const to = from + size + 1 + kJsonPadding;
    const char* stop = unescape_json(from, from + size, to);
    if (stop == nullptr) return false;
    text = {to, static_cast<std::size_t>(stop - to)};
    used_ = static_cast<std::size_t>(stop - room_.data()) + kJsonPadding;
    find_escape(quote);
    return true;
  }

  static bool word(std::string_view text, Scalar& value) {
    value.text = text;
    if (text == "null") {
      value.kind = Scalar::Kind::null;
    } else if (text == "true" || text == "false") {
      value.kind = Scalar::Kind::truth;
    } else {
      value.kind = Scalar::Kind::number;
      return is_json_number(text);
    }
    return true;
  }

  // ---- what event_parts::check_text and the mark want to know

  bool is_sound_text(const Scalar& value) const {
    if (value.kind != Scalar::Kind::text || value.text.size() > event_parts::kTextBytesMax) return false;
    return (plain_ && !value.escaped) || event_parts::find_control(value.text) == value.text.size();
  }

  static void mix(JsonMixer& mixer, const Scalar& value) {
    switch (value.kind) {
      case Scalar::Kind::text:
        return mixer.take_padded_text(value.text);
      case Scalar::Kind::number:
        return mixer.take_number(value.text);
      case Scalar::Kind::truth:
        return mixer.take_truth(value.text == "true");
      default:
        return mixer.take_null();
    }
  }

  // ---- the envelope

  bool envelope() {
    if (take() != '{') return false;
    std::uint32_t after = EventPaths::kEnvelope;
    unsigned seen = 0;
    for (char behind = ','; behind != '}'; behind = take()) {
      if (behind != ',') return false;
      after = member(after);
      if (after == 0) return false;
      const Role role = paths_.member(after).role;
      if (role == Role::data) {
        if (!data()) return false;
        seen |= 1u << static_cast<unsigned>(Role::data);
        continue;
      }
      Scalar value;
      if (!scalar(value)) return false;
      if (role == Role::other || value.kind == Scalar::Kind::null) continue;
      if (!is_sound_text(value) || !attribute(role, value.text)) return false;
      seen |= 1u << static_cast<unsigned>(role);
    }
    constexpr unsigned kNeeded = 1u << static_cast<unsigned>(Role::specversion) |
                                 1u << static_cast<unsigned>(Role::id) | 1u << static_cast<unsigned>(Role::source) |
                                 1u << static_cast<unsigned>(Role::type) | 1u << static_cast<unsigned>(Role::data);
    return (seen & kNeeded) == kNeeded;
  }

  bool attribute(Role role, std::string_view text) {
    switch (role) {
      case Role::specversion:
        return text == "1.0";
      case Role::id:
        event_.id = text;
        return !text.empty();
      case Role::source:
        event_.source = text;
        return !text.empty();
      case Role::revision:
        event_.revision = text;
        return true;
      case Role::subject:
        event_parts::add_to_content(content_, EnvelopeMember::subject, mark_of_text(text));
        return true;
      case Role::time:
        return time(text);
      default:
        return role == Role::type && type(text);
    }
  }

  bool type(std::string_view name) {
    const auto found = catalog_.type_index(name);
    if (!found || !plans_[*found].usable) return false;
    event_.type = *found;
    type_ = &catalog_.types[*found];
    plan_ = &plans_[*found];
    event_parts::add_to_content(content_, EnvelopeMember::type, plan_->mark);
    return true;
  }

  bool time(std::string_view text) {
    const auto instant = Instant::parse(text);
    if (!instant) return false;
    event_.occurred_at = *instant;
    event_parts::add_to_content(content_, EnvelopeMember::time, mark_of_text(text));
    return true;
  }

  // ---- header and lines

  /// What has been read of one object's members.
  struct Object {
    const std::vector<Field>& fields;
    std::vector<FieldValue>& values;
    const FieldsPlan& plan;
    std::uint64_t seen = 0;
    std::size_t size = 0;
    JsonMark sum;

    JsonMark mark() const {
      JsonMixer mixer;
      mixer.take_object(size, sum);
      return mixer.mark();
    }
  };

  bool data() {
    if (type_ == nullptr) return false;  // the event says what it is behind what it says
    event_.header.resize(type_->header.size());
    Object header{type_->header, event_.header, plan_->header};
    if (type_->line.empty()) event_.lines.clear();
    lines_seen_ = type_->line.empty();
    if (!object(EventPaths::header_of(event_.type), header, true) || !lines_seen_) return false;
    event_parts::add_to_content(content_, EnvelopeMember::data, header.mark());
    return true;
  }

  bool object(std::uint32_t begin, Object& into, bool is_header) {
    if (take() != '{') return false;
    std::uint32_t after = begin;
    for (char behind = ','; behind != '}'; behind = take()) {
      if (behind != ',') return false;
      after = member(after);
      if (after == 0) return false;
      const Member& known = paths_.member(after);
      JsonMixer mixer = known.mixer;
      ++into.size;
      if (std::string_view text; known.role == Role::text && plain_text(text)) {  // most members are
        mixer.take_padded_text(text);
        assign_padded(as<std::string>(into.values[known.field]), text);
        into.seen |= bit(known.field);
        if (is_header && plan_->object == known.field) object_ = text;
      } else if (known.role == Role::lines) {
        if (!lines(mixer)) return false;
      } else {
        Scalar value;
        if (!scalar(value)) return false;
        mix(mixer, value);
        if (known.role == Role::other)
          note_unknown(known, is_header);
        else if (value.kind != Scalar::Kind::null && !field(known.field, value, into, is_header))
          return false;
      }
      into.sum += mixer.mark();
    }
    if ((into.plan.needed & ~into.seen) != 0) return false;
    for (std::uint64_t absent = into.plan.all & ~into.seen; absent != 0; absent &= absent - 1)
      into.values[static_cast<std::size_t>(std::countr_zero(absent))] = std::monostate();
    return true;
  }

  void note_unknown(const Member& known, bool is_header) {
    const event_parts::Place place{is_header ? std::nullopt : std::optional<std::size_t>(line_)};
    event_.unknown_fields.push_back(place.pointer(known.name()));
  }

  bool lines(JsonMixer& mixer) {
    if (take() != '[') return false;
    line_ = 0;
    for (char behind = ','; behind != ']'; behind = take(), ++line_) {
      if (behind != ',') return false;
      if (line_ == event_.lines.size()) event_.lines.emplace_back();
      std::vector<FieldValue>& values = event_.lines[line_];
      values.resize(type_->line.size());
      Object line{type_->line, values, plan_->line};
      if (!object(EventPaths::line_of(event_.type), line, false)) return false;
      mixer.take_object(line.size, line.sum);
    }
    event_.lines.resize(line_);
    mixer.take_array(line_);
    lines_seen_ = true;
    return true;
  }

  /// As event_parts::read_field.
  bool field(std::size_t position, const Scalar& value, Object& into, bool is_header) {
    const Field& known = into.fields[position];
    FieldValue& out = into.values[position];
    const bool is_text = value.kind == Scalar::Kind::text;
    switch (known.kind) {
      case FieldKind::text:
        if (!is_sound_text(value)) return false;
        if (value.text.empty()) return true;  // as good as none
        assign_padded(as<std::string>(out), value.text);
        break;
      case FieldKind::list:
        if (!is_sound_text(value) || !put_code(catalog_.lists[known.list].code_of(value.text), out)) return false;
        break;
      case FieldKind::entity: {
        const auto entity = is_sound_text(value) ? catalog_.entity_index(value.text) : std::nullopt;
        if (!put_code(entity, out)) return false;
        if (is_header && position == type_->entity_field) functional_ = catalog_.entities[*entity].functional;
        break;
      }
      case FieldKind::currency: {
        const auto currency = is_text ? currency_position(value.text) : std::nullopt;
        if (!put_code(currency, out)) return false;
        if (is_header && type_->currency_field && position == *type_->currency_field)
          currency_ = Currency::all()[*currency];
        break;
      }
      case FieldKind::money:
        if (!put_money(value, currency_, out)) return false;
        break;
      case FieldKind::money_functional:
        if (!put_money(value, functional_, out)) return false;
        break;
      case FieldKind::decimal:
        if (!put(is_text ? Decimal::parse(value.text) : Decimal::parse_json_number(value.text), out)) return false;
        break;
      case FieldKind::date:
        if (!is_text || !put(Date::parse(value.text), out)) return false;
        break;
      case FieldKind::instant:
        if (!is_text || !put(Instant::parse(value.text), out)) return false;
        break;
      case FieldKind::yes_no:
        if (value.kind != Scalar::Kind::truth) return false;
        as<bool>(out) = value.text == "true";
        break;
    }
    into.seen |= bit(position);
    if (is_header && plan_->object == position && is_text) object_ = value.text;
    return true;
  }

  static bool put_code(std::optional<std::uint32_t> code, FieldValue& out) {
    if (!code) return false;
    as<Code>(out).value = *code;
    return true;
  }
  template <class T>
  static bool put(const Result<T>& value, FieldValue& out) {
    if (!value) return false;
    as<T>(out) = *value;
    return true;
  }
  /// Where the currency stands before the amount.
  static bool put_money(const Scalar& value, const std::optional<Currency>& currency, FieldValue& out) {
    if (!currency || (value.kind != Scalar::Kind::text && value.kind != Scalar::Kind::number)) return false;
    const auto minor = read_minor(value.text, currency->digits());
    if (!minor) return false;
    as<Money>(out) = Money::from_minor(*minor, *currency);
    return true;
  }

  // ---- what comes at the end

  bool check_sums() {
    for (std::size_t i = 0; plan_->line.has_sums && i < event_.lines.size(); ++i) {
      SumScope scope{.fields = type_->line, .values = event_.lines[i], .place = {.line = i}};
      event_parts::check_sums(type_->invariants, true, scope, faults_);
    }
    if (plan_->header.has_sums && faults_.empty()) {
      SumScope scope{
          .fields = type_->header, .values = event_.header, .line_fields = &type_->line, .line_values = &event_.lines};
      event_parts::check_sums(type_->invariants, false, scope, faults_);
    }
    return faults_.empty();
  }

  const EventCatalog& catalog_;
  const EventPaths& paths_;
  std::span<const TypePlan> plans_;
  std::string& room_;  // for texts without their escapes
  std::size_t used_ = 0;
  std::vector<Error>& faults_;
  BillingEvent& event_;
  std::string_view text_;
  JsonWords words_;
  const std::uint32_t* at_ = nullptr;  // the word that is read next
  std::size_t escape_ = 0;             // the first backslash that has not been passed
  bool plain_ = false;                 // no text as written can hold DEL or a control character of C1
  const EventType* type_ = nullptr;
  const TypePlan* plan_ = nullptr;
  std::optional<Currency> currency_, functional_;
  std::string_view object_;
  std::size_t line_ = 0;
  bool lines_seen_ = false;
  JsonMark content_;
};

struct EventReader::Impl {
  explicit Impl(const EventCatalog& known) : catalog(known), paths(known) {
    for (const EventType& type : known.types) plans.push_back(plan_of(type));
  }
  const EventCatalog& catalog;
  EventPaths paths;
  std::vector<TypePlan> plans;  // by EventCatalog::types
  std::string room;
  std::vector<Error> faults;
};

EventReader::EventReader(const EventCatalog& catalog) : impl_(std::make_unique<Impl>(catalog)) {}
EventReader::~EventReader() = default;

bool EventReader::read(std::string_view text, BillingEvent& event, JsonMark& content) {
  Impl& own = *impl_;
  own.faults.clear();
  EventReading reading(own.catalog, own.paths, own.plans, own.room, own.faults, event);
  if (!reading.read(text)) return false;
  content = reading.content();
  return true;
}

void EventReader::learn(JsonView cloud_event) {
  impl_->paths.learn(cloud_event);
}

}  // namespace glmap
