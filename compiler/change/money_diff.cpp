// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/money_diff.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/change/witness.hpp"

namespace glmap::change {
namespace {

/// Of an account or a dimension: entity, what, period, currency.
using Key = std::tuple<std::string, std::string, std::string, std::string>;
struct Sums {
  std::array<Decimal, 2> of;
  std::size_t events = 0;
};
using Table = std::map<Key, Sums>;

Decimal plus(const Decimal& a, const Decimal& b) {
  const auto sum = add(a, b);
  GLMAP_ASSERT(sum.has_value());  // amounts have 30 digits before the point, and there are not that many events
  return *sum;
}

std::string line_words(const JournalEntry& entry, const JournalLine& line) {
  std::string text = std::string(to_text(line.side)) + " " + line.account + " " + line.functional.to_text() + " in " +
                     entry.data().entity + ", " + entry.data().period;
  for (const Dimension& dimension : line.dimensions) text += ", " + dimension.name + " " + dimension.value;
  return text;
}

/// What one event, or time that passes, brought by one book.
struct Brought {
  std::string outcome;
  std::vector<JournalEntry> entries;
};

Brought brought(std::vector<rules::Step> steps) {
  Brought it;
  for (rules::Step& step : steps) {
    const bool itself = step.cause == rules::Step::Cause::event;
    if (auto* entries = std::get_if<std::vector<JournalEntry>>(&step.outcome)) {
      if (itself) it.outcome = "posts";
      std::move(entries->begin(), entries->end(), std::back_inserter(it.entries));
    } else if (itself) {
      it.outcome = std::holds_alternative<rules::NoEntry>(step.outcome) ? "no entry"
                   : std::holds_alternative<rules::Held>(step.outcome)  ? "held"
                                                                        : "waiting";
    }
  }
  return it;
}

std::vector<std::string> texts_of(const Brought& it) {
  std::vector<std::string> texts;
  for (const JournalEntry& entry : it.entries) texts.push_back(entry_text(entry));
  std::sort(texts.begin(), texts.end());
  return texts;
}

bool is_held(const std::string& outcome) {
  return outcome == "held" || outcome == "refused";
}

std::vector<MoneyMove> moves_of(const Table& table) {
  std::vector<MoneyMove> moves;
  for (const auto& [key, sums] : table) {
    const auto& [entity, what, period, currency] = key;
    if (sums.of[0] != sums.of[1])
      moves.push_back({entity, what, period, currency, sums.of[0], sums.of[1], sums.events});
  }
  return moves;
}

}  // namespace

std::string in_currency(const Decimal& amount, const std::string& currency) {
  const auto known = Currency::parse(currency);
  return known ? amount.to_text_fixed(known->digits()) : amount.to_text();
}

std::string change_of(const MoneyMove& move) {
  const auto change = subtract(move.after, move.before);
  GLMAP_ASSERT(change.has_value());
  return in_currency(*change, move.currency);
}

struct MoneyComparison::State {
  State(const rules::Evaluator& before, const rules::Evaluator& after, std::size_t largest)
      : evaluators{&before, &after}, runs{rules::BookRun(before), rules::BookRun(after)}, largest_max(largest) {}

  std::array<const rules::Evaluator*, 2> evaluators;
  std::array<rules::BookRun, 2> runs;
  std::size_t largest_max;
  MoneyDiff result;
  Table accounts, dimensions, entities;
  std::set<std::tuple<std::string, std::string, std::string>> seen;  // source, id, revision

  /// The lines of one side enter the sums; the keys they touch are noted.
  void enter(std::size_t book, const std::vector<JournalEntry>& entries, std::set<std::pair<Table*, Key>>& touched) {
    for (const JournalEntry& entry : entries) {
      const JournalEntryDraft& data = entry.data();
      const std::string currency(data.functional.code());
      for (const JournalLine& line : entry.lines()) {
        const bool adds = (line.side == Side::debit) != data.storno;
        const Decimal amount = adds ? line.functional.decimal() : line.functional.decimal().negated();
        const auto add_to = [&](Table& table, const std::string& what, const Decimal& by) {
          Key key{data.entity, what, data.period, currency};
          Sums& sums = table[key];
          sums.of[book] = plus(sums.of[book], by);
          touched.emplace(&table, std::move(key));
        };
        add_to(accounts, line.account, amount);
        for (const Dimension& dimension : line.dimensions)
          add_to(dimensions, line.account + ", " + dimension.name + " " + dimension.value, amount);
        if (line.side == Side::debit) add_to(entities, "", line.functional.decimal());
      }
    }
  }

