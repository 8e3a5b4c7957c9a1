// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/expected_line.hpp"

#include <algorithm>

namespace glmap::driver {
namespace {

std::string amount(const Money& money) {
  return money.decimal().to_text_fixed(money.currency().digits());
}

std::string in_its_currency(const Money& money) {
  return std::string(money.currency().code()) + " " + amount(money);
}

}  // namespace

std::vector<std::string> differences(const resolve::ExpectedLine& expected, const JournalLine& line) {
  std::vector<std::string> words;
  const auto differ = [&](const std::string& there, const std::string& wanted) {
    words.push_back(there + " instead of " + wanted);
  };
  if (expected.side != line.side) differ(std::string(to_text(line.side)), std::string(to_text(expected.side)));
  if (expected.account != line.account) differ("account " + line.account, expected.account);
  if (expected.role != line.role) differ("role " + line.role, expected.role);
  if (expected.functional != line.functional) differ(amount(line.functional), amount(expected.functional));
  if (expected.transaction && *expected.transaction != line.transaction)
    differ(in_its_currency(line.transaction), in_its_currency(*expected.transaction));
  for (const Dimension& wanted : expected.dimensions) {
    const auto found = std::find_if(line.dimensions.begin(), line.dimensions.end(),
                                    [&](const Dimension& one) { return one.name == wanted.name; });
    if (found == line.dimensions.end())
      differ("no " + wanted.name, wanted.value);
    else if (found->value != wanted.value)
      differ(wanted.name + " " + found->value, wanted.value);
  }
  return words;
}

std::string line_words(const JournalLine& line) {
  return std::string(to_text(line.side)) + " " + line.account + " " + line.role + " " + amount(line.functional);
}

}  // namespace glmap::driver
