// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/gateway.hpp"

#include <algorithm>
#include <mutex>
#include <set>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/api/gateway_api.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/connectors/factory.hpp"
#include "gateway/delivery/worker.hpp"
#include "gateway/platform/http_server.hpp"
#include "gateway/service/change_report.hpp"
#include "gateway/service/command_line.hpp"
#include "gateway/service/configured_store.hpp"
#include "gateway/service/releases.hpp"

namespace glmap::gateway::service {

namespace {

struct LoadedBundle {
  std::string bytes;
  std::string digest;
  std::shared_ptr<const rules::Evaluator> evaluator;
};

Result<LoadedBundle> load_bundle(std::string bytes) {
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
  std::mutex changing;  // what is in force: one change at a time, by whichever thread
  Releases releases{configuration.release};
  std::string refusals_told;  // so that a refusal is logged once

  Status open_store();
  Status put_first_bundle(const LoadedBundle& bundle);
  Status put_first_release();
  Status put_in_force(const LoadedBundle& bundle, const store::ReleaseEvidence& evidence);
  Status note_what_runs();
  Running running(const std::string& bundle) const { return {bundle, configuration.program, configuration.digest}; }
  Status reload(const std::string& by, const std::string& why);
  Status go_on(const std::string& by, const std::string& why);
  Status put_release(const NextRelease& next, const std::string& by, const std::string& why);
  Status follow_the_store();
  void tell_refusals();
  api::ReleaseControl release_control();
  Json release_status();
  Status start_delivery();
  Status start_serving();
};

Status Gateway::Parts::open_store() {
  std::optional<LoadedBundle> first;  // read before the store is made: a wrong path leaves nothing behind
  if (!configuration.release.demanded()) {
    GLMAP_TRY(bytes, read_whole_file(configuration.bundle, "the rules bundle"));
    GLMAP_TRY(loaded, load_bundle(std::move(bytes)));
    first = std::move(loaded);
  }
  GLMAP_TRY(opened, open_configured_store(configuration, clock));
  store = std::move(opened);
  log.info("store opened", {{"store", shown_store(configuration)}});
  GLMAP_CHECK(first ? put_first_bundle(*first) : put_first_release());
  return note_what_runs();
}

Status Gateway::Parts::put_in_force(const LoadedBundle& bundle, const store::ReleaseEvidence& evidence) {
  GLMAP_CHECK(posting::check_follows(*store, posting::book_of_store(*store), *bundle.evaluator));
  GLMAP_CHECK(store->activate_bundle(bundle.digest, bundle.bytes, Instant{clock.utc_micros()}, evidence));
  if (book)
    book->put(bundle.evaluator);
  else
    book = std::make_unique<posting::BookInForce>(bundle.evaluator);
  log.info("bundle in force", {{"bundle", bundle.digest}});
  return {};
}

Status Gateway::Parts::put_first_bundle(const LoadedBundle& bundle) {
  log.warning("development mode: the bundle comes into force without approval; configure `release:` to demand it");
  return put_in_force(bundle, {});
}

/// What the store says is in force; before the first release, the first.
Status Gateway::Parts::put_first_release() {
  GLMAP_CHECK(releases.recall(*store));
  if (releases.live()) GLMAP_CHECK(follow_the_store());
  Status moved = go_on("gateway", "the gateway started");
  if (book) return {};  // refused or not: what was in force is
  if (!moved) return moved;
  return fail(ErrorCode::NotApproved, "no release in `" + configuration.release.folder + "` may come into force",
              "put the first approved release there");
}

/// The record of program and configuration, when one of them is not what was recorded last.
Status Gateway::Parts::note_what_runs() {
  GLMAP_TRY(lines, store->release_history());
  const auto evaluator = book->get();
  const std::optional<LiveRelease>& live = releases.live();
  const std::string evidence =
      write_evidence(running(evaluator->digest()), live ? &live->release : nullptr, live ? &live->approved : nullptr);
  if (!lines.empty() && lines.back().evidence == evidence) return {};
  GLMAP_TRY(bundle, store->bundle(evaluator->digest()));
  GLMAP_ASSERT(bundle.has_value());
  return store->activate_bundle(bundle->digest, bundle->bytes, Instant{clock.utc_micros()},
                                {"gateway", "the gateway started", evidence});
}

/// Another gateway on the store may have gone on.
Status Gateway::Parts::follow_the_store() {
  const std::string& digest = releases.live()->release.statement.bundle;
  if (book && book->get()->digest() == digest) return {};
  GLMAP_TRY(kept, store->bundle(digest));
  if (!kept)
    return fail(ErrorCode::StoreCorrupt, "the bundle " + digest + " of the release in force is not in the store",
                "run glmapd verify");
  GLMAP_TRY(bundle, load_bundle(kept->bytes));
  return put_in_force(bundle, {});
}

Status Gateway::Parts::put_release(const NextRelease& next, const std::string& by, const std::string& why) {
  GLMAP_TRY(bundle, load_bundle(next.release.bundle));
  const std::string evidence = write_evidence(running(bundle.digest), &next.release, &next.approved);
  GLMAP_CHECK(put_in_force(bundle, {by, why, evidence}));
  log.info("release in force", {{"release", next.release.digest}, {"by", by}, {"reason", why}});
  return releases.recall(*store);
}

/// As far as approved releases lead. An error when one that might have been next was refused: what is in force stays.
Status Gateway::Parts::go_on(const std::string& by, const std::string& why) {
  bool moved = false;
  while (const auto next = releases.look(Instant{clock.utc_micros()})) {
    if (Status done = put_release(*next, by, why); !done) {
      releases.refuse(next->folder, done.error());
      break;
    }
    moved = true;
  }
  tell_refusals();
  if (moved || releases.refused().empty()) return {};
  return std::unexpected(releases.refused().begin()->second);
}

void Gateway::Parts::tell_refusals() {
  std::string all;
  for (const auto& [folder, error] : releases.refused()) all += folder + ": " + error.to_text() + "\n";
  const auto by = releases.follow_up_by();
  if (by && Instant{clock.utc_micros()} > *by) all += "overdue\n";
  if (all == refusals_told) return;
  refusals_told = all;
  for (const auto& [folder, error] : releases.refused())
    log.error("the release does not come into force; what is in force stays",
              {{"release", folder}, {"error", error.to_text()}});
  if (all.ends_with("overdue\n"))
    log.error("the emergency release in force was to be followed up", {{"by", by->to_text()}});
}

Status Gateway::Parts::reload(const std::string& by, const std::string& why) {
  const std::lock_guard guard(changing);
  if (configuration.release.demanded()) {
    GLMAP_CHECK(releases.recall(*store));
    GLMAP_CHECK(follow_the_store());
    return go_on(by, why);
  }
  GLMAP_TRY(bytes, read_whole_file(configuration.bundle, "the rules bundle"));
  GLMAP_TRY(bundle, load_bundle(std::move(bytes)));
  if (bundle.digest == book->get()->digest()) return {};
  return put_in_force(bundle, {by, why, write_evidence(running(bundle.digest), nullptr, nullptr)});
}

Json Gateway::Parts::release_status() {
  const std::lock_guard guard(changing);
  if (configuration.release.demanded()) return releases.status(Instant{clock.utc_micros()});
  Json json{Json::Object{}};
  json.set("approval", "none");
  json.set("bundle", book->get()->digest());
  return json;
}

api::ReleaseControl Gateway::Parts::release_control() {
  api::ReleaseControl control;
  control.approval = configuration.release.demanded() ? "demanded" : "none";
  control.status = [this]() -> Result<Json> { return release_status(); };
  control.history = [this]() -> Result<Json> {
    GLMAP_TRY(lines, store->release_history());
    return history_json(lines);
  };
  control.activate = [this](const std::string& by, const std::string& why) -> Result<Json> {
    GLMAP_CHECK(reload(by, why));
    return release_status();
  };
  return control;
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
  settings.release = release_control();
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
  return parts_->reload("operator", "SIGHUP");
}

void Gateway::let_days_begin() {
  if (!parts_->configuration.release.demanded()) return;
  (void)parts_->reload("gateway", "its first day has come");  // refusals have been told
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
