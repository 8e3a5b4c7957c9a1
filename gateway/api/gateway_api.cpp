// SPDX-License-Identifier: Apache-2.0
#include "gateway/api/gateway_api.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/api/problem.hpp"
#include "gateway/api/record_json.hpp"

namespace glmap::gateway::api {

namespace {

using platform::Answer;

Result<store::Sequence> sequence_of(const std::string& text) {
  store::Sequence value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) {
    return fail(ErrorCode::NotFound, "`" + text + "` is no number of an event",
                "use the sequence that the event was answered with, or ?source=...&id=...");
  }
  return value;
}

std::unexpected<Error> no_resource(const std::string& path) {
  return fail(
      ErrorCode::NotFound, "there is no resource `" + path + "`",
      "/v1/events, /v1/entries, /v1/exceptions, /v1/statement, /v1/trial-balance, /v1/bundle, /v1/release, /v1/erp, "
      "/v1/rates, "
      "/healthz, /readyz");
}

Answer not_allowed(const std::string& path, const std::string& method, const char* allow) {
  Answer answer = problem(
      Error{ErrorCode::BadRequest, "`" + method + "` is not done to `" + path + "`", std::string("use ") + allow, {}},
      path, 405);
  answer.fields.emplace_back("Allow", allow);
  return answer;
}

Result<std::string> text_member(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  if (text == nullptr || text->empty()) {
    return fail(ErrorCode::MissingField, "`" + std::string(key) + "` is missing",
                R"(send {"by": "who you are", "reason": "why it will work now"})", {.pointer = "/" + std::string(key)});
  }
  return *text;
}

}  // namespace

GatewayApi::GatewayApi(ApiSettings settings, store::Store& store, const platform::Clock& clock,
                       posting::BookInForce& book, posting::PostingService& service, posting::PostingQueue& queue,
                       delivery::DeliveryWorker* delivery, std::function<void()> on_retry)
    : settings_(std::move(settings)),
      store_(store),
      clock_(clock),
      book_(book),
      service_(service),
      queue_(queue),
      delivery_(delivery),
      on_retry_(std::move(on_retry)),
      readers_(settings.reading_threads, settings.reading_waiting_max),
      parsers_(settings.reading_threads, settings.parsing_waiting_max) {}

void GatewayApi::handle(platform::IncomingRequest request, platform::Respond respond) {
  auto parsed = RequestTarget::parse(request.target);
  if (!parsed) return respond(problem(parsed.error(), request.target));
  const Target& target = *parsed;
  const std::string& path = target.path();
  if (path == "/healthz" || path == "/readyz") return respond(health(path));

  const bool reading = request.method == "GET" || request.method == "HEAD";
  const auto& segments = target.segments();
  const bool events = segments.size() == 2 && segments[0] == "v1" && segments[1] == "events";
  const bool acting = segments.size() == 4 && segments[0] == "v1" &&
                      (segments[3] == "retry" || segments[3] == "reject" || segments[3] == "resume");
  if (acting) {
    if (request.method != "POST") return respond(not_allowed(path, request.method, "POST"));
    return in_pool(std::move(respond), path,
                   [this, target, body = std::move(request.body)] { return act(target, body); });
  }
  if (path == "/v1/rates") {
    if (request.method != "POST") return respond(not_allowed(path, request.method, "POST"));
    return in_pool(std::move(respond), path, [this, body = std::move(request.body)] { return publish_rates(body); });
  }
  if (path == "/v1/release/activate") {
    if (request.method != "POST") return respond(not_allowed(path, request.method, "POST"));
    return in_pool(std::move(respond), path, [this, body = std::move(request.body)] { return activate_release(body); });
  }
  if (events && request.method == "POST") return post_events(std::move(request), target, std::move(respond));
  if (!reading) return respond(not_allowed(path, request.method, events ? "GET, HEAD, POST" : "GET, HEAD"));
  in_pool(std::move(respond), path, [this, target] { return read(target); });
}

