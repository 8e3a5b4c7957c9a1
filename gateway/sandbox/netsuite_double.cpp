// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/netsuite_double.hpp"

#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/calendar.hpp"
#include "gateway/sandbox/fault_replies.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kJournals = "/netsuite/services/rest/record/v1/journalEntry";
constexpr std::string_view kQuery = "/netsuite/services/rest/query/v1/suiteql";
constexpr std::string_view kTokens = "/netsuite/services/rest/auth/oauth2/v1/token";
constexpr std::size_t kLinesMax = 1000;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
/// For signatures and tokens only; nothing of a journal depends on it.
std::int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

DoorReply json_reply(int status, std::string body) {
  DoorReply reply;
  reply.status = status;
  reply.content_type = "application/vnd.oracle.resource+json; type=singular";
  reply.body = std::move(body);
  reply.keep_alive = true;
  return reply;
}

DoorReply problem(int status, const char* title, const std::string& detail, const char* code,
                  const std::string& path = {}) {
  Json::Object error{{"detail", detail}};
  if (!path.empty()) error.emplace_back("o:errorPath", path);
  error.emplace_back("o:errorCode", code);
  DoorReply reply = json_reply(status, write_json(Json::Object{{"type", "https://www.rfc-editor.org/rfc/rfc9110.html"},
                                                               {"title", title},
                                                               {"status", Json::number(status)},
                                                               {"o:errorDetails", Json::Array{std::move(error)}}}));
  reply.content_type = "application/vnd.oracle.resource+json; type=error";
  return reply;
}

DoorReply bad_request(const std::string& detail, const char* code = "USER_ERROR", const std::string& path = {}) {
  return problem(400, "Bad Request", "Error while accessing a resource. " + detail, code, path);
}

std::string text(const Json* value) {
  if (value == nullptr) return "";
  if (value->as_number() != nullptr) return value->as_number()->text;
  return value->as_string() == nullptr ? "" : *value->as_string();
}
std::string text(const Json& object, std::string_view key) {
  return text(object.find(key));
}
std::string id_in(const Json& object, std::string_view key) {
  const Json* reference = object.find(key);
  return reference == nullptr ? "" : text(*reference, "id");
}

const std::set<std::string, std::less<>>& header_fields() {
  static const std::set<std::string, std::less<>> all = {"accountingBook",
                                                         "accountingBookDetail",
                                                         "approvalStatus",
                                                         "approved",
                                                         "class",
                                                         "currency",
                                                         "customForm",
                                                         "department",
                                                         "exchangeRate",
                                                         "externalId",
                                                         "isBookSpecific",
                                                         "line",
                                                         "location",
                                                         "memo",
                                                         "nextApprover",
                                                         "postingPeriod",
                                                         "reversalDate",
                                                         "reversalDefer",
                                                         "subsidiary",
                                                         "toSubsidiary",
                                                         "tranDate",
                                                         "tranId",
                                                         "void"};
  return all;
}
const std::set<std::string, std::less<>>& line_fields() {
  static const std::set<std::string, std::less<>> all = {"account",   "class",    "credit",   "debit", "department",
                                                         "eliminate", "endDate",  "entity",   "line",  "location",
                                                         "memo",      "schedule", "startDate"};
  return all;
}

/// The first field that the record does not have.
std::string unknown_field(const Json& object, const std::set<std::string, std::less<>>& known) {
  for (const auto& [name, value] : *object.as_object()) {
    const bool custom = name.starts_with("cust") || name.starts_with("cseg_");
    if (!known.contains(name) && !custom) return name;
  }
  return "";
}

std::string operation_of(const DoorRequest& request) {
  if (request.path.starts_with(kTokens)) return "netsuite.token";
  if (request.path.starts_with(kQuery)) return "netsuite.suiteql";
  if (!request.path.starts_with(kJournals)) return "netsuite.other";
  if (request.method == "GET") return "netsuite.journalEntry.get";
  return request.method == "PATCH" ? "netsuite.journalEntry.approve" : "netsuite.journalEntry.create";
}

}  // namespace

NetsuiteDouble::NetsuiteDouble(const Seed& seed) {
  const auto add_once = [](std::vector<std::string>& list, const std::string& value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
  };
  for (const char* code : {"EUR", "USD", "GBP", "JPY", "CHF", "CAD"}) currencies_.push_back(code);
  for (const SeedCompany& company : seed.companies) {
    Subsidiary made{std::to_string(subsidiaries_.size() + 1), company.name, company.currency, {}, {}};
    add_once(currencies_, company.currency);
    for (const SeedAccount& account : company.accounts) {
      made.accounts[account.code] = false;
      add_once(account_numbers_, account.code);
    }
    subsidiaries_.push_back(std::move(made));
  }
}

