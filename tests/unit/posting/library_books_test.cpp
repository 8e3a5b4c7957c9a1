// SPDX-License-Identifier: Apache-2.0
// Every book of the library that keeps state, in the gateway: the events of its tests, as written and in other orders,
// in batches of any size, over restarts, give the same entries to the byte, in the same order, as `glmapc simulate`.
#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/driver/pipeline.hpp"
#include "gateway/posting/posting_service.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/store/stores.hpp"

using namespace glmap;
using namespace glmap::gateway;
using resolve::TestStep;
using testing::expect;

namespace {

constexpr std::int64_t kYears = 3LL * 365 * 24 * 3600;

/// The book as `simulate` runs it.
class Reference {
 public:
  explicit Reference(const rules::Evaluator& evaluator) : evaluator_(evaluator), run_(evaluator) {}

  void play(const TestStep& step) {
    if (step.kind == TestStep::Kind::rate) run_.publish(step.rate);
    if (step.kind != TestStep::Kind::event || !seen_.insert(step.id).second) return;
    auto event = decode_event(evaluator_.book().catalog, step.event);
    if (event) keep(run_.take(std::make_shared<const BillingEvent>(std::move(*event))));
  }
  /// Time goes on for three years, and a day counts when it is over everywhere.
  void end() {
    const std::int64_t now = run_.state().clock().now.micros;
    if (now == INT64_MIN) return;
    const std::int64_t day = (now + (kYears - 12 * 3600) * 1'000'000) / 86'400'000'000;
    keep(run_.through(Date::from_days(static_cast<std::int32_t>(day) - 1)));
  }
  const std::vector<std::string>& entries() const { return entries_; }

 private:
  void keep(const std::vector<rules::Step>& steps) {
    for (const rules::Step& step : steps)
      if (const auto* made = std::get_if<std::vector<JournalEntry>>(&step.outcome))
        for (const JournalEntry& entry : *made) entries_.push_back(canonical_json(entry.to_json()));
  }
  const rules::Evaluator& evaluator_;
  rules::BookRun run_;
  std::set<std::string> seen_;
  std::vector<std::string> entries_;
};

/// The same in a gateway that is stopped now and then.
template <class Place>
class Run {
 public:
  Run(std::shared_ptr<const rules::Evaluator> evaluator, unsigned seed)
      : evaluator_(std::move(evaluator)), book_(evaluator_), chance_(seed) {
    clock_.advance_seconds(4 * kYears);  // nothing is dated ahead
    open();
  }

  void play(const TestStep& step) {
    if (step.kind == TestStep::Kind::event) {
      waiting_ += write_json(step.event) + "\n";
      if (chance_() % 3 == 0) post();
    } else if (step.kind == TestStep::Kind::rate) {
      post();
      (void)expect(service_->publish({&step.rate, 1}));
    }
    if (chance_() % 5 == 0) open();
  }
  void end() {
    post();
    open();
    clock_.advance_seconds(kYears);
    (void)expect(service_->let_time_pass());
    CHECK_FALSE(expect(service_->let_time_pass()));
    open();
  }
  std::vector<std::string> entries() {
    std::vector<std::string> found;
    store::EntryQuery query{.limit = 1000};
    while (true) {
      const auto page = expect(store_->list_entries(query));
      for (const auto& entry : page) found.push_back(entry.json);
      if (page.size() < 1000) return found;
      query.after = page.back().sequence;
    }
  }
  void check_store() {
    for (const auto& row : expect(store_->statement())) CHECK(row.agrees());
    service_.reset();
    store_.reset();
    const auto report = place_.verify();
    CHECK((report ? std::string() : report.error().to_text()) == "");
  }

 private:
  void open() {
    service_.reset();
    store_.reset();
    store_ = place_.open();
    REQUIRE(store_->activate_bundle(evaluator_->digest(), "bytes", Instant{1}));
    service_ = std::make_unique<posting::PostingService>(*store_, clock_, book_);
    const Status remembered = service_->remember();
    REQUIRE((remembered ? std::string() : remembered.error().to_text()) == "");
  }
  void post() {
    if (waiting_.empty()) return;
    const auto arrivals = expect(intake::read_events(intake::BodyKind::lines, waiting_, {}));
    posting::PreparedList prepared;
    for (const auto& arrival : arrivals)
      prepared.push_back(posting::prepare(*evaluator_, arrival, Instant{clock_.utc_micros()}));
    (void)expect(service_->record(prepared));
    waiting_.clear();
  }

  Place place_;
  testing::FixedClock clock_;
  std::shared_ptr<const rules::Evaluator> evaluator_;
  posting::BookInForce book_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<posting::PostingService> service_;
  std::string waiting_;
  std::minstd_rand chance_;
};

/// Events stay among the rates published before and after them.
std::vector<TestStep> shuffled(std::vector<TestStep> steps, unsigned seed) {
  std::minstd_rand chance(seed);
  for (auto from = steps.begin(); from != steps.end();) {
    const auto until =
        std::find_if(from, steps.end(), [](const TestStep& s) { return s.kind != TestStep::Kind::event; });
    std::shuffle(from, until, chance);
    from = until == steps.end() ? until : until + 1;
  }
  return steps;
}

template <class Place>
std::size_t check_book(const std::string& directory, const std::vector<unsigned>& seeds) {
  const driver::Compilation compilation = driver::compile_book(directory);
  REQUIRE(compilation.ok());
  const auto evaluator = std::make_shared<const rules::Evaluator>(
      std::make_shared<const rules::RuleBook>(compilation.verified->book()), compilation.digest);
  std::size_t entries = 0;
  if (!evaluator->keeps_state()) return entries;
  for (const resolve::BookTest& test : compilation.verified->resolved().tests) {
    for (const unsigned seed : seeds) {
      INFO(directory << ": " << test.title << ", order " << seed);
      Reference reference(*evaluator);
      Run<Place> run(evaluator, seed);
      for (const TestStep& step : seed == 0 ? test.steps : shuffled(test.steps, seed)) {
        reference.play(step);
        run.play(step);
      }
      reference.end();
      run.end();
      CHECK(run.entries() == reference.entries());
      run.check_store();
      entries += reference.entries().size();
    }
  }
  return entries;
}

}  // namespace

TEST_CASE("the books of the library that keep state post through the gateway what simulate posts",
          "[library][I3][I5]") {
  std::size_t books = 0;
  for (const auto& item : std::filesystem::directory_iterator(std::string(GLMAP_SOURCE_DIR) + "/mappings")) {
    if (!std::filesystem::exists(item.path() / "book.glmap")) continue;
    if (check_book<testing::SqlitePlace>(item.path(), {0, 1, 2}) > 0) ++books;
  }
  CHECK(books >= 12);
}

TEST_CASE("the same on PostgreSQL", "[library]") {
  if (!testing::postgres_here()) return;
  for (const char* name : {"receivables", "wallet"})
    CHECK(check_book<testing::PostgresPlace>(std::string(GLMAP_SOURCE_DIR) + "/mappings/" + name, {3}) > 0);
}
