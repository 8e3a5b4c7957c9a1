// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/lane.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace glmap::gateway::delivery {

namespace {

using engine::DeliveryInput;
using engine::EntryState;
using store::ClaimedEntry;
using store::DeliveryOutcome;

constexpr int kSavesMax = 50;  // tries to record an outcome while the store is busy
constexpr std::int64_t kSavePauseMicros = 100'000;
constexpr std::int32_t kClaimsMax = 64;
constexpr std::int64_t kFastRoundMicros = 100'000, kSlowRoundMicros = 400'000;

Instant later(Instant at, std::int64_t micros) {
  return Instant{at.micros + micros};
}

/// Trouble that mends itself slowly if at all; asking often would lock the account.
bool is_slow_trouble(ErrorCode code) {
  return code == ErrorCode::ErpAuthorisation || code == ErrorCode::BadConfiguration;
}

}  // namespace

std::string_view to_text(LaneState state) {
  switch (state) {
    case LaneState::unchecked:
      return "unchecked";
    case LaneState::working:
      return "working";
    case LaneState::elsewhere:
      return "elsewhere";
    case LaneState::paused:
      return "paused";
    case LaneState::closed:
      return "closed";
    case LaneState::limited:
      return "limited";
    case LaneState::stopped:
      return "stopped";
  }
  GLMAP_ASSERT(false);
}

Lane::Lane(LaneSettings settings, std::unique_ptr<ErpConnector> connector, store::Store& store,
           const platform::Clock& clock, platform::Log& log)
    : settings_(std::move(settings)),
      gate_(settings_.name, settings_.limits, store, clock),
      connector_(std::move(connector)),
      store_(store),
      clock_(clock),
      log_(log),
      jitter_(settings_.jitter_seed) {
  claims_ = settings_.claim_limit;
  status_.name = settings_.name;
  status_.since = now();
  connector_->guard_sends([this] { return store_.still_held(settings_.name, token_); });
  connector_->pace_requests([this] { return gate_.before_request(); });
}

void Lane::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    if (run_round(stop) > 0) continue;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, std::chrono::microseconds(wait_micros()), [this] { return wake_; });
    wake_ = false;
  }
  gate_.give_back();
}

std::int64_t Lane::wait_micros() const {
  // Called with the lock held. A paused lane is not woken early by new work, only delayed work is what it has.
  if (status_.state == LaneState::stopped) return settings_.poll_micros * 10;
  return settings_.poll_micros;
}

std::int32_t Lane::run_round(std::stop_token stop) {
  const LaneStatus before = status();
  if (before.state == LaneState::stopped) return 0;
  if (before.state == LaneState::paused && now() < before.until) return 0;
  store_refuses_ = false;
  if (!save(stop) || !hold() || !is_open() || !check_connection()) return 0;
  const std::int32_t most = on_trial() ? 1 : gate_.room(claims_);
  const std::int64_t began = clock_.monotonic_micros();
  const auto claimed = store_.claim_due({settings_.name, now(), later(now(), settings_.lease_micros), most, turn_++});
  if (!claimed) {
    store_.release_lane(settings_.name);  // it may have been recorded all the same
    if (claimed.error().permanent()) set_state(LaneState::stopped, claimed.error(), now());
    return 0;
  }
  for (const ClaimedEntry& entry : *claimed) settle(entry, stop);
  save(stop);
  fit_claims(*claimed, began);
  return static_cast<std::int32_t>(claimed->size());
}

/// A fast ERP is given more at a time: then claims and outcomes of many entries share their transactions.
void Lane::fit_claims(const std::vector<ClaimedEntry>& claimed, std::int64_t began) {
  const std::int64_t micros = clock_.monotonic_micros() - began;
  if (micros > kSlowRoundMicros) {
    claims_ = std::max(claims_ / 2, settings_.claim_limit);
  } else if (micros < kFastRoundMicros && static_cast<std::int32_t>(claimed.size()) == claims_) {
    claims_ = std::min(claims_ * 2, std::max(settings_.claim_limit, kClaimsMax));
  }
}

