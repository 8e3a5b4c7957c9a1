// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/report.hpp"

#include <algorithm>

#include "compiler/verify/covering.hpp"

namespace glmap::verify {
namespace {

constexpr std::size_t kWordsShown = 6;

std::vector<std::string> value_words(const rules::RuleBook& book, const rules::Domain& domain, const Cell& cell) {
  std::vector<std::string> words;
  for (const std::uint32_t value : cell.values) words.push_back(book.value_text(domain, value));
  return words;
}

std::string joined(const std::vector<std::string>& words, std::string_view last) {
  const bool all = words.size() <= kWordsShown + 1;
  const std::size_t shown = all ? words.size() : kWordsShown;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) text += all && i + 1 == shown ? " " + std::string(last) + " " : ", ";
    text += words[i];
  }
  if (!all) text += " " + std::string(last) + " " + std::to_string(words.size() - shown) + " more";
  return text;
}

}  // namespace

diagnostics::Span place(const SourceRef& where) {
  return {where, diagnostics::kRestOfLine};
}

std::string tick(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string one(std::string_view name) {
  return (std::string_view("aeiou").find(name.front()) != std::string_view::npos ? "an " : "a ") + std::string(name);
}

std::string any_of(const std::vector<std::string>& words) {
  return joined(words, "or");
}

std::string all_of(const std::vector<std::string>& words) {
  return joined(words, "and");
}

std::string counted(Count count, std::string_view what) {
  const std::string number = count >= kCountMax ? "more than 10^38" : count_text(count);
  return number + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string cell_words(const rules::RuleBook& book, const rules::TableColumn& column, const Cell& cell) {
  if (cell.any) return "any " + column.name;
  return column.name + " " + any_of(value_words(book, column.domain, cell));
}

std::string written_value(const std::string& value) {
  const bool word = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  return word ? value : "\"" + value + "\"";
}

std::string cell_text(const rules::RuleBook& book, const rules::TableColumn& column, const Cell& cell) {
  if (cell.any) return "any";
  std::string text;
  const auto words = value_words(book, column.domain, cell);
  for (std::size_t i = 0; i < words.size() && i < kWordsShown; ++i)
    text += (i == 0 ? "" : ", ") + written_value(words[i]);
  return words.size() > kWordsShown ? text + ", ..." : text;
}

std::string days_words(std::int32_t first, std::int32_t last) {
  if (first == last) return "on " + Date::from_days(first).to_text();
  return "from " + Date::from_days(first).to_text() + " through " + Date::from_days(last).to_text();
}

Findings::~Findings() {
  if (shown_.empty()) return;
  if (total_ > shown_.size())
    shown_.back().notes.push_back("and " + std::to_string(total_ - shown_.size()) + " more " + what_);
  for (diagnostics::Diagnostic& found : shown_) sink_.report(std::move(found));
}

void Findings::add(diagnostics::Diagnostic found) {
  ++total_;
  if (!full()) shown_.push_back(std::move(found));
}

diagnostics::Diagnostic not_decided(const SourceRef& where, std::string_view what, std::string fingerprint) {
  diagnostics::Diagnostic found;
  found.code = ErrorCode::NotDecided;
  found.primary = place(where);
  found.message = "not decided: " + std::string(what);
  found.notes.push_back("the search was stopped after " + std::to_string(Steps::kDefault) +
                        " steps; nothing is claimed and nothing is refuted");
  found.help = "split the table: let a first table answer a category, and ask for the category in a second";
  found.fingerprint = std::move(fingerprint);
  return found;
}

diagnostics::Diagnostic rules_not_decided(const SourceRef& where, std::string_view what, std::string fingerprint) {
  diagnostics::Diagnostic found = not_decided(where, what, std::move(fingerprint));
  found.help = "ask for less in one rule: let a table answer a category, and ask for the category behind `when`";
  return found;
}

diagnostics::Diagnostic amounts_not_decided(const SourceRef& where, std::string_view what, std::string fingerprint) {
  diagnostics::Diagnostic found = not_decided(where, what, std::move(fingerprint));
  found.notes = {
      "the amounts are not the same sum, and no event was found for which they differ; nothing is claimed and "
      "nothing is refuted"};
  found.help =
      "write both in the same words, with the same rounding; where one is what another leaves, write it as the amount "
      "less the other, or as `rest`";
  return found;
}

}  // namespace glmap::verify
