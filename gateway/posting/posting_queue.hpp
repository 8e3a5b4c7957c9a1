// SPDX-License-Identifier: Apache-2.0
// Many requests, one writer: requests wait in a bounded queue, one thread takes what is there, records it in one
// transaction and answers them all (group commit). Knows no HTTP. Invariants: every request taken is answered once;
// nothing is answered before it is on disk; a full queue refuses at once (GLM-6016) and keeps nothing.
// Threading: `submit` from any thread; answers are given on the queue's own thread and must not block. Without a thread
// of its own (Drive::by_caller) whoever calls work_once is that thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/posting/posting_service.hpp"

namespace glmap::gateway::posting {

struct QueueLimits {
  std::size_t events_max = 50'000;  // waiting
  std::size_t bytes_max = std::size_t{256} << 20;
  std::size_t events_per_commit = 4'000;  // a single request may be larger
  int time_ms = 1'000;                    // how long nothing comes until time is let pass, for books that keep state
};

struct Request {
  std::unique_ptr<const std::string> body;  // what the prepared events point into
  PreparedList events;
  std::function<void(Result<std::vector<Receipt>>)> answer;
};

class PostingQueue {
 public:
  enum class Drive : bool { own_thread, by_caller };

  /// `on_entries`: called after a commit that recorded entries, so that delivery wakes up; may be empty.
  PostingQueue(PostingService& service, QueueLimits limits, std::function<void()> on_entries,
               Drive drive = Drive::own_thread);
  ~PostingQueue();
  PostingQueue(const PostingQueue&) = delete;
  PostingQueue& operator=(const PostingQueue&) = delete;

  /// Errors: GLM-6016 full, or stopping; the request is not taken and will not be answered.
  Status submit(Request request);
  /// Records and answers what waits, then ends. Idempotent.
  void stop();
  /// Records and answers what waits, at most one commit; lets time pass when nothing does. False when there was nothing
  /// to record. Only with Drive::by_caller.
  bool work_once();

 private:
  void work();
  std::vector<Request> wait_for_some();
  std::vector<Request> take_some();  // with the lock held
  void record(std::vector<Request> requests);
  bool let_time_pass();

  PostingService& service_;
  QueueLimits limits_;
  std::function<void()> on_entries_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Request> waiting_;
  std::size_t events_ = 0, bytes_ = 0;
  bool stopping_ = false;
  std::int64_t time_due_ = 0;  // monotonic: when time is let pass again
  std::thread thread_;
};

}  // namespace glmap::gateway::posting
