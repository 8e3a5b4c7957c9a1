// SPDX-License-Identifier: Apache-2.0
// The checks of verify.hpp, alike for both stores. A Source has
//   Status each(const std::string& sql, std::initializer_list<std::int64_t> arguments, Row-taking function -> Status)
// and Words, what the two dialects say differently. Placeholders ?1, ?2.
#pragma once

#include <map>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/runtime/base/digest.hpp"
#include "gateway/store/audit.hpp"
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/verify.hpp"

namespace glmap::gateway::store {

/// What the dialects say differently, as SQL.
struct AuditWords {
  std::string event_chain;   // two columns of events: writer, link
  std::string event_key;     // the key that the event `e` is found under
  std::string change_chain;  // two columns of history
  std::string entries_of;    // FROM ... that yields the entries `e` of the events numbered in (?1, ?2]
  std::string later_of;      // the same of their later entries
  std::string later_by;      // FROM ... WHERE that yields the entries `e` that came with change (writer ?1, link ?2)
  std::string heads;         // rows: writer, links of events, their head, links of history, their head
  std::string balances;      // rows: entity, ledger, period, account, currency, debit, credit
};

template <class Source>
class Audit {
 public:
  Audit(Source& source, AuditWords words) : source_(source), words_(std::move(words)) {}

  Result<AuditReport> run() {
    GLMAP_CHECK(read_heads());
    GLMAP_CHECK(check_events());
    GLMAP_CHECK(check_history());
    GLMAP_CHECK(check_heads());
    GLMAP_CHECK(check_states());
    GLMAP_CHECK(check_balances());
    return std::move(report_);
  }

 private:
  using Chains = std::map<std::int64_t, ChainHead>;
  struct HeldEntry {
    std::string reference, digest, lane, object;
  };
  struct Balance {
    Int128 debit = 0, credit = 0;
    friend bool operator==(const Balance&, const Balance&) = default;
  };

  static std::unexpected<Error> bad(const std::string& record, const std::string& what) {
    return fail(ErrorCode::StoreCorrupt, record + " " + what,
                "compare it with the backups; restore the last one that verifies");
  }

  Status read_heads() {
    return source_.each(words_.heads, {}, [&](const auto& row) -> Status {
      said_events_[row.integer(0)] = {row.integer(1), row.text(2)};
      said_changes_[row.integer(0)] = {row.integer(3), row.text(4)};
      return {};
    });
  }

  Status check_link(Chains& chains, const std::string& record, std::int64_t writer, std::int64_t link,
                    const std::string& content, std::string_view hash) {
    ChainHead& head = chains[writer];
    if (link != head.links + 1) {
      return bad(record, "is link " + std::to_string(link) + " of its chain, " + std::to_string(head.links + 1) +
                             " is expected: records before it are missing");
    }
    extend(head, content);
    if (head.hash == hash) return {};
    return bad(record, "does not match its hash: it, or what it follows, was changed");
  }

  Status check_events() {
    std::int64_t after = 0;
    while (true) {
      std::int64_t last = after;
      std::map<std::int64_t, std::vector<HeldEntry>> entries;
      GLMAP_CHECK(
          source_.each("SELECT coalesce(max(number), 0) FROM (SELECT number FROM events WHERE number > ?1 ORDER "
                       "BY number LIMIT 500) AS page",
                       {after}, [&](const auto& row) -> Status {
                         last = std::max(after, row.integer(0));
                         return {};
                       }));
      if (last == after) return {};
      GLMAP_CHECK(check_entries(words_.entries_of, after, last, entries));
      std::map<std::int64_t, std::vector<HeldEntry>> later;  // linked by the history
      GLMAP_CHECK(check_entries(words_.later_of, after, last, later));
      GLMAP_CHECK(source_.each(
          "SELECT e.number, e.source, e.id, e.revision, e.type, e.content_digest, e.received_at, e.first_state, "
          "b.digest, e.first_reason, e.raw, " +
              words_.event_chain + ", e.hash, " + words_.event_key +
              " FROM events e LEFT JOIN bundles b ON b.number = e.first_bundle WHERE e.number > ?1 AND e.number <= ?2 "
              "ORDER BY e.number",
          {after, last}, [&](const auto& row) { return check_event(row, entries); }));
      after = last;
    }
  }

