// SPDX-License-Identifier: Apache-2.0
// The rules bundle: a rule book as one canonical file with its digest. Written by glmapc, read by glmapd. Reading
// checks the digest and the shape of everything, so that a bundle in memory is sound. Pure functions; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// What was proved about the book and by which compiler; recorded, shown to auditors, part of the digest.
struct Proofs {
  std::string compiler;                        // "glmapc 0.1.0"
  std::map<std::string, std::string> results;  // check name -> "proved: 412 combinations" ...
};

struct Bundle {
  RuleBook book;
  Proofs proofs;
  std::string digest;  // "sha256:<hex>" of the canonical payload
};

/// Canonical bytes of the bundle file: the same book gives the same bytes everywhere. Sets nothing aside.
std::string write_bundle(const RuleBook& book, const Proofs& proofs);
/// Errors: GLM-5001 not a bundle, GLM-5002 digest differs, GLM-5003 other format version.
Result<Bundle> read_bundle(std::string_view bytes);

}  // namespace glmap::rules
