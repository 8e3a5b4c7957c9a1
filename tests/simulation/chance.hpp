// SPDX-License-Identifier: Apache-2.0
// Seeded chance: the same seed draws the same numbers on every machine. Not for secrets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace glmap::simulation {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    // splitmix64, by Sebastiano Vigna, public domain.
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15ULL);
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }
  /// 0 .. count-1.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  /// Both ends can be drawn.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  /// True `in_1000` times of a thousand.
  bool permille(int in_1000) { return static_cast<int>(below(1000)) < in_1000; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  /// A stream of its own, so that what is drawn here does not move what is drawn there.
  Chance split() { return Chance(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace glmap::simulation
