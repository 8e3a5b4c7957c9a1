// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/book_keeper.hpp"

#include <algorithm>

#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/runtime/rules/take_over.hpp"
#include "gateway/posting/prepare.hpp"

namespace glmap::gateway::posting {

namespace {

constexpr std::int64_t kHourMicros = 3'600'000'000, kDayMicros = 24 * kHourMicros;
constexpr std::int32_t kPage = 2'000;

Date day_of(std::int64_t micros) {
  std::int64_t days = micros / kDayMicros;
  if (micros % kDayMicros < 0) --days;
  return Date::from_days(static_cast<std::int32_t>(days));
}

/// How far an event that comes at `at` may move time: it may be dated ahead, and what is not due yet stays so.
rules::Clock latest_at(Instant at) {
  return {day_of(at.micros + 14 * kHourMicros).plus_days(-1), at};  // the last day that has ended somewhere
}

std::string clock_text(const rules::Clock& clock) {
  Json json{Json::Object{}};
  json.set("day", clock.day.to_text());
  json.set("now", clock.now.to_text());
  return canonical_json(json);
}

Result<std::string> text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  if (text == nullptr)
    return fail(ErrorCode::MissingField, "`" + std::string(name) + "` is missing, or is no text",
                R"(send {"source": "ECB", "from": "USD", "to": "EUR", "date": "2026-10-01", "rate": "0.95"})",
                {.pointer = "/" + std::string(name)});
  return *text;
}

Result<rules::Clock> read_clock(std::string_view text) {
  GLMAP_TRY(json, parse_json(text));
  GLMAP_TRY(day_text, text_of(json, "day"));
  GLMAP_TRY(now_text, text_of(json, "now"));
  GLMAP_TRY(day, Date::parse(day_text));
  GLMAP_TRY(now, Instant::parse(now_text));
  return rules::Clock{day, now};
}

/// Steps, entries, and the sum of their totals in minor units, whatever the currency: enough to see that a turn comes
/// out otherwise, and not so much that a change of words would.
std::string outcome_of(const std::vector<rules::Step>& steps) {
  std::size_t entries = 0;
  Int128 minor = 0;
  for (const rules::Step& step : steps) {
    const auto* made = std::get_if<std::vector<JournalEntry>>(&step.outcome);
    if (made == nullptr) continue;
    entries += made->size();
    for (const JournalEntry& entry : *made) minor += entry.total_functional().minor();
  }
  return std::to_string(steps.size()) + " " + std::to_string(entries) + " " + int128_text(minor);
}

}  // namespace

Result<rules::PublishedRate> read_rate(const Json& json) {
  rules::PublishedRate rate;
  GLMAP_TRY(source, text_of(json, "source"));
  GLMAP_TRY(from_text, text_of(json, "from"));
  GLMAP_TRY(to_text, text_of(json, "to"));
  GLMAP_TRY(date_text, text_of(json, "date"));
  GLMAP_TRY(rate_given, text_of(json, "rate"));
  GLMAP_TRY(from, Currency::parse(from_text));
  GLMAP_TRY(to, Currency::parse(to_text));
  GLMAP_TRY(date, Date::parse(date_text));
  GLMAP_TRY(value, Decimal::parse(rate_given));
  if (value.is_zero() || value.is_negative())
    return fail(ErrorCode::WrongSign, "the rate " + rate_given + " is not above zero",
                "send units of the second currency for one unit of the first", {.pointer = "/rate"});
  return rules::PublishedRate{std::move(source), from, to, date, value};
}

std::string rate_text(const rules::PublishedRate& rate) {
  Json json{Json::Object{}};
  json.set("source", rate.source);
  json.set("from", std::string(rate.from.code()));
  json.set("to", std::string(rate.to.code()));
  json.set("date", rate.date.to_text());
  json.set("rate", rate.rate.to_text());
  return canonical_json(json);
}

BookOf book_of_store(const store::Store& store) {
  return [&store](std::string_view digest) -> Result<std::shared_ptr<const rules::Evaluator>> {
    GLMAP_TRY(kept, store.bundle(digest));
    if (!kept) return fail(ErrorCode::StoreCorrupt, "the store does not have the bundle " + std::string(digest));
    GLMAP_TRY(bundle, rules::read_bundle(kept->bytes));
    return std::make_shared<const rules::Evaluator>(std::make_shared<const rules::RuleBook>(std::move(bundle.book)),
                                                    std::string(digest));
  };
}

Status check_follows(const store::Store& store, const BookOf& book_of, const rules::Evaluator& next) {
  GLMAP_TRY(active, store.active_bundle());
  if (!active || active->digest == next.digest()) return {};
  GLMAP_TRY(recorded, store.list_events({.limit = 1}));
  if (recorded.empty()) return {};
  GLMAP_TRY(turns, store.turns(0, 1));
  if (turns.empty() && !next.keeps_state()) return {};
  GLMAP_TRY(before, book_of(active->digest));
  if (before->keeps_state() && next.keeps_state()) return rules::check_take_over(before->book(), next.book());
  if (before->keeps_state())
    return fail(ErrorCode::BundleNeedsState,
                "the book in force keeps state (" + rules::in_words(before->book().state_clauses()) +
                    "), and what waits there would wait for ever in a book that keeps none",
                "keep its clauses, or begin with a new store");
  if (next.keeps_state())
    return fail(ErrorCode::BundleNeedsState,
                "the book keeps state (" + rules::in_words(next.book().state_clauses()) +
                    "), and the store has events of which nothing was remembered",
                "begin with a new store");
  return {};
}

