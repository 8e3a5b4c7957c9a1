// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/json_ledger.hpp"

#include "compiler/runtime/accounting/journal.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kEntries = "/ledger/v1/entries";

DoorReply json_reply(int status, std::string body) {
  DoorReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.keep_alive = true;
  return reply;
}

DoorReply problem(int status, std::string_view title) {
  DoorReply reply = json_reply(status, write_json(Json::Object{{"title", title}, {"status", Json::number(status)}}));
  reply.content_type = "application/problem+json";
  return reply;
}

}  // namespace

DoorReply JsonLedger::handle(const DoorRequest& request, FaultPlan& faults) {
  const std::string operation = "ledger." + request.method;
  const std::optional<Fault> fault = faults.take(operation);
  DoorReply dropped;
  dropped.drop_after_bytes = 0;
  if (fault && fault->kind == FaultKind::drop_before_commit) return dropped;
  if (fault && fault->kind == FaultKind::status) {
    DoorReply reply = problem(fault->status, "the sandbox was told to say so");
    if (!fault->retry_after.empty()) reply.fields.emplace_back("Retry-After", fault->retry_after);
    return reply;
  }
  DoorReply reply;
  if (request.method == "POST" && request.path == kEntries) {
    reply = post(request);
  } else if (request.method == "GET" && request.path.starts_with(std::string(kEntries) + "/")) {
    reply = get(request.path.substr(kEntries.size() + 1));
  } else {
    reply = problem(404, "there is nothing here");
  }
  if (!fault) return reply;
  if (fault->kind == FaultKind::commit_then_drop) reply.drop_after_bytes = fault->bytes;
  if (fault->kind == FaultKind::commit_then_status) reply = problem(fault->status, "the sandbox was told to say so");
  reply.delay_ms = fault->delay_ms;
  return reply;
}

DoorReply JsonLedger::post(const DoorRequest& request) {
  if (request.idempotency_key.empty()) return problem(400, "the request has no Idempotency-Key");
  const Result<Json> parsed = parse_json(request.body);
  if (!parsed) return problem(400, parsed.error().message);
  const Result<JournalEntry> entry = JournalEntry::from_json(*parsed);
  if (!entry) return problem(422, entry.error().message);
  const std::string canonical = canonical_json(*parsed);
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = entries_.emplace(request.idempotency_key, canonical);
  if (!is_new && place->second != canonical) return problem(422, "the key was used for another entry");
  return json_reply(is_new ? 201 : 200, write_json(Json::Object{{"document", request.idempotency_key}}));
}

DoorReply JsonLedger::get(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? problem(404, "there is no such entry") : json_reply(200, found->second);
}

std::size_t JsonLedger::count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace glmap::gateway::sandbox
