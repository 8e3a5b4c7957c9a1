// SPDX-License-Identifier: Apache-2.0
// The heart of the gateway: prepared events in, receipts out, one durable write between them. Whether an event is new,
// a repeat or a conflict is decided by the store's unique key; everything else was decided by prepare(), or, by a book
// that keeps state, is decided here, one event after the other (turn_work.hpp). Invariants: a receipt is given only
// after the write is on disk; a repeat is answered from the first record and changes nothing; of two events with one
// identity in the same call the earlier one counts. Threading: record() from one thread at a time (posting_queue.hpp),
// the others from any.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gateway/platform/clock.hpp"
#include "gateway/posting/book_keeper.hpp"
#include "gateway/posting/prepare.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::posting {

/// The book in force. It is replaced as a whole; whoever holds the old one finishes with it.
/// Threading: any thread.
class BookInForce {
 public:
  explicit BookInForce(std::shared_ptr<const rules::Evaluator> evaluator) : evaluator_(std::move(evaluator)) {}
  std::shared_ptr<const rules::Evaluator> get() const {
    const std::lock_guard guard(mutex_);
    return evaluator_;
  }
  void put(std::shared_ptr<const rules::Evaluator> evaluator) {
    const std::lock_guard guard(mutex_);
    evaluator_ = std::move(evaluator);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const rules::Evaluator> evaluator_;  // shared: requests under way keep the book they began with
};

enum class ReceiptStatus : std::uint8_t { accepted, no_entry, held, rejected, duplicate, conflict, refused, waiting };
inline constexpr std::size_t kReceiptStatusCount = 8;
std::string_view to_text(ReceiptStatus status);

/// What the sender of one event is told.
struct Receipt {
  ReceiptStatus status = ReceiptStatus::refused;
  std::string source, id;        // as far as they could be read
  store::Sequence sequence = 0;  // of the record; for duplicate and conflict that of the first; 0 when refused
  engine::EventState state = engine::EventState::held;  // of the record, now
  std::vector<std::string> entries;                     // references
  std::optional<Error> reason;                          // held, waiting, rejected, conflict, refused
  std::string rule, because;                            // no_entry
};

/// Prepared events, or why one could not be prepared; answered in the same order.
using PreparedList = std::vector<Result<Prepared>>;

class PostingService {
 public:
  /// `book_of`: where bundles come from that were in force earlier; the store when it is empty.
  PostingService(store::Store& store, const platform::Clock& clock, BookInForce& book, BookOf book_of = {})
      : store_(store),
        clock_(clock),
        book_(book),
        keeper_(store, clock, book_of ? std::move(book_of) : book_of_store(store)) {}

  const platform::Clock& clock() const { return clock_; }

  /// Brings what the book in force remembers up to the store; nothing for a book that keeps no state. Called before
  /// the first event, so that it does not wait for that. Errors: as BookKeeper::catch_up.
  Status remember();

  /// Records everything in one transaction. Errors: GLM-8001, GLM-8002: nothing of the list is recorded.
  Result<std::vector<Receipt>> record(std::span<Result<Prepared>> events);

  /// Decides a held or rejected event again by the book now in force. Errors: GLM-6015, GLM-6014, GLM-8001, GLM-8002.
  Result<Receipt> decide_again(store::Sequence event, std::string_view by, std::string_view why);

  /// Lets time pass for what waits and for what falls due; true when entries were recorded. Nothing for a book that
  /// keeps no state. Errors: GLM-8001, GLM-8002.
  Result<bool> let_time_pass();

  /// Exchange rates for a book that takes them from a source; how many of them were new. Nothing is recorded when one
  /// of them differs from what was published before. Errors: GLM-6011, GLM-6014 the book asks for none, GLM-8001,
  /// GLM-8002.
  Result<std::size_t> publish(std::span<const rules::PublishedRate> rates);

  /// A person closes a held event that will never post (its sender put it right under another identity). It stays on
  /// record, counts as rejected in the statement, and can still be decided again. Errors: as above.
  Result<Receipt> reject(store::Sequence event, std::string_view by, std::string_view why);

 private:
  using Undecided = std::vector<std::shared_ptr<const BillingEvent>>;  // by event; as Prepared
  using Answers = std::vector<store::IntakeAnswer>;
  Result<Answers> take_in(std::vector<store::NewEvent>& events, Undecided& undecided);
  /// An event that was prepared by a book that is not in force any more.
  Status prepare_again(const rules::Evaluator& evaluator, store::NewEvent& event,
                       std::shared_ptr<const BillingEvent>& undecided) const;
  /// Plays and records turns. `fill` is called anew when the commit is repeated; it returns false when there is nothing
  /// to record. With the mutex held.
  template <class Fill>
  Result<Answers> in_turns(const std::shared_ptr<const rules::Evaluator>& evaluator,
                           std::span<const store::NewEvent> events, Fill&& fill);

  store::Store& store_;
  const platform::Clock& clock_;
  BookInForce& book_;
  std::mutex turn_;  // turns are played and recorded one after the other, by whichever thread
  BookKeeper keeper_;
};

}  // namespace glmap::gateway::posting
