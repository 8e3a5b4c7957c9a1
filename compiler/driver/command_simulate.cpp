// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/loaded_book.hpp"
#include "compiler/driver/rate_file.hpp"
#include "compiler/driver/seen_events.hpp"
#include "compiler/driver/simulation_report.hpp"
#include "compiler/runtime/accounting/event_reader.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/runtime/rules/book_run.hpp"

namespace glmap::driver {
namespace {

/// Collects output and writes it in large pieces; a million entries are no place for a write each.
class Output {
 public:
  void add(const std::string& text) { this->text() += text; }
  /// To append to.
  std::string& text() {
    if (buffer_.size() > (std::size_t{256} << 10)) flush();
    return buffer_;
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
  Simulation(const rules::Evaluator& evaluator, const std::string& format, SimulationReport* report)
      : evaluator_(evaluator), format_(format), report_(report), reader_(evaluator.book().catalog) {
    if (evaluator_.book().keeps_state()) run_.emplace(evaluator_);
    const auto& entities = evaluator_.book().catalog.entities;
    if (format_ == "csv") output_.add(csv_header());
    if (format_ == "hledger") output_.add(hledger_preamble(entities));
    if (format_ == "beancount") output_.add(beancount_preamble(entities, Date::from_days(0)));
  }

  void run(EventFile& file) {
    ++tally_.events;
    JsonMark content;
    if (!file.text().empty() && reader_.read(file.text(), event_, content)) {
      const SeenEvents::Key key = seen_.key(event_.source, event_.id, event_.revision);
      // A book without state decides the same whatever has been seen: meanwhile the key's place is fetched.
      const rules::Decision* decision = run_ ? nullptr : &evaluator_.decide(event_, workspace_);
      const SeenEvents::Answer seen = seen_.add(key, content);
      if (seen != SeenEvents::Answer::added) return seen_before(seen, identity_of(event_));
      return decision ? settle(*decision) : take();
    }
    if (!file.event()) return unreadable(file, file.event().error());
    EventIdentity identity;
    if (auto status = read_envelope(*file.event(), identity); !status)
      return unreadable(file, std::move(status.error()));
    const SeenEvents::Answer seen =
        seen_.add(seen_.key(identity.source, identity.id, identity.revision), content_mark(*file.event()));
    if (seen != SeenEvents::Answer::added) return seen_before(seen, identity);
    if (auto status = decode_event(evaluator_.book().catalog, *file.event(), identity, event_); !status)
      return held("event", identity, status.error());
    reader_.learn(*file.event());
    return run_ ? take() : settle(evaluator_.decide(event_, workspace_));
  }

  void publish(const std::vector<rules::PublishedRate>& rates) {
    if (!run_) return;
    for (const rules::PublishedRate& rate : rates) run_->publish(rate);
  }
  void through(Date day) {
    if (!run_) return;
    for (const rules::Step& step : run_->through(day)) settle(step);
  }
  /// What the end finds: events that still wait. Entries stand above the count, also where both go to one terminal.
  void finish() {
    output_.flush();
    std::fflush(stdout);
    if (!run_) return;
    tally_.waiting = run_->state().waiting().size();
    for (const auto& [number, waiting] : run_->state().waiting())
      std::fprintf(stderr, "%s: still waiting\n", waiting.event->id.c_str());
  }

  const Tally& tally() const { return tally_; }
  bool keeps_state() const { return run_.has_value(); }

 private:
  static std::string_view cause_text(rules::Step::Cause cause) {
    using Cause = rules::Step::Cause;
    return cause == Cause::event      ? "event"
           : cause == Cause::released ? "released"
           : cause == Cause::expired  ? "expired"
           : cause == Cause::schedule ? "schedule"
                                      : "missed";
  }

  void seen_before(SeenEvents::Answer answer, const EventIdentity& event) {
    if (answer == SeenEvents::Answer::same) {
      ++tally_.duplicate;
      return note({"event", "duplicate", event, {}, "seen before, nothing posted again"});
    }
    ++tally_.conflict;
    note({"event", "conflict", event, code_text(ErrorCode::Conflict),
          "GLM-6011: the same id with other content, nothing posted"});
  }

  /// The event in event_, by a book that keeps state.
  void take() {
    for (const rules::Step& step : run_->take(std::make_shared<const BillingEvent>(std::move(event_)))) settle(step);
  }
  /// The event in event_, by one that does not.
  void settle(const rules::Decision& decision) {
    if (const auto* entries = std::get_if<std::vector<JournalEntry>>(&decision))
      posted("event", event_, *entries);
    else if (const auto* reason = std::get_if<rules::Held>(&decision))
      held("event", identity_of(event_), reason->reason);
    else
      no_entry("event", identity_of(event_), std::get<rules::NoEntry>(decision));
  }

  EventIdentity identity_of(const BillingEvent& event) const {
    return {event.source, event.id, event.revision, evaluator_.book().catalog.types[event.type].name, {}};
  }

  void settle(const rules::Step& step) {
    const std::string_view cause = cause_text(step.cause);
    const EventIdentity event = identity_of(*step.event);
    // A schedule and a missed event are no events of their own: what is wrong with them is an exception.
    const bool by_itself = step.cause == rules::Step::Cause::schedule || step.cause == rules::Step::Cause::missed;
    if (const auto* entries = std::get_if<std::vector<JournalEntry>>(&step.outcome)) {
      if (!by_itself) return posted(cause, *step.event, *entries);
      tally_.scheduled += entries->size();
      return write(cause, *step.event, *entries);
    }
    if (const auto* reason = std::get_if<rules::Held>(&step.outcome)) {
      if (!by_itself) return held(cause, event, reason->reason);
      ++tally_.exceptions;
      return note({cause, "exception", event, code_text(reason->reason.code), reason->reason.to_text()});
    }
    if (const auto* waiting = std::get_if<rules::Waiting>(&step.outcome))
      return note(
          {cause,
           "waiting",
           event,
           {},
           "for " + waiting->missing + " until " + waiting->until.to_text() + ", then held for " + waiting->owner});
    no_entry(cause, event, std::get<rules::NoEntry>(step.outcome));
  }

  void posted(std::string_view cause, const BillingEvent& event, const std::vector<JournalEntry>& entries) {
    ++tally_.with_entries;
    tally_.entries += entries.size();
    write(cause, event, entries);
  }
  void write(std::string_view cause, const BillingEvent& event, const std::vector<JournalEntry>& entries) {
    for (const JournalEntry& entry : entries) write(entry);
    if (report_ != nullptr) report_->add({cause, "entries", identity_of(event), {}, {}, &entries});
  }
  void write(const JournalEntry& entry) {
    const auto& entities = evaluator_.book().catalog.entities;
    if (format_ == "json")
      output_.add(canonical_json(entry.to_json()) + "\n");
    else if (format_ == "csv")
      append_csv_entry(output_.text(), entry);
    else if (format_ == "hledger")
      output_.add(hledger_entry(entry, entities));
    else if (format_ == "beancount")
      output_.add(beancount_entry(entry, entities));
    else
      output_.add(plain_entry(entry, entities) + "\n");
  }
  void no_entry(std::string_view cause, const EventIdentity& event, const rules::NoEntry& nothing) {
    ++tally_.no_entry;
    note({cause, "no entry", event, {}, nothing.because});
  }
  void held(std::string_view cause, const EventIdentity& event, const Error& reason) {
    ++tally_.held;
    note({cause, "held", event, code_text(reason.code), reason.to_text()});
  }
  void note(const Happening& happening) {
    std::fprintf(stderr, "%s: %.*s: %s\n", happening.event.id.c_str(), static_cast<int>(happening.outcome.size()),
                 happening.outcome.data(), happening.reason.c_str());
    if (report_ != nullptr) report_->add(happening);
  }
  void unreadable(EventFile& file, Error error) {
    ++tally_.unreadable;
    const SourceRef where = file.where();
    error.where.file = where.file;
    error.where.line = where.line;
    error.where.column = where.column;
    std::fprintf(stderr, "%s\n", error.to_text().c_str());
    if (report_ != nullptr) report_->add({"event", "unreadable", {}, code_text(error.code), error.to_text()});
  }

  const rules::Evaluator& evaluator_;
  const std::string& format_;
  SimulationReport* report_;
  std::optional<rules::BookRun> run_;  // of a book that keeps state
  Output output_;
  SeenEvents seen_;
  EventReader reader_;
  BillingEvent event_;  // in hand; its memory is used again
  rules::Evaluator::Workspace workspace_;
  Tally tally_;
};

int stop(const Error& error) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  return kNoInput;
}

void print_tally(const Simulation& simulation) {
  const Tally& tally = simulation.tally();
  std::fprintf(stderr,
               "%zu events: %zu with entries (%zu entries), %zu no entry, %zu held, %zu duplicate, %zu conflict, %zu "
               "unreadable",
               tally.events, tally.with_entries, tally.entries, tally.no_entry, tally.held, tally.duplicate,
               tally.conflict, tally.unreadable);
  if (simulation.keeps_state())
    std::fprintf(stderr, ", %zu waiting; %zu entries of schedules, %zu exceptions", tally.waiting, tally.scheduled,
                 tally.exceptions);
  std::fprintf(stderr, "\n");
}

}  // namespace

int run_simulate(const SimulateOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  std::optional<SimulationReport> report;
  if (!options.report.empty()) {
    auto opened = SimulationReport::open(options.report, evaluator->digest());
    if (!opened) return stop(opened.error());
    report.emplace(std::move(*opened));
  }
  Simulation simulation(*evaluator, options.format, report ? &*report : nullptr);
  if (!options.rates.empty()) {
    const auto rates = read_rate_file(options.rates);
    if (!rates) return stop(rates.error());
    simulation.publish(*rates);
  }
  for (const std::string& path : options.events) {
    auto file = EventFile::open(path);
    Result<bool> more = file ? file->next() : std::unexpected(file.error());
    for (; more && *more; more = file->next()) simulation.run(*file);
    if (!more) return stop(more.error());
  }
  if (options.through) simulation.through(*options.through);
  simulation.finish();
  print_tally(simulation);
  const Tally& tally = simulation.tally();
  if (report)
    if (const auto written = report->finish(tally); !written) return stop(written.error());
  const std::size_t open = tally.held + tally.conflict + tally.unreadable + tally.waiting + tally.exceptions;
  return options.strict && open != 0 ? kFindings : kGood;
}

}  // namespace glmap::driver
