// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/rate_file.hpp"

#include <map>
#include <tuple>

#include "compiler/driver/files.hpp"

namespace glmap::driver {
namespace {

constexpr std::string_view kHeader = "source,from,to,date,rate";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

Result<rules::PublishedRate> read_rate(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() != 5)
    return fail(ErrorCode::RowWidth, "the line has " + std::to_string(fields.size()) + " fields, 5 are expected",
                "write `" + std::string(kHeader) + "`, as in `ECB,USD,EUR,2026-10-01,0.95`");
  rules::PublishedRate rate;
  rate.source = std::string(fields[0]);
  GLMAP_TRY(from, Currency::parse(fields[1]));
  GLMAP_TRY(to, Currency::parse(fields[2]));
  GLMAP_TRY(date, Date::parse(fields[3]));
  GLMAP_TRY(value, Decimal::parse(fields[4]));
  if (value.is_zero() || value.is_negative())
    return fail(ErrorCode::BadLiteral, "the rate " + in_backticks(fields[4]) + " is not above zero",
                "write units of the second currency for one unit of the first");
  rate.from = from;
  rate.to = to;
  rate.date = date;
  rate.rate = value;
  return rate;
}

}  // namespace

Result<std::vector<rules::PublishedRate>> read_rate_file(const std::string& path) {
  GLMAP_TRY(text, read_file(path));
  std::vector<rules::PublishedRate> rates;
  std::map<std::tuple<std::string, Currency, Currency, Date>, Decimal> known;
  std::string_view rest = text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const SourceRef where{path, number, 1, {}};
    if (number == 1) {
      if (line != kHeader)
        return fail(ErrorCode::BadLiteral, "the first line is " + in_backticks(line),
                    "write the header `" + std::string(kHeader) + "`", where);
      continue;
    }
    if (line.empty()) continue;
    auto rate = read_rate(line);
    if (!rate) {
      rate.error().where = where;
      return std::unexpected(std::move(rate).error());
    }
    const auto [at, added] = known.try_emplace({rate->source, rate->from, rate->to, rate->date}, rate->rate);
    if (!added && at->second != rate->rate)
      return fail(ErrorCode::DuplicateName,
                  "the rate is " + rate->rate.to_text() + " here and " + at->second.to_text() + " on a line above",
                  "delete the wrong one", where);
    rates.push_back(std::move(*rate));
  }
  return rates;
}

}  // namespace glmap::driver
