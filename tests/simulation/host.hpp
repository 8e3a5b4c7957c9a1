// SPDX-License-Identifier: Apache-2.0
// One life of the gateway's process on the simulated machine: the real store, posting, delivery and API, put together
// as gateway/service does it, without threads, HTTP server and log file. Destroying it is how the process ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/api/gateway_api.hpp"
#include "gateway/delivery/worker.hpp"
#include "gateway/posting/posting_queue.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "tests/simulation/machine.hpp"

namespace glmap::simulation {

/// Where the store lies on the simulated disk.
inline constexpr const char* kStore = "gateway.db";

using MakeConnector = std::function<std::unique_ptr<gateway::delivery::ErpConnector>(const std::string& lane)>;

struct HostSettings {
  int release = 1;         // of the book, as the configuration names it
  bool remembers = false;  // the books keep state
  int checkpoint_pages = 1000;
  gateway::store::KeyIndexSettings keys;
  std::uint64_t jitter_seed = 1;
  gateway::posting::QueueLimits queue;
};

class Host {
 public:
  /// Errors: what keeps the gateway from starting.
  static Result<std::unique_ptr<Host>> start(const HostSettings& settings, Machine& machine,
                                             const MakeConnector& connector);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// One HTTP request to its answer. A request that only waits in the queue is answered by work_off() instead.
  void request(const std::string& method, const std::string& target, const std::string& content_type, std::string body,
               gateway::platform::Respond respond);
  /// The same for what is answered at once.
  gateway::platform::Answer ask(const std::string& method, const std::string& target, std::string body = {});
  /// One commit of what waits. False when nothing did.
  bool work_off() { return queue_->work_once(); }
  /// As SIGHUP does.
  Status put_in_force(int release);
  /// As SIGTERM does.
  void stop();

  const std::vector<gateway::delivery::Lane*>& lanes() const { return lanes_; }
  gateway::store::Store& store() { return *store_; }
  /// Another worker on the same lane, as if it had been forgotten somewhere.
  std::unique_ptr<gateway::delivery::Lane> second_worker(const std::string& lane, const MakeConnector& connector);
  bool healthy() const { return store_->health().has_value(); }

 private:
  Host(const HostSettings& settings, Machine& machine) : settings_(settings), machine_(machine), log_(machine, -1) {}
  Status open_store();
  std::unique_ptr<gateway::delivery::Lane> make_lane(const std::string& name, const MakeConnector& connector);

  HostSettings settings_;
  Machine& machine_;
  gateway::platform::Log log_;
  std::unique_ptr<gateway::store::Store> store_;
  std::unique_ptr<gateway::posting::BookInForce> book_;
  std::unique_ptr<gateway::delivery::DeliveryWorker> delivery_;
  std::vector<gateway::delivery::Lane*> lanes_;
  std::unique_ptr<gateway::posting::PostingService> posting_;
  std::unique_ptr<gateway::posting::PostingQueue> queue_;
  std::unique_ptr<gateway::api::GatewayApi> api_;
};

/// Names of the ERP connections of the book.
const std::vector<std::string>& lane_names();

}  // namespace glmap::simulation
