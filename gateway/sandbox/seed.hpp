// SPDX-License-Identifier: Apache-2.0
// What an ERP double holds at its start: companies, their charts, journals, periods. Read from the same two CSV files
// as samples/tryton/setup.sh: entities (code,name,currency) and accounts (entity,code,name,type). Types: asset,
// liability, equity, income, expense; receivable and payable are those whose lines need a party.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::sandbox {

struct SeedAccount {
  std::string code;
  std::string name;
  std::string type;
};

struct SeedCompany {
  std::string entity;
  std::string name;
  std::string currency;
  std::vector<SeedAccount> accounts;
};

struct Seed {
  std::vector<SeedCompany> companies;
  std::vector<std::string> journals = {"GLMAP"};
  std::vector<int> years = {2026, 2027};
  std::string user = "glmap";
  std::string password = "sandbox";
};

/// Errors: GLM-9012 with the line that cannot be read.
Result<Seed> read_seed(std::string_view entities_csv, std::string_view accounts_csv);

}  // namespace glmap::gateway::sandbox
