// SPDX-License-Identifier: Apache-2.0
// Waiting events: a payment needs an invoice of its number that was posted before it, and waits ten days for one. Told
// from the events and their histories alone; when the gateway's time passes is its own, but it never runs ahead.
#include <algorithm>

#include "tests/simulation/auditor.hpp"

namespace glmap::simulation {

namespace {

constexpr std::int64_t kDay = 24 * kHour;

std::optional<Finding> finding(std::string text) {
  return Finding{"I3", std::move(text)};
}

std::string name_of(const AuditedEvent& event) {
  return "payment " + std::to_string(event.number) + " (" + event.source + " " + event.id + ")";
}

/// 2026-10-01 as microseconds at midnight UTC. Days of the civil calendar, counted from March.
std::int64_t midnight(const std::string& date) {
  std::int64_t year = std::stoi(date.substr(0, 4)), month = std::stoi(date.substr(5, 2)),
               day = std::stoi(date.substr(8, 2));
  if (month < 3) year -= 1, month += 12;
  const std::int64_t days =
      365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 719'469;
  return days * kDay;
}

}  // namespace

bool Auditor::needs_another(const AuditedEvent& event) const {
  return remembers_ && said_.at(event.number)["type"].text == "payment.received";
}

const AuditedChange* Auditor::last_change(const AuditedEvent& event, std::string_view input) const {
  const AuditedChange* last = nullptr;
  for (const AuditedChange& change : store_.history)
    if (change.event == event.number && !change.entry && change.input == input) last = &change;
  return last;
}

std::vector<const AuditedEvent*> Auditor::invoices_for(const AuditedEvent& event) const {
  std::vector<const AuditedEvent*> found;
  const std::string& number = said_.at(event.number)["data"]["invoice"].text;
  for (const AuditedEvent& other : store_.events) {
    const OwnJson& said = said_.at(other.number);
    if (said["type"].text == "invoice.issued" && said["data"]["invoice"].text == number) found.push_back(&other);
  }
  return found;
}

/// At first it waits exactly when no invoice of its number was posted before.
Auditor::Found Auditor::check_first_wait(const AuditedEvent& event) const {
  bool at_once = false, later = false;
  for (const AuditedEvent* invoice : invoices_for(event)) {
    at_once = at_once || (invoice->number < event.number && invoice->first_state == kAccepted);
    later = later || last_change(*invoice, "decided again") != nullptr;
  }
  if (event.first_state == kWaiting && at_once)
    return finding(name_of(event) + " waited, and its invoice had been posted before it came");
  if (event.first_state == kAccepted && !at_once && !later)
    return finding(name_of(event) + " was posted at once, and there was no invoice");
  return std::nullopt;
}

/// It is posted after its invoice, and waits no longer than that.
Auditor::Found Auditor::check_release(const AuditedEvent& event) const {
  std::int64_t first = 0;
  for (const AuditedEvent* invoice : invoices_for(event))
    if (invoice->state == kAccepted || invoice->state == kEventPosted)
      first = first == 0 ? invoice->first_entry : std::min(first, invoice->first_entry);
  if (event.state == kWaiting && first != 0) return finding(name_of(event) + " waits, and its invoice is posted");
  const bool posts = event.state == kAccepted || event.state == kEventPosted;
  if (posts && (first == 0 || first > event.first_entry))
    return finding(name_of(event) + " is posted before its invoice");
  return std::nullopt;
}

Auditor::Found Auditor::check_waiting(Moment moment) const {
  for (const AuditedEvent& event : store_.events) {
    const bool waited = event.first_state == kWaiting || event.state == kWaiting;
    if (!needs_another(event)) {
      if (waited) return finding("event " + std::to_string(event.number) + " waits for what it does not need");
      continue;
    }
    if (Found found = check_first_wait(event)) return found;
    if (Found found = check_release(event)) return found;
    if (last_change(event, "deadline passed") != nullptr) {
      // Zones east of Greenwich begin their day fourteen hours earlier at most.
      const std::int64_t deadline = midnight(said_.at(event.number)["data"]["document_date"].text) + 10 * kDay;
      if (machine_.real() < deadline - 14 * kHour)
        return finding(name_of(event) + " was held before its time was over");
    }
    if (event.state == kWaiting && moment == Moment::settled)
      return finding(name_of(event) + " still waits when its time is over");
  }
  return std::nullopt;
}

}  // namespace glmap::simulation
