// SPDX-License-Identifier: Apache-2.0
// All ERP connections at work, each on its own thread. Not where anything is decided: see lane.hpp.
// Threading: any thread may call any function; stop() (also by destruction) waits until every lane has recorded what it
// was doing.
#pragma once

#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/delivery/lane.hpp"

namespace glmap::gateway::delivery {

class DeliveryWorker {
 public:
  explicit DeliveryWorker(std::vector<std::unique_ptr<Lane>> lanes) : lanes_(std::move(lanes)) {}
  ~DeliveryWorker() { stop(); }
  DeliveryWorker(const DeliveryWorker&) = delete;
  DeliveryWorker& operator=(const DeliveryWorker&) = delete;

  /// Store::recover must have been called before.
  void start();
  void stop();

  /// New entries were recorded.
  void wake();
  std::vector<LaneStatus> status() const;
  /// False when there is no such lane.
  bool resume(std::string_view lane);

 private:
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::jthread> threads_;
};

}  // namespace glmap::gateway::delivery
