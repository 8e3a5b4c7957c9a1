// SPDX-License-Identifier: Apache-2.0
// Which events a run has seen: identities to the letter, contents by their mark. About 80 bytes an event. Not what the
// gateway keeps (that is its store). Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"

namespace glmap::driver {

class SeenEvents {
 public:
  enum class Answer : std::uint8_t {
    added,     // not seen before
    same,      // seen with the same content
    conflict,  // seen with other content
  };
  Answer add(const EventIdentity& identity, const JsonMark& content);

 private:
  struct Record {
    std::size_t start = 0;  // in texts_
    std::uint32_t length = 0;
    JsonMark content;
  };
  /// Begins at the place that the upper bits of `hash` name, so that growing walks both tables from front to back.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t record = 0;  // position + 1; 0: free
  };
  void grow();
  bool is_identity(const Record& record) const;

  std::vector<Slot> slots_;
  unsigned bits_ = 0;  // slots_ has 2^bits_
  std::vector<Record> records_;
  std::string texts_;  // the identities one after the other
  std::string key_;    // of the event in hand
};

}  // namespace glmap::driver