void GatewayApi::in_pool(platform::Respond respond, const std::string& path, std::function<Result<Answer>()> work) {
  auto task = [respond, path, work = std::move(work)] {
    auto answer = work();
    respond(answer ? std::move(*answer) : problem(answer.error(), path));
  };
  if (readers_.submit(std::move(task))) return;
  respond(problem(Error{ErrorCode::Busy, "too many requests wait to read", "try again a little later", {}}, path));
}

Answer GatewayApi::health(const std::string& path) const {
  if (Status healthy = store_.health(); !healthy) return problem(healthy.error(), path, 503);
  if (path == "/readyz" && !ready_) {
    return problem(Error{ErrorCode::Busy, "the gateway is stopping", "", {}}, path, 503);
  }
  Json json{Json::Object{}};
  json.set("status", "ok");
  if (!settings_.release.approval.empty()) json.set("approval", settings_.release.approval);
  return json_answer(200, json);
}

Result<Answer> GatewayApi::read(const Target& target) {
  const auto& segments = target.segments();
  if (segments.size() < 2 || segments.size() > 3 || segments[0] != "v1") return no_resource(target.path());
  const std::string& what = segments[1];
  if (what == "events") return read_events(target);
  if (what == "entries") return read_entries(target);
  if (what == "release") return read_release(target);
  if (segments.size() != 2) return no_resource(target.path());
  if (what == "statement") {
    GLMAP_CHECK(target.only({}));
    GLMAP_TRY(rows, store_.statement());
    return json_answer(200, statement_json(rows));
  }
  if (what == "trial-balance") {
    GLMAP_CHECK(target.only({"entity"}));
    GLMAP_TRY(rows, store_.trial_balance(target.text("entity")));
    return json_answer(200, trial_balance_json(rows));
  }
  if (what == "exceptions") return read_exceptions(target);
  if (what == "bundle") return read_bundle();
  if (what == "erp") return read_lanes();
  return no_resource(target.path());
}

Result<Answer> GatewayApi::read_events(const Target& target) {
  const auto& segments = target.segments();
  if (segments.size() == 3 || target.parameter("id") != nullptr) {
    store::Sequence sequence = 0;
    if (segments.size() == 3) {
      GLMAP_TRY(given, sequence_of(segments[2]));
      sequence = given;
    } else {
      GLMAP_CHECK(target.only({"source", "id", "revision"}));
      const auto key = store::event_key(target.text("source"), target.text("id"), target.text("revision"));
      GLMAP_TRY(known, store_.find_event(key));
      sequence = known.value_or(0);
    }
    GLMAP_TRY(journey, store_.event_journey(sequence));
    if (!journey) return fail(ErrorCode::NotFound, "there is no such event", "GET /v1/events lists those recorded");
    GLMAP_TRY(json, journey_json(*journey));
    return json_answer(200, json);
  }
  GLMAP_CHECK(target.only({"state", "entity", "source", "after", "limit"}));
  store::EventQuery query;
  query.entity = target.text("entity");
  query.source = target.text("source");
  if (const std::string* state = target.parameter("state")) {
    query.state = engine::parse_event_state(*state);
    if (!query.state) {
      return fail(ErrorCode::BadRequest, "there is no state `" + *state + "` of an event",
                  "accepted, posted, no_entry, held, rejected or waiting");
    }
  }
  GLMAP_TRY(after, target.number("after", 0, 0, INT64_MAX));
  GLMAP_TRY(limit, target.number("limit", 100, 1, 1000));
  query.after = after;
  query.limit = static_cast<std::int32_t>(limit);
  GLMAP_TRY(events, store_.list_events(query));
  Json::Array shown;
  for (const store::EventRecord& event : events) shown.push_back(event_json(event));
  Json json{Json::Object{}};
  json.set("events", std::move(shown));
  return json_answer(200, json);
}

