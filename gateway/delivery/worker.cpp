// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/worker.hpp"

namespace glmap::gateway::delivery {

void DeliveryWorker::start() {
  GLMAP_ASSERT(threads_.empty());
  for (const auto& lane : lanes_) {
    threads_.emplace_back([raw = lane.get()](std::stop_token stop) { raw->run(std::move(stop)); });
  }
}

void DeliveryWorker::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

void DeliveryWorker::wake() {
  for (const auto& lane : lanes_) lane->wake();
}

std::vector<LaneStatus> DeliveryWorker::status() const {
  std::vector<LaneStatus> out;
  for (const auto& lane : lanes_) out.push_back(lane->status());
  return out;
}

bool DeliveryWorker::resume(std::string_view lane) {
  for (const auto& each : lanes_) {
    if (each->status().name != lane) continue;
    each->resume();
    return true;
  }
  return false;
}

}  // namespace glmap::gateway::delivery
