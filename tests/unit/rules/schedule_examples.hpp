// SPDX-License-Identifier: Apache-2.0
// What the schedule tests share: dates, amounts, calendars, and a schedule as one line of text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/fiscal_calendar_patterns.hpp"
#include "compiler/runtime/rules/schedule.hpp"

namespace schedule_examples {

template <class T>
T good(glmap::Result<T> result) {
  if (!result) FAIL(result.error().to_text());
  return std::move(*result);
}

template <class T>
std::string refusal(const glmap::Result<T>& result) {
  return result.has_value() ? "accepted" : glmap::code_text(result.error().code) + ": " + result.error().message;
}

inline glmap::Date day(std::string_view text) {
  return good(glmap::Date::parse(text));
}

inline glmap::Instant at(std::string_view text) {
  return good(glmap::Instant::parse(text));
}

/// "3600.00 EUR"
inline glmap::Money money(std::string_view text) {
  const auto blank = text.find(' ');
  const auto currency = good(glmap::Currency::parse(text.substr(blank + 1)));
  return good(glmap::Money::from_decimal(good(glmap::Decimal::parse(text.substr(0, blank))), currency));
}

inline const glmap::FiscalCalendar& months() {
  static const auto calendar = good(glmap::FiscalCalendar::months("months", day("2000-01-01"), day("2060-12-01")));
  return calendar;
}

/// 4-4-5, the year ends on the Sunday nearest 31 December.
inline const glmap::FiscalCalendar& weeks() {
  static const auto calendar =
      good(glmap::joined_calendar("weeks", {good(glmap::week_periods({.pattern = glmap::WeekPattern::four_four_five,
                                                                      .end = glmap::WeekYears::End::nearest,
                                                                      .weekday = glmap::Weekday::sunday,
                                                                      .month = 12},
                                                                     2000, 2060))}));
  return calendar;
}

/// The amounts, one after the other: "300.00 300.00".
inline std::string amounts(const std::vector<glmap::rules::ScheduleEntry>& entries) {
  std::string text;
  for (const auto& entry : entries) text += (text.empty() ? "" : " ") + entry.amount.amount_text();
  return text;
}

inline std::string amounts(const glmap::rules::Schedule& schedule) {
  return amounts(schedule.entries);
}

/// "2025-04-30 300.00", one entry of a schedule by its posting date and amount.
inline std::string entry(const glmap::rules::Schedule& schedule, std::size_t index) {
  REQUIRE(index < schedule.entries.size());
  const auto& found = schedule.entries[index];
  return found.posting_date.to_text() + " " + found.amount.amount_text();
}

/// opening + the entries
inline glmap::Int128 sum(const glmap::rules::Schedule& schedule) {
  glmap::Int128 minor = schedule.opening.minor();
  for (const auto& found : schedule.entries) minor += found.amount.minor();
  return minor;
}

/// The text `one`, `count` times, with blanks between.
inline std::string times(int count, std::string_view one) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + std::string(one);
  return text;
}

}  // namespace schedule_examples
