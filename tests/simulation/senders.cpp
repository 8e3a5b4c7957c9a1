// SPDX-License-Identifier: Apache-2.0
// Letters, their way through the network, and what comes back. The events themselves: sender_events.cpp.
#include "tests/simulation/senders.hpp"

#include <algorithm>

namespace glmap::simulation {

using gateway::platform::Answer;

namespace {

constexpr int kTriesMax = 12;
constexpr const char* kSingle = "application/cloudevents+json";
constexpr const char* kBatch = "application/cloudevents-batch+json; charset=utf-8";
constexpr const char* kLines = "application/x-ndjson";

SentKey key_of(const OwnJson& event) {
  return {event["source"].text, event["id"].text};
}

bool has_field(const Answer& answer, std::string_view name) {
  return std::any_of(answer.fields.begin(), answer.fields.end(), [&](const auto& each) { return each.first == name; });
}

}  // namespace

Senders::Senders(Machine& machine, FaultMix& faults, Chance chance)
    : machine_(machine), faults_(faults), chance_(chance) {}

std::string Senders::Letter::body() const {
  if (content_type == kSingle) return events.front();
  std::string text;
  for (const std::string& event : events) text += (text.empty() ? "" : content_type == kLines ? "\n" : " , ") + event;
  return content_type == kLines ? text : "[" + text + "]";
}

void Senders::add_event(Letter& letter) {
  std::string text;
  bool bad = false;
  if (!texts_.empty() && faults_.hits(Fault::repeat)) {
    text = chance_.pick(texts_);
    if (chance_.permille(300)) text = other_blanks(text);
  } else if (!texts_.empty() && faults_.hits(Fault::conflict)) {
    text = changed(chance_.pick(texts_));
  } else {
    text = new_event(bad);
    if (!bad) texts_.push_back(text);
  }
  ++events_;
  if (!bad) sent_[key_of(OwnJson::read(text))].insert(text);
  letter.events.push_back(std::move(text));
  letter.bad.push_back(bad);
}

void Senders::write_letter() {
  Letter letter;
  const auto kind = chance_.below(10);
  letter.content_type = kind < 5 ? kSingle : kind < 8 ? kBatch : kLines;
  const std::int64_t count = kind < 5 ? 1 : chance_.between(1, 5);
  for (std::int64_t i = 0; i < count; ++i) add_event(letter);
  // A batch is one JSON text: what is not JSON in it spoils all of it. The events are sent again by themselves later.
  if (letter.content_type == kBatch) {
    for (std::size_t index = 0; index < letter.events.size(); ++index) {
      if (!letter.bad[index] || letter.events[index].ends_with('}')) continue;
      letter.bad_as_a_whole = true;
    }
  }
  if (letter.bad_as_a_whole) {
    Letter rest;
    rest.content_type = kLines;
    for (std::size_t index = 0; index < letter.events.size(); ++index) {
      if (letter.bad[index]) continue;
      rest.events.push_back(letter.events[index]);
      rest.bad.push_back(false);
    }
    if (!rest.events.empty()) outbox_.push_back(std::move(rest));
  }
  outbox_.push_back(std::move(letter));
}

std::size_t Senders::choose_letter() {
  return faults_.hits(Fault::reorder) ? chance_.below(outbox_.size()) : 0;
}

void Senders::deliver(Host& host) {
  deliver_some(host, std::min<std::size_t>(outbox_.size(), 1 + chance_.below(3)), true);
}

void Senders::deliver_burst(Host& host) {
  deliver_some(host, outbox_.size(), false);
}

void Senders::deliver_some(Host& host, std::size_t letters, bool may_lose) {
  std::vector<std::pair<std::size_t, std::optional<Answer>>> answers;
  std::set<std::size_t> chosen;
  answers.reserve(letters);
  for (std::size_t i = 0; i < letters; ++i) {
    std::size_t which = choose_letter();
    while (chosen.contains(which)) which = (which + 1) % outbox_.size();
    chosen.insert(which);
    outbox_[which].tries += 1;
    if (may_lose && faults_.hits(Fault::request_lost)) continue;
    answers.emplace_back(which, std::nullopt);
  }
  for (auto& [which, answer] : answers) {
    host.request("POST", "/v1/events", outbox_[which].content_type, outbox_[which].body(), [&](Answer given) {
      if (answer) complaints.emplace_back("I1", "one request was answered twice");
      if (!machine_.dead()) answer = std::move(given);
    });
  }
  while (host.work_off()) {
  }
  for (auto& [which, answer] : answers) {
    if (!answer && !machine_.dead()) complaints.emplace_back("I6", "a request was never answered");
    if (answer && faults_.hits(Fault::answer_lost)) answer.reset();
  }
  collect(answers);
}

void Senders::collect(std::vector<std::pair<std::size_t, std::optional<Answer>>>& answers) {
  std::set<std::size_t> done;
  for (const auto& [which, answer] : answers) {
    if (answer && read_answer(outbox_[which], *answer)) done.insert(which);
  }
  std::deque<Letter> left;
  for (std::size_t index = 0; index < outbox_.size(); ++index) {
    const bool forgotten = outbox_[index].tries >= kTriesMax;
    if (!done.contains(index) && !forgotten) left.push_back(std::move(outbox_[index]));
  }
  outbox_ = std::move(left);
}

/// True when the matter is settled; false: to be sent again.
bool Senders::read_answer(const Letter& letter, const Answer& answer) {
  if (answer.status == 429 || answer.status >= 500) return false;
  if (letter.bad_as_a_whole) {
    if (answer.status < 400) complaints.emplace_back("I11", "a batch that is no JSON was taken: " + answer.body);
    return true;
  }
  if (letter.content_type == kSingle) {
    read_single(letter, answer);
  } else if (answer.status == 200) {
    read_batch(letter, answer);
  } else {
    complaints.emplace_back("I11", "a good batch was answered " + std::to_string(answer.status) + " " + answer.body);
  }
  return true;
}

void Senders::read_single(const Letter& letter, const Answer& answer) {
  const std::string& text = letter.events.front();
  const OwnJson said = OwnJson::read(answer.body);
  if (answer.status == 200 || answer.status == 202) {
    if (said["status"].text == "conflict") complaints.emplace_back("I2", "2xx for a conflict: " + answer.body);
    if (answer.status == 200 && said["status"].text != "duplicate")
      complaints.emplace_back("I1", "200 for what is new: " + answer.body);
    return take_receipt(text, said, letter.bad.front());
  }
  if (letter.bad.front()) return;
  if (!has_field(answer, "Location")) {
    complaints.emplace_back("I11", "a good event was answered " + std::to_string(answer.status) + " " + answer.body);
    return;
  }
  const OwnJson event = OwnJson::read(text);
  std::string location;
  for (const auto& [name, value] : answer.fields) {
    if (name == "Location") location = value;
  }
  const bool conflict = said["type"].text == "urn:glmap:error:GLM-6011";
  acknowledged_.push_back({key_of(event),
                           conflict ? "conflict" : "rejected",
                           std::stoll(location.substr(location.rfind('/') + 1)),
                           text,
                           {}});
}

void Senders::read_batch(const Letter& letter, const Answer& answer) {
  const OwnJson said = OwnJson::read(answer.body);
  const auto& results = said["results"].list;
  if (results.size() != letter.events.size()) {
    complaints.emplace_back("E7", "a batch of " + std::to_string(letter.events.size()) + " was answered with " +
                                      std::to_string(results.size()) + " results");
    return;
  }
  for (std::size_t index = 0; index < results.size(); ++index) {
    if (results[index]["status"].text == "refused") {
      if (!letter.bad[index])
        complaints.emplace_back("I11", "a good event was refused in a batch: " + results[index].dump());
      continue;
    }
    take_receipt(letter.events[index], results[index], letter.bad[index]);
  }
}

void Senders::take_receipt(const std::string& text, const OwnJson& receipt, bool bad) {
  if (bad) {
    complaints.emplace_back("I11", "what cannot be an event was taken: " + receipt.dump());
    return;
  }
  const OwnJson event = OwnJson::read(text);
  Acknowledgement told{key_of(event), receipt["status"].text, receipt["sequence"].whole(), text, {}};
  if (receipt["source"].text != told.key.first || receipt["id"].text != told.key.second) {
    complaints.emplace_back("E7",
                            "event " + told.key.second + " was answered with the receipt of " + receipt["id"].text);
    return;
  }
  for (const OwnJson& reference : receipt["entries"].list) told.references.push_back(reference.text);
  acknowledged_.push_back(std::move(told));
}

}  // namespace glmap::simulation
