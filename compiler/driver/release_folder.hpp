// SPDX-License-Identifier: Apache-2.0
// The folder of a release on disk, and the policy that finance keeps in the book. What they mean is
// compiler/runtime/approval.
#pragma once

#include <string>

#include "compiler/runtime/approval/check.hpp"

namespace glmap::driver {

inline constexpr const char* kPolicySource = "release-policy.yaml";  // in the book's directory

/// Reads, checks the digests of everything and the bundle. Errors: of open_release and check_bundle, GLM-1009,
/// GLM-5001..5003.
Result<approval::Release> read_release_folder(const std::string& folder);

/// The folder must not be there yet. Errors: GLM-1009.
Status write_release_folder(const std::string& folder, const approval::Files& files);

/// Errors: GLM-5024, at its line where it is no YAML.
Result<approval::Policy> read_policy_source(const std::string& text);

/// Prints the error for a person; the exit code that belongs to it.
int tell_refusal(const Error& error);

}  // namespace glmap::driver
