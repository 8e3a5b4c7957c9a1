// SPDX-License-Identifier: Apache-2.0
// Accounts: of a type that suits the role. Deferred revenue on an income account is a mistake whatever its number.
#include <algorithm>

#include "compiler/resolve/role_words.hpp"
#include "compiler/verify/account_uses.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

constexpr std::size_t kAccountsShown = 3;

class TypeCheck {
 public:
  TypeCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {
    for (const rules::Role& role : book.roles) wanted_.push_back(resolve::account_type_of_role(role.name));
  }
  std::size_t checked = 0;

  void check(const AccountUse& use) {
    const auto& wanted = wanted_[use.role];
    if (!wanted || use.account == nullptr) return;
    ++checked;
    // Contra accounts stand on the other side of their own kind, so only the kind is held against the role.
    if (use.account->type == *wanted) return;
    const rules::Role& role = book_.roles[use.role];
    const LegalEntity& owner = book_.catalog.entities[use.entity];
    const std::string& entity = owner.code;
    Diagnostic found{.code = ErrorCode::AccountTypeMismatch,
                     .primary = place(use.row == nullptr ? role.where : use.row->where)};
    found.message = "account " + tick(use.code) + " of " + entity + " (" + use.account->name + ") is " +
                    one(to_text(use.account->type)) + " account; role " + tick(role.name) + " asks for " +
                    one(to_text(*wanted)) + " account";
    if (use.row != nullptr)
      found.labels.push_back({place(role.where), "the role takes its account from the table here"});
    found.notes.push_back("example: the first entry on " + tick(role.name) + " in " + entity + " would show " +
                          std::string(singular(*wanted)) + " among " + std::string(plural(use.account->type)));
    found.help = "name another account" + accounts_of(owner, *wanted) + "; or correct the type of " + tick(use.code) +
                 " in the chart, if the ERP has it so";
    found.fingerprint = "account-type/" + role.name + "/" + entity + "/" + use.code;
    findings_.add(std::move(found));
  }

  /// Roles whose names say nothing of a type.
  std::vector<std::string> unknown() const {
    std::vector<std::string> names;
    for (std::size_t r = 0; r < wanted_.size(); ++r)
      if (!wanted_[r]) names.push_back(book_.roles[r].name);
    return names;
  }

 private:
  /// ", such as `3900` (Abgrenzung)": accounts of the type in the entity's chart.
  static std::string accounts_of(const LegalEntity& entity, AccountType type) {
    std::vector<std::string> words;
    for (const Account& account : entity.accounts)
      if (account.type == type && account.postable && words.size() < kAccountsShown)
        words.push_back(tick(account.code) + " (" + account.name + ")");
    return words.empty() ? "" : ", such as " + any_of(words);
  }
  static std::string_view singular(AccountType type) {
    switch (type) {
      case AccountType::asset:
        return "an asset";
      case AccountType::liability:
        return "a liability";
      case AccountType::equity:
        return "equity";
      case AccountType::income:
        return "income";
      case AccountType::expense:
        return "an expense";
    }
    return {};
  }
  static std::string_view plural(AccountType type) {
    switch (type) {
      case AccountType::asset:
        return "assets";
      case AccountType::liability:
        return "liabilities";
      case AccountType::equity:
        return "equity";
      case AccountType::income:
        return "income";
      case AccountType::expense:
        return "expenses";
    }
    return {};
  }
  const rules::RuleBook& book_;
  Findings& findings_;
  std::vector<std::optional<AccountType>> wanted_;  // by role
};

}  // namespace

void check_account_types(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  Findings findings(sink, "accounts");
  TypeCheck types(model.book, findings);
  for_each_account_use(model.book, [&](const AccountUse& use) { types.check(use); });
  const auto unknown = types.unknown();
  const std::string unchecked = unknown.empty() ? "" : "; any type is taken for " + all_of(unknown);
  if (findings.empty()) proofs.results["account types suit their roles"] = counted(types.checked, "use") + unchecked;
}

}  // namespace glmap::verify
