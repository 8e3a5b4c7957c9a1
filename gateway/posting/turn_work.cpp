// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/turn_work.hpp"

#include "gateway/store/entry_changes.hpp"

namespace glmap::gateway::posting {

using Cause = rules::Step::Cause;

store::Turn TurnWork::next_turn(store::Turn::Kind kind) const {
  store::Turn turn;
  turn.kind = kind;
  turn.bundle_digest = keeper_.evaluator().digest();
  turn.at = now_;
  return turn;
}

Status TurnWork::take(store::NewEvent& event, std::size_t place, const std::shared_ptr<const BillingEvent>& undecided) {
  if (!seen_.insert(event.key).second) return {};  // a repeat of one in this batch
  if (!undecided) return {};                       // it cannot be read: held for that, and the book knows nothing of it
  GLMAP_TRY(known, store_.find_event(event.key));
  if (known) return {};
  store::Turn turn = next_turn(store::Turn::Kind::event);
  turn.place = place;
  std::size_t after = place;
  for (rules::Step& step : keeper_.play(turn, undecided)) {
    if (step.cause != Cause::event) {
      settle(std::move(step), after);
      continue;
    }
    put_outcome(event.decision, keeper_.evaluator().book(), *undecided, std::move(step.outcome));
    after = place + 1;
  }
  turns_.push_back(std::move(turn));
  return {};
}

void TurnWork::decide_again(store::Sequence event, const std::shared_ptr<const BillingEvent>& read, std::string_view by,
                            std::string_view why) {
  store::Turn turn = next_turn(store::Turn::Kind::again);
  turn.event = event;
  for (rules::Step& step : keeper_.play(turn, read)) {
    if (step.cause != Cause::event) {
      settle(std::move(step), 0);
      continue;
    }
    store::Settlement& again = settlement_of(step, 0, store::kDecidedAgain);
    again.by = by;
    again.why = why;
    put_outcome(again.decision, keeper_.evaluator().book(), *read, std::move(step.outcome));
  }
  turns_.push_back(std::move(turn));
}

void TurnWork::publish(const rules::PublishedRate& rate) {
  store::Turn turn = next_turn(store::Turn::Kind::rate);
  turn.detail = rate_text(rate);
  (void)keeper_.play(turn, nullptr);
  turns_.push_back(std::move(turn));
}

bool TurnWork::let_time_pass() {
  store::Turn turn = next_turn(store::Turn::Kind::time);
  std::vector<rules::Step> steps = keeper_.let_time_pass(turn);
  if (steps.empty()) return false;
  for (rules::Step& step : steps) settle(std::move(step), 0);
  turns_.push_back(std::move(turn));
  return true;
}

store::Settlement& TurnWork::settlement_of(const rules::Step& step, std::size_t after, std::string_view input) {
  store::Settlement& made = settlements_.emplace_back();
  made.key = store::event_key(step.event->source, step.event->id, step.event->revision);
  made.source = step.event->source;
  made.after = after;
  made.input = input;
  made.at = now_;
  made.decision = decision_about(keeper_.evaluator(), *step.event);
  return made;
}

void TurnWork::settle(rules::Step step, std::size_t after) {
  const bool of_itself = step.cause == Cause::schedule || step.cause == Cause::missed;
  if (const auto* held = std::get_if<rules::Held>(&step.outcome); of_itself && held != nullptr) {
    store::Settlement& noted = settlement_of(step, after, store::kException);
    noted.kind = store::Settlement::Kind::noted;
    noted.why = held->reason.to_text();
    return;
  }
  const std::string_view input = step.cause == Cause::schedule  ? store::kScheduleEntry
                                 : step.cause == Cause::expired ? store::kExpired
                                                                : store::kReleased;
  store::Settlement& made = settlement_of(step, after, input);
  if (step.cause == Cause::schedule) made.kind = store::Settlement::Kind::entries;
  put_outcome(made.decision, keeper_.evaluator().book(), *step.event, std::move(step.outcome));
}

}  // namespace glmap::gateway::posting