bool Lane::hold() {
  const auto held = store_.hold_lane(settings_.name, now());
  if (!held) {
    if (held.error().permanent()) set_state(LaneState::stopped, held.error(), now());
    return false;
  }
  if (!held->mine) {
    if (status().state != LaneState::elsewhere) connector_->let_go();
    set_state(LaneState::elsewhere,
              Error{ErrorCode::StoreUnavailable, "the gateway `" + held->holder + "` delivers here", {}, {}}, now());
    return false;
  }
  if (held->token != token_) {
    log_.info("the lane is ours",
              {{"connection", settings_.name}, {"interrupted_sends", std::to_string(held->interrupted)}});
  }
  token_ = held->token;
  return true;
}

bool Lane::may_send() {
  if (store_.still_held(settings_.name, token_)) return true;
  const auto held = store_.hold_lane(settings_.name, now());
  return held && held->mine && held->token == token_;
}

/// Neither a weekly time in which the ERP is closed nor a day whose requests are made.
bool Lane::is_open() {
  const auto shut = gate_.shut();
  if (!shut) {
    set_state(LaneState::paused, shut.error(), later(now(), settings_.policy.backoff_max_micros));
    return false;
  }
  if (!*shut) return true;
  const LaneGate::Shut& why = **shut;
  if (why.by_the_erp) checked_at_.clear();  // whatever was done to it meanwhile
  set_state(why.by_the_erp ? LaneState::closed : LaneState::limited, Error{ErrorCode::ErpThrottled, why.why, {}, {}},
            why.until);
  return false;
}

/// Asks the ERP who it is, for every entity of which that is not known or was asked long ago. What was answered counts
/// although a later question fails: a connection that may ask little gets through in several rounds.
bool Lane::check_connection() {
  const LaneState state = status().state;
  if (state == LaneState::unchecked || state == LaneState::elsewhere) checked_at_.clear();
  bool asked = false;
  for (const auto& [entity, expected] : settings_.entities) {
    const auto checked = checked_at_.find(entity);
    if (checked != checked_at_.end() && now() < later(checked->second, settings_.identity_check_micros)) continue;
    if (!ask_who(entity, expected)) return false;
    asked = true;
    if (connector_->session() != checked_session_ && !std::exchange(checked_at_, {}).empty()) {
      return false;  // what others said was said in another session: they are asked again, at once
    }
    checked_session_ = connector_->session();
    checked_at_[entity] = now();
  }
  if (asked || state != LaneState::working) connection_works();
  return true;
}

bool Lane::ask_who(const std::string& entity, const EntityIdentity& expected) {
  const Asked<EntityIdentity> seen = connector_->who_am_i(entity);
  if (!seen) {
    connection_fails(seen.error(), seen.error().retry_after_micros);
    return false;
  }
  if (*seen == expected) return true;
  connection_fails(Error{ErrorCode::ErpWrongEntity,
                         "for entity `" + entity + "` the ERP shows the books of `" + seen->name + "` in " +
                             seen->currency + "; expected are those of `" + expected.name + "` in " + expected.currency,
                         "correct the connection's settings or credentials, then resume it",
                         {}},
                   std::nullopt);
  return false;
}

void Lane::settle(const ClaimedEntry& claimed, std::stop_token stop) {
  // A stop, or trouble met by an entry before it: what was not begun goes back as it was.
  const bool goes_on = !stop.stop_requested() && status().state == LaneState::working && is_open() && may_send();
  if (!goes_on) {
    const LaneStatus lane = status();
    AttemptResult back;
    back.input = DeliveryInput::not_sent;
    back.reason =
        lane.reason.value_or(Error{ErrorCode::ErpUnreachable, "the gateway stopped before it was sent", {}, {}});
    if (lane.until > now()) {
      back.retry_after_micros = std::max<std::int64_t>(0, lane.until.micros - now().micros);
    }
    record(claimed, std::move(back), now(), stop);
    return;
  }
  const Instant began_at = now();
  AttemptResult result = attempt_claimed(claimed);
  judge_connection(result);
  record(claimed, std::move(result), began_at, stop);
}

