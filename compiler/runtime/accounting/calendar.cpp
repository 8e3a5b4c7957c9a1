// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/calendar.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace glmap {
namespace {

constexpr int kYearFirst = 1900;
constexpr int kYearLast = 2999;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::chrono::year_month_day civil(std::int32_t days) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{days}}};
}

/// `count` digits at the front of `text`, taken off; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view accepted) {
  if (text.empty()) return false;
  for (const char c : accepted) {  // one or two: no call is worth it
    if (text.front() != c) continue;
    text.remove_prefix(1);
    return true;
  }
  return false;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::unexpected<Error> no_date(std::string_view text) {
  return fail(ErrorCode::BadLiteral, in_backticks(text) + " is not a date",
              "write year, month and day with dashes, such as 2026-10-01");
}

std::unexpected<Error> no_instant(std::string_view text, std::string_view why) {
  return fail(ErrorCode::BadLiteral, in_backticks(text) + " is not a point in time: " + std::string(why),
              "write date, time and offset, such as 2026-10-01T12:00:00+02:00 or 2026-10-01T10:00:00Z");
}

/// Z or +hh:mm; minutes east of UTC.
std::optional<int> take_offset(std::string_view& rest) {
  if (take(rest, "Zz")) return 0;
  const bool west = rest.starts_with('-');
  if (!take(rest, "+-")) return std::nullopt;
  const int hours = take_digits(rest, 2);
  if (hours < 0 || hours > 23 || !take(rest, ":")) return std::nullopt;
  const int minutes = take_digits(rest, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  const int offset = hours * 60 + minutes;
  return west ? -offset : offset;
}

/// [.d{1,9}], cut to microseconds; -1 when a point is followed by no or too many digits.
std::int64_t take_fraction(std::string_view& rest) {
  if (!take(rest, ".")) return 0;
  std::int64_t micros = 0;
  std::size_t digits = 0;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++digits)
    if (digits < 6) micros = micros * 10 + (rest.front() - '0');
  if (digits == 0 || digits > 9) return -1;
  for (std::size_t i = digits; i < 6; ++i) micros *= 10;
  return micros;
}

std::unexpected<Error> bad_calendar(const std::string& name, const std::string& what, std::string help = {}) {
  return fail(ErrorCode::BadReferenceData, "calendar `" + name + "`: " + what, std::move(help));
}

}  // namespace

Result<Date> Date::from_ymd(int year, int month, int day) {
  const bool fields = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(fields ? month : 0)},
                                         std::chrono::day{static_cast<unsigned>(fields ? day : 0)}};
  const auto shown = [&] {
    std::string text;
    append_padded(text, year, 4);
    append_padded(text += '-', month, 2);
    append_padded(text += '-', day, 2);
    return text;
  };
  if (month >= 1 && month <= 12 && !date.ok()) {
    static constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
    return fail(ErrorCode::BadLiteral, "`" + shown() + "`: there is no " + std::to_string(day) + " " +
                                           std::string(kMonths[month - 1]) + " " + std::to_string(year));
  }
  if (!fields)
    return fail(ErrorCode::BadLiteral, "`" + shown() + "` is no day of the calendar: months run from 01 to 12");
  if (year < kYearFirst || year > kYearLast)
    return fail(ErrorCode::BadLiteral, "`" + shown() + "` is outside the years 1900 to 2999");
  return Date(static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count()));
}

Result<Date> Date::parse(std::string_view text) {
  std::string_view rest = text;
  const int year = take_digits(rest, 4);
  if (year < 0 || !take(rest, "-")) return no_date(text);
  const int month = take_digits(rest, 2);
  if (month < 0 || !take(rest, "-")) return no_date(text);
  const int day = take_digits(rest, 2);
  if (day < 0 || !rest.empty()) return no_date(text);
  return from_ymd(year, month, day);
}

int Date::year() const {
  return static_cast<int>(civil(days_).year());
}
int Date::month() const {
  return static_cast<int>(static_cast<unsigned>(civil(days_).month()));
}
int Date::day() const {
  return static_cast<int>(static_cast<unsigned>(civil(days_).day()));
}

std::string Date::to_text() const {
  std::string text(10, ' ');
  write(text.data());
  return text;
}

