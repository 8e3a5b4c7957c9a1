// SPDX-License-Identifier: Apache-2.0
// Accounts: postable, and open on every day on which the book may post to them.
#include <algorithm>
#include <map>

#include "compiler/verify/account_uses.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

class UsableCheck {
 public:
  UsableCheck(const rules::RuleBook& book, Findings& findings)
      : book_(book), life_(book_life(book)), findings_(findings) {}
  std::size_t uses = 0;

  void check(const AccountUse& use) {
    Days days{life_.first, life_.last};
    if (use.row != nullptr) {
      days.first = std::max(life_.first, use.row->from.value_or(in_force(*use.table)));
      days.last = use.row->until.value_or(life_.last);
      if (days.first > days.last) return;
    }
    ++uses;
    const Account* account = use.account;
    if (account == nullptr) return;  // resolve has told
    if (!account->postable)
      return report(use, days.first, "is a heading and cannot be posted to", "name one of the accounts below it");
    if (account->open_until && *account->open_until < days.first)
      return report(use, days.first,
                    "is closed since " + account->open_until->plus_days(1).to_text() + "; the book may use it from " +
                        days.first.to_text(),
                    "name an account that is open then, or correct `open_until` in the chart of accounts");
    if (account->open_from && *account->open_from > days.last)
      return report(use, days.first,
                    "opens on " + account->open_from->to_text() + "; the book may use it until " + days.last.to_text(),
                    "name an account that is open then, or correct `open_from` in the chart of accounts");
    if (account->open_until && *account->open_until < days.last)
      return report(
          use, account->open_until->plus_days(1),
          "is open only until " + account->open_until->to_text() + "; the book may use it until " + days.last.to_text(),
          change(use, "until " + account->open_until->to_text(),
                 "its successor `from " + account->open_until->plus_days(1).to_text() + "`"));
    if (account->open_from && *account->open_from > days.first)
      report(
          use, days.first,
          "is open only from " + account->open_from->to_text() + "; the book may use it from " + days.first.to_text(),
          change(use, "from " + account->open_from->to_text(),
                 "its predecessor `until " + account->open_from->plus_days(-1).to_text() + "`"));
  }

 private:
  struct Days {
    Date first, last;
  };

  /// How one account gives way to another on a day: two rows of a table, which a role with one account has not yet.
  static std::string change(const AccountUse& use, const std::string& days, const std::string& other) {
    if (use.row != nullptr) return "let the row hold `" + days + "`, and add a row with " + other;
    return "write `by TABLE` in the cell, and in that table the account `" + days + "` and " + other;
  }

  /// The first day on which the table answers at all.
  Date in_force(const rules::Table& table) {
    const auto [known, added] = in_force_.try_emplace(&table, life_.first);
    if (!added) return known->second;
    Date first = life_.last;
    for (const rules::TableRow& row : table.rows) first = std::min(first, row.from.value_or(life_.first));
    known->second = std::max(first, life_.first);
    return known->second;
  }

  void report(const AccountUse& use, Date day, const std::string& why, const std::string& help) {
    const std::string& entity = book_.catalog.entities[use.entity].code;
    const rules::Role& role = book_.roles[use.role];
    Diagnostic found{.code = ErrorCode::AccountNotUsable,
                     .primary = place(use.row == nullptr ? role.where : use.row->where)};
    found.message = "account " + tick(use.code) + " of " + entity + ", used for role " + tick(role.name) + ", " + why;
    if (use.row != nullptr)
      found.labels.push_back({place(role.where), "the role takes its account from the table here"});
    found.notes.push_back("example: an event of " + entity + " on " + day.to_text());
    found.help = help;
    found.fingerprint = "account/" + entity + "/" + use.code + "/" + role.name;
    findings_.add(std::move(found));
  }

  const rules::RuleBook& book_;
  const Life life_;
  Findings& findings_;
  std::map<const rules::Table*, Date> in_force_;
};

}  // namespace

void check_accounts_usable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  Findings findings(sink, "accounts");
  UsableCheck usable(model.book, findings);
  for_each_account_use(model.book, [&](const AccountUse& use) { usable.check(use); });
  if (findings.empty()) proofs.results["accounts are postable and open"] = counted(usable.uses, "use");
}

}  // namespace glmap::verify
