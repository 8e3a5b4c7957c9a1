// SPDX-License-Identifier: Apache-2.0
// Random schedules and changes of them: parts equal the whole to the minor unit, weights agree with a walk over the
// days.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/day_start.hpp"
#include "compiler/runtime/rules/schedule_change.hpp"
#include "compiler/runtime/rules/transaction_price.hpp"
#include "tests/unit/rules/schedule_examples.hpp"

using namespace schedule_examples;
using glmap::Currency;
using glmap::Date;
using glmap::FiscalCalendar;
using glmap::Int128;
using glmap::Money;
using glmap::rules::Change;
using glmap::rules::Convention;
using glmap::rules::earned_through;
using glmap::rules::EndMonths;
using glmap::rules::HalfMonths;
using glmap::rules::make_schedule;
using glmap::rules::Posted;
using glmap::rules::Remainder;
using glmap::rules::remaining_schedule;
using glmap::rules::Schedule;
using glmap::rules::ScheduleEntry;
using glmap::rules::ScheduleRounding;
using glmap::rules::ScheduleTerms;

namespace {

/// The seed is printed with each failure; GLMAP_SEED repeats it.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed), engine_(seed) {}
  int from_to(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool once_in(int count) { return from_to(1, count) == 1; }
  std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

std::uint64_t first_seed() {
  const char* given = std::getenv("GLMAP_SEED");
  return given == nullptr ? 20'260'101 : std::strtoull(given, nullptr, 10);
}

/// More by GLMAP_SCHEDULES, such as 1000000.
int how_many(int otherwise) {
  const char* given = std::getenv("GLMAP_SCHEDULES");
  return given == nullptr ? otherwise : std::atoi(given);
}

constexpr std::array kConventions{Convention::by_second,     Convention::by_day,      Convention::equal_months,
                                  Convention::ends_prorated, Convention::full_months, Convention::mid_month};
constexpr std::array kZones{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"};

const Date kFirst = Date::from_days(15'706);  // 2013-01-01

Money random_money(Dice& dice, int digits_max = 9) {
  static const std::array currencies{good(Currency::parse("EUR")), good(Currency::parse("JPY")),
                                     good(Currency::parse("KWD"))};
  Int128 minor = 0;
  for (int digits = dice.from_to(0, digits_max); digits > 0; --digits) minor = minor * 10 + dice.from_to(0, 9);
  if (dice.once_in(4)) minor = -minor;
  return Money::from_minor(minor, currencies[static_cast<std::size_t>(dice.from_to(0, 2))]);
}

ScheduleTerms random_terms(Dice& dice) {
  ScheduleTerms terms;
  terms.total = random_money(dice);
  terms.convention = kConventions[static_cast<std::size_t>(dice.from_to(0, 5))];
  terms.service_from = kFirst.plus_days(dice.from_to(0, 3'000));
  const int days = dice.once_in(2) ? dice.from_to(0, 70) : dice.from_to(0, 1'400);
  terms.service_to = terms.service_from.plus_days(days);
  terms.half_months = dice.once_in(2) ? HalfMonths::always : HalfMonths::part_months;
  if (terms.convention == Convention::by_second) {
    terms.zone = kZones[static_cast<std::size_t>(dice.from_to(0, 3))];
    const std::int64_t starts =
        (std::int64_t{terms.service_from.days()} * 86'400 + dice.from_to(0, 86'399)) * 1'000'000;
    terms.starts = {starts};
    terms.ends = {starts + std::int64_t{dice.from_to(1, 100'000'000)} * 1'000'000};
  }
  return terms;
}

const FiscalCalendar& calendar_for(Dice& dice, const ScheduleTerms& terms) {
  const bool any = terms.convention == Convention::by_day || terms.convention == Convention::by_second;
  return any && dice.once_in(2) ? weeks() : months();
}

Int128 magnitude(Int128 value) {
  return value < 0 ? -value : value;
}

/// What is wrong with a schedule, or nothing.
std::string fault(const Schedule& schedule, const FiscalCalendar& calendar) {
  const auto& terms = schedule.spread.terms;
  if (sum(schedule) != schedule.total.minor()) return "the parts are not the whole";
  Int128 weight = 0;
  Int128 reached = 0;
  Date before = terms.service_from.plus_days(-1);
  for (const ScheduleEntry& entry : schedule.entries) {
    weight += entry.weight;
    reached += entry.amount.minor();
    // |reached - T * w / W| <= 1/2
    const Int128 drift = reached * schedule.spread.weight_total - terms.total.minor() * weight;
    if (2 * magnitude(drift) > schedule.spread.weight_total)
      return "further than half a minor unit from the exact line";
    if (entry.weight <= 0) return "a weight that is not positive";
    if (!entry.amount.is_zero() && entry.amount.is_negative() != schedule.total.is_negative())
      return "an entry against the sign of the total";
    if (entry.from != before.plus_days(1) || entry.until < entry.from) return "a gap or an overlap";
    if (entry.posting_date != entry.until || entry.until > terms.service_to)
      return "a posting date outside the service";
    const auto* period = calendar.period_of(entry.posting_date);
    if (period == nullptr || period->name != entry.period) return "a period that is not the posting date's";
    before = entry.until;
  }
  if (weight != schedule.spread.weight_total) return "weights that do not add up";
  return {};
}

/// Weights by period, from a walk over the days; full and equal months have a walk of their own below.
std::map<std::string, Int128> walked_weights(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  std::map<std::string, Int128> days_in, weights;
  for (Date date = terms.service_from; date <= terms.service_to; date = date.plus_days(1)) {
    const std::string& period = calendar.period_of(date)->name;
    ++days_in[period];
    if (terms.convention == Convention::by_day) ++weights[period];
    if (terms.convention == Convention::ends_prorated) {
      int length = 0;  // days of the month, counted
      for (Date day = date.plus_days(1 - date.day()); day.month() == date.month(); day = day.plus_days(1)) ++length;
      weights[period] += 377'580 / length;
    }
  }
  if (terms.convention == Convention::mid_month)
    for (const auto& [period, days] : days_in) {
      const auto* found = calendar.period_of(good(Date::parse(period + "-01")));
      const bool whole = days == found->until.days() - found->from.days() + 1;
      const bool an_end =
          period == terms.service_from.to_text().substr(0, 7) || period == terms.service_to.to_text().substr(0, 7);
      const bool half = terms.half_months == HalfMonths::always ? an_end : !whole;
      weights[period] = half ? 188'790 : 377'580;
    }
  return weights;
}

/// The months begun of a service that begins on a day up to the 28th, found day by day.
int walked_months(Date from, Date to) {
  int months = 0;
  for (Date date = from; date <= to; date = date.plus_days(1))
    if (date.day() == from.day()) ++months;
  return months;
}

Posted as_planned(const Schedule& schedule, std::size_t entries) {
  Int128 minor = schedule.opening.minor();
  for (std::size_t i = 0; i < entries; ++i) minor += schedule.entries[i].amount.minor();
  return {.entries = entries, .amount = Money::from_minor(minor, schedule.total.currency())};
}

std::size_t some_entries(Dice& dice, const Schedule& schedule) {
  return static_cast<std::size_t>(dice.from_to(0, static_cast<int>(schedule.entries.size())));
}

}  // namespace

TEST_CASE("random schedules add up, and never leave the exact line by more than half a minor unit",
          "[schedule][property]") {
  const int count = how_many(100'000);
  for (int i = 0; i < count; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const ScheduleTerms terms = random_terms(dice);
    const FiscalCalendar& calendar = calendar_for(dice, terms);
    const auto schedule = make_schedule(terms, calendar);
    if (!schedule) FAIL("GLMAP_SEED=" << dice.seed() << " " << schedule.error().to_text());
    if (const std::string found = fault(*schedule, calendar); !found.empty())
      FAIL("GLMAP_SEED=" << dice.seed() << " " << to_text(terms.convention) << ": " << found);
  }
  SUCCEED("all of them");
}

TEST_CASE("the mirror of an amount has the mirror of its schedule", "[schedule][property]") {
  for (int i = 0; i < 3'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    ScheduleTerms terms = random_terms(dice);
    const Schedule one = good(make_schedule(terms, months()));
    terms.total = terms.total.negated();
    const Schedule other = good(make_schedule(terms, months()));
    for (std::size_t k = 0; k < one.entries.size(); ++k)
      if (one.entries[k].amount != other.entries[k].amount.negated()) FAIL("GLMAP_SEED=" << dice.seed());
  }
  SUCCEED("all of them");
}

TEST_CASE("weights agree with a walk over the days", "[schedule][property]") {
  for (int i = 0; i < 2'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    ScheduleTerms terms = random_terms(dice);
    if (terms.convention == Convention::by_second) terms.convention = Convention::by_day;
    const FiscalCalendar& calendar = calendar_for(dice, terms);
    const Schedule schedule = good(make_schedule(terms, calendar));
    if (terms.convention == Convention::equal_months || terms.convention == Convention::full_months) {
      // Days up to the 28th have their like in every month; the others are in tests by example.
      if (terms.service_from.day() > 28) continue;
      if (static_cast<int>(schedule.entries.size()) != walked_months(terms.service_from, terms.service_to))
        FAIL("GLMAP_SEED=" << dice.seed() << " months");
      continue;
    }
    std::map<std::string, Int128> weights;
    for (const ScheduleEntry& entry : schedule.entries) weights[entry.period] += entry.weight;
    if (weights != walked_weights(terms, calendar))
      FAIL("GLMAP_SEED=" << dice.seed() << " " << to_text(terms.convention));
  }
  SUCCEED("all of them");
}

TEST_CASE("each second of service lies in the period of its civil date", "[schedule][property][zones]") {
  for (int i = 0; i < 3'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    ScheduleTerms terms = random_terms(dice);
    if (terms.convention != Convention::by_second) continue;
    const FiscalCalendar& calendar = calendar_for(dice, terms);
    const Schedule schedule = good(make_schedule(terms, calendar));
    std::int64_t at_micros = terms.starts.micros;
    for (const ScheduleEntry& entry : schedule.entries) {
      const auto name_at = [&](std::int64_t micros) {
        return calendar.period_of(good(glmap::civil_date({micros}, terms.zone)))->name;
      };
      const std::int64_t end = at_micros + static_cast<std::int64_t>(entry.weight);
      if (name_at(at_micros) != entry.period || name_at(end - 1) != entry.period) FAIL("GLMAP_SEED=" << dice.seed());
      at_micros = end;
    }
    if (at_micros != terms.ends.micros) FAIL("GLMAP_SEED=" << dice.seed());
  }
  SUCCEED("all of them");
}

TEST_CASE("a run in any steps posts what one run posts", "[schedule][property][run]") {
  for (int i = 0; i < 5'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const ScheduleTerms terms = random_terms(dice);
    const Schedule schedule = good(make_schedule(terms, months()));
    std::vector<ScheduleEntry> in_steps;
    Posted posted{.amount = schedule.opening};
    Schedule left = schedule;
    for (Date today = terms.service_from; posted.entries < schedule.entries.size();
         today = today.plus_days(dice.from_to(1, 120))) {
      const auto due = good(glmap::rules::due_entries(schedule, posted, today));
      // The same from the schedule of what is left, whose entries are counted anew.
      if (amounts(good(glmap::rules::due_entries(left, {.amount = posted.amount}, today))) != amounts(due))
        FAIL("GLMAP_SEED=" << dice.seed() << " from what is left");
      for (const ScheduleEntry& entry : due) {
        in_steps.push_back(entry);
        posted.amount = good(add(posted.amount, entry.amount));
      }
      posted.entries += due.size();
      left = good(remaining_schedule(left, {.entries = due.size(), .amount = posted.amount}));
    }
    if (amounts(in_steps) != amounts(schedule) || posted.amount != schedule.total) FAIL("GLMAP_SEED=" << dice.seed());
  }
  SUCCEED("all of them");
}

TEST_CASE("random changes keep what is posted and add up to the new total", "[schedule][property][change]") {
  int changed = 0, refused = 0;
  for (int i = 0; i < how_many(40'000); ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const ScheduleTerms terms = random_terms(dice);
    const FiscalCalendar& calendar = calendar_for(dice, terms);
    Schedule schedule = good(make_schedule(terms, calendar));
    for (int step = 0; step < 3; ++step) {
      const Posted posted = as_planned(schedule, some_entries(dice, schedule));
      Change change;
      // A new total that is at least what is recognised when everything posted counts.
      change.total = good(add(schedule.total, Money::from_minor(schedule.total.is_negative() ? -dice.from_to(0, 50'000)
                                                                                             : dice.from_to(0, 50'000),
                                                                schedule.total.currency())));
      change.effective = schedule.spread.terms.service_from.plus_days(dice.from_to(0, 500));
      if (dice.once_in(2) && !schedule.entries.empty())
        change.effective =
            schedule.entries[static_cast<std::size_t>(dice.from_to(0, static_cast<int>(schedule.entries.size()) - 1))]
                .from;
      change.until = change.effective.plus_days(dice.from_to(0, 800));
      if (dice.once_in(5)) change.resumes = change.effective.plus_days(dice.from_to(0, 60));
      const bool catch_up = dice.once_in(3);
      const auto later = catch_up ? glmap::rules::replan_catch_up(schedule, posted, change, calendar)
                                  : glmap::rules::replan_prospective(schedule, posted, change, calendar);
      if (!later) {
        ++refused;
        if (later.error().code != glmap::ErrorCode::BadSchedule)
          FAIL("GLMAP_SEED=" << dice.seed() << later.error().to_text());
        continue;
      }
      ++changed;
      if (sum(*later) != change.total.minor() || later->opening != posted.amount || later->total != change.total)
        FAIL("GLMAP_SEED=" << dice.seed() << " step " << step << ": the parts are not the new total");
      // The spread part stays within half a minor unit of its own exact line.
      const auto& spread = later->spread;
      Int128 weight = spread.weight_before, reached = later->opening.minor();
      for (std::size_t k = 0; k < later->entries.size(); ++k) {
        reached += later->entries[k].amount.minor();
        if (k > 0 && later->entries[k].posting_date < later->entries[k - 1].posting_date)
          FAIL("GLMAP_SEED=" << dice.seed() << " step " << step << ": out of order");
        if (k < spread.first_spread) continue;
        weight += later->entries[k].weight;
        const Int128 drift =
            (reached - spread.anchor.minor()) * spread.weight_total - spread.terms.total.minor() * weight;
        if (2 * magnitude(drift) > spread.weight_total)
          FAIL("GLMAP_SEED=" << dice.seed() << " step " << step << ": drift");
      }
      schedule = *later;
    }
  }
  CHECK(changed > refused / 2);
  CAPTURE(changed, refused);
  CHECK(changed > how_many(40'000) / 2);
}

TEST_CASE("a service may end on any day: earned and remainder are the old total", "[schedule][property][change]") {
  for (int i = 0; i < how_many(30'000); ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const ScheduleTerms terms = random_terms(dice);
    const FiscalCalendar& calendar = calendar_for(dice, terms);
    const Schedule schedule = good(make_schedule(terms, calendar));
    const Posted posted = as_planned(schedule, some_entries(dice, schedule));
    const auto& dated = schedule.spread.terms;
    const Date last =
        dated.service_from.plus_days(dice.from_to(-5, dated.service_to.days() - dated.service_from.days() + 5));
    const auto remainder = dice.once_in(2) ? Remainder::credited : Remainder::forfeited;
    const auto ended =
        good(glmap::rules::terminate(schedule, posted, {.last_day = last, .remainder = remainder}, calendar));
    if (good(add(ended.earned, ended.remainder)) != schedule.total) FAIL("GLMAP_SEED=" << dice.seed());
    const Money& total = remainder == Remainder::credited ? ended.earned : schedule.total;
    if (ended.schedule.total != total || sum(ended.schedule) != total.minor()) FAIL("GLMAP_SEED=" << dice.seed());
    if (ended.earned != good(earned_through(schedule, last))) FAIL("GLMAP_SEED=" << dice.seed());
    // Earned never runs backwards, and lies between zero and the total.
    const Money next = good(earned_through(schedule, last.plus_days(1)));
    if (magnitude(next.minor()) < magnitude(ended.earned.minor()) ||
        magnitude(next.minor()) > magnitude(schedule.total.minor()))
      FAIL("GLMAP_SEED=" << dice.seed() << " earned runs backwards");
  }
  SUCCEED("all of them");
}

TEST_CASE("a change that changes nothing leaves the remaining amounts within a minor unit",
          "[schedule][property][change]") {
  for (int i = 0; i < 10'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    ScheduleTerms terms = random_terms(dice);
    terms.half_months = HalfMonths::part_months;
    if (terms.convention == Convention::by_second) terms.convention = Convention::by_day;
    const Schedule schedule = good(make_schedule(terms, months()));
    if (schedule.entries.size() < 2) continue;
    const auto index = static_cast<std::size_t>(dice.from_to(1, static_cast<int>(schedule.entries.size()) - 1));
    const Change same{.total = terms.total, .effective = schedule.entries[index].from, .until = terms.service_to};
    const Schedule later =
        good(glmap::rules::replan_prospective(schedule, as_planned(schedule, index), same, months()));
    if (later.entries.size() != schedule.entries.size() - index) FAIL("GLMAP_SEED=" << dice.seed() << " entries");
    for (std::size_t k = 0; k < later.entries.size(); ++k)
      if (magnitude(later.entries[k].amount.minor() - schedule.entries[index + k].amount.minor()) > 1)
        FAIL("GLMAP_SEED=" << dice.seed() << " amounts");
    // A catch-up that changes nothing changes nothing at all.
    const Schedule caught = good(glmap::rules::replan_catch_up(schedule, as_planned(schedule, index), same, months()));
    if (amounts(caught) != amounts(good(remaining_schedule(schedule, as_planned(schedule, index)))))
      FAIL("GLMAP_SEED=" << dice.seed() << " catch-up");
  }
  SUCCEED("all of them");
}

TEST_CASE("a contract's balances are never negative and end as billed less recognised", "[price][property]") {
  for (int i = 0; i < 10'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const Currency eur = good(Currency::parse("EUR"));
    glmap::rules::ContractPosition contract{Money::zero(eur), Money::zero(eur)};
    Int128 net = 0;  // billed - recognised
    for (int step = 0; step < 20; ++step) {
      const Money amount = Money::from_minor(dice.from_to(-300, 1'000), eur);
      if (dice.once_in(2)) {
        contract = good(glmap::rules::split_invoice(amount, contract)).after;
        net += amount.minor();
      } else {
        contract = good(glmap::rules::split_recognition(amount, contract)).after;
        net -= amount.minor();
      }
      if (contract.deferred.is_negative() || contract.contract_asset.is_negative()) FAIL("GLMAP_SEED=" << dice.seed());
      // Never both: the net position of a contract is one.
      if (!contract.deferred.is_zero() && !contract.contract_asset.is_zero())
        FAIL("GLMAP_SEED=" << dice.seed() << " both");
      if (contract.deferred.minor() - contract.contract_asset.minor() != net)
        FAIL("GLMAP_SEED=" << dice.seed() << " net");
    }
  }
  SUCCEED("all of them");
}

TEST_CASE("random prices are allocated in full, each share within a minor unit of the exact one", "[price][property]") {
  for (int i = 0; i < 20'000; ++i) {
    Dice dice(first_seed() + static_cast<std::uint64_t>(i));
    const Money price = random_money(dice);
    std::vector<Money> standalone;
    Int128 whole = 0;
    for (int k = dice.from_to(1, 9); k > 0; --k) {
      standalone.push_back(Money::from_minor(dice.from_to(0, 1'000'000), price.currency()));
      whole += standalone.back().minor();
    }
    if (whole == 0) continue;
    const auto shares = good(glmap::rules::allocate_transaction_price(price, standalone));
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const Int128 drift = shares[k].minor() * whole - price.minor() * standalone[k].minor();
      if (magnitude(drift) >= whole) FAIL("GLMAP_SEED=" << dice.seed());
    }
    if (!glmap::rules::check_recognised(price, shares)) FAIL("GLMAP_SEED=" << dice.seed());
  }
  SUCCEED("all of them");
}