  template <class Row>
  Status check_event(const Row& row, const std::map<std::int64_t, std::vector<HeldEntry>>& entries) {
    LinkedEvent event;
    event.number = row.integer(0);
    const std::string record = "event " + std::to_string(event.number);
    const std::string source = row.text(1), id = row.text(2), revision = row.text(3), type = row.text(4),
                      digest = row.text(5), bundle = row.text(8), reason = row.text(9), raw = row.text(10);
    event.source = source;
    event.id = id;
    event.revision = revision;
    event.type = type;
    event.content_digest = digest;
    event.received_at = row.integer(6);
    event.first_state = row.integer(7);
    event.bundle_digest = bundle;
    event.first_reason = reason;
    event.raw_digest = sha256_hex(raw);
    std::vector<LinkedEntry> made;
    if (event.first_state == static_cast<std::int64_t>(engine::EventState::accepted))
      made = entries_of(event.number, entries);
    GLMAP_CHECK(check_link(events_, record, row.integer(11), row.integer(12), content_of(event, made), row.view(13)));
    const EventKey key = event_key(source, id, revision);
    if (row.view(14) != bytes_of(key)) return bad(record, "is not found under its identity");
    report_.events += 1;
    return {};
  }

  static std::vector<LinkedEntry> entries_of(std::int64_t event,
                                             const std::map<std::int64_t, std::vector<HeldEntry>>& entries) {
    std::vector<LinkedEntry> out;
    const auto at = entries.find(event);
    if (at == entries.end()) return out;
    for (const HeldEntry& entry : at->second) out.push_back({entry.reference, entry.digest, entry.lane, entry.object});
    return out;
  }

  Status check_entries(const std::string& which, std::int64_t after, std::int64_t until,
                       std::map<std::int64_t, std::vector<HeldEntry>>& into) {
    return source_.each(
        "SELECT e.event, e.number, e.reference, e.body, e.entity, e.ledger, e.period, l.name, s.object " + which,
        {after, until}, [&](const auto& row) -> Status {
          const std::string record = "entry " + std::to_string(row.integer(1));
          const std::string body = row.text(3);
          into[row.integer(0)].push_back({row.text(2), sha256_hex(body), row.text(7), row.text(8)});
          return check_body(record, row.text(2), body, row.text(4), row.text(5), row.text(6));
        });
  }

  Status check_body(const std::string& record, const std::string& reference, const std::string& body,
                    const std::string& entity, const std::string& ledger, const std::string& period) {
    const auto json = parse_json(body);
    if (!json) return bad(record, "is no journal entry: " + json.error().message);
    const auto entry = JournalEntry::from_json(*json);  // refuses what is out of balance
    if (!entry) return bad(record, "is no journal entry: " + entry.error().message);
    if (entry->key().reference() != reference) return bad(record, "stands under another reference than its own");
    const JournalEntryDraft& data = entry->data();
    if (data.entity != entity || data.ledger != ledger || data.period != period) {
      return bad(record, "stands under another entity, ledger or period than its own");
    }
    for (const JournalLine& line : data.lines) {
      Balance& balance =
          balances_[{entity, ledger, period, line.account, std::string(line.functional.currency().code())}];
      (line.side == Side::debit ? balance.debit : balance.credit) += booked(data, line.functional).minor();
    }
    report_.entries += 1;
    return {};
  }

  Status check_history() {
    std::int64_t after = 0;
    bool more = true;
    while (more) {
      more = false;
      GLMAP_CHECK(source_.each("SELECT number, event, entry, at, from_state, to_state, input, by, why, evidence, " +
                                   words_.change_chain +
                                   ", hash FROM history WHERE number > ?1 ORDER BY number LIMIT 500",
                               {after}, [&](const auto& row) -> Status {
                                 more = true;
                                 after = row.integer(0);
                                 return check_change(row);
                               }));
    }
    return {};
  }

  template <class Row>
  Status check_change(const Row& row) {
    const std::string record = "line " + std::to_string(row.integer(0)) + " of the history";
    const std::string input = row.text(6), by = row.text(7);
    Change change;
    change.event = row.integer(1);
    if (!row.is_null(2)) change.entry = row.integer(2);
    change.at = Instant{row.integer(3)};
    change.from = row.integer(4);
    change.to = row.integer(5);
    change.input = input;
    change.by = by;
    change.why = row.text(8);
    change.evidence = row.text(9);
    std::map<std::int64_t, std::vector<HeldEntry>> entries;
    const bool decided = input == kDecidedAgain || input == kReleased;
    const bool made = decided && change.to == static_cast<std::int64_t>(engine::EventState::accepted);
    const std::int64_t writer = row.integer(10), link = row.integer(11);
    const std::string hash = row.text(12);
    if (made) GLMAP_CHECK(entries_again(words_.entries_of, {change.event - 1, change.event}, entries[change.event]));
    if (input == kScheduleEntry) GLMAP_CHECK(entries_again(words_.later_by, {writer, link}, entries[change.event]));
    report_.changes += 1;
    return check_link(changes_, record, writer, link, content_of(change, entries_of(change.event, entries)), hash);
  }

