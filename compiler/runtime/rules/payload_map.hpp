// SPDX-License-Identifier: Apache-2.0
// How the payloads of one foreign system become our events: an `intake` of the book with every name resolved. Part of a
// rules bundle; read by PayloadReader (payload_reader.hpp). Plain values. Reference: docs/language/intake.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::rules {

/// Members one in the other, from the body that came in, from one payload in it, or from one line of the payload.
struct PayloadPath {
  enum class From : std::uint8_t { payload, body, line };
  From from = From::payload;
  std::vector<std::string> steps;
  /// `data.object.total`; members made of other signs stand in quotes.
  std::string to_text() const;
  friend bool operator==(const PayloadPath&, const PayloadPath&) = default;
};
std::string path_text(const std::vector<std::string>& steps);

/// A value that a condition names: `yes` and `no` are JSON's true and false, anything else a text or a number.
struct PayloadValue {
  bool truth = false;  // the text is "true" or "false" and means the JSON value
  std::string text;
  friend bool operator==(const PayloadValue&, const PayloadValue&) = default;
  friend auto operator<=>(const PayloadValue&, const PayloadValue&) = default;
};

/// `type is invoice.finalized, invoice.paid`, `items is given`. What is absent is none of the values.
struct PayloadTest {
  PayloadPath subject;
  bool given = false;                // `is given`
  std::vector<PayloadValue> values;  // else: one of these; sorted
  bool negated = false;
  SourceRef where;
};

/// A part of what a field is made of.
struct PayloadTerm {
  enum class Take : std::uint8_t {
    one,    // what stands at the path
    first,  // the first of what stands there in a list; absent when there is none
    only,   // the same, and more than one is a fault
    sum,    // all of it added up; nothing in the list is zero
  };
  bool negative = false;
  bool is_constant = false;
  std::string constant;
  Take take = Take::one;
  PayloadPath path;                   // of `list`: from each of its elements
  std::optional<PayloadPath> list;    // `amount of transactions`
  std::optional<PayloadTest> filter;  // `where kind is refund`; its subject starts at an element of `list`
};

enum class PayloadReading : std::uint8_t {
  constant,           // a fixed text of the book
  text,               // text
  number_text,        // a whole number, kept as text: identifiers
  code,               // text that is a value of a closed list, a currency, an entity
  code_lower,         // the same in small letters, ours is in capitals
  code_upper,         // the same in capitals, ours is in small letters
  table,              // codes translated by a table of the book
  minor_units,        // a whole number of minor units of the currency
  minor_units_text,   // the same as text
  hundredths,         // a whole number of hundredths, whatever the currency
  hundredths_text,    // the same as text
  decimal_number,     // a number
  decimal_text,       // a number as text
  decimal,            // either
  date,               // YYYY-MM-DD
  instant,            // RFC 3339
  unix_seconds,       // a whole number
  unix_milliseconds,  // a whole number
  truth,              // true or false
  truth_text,         // "true" or "false"
};

/// Which day an instant belongs to, for a field that is a date.
enum class PayloadDay : std::uint8_t { none, zone_of_entity, zone, as_written };

struct PayloadField {
  enum class Target : std::uint8_t { id, time, revision, subject, header, line };
  Target target = Target::header;
  std::uint32_t field = 0;  // header, line: index into the event type's fields
  std::vector<PayloadTerm> terms;
  bool joined = false;  // one text, or the inputs of a table; else they are added up
  PayloadReading reading = PayloadReading::text;
  PayloadDay day = PayloadDay::none;
  std::string zone;          // PayloadDay::zone
  std::uint32_t table = 0;   // PayloadReading::table; its answer is `answer`
  std::uint32_t answer = 0;  // answer column
  bool may_be_absent = false;
  SourceRef where;
};

struct KnownPath {
  PayloadPath path;
  bool everything = false;
};

/// A kind of payload and the event it gives, or the reason why it gives none.
struct PayloadKind {
  std::vector<std::string> each;      // `for each of`: where in the body these payloads stand; empty: the body is one
  std::vector<PayloadTest> when;      // all must hold
  std::optional<std::uint32_t> type;  // event type; none: no event
  std::string because;                // no event
  std::vector<PayloadField> fields;   // identity and header; those that others rest on come first
  struct Lines {
    std::vector<std::string> path;
    std::vector<PayloadTest> filter;  // subjects start at the line
    std::vector<PayloadField> fields;
  };
  std::optional<Lines> lines;
  std::vector<KnownPath> known;  // members that are not read and are no news
  SourceRef where;
};

struct Intake {
  std::string name;
  std::string title;
  std::string because;
  std::string source;  // of the events
  std::vector<PayloadTest> only_when;
  std::string only_because;
  std::vector<PayloadKind> kinds;  // no payload is of two
  SourceRef where;
};

}  // namespace glmap::rules
