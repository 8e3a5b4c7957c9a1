// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/payload_walk.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

bool is_plain(std::string_view step) {
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (step.empty() || !in_word(step.front()) || !in_word(step.back())) return false;
  return std::all_of(step.begin(), step.end(), [&](char c) { return in_word(c) || c == '-'; });
}

bool is_absent(JsonView value) {
  return !value || value.is_null() || (value.is_text() && value.text().empty());
}

void reach_from(const PayloadSpot& from, const std::vector<std::string>& steps, std::size_t at, PayloadFound& found) {
  if (from.value.is_array()) {
    found.given = found.given || at == steps.size();
    std::size_t index = 0;
    for (const JsonView element : from.value)
      reach_from({element, from.pointer + "/" + std::to_string(index++)}, steps, at, found);
    return;
  }
  if (is_absent(from.value)) return;
  if (at == steps.size()) {
    found.given = true;
    found.spots.push_back(from);
    return;
  }
  const JsonView member = from.value.find(steps[at]);
  if (member) reach_from({member, from.pointer + pointer_step(steps[at])}, steps, at + 1, found);
}

bool is_value(const PayloadValue& wanted, JsonView value) {
  if (wanted.truth) return value.is_truth() && value.is_true() == (wanted.text == "true");
  return (value.is_text() || value.is_number()) && value.text() == wanted.text;
}

}  // namespace

std::string path_text(const std::vector<std::string>& steps) {
  std::string result;
  for (const std::string& step : steps) {
    if (!result.empty()) result += '.';
    result += is_plain(step) ? step : quote_json(step);
  }
  return result;
}

std::string PayloadPath::to_text() const {
  return (from == From::body ? "body." : "") + path_text(steps);
}

PayloadReached reach(const PayloadSpot& from, const std::vector<std::string>& steps) {
  PayloadReached reached{from, {}};
  for (const std::string& step : steps) {
    JsonView& value = reached.spot.value;
    if (is_absent(value)) break;
    if (!value.is_object()) {
      reached.obstacle = value.kind_in_words();
      return reached;
    }
    value = value.find(step);
    reached.spot.pointer += pointer_step(step);
  }
  if (is_absent(reached.spot.value)) reached.spot.value = JsonView();
  return reached;
}

PayloadFound reach_all(const PayloadSpot& from, const std::vector<std::string>& steps) {
  PayloadFound found;
  if (from.value) reach_from(from, steps, 0, found);
  return found;
}

const PayloadSpot& PayloadScope::start(PayloadPath::From from) const {
  if (from == PayloadPath::From::body) return body;
  return from == PayloadPath::From::line && line != nullptr ? *line : payload;
}

bool holds(const PayloadTest& test, const PayloadScope& scope) {
  const PayloadReached reached = reach(scope.start(test.subject.from), test.subject.steps);
  bool fits = reached.obstacle.empty() && reached.spot.value;
  if (fits && !test.given)
    fits = std::any_of(test.values.begin(), test.values.end(),
                       [&](const PayloadValue& value) { return is_value(value, reached.spot.value); });
  return fits != test.negated;
}

bool hold_all(const std::vector<PayloadTest>& tests, const PayloadScope& scope) {
  return std::all_of(tests.begin(), tests.end(), [&](const PayloadTest& test) { return holds(test, scope); });
}

}  // namespace glmap::rules
