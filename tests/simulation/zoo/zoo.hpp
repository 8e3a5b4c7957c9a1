// SPDX-License-Identifier: Apache-2.0
// The zoo of planted bugs, as plant.py writes it down. One bug at a time is in force.
#pragma once

#include <string_view>
#include <vector>

namespace glmap::zoo {

struct Bug {
  std::string_view name;
  std::string_view failure;  // id of the catalogue
  std::string_view file;
  bool fits = false;  // false: the source has changed so that the bug cannot be planted any more
};

const std::vector<Bug>& bugs();
/// Position in bugs() from 1; 0: none.
extern int planted;

}  // namespace glmap::zoo
