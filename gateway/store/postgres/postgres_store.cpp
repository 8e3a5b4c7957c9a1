// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/delivering.hpp"
#include "gateway/store/postgres/holds.hpp"
#include "gateway/store/postgres/names.hpp"
#include "gateway/store/postgres/open_store.hpp"
#include "gateway/store/postgres/reading.hpp"
#include "gateway/store/postgres/recording.hpp"
#include "gateway/store/postgres/session.hpp"

namespace glmap::gateway::store {

namespace {

using postgres::Database;
using postgres::Delivering;
using postgres::Holds;
using postgres::Names;
using postgres::Parameters;
using postgres::Recording;
using postgres::Session;

class PostgresStore final : public Store {
 public:
  PostgresStore(const PostgresOptions& options, const platform::Clock& clock)
      : database_(options.url, options.gateway), names_(database_), clock_(clock), lease_(options.lease_micros) {}

  Status start() {
    GLMAP_CHECK(database_.connect());
    GLMAP_TRY(restored, database_.read([](Session& session) -> Result<std::int64_t> {
      GLMAP_TRY(rows, session.query("SELECT coalesce(max(at), 0)::bigint FROM restores"));
      return rows[0].integer(0);
    }));
    if (restored > 0) look_first_until_ = Instant{restored + kLookFirstMicros};
    holds_.emplace(database_, names_, clock_, lease_);
    return {};
  }

  /// What the server cannot keep it refuses; there is nothing that only a restart of the gateway would mend.
  Status health() const override { return {}; }

  Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now,
                         const ReleaseEvidence& release) override {
    GLMAP_TRY(bundle, names_.bundle(digest, bytes));
    return database_.write([&](Session& session) -> Status {
      GLMAP_TRY(last, session.query("SELECT bundle FROM activations ORDER BY number DESC LIMIT 1"));
      if (!release.evidence.empty()) queue_change(session, release_change(release, now));
      if (last.count() > 0 && last[0].integer(0) == bundle) return {};
      session.queue("INSERT INTO activations (bundle, gateway, at) VALUES ($1, $2, $3)",
                    Parameters().integer(bundle).integer(database_.gateway()).integer(now.micros));
      return {};
    });
  }
  Result<std::vector<HistoryRecord>> release_history() const override {
    return database_.read([](Session& session) { return postgres::release_history(session); });
  }
  Result<std::optional<BundleRecord>> active_bundle() const override {
    return database_.read([](Session& session) { return postgres::active_bundle(session); });
  }

  Result<std::optional<Sequence>> find_event(const EventKey& key) const override {
    return database_.read([&](Session& session) { return postgres::find_event(session, key); });
  }
  Result<std::vector<IntakeAnswer>> commit_intake(std::span<const NewEvent> events) override {
    for (const NewEvent& event : events) GLMAP_CHECK(names_.know(event.identity.source, event.decision));
    return database_.write([&](Session& session) {
      return Recording(session, names_, database_.gateway(), look_first_until_).commit_intake(events);
    });
  }
  Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                  Instant now) override {
    return database_.write([&](Session& session) {
      return Recording(session, names_, database_.gateway(), look_first_until_).redecide(event, decision, by, why, now);
    });
  }

  Result<std::vector<IntakeAnswer>> commit_turns(const DecideTurns& decide) override {
    return database_.write([&](Session& session) {
      return Recording(session, names_, database_.gateway(), look_first_until_).commit_turns(decide);
    });
  }
  Result<std::vector<RecordedTurn>> turns(Sequence after, std::int32_t limit) const override {
    return database_.read([&](Session& session) { return postgres::turns(session, after, limit); });
  }
  Result<std::optional<BundleRecord>> bundle(std::string_view digest) const override {
    return database_.read([&](Session& session) { return postgres::bundle(session, digest); });
  }
  Result<LaneHold> hold_lane(std::string_view lane, Instant now) override { return holds_->hold(lane, now); }
  bool still_held(std::string_view lane, std::int64_t token) const override { return holds_->still_held(lane, token); }
  void release_lane(std::string_view lane) override { holds_->release(lane); }
  Result<std::int64_t> take_requests(std::string_view lane, Date day, std::int64_t wanted, std::int64_t most) override {
    return database_.write(
        [&](Session& session) { return Delivering(session).take_requests(lane, day, wanted, most); });
  }
  Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request) override {
    GLMAP_TRY(lane, names_.lane(request.lane, ""));
    return database_.write([&](Session& session) -> Result<std::vector<ClaimedEntry>> {
      GLMAP_TRY(ours, holds_->confirm(session, request.lane, lane));
      if (!ours) return std::vector<ClaimedEntry>{};
      return Delivering(session).claim_due(request);
    });
  }
  Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes) override {
    return database_.write([&](Session& session) { return Delivering(session).record(outcomes); });
  }
  Result<std::int64_t> declare_restored(std::string_view by, Instant now) override {
    return database_.write([&](Session& session) { return Delivering(session).declare_restored(by, now); });
  }
  Result<std::optional<Instant>> next_due(std::string_view lane) const override {
    return database_.read([&](Session& session) { return postgres::next_due(session, lane); });
  }
  Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) override {
    return database_.write([&](Session& session) { return Delivering(session).retry_entry(reference, by, why, now); });
  }

  Result<std::optional<EventJourney>> event_journey(Sequence event) const override {
    return database_.read([&](Session& session) { return postgres::event_journey(session, event); });
  }
  Result<std::optional<EntryRecord>> entry_by_reference(std::string_view reference) const override {
    return database_.read([&](Session& session) { return postgres::entry_by_reference(session, reference); });
  }
  Result<std::vector<EventRecord>> list_events(const EventQuery& query) const override {
    return database_.read([&](Session& session) { return postgres::list_events(session, query); });
  }
  Result<std::vector<EntryRecord>> list_entries(const EntryQuery& query) const override {
    return database_.read([&](Session& session) { return postgres::list_entries(session, query); });
  }
  Result<std::vector<ExceptionRecord>> list_exceptions(Sequence after, std::int32_t limit) const override {
    return database_.read([&](Session& session) { return postgres::list_exceptions(session, after, limit); });
  }
  Result<std::vector<StatementRow>> statement() const override {
    return database_.read([](Session& session) { return postgres::statement(session); });
  }
  Result<std::vector<TrialBalanceRow>> trial_balance(std::string_view entity) const override {
    return database_.read([&](Session& session) { return postgres::trial_balance(session, entity); });
  }
  Result<EntryCounts> count_entries() const override {
    return database_.read([](Session& session) { return postgres::count_entries(session); });
  }

 private:
  mutable Database database_;
  mutable Names names_;
  const platform::Clock& clock_;
  const std::int64_t lease_;
  std::optional<Holds> holds_;
  Instant look_first_until_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const PostgresOptions& options, const platform::Clock& clock) {
  auto store = std::make_unique<PostgresStore>(options, clock);
  GLMAP_CHECK(store->start());
  return store;
}

std::string shown_store(std::string_view url) {
  return postgres::shown_url(url);
}

std::string libpq_version() {
  return postgres::libpq_version();
}

}  // namespace glmap::gateway::store
