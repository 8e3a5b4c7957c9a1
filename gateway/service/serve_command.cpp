// SPDX-License-Identifier: Apache-2.0
// glmapd serve: runs the gateway until it is told to stop. SIGTERM and SIGINT stop it in order, SIGHUP reads the bundle
// again.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/prctl.h>

#include "gateway/service/commands.hpp"
#include "gateway/service/gateway.hpp"

namespace glmap::gateway::service {

namespace {

int failed(const Error& error) {
  std::fprintf(stderr, "glmapd: %s\n", error.to_text().c_str());
  return kExitFailed;
}

Result<Configuration> from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return fail(ErrorCode::BadConfiguration, "the configuration `" + path + "` cannot be read");
  }
  return read_configuration(text.str(), path);
}

Status complete(const Configuration& configuration) {
  if (configuration.bundle.empty()) {
    return fail(ErrorCode::BadConfiguration, "no rules bundle is named",
                "give --bundle FILE, or `bundle:` in --config");
  }
  if (configuration.store.empty()) {
    return fail(ErrorCode::BadConfiguration, "no store is named", "give --store FILE, or `store:` in --config");
  }
  return {};
}

/// Waits for signals, which every other thread leaves to this one.
void serve_until_told(Gateway& gateway, const sigset_t& signals, platform::Log& log) {
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return;
    if (Status reloaded = gateway.reload_bundle(); !reloaded) {
      log.error("the bundle was not replaced; the old one stays in force", {{"error", reloaded.error().to_text()}});
    }
  }
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments) {
  CLI::App app("Runs the gateway: takes events, records entries, delivers them", "glmapd serve");
  std::string config, bundle, store, listen;
  app.add_option("--config", config, "YAML file; the other options go before what it says");
  app.add_option("--bundle", bundle, "rules bundle, written by glmapc compile");
  app.add_option("--store", store, "SQLite file; created when it is not there");
  app.add_option("--listen", listen, "ADDRESS:PORT, port 0 for any free one (127.0.0.1:8080)");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }

  Configuration configuration;
  if (!config.empty()) {
    auto read = from_file(config);
    if (!read) return failed(read.error());
    configuration = std::move(*read);
  }
  if (!bundle.empty()) configuration.bundle = bundle;
  if (!store.empty()) configuration.store = store;
  if (!listen.empty()) configuration.listen = listen;
  if (Status whole = complete(configuration); !whole) return failed(whole.error());

  prctl(PR_SET_DUMPABLE, 0);  // no core file with customers' data in it
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts

  const platform::SystemClock clock;
  platform::Log log(clock, 2);
  auto gateway = Gateway::start(configuration, clock, log);
  if (!gateway) return failed(gateway.error());
  std::printf("listening on %s\n", (*gateway)->url().c_str());
  std::fflush(stdout);
  serve_until_told(**gateway, signals, log);
  log.info("stopping");
  (*gateway)->stop();
  return kExitDone;
}

}  // namespace glmap::gateway::service
