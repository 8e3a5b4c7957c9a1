// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/host.hpp"

#include "tests/simulation/book.hpp"
#include "tests/simulation/disk.hpp"

namespace glmap::simulation {

using namespace gateway;

const std::vector<std::string>& lane_names() {
  static const std::vector<std::string> names = {"erp-eu", "erp-at", "erp-us"};
  return names;
}

Status Host::open_store() {
  GLMAP_TRY(opened, store::open_sqlite_store(store::SqliteOptions{.path = kStore,
                                                                  .vfs = Disk::kName,
                                                                  .lock = false,
                                                                  .checkpoint_pages = settings_.checkpoint_pages,
                                                                  .keys = settings_.keys}));
  store_ = std::move(opened);
  const Instant now{machine_.utc_micros()};
  const auto evaluator = release(settings_.release, settings_.remembers);
  GLMAP_CHECK(store_->activate_bundle(evaluator->digest(), "release " + evaluator->book().release, now));
  book_ = std::make_unique<posting::BookInForce>(evaluator);
  return {};
}

std::unique_ptr<delivery::Lane> Host::make_lane(const std::string& name, const MakeConnector& connector) {
  delivery::LaneSettings lane;
  lane.name = name;
  for (const LegalEntity& entity : book_->get()->book().catalog.entities) {
    if (entity.erp == name) lane.entities[entity.code] = {entity.name, std::string(entity.functional.code())};
  }
  lane.jitter_seed = settings_.jitter_seed;
  return std::make_unique<delivery::Lane>(std::move(lane), connector(name), *store_, machine_, log_);
}

std::unique_ptr<delivery::Lane> Host::second_worker(const std::string& lane, const MakeConnector& connector) {
  return make_lane(lane, connector);
}

Result<std::unique_ptr<Host>> Host::start(const HostSettings& settings, Machine& machine,
                                          const MakeConnector& connector) {
  std::unique_ptr<Host> host(new Host(settings, machine));
  GLMAP_CHECK(host->open_store());
  std::vector<std::unique_ptr<delivery::Lane>> lanes;
  for (const std::string& name : lane_names()) {
    lanes.push_back(host->make_lane(name, connector));
    host->lanes_.push_back(lanes.back().get());
  }
  host->delivery_ = std::make_unique<delivery::DeliveryWorker>(std::move(lanes));
  const auto book_of =
      [remembers = settings.remembers](std::string_view digest) -> Result<std::shared_ptr<const rules::Evaluator>> {
    return release(digest.back() - '0', remembers);
  };
  host->posting_ = std::make_unique<posting::PostingService>(*host->store_, machine, *host->book_, book_of);
  GLMAP_CHECK(host->posting_->remember());
  host->queue_ = std::make_unique<posting::PostingQueue>(*host->posting_, settings.queue, nullptr,
                                                         posting::PostingQueue::Drive::by_caller);
  api::ApiSettings api;
  api.reading_threads = 0;
  host->api_ = std::make_unique<api::GatewayApi>(api, *host->store_, machine, *host->book_, *host->posting_,
                                                 *host->queue_, host->delivery_.get(), nullptr);
  return host;
}

Host::~Host() = default;

void Host::request(const std::string& method, const std::string& target, const std::string& content_type,
                   std::string body, platform::Respond respond) {
  platform::IncomingRequest request;
  request.method = method;
  request.target = target;
  if (!content_type.empty()) request.fields.emplace_back("content-type", content_type);
  request.body = std::move(body);
  api_->handle(std::move(request), std::move(respond));
}

platform::Answer Host::ask(const std::string& method, const std::string& target, std::string body) {
  platform::Answer answer;
  request(method, target, method == "POST" ? "application/json" : "", std::move(body),
          [&](platform::Answer given) { answer = std::move(given); });
  return answer;
}

Status Host::put_in_force(int number) {
  const auto evaluator = release(number, settings_.remembers);
  GLMAP_CHECK(store_->activate_bundle(evaluator->digest(), "release " + evaluator->book().release,
                                      Instant{machine_.utc_micros()}));
  book_->put(evaluator);
  return {};
}

void Host::stop() {
  api_->stop_being_ready();
  queue_->stop();
  api_->stop();
  delivery_->stop();
}

}  // namespace glmap::simulation
