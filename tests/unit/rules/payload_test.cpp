// SPDX-License-Identifier: Apache-2.0
// Foreign payloads: readings by hand-worked values (Stripe: 11900 cents are 119.00 USD and 11900 yen are 11900 JPY;
// 1790856000 is 2026-10-01T12:00:00Z), what is refused, and that no payload, however broken, gives anything but a sound
// event, a reason or a code.
#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/runtime/rules/payload_reader.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using Outcome = rules::PayloadResult::Outcome;
using Kind = rules::Drift::Kind;

constexpr std::string_view kIntake = R"(
lists
  psp_plan is plan_1, plan_2
table psp_product "Their plans, our products"
  | psp_plan || product  |
  | plan_1   || PLATFORM |
  | plan_2   || SETUP    |

intake psp "A processor"
  because "a memo"
  source "psp.example"
  | event.id || "evt-", id | text                    |
  | entity   || "DE"       |                         |
  | currency || currency   | code in small letters   |
  also known everything in metadata
  when type is payment and items is not given gives payment.received
    | event.time     || created                                     | unix seconds                       |
    | document_date  || created                                     | unix seconds in zone of entity     |
    | customer       || customer                                    | whole number                       |
    | amount         || gross - fee                                 | minor units                        |
    | settled_amount || settled                                     | decimal text, may be absent        |
    | rate           || only rate of rates where kind is "settle" | decimal number, may be absent |
  when type is invoice and items is not given gives invoice.issued
    | document_date || day           | date       |
    | invoice       || number        | text       |
    | customer      || customer.name | text       |
    | region        || "EMEA"        |            |
    | business      || vat           | yes or no  |
    for each line of lines.data where hidden is not yes
      | product     || plan                      | by psp_product |
      | charge_kind || kind                      | code           |
      | net         || amount                    | decimal        |
      | tax         || sum of amount of taxes    | decimal number |
      | tax_code    || payload.tax_code          | code in small letters |
  no event when type is ping and items is not given because "a sign of life"
  for each of items when type is payment gives payment.received
    | document_date || body.day | date                 |
    | customer      || who      | text                 |
    | amount        || amount   | minor units as text  |
)";

const rules::RuleBook& book() {
  static const rules::RuleBook made = [] {
    testing::BookFiles files = testing::small_book();
    files.at("book.glmap") += kIntake;
    // What arrived, and the rate it was billed at, are known to some senders only.
    std::string& events = files.at("reference/events.yaml");
    for (const std::string_view name : {"settled_amount: {type: functional money", "invoice_rate: {type: decimal"})
      events.insert(events.find(name) + name.size(), ", optional: true");
    return testing::resolved_book(files).book;
  }();
  return made;
}

std::vector<rules::PayloadResult> read(std::string_view text) {
  static const rules::PayloadReader reader(book(), book().intakes.front());
  JsonDocument document;
  if (auto status = document.read(text); !status) FAIL(status.error().to_text());
  return reader.read(document.root());
}

rules::PayloadResult read_one(std::string_view text) {
  auto results = read(text);
  REQUIRE(results.size() == 1);
  return std::move(results.front());
}

std::string field(const rules::PayloadResult& result, std::string_view name) {
  if (result.error) FAIL(result.error->to_text());
  const Json* value = result.event.find("data")->find(name);
  return value == nullptr ? "absent" : value->as_string() != nullptr ? *value->as_string() : write_json(*value);
}

constexpr std::string_view kPayment =
    R"({"id":"1","type":"payment","currency":"usd","created":1790856000,"customer":77,"gross":12000,"fee":100})";
constexpr std::string_view kInvoice =
    R"({"id":"2","type":"invoice","currency":"eur","day":"2026-10-02","number":"A-1","customer":{"name":"C1"},"vat":false,
        "tax_code":"de19","lines":{"data":[
        {"plan":"plan_1","kind":"subscription","amount":"100.00","taxes":[{"amount":9.5},{"amount":9.5}]},
        {"plan":"plan_9","kind":"subscription","amount":1,"taxes":[],"hidden":true}]}})";

