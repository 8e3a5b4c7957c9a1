// SPDX-License-Identifier: Apache-2.0
// The transaction price of a contract: its allocation over performance obligations, the check that what is recognised
// is that price, recognition by measured progress, and which side of the balance sheet a contract stands on. The price
// handed in is net of discounts (IFRS 15.47): nothing here can know what was agreed, so a list price in its place is
// found by check_recognised, not by the allocation. Pure functions; any thread.
#pragma once

#include <vector>

#include "compiler/runtime/accounting/money.hpp"

namespace glmap::rules {

/// Shares out `price` by relative stand-alone selling prices; the discount falls on all obligations alike.
/// Shape:  one amount per obligation, same order.
/// Rounds: largest remainder, ties to the earlier obligation; the amounts add up to `price` exactly.
/// Errors: GLM-3002 a stand-alone price in another currency; GLM-7015 no obligation, a negative stand-alone price, or
///         all of them zero; GLM-7008.
/// Source: IFRS 15.73-81, ASC 606-10-32-28 to 36
Result<std::vector<Money>> allocate_transaction_price(const Money& price, const std::vector<Money>& standalone_prices);

/// Σ recognised = transaction price, the totals of all schedules of a contract (or what is recognised by the end of
/// it). Errors: GLM-7016 with the difference: an undiscounted price fails here; GLM-3002.
Status check_recognised(const Money& price, const std::vector<Money>& recognised);

/// Recognition by measured progress (milestones, units of a commitment, cost, expected breakage): what `done` of
/// `whole` has earned, less what is recognised already. Cumulative, so it ends exactly at `total`. Errors: GLM-7015
/// done is not within 0 to whole, or whole is not positive; GLM-3002; GLM-7008. Source: IFRS 15.41-45, B14-B19, B46
Result<Money> due_by_progress(const Money& total, const Decimal& done, const Decimal& whole, const Money& recognised,
                              Rounding mode = Rounding::half_away_from_zero);

/// Balances of one contract, neither negative: a liability (deferred revenue) and an asset.
struct ContractPosition {
  Money deferred;
  Money contract_asset;
  friend bool operator==(const ContractPosition&, const ContractPosition&) = default;
};

/// The legs of one recognition. Positive: debit deferred, debit contract asset, credit revenue. Negative: the other
/// way.
struct RecognitionLegs {
  Money deferred;
  Money contract_asset;
  ContractPosition after;
};

/// Takes `amount` of revenue from deferred up to its balance, the rest becomes contract asset. A negative amount
/// (revenue taken back) reduces the contract asset up to its balance first, the rest goes back to deferred. Shape:
/// deferred + contract_asset = amount. Errors: GLM-3002; GLM-7015 a balance is negative; GLM-7008. Source:
/// IFRS 15.105-108
Result<RecognitionLegs> split_recognition(const Money& amount, const ContractPosition& before);

/// The legs of one invoice's net amount. Positive: credit contract asset, credit deferred. Negative: the other way.
struct InvoiceLegs {
  Money contract_asset;
  Money deferred;
  ContractPosition after;
};

/// Clears the contract asset up to its balance, the rest is deferred. A negative amount (a credit note) reduces
/// deferred up to its balance first; the rest becomes contract asset, which the caller may want to see before it is
/// posted. Shape and errors: as split_recognition, contract_asset + deferred = net.
Result<InvoiceLegs> split_invoice(const Money& net, const ContractPosition& before);

}  // namespace glmap::rules