DoorReply NetsuiteDouble::handle(const DoorRequest& request, FaultPlan& faults) {
  const std::string operation = operation_of(request);
  const std::optional<Fault> fault = faults.take(operation);
  if (fault) {
    if (auto reply = instead_of_work(*fault)) return std::move(*reply);
  }
  const std::lock_guard lock(mutex_);
  if (fault && fault->kind == FaultKind::end_session) access_.end_tokens();
  DoorReply reply = work(request, operation, fault && fault->kind == FaultKind::leave_draft);
  if (!fault) return reply;
  if (fault->kind == FaultKind::alter && !journals_.empty()) grow(journals_.back());
  return spoiled(*fault, std::move(reply));
}

DoorReply NetsuiteDouble::work(const DoorRequest& request, const std::string& operation, bool as_draft) {
  if (operation == "netsuite.token") return access_.give_token(request, wall_s());
  if (auto fault = access_.fault_of(request, wall_s())) {
    DoorReply reply = problem(401, "Unauthorized",
                              "Invalid login attempt. For more details, see the Login Audit "
                              "Trail in the NetSuite UI: " +
                                  *fault + ".",
                              "INVALID_LOGIN");
    reply.fields.emplace_back("WWW-Authenticate", R"(Bearer realm="SANDBOX", error="invalid_token")");
    return reply;
  }
  if (operation == "netsuite.suiteql") {
    const auto body = parse_json(request.body);
    if (!body || request.field("prefer") != "transient")
      return bad_request("The required request header 'Prefer' is missing or not set to 'transient'.",
                         "INVALID_HEADER");
    return query(text(*body, "q"));
  }
  const std::string_view path = std::string_view(request.path).substr(0, request.path.find('?'));
  if (operation == "netsuite.journalEntry.create" && path == kJournals) return create(request, as_draft);
  if (path.starts_with(kJournals) && path.size() > kJournals.size() + 1) {
    const std::string which(path.substr(kJournals.size() + 1));
    if (request.method == "GET") return show(which);
    if (request.method == "PATCH") return approve(which, request);
  }
  return problem(404, "Not Found", "The record type or path does not exist.", "NONEXISTENT_PATH");
}

// ---- SuiteQL: the queries that a posting connector needs
// --------------------------------------------------------------

DoorReply NetsuiteDouble::query(const std::string& suiteql) const {
  const auto value_after = [&](const std::string& before) -> std::string {
    const std::size_t at = suiteql.find(before + " = '");
    if (at == std::string::npos) return "";
    std::string out;
    for (std::size_t i = at + before.size() + 4; i < suiteql.size(); ++i) {
      if (suiteql[i] == '\'' && (i + 1 == suiteql.size() || suiteql[i + 1] != '\'')) break;
      if (suiteql[i] == '\'') ++i;
      out += suiteql[i];
    }
    return out;
  };
  Json::Array rows;
  if (suiteql.find("FROM subsidiary") != std::string::npos) {
    for (const Subsidiary& each : subsidiaries_) {
      if (each.name != value_after("subsidiary.name")) continue;
      rows.push_back(Json::Object{{"id", each.id}, {"name", each.name}, {"symbol", each.currency}});
    }
  } else if (suiteql.find("FROM account") != std::string::npos) {
    const auto found = std::ranges::find(account_numbers_, value_after("acctnumber"));
    const bool active = found != account_numbers_.end() && std::ranges::any_of(subsidiaries_, [&](const Subsidiary& s) {
                          const auto own = s.accounts.find(*found);
                          return own != s.accounts.end() && !own->second;
                        });
    if (active) rows.push_back(Json::Object{{"id", std::to_string(found - account_numbers_.begin() + 1000)}});
  } else if (suiteql.find("FROM currency") != std::string::npos) {
    const auto found = std::ranges::find(currencies_, value_after("symbol"));
    if (found != currencies_.end())
      rows.push_back(Json::Object{{"id", std::to_string(found - currencies_.begin() + 1)}});
  } else {
    return problem(400, "Bad Request", "Invalid search query. Detailed unprocessed description follows.",
                   "INVALID_PARAMETER");
  }
  const auto count = static_cast<long long>(rows.size());
  return json_reply(200, write_json(Json::Object{{"links", Json::Array{}},
                                                 {"count", Json::number(count)},
                                                 {"hasMore", false},
                                                 {"items", std::move(rows)},
                                                 {"offset", Json::number(0)},
                                                 {"totalResults", Json::number(count)}}));
}

// ---- journals -------------------------------------------------------------------------------------------------------

