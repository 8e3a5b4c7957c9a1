// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/seen_events.hpp"

#include <catch2/catch.hpp>

using glmap::EventIdentity;
using glmap::driver::SeenEvents;
using Answer = SeenEvents::Answer;

TEST_CASE("an identity is seen again by source, id and revision together", "[seen_events]") {
  SeenEvents seen;
  CHECK(seen.add({.source = "a", .id = "1"}, {1, 1}) == Answer::added);
  CHECK(seen.add({.source = "b", .id = "1"}, {1, 1}) == Answer::added);
  CHECK(seen.add({.source = "a", .id = "1", .revision = "2"}, {1, 1}) == Answer::added);
  CHECK(seen.add({.source = "a", .id = "1"}, {1, 1}) == Answer::same);
  CHECK(seen.add({.source = "a", .id = "1"}, {1, 2}) == Answer::conflict);
  CHECK(seen.add({.source = "a", .id = "1"}, {1, 1}) == Answer::same);
}

TEST_CASE("a hundred thousand identities are told apart", "[seen_events]") {
  SeenEvents seen;
  const auto identity = [](std::uint64_t i) { return EventIdentity{.source = "s", .id = "evt_" + std::to_string(i)}; };
  for (std::uint64_t i = 0; i < 100'000; ++i) REQUIRE(seen.add(identity(i), {i, 7}) == Answer::added);
  for (std::uint64_t i = 0; i < 100'000; ++i)
    REQUIRE(seen.add(identity(i), {i, i % 2 == 0 ? 7u : 8u}) == (i % 2 == 0 ? Answer::same : Answer::conflict));
}
