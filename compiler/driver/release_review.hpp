// SPDX-License-Identifier: Apache-2.0
// What people read before they approve: the pages of a release, made from the book alone, so that they are the same
// wherever and whenever they are made. Pure.
#pragma once

#include <string>

#include "compiler/driver/pipeline.hpp"
#include "compiler/runtime/approval/check.hpp"

namespace glmap::driver {

/// Markdown. `base`: the release in force, or nullptr; `moves`: what of it moves, in a line.
std::string review_page(const Compilation& compilation, const approval::Statement& statement,
                        const approval::Policy& policy, const approval::Release* base, const std::string& moves);
/// Canonical JSON: each test of the book by its title, and whether it passed.
std::string tests_json(const Compilation& compilation);
/// Canonical JSON: what was proved.
std::string proofs_json(const Compilation& compilation);

}  // namespace glmap::driver
