// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal_export.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace glmap {
namespace {

const LegalEntity* find_entity(const std::vector<LegalEntity>& entities, std::string_view code) {
  for (const LegalEntity& entity : entities)
    if (entity.code == code) return &entity;
  return nullptr;
}

std::string title_of(AccountType type) {
  std::string text(to_text(type));
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

/// hledger ends an account name at two blanks and reads `;` as a comment and `:` as a level.
std::string plain_words(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool breaks = c == ';' || c == ':' || c == '\t' || c == '\n' || c == '\r';
    if ((breaks || c == ' ') && (words.empty() || words.back() == ' ')) continue;
    words += breaks ? ' ' : c;
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

std::string hledger_account(std::string_view entity, const Account& account) {
  return std::string(entity) + ":" + title_of(account.type) + ":" + plain_words(account.code + " " + account.name);
}

std::string hledger_account(const std::vector<LegalEntity>& entities, std::string_view entity, std::string_view code) {
  const LegalEntity* found = find_entity(entities, entity);
  const Account* account = found == nullptr ? nullptr : found->find_account(code);
  if (account == nullptr) return std::string(entity) + ":Unknown:" + plain_words(code);
  return hledger_account(entity, *account);
}

/// beancount: Type:Entity:Acode, each part starts with a capital or digit and holds letters, digits and dashes.
std::string beancount_account(std::string_view entity, const Account& account) {
  static const std::map<AccountType, std::string> roots = {{AccountType::asset, "Assets"},
                                                           {AccountType::liability, "Liabilities"},
                                                           {AccountType::equity, "Equity"},
                                                           {AccountType::income, "Income"},
                                                           {AccountType::expense, "Expenses"}};
  std::string code = "A";
  for (const char c : account.code) code += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return roots.at(account.type) + ":" + std::string(entity) + ":" + code;
}

/// Debit positive, as ledgers write it that know one signed column.
std::string signed_text(const JournalEntryDraft& entry, Side side, const Money& amount) {
  const Money towards = booked(entry, amount);
  return (side == Side::credit ? towards.negated() : towards).amount_text();
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + "\"";
}

std::string dimensions_text(const std::vector<Dimension>& dimensions, std::string_view between) {
  std::string text;
  for (const Dimension& dimension : dimensions)
    text += (text.empty() ? "" : std::string(between)) + dimension.name + "=" + dimension.value;
  return text;
}

std::string pad_right(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
std::string pad_left(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

}  // namespace

std::string hledger_preamble(const std::vector<LegalEntity>& entities) {
  std::string text = "decimal-mark .\n\n";
  for (const Currency& currency : Currency::all()) {
    const Money sample = Money::zero(currency);
    text += "commodity 1" + (currency.digits() == 0 ? "." : sample.amount_text().substr(1)) + " " +
            std::string(currency.code()) + "\n";
  }
  text += "\n";
  for (const LegalEntity& entity : entities)
    for (const Account& account : entity.accounts) text += "account " + hledger_account(entity.code, account) + "\n";
  return text + "\n";
}

std::string hledger_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities) {
  const JournalEntryDraft& data = entry.data();
  std::string text = data.posting_date.to_text() + " * (" + entry.key().reference() + ") " +
                     plain_words(data.description) + "  ; journal:" + plain_words(data.journal) +
                     ", ledger:" + data.ledger + (data.reverses.empty() ? "" : ", reverses:" + data.reverses) +
                     (data.group.empty() ? "" : ", group:" + data.group) + "\n";
  for (const JournalLine& line : data.lines) {
    text += "    " + hledger_account(entities, data.entity, line.account) + "  ";
    if (data.currency == data.functional || line.transaction.is_zero()) {
      text += signed_text(data, line.side, line.functional) + " " + std::string(data.functional.code());
    } else {
      text += signed_text(data, line.side, line.transaction) + " " + std::string(data.currency.code()) + " @@ " +
              line.functional.amount_text() + " " + std::string(data.functional.code());
    }
    std::string tags = "  ; role:" + line.role;
    for (const Dimension& dimension : line.dimensions)
      tags += ", " + dimension.name + ":" + plain_words(dimension.value);
    text += tags + "\n";
  }
  return text + "\n";
}

std::string beancount_preamble(const std::vector<LegalEntity>& entities, Date open_on) {
  std::string text;
  std::set<std::string> opened;  // two charts may share an account
  for (const LegalEntity& entity : entities)
    for (const Account& account : entity.accounts) {
      const std::string name = beancount_account(entity.code, account);
      if (opened.insert(name).second) text += open_on.to_text() + " open " + name + "\n";
    }
  return text + "\n";
}

std::string beancount_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities) {
  const JournalEntryDraft& data = entry.data();
  std::string text = data.posting_date.to_text() + " * " + quoted(data.description) + " ^" + entry.key().reference() +
                     (data.reverses.empty() ? "" : " ^" + data.reverses) +
                     (data.group.empty() ? "" : " ^" + data.group) + "\n  journal: " + quoted(data.journal) + "\n";
  const LegalEntity* entity = find_entity(entities, data.entity);
  GLMAP_ASSERT(entity != nullptr);
  for (const JournalLine& line : data.lines) {
    const Account* account = entity->find_account(line.account);
    GLMAP_ASSERT(account != nullptr);
    text += "  " + beancount_account(data.entity, *account) + "  ";
    if (data.currency == data.functional || line.transaction.is_zero())
      text += signed_text(data, line.side, line.functional) + " " + std::string(data.functional.code());
    else
      text += signed_text(data, line.side, line.transaction) + " " + std::string(data.currency.code()) + " @@ " +
              line.functional.amount_text() + " " + std::string(data.functional.code());
    text += "\n    role: " + quoted(line.role) + "\n";
  }
  return text + "\n";
}

std::string plain_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities) {
  const JournalEntryDraft& data = entry.data();
  const LegalEntity* entity = find_entity(entities, data.entity);
  std::string text = data.entity + "  " + data.journal + "  " + data.posting_date.to_text() + "  " + data.description +
                     "  (" + std::string(data.functional.code()) +
                     (data.ledger == "accrual" ? "" : ", ledger " + data.ledger) + ", reference " +
                     entry.key().reference() + (data.reverses.empty() ? "" : ", reverses " + data.reverses) +
                     (data.group.empty() ? "" : ", group " + data.group) + ")\n";
  std::size_t name_width = 0;
  std::size_t amount_width = 0;
  std::vector<std::string> names;
  for (const JournalLine& line : data.lines) {
    const Account* account = entity == nullptr ? nullptr : entity->find_account(line.account);
    names.push_back(line.account + " " + (account == nullptr ? line.role : account->name));
    name_width = std::max(name_width, names.back().size() + (line.side == Side::credit ? 4 : 0));
    amount_width = std::max(amount_width, booked(data, line.functional).amount_text().size());
  }
  for (std::size_t i = 0; i < data.lines.size(); ++i) {
    const JournalLine& line = data.lines[i];
    const bool debit = line.side == Side::debit;
    text += "  " + std::string(debit ? "Dr  " : "Cr  ") + pad_right((debit ? "" : "    ") + names[i], name_width);
    const std::string amount = booked(data, line.functional).amount_text();
    text += "  " + pad_left(debit ? amount : "", amount_width) + "  " + pad_left(debit ? "" : amount, amount_width);
    if (data.currency != data.functional)
      text += "  " + pad_left(booked(data, line.transaction).to_text(), amount_width + 4);
    const std::string dimensions = dimensions_text(line.dimensions, " ");
    text += (dimensions.empty() ? "" : "  " + dimensions) + "\n";
  }
  return text;
}

}  // namespace glmap
