// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/odoo_double.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "compiler/runtime/accounting/calendar.hpp"
#include "gateway/sandbox/fault_replies.hpp"
#include "gateway/sandbox/records.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::string_view kService = "/odoo/json/2/";

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

DoorReply json_reply(int status, const Json& body) {
  DoorReply reply;
  reply.status = status;
  reply.content_type = "application/json; charset=utf-8";
  reply.body = write_json(body);
  reply.keep_alive = true;
  return reply;
}

/// As Odoo serialises an exception.
DoorReply exception(int status, const char* name, const std::string& message) {
  return json_reply(status, Json::Object{{"name", name},
                                         {"message", message},
                                         {"arguments", Json::Array{message}},
                                         {"context", Json::Object{}},
                                         {"debug", "Traceback (most recent call last):\n  ...\n"}});
}
DoorReply user_error(const std::string& message) {
  return exception(422, "odoo.exceptions.UserError", message);
}

std::string text(const Json& record, std::string_view field) {
  const Json* value = record.find(field);
  return value == nullptr || value->as_string() == nullptr ? "" : *value->as_string();
}

Decimal amount_in(const Json& values, std::string_view field) {
  const Json* value = values.find(field);
  if (value == nullptr || value->as_number() == nullptr) return Decimal();
  const auto amount = Decimal::parse_json_number(value->as_number()->text);
  return amount ? *amount : Decimal();
}

/// As Python writes a float: 119.0, 5652.5.
Json as_float(const Decimal& amount) {
  const std::string plain = amount.to_text();
  if (plain.find('.') == std::string::npos) return JsonNumber{plain + ".0"};
  std::string out = plain;
  while (out.ends_with('0') && !out.ends_with(".0")) out.pop_back();
  return JsonNumber{out};
}

Decimal sum(const Decimal& a, const Decimal& b) {
  const auto out = add(a, b);
  GLMAP_ASSERT(out.has_value());
  return *out;
}

/// The model that a field links to; "" for one that links to nothing.
std::string_view target_of(std::string_view field) {
  static const std::map<std::string_view, std::string_view> all = {
      {"company_id", "res.company"},         {"currency_id", "res.currency"},     {"journal_id", "account.journal"},
      {"partner_id", "res.partner"},         {"account_id", "account.account"},   {"move_id", "account.move"},
      {"reversed_entry_id", "account.move"}, {"plan_id", "account.analytic.plan"}};
  const auto found = all.find(field);
  return found == all.end() ? "" : found->second;
}

const std::set<std::string, std::less<>> kMoveFields = {"move_type", "company_id", "journal_id", "date",
                                                        "ref",       "narration",  "line_ids",   "reversed_entry_id"};
const std::set<std::string, std::less<>> kLineFields = {
    "account_id", "debit", "credit", "name", "partner_id", "currency_id", "amount_currency", "analytic_distribution"};

std::string unknown_field(const Json& values, const std::set<std::string, std::less<>>& known) {
  for (const auto& [name, value] : *values.as_object()) {
    if (!known.contains(name)) return name;
  }
  return "";
}

}  // namespace

OdooDouble::OdooDouble(const Seed& seed) {
  const auto currency = [&](const std::string& code) {
    if (const Json* known = named("res.currency", "name", code)) return *known->find("id");
    return Json::number(add("res.currency", {{"name", code}, {"active", true}}));
  };
  for (const char* code : {"EUR", "USD", "GBP", "JPY", "CHF", "CAD"}) currency(code);
  for (const SeedCompany& company : seed.companies) {
    const Json id = Json::number(add("res.company", {{"name", company.name},
                                                     {"currency_id", currency(company.currency)},
                                                     {"user_fiscalyear_lock_date", "0001-01-01"},
                                                     {"user_hard_lock_date", "0001-01-01"}}));
    add("account.journal",
        {{"name", "glmap"}, {"code", "GLMAP"}, {"type", "general"}, {"company_id", id}, {"active", true}});
    for (const SeedAccount& account : company.accounts) {
      add("account.account",
          {{"name", account.name}, {"code", account.code}, {"company_ids", Json::Array{id}}, {"active", true}});
    }
  }
  const Json plan = Json::number(add("account.analytic.plan", {{"name", "Products"}}));
  for (const char* code : {"PLATFORM", "API"})
    add("account.analytic.account", {{"name", code}, {"code", code}, {"plan_id", plan}, {"active", true}});
  for (int i = 1; i < 10; ++i) {
    const std::string reference = "C" + std::to_string(i);
    add("res.partner",
        {{"name", "Customer " + reference}, {"ref", reference}, {"company_id", false}, {"active", true}});
  }
  tables_["account.move"];
  tables_["account.move.line"];
}