/// What an attempt says about the connection as a whole.
void Lane::judge_connection(AttemptResult& result) {
  if (result.connection_trouble) {
    connection_fails(*result.reason, result.retry_after_micros);
    // The entry is due when the connection is, and does not wait by a count of its own.
    const LaneStatus lane = status();
    if (lane.state == LaneState::paused && result.input == DeliveryInput::not_sent) {
      result.retry_after_micros = std::max<std::int64_t>(0, lane.until.micros - now().micros);
    }
  } else if (!result.answer_lost) {
    troubles_ = unclear_in_a_row_ = 0;
  } else if (++unclear_in_a_row_; on_trial()) {
    connection_fails(Error{ErrorCode::ErpUnclear,
                           std::to_string(unclear_in_a_row_) + " answers in a row were lost or cannot be understood, " +
                               "the last one: " + result.reason->message,
                           {},
                           {}},
                     std::nullopt);
  }
}

AttemptResult Lane::attempt_claimed(const ClaimedEntry& claimed) {
  // An entry that cannot be tried at all: not sent yet, it is refused; perhaps sent, a person must look.
  auto cannot = [&](Error why) {
    AttemptResult out;
    out.input = claimed.state == EntryState::sending ? DeliveryInput::refused : DeliveryInput::gave_up;
    out.reason = std::move(why);
    return out;
  };
  const Result<Json> json = parse_json(claimed.json);
  const Result<JournalEntry> entry = json ? JournalEntry::from_json(*json) : std::unexpected(json.error());
  if (!entry) return cannot(entry.error());
  if (entry->key().reference() != claimed.reference) {
    return cannot(Error{ErrorCode::StoreCorrupt, "the entry's reference is not the one it is stored under", {}, {}});
  }
  if (!settings_.entities.contains(entry->data().entity)) {
    return cannot(Error{ErrorCode::ErpWrongEntity,
                        "connection `" + settings_.name + "` serves no legal entity `" + entry->data().entity + "`",
                        {},
                        {}});
  }
  if (claimed.state == EntryState::sending) {
    if (auto waits = not_yet_taken_back(*entry)) return std::move(*waits);
  }
  AttemptResult result = attempt(*connector_, *entry, claimed.state);
  result.reverses = entry->data().reverses;
  return result;
}

/// A reversal goes out when its original stands in the ERP, and only one does.
std::optional<AttemptResult> Lane::not_yet_taken_back(const JournalEntry& reversal) {
  const std::string& reference = reversal.data().reverses;
  if (reference.empty()) return std::nullopt;
  const auto original = store_.entry_by_reference(reference);
  AttemptResult out;
  out.input = DeliveryInput::not_sent;
  if (!original) {
    out.reason = original.error();
    return out;
  }
  if (!*original || (*original)->state == EntryState::posted) return std::nullopt;  // or it is from before this store
  if ((*original)->state == EntryState::reversed) {
    out.input = DeliveryInput::refused;
    out.reason =
        Error{ErrorCode::ErpRefused, "the entry `" + reference + "` that it takes back is taken back already", {}, {}};
    return out;
  }
  out.reason = Error{ErrorCode::ErpUnclear,
                     "the entry `" + reference + "` that it takes back is " +
                         std::string(engine::to_text((*original)->state)) + ", not posted",
                     {},
                     {}};
  return out;
}

void Lane::record(const ClaimedEntry& claimed, AttemptResult result, Instant began_at, std::stop_token stop) {
  engine::DeliveryFacts facts;
  facts.state = claimed.state;
  facts.sends = claimed.sends;
  facts.looks = claimed.looks;
  facts.waits = claimed.waits;
  facts.last_sent_at = claimed.last_sent_at;
  facts.looked_at = began_at;
  facts.retry_after_micros = result.retry_after_micros;
  facts.jitter_permille = jitter();
  auto step = engine::delivery_step(facts, result.input, settings_.policy, now());
  if (!step) {
    log_.error("an outcome has no meaning in the entry's state",
               {{"reference", claimed.reference}, {"outcome", engine::to_text(result.input)}});
    result.input = claimed.state == EntryState::sending ? DeliveryInput::unclear : DeliveryInput::gave_up;
    step = engine::delivery_step(facts, result.input, settings_.policy, now());
    GLMAP_ASSERT(step.has_value());
  }
  DeliveryOutcome outcome;
  outcome.entry = claimed.entry;
  outcome.claim = claimed.claim;
  outcome.input = result.input;
  outcome.to = step->to;
  outcome.at = now();
  outcome.due_at = step->due_at;
  outcome.reason = std::move(result.reason);
  outcome.document_id = std::move(result.document);
  outcome.evidence = std::move(result.evidence);
  outcome.reverses = std::move(result.reverses);
  outcome.reference = claimed.reference;
  if (unsaved_.empty()) unsaved_since_ = outcome.at;
  unsaved_.push_back(std::move(outcome));
  if (now() >= later(unsaved_since_, settings_.settle_micros)) save(stop);
}

