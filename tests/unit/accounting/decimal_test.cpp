// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/decimal.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/decimal_wide.hpp"

using glmap::Decimal;
using glmap::ErrorCode;
using glmap::Int128;
using glmap::Rounding;

namespace {

Decimal dec(std::string_view text) {
  auto value = Decimal::parse(text);
  INFO(text);
  if (!value) FAIL(value.error().to_text());
  return *value;
}

std::string text_of(const glmap::Result<Decimal>& value) {
  return value ? value->to_text() : glmap::code_text(value.error().code);
}

const std::string kNines38(38, '9');

}  // namespace

TEST_CASE("a number is read from plain digits only", "[decimal]") {
  CHECK(dec("1250.00").to_text() == "1250");
  CHECK(dec("0007.50").to_text() == "7.5");
  CHECK(dec("-0.10").to_text() == "-0.1");
  CHECK(dec("1250.00").scale() == 2);
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1,250.00", "1e2", "--1", "1.2.3", "0x1", "1_0",
                           "\xEF\xBC\x91", "NaN", "-.5", "1-"}) {
    INFO(text);
    REQUIRE_FALSE(Decimal::parse(text).has_value());
    CHECK(Decimal::parse(text).error().code == ErrorCode::BadLiteral);
  }
}

TEST_CASE("negative zero is zero", "[decimal][M5]") {
  CHECK(dec("-0").to_text() == "0");
  CHECK(dec("-0.00").to_text() == "0");
  CHECK(dec("-0.00").to_text_fixed(2) == "0.00");
  CHECK_FALSE(dec("-0.00").is_negative());
  CHECK(dec("-0.00") == dec("0"));
  CHECK(text_of(dec("-0.004").rounded(2, Rounding::half_even)) == "0");
  CHECK(text_of(Decimal::parse_json_number("-0e5")) == "0");
}

TEST_CASE("38 digits and 30 decimal places are exact, one more is an error", "[decimal][M5]") {
  CHECK(dec(kNines38).to_text() == kNines38);
  CHECK(dec("-" + kNines38).to_text() == "-" + kNines38);
  CHECK(dec("000" + kNines38).to_text() == kNines38);
  const std::string tiny = "0." + std::string(29, '0') + "1";
  CHECK(dec(tiny).to_text() == tiny);
  CHECK(dec("12345678." + std::string(30, '3')).to_text() == "12345678." + std::string(30, '3'));
  for (const std::string& text :
       {kNines38 + "0", "0." + std::string(30, '0') + "1", "123456789." + std::string(30, '3')}) {
    REQUIRE_FALSE(Decimal::parse(text).has_value());
    CHECK(Decimal::parse(text).error().code == ErrorCode::AmountOutOfRange);
  }
}

TEST_CASE("JSON's exponent form is read when it is exact", "[decimal]") {
  CHECK(text_of(Decimal::parse_json_number("119e-2")) == "1.19");
  CHECK(text_of(Decimal::parse_json_number("1.19E+2")) == "119");
  CHECK(text_of(Decimal::parse_json_number("1e37")) == "1" + std::string(37, '0'));
  CHECK(text_of(Decimal::parse_json_number("1e38")) == "GLM-6012");
  CHECK(text_of(Decimal::parse_json_number("1e-30")) == "0." + std::string(29, '0') + "1");
  CHECK(text_of(Decimal::parse_json_number("1e-31")) == "GLM-6012");
  CHECK(text_of(Decimal::parse_json_number("1000e-32")) == "0." + std::string(28, '0') + "1");
  CHECK(text_of(Decimal::parse_json_number("0e999999999999999999999")) == "0");
  CHECK(text_of(Decimal::parse_json_number("1e999999999999999999999")) == "GLM-6012");
  CHECK(text_of(Decimal::parse_json_number("1e")) == "GLM-1007");
  CHECK(text_of(Decimal::parse_json_number("e5")) == "GLM-1007");
  CHECK(text_of(Decimal::parse_json_number("1.e5")) == "GLM-1007");
}

