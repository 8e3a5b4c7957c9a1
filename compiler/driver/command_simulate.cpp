// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/loaded_book.hpp"
#include "compiler/driver/seen_events.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::driver {
namespace {

/// Counts by what became of the events, as the gateway's statement does.
struct Tally {
  std::size_t events = 0, with_entries = 0, no_entry = 0, held = 0, duplicate = 0, conflict = 0, unreadable = 0;
  std::size_t entries = 0;
};

/// Collects output and writes it in large pieces; a million entries are no place for a write each.
class Output {
 public:
  void add(const std::string& text) {
    buffer_ += text;
    if (buffer_.size() > (std::size_t{1} << 20)) flush();
  }
  void flush() {
    std::fwrite(buffer_.data(), 1, buffer_.size(), stdout);
    buffer_.clear();
  }
  ~Output() { flush(); }

 private:
  std::string buffer_;
};

class Simulation {
 public:
  Simulation(const rules::Evaluator& evaluator, const std::string& format) : evaluator_(evaluator), format_(format) {
    const auto& entities = evaluator_.book().catalog.entities;
    if (format_ == "csv") output_.add(csv_header());
    if (format_ == "hledger") output_.add(hledger_preamble(entities));
    if (format_ == "beancount") output_.add(beancount_preamble(entities, Date::from_days(0)));
  }

  void run(const EventFile& file) {
    ++tally_.events;
    if (!file.event()) return unreadable(file, file.event().error());
    if (auto status = read_envelope(*file.event(), identity_); !status)
      return unreadable(file, std::move(status.error()));
    switch (seen_.add(identity_, content_mark(*file.event()))) {
      case SeenEvents::Answer::same:
        ++tally_.duplicate;
        return note(identity_.id, "duplicate", "seen before, nothing posted again");
      case SeenEvents::Answer::conflict:
        ++tally_.conflict;
        return note(identity_.id, "conflict", "GLM-6011: the same id with other content, nothing posted");
      case SeenEvents::Answer::added:
        break;
    }
    if (auto status = decode_event(evaluator_.book().catalog, *file.event(), identity_, event_); !status)
      return held(identity_.id, status.error());
    rules::Decision decision = evaluator_.decide(event_);
    if (const auto* reason = std::get_if<rules::Held>(&decision)) return held(identity_.id, reason->reason);
    if (const auto* nothing = std::get_if<rules::NoEntry>(&decision)) {
      ++tally_.no_entry;
      return note(identity_.id, "no entry", nothing->because);
    }
    ++tally_.with_entries;
    for (const JournalEntry& entry : std::get<std::vector<JournalEntry>>(decision)) write(entry);
  }

  /// Entries stand above their count, also where both go to one terminal.
  const Tally& finish() {
    output_.flush();
    std::fflush(stdout);
    return tally_;
  }

 private:
  void write(const JournalEntry& entry) {
    ++tally_.entries;
    const auto& entities = evaluator_.book().catalog.entities;
    if (format_ == "json")
      output_.add(canonical_json(entry.to_json()) + "\n");
    else if (format_ == "csv")
      output_.add(csv_entry(entry));
    else if (format_ == "hledger")
      output_.add(hledger_entry(entry, entities));
    else if (format_ == "beancount")
      output_.add(beancount_entry(entry, entities));
    else
      output_.add(plain_entry(entry, entities) + "\n");
  }
  void note(const std::string& id, const char* state, const std::string& text) {
    std::fprintf(stderr, "%s: %s: %s\n", id.c_str(), state, text.c_str());
  }
  void held(const std::string& id, const Error& reason) {
    ++tally_.held;
    note(id, "held", reason.to_text());
  }
  void unreadable(const EventFile& file, Error error) {
    ++tally_.unreadable;
    const SourceRef where = file.where();
    error.where.file = where.file;
    error.where.line = where.line;
    error.where.column = where.column;
    std::fprintf(stderr, "%s\n", error.to_text().c_str());
  }

  const rules::Evaluator& evaluator_;
  const std::string& format_;
  Output output_;
  SeenEvents seen_;
  EventIdentity identity_;  // of the event in hand, as event_; their memory is used again
  BillingEvent event_;
  Tally tally_;
};

}  // namespace

int run_simulate(const SimulateOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  Simulation simulation(*evaluator, options.format);
  for (const std::string& path : options.events) {
    auto file = EventFile::open(path);
    Result<bool> more = file ? file->next() : std::unexpected(file.error());
    for (; more && *more; more = file->next()) simulation.run(*file);
    if (!more) {
      std::fprintf(stderr, "glmapc: %s\n", more.error().to_text().c_str());
      return kNoInput;
    }
  }
  const Tally& tally = simulation.finish();
  std::fprintf(stderr,
               "%zu events: %zu with entries (%zu entries), %zu no entry, %zu held, %zu duplicate, %zu conflict, %zu "
               "unreadable\n",
               tally.events, tally.with_entries, tally.entries, tally.no_entry, tally.held, tally.duplicate,
               tally.conflict, tally.unreadable);
  return options.strict && tally.held + tally.conflict + tally.unreadable != 0 ? kFindings : kGood;
}

}  // namespace glmap::driver
