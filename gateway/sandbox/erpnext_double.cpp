// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/erpnext_double.hpp"

#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"
#include "gateway/sandbox/fault_replies.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kService = "/erpnext/api/resource/";
constexpr const char* kEntry = "Journal Entry";

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

DoorReply json_reply(int status, const Json& body) {
  DoorReply reply;
  reply.status = status;
  reply.body = write_json(body);
  reply.keep_alive = true;
  return reply;
}
DoorReply with_data(const Json& document) {
  return json_reply(200, Json::Object{{"data", document}});
}

/// As Frappe shows an exception: the messages are JSON in a text in JSON in a text.
DoorReply exception(int status, const std::string& type, const std::string& message) {
  const std::string shown = write_json(
      Json::Object{{"message", message}, {"title", "Message"}, {"indicator", "red"}, {"raise_exception", true}});
  return json_reply(status, Json::Object{{"exception", "frappe.exceptions." + type + ": " + message},
                                         {"exc_type", type},
                                         {"_server_messages", write_json(Json(Json::Array{shown}))}});
}
DoorReply invalid(const std::string& message) {
  return exception(417, "ValidationError", message);
}

std::string text(const Json& of, std::string_view field) {
  const Json* value = of.find(field);
  if (value == nullptr) return "";
  if (value->as_number() != nullptr) return value->as_number()->text;
  return value->as_string() == nullptr ? "" : *value->as_string();
}

Decimal amount_in(const Json& of, std::string_view field) {
  const Json* value = of.find(field);
  if (value == nullptr || value->as_number() == nullptr) return Decimal();
  const auto amount = Decimal::parse_json_number(value->as_number()->text);
  return amount ? *amount : Decimal();
}

/// As Python writes a float: 119.0, 5652.5.
Json as_float(const Decimal& amount) {
  std::string out = amount.to_text();
  if (out.find('.') == std::string::npos) return JsonNumber{out + ".0"};
  while (out.ends_with('0') && !out.ends_with(".0")) out.pop_back();
  return JsonNumber{out};
}

std::string decoded(std::string_view coded) {
  std::string out;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] == '%' && i + 2 < coded.size()) {
      out += static_cast<char>(std::stoi(std::string(coded.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += coded[i] == '+' ? ' ' : coded[i];
    }
  }
  return out;
}

const std::set<std::string, std::less<>> kEntryFields = {
    "voucher_type", "naming_series", "company",     "posting_date", "cheque_no", "cheque_date", "multi_currency",
    "user_remark",  "docstatus",     "reversal_of", "accounts",     "title",     "bill_no",     "bill_date"};
const std::set<std::string, std::less<>> kLineFields = {"account",
                                                        "party_type",
                                                        "party",
                                                        "cost_center",
                                                        "project",
                                                        "exchange_rate",
                                                        "debit_in_account_currency",
                                                        "credit_in_account_currency",
                                                        "user_remark"};

/// Frappe drops what it does not know; a double is there to tell.
std::string unknown_field(const Json& values, const std::set<std::string, std::less<>>& known) {
  for (const auto& [name, value] : *values.as_object()) {
    if (!known.contains(name)) return name;
  }
  return "";
}

/// "AG" of "Acme GmbH"
std::string abbreviation(const std::string& company) {
  std::string out;
  bool begins = true;
  for (const char c : company) {
    if (begins && c != ' ') out += c;
    begins = c == ' ';
  }
  return out;
}

}  // namespace

