// SPDX-License-Identifier: Apache-2.0
// glmapd: finds the command and hands it its arguments.
#include <array>
#include <cstdio>
#include <string_view>

#include "gateway/service/commands.hpp"

namespace {

using namespace glmap::gateway::service;

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& arguments);
};

constexpr std::array kCommands = {
    Command{"serve", "run the gateway", run_serve},
    Command{"verify", "check a store from end to end", run_verify},
    Command{"backup", "copy a store beside the running gateway", run_backup},
    Command{"restore", "go back to a backup; the ERP is asked first", run_restore},
    Command{"activate", "let the next approved release come into force", run_activate},
    Command{"inspect", "show what is in force, since when, by whom", run_inspect},
    Command{"audit", "changes in a period; attest that nothing changed", run_audit},
    Command{"sandbox", "run an ERP to try things against", run_sandbox},
    Command{"version", "print the version", run_version},
};

void print_usage(std::FILE* to) {
  std::fprintf(to, "glmapd: from billing events to posted journal entries\n\nusage: glmapd COMMAND [options]\n\n");
  for (const Command& command : kCommands) {
    std::fprintf(to, "  %-10.*s %.*s\n", static_cast<int>(command.name.size()), command.name.data(),
                 static_cast<int>(command.summary.size()), command.summary.data());
  }
  std::fprintf(to, "\nglmapd COMMAND --help tells the options.\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    print_usage(stderr);
    return kExitUsage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_usage(stdout);
    return kExitDone;
  }
  for (const Command& command : kCommands) {
    if (command.name == name || "--" + std::string(command.name) == name) {
      return command.run(std::vector<std::string>(arguments.begin() + 1, arguments.end()));
    }
  }
  std::fprintf(stderr, "glmapd: there is no command `%s`\n\n", name.c_str());
  print_usage(stderr);
  return kExitUsage;
}
