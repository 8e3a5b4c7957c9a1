// SPDX-License-Identifier: Apache-2.0
// Accounts: of a type that suits the role. Deferred revenue on an income account is a mistake whatever its number.
#include <algorithm>
#include <array>

#include "compiler/verify/account_uses.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

struct Hint {
  std::string_view word;  // stands in the role's name between its ends and underscores
  AccountType type;
};

// The first that fits decides, so that `deferred_revenue` is a liability and `tax_receivable` an asset.
constexpr std::array kHints = {
    Hint{"receivable", AccountType::asset},     Hint{"unbilled", AccountType::asset},
    Hint{"contract_asset", AccountType::asset}, Hint{"due_from", AccountType::asset},
    Hint{"deferred_cost", AccountType::asset},  Hint{"deferred", AccountType::liability},
    Hint{"unapplied", AccountType::liability},  Hint{"payable", AccountType::liability},
    Hint{"output_tax", AccountType::liability}, Hint{"liability", AccountType::liability},
    Hint{"due_to", AccountType::liability},     Hint{"unearned", AccountType::liability},
    Hint{"fx_gain", AccountType::income},       Hint{"fx_loss", AccountType::expense},
    Hint{"expense", AccountType::expense},      Hint{"fees", AccountType::expense},
    Hint{"cost", AccountType::expense},         Hint{"bad_debt", AccountType::expense},
    Hint{"revenue", AccountType::income},       Hint{"income", AccountType::income},
    Hint{"cash", AccountType::asset},           Hint{"bank", AccountType::asset},
};

bool has_word(std::string_view name, std::string_view word) {
  for (std::size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const bool starts = at == 0 || name[at - 1] == '_' || name[at - 1] == '-';
    const std::size_t end = at + word.size();
    if (starts && (end == name.size() || name[end] == '_' || name[end] == '-')) return true;
  }
  return false;
}

const Hint* hint_for(std::string_view role) {
  for (const Hint& hint : kHints)
    // `cash` alone is money; `cash_discount` is not.
    if (hint.word == "cash" ? role == hint.word : has_word(role, hint.word)) return &hint;
  return nullptr;
}

class TypeCheck {
 public:
  TypeCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {
    for (const rules::Role& role : book.roles) hints_.push_back(hint_for(role.name));
  }
  std::size_t checked = 0;

  void check(const AccountUse& use) {
    const Hint* hint = hints_[use.role];
    if (hint == nullptr || use.account == nullptr) return;
    ++checked;
    // Contra accounts stand on the other side of their own kind, so only the kind is held against the role.
    if (use.account->type == hint->type) return;
    const rules::Role& role = book_.roles[use.role];
    const std::string& entity = book_.catalog.entities[use.entity].code;
    Diagnostic found{.code = ErrorCode::AccountTypeMismatch,
                     .primary = place(use.row == nullptr ? role.where : use.row->where)};
    found.message = "account " + tick(use.code) + " of " + entity + " (" + use.account->name + ") is " +
                    article(use.account->type) + " account; role " + tick(role.name) + " asks for " +
                    article(hint->type) + " account";
    found.help = "name another account, or correct the account's type in the chart if the ERP has it so";
    found.fingerprint = "account-type/" + role.name + "/" + entity + "/" + use.code;
    findings_.add(std::move(found));
  }

  /// Roles whose names say nothing of a type.
  std::vector<std::string> unknown() const {
    std::vector<std::string> names;
    for (std::size_t r = 0; r < hints_.size(); ++r)
      if (hints_[r] == nullptr) names.push_back(book_.roles[r].name);
    return names;
  }

 private:
  static std::string article(AccountType type) {
    const std::string text(to_text(type));
    return (std::string_view("aeio").find(text.front()) != std::string_view::npos ? "an " : "a ") + text;
  }
  const rules::RuleBook& book_;
  Findings& findings_;
  std::vector<const Hint*> hints_;  // by role
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
