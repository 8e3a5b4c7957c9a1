// SPDX-License-Identifier: Apache-2.0
// The accounting part of the Tryton double: what it checks when a move is created, posted or deleted, and what it says.
#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/decimal.hpp"
#include "gateway/sandbox/tryton_double.hpp"

namespace glmap::gateway::sandbox {

namespace {

Json user_error(std::string text) {
  return Json::Array{"UserError", Json::Array{std::move(text), "", nullptr}};
}

std::string text_of(const Json* value) {
  return value == nullptr || value->as_string() == nullptr ? "" : *value->as_string();
}

/// Decimal objects; absent and null are nothing.
std::optional<Decimal> amount_of(const Json* value) {
  const Json* digits = value == nullptr ? nullptr : value->find("decimal");
  if (digits == nullptr || digits->as_string() == nullptr) return std::nullopt;
  const auto parsed = Decimal::parse(*digits->as_string());
  if (!parsed) return std::nullopt;
  return *parsed;
}

Decimal amount_or_zero(const Json* value) {
  return amount_of(value).value_or(Decimal());
}

Decimal sum(const Decimal& a, const Decimal& b) {
  const auto added = add(a, b);
  GLMAP_ASSERT(added.has_value());
  return *added;
}

/// The records inside `[["create", [...]]]`.
const Json::Array* lines_to_create(const Json& values) {
  const Json* lines = values.find("lines");
  const Json::Array* commands = lines == nullptr ? nullptr : lines->as_array();
  if (commands == nullptr || commands->empty()) return nullptr;
  const Json::Array* command = commands->front().as_array();
  if (command == nullptr || command->size() != 2 || (*command)[0] != Json("create")) return nullptr;
  return (*command)[1].as_array();
}

long long day_rank(const Json* date) {
  if (date == nullptr) return 0;
  return as_id(date->find("year")) * 372 + as_id(date->find("month")) * 31 + as_id(date->find("day"));
}

std::string domain_text(std::string_view field, std::string_view model) {
  return "The value for field \"" + std::string(field) + "\" in \"" + std::string(model) +
         "\" is not valid according to its domain.";
}

std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

TrytonDouble::Answer TrytonDouble::create_party(const Json::Array& params) {
  const Json::Array* list = params[0].as_array();
  if (list == nullptr || list->size() != 1) return Refusal{Json::Array{"bad arguments", ""}};
  const std::string code = text_of(list->front().find("code"));
  if (!records_.search("party.party", Json::Array{Json::Array{"code", "=", code}}).empty()) {
    return Refusal{user_error("The code on party must be unique.")};
  }
  const RecordId id = records_.add("party.party", {{"name", text_of(list->front().find("name"))}, {"code", code}});
  return Done{Json::Array{Json::number(id)}};
}

std::optional<std::string> TrytonDouble::fault_of_line(const Json& line, RecordId company) const {
  const Json* account = records_.find("account.account", as_id(line.find("account")));
  if (account == nullptr || as_id(account->find("company")) != company || *account->find("closed") == Json(true) ||
      account->find("type")->is_null()) {
    return domain_text("Account", "Account Move Line");
  }
  const Decimal debit = amount_or_zero(line.find("debit"));
  const Decimal credit = amount_or_zero(line.find("credit"));
  if (!debit.is_zero() && !credit.is_zero()) return "You cannot set both debit and credit on the line.";
  const Json* books = records_.find("company.company", company);
  const Json* currency = records_.find("currency.currency", as_id(books->find("currency")));
  const int digits = static_cast<int>(as_id(currency->find("digits")));
  for (const Decimal& amount : {debit, credit}) {
    if (!amount.fits_places(digits)) {
      return "The number of digits in the value \"Decimal('" + amount.to_text() +
             "')\" for field \"Credit\" in \"Account Move Line\" exceeds the limit of \"" + std::to_string(digits) +
             "\".";
    }
  }
  // Numbers, as an SQLite database gives them.
  const bool needs_party = as_id(account->find("party_required")) != 0;
  const bool has_party = as_id(line.find("party")) != 0;
  const std::string name = text_of(account->find("code")) + " - " + text_of(account->find("name"));
  if (needs_party && !has_party) {
    return "A value is required for field \"Party\" in \"Account Move Line\".";
  }
  if (!needs_party && has_party) {
    return "To create a line on account \"" + name + "\", you must remove the party on line \"" + name + "\".";
  }
  const auto second = amount_of(line.find("amount_second_currency"));
  if (second && second->is_negative() != (credit > debit) && !second->is_zero() && debit != credit) {
    return "You must set the sign for second currency to match the sign of debit - credit.";
  }
  return std::nullopt;
}

std::optional<std::string> TrytonDouble::fault_of_period(const Json& values) const {
  const Json* period = records_.find("account.period", as_id(values.find("period")));
  if (period == nullptr) return "'NoneType' object has no attribute 'id'";
  if (as_id(period->find("company")) != as_id(values.find("company"))) return domain_text("Period", "Account Move");
  const std::string name = text_of(period->find("name"));
  if (text_of(period->find("state")) != "open") {
    const RecordId journal = as_id(values.find("journal"));
    if (journal_periods_.contains({journal, as_id(values.find("period"))})) {
      const Json* used = records_.find("account.journal", journal);
      return "You cannot add/modify/delete lines on closed journal-period \"" + text_of(used->find("name")) + " - " +
             name + "\".";
    }
    return "You cannot create a journal-period in closed period \"" + name + "\".";
  }
  const long long date = day_rank(values.find("date"));
  if (date < day_rank(period->find("start_date")) || date > day_rank(period->find("end_date"))) {
    return "The date of move \"" + text_of(values.find("number")) +
           "\" is outside the period, you must change the date or the period.";
  }
  return std::nullopt;
}

std::optional<std::string> TrytonDouble::fault_of_move(const Json& values) const {
  const RecordId company = as_id(values.find("company"));
  if (records_.find("company.company", company) == nullptr) return domain_text("Company", "Account Move");
  if (text_of(values.find("state")) == "posted") {
    return "You cannot modify posted move \"" + text_of(values.find("number")) + "\".";
  }
  if (auto fault = fault_of_period(values)) return fault;
  if (const Json::Array* lines = lines_to_create(values)) {
    for (const Json& line : *lines) {
      if (auto fault = fault_of_line(line, company)) return fault;
    }
  }
  return std::nullopt;
}

void TrytonDouble::store_move(const Json& values, Json::Array& ids) {
  Json::Array lines;
  if (const Json::Array* list = lines_to_create(values)) {
    for (const Json& line : *list) lines.push_back(Json::number(records_.add("account.move.line", *line.as_object())));
  }
  Json move = values;
  move.set("lines", std::move(lines));
  move.set("state", "draft");
  move.set("post_number", nullptr);
  const RecordId id = records_.add("account.move", *move.as_object());
  born_ms_[id] = clock_ms();
  journal_periods_.emplace(as_id(values.find("journal")), as_id(values.find("period")));
  ids.push_back(Json::number(id));
  note("create", id);
}

TrytonDouble::Answer TrytonDouble::create_moves(const Json::Array& params) {
  const Json::Array* list = params[0].as_array();
  if (list == nullptr) return Refusal{Json::Array{"bad arguments", ""}};
  for (const Json& values : *list) {  // all or nothing
    if (auto fault = fault_of_move(values)) return Refusal{user_error(std::move(*fault))};
    const auto same = records_.search("account.move", Json::Array{Json::Array{"company", "=", *values.find("company")},
                                                                  Json::Array{"number", "=", *values.find("number")}});
    if (unique_reference_ && !same.empty()) {
      return Refusal{Json::Array{"UNIQUE constraint failed: account_move.company, account_move.number", ""}};
    }
  }
  Json::Array ids;
  for (const Json& values : *list) store_move(values, ids);
  return Done{std::move(ids)};
}

std::optional<std::string> TrytonDouble::fault_of_posting(const Json& move) const {
  const std::string number = text_of(move.find("number"));
  if (text_of(move.find("state")) == "posted") return "You cannot modify posted move \"" + number + "\".";
  const Json::Array& lines = *move.find("lines")->as_array();
  if (lines.empty()) return "To post move \"" + number + "\", you must fill in its lines.";
  Decimal debit;
  Decimal credit;
  for (const Json& id : lines) {
    const Json* line = records_.find("account.move.line", as_id(&id));
    debit = sum(debit, amount_or_zero(line->find("debit")));
    credit = sum(credit, amount_or_zero(line->find("credit")));
  }
  if (debit != credit) return "To post move \"" + number + "\", you must balance all its lines debits and credits.";
  return fault_of_period(move);
}

TrytonDouble::Answer TrytonDouble::post_moves(const Json::Array& params) {
  const Json::Array* ids = params[0].as_array();
  if (ids == nullptr) return Refusal{Json::Array{"bad arguments", ""}};
  for (const Json& id : *ids) {
    const Json* move = records_.find("account.move", as_id(&id));
    if (move == nullptr) return Refusal{user_error("You are trying to access records which do not exist.")};
    if (auto fault = fault_of_posting(*move)) return Refusal{user_error(std::move(*fault))};
  }
  for (const Json& id : *ids) {
    Json* move = records_.find("account.move", as_id(&id));
    move->set("state", "posted");
    move->set("post_number", "P-" + std::to_string(++last_post_number_));
    note("post", as_id(&id));
  }
  return Done{nullptr};
}

TrytonDouble::Answer TrytonDouble::delete_moves(const Json::Array& params) {
  const Json::Array* ids = params[0].as_array();
  if (ids == nullptr) return Refusal{Json::Array{"bad arguments", ""}};
  for (const Json& id : *ids) {
    const Json* move = records_.find("account.move", as_id(&id));
    if (move != nullptr && text_of(move->find("state")) == "posted") {
      return Refusal{user_error("You cannot modify posted move \"" + text_of(move->find("number")) + "\".")};
    }
  }
  for (const Json& id : *ids) {
    note("delete", as_id(&id));
    records_.remove("account.move", as_id(&id));
  }
  return Done{nullptr};
}

void TrytonDouble::delete_all_drafts() {
  const std::lock_guard lock(mutex_);
  for (const RecordId id : records_.search("account.move", Json::Array{Json::Array{"state", "=", "draft"}})) {
    note("delete", id);
    records_.remove("account.move", id);
  }
}

void TrytonDouble::alter_newest(bool keep_balance) {
  const auto& moves = records_.all("account.move");
  if (!moves.empty()) alter(moves.rbegin()->first, keep_balance);
}

RecordId TrytonDouble::with_reference(const std::string& reference) const {
  const auto found = records_.search("account.move", Json::Array{Json::Array{"number", "=", reference}});
  return found.empty() ? 0 : found.front();
}

bool TrytonDouble::edit(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const RecordId move = with_reference(reference);
  if (move != 0) alter(move, true);
  return move != 0;
}

bool TrytonDouble::remove(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const RecordId move = with_reference(reference);
  if (move == 0) return false;
  note("delete", move);
  records_.remove("account.move", move);
  return true;
}

bool TrytonDouble::post_draft(const std::string& reference) {
  const std::lock_guard lock(mutex_);
  const RecordId move = with_reference(reference);
  return move != 0 &&
         std::holds_alternative<Done>(post_moves(Json::Array{Json::Array{Json::number(move)}, Json::Object{}}));
}

void TrytonDouble::alter(RecordId move, bool keep_balance) {
  const Decimal cent = Decimal::from_parts(1, 2);
  bool debit_done = false;
  bool credit_done = !keep_balance;
  for (const Json& id : *records_.find("account.move", move)->find("lines")->as_array()) {
    Json* line = records_.find("account.move.line", as_id(&id));
    for (const auto& [field, done] : {std::pair{"debit", &debit_done}, {"credit", &credit_done}}) {
      const Decimal amount = amount_or_zero(line->find(field));
      if (amount.is_zero() || *done) continue;
      line->set(field, Json::Object{{"__class__", "Decimal"}, {"decimal", sum(amount, cent).to_text()}});
      *done = true;
    }
  }
}

void TrytonDouble::note(std::string_view what, RecordId move) {
  if (!journal_.is_open()) return;
  const Json* record = records_.find("account.move", move);
  journal_ << write_json(Json::Object{{"did", what},
                                      {"move", Json::number(move)},
                                      {"company", *record->find("company")},
                                      {"number", *record->find("number")}})
           << std::endl;
}

}  // namespace glmap::gateway::sandbox
