// SPDX-License-Identifier: Apache-2.0
// Foreign payloads to our events, as an intake of the book says. Total and deterministic: a payload gives one event
// that decode_event accepts, or no event with the book's reason, or is refused with a code and a place. Nothing is
// guessed: what the book does not speak of is counted as drift and kept out. Built once, then read by any thread; book
// and intake are only lent. No I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// A difference between a payload and what the book knows of it.
struct Drift {
  enum class Kind : std::uint8_t {
    unknown,   // a member that the intake neither reads nor lists as known
    missing,   // a member that it needs
    renamed,   // a member that it needs is missing, and others beside it that it does not know could be read as it
    retyped,   // a member holds another kind of value
    new_code,  // a code that the book's lists or table do not have
  };
  Kind kind = Kind::unknown;
  std::string path;      // in the payload, without positions in lists
  std::string pointer;   // into the body
  std::string expected;  // retyped: what the intake reads there
  std::string found;     // what stands there; renamed: the names
};
std::string_view to_text(Drift::Kind kind);

struct PayloadResult {
  enum class Outcome : std::uint8_t { event, no_event, refused };
  Outcome outcome = Outcome::refused;
  Json event;                         // event: a CloudEvent in structured JSON
  std::string because;                // no_event
  std::optional<Error> error;         // refused: GLM-6020..6024, or what decode_event says of the event
  std::optional<std::uint32_t> kind;  // of Intake::kinds, where one fits
  std::string pointer;                // of the payload in the body
  std::vector<Drift> drift;
};

class PayloadReader {
 public:
  PayloadReader(const RuleBook& book, const Intake& intake);
  ~PayloadReader();
  PayloadReader(const PayloadReader&) = delete;
  PayloadReader& operator=(const PayloadReader&) = delete;

  /// Every payload in a body, in its order: a list is several bodies, and `for each of` finds several in one. At least
  /// one result unless the body is an empty list.
  std::vector<PayloadResult> read(JsonView body) const;

 private:
  struct Known;
  std::unique_ptr<const Known> known_;
  const RuleBook& book_;
  const Intake& intake_;
};

}  // namespace glmap::rules