ErpnextDouble::ErpnextDouble(const Seed& seed) {
  for (const char* type : {"Company", "Account", "Customer", "Supplier", "Cost Center", kEntry}) tables_[type];
  const auto add = [&](const char* type, const std::string& name, Json::Object fields) {
    fields.emplace_back("name", name);
    tables_[type].emplace(name, Json(std::move(fields)));
  };
  for (const SeedCompany& company : seed.companies) {
    const std::string suffix = " - " + abbreviation(company.name);
    add("Company", company.name,
        {{"default_currency", company.currency}, {"abbr", suffix.substr(3)}, {"cost_center", "Main" + suffix}});
    add("Cost Center", "Main" + suffix, {{"company", company.name}});
    for (const SeedAccount& account : company.accounts) {
      const char* type = account.type == "receivable" ? "Receivable" : account.type == "payable" ? "Payable" : "";
      add("Account", account.code + " - " + account.name + suffix,
          {{"account_number", account.code},
           {"company", company.name},
           {"is_group", Json::number(0)},
           {"disabled", Json::number(0)},
           {"account_currency", company.currency},
           {"account_type", type}});
    }
  }
  for (int i = 1; i < 10; ++i) add("Customer", "C" + std::to_string(i), {{"customer_name", "C" + std::to_string(i)}});
}

const Json* ErpnextDouble::document(std::string_view type, std::string_view name) const {
  const auto table = tables_.find(type);
  if (table == tables_.end()) return nullptr;
  const auto found = table->second.find(name);
  return found == table->second.end() ? nullptr : &found->second;
}

Json* ErpnextDouble::account_of(const std::string& company, const std::string& number) {
  for (auto& [name, account] : tables_["Account"]) {
    if (text(account, "company") == company && text(account, "account_number") == number) return &account;
  }
  return nullptr;
}

Json* ErpnextDouble::entry_of(const std::string& reference) {
  for (auto& [name, entry] : tables_[kEntry]) {
    if (text(entry, "cheque_no") == reference) return &entry;
  }
  return nullptr;
}

ErpnextDouble::Call ErpnextDouble::read(const DoorRequest& request) {
  Call out{request.method, "", "", {}, request.body};
  const std::size_t question = std::min(request.path.find('?'), request.path.size());
  const std::string path =
      request.path.substr(std::min(kService.size(), question), question - std::min(kService.size(), question));
  const std::size_t slash = path.find('/');
  out.type = decoded(path.substr(0, slash));
  if (slash != std::string::npos) out.name = decoded(path.substr(slash + 1));
  std::size_t at = question + 1;
  while (at < request.path.size()) {
    const std::size_t end = std::min(request.path.find('&', at), request.path.size());
    const std::string pair = request.path.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    out.query[pair.substr(0, equals)] = decoded(equals < pair.size() ? pair.substr(equals + 1) : "");
    at = end + 1;
  }
  return out;
}

DoorReply ErpnextDouble::handle(const DoorRequest& request, FaultPlan& faults) {
  const Call call = read(request);
  const char* what = call.method == "GET"      ? (call.name.empty() ? "list" : "get")
                     : call.method == "POST"   ? "insert"
                     : call.method == "DELETE" ? "delete"
                                               : "submit";
  const std::optional<Fault> fault = faults.take("erpnext." + call.type + "." + what);
  if (fault) {
    if (auto reply = instead_of_work(*fault)) return std::move(*reply);
  }
  const std::lock_guard lock(mutex_);
  if (!request.path.starts_with(kService)) return html_page(404);
  if (request.authorization != std::string("token ") + kApiKey + ":" + kApiSecret)
    return exception(401, "AuthenticationError", "Invalid API key or secret");
  DoorReply reply = work(call, fault && fault->kind == FaultKind::leave_draft);
  if (!fault) return reply;
  if (fault->kind == FaultKind::alter && !tables_[kEntry].empty()) grow(tables_[kEntry].rbegin()->second);
  return spoiled(*fault, std::move(reply));
}

