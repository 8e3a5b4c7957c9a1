// SPDX-License-Identifier: Apache-2.0
// What became of foreign payloads and where they differ from what the book knows of them: counted, with the first
// place. Single-threaded.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/runtime/rules/payload_reader.hpp"

namespace glmap::driver {

class DriftReport {
 public:
  explicit DriftReport(const rules::RuleBook& book, const rules::Intake& intake) : book_(book), intake_(intake) {}

  /// `body`: where it was read from.
  void add(const rules::PayloadResult& result, const SourceRef& body);
  void add_unreadable(const Error& error, const SourceRef& body);

  bool has_drift() const { return !drift_.empty(); }
  std::size_t refused() const { return refused_.size(); }
  /// For people, one line a thing.
  std::string to_text() const;
  /// docs/formats/drift-report.md
  std::string to_json(const std::string& digest) const;
  /// `also known` clauses for the members that are unknown, by kind, as they would stand in the book.
  std::string known_clauses() const;

 private:
  struct Key {
    rules::Drift::Kind kind;
    std::uint32_t payload_kind;
    std::string path, expected;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Count {
    std::size_t payloads = 0;  // a member that is strange in ten lines of one payload counts once
    std::size_t times = 0;
    SourceRef first;
    std::string found;
  };
  std::string kind_words(std::uint32_t kind) const;

  const rules::RuleBook& book_;
  const rules::Intake& intake_;
  std::size_t payloads_ = 0, events_ = 0, without_ = 0;
  std::map<std::string, std::size_t> because_;
  std::vector<Error> refused_;
  std::map<Key, Count> drift_;
};

}  // namespace glmap::driver
