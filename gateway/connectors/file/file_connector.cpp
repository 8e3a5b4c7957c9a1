// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/file_connector.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/entry_file.hpp"
#include "gateway/connectors/file/hledger_reader.hpp"

namespace glmap::gateway::connectors::file {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Posted;
using delivery::Refused;
using delivery::Unclear;

/// The open files of one legal entity.
struct EntityFolder {
  std::string path;
  const LegalEntity* entity = nullptr;
  std::optional<EntryFile> journal;
  std::optional<EntryFile> csv;
  std::string preamble;
};

/// Accounts that an earlier book had stay declared, since earlier entries name them.
std::string with_declared_accounts(std::string preamble, std::string_view earlier) {
  std::set<std::string> lines;
  auto each_account = [](std::string_view text, auto&& use) {
    while (!text.empty()) {
      const std::size_t newline = std::min(text.find('\n'), text.size());
      if (text.starts_with("account ")) use(std::string(text.substr(0, newline)));
      text.remove_prefix(std::min(newline + 1, text.size()));
    }
  };
  each_account(preamble, [&](std::string line) { lines.insert(std::move(line)); });
  each_account(earlier, [&](std::string line) {
    if (lines.insert(line).second) preamble += line + "\n";
  });
  return preamble;
}

class FileConnector final : public delivery::ErpConnector {
 public:
  explicit FileConnector(FileSettings settings) : settings_(std::move(settings)) {
    capabilities_.kind = "file";
    capabilities_.reference_length_max = 255;
    capabilities_.lines_max = 1'000'000;
    capabilities_.currency_per_line = true;
    capabilities_.unique_reference = true;
    capabilities_.read_back = true;
    capabilities_.dimensions = delivery::DimensionSupport::text;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    GLMAP_TRY(folder, folder_of(entity));
    GLMAP_TRY(content, read_whole_file(folder->path + "/identity"));
    if (!content) return fail(ErrorCode::ErpWrongEntity, "folder `" + folder->path + "` does not say whose it is");
    const std::size_t newline = content->find('\n');
    const std::string currency = newline == std::string::npos ? "" : content->substr(newline + 1);
    return delivery::EntityIdentity{content->substr(0, newline), currency.substr(0, currency.find('\n'))};
  }

  Outcome submit(const JournalEntry& entry) override {
    auto folder = folder_of(entry.data().entity);
    if (!folder) return NotSent{folder.error().code, folder.error().message, std::nullopt};
    const std::string reference = entry.key().reference();
    if (may_send_ && !may_send_()) {
      return NotSent{ErrorCode::ErpUnreachable, "another gateway may work this connection now", std::nullopt};
    }
    if (settings_.hledger) {
      const std::string text = hledger_entry(entry, settings_.entities);
      if (Status declared = declare_accounts(**folder, text); !declared) {
        return NotSent{ErrorCode::ErpUnreachable, declared.error().message, std::nullopt};
      }
      if (auto failed = append(*(*folder)->journal, reference, text)) return forget(**folder, std::move(*failed));
    }
    if (settings_.csv) {
      if (auto failed = append(*(*folder)->csv, reference, csv_entry(entry)))
        return forget(**folder, std::move(*failed));
    }
    return Posted{reference, reference};
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    GLMAP_TRY(folder, folder_of(entry.data().entity));
    const std::string reference = entry.key().reference();
    // Not in every file yet: to be sent again, which adds it where it is missing.
    if (settings_.csv && folder->csv->find(reference) == nullptr) return delivery::Absent{};
    if (settings_.hledger && folder->journal->find(reference) == nullptr) return delivery::Absent{};
    if (settings_.csv) {
      const Result<std::string> text = folder->csv->read(*folder->csv->find(reference));
      if (!text) return delivery::Differs{reference, text.error().message};
      if (*text != csv_entry(entry)) return delivery::Differs{reference, "the CSV lines are not those of the entry"};
      // Byte for byte the entry's own lines, so they need no second reading.
      if (!settings_.hledger) return delivery::FoundPosted{document_of(entry)};
    }
    const Result<std::string> text = folder->journal->read(*folder->journal->find(reference));
    if (!text) return delivery::Differs{reference, text.error().message};
    auto document = read_hledger_entry(*text);
    if (!document) return delivery::Differs{reference, document.error().message};
    if (entry.data().storno) turn_sides(*document);
    return delivery::FoundPosted{std::move(*document)};
  }

