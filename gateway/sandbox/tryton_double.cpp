// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/tryton_double.hpp"

#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/money.hpp"
#include "gateway/sandbox/fault_replies.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr int kWrongPasswordsMax = 5;

/// Only for the sandbox's own delays; nothing of an entry depends on it.
std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Json plain_error(std::string text) {
  return Json::Array{std::move(text), ""};
}

std::string base64(std::string_view in) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : in) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += kAlphabet[(bits >> held) & 63U];
    }
  }
  if (held > 0) out += kAlphabet[(bits << (6 - held)) & 63U];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

Json day(int year, int month, int of_month) {
  return Json::Object{{"__class__", "date"},
                      {"year", Json::number(year)},
                      {"month", Json::number(month)},
                      {"day", Json::number(of_month)}};
}

int last_day(int year, int month) {
  if (month == 2) return year % 4 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

TrytonDouble::TrytonDouble(const Seed& seed, const std::string& journal_path)
    : user_(seed.user), password_(seed.password) {
  if (!journal_path.empty()) journal_.open(journal_path, std::ios::app);
  declare_models();
  plant(seed);
}

void TrytonDouble::declare_models() {
  for (const char* model : {"company.company", "party.party", "currency.currency", "account.account", "account.journal",
                            "account.period", "account.move", "account.move.line", "analytic_account.account"}) {
    records_.declare_model(model);
  }
  records_.declare_relation("company.company", "party", "party.party", false);
  records_.declare_relation("company.company", "currency", "currency.currency", false);
  records_.declare_relation("account.account", "company", "company.company", false);
  records_.declare_relation("account.period", "company", "company.company", false);
  records_.declare_relation("account.move", "company", "company.company", false);
  records_.declare_relation("account.move", "lines", "account.move.line", true);
  records_.declare_relation("account.move", "period", "account.period", false);
  records_.declare_relation("account.move.line", "account", "account.account", false);
  records_.declare_relation("account.move.line", "party", "party.party", false);
  records_.declare_relation("account.move.line", "second_currency", "currency.currency", false);
  records_.declare_relation("analytic_account.account", "root", "analytic_account.account", false);
}

void TrytonDouble::plant(const Seed& seed) {
  for (const Currency currency : Currency::all()) {
    records_.add("currency.currency",
                 {{"code", std::string(currency.code())}, {"digits", Json::number(currency.digits())}});
  }
  for (const std::string& code : seed.journals) records_.add("account.journal", {{"code", code}, {"name", code}});
  for (const SeedCompany& company : seed.companies) plant_company(company, seed.years);
}

void TrytonDouble::plant_company(const SeedCompany& company, const std::vector<int>& years) {
  const RecordId party = records_.add("party.party", {{"name", company.name}, {"code", "COMPANY-" + company.entity}});
  const auto currency = records_.search("currency.currency", Json::Array{Json::Array{"code", "=", company.currency}});
  const RecordId id = records_.add("company.company", {{"party", Json::number(party)},
                                                       {"currency", Json::number(currency.empty() ? 0 : currency[0])}});
  // As in samples/tryton: the same configuration fits the double and the real one.
  const std::string journal = "GLMAP-" + company.entity;
  records_.add("account.journal", {{"code", journal}, {"name", "Billing " + company.entity}});
  for (const SeedAccount& account : company.accounts) {
    const bool needs_party = account.type == "receivable" || account.type == "payable";
    records_.add("account.account", {{"company", Json::number(id)},
                                     {"code", account.code},
                                     {"name", account.name},
                                     {"type", account.type.empty() ? Json(nullptr) : Json::number(1)},
                                     {"closed", false},
                                     {"party_required", Json::number(needs_party ? 1 : 0)}});
  }
  for (const int year : years) {
    for (int month = 1; month <= 12; ++month) {
      records_.add("account.period", {{"company", Json::number(id)},
                                      {"name", std::to_string(year) + "-" + two_digits(month)},
                                      {"start_date", day(year, month, 1)},
                                      {"end_date", day(year, month, last_day(year, month))},
                                      {"type", "standard"},
                                      {"state", "open"}});
    }
  }
}

// ---- the wire -------------------------------------------------------------------------------------------------------

DoorReply TrytonDouble::handle(const DoorRequest& request, FaultPlan& faults) {
  const Result<Json> parsed = parse_json(request.body);
  const Json* method = parsed ? parsed->find("method") : nullptr;
  const Json* params = parsed ? parsed->find("params") : nullptr;
  const Json* id = parsed ? parsed->find("id") : nullptr;
  if (request.content_type.find("json") == std::string::npos || method == nullptr || method->as_string() == nullptr ||
      params == nullptr || params->as_array() == nullptr || id == nullptr) {
    return html_page(500);
  }
  const std::optional<Fault> fault = faults.take(*method->as_string());
  if (fault && fault->kind == FaultKind::end_session) end_sessions();
  if (fault) {
    if (auto instead = instead_of_work(*fault)) return std::move(*instead);
  }
  const std::lock_guard lock(mutex_);
  const Answer answer = carry_out(*method->as_string(), *params->as_array(), request.authorization);
  const FaultKind kind = fault ? fault->kind : FaultKind::delay;
  if (kind == FaultKind::alter || kind == FaultKind::unbalance) alter_newest(kind == FaultKind::alter);
  DoorReply reply;
  if (const auto* status = std::get_if<Status>(&answer)) {
    reply = html_page(status->code);
    if (status->code == 401) reply.fields.emplace_back("WWW-Authenticate", "Basic realm=\"Tryton\"");
  } else if (const auto* done = std::get_if<Done>(&answer)) {
    reply.body = write_json(Json::Object{{"id", *id}, {"result", done->result}});
  } else {
    reply.body = write_json(Json::Object{{"id", *id}, {"error", std::get<Refusal>(answer).error}});
  }
  return fault ? spoiled(*fault, std::move(reply)) : reply;
}

TrytonDouble::Answer TrytonDouble::carry_out(const std::string& method, const Json::Array& params,
                                             const std::string& authorization) {
  if (method == "common.server.version") return Done{"6.0.29"};
  if (method == "common.db.login") return log_in(params);
  if (!sessions_.contains(authorization)) return Status{401};
  ++calls_[method];
  if (!method.starts_with("model.") || method.rfind('.') < 6) return Status{403};
  const std::string model = method.substr(6, method.rfind('.') - 6);
  const std::string verb = method.substr(method.rfind('.') + 1);
  if (!records_.has_model(model)) return Refusal{plain_error("'" + model + "'")};
  if (params.empty() || params.back().as_object() == nullptr) return Refusal{plain_error("Missing context argument")};
  if (verb == "search_read") return search_read(model, params);
  if (model == "party.party" && verb == "create") return create_party(params);
  if (model == "account.move" && verb == "create") return create_moves(params);
  if (model == "account.move" && verb == "post") return post_moves(params);
  if (model == "account.move" && verb == "delete") return delete_moves(params);
  return Status{403};
}

TrytonDouble::Answer TrytonDouble::log_in(const Json::Array& params) {
  if (wrong_passwords_ > kWrongPasswordsMax) return Status{429};
  const Json* password = params.size() == 2 ? params[1].find("password") : nullptr;
  if (password == nullptr) {
    return Refusal{Json::Array{"LoginException", Json::Array{"password", "Password for " + user_, "password"}}};
  }
  if (params[0] != Json(user_) || *password != Json(password_)) {
    ++wrong_passwords_;
    return Status{401};
  }
  const std::string key = "key" + std::to_string(++last_session_);
  sessions_.insert("Session " + base64(user_ + ":1:" + key));
  return Done{Json::Array{Json::number(1), key}};
}

TrytonDouble::Answer TrytonDouble::search_read(const std::string& model, const Json::Array& params) const {
  if (params.size() != 6 || params[4].as_array() == nullptr) return Refusal{plain_error("bad arguments")};
  std::vector<std::string> fields;
  for (const Json& field : *params[4].as_array()) fields.push_back(field.as_string() ? *field.as_string() : "");
  const RecordId limit = params[2].is_null() ? 1'000'000 : as_id(&params[2]);
  Json::Array out;
  for (const RecordId id : records_.search(model, params[0])) {
    const auto born = born_ms_.find(id);
    const bool hidden =
        model == "account.move" && born != born_ms_.end() && clock_ms() - born->second < visibility_lag_ms_;
    if (hidden || static_cast<RecordId>(out.size()) >= limit) continue;
    out.push_back(records_.read(model, id, fields));
  }
  return Done{std::move(out)};
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

void TrytonDouble::set_unique_reference(bool on) {
  const std::lock_guard lock(mutex_);
  unique_reference_ = on;
}

void TrytonDouble::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

void TrytonDouble::end_sessions() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
}

bool TrytonDouble::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.search(
      "account.period", Json::Array{Json::Array{"name", "=", period}, Json::Array{"company.party.name", "=", company}});
  for (const RecordId id : found) records_.find("account.period", id)->set("state", open ? "open" : "close");
  return !found.empty();
}

bool TrytonDouble::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.search(
      "account.account", Json::Array{Json::Array{"code", "=", code}, Json::Array{"company.party.name", "=", company}});
  for (const RecordId id : found) records_.find("account.account", id)->set("closed", !open);
  return !found.empty();
}

bool TrytonDouble::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.search("party.party", Json::Array{Json::Array{"name", "=", from}});
  for (const RecordId id : found) records_.find("party.party", id)->set("name", to);
  return !found.empty();
}

Json TrytonDouble::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const auto& [id, move] : records_.all("account.move")) {
    out.push_back(records_.read("account.move", id,
                                {"number", "post_number", "state", "date", "description", "company.party.name",
                                 "period.name", "lines.account.code", "lines.debit", "lines.credit", "lines.party.code",
                                 "lines.second_currency.code", "lines.amount_second_currency", "lines.description"}));
  }
  return out;
}

std::uint64_t TrytonDouble::calls(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

}  // namespace glmap::gateway::sandbox
