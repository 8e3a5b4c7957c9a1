// SPDX-License-Identifier: Apache-2.0
// An event of a box made up in full, and what a book makes of it when it is really run. Private to change.
// Single-threaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/change/event_frame.hpp"
#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::change {

/// What one book made of one event.
struct Ran {
  enum class Kind : std::uint8_t { refused, held, no_entry, posts };
  Kind kind = Kind::refused;
  std::string reason;                 // of all but posts
  std::vector<JournalEntry> entries;  // of the event, then of its schedules as they fall due
};
/// "posts", "no entry", "held", "refused"
std::string_view to_text(Ran::Kind kind);

/// Both post the same: entities, accounts, amounts, dimensions, days and documents; or neither posts and both hold the
/// event, or both decide that nothing is posted. What entries are called, and which rule made them, does not count.
bool post_the_same(const Ran& a, const Ran& b);
/// All of an entry that is compared, as one text.
std::string entry_text(const JournalEntry& entry);

/// A CloudEvent whose fields lie in the box; amounts and the like are made up so that sums hold, and differ from
/// `attempt` to `attempt`.
Json make_event(const EventFrame& frame, const verify::Box& box, std::uint32_t attempt);

/// A book to run events of any type, each by itself: as if nothing had happened before, and nothing else comes after.
class Runner {
 public:
  /// `book` outlives the runner.
  explicit Runner(const rules::RuleBook& book);
  Ran run(const Json& cloud_event) const;

 private:
  rules::Evaluator evaluator_;
  bool keeps_state_;
};

}  // namespace glmap::change
