// SPDX-License-Identifier: Apache-2.0
// A release as a folder of files: the statement names each other file with its size and digest, the approvals stand
// beside it. Reading and writing the folder is the caller's. Invariant of a Release: nothing in it differs from its
// statement, nothing is missing, nothing else is there. Values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "compiler/runtime/approval/envelope.hpp"
#include "compiler/runtime/approval/policy.hpp"
#include "compiler/runtime/approval/statement.hpp"

namespace glmap::approval {

inline constexpr std::string_view kStatementFile = "release.json";
inline constexpr std::string_view kApprovalsFile = "approvals.json";
inline constexpr std::string_view kBundleFile = "rules.bundle";
inline constexpr std::string_view kPolicyFile = "policy.json";

using Files = std::map<std::string, std::string>;

struct Release {
  std::string statement_bytes, digest;
  Statement statement;
  Policy policy;  // in force once this release is: it decides about the next one
  Envelope approvals;
  std::string bundle;  // bytes
};

/// Errors: GLM-5010 no release, GLM-5011 a file differs, is missing or superfluous, GLM-5027 one ends early, GLM-5024
/// its policy, GLM-5017 its approvals are for another statement.
Result<Release> open_release(Files files);

/// The same without the files that nobody has to read again: from the bytes of statement, policy and approvals (which
/// may be empty). `bundle` stays empty.
Result<Release> open_record(std::string statement, std::string_view policy, std::string_view approvals);

}  // namespace glmap::approval