std::optional<DoorReply> NetsuiteDouble::fault_of_line(const Json& line, const Subsidiary& subsidiary, int digits,
                                                       Decimal& balance, bool strict_names) const {
  if (strict_names) {
    if (const std::string name = unknown_field(line, line_fields()); !name.empty())
      return bad_request("Unknown reference or field name " + name + ".", "NONEXISTENT_FIELD", "line.items." + name);
  }
  const std::string account = id_in(line, "account");
  const std::size_t at = static_cast<std::size_t>(std::atoll(account.c_str())) - 1000;
  if (at >= account_numbers_.size())
    return bad_request("You have entered an Invalid Field Value " + account + " for the following field: account");
  const auto own = subsidiary.accounts.find(account_numbers_[at]);
  if (own == subsidiary.accounts.end() || own->second)
    return bad_request("Invalid account reference key " + account + " for subsidiary " + subsidiary.id + ".",
                       "INVALID_KEY_OR_REF");
  const std::string debit = text(line, "debit"), credit = text(line, "credit");
  if (debit.empty() == credit.empty()) return bad_request("Please enter a debit or a credit on each line.");
  const auto amount = Decimal::parse_json_number(debit.empty() ? credit : debit);
  if (!amount || !amount->fits_places(digits) || amount->is_negative() || amount->is_zero())
    return bad_request("You have entered an Invalid Field Value for the following field: amount");
  const auto sum = debit.empty() ? subtract(balance, *amount) : add(balance, *amount);
  if (!sum) return bad_request("amount out of range");
  balance = *sum;
  return std::nullopt;
}

std::optional<DoorReply> NetsuiteDouble::refusal(const Json& record, bool strict_names) {
  if (strict_names) {
    if (const std::string name = unknown_field(record, header_fields()); !name.empty())
      return bad_request("Unknown reference or field name " + name + ".", "NONEXISTENT_FIELD", name);
  }
  const std::string reference = text(record, "externalId");
  if (unique_reference_ && find(reference) != nullptr) return bad_request("This entity already exists.");
  const Subsidiary* subsidiary = by_id(id_in(record, "subsidiary"));
  if (subsidiary == nullptr)
    return bad_request("You have entered an Invalid Field Value for the following field: subsidiary");
  const std::size_t currency = static_cast<std::size_t>(std::atoll(id_in(record, "currency").c_str())) - 1;
  if (currency >= currencies_.size())
    return bad_request("You have entered an Invalid Field Value for the following field: currency");
  const auto rate = Decimal::parse_json_number(text(record, "exchangeRate"));
  if (currencies_[currency] != subsidiary->currency && !rate)
    return bad_request("Please enter value(s) for: Exchange Rate");
  const auto date = Date::parse(text(record, "tranDate"));
  if (!date) return bad_request("Invalid date for the following field: tranDate");
  if (subsidiary->closed_periods.contains(date->to_text().substr(0, 7)))
    return bad_request("The posting period of this transaction is closed.");
  const Json* list = record.find("line");
  const Json* items = list == nullptr ? nullptr : list->find("items");
  if (items == nullptr || items->as_array() == nullptr || items->as_array()->size() < 2)
    return bad_request("You must enter at least two lines for this transaction.");
  if (items->as_array()->size() > kLinesMax)
    return bad_request("The transaction exceeds the maximum number of lines.", "EXCEEDED_MAX_TRANS_LINES");
  const int digits = Currency::parse(currencies_[currency])->digits();
  Decimal balance;
  for (const Json& line : *items->as_array()) {
    if (auto fault = fault_of_line(line, *subsidiary, digits, balance, strict_names)) return fault;
  }
  if (!balance.is_zero()) return bad_request("The amounts in a journal entry must balance.");
  return std::nullopt;
}

DoorReply NetsuiteDouble::create(const DoorRequest& request, bool as_draft) {
  auto record = parse_json(request.body);
  if (!record || record->as_object() == nullptr)
    return bad_request("Invalid content in the request body.", "INVALID_CONTENT");
  if (auto no = refusal(*record, request.field("x-netsuite-propertynamevalidation") == "Error")) return std::move(*no);
  const std::string id = std::to_string(++last_id_);
  const bool* approved = record->find("approved") == nullptr ? nullptr : record->find("approved")->as_bool();
  const bool pending = as_draft || approved == nullptr || !*approved;
  record->set("id", id);
  record->set("tranId", "JE" + id);
  record->set("approved", !pending);
  record->set("approvalStatus", pending ? Json::Object{{"id", "1"}, {"refName", "Pending Approval"}}
                                        : Json::Object{{"id", "2"}, {"refName", "Approved for Posting"}});
  journals_.push_back({id, steady_ms(), std::move(*record)});
  DoorReply reply = json_reply(204, "");
  reply.fields.emplace_back("Location", "http://" + request.field("host") + std::string(kJournals) + "/" + id);
  return reply;
}

