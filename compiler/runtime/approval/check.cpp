// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/check.hpp"

#include <algorithm>
#include <set>

namespace glmap::approval {

namespace {

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// Whose approvals the envelope holds; every signature in it has to be good.
Result<std::vector<Approver>> approvers_of(const Release& release, const Policy& policy, Date day) {
  std::vector<Approver> approvers;
  if (release.approvals.signatures.empty())
    return fail(ErrorCode::NotApproved, "the release " + release.digest + " carries no approval",
                "approve it with `glmapc approve`");
  const auto& authors = release.statement.authors;
  for (const Signature& signature : release.approvals.signatures) {
    const Policy::Owner owner = policy.find_key(signature.key);
    if (owner.person == nullptr)
      return fail(ErrorCode::UnknownKey, "the key " + in_backticks(signature.key) + " belongs to nobody in the policy",
                  "let somebody approve whom the policy in force names; a new person is named by a change of it first");
    const std::string& name = owner.person->name;
    if (!signature_holds(signature, owner.key->key, release.statement_bytes))
      return fail(ErrorCode::SignatureWrong, "the signature of " + in_backticks(name) + " does not fit the release",
                  "let them approve the release again, as it is now");
    if (day > owner.key->until)
      return fail(ErrorCode::KeyExpired,
                  "the key of " + in_backticks(name) + " was good until " + owner.key->until.to_text() + ", today is " +
                      day.to_text(),
                  "approve with a key that has not expired; a new key is named by a change of the policy first");
    if (std::find(authors.begin(), authors.end(), name) != authors.end())
      return fail(ErrorCode::AuthorApproves, in_backticks(name) + " has made the release and has approved it",
                  "let somebody else approve it");
    const bool again =
        std::any_of(approvers.begin(), approvers.end(), [&](const Approver& one) { return one.name == name; });
    if (!again) approvers.push_back({name, signature.key, owner.person->roles});
  }
  return approvers;
}

std::int64_t with_role(const std::vector<Approver>& approvers, std::string_view role) {
  return std::count_if(approvers.begin(), approvers.end(), [&](const Approver& one) {
    return std::find(one.roles.begin(), one.roles.end(), role) != one.roles.end();
  });
}

Status check_follows(const Statement& statement, const InForce& live) {
  if (live.statement == nullptr) {
    if (statement.number == 1 && statement.base.empty()) return {};
    return fail(ErrorCode::ReleaseBase,
                "the release is number " + std::to_string(statement.number) +
                    " and nothing is in force yet: the first one is expected",
                "put the earlier releases into force first, one after the other");
  }
  if (statement.book != live.statement->book)
    return fail(ErrorCode::ReleaseBase,
                "the release is of the book " + in_backticks(statement.book) + ", " +
                    in_backticks(live.statement->book) + " is in force",
                "use a store of its own for each book");
  if (statement.number <= live.statement->number)
    return fail(ErrorCode::ReleaseOlder,
                "the release is number " + std::to_string(statement.number) + ", number " +
                    std::to_string(live.statement->number) + " is in force",
                "to go back, make a new release from the earlier book and have it approved");
  if (statement.base != live.digest)
    return fail(
        ErrorCode::ReleaseBase,
        "the release was made from " + (statement.base.empty() ? "nothing" : statement.base) + ", " + live.digest +
            " is in force",
        "make it again with `glmapc release --base` and the release in force, so that its diff is the true one");
  if (!live.statement->emergency.empty() && statement.follows_up != live.digest)
    return fail(ErrorCode::FollowUpMissing,
                "the emergency release " + live.digest + " is in force and was not followed up",
                "make the next release with `--follow-up`: it confirms or takes back what was done in the emergency");
  return {};
}

Status check_days(const Statement& statement, const Policy& policy, Date day) {
  if (statement.expires < statement.effective ||
      statement.expires.days() - statement.effective.days() >= static_cast<std::int32_t>(policy.days))
    return fail(ErrorCode::PolicyUnsound,
                "the release may come into force from " + statement.effective.to_text() + " to " +
                    statement.expires.to_text() + ", the policy allows " + counted(policy.days, "day", "days"),
                "make it again with a nearer `--expires`");
  if (day > statement.expires)
    return fail(ErrorCode::ReleaseExpired,
                "the release was to come into force by " + statement.expires.to_text() + ", today is " + day.to_text(),
                "make it again and have it approved again: things may have changed since");
  return {};
}

Status check_emergency(const Statement& statement, const Policy& policy, const std::vector<Approver>& approvers,
                       bool policy_changed) {
  if (policy.emergency_role.empty())
    return fail(ErrorCode::RoleLacking, "the release is an emergency, which the policy does not know",
                "have it approved like any other release");
  if (policy_changed)
    return fail(ErrorCode::PolicyThreshold, "an emergency release changes the policy",
                "leave the policy as it is, and change it in a release of its own");
  if (!statement.follows_up.empty())
    return fail(ErrorCode::FollowUpMissing, "an emergency release is followed up by another one",
                "have the follow-up approved like any other release");
  const std::int64_t able = with_role(approvers, policy.emergency_role);
  if (able >= policy.emergency_approvals) return {};
  return fail(ErrorCode::TooFewApprovals,
              "an emergency release takes " + std::to_string(policy.emergency_approvals) +
                  " approvals by people with the role `" + policy.emergency_role + "`, it has " + std::to_string(able),
              "let more of them approve it");
}

Status check_thresholds(const Release& release, const InForce& live, const std::vector<Approver>& approvers,
                        Approved& approved) {
  const Policy& policy = *live.policy;
  if (approved.policy_changed) {
    const std::int64_t able = with_role(approvers, policy.change_role);
    if (able < policy.change_approvals)
      return fail(ErrorCode::PolicyThreshold,
                  "the release changes the policy, which takes " + std::to_string(policy.change_approvals) +
                      " approvals by people with the role `" + policy.change_role + "`, it has " + std::to_string(able),
                  "let more of them approve it, or leave the policy as it is");
  }
  const auto all = static_cast<std::int64_t>(approvers.size());
  if (all < policy.approvals)
    return fail(ErrorCode::TooFewApprovals,
                "the release takes approvals by " + counted(policy.approvals, "person", "people") + ", it has " +
                    std::to_string(all),
                "let more people approve it");
  for (const Section* section : touched_sections(policy, release.statement, live.statement)) {
    approved.sections.push_back(section->name);
    const std::int64_t able = with_role(approvers, section->role);
    if (able >= section->approvals) continue;
    return fail(ErrorCode::RoleLacking,
                "the release changes the section `" + section->name + "`, which takes " +
                    counted(section->approvals, "approval", "approvals") + " with the role `" + section->role +
                    "`, it has " + std::to_string(able),
                "let somebody with that role approve it");
  }
  return {};
}

}  // namespace

std::vector<const Section*> touched_sections(const Policy& policy, const Statement& after, const Statement* before) {
  std::set<std::string> files;
  for (const auto& [name, digest] : after.sources) {
    const auto old = before != nullptr ? before->sources.find(name) : after.sources.end();
    if (before == nullptr || old == before->sources.end() || old->second != digest) files.insert(name);
  }
  if (before != nullptr)
    for (const auto& [name, digest] : before->sources)
      if (!after.sources.contains(name)) files.insert(name);
  std::vector<const Section*> touched;
  for (const Section& section : policy.sections)
    if (std::any_of(files.begin(), files.end(), [&](const std::string& file) { return section.holds(file); }))
      touched.push_back(&section);
  return touched;
}

Result<Approved> check_release(const Release& release, const InForce& live, Date day) {
  GLMAP_CHECK(check_follows(release.statement, live));
  GLMAP_CHECK(check_days(release.statement, *live.policy, day));
  Approved approved;
  approved.policy_changed = policy_digest(release.policy) != policy_digest(*live.policy);
  GLMAP_TRY(approvers, approvers_of(release, *live.policy, day));
  if (release.statement.emergency.empty()) {
    GLMAP_CHECK(check_thresholds(release, live, approvers, approved));
  } else {
    GLMAP_CHECK(check_emergency(release.statement, *live.policy, approvers, approved.policy_changed));
    for (const Section* section : touched_sections(*live.policy, release.statement, live.statement))
      approved.sections.push_back(section->name);
  }
  approved.approvers = std::move(approvers);
  return approved;
}

Status check_begun(const Statement& statement, Date day) {
  if (day >= statement.effective) return {};
  return fail(ErrorCode::ReleaseTooEarly,
              "the release is to be in force from " + statement.effective.to_text() + ", today is " + day.to_text(),
              "wait: what is in force stays until then");
}

Status check_bundle(const Statement& statement, std::string_view digest, std::string_view book) {
  if (digest == statement.bundle && book == statement.book) return {};
  return fail(ErrorCode::ReleaseAltered,
              "the bundle of the release is " + std::string(digest) + " of the book " + in_backticks(book) + ", " +
                  statement.bundle + " of " + in_backticks(statement.book) + " was approved",
              "make the release again with `glmapc release`");
}

Status check_trusted(const Policy& policy, std::string_view trusted) {
  const std::string digest = policy_digest(policy);
  if (digest == trusted) return {};
  return fail(ErrorCode::TrustMissing,
              "the first release comes with the policy " + digest + ", " + in_backticks(trusted, 80) + " is trusted",
              "compare the policy with the one that was agreed on, and write its digest where trust is configured");
}

}  // namespace glmap::approval
