// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/figure_keys.hpp"
#include "gateway/store/sqlite/row_text.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

namespace {

std::string_view bytes_of(const EventKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// What the event adds to its statement row: its entries once decided, its own amount before.
struct StatementPart {
  std::string currency;
  Int128 minor = 0;
};

StatementPart statement_part(const EventDecision& decision) {
  StatementPart part;
  if (decision.entries.empty()) {
    if (decision.control) {
      part.currency = decision.control->currency().code();
      part.minor = decision.control->minor();
    }
    return part;
  }
  part.currency = decision.entries.front().entry.data().currency.code();
  for (const NewEntry& entry : decision.entries) {
    if (entry.entry.data().currency.code() == part.currency) part.minor += entry.entry.total_transaction().minor();
  }
  return part;
}

}  // namespace

Status Writer::activate_bundle(std::string_view digest, std::string_view bytes, Instant now) {
  std::int64_t number = 0;
  const auto known = committed_.bundles.find(std::string(digest));
  if (known != committed_.bundles.end()) {
    number = known->second;
  } else {
    number = pending_.next_bundle++;
    GLMAP_TRY(insert, database_.prepare("INSERT INTO bundles VALUES (?1,?2,?3)"));
    GLMAP_CHECK(insert.integer(1, number).text(2, digest).blob(3, bytes).run());
    pending_.bundles.emplace(digest, number);
  }
  if (number == committed_.active_bundle) return {};
  GLMAP_TRY(insert, database_.prepare("INSERT INTO activations (bundle, at) VALUES (?1,?2)"));
  GLMAP_CHECK(insert.integer(1, number).integer(2, now.micros).run());
  pending_.active_bundle = number;
  return {};
}

Result<std::vector<std::optional<KnownEvent>>> Writer::find_known(std::span<const EventKey> keys) {
  std::vector<std::optional<KnownEvent>> found(keys.size());
  for (std::size_t index = 0; index < keys.size(); ++index) {
    find_key_.blob(1, bytes_of(keys[index]));
    GLMAP_TRY(hit, find_key_.step());
    if (!hit) continue;
    found[index] =
        KnownEvent{find_key_.integer(0), find_key_.text(1), static_cast<engine::EventState>(find_key_.integer(2))};
    find_key_.reset();
  }
  return found;
}

Result<std::vector<Sequence>> Writer::commit_intake(std::span<const NewEvent> events,
                                                    std::span<const NewConflict> conflicts) {
  std::vector<Sequence> sequences;
  sequences.reserve(events.size());
  for (const NewEvent& event : events) {
    const std::int64_t number = pending_.next_event++;
    GLMAP_CHECK(insert_event(event, number));
    sequences.push_back(number);
  }
  for (const NewConflict& conflict : conflicts) {
    const Sequence first = conflict.first != 0 ? conflict.first : sequences.at(conflict.first_place);
    insert_conflict_.integer(1, first).text(2, conflict.identity.type);
    insert_conflict_.text(3, conflict.identity.content_digest).integer(4, conflict.received_at.micros);
    GLMAP_CHECK(insert_conflict_.blob(5, conflict.raw).run());
  }
  return sequences;
}

Status Writer::insert_event(const NewEvent& event, std::int64_t number) {
  const EventDecision& decision = event.decision;
  const std::string reason = decision.reason ? error_text(*decision.reason) : std::string();
  insert_event_.integer(1, number).text(2, event.identity.source).text(3, event.identity.id);
  insert_event_.text(4, event.identity.revision).text(5, event.identity.type).text(6, event.identity.content_digest);
  insert_event_.integer(7, event.received_at.micros).integer(8, static_cast<std::int64_t>(decision.state));
  insert_event_.integer(9, bundle_number(decision.bundle_digest)).text_or_null(10, reason).blob(11, event.raw);
  GLMAP_CHECK(insert_event_.run());
  GLMAP_CHECK(insert_key_.blob(1, bytes_of(event.key)).integer(2, number).run());

  StatementFigures& row = statement_row(event.identity.source, decision);
  row.accepted.count += 1;
  row.accepted.minor += statement_part(decision).minor;
  insert_state_.integer(4, row.number);
  GLMAP_CHECK(insert_decision(insert_state_, number, decision));
  return insert_entries(number, decision, event.received_at);
}

/// Column 4, the statement row, is bound by the caller.
Status Writer::insert_decision(Statement& into, std::int64_t number, const EventDecision& decision) {
  const std::string reason = decision.reason ? error_text(*decision.reason) : std::string();
  const std::string control = decision.control ? decision.control->to_text() : std::string();
  into.integer(1, number).integer(2, static_cast<std::int64_t>(decision.state));
  into.integer(3, bundle_number(decision.bundle_digest)).exact(5, statement_part(decision).minor);
  into.integer(6, pending_.next_entry).integer(7, static_cast<std::int64_t>(decision.entries.size()));
  into.text_or_null(8, reason).text_or_null(9, decision.rule).text_or_null(10, decision.because);
  into.text_or_null(11, decision.object).text_or_null(12, control);
  return into.run();
}

Status Writer::insert_entries(std::int64_t event, const EventDecision& decision, Instant now) {
  for (const NewEntry& entry : decision.entries) GLMAP_CHECK(insert_entry(event, entry, now));
  return {};
}

Status Writer::insert_entry(std::int64_t event, const NewEntry& entry, Instant now) {
  const std::int64_t number = pending_.next_entry++;
  const JournalEntryDraft& data = entry.entry.data();
  insert_entry_.integer(1, number).integer(2, event).text(3, entry.reference).text(4, data.entity);
  insert_entry_.text(5, data.ledger).text(6, data.period).integer(7, now.micros).text(8, entry.json);
  GLMAP_CHECK(insert_entry_.run());
  GLMAP_TRY(lane, lane_number(entry.lane));
  insert_entry_state_.integer(1, number).integer(2, event).integer(3, lane).integer(4, now.micros);
  GLMAP_CHECK(insert_entry_state_.text_or_null(5, entry.object).run());
  add_balances(entry.entry);
  return {};
}

void Writer::add_balances(const JournalEntry& entry) {
  const JournalEntryDraft& data = entry.data();
  for (const JournalLine& line : data.lines) {
    const std::string currency(line.functional.currency().code());
    std::string key = figure_key({data.entity, data.ledger, data.period, line.account, currency});
    auto at = pending_.balances.find(key);
    if (at == pending_.balances.end()) {
      const auto before = committed_.balances.find(key);
      Balance balance = before != committed_.balances.end()
                            ? before->second
                            : Balance{data.entity, data.ledger, data.period, line.account, currency};
      at = pending_.balances.emplace(std::move(key), std::move(balance)).first;
    }
    (line.side == Side::debit ? at->second.debit : at->second.credit) += line.functional.minor();
  }
}

Writer::StatementFigures& Writer::statement_row(std::string_view source, const EventDecision& decision) {
  const std::string currency = statement_part(decision).currency;
  std::string key = figure_key({source, decision.entity, currency});
  auto at = pending_.rows.find(key);
  if (at == pending_.rows.end()) {
    const auto before = committed_.rows.find(key);
    StatementFigures row =
        before != committed_.rows.end()
            ? before->second
            : StatementFigures{pending_.next_row++, std::string(source), decision.entity, currency, {}};
    at = pending_.rows.emplace(std::move(key), std::move(row)).first;
  }
  return at->second;
}

Result<std::int64_t> Writer::lane_number(std::string_view name) {
  const std::string key(name);
  if (const auto at = committed_.lanes.find(key); at != committed_.lanes.end()) return at->second;
  if (const auto at = pending_.lanes.find(key); at != pending_.lanes.end()) return at->second;
  const std::int64_t number = pending_.next_lane++;
  GLMAP_CHECK(insert_lane_.integer(1, number).text(2, key).run());
  pending_.lanes.emplace(key, number);
  return number;
}

std::int64_t Writer::bundle_number(const std::string& digest) const {
  const auto at = committed_.bundles.find(digest);
  GLMAP_ASSERT(at != committed_.bundles.end());  // a bundle is activated before it decides anything
  return at->second;
}

Status Writer::redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                        Instant now) {
  event_for_retry_.integer(1, event);
  GLMAP_TRY(found, event_for_retry_.step());
  if (!found) return fail(ErrorCode::NotFound, "there is no event `" + std::to_string(event) + "`");
  const auto state = static_cast<engine::EventState>(event_for_retry_.integer(0));
  const std::string source = event_for_retry_.text(1);
  EventDecision before;  // only what names its statement row
  before.entity = event_for_retry_.text(3);
  const std::string currency_before = event_for_retry_.text(4);
  const Int128 minor_before = event_for_retry_.exact(5);
  event_for_retry_.reset();
  if (state != engine::EventState::held && state != engine::EventState::rejected) {
    return fail(ErrorCode::BadRequest, "the event is `" + std::string(engine::to_text(state)) +
                                           "`; only held and rejected events are decided again");
  }
  if (!currency_before.empty()) {
    GLMAP_TRY(currency, Currency::parse(currency_before));
    before.control = Money::zero(currency);
  }
  StatementFigures& old_row = statement_row(source, before);
  old_row.accepted.count -= 1;
  old_row.accepted.minor -= minor_before;
  StatementFigures& row = statement_row(source, decision);
  row.accepted.count += 1;
  row.accepted.minor += statement_part(decision).minor;
  update_state_.integer(4, row.number);
  GLMAP_CHECK(insert_decision(update_state_, event, decision));
  GLMAP_CHECK(insert_entries(event, decision, now));
  Change change{event,
                {},
                now,
                static_cast<std::int64_t>(state),
                static_cast<std::int64_t>(decision.state),
                "decided again",
                by,
                std::string(why),
                decision.bundle_digest};
  return insert_change(change);
}

}  // namespace glmap::gateway::store
