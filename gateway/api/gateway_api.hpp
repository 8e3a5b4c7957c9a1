// SPDX-License-Identifier: Apache-2.0
// The HTTP resources of glmapd: requests to calls of posting and store, records to JSON. Decides nothing about money
// and keeps no state. Described for users in docs/openapi.yaml. Threading: `handle` from any thread; it does not wait
// for the disk itself, answers come later from other threads.
#pragma once

#include <atomic>
#include <functional>

#include "gateway/api/request_target.hpp"
#include "gateway/api/work_pool.hpp"
#include "gateway/delivery/worker.hpp"
#include "gateway/platform/http_server.hpp"
#include "gateway/posting/posting_queue.hpp"
#include "gateway/posting/posting_service.hpp"

namespace glmap::gateway::api {

/// What is in force and why, for who has to know; the service provides it. Members may be empty: then nothing is known.
struct ReleaseControl {
  std::string approval;                   // "demanded" or "none"
  std::function<Result<Json>()> status;   // what is in force, what waits, what was refused
  std::function<Result<Json>()> history;  // everything that came into force, in order
  std::function<Result<Json>(const std::string& by, const std::string& why)> activate;
};

struct ApiSettings {
  intake::IntakeLimits limits;
  ReleaseControl release = {};
  /// Of those that read the store, and as many again that parse large bodies; 0: whoever brings the work does it.
  std::size_t reading_threads = 2;
  std::size_t reading_waiting_max = 256;
  std::size_t parsing_waiting_max = 64;
  /// Bodies up to this size are parsed where they arrive: handing them over would cost more.
  std::size_t small_body_bytes = 32'768;
};

class GatewayApi {
 public:
  /// `delivery`: the ERP lanes, to show and resume; nullptr when there are none. `on_retry`: called when a person's
  /// retry made entries due, so that delivery wakes up; may be empty.
  GatewayApi(ApiSettings settings, store::Store& store, const platform::Clock& clock, posting::BookInForce& book,
             posting::PostingService& service, posting::PostingQueue& queue, delivery::DeliveryWorker* delivery,
             std::function<void()> on_retry);

  void handle(platform::IncomingRequest request, platform::Respond respond);
  /// From now on /readyz says 503, so that balancers look elsewhere.
  void stop_being_ready() { ready_ = false; }
  /// Answers what waits. To be called before the store is closed.
  void stop() {
    parsers_.stop();
    readers_.stop();
  }

 private:
  using Target = RequestTarget;

  void post_events(platform::IncomingRequest request, const Target& target, platform::Respond respond);
  void take_events(platform::IncomingRequest request, const platform::Respond& respond);
  void in_pool(platform::Respond respond, const std::string& path, std::function<Result<platform::Answer>()> work);
  Result<platform::Answer> read(const Target& target);
  Result<platform::Answer> read_events(const Target& target);
  Result<platform::Answer> read_entries(const Target& target);
  Result<platform::Answer> read_exceptions(const Target& target);
  Result<platform::Answer> publish_rates(const std::string& body);
  Result<platform::Answer> read_bundle();
  Result<platform::Answer> read_release(const Target& target);
  Result<platform::Answer> activate_release(const std::string& body);
  Result<platform::Answer> read_lanes();
  Result<platform::Answer> resume_lane(const std::string& name);
  /// What a person asks for, with name and reason: retry, reject, resume.
  Result<platform::Answer> act(const Target& target, const std::string& body);
  platform::Answer health(const std::string& path) const;

  ApiSettings settings_;
  store::Store& store_;
  const platform::Clock& clock_;
  posting::BookInForce& book_;
  posting::PostingService& service_;
  posting::PostingQueue& queue_;
  delivery::DeliveryWorker* delivery_;
  std::function<void()> on_retry_;
  std::atomic<bool> ready_ = true;
  WorkPool readers_, parsers_;
};

}  // namespace glmap::gateway::api