DoorReply ErpnextDouble::work(const Call& call, bool keeps_draft) {
  if (!tables_.contains(call.type)) return exception(404, "DoesNotExistError", "DocType " + call.type + " not found");
  if (call.method == "GET" && call.name.empty()) return list(call);
  if (call.method == "POST" && call.name.empty()) return insert(call);
  const Json* found = document(call.type, call.name);
  if (found == nullptr) return exception(404, "DoesNotExistError", call.type + " " + call.name + " not found");
  if (call.method == "GET") return with_data(*found);
  if (call.type == kEntry && call.method == "PUT") return change(call, keeps_draft);
  if (call.type != kEntry || call.method != "DELETE")
    return exception(403, "PermissionError", "Insufficient Permission for " + call.type);
  if (text(*found, "docstatus") == "1")
    return invalid("Submitted Record cannot be deleted. You must <b>Cancel</b> it first.");
  tables_[kEntry].erase(call.name);
  return json_reply(202, Json::Object{{"data", "ok"}});
}

DoorReply ErpnextDouble::list(const Call& call) const {
  const auto asked = [&](const char* name) {
    const auto found = call.query.find(name);
    return parse_json(found == call.query.end() ? "[]" : found->second);
  };
  const auto filters = asked("filters"), fields = asked("fields");
  if (!filters || filters->as_array() == nullptr || !fields || fields->as_array() == nullptr)
    return invalid("filters and fields must be lists");
  Json::Array out;
  for (const auto& [name, each] : tables_.find(call.type)->second) {
    const auto born = born_ms_.find(name);
    const bool hidden =
        call.type == kEntry && born != born_ms_.end() && steady_ms() - born->second < visibility_lag_ms_;
    const bool fits = std::ranges::all_of(*filters->as_array(), [&](const Json& filter) {
      const Json::Array* parts = filter.as_array();
      const Json* value = parts == nullptr || parts->size() != 3 ? nullptr : each.find(*(*parts)[0].as_string());
      return value != nullptr && (*parts)[1] == Json("=") && *value == (*parts)[2];
    });
    if (hidden || !fits) continue;
    Json shown = Json::Object{};
    for (const Json& field : *fields->as_array()) {
      const Json* value = each.find(*field.as_string());
      if (value == nullptr) return exception(417, "DataError", "Field not permitted in query: " + *field.as_string());
      shown.set(*field.as_string(), *value);
    }
    out.push_back(std::move(shown));
  }
  return with_data(out);
}

DoorReply ErpnextDouble::insert(const Call& call) {
  auto body = parse_json(call.body);
  if (!body || body->as_object() == nullptr) return invalid("Invalid JSON");
  if (call.type == kEntry) return insert_entry(std::move(*body));
  const std::string field = call.type == "Customer" ? "customer_name" : "supplier_name";
  const std::string name = text(*body, field);
  if ((call.type != "Customer" && call.type != "Supplier") || name.empty())
    return exception(403, "PermissionError", "Insufficient Permission for " + call.type);
  body->set("name", name);
  const auto added = tables_[call.type].emplace(name, *body);
  if (!added.second) return exception(409, "DuplicateEntryError", call.type + " " + name + " already exists");
  return with_data(*body);
}

// ---- journal entries ------------------------------------------------------------------------------------------------

