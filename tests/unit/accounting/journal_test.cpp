// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal.hpp"

#include <catch2/catch.hpp>

using glmap::Currency;
using glmap::Date;
using glmap::Decimal;
using glmap::ErrorCode;
using glmap::IdempotencyKey;
using glmap::JournalEntry;
using glmap::JournalEntryDraft;
using glmap::JournalLine;
using glmap::Json;
using glmap::Money;
using glmap::Side;

namespace {

Money money(std::string_view amount, std::string_view code) {
  return *Money::from_decimal(*Decimal::parse(amount), *Currency::parse(code));
}

JournalLine line(Side side, const char* account, const char* role, const char* usd, const char* eur) {
  JournalLine result{.side = side, .account = account, .role = role};
  result.transaction = money(usd, "USD");
  result.functional = money(eur, "EUR");
  return result;
}

/// 5,000.00 USD net and 950.00 tax at 0.95 EUR: the German customer invoiced in dollars.
JournalEntryDraft draft() {
  JournalEntryDraft entry;
  entry.key = {
      .source = "billing", .event_id = "I-1", .event_revision = "", .entity = "DE", .ledger = "accrual", .entry = 0};
  entry.entity = "DE";
  entry.ledger = "accrual";
  entry.journal = "SALES";
  entry.posting_date = *Date::parse("2026-10-01");
  entry.document_date = *Date::parse("2026-09-30");
  entry.period = "2026-10";
  entry.document = "I-1";
  entry.description = "Invoice I-1";
  entry.currency = *Currency::parse("USD");
  entry.functional = *Currency::parse("EUR");
  entry.rate = *Decimal::parse("0.950");
  entry.lines = {line(Side::debit, "1200", "receivable", "5950.00", "5652.50"),
                 line(Side::credit, "3900", "deferred_revenue", "5000.00", "4750.00"),
                 line(Side::credit, "3806", "output_tax", "950.00", "902.50")};
  entry.lines[1].dimensions = {{"product", "PLATFORM"}, {"customer", "C1"}};
  entry.origin = glmap::EntryOrigin{.event_type = "invoice.issued",
                                    .bundle_digest = std::string(64, 'a'),
                                    .rules = {"INV-RATABLE"},
                                    .spec_lines = {{.file = "book.glmap", .line = 12, .column = 5, .pointer = ""}}};
  return entry;
}

glmap::Error refused(JournalEntryDraft entry) {
  auto made = JournalEntry::make(std::move(entry));
  REQUIRE_FALSE(made.has_value());
  return made.error();
}

Json replaced(const char* member, Json value) {
  Json json = JournalEntry::make(draft())->to_json();
  json.set(member, std::move(value));
  return json;
}

ErrorCode code_of(const Json& json) {
  const auto entry = JournalEntry::from_json(json);
  REQUIRE_FALSE(entry.has_value());
  return entry.error().code;
}

}  // namespace

TEST_CASE("an entry whose debits equal its credits in both currencies exists", "[journal]") {
  const auto entry = JournalEntry::make(draft());
  REQUIRE(entry.has_value());
  CHECK(entry->total_transaction().to_text() == "5950.00 USD");
  CHECK(entry->total_functional().to_text() == "5652.50 EUR");
  CHECK(entry->lines().size() == 3);
}

TEST_CASE("an entry out of balance by one cent is refused", "[journal][M1]") {
  auto in_dollars = draft();
  in_dollars.lines[0].transaction = money("5950.01", "USD");
  const auto error = refused(in_dollars);
  CHECK(error.code == ErrorCode::EntryOutOfBalance);
  CHECK(error.message == "debits are `5950.01 USD` and credits `5950.00 USD` in transaction currency");
  auto in_euros = draft();
  in_euros.lines[2].functional = money("902.49", "EUR");
  CHECK(refused(in_euros).message == "debits are `5652.50 EUR` and credits `5652.49 EUR` in functional currency");
}

TEST_CASE("an entry needs two lines", "[journal]") {
  auto entry = draft();
  entry.lines.resize(1);
  CHECK(refused(entry).code == ErrorCode::EntryOutOfBalance);
  entry.lines.clear();
  CHECK(refused(entry).code == ErrorCode::EntryOutOfBalance);
}

