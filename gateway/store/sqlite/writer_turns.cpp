// SPDX-License-Identifier: Apache-2.0
// What a book that keeps state did in one commit: new events, events settled later, and the turns themselves.
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

Result<std::vector<IntakeAnswer>> Writer::commit_turns(const DecideTurns& decide) {
  GLMAP_TRY(decided, decide(pending_.last_turn));
  if (!decided) return std::vector<IntakeAnswer>{};
  const TurnBatch& batch = *decided;
  std::vector<IntakeAnswer> answers;
  std::size_t settled = 0;
  const auto settle_until = [&](std::size_t events) -> Status {
    for (; settled < batch.settlements.size() && batch.settlements[settled].after <= events; ++settled)
      GLMAP_CHECK(settle(batch.settlements[settled]));
    return {};
  };
  for (const NewEvent& event : batch.events) {
    GLMAP_CHECK(settle_until(answers.size()));
    GLMAP_TRY(answer, take_in(event));
    answers.push_back(std::move(answer));
  }
  GLMAP_CHECK(settle_until(answers.size()));
  for (const Turn& turn : batch.turns)
    GLMAP_CHECK(insert_turn(turn, turn.place == SIZE_MAX ? turn.event : answers[turn.place].sequence));
  return answers;
}

Status Writer::insert_turn(const Turn& turn, Sequence event) {
  insert_turn_.integer(1, ++pending_.last_turn).integer(2, static_cast<std::int64_t>(turn.kind));
  if (event != 0) {
    insert_turn_.integer(3, event);
  } else {
    insert_turn_.null(3);
  }
  insert_turn_.integer(4, bundle_number(turn.bundle_digest)).integer(5, turn.at.micros);
  return insert_turn_.text_or_null(6, turn.detail).text(7, turn.outcome).run();
}

Status Writer::settle(const Settlement& settlement) {
  GLMAP_TRY(known, find_key(settlement.key));
  GLMAP_ASSERT(known.has_value());  // only what was recorded can have waited
  GLMAP_CHECK(check_settled(known->state, settlement));
  Change change = event_change(known->sequence, settlement.at, known->state, known->state, settlement.input);
  change.by = settlement.by;
  change.why = settlement.why;
  switch (settlement.kind) {
    case Settlement::Kind::decided:
      change.to = static_cast<std::int64_t>(settlement.decision.state);
      GLMAP_CHECK(write_statement_rows());  // the event may be of this batch, and its row of the statement new
      return replace_decision(known->sequence, settlement.decision, std::move(change));
    case Settlement::Kind::entries:
      return add_later_entries(*known, settlement);
    case Settlement::Kind::noted:
      return insert_change(change);
  }
  GLMAP_ASSERT(false);
}

Status Writer::add_later_entries(const KnownEvent& event, const Settlement& settlement) {
  const auto to = engine::next_state(event.state, engine::EventInput::more_entries);
  GLMAP_ASSERT(to.has_value());
  const std::int64_t first = pending_.next_entry;
  GLMAP_CHECK(insert_entries(event.sequence, settlement.decision, settlement.at));
  Change change = event_change(event.sequence, settlement.at, event.state, *to, settlement.input);
  change.evidence = settlement.decision.bundle_digest;
  GLMAP_CHECK(insert_change(change, settlement.decision.entries));
  for (std::int64_t entry = first; entry < pending_.next_entry; ++entry) {
    insert_later_.integer(1, event.sequence).integer(2, entry).integer(3, pending_.changes.links);
    GLMAP_CHECK(insert_later_.run());
  }
  if (*to == event.state) return {};
  return move_event_.integer(1, event.sequence).integer(2, static_cast<std::int64_t>(*to)).run();
}

}  // namespace glmap::gateway::store
