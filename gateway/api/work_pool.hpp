// SPDX-License-Identifier: Apache-2.0
// A few threads for requests that read or write the store, so that the HTTP server's own threads never wait for a disk.
// Bounded: a full pool refuses. Any thread may submit. A pool of no threads lets whoever submits do the work.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace glmap::gateway::api {

class WorkPool {
 public:
  WorkPool(std::size_t threads, std::size_t waiting_max);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// False when full or stopping: the task will not run.
  bool submit(std::function<void()> task);
  /// Runs what waits, then ends. Idempotent.
  void stop();

 private:
  void work();

  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace glmap::gateway::api
