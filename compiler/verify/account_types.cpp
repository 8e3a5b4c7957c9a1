// SPDX-License-Identifier: Apache-2.0
// Accounts: of a type that suits the role. Deferred revenue on an income account is a mistake whatever its number.
#include <algorithm>
#include <array>

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
  TypeCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {}
  std::size_t checked = 0;

  void check(const rules::Role& role, const LegalEntity& entity, const std::string& code, const SourceRef& where) {
    const Hint* hint = hint_for(role.name);
    const Account* account = entity.find_account(code);
    if (hint == nullptr || account == nullptr) return;
    ++checked;
    // Contra accounts stand on the other side of their own kind, so only the kind is held against the role.
    if (account->type == hint->type) return;
    Diagnostic found{.code = ErrorCode::AccountTypeMismatch, .primary = place(where)};
    found.message = "account " + tick(code) + " of " + entity.code + " (" + account->name + ") is " +
                    article(account->type) + " account; role " + tick(role.name) + " asks for " + article(hint->type) +
                    " account";
    found.help = "name another account, or correct the account's type in the chart if the ERP has it so";
    found.fingerprint = "account-type/" + role.name + "/" + entity.code + "/" + code;
    findings_.add(std::move(found));
  }

  void check_table(const rules::Role& role, std::uint32_t role_index, std::uint32_t entity, const rules::Table& table) {
    for (const rules::TableRow& row : table.rows) {
      bool fits = !row.impossible;
      for (std::size_t c = 0; c < table.columns.size() && fits; ++c) {
        if (table.columns[c].domain.kind == rules::Domain::Kind::role) fits = row.cells[c].contains(role_index);
        if (table.columns[c].domain.kind == rules::Domain::Kind::entity) fits = fits && row.cells[c].contains(entity);
      }
      if (!fits) continue;
      for (std::size_t a = 0; a < table.answers.size(); ++a)
        if (table.answers[a].kind == rules::AnswerColumn::Kind::account && !row.answers[a].no_line)
          check(role, book_.catalog.entities[entity], row.answers[a].account, row.where);
    }
  }

 private:
  static std::string article(AccountType type) {
    const std::string text(to_text(type));
    return (std::string_view("aeio").find(text.front()) != std::string_view::npos ? "an " : "a ") + text;
  }
  const rules::RuleBook& book_;
  Findings& findings_;
};

}  // namespace

void check_account_types(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "accounts");
  TypeCheck types(book, findings);
  for (std::uint32_t r = 0; r < book.roles.size(); ++r)
    for (std::uint32_t e = 0; e < book.catalog.entities.size(); ++e) {
      const rules::RoleAccount& account = book.roles[r].by_entity[e];
      if (account.kind == rules::RoleAccount::Kind::fixed)
        types.check(book.roles[r], book.catalog.entities[e], account.account, book.roles[r].where);
      if (account.kind == rules::RoleAccount::Kind::table)
        types.check_table(book.roles[r], r, e, book.tables[account.table]);
    }
  std::vector<std::string> unknown;
  for (const rules::Role& role : book.roles)
    if (hint_for(role.name) == nullptr) unknown.push_back(role.name);
  const std::string unchecked = unknown.empty() ? "" : "; any type is taken for " + all_of(unknown);
  if (findings.empty()) proofs.results["account types suit their roles"] = counted(types.checked, "use") + unchecked;
}

}  // namespace glmap::verify