TEST_CASE("a result that does not fit is an error and never another number", "[decimal][M5]") {
  const Decimal most = dec(kNines38);
  CHECK(text_of(add(most, Decimal(1))) == "GLM-7008");
  CHECK(text_of(subtract(most.negated(), Decimal(1))) == "GLM-7008");
  CHECK(text_of(add(most, dec("-1"))) == std::string(37, '9') + "8");
  CHECK(text_of(add(most, most)) == "GLM-7008");
  CHECK(text_of(multiply(most, Decimal(2))) == "GLM-7008");
  CHECK(text_of(multiply(most, most)) == "GLM-7008");
  CHECK(text_of(add(most, dec("0.1"))) == "GLM-7008");
  CHECK(text_of(multiply(dec("0.0000000000000001"), dec("0.0000000000000001"))) == "GLM-7008");
  CHECK(text_of(divide(most, dec("0.1"), 0, Rounding::down)) == "GLM-7008");
  CHECK(text_of(divide(Decimal(1), Decimal(), 2, Rounding::down)) == "GLM-7008");
}

TEST_CASE("a result that fits is found however far apart the operands are", "[decimal]") {
  // 100000000 - 5e-30 has exactly 38 digits, though the operand alone at 30 places would have 39.
  CHECK(text_of(subtract(dec("100000000"), dec("0." + std::string(29, '0') + "5"))) ==
        "99999999." + std::string(29, '9') + "5");
  CHECK(text_of(add(dec("10000000000000000000000000000000000000"), dec("1.000000000000000000000000000000"))) ==
        "10000000000000000000000000000000000001");
  // 0.5 with 30 places times 0.2 with 30 places: 60 places on the way, one in the end.
  CHECK(text_of(multiply(dec("0.5" + std::string(29, '0')), dec("0.2" + std::string(29, '0')))) == "0.1");
  CHECK(text_of(divide(dec("1"), dec("10000000000000000000000000000000000000"), 30, Rounding::up)) ==
        "0." + std::string(29, '0') + "1");
  CHECK(text_of(divide(dec("0." + std::string(29, '0') + "1"), dec(kNines38), 0, Rounding::half_even)) == "0");
  CHECK(text_of(divide(dec("0." + std::string(29, '0') + "1"), dec("-" + kNines38), 0, Rounding::floor)) == "-1");
}

TEST_CASE("each rounding mode settles halves and tails as it says", "[decimal][M5]") {
  struct Row {
    const char* value;
    const char* half_away;
    const char* half_even;
    const char* down;
    const char* up;
    const char* floor;
    const char* ceiling;
  };
  // Worked by hand from the definitions; to two places.
  for (const Row& row :
       {Row{"2.345", "2.35", "2.34", "2.34", "2.35", "2.34", "2.35"},
        Row{"2.355", "2.36", "2.36", "2.35", "2.36", "2.35", "2.36"},
        Row{"-2.345", "-2.35", "-2.34", "-2.34", "-2.35", "-2.35", "-2.34"},
        Row{"2.3449", "2.34", "2.34", "2.34", "2.35", "2.34", "2.35"},
        Row{"-2.3451", "-2.35", "-2.35", "-2.34", "-2.35", "-2.35", "-2.34"},
        Row{"0.001", "0", "0", "0", "0.01", "0", "0.01"}, Row{"-0.001", "0", "0", "0", "-0.01", "-0.01", "0"},
        Row{"1.10", "1.1", "1.1", "1.1", "1.1", "1.1", "1.1"}, Row{"9.995", "10", "10", "9.99", "10", "9.99", "10"}}) {
    INFO(row.value);
    const Decimal value = dec(row.value);
    CHECK(text_of(value.rounded(2, Rounding::half_away_from_zero)) == row.half_away);
    CHECK(text_of(value.rounded(2, Rounding::half_even)) == row.half_even);
    CHECK(text_of(value.rounded(2, Rounding::down)) == row.down);
    CHECK(text_of(value.rounded(2, Rounding::up)) == row.up);
    CHECK(text_of(value.rounded(2, Rounding::floor)) == row.floor);
    CHECK(text_of(value.rounded(2, Rounding::ceiling)) == row.ceiling);
  }
  CHECK(to_text(Rounding::half_away_from_zero) == "half_away_from_zero");
}

