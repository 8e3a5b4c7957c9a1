// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_queue.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace glmap::gateway::posting {

PostingQueue::PostingQueue(PostingService& service, QueueLimits limits, std::function<void()> on_entries, Drive drive)
    : service_(service), limits_(limits), on_entries_(std::move(on_entries)) {
  if (drive == Drive::own_thread) thread_ = std::thread([this] { work(); });
}

PostingQueue::~PostingQueue() {
  stop();
}

Status PostingQueue::submit(Request request) {
  const std::size_t events = request.events.size();
  const std::size_t bytes = request.body ? request.body->size() : 0;
  {
    const std::lock_guard guard(mutex_);
    if (stopping_) return fail(ErrorCode::Busy, "the gateway is stopping", "send the event again a little later");
    const bool full = events_ + events > limits_.events_max || bytes_ + bytes > limits_.bytes_max;
    if (full && !waiting_.empty()) {
      return fail(ErrorCode::Busy, std::to_string(events_) + " events wait to be recorded",
                  "send the event again a little later");
    }
    events_ += events;
    bytes_ += bytes;
    waiting_.push_back(std::move(request));
  }
  filled_.notify_one();
  return {};
}

void PostingQueue::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    while (!waiting_.empty()) work_once();
  }
}

bool PostingQueue::work_once() {
  std::vector<Request> requests;
  {
    const std::lock_guard guard(mutex_);
    requests = take_some();
  }
  if (requests.empty()) return let_time_pass();
  record(std::move(requests));
  return true;
}

std::vector<Request> PostingQueue::wait_for_some() {
  std::unique_lock guard(mutex_);
  filled_.wait_for(guard, std::chrono::milliseconds(limits_.time_ms),
                   [this] { return stopping_ || !waiting_.empty(); });
  return take_some();
}

std::vector<Request> PostingQueue::take_some() {
  std::vector<Request> taken;
  std::size_t events = 0;
  while (!waiting_.empty()) {
    const std::size_t next = waiting_.front().events.size();
    if (!taken.empty() && events + next > limits_.events_per_commit) break;
    events += next;
    bytes_ -= waiting_.front().body ? waiting_.front().body->size() : 0;
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  events_ -= events;
  return taken;
}

void PostingQueue::work() {
  while (true) {
    std::vector<Request> requests = wait_for_some();
    if (!requests.empty()) record(std::move(requests));
    if (service_.clock().monotonic_micros() >= time_due_) let_time_pass();
    const std::lock_guard guard(mutex_);
    if (stopping_ && waiting_.empty()) return;
  }
}

/// What cannot be recorded now is tried again the next time.
bool PostingQueue::let_time_pass() {
  time_due_ = service_.clock().monotonic_micros() + std::int64_t{1000} * limits_.time_ms;
  const auto entries = service_.let_time_pass();
  if (entries && *entries && on_entries_) on_entries_();
  return entries && *entries;
}

void PostingQueue::record(std::vector<Request> requests) {
  std::size_t events = 0;
  for (const Request& request : requests) events += request.events.size();
  PreparedList all;
  all.reserve(events);
  for (Request& request : requests) {
    all.insert(all.end(), std::make_move_iterator(request.events.begin()),
               std::make_move_iterator(request.events.end()));
  }
  auto receipts = service_.record(all);
  auto from = receipts ? receipts->begin() : std::vector<Receipt>::iterator{};
  bool entries = false;
  for (Request& request : requests) {
    if (!receipts) {
      request.answer(std::unexpected(receipts.error()));
      continue;
    }
    const auto until = from + static_cast<std::ptrdiff_t>(request.events.size());
    entries = entries || std::any_of(from, until, [](const Receipt& r) {
                return r.status == ReceiptStatus::accepted ||
                       r.status == ReceiptStatus::no_entry;  // others may have waited for it
              });
    request.answer(std::vector<Receipt>(std::make_move_iterator(from), std::make_move_iterator(until)));
    from = until;
  }
  if (entries && on_entries_) on_entries_();
}

}  // namespace glmap::gateway::posting