std::optional<DoorReply> ErpnextDouble::complete_line(Json& line, int number, const Json& company,
                                                      Decimal& balance) const {
  const std::string row = "Row #" + std::to_string(number) + ": ";
  if (line.as_object() == nullptr) return invalid("Invalid row");
  if (const std::string field = unknown_field(line, kLineFields); !field.empty())
    return invalid("the sandbox does not know the field " + field);
  const Json* account = document("Account", text(line, "account"));
  if (account == nullptr)
    return exception(417, "LinkValidationError", "Could not find " + row + "Account: " + text(line, "account"));
  if (text(*account, "company") != text(company, "name"))
    return invalid("Account " + text(line, "account") + " does not belong to Company " + text(company, "name"));
  const std::string party_type = text(line, "party_type"), party = text(line, "party");
  if (!text(*account, "account_type").empty() && (party_type.empty() || party.empty()))
    return invalid("Row " + std::to_string(number) + ": Party Type and Party is required for Receivable / Payable " +
                   "account <b>" + text(line, "account") + "</b>");
  if (!party.empty() && document(party_type, party) == nullptr)
    return exception(417, "LinkValidationError", "Could not find " + row + "Party: " + party);
  if (line.find("cost_center") == nullptr) line.set("cost_center", text(company, "cost_center"));
  if (document("Cost Center", text(line, "cost_center")) == nullptr)
    return exception(417, "LinkValidationError", "Could not find " + row + "Cost Center: " + text(line, "cost_center"));
  const std::string books = text(company, "default_currency"), kept_in = text(*account, "account_currency");
  line.set("account_currency", kept_in);
  const Decimal rate = kept_in == books ? Decimal(1) : amount_in(line, "exchange_rate");
  if (rate.is_zero()) return invalid(row + "Exchange Rate is mandatory");
  int sides = 0;
  for (const char* side : {"debit", "credit"}) {
    const std::string field = std::string(side) + "_in_account_currency";
    const Decimal amount = amount_in(line, field);
    const auto product = multiply(amount, rate);
    GLMAP_ASSERT(product.has_value());
    const auto rounded = product->rounded(Currency::parse(books)->digits(), Rounding::half_away_from_zero);
    GLMAP_ASSERT(rounded.has_value());
    sides += rounded->is_zero() ? 0 : 1;
    line.set(field, as_float(amount));
    line.set(side, as_float(*rounded));
    balance = *add(balance, std::string_view(side) == "debit" ? *rounded : rounded->negated());
  }
  if (sides == 0) return invalid("Row " + std::to_string(number) + ": Both Debit and Credit values cannot be zero");
  if (sides == 2) return invalid("You cannot credit and debit same account at the same time");
  return std::nullopt;
}

std::optional<DoorReply> ErpnextDouble::fault_of_entry(const Json& entry) const {
  if (const std::string field = unknown_field(entry, kEntryFields); !field.empty())
    return invalid("the sandbox does not know the field " + field);
  if (document("Company", text(entry, "company")) == nullptr)
    return exception(417, "LinkValidationError", "Could not find Company: " + text(entry, "company"));
  if (!Date::parse(text(entry, "posting_date"))) return invalid("Posting Date is not a date");
  const std::string original = text(entry, "reversal_of");
  if (!original.empty() && document(kEntry, original) == nullptr)
    return exception(417, "LinkValidationError", "Could not find Reversal Of: " + original);
  if (!text(entry, "cheque_no").empty() && text(entry, "cheque_date").empty())
    return invalid("Reference Date is mandatory if you entered Reference No");
  const Json* lines = entry.find("accounts");
  if (lines == nullptr || lines->as_array() == nullptr || lines->as_array()->empty())
    return exception(417, "MandatoryError", "[Journal Entry]: accounts");
  return std::nullopt;
}

DoorReply ErpnextDouble::insert_entry(Json entry) {
  if (auto fault = fault_of_entry(entry)) return std::move(*fault);
  if (unique_reference_ && entry_of(text(entry, "cheque_no")) != nullptr)
    return exception(417, "UniqueValidationError", "Reference Number must be unique");
  const Json company = *document("Company", text(entry, "company"));
  Json::Array lines = *entry.find("accounts")->as_array();
  Decimal balance;
  int number = 0;
  for (Json& line : lines) {
    if (auto fault = complete_line(line, ++number, company, balance)) return std::move(*fault);
  }
  if (!balance.is_zero())
    return invalid("Total Debit must be equal to Total Credit. The difference is " + balance.to_text());
  const std::string digits = std::to_string(++last_number_);
  const std::string name = "ACC-JV-" + text(entry, "posting_date").substr(0, 4) + "-" +
                           std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
  entry.set("accounts", std::move(lines));
  entry.set("name", name);
  entry.set("docstatus", Json::number(0));
  born_ms_[name] = steady_ms();
  return with_data(tables_[kEntry].emplace(name, std::move(entry)).first->second);
}

