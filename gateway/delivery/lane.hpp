// SPDX-License-Identifier: Apache-2.0
// One ERP connection at work: claims due entries from the store, has each one attempted, asks engine/delivery_step what
// becomes of it, records that. The intent to send is durable before anything is sent (the store's claim).
// A connection in trouble pauses as a whole instead of trying every entry in turn: after a clear no (unreachable,
// throttled, credentials), and after several answers in a row that were lost; then one entry is tried first. One that
// belongs to another company stops and says so. The limits of the connection are kept (lane_gate.hpp).
// Threading: run_round and run belong to one thread; status, resume and wake may be called from any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "gateway/delivery/attempt.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/delivery/lane_gate.hpp"
#include "gateway/engine/delivery_step.hpp"
#include "gateway/platform/clock.hpp"
#include "gateway/platform/log.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::delivery {

struct LaneSettings {
  std::string name;                                // of the ERP connection, as in LegalEntity::erp
  std::map<std::string, EntityIdentity> entities;  // who the ERP must say it is, by our entity code
  engine::DeliveryPolicy policy;
  engine::LaneLimits limits;
  std::int32_t unclear_in_a_row_max = 5;             // then the connection pauses
  std::int32_t claim_limit = 8;                      // of a slow ERP; a fast one is given up to 64 at a time
  std::int64_t lease_micros = 600'000'000;           // longer than a whole claim can take
  std::int64_t settle_micros = 20'000;               // outcomes so close together are recorded in one transaction
  std::int64_t poll_micros = 1'000'000;              // looks for work at least so often
  std::int64_t identity_check_micros = 900'000'000;  // asks the ERP who it is at least so often
  std::uint64_t jitter_seed = 1;
};

enum class LaneState : std::uint8_t {
  unchecked,  // has not yet seen who the ERP is
  working,
  elsewhere,  // another gateway on the same store works it
  paused,     // the connection is in trouble; goes on by itself at `until`
  closed,     // a weekly time in which the ERP is closed; goes on by itself at `until`
  limited,    // the requests of the day are made; goes on by itself at `until`
  stopped,    // a person must act: the connection belongs to another company, or the store failed
};
std::string_view to_text(LaneState state);

struct LaneStatus {
  std::string name;
  LaneState state = LaneState::unchecked;
  std::optional<Error> reason;  // paused, stopped
  Instant since;
  Instant until;                                                   // paused, closed, limited
  std::int64_t confirmed = 0, refused = 0, held = 0, unclear = 0;  // since the start of this process
};

class Lane {
 public:
  Lane(LaneSettings settings, std::unique_ptr<ErpConnector> connector, store::Store& store,
       const platform::Clock& clock, platform::Log& log);

  /// Works until a stop is asked for; an attempt under way is finished and recorded first.
  void run(std::stop_token stop);
  /// One round: checks the connection if need be, claims, attempts and records what is due now. Returns how many
  /// entries were claimed. What is claimed but not begun when a stop is asked for goes back unsent.
  std::int32_t run_round(std::stop_token stop = {});

  LaneStatus status() const;
  /// A person has mended what stopped the lane; who the ERP is gets checked again.
  void resume();
  /// There is new work.
  void wake();

 private:
  bool hold();
  void fit_claims(const std::vector<store::ClaimedEntry>& claimed, std::int64_t began);
  /// Nobody else has taken the lane since the entry was claimed: may the request be written now?
  bool may_send();
  bool is_open();
  bool check_connection();
  bool ask_who(const std::string& entity, const EntityIdentity& expected);
  void settle(const store::ClaimedEntry& claimed, std::stop_token stop);
  AttemptResult attempt_claimed(const store::ClaimedEntry& claimed);
  /// Why a reversal is not sent now, if so.
  std::optional<AttemptResult> not_yet_taken_back(const JournalEntry& reversal);
  void record(const store::ClaimedEntry& claimed, AttemptResult result, Instant began_at, std::stop_token stop);
  bool save(std::stop_token stop);
  void count(const store::DeliveryOutcome& outcome);
  void connection_fails(const Error& why, std::optional<std::int64_t> retry_after_micros);
  void connection_works();
  /// The last answers were lost: the next entry is a trial.
  bool on_trial() const { return unclear_in_a_row_ >= settings_.unclear_in_a_row_max; }
  void judge_connection(AttemptResult& result);
  std::int32_t jitter() { return static_cast<std::int32_t>(jitter_() % 1001); }
  void set_state(LaneState state, std::optional<Error> why, Instant until);
  std::int64_t wait_micros() const;
  Instant now() const { return Instant{clock_.utc_micros()}; }

  const LaneSettings settings_;
  LaneGate gate_;
  const std::unique_ptr<ErpConnector> connector_;
  store::Store& store_;
  const platform::Clock& clock_;
  platform::Log& log_;
  std::mt19937_64 jitter_;
  std::map<std::string, Instant> checked_at_;  // by entity: when the ERP last said who it is
  std::int64_t checked_session_ = 0;           // in which it said so
  std::int64_t token_ = 0;                     // of our hold on the lane
  std::int64_t turn_ = 0;                      // claims so far
  std::int32_t claims_ = 0;                    // at most so many at a time, for now
  std::int32_t troubles_ = 0;                  // of the connection, in a row
  std::int32_t unclear_in_a_row_ = 0;
  /// Outcomes that are not recorded yet: those of the last moments, or what the store would not take. Recorded before
  /// anything is claimed again. Lost by a crash, they are as if no answer had come: the ERP is asked.
  std::vector<store::DeliveryOutcome> unsaved_;
  Instant unsaved_since_;
  bool store_refuses_ = false;  // in this round

  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wake_ = false;
  LaneStatus status_;
};

}  // namespace glmap::gateway::delivery
