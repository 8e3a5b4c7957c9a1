// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/file_connector.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/file/entry_series.hpp"

namespace glmap::gateway::connectors::file {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Posted;
using delivery::Refused;
using delivery::Unclear;

constexpr std::size_t kOpenMax = 32;  // files of one format; a day's file is seldom needed a month later

/// The open files of one format of one legal entity.
struct OpenFormat {
  const Format* format = nullptr;
  std::map<std::string, EntrySeries> files;  // by name
  std::string declarations;
};
struct OpenFolder {
  std::string path;
  const EntityFiles* files = nullptr;
  std::vector<OpenFormat> formats;
};

/// Accounts that an earlier book had stay declared, since earlier entries name them.
std::string with_earlier(const Format& format, std::string_view earlier) {
  std::string out = format.declarations;
  std::set<std::string, std::less<>> lines;
  const auto each_line = [](std::string_view text, auto&& use) {
    while (!text.empty()) {
      const std::size_t newline = std::min(text.find('\n'), text.size());
      use(text.substr(0, newline));
      text.remove_prefix(std::min(newline + 1, text.size()));
    }
  };
  each_line(out, [&](std::string_view line) { lines.emplace(line); });
  each_line(earlier, [&](std::string_view line) {
    if (format.stays(line) && lines.emplace(line).second) (out += line) += "\n";
  });
  return out;
}

class FileConnector final : public delivery::ErpConnector {
 public:
  FileConnector(FileSettings settings, std::unique_ptr<platform::Clock> clock)
      : settings_(std::move(settings)), clock_(std::move(clock)) {
    capabilities_.kind = "file";
    capabilities_.reference_length_max = 255;
    capabilities_.lines_max = 1'000'000;
    capabilities_.currency_per_line = true;
    capabilities_.unique_reference = true;
    capabilities_.read_back = true;
    capabilities_.dimensions = delivery::DimensionSupport::text;
    for (const auto& [code, files] : settings_.entities) {
      for (const Format& format : files.formats) capabilities_.currency_per_line &= format.transaction_amounts;
    }
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
    if (may_send_ && !may_send_()) {
      return NotSent{ErrorCode::ErpUnreachable, "another gateway may work this connection now", std::nullopt};
    }
    // What one format cannot carry is found before another has the entry.
    for (const OpenFormat& open : (*folder)->formats) {
      const auto lines = open.format->lines(entry, Stamp{1, entry.data().posting_date});
      if (!lines) return Refused{lines.error().code, open.format->name + ", " + lines.error().to_text()};
    }
    for (OpenFormat& open : (*folder)->formats) {
      if (auto failed = write(**folder, open, entry)) {
        folders_.erase(entry.data().entity);  // nothing is known of the file: the next use opens and repairs it
        return std::move(*failed);
      }
    }
    const std::string reference = entry.key().reference();
    return Posted{reference, reference};
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    GLMAP_TRY(folder, folder_of(entry.data().entity));
    std::optional<delivery::LedgerDocument> document;
    for (OpenFormat& open : folder->formats) {
      GLMAP_TRY(series, series_of(*folder, open, entry));
      const auto lines = series->find(entry.key().reference());
      if (!lines) return delivery::Differs{entry.key().reference(), lines.error().message};
      // Not in every file yet: to be sent again, which adds it where it is missing.
      if (!*lines) return delivery::Absent{};
      auto read = read_back(*open.format, entry, **lines);
      if (!read) return delivery::Differs{entry.key().reference(), open.format->name + ": " + read.error().message};
      // The lines that were read by themselves say more than those that were compared.
      if (!document || open.format->read) document = std::move(*read);
    }
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

  static Result<delivery::LedgerDocument> read_back(const Format& format, const JournalEntry& entry,
                                                    const std::string& lines) {
    if (format.read) {
      GLMAP_TRY(document, format.read(lines));
      if (entry.data().storno) turn_sides(document);
      return document;
    }
    const std::optional<Stamp> stamp = format.stamp_of ? format.stamp_of(lines) : Stamp{};
    if (!stamp) return fail(ErrorCode::ErpDiffers, "the entry's number or day cannot be read back");
    GLMAP_TRY(expected, format.lines(entry, *stamp));
    if (lines != expected) return fail(ErrorCode::ErpDiffers, "the lines are not those of the entry");
    return document_of(entry);
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
  std::optional<Outcome> write(const OpenFolder& folder, OpenFormat& open, const JournalEntry& entry) const {
    const Format& format = *open.format;
    const std::string reference = entry.key().reference();
    const auto series = series_of(folder, open, entry);
    if (!series) return NotSent{series.error().code, series.error().message, std::nullopt};
    const auto present = (*series)->find(reference);
    if (!present) return Unclear{present.error().message};
    if (*present) {
      if (read_back(format, entry, **present)) return std::nullopt;
      // It is there with other contents: a look-up says how it differs.
      return Unclear{"the file holds another entry under the reference `" + reference + "`"};
    }
    const std::string name = format.series_of ? format.series_of(entry) : "";
    const auto lines = format.lines(entry, {(*series)->next_number(name), today(folder.files->entity)});
    if (!lines) return Refused{lines.error().code, lines.error().message};
    if (Status declared = declare(folder, open, *lines); !declared) {
      return NotSent{ErrorCode::ErpUnreachable, declared.error().message, std::nullopt};
    }
    if (Status written = (*series)->append(reference, name, *lines); !written) return Unclear{written.error().message};
    return std::nullopt;
  }

  Date today(const LegalEntity& entity) const {
    const Instant instant{clock_->utc_micros()};
    return civil_date(instant, entity.zone).value_or(Date::parse(instant.to_text().substr(0, 10)).value());
  }

  Result<EntrySeries*> series_of(const OpenFolder& folder, OpenFormat& open, const JournalEntry& entry) const {
    const std::string name = open.format->file_of(entry);
    if (const auto there = open.files.find(name); there != open.files.end()) return &there->second;
    if (open.files.size() >= kOpenMax) open.files.clear();
    const std::string head = open.format->head(entry, Instant{clock_->utc_micros()});
    GLMAP_TRY(series, EntrySeries::open(folder.path + "/" + name, head, *open.format));
    return &open.files.emplace(name, std::move(series)).first->second;
  }

  Result<OpenFolder*> folder_of(std::string_view code) {
    if (auto open = folders_.find(code); open != folders_.end()) return &open->second;
    const auto entity = settings_.entities.find(std::string(code));
    if (entity == settings_.entities.end()) {
      return fail(ErrorCode::ErpWrongEntity, "this connection serves no legal entity `" + std::string(code) + "`");
    }
    OpenFolder folder{settings_.folder + "/" + entity->first, &entity->second, {}};
    GLMAP_CHECK(prepare(folder));
    return &folders_.emplace(entity->first, std::move(folder)).first->second;
  }

  static Status prepare(OpenFolder& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder.path, failed);
    if (failed) {
      return fail(ErrorCode::ErpUnreachable, "folder `" + folder.path + "` cannot be made: " + failed.message());
    }
    const std::string identity = folder.path + "/identity";
    GLMAP_TRY(known, read_whole_file(identity));
    if (!known) {
      const LegalEntity& entity = folder.files->entity;
      GLMAP_CHECK(write_whole_file(identity, entity.name + "\n" + std::string(entity.functional.code()) + "\n"));
    }
    for (const Format& format : folder.files->formats) {
      OpenFormat open{&format, {}, {}};
      if (!format.declarations_file.empty()) {
        const std::string path = folder.path + "/" + format.declarations_file;
        GLMAP_TRY(earlier, read_whole_file(path));
        open.declarations = with_earlier(format, earlier.value_or(""));
        GLMAP_CHECK(write_whole_file(path, open.declarations));
      }
      folder.formats.push_back(std::move(open));
    }
    return {};
  }

  static Status declare(const OpenFolder& folder, OpenFormat& open, std::string_view lines) {
    if (!open.format->needs) return {};
    bool changed = false;
    for (const std::string& needed : open.format->needs(lines)) {
      if (open.declarations.find("\n" + needed + "\n") != std::string::npos) continue;
      open.declarations += needed + "\n";
      changed = true;
    }
    if (!changed) return {};
    return write_whole_file(folder.path + "/" + open.format->declarations_file, open.declarations);
  }

  FileSettings settings_;
  std::unique_ptr<platform::Clock> clock_;
  std::function<bool()> may_send_;
  delivery::Capabilities capabilities_;
  std::map<std::string, OpenFolder, std::less<>> folders_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_file_connector(FileSettings settings,
                                                            std::unique_ptr<platform::Clock> clock) {
  return std::make_unique<FileConnector>(std::move(settings), std::move(clock));
}

}  // namespace glmap::gateway::connectors::file
