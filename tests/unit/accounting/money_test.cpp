// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/money.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <catch2/catch.hpp>

using glmap::Currency;
using glmap::Decimal;
using glmap::ErrorCode;
using glmap::Int128;
using glmap::Money;
using glmap::Rounding;

namespace {

Currency currency(std::string_view code) {
  auto value = Currency::parse(code);
  INFO(code);
  REQUIRE(value.has_value());
  return *value;
}

Decimal dec(std::string_view text) {
  auto value = Decimal::parse(text);
  REQUIRE(value.has_value());
  return *value;
}

Money money(std::string_view amount, std::string_view code) {
  auto value = Money::from_decimal(dec(amount), currency(code));
  INFO(amount << " " << code);
  REQUIRE(value.has_value());
  return *value;
}

std::string text_of(const glmap::Result<Money>& value) {
  return value ? value->to_text() : glmap::code_text(value.error().code);
}

std::vector<std::string> texts(const glmap::Result<std::vector<Money>>& parts) {
  REQUIRE(parts.has_value());
  std::vector<std::string> result;
  for (const Money& part : *parts) result.push_back(part.amount_text());
  return result;
}

}  // namespace

TEST_CASE("currencies have the minor digits of ISO 4217", "[money][M5]") {
  // ISO 4217 list one, column "Minor unit".
  for (const char* code : {"JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "XPF", "BIF", "DJF", "GNF", "KMF",
                           "PYG", "RWF", "VUV", "UYI"})
    CHECK(currency(code).digits() == 0);
  for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) CHECK(currency(code).digits() == 3);
  for (const char* code : {"CLF", "UYW"}) CHECK(currency(code).digits() == 4);
  for (const char* code : {"EUR", "USD", "GBP", "CHF", "HUF", "IDR", "MGA", "MRU", "CNY", "XCG", "ZWG", "SLE", "VED"})
    CHECK(currency(code).digits() == 2);
  std::set<std::string_view> codes;
  for (const Currency& one : Currency::all()) {
    CHECK(codes.insert(one.code()).second);
    CHECK(currency(one.code()) == one);
  }
  CHECK(codes.size() == 169);
  CHECK(std::is_sorted(Currency::all().begin(), Currency::all().end()));
}

TEST_CASE("only a currency's three capital letters name it", "[money]") {
  for (const char* code : {"", "eur", "EU", "EURO", "XXX", "XTS", "XAU", "DEM", "E R", "\xC3\x89UR"}) {
    INFO(code);
    REQUIRE_FALSE(Currency::parse(code).has_value());
    CHECK(Currency::parse(code).error().code == ErrorCode::UnknownListValue);
  }
}

TEST_CASE("an amount shows all digits of its currency", "[money]") {
  CHECK(money("119", "EUR").to_text() == "119.00 EUR");
  CHECK(money("5000", "JPY").to_text() == "5000 JPY");
  CHECK(money("-1.25", "KWD").to_text() == "-1.250 KWD");
  CHECK(money("0.0001", "CLF").to_text() == "0.0001 CLF");
  CHECK(money("-0.01", "USD").amount_text() == "-0.01");
  CHECK(money("0", "USD").amount_text() == "0.00");
  CHECK(money("-0.00", "USD").amount_text() == "0.00");
  CHECK(money("0.1", "USD").minor() == 10);
}

TEST_CASE("an amount with more decimals than its currency is refused", "[money][M5]") {
  const auto cents = Money::from_decimal(dec("12.345"), currency("EUR"));
  REQUIRE_FALSE(cents.has_value());
  CHECK(cents.error().code == ErrorCode::CurrencyDigits);
  CHECK(cents.error().message == "`12.345` has more decimal places than EUR, which has 2");
  const auto yen = Money::from_decimal(dec("100.5"), currency("JPY"));
  REQUIRE_FALSE(yen.has_value());
  CHECK(yen.error().message == "`100.5` has more decimal places than JPY, which has 0");
  CHECK(money("12.3400", "EUR").to_text() == "12.34 EUR");  // zeros add nothing
  CHECK(money("100.000", "JPY").to_text() == "100 JPY");
  CHECK(text_of(Money::from_decimal(dec("1.2345"), currency("KWD"))) == "GLM-6008");
}

TEST_CASE("amounts stay exact up to ten to the thirtieth minor units", "[money]") {
  const std::string most = "1" + std::string(28, '0');  // 10^30 cents
  CHECK(money(most, "EUR").amount_text() == most + ".00");
  CHECK(text_of(Money::from_decimal(dec(most + ".01"), currency("EUR"))) == "GLM-6012");
  CHECK(text_of(add(money(most, "EUR"), money("0.01", "EUR"))) == "GLM-7008");
  CHECK(text_of(subtract(money("-" + most, "EUR"), money("0.01", "EUR"))) == "GLM-7008");
  CHECK(text_of(convert(money(most, "EUR"), dec("1.01"), currency("USD"), Rounding::down)) == "GLM-7008");
}

