// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/release_record.hpp"

namespace glmap::gateway::service {

namespace {

std::string member(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->as_string() != nullptr ? *value->as_string() : std::string();
}

}  // namespace

std::string write_evidence(const Running& running, const approval::Release* release,
                           const approval::Approved* approved) {
  Json json{Json::Object{}};
  json.set("bundle", running.bundle);
  json.set("program", running.program);
  json.set("configuration", running.configuration);
  json.set("release", release != nullptr ? release->digest : "");
  if (release == nullptr) return canonical_json(json);
  json.set("statement", release->statement_bytes);
  json.set("policy", canonical_json(approval::to_json(release->policy)));
  json.set("approvals", approval::write_envelope(release->approvals));
  Json::Array approvers, sections;
  for (const approval::Approver& one : approved->approvers)
    approvers.emplace_back(Json::Object{{"key", one.key}, {"name", one.name}});
  for (const std::string& section : approved->sections) sections.emplace_back(section);
  json.set("approvers", std::move(approvers));
  json.set("sections", std::move(sections));
  json.set("policy_changed", approved->policy_changed);
  return canonical_json(json);
}

Result<std::optional<LiveRelease>> replay_releases(std::span<const store::HistoryRecord> lines,
                                                   const std::string& trust) {
  std::optional<LiveRelease> live;
  for (const store::HistoryRecord& line : lines) {
    const auto json = parse_json(line.evidence);
    if (!json)
      return fail(ErrorCode::StoreCorrupt, "what came into force at " + line.at.to_text() + " cannot be read",
                  "run glmapd verify");
    const std::string digest = member(*json, "release");
    if (digest.empty() || (live && live->release.digest == digest)) continue;
    GLMAP_TRY(release,
              approval::open_record(member(*json, "statement"), member(*json, "policy"), member(*json, "approvals")));
    if (release.digest != digest)
      return fail(ErrorCode::StoreCorrupt, "the release at " + line.at.to_text() + " is not " + digest,
                  "run glmapd verify");
    if (!live) GLMAP_CHECK(approval::check_trusted(release.policy, trust));
    const approval::InForce before = live ? live->in_force() : approval::InForce{&release.policy, nullptr, ""};
    GLMAP_TRY(approved, approval::check_release(release, before, utc_day(line.at)));
    live = LiveRelease{std::move(release), std::move(approved), line.at, line.by, line.why};
  }
  return live;
}

Date utc_day(Instant at) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t days = at.micros / kDay - (at.micros % kDay < 0 ? 1 : 0);
  return Date::from_days(static_cast<std::int32_t>(days));
}

}  // namespace glmap::gateway::service
