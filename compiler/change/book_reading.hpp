// SPDX-License-Identifier: Apache-2.0
// What one book decides for every event of a box: the evaluator's own steps, taken for a whole box at once. Where the
// events of the box part - a row that fits some of them, a condition that holds for some - it says how to split the
// box instead. Amounts come out as formulas with the schema's sums put in. It agrees with rules::Evaluator event by
// event; tests/change compares the two. Private to change; single-threaded.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/change/event_frame.hpp"
#include "compiler/verify/covering.hpp"

namespace glmap::change {

/// What becomes of an event. Refused and held events post nothing and wait for a person: which of them, and for which
/// reason, is not compared.
struct Outcome {
  enum class Kind : std::uint8_t { waits, no_entry, posts };
  Kind kind = Kind::waits;
  std::vector<std::string> lines;  // posts: what each line posts, sorted
  bool by_state = false;           // some line depends on what was posted before
  friend bool operator==(const Outcome& a, const Outcome& b) { return a.kind == b.kind && a.lines == b.lines; }
};

/// The events of a box part here: those inside `part` of the column, and the others.
struct Split {
  std::size_t column = 0;
  verify::Cell part;
};
/// Why reading a box ends before it is through.
struct Stop {
  bool waits = false;  // the events of the box wait; else:
  Split split;
};
template <class T>
using Read = std::expected<T, Stop>;

/// Rows of a table that can still fit, by who asks: narrowed from box to box.
using Question = std::vector<std::uint32_t>;
struct Narrowed {
  const Narrowed* wider = nullptr;  // of the box that this one is a part of
  std::map<Question, std::vector<std::uint32_t>> rows;
};

class RuleAmounts;

/// One of the two books, with what is worked out once for all boxes.
class BookSide {
 public:
  BookSide(const EventFrame& frame, std::size_t book);
  ~BookSide();
  BookSide(BookSide&&) noexcept;

  /// `with_rates`: an event in a foreign currency whose rate is missing waits; otherwise rates are taken to be there.
  Read<Outcome> read(const verify::Box& box, bool with_rates, Narrowed& narrowed, verify::Steps& steps) const;

 private:
  friend class Reading;
  const EventFrame& frame_;
  std::size_t book_;
  mutable std::map<const rules::Condition*, verify::Cell> cells_;
  mutable std::map<std::string, std::unique_ptr<RuleAmounts>> amounts_;
};

}  // namespace glmap::change
