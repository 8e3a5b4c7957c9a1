// SPDX-License-Identifier: Apache-2.0
// glmapd sandbox: an ERP to try things against, on the loopback interface, with faults on demand.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "gateway/sandbox/sandbox.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"
#include "gateway/service/configuration.hpp"

namespace glmap::gateway::service {

namespace {

struct Options {
  std::string listen = "127.0.0.1:0", entities, accounts, journal;
};

Result<sandbox::SandboxSettings> settings_of(const Options& options) {
  GLMAP_TRY(listen, parse_listen(options.listen));
  if (listen.address != "127.0.0.1") {
    return fail(ErrorCode::BadConfiguration, "the sandbox listens on 127.0.0.1 only, not on `" + listen.address + "`",
                "write --listen 127.0.0.1:" + std::to_string(listen.port));
  }
  GLMAP_TRY(entities, read_whole_file(options.entities, "the entities"));
  GLMAP_TRY(accounts, read_whole_file(options.accounts, "the accounts"));
  GLMAP_TRY(seed, sandbox::read_seed(entities, accounts));
  return sandbox::SandboxSettings{.port = listen.port, .seed = std::move(seed), .journal_path = options.journal};
}

int serve(const Options& options) {
  const auto settings = settings_of(options);
  if (!settings) return tell(settings.error());
  const Signals signals;
  auto running = sandbox::Sandbox::start(*settings);
  if (!running) return tell(running.error());
  std::printf("listening on %s\n", (*running)->url().c_str());
  std::fflush(stdout);
  while (signals.wait_for_reload()) {
  }
  return kExitDone;
}

}  // namespace

int run_sandbox(const std::vector<std::string>& arguments) {
  CLI::App app("Runs doubles of ERPs, each with its own wire format, and a plain JSON ledger", "glmapd sandbox");
  Options options;
  app.add_option("--listen", options.listen, "127.0.0.1:PORT, port 0 for any free one");
  app.add_option("--entities", options.entities, "CSV: code,name,currency")->required();
  app.add_option("--accounts", options.accounts, "CSV: entity,code,name,type")->required();
  app.add_option("--journal", options.journal, "file that gets every change of a document as a JSON line");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  return serve(options);
}

}  // namespace glmap::gateway::service
