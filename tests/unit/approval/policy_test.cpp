// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/unit/approval/people.hpp"

using namespace glmap::approval;
using glmap::ErrorCode;
using glmap::testing::policy_of_five;

namespace {

void is_refused(const Policy& policy, const std::string& because) {
  const auto read = read_policy(to_json(policy));
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::PolicyUnsound);
  CHECK_THAT(read.error().message, Catch::Contains(because));
}

}  // namespace

TEST_CASE("a policy is read as it was written", "[approval]") {
  const Policy policy = policy_of_five();
  const auto read = read_policy(to_json(policy));
  REQUIRE(read);
  CHECK(policy_digest(*read) == policy_digest(policy));
}

TEST_CASE("a policy that nobody could satisfy is refused", "[approval]") {
  Policy policy = policy_of_five();
  policy.change_approvals = 4;
  is_refused(policy, "a change of the policy takes 4 people with the role `controller`, the policy names 3");
  policy = policy_of_five();
  policy.sections[0].role = "auditor";
  is_refused(policy, "the section `accounts` takes 1 people with the role `auditor`, the policy names 0");
  policy = policy_of_five();
  policy.people[3].keys.clear();
  is_refused(policy, "a change of the policy takes 3 people");
}

TEST_CASE("changing the policy takes more approvals than a release", "[approval]") {
  Policy policy = policy_of_five();
  policy.change_approvals = 2;
  is_refused(policy, "a change of the policy takes 2 approvals, any release takes 2");
}

TEST_CASE("one key is one person's, and one person stands there once", "[approval]") {
  Policy policy = policy_of_five();
  policy.people[1].keys.push_back(policy.people[0].keys[0]);
  is_refused(policy, "of `bert` stands twice");
  policy = policy_of_five();
  policy.people[1].name = "anna";
  is_refused(policy, "`anna` stands twice");
}

TEST_CASE("a setting that is not known is refused with its place", "[approval]") {
  glmap::Json json = to_json(policy_of_five());
  json.set("treshold", glmap::Json::number(1));
  CHECK_THAT(read_policy(json).error().message, Catch::Contains("`treshold`"));
  json = to_json(policy_of_five());
  json.find("people");
  glmap::Json people = *json.find("people");
  (*people.as_array())[2].set("keys", glmap::Json::number(1));
  json.set("people", people);
  CHECK(read_policy(json).error().where.pointer == "/people/2/keys");
}

TEST_CASE("a section holds the files that its patterns name", "[approval]") {
  const Section section{"rules", {"*.glmap", "reference/a*.yaml"}, "accounting", 1};
  CHECK(section.holds("book.glmap"));
  CHECK(section.holds("reference/accounts.yaml"));
  CHECK_FALSE(section.holds("reference/entities.yaml"));
  CHECK_FALSE(section.holds("book.glmap.txt"));
}
