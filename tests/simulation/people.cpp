// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/people.hpp"

#include "tests/simulation/own_json.hpp"

namespace glmap::simulation {

namespace {

constexpr const char* kName = "controller@example.com";

}  // namespace

std::string People::body(std::string& why) {
  why = "put right, number " + std::to_string(++number_);
  return std::string(R"({"by":")") + kName + R"(","reason":")" + why + R"("})";
}

void People::act_on_event(Host& host, std::int64_t sequence, const char* what) {
  PersonsAct act{false, sequence, "", kName, ""};
  const auto answer = host.ask("POST", "/v1/events/" + std::to_string(sequence) + "/" + what, body(act.why));
  if (answer.status == 200 && !machine_.dead()) acts_.push_back(std::move(act));
}

void People::act_on_entry(Host& host, const std::string& reference) {
  PersonsAct act{true, 0, reference, kName, ""};
  const auto answer = host.ask("POST", "/v1/entries/" + reference + "/retry", body(act.why));
  if (answer.status == 200 && !machine_.dead()) acts_.push_back(std::move(act));
}

std::vector<std::int64_t> People::events_in(Host& host, const char* state) {
  std::vector<std::int64_t> found;
  const auto answer = host.ask("GET", std::string("/v1/events?limit=1000&state=") + state);
  if (answer.status != 200) return found;
  const OwnJson shown = OwnJson::read(answer.body);
  for (const OwnJson& event : shown["events"].list) found.push_back(event["sequence"].whole());
  return found;
}

std::vector<std::string> People::entries_in(Host& host, const char* state) {
  std::vector<std::string> found;
  const auto answer = host.ask("GET", std::string("/v1/entries?limit=1000&state=") + state);
  if (answer.status != 200) return found;
  const OwnJson shown = OwnJson::read(answer.body);
  for (const OwnJson& entry : shown["entries"].list) found.push_back(entry["reference"].text);
  return found;
}

void People::resume_all(Host& host) {
  for (const std::string& lane : lane_names())
    host.ask("POST", "/v1/erp/" + lane + "/resume", R"({"by":"sre","reason":"mended"})");
}

bool People::something_happens(Host& host) {
  const bool resumes = faults_.hits(Fault::person_resumes);
  if (resumes) resume_all(host);
  if (faults_.hits(Fault::person_retries)) {
    const auto entries = entries_in(host, chance_.permille(500) ? "held" : "rejected");
    if (!entries.empty()) act_on_entry(host, chance_.pick(entries));
    const auto events = events_in(host, chance_.permille(700) ? "held" : "rejected");
    if (!events.empty()) act_on_event(host, chance_.pick(events), "retry");
  }
  if (faults_.hits(Fault::person_rejects)) {
    const auto events = events_in(host, "held");
    if (!events.empty()) act_on_event(host, chance_.pick(events), "reject");
  }
  return resumes;
}

int People::retry_all(Host& host) {
  int tried = 0;
  for (const char* state : {"held", "rejected"}) {
    for (const std::string& reference : entries_in(host, state)) {
      act_on_entry(host, reference);
      ++tried;
    }
  }
  return tried;
}

}  // namespace glmap::simulation
