// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/fields.hpp"

#include <algorithm>
#include <array>

#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::gateway::connectors::rest {

namespace {

constexpr std::string_view kOwn = "entity.";
constexpr std::string_view kDimension = "dimension.";

const JournalEntryDraft& draft(const Scope& scope) {
  return scope.entry->data();
}

Json amount(const Money& money) {
  return JsonNumber{money.amount_text()};
}

Json on_side(const Scope& of, Side side, const Money& money) {
  return of.line->side == side ? amount(booked(draft(of), money)) : Json();
}

Json with_sign(const Scope& of, const Money& money) {
  const Money towards = booked(draft(of), money);
  return amount(of.line->side == Side::credit ? towards.negated() : towards);
}

Json member(const Scope& of, std::string_view name) {
  return *of.entry->to_json().find(name);
}

Json dimensions(const Scope& of) {
  Json::Object out;
  for (const Dimension& dimension : of.line->dimensions) out.emplace_back(dimension.name, Json(dimension.value));
  return out;
}

Json account_name(const Scope& of) {
  const Account* account = of.entity->find_account(of.line->account);
  return account == nullptr ? Json() : Json(account->name);
}

constexpr std::array kFields = {
    // the legal entity
    Field{"entity", Reach::entity, Kind::text, [](const Scope& of) { return Json(of.entity->code); }},
    Field{"entity_name", Reach::entity, Kind::text, [](const Scope& of) { return Json(of.entity->name); }},
    Field{"functional_currency", Reach::entity, Kind::text,
          [](const Scope& of) { return Json(of.entity->functional.code()); }},
    // the entry
    Field{"reference", Reach::entry, Kind::text, [](const Scope& of) { return Json(of.entry->key().reference()); }},
    Field{"erp_document", Reach::entry, Kind::text, [](const Scope& of) { return Json(of.erp_document); }},
    Field{"ledger", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).ledger); }},
    Field{"journal", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).journal); }},
    Field{"period", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).period); }},
    Field{"posting_date", Reach::entry, Kind::date,
          [](const Scope& of) { return Json(draft(of).posting_date.to_text()); }},
    Field{"document_date", Reach::entry, Kind::date,
          [](const Scope& of) { return Json(draft(of).document_date.to_text()); }},
    Field{"document", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).document); }},
    Field{"description", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).description); }},
    Field{"transaction_currency", Reach::entry, Kind::text,
          [](const Scope& of) { return Json(draft(of).currency.code()); }},
    Field{"rate", Reach::entry, Kind::amount,
          [](const Scope& of) { return draft(of).rate ? Json(JsonNumber{draft(of).rate->to_text()}) : Json(); }},
    Field{"total", Reach::entry, Kind::amount,
          [](const Scope& of) { return amount(booked(draft(of), of.entry->total_functional())); }},
    Field{"transaction_total", Reach::entry, Kind::amount,
          [](const Scope& of) { return amount(booked(draft(of), of.entry->total_transaction())); }},
    Field{"reverses", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).reverses); }},
    Field{"storno", Reach::entry, Kind::truth, [](const Scope& of) { return Json(draft(of).storno); }},
    Field{"group", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).group); }},
    Field{"event_type", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).origin->event_type); }},
    Field{"event_source", Reach::entry, Kind::text, [](const Scope& of) { return Json(of.entry->key().source); }},
    Field{"event_id", Reach::entry, Kind::text, [](const Scope& of) { return Json(of.entry->key().event_id); }},
    Field{"event_revision", Reach::entry, Kind::text,
          [](const Scope& of) { return Json(of.entry->key().event_revision); }},
    Field{"bundle", Reach::entry, Kind::text, [](const Scope& of) { return Json(draft(of).origin->bundle_digest); }},
    Field{"key", Reach::entry, Kind::json, [](const Scope& of) { return member(of, "key"); }},
    Field{"origin", Reach::entry, Kind::json, [](const Scope& of) { return member(of, "origin"); }},
    Field{"journal_entry", Reach::entry, Kind::json, [](const Scope& of) { return of.entry->to_json(); }},
    // a line
    Field{"line", Reach::line, Kind::number,
          [](const Scope& of) { return Json::number(static_cast<long long>(of.number)); }},
    Field{"account", Reach::line, Kind::text, [](const Scope& of) { return Json(of.line->account); }},
    Field{"account_name", Reach::line, Kind::text, account_name},
    Field{"role", Reach::line, Kind::text, [](const Scope& of) { return Json(of.line->role); }},
    Field{"memo", Reach::line, Kind::text, [](const Scope& of) { return Json(of.line->memo); }},
    Field{"side", Reach::line, Kind::text, [](const Scope& of) { return Json(to_text(of.line->side)); }},
    Field{"debit", Reach::line, Kind::amount,
          [](const Scope& of) { return on_side(of, Side::debit, of.line->functional); }},
    Field{"credit", Reach::line, Kind::amount,
          [](const Scope& of) { return on_side(of, Side::credit, of.line->functional); }},
    Field{"amount", Reach::line, Kind::amount, [](const Scope& of) { return with_sign(of, of.line->functional); }},
    Field{"size", Reach::line, Kind::amount,
          [](const Scope& of) { return amount(booked(draft(of), of.line->functional)); }},
    Field{"transaction_debit", Reach::line, Kind::amount,
          [](const Scope& of) { return on_side(of, Side::debit, of.line->transaction); }},
    Field{"transaction_credit", Reach::line, Kind::amount,
          [](const Scope& of) { return on_side(of, Side::credit, of.line->transaction); }},
    Field{"transaction_amount", Reach::line, Kind::amount,
          [](const Scope& of) { return with_sign(of, of.line->transaction); }},
    Field{"transaction_size", Reach::line, Kind::amount,
          [](const Scope& of) { return amount(booked(draft(of), of.line->transaction)); }},
    Field{"absolute", Reach::line, Kind::amount, [](const Scope& of) { return amount(of.line->functional); }},
    Field{"transaction_absolute", Reach::line, Kind::amount,
          [](const Scope& of) { return amount(of.line->transaction); }},
    Field{"dimensions", Reach::line, Kind::json, dimensions},
};
constexpr Field kOwnField{kOwn, Reach::entity, Kind::text, nullptr};
constexpr Field kDimensionField{kDimension, Reach::line, Kind::text, nullptr};

}  // namespace

const Field* find_field(std::string_view name) {
  if (name.starts_with(kOwn)) return name.size() > kOwn.size() ? &kOwnField : nullptr;
  if (name.starts_with(kDimension)) return name.size() > kDimension.size() ? &kDimensionField : nullptr;
  const auto found = std::ranges::find(kFields, name, &Field::name);
  return found == kFields.end() ? nullptr : &*found;
}

Json value_of(const Field& field, std::string_view name, const Scope& scope) {
  if (&field == &kOwnField) {
    const auto own = scope.own->find(std::string(name.substr(kOwn.size())));
    return own == scope.own->end() ? Json() : Json(own->second);
  }
  if (&field == &kDimensionField) {
    const auto found = std::ranges::find(scope.line->dimensions, name.substr(kDimension.size()), &Dimension::name);
    return found == scope.line->dimensions.end() ? Json() : Json(found->value);
  }
  return field.value(scope);
}

}  // namespace glmap::gateway::connectors::rest