Result<Answer> GatewayApi::read_entries(const Target& target) {
  const auto& segments = target.segments();
  if (segments.size() == 3) {
    GLMAP_TRY(entry, store_.entry_by_reference(segments[2]));
    if (!entry) return fail(ErrorCode::NotFound, "there is no entry `" + segments[2] + "`");
    GLMAP_TRY(json, entry_json(*entry));
    return json_answer(200, json);
  }
  GLMAP_CHECK(target.only({"state", "entity", "erp", "after", "limit"}));
  store::EntryQuery query;
  query.entity = target.text("entity");
  query.lane = target.text("erp");
  if (const std::string* state = target.parameter("state")) {
    query.state = engine::parse_entry_state(*state);
    if (!query.state) {
      return fail(ErrorCode::BadRequest, "there is no state `" + *state + "` of an entry",
                  "ready, sending, unknown, draft_found, posted, rejected, held or reversed");
    }
  }
  GLMAP_TRY(after, target.number("after", 0, 0, INT64_MAX));
  GLMAP_TRY(limit, target.number("limit", 100, 1, 1000));
  query.after = after;
  query.limit = static_cast<std::int32_t>(limit);
  GLMAP_TRY(entries, store_.list_entries(query));
  Json::Array shown;
  for (const store::EntryRecord& entry : entries) {
    GLMAP_TRY(json, entry_json(entry));
    shown.push_back(std::move(json));
  }
  Json json{Json::Object{}};
  json.set("entries", std::move(shown));
  return json_answer(200, json);
}

Result<Answer> GatewayApi::read_exceptions(const Target& target) {
  GLMAP_CHECK(target.only({"after", "limit"}));
  GLMAP_TRY(after, target.number("after", 0, 0, INT64_MAX));
  GLMAP_TRY(limit, target.number("limit", 100, 1, 1000));
  GLMAP_TRY(exceptions, store_.list_exceptions(after, static_cast<std::int32_t>(limit)));
  Json::Array shown;
  for (const store::ExceptionRecord& exception : exceptions) shown.push_back(exception_json(exception));
  Json json{Json::Object{}};
  json.set("exceptions", std::move(shown));
  return json_answer(200, json);
}

