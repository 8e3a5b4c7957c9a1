// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/fair_shares.hpp"

#include <cstddef>

namespace glmap::gateway::store {

std::vector<std::int32_t> fair_shares(std::span<const std::int32_t> available, std::int32_t limit, std::int64_t turn) {
  std::vector<std::int32_t> shares(available.size(), 0);
  if (available.empty()) return shares;
  const std::size_t first = static_cast<std::size_t>(turn) % available.size();
  for (bool dealt = true; dealt && limit > 0;) {
    dealt = false;
    for (std::size_t step = 0; step < available.size() && limit > 0; ++step) {
      const std::size_t at = (first + step) % available.size();
      if (shares[at] == available[at]) continue;
      ++shares[at];
      --limit;
      dealt = true;
    }
  }
  return shares;
}

}  // namespace glmap::gateway::store
