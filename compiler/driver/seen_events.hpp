// SPDX-License-Identifier: Apache-2.0
// Which events a run has seen: identities to the letter, contents by their mark. About 70 bytes an event. Not what the
// gateway keeps (that is its store). Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json_document.hpp"

namespace glmap::driver {

class SeenEvents {
 public:
  enum class Answer : std::uint8_t {
    added,     // not seen before
    same,      // seen with the same content
    conflict,  // seen with other content
  };
  /// Of an event that is about to be added. Its place in memory is fetched from now on: where there is something else
  /// to do before, nobody waits for it.
  class Key {
    friend class SeenEvents;
    std::string_view id, revision;
    std::uint32_t source = 0;  // in sources_
    std::uint32_t hash = 0;
  };
  /// The texts must stay until the event is added.
  Key key(std::string_view source, std::string_view id, std::string_view revision);
  Answer add(const Key& key, JsonMark content);

 private:
  struct Record {
    std::size_t start = 0;  // in texts_: the id, then the revision
    JsonMark content;
    std::uint32_t source = 0;  // in sources_
    std::uint16_t id_size = 0, revision_size = 0;
  };
  /// Begins at the place that the upper bits of `hash` name, so that growing walks both tables from front to back.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t record = 0;  // position + 1; 0: free
  };
  void grow();
  std::uint32_t number_of(std::string_view source);
  bool is(const Record& record, const Key& key) const;

  std::vector<Slot> slots_;
  unsigned bits_ = 0;  // slots_ has 2^bits_
  std::vector<Record> records_;
  std::string texts_;
  std::vector<std::string> sources_;  // a handful
  std::uint32_t source_ = 0;          // of the event before
};

}  // namespace glmap::driver
