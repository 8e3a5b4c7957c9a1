// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

namespace {

constexpr std::string_view kLine = "debit  deferred_revenue amount";

/// The amount of the changed line as it was resolved.
rules::Amount amount_of(const std::string& expression) {
  const Outcome outcome = resolve_files(small_book_with(kBook, kLine, "debit  deferred_revenue " + expression));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  return book.program_of(*book.catalog.type_index("delivery.completed"))->rules[0].blocks[0].lines[0].amount;
}

void refused(const std::string& expression, ErrorCode code, const std::string& words) {
  INFO(expression);
  require_fault(kBook, kLine, "debit  deferred_revenue " + expression, code, words);
}

}  // namespace

TEST_CASE("an amount is kept as it was written and as steps", "[resolve]") {
  using Kind = rules::AmountStep::Kind;
  const auto plain = amount_of("amount");
  CHECK(plain.text == "amount");
  CHECK(plain.steps.size() == 1);
  const auto share = amount_of("amount - 12 % of amount rounded half_even");
  CHECK(share.text == "amount - 12 % of amount rounded half_even");
  REQUIRE(share.steps.size() == 6);
  CHECK(share.steps[0].kind == Kind::load);
  CHECK(share.steps[1].kind == Kind::load);
  CHECK(share.steps[2].kind == Kind::constant);
  CHECK(share.steps[2].constant.to_text() == "0.12");
  CHECK(share.steps[3].kind == Kind::multiply);
  CHECK(share.steps[4].kind == Kind::round);
  CHECK(share.steps[4].mode == Rounding::half_even);
  CHECK(share.steps[5].kind == Kind::subtract);
  CHECK(amount_of("-(amount - 2 * amount)").text == "-(amount - 2 * amount)");
  CHECK(amount_of("(amount * rate) rounded down").text == "amount * rate rounded down");
}

TEST_CASE("whole multiples of an amount need no rounding", "[resolve]") {
  CHECK(amount_of("2 * amount").steps.size() == 3);
  CHECK(amount_of("100 % of amount").steps.size() == 3);
}

TEST_CASE("an amount that can have fractions of a cent names its rounding", "[resolve]") {
  refused("12 % of amount", ErrorCode::RoundingNotNamed, "12 % of amount rounded half_away_from_zero");
  refused("amount * rate", ErrorCode::RoundingNotNamed, "fractions of a cent");
  refused("0.5 * amount", ErrorCode::RoundingNotNamed, "fractions of a cent");
  refused("amount + 0.5 * amount", ErrorCode::RoundingNotNamed, "(amount + 0.5 * amount) rounded");
  refused("amount * rate rounded half_up", ErrorCode::UnknownListValue, "half_away_from_zero");
}

TEST_CASE("money is not multiplied by money nor added to a number", "[resolve]") {
  refused("amount * amount rounded down", ErrorCode::WrongType, "money is multiplied by money");
  refused("amount + 5", ErrorCode::WrongType, "a number");
  refused("rate", ErrorCode::WrongType, "is a number, not an amount");
  refused("customer", ErrorCode::WrongType, "`customer` is text");
}

TEST_CASE("amounts in two currencies are not added up", "[resolve]") {
  require_fault(kBook, "credit receivable amount at invoice_rate", "credit receivable amount + settled_amount",
                ErrorCode::MixedCurrencies, "currency of the books");
}
