// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/delivering.hpp"

#include <algorithm>

#include "gateway/store/fair_shares.hpp"
#include "gateway/store/postgres/recording.hpp"

namespace glmap::gateway::store::postgres {

namespace {

using engine::EntryState;

// `state IN (...)` is written as in the partial indexes, which are used only then.
constexpr std::string_view kDue =
    "SELECT d.* FROM lanes l CROSS JOIN LATERAL (SELECT s.entry, s.event, s.state, s.claim, s.sends, s.looks, s.waits, "
    "s.last_sent_at, s.document_id, e.reference, e.entity, e.body, s.lane FROM entry_state s JOIN entries e ON "
    "e.number "
    "= s.entry WHERE s.lane = l.number AND s.state IN (0, 2, 3) AND s.due_at <= $2 AND (s.object IS NULL OR NOT EXISTS "
    "(SELECT 1 FROM entry_state b WHERE b.object = s.object AND b.object IS NOT NULL AND b.state IN (0, 1, 2, 3) AND "
    "b.entry < s.entry)) ORDER BY s.due_at, s.entry LIMIT $3 FOR UPDATE OF s SKIP LOCKED) d WHERE l.name = $1 "
    "ORDER BY l.number";
constexpr std::string_view kClaim =
    "UPDATE entry_state s SET state = u.state, claim = u.claim, sends = u.sends, looks = u.looks, "
    "last_sent_at = u.sent_at, due_at = $7 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], "
    "$5::bigint[], $6::bigint[]) AS u(entry, state, claim, sends, looks, sent_at) WHERE s.entry = u.entry";
constexpr std::string_view kRecover =
    "WITH found AS (SELECT entry, event FROM entry_state WHERE lane IN (SELECT number FROM lanes WHERE "
    "name = $1) AND state = 1 ORDER BY entry FOR UPDATE), "
    "moved AS (UPDATE entry_state s SET state = 2, claim = claim + 1, due_at = $2 FROM found WHERE s.entry = "
    "found.entry) "
    "SELECT entry, event FROM found";

std::int64_t number(EntryState state) {
  return static_cast<std::int64_t>(state);
}

/// Which rows of kDue are claimed, in order of arrival: each queue's share of its own first ones.
std::vector<int> dealt_out(const Rows& rows, const ClaimRequest& request) {
  std::vector<std::int64_t> queues;
  std::vector<std::int32_t> due;
  for (int index = 0; index < rows.count(); ++index) {
    if (queues.empty() || queues.back() != rows[index].integer(12)) {
      queues.push_back(rows[index].integer(12));
      due.push_back(0);
    }
    ++due.back();
  }
  const std::vector<std::int32_t> shares = fair_shares(due, request.limit, request.turn);
  std::vector<int> chosen;
  int first = 0;
  for (std::size_t queue = 0; queue < due.size(); first += due[queue++]) {
    for (std::int32_t place = 0; place < shares[queue]; ++place) chosen.push_back(first + place);
  }
  std::ranges::sort(chosen, {}, [&](int index) { return rows[index].integer(0); });
  return chosen;
}

}  // namespace

Result<std::int64_t> Delivering::recover(std::string_view lane, Instant now) {
  GLMAP_TRY(found, session_.query(kRecover, Parameters().text(lane).integer(now.micros)));
  for (int index = 0; index < found.count(); ++index) {
    queue_change(session_, recovered_change(found[index].integer(1), found[index].integer(0), now));
  }
  // Look-ups that were under way hold a claim nobody will settle, and due times may come from a clock that was wrong.
  session_.queue(
      "UPDATE entry_state SET due_at = $2 WHERE lane IN (SELECT number FROM lanes WHERE name = $1) AND state IN "
      "(0, 2, 3) AND due_at > $2",
      Parameters().text(lane).integer(now.micros));
  // A request may have been on its way: whatever is unknown now is missed only when the ERP's search has had its time
  // from now on.
  session_.queue(
      "UPDATE entry_state SET last_sent_at = $2 WHERE lane IN (SELECT number FROM lanes WHERE name = $1) AND "
      "state = 2",
      Parameters().text(lane).integer(now.micros));
  return found.count();
}

Result<std::int64_t> Delivering::declare_restored(std::string_view by, Instant now) {
  session_.queue("INSERT INTO restores (at, by) VALUES ($1, $2)", Parameters().integer(now.micros).text(by));
  GLMAP_TRY(open, session_.query("SELECT entry, event, state FROM entry_state WHERE state IN (0, 1, 2, 3, 5) "
                                 "ORDER BY entry FOR UPDATE"));
  Column entries = Column::integers(), states = Column::integers();
  for (int index = 0; index < open.count(); ++index) {
    const auto row = open[index];
    const auto from = static_cast<EntryState>(row.integer(2));
    entries.integer(row.integer(0));
    states.integer(number(restored_state(from)));
    queue_change(session_, restored_change(row.integer(1), row.integer(0), from, by, now));
  }
  session_.queue(
      "UPDATE entry_state s SET state = u.state, claim = claim + 1, due_at = $3, looks = 0, waits = 0, last_sent_at = "
      "$3 "
      "FROM unnest($1::bigint[], $2::bigint[]) AS u(entry, state) WHERE s.entry = u.entry",
      std::move(Parameters().column(entries).column(states).integer(now.micros)));
  return open.count();
}

Result<std::int64_t> Delivering::take_requests(std::string_view lane, Date day, std::int64_t wanted,
                                               std::int64_t most) {
  const auto which = [&] { return std::move(Parameters().text(lane).integer(day.days())); };
  GLMAP_CHECK(
      session_.query("INSERT INTO lane_days (lane, day, requests) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING", which()));
  GLMAP_TRY(rows, session_.query("SELECT requests FROM lane_days WHERE lane = $1 AND day = $2 FOR UPDATE", which()));
  GLMAP_ASSERT(rows.count() == 1);
  const std::int64_t before = rows[0].integer(0);
  const std::int64_t taken = std::clamp(wanted, -before, std::max<std::int64_t>(0, most - before));
  session_.queue("UPDATE lane_days SET requests = requests + $3 WHERE lane = $1 AND day = $2",
                 std::move(which().integer(taken)));
  return taken;
}

Result<std::vector<ClaimedEntry>> Delivering::claim_due(const ClaimRequest& request) {
  GLMAP_TRY(rows,
            session_.query(kDue, Parameters().text(request.lane).integer(request.now.micros).integer(request.limit)));
  std::vector<ClaimedEntry> claimed;
  for (const int index : dealt_out(rows, request)) {
    const auto row = rows[index];
    ClaimedEntry& entry = claimed.emplace_back();
    entry.entry = row.integer(0);
    entry.state = static_cast<EntryState>(row.integer(2));
    entry.claim = row.integer(3);
    entry.sends = static_cast<std::int32_t>(row.integer(4));
    entry.looks = static_cast<std::int32_t>(row.integer(5));
    entry.waits = static_cast<std::int32_t>(row.integer(6));
    if (!row.is_null(7)) entry.last_sent_at = Instant{row.integer(7)};
    entry.document_id = row.text(8);
    entry.reference = row.text(9);
    entry.lane = request.lane;
    entry.entity = row.text(10);
    entry.json = row.text(11);
    const EntryState from = take_claim(entry, request.now);
    if (from == entry.state) continue;  // a look-up is noted with what it found
    queue_change(session_, entry_change(row.integer(1), entry.entry, request.now, from, entry.state,
                                        engine::DeliveryInput::claimed));
  }
  if (!claimed.empty()) queue_claims(claimed, request);
  return claimed;
}

void Delivering::queue_claims(std::span<const ClaimedEntry> entries, const ClaimRequest& request) {
  Column entry = Column::integers(), state = Column::integers(), claim = Column::integers(), sends = Column::integers(),
         looks = Column::integers(), sent_at = Column::integers();
  for (const ClaimedEntry& one : entries) {
    entry.integer(one.entry);
    state.integer(number(one.state));
    claim.integer(one.claim);
    sends.integer(one.sends);
    looks.integer(one.looks);
    one.last_sent_at ? sent_at.integer(one.last_sent_at->micros) : sent_at.null();
  }
  Parameters parameters;
  parameters.column(entry).column(state).column(claim).column(sends).column(looks).column(sent_at);
  session_.queue(kClaim, std::move(parameters.integer(request.lease_until.micros)));
}

Result<std::optional<EntryNow>> Delivering::lock_entry(std::int64_t entry) {
  GLMAP_TRY(rows, session_.query(
                      "SELECT event, state, claim, sends, looks, waits, document_id, last_sent_at FROM entry_state "
                      "WHERE entry = $1 FOR UPDATE",
                      Parameters().integer(entry)));
  if (rows.count() == 0) return std::nullopt;
  const auto row = rows[0];
  EntryNow now;
  now.event = row.integer(0);
  now.state = static_cast<EntryState>(row.integer(1));
  now.claim = row.integer(2);
  now.sends = row.integer(3);
  now.looks = row.integer(4);
  now.waits = row.integer(5);
  now.document_id = row.text(6);
  if (!row.is_null(7)) now.last_sent_at = Instant{row.integer(7)};
  return now;
}

/// `claim`: that which the change belongs to; a row with another one is left alone.
void Delivering::queue_entry(std::int64_t entry, std::int64_t claim, const EntryNow& now) {
  Parameters parameters;
  parameters.integer(entry).integer(claim).integer(number(now.state)).integer(now.due_at.micros).integer(now.sends);
  parameters.integer(now.looks).integer(now.waits).text_or_null(now.document_id).text_or_null(now.reason);
  parameters.integer(now.claim);
  now.last_sent_at ? parameters.integer(now.last_sent_at->micros) : parameters.null();
  session_.queue(
      "UPDATE entry_state SET state = $3, due_at = $4, sends = $5, looks = $6, waits = $7, document_id = $8, "
      "reason = $9, claim = $10, last_sent_at = $11 WHERE entry = $1 AND claim = $2",
      std::move(parameters));
}

Result<std::vector<OutcomeRecorded>> Delivering::record(std::span<const DeliveryOutcome> outcomes) {
  std::vector<OutcomeRecorded> recorded;
  for (const DeliveryOutcome& outcome : outcomes) {
    GLMAP_TRY(one, record_one(outcome));
    recorded.push_back(one);
  }
  return recorded;
}

Result<OutcomeRecorded> Delivering::record_one(const DeliveryOutcome& outcome) {
  GLMAP_TRY(before, lock_entry(outcome.entry));
  if (!before) return OutcomeRecorded::stale;
  const auto after = settled(*before, outcome);
  if (!after) return OutcomeRecorded::stale;
  queue_entry(outcome.entry, before->claim, *after);
  queue_change(session_, change_of(*before, outcome));
  if (outcome.to != EntryState::posted) return OutcomeRecorded::recorded;
  GLMAP_CHECK(settle_event(before->event, outcome.at));
  if (!outcome.reverses.empty()) GLMAP_CHECK(take_back(outcome));
  return OutcomeRecorded::recorded;
}

Status Delivering::take_back(const DeliveryOutcome& reversal) {
  GLMAP_TRY(rows,
            session_.query("SELECT number FROM entries WHERE reference = $1", Parameters().text(reversal.reverses)));
  if (rows.count() == 0) return {};  // from before this store
  const std::int64_t original = rows[0].integer(0);
  GLMAP_TRY(before, lock_entry(original));
  GLMAP_ASSERT(before.has_value());
  const auto after = taken_back(*before, reversal.at);
  if (!after) return {};
  queue_entry(original, before->claim, *after);
  queue_change(session_, taken_back_change(*before, original, reversal));
  return {};
}

/// The event's row is locked before its entries are counted: of two entries that are confirmed at the same moment, in
/// two lanes, the second one sees the first.
Status Delivering::settle_event(std::int64_t event, Instant at) {
  const auto of_event = [&] { return Parameters().integer(event); };
  GLMAP_TRY(rows, session_.query("SELECT state FROM event_state WHERE event = $1 FOR UPDATE", of_event()));
  GLMAP_ASSERT(rows.count() == 1);
  const auto state = static_cast<engine::EventState>(rows[0].integer(0));
  const auto to = engine::next_state(state, engine::EventInput::all_posted);
  if (!to) return {};
  GLMAP_TRY(open,
            session_.query("SELECT count(*) FROM entry_state WHERE event = $1 AND state NOT IN (4, 7)", of_event()));
  if (open[0].integer(0) > 0) return {};
  session_.queue("UPDATE event_state SET state = 1 WHERE event = $1", of_event());
  queue_change(session_, event_change(event, at, state, *to, kAllPosted));
  return {};
}

Status Delivering::retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) {
  GLMAP_TRY(rows, session_.query("SELECT number FROM entries WHERE reference = $1", Parameters().text(reference)));
  if (rows.count() == 0) return fail(ErrorCode::NotFound, "there is no entry `" + std::string(reference) + "`");
  const std::int64_t entry = rows[0].integer(0);
  GLMAP_TRY(before, lock_entry(entry));
  GLMAP_ASSERT(before.has_value());
  GLMAP_TRY(after, retried(*before, now));
  queue_entry(entry, before->claim, after);
  queue_change(session_, retry_change(*before, after, entry, by, why));
  return {};
}

}  // namespace glmap::gateway::store::postgres
