// SPDX-License-Identifier: Apache-2.0
// Reads events of a stream that are written like others before them: the same members in the same order, as senders
// do. Goes from the words of the text straight to the fields, and takes nothing but sound events; all others are left
// to decode_event, which says what is wrong. Makes of a text exactly what read_envelope, content_mark and decode_event
// make of it: a property test and the fuzzer hold it to that. One a thread.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/base/json_words.hpp"

namespace glmap {

class EventReader {
 public:
  /// The catalog must outlive the reader.
  explicit EventReader(const EventCatalog& catalog);
  ~EventReader();

  /// kJsonPadding bytes behind `text` can be read.
  /// True: `text` is a sound event, which is now in `event` (whose memory is used again), with the mark of its content.
  /// False: that is not known, and `event` holds nothing of use.
  bool read(std::string_view text, BillingEvent& event, JsonMark& content);

  /// Notes the members of an event that decode_event has found sound, for those written like it.
  void learn(JsonView cloud_event);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace glmap