  /// How much of what is debited changes: half the sum of what every account, period and currency changes by.
  static Decimal weight(const std::array<Brought, 2>& both, std::string& entity, std::string& currency) {
    std::map<Key, Decimal> sums;
    for (const std::size_t book : {0, 1})
      for (const JournalEntry& entry : both[book].entries)
        for (const JournalLine& line : entry.lines()) {
          const bool adds = ((line.side == Side::debit) != entry.data().storno) == (book == 1);
          Decimal& sum = sums[{entry.data().entity, line.account + texts_of_dimensions(line), entry.data().period,
                               std::string(entry.data().functional.code())}];
          sum = plus(sum, adds ? line.functional.decimal() : line.functional.decimal().negated());
        }
    // Several entities may keep their books in several currencies: the event is named by the one that moves first.
    Decimal total;
    for (const auto& [key, sum] : sums) {
      if (sum.is_zero()) continue;
      if (entity.empty()) std::tie(entity, std::ignore, std::ignore, currency) = key;
      if (std::get<3>(key) == currency && !sum.is_negative()) total = plus(total, sum);
    }
    return total;
  }
  static std::string texts_of_dimensions(const JournalLine& line) {
    std::string text;
    for (const Dimension& dimension : line.dimensions) text += "|" + dimension.name + "=" + dimension.value;
    return text;
  }

  void compare(const EventIdentity& event, std::array<Brought, 2> both) {
    const std::vector<std::string> before = texts_of(both[0]);
    const std::vector<std::string> after = texts_of(both[1]);
    const bool same_outcome =
        both[0].outcome == both[1].outcome || (is_held(both[0].outcome) && is_held(both[1].outcome));
    std::set<std::pair<Table*, Key>> touched;
    if (same_outcome && before == after) {
      ++result.same;
      for (const std::size_t book : {0, 1}) enter(book, both[book].entries, touched);
      return;
    }
    ++result.moved;
    if (!same_outcome) ++result.outcomes[{both[0].outcome, both[1].outcome}];
    if (!is_held(both[0].outcome) && is_held(both[1].outcome)) ++result.now_held;
    if (is_held(both[0].outcome) && !is_held(both[1].outcome)) ++result.no_longer_held;
    for (const std::size_t book : {0, 1}) enter(book, both[book].entries, touched);
    for (const auto& [table, key] : touched) ++(*table)[key].events;
    keep(event, both);
  }

  void keep(const EventIdentity& event, const std::array<Brought, 2>& both) {
    MovedEvent moved{event.id, event.type, {}, {}, both[0].outcome, both[1].outcome, {}, {}, {}};
    moved.amount = weight(both, moved.entity, moved.currency);
    for (const std::size_t book : {0, 1})
      for (const JournalEntry& entry : both[book].entries)
        for (const JournalLine& line : entry.lines())
          (book == 0 ? moved.lines_before : moved.lines_after).push_back(line_words(entry, line));
    auto& largest = result.largest;
    const auto at = std::upper_bound(largest.begin(), largest.end(), moved,
                                     [](const MovedEvent& a, const MovedEvent& b) { return a.amount > b.amount; });
    largest.insert(at, std::move(moved));
    if (largest.size() > largest_max) largest.pop_back();
  }
};

MoneyComparison::MoneyComparison(const rules::Evaluator& before, const rules::Evaluator& after, std::size_t largest_max)
    : state_(std::make_unique<State>(before, after, largest_max)) {}
MoneyComparison::~MoneyComparison() = default;

void MoneyComparison::publish(const rules::PublishedRate& rate) {
  for (rules::BookRun& run : state_->runs) run.publish(rate);
}

void MoneyComparison::take(JsonView cloud_event) {
  ++state_->result.events;
  EventIdentity identity;
  if (!read_envelope(cloud_event, identity)) {
    ++state_->result.unreadable;
    return;
  }
  if (!state_->seen.insert({identity.source, identity.id, identity.revision}).second) {
    ++state_->result.repeated;
    return;
  }
  std::array<Brought, 2> both;
  for (const std::size_t book : {0, 1}) {
    auto event = decode_event(state_->evaluators[book]->book().catalog, cloud_event);
    if (event)
      both[book] = brought(state_->runs[book].take(std::make_shared<const BillingEvent>(std::move(*event))));
    else
      both[book].outcome = "refused";
  }
  state_->compare(identity, std::move(both));
}

void MoneyComparison::unreadable() {
  ++state_->result.events;
  ++state_->result.unreadable;
}

void MoneyComparison::through(Date day) {
  std::array<Brought, 2> both;
  for (const std::size_t book : {0, 1}) both[book] = brought(state_->runs[book].through(day));
  if (texts_of(both[0]) == texts_of(both[1]) && both[0].entries.empty()) return;
  for (Brought& one : both) one.outcome = "posts";
  state_->compare({"", "time to " + day.to_text(), "", "schedules", ""}, std::move(both));
}

MoneyDiff MoneyComparison::finish() {
  state_->result.accounts = moves_of(state_->accounts);
  state_->result.dimensions = moves_of(state_->dimensions);
  state_->result.entities = moves_of(state_->entities);
  return std::move(state_->result);
}

}  // namespace glmap::change
