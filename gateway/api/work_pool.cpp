// SPDX-License-Identifier: Apache-2.0
#include "gateway/api/work_pool.hpp"

namespace glmap::gateway::api {

WorkPool::WorkPool(std::size_t threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

WorkPool::~WorkPool() {
  stop();
}

bool WorkPool::submit(std::function<void()> task) {
  {
    const std::lock_guard guard(mutex_);
    if (stopping_ || waiting_.size() >= waiting_max_) return false;
    if (!threads_.empty()) waiting_.push_back(std::move(task));
  }
  if (threads_.empty()) {
    task();
    return true;
  }
  filled_.notify_one();
  return true;
}

void WorkPool::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  filled_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkPool::work() {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock guard(mutex_);
      filled_.wait(guard, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task();
  }
}

}  // namespace glmap::gateway::api
