// SPDX-License-Identifier: Apache-2.0
// Decimals, dates, instants, currencies: what is read can be written, and reads back to the same value.
#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using glmap::fuzz::must;
  const std::string_view text = glmap::fuzz::text_of(data, size);
  if (const auto value = glmap::Decimal::parse(text)) {
    const auto again = glmap::Decimal::parse(value->to_text());
    must(again && *again == *value, "a decimal reads back from its text");
  }
  if (const auto value = glmap::Decimal::parse_json_number(text)) {
    const auto again = glmap::Decimal::parse(value->to_text());
    must(again && *again == *value, "a number of JSON reads back from its text");
  }
  if (const auto value = glmap::Date::parse(text)) must(value->to_text() == text, "a date is written as it was read");
  if (const auto value = glmap::Instant::parse(text)) {
    const auto again = glmap::Instant::parse(value->to_text());
    must(again && *again == *value, "an instant reads back from its text");
  }
  if (const auto value = glmap::Currency::parse(text))
    must(value->code() == text, "a currency is written as it was read");
  return 0;
}
