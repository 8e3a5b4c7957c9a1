// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/role_words.hpp"

#include <algorithm>
#include <array>

namespace glmap::resolve {
namespace {

struct Hint {
  std::string_view word;
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

}  // namespace

bool has_word(std::string_view name, std::string_view word) {
  const auto ends = [&](std::size_t at) { return at == name.size() || name[at] == '_' || name[at] == '-'; };
  for (std::size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const bool starts = at == 0 || name[at - 1] == '_' || name[at - 1] == '-';
    const std::size_t end = at + word.size();
    if (starts && (ends(end) || (name[end] == 's' && ends(end + 1)))) return true;
  }
  return false;
}

std::optional<AccountType> account_type_of_role(std::string_view role) {
  const auto says = [&](const Hint& hint) {
    // `cash` alone is money; `cash_discount` is not.
    return hint.word == "cash" ? role == hint.word : has_word(role, hint.word);
  };
  const auto hint = std::find_if(kHints.begin(), kHints.end(), says);
  return hint == kHints.end() ? std::nullopt : std::optional(hint->type);
}

}  // namespace glmap::resolve
