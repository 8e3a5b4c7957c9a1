// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/ledger.hpp"

#include <catch2/catch.hpp>

TEST_CASE("an account is found by its code as text", "[ledger]") {
  glmap::LegalEntity entity;
  entity.accounts = {{.code = "0400", .name = "Software"}, {.code = "1200", .name = "Receivables"}, {.code = "200-01"}};
  REQUIRE(entity.find_account("0400") != nullptr);
  CHECK(entity.find_account("0400")->name == "Software");
  CHECK(entity.find_account("200-01") != nullptr);
  CHECK(entity.find_account("400") == nullptr);  // leading zeros count
  CHECK(entity.find_account("") == nullptr);
  CHECK(entity.find_account("9999") == nullptr);
}

TEST_CASE("account types are read as they are written", "[ledger]") {
  using glmap::AccountType;
  for (const auto type :
       {AccountType::asset, AccountType::liability, AccountType::equity, AccountType::income, AccountType::expense})
    CHECK(glmap::parse_account_type(to_text(type)) == type);
  CHECK_FALSE(glmap::parse_account_type("revenue").has_value());
  CHECK_FALSE(glmap::parse_account_type("Asset").has_value());
}
