// SPDX-License-Identifier: Apache-2.0
// The table of ISO 4217: list one with the number of digits of the minor unit, and the codes withdrawn since 2023,
// because credit notes and restatements refer to older invoices. Codes without a minor unit (gold, SDR, testing, XXX)
// are left out: no amount can be counted in them. Source: ISO 4217 list one and list three, amendments up to 180 (BGN
// withdrawn on 2026-01-01).
#include <algorithm>
#include <array>

#include "compiler/runtime/accounting/currency_table.hpp"
#include "compiler/runtime/accounting/money.hpp"

namespace glmap {
namespace {

struct Row {
  std::string_view codes;  // separated by blanks
  std::int8_t digits;
};

constexpr Row kTable[] = {
    {"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0},
    {"AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
     "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
     "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
     "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
     "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
     2},
    {"BHD IQD JOD KWD LYD OMR TND", 3},
    {"CLF UYW", 4},
    {"ANG BGN HRK SLL ZWL", 2},  // withdrawn
};

constexpr std::size_t kLetters = 26;

/// Index of three capital letters in a table of all such triples; nothing for anything else.
std::optional<std::size_t> triple(std::string_view code) {
  if (code.size() != 3) return std::nullopt;
  std::size_t index = 0;
  for (const char c : code) {
    if (c < 'A' || c > 'Z') return std::nullopt;
    index = index * kLetters + static_cast<std::size_t>(c - 'A');
  }
  return index;
}

constexpr std::uint16_t kNone = 0xFFFF;

std::vector<std::uint16_t> make_positions() {
  std::vector<std::uint16_t> positions(kLetters * kLetters * kLetters, kNone);
  const std::vector<Currency>& all = Currency::all();
  for (std::size_t i = 0; i < all.size(); ++i) positions[*triple(all[i].code())] = static_cast<std::uint16_t>(i);
  return positions;
}

}  // namespace

std::vector<Currency> make_currencies() {
  std::vector<Currency> currencies;
  for (const Row& row : kTable) {
    for (std::size_t at = 0; at < row.codes.size(); at += 4) {
      Currency currency;
      std::copy_n(row.codes.begin() + static_cast<std::ptrdiff_t>(at), 3, currency.letters_.begin());
      currency.digits_ = row.digits;
      currencies.push_back(currency);
    }
  }
  std::sort(currencies.begin(), currencies.end());
  return currencies;
}

const std::vector<Currency>& Currency::all() {
  static const std::vector<Currency> kAll = make_currencies();
  return kAll;
}

std::optional<std::uint32_t> currency_position(std::string_view code) {
  static const std::vector<std::uint16_t> kPositions = make_positions();
  const auto index = triple(code);
  if (!index || kPositions[*index] == kNone) return std::nullopt;
  return kPositions[*index];
}

Result<Currency> Currency::parse(std::string_view code) {
  if (const auto position = currency_position(code)) return all()[*position];
  return fail(ErrorCode::UnknownListValue, in_backticks(code) + " is not a currency of ISO 4217",
              "write the three capital letters, such as EUR");
}

}  // namespace glmap
