// SPDX-License-Identifier: Apache-2.0
// The commands of glmapd, one file each. A command reads its own arguments (without program and command name), writes
// to stdout what was asked for and to stderr what went wrong, and returns the exit code of
// docs/operations/exit-codes.md.
#pragma once

#include <string>
#include <vector>

namespace glmap::gateway::service {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

int run_serve(const std::vector<std::string>& arguments);
int run_sandbox(const std::vector<std::string>& arguments);
int run_verify(const std::vector<std::string>& arguments);
int run_backup(const std::vector<std::string>& arguments);
int run_restore(const std::vector<std::string>& arguments);
int run_activate(const std::vector<std::string>& arguments);
int run_inspect(const std::vector<std::string>& arguments);
int run_audit(const std::vector<std::string>& arguments);
int run_version(const std::vector<std::string>& arguments);

}  // namespace glmap::gateway::service
