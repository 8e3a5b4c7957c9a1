// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/store/row_text.hpp"
#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/figure_keys.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

Status Writer::activate_bundle(std::string_view digest, std::string_view bytes, Instant now,
                               const ReleaseEvidence& release) {
  std::int64_t number = 0;
  const auto known = committed_.bundles.find(std::string(digest));
  if (known != committed_.bundles.end()) {
    number = known->second;
  } else {
    number = pending_.next_bundle++;
    GLMAP_TRY(insert, database_.prepare(checked_insert("bundles")));
    GLMAP_CHECK(insert.integer(1, number).text(2, digest).blob(3, bytes).run());
    pending_.bundles.emplace(digest, number);
  }
  if (!release.evidence.empty()) GLMAP_CHECK(insert_change(release_change(release, now)));
  if (number == committed_.active_bundle) return {};
  GLMAP_TRY(insert, database_.prepare(checked_insert("activations")));
  GLMAP_CHECK(insert.integer(1, pending_.next_activation++).integer(2, number).integer(3, now.micros).run());
  pending_.active_bundle = number;
  return {};
}

Result<std::optional<Writer::KnownEvent>> Writer::find_key(const EventKey& key) {
  GLMAP_TRY(number, event_keys_->find(key));
  if (!number) return std::nullopt;
  find_event_.integer(1, *number);
  GLMAP_TRY(there, find_event_.step());
  if (!there) return fail(ErrorCode::StoreCorrupt, "the key of an event leads to none", "run glmapd verify");
  KnownEvent known{*number, find_event_.text(0), static_cast<engine::EventState>(find_event_.integer(1))};
  find_event_.reset();
  return known;
}

Result<std::vector<std::string>> Writer::references_of(Sequence event) {
  std::vector<std::string> references;
  references_.integer(1, event);
  while (true) {
    GLMAP_TRY(more, references_.step());
    if (!more) return references;
    references.push_back(references_.text(1));
  }
}

Result<std::vector<IntakeAnswer>> Writer::commit_intake(std::span<const NewEvent> events) {
  std::vector<IntakeAnswer> answers;
  answers.reserve(events.size());
  for (const NewEvent& event : events) {
    GLMAP_TRY(answer, take_in(event));
    answers.push_back(std::move(answer));
  }
  return answers;
}

Result<IntakeAnswer> Writer::take_in(const NewEvent& event) {
  IntakeAnswer answer;
  GLMAP_TRY(known, find_key(event.key));
  if (!known) {
    answer.sequence = pending_.next_event++;
    answer.state = event.decision.state;
    GLMAP_CHECK(insert_event(event, answer.sequence));
    return answer;
  }
  answer.recognised = engine::recognise(known->content_digest, event.identity.content_digest);
  answer.sequence = known->sequence;
  answer.state = known->state;
  GLMAP_TRY(references, references_of(known->sequence));
  answer.entries = std::move(references);
  if (answer.recognised == engine::Recognised::conflict) GLMAP_CHECK(insert_conflict(event, known->sequence));
  return answer;
}

Status Writer::insert_conflict(const NewEvent& event, Sequence first) {
  GLMAP_TRY(counted, next_conflict_.step());
  GLMAP_ASSERT(counted);
  const std::int64_t number = next_conflict_.integer(0);
  next_conflict_.reset();
  insert_conflict_.integer(1, number).integer(2, first).text(3, event.identity.type);
  insert_conflict_.text(4, event.identity.content_digest).integer(5, event.received_at.micros);
  return insert_conflict_.blob(6, event.raw).run();
}

Status Writer::insert_event(const NewEvent& event, std::int64_t number) {
  const EventDecision& decision = event.decision;
  const std::string reason = decision.reason ? error_text(*decision.reason) : std::string();
  insert_event_.integer(1, number).text(2, event.identity.source).text(3, event.identity.id);
  insert_event_.text(4, event.identity.revision).text(5, event.identity.type).text(6, event.identity.content_digest);
  insert_event_.integer(7, event.received_at.micros).integer(8, static_cast<std::int64_t>(decision.state));
  insert_event_.integer(9, bundle_number(decision.bundle_digest)).text_or_null(10, reason).blob(11, event.raw);
  extend(pending_.events, content_of(linked(event, number, reason), linked(decision.entries)));
  insert_event_.blob(12, pending_.events.hash);
  GLMAP_CHECK(insert_event_.run());
  event_keys_->add(event.key, number);

  const StatementPart part = statement_part(decision);
  StatementFigures& row = statement_row(event.identity.source, decision.entity, part.currency);
  row.accepted.count += 1;
  row.accepted.minor += part.minor;
  insert_state_.integer(4, row.number);
  GLMAP_CHECK(insert_decision(insert_state_, number, decision, part));
  return insert_entries(number, decision, event.received_at);
}

