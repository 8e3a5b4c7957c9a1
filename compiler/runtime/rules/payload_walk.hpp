// SPDX-License-Identifier: Apache-2.0
// Finding values in a payload: paths, lists, conditions. Private to rules. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/rules/payload_map.hpp"

namespace glmap::rules {

/// A value and where it stands in the body.
struct PayloadSpot {
  JsonView value;
  std::string pointer;
};

/// What a path leads to.
struct PayloadReached {
  PayloadSpot spot;           // no value: absent, null, or an empty text
  std::string_view obstacle;  // not empty: a value on the way that is no object, in words; spot.pointer says where
};

PayloadReached reach(const PayloadSpot& from, const std::vector<std::string>& steps);

/// Everything that the path leads to, through lists on the way and at its end. `given`: whether its last member is
/// there at least once, perhaps as an empty list.
struct PayloadFound {
  std::vector<PayloadSpot> spots;
  bool given = false;
};
PayloadFound reach_all(const PayloadSpot& from, const std::vector<std::string>& steps);

/// Where the paths of a condition start.
struct PayloadScope {
  const PayloadSpot& body;
  const PayloadSpot& payload;
  const PayloadSpot* line = nullptr;
  const PayloadSpot& start(PayloadPath::From from) const;
};

bool holds(const PayloadTest& test, const PayloadScope& scope);
bool hold_all(const std::vector<PayloadTest>& tests, const PayloadScope& scope);

}  // namespace glmap::rules
