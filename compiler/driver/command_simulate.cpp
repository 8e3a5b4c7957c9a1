// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <functional>
#include <map>
#include <unordered_map>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/loaded_book.hpp"
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

  void run(const FileEvent& event) {
    ++tally_.events;
    if (!event.json) return unreadable(event, event.json.error());
    auto identity = read_identity(*event.json);
    if (!identity) return unreadable(event, identity.error());
    const std::string key = identity->source + '\n' + identity->id + '\n' + identity->revision;
    auto [known, added] = seen_.try_emplace(key, identity->content_digest);
    if (!added) {
      const bool same = known->second == identity->content_digest;
      ++(same ? tally_.duplicate : tally_.conflict);
      return note(identity->id, same ? "duplicate" : "conflict",
                  same ? "seen before, nothing posted again" : "the same id with other content, nothing posted");
    }
    auto decoded = decode_event(evaluator_.book().catalog, *event.json);
    if (!decoded) return held(identity->id, decoded.error());
    rules::Decision decision = evaluator_.decide(*decoded);
    if (const auto* reason = std::get_if<rules::Held>(&decision)) return held(identity->id, reason->reason);
    if (const auto* nothing = std::get_if<rules::NoEntry>(&decision)) {
      ++tally_.no_entry;
      return note(identity->id, "no entry", nothing->because);
    }
    ++tally_.with_entries;
    for (const JournalEntry& entry : std::get<std::vector<JournalEntry>>(decision)) write(entry);
  }

  const Tally& tally() const { return tally_; }

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
  void unreadable(const FileEvent& event, Error error) {
    ++tally_.unreadable;
    error.where.file = event.where.file;
    error.where.line = event.where.line;
    error.where.column = 1;
    std::fprintf(stderr, "%s\n", error.to_text().c_str());
  }

  const rules::Evaluator& evaluator_;
  const std::string& format_;
  Output output_;
  std::unordered_map<std::string, std::string> seen_;  // identity -> content digest
  Tally tally_;
};

}  // namespace

int run_simulate(const SimulateOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  Simulation simulation(*evaluator, options.format);
  for (const std::string& path : options.events) {
    auto events = read_event_file(path);
    if (!events) {
      std::fprintf(stderr, "glmapc: %s\n", events.error().to_text().c_str());
      return kNoInput;
    }
    for (const FileEvent& event : *events) simulation.run(event);
  }
  const Tally& tally = simulation.tally();
  std::fprintf(stderr,
               "%zu events: %zu with entries (%zu entries), %zu no entry, %zu held, %zu duplicate, %zu conflict, %zu "
               "unreadable\n",
               tally.events, tally.with_entries, tally.entries, tally.no_entry, tally.held, tally.duplicate,
               tally.conflict, tally.unreadable);
  return options.strict && tally.held + tally.conflict + tally.unreadable != 0 ? kFindings : kGood;
}

}  // namespace glmap::driver
