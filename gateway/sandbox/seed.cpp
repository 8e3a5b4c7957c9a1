// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/seed.hpp"

#include <algorithm>

namespace glmap::gateway::sandbox {

namespace {

using Row = std::vector<std::string>;

/// RFC 4180 without line breaks inside quotes.
Row split_row(std::string_view line) {
  Row out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      out.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  return out;
}

Result<std::vector<Row>> read_rows(std::string_view csv, const Row& header) {
  std::vector<Row> out;
  std::uint32_t number = 0;
  while (!csv.empty()) {
    const std::size_t newline = std::min(csv.find('\n'), csv.size());
    const std::string_view line = csv.substr(0, newline);
    csv.remove_prefix(std::min(newline + 1, csv.size()));
    ++number;
    if (line.empty() || line == "\r") continue;
    Row row = split_row(line);
    if (number == 1) {
      if (row == header) continue;
      return fail(ErrorCode::BadConfiguration,
                  "the first line is `" + std::string(line) + "`, not the expected header");
    }
    if (row.size() != header.size()) {
      return fail(ErrorCode::BadConfiguration, "line " + std::to_string(number) + " has " + std::to_string(row.size()) +
                                                   " columns, not " + std::to_string(header.size()));
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

Result<Seed> read_seed(std::string_view entities_csv, std::string_view accounts_csv) {
  GLMAP_TRY(entities, read_rows(entities_csv, {"code", "name", "currency"}));
  GLMAP_TRY(accounts, read_rows(accounts_csv, {"entity", "code", "name", "type"}));
  Seed out;
  for (const Row& row : entities) out.companies.push_back({row[0], row[1], row[2], {}});
  for (const Row& row : accounts) {
    const auto company = std::ranges::find(out.companies, row[0], &SeedCompany::entity);
    if (company == out.companies.end()) {
      return fail(ErrorCode::BadConfiguration,
                  "account `" + row[1] + "` belongs to entity `" + row[0] + "`, which is not among the entities");
    }
    company->accounts.push_back({row[1], row[2], row[3]});
  }
  return out;
}

}  // namespace glmap::gateway::sandbox
