// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <mutex>

#include "gateway/store/sqlite/durable_log.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "gateway/store/sqlite/reader.hpp"
#include "gateway/store/sqlite/schema.hpp"
#include "gateway/store/sqlite/store_file.hpp"
#include "gateway/store/sqlite/writer.hpp"
#include "gateway/store/verify.hpp"

namespace glmap::gateway::store {

namespace {

/// What only a store in a real file has.
struct RealFile {
  StoreFile file;
  AcknowledgedMark mark;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteOptions options, std::optional<RealFile> real, std::unique_ptr<Writer> writer)
      : options_(std::move(options)), real_(std::move(real)), writer_(std::move(writer)) {}

  Status health() const override {
    GLMAP_CHECK(not_failed());
    return real_ ? real_->file.has_space() : Status{};
  }
  Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now,
                         const ReleaseEvidence& release) override {
    return write([&] { return writer_->activate_bundle(digest, bytes, now, release); });
  }
  Result<std::vector<HistoryRecord>> release_history() const override {
    return read([&](Reader& reader) { return reader.release_history(); });
  }
  Result<std::optional<BundleRecord>> active_bundle() const override {
    return read([&](Reader& reader) { return reader.active_bundle(); });
  }
  Result<std::optional<Sequence>> find_event(const EventKey& key) const override {
    return read([&](Reader& reader) { return reader.find_event(key); });
  }
  Result<std::vector<IntakeAnswer>> commit_intake(std::span<const NewEvent> events) override {
    if (Status room = health(); !room) return std::unexpected(std::move(room).error());
    return write([&] { return writer_->commit_intake(events); });
  }
  Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                  Instant now) override {
    return write([&] { return writer_->redecide(event, decision, by, why, now); });
  }
  Result<std::vector<IntakeAnswer>> commit_turns(const DecideTurns& decide) override {
    return write([&] { return writer_->commit_turns(decide); });
  }
  Result<std::vector<RecordedTurn>> turns(Sequence after, std::int32_t limit) const override {
    return read([&](Reader& reader) { return reader.turns(after, limit); });
  }
  Result<std::optional<BundleRecord>> bundle(std::string_view digest) const override {
    return read([&](Reader& reader) { return reader.bundle(digest); });
  }
  Result<LaneHold> hold_lane(std::string_view lane, Instant now) override {
    std::int64_t token = 0;
    {
      const std::lock_guard guard(holds_mutex_);
      const auto at = holds_.find(lane);
      if (at != holds_.end() && at->second.held) return LaneHold{true, at->second.token, {}, 0};
      if (at != holds_.end()) token = at->second.token;
    }
    auto interrupted = write([&] { return writer_->recover(lane, now); });
    if (!interrupted) return std::unexpected(std::move(interrupted).error());
    const std::lock_guard guard(holds_mutex_);
    holds_.insert_or_assign(std::string(lane), Hold{token + 1, true});
    return LaneHold{true, token + 1, {}, *interrupted};
  }
  bool still_held(std::string_view lane, std::int64_t token) const override {
    const std::lock_guard guard(holds_mutex_);
    const auto at = holds_.find(lane);
    return at != holds_.end() && at->second.held && at->second.token == token;
  }
  void release_lane(std::string_view lane) override {
    const std::lock_guard guard(holds_mutex_);
    if (const auto at = holds_.find(lane); at != holds_.end()) at->second.held = false;
  }
  Result<std::int64_t> take_requests(std::string_view lane, Date day, std::int64_t wanted, std::int64_t most) override {
    return write([&] { return writer_->take_requests(lane, day, wanted, most); });
  }
  Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request) override {
    {
      const std::lock_guard guard(holds_mutex_);
      const auto at = holds_.find(request.lane);
      if (at == holds_.end() || !at->second.held) return std::vector<ClaimedEntry>{};
    }
    return write([&] { return writer_->claim_due(request); });
  }
  Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes) override {
    return write([&] { return writer_->record_delivery(outcomes); });
  }
  Result<std::int64_t> declare_restored(std::string_view by, Instant now) override {
    return write([&] { return writer_->declare_restored(by, now); });
  }
  Result<std::optional<Instant>> next_due(std::string_view lane) const override {
    return read([&](Reader& reader) { return reader.next_due(lane); });
  }
  Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) override {
    return write([&] { return writer_->retry_entry(reference, by, why, now); });
  }
  Result<std::optional<EventJourney>> event_journey(Sequence event) const override {
    return read([&](Reader& reader) { return reader.event_journey(event); });
  }
  Result<std::optional<EntryRecord>> entry_by_reference(std::string_view reference) const override {
    return read([&](Reader& reader) { return reader.entry_by_reference(reference); });
  }
  Result<std::vector<EventRecord>> list_events(const EventQuery& query) const override {
    return read([&](Reader& reader) { return reader.list_events(query); });
  }
  Result<std::vector<EntryRecord>> list_entries(const EntryQuery& query) const override {
    return read([&](Reader& reader) { return reader.list_entries(query); });
  }
  Result<std::vector<ExceptionRecord>> list_exceptions(Sequence after, std::int32_t limit) const override {
    return read([&](Reader& reader) { return reader.list_exceptions(after, limit); });
  }
  Result<std::vector<StatementRow>> statement() const override {
    return read([&](Reader& reader) { return reader.statement(); });
  }
  Result<std::vector<TrialBalanceRow>> trial_balance(std::string_view entity) const override {
    return read([&](Reader& reader) { return reader.trial_balance(entity); });
  }
  Result<EntryCounts> count_entries() const override {
    return read([&](Reader& reader) { return reader.count_entries(); });
  }

 private:
  template <class Body>
  auto write(Body&& body) -> decltype(body()) {
    const std::lock_guard guard(writer_mutex_);
    if (Status whole = not_failed(); !whole) return std::unexpected(std::move(whole).error());
    auto result = writer_->in_transaction(body);
    if (Status kept = result ? keep_mark() : Status{}; !kept) result = std::unexpected(std::move(kept).error());
    if (!result) latch(result.error());
    return result;
  }

  Status not_failed() const {
    const std::lock_guard guard(failure_mutex_);
    if (failure_) return std::unexpected(*failure_);
    return {};
  }

  /// After a commit and before anybody is told of it.
  Status keep_mark() {
    if (!real_) return {};
    GLMAP_CHECK(real_->file.still_in_place());
    return real_->mark.write(writer_->acknowledged());
  }

  /// After a failed write or sync nothing is known about the disk, so nothing is written any more.
  void latch(const Error& error) {
    if (error.code != ErrorCode::StoreFailed && error.code != ErrorCode::StoreCorrupt) return;
    const std::lock_guard guard(failure_mutex_);
    if (!failure_) failure_ = Error{ErrorCode::StoreFailed, error.message, error.help, error.where};
  }

  template <class Body>
  auto read(Body&& body) const -> decltype(body(std::declval<Reader&>())) {
    std::unique_ptr<Reader> reader;
    {
      const std::lock_guard guard(readers_mutex_);
      if (!readers_.empty()) {
        reader = std::move(readers_.back());
        readers_.pop_back();
      }
    }
    if (!reader) {
      auto database = Database::open(options_.path, options_.vfs, OpenMode::reader);
      if (!database) return std::unexpected(std::move(database).error());
      reader = std::make_unique<Reader>(*std::move(database));
    }
    auto result = body(*reader);
    if (result) {  // one that met an error is closed
      const std::lock_guard guard(readers_mutex_);
      readers_.push_back(std::move(reader));
    }
    return result;
  }

  /// One process has the file, so every lane is its own; what counts is that its interrupted sends were found.
  struct Hold {
    std::int64_t token = 0;
    bool held = false;
  };

  SqliteOptions options_;
  std::optional<RealFile> real_;  // closed after every connection
  mutable std::mutex holds_mutex_;
  std::map<std::string, Hold, std::less<>> holds_;
  mutable std::mutex writer_mutex_;
  std::unique_ptr<Writer> writer_;
  mutable std::mutex failure_mutex_;
  std::optional<Error> failure_;
  mutable std::mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<Reader>> readers_;  // idle ones; closed before the writer
};

