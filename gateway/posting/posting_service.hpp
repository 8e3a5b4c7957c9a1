// SPDX-License-Identifier: Apache-2.0
// The heart of the gateway: prepared events in, receipts out, one durable write between them. Whether an event is new,
// a repeat or a conflict is decided by the store's unique key; everything else was decided by prepare(). Invariants: a
// receipt is given only after the write is on disk; a repeat is answered from the first record and changes nothing; of
// two events with one identity in the same call the earlier one counts. Threading: one thread at a time (see
// posting_queue.hpp).
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gateway/platform/clock.hpp"
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

enum class ReceiptStatus : std::uint8_t { accepted, no_entry, held, rejected, duplicate, conflict, refused };
std::string_view to_text(ReceiptStatus status);

/// What the sender of one event is told.
struct Receipt {
  ReceiptStatus status = ReceiptStatus::refused;
  std::string source, id;        // as far as they could be read
  store::Sequence sequence = 0;  // of the record; for duplicate and conflict that of the first; 0 when refused
  engine::EventState state = engine::EventState::held;  // of the record, now
  std::vector<std::string> entries;                     // references
  std::optional<Error> reason;                          // held, rejected, conflict, refused
  std::string rule, because;                            // no_entry
};

/// Prepared events, or why one could not be prepared; answered in the same order.
using PreparedList = std::vector<Result<Prepared>>;

class PostingService {
 public:
  PostingService(store::Store& store, const platform::Clock& clock, BookInForce& book)
      : store_(store), clock_(clock), book_(book) {}

  /// Records everything in one transaction. Errors: GLM-8001, GLM-8002: nothing of the list is recorded.
  Result<std::vector<Receipt>> record(std::span<Result<Prepared>> events);

  /// Decides a held or rejected event again by the book now in force. Errors: GLM-6015, GLM-6014, GLM-8001, GLM-8002.
  Result<Receipt> decide_again(store::Sequence event, std::string_view by, std::string_view why);

  /// A person closes a held event that will never post (its sender put it right under another identity). It stays on
  /// record, counts as rejected in the statement, and can still be decided again. Errors: as above.
  Result<Receipt> reject(store::Sequence event, std::string_view by, std::string_view why);

 private:
  store::Store& store_;
  const platform::Clock& clock_;
  BookInForce& book_;
};

}  // namespace glmap::gateway::posting
