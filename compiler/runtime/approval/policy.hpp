// SPDX-License-Identifier: Apache-2.0
// Who may put a mapping book into force: people with roles and keys, how many of them a release needs, which role each
// section of the book needs, what changing the policy itself takes, and what goes in an emergency. It is written by
// finance in the book (release-policy.yaml) and stands in each release in one canonical form. Invariant: what it asks
// for could be satisfied by the people it names. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/approval/keys.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::approval {

struct PersonKey {
  PublicKey key;
  Date until;  // the last day on which it approves
};

struct Person {
  std::string name;
  std::vector<std::string> roles;
  std::vector<PersonKey> keys;
  bool has_role(std::string_view role) const;
};

/// Files of the book that need people of a role. `*` in a pattern stands for any characters.
struct Section {
  std::string name;
  std::vector<std::string> files;
  std::string role;
  std::int64_t approvals = 1;
  bool holds(std::string_view file) const;
};

struct Policy {
  std::int64_t approvals = 1;  // different people, for any release
  std::int64_t days = 31;      // from the day a release is to be in force to its last
  std::vector<Person> people;
  std::vector<Section> sections;
  std::string change_role;  // for a change of the policy itself
  std::int64_t change_approvals = 2;
  std::string emergency_role;  // "": there are none
  std::int64_t emergency_approvals = 2;
  std::int64_t emergency_hours = 72;

  struct Owner {
    const Person* person = nullptr;
    const PersonKey* key = nullptr;
  };
  /// By fingerprint; empty when nobody has the key.
  Owner find_key(std::string_view fingerprint) const;
};

/// Errors: GLM-5024, also for a policy that nobody could satisfy, a key that two people have, or a change of the
/// policy that takes no more approvals than any release.
Result<Policy> read_policy(const Json& json);
Json to_json(const Policy& policy);
/// Of the canonical form: how a policy is trusted. "sha256:..."
std::string policy_digest(const Policy& policy);

}  // namespace glmap::approval
