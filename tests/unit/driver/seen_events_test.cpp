// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/seen_events.hpp"

#include <catch2/catch.hpp>

using glmap::driver::SeenEvents;
using Answer = SeenEvents::Answer;

TEST_CASE("an identity is seen again by source, id and revision together", "[seen_events]") {
  SeenEvents seen;
  const auto add = [&](std::string_view source, std::string_view id, std::string_view revision, std::uint64_t content) {
    return seen.add(seen.key(source, id, revision), {content});
  };
  CHECK(add("a", "1", "", 1) == Answer::added);
  CHECK(add("b", "1", "", 1) == Answer::added);
  CHECK(add("a", "1", "2", 1) == Answer::added);
  CHECK(add("a", "", "12", 1) == Answer::added);
  CHECK(add("a", "12", "", 1) == Answer::added);
  CHECK(add("a", "1", "", 1) == Answer::same);
  CHECK(add("a", "1", "", 2) == Answer::conflict);
  CHECK(add("a", "1", "", 1) == Answer::same);
}

TEST_CASE("a hundred thousand identities are told apart", "[seen_events]") {
  SeenEvents seen;
  const auto add = [&](std::uint64_t number, std::uint64_t content) {
    const std::string id = "evt_" + std::to_string(number);
    return seen.add(seen.key(number % 3 == 0 ? "s" : "t", id, ""), {content});
  };
  for (std::uint64_t i = 0; i < 100'000; ++i) REQUIRE(add(i, i) == Answer::added);
  for (std::uint64_t i = 0; i < 100'000; ++i)
    REQUIRE(add(i, i % 2 == 0 ? i : i + 1) == (i % 2 == 0 ? Answer::same : Answer::conflict));
}
