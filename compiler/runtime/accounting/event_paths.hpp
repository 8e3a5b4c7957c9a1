// SPDX-License-Identifier: Apache-2.0
// Which members events have had in which order: a tree, in which events share the beginning in which they do not
// differ. For event_reader.cpp. Single-threaded.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/json_mark.hpp"

namespace glmap {

class EventPaths {
 public:
  enum class Role : std::uint8_t {
    // of the envelope, in the order of event_parts::EnvelopeMember
    specversion,
    id,
    source,
    type,
    time,
    subject,
    revision,
    data,
    // of `data` and of a line
    text,   // a field of kind text
    field,  // of another kind
    lines,
    // of all: it means nothing to us
    other,
  };
  struct Member {
    std::string_view key;         // as written, with its quotes
    std::uint64_t first = 0;      // its first eight bytes
    std::uint64_t last = 0;       // its last eight; where it has not as many, the first ones again
    std::uint64_t mask = 0;       // what of the two counts
    std::uint32_t next = 0;       // the first of the members that have followed it; 0: none has
    std::uint32_t otherwise = 0;  // another one that has come in its place; 0: no other
    Role role = Role::other;
    std::uint16_t field = 0;
    JsonMixer mixer;  // the key taken in

    std::string_view name() const { return key.substr(1, key.size() - 2); }
    /// Eight bytes behind `text` can be read.
    bool is(std::string_view text) const {
      using byte_scan::load;
      if (text.size() != key.size()) return false;
      const std::size_t behind = key.size() < 8 ? 0 : key.size() - 8;
      const std::uint64_t differs =
          (load<std::uint64_t>(text.data()) ^ first) | (load<std::uint64_t>(text.data() + behind) ^ last);
      if ((differs & mask) != 0) return false;
      return key.size() <= 16 || std::memcmp(text.data() + 8, key.data() + 8, key.size() - 16) == 0;
    }
  };

  explicit EventPaths(const EventCatalog& catalog);

  /// Where the members of an object begin.
  static constexpr std::uint32_t kEnvelope = 0;
  static std::uint32_t header_of(std::uint32_t type) { return 1 + 2 * type; }
  static std::uint32_t line_of(std::uint32_t type) { return 2 + 2 * type; }

  const Member& member(std::uint32_t at) const { return members_[at]; }
  /// The member `key` (as written, with its quotes; eight bytes behind it can be read) that has come behind `after`;
  /// 0: none such has.
  std::uint32_t find(std::uint32_t after, std::string_view key) const {
    std::uint32_t at = members_[after].next;
    while (at != 0 && !members_[at].is(key)) at = members_[at].otherwise;
    return at;
  }

  /// Adds the members of an event. Some events are not worth it, or there are too many kinds of them already.
  void learn(JsonView cloud_event);

 private:
  enum class Object : std::uint8_t { envelope, header, line };
  void learn_object(std::uint32_t begin, JsonView object, Object what, const EventType* type);
  std::uint32_t add(std::uint32_t after, std::string_view key, Object what, const EventType* type);

  const EventCatalog& catalog_;
  std::vector<Member> members_;
  std::deque<std::string> keys_;
};

}  // namespace glmap
