// SPDX-License-Identifier: Apache-2.0
// Reference data as the ledger sees it: legal entities, their charts of accounts. Plain values built by the compiler
// (from YAML) or by the bundle reader; nothing here does I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"

namespace glmap {

enum class AccountType : std::uint8_t { asset, liability, equity, income, expense };
std::string_view to_text(AccountType type);
std::optional<AccountType> parse_account_type(std::string_view text);

/// One account of one entity's chart. `code` is text: leading zeros count.
struct Account {
  std::string code;
  std::string name;
  AccountType type = AccountType::asset;
  bool postable = true;            // false: a heading or total
  std::optional<Date> open_from;   // first day it may be posted to
  std::optional<Date> open_until;  // last day
};

/// How a reversal is written in the books of an entity.
enum class ReversalStyle : std::uint8_t {
  swap,    // debit and credit change sides
  storno,  // the same sides with negative amounts: turnover is not inflated
};

/// A legal entity: an organisation that keeps its own books.
struct LegalEntity {
  std::string code;                    // DE
  std::string name;                    // Acme GmbH
  Currency functional;                 // the currency of its books
  std::string zone;                    // IANA, e.g. Europe/Berlin
  std::string calendar;                // name of its fiscal calendar
  std::string chart;                   // name of its chart of accounts
  std::string erp;                     // name of its ERP connection, e.g. "tryton-eu"
  std::optional<Date> closed_through;  // last day of the last closed period; nothing may be dated on or before it
  /// Last day on which only what the book lists under `soft_closed` may still be posted; after closed_through.
  std::optional<Date> soft_closed_through;
  ReversalStyle reversal = ReversalStyle::swap;
  std::vector<Account> accounts;  // sorted by code

  const Account* find_account(std::string_view code) const;
};

}  // namespace glmap