Result<Answer> GatewayApi::publish_rates(const std::string& body) {
  GLMAP_TRY(json, parse_json(body, {.bytes_max = 1'048'576, .depth_max = 4, .nodes_max = 100'000}));
  const Json* member = json.find("rates");
  const Json::Array* list = member != nullptr ? member->as_array() : nullptr;
  if (list == nullptr)
    return fail(
        ErrorCode::MissingField, "`rates` is missing, or is no list",
        R"(send {"rates": [{"source": "ECB", "from": "USD", "to": "EUR", "date": "2026-10-01", "rate": "0.95"}]})",
        {.pointer = "/rates"});
  std::vector<rules::PublishedRate> rates;
  for (const Json& one : *list) {
    auto rate = posting::read_rate(one);
    if (!rate) {
      rate.error().where.pointer = "/rates/" + std::to_string(rates.size()) + rate.error().where.pointer;
      return std::unexpected(std::move(rate).error());
    }
    rates.push_back(std::move(*rate));
  }
  GLMAP_TRY(added, service_.publish(rates));
  Json answer{Json::Object{}};
  answer.set("received", Json::number(static_cast<std::int64_t>(rates.size())));
  answer.set("new", Json::number(static_cast<std::int64_t>(added)));
  return json_answer(200, answer);
}

Result<Answer> GatewayApi::read_bundle() {
  const auto evaluator = book_.get();
  const rules::RuleBook& book = evaluator->book();
  GLMAP_TRY(active, store_.active_bundle());
  Json json{Json::Object{}};
  json.set("digest", evaluator->digest());
  json.set("book", book.name);
  json.set("title", book.title);
  json.set("release", book.release);
  json.set("owner", book.owner);
  if (active && active->digest == evaluator->digest()) json.set("activated_at", active->activated_at.to_text());
  return json_answer(200, json);
}

Result<Answer> GatewayApi::read_release(const Target& target) {
  const bool history = target.segments().size() == 3 && target.segments()[2] == "history";
  const auto& ask = history ? settings_.release.history : settings_.release.status;
  if (!ask || (target.segments().size() == 3 && !history)) return no_resource(target.path());
  GLMAP_CHECK(target.only({}));
  GLMAP_TRY(json, ask());
  return json_answer(200, json);
}

Result<Answer> GatewayApi::activate_release(const std::string& body) {
  GLMAP_TRY(json, parse_json(body, {.bytes_max = 65'536, .depth_max = 4, .nodes_max = 100}));
  GLMAP_TRY(by, text_member(json, "by"));
  GLMAP_TRY(why, text_member(json, "reason"));
  if (!settings_.release.activate) return no_resource("/v1/release/activate");
  const auto status = settings_.release.activate(by, why);
  if (!status) return problem(status.error(), "/v1/release/activate", 409);  // what is in force stays
  return json_answer(200, *status);
}

Result<Answer> GatewayApi::act(const Target& target, const std::string& body) {
  GLMAP_TRY(json, parse_json(body, {.bytes_max = 65'536, .depth_max = 4, .nodes_max = 100}));
  GLMAP_TRY(by, text_member(json, "by"));
  GLMAP_TRY(why, text_member(json, "reason"));
  const std::string& what = target.segments()[1];
  const std::string& which = target.segments()[2];
  const auto refused = [&](const Error& error) -> Result<Answer> {
    if (error.code != ErrorCode::BadRequest) return std::unexpected(error);
    return problem(error, target.path(), 409);  // it exists, and is in another state
  };
  const bool resume = target.segments()[3] == "resume";
  if (resume) return what == "erp" ? resume_lane(which) : no_resource(target.path());
  if (what == "events") {
    GLMAP_TRY(sequence, sequence_of(which));
    const bool reject = target.segments()[3] == "reject";
    auto receipt = reject ? service_.reject(sequence, by, why) : service_.decide_again(sequence, by, why);
    if (!receipt) return refused(receipt.error());
    if (on_retry_) on_retry_();
    return json_answer(200, receipt_json(*receipt));
  }
  if (what == "entries" && target.segments()[3] == "retry") {
    Status retried = store_.retry_entry(which, by, why, Instant{clock_.utc_micros()});
    if (!retried) return refused(retried.error());
    if (on_retry_) on_retry_();
    GLMAP_TRY(entry, store_.entry_by_reference(which));
    GLMAP_ASSERT(entry.has_value());
    GLMAP_TRY(shown, entry_json(*entry));
    return json_answer(200, shown);
  }
  return no_resource(target.path());
}

Result<Answer> GatewayApi::read_lanes() {
  Json::Array shown;
  if (delivery_ != nullptr) {
    for (const delivery::LaneStatus& lane : delivery_->status()) {
      Json json{Json::Object{}};
      json.set("name", lane.name);
      json.set("state", delivery::to_text(lane.state));
      json.set("since", lane.since.to_text());
      const bool goes_on_by_itself = lane.state == delivery::LaneState::paused ||
                                     lane.state == delivery::LaneState::closed ||
                                     lane.state == delivery::LaneState::limited;
      if (goes_on_by_itself) json.set("until", lane.until.to_text());
      if (lane.reason) json.set("reason", reason_json(*lane.reason));
      json.set("confirmed", Json::number(lane.confirmed));
      json.set("refused", Json::number(lane.refused));
      json.set("held", Json::number(lane.held));
      json.set("unclear", Json::number(lane.unclear));
      shown.push_back(std::move(json));
    }
  }
  Json json{Json::Object{}};
  json.set("erp", std::move(shown));
  return json_answer(200, json);
}

Result<Answer> GatewayApi::resume_lane(const std::string& name) {
  if (delivery_ == nullptr || !delivery_->resume(name)) {
    return fail(ErrorCode::NotFound, "there is no ERP connection `" + name + "`", "GET /v1/erp lists them");
  }
  return read_lanes();
}

}  // namespace glmap::gateway::api
