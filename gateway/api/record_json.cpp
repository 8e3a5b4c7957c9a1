// SPDX-License-Identifier: Apache-2.0
#include "gateway/api/record_json.hpp"

#include <map>

#include "gateway/api/problem.hpp"

namespace glmap::gateway::api {

namespace {

void set_text(Json& json, std::string_view key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

std::string amount_text(Int128 minor, const std::string& currency) {
  const auto known = Currency::parse(currency);
  return known ? Money::from_minor(minor, *known).amount_text() : int128_text(minor);
}

Json count_json(const store::CountAndAmount& value, const std::string& currency) {
  Json json{Json::Object{}};
  json.set("count", Json::number(value.count));
  json.set("amount", amount_text(value.minor, currency));
  return json;
}

Json money_json(const Money& money) {
  Json json{Json::Object{}};
  json.set("amount", money.amount_text());
  json.set("currency", std::string(money.currency().code()));
  return json;
}

Json history_json(const store::HistoryRecord& change, const store::EventJourney& journey) {
  Json json{Json::Object{}};
  json.set("at", change.at.to_text());
  for (const store::EntryRecord& entry : journey.entries) {
    if (change.entry == entry.sequence) json.set("entry", entry.reference);
  }
  set_text(json, "from", change.from);
  json.set("to", change.to);
  json.set("what", change.input);
  json.set("by", change.by);
  set_text(json, "why", change.why);
  set_text(json, "evidence", change.evidence);
  return json;
}

}  // namespace

Json receipt_json(const posting::Receipt& receipt) {
  Json json{Json::Object{}};
  json.set("status", posting::to_text(receipt.status));
  set_text(json, "source", receipt.source);
  set_text(json, "id", receipt.id);
  if (receipt.sequence != 0) {
    json.set("sequence", Json::number(receipt.sequence));
    json.set("state", engine::to_text(receipt.state));
    Json::Array references;
    for (const std::string& reference : receipt.entries) references.emplace_back(reference);
    json.set("entries", std::move(references));
  }
  if (receipt.reason) json.set("reason", reason_json(*receipt.reason));
  set_text(json, "rule", receipt.rule);
  set_text(json, "because", receipt.because);
  return json;
}

Json event_json(const store::EventRecord& event) {
  Json json{Json::Object{}};
  json.set("sequence", Json::number(event.sequence));
  json.set("source", event.identity.source);
  json.set("id", event.identity.id);
  set_text(json, "revision", event.identity.revision);
  json.set("type", event.identity.type);
  json.set("state", engine::to_text(event.state));
  json.set("received_at", event.received_at.to_text());
  set_text(json, "entity", event.entity);
  set_text(json, "object", event.object);
  if (event.control) json.set("control_amount", money_json(*event.control));
  if (event.reason) json.set("reason", reason_json(*event.reason));
  set_text(json, "rule", event.rule);
  set_text(json, "because", event.because);
  json.set("bundle", event.bundle_digest);
  json.set("content_digest", event.identity.content_digest);
  return json;
}

Json exception_json(const store::ExceptionRecord& exception) {
  Json json{Json::Object{}};
  json.set("number", Json::number(exception.number));
  json.set("event", Json::number(exception.event));
  json.set("source", exception.identity.source);
  json.set("id", exception.identity.id);
  set_text(json, "revision", exception.identity.revision);
  json.set("type", exception.identity.type);
  set_text(json, "entity", exception.entity);
  json.set("at", exception.at.to_text());
  json.set("why", exception.why);
  return json;
}

Result<Json> entry_json(const store::EntryRecord& entry) {
  GLMAP_TRY(body, parse_json(entry.json));
  Json json{Json::Object{}};
  json.set("sequence", Json::number(entry.sequence));
  json.set("reference", entry.reference);
  json.set("state", engine::to_text(entry.state));
  json.set("event", Json::number(entry.event));
  json.set("source", entry.source);
  json.set("event_id", entry.event_id);
  json.set("entity", entry.entity);
  json.set("erp", entry.lane);
  set_text(json, "document_id", entry.document_id);
  if (entry.reason) json.set("reason", reason_json(*entry.reason));
  json.set("created_at", entry.created_at.to_text());
  if (engine::in_delivery(entry.state)) json.set("due_at", entry.due_at.to_text());
  json.set("sends", Json::number(entry.sends));
  json.set("looks", Json::number(entry.looks));
  json.set("total_transaction", money_json(entry.total_transaction));
  json.set("total_functional", money_json(entry.total_functional));
  json.set("entry", std::move(body));
  return json;
}

Result<Json> journey_json(const store::EventJourney& journey) {
  Json json = event_json(journey.event);
  GLMAP_TRY(event, parse_json(journey.event.raw));
  json.set("event", std::move(event));
  Json::Array entries, history, conflicts;
  for (const store::EntryRecord& entry : journey.entries) {
    GLMAP_TRY(shown, entry_json(entry));
    entries.push_back(std::move(shown));
  }
  for (const store::HistoryRecord& change : journey.history) history.push_back(history_json(change, journey));
  for (const store::ConflictRecord& conflict : journey.conflicts) {
    Json shown{Json::Object{}};
    shown.set("received_at", conflict.received_at.to_text());
    shown.set("content_digest", conflict.identity.content_digest);
    GLMAP_TRY(other, parse_json(conflict.raw));
    shown.set("event", std::move(other));
    conflicts.push_back(std::move(shown));
  }
  json.set("entries", std::move(entries));
  json.set("history", std::move(history));
  json.set("conflicts", std::move(conflicts));
  return json;
}

Json statement_json(std::span<const store::StatementRow> rows) {
  Json::Array shown;
  bool all_agree = true;
  for (const store::StatementRow& row : rows) {
    Json json{Json::Object{}};
    json.set("source", row.source);
    json.set("entity", row.entity);
    json.set("currency", row.currency);
    json.set("accepted", count_json(row.accepted, row.currency));
    json.set("posted", count_json(row.posted, row.currency));
    json.set("waiting", count_json(row.waiting, row.currency));
    json.set("held", count_json(row.held, row.currency));
    json.set("rejected", count_json(row.rejected, row.currency));
    json.set("no_entry", count_json(row.no_entry, row.currency));
    json.set("agrees", row.agrees());
    all_agree = all_agree && row.agrees();
    shown.push_back(std::move(json));
  }
  Json json{Json::Object{}};
  json.set("rows", std::move(shown));
  json.set("agrees", all_agree);
  return json;
}

Json trial_balance_json(std::span<const store::TrialBalanceRow> rows) {
  Json::Array shown;
  struct Total {
    Int128 debit = 0, credit = 0;
    std::string currency;
  };
  std::map<std::pair<std::string, std::string>, Total> totals;  // by entity and ledger
  for (const store::TrialBalanceRow& row : rows) {
    Json json{Json::Object{}};
    json.set("entity", row.entity);
    json.set("ledger", row.ledger);
    json.set("account", row.account);
    json.set("currency", row.currency);
    json.set("debit", amount_text(row.debit_minor, row.currency));
    json.set("credit", amount_text(row.credit_minor, row.currency));
    json.set("balance", amount_text(row.debit_minor - row.credit_minor, row.currency));
    shown.push_back(std::move(json));
    Total& total = totals[{row.entity, row.ledger}];
    total.debit += row.debit_minor;
    total.credit += row.credit_minor;
    total.currency = row.currency;
  }
  Json::Array sums;
  bool balanced = true;
  for (const auto& [key, total] : totals) {
    Json json{Json::Object{}};
    json.set("entity", key.first);
    json.set("ledger", key.second);
    json.set("currency", total.currency);
    json.set("debit", amount_text(total.debit, total.currency));
    json.set("credit", amount_text(total.credit, total.currency));
    json.set("balanced", total.debit == total.credit);
    balanced = balanced && total.debit == total.credit;
    sums.push_back(std::move(json));
  }
  Json json{Json::Object{}};
  json.set("rows", std::move(shown));
  json.set("totals", std::move(sums));
  json.set("balanced", balanced);
  return json;
}

}  // namespace glmap::gateway::api
