// SPDX-License-Identifier: Apache-2.0
// Whether a release may come into force: newer than the one in force, made from it, in its days, and approved as the
// policy in force asks - never as the release's own policy does. On any doubt the answer is no, with the first reason.
// Time is handed in. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/approval/package.hpp"

namespace glmap::approval {

/// What is in force: a release and its policy; or, before the first one, a policy that was trusted by its digest.
struct InForce {
  const Policy* policy = nullptr;
  const Statement* statement = nullptr;  // nullptr: nothing yet
  std::string digest;                    // of the release
};

struct Approver {
  std::string name, key;  // fingerprint
  std::vector<std::string> roles;
  friend bool operator==(const Approver&, const Approver&) = default;
};

struct Approved {
  std::vector<Approver> approvers;    // different people, in the order in which they signed
  std::vector<std::string> sections;  // that the release touches
  bool policy_changed = false;
};

/// Errors: GLM-5012..5022, GLM-5024 (its days), GLM-5025, GLM-5026. `day`: in UTC. A release whose first day has not
/// come is approved all the same: see check_begun.
Result<Approved> check_release(const Release& release, const InForce& live, Date day);
/// Errors: GLM-5023.
Status check_begun(const Statement& statement, Date day);

/// The bundle that lies in the release is the one that was approved. Errors: GLM-5011.
Status check_bundle(const Statement& statement, std::string_view digest, std::string_view book);

/// The policy of a first release is trusted when its digest is `trusted`. Errors: GLM-5028.
Status check_trusted(const Policy& policy, std::string_view trusted);

/// The sections of `policy` whose files differ between two releases; all of them without a `before`.
std::vector<const Section*> touched_sections(const Policy& policy, const Statement& after, const Statement* before);

}  // namespace glmap::approval