  void guard_sends(std::function<bool()> may_send) override { may_send_ = std::move(may_send); }
  void pace_requests(std::function<std::optional<std::string>()>) override {}  // a folder asks for no patience
  void let_go() override { folders_.clear(); }

  Outcome complete_draft(const JournalEntry& entry, std::string_view) override { return submit(entry); }

 private:
  /// An hledger journal has one signed column: a negative debit reads as a credit.
  static void turn_sides(delivery::LedgerDocument& document) {
    for (delivery::LedgerLine& line : document.lines) {
      line.side = opposite(line.side);
      line.functional = line.functional.negated();
      if (line.transaction) line.transaction = line.transaction->negated();
    }
  }

  static delivery::LedgerDocument document_of(const JournalEntry& entry) {
    delivery::LedgerDocument out{entry.key().reference(), entry.key().reference(), entry.data().posting_date, {}};
    for (const JournalLine& line : entry.lines()) {
      out.lines.push_back(
          {line.side, line.account, booked(entry.data(), line.functional), booked(entry.data(), line.transaction)});
    }
    return out;
  }

  /// Nothing when the entry stands in the file now.
  static std::optional<Outcome> append(EntryFile& target, const std::string& reference, const std::string& text) {
    if (const IndexedEntry* there = target.find(reference)) {
      const Result<std::string> present = target.read(*there);
      if (present && *present == text) return std::nullopt;
      // It is there with other contents: a look-up says how it differs.
      return Outcome(Unclear{"the file holds another entry under the reference `" + reference + "`"});
    }
    if (Status written = target.append(reference, text); !written) return Outcome(Unclear{written.error().message});
    return std::nullopt;
  }

  /// After a failed write nothing is known of the file; the next use opens and repairs it.
  Outcome forget(const EntityFolder& folder, Outcome outcome) {
    folders_.erase(folder.entity->code);
    return outcome;
  }

  Result<EntityFolder*> folder_of(std::string_view code) {
    if (auto open = folders_.find(code); open != folders_.end()) return &open->second;
    const auto entity = std::ranges::find(settings_.entities, code, &LegalEntity::code);
    if (entity == settings_.entities.end()) {
      return fail(ErrorCode::ErpWrongEntity, "this connection serves no legal entity `" + std::string(code) + "`");
    }
    EntityFolder folder;
    folder.entity = &*entity;
    folder.path = settings_.folder + "/" + entity->code;
    GLMAP_CHECK(prepare(folder));
    return &folders_.emplace(entity->code, std::move(folder)).first->second;
  }

  Status prepare(EntityFolder& folder) const {
    std::error_code failed;
    std::filesystem::create_directories(folder.path, failed);
    if (failed) {
      return fail(ErrorCode::ErpUnreachable, "folder `" + folder.path + "` cannot be made: " + failed.message());
    }
    const std::string identity = folder.path + "/identity";
    GLMAP_TRY(known, read_whole_file(identity));
    if (!known) {
      const LegalEntity& entity = *folder.entity;
      GLMAP_CHECK(write_whole_file(identity, entity.name + "\n" + std::string(entity.functional.code()) + "\n"));
    }
    if (settings_.hledger) {
      GLMAP_TRY(earlier, read_whole_file(folder.path + "/preamble.journal"));
      folder.preamble = with_declared_accounts(hledger_preamble({*folder.entity}), earlier.value_or(""));
      GLMAP_CHECK(write_whole_file(folder.path + "/preamble.journal", folder.preamble));
      GLMAP_TRY(journal, EntryFile::open(folder.path + "/entries.journal", "include preamble.journal\n\n"));
      folder.journal = std::move(journal);
    }
    if (settings_.csv) {
      GLMAP_TRY(csv, EntryFile::open(folder.path + "/entries.csv", csv_header()));
      folder.csv = std::move(csv);
    }
    return {};
  }

  static Status declare_accounts(EntityFolder& folder, std::string_view text) {
    bool changed = false;
    for (const std::string& name : hledger_account_names(text)) {
      const std::string line = "account " + name + "\n";
      if (folder.preamble.find("\n" + line) != std::string::npos) continue;
      folder.preamble += line;
      changed = true;
    }
    if (!changed) return {};
    return write_whole_file(folder.path + "/preamble.journal", folder.preamble);
  }

  FileSettings settings_;
  std::function<bool()> may_send_;
  delivery::Capabilities capabilities_;
  std::map<std::string, EntityFolder, std::less<>> folders_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_file_connector(FileSettings settings) {
  return std::make_unique<FileConnector>(std::move(settings));
}

}  // namespace glmap::gateway::connectors::file
