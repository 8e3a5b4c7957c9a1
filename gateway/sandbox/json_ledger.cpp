// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/json_ledger.hpp"

#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/sandbox/fault_replies.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kEntries = "/ledger/v1/entries";
constexpr std::string_view kEntities = "/ledger/v1/entities/";

DoorReply json_reply(int status, std::string body) {
  DoorReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.keep_alive = true;
  return reply;
}

DoorReply problem(int status, std::string_view code, std::string_view title) {
  DoorReply reply =
      json_reply(status, write_json(Json::Object{{"title", title}, {"status", Json::number(status)}, {"code", code}}));
  reply.content_type = "application/problem+json";
  return reply;
}

/// Only for the sandbox's own delays; nothing of an entry depends on it.
std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string operation_of(const DoorRequest& request) {
  if (request.path.starts_with(kEntities)) return "ledger.entities";
  if (request.method == "GET") return "ledger.entries.search";
  return request.path == kEntries ? "ledger.entries.create" : "ledger.entries.post";
}

}  // namespace

JsonLedger::JsonLedger(const Seed& seed) {
  for (const SeedCompany& company : seed.companies) {
    Company& made = companies_[company.entity];
    made.name = company.name;
    made.currency = company.currency;
    for (const SeedAccount& account : company.accounts) made.accounts.insert(account.code);
  }
}

DoorReply JsonLedger::handle(const DoorRequest& request, FaultPlan& faults) {
  const std::string operation = operation_of(request);
  const std::optional<Fault> fault = faults.take(operation);
  if (fault) {
    if (auto reply = instead_of_work(*fault)) return std::move(*reply);
  }
  const std::lock_guard lock(mutex_);
  DoorReply reply = work(request, operation, fault && fault->kind == FaultKind::leave_draft);
  if (!fault) return reply;
  if (fault->kind == FaultKind::alter && !documents_.empty()) grow(documents_.back());
  return spoiled(*fault, std::move(reply));
}

DoorReply JsonLedger::work(const DoorRequest& request, const std::string& operation, bool as_draft) {
  if (operation == "ledger.entities") return company(request.path.substr(kEntities.size()));
  if (operation == "ledger.entries.create" && request.method == "POST") return create(request, as_draft);
  const std::string by_reference = std::string(kEntries) + "?reference=";
  if (request.path.starts_with(by_reference)) return search(request.path.substr(by_reference.size()));
  if (request.method == "POST" && request.path.starts_with(kEntries) && request.path.ends_with("/post")) {
    return post(request.path.substr(kEntries.size() + 1, request.path.size() - kEntries.size() - 6));
  }
  return problem(404, "not_found", "there is nothing here");
}

DoorReply JsonLedger::company(const std::string& entity) const {
  const auto found = companies_.find(entity);
  if (found == companies_.end()) return problem(404, "entity", "there is no such legal entity");
  return json_reply(200, write_json(Json::Object{
                             {"entity", entity}, {"name", found->second.name}, {"currency", found->second.currency}}));
}

std::optional<DoorReply> JsonLedger::refusal(const JournalEntry& entry) const {
  const JournalEntryDraft& data = entry.data();
  const auto found = companies_.find(data.entity);
  if (found == companies_.end()) return problem(422, "entity", "there is no legal entity `" + data.entity + "`");
  const Company& books = found->second;
  if (data.functional.code() != books.currency) {
    return problem(422, "currency", "the books of `" + books.name + "` are kept in " + books.currency);
  }
  const std::string period = data.posting_date.to_text().substr(0, 7);
  if (books.closed_periods.contains(period)) return problem(422, "period_closed", "period " + period + " is closed");
  for (const JournalLine& line : entry.lines()) {
    if (!books.accounts.contains(line.account) || books.closed_accounts.contains(line.account)) {
      return problem(422, "account", "account `" + line.account + "` cannot be posted to");
    }
  }
  return std::nullopt;
}