TEST_CASE("a third of a hundred is divided to the cent", "[decimal]") {
  CHECK(text_of(divide(Decimal(100), Decimal(3), 2, Rounding::half_away_from_zero)) == "33.33");
  CHECK(text_of(divide(Decimal(-100), Decimal(3), 2, Rounding::up)) == "-33.34");
  CHECK(text_of(divide(dec("0.05"), Decimal(2), 2, Rounding::half_even)) == "0.02");
  CHECK(text_of(divide(dec("1"), dec("0.00"), 2, Rounding::down)) == "GLM-7008");
}

TEST_CASE("numbers are ordered by value, not by how they are written", "[decimal]") {
  CHECK(dec("1.0") == dec("1"));
  CHECK(dec("-1.00") < dec("0.000001"));
  CHECK(dec("-2") < dec("-1.9999"));
  CHECK(dec("10000000000000000000000000000000000000") > dec("0.000000000000000000000000000001"));
  CHECK(dec("-10000000000000000000000000000000000000") < dec("-0.000000000000000000000000000001"));
  CHECK(dec("123").fits_places(0));
  CHECK(dec("1.500").fits_places(1));
  CHECK_FALSE(dec("1.505").fits_places(2));
}

TEST_CASE("printing and reading are inverse", "[decimal][property]") {
  const unsigned seed = 4217;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    const int digits = 1 + static_cast<int>(random() % 38);
    std::string text;
    for (int i = 0; i < digits; ++i) text += static_cast<char>('0' + random() % 10);
    const int scale = static_cast<int>(random() % 31);
    if (scale > 0) {
      while (static_cast<int>(text.size()) <= scale) text.insert(0, "0");
      text.insert(text.size() - static_cast<std::size_t>(scale), ".");
    }
    if (random() % 2 == 0) text.insert(0, "-");
    const auto value = Decimal::parse(text);
    if (!value) FAIL(text);
    const auto again = Decimal::parse(value->to_text());
    if (!again || *again != *value || again->to_text() != value->to_text()) FAIL(text);
    const auto fixed = Decimal::parse(value->to_text_fixed(value->scale()));
    if (!fixed || *fixed != *value) FAIL(text);
  }
}

TEST_CASE("256-bit products and quotients are exact", "[decimal][property]") {
  namespace wide = glmap::wide;
  const unsigned seed = 8000;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto any = [&](unsigned bits) {
    wide::Uint128 value = (static_cast<wide::Uint128>(random()) << 64) | random();
    return bits == 0 ? 0 : value >> (128 - bits);
  };
  for (int round = 0; round < 50'000; ++round) {
    const wide::Uint128 a = any(static_cast<unsigned>(random() % 129));
    const wide::Uint128 divisor = any(1 + static_cast<unsigned>(random() % 127)) | 1;
    const wide::Uint128 rest = any(128) % divisor;
    // (a * divisor + rest) / divisor gives a, rest back.
    const wide::Quotient quotient = wide::divide(wide::add(wide::multiply(a, divisor), {0, rest}), divisor);
    if (quotient.value != wide::Wide{0, a} || quotient.remainder != rest) FAIL("round " << round);
  }
  const wide::Uint128 ones = ~wide::Uint128{0};
  CHECK(wide::multiply(ones, ones) == wide::Wide{ones - 1, 1});
  CHECK(wide::multiply(wide::Wide{1, 0}, ones).has_value());
  CHECK_FALSE(wide::multiply(wide::Wide{2, 0}, ones).has_value());
}
