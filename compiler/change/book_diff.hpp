// SPDX-License-Identifier: Apache-2.0
// What a change of a book moves: regions of events that now post differently, each with an event that was really run by
// both books; what is compared as it is written, because it depends on what happened before; and what does not move a
// posting but a person wants to see. Nothing is said of a change that moves nothing. Pure functions; single-threaded.
#pragma once

#include <string>
#include <vector>

#include "compiler/change/witness.hpp"
#include "compiler/verify/covering.hpp"

namespace glmap::change {

/// One field, and the values it has in a part of a region.
struct FieldPart {
  std::string name;
  std::vector<std::string> values;
  bool absent = false;  // or the event does not carry it
};
struct RegionPart {
  std::vector<FieldPart> fields;    // those that matter
  std::optional<Date> first, last;  // days on which the event would post; both belong to it
};

struct Region {
  std::string event;              // invoice.issued
  std::vector<RegionPart> parts;  // exactly the events that differ
  /// The same in words; where events in a foreign currency without a rate wait by both books, that goes without saying.
  std::vector<std::string> when;
  Ran::Kind before = Ran::Kind::held, after = Ran::Kind::held;
  std::vector<std::string> removed, added;  // what lines post, where both books post
  Json witness;                             // a CloudEvent of the region
  Ran ran_before, ran_after;                // what the two books made of it
  /// Empty: the two differ for the witness. Else why no event shows the region.
  std::string not_shown;
};

/// Something that is not compared event by event, before and after; one of them is empty when it is new or gone.
struct Item {
  std::string section;  // accounts, lists, order ...
  std::string what;
  std::string before, after;
  bool moves = false;  // it can change what is posted or held
};

struct BookDiff {
  std::vector<Region> regions;
  std::vector<Item> items;
  std::vector<std::string> not_decided;  // what nobody knows, in words

  bool moves() const;
};

BookDiff diff_books(const rules::RuleBook& before, const rules::RuleBook& after, verify::Steps& steps);

/// What is compared as it is written: see book_items.cpp.
std::vector<Item> compare_items(const rules::RuleBook& before, const rules::RuleBook& after);

}  // namespace glmap::change
