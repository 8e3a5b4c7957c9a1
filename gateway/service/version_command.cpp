// SPDX-License-Identifier: Apache-2.0
// glmapd version
#include <cstdio>

#include "gateway/service/commands.hpp"
#include "gateway/store/postgres/open_store.hpp"
#include "gateway/store/sqlite/open_store.hpp"

namespace glmap::gateway::service {

int run_version(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    std::fprintf(stderr, "glmapd: version takes no arguments\n");
    return kExitUsage;
  }
  std::printf("glmapd %s (SQLite %s, libpq %s)\n", GLMAP_VERSION, store::sqlite_version().c_str(),
              store::libpq_version().c_str());
  return kExitDone;
}

}  // namespace glmap::gateway::service