DoorReply NetsuiteDouble::show(const std::string& which) {
  for (const Journal& journal : journals_) {
    const bool meant =
        which.starts_with("eid:") ? text(journal.record, "externalId") == which.substr(4) : journal.id == which;
    if (meant && steady_ms() - journal.born_ms >= visibility_lag_ms_)
      return json_reply(200, write_json(journal.record));
  }
  return problem(404, "Not Found", "The record instance does not exist. Provide a valid record instance ID.",
                 "NONEXISTENT_ID");
}

DoorReply NetsuiteDouble::approve(const std::string& id, const DoorRequest& request) {
  const auto change = parse_json(request.body);
  for (Journal& journal : journals_) {
    if (journal.id != id) continue;
    const Subsidiary* subsidiary = by_id(id_in(journal.record, "subsidiary"));
    if (subsidiary->closed_periods.contains(text(journal.record, "tranDate").substr(0, 7)))
      return bad_request("The posting period of this transaction is closed.");
    if (!change || change->find("approved") == nullptr || *change->find("approved") != Json(true))
      return bad_request("Nothing to change.");
    journal.record.set("approved", true);
    journal.record.set("approvalStatus", Json::Object{{"id", "2"}, {"refName", "Approved for Posting"}});
    return json_reply(204, "");
  }
  return problem(404, "Not Found", "The record instance does not exist. Provide a valid record instance ID.",
                 "NONEXISTENT_ID");
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

NetsuiteDouble::Journal* NetsuiteDouble::find(const std::string& reference) {
  for (Journal& journal : journals_) {
    if (text(journal.record, "externalId") == reference) return &journal;
  }
  return nullptr;
}

NetsuiteDouble::Subsidiary* NetsuiteDouble::named(const std::string& name) {
  const auto found = std::ranges::find(subsidiaries_, name, &Subsidiary::name);
  return found == subsidiaries_.end() ? nullptr : &*found;
}

const NetsuiteDouble::Subsidiary* NetsuiteDouble::by_id(const std::string& id) const {
  const auto found = std::ranges::find(subsidiaries_, id, &Subsidiary::id);
  return found == subsidiaries_.end() ? nullptr : &*found;
}

void NetsuiteDouble::grow(Journal& journal) {
  Json lines = *journal.record.find("line")->find("items");
  for (const char* side : {"debit", "credit"}) {
    for (Json& line : *lines.as_array()) {
      if (line.find(side) == nullptr) continue;
      const auto grown = add(*Decimal::parse_json_number(text(line, side)), Decimal::from_parts(1, 2));
      GLMAP_ASSERT(grown.has_value());
      line.set(side, JsonNumber{grown->to_text()});
      break;
    }
  }
  journal.record.set("line", Json::Object{{"items", std::move(lines)}});
}

void NetsuiteDouble::register_certificate(std::string key_id, std::string client, std::string public_key_pem) {
  const std::lock_guard lock(mutex_);
  access_.register_certificate(std::move(key_id), std::move(client), std::move(public_key_pem));
}

void NetsuiteDouble::set_token_seconds(int seconds) {
  const std::lock_guard lock(mutex_);
  access_.set_token_seconds(seconds);
}

void NetsuiteDouble::end_tokens() {
  const std::lock_guard lock(mutex_);
  access_.end_tokens();
}

void NetsuiteDouble::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

void NetsuiteDouble::set_unique_reference(bool on) {
  const std::lock_guard lock(mutex_);
  unique_reference_ = on;
}

bool NetsuiteDouble::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  Subsidiary* books = named(company);
  if (books == nullptr) return false;
  open ? (void)books->closed_periods.erase(period) : (void)books->closed_periods.insert(period);
  return true;
}

bool NetsuiteDouble::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  Subsidiary* books = named(company);
  if (books == nullptr || !books->accounts.contains(code)) return false;
  books->accounts[code] = !open;
  return true;
}

bool NetsuiteDouble::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  Subsidiary* books = named(from);
  if (books != nullptr) books->name = to;
  return books != nullptr;
}

bool NetsuiteDouble::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  Journal* journal = find(reference);
  if (journal != nullptr) grow(*journal);
  return journal != nullptr;
}

bool NetsuiteDouble::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(journals_, [&](const Journal& each) { return text(each.record, "externalId") == reference; }) !=
         0;
}

bool NetsuiteDouble::post_draft(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  Journal* journal = find(reference);
  if (journal == nullptr || *journal->record.find("approved") == Json(true)) return false;
  journal->record.set("approved", true);
  journal->record.set("approvalStatus", Json::Object{{"id", "2"}, {"refName", "Approved for Posting"}});
  return true;
}

Json NetsuiteDouble::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const Journal& journal : journals_) out.push_back(journal.record);
  return out;
}

std::size_t NetsuiteDouble::count() const {
  const std::lock_guard lock(mutex_);
  return journals_.size();
}

}  // namespace glmap::gateway::sandbox
