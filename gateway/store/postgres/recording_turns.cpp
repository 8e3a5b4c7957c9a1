// SPDX-License-Identifier: Apache-2.0
// What a book that keeps state did in one commit: new events, events settled later, and the turns themselves.
#include "gateway/store/postgres/recording.hpp"

namespace glmap::gateway::store::postgres {

/// In transactions of their own, as always, and not in this one.
Status Recording::know_names(const TurnBatch& batch) {
  for (const NewEvent& event : batch.events) GLMAP_CHECK(names_.know(event.identity.source, event.decision));
  for (const Settlement& settlement : batch.settlements)
    if (settlement.kind != Settlement::Kind::noted) GLMAP_CHECK(names_.know(settlement.source, settlement.decision));
  return {};
}

Result<std::vector<IntakeAnswer>> Recording::commit_turns(const DecideTurns& decide) {
  // Whoever holds this row is the only one whose turns come next, until it commits.
  GLMAP_TRY(head, session_.query("SELECT last FROM turn_head WHERE one = 1 FOR UPDATE"));
  const Sequence last = head[0].integer(0);
  GLMAP_TRY(decided, decide(last));
  if (!decided) return std::vector<IntakeAnswer>{};
  const TurnBatch& batch = *decided;
  GLMAP_CHECK(know_names(batch));
  Column keys = Column::blobs();
  for (const NewEvent& event : batch.events) keys.blob(bytes_of(event.key));
  for (const Settlement& settlement : batch.settlements) keys.blob(bytes_of(settlement.key));
  std::map<EventKey, Known> known;
  GLMAP_CHECK(find_known(keys, known));
  for (const Turn& turn : batch.turns)
    if (turn.place != SIZE_MAX && known.contains(batch.events[turn.place].key)) return session_.start_over();

  // Entries are numbered in the order in which they were made, whichever event they belong to.
  std::vector<Sequence> settled;  // events, by settlement
  const auto settle_until = [&](std::size_t place, const std::vector<IntakeAnswer>& answers) -> Status {
    while (settled.size() < batch.settlements.size() && batch.settlements[settled.size()].after <= place) {
      const Settlement& settlement = batch.settlements[settled.size()];
      const auto at = known.find(settlement.key);
      GLMAP_ASSERT(at != known.end());  // only what was recorded can have waited
      const Known& event = at->second;
      settled.push_back(event.here != SIZE_MAX ? answers[event.here].sequence : event.sequence);
      GLMAP_CHECK(add_entries(settled.back(), settlement.decision, settlement.at));
    }
    return {};
  };
  GLMAP_TRY(answers, take_in(batch.events, known, settle_until));
  GLMAP_CHECK(settle_until(batch.events.size(), answers));
  if (!batch.turns.empty()) GLMAP_CHECK(queue_entries(batch.turns.front().at));
  for (std::size_t place = 0; place < settled.size(); ++place)
    GLMAP_CHECK(settle(batch.settlements[place], settled[place]));
  queue_figures();
  queue_turns(batch, last, answers);
  return answers;
}

Status Recording::settle(const Settlement& settlement, Sequence event) {
  GLMAP_TRY(rows,
            session_.query("SELECT state FROM event_state WHERE event = $1 FOR UPDATE", Parameters().integer(event)));
  GLMAP_ASSERT(rows.count() == 1);
  const auto state = static_cast<engine::EventState>(rows[0].integer(0));
  GLMAP_CHECK(check_settled(state, settlement));
  Change change = event_change(event, settlement.at, state, state, settlement.input);
  change.by = settlement.by;
  change.why = settlement.why;
  switch (settlement.kind) {
    case Settlement::Kind::decided:
      change.to = static_cast<std::int64_t>(settlement.decision.state);
      return replace_decision(settlement.decision, std::move(change));
    case Settlement::Kind::entries:
      return add_later_entries(settlement, std::move(change), state);
    case Settlement::Kind::noted:
      queue_change(session_, std::move(change));
      return {};
  }
  GLMAP_ASSERT(false);
}

Status Recording::add_later_entries(const Settlement& settlement, Change change, engine::EventState state) {
  const auto to = engine::next_state(state, engine::EventInput::more_entries);
  GLMAP_ASSERT(to.has_value());
  change.to = static_cast<std::int64_t>(*to);
  change.evidence = settlement.decision.bundle_digest;
  const std::int64_t event = change.event;
  queue_change(session_, std::move(change), settlement.decision.entries);
  Column references = Column::texts();
  for (const NewEntry& entry : settlement.decision.entries) references.text(entry.reference);
  session_.queue(
      "INSERT INTO later_entries SELECT number, event, $2, $3 FROM entries WHERE reference = ANY($1::text[])",
      std::move(Parameters().column(references).integer(session_.writer()).integer(session_.changes.links)));
  if (*to != state)
    session_.queue("UPDATE event_state SET state = $2 WHERE event = $1",
                   std::move(Parameters().integer(event).integer(static_cast<std::int64_t>(*to))));
  return {};
}

void Recording::queue_turns(const TurnBatch& batch, Sequence last, const std::vector<IntakeAnswer>& answers) {
  Sequence number = last;
  for (const Turn& turn : batch.turns) {
    const Sequence event = turn.place == SIZE_MAX ? turn.event : answers[turn.place].sequence;
    Parameters parameters;
    parameters.integer(++number).integer(static_cast<std::int64_t>(turn.kind));
    parameters.integer_or_null(event == 0 ? std::nullopt : std::optional<std::int64_t>(event));
    parameters.text(turn.bundle_digest).integer(turn.at.micros).text_or_null(turn.detail).text(turn.outcome);
    session_.queue("INSERT INTO turns SELECT $1, $2, $3, number, $5, $6, $7 FROM bundles WHERE digest = $4",
                   std::move(parameters));
  }
  session_.queue("UPDATE turn_head SET last = $1 WHERE one = 1", std::move(Parameters().integer(number)));
}

}  // namespace glmap::gateway::store::postgres
