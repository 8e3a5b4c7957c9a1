// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/gateway.hpp"

#include <algorithm>
#include <set>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/api/gateway_api.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/connectors/factory.hpp"
#include "gateway/delivery/worker.hpp"
#include "gateway/platform/http_server.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/configured_store.hpp"

namespace glmap::gateway::service {

namespace {

struct LoadedBundle {
  std::string bytes;
  std::string digest;
  std::shared_ptr<const rules::Evaluator> evaluator;
};

Result<LoadedBundle> load_bundle(const std::string& path) {
  GLMAP_TRY(bytes, read_whole_file(path, "the rules bundle"));
  GLMAP_TRY(bundle, rules::read_bundle(bytes));
  LoadedBundle loaded;
  loaded.bytes = std::move(bytes);
  loaded.digest = bundle.digest;
  loaded.evaluator = std::make_shared<const rules::Evaluator>(
      std::make_shared<const rules::RuleBook>(std::move(bundle.book)), bundle.digest);
  return loaded;
}

/// The lane of one ERP connection, for the entities of the book that name it.
Result<std::unique_ptr<delivery::Lane>> make_lane(const ErpConfiguration& erp, const rules::RuleBook& book,
                                                  store::Store& store, const platform::Clock& clock,
                                                  platform::Log& log) {
  connectors::ConnectorSettings settings{erp.name, erp.kind, erp.settings, erp.entities, {}};
  for (const LegalEntity& entity : book.catalog.entities) {
    if (entity.erp == erp.name) settings.legal_entities.push_back(entity);
  }
  GLMAP_TRY(connector, connectors::make_connector(settings));
  delivery::LaneSettings lane;
  lane.name = erp.name;
  lane.entities = connectors::expected_identities(settings);
  lane.policy = erp.policy;
  lane.limits = erp.limits;
  lane.unclear_in_a_row_max = erp.unclear_in_a_row_max;
  lane.jitter_seed = static_cast<std::uint64_t>(clock.utc_micros());
  return std::make_unique<delivery::Lane>(std::move(lane), std::move(connector), store, clock, log);
}

}  // namespace

/// In the order of starting; destroyed the other way round.
struct Gateway::Parts {
  Configuration configuration;
  const platform::Clock& clock;
  platform::Log& log;
  std::string address;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<posting::BookInForce> book;
  std::unique_ptr<delivery::DeliveryWorker> delivery;
  std::unique_ptr<posting::PostingService> posting;
  std::unique_ptr<posting::PostingQueue> queue;
  std::unique_ptr<api::GatewayApi> api;
  std::unique_ptr<platform::HttpServer> server;
  bool stopped = false;

  Status open_store();
  Status start_delivery();
  Status start_serving();
};

Status Gateway::Parts::open_store() {
  GLMAP_TRY(bundle, load_bundle(configuration.bundle));
  GLMAP_TRY(opened, open_configured_store(configuration, clock));
  store = std::move(opened);
  const Instant now{clock.utc_micros()};
  GLMAP_CHECK(posting::check_follows(*store, posting::book_of_store(*store), *bundle.evaluator));
  GLMAP_CHECK(store->activate_bundle(bundle.digest, bundle.bytes, now));
  log.info("store opened", {{"store", shown_store(configuration)}, {"bundle", bundle.digest}});
  book = std::make_unique<posting::BookInForce>(bundle.evaluator);
  return {};
}

Status Gateway::Parts::start_delivery() {
  const auto evaluator = book->get();
  std::vector<std::unique_ptr<delivery::Lane>> lanes;
  std::set<std::string> names;
  for (const ErpConfiguration& erp : configuration.erp) {
    // Two ledgers behind one name would share its entries between them.
    if (!names.insert(erp.name).second)
      return fail(ErrorCode::BadConfiguration,
                  "the ERP connection `" + erp.name + "` stands twice in the configuration",
                  "give each connection a name of its own, the one that the book's entities use");
    GLMAP_TRY(lane, make_lane(erp, evaluator->book(), *store, clock, log));
    lanes.push_back(std::move(lane));
  }
  for (const LegalEntity& entity : evaluator->book().catalog.entities) {
    const auto serves = [&](const ErpConfiguration& erp) { return erp.name == entity.erp; };
    if (std::any_of(configuration.erp.begin(), configuration.erp.end(), serves)) continue;
    log.warning("no ERP connection is configured: entries will wait", {{"entity", entity.code}, {"erp", entity.erp}});
  }
  delivery = std::make_unique<delivery::DeliveryWorker>(std::move(lanes));
  delivery->start();
  return {};
}

Status Gateway::Parts::start_serving() {
  GLMAP_TRY(listen, parse_listen(configuration.listen));
  const auto wake = [this] { delivery->wake(); };
  posting = std::make_unique<posting::PostingService>(*store, clock, *book);
  GLMAP_CHECK(posting->remember());
  queue = std::make_unique<posting::PostingQueue>(*posting, posting::QueueLimits{}, wake);
  api::ApiSettings settings;
  settings.limits = configuration.limits;
  api = std::make_unique<api::GatewayApi>(settings, *store, clock, *book, *posting, *queue, delivery.get(), wake);
  platform::HttpServerSettings http;
  http.address = listen.address;
  http.port = listen.port;
  http.body_bytes_max = configuration.limits.bytes_max;
  auto handler = [this](platform::IncomingRequest request, platform::Respond respond) {
    api->handle(std::move(request), std::move(respond));
  };
  GLMAP_TRY(started, platform::start_http_server(http, std::move(handler), api::refusal));
  server = std::move(started);
  address = listen.address.contains(':') ? "[" + listen.address + "]" : listen.address;
  return {};
}

Gateway::Gateway() = default;
Gateway::~Gateway() {
  stop();
}

Result<std::unique_ptr<Gateway>> Gateway::start(const Configuration& configuration, const platform::Clock& clock,
                                                platform::Log& log) {
  std::unique_ptr<Gateway> gateway(new Gateway());
  gateway->parts_.reset(new Parts{.configuration = configuration, .clock = clock, .log = log});
  GLMAP_CHECK(gateway->parts_->open_store());
  GLMAP_CHECK(gateway->parts_->start_delivery());
  GLMAP_CHECK(gateway->parts_->start_serving());
  return gateway;
}

std::uint16_t Gateway::port() const {
  return parts_->server->port();
}

std::string Gateway::url() const {
  return "http://" + parts_->address + ":" + std::to_string(port());
}

Status Gateway::reload_bundle() {
  GLMAP_TRY(bundle, load_bundle(parts_->configuration.bundle));
  GLMAP_CHECK(posting::check_follows(*parts_->store, posting::book_of_store(*parts_->store), *bundle.evaluator));
  GLMAP_CHECK(parts_->store->activate_bundle(bundle.digest, bundle.bytes, Instant{parts_->clock.utc_micros()}));
  parts_->book->put(bundle.evaluator);
  parts_->log.info("bundle in force", {{"bundle", bundle.digest}});
  return {};
}

void Gateway::stop() {
  if (!parts_ || parts_->stopped) return;
  parts_->stopped = true;
  if (parts_->api) parts_->api->stop_being_ready();
  if (parts_->server) parts_->server->stop(static_cast<int>(parts_->configuration.drain_ms_max));
  if (parts_->api) parts_->api->stop();  // what it parses still goes to the queue
  if (parts_->queue) parts_->queue->stop();
  if (parts_->delivery) parts_->delivery->stop();
}

}  // namespace glmap::gateway::service