TEST_CASE("euros and dollars are never added", "[money]") {
  const auto sum = add(money("1", "EUR"), money("1", "USD"));
  REQUIRE_FALSE(sum.has_value());
  CHECK(sum.error().code == ErrorCode::MixedCurrencies);
  CHECK(money("1", "EUR") != money("1", "USD"));
  CHECK(text_of(subtract(money("1.00", "EUR"), money("1.01", "EUR"))) == "-0.01 EUR");
}

TEST_CASE("a cent that cannot be split goes to the largest remainder, then to the earlier part", "[money][M5]") {
  CHECK(texts(split(money("100.00", "EUR"), {Decimal(1), Decimal(1), Decimal(1)})) ==
        std::vector<std::string>{"33.34", "33.33", "33.33"});
  // 0.05 by 3:7 is 1.5 and 3.5 cents: equal remainders, the earlier part takes the cent.
  CHECK(texts(split(money("0.05", "EUR"), {dec("0.3"), dec("0.7")})) == std::vector<std::string>{"0.02", "0.03"});
  // 10.00 by 1:2:4 is 142.857, 285.714, 571.428 cents: two cents are left, for remainders .857 and .714.
  CHECK(texts(split(money("10.00", "EUR"), {Decimal(1), Decimal(2), Decimal(4)})) ==
        std::vector<std::string>{"1.43", "2.86", "5.71"});
  CHECK(texts(split(money("-100.00", "EUR"), {Decimal(1), Decimal(1), Decimal(1)})) ==
        std::vector<std::string>{"-33.34", "-33.33", "-33.33"});
  CHECK(texts(split(money("1000", "JPY"), {Decimal(0), Decimal(1), Decimal(2)})) ==
        std::vector<std::string>{"0", "333", "667"});
  CHECK(texts(split(money("0.00", "EUR"), {Decimal(1), Decimal(2)})) == std::vector<std::string>{"0.00", "0.00"});
}

TEST_CASE("weights that are nothing share nothing out", "[money]") {
  for (const std::vector<Decimal>& weights : {std::vector<Decimal>{},
                                              {Decimal(0), Decimal(0)},
                                              {Decimal(1), Decimal(-1), Decimal(1)},
                                              {dec(std::string(38, '9')), dec(std::string(38, '9'))}}) {
    const auto parts = split(money("1.00", "EUR"), weights);
    REQUIRE_FALSE(parts.has_value());
    CHECK(parts.error().code == ErrorCode::ArithmeticOverflow);
  }
}

TEST_CASE("the parts of any split add up to the whole, and none is off by a unit", "[money][property][M5]") {
  const unsigned seed = 7104;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 10'000; ++round) {
    const auto minor = static_cast<Int128>(random() >> (random() % 60)) * (round % 7 == 0 ? 1'000'000'000 : 1);
    const Money total =
        Money::from_minor(random() % 2 == 0 ? -minor : minor, Currency::all()[random() % Currency::all().size()]);
    std::vector<Decimal> weights;
    Int128 sum = 0;
    for (std::size_t i = 0, count = 1 + random() % 12; i < count; ++i) {
      const auto weight = static_cast<long long>(random() % 1'000'000);
      weights.push_back(Decimal::from_parts(weight, 3));
      sum += weight;
    }
    if (sum == 0) continue;
    const auto parts = split(total, weights);
    REQUIRE(parts.has_value());
    Int128 given = 0;
    for (std::size_t i = 0; i < parts->size(); ++i) {
      const Int128 part = (*parts)[i].minor();
      given += part;
      // |part * sum - total * weight| < sum: less than one minor unit from the exact share.
      const Int128 off = part * sum - total.minor() * weights[i].coefficient();
      if (off >= sum || off <= -sum) FAIL("round " << round << " part " << i);
    }
    if (given != total.minor()) FAIL("round " << round);
  }
}

TEST_CASE("an amount is converted at a rate and rounded to the other currency", "[money][M6]") {
  // 5,950.00 USD at 0.95 = 5,652.50 EUR
  CHECK(text_of(convert(money("5950.00", "USD"), dec("0.95"), currency("EUR"), Rounding::half_away_from_zero)) ==
        "5652.50 EUR");
  // 10.05 EUR at 161.2345 = 1620.406725 JPY
  CHECK(text_of(convert(money("10.05", "EUR"), dec("161.2345"), currency("JPY"), Rounding::half_away_from_zero)) ==
        "1620 JPY");
  CHECK(text_of(convert(money("10.05", "EUR"), dec("161.2345"), currency("JPY"), Rounding::up)) == "1621 JPY");
  // 1000 JPY at 0.0019 = 1.9 KWD
  CHECK(text_of(convert(money("1000", "JPY"), dec("0.0019"), currency("KWD"), Rounding::half_even)) == "1.900 KWD");
  CHECK(text_of(convert(money("-0.01", "USD"), dec("0.5"), currency("EUR"), Rounding::half_away_from_zero)) ==
        "-0.01 EUR");
  CHECK(text_of(convert(money("-0.01", "USD"), dec("0.5"), currency("EUR"), Rounding::half_even)) == "0.00 EUR");
  // A rate of 30 places is not cut off on the way.
  CHECK(text_of(convert(money("1.00", "USD"), dec("0.005" + std::string(26, '0') + "1"), currency("EUR"),
                        Rounding::half_even)) == "0.01 EUR");
}