TEST_CASE("a line is never negative and never nothing", "[journal]") {
  auto negative = draft();
  negative.lines.push_back(line(Side::debit, "1200", "receivable", "-1.00", "0.00"));
  negative.lines.push_back(line(Side::credit, "3900", "deferred_revenue", "-1.00", "0.00"));
  CHECK(refused(negative).message ==
        "the debit of account `1200` is negative (`-1.00 USD`, `0.00 EUR`), the other side is expected");
  auto nothing = draft();
  nothing.lines.push_back(line(Side::debit, "1200", "receivable", "0.00", "0.00"));
  CHECK(refused(nothing).message == "the debit of account `1200` is zero");
  // Zero in one currency alone is a rounding or exchange difference.
  auto difference = draft();
  difference.lines[0].functional = money("5652.49", "EUR");
  difference.lines.push_back(line(Side::debit, "6990", "rounding", "0.00", "0.01"));
  CHECK(JournalEntry::make(difference).has_value());
}

TEST_CASE("a line in another currency than its entry is refused", "[journal]") {
  auto entry = draft();
  entry.lines[0].transaction = money("5950.00", "EUR");
  CHECK(refused(entry).code == ErrorCode::MixedCurrencies);
  entry = draft();
  entry.lines[0].functional = money("5652.50", "USD");
  CHECK(refused(entry).code == ErrorCode::MixedCurrencies);
}

TEST_CASE("the dimensions of a line are kept by name, each once", "[journal]") {
  const auto entry = JournalEntry::make(draft());
  REQUIRE(entry.has_value());
  CHECK(entry->lines()[1].dimensions.front().name == "customer");
  auto twice = draft();
  twice.lines[1].dimensions.push_back({"customer", "C2"});
  CHECK(refused(twice).code == ErrorCode::DuplicateName);
}

TEST_CASE("an entry is written and read back the same", "[journal]") {
  const auto entry = JournalEntry::make(draft());
  REQUIRE(entry.has_value());
  const Json json = entry->to_json();
  CHECK(glmap::write_json(json) == glmap::canonical_json(json));
  CHECK(
      glmap::write_json(json) ==
      R"({"currency":"USD","description":"Invoice I-1","document":"I-1","document_date":"2026-09-30","entity":"DE","format":1,)"
      R"("functional_currency":"EUR","group":"","journal":"SALES","key":{"entity":"DE","entry":0,"event_id":"I-1","event_revision":"",)"
      R"("ledger":"accrual","source":"billing"},"ledger":"accrual","lines":[)"
      R"({"account":"1200","amount":"5950.00","dimensions":{},"functional_amount":"5652.50","memo":"","role":"receivable","side":"debit"},)"
      R"({"account":"3900","amount":"5000.00","dimensions":{"customer":"C1","product":"PLATFORM"},"functional_amount":"4750.00","memo":"","role":"deferred_revenue","side":"credit"},)"
      R"({"account":"3806","amount":"950.00","dimensions":{},"functional_amount":"902.50","memo":"","role":"output_tax","side":"credit"}],)"
      R"("origin":{"bundle_digest":")" +
          std::string(64, 'a') +
          R"(","event_type":"invoice.issued","rules":["INV-RATABLE"],"spec_lines":[{"column":5,"file":"book.glmap","line":12,"pointer":""}]},)"
          R"("period":"2026-10","posting_date":"2026-10-01","rate":"0.95","reverses":"","storno":false})");
  const auto parsed = glmap::parse_json(glmap::write_json(json));
  REQUIRE(parsed.has_value());
  const auto again = JournalEntry::from_json(*parsed);
  if (!again) FAIL(again.error().to_text());
  CHECK(again->to_json() == json);
  CHECK(again->lines() == entry->lines());
  CHECK(again->key() == entry->key());
  CHECK(again->data().origin == entry->data().origin);
  CHECK(again->data().rate == entry->data().rate);
  CHECK(again->data().posting_date == entry->data().posting_date);
}

