// SPDX-License-Identifier: Apache-2.0
// glmapd serve: runs the gateway until it is told to stop. SIGTERM and SIGINT stop it in order, SIGHUP reads the bundle
// again.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "compiler/runtime/base/digest.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"
#include "gateway/service/gateway.hpp"

namespace glmap::gateway::service {

namespace {

struct Options {
  std::string config, bundle, store, listen;
};

Result<Configuration> configuration_of(const Options& options) {
  Configuration configuration;
  std::string text_of_file;
  if (!options.config.empty()) {
    GLMAP_TRY(text, read_whole_file(options.config, "the configuration"));
    GLMAP_TRY(read, read_configuration(text, options.config));
    configuration = std::move(read);
    text_of_file = text;
  }
  if (!options.bundle.empty()) configuration.bundle = options.bundle;
  if (!options.store.empty()) configuration.store = options.store;
  if (!options.listen.empty()) configuration.listen = options.listen;
  const std::string given = "\n" + options.bundle + "\n" + options.store + "\n" + options.listen;
  configuration.digest = "sha256:" + sha256_hex(text_of_file + given);
  if (configuration.release.demanded() && !options.bundle.empty()) {
    return fail(ErrorCode::BadConfiguration, "--bundle stands beside `release`",
                "leave it out: what is in force comes from the approved releases");
  }
  if (configuration.bundle.empty() && !configuration.release.demanded()) {
    return fail(ErrorCode::BadConfiguration, "no rules bundle is named",
                "give --bundle FILE, or `bundle:` in --config");
  }
  if (configuration.store.empty()) {
    return fail(ErrorCode::BadConfiguration, "no store is named", "give --store FILE, or `store:` in --config");
  }
  GLMAP_TRY(program, read_whole_file("/proc/self/exe", "the program itself"));
  configuration.program = "glmapd " GLMAP_VERSION " sha256:" + sha256_hex(program);
  return configuration;
}

/// As many descriptors as the system allows: connections take most of them, and the store needs some.
void raise_descriptor_limit() {
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // where it is refused, connections are closed earlier
}

int serve(const Options& options) {
  const auto configuration = configuration_of(options);
  if (!configuration) return tell(configuration.error());
  prctl(PR_SET_DUMPABLE, 0);  // no core file with customers' data in it
  raise_descriptor_limit();
  const Signals signals;
  const platform::SystemClock clock;
  platform::Log log(clock, 2);
  auto gateway = Gateway::start(*configuration, clock, log);
  if (!gateway) return tell(gateway.error());
  std::printf("listening on %s\n", (*gateway)->url().c_str());
  std::fflush(stdout);
  constexpr int kLookSeconds = 20;  // how late a release may be on its first day
  for (auto woken = signals.wait(kLookSeconds); woken != Signals::Woken::stop; woken = signals.wait(kLookSeconds)) {
    if (woken == Signals::Woken::time) {
      (*gateway)->let_days_begin();
      continue;
    }
    if (Status reloaded = (*gateway)->reload_bundle(); !reloaded) {
      log.error("the bundle was not replaced; the old one stays in force", {{"error", reloaded.error().to_text()}});
    }
  }
  log.info("stopping");
  (*gateway)->stop();
  return kExitDone;
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments) {
  CLI::App app("Runs the gateway: takes events, records entries, delivers them", "glmapd serve");
  Options options;
  app.add_option("--config", options.config, "YAML file; the other options go before what it says");
  app.add_option("--bundle", options.bundle, "rules bundle, written by glmapc compile");
  app.add_option("--store", options.store, "SQLite file, created when it is not there; or postgresql://...");
  app.add_option("--listen", options.listen, "ADDRESS:PORT, port 0 for any free one (127.0.0.1:8080)");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  return serve(options);
}

}  // namespace glmap::gateway::service
