// SPDX-License-Identifier: Apache-2.0
// A policy with five people, and releases under it, for the tests of approvals. Their keys come from their names.
#pragma once

#include <string>

#include "compiler/runtime/approval/check.hpp"
#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/signature.hpp"

namespace glmap::testing {

inline approval::PrivateKey secret_of(const std::string& name) {
  const Sha256 digest = sha256(name);
  return {std::string(digest.begin(), digest.end())};
}

inline approval::PublicKey key_of(const std::string& name) {
  return {*ed25519_public_key(secret_of(name).seed)};
}

inline Date day(const char* text) {
  return *Date::parse(text);
}

inline approval::Policy policy_of_five() {
  approval::Policy policy;
  policy.approvals = 2;
  const auto person = [&](const std::string& name, std::vector<std::string> roles, const char* until = "2027-12-31") {
    policy.people.push_back({name, std::move(roles), {{key_of(name), day(until)}}});
  };
  person("anna", {"accounting"});
  person("bert", {"accounting", "controller"});
  person("clara", {"controller", "emergency"});
  person("dora", {"controller", "emergency"});
  person("emil", {"accounting"}, "2026-06-30");
  policy.sections = {{"accounts", {"reference/accounts.yaml"}, "controller", 1},
                     {"rules", {"*.glmap"}, "accounting", 1}};
  policy.change_role = "controller";
  policy.change_approvals = 3;
  policy.emergency_role = "emergency";
  policy.emergency_approvals = 2;
  return policy;
}

/// Made by anna; changes both sections.
inline approval::Files files_of(approval::Statement statement, const approval::Policy& policy) {
  approval::Files files = {{"rules.bundle", "the bundle"},
                           {"policy.json", canonical_json(approval::to_json(policy))},
                           {"review.md", "# What changes\n"}};
  for (const auto& [name, bytes] : files)
    statement.files[name] = {static_cast<std::int64_t>(bytes.size()), sha256_hex(bytes)};
  files["release.json"] = approval::write_statement(statement);
  return files;
}

inline approval::Statement first_statement() {
  approval::Statement statement;
  statement.book = "acme";
  statement.release = "2026.11";
  statement.authors = {"anna"};
  statement.effective = day("2026-11-01");
  statement.expires = day("2026-11-30");
  statement.bundle = "sha256:" + sha256_hex("the bundle");
  statement.compiler = "glmapc";
  statement.sources = {{"book.glmap", "1"}, {"reference/accounts.yaml", "1"}};
  return statement;
}

inline approval::Files approved_by(approval::Files files, const std::vector<std::string>& names) {
  approval::Envelope envelope{files["release.json"], {}};
  for (const std::string& name : names)
    envelope.signatures.push_back(*approval::sign(secret_of(name), envelope.payload));
  files["approvals.json"] = approval::write_envelope(envelope);
  return files;
}

}  // namespace glmap::testing
