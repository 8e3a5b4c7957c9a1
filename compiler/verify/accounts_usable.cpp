// SPDX-License-Identifier: Apache-2.0
// Accounts: postable, and open on every day on which the book may post to them.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

struct Use {
  std::string role;
  const LegalEntity* entity = nullptr;
  std::string account;
  Date first, last;  // the days on which it may be used
  SourceRef where;
};

void report(Findings& findings, const Use& use, const std::string& why, const std::string& help) {
  Diagnostic found{.code = ErrorCode::AccountNotUsable, .primary = place(use.where)};
  found.message =
      "account " + tick(use.account) + " of " + use.entity->code + ", used for role " + tick(use.role) + ", " + why;
  found.notes.push_back("example: an event of " + use.entity->code + " on " + use.first.to_text());
  found.help = help;
  found.fingerprint = "account/" + use.entity->code + "/" + use.account + "/" + use.role;
  findings.add(std::move(found));
}

void check(const Use& use, Findings& findings) {
  const Account* account = use.entity->find_account(use.account);
  if (account == nullptr) return;  // resolve has told
  if (!account->postable)
    return report(findings, use, "is a heading and cannot be posted to", "name one of the accounts below it");
  Use shown = use;
  if (account->open_until && *account->open_until < use.last) {
    shown.first = std::max(use.first, account->open_until->plus_days(1));
    return report(
        findings, shown,
        "is open only until " + account->open_until->to_text() + "; the book may use it until " + use.last.to_text(),
        "put the account into a table with `until " + account->open_until->to_text() +
            "`, and its successor `from` the day after");
  }
  if (account->open_from && *account->open_from > use.first)
    return report(
        findings, shown,
        "is open only from " + account->open_from->to_text() + "; the book may use it from " + use.first.to_text(),
        "put the account into a table with `from " + account->open_from->to_text() +
            "`, and its predecessor `until` the day before");
}

void check_table(const rules::RuleBook& book, const rules::Role& role, std::uint32_t role_index, std::uint32_t entity,
                 const rules::Table& table, const Life& life, Findings& findings, std::size_t& uses) {
  std::optional<Date> in_force;
  for (const rules::TableRow& row : table.rows)
    if (row.from && (!in_force || *row.from < *in_force)) in_force = row.from;
  for (const rules::TableRow& row : table.rows) {
    bool fits = !row.impossible;
    for (std::size_t c = 0; c < table.columns.size() && fits; ++c) {
      if (table.columns[c].domain.kind == rules::Domain::Kind::role) fits = row.cells[c].contains(role_index);
      if (table.columns[c].domain.kind == rules::Domain::Kind::entity) fits = fits && row.cells[c].contains(entity);
    }
    if (!fits) continue;
    for (std::size_t a = 0; a < table.answers.size(); ++a) {
      if (table.answers[a].kind != rules::AnswerColumn::Kind::account || row.answers[a].no_line) continue;
      Use use{role.name,
              &book.catalog.entities[entity],
              row.answers[a].account,
              std::max(life.first, row.from.value_or(in_force.value_or(life.first))),
              row.until.value_or(life.last),
              row.where};
      if (use.first > use.last) continue;
      ++uses;
      check(use, findings);
    }
  }
}

}  // namespace

void check_accounts_usable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  const Life life = book_life(book);
  Findings findings(sink, "accounts");
  std::size_t uses = 0;
  for (std::uint32_t r = 0; r < book.roles.size(); ++r)
    for (std::uint32_t e = 0; e < book.catalog.entities.size(); ++e) {
      const rules::Role& role = book.roles[r];
      const rules::RoleAccount& account = role.by_entity[e];
      if (account.kind == rules::RoleAccount::Kind::fixed) {
        ++uses;
        check({role.name, &book.catalog.entities[e], account.account, life.first, life.last, role.where}, findings);
      }
      if (account.kind == rules::RoleAccount::Kind::table)
        check_table(book, role, r, e, book.tables[account.table], life, findings, uses);
    }
  if (findings.empty()) proofs.results["accounts are postable and open"] = counted(uses, "use");
}

}  // namespace glmap::verify
