// SPDX-License-Identifier: Apache-2.0
// Entries, the ERP's documents, and the figures finance reads.
#include <algorithm>
#include <set>

#include "tests/simulation/auditor.hpp"

namespace glmap::simulation {

namespace {

std::optional<Finding> finding(std::string id, std::string text) {
  return Finding{std::move(id), std::move(text)};
}

std::string in_words(const std::vector<OwnLine>& lines) {
  std::string text;
  for (const OwnLine& line : lines)
    text += (text.empty() ? "" : "; ") + std::string(line.debit ? "debit " : "credit ") + line.account + " " +
            digits_of(line.minor);
  return text;
}

std::vector<OwnLine> lines_of(const std::vector<TwinLine>& lines) {
  std::vector<OwnLine> made;
  for (const TwinLine& line : lines)
    made.push_back({line.account, line.debit, minor_of(line.amount, line.currency).value_or(-1)});
  std::sort(made.begin(), made.end());
  return made;
}

/// The statement's five classes and what was accepted, in count and minor units.
struct Row {
  std::map<std::string, std::pair<std::int64_t, Minor>> classes;
};

}  // namespace

Auditor::Found Auditor::check_entry(const AuditedEvent& event, const AuditedEntry& entry,
                                    const OwnEntry& expected) const {
  const std::string name = "entry " + entry.reference + " of event " + std::to_string(event.number);
  const OwnJson& body = bodies_.at(entry.number);
  const OwnEntry& stored = made_.at(entry.number);
  if (body["origin"]["bundle_digest"].text != event.bundle)
    return finding("M2", name + " was made by another book than its event names");
  if (stored.entity != expected.entity || entry.entity != expected.entity)
    return finding("E14", name + " is for " + stored.entity + ", not " + expected.entity);
  if (entry.lane != expected.lane) return finding("E14", name + " goes to " + entry.lane + ", not " + expected.lane);
  if (stored.currency != expected.currency) return finding("M5", name + " is in " + stored.currency);
  if (stored.date != expected.date || stored.period != expected.period)
    return finding("M8", name + " is dated " + stored.date + " in " + stored.period + ", not " + expected.date);
  if (stored.lines != expected.lines)
    return finding("M1", name + " holds " + in_words(stored.lines) + ", the book says " + in_words(expected.lines));
  const std::string object = event.source + "|invoice:" + said_.at(event.number)["data"]["invoice"].text;
  if (entry.object != object) return finding("I3", name + " belongs to object " + entry.object + ", not " + object);
  return std::nullopt;
}

Auditor::Found Auditor::check_states(Moment moment) const {
  for (const AuditedEvent& event : store_.events) {
    const auto entries = entries_of(event);
    const bool all =
        std::all_of(entries.begin(), entries.end(), [](const AuditedEntry* entry) { return entry->state == kPosted; });
    if (event.state == kEventPosted && !all)
      return finding("E15", "event " + std::to_string(event.number) + " counts as posted, and an entry of it is not");
    if (event.state == kAccepted && all)
      return finding("E15",
                     "event " + std::to_string(event.number) + " has every entry posted and does not count as posted");
    const bool waits = event.state == kEventHeld || event.state == kEventRejected || event.state == kWaiting;
    if (waits && !event.has_reason)
      return finding("M1", "event " + std::to_string(event.number) + " waits without a reason");
  }
  for (const AuditedEntry& entry : store_.entries) {
    const std::string name = "entry " + entry.reference;
    if (entry.state < 0) return finding("I6", name + " has no state");
    const bool waits = entry.state == kRejected || entry.state == kHeld;
    if (waits && entry.reason.empty()) return finding("E12", name + " waits for a person without a reason");
    if (moment != Moment::any && entry.state <= kDraft)
      return finding("E1", name + " is still under way (state " + std::to_string(entry.state) +
                               ") when nothing happens any more: " + entry.reason + story_of(entry));
    if (moment == Moment::settled && entry.state != kPosted)
      return finding("E12", name + " is in state " + std::to_string(entry.state) +
                                " after everything was put right: " + entry.reason + story_of(entry));
  }
  return std::nullopt;
}

/// The ERP's books against the entries: once each, in the right company, line by line.
Auditor::Found Auditor::check_ledger(Moment moment) const {
  std::map<std::string, const AuditedEntry*> by_reference;
  for (const AuditedEntry& entry : store_.entries) {
    if (!by_reference.emplace(entry.reference, &entry).second)
      return finding("E1", "two entries share the reference " + entry.reference);
  }
  std::map<std::string, const TwinDocument*> documents;
  for (const TwinDocument& document : twin_.documents()) {
    if (document.removed) continue;
    const std::string name = "document " + std::to_string(document.number) + " (" + document.reference + ")";
    const auto at = by_reference.find(document.reference);
    if (at == by_reference.end()) return finding("I6", name + " is in the ERP and its entry is not in the store");
    if (!documents.emplace(document.reference, &document).second)
      return finding("E1", name + " is in the ERP twice" + story_of(*at->second));
    const OwnEntry& entry = made_.at(at->second->number);
    if (document.company != "Company " + entry.entity)
      return finding("E14", name + " is in the books of " + document.company + ", not of " + entry.entity);
    if (document.date != entry.date) return finding("E13", name + " is dated " + document.date + ", not " + entry.date);
    const auto& lines = document.before_hand ? *document.before_hand : document.lines;
    if (lines_of(lines) != entry.lines)
      return finding("E13", name + " holds " + in_words(lines_of(lines)) + ", the entry says " + in_words(entry.lines));
  }
  for (const AuditedEntry& entry : store_.entries) {
    const auto at = documents.find(entry.reference);
    const bool there = at != documents.end() && at->second->posted;
    if (entry.state == kPosted && !there)
      return finding("E2", "entry " + entry.reference + " counts as posted and is not in the ERP" + story_of(entry));
    if (there && entry.state == kPosted && at->second->shown_changed) {
      return finding(
          "E13", "entry " + entry.reference + " counts as posted, and the ERP showed other amounts" + story_of(entry));
    }
    if (entry.state == kRejected && at != documents.end())
      return finding("E12", "entry " + entry.reference + " counts as rejected and is in the ERP" + story_of(entry));
    if (moment == Moment::settled && entry.state == kPosted && at->second->before_hand)
      return finding("E13", "a change by hand was not put right");
  }
  return std::nullopt;
}

/// Accepted = posted + no entry + held + waiting + rejected, by source, entity and currency, as the API shows it.
Auditor::Found Auditor::check_statement(Host& host) const {
  std::map<std::string, Row> own;
  for (const AuditedEvent& event : store_.events) {
    const OwnControl control = own_control(said_.at(event.number));
    std::string currency = control.currency;
    Minor amount = control.minor;
    const auto entries = entries_of(event);
    std::string what = event.state == kEventPosted     ? "posted"
                       : event.state == kNoEntry       ? "no_entry"
                       : event.state == kEventHeld     ? "held"
                       : event.state == kEventRejected ? "rejected"
                                                       : "waiting";
    if (!entries.empty()) {
      amount = 0;
      for (const AuditedEntry* entry : entries) {
        const OwnEntry& made = made_.at(entry->number);
        currency = made.currency;
        amount += made.total;
        if (entry->state == kHeld && what != "rejected") what = "held";
        if (entry->state == kRejected) what = "rejected";
      }
    }
    Row& row = own[event.source + "|" + control.entity + "|" + currency];
    for (const std::string& each : {std::string("accepted"), what}) {
      row.classes[each].first += 1;
      row.classes[each].second += amount;
    }
  }
  const auto answer = host.ask("GET", "/v1/statement");
  if (answer.status != 200) return finding("M1", "the statement is answered " + std::to_string(answer.status));
  const OwnJson shown = OwnJson::read(answer.body);
  if (shown["agrees"].text != "true") return finding("M1", "the statement does not add up: " + answer.body);
  std::set<std::string> seen;
  for (const OwnJson& each : shown["rows"].list) {
    const std::string key = each["source"].text + "|" + each["entity"].text + "|" + each["currency"].text;
    seen.insert(key);
    const auto row = own.find(key);
    if (row == own.end()) return finding("M1", "the statement has a row that no event explains: " + each.dump());
    for (const char* column : {"accepted", "posted", "waiting", "held", "rejected", "no_entry"}) {
      const auto& [count, minor] = row->second.classes[column];
      const auto amount = each["currency"].text.empty() ? std::optional<Minor>(0)
                                                        : minor_of(each[column]["amount"].text, each["currency"].text);
      if (each[column]["count"].whole() != count || amount != minor) {
        return finding("M1", "the statement says " + each.dump() + ", counted are " + std::to_string(count) + " " +
                                 column + " with " + digits_of(minor));
      }
    }
  }
  for (const auto& [key, row] : own) {
    if (!seen.contains(key)) return finding("M1", "the statement lacks the row " + key);
  }
  return std::nullopt;
}

Auditor::Found Auditor::check_trial_balance(Host& host) const {
  std::map<std::string, std::pair<Minor, Minor>> own;
  for (const AuditedEntry& entry : store_.entries) {
    const OwnEntry& made = made_.at(entry.number);
    for (const OwnLine& line : made.lines) {
      auto& [debit, credit] = own[made.entity + "|" + line.account + "|" + made.currency];
      (line.debit ? debit : credit) += line.minor;
    }
  }
  const auto answer = host.ask("GET", "/v1/trial-balance");
  if (answer.status != 200) return finding("M1", "the trial balance is answered " + std::to_string(answer.status));
  const OwnJson shown = OwnJson::read(answer.body);
  if (shown["balanced"].text != "true") return finding("M1", "the trial balance does not balance");
  if (shown["rows"].list.size() != own.size())
    return finding("M1", "the trial balance has " + std::to_string(shown["rows"].list.size()) +
                             " rows, the entries make " + std::to_string(own.size()));
  for (const OwnJson& row : shown["rows"].list) {
    const std::string& currency = row["currency"].text;
    const auto& [debit, credit] = own[row["entity"].text + "|" + row["account"].text + "|" + currency];
    if (minor_of(row["debit"].text, currency) != debit || minor_of(row["credit"].text, currency) != credit) {
      return finding("M1", "the trial balance says " + row.dump() + ", the entries make debits of " + digits_of(debit) +
                               " and credits of " + digits_of(credit));
    }
  }
  return std::nullopt;
}

}  // namespace glmap::simulation