/// All outcomes that are known, in one transaction. True when nothing is left.
bool Lane::save(std::stop_token stop) {
  if (unsaved_.empty()) return true;
  if (store_refuses_) return false;
  for (int tries = 1;; ++tries) {
    const auto recorded = store_.record_delivery(unsaved_);
    if (recorded) {
      for (std::size_t index = 0; index < unsaved_.size(); ++index) {
        if (recorded->at(index) == store::OutcomeRecorded::recorded) count(unsaved_[index]);
      }
      unsaved_.clear();
      return true;
    }
    const bool again = recorded.error().transient() && tries < kSavesMax && !stop.stop_requested();
    if (!again) {
      log_.error("outcomes could not be recorded", {{"error", recorded.error().message}});
      store_refuses_ = true;
      if (recorded.error().transient()) {  // a full disk: the lane goes on by itself when there is space
        const LaneStatus lane = status();
        const Instant until = lane.state == LaneState::paused ? lane.until : now();
        set_state(LaneState::paused, recorded.error(),
                  std::max(until, later(now(), settings_.policy.backoff_max_micros)));
      } else {  // the claim is in the store, and whoever holds the lane next looks the entry up in the ERP
        store_.release_lane(settings_.name);
        set_state(LaneState::stopped, recorded.error(), now());
      }
      return false;
    }
    clock_.wait_micros(kSavePauseMicros);
  }
}

void Lane::count(const DeliveryOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome.to == EntryState::posted) ++status_.confirmed;
  if (outcome.to == EntryState::rejected) ++status_.refused;
  if (outcome.to == EntryState::held) ++status_.held;
  if (outcome.input == DeliveryInput::unclear) ++status_.unclear;
}

void Lane::connection_fails(const Error& why, std::optional<std::int64_t> retry_after_micros) {
  if (why.code == ErrorCode::ErpWrongEntity) {
    set_state(LaneState::stopped, why, now());
    return;
  }
  ++troubles_;
  // Behind an address that was lost may stand another database by now; one that asks for patience is the same.
  if (why.code != ErrorCode::ErpThrottled) checked_at_.clear();
  if (is_slow_trouble(why.code))
    retry_after_micros = std::max(retry_after_micros.value_or(0), settings_.policy.backoff_max_micros);
  const std::int64_t pause = engine::pause_after(troubles_, retry_after_micros, jitter(), settings_.policy);
  set_state(LaneState::paused, why, later(now(), pause));
}

void Lane::connection_works() {
  if (!on_trial()) troubles_ = 0;
  set_state(LaneState::working, std::nullopt, now());
}

void Lane::set_state(LaneState state, std::optional<Error> why, Instant until) {
  const bool silent = [&] {
    const std::lock_guard lock(mutex_);
    const bool same = status_.state == state;
    if (!same) status_.since = now();
    status_.state = state;
    status_.reason = why;
    status_.until = until;
    return same;
  }();
  if (silent) return;
  const std::string text = why ? why->to_text() : "";
  if (state == LaneState::working) {
    log_.info("the ERP connection works", {{"connection", settings_.name}});
  } else if (state == LaneState::elsewhere) {
    log_.info("the ERP connection is worked by another gateway", {{"connection", settings_.name}, {"why", text}});
  } else if (state == LaneState::paused) {
    log_.warning("the ERP connection is paused", {{"connection", settings_.name}, {"error", text}});
  } else if (state == LaneState::closed || state == LaneState::limited) {
    log_.info("the ERP connection waits", {{"connection", settings_.name}, {"why", text}, {"until", until.to_text()}});
  } else if (state == LaneState::stopped) {
    log_.error("the ERP connection is stopped", {{"connection", settings_.name}, {"error", text}});
  }
}

LaneStatus Lane::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Lane::resume() {
  {
    const std::lock_guard lock(mutex_);
    status_.state = LaneState::unchecked;
    status_.reason.reset();
    status_.since = now();
    wake_ = true;
  }
  woken_.notify_all();
}

void Lane::wake() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_all();
}

}  // namespace glmap::gateway::delivery
