// SPDX-License-Identifier: Apache-2.0
// glmapd activate and glmapd inspect: a running gateway is told to look for the next release, or asked what is in
// force.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "gateway/service/ask_gateway.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"

namespace glmap::gateway::service {

namespace {

constexpr const char* kUrl = "http://127.0.0.1:8080";

int show(const Result<Json>& status) {
  if (!status) return tell(status.error());
  std::printf("%s\n", write_json_pretty(*status).c_str());
  return kExitDone;
}

std::string member(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->as_string() != nullptr ? *value->as_string() : std::string();
}

/// Whether what runs is what the main branch says. `expected`: the digest of a bundle or of a release.
int tell_drift(const Json& status, const std::string& expected) {
  const Json* live = status.find("live");
  const Json& what = live != nullptr ? *live : status;
  if (expected.empty() || member(what, "bundle") == expected || member(what, "digest") == expected) return kExitDone;
  std::fprintf(stderr, "glmapd: drift: the bundle %s is in force, %s is expected\n", member(what, "bundle").c_str(),
               expected.c_str());
  return kExitFailed;
}

}  // namespace

int run_activate(const std::vector<std::string>& arguments) {
  CLI::App app("The next approved release comes into force; on any doubt what is in force stays", "glmapd activate");
  std::string url = kUrl, by, reason;
  app.add_option("--url", url, "the running glmapd (http://127.0.0.1:8080)");
  app.add_option("--by", by, "who asks for it")->required();
  app.add_option("--reason", reason, "why now")->required();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const Json body(Json::Object{{"by", by}, {"reason", reason}});
  return show(ask_gateway(url, "POST", "/v1/release/activate", write_json(body)));
}

int run_inspect(const std::vector<std::string>& arguments) {
  CLI::App app("What is in force, since when, by whom; what comes next; what was refused and why", "glmapd inspect");
  std::string url = kUrl, expected;
  app.add_option("--url", url, "the running glmapd (http://127.0.0.1:8080)");
  app.add_option("--expect", expected,
                 "digest of the bundle or release that should be in force; exit 1 when it is not");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const auto status = ask_gateway(url, "GET", "/v1/release");
  const int shown = show(status);
  return status ? tell_drift(*status, expected) : shown;
}

}  // namespace glmap::gateway::service
