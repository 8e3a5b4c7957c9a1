// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/policy.hpp"

#include <algorithm>
#include <set>

#include "compiler/runtime/approval/fields.hpp"
#include "compiler/runtime/base/digest.hpp"

namespace glmap::approval {

namespace {

constexpr ErrorCode kCode = ErrorCode::PolicyUnsound;
constexpr std::int64_t kPeopleMax = 1000;

/// `*` stands for any characters, also none.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos, again = 0, at = 0, from = 0;
  while (at < text.size()) {
    if (from < pattern.size() && pattern[from] == '*') {
      star = from++;
      again = at;
    } else if (from < pattern.size() && pattern[from] == text[at]) {
      ++from;
      ++at;
    } else if (star != std::string_view::npos) {
      from = star + 1;
      at = ++again;
    } else {
      return false;
    }
  }
  while (from < pattern.size() && pattern[from] == '*') ++from;
  return from == pattern.size();
}

Result<Person> read_person(const Json& json, const std::string& place) {
  const Fields fields(json, "a person", place, kCode);
  GLMAP_CHECK(fields.only({"name", "roles", "keys"}));
  Person person;
  GLMAP_TRY(name, fields.text("name"));
  person.name = name;
  if (name.empty()) return fields.wrong("name", "a person has no name");
  GLMAP_TRY(roles, fields.texts("roles"));
  person.roles = roles;
  GLMAP_TRY(keys, fields.list("keys"));
  std::size_t number = 0;
  for (const Json& one : *keys->as_array()) {
    const Fields key(one, "a key", fields.place("keys") + "/" + std::to_string(number++), kCode);
    GLMAP_CHECK(key.only({"key", "until"}));
    GLMAP_TRY(text, key.text("key"));
    const auto read = read_public_key(text);
    if (!read) return key.wrong("key", read.error().message);
    GLMAP_TRY(until, key.date("until"));
    person.keys.push_back({*read, until});
  }
  return person;
}

Result<Section> read_section(const Json& json, const std::string& place) {
  const Fields fields(json, "a section", place, kCode);
  GLMAP_CHECK(fields.only({"name", "files", "role", "approvals"}));
  Section section;
  GLMAP_TRY(name, fields.text("name"));
  GLMAP_TRY(files, fields.texts("files"));
  GLMAP_TRY(role, fields.text("role"));
  GLMAP_TRY(approvals, fields.number("approvals", 1, kPeopleMax));
  section.name = name;
  section.files = files;
  section.role = role;
  section.approvals = approvals;
  if (name.empty() || files.empty()) return fields.wrong("", "a section lacks its name or its files");
  return section;
}

Status read_thresholds(const Fields& fields, Policy& policy) {
  GLMAP_TRY(change, fields.object("policy"));
  const Fields of_change(*change, "`policy`", fields.place("policy"), kCode);
  GLMAP_CHECK(of_change.only({"role", "approvals"}));
  GLMAP_TRY(role, of_change.text("role"));
  GLMAP_TRY(approvals, of_change.number("approvals", 1, kPeopleMax));
  policy.change_role = role;
  policy.change_approvals = approvals;
  if (!fields.has("emergency")) return {};
  GLMAP_TRY(emergency, fields.object("emergency"));
  const Fields of_emergency(*emergency, "`emergency`", fields.place("emergency"), kCode);
  GLMAP_CHECK(of_emergency.only({"role", "approvals", "hours"}));
  GLMAP_TRY(emergency_role, of_emergency.text("role"));
  GLMAP_TRY(keys, of_emergency.number("approvals", 2, kPeopleMax));
  GLMAP_TRY(hours, of_emergency.number("hours", 1, 24 * 31));
  if (emergency_role.empty()) return of_emergency.wrong("role", "an emergency has no role");
  policy.emergency_role = emergency_role;
  policy.emergency_approvals = keys;
  policy.emergency_hours = hours;
  return {};
}

std::unexpected<Error> unsound(std::string message, std::string help) {
  return fail(kCode, std::move(message), std::move(help));
}

/// Whether so many people with the role, and with a key, are named.
Status reachable(const Policy& policy, std::string_view role, std::int64_t wanted, const std::string& what) {
  const auto able = std::count_if(policy.people.begin(), policy.people.end(), [&](const Person& person) {
    return !person.keys.empty() && (role.empty() || person.has_role(role));
  });
  if (able >= wanted) return {};
  const std::string with = role.empty() ? "" : " with the role `" + std::string(role) + "`";
  return unsound(what + " takes " + std::to_string(wanted) + " people" + with + ", the policy names " +
                     std::to_string(able) + " who have a key",
                 "name more people, or ask for fewer approvals");
}

Status check_sound(const Policy& policy) {
  std::set<std::string> names;
  std::set<PublicKey> keys;
  for (const Person& person : policy.people) {
    if (!names.insert(person.name).second)
      return unsound(in_backticks(person.name) + " stands twice among the people", "write one line for each person");
    for (const PersonKey& key : person.keys)
      if (!keys.insert(key.key).second)
        return unsound("the key " + fingerprint(key.key) + " of " + in_backticks(person.name) + " stands twice",
                       "each person has keys of their own");
  }
  if (policy.change_approvals <= policy.approvals)
    return unsound("a change of the policy takes " + std::to_string(policy.change_approvals) +
                       " approvals, any release takes " + std::to_string(policy.approvals),
                   "ask for more approvals under `policy` than for a release");
  GLMAP_CHECK(reachable(policy, "", policy.approvals, "a release"));
  GLMAP_CHECK(reachable(policy, policy.change_role, policy.change_approvals, "a change of the policy"));
  if (!policy.emergency_role.empty())
    GLMAP_CHECK(reachable(policy, policy.emergency_role, policy.emergency_approvals, "an emergency release"));
  for (const Section& section : policy.sections)
    GLMAP_CHECK(reachable(policy, section.role, section.approvals, "the section `" + section.name + "`"));
  return {};
}

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Json(std::move(list));
}

}  // namespace