std::optional<DoorReply> ErpnextDouble::submit(Json& entry) {
  if (text(entry, "docstatus") != "0")
    return exception(417, "UpdateAfterSubmitError", "Not allowed to change a submitted Journal Entry");
  const std::string period = text(entry, "posting_date").substr(0, 7);
  if (closed_periods_.contains({text(entry, "company"), period}))
    return exception(417, "ClosedAccountingPeriod",
                     "You cannot create or cancel any accounting entries with in the closed Accounting Period <b>" +
                         period + "</b>");
  for (const Json& line : *entry.find("accounts")->as_array()) {
    const Json* account = document("Account", text(line, "account"));
    if (account == nullptr || text(*account, "disabled") == "1")
      return invalid("Cannot create accounting entries against disabled accounts: " + text(line, "account"));
  }
  entry.set("docstatus", Json::number(1));
  return std::nullopt;
}

DoorReply ErpnextDouble::change(const Call& call, bool keeps_draft) {
  const auto body = parse_json(call.body);
  if (!body || text(*body, "docstatus") != "1") return invalid("the sandbox knows no other change");
  Json& entry = tables_[kEntry].find(call.name)->second;
  if (!keeps_draft) {
    if (auto fault = submit(entry)) return std::move(*fault);
  }
  return with_data(entry);
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

void ErpnextDouble::set_unique_reference(bool on) {
  const std::lock_guard lock(mutex_);
  unique_reference_ = on;
}

void ErpnextDouble::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

bool ErpnextDouble::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  if (document("Company", company) == nullptr) return false;
  open ? (void)closed_periods_.erase({company, period}) : (void)closed_periods_.insert({company, period});
  return true;
}

bool ErpnextDouble::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  Json* account = account_of(company, code);
  if (account != nullptr) account->set("disabled", Json::number(open ? 0 : 1));
  return account != nullptr;
}

bool ErpnextDouble::set_account_currency(const std::string& company, const std::string& code,
                                         const std::string& currency) {
  const std::lock_guard lock(mutex_);
  Json* account = account_of(company, code);
  if (account != nullptr) account->set("account_currency", currency);
  return account != nullptr;
}

bool ErpnextDouble::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  auto found = tables_["Company"].extract(from);
  if (found.empty()) return false;
  found.key() = to;
  found.mapped().set("name", to);
  tables_["Company"].insert(std::move(found));
  for (const char* type : {"Account", "Cost Center", kEntry}) {
    for (auto& [name, each] : tables_[type]) {
      if (text(each, "company") == from) each.set("company", to);
    }
  }
  return true;
}

void ErpnextDouble::grow(Json& entry) {
  Json::Array lines = *entry.find("accounts")->as_array();
  for (const char* side : {"debit", "credit"}) {
    const auto line = std::ranges::find_if(lines, [&](const Json& each) { return !amount_in(each, side).is_zero(); });
    if (line != lines.end()) line->set(side, as_float(*add(amount_in(*line, side), Decimal::from_parts(1, 2))));
  }
  entry.set("accounts", std::move(lines));
}

bool ErpnextDouble::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  Json* entry = entry_of(reference);
  if (entry != nullptr) grow(*entry);
  return entry != nullptr;
}

bool ErpnextDouble::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const Json* entry = entry_of(reference);
  return entry != nullptr && tables_[kEntry].erase(text(*entry, "name")) != 0;
}

bool ErpnextDouble::post_draft(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  Json* entry = entry_of(reference);
  return entry != nullptr && !submit(*entry);
}

Json ErpnextDouble::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const auto& [name, entry] : tables_.find(kEntry)->second) out.push_back(entry);
  return out;
}

std::size_t ErpnextDouble::count() const {
  const std::lock_guard lock(mutex_);
  return tables_.find(kEntry)->second.size();
}

}  // namespace glmap::gateway::sandbox
