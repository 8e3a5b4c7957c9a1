// SPDX-License-Identifier: Apache-2.0
// Decimal against IBM's General Decimal Arithmetic test cases, as far as they apply: finite numbers without an exponent
// too large for 38 digits and 30 places, and the rounding modes finance uses (not half_down, not 05up).
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/decimal.hpp"
#include "tests/unit/base/shared_vectors.hpp"

using glmap::Decimal;
using glmap::Rounding;

namespace {

struct Case {
  std::string id;
  std::string operation;
  std::vector<std::string> operands;
  std::string result;
  bool exact = true;     // neither Inexact nor Rounded
  bool ordinary = true;  // no other condition, such as Overflow or Subnormal
  std::optional<Rounding> rounding;
};

const std::map<std::string, Rounding> kModes = {{"half_up", Rounding::half_away_from_zero},
                                                {"half_even", Rounding::half_even},
                                                {"down", Rounding::down},
                                                {"up", Rounding::up},
                                                {"floor", Rounding::floor},
                                                {"ceiling", Rounding::ceiling}};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream stream(line.substr(0, line.find("--")));
  for (std::string word; stream >> word;) {
    if (word.size() >= 2 && (word.front() == '\'' || word.front() == '"')) word = word.substr(1, word.size() - 2);
    result.push_back(word);
  }
  return result;
}

std::vector<Case> read_cases(const std::filesystem::path& file) {
  std::vector<Case> cases;
  std::optional<Rounding> rounding = Rounding::half_away_from_zero;
  std::istringstream text(glmap::testing::read_file(file));
  for (std::string line; std::getline(text, line);) {
    const auto parts = words(line);
    if (parts.size() == 2 && lower(parts[0]) == "rounding:") {
      const auto mode = kModes.find(lower(parts[1]));
      rounding = mode == kModes.end() ? std::nullopt : std::optional(mode->second);
    }
    const auto arrow = std::find(parts.begin(), parts.end(), "->");
    if (arrow == parts.end() || parts.end() - arrow < 2 || arrow - parts.begin() < 3) continue;
    Case one{.id = parts[0], .operation = lower(parts[1]), .operands = {parts.begin() + 2, arrow}, .result = arrow[1]};
    one.rounding = rounding;
    for (auto condition = arrow + 2; condition != parts.end(); ++condition) {
      const std::string name = lower(*condition);
      if (name == "inexact" || name == "rounded") {
        one.exact = false;
      } else {
        one.ordinary = false;
      }
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

/// Decimal places the number is written with: 2 for 1.50, -3 for 1E+3.
std::optional<long> places(const std::string& number) {
  const std::size_t e = number.find_first_of("eE");
  const std::string digits = number.substr(0, e);
  const std::size_t point = digits.find('.');
  const long written = point == std::string::npos ? 0 : static_cast<long>(digits.size() - point - 1);
  if (e == std::string::npos) return written;
  if (number.size() - e > 8) return std::nullopt;
  return written - std::stol(number.substr(e + 1));
}

bool usable(std::optional<long> count) {
  return count && *count >= 0 && *count <= Decimal::kScaleMax;
}

/// Our answer, written at the number of places that the expected result has.
std::optional<glmap::Result<Decimal>> answer(const Case& one, const std::vector<Decimal>& operands) {
  const auto wanted = places(one.result);
  const auto settle = [&](const glmap::Result<Decimal>& exact) -> std::optional<glmap::Result<Decimal>> {
    if (!exact || one.exact) return exact;
    if (!one.rounding || !usable(wanted)) return std::nullopt;
    return exact->rounded(static_cast<int>(*wanted), *one.rounding);
  };
  if (operands.size() == 2) {
    const Decimal& a = operands[0];
    const Decimal& b = operands[1];
    if (one.operation == "add") return settle(add(a, b));
    if (one.operation == "subtract") return settle(subtract(a, b));
    if (one.operation == "multiply") return settle(multiply(a, b));
    if (one.operation == "divide" && one.rounding && usable(wanted))
      return divide(a, b, static_cast<int>(*wanted), *one.rounding);
    if (one.operation == "compare") return Decimal(a < b ? -1 : a > b ? 1 : 0);
    if (one.operation == "quantize" && one.rounding && usable(places(one.operands[1])))
      return a.rounded(static_cast<int>(*places(one.operands[1])), *one.rounding);
  }
  if (operands.size() == 1) {
    if (one.operation == "minus") return settle(operands[0].negated());
    if (one.operation == "plus") return settle(operands[0]);
    if ((one.operation == "tointegral" || one.operation == "tointegralx") && one.rounding)
      return operands[0].rounded(0, *one.rounding);
  }
  return std::nullopt;
}

struct Tally {
  int checked = 0;
  int too_large_for_us = 0;
};

Tally check_file(const std::filesystem::path& file) {
  Tally tally;
  for (const Case& one : read_cases(file)) {
    const auto expected = Decimal::parse_json_number(one.result);
    if (!one.ordinary || !expected) continue;
    std::vector<Decimal> operands;
    for (const std::string& operand : one.operands) {
      const auto value = Decimal::parse_json_number(operand);
      if (value) operands.push_back(*value);
    }
    if (operands.size() != one.operands.size()) continue;
    const auto ours = answer(one, operands);
    if (!ours) continue;
    CAPTURE(one.id, one.operation, one.operands, one.result);
    if (!ours->has_value()) {
      // Only a result that was rounded may have more digits on the way than a Decimal holds.
      CHECK_FALSE(one.exact);
      ++tally.too_large_for_us;
      continue;
    }
    CHECK(**ours == *expected);
    ++tally.checked;
  }
  return tally;
}

}  // namespace

TEST_CASE("decimals calculate, compare and round as IBM's decimal arithmetic does", "[decimal][vectors][M5]") {
  const auto folder = glmap::testing::unpacked_vector("dectest-subset.tar.gz");
  if (!folder) return;
  // Counted once: a change that makes cases drop out of the test shows here.
  const std::map<std::string, int> at_least = {
      {"add", 1172}, {"compare", 474},  {"divide", 251},   {"inexact", 127},  {"minus", 60},      {"multiply", 154},
      {"plus", 61},  {"quantize", 330}, {"rounding", 612}, {"subtract", 416}, {"tointegral", 141}};
  for (const auto& [name, count] : at_least) {
    const Tally tally = check_file(*folder / "dectest" / (name + ".decTest"));
    INFO(name);
    CHECK(tally.checked >= count);
  }
}
