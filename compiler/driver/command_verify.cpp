// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/release_folder.hpp"

namespace glmap::driver {

namespace {

Result<approval::Approved> verify(const VerifyOptions& options, const approval::Release& release) {
  if (options.base.empty()) {
    GLMAP_CHECK(approval::check_trusted(release.policy, options.trust));
    return approval::check_release(release, {&release.policy, nullptr, ""}, options.day);
  }
  GLMAP_TRY(base, read_release_folder(options.base));
  return approval::check_release(release, {&base.policy, &base.statement, base.digest}, options.day);
}

}  // namespace

int run_verify(const VerifyOptions& options) {
  const auto release = read_release_folder(options.release);
  if (!release) return tell_refusal(release.error());
  const auto approved = verify(options, *release);
  if (!approved) return tell_refusal(approved.error());
  if (Status begun = approval::check_begun(release->statement, options.day); !begun) return tell_refusal(begun.error());
  std::printf("%s release %s, number %lld, may come into force on %s\n%s\n", release->statement.book.c_str(),
              release->statement.release.c_str(), static_cast<long long>(release->statement.number),
              options.day.to_text().c_str(), release->digest.c_str());
  for (const approval::Approver& one : approved->approvers)
    std::printf("approved by %s with %s\n", one.name.c_str(), one.key.c_str());
  for (const std::string& section : approved->sections) std::printf("changes the section %s\n", section.c_str());
  if (approved->policy_changed) std::printf("changes the policy\n");
  return kGood;
}

}  // namespace glmap::driver
