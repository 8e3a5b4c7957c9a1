// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/recording.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/store/row_text.hpp"

namespace glmap::gateway::store::postgres {

namespace {

constexpr std::string_view kFindKeys =
    "SELECT k.key, k.event, e.content_digest, s.state FROM event_keys k JOIN events e ON e.number = k.event "
    "JOIN event_state s ON s.event = k.event WHERE k.key = ANY($1::bytea[])";

// Numbered in the order given, then inserted in the order of the keys, so that two gateways with the same events do not
// wait for each other crosswise.
constexpr std::string_view kGiveNumbers =
    "WITH given AS (SELECT key, place, nextval('event_numbers') AS number FROM unnest($1::bytea[]) WITH ORDINALITY AS "
    "u(key, place)) INSERT INTO event_keys (key, event) SELECT key, number FROM given ORDER BY key "
    "ON CONFLICT (key) DO NOTHING RETURNING key, event";

constexpr std::string_view kInsertEvents =
    "INSERT INTO events SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::bytea[], $12::bigint[], $13::bigint[], $14::bytea[])";
constexpr std::string_view kInsertStates =
    "INSERT INTO event_state SELECT a, b, c, d, e::numeric, f, g, h, i, j FROM unnest($1::bigint[], $2::bigint[], "
    "$3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) "
    "AS u(a, b, c, d, e, f, g, h, i, j)";
constexpr std::string_view kInsertEntries =
    "WITH given AS (SELECT nextval('entry_numbers') AS number, u.* FROM unnest($1::bigint[], $2::text[], $3::text[], "
    "$4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::text[]) "
    "AS u(event, reference, entity, ledger, period, created_at, body, lane, object)), "
    "bodies AS (INSERT INTO entries SELECT number, event, reference, entity, ledger, period, created_at, body FROM "
    "given) "
    "INSERT INTO entry_state SELECT number, event, 0, lane, created_at, 0, 0, 0, 0, NULL, object, NULL, NULL FROM "
    "given";
constexpr std::string_view kInsertConflicts =
    "INSERT INTO conflicts (first, type, content_digest, received_at, raw) SELECT * FROM unnest($1::bigint[], "
    "$2::text[], $3::text[], $4::bigint[], $5::bytea[]) ON CONFLICT (first, content_digest) DO NOTHING";
constexpr std::string_view kAddCounts =
    "INSERT INTO statement_counts SELECT a, $1::bigint, b, c::numeric FROM unnest($2::bigint[], $3::bigint[], "
    "$4::text[]) AS u(a, b, c) ON CONFLICT (statement_row, gateway) DO UPDATE SET "
    "accepted_count = statement_counts.accepted_count + excluded.accepted_count, "
    "accepted_minor = statement_counts.accepted_minor + excluded.accepted_minor";
constexpr std::string_view kAddBalances =
    "INSERT INTO balances SELECT $1::bigint, a, b, c, d, e, f::numeric, g::numeric FROM unnest($2::text[], $3::text[], "
    "$4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS u(a, b, c, d, e, f, g) "
    "ON CONFLICT (gateway, entity, ledger, period, account, currency) DO UPDATE SET "
    "debit_minor = balances.debit_minor + excluded.debit_minor, "
    "credit_minor = balances.credit_minor + excluded.credit_minor";

std::string reason_of(const EventDecision& decision) {
  return decision.reason ? error_text(*decision.reason) : std::string();
}
std::string control_of(const EventDecision& decision) {
  return decision.control ? decision.control->to_text() : std::string();
}

/// The entries as the chain names them: with the object as it is kept, without the character 0.
struct Linked {
  std::vector<std::string> objects;
  std::vector<LinkedEntry> entries;
};
Linked linked_as_kept(std::span<const NewEntry> entries) {
  Linked out;
  out.entries = linked(entries);
  out.objects.reserve(entries.size());
  for (LinkedEntry& entry : out.entries) entry.object = out.objects.emplace_back(without_nul(entry.object));
  return out;
}

EventKey key_of(std::string_view bytes) {
  EventKey key{};
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

void queue_change(Session& session, Change change, std::span<const NewEntry> entries) {
  const std::string by = without_nul(change.by);
  change.by = by;
  change.why = without_nul(change.why);
  change.evidence = without_nul(change.evidence);
  extend(session.changes, content_of(change, linked_as_kept(entries).entries));
  Parameters parameters;
  parameters.integer(change.event).integer_or_null(change.entry).integer(change.at.micros).integer(change.from);
  parameters.integer(change.to).text(change.input).text(change.by).text_or_null(change.why);
  parameters.text_or_null(change.evidence);
  session.queue(
      "INSERT INTO history (event, entry, at, from_state, to_state, input, by, why, evidence, writer, link, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      std::move(parameters.integer(session.writer()).integer(session.changes.links).blob(session.changes.hash)));
}

Status Recording::find_known(const Column& keys, std::map<EventKey, Known>& known) {
  if (keys.count() == 0) return {};
  GLMAP_TRY(rows, session_.query(kFindKeys, Parameters().column(keys)));
  for (int index = 0; index < rows.count(); ++index) {
    const auto row = rows[index];
    known.emplace(key_of(row.view(0)),
                  Known{row.integer(1), row.text(2), static_cast<engine::EventState>(row.integer(3))});
  }
  return {};
}

Result<std::vector<IntakeAnswer>> Recording::commit_intake(std::span<const NewEvent> events) {
  std::map<EventKey, Known> known;
  Column keys = Column::blobs();
  for (const NewEvent& event : events) keys.blob(bytes_of(event.key));
  GLMAP_CHECK(find_known(keys, known));
  GLMAP_TRY(answers, take_in(events, known, {}));
  if (!events.empty()) GLMAP_CHECK(queue_entries(events.front().received_at));
  queue_figures();
  return answers;
}

Result<std::vector<IntakeAnswer>> Recording::take_in(std::span<const NewEvent> events, std::map<EventKey, Known>& known,
                                                     const Before& before) {
  std::vector<IntakeAnswer> answers(events.size());
  std::vector<std::size_t> fresh;
  std::vector<std::pair<std::size_t, std::size_t>> repeats_here;  // place, place of the first
  for (std::size_t place = 0; place < events.size(); ++place) {
    const NewEvent& event = events[place];
    IntakeAnswer& answer = answers[place];
    const auto first = known.find(event.key);
    if (first == known.end()) {
      answer.state = event.decision.state;
      known.emplace(event.key, Known{0, event.identity.content_digest, event.decision.state, place});
      fresh.push_back(place);
      continue;
    }
    answer.recognised = engine::recognise(first->second.content_digest, event.identity.content_digest);
    answer.sequence = first->second.sequence;
    answer.state = first->second.state;
    if (first->second.here != SIZE_MAX) repeats_here.emplace_back(place, first->second.here);
  }
  GLMAP_CHECK(add_references(answers));
  GLMAP_CHECK(give_numbers(events, fresh, answers));
  for (const auto& [repeat, first] : repeats_here) {
    answers[repeat].sequence = answers[first].sequence;
    for (const NewEntry& entry : events[first].decision.entries) answers[repeat].entries.push_back(entry.reference);
  }
  GLMAP_CHECK(queue_events(events, fresh, answers, before));
  queue_conflicts(events, answers);
  return answers;
}

/// The unique key decides: an event that another gateway records at this moment is waited for, and then it is known.
Status Recording::give_numbers(std::span<const NewEvent> events, const std::vector<std::size_t>& fresh,
                               std::vector<IntakeAnswer>& answers) {
  if (fresh.empty()) return {};
  Column keys = Column::blobs();
  std::map<EventKey, std::size_t> places;
  for (const std::size_t place : fresh) {
    keys.blob(bytes_of(events[place].key));
    places.emplace(events[place].key, place);
  }
  GLMAP_TRY(rows, session_.query(kGiveNumbers, Parameters().column(keys)));
  if (static_cast<std::size_t>(rows.count()) < fresh.size()) return session_.start_over();
  for (int index = 0; index < rows.count(); ++index) {
    answers[places.at(key_of(rows[index].view(0)))].sequence = rows[index].integer(1);
  }
  return {};
}

Status Recording::add_references(std::vector<IntakeAnswer>& answers) {
  Column repeats = Column::integers();
  std::multimap<Sequence, IntakeAnswer*> of;
  for (IntakeAnswer& answer : answers) {
    if (answer.sequence == 0) continue;  // new, or a repeat of one that is
    repeats.integer(answer.sequence);
    of.emplace(answer.sequence, &answer);
  }
  if (of.empty()) return {};
  GLMAP_TRY(rows, session_.query("SELECT event, reference FROM entries WHERE event = ANY($1::bigint[]) ORDER BY number",
                                 Parameters().column(repeats)));
  for (int index = 0; index < rows.count(); ++index) {
    const auto [from, until] = of.equal_range(rows[index].integer(0));
    for (auto at = from; at != until; ++at) at->second->entries.push_back(rows[index].text(1));
  }
  return {};
}

Status Recording::queue_events(std::span<const NewEvent> events, const std::vector<std::size_t>& fresh,
                               const std::vector<IntakeAnswer>& answers, const Before& before) {
  if (fresh.empty()) return {};
  Column number = Column::integers(), source = Column::texts(), id = Column::texts(), revision = Column::texts(),
         type = Column::texts(), digest = Column::texts(), received = Column::integers(), state = Column::integers(),
         bundle = Column::integers(), reason = Column::texts(), raw = Column::blobs(), row = Column::integers(),
         minor = Column::texts(), rule = Column::texts(), because = Column::texts(), object = Column::texts(),
         control = Column::texts(), writer = Column::integers(), link = Column::integers(), hash = Column::blobs();
  for (const std::size_t place : fresh) {
    if (before) GLMAP_CHECK(before(place, answers));
    const NewEvent& event = events[place];
    const EventDecision& decision = event.decision;
    const StatementPart part = statement_part(decision);
    GLMAP_TRY(bundle_number, names_.bundle(decision.bundle_digest));
    GLMAP_TRY(row_number, names_.statement_row(event.identity.source, decision.entity, part.currency));
    number.integer(answers[place].sequence);
    source.text(event.identity.source);
    id.text(event.identity.id);
    revision.text(event.identity.revision);
    type.text(event.identity.type);
    digest.text(event.identity.content_digest);
    received.integer(event.received_at.micros);
    state.integer(static_cast<std::int64_t>(decision.state));
    bundle.integer(bundle_number);
    reason.text_or_null(reason_of(decision));
    raw.blob(event.raw);
    row.integer(row_number);
    minor.text(int128_text(part.minor));
    rule.text_or_null(decision.rule);
    because.text_or_null(decision.because);
    object.text_or_null(decision.object);
    control.text_or_null(control_of(decision));
    count(row_number, 1, part.minor);
    extend(session_.events, content_of(linked(event, answers[place].sequence, reason_of(decision)),
                                       linked_as_kept(decision.entries).entries));
    writer.integer(session_.writer());
    link.integer(session_.events.links);
    hash.blob(session_.events.hash);
    GLMAP_CHECK(add_entries(answers[place].sequence, decision, event.received_at));
  }
  Parameters bodies, states;
  bodies.column(number).column(source).column(id).column(revision).column(type).column(digest).column(received);
  bodies.column(state).column(bundle).column(reason).column(raw);
  session_.queue(kInsertEvents, std::move(bodies.column(writer).column(link).column(hash)));
  states.column(number).column(state).column(bundle).column(row).column(minor).column(reason).column(rule);
  session_.queue(kInsertStates, std::move(states.column(because).column(object).column(control)));
  return {};
}

void Recording::queue_conflicts(std::span<const NewEvent> events, const std::vector<IntakeAnswer>& answers) {
  Column first = Column::integers(), type = Column::texts(), digest = Column::texts(), received = Column::integers(),
         raw = Column::blobs();
  for (std::size_t place = 0; place < events.size(); ++place) {
    if (answers[place].recognised != engine::Recognised::conflict) continue;
    first.integer(answers[place].sequence);
    type.text(events[place].identity.type);
    digest.text(events[place].identity.content_digest);
    received.integer(events[place].received_at.micros);
    raw.blob(events[place].raw);
  }
  if (first.count() == 0) return;
  session_.queue(kInsertConflicts,
                 std::move(Parameters().column(first).column(type).column(digest).column(received).column(raw)));
}

Status Recording::add_entries(Sequence event, const EventDecision& decision, Instant now) {
  for (const NewEntry& entry : decision.entries) {
    const JournalEntryDraft& data = entry.entry.data();
    GLMAP_TRY(lane, names_.lane(entry.lane, data.entity));
    entries_.event.integer(event);
    entries_.reference.text(entry.reference);
    entries_.entity.text(data.entity);
    entries_.ledger.text(data.ledger);
    entries_.period.text(data.period);
    entries_.created_at.integer(now.micros);
    entries_.body.text(entry.json);
    entries_.lane.integer(lane);
    entries_.object.text_or_null(entry.object);
    for (const JournalLine& line : data.lines) {
      Balance& balance = balances_[{data.entity, data.ledger, data.period, line.account,
                                    std::string(line.functional.currency().code())}];
      (line.side == Side::debit ? balance.debit : balance.credit) += booked(data, line.functional).minor();
    }
  }
  return {};
}

void Recording::count(std::int64_t row, std::int64_t events, Int128 minor) {
  counts_[row].count += events;
  counts_[row].minor += minor;
}

Status Recording::queue_entries(Instant now) {
  if (entries_.event.count() == 0) return {};
  Parameters parameters;
  parameters.column(entries_.event).column(entries_.reference).column(entries_.entity).column(entries_.ledger);
  parameters.column(entries_.period).column(entries_.created_at).column(entries_.body).column(entries_.lane);
  session_.queue(kInsertEntries, std::move(parameters.column(entries_.object)));
  if (now < look_first_until_) return look_first(now);
  return {};
}

Status Recording::look_first(Instant now) {
  GLMAP_TRY(rows, session_.query(
                      "UPDATE entry_state SET state = 2 WHERE event = ANY($1::bigint[]) AND state = 0 AND claim = 0 "
                      "RETURNING event, entry",
                      Parameters().column(entries_.event)));
  for (int index = 0; index < rows.count(); ++index) {
    queue_change(session_, restored_change(rows[index].integer(0), rows[index].integer(1), engine::EntryState::ready,
                                           "gateway", now));
  }
  return {};
}

void Recording::queue_figures() {
  Column row = Column::integers(), events = Column::integers(), minor = Column::texts();
  for (const auto& [number, figure] : counts_) {
    row.integer(number);
    events.integer(figure.count);
    minor.text(int128_text(figure.minor));
  }
  if (row.count() > 0) {
    session_.queue(kAddCounts, std::move(Parameters().integer(gateway_).column(row).column(events).column(minor)));
  }
  std::array<Column, 5> name = {Column::texts(), Column::texts(), Column::texts(), Column::texts(), Column::texts()};
  Column debit = Column::texts(), credit = Column::texts();
  for (const auto& [key, balance] : balances_) {
    for (std::size_t part = 0; part < name.size(); ++part) name[part].text(key[part]);
    debit.text(int128_text(balance.debit));
    credit.text(int128_text(balance.credit));
  }
  if (debit.count() == 0) return;
  Parameters parameters;
  parameters.integer(gateway_);
  for (const Column& part : name) parameters.column(part);
  session_.queue(kAddBalances, std::move(parameters.column(debit).column(credit)));
}

Status Recording::redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                           Instant now) {
  GLMAP_TRY(rows,
            session_.query("SELECT state FROM event_state WHERE event = $1 FOR UPDATE", Parameters().integer(event)));
  if (rows.count() == 0) return fail(ErrorCode::NotFound, "there is no event `" + std::to_string(event) + "`");
  const auto state = static_cast<engine::EventState>(rows[0].integer(0));
  GLMAP_CHECK(check_redecidable(state));
  Change change = event_change(event, now, state, decision.state, kDecidedAgain);
  change.by = by;
  change.why = why;
  GLMAP_CHECK(add_entries(event, decision, now));
  GLMAP_CHECK(queue_entries(now));
  GLMAP_CHECK(replace_decision(decision, std::move(change)));
  queue_figures();
  return {};
}

Status Recording::replace_decision(const EventDecision& decision, Change change) {
  GLMAP_TRY(rows,
            session_.query("SELECT e.source, s.statement_row, s.amount_minor::text FROM event_state s JOIN events "
                           "e ON e.number = s.event WHERE s.event = $1 FOR UPDATE OF s",
                           Parameters().integer(change.event)));
  GLMAP_ASSERT(rows.count() == 1);
  const StatementPart part = statement_part(decision);
  GLMAP_TRY(row, names_.statement_row(rows[0].view(0), decision.entity, part.currency));
  GLMAP_TRY(bundle, names_.bundle(decision.bundle_digest));
  count(rows[0].integer(1), -1, -rows[0].exact(2));
  count(row, 1, part.minor);
  Parameters parameters;
  parameters.integer(change.event).integer(static_cast<std::int64_t>(decision.state)).integer(bundle).integer(row);
  parameters.text(int128_text(part.minor)).text_or_null(reason_of(decision)).text_or_null(decision.rule);
  parameters.text_or_null(decision.because).text_or_null(decision.object).text_or_null(control_of(decision));
  session_.queue(
      "UPDATE event_state SET state = $2, bundle = $3, statement_row = $4, amount_minor = $5::text::numeric, "
      "reason = $6, rule = $7, because = $8, object = $9, control = $10 WHERE event = $1",
      std::move(parameters));
  change.evidence = decision.bundle_digest;
  queue_change(session_, std::move(change), decision.entries);
  return {};
}

}  // namespace glmap::gateway::store::postgres