  Status entries_again(const std::string& which, std::initializer_list<std::int64_t> arguments,
                       std::vector<HeldEntry>& into) {
    return source_.each("SELECT e.reference, e.body, l.name, s.object " + which, arguments,
                        [&](const auto& row) -> Status {
                          into.push_back({row.text(0), sha256_hex(row.view(1)), row.text(2), row.text(3)});
                          return {};
                        });
  }

  Status check_heads() {
    for (const auto& [what, said, seen] :
         {std::tuple{"events", &said_events_, &events_}, {"history", &said_changes_, &changes_}}) {
      for (const auto& [writer, head] : *seen) {
        const ChainHead& noted = (*said)[writer];
        if (noted.links == head.links && noted.hash == head.hash) continue;
        return bad("the chain of the " + std::string(what),
                   "has " + std::to_string(head.links) + " links and " + std::to_string(noted.links) + " were written");
      }
      for (const auto& [writer, head] : *said) {
        if (head.links == (*seen)[writer].links) continue;
        return bad("the chain of the " + std::string(what), "ends before its end: the last records are missing");
      }
    }
    for (const auto& [what, seen] : {std::pair{"events", &events_}, {"history", &changes_}}) {
      for (const auto& [writer, head] : *seen) {
        if (head.links == 0) continue;
        std::string line = std::string(what) + " " + std::to_string(writer) + " " + std::to_string(head.links) + " ";
        for (const char byte : head.hash) {
          constexpr std::string_view kDigits = "0123456789abcdef";
          line += kDigits[static_cast<unsigned char>(byte) >> 4];
          line += kDigits[static_cast<unsigned char>(byte) & 15];
        }
        report_.heads.push_back(std::move(line));
      }
    }
    return {};
  }

  /// States are what the history leads to.
  Status check_states() {
    const auto first = [](const std::string& kind, const std::string& what) {
      return [kind, what](const auto& row) -> Status { return bad(kind + std::to_string(row.integer(0)), what); };
    };
    GLMAP_CHECK(source_.each(
        "SELECT s.event FROM event_state s LEFT JOIN events e ON e.number = s.event WHERE s.state <> coalesce((SELECT "
        "h.to_state FROM history h WHERE h.event = s.event AND h.entry IS NULL ORDER BY h.number DESC LIMIT 1), "
        "e.first_state, -1) ORDER BY 1 LIMIT 1",
        {}, first("event ", "is in another state than its history leads to")));
    GLMAP_CHECK(source_.each(
        "SELECT s.entry FROM entry_state s WHERE s.state <> coalesce((SELECT h.to_state FROM history h WHERE h.event = "
        "s.event AND h.entry = s.entry ORDER BY h.number DESC LIMIT 1), 0) ORDER BY 1 LIMIT 1",
        {}, first("entry ", "is in another state than its history leads to")));
    GLMAP_CHECK(source_.each("SELECT coalesce(max(number), 0), count(*) FROM turns", {}, [](const auto& row) -> Status {
      if (row.integer(0) == row.integer(1)) return {};
      return bad("turn " + std::to_string(row.integer(0)), "is not the number of turns: some are missing");
    }));
    return source_.each(
        "SELECT e.number FROM events e LEFT JOIN event_state s ON s.event = e.number WHERE s.event IS NULL LIMIT 1", {},
        first("event ", "has no state"));
  }

  Status check_balances() {
    std::map<std::array<std::string, 5>, Balance> kept;
    GLMAP_CHECK(source_.each(words_.balances, {}, [&](const auto& row) -> Status {
      kept[{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)}] = {row.exact(5), row.exact(6)};
      return {};
    }));
    for (const auto& [key, balance] : balances_) {
      if (kept[key] == balance) continue;
      return bad("the balance of account " + key[3] + " of " + key[0] + " in " + key[2],
                 "is not the sum of the recorded entries");
    }
    if (kept.size() != balances_.size()) return bad("a balance", "belongs to no recorded entry");
    return {};
  }

  Source& source_;
  const AuditWords words_;
  AuditReport report_;
  Chains events_, changes_, said_events_, said_changes_;
  std::map<std::array<std::string, 5>, Balance> balances_;
};

}  // namespace glmap::gateway::store
