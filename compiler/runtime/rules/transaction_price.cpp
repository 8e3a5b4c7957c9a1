// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/transaction_price.hpp"

#include <string>
#include <utility>

#include "compiler/runtime/accounting/share.hpp"

namespace glmap::rules {
namespace {

std::unexpected<Error> bad(std::string message, std::string help = {}) {
  return fail(ErrorCode::BadSchedule, std::move(message), std::move(help));
}

Status check_position(const ContractPosition& position) {
  for (const auto& [name, balance] :
       {std::pair{"deferred revenue", position.deferred}, std::pair{"contract asset", position.contract_asset}})
    if (balance.is_negative())
      return bad("the balance of " + std::string(name) + " is " + balance.to_text() + ", below zero");
  return {};
}

/// What of `amount` the balance can take, with the sign of `amount`.
Result<Money> at_most(const Money& amount, const Money& balance) {
  GLMAP_TRY(left, subtract(amount.absolute(), balance));
  const Money taken = left.is_negative() ? amount.absolute() : balance;
  return amount.is_negative() ? taken.negated() : taken;
}

/// `first` takes up to its balance, `second` the rest. Either way round it is the same split: an amount reduces the
/// balance of one side before it builds up the other.
struct TwoLegs {
  Money reduces;
  Money builds;
};

Result<TwoLegs> two_legs(const Money& amount, const Money& balance_reduced) {
  GLMAP_TRY(reduces, at_most(amount, balance_reduced));
  GLMAP_TRY(builds, subtract(amount, reduces));
  return TwoLegs{reduces, builds};
}

}  // namespace

Result<std::vector<Money>> allocate_transaction_price(const Money& price, const std::vector<Money>& standalone_prices) {
  std::vector<Decimal> weights;
  bool any = false;
  for (const Money& standalone : standalone_prices) {
    GLMAP_TRY(sum, add(standalone, Money::zero(price.currency())));
    if (sum.is_negative())
      return bad("a stand-alone selling price is " + sum.to_text() + ", below zero",
                 "an obligation is worth nothing or more by itself");
    any = any || !sum.is_zero();
    weights.push_back(sum.decimal());
  }
  if (!any)
    return bad("`" + price.to_text() + "` cannot be allocated: no obligation has a stand-alone selling price",
               "estimate the price of each obligation (IFRS 15.78)");
  return split(price, weights);
}

Status check_recognised(const Money& price, const std::vector<Money>& recognised) {
  Money sum = Money::zero(price.currency());
  for (const Money& amount : recognised) {
    GLMAP_TRY(more, add(sum, amount));
    sum = more;
  }
  GLMAP_TRY(difference, subtract(sum, price));
  if (difference.is_zero()) return {};
  return fail(ErrorCode::RecognisedDiffers,
              "`" + sum.to_text() + "` is recognised over the life of the contract, " +
                  difference.absolute().amount_text() +
                  (difference.is_negative() != price.is_negative() ? " less" : " more") +
                  " than the transaction price `" + price.to_text() + "`",
              "recognise the price after discounts (IFRS 15.47), no more and no less");
}

Result<Money> due_by_progress(const Money& total, const Decimal& done, const Decimal& whole, const Money& recognised,
                              Rounding mode) {
  if (done.is_negative() || whole.is_negative() || whole.is_zero() || done > whole)
    return bad("progress is `" + done.to_text() + "` of `" + whole.to_text() + "`",
               "progress lies between zero and the whole, and the whole is more than zero");
  GLMAP_TRY(earned, share_of(total, done, whole, mode));
  return subtract(earned, recognised);
}

Result<RecognitionLegs> split_recognition(const Money& amount, const ContractPosition& before) {
  GLMAP_CHECK(check_position(before));
  RecognitionLegs legs;
  GLMAP_TRY(two, two_legs(amount, amount.is_negative() ? before.contract_asset : before.deferred));
  legs.deferred = amount.is_negative() ? two.builds : two.reduces;
  legs.contract_asset = amount.is_negative() ? two.reduces : two.builds;
  GLMAP_TRY(deferred, subtract(before.deferred, legs.deferred));
  GLMAP_TRY(asset, add(before.contract_asset, legs.contract_asset));
  legs.after = {deferred, asset};
  return legs;
}

Result<InvoiceLegs> split_invoice(const Money& net, const ContractPosition& before) {
  GLMAP_CHECK(check_position(before));
  InvoiceLegs legs;
  GLMAP_TRY(two, two_legs(net, net.is_negative() ? before.deferred : before.contract_asset));
  legs.contract_asset = net.is_negative() ? two.builds : two.reduces;
  legs.deferred = net.is_negative() ? two.reduces : two.builds;
  GLMAP_TRY(asset, subtract(before.contract_asset, legs.contract_asset));
  GLMAP_TRY(deferred, add(before.deferred, legs.deferred));
  legs.after = {deferred, asset};
  return legs;
}

}  // namespace glmap::rules