DoorReply JsonLedger::create(const DoorRequest& request, bool as_draft) {
  if (request.idempotency_key.empty()) return problem(400, "key", "the request has no Idempotency-Key");
  const Result<Json> parsed = parse_json(request.body);
  if (!parsed) return problem(400, "json", parsed.error().message);
  const Result<JournalEntry> entry = JournalEntry::from_json(*parsed);
  if (!entry) return problem(422, "entry", entry.error().message);
  Document document;
  document.content = canonical_json(*parsed);
  document.reference = request.idempotency_key;
  if (const auto known = find(document.reference); unique_reference_ && known != documents_.end()) {
    if (known->content != document.content) return problem(422, "key_reused", "the key was used for another entry");
    if (duplicate_is_error_) return problem(409, "duplicate", "there is an entry with this key");
    return json_reply(200, write_json(shown(*known)));
  }
  if (auto no = refusal(*entry)) return std::move(*no);
  document.number = ++last_number_;
  document.entity = entry->data().entity;
  document.date = entry->data().posting_date.to_text();
  document.posted = !as_draft;
  document.born_ms = clock_ms();
  for (const JournalLine& line : entry->lines()) {
    document.lines.push_back({line.side == Side::debit ? "debit" : "credit", line.account,
                              booked(entry->data(), line.functional), booked(entry->data(), line.transaction)});
  }
  documents_.push_back(std::move(document));
  return json_reply(201, write_json(shown(documents_.back())));
}

DoorReply JsonLedger::post(const std::string& number) {
  for (Document& document : documents_) {
    if (std::to_string(document.number) != number) continue;
    const auto& books = companies_.at(document.entity);
    if (books.closed_periods.contains(document.date.substr(0, 7))) {
      return problem(422, "period_closed", "period " + document.date.substr(0, 7) + " is closed");
    }
    document.posted = true;
    return json_reply(200, write_json(shown(document)));
  }
  return problem(404, "document", "there is no such document");
}

DoorReply JsonLedger::search(const std::string& reference) const {
  Json::Array found;
  for (const Document& document : documents_) {
    const bool visible = clock_ms() - document.born_ms >= visibility_lag_ms_;
    if (document.reference == reference && visible) found.push_back(shown(document));
  }
  return json_reply(200, write_json(Json::Object{{"entries", std::move(found)}}));
}

Json JsonLedger::shown(const Document& document) {
  Json::Array lines;
  for (const Line& line : document.lines) {
    lines.push_back(Json::Object{{"side", line.side},
                                 {"account", line.account},
                                 {"functional", line.functional.to_text()},
                                 {"transaction", line.transaction.to_text()}});
  }
  return Json::Object{{"document", std::to_string(document.number)},
                      {"reference", document.reference},
                      {"state", document.posted ? "posted" : "draft"},
                      {"entity", document.entity},
                      {"date", document.date},
                      {"lines", std::move(lines)}};
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

void JsonLedger::set_unique_reference(bool on) {
  const std::lock_guard lock(mutex_);
  unique_reference_ = on;
}

void JsonLedger::set_duplicate_is_error(bool on) {
  const std::lock_guard lock(mutex_);
  duplicate_is_error_ = on;
}

void JsonLedger::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

JsonLedger::Company* JsonLedger::named(const std::string& name) {
  for (auto& [entity, company] : companies_) {
    if (company.name == name) return &company;
  }
  return nullptr;
}

std::vector<JsonLedger::Document>::iterator JsonLedger::find(const std::string& reference) {
  return std::ranges::find(documents_, reference, &Document::reference);
}

bool JsonLedger::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  Company* books = named(company);
  if (books == nullptr) return false;
  open ? (void)books->closed_periods.erase(period) : (void)books->closed_periods.insert(period);
  return true;
}

bool JsonLedger::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  Company* books = named(company);
  if (books == nullptr || !books->accounts.contains(code)) return false;
  open ? (void)books->closed_accounts.erase(code) : (void)books->closed_accounts.insert(code);
  return true;
}

bool JsonLedger::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  Company* books = named(from);
  if (books != nullptr) books->name = to;
  return books != nullptr;
}

void JsonLedger::grow(Document& document) {
  bool done[2] = {false, false};
  for (Line& line : document.lines) {
    bool& side = done[line.side == "debit" ? 0 : 1];
    if (std::exchange(side, true)) continue;
    const auto more = add(line.functional, Money::from_minor(1, line.functional.currency()));
    GLMAP_ASSERT(more.has_value());
    line.functional = *more;
  }
}

bool JsonLedger::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const auto found = find(reference);
  if (found == documents_.end()) return false;
  grow(*found);
  return true;
}

bool JsonLedger::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const auto found = find(reference);
  if (found == documents_.end()) return false;
  documents_.erase(found);
  return true;
}

bool JsonLedger::post_draft(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const auto found = find(reference);
  if (found == documents_.end() || found->posted) return false;
  return found->posted = true;
}

Json JsonLedger::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const Document& document : documents_) out.push_back(shown(document));
  return out;
}

std::size_t JsonLedger::count() const {
  const std::lock_guard lock(mutex_);
  return documents_.size();
}

}  // namespace glmap::gateway::sandbox
