// SPDX-License-Identifier: Apache-2.0
// glmapd audit changes and glmapd audit attest: evidence for an auditor, from a running gateway's chained history.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "gateway/service/ask_gateway.hpp"
#include "gateway/service/change_report.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"

namespace glmap::gateway::service {

namespace {

struct Options {
  std::string url = "http://127.0.0.1:8080", from, until, format = "text";
};

struct Asked {
  std::vector<store::HistoryRecord> lines;
  Instant from, until;
};

/// A day is its beginning (UTC); `--to` is a whole day, too: until the next one begins.
Result<Instant> instant_of(const std::string& text, int days_later) {
  if (text.find('T') != std::string::npos) return Instant::parse(text);
  GLMAP_TRY(day, Date::parse(text));
  return Instant::parse(day.plus_days(days_later).to_text() + "T00:00:00Z");
}

Result<Asked> ask(const Options& options) {
  Asked asked;
  GLMAP_TRY(from, instant_of(options.from, 0));
  GLMAP_TRY(until, instant_of(options.until, 1));
  asked.from = from;
  asked.until = until;
  GLMAP_TRY(json, ask_gateway(options.url, "GET", "/v1/release/history"));
  GLMAP_TRY(lines, read_history(json));
  asked.lines = std::move(lines);
  return asked;
}

void add(CLI::App* command, Options& options) {
  command->add_option("--url", options.url, "the running glmapd (http://127.0.0.1:8080)");
  command->add_option("--from", options.from, "a day (UTC) or an instant")->required();
  command->add_option("--to", options.until, "a day, which belongs to it, or an instant, which does not")->required();
  command->add_option("--format", options.format, "text (default), json")->check(CLI::IsMember({"text", "json"}));
}

int show(const Options& options, const Json& json, const std::string& text) {
  std::fputs(options.format == "json" ? (write_json_pretty(json) + "\n").c_str() : text.c_str(), stdout);
  return kExitDone;
}

}  // namespace

int run_audit(const std::vector<std::string>& arguments) {
  CLI::App app("Evidence of changes, for an auditor", "glmapd audit");
  app.require_subcommand(1);
  Options options;
  CLI::App* changes = app.add_subcommand("changes", "every change of a period, and whether duties were kept apart");
  add(changes, options);
  CLI::App* attest = app.add_subcommand("attest", "that program, bundle and configuration did not change");
  add(attest, options);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const auto asked = ask(options);
  if (!asked) return tell(asked.error());
  if (changes->parsed()) {
    const Json report = change_report(asked->lines, asked->from, asked->until);
    return show(options, report, change_report_text(report));
  }
  const Json json = attestation(asked->lines, asked->from, asked->until);
  show(options, json, attestation_text(json));
  return *json.find("unchanged")->as_bool() ? kExitDone : kExitFailed;
}

}  // namespace glmap::gateway::service
