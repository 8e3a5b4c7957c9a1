// SPDX-License-Identifier: Apache-2.0
// The key of a running figure in memory: its parts, each with its length before it. Pure; any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace glmap::gateway::store {

inline void put_figure_key(std::string& key, std::initializer_list<std::string_view> parts) {
  key.clear();
  for (const std::string_view part : parts) {
    const std::size_t size = part.size();
    key.append(reinterpret_cast<const char*>(&size), 4);  // never leaves the process
    key.append(part);
  }
}

inline std::string figure_key(std::initializer_list<std::string_view> parts) {
  std::string key;
  put_figure_key(key, parts);
  return key;
}

}  // namespace glmap::gateway::store
