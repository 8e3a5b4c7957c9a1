// SPDX-License-Identifier: Apache-2.0
// A diff of two books as people and programs read it: text, JSON (docs/formats/diff.md), Markdown for a pull request,
// HTML. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/change/book_diff.hpp"
#include "compiler/change/money_diff.hpp"

namespace glmap::change {

struct BookName {
  std::string given;  // as the user gave it: a folder, a bundle, HEAD~1:mappings/acme
  std::string name, release, digest;
};

/// A test of the old book whose events post otherwise by the new one.
struct MovedTest {
  std::string title;
  std::vector<std::string> events;  // ids
};

struct DiffReport {
  BookName before, after;
  std::vector<LegalEntity> entities_before, entities_after;  // for the names of accounts
  BookDiff diff;
  std::optional<std::vector<MovedTest>> moved_tests;  // nullopt: the old book's tests are not known (a bundle)
  std::size_t tests = 0;
  std::optional<MoneyDiff> money;

  bool moves() const;
  bool decided() const { return diff.not_decided.empty(); }
};

std::string diff_text(const DiffReport& report);
std::string diff_json(const DiffReport& report);
std::string diff_markdown(const DiffReport& report);
/// One file that needs nothing else, neither network nor script.
std::string diff_html(const DiffReport& report);

/// "now posts differently", "now held", "no longer held" ...
std::string change_words(const Region& region);
/// "nothing moves", "3 regions of events post differently"; what a first line says.
std::string verdict_words(const DiffReport& report);

}  // namespace glmap::change