/// The next turn is this book's.
Status BookKeeper::put(const std::shared_ptr<const rules::Evaluator>& evaluator) {
  if (run_ && evaluator == evaluator_) return {};
  rules::BookState state;
  if (run_ && turns_ > 0) {
    GLMAP_CHECK(rules::check_take_over(evaluator_->book(), evaluator->book()));
    state = run_->state();
  }
  run_ = std::make_unique<rules::BookRun>(*evaluator, std::move(state));
  evaluator_ = evaluator;
  return {};
}

Status BookKeeper::catch_up(const std::shared_ptr<const rules::Evaluator>& evaluator) {
  const bool beginning = run_ == nullptr;
  if (beginning) turns_ = 0;
  std::shared_ptr<const rules::Evaluator> by = evaluator;
  while (true) {
    GLMAP_TRY(recorded, store_.turns(turns_, kPage));
    for (const store::RecordedTurn& one : recorded) {
      const auto play_one = [&]() -> Status {
        const std::string& digest = one.turn.bundle_digest;
        if (digest != by->digest()) {
          if (digest == evaluator->digest()) {
            by = evaluator;
          } else {
            GLMAP_TRY(older, book_of_(digest));
            by = std::move(older);
          }
        }
        GLMAP_CHECK(put(by));
        return play_again(one, beginning);
      };
      if (Status played = play_one(); !played) {
        forget();
        return played;
      }
    }
    if (recorded.size() < static_cast<std::size_t>(kPage)) return put(evaluator);
  }
}

Status BookKeeper::play_again(const store::RecordedTurn& recorded, bool beginning) {
  store::Turn turn = recorded.turn;
  std::shared_ptr<const BillingEvent> event;
  if (turn.event != 0) {
    JsonDocument document;
    GLMAP_CHECK(document.read(recorded.raw));
    GLMAP_TRY(identity, read_identity(document.root()));
    Reading reading = read_by_book(*evaluator_, document.root(), identity);
    if (!reading.event) return std::unexpected(*reading.decision.reason);
    event = std::move(reading.event);
  }
  // At a start the wall clock tells how long nothing came; another gateway's turn has just been played.
  const std::int64_t age = beginning ? std::max<std::int64_t>(0, clock_.utc_micros() - turn.at.micros) : 0;
  const Instant before = run_->state().clock().now;
  if (turn.kind == store::Turn::Kind::time) {
    GLMAP_TRY(clock, read_clock(turn.detail));
    turn.outcome = outcome_of(run_->advance(clock));
    turns_ += 1;
  } else {
    (void)play(turn, std::move(event));
  }
  note_time(before, clock_.monotonic_micros() - age);
  if (turn.outcome == recorded.turn.outcome) return {};
  return fail(ErrorCode::TurnDiffers,
              "turn " + std::to_string(recorded.number) + " of the book came out as `" + recorded.turn.outcome +
                  "` when it was recorded, and comes out as `" + turn.outcome + "` now",
              "start the glmapd that recorded it");
}

void BookKeeper::note_time(Instant before, std::int64_t since) {
  if (run_->state().clock().now != before) time_since_ = since;
}

std::vector<rules::Step> BookKeeper::play(store::Turn& turn, std::shared_ptr<const BillingEvent> event) {
  const Instant before = run_->state().clock().now;
  std::vector<rules::Step> steps;
  if (turn.kind == store::Turn::Kind::rate) {
    const auto json = parse_json(turn.detail);
    const auto rate = json ? read_rate(*json) : std::unexpected(json.error());
    GLMAP_ASSERT(rate.has_value());  // written by rate_text
    run_->publish(*rate);
  } else {
    steps = run_->take(std::move(event), {}, latest_at(turn.at));
  }
  note_time(before, clock_.monotonic_micros());
  return played(turn, std::move(steps));
}

std::optional<rules::Clock> BookKeeper::clock_now() const {
  const Instant from = run_->state().clock().now;
  if (from.micros == INT64_MIN) return std::nullopt;  // no event has said yet what time it is
  const std::int64_t now = from.micros + std::max<std::int64_t>(0, clock_.monotonic_micros() - time_since_);
  return rules::Clock{day_of(now - 12 * kHourMicros).plus_days(-1), {now}};  // a day that is over everywhere
}

bool BookKeeper::something_is_due() const {
  const auto clock = clock_now();
  if (!clock) return false;
  const rules::Clock until{std::max(clock->day, run_->state().clock().day), clock->now};
  return evaluator_->next_due(run_->state(), until, false).has_value();
}

std::vector<rules::Step> BookKeeper::let_time_pass(store::Turn& turn) {
  const auto clock = clock_now();
  if (!clock) return {};
  const Instant before = run_->state().clock().now;
  std::vector<rules::Step> steps = run_->advance(*clock);
  if (steps.empty()) return steps;
  turn.kind = store::Turn::Kind::time;
  turn.detail = clock_text(*clock);
  note_time(before, clock_.monotonic_micros());
  return played(turn, std::move(steps));
}

std::vector<rules::Step> BookKeeper::played(store::Turn& turn, std::vector<rules::Step> steps) {
  turn.outcome = outcome_of(steps);
  turns_ += 1;
  return steps;
}

}  // namespace glmap::gateway::posting
