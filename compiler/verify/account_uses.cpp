// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/account_uses.hpp"

#include <map>
#include <string_view>
#include <unordered_map>

#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

/// The account codes of one table, each with the account it is in each entity.
class CodesOfTable {
 public:
  CodesOfTable(const rules::RuleBook& book, const rules::Table& table) : book_(book), table_(table) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].domain.kind == rules::Domain::Kind::role) role_column_ = c;
      if (table.columns[c].name == "entity") entity_column_ = c;
    }
    for (std::uint32_t a = 0; a < table.answers.size(); ++a) {
      if (table.answers[a].kind != rules::AnswerColumn::Kind::account) continue;
      for (std::uint32_t r = 0; r < table.rows.size(); ++r) {
        const rules::TableRow& row = table.rows[r];
        if (row.impossible || row.answers[a].no_line) continue;
        const auto [at, added] = ids_.try_emplace(row.answers[a].account, static_cast<std::uint32_t>(ids_.size()));
        named_.push_back({r, at->second, &row.answers[a].account});
      }
    }
    accounts_.resize(book.catalog.entities.size());
  }

  void visit(std::uint32_t role, const std::vector<std::uint32_t>& entities,
             const std::function<void(const AccountUse&)>& visit_use) {
    for (const std::uint32_t entity : entities) look_up(entity);
    const rules::ValueSet all{true, {}};
    for (const Named& named : named_) {
      const rules::TableRow& row = table_.rows[named.row];
      if (role_column_ && !row.cells[*role_column_].contains(role)) continue;
      const rules::ValueSet& cell = entity_column_ ? row.cells[*entity_column_] : all;
      for (const std::uint32_t entity : entities)
        if (cell.contains(entity)) visit_use({role, entity, *named.code, accounts_[entity][named.id], &table_, &row});
    }
  }

 private:
  struct Named {
    std::uint32_t row, id;
    const std::string* code;
  };
  void look_up(std::uint32_t entity) {
    if (!accounts_[entity].empty()) return;
    accounts_[entity].resize(ids_.size());
    for (const auto& [code, id] : ids_) accounts_[entity][id] = book_.catalog.entities[entity].find_account(code);
  }

  const rules::RuleBook& book_;
  const rules::Table& table_;
  std::optional<std::size_t> role_column_, entity_column_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
  std::vector<Named> named_;
  std::vector<std::vector<const Account*>> accounts_;  // by entity, id of the code
};

}  // namespace

void for_each_account_use(const rules::RuleBook& book, const std::function<void(const AccountUse&)>& visit) {
  std::map<std::uint32_t, CodesOfTable> tables;
  for (std::uint32_t r = 0; r < book.roles.size(); ++r) {
    const rules::Role& role = book.roles[r];
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_table;
    for (std::uint32_t e = 0; e < role.by_entity.size(); ++e) {
      const rules::RoleAccount& account = role.by_entity[e];
      if (account.kind == rules::RoleAccount::Kind::fixed)
        visit({r, e, account.account, book.catalog.entities[e].find_account(account.account), nullptr, nullptr});
      if (account.kind == rules::RoleAccount::Kind::table) by_table[account.table].push_back(e);
    }
    for (const auto& [table, entities] : by_table)
      tables.try_emplace(table, book, book.tables[table]).first->second.visit(r, entities, visit);
  }
}

std::vector<bool> balance_sheet_roles(const rules::RuleBook& book) {
  std::vector<bool> roles(book.roles.size(), true);
  for_each_account_use(book, [&](const AccountUse& use) {
    if (use.account != nullptr && use.account->type != AccountType::asset &&
        use.account->type != AccountType::liability)
      roles[use.role] = false;
  });
  return roles;
}

}  // namespace glmap::verify
