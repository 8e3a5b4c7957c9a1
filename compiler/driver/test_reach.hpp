// SPDX-License-Identifier: Apache-2.0
// Which rows of tables and which rules the tests of a book reach. Runs them; does not look at what they expect.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/resolve/resolve.hpp"

namespace glmap::driver {

/// Positions of tests in ResolvedModel::tests, ascending, by what they reach.
struct TestReach {
  std::vector<std::vector<std::vector<std::uint32_t>>> rows;   // by table and row
  std::vector<std::vector<std::vector<std::uint32_t>>> rules;  // by program and rule
};
TestReach test_reach(const resolve::ResolvedModel& model, const std::string& digest);

}  // namespace glmap::driver