char* Date::write(char* to) const {
  const auto date = civil(days_);
  const auto put = [&](unsigned value, int digits) {
    for (int i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
    to += digits;
  };
  put(static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *to++ = '-';
  put(static_cast<unsigned>(date.month()), 2);
  *to++ = '-';
  put(static_cast<unsigned>(date.day()), 2);
  return to;
}

Result<Instant> Instant::parse(std::string_view text) {
  if (text.size() < 20) return no_instant(text, "date, time and offset are expected");
  std::string_view rest = text;
  auto date = Date::parse(rest.substr(0, 10));
  if (!date) return no_instant(text, date.error().message);
  rest.remove_prefix(10);
  if (!take(rest, "Tt")) return no_instant(text, "`T` is expected between date and time");
  const int hour = take_digits(rest, 2);
  if (hour < 0 || hour > 23 || !take(rest, ":")) return no_instant(text, "the hour runs from 00 to 23");
  const int minute = take_digits(rest, 2);
  if (minute < 0 || minute > 59 || !take(rest, ":")) return no_instant(text, "the minute runs from 00 to 59");
  const int second = take_digits(rest, 2);
  if (second < 0 || second > 59) return no_instant(text, "the second runs from 00 to 59");
  const std::int64_t micros = take_fraction(rest);
  if (micros < 0) return no_instant(text, "a fraction of a second has one to nine digits");
  const auto offset = take_offset(rest);
  if (!offset || !rest.empty()) return no_instant(text, "an offset is expected at the end, Z or +hh:mm");
  const std::int64_t seconds = std::int64_t{date->days()} * 86'400 + hour * 3600 + minute * 60 + second - *offset * 60;
  return Instant{seconds * kMicrosPerSecond + micros};
}

std::string Instant::to_text() const {
  std::int64_t days = micros / kMicrosPerDay;
  std::int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  const std::int64_t seconds = rest / kMicrosPerSecond;
  std::string text = Date::from_days(static_cast<std::int32_t>(days)).to_text();
  append_padded(text += 'T', seconds / 3600, 2);
  append_padded(text += ':', seconds / 60 % 60, 2);
  append_padded(text += ':', seconds % 60, 2);
  if (rest % kMicrosPerSecond != 0) append_padded(text += '.', rest % kMicrosPerSecond, 6);
  return text += 'Z';
}

Result<FiscalCalendar> FiscalCalendar::make(std::string name, std::vector<Period> periods) {
  if (periods.empty()) return bad_calendar(name, "it has no period");
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const Period& period = periods[i];
    if (period.until < period.from)
      return bad_calendar(name, "period `" + period.name + "` ends on " + period.until.to_text() +
                                    ", before it begins on " + period.from.to_text());
    if (i == 0) continue;
    const Period& before = periods[i - 1];
    if (period.from <= before.until)
      return bad_calendar(name,
                          "periods `" + before.name + "` and `" + period.name + "` overlap or stand in the wrong order",
                          "begin `" + period.name + "` on " + before.until.plus_days(1).to_text());
    if (period.from != before.until.plus_days(1))
      return bad_calendar(
          name,
          "the days after " + before.until.to_text() + " and before " + period.from.to_text() + " belong to no period",
          "begin `" + period.name + "` on " + before.until.plus_days(1).to_text());
  }
  std::vector<std::string_view> names;
  for (const Period& period : periods) names.emplace_back(period.name);
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    return bad_calendar(name, "two periods are called `" + std::string(*twice) + "`");
  FiscalCalendar calendar;
  calendar.name_ = std::move(name);
  calendar.periods_ = std::move(periods);
  return calendar;
}

Result<FiscalCalendar> FiscalCalendar::months(std::string name, Date first, Date last) {
  if (last < first)
    return bad_calendar(name, "it ends on " + last.to_text() + ", before it begins on " + first.to_text());
  std::vector<Period> periods;
  int year = first.year();
  int month = first.month();
  while (year < last.year() || (year == last.year() && month <= last.month())) {
    GLMAP_TRY(from, Date::from_ymd(year, month, 1));
    const std::chrono::year_month_day_last end{
        std::chrono::year{year}, std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
    const Date until = from.plus_days(static_cast<int>(static_cast<unsigned>(end.day())) - 1);
    periods.push_back({from.to_text().substr(0, 7), from, until});
    if (++month > 12) {
      month = 1;
      ++year;
    }
  }
  return make(std::move(name), std::move(periods));
}

const Period* FiscalCalendar::period_of(Date date) const {
  if (periods_.empty() || date < periods_.front().from || date > periods_.back().until) return nullptr;
  // Periods follow one another without a gap and are about equally long: the one in proportion is it, or near it.
  const std::int64_t before = date.days() - periods_.front().from.days();
  const std::int64_t all = periods_.back().until.days() - periods_.front().from.days() + 1;
  auto at = static_cast<std::size_t>(before * static_cast<std::int64_t>(periods_.size()) / all);
  while (date < periods_[at].from) --at;
  while (date > periods_[at].until) ++at;
  return &periods_[at];
}

}  // namespace glmap