std::string changed(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const std::size_t at = result.find(from);
  REQUIRE(at != std::string::npos);
  return result.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a payment in cents and seconds becomes one in dollars and days", "[payload]") {
  const auto result = read_one(kPayment);
  CHECK(field(result, "amount") == "119.00");
  CHECK(field(result, "currency") == "USD");
  CHECK(field(result, "document_date") == "2026-10-01");
  CHECK(field(result, "customer") == "77");
  CHECK(field(result, "settled_amount") == "absent");
  CHECK(*result.event.find("id")->as_string() == "evt-1");
  CHECK(*result.event.find("time")->as_string() == "2026-10-01T12:00:00Z");
  CHECK(result.drift.empty());
}

TEST_CASE("minor units have as many digits as the currency", "[payload]") {
  CHECK(field(read_one(changed(kPayment, "usd", "jpy")), "amount") == "11900");
  CHECK(field(read_one(changed(kPayment, "usd", "kwd")), "amount") == "11.900");
}

TEST_CASE("an invoice's lines, with taxes added up and a hidden line left out", "[payload]") {
  const auto result = read_one(kInvoice);
  if (result.error) FAIL(result.error->to_text());
  const Json::Array& lines = *result.event.find("data")->find("lines")->as_array();
  REQUIRE(lines.size() == 1);
  CHECK(write_json(lines.front()) ==
        R"({"product":"PLATFORM","charge_kind":"subscription","net":"100.00","tax":"19.00","tax_code":"DE19"})");
  CHECK(field(result, "business") == "false");
}

TEST_CASE("what is missing, retyped or new is refused with its code and its place", "[payload][I18]") {
  const auto code = [](std::string_view text) {
    const auto result = read_one(text);
    REQUIRE(result.error);
    return std::pair(result.error->code, result.error->where.pointer);
  };
  CHECK(code(changed(kPayment, "\"fee\"", "\"fees\"")) ==
        std::pair(ErrorCode::PayloadFieldMissing, std::string("/fee")));
  CHECK(code(changed(kPayment, "12000", "120.00")) == std::pair(ErrorCode::PayloadFieldRetyped, std::string("/gross")));
  CHECK(code(changed(kPayment, "1790856000", "1790856000000")).first == ErrorCode::PayloadFieldRetyped);
  CHECK(code(changed(kPayment, "usd", "USD")) == std::pair(ErrorCode::PayloadFieldRetyped, std::string("/currency")));
  CHECK(code(changed(kInvoice, "plan_1", "plan_7")) ==
        std::pair(ErrorCode::PayloadCodeNotKnown, std::string("/lines/data/0/plan")));
  CHECK(code(changed(kInvoice, "{\"name\":\"C1\"}", "\"C1\"")).first == ErrorCode::PayloadFieldRetyped);
  CHECK(code(changed(kInvoice, "\"hidden\":true", "\"hidden\":false")).first == ErrorCode::PayloadCodeNotKnown);
  CHECK(code(changed(kPayment, "\"payment\"", "\"refund\"")).first == ErrorCode::PayloadKindNotKnown);
  CHECK(code(changed(kPayment, "\"fee\":100", "\"fee\":100,\"settled\":\"x\"")).first ==
        ErrorCode::PayloadFieldRetyped);
  // What only the schema knows: the dollar has no tenth of a cent.
  CHECK(code(changed(kInvoice, "100.00", "100.001")).first == ErrorCode::CurrencyDigits);
}

TEST_CASE("two elements where only one is expected are refused, none is absent", "[payload]") {
  const auto with_rates = [](std::string_view rates) {
    return read_one(changed(kPayment, "\"fee\":100", "\"fee\":100,\"rates\":" + std::string(rates)));
  };
  CHECK(field(with_rates(R"([{"kind":"book","rate":2},{"kind":"settle","rate":0.9}])"), "rate") == "0.9");
  CHECK(field(with_rates(R"([{"kind":"book","rate":2}])"), "rate") == "absent");
  const auto two = with_rates(R"([{"kind":"settle","rate":2},{"kind":"settle","rate":3}])");
  REQUIRE(two.error);
  CHECK(two.error->code == ErrorCode::PayloadFieldRetyped);
}