std::int64_t OdooDouble::add(const std::string& model, Json::Object fields) {
  const std::int64_t id = ++last_id_;
  fields.emplace_back("id", Json::number(id));
  tables_[model].emplace(id, Json(std::move(fields)));
  return id;
}

const Json* OdooDouble::record(const std::string& model, const Json* id) const {
  const auto table = tables_.find(model);
  if (table == tables_.end()) return nullptr;
  const auto found = table->second.find(as_id(id));
  return found == table->second.end() ? nullptr : &found->second;
}
Json* OdooDouble::record(const std::string& model, const Json* id) {
  const auto found = tables_[model].find(as_id(id));
  return found == tables_[model].end() ? nullptr : &found->second;
}

Json* OdooDouble::named(const std::string& model, std::string_view field, const std::string& value) {
  for (auto& [id, each] : tables_[model]) {
    if (text(each, field) == value) return &each;
  }
  return nullptr;
}

DoorReply OdooDouble::handle(const DoorRequest& request, FaultPlan& faults) {
  const std::string path = request.path.substr(std::min(request.path.size(), kService.size()));
  const std::size_t slash = path.find('/');
  Call call{path.substr(0, slash), slash == std::string::npos ? "" : path.substr(slash + 1), {}};
  const std::optional<Fault> fault = faults.take("odoo." + call.model + "." + call.method);
  if (fault) {
    if (auto reply = instead_of_work(*fault)) return std::move(*reply);
  }
  const std::lock_guard lock(mutex_);
  if (!request.path.starts_with(kService) || request.method != "POST")
    return exception(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?");
  std::string scheme = request.authorization.substr(0, 7);
  std::ranges::transform(scheme, scheme.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  if (scheme != "bearer " || request.authorization.substr(7) != kApiKey)
    return exception(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey");
  auto body = parse_json(request.body);
  if (!body || body->as_object() == nullptr)
    return exception(400, "werkzeug.exceptions.BadRequest", "could not parse the body as json");
  call.arguments = std::move(*body);
  DoorReply reply = work(call, fault && fault->kind == FaultKind::leave_draft);
  if (!fault) return reply;
  if (fault->kind == FaultKind::alter && !tables_["account.move"].empty())
    grow(tables_["account.move"].rbegin()->first);
  return spoiled(*fault, std::move(reply));
}

DoorReply OdooDouble::work(const Call& call, bool keeps_draft) {
  if (!tables_.contains(call.model))
    return exception(404, "werkzeug.exceptions.NotFound", "the model '" + call.model + "' does not exist");
  if (auto fault = fault_of_companies(call.arguments)) return std::move(*fault);
  if (call.method == "search_read") return search_read(call);
  if (call.model == "account.move" && call.method == "create") return create_move(call);
  if (call.model == "account.move" && (call.method == "action_post" || call.method == "unlink"))
    return on_moves(call, keeps_draft);
  return exception(404, "werkzeug.exceptions.NotFound",
                   "The method '" + call.model + "." + call.method + "' does not exist");
}

std::optional<DoorReply> OdooDouble::fault_of_companies(const Json& arguments) const {
  const Json* context = arguments.find("context");
  const Json* allowed = context == nullptr ? nullptr : context->find("allowed_company_ids");
  if (allowed == nullptr || allowed->as_array() == nullptr) return std::nullopt;
  for (const Json& id : *allowed->as_array()) {
    if (record("res.company", &id) == nullptr)
      return exception(403, "odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.");
  }
  return std::nullopt;
}

// ---- search_read ----------------------------------------------------------------------------------------------------

Json OdooDouble::value_of(const Json& of, std::string_view path) const {
  const std::size_t dot = path.find('.');
  const Json* value = of.find(path.substr(0, dot));
  if (value == nullptr) return false;
  if (dot == std::string_view::npos) return *value;
  const Json* next = record(std::string(target_of(path.substr(0, dot))), value);
  return next == nullptr ? Json(false) : value_of(*next, path.substr(dot + 1));
}

bool OdooDouble::fits(const Json& of, const Json& term) const {
  const Json::Array* parts = term.as_array();
  if (parts == nullptr || parts->size() != 3) return false;
  const Json value = value_of(of, *(*parts)[0].as_string());
  const std::string& comparison = *(*parts)[1].as_string();
  const Json& wanted = (*parts)[2];
  if (comparison == "=") return value == wanted;
  if (comparison == "!=") return value != wanted;
  // No company has branches here: `parent_of` is the company itself.
  const Json::Array held = value.as_array() == nullptr ? Json::Array{value} : *value.as_array();
  const Json::Array asked = wanted.as_array() == nullptr ? Json::Array{wanted} : *wanted.as_array();
  return (comparison == "in" || comparison == "parent_of") &&
         std::ranges::any_of(held, [&](const Json& each) { return std::ranges::find(asked, each) != asked.end(); });
}

Json OdooDouble::shown(const Json& of, std::string_view field) const {
  const Json* value = of.find(field);
  const std::string_view target = target_of(field);
  if (target.empty() || value->as_bool() != nullptr) return *value;
  const Json* linked = record(std::string(target), value);
  if (linked == nullptr) return false;
  const std::string code = target == "account.account" ? text(*linked, "code") + " " : "";
  return Json::Array{*value, code + text(*linked, "name")};
}

DoorReply OdooDouble::search_read(const Call& call) const {
  const Json* domain = call.arguments.find("domain");
  const Json* fields = call.arguments.find("fields");
  if (domain == nullptr || domain->as_array() == nullptr || fields == nullptr || fields->as_array() == nullptr)
    return exception(422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'domain'");
  Json::Array found;
  for (const auto& [id, each] : tables_.find(call.model)->second) {
    const Json* active = each.find("active");
    const auto born = born_ms_.find(id);
    const bool hidden = (active != nullptr && *active == Json(false)) ||
                        (born != born_ms_.end() && steady_ms() - born->second < visibility_lag_ms_);
    if (hidden || !std::ranges::all_of(*domain->as_array(), [&](const Json& term) { return fits(each, term); }))
      continue;
    Json out = Json::Object{{"id", Json::number(id)}};
    for (const Json& field : *fields->as_array()) {
      if (each.find(*field.as_string()) == nullptr) {
        return exception(500, "builtins.ValueError",
                         "Invalid field '" + *field.as_string() + "' on '" + call.model + "'");
      }
      out.set(*field.as_string(), shown(each, *field.as_string()));
    }
    found.push_back(std::move(out));
  }
  return json_reply(200, found);
}

// ---- moves ----------------------------------------------------------------------------------------------------------

std::optional<DoorReply> OdooDouble::fault_of_line(const Json& values, const Json& company, Decimal& debits,
                                                   Decimal& credits) const {
  if (const std::string field = unknown_field(values, kLineFields); !field.empty())
    return exception(500, "builtins.ValueError", "Invalid field '" + field + "' in 'account.move.line'");
  const Json* account = record("account.account", values.find("account_id"));
  if (account == nullptr)
    return exception(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
  const Json::Array& of = *account->find("company_ids")->as_array();
  if (std::ranges::find(of, *company.find("id")) == of.end())
    return user_error("Incompatible companies on records:\n- account " + text(*account, "code"));
  if (*account->find("active") == Json(false))
    return user_error("The account " + text(*account, "name") + " (" + text(*account, "code") + ") is deprecated.");
  const Json* partner = values.find("partner_id");
  const Json* currency = values.find("currency_id");
  if ((partner != nullptr && record("res.partner", partner) == nullptr) ||
      (currency != nullptr && record("res.currency", currency) == nullptr))
    return exception(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
  const Decimal debit = amount_in(values, "debit"), credit = amount_in(values, "credit");
  if (debit.is_negative() || credit.is_negative() || (!debit.is_zero() && !credit.is_zero()))
    return exception(422, "odoo.exceptions.ValidationError", "Wrong credit or debit value in accounting entry!");
  const Decimal foreign = amount_in(values, "amount_currency");
  if ((foreign.is_negative() && !debit.is_zero()) ||
      (!foreign.is_negative() && !foreign.is_zero() && !credit.is_zero()))
    return exception(422, "odoo.exceptions.ValidationError",
                     "The amount expressed in the secondary currency must be positive when account is debited and "
                     "negative when account is credited.");
  debits = sum(debits, debit);
  credits = sum(credits, credit);
  return std::nullopt;
}

std::optional<DoorReply> OdooDouble::fault_of_move(const Json& values) const {
  if (const std::string field = unknown_field(values, kMoveFields); !field.empty())
    return exception(500, "builtins.ValueError", "Invalid field '" + field + "' in 'account.move'");
  const Json* company = record("res.company", values.find("company_id"));
  const Json* journal = record("account.journal", values.find("journal_id"));
  if (company == nullptr || journal == nullptr)
    return exception(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
  if (*journal->find("company_id") != *company->find("id"))
    return user_error("Incompatible companies on records:\n- journal " + text(*journal, "code"));
  if (!Date::parse(text(values, "date")))
    return exception(500, "builtins.ValueError", "time data '" + text(values, "date") + "' does not match a date");
  const Json* lines = values.find("line_ids");
  if (lines == nullptr || lines->as_array() == nullptr) return std::nullopt;
  Decimal debits, credits;
  for (const Json& command : *lines->as_array()) {
    const Json::Array* parts = command.as_array();
    if (parts == nullptr || parts->size() != 3 || (*parts)[0] != Json::number(0) || (*parts)[2].as_object() == nullptr)
      return exception(500, "builtins.ValueError", "Wrong value for account.move.line_ids");
    if (auto fault = fault_of_line((*parts)[2], *company, debits, credits)) return fault;
  }
  if (debits == credits) return std::nullopt;
  return user_error("An error has occurred.\n\nThe move (/) is not balanced.\nThe total of debits equals " +
                    debits.to_text() + " and the total of credits equals " + credits.to_text() +
                    ".\nYou might want to specify a default account on journal \"" + text(*journal, "name") +
                    "\" to automatically balance each move.");
}

DoorReply OdooDouble::create_move(const Call& call) {
  const Json* list = call.arguments.find("vals_list");
  if (list == nullptr || list->as_array() == nullptr || list->as_array()->size() != 1)
    return exception(422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'vals_list'");
  const Json& values = list->as_array()->front();
  if (auto fault = fault_of_move(values)) return std::move(*fault);
  const Json& company = *record("res.company", values.find("company_id"));
  Json::Object fields{{"name", false}, {"state", "draft"}, {"reversed_entry_id", false}};
  Json move = std::move(fields);
  for (const auto& [name, value] : *values.as_object()) {
    if (name != "line_ids") move.set(name, value);
  }
  const std::int64_t id = add("account.move", *move.as_object());
  born_ms_[id] = steady_ms();
  for (const Json& command : *values.find("line_ids")->as_array()) {
    const Json& sent = (*command.as_array())[2];
    const Decimal debit = amount_in(sent, "debit"), credit = amount_in(sent, "credit");
    const bool foreign = sent.find("currency_id") != nullptr;
    const auto or_false = [&](const char* field) {
      return sent.find(field) == nullptr ? Json(false) : *sent.find(field);
    };
    add("account.move.line",
        {{"move_id", Json::number(id)},
         {"account_id", *sent.find("account_id")},
         {"name", or_false("name")},
         {"partner_id", or_false("partner_id")},
         {"analytic_distribution", or_false("analytic_distribution")},
         {"debit", as_float(debit)},
         {"credit", as_float(credit)},
         {"currency_id", foreign ? *sent.find("currency_id") : *company.find("currency_id")},
         {"amount_currency", as_float(foreign ? amount_in(sent, "amount_currency") : sum(debit, credit.negated()))}});
  }
  return json_reply(200, Json::Array{Json::number(id)});
}

std::optional<DoorReply> OdooDouble::post(Json& move) {
  if (text(move, "state") != "draft")
    return user_error("The entry " + text(move, "name") + " (id " + move.find("id")->as_number()->text +
                      ") must be in draft.");
  const Json* company = record("res.company", move.find("company_id"));
  const std::string locked = text(*company, "user_fiscalyear_lock_date");
  if (text(move, "date") <= locked) move.set("date", Date::parse(locked)->plus_days(1).to_text());
  move.set("state", "posted");
  move.set("name", "GLMAP/" + text(move, "date").substr(0, 4) + "/" + move.find("id")->as_number()->text);
  return std::nullopt;
}

void OdooDouble::erase_move(std::int64_t id) {
  tables_["account.move"].erase(id);
  std::erase_if(tables_["account.move.line"],
                [&](const auto& line) { return as_id(line.second.find("move_id")) == id; });
}

DoorReply OdooDouble::on_moves(const Call& call, bool keeps_draft) {
  const Json* ids = call.arguments.find("ids");
  if (ids == nullptr || ids->as_array() == nullptr || ids->as_array()->empty())
    return exception(422, "werkzeug.exceptions.UnprocessableEntity", "cannot call account.move without ids");
  for (const Json& id : *ids->as_array()) {
    Json* move = record("account.move", &id);
    if (move == nullptr)
      return exception(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
    if (call.method == "unlink") {
      if (text(*move, "state") == "posted")
        return user_error(
            "You can't delete a posted journal item. Don't play games with your accounting records; "
            "reset the journal entry to draft before deleting it.");
      erase_move(as_id(&id));
    } else if (!keeps_draft) {
      if (auto fault = post(*move)) return std::move(*fault);
    }
  }
  return json_reply(200, call.method == "unlink" ? Json(true) : Json(false));
}

// ---- knobs ----------------------------------------------------------------------------------------------------------

void OdooDouble::set_visibility_lag_ms(std::int64_t lag_ms) {
  const std::lock_guard lock(mutex_);
  visibility_lag_ms_ = lag_ms;
}

bool OdooDouble::close_period(const std::string& company, const std::string& period, bool open) {
  const std::lock_guard lock(mutex_);
  Json* books = named("res.company", "name", company);
  const auto first = Date::parse(period + "-01");
  if (books == nullptr || !first) return false;
  Date last = *first;
  while (last.plus_days(1).month() == first->month()) last = last.plus_days(1);
  books->set("user_fiscalyear_lock_date", open ? "0001-01-01" : last.to_text());
  return true;
}

bool OdooDouble::close_account(const std::string& company, const std::string& code, bool open) {
  const std::lock_guard lock(mutex_);
  const Json* books = named("res.company", "name", company);
  if (books == nullptr) return false;
  for (auto& [id, account] : tables_["account.account"]) {
    if (text(account, "code") != code || account.find("company_ids")->as_array()->front() != *books->find("id"))
      continue;
    account.set("active", open);
    return true;
  }
  return false;
}

bool OdooDouble::rename_company(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  Json* books = named("res.company", "name", from);
  if (books != nullptr) books->set("name", to);
  return books != nullptr;
}

void OdooDouble::grow(std::int64_t move) {
  const Decimal cent = Decimal::from_parts(1, 2);
  for (const char* side : {"debit", "credit"}) {
    for (auto& [id, line] : tables_["account.move.line"]) {
      if (as_id(line.find("move_id")) != move || amount_in(line, side).is_zero()) continue;
      line.set(side, as_float(sum(amount_in(line, side), cent)));
      break;
    }
  }
}

bool OdooDouble::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const Json* move = named("account.move", "ref", reference);
  if (move != nullptr) grow(as_id(move->find("id")));
  return move != nullptr;
}

bool OdooDouble::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const Json* move = named("account.move", "ref", reference);
  if (move == nullptr) return false;
  erase_move(as_id(move->find("id")));
  return true;
}

bool OdooDouble::post_draft(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  Json* move = named("account.move", "ref", reference);
  return move != nullptr && !post(*move);
}

Json OdooDouble::documents() const {
  const std::lock_guard lock(mutex_);
  Json::Array out;
  for (const auto& [id, move] : tables_.find("account.move")->second) {
    Json::Array lines;
    for (const auto& [line_id, line] : tables_.find("account.move.line")->second) {
      if (as_id(line.find("move_id")) == id) lines.push_back(line);
    }
    Json document = move;
    document.set("line_ids", std::move(lines));
    out.push_back(std::move(document));
  }
  return out;
}

std::size_t OdooDouble::count() const {
  const std::lock_guard lock(mutex_);
  return tables_.find("account.move")->second.size();
}

}  // namespace glmap::gateway::sandbox
