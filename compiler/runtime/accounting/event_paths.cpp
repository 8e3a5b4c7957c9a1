// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/event_paths.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/event_parts.hpp"

namespace glmap {
namespace {

// Streams have a few kinds of events; somebody who sends a new kind each time is not helped by this.
constexpr std::size_t kMembersMax = 10'000;
constexpr std::size_t kChoicesMax = 16;

bool is_plain_key(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool is_one_value(JsonView value) {
  return !value.is_array() && !value.is_object();
}

std::uint16_t position_of(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return static_cast<std::uint16_t>(found - fields.begin());
}

}  // namespace

EventPaths::EventPaths(const EventCatalog& catalog) : catalog_(catalog), members_(1 + 2 * catalog.types.size()) {}

void EventPaths::learn(JsonView cloud_event) {
  const JsonView name = cloud_event.find("type");
  const auto type = name ? catalog_.type_index(name.text()) : std::nullopt;
  if (!type) return;
  const EventType& known = catalog_.types[*type];
  learn_object(kEnvelope, cloud_event, Object::envelope, nullptr);
  const JsonView data = cloud_event.find("data");
  learn_object(header_of(*type), data, Object::header, &known);
  if (known.line.empty()) return;
  for (const JsonView line : data.find("lines")) learn_object(line_of(*type), line, Object::line, &known);
}

/// As far as its members are of the kind that the reader takes.
void EventPaths::learn_object(std::uint32_t begin, JsonView object, Object what, const EventType* type) {
  std::uint32_t after = begin;
  for (const JsonView member : object) {
    if (!is_plain_key(member.key())) return;
    std::string key = '"' + std::string(member.key()) + '"';
    const std::size_t size = key.size();
    key.resize(size + sizeof(std::uint64_t));  // find reads so far
    const std::string_view written = std::string_view(key).substr(0, size);
    const std::uint32_t known = find(after, written);
    after = known != 0 ? known : add(after, written, what, type);
    if (after == 0 || (members_[after].role == Role::other && !is_one_value(member))) return;
  }
}

/// 0: there is no room for another one.
std::uint32_t EventPaths::add(std::uint32_t after, std::string_view key, Object what, const EventType* type) {
  std::size_t choices = 0;
  for (std::uint32_t at = members_[after].next; at != 0; at = members_[at].otherwise) ++choices;
  if (members_.size() >= kMembersMax || choices >= kChoicesMax) return 0;
  Member member;
  member.key = keys_.emplace_back(key);
  const std::string_view name = member.name();
  member.first = byte_scan::load<std::uint64_t>(key.data());
  member.last = byte_scan::load<std::uint64_t>(key.data() + (key.size() < 8 ? 0 : key.size() - 8));
  member.mask = byte_scan::kFirstBytes[std::min<std::size_t>(key.size(), 8)][0];
  member.mixer = JsonMixer::of_key(name);
  if (what == Object::envelope) {
    const auto& names = event_parts::kEnvelopeMembers;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) member.role = static_cast<Role>(found - names.begin());
  } else {
    const std::vector<Field>& fields = what == Object::line ? type->line : type->header;
    member.field = position_of(fields, name);
    if (member.field < fields.size())
      member.role = fields[member.field].kind == FieldKind::text ? Role::text : Role::field;
    else if (what == Object::header && name == "lines" && !type->line.empty())
      member.role = Role::lines;
  }
  // The newest last: what came first comes most often.
  const auto number = static_cast<std::uint32_t>(members_.size());
  std::uint32_t* place = &members_[after].next;
  while (*place != 0) place = &members_[*place].otherwise;
  *place = number;
  members_.push_back(member);
  return number;
}

}  // namespace glmap
