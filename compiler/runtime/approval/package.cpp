// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/package.hpp"

#include "compiler/runtime/base/digest.hpp"

namespace glmap::approval {

namespace {

std::unexpected<Error> altered(std::string message) {
  return fail(ErrorCode::ReleaseAltered, std::move(message),
              "do not use it; take the release from where it was approved and find out who changed it");
}

Status check_file(const std::string& name, const FileDigest& said, const Files& files) {
  const auto at = files.find(name);
  if (at == files.end()) return altered("the file `" + name + "` of the release is not there");
  const auto bytes = static_cast<std::int64_t>(at->second.size());
  if (bytes < said.bytes)
    return fail(ErrorCode::ReleaseTruncated,
                "`" + name + "` ends after " + std::to_string(bytes) + " of " + std::to_string(said.bytes) + " bytes",
                "copy the release anew");
  if (bytes != said.bytes || sha256_hex(at->second) != said.sha256)
    return altered("`" + name + "` has the digest " + sha256_hex(at->second) + ", " + said.sha256 + " was approved");
  return {};
}

}  // namespace

Result<Release> open_record(std::string statement_bytes, std::string_view policy, std::string_view approvals) {
  Release release;
  release.statement_bytes = std::move(statement_bytes);
  release.digest = release_digest(release.statement_bytes);
  GLMAP_TRY(statement, read_statement(release.statement_bytes));
  release.statement = std::move(statement);
  const auto said = release.statement.files.find(std::string(kPolicyFile));
  if (said == release.statement.files.end() || sha256_hex(policy) != said->second.sha256)
    return altered("the policy is not the one of the release");
  const auto json = parse_json(policy);
  if (!json) return fail(ErrorCode::PolicyUnsound, "the policy of the release is no JSON: " + json.error().message);
  GLMAP_TRY(read, read_policy(*json));
  if (canonical_json(to_json(read)) != policy)
    return fail(ErrorCode::PolicyUnsound, "the policy of the release is not written as glmapc writes it",
                "make the release again with `glmapc release`");
  release.policy = std::move(read);
  release.approvals.payload = release.statement_bytes;
  if (approvals.empty()) return release;
  GLMAP_TRY(envelope, read_envelope(approvals));
  if (envelope.payload != release.statement_bytes)
    return fail(
        ErrorCode::ApprovalOfAnother,
        "the approvals are for the release " + release_digest(envelope.payload) + ", this one is " + release.digest,
        "approve this release, or take the approvals that belong to it");
  release.approvals = std::move(envelope);
  return release;
}

Result<Release> open_release(Files files) {
  const auto statement_file = files.find(std::string(kStatementFile));
  if (statement_file == files.end())
    return fail(ErrorCode::ReleaseUnreadable, "there is no `release.json`",
                "give the folder that `glmapc release` wrote");
  GLMAP_TRY(statement, read_statement(statement_file->second));
  for (const auto& [name, digest] : statement.files) GLMAP_CHECK(check_file(name, digest, files));
  for (const auto& [name, bytes] : files) {
    if (name == kStatementFile || name == kApprovalsFile || statement.files.contains(name)) continue;
    return altered("`" + name + "` does not belong to the release");
  }
  const auto policy = files.find(std::string(kPolicyFile)), bundle = files.find(std::string(kBundleFile));
  if (policy == files.end() || bundle == files.end())
    return fail(ErrorCode::ReleaseUnreadable, "the release holds no `policy.json` or no `rules.bundle`",
                "make it again with `glmapc release`");
  const auto approvals = files.find(std::string(kApprovalsFile));
  const bool empty = approvals != files.end() && approvals->second.empty();
  if (empty) return fail(ErrorCode::ReleaseTruncated, "the approvals end after 0 bytes", "copy approvals.json anew");
  GLMAP_TRY(release, open_record(statement_file->second, policy->second,
                                 approvals != files.end() ? std::string_view(approvals->second) : ""));
  release.bundle = std::move(bundle->second);
  return std::move(release);
}

}  // namespace glmap::approval