bool Person::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool Section::holds(std::string_view file) const {
  return std::any_of(files.begin(), files.end(), [&](const std::string& pattern) { return matches(pattern, file); });
}

Policy::Owner Policy::find_key(std::string_view wanted) const {
  for (const Person& person : people)
    for (const PersonKey& key : person.keys)
      if (fingerprint(key.key) == wanted) return {&person, &key};
  return {};
}

Result<Policy> read_policy(const Json& json) {
  const Fields fields(json, "the policy", "", kCode);
  GLMAP_CHECK(fields.only({"version", "approvals", "days", "people", "sections", "policy", "emergency"}));
  GLMAP_CHECK(fields.number("version", 1, 1));
  Policy policy;
  GLMAP_TRY(approvals, fields.number("approvals", 1, kPeopleMax));
  GLMAP_TRY(days, fields.number("days", 1, 366));
  policy.approvals = approvals;
  policy.days = days;
  GLMAP_TRY(people, fields.list("people"));
  std::size_t number = 0;
  for (const Json& one : *people->as_array()) {
    GLMAP_TRY(person, read_person(one, "/people/" + std::to_string(number++)));
    policy.people.push_back(std::move(person));
  }
  GLMAP_TRY(sections, fields.list("sections"));
  number = 0;
  for (const Json& one : *sections->as_array()) {
    GLMAP_TRY(section, read_section(one, "/sections/" + std::to_string(number++)));
    policy.sections.push_back(std::move(section));
  }
  GLMAP_CHECK(read_thresholds(fields, policy));
  GLMAP_CHECK(check_sound(policy));
  return policy;
}

Json to_json(const Policy& policy) {
  Json::Array people, sections;
  for (const Person& person : policy.people) {
    Json::Array keys;
    for (const PersonKey& key : person.keys)
      keys.emplace_back(Json::Object{{"key", to_text(key.key)}, {"until", key.until.to_text()}});
    people.emplace_back(
        Json::Object{{"keys", std::move(keys)}, {"name", person.name}, {"roles", texts_json(person.roles)}});
  }
  for (const Section& section : policy.sections)
    sections.emplace_back(Json::Object{{"approvals", Json::number(section.approvals)},
                                       {"files", texts_json(section.files)},
                                       {"name", section.name},
                                       {"role", section.role}});
  Json json;
  json.set("version", Json::number(1));
  json.set("approvals", Json::number(policy.approvals));
  json.set("days", Json::number(policy.days));
  json.set("people", std::move(people));
  json.set("sections", std::move(sections));
  json.set("policy", Json::Object{{"approvals", Json::number(policy.change_approvals)}, {"role", policy.change_role}});
  if (!policy.emergency_role.empty())
    json.set("emergency", Json::Object{{"approvals", Json::number(policy.emergency_approvals)},
                                       {"hours", Json::number(policy.emergency_hours)},
                                       {"role", policy.emergency_role}});
  return json;
}

std::string policy_digest(const Policy& policy) {
  return "sha256:" + sha256_hex(canonical_json(to_json(policy)));
}

}  // namespace glmap::approval
