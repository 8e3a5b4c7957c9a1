// SPDX-License-Identifier: Apache-2.0
// Plain-text accounting: hledger and beancount. Both want every account declared, so a file includes declarations that
// grow with the book.
#include <cctype>
#include <map>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/format.hpp"
#include "gateway/connectors/file/hledger_reader.hpp"

namespace glmap::gateway::connectors::file {

namespace {

/// beancount keeps letters, digits and dashes of a code: two accounts that come out alike would be one.
Status check_beancount_names(const LegalEntity& entity, const FormatSettings& settings) {
  if (entity.code.empty() || std::isupper(static_cast<unsigned char>(entity.code.front())) == 0 ||
      entity.code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") !=
          std::string::npos) {
    return fail(ErrorCode::BadConfiguration, settings.place() + ": beancount has no account names with the entity `" +
                                                 entity.code + "` in them, it takes A-Z, a-z, 0-9 and dashes");
  }
  std::map<std::string, std::string> known;
  for (const Account& account : entity.accounts) {
    std::string plain;
    for (const char c : account.code) plain += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
    const auto [there, added] = known.emplace(plain, account.code);
    if (!added) {
      return fail(ErrorCode::BadConfiguration, settings.place() + ": to beancount the accounts `" + there->second +
                                                   "` and `" + account.code + "` are one");
    }
  }
  return {};
}

Result<std::string> beancount_lines(const LegalEntity& entity, const JournalEntry& entry) {
  for (std::size_t i = 0; i < entry.lines().size(); ++i) {
    const JournalLine& line = entry.lines()[i];
    if (entity.find_account(line.account) == nullptr) {
      return fail(ErrorCode::ErpRefused, line_place(i) + ": account `" + line.account +
                                             "` is not in the chart, so beancount has no type for it");
    }
  }
  return beancount_entry(entry, {entity});
}

}  // namespace

Result<Format> make_hledger(const LegalEntity& entity, const FormatSettings&) {
  Format out;
  out.name = "hledger";
  out.file_of = [](const JournalEntry&) { return "entries.journal"; };
  out.head = [](const JournalEntry&, Instant) { return "include preamble.journal\n\n"; };
  out.lines = [entity](const JournalEntry& entry, const Stamp&) -> Result<std::string> {
    return hledger_entry(entry, {entity});
  };
  out.declarations_file = "preamble.journal";
  out.declarations = hledger_preamble({entity});
  out.needs = [](std::string_view lines) {
    std::vector<std::string> needed;
    for (const std::string& name : hledger_account_names(lines)) needed.push_back("account " + name);
    return needed;
  };
  out.stays = [](std::string_view line) { return line.starts_with("account "); };
  out.read = read_hledger_entry;
  return out;
}

Result<Format> make_beancount(const LegalEntity& entity, const FormatSettings& settings) {
  GLMAP_CHECK(check_beancount_names(entity, settings));
  Format out;
  out.name = "beancount";
  out.file_of = [](const JournalEntry&) { return "entries.beancount"; };
  out.head = [](const JournalEntry&, Instant) { return "include \"accounts.beancount\"\n\n"; };
  out.lines = [entity](const JournalEntry& entry, const Stamp&) { return beancount_lines(entity, entry); };
  out.declarations_file = "accounts.beancount";
  out.declarations = "option \"operating_currency\" \"" + std::string(entity.functional.code()) + "\"\n" +
                     beancount_preamble({entity}, Date::from_days(0));
  out.stays = [](std::string_view line) { return line.find(" open ") == 10; };
  return out;
}

}  // namespace glmap::gateway::connectors::file