/// Column 4, the statement row, is bound by the caller.
Status Writer::insert_decision(Statement& into, std::int64_t number, const EventDecision& decision,
                               const StatementPart& part) {
  const std::string reason = decision.reason ? error_text(*decision.reason) : std::string();
  const std::string control = decision.control ? decision.control->to_text() : std::string();
  into.integer(1, number).integer(2, static_cast<std::int64_t>(decision.state));
  into.integer(3, bundle_number(decision.bundle_digest)).exact(5, part.minor);
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
  GLMAP_TRY(taken, entry_keys_->find(entry.key));
  if (taken) {
    return fail(ErrorCode::StoreCorrupt,
                "the reference `" + entry.reference + "` belongs to entry " + std::to_string(*taken) + " already",
                "run glmapd verify");
  }
  const std::int64_t number = pending_.next_entry++;
  entry_keys_->add(entry.key, number);
  const JournalEntryDraft& data = entry.entry.data();
  insert_entry_.integer(1, number).integer(2, event).text(3, entry.reference).text(4, data.entity);
  insert_entry_.text(5, data.ledger).text(6, data.period).integer(7, now.micros).text(8, entry.json);
  GLMAP_CHECK(insert_entry_.run());
  GLMAP_TRY(lane, lane_number(entry.lane, entry.entry.data().entity));
  insert_entry_state_.integer(1, number).integer(2, event).integer(3, lane).integer(4, now.micros);
  const bool look_first = now.micros < pending_.look_first_until;
  const auto state = look_first ? engine::EntryState::unknown : engine::EntryState::ready;
  insert_entry_state_.text_or_null(5, entry.object).integer(6, static_cast<std::int64_t>(state));
  GLMAP_CHECK(insert_entry_state_.run());
  if (look_first) {
    GLMAP_CHECK(insert_change(restored_change(event, number, engine::EntryState::ready, "gateway", now)));
  }
  add_balances(entry.entry);
  return {};
}

void Writer::add_balances(const JournalEntry& entry) {
  const JournalEntryDraft& data = entry.data();
  for (const JournalLine& line : data.lines) {
    const Currency currency = line.functional.currency();
    put_figure_key(key_, {data.entity, data.ledger, data.period, line.account, currency.code()});
    auto at = balances_.find(key_);
    if (at == balances_.end()) {
      Balance fresh{data.entity, data.ledger, data.period, line.account, std::string(currency.code())};
      at = balances_.emplace(key_, std::move(fresh)).first;
    }
    Balance& balance = at->second;
    if (!balance.touched) {
      balance.touched = true;
      balance.debit_before = balance.debit;
      balance.credit_before = balance.credit;
      touched_.push_back(&balance);
    }
    (line.side == Side::debit ? balance.debit : balance.credit) += booked(data, line.functional).minor();
  }
}

Status Writer::write_balances() {
  for (const Balance* row : touched_) {
    Statement& write = row->stored ? update_balance_ : insert_balance_;
    write.text(1, row->entity).text(2, row->ledger).text(3, row->period).text(4, row->account).text(5, row->currency);
    GLMAP_CHECK(write.exact(6, row->debit).exact(7, row->credit).run());
  }
  return {};
}

void Writer::keep_balances() {
  for (Balance* row : touched_) {
    row->stored = true;
    row->touched = false;
  }
  touched_.clear();
}

void Writer::forget_balances() {
  for (Balance* row : touched_) {
    row->debit = row->debit_before;
    row->credit = row->credit_before;
    row->touched = false;
  }
  touched_.clear();
}

Writer::StatementFigures& Writer::statement_row(std::string_view source, std::string_view entity,
                                                std::string_view currency) {
  put_figure_key(key_, {source, entity, currency});
  auto at = pending_.rows.find(key_);
  if (at == pending_.rows.end()) {
    const auto before = committed_.rows.find(key_);
    StatementFigures row =
        before != committed_.rows.end()
            ? before->second
            : StatementFigures{
                  pending_.next_row++, std::string(source), std::string(entity), std::string(currency), {}};
    at = pending_.rows.emplace(key_, std::move(row)).first;
  }
  return at->second;
}

Result<std::int64_t> Writer::lane_number(std::string_view name, std::string_view entity) {
  const std::string key = figure_key({name, entity});
  if (const auto at = committed_.lanes.find(key); at != committed_.lanes.end()) return at->second.number;
  if (const auto at = pending_.lanes.find(key); at != pending_.lanes.end()) return at->second.number;
  const std::int64_t number = pending_.next_lane++;
  GLMAP_CHECK(insert_lane_.integer(1, number).text(2, name).text(3, entity).run());
  pending_.lanes.emplace(key, Queue{number, std::string(name)});
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
  event_for_retry_.reset();
  GLMAP_CHECK(check_redecidable(state));
  Change change = event_change(event, now, state, decision.state, kDecidedAgain);
  change.by = by;
  change.why = why;
  return replace_decision(event, decision, std::move(change));
}

Status Writer::replace_decision(Sequence event, const EventDecision& decision, Change change) {
  event_for_retry_.integer(1, event);
  GLMAP_TRY(found, event_for_retry_.step());
  GLMAP_ASSERT(found);
  if (event_for_retry_.integer(6) != 1) return std::unexpected(unchecked_row("event_state", std::to_string(event)));
  const std::string source = event_for_retry_.text(1);
  const std::string entity_before = event_for_retry_.text(3), currency_before = event_for_retry_.text(4);
  const Int128 minor_before = event_for_retry_.exact(5);
  event_for_retry_.reset();
  StatementFigures& old_row = statement_row(source, entity_before, currency_before);
  old_row.accepted.count -= 1;
  old_row.accepted.minor -= minor_before;
  const StatementPart part = statement_part(decision);
  StatementFigures& row = statement_row(source, decision.entity, part.currency);
  row.accepted.count += 1;
  row.accepted.minor += part.minor;
  update_state_.integer(4, row.number);
  GLMAP_CHECK(insert_decision(update_state_, event, decision, part));
  GLMAP_CHECK(insert_entries(event, decision, change.at));
  change.evidence = decision.bundle_digest;
  return insert_change(change, decision.entries);
}

}  // namespace glmap::gateway::store
