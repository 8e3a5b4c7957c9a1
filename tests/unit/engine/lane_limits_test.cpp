// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/lane_limits.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace glmap;
using namespace glmap::gateway::engine;

namespace {

LaneLimits closed(const char* zone, std::initializer_list<const char*> windows) {
  LaneLimits limits;
  limits.zone = zone;
  for (const char* text : windows) {
    const auto parsed = parse_closed_window(text);
    REQUIRE(parsed.has_value());
    limits.closed.insert(limits.closed.end(), parsed->begin(), parsed->end());
  }
  return limits;
}

Instant at(const char* text) {
  return Instant::parse(text).value();
}

std::string opens(const LaneLimits& limits, const char* now) {
  const auto until = closed_until(limits, at(now));
  REQUIRE(until.has_value());
  return *until ? (*until)->to_text() : "open";
}

}  // namespace

TEST_CASE("in no second and in no minute are more requests made than allowed, wherever it begins",
          "[lane_limits][E8]") {
  std::mt19937_64 draw(7);
  for (const auto& [count, per] : {std::pair{1, 1'000'000L}, {5, 1'000'000L}, {60, 60'000'000L}}) {
    RequestRate rate(count, per);
    std::vector<std::int64_t> made;
    std::int64_t now = 0;
    for (int i = 0; i < 500; ++i) {
      now += static_cast<std::int64_t>(draw() % 400'000);
      now += rate.wait_micros(now);
      CHECK(rate.room(now) >= 1);
      rate.made(now);
      made.push_back(now);
    }
    for (std::size_t i = 0; i + static_cast<std::size_t>(count) < made.size(); ++i) {
      CHECK(made[i + static_cast<std::size_t>(count)] - made[i] >= per);
    }
    // And no slower than that: a full stretch of waiting requests takes what it must.
    const std::int64_t begin = now;
    for (int i = 0; i < 10 * count; ++i) {
      now += rate.wait_micros(now);
      rate.made(now);
    }
    CHECK(now - begin <= 10 * per);
  }
}

TEST_CASE("a connection without limits never waits", "[lane_limits]") {
  RequestRate rate(0, 1'000'000);
  for (int i = 0; i < 100; ++i) rate.made(0);
  CHECK(rate.wait_micros(0) == 0);
  CHECK(rate.room(0) > 1'000'000);
}

TEST_CASE("a weekly time is by the ERP's clock, up to its last minute and not longer", "[lane_limits][E9]") {
  const LaneLimits limits = closed("Europe/Berlin", {"Sun 02:00-04:30", "daily 23:50-24:00", "Sat 22:00-01:00"});
  CHECK(opens(limits, "2026-10-04T01:59:59+02:00") == "open");
  CHECK(opens(limits, "2026-10-04T02:00:00+02:00") == "2026-10-04T02:30:00Z");
  CHECK(opens(limits, "2026-10-04T04:29:59.999999+02:00") == "2026-10-04T02:30:00Z");
  CHECK(opens(limits, "2026-10-04T04:30:00+02:00") == "open");
  CHECK(opens(limits, "2026-10-05T23:55:00+02:00") == "2026-10-05T22:00:00Z");
  CHECK(opens(limits, "2026-10-03T23:55:00+02:00") == "2026-10-03T23:00:00Z");  // two windows that meet are one
  CHECK(opens(limits, "2026-10-04T00:59:00+02:00") == "2026-10-03T23:00:00Z");
  CHECK(opens(limits, "2026-10-04T23:50:00+02:00") == "2026-10-04T22:00:00Z");
  CHECK(opens(closed("UTC", {}), "2026-10-04T02:00:00Z") == "open");
}

TEST_CASE("where clocks are changed, the wall clock decides", "[lane_limits][M7]") {
  // Berlin, 25 October 2026: 03:00 becomes 02:00. The hour that comes twice is closed twice.
  const LaneLimits berlin = closed("Europe/Berlin", {"Sun 02:00-03:00"});
  CHECK(opens(berlin, "2026-10-25T00:30:00Z") == "2026-10-25T02:00:00Z");
  CHECK(opens(berlin, "2026-10-25T01:59:00Z") == "2026-10-25T02:00:00Z");
  CHECK(opens(berlin, "2026-10-25T02:00:00Z") == "open");
  // 28 March 2027: 02:00 becomes 03:00. The hour that is left out is never closed.
  CHECK(opens(berlin, "2027-03-28T00:59:59Z") == "open");
  CHECK(opens(berlin, "2027-03-28T01:00:00Z") == "open");
  // A window around the change ends by the wall clock.
  CHECK(opens(closed("Europe/Berlin", {"Sun 01:00-04:00"}), "2027-03-28T00:30:00Z") == "2027-03-28T02:00:00Z");
  // Lord Howe Island: 02:00 becomes 02:30, and what the wall clock leaves out of the window is open.
  CHECK(opens(closed("Australia/Lord_Howe", {"Sun 01:45-02:15"}), "2026-10-03T15:20:00Z") == "2026-10-03T15:30:00Z");
}

TEST_CASE("a weekly time that cannot be read is refused, and so is an ERP that is never open", "[lane_limits]") {
  for (const char* text : {"", "Sun", "Sun 2:00-4:00", "Sun 02:00 - 04:00", "sunday 02:00-04:00", "Sun 25:00-26:00",
                           "Sun 02:60-03:00", "Sun 02:00-02:00", "Sun 24:00-01:00", "Sun 02:00-04:00 "}) {
    INFO(text);
    const auto parsed = parse_closed_window(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::BadConfiguration);
  }
  CHECK_FALSE(ever_open(closed("UTC", {"daily 00:00-24:00"})));
  CHECK_FALSE(ever_open(closed("UTC", {"daily 00:00-12:00", "daily 11:00-24:00"})));
  CHECK(ever_open(closed("UTC", {"daily 00:00-23:59"})));
  CHECK(parse_closed_window("Sun 22:00-02:00").value() == std::vector<ClosedWindow>{{9960, 10080}, {0, 120}});
}
