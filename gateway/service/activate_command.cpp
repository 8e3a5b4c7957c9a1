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
  std::string url = kUrl;
  app.add_option("--url", url, "the running glmapd (http://127.0.0.1:8080)");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  return show(ask_gateway(url, "GET", "/v1/release"));
}

}  // namespace glmap::gateway::service