TEST_CASE("drift names what is unknown, missing and perhaps renamed", "[payload][I18]") {
  const auto renamed = read_one(changed(kPayment, "\"fee\"", "\"charges\""));
  REQUIRE(renamed.drift.size() == 1);
  CHECK(renamed.drift[0].kind == Kind::renamed);
  CHECK(renamed.drift[0].path == "fee");
  CHECK(renamed.drift[0].found == "charges");
  const auto unknown = read_one(changed(kInvoice, "\"kind\":", "\"note\":{\"a\":1},\"kind\":"));
  CHECK(unknown.outcome == Outcome::event);
  REQUIRE(unknown.drift.size() == 1);
  CHECK(unknown.drift[0].kind == Kind::unknown);
  CHECK(unknown.drift[0].path == "lines.data.note");
  CHECK(unknown.drift[0].pointer == "/lines/data/0/note");
  CHECK(read_one(changed(kPayment, "\"fee\":100", "\"fee\":100,\"metadata\":{\"x\":{\"y\":1}}")).drift.empty());
}

TEST_CASE("one body may hold several payloads, a list several bodies", "[payload]") {
  const auto several = read(R"({"day":"2026-10-05","items":[
      {"id":"a","type":"payment","currency":"eur","who":"C1","amount":"100"},
      {"id":"b","type":"refund"}, {"id":"c","type":"payment","currency":"eur","who":"C1","amount":"1"}]})");
  REQUIRE(several.size() == 3);
  CHECK(field(several[0], "amount") == "1.00");
  CHECK(field(several[0], "document_date") == "2026-10-05");
  CHECK(several[1].error->code == ErrorCode::PayloadKindNotKnown);
  CHECK(several[1].pointer == "/items/1");
  CHECK(read(R"([{"type":"ping"},{"type":"ping"}])").size() == 2);
  CHECK(read(R"([{"type":"ping"}])").front().because == "a sign of life");
  CHECK(read("[]").empty());
  CHECK(read("3").front().error->code == ErrorCode::PayloadKindNotKnown);
}

TEST_CASE("an intake reads back from its bundle and reads the same", "[payload][bundle]") {
  const std::string bytes = rules::write_bundle(book(), {});
  const auto bundle = rules::read_bundle(bytes);
  if (!bundle) FAIL(bundle.error().to_text());
  CHECK(rules::write_bundle(bundle->book, bundle->proofs) == bytes);
  const rules::PayloadReader reader(bundle->book, *bundle->book.find_intake("psp"));
  JsonDocument document;
  REQUIRE(document.read(kInvoice));
  CHECK(reader.read(document.root()).front().event == read_one(kInvoice).event);
}

TEST_CASE("a broken payload gives a sound event or a code, never anything else", "[payload][property]") {
  std::mt19937 random(20261201);
  const std::string_view sources[] = {
      kPayment, kInvoice,
      R"({"day":"2026-10-05","items":[{"id":"a","type":"payment","currency":"eur","who":"C1","amount":"100"}]})"};
  const std::string_view values[] = {"null",  "true", "-1", "1e400", "\"\"",
                                     "\"x\"", "[]",   "{}", "[[]]",  "99999999999999999999999999999999999999999"};
  const auto pick = [&](std::size_t count) { return random() % count; };
  std::size_t events = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text(sources[pick(3)]);
    // Some value after a colon is replaced up to the next comma or brace.
    std::vector<std::size_t> colons;
    for (std::size_t at = text.find("\":"); at != std::string::npos; at = text.find("\":", at + 1))
      colons.push_back(at + 2);
    const std::size_t from = colons[pick(colons.size())];
    const std::size_t until = text.find_first_of(",}]", from);
    text.replace(from, until - from, values[pick(std::size(values))]);
    JsonDocument document;
    if (!document.read(text)) continue;
    static const rules::PayloadReader reader(book(), book().intakes.front());
    for (const rules::PayloadResult& result : reader.read(document.root())) {
      if (result.outcome == Outcome::event) {
        ++events;
        REQUIRE(decode_event(book().catalog, result.event).has_value());
      } else if (result.outcome == Outcome::refused) {
        ++refused;
        REQUIRE(result.error.has_value());
        REQUIRE(result.error->code >= ErrorCode::NotJson);
      }
    }
  }
  CHECK(events > 100);
  CHECK(refused > 1000);
}