TEST_CASE("what a reversal reverses, how, and with whom, is written and read back", "[journal][E20]") {
  auto reversal = draft();
  reversal.reverses = "ZICPBGYYIQGJQ2QO";
  reversal.storno = true;
  reversal.group = "OUHK3IB7WKHVWXYZ";
  const Json json = JournalEntry::make(reversal)->to_json();
  CHECK(glmap::write_json(json) == glmap::canonical_json(json));
  const auto again = JournalEntry::from_json(json);
  if (!again) FAIL(again.error().to_text());
  CHECK(again->data().reverses == "ZICPBGYYIQGJQ2QO");
  CHECK(again->data().storno);
  CHECK(again->data().group == "OUHK3IB7WKHVWXYZ");
  CHECK(again->to_json() == json);
}

TEST_CASE("a storno that names no entry it takes back is not read", "[journal]") {
  auto reversal = draft();
  reversal.reverses = "ZICPBGYYIQGJQ2QO";
  reversal.storno = true;
  Json json = JournalEntry::make(reversal)->to_json();
  json.set("reverses", Json(""));
  CHECK(code_of(json) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("storno", Json("yes"))) == ErrorCode::StoreCorrupt);
}

TEST_CASE("an entry in one currency has no rate", "[journal]") {
  auto entry = draft();
  entry.currency = entry.functional;
  entry.rate.reset();
  for (JournalLine& one : entry.lines) one.transaction = one.functional;
  const auto made = JournalEntry::make(entry);
  REQUIRE(made.has_value());
  CHECK(made->to_json().find("rate")->is_null());
  const auto again = JournalEntry::from_json(made->to_json());
  REQUIRE(again.has_value());
  CHECK_FALSE(again->data().rate.has_value());
}

TEST_CASE("what was altered in the store is not read as an entry", "[journal][M13]") {
  CHECK(JournalEntry::from_json(JournalEntry::make(draft())->to_json()).has_value());
  CHECK(code_of(Json()) == ErrorCode::StoreCorrupt);
  CHECK(code_of(Json(Json::Array{})) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("format", Json::number(2))) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("posting_date", "2026-02-30")) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("currency", "XXX")) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("rate", Json(glmap::JsonNumber{"0.95"}))) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("key", "I-1")) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("extra", Json(true))) == ErrorCode::StoreCorrupt);
  CHECK(code_of(replaced("entity", Json())) == ErrorCode::StoreCorrupt);

  Json json = JournalEntry::make(draft())->to_json();
  Json lines = *json.find("lines");
  (*lines.as_array())[0].set("amount", "5950.0");  // one value, one text
  json.set("lines", lines);
  const auto error = JournalEntry::from_json(json).error();
  CHECK(error.code == ErrorCode::StoreCorrupt);
  CHECK(error.where.pointer == "/lines/0/amount");
  (*lines.as_array())[0].set("amount", "5950.01");
  json.set("lines", lines);
  CHECK(code_of(json) == ErrorCode::EntryOutOfBalance);
  (*lines.as_array())[0].set("side", "left");
  json.set("lines", lines);
  CHECK(code_of(json) == ErrorCode::StoreCorrupt);
}

TEST_CASE("the same event posts each of its entries under one key for ever", "[journal][I1]") {
  const IdempotencyKey key = draft().key;
  CHECK(key.to_text() == R"(["billing","I-1","","DE","accrual",0])");
  // printf '["billing","I-1","","DE","accrual",0]' | sha256sum | cut -c1-20 | xxd -r -p | basenc --base32
  CHECK(key.reference() == "ZICPBGYYIQGJQ2QO");
  IdempotencyKey quoted = key;
  quoted.event_id = "I\"1,\n";
  CHECK(quoted.to_text() == R"(["billing","I\"1,\n","","DE","accrual",0])");
  // Parts cannot run into each other.
  const IdempotencyKey left{.source = "a", .event_id = "b,c"};
  const IdempotencyKey right{.source = "a,b", .event_id = "c"};
  CHECK(left.to_text() != right.to_text());
  IdempotencyKey second = key;
  second.entry = 1;
  CHECK(second.reference() != key.reference());
  CHECK(key < second);
}

TEST_CASE("the other side of a debit is a credit", "[journal]") {
  CHECK(to_text(Side::debit) == "debit");
  CHECK(to_text(opposite(Side::debit)) == "credit");
  CHECK(opposite(Side::credit) == Side::debit);
}