Status set_up(const Database& database) {
  // Only a new file takes the page size: larger pages mean fewer of them for bodies of one or two kilobytes.
  GLMAP_CHECK(database.execute("PRAGMA page_size = 8192"));
  GLMAP_TRY(mode, database.prepare("PRAGMA journal_mode = WAL"));
  GLMAP_TRY(row, mode.step());
  if (!row || mode.view(0) != "wal") {
    return fail(ErrorCode::StoreUnavailable, "the store's file system has no write-ahead log",
                "put the store on a local disk");
  }
  // The mode is chosen with the first row and on the disk with the last: without the log a commit could be undone by
  // the rollback journal that a power cut brings back.
  GLMAP_CHECK(mode.step());
  return database.execute(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
}

/// A damaged row that nobody reads can wait for `glmapd verify`; where that costs nothing it does not have to.
Status verify_small(const SqliteOptions& options) {
  std::uintmax_t bytes = 0;
  for (const char* end : {"", "-wal"}) {
    std::error_code none;
    const std::uintmax_t size = std::filesystem::file_size(options.path + end, none);
    if (!none) bytes += size;
  }
  if (bytes > options.verified_bytes_max) return {};
  GLMAP_CHECK(verify_sqlite_store(options.path));
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& given) {
  SqliteOptions options = given;
  std::optional<RealFile> real;
  if (options.lock) {
    GLMAP_TRY(file, StoreFile::take(options.path, options.free_bytes_min));
    options.path = file.path();
    GLMAP_TRY(mark, AcknowledgedMark::open(options.path));
    real = RealFile{std::move(file), std::move(mark)};
  }
  GLMAP_CHECK(make_log_durable(options.path, options.vfs));
  GLMAP_TRY(database, Database::open(options.path, options.vfs, OpenMode::writer, options.checkpoint_pages));
  GLMAP_CHECK(set_up(database));
  GLMAP_CHECK(migrate(database));
  GLMAP_TRY(writer, Writer::open(std::move(database), options.keys));
  if (real) {
    GLMAP_CHECK(real->mark.check(writer->acknowledged()));
    GLMAP_CHECK(verify_small(options));
    GLMAP_CHECK(real->mark.write(writer->acknowledged()));
    GLMAP_CHECK(real->file.watch_log());
  }
  writer->checkpoint_on_close();
  return std::make_unique<SqliteStore>(options, std::move(real), std::move(writer));
}

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path) {
  return open_sqlite_store(SqliteOptions{.path = path});
}

std::string sqlite_version() {
  const int version = sqlite_library_version();
  return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1000 % 1000) + "." +
         std::to_string(version % 1000);
}

}  // namespace glmap::gateway::store
