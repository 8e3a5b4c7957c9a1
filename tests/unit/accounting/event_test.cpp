// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/event.hpp"

#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "tests/unit/accounting/sample_events.hpp"

using glmap::AmountSign;
using glmap::BillingEvent;
using glmap::Code;
using glmap::Currency;
using glmap::Decimal;
using glmap::decode_event;
using glmap::Error;
using glmap::ErrorCode;
using glmap::EventCatalog;
using glmap::EventType;
using glmap::Field;
using glmap::FieldKind;
using glmap::find_event_faults;
using glmap::Json;
using glmap::Money;
using namespace glmap::sample;  // NOLINT: the words of these tests

namespace {

BillingEvent decoded(std::string_view text) {
  auto event = decode_event(catalog(), json(text));
  INFO(text);
  if (!event) FAIL(event.error().to_text());
  return *event;
}

Error refused(std::string_view text) {
  auto event = decode_event(catalog(), json(text));
  INFO(text);
  REQUIRE_FALSE(event.has_value());
  return event.error();
}

/// The invoice with one header member or one line member put in.
Error refused_header(const std::string& member) {
  return refused(invoice(kHeader + "," + member, kLine));
}
Error refused_line(const std::string& members) {
  return refused(invoice(kHeader, "{" + members + "}"));
}

std::string money_text(const glmap::FieldValue& value) {
  return std::get<Money>(value).to_text();
}

}  // namespace

TEST_CASE("an invoice is decoded into checked values", "[event]") {
  const BillingEvent event = decoded(
      invoice(kHeader + R"(,"region":"EMEA","rate":0.9500,"paid_at":"2026-10-02T00:00:00Z","reverse_charge":false)",
              kLine + R"(,{"product":"SETUP","net":"-5","tax":0})"));
  CHECK(event.source == "billing");
  CHECK(event.id == "E-1");
  CHECK(event.revision.empty());
  CHECK(event.type == 0);
  CHECK(event.object == "I-1");
  CHECK(event.occurred_at->to_text() == "2026-10-01T10:00:00Z");
  CHECK(std::get<std::string>(event.header[4]) == "C1");
  CHECK(std::get<Code>(event.header[1]).value == 0);
  CHECK(Currency::all()[std::get<Code>(event.header[2]).value].code() == "EUR");
  CHECK(std::get<glmap::Date>(event.header[3]).to_text() == "2026-10-01");
  CHECK(std::get<Code>(event.header[5]).value == 0);
  CHECK(std::get<Decimal>(event.header[6]).to_text() == "0.95");
  CHECK(std::get<glmap::Instant>(event.header[7]).to_text() == "2026-10-02T00:00:00Z");
  CHECK_FALSE(std::get<bool>(event.header[8]));
  REQUIRE(event.lines.size() == 2);
  CHECK(std::get<Code>(event.lines[0][0]).value == 1);
  CHECK(money_text(event.lines[0][1]) == "100.00 EUR");
  CHECK(money_text(event.lines[1][1]) == "-5.00 EUR");
  CHECK(event.unknown_fields.empty());
}

TEST_CASE("an amount that is defined by others is worked out when the sender leaves it out", "[event]") {
  const BillingEvent event = decoded(invoice(kHeader, kLine + R"(,{"product":"SETUP","net":-5.00,"tax":-0.95})"));
  CHECK(money_text(event.lines[0][3]) == "119.00 EUR");
  CHECK(money_text(event.lines[1][3]) == "-5.95 EUR");
  CHECK(money_text(event.header[9]) == "113.05 EUR");
}

TEST_CASE("an amount that is defined by others must agree when the sender gives it", "[event]") {
  decoded(invoice(kHeader + R"(,"total":119)", R"({"product":"API","net":100.00,"tax":19,"gross":"119.00"})"));
  const Error line = refused_line(R"("product":"API","net":100.00,"tax":19,"gross":119.01)");
  CHECK(line.code == ErrorCode::InvariantBroken);
  CHECK(line.message == "`gross` is 119.01 EUR, but `net + tax` makes 119.00 EUR");
  CHECK(line.where.pointer == "/data/lines/0/gross");
  const Error total = refused_header(R"("total":118.99)");
  CHECK(total.code == ErrorCode::InvariantBroken);
  CHECK(total.message == "`total` is 118.99 EUR, but `sum of line.gross` makes 119.00 EUR");
  CHECK(total.where.pointer == "/data/total");
}

TEST_CASE("an invariant that does not hold is shown with both sides", "[event]") {
  const auto repriced = [](const std::string& lines) {
    return envelope("invoice.repriced", "{" + kHeader + R"(,"lines":[)" + lines + "]}");
  };
  const std::string good = R"({"product":"API","net":100,"discount":20,"list_price":120})";
  decoded(repriced(good));
  const Error line = refused(repriced(good + R"(,{"product":"API","net":100,"discount":20,"list_price":120.01})"));
  CHECK(line.code == ErrorCode::InvariantBroken);
  CHECK(line.message == "`list_price = net + discount` does not hold: 120.01 EUR against 120.00 EUR");
  CHECK(line.where.pointer == "/data/lines/1");
  // An amount that is not sent counts as nothing, here as in a rule.
  decoded(repriced(R"({"product":"API","net":100,"list_price":100.00})"));
  CHECK(refused(repriced(R"({"product":"API","net":100,"list_price":120})")).code == ErrorCode::InvariantBroken);
  const Error payment = refused(
      envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":100,"fee":1.5,"payout":98.49})"));
  CHECK(payment.message == "`amount = payout + fee` does not hold: 100.00 EUR against 99.99 EUR");
  CHECK(payment.where.pointer == "/data");
  decoded(envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":100,"payout":100.00})"));
}

TEST_CASE("an amount may be a number or a text but has no more digits than its currency", "[event][M5]") {
  CHECK(money_text(decoded(invoice(kHeader, R"({"product":"API","net":1.5e2,"tax":"0.10"})")).lines[0][1]) ==
        "150.00 EUR");
  const Error cents = refused_line(R"("product":"API","net":100.005,"tax":19)");
  CHECK(cents.code == ErrorCode::CurrencyDigits);
  CHECK(cents.where.pointer == "/data/lines/0/net");
  CHECK(cents.message == "`net`: `100.005` has more decimal places than EUR, which has 2");
  // 0.1 + 0.2 as a double would print 0.30000000000000004: it is refused, not rounded.
  CHECK(refused_line(R"("product":"API","net":0.30000000000000004,"tax":19)").code == ErrorCode::CurrencyDigits);
  const std::string yen =
      R"("invoice":"I-1","entity":"JP","currency":"JPY","document_date":"2026-10-01","customer":"C1")";
  CHECK(money_text(decoded(invoice(yen, R"({"product":"API","net":5000.00,"tax":500})")).lines[0][1]) == "5000 JPY");
  CHECK(refused(invoice(yen, R"({"product":"API","net":100.5,"tax":0})")).message ==
        "`net`: `100.5` has more decimal places than JPY, which has 0");
  const std::string dinar =
      R"("invoice":"I-1","entity":"KW","currency":"KWD","document_date":"2026-10-01","customer":"C1")";
  CHECK(money_text(decoded(invoice(dinar, R"({"product":"API","net":0.125,"tax":0})")).lines[0][1]) == "0.125 KWD");
  const Error huge = refused_line(R"("product":"API","net":1e31,"tax":19)");
  CHECK(huge.code == ErrorCode::AmountOutOfRange);
  CHECK(refused_line(R"("product":"API","net":1e400,"tax":19)").code == ErrorCode::AmountOutOfRange);
  CHECK(refused_line(R"("product":"API","net":"1.000,50","tax":19)").code == ErrorCode::WrongFieldType);
  CHECK(refused_line(R"("product":"API","net":"1e2","tax":19)").code == ErrorCode::WrongFieldType);
  CHECK(refused_line(R"("product":"API","net":"","tax":19)").code == ErrorCode::WrongFieldType);
  CHECK(refused_line(R"("product":"API","net":true,"tax":19)").message ==
        "`net` holds true or false, a number is expected");
}

TEST_CASE("a functional amount is in the currency of the entity's books", "[event]") {
  const std::string header =
      R"("invoice":"I-1","entity":"JP","currency":"USD","document_date":"2026-10-01","customer":"C1")";
  CHECK(money_text(decoded(invoice(header + R"(,"settled":15000)", kLine)).header[10]) == "15000 JPY");
  const Error error = refused(invoice(header + R"(,"settled":15000.5)", kLine));
  CHECK(error.code == ErrorCode::CurrencyDigits);
  CHECK(error.where.pointer == "/data/settled");
}

TEST_CASE("a sum that leaves the exact range is an error", "[event][M5]") {
  const std::string most = "1" + std::string(28, '0');
  const Error error = refused_line(R"("product":"API","net":)" + most + R"(,"tax":)" + most);
  CHECK(error.code == ErrorCode::AmountOutOfRange);
  CHECK(error.where.pointer == "/data/lines/0/gross");
}

TEST_CASE("a value outside its closed list is refused with the list", "[event][I18]") {
  const Error error = refused_line(R"("product":"PLATFROM","net":1,"tax":0)");
  CHECK(error.code == ErrorCode::ValueNotInList);
  CHECK(error.message == "`product` is `PLATFROM`, which is not in the list `product`");
  CHECK(error.help ==
        "the list has PLATFORM, API, SETUP, TRAINING; correct the event at its source, or add the value to the list in "
        "the book");
  CHECK(error.where.pointer == "/data/lines/0/product");
  CHECK(refused_line(R"("product":"api","net":1,"tax":0)").code == ErrorCode::ValueNotInList);
  CHECK(refused_line(R"("product":7,"net":1,"tax":0)").help == R"(write it in quotes: "7")");
}

TEST_CASE("an indexed list finds the same codes as one that is not", "[event]") {
  glmap::ValueList list{"product", {"PLATFORM", "API", "SETUP", "TRAINING"}};
  glmap::ValueList indexed = list;
  indexed.index();
  for (const char* value : {"PLATFORM", "API", "SETUP", "TRAINING", "", "A", "ZZZ", "api"})
    CHECK(list.code_of(value) == indexed.code_of(value));
  CHECK(indexed.code_of("SETUP") == 2u);
}

TEST_CASE("an entity or currency that is not known is refused", "[event][I18][I19]") {
  const Error entity =
      refused(envelope("payment.received", R"({"entity":"FR","currency":"EUR","amount":1,"payout":1})"));
  CHECK(entity.code == ErrorCode::EntityNotKnown);
  CHECK(entity.where.pointer == "/data/entity");
  const Error currency =
      refused(envelope("payment.received", R"({"entity":"DE","currency":"EURO","amount":1,"payout":1})"));
  CHECK(currency.code == ErrorCode::ValueNotInList);
  CHECK(currency.where.pointer == "/data/currency");
}

TEST_CASE("a missing required field is named", "[event]") {
  const Error error =
      refused(invoice(R"("invoice":"I-1","entity":"DE","currency":"EUR","document_date":"2026-10-01")", kLine));
  CHECK(error.code == ErrorCode::MissingField);
  CHECK(error.where.pointer == "/data/customer");
  // null is absent, and so is an empty text.
  CHECK(refused(invoice(kHeader + R"(,"region":null)", R"({"product":"API","net":null,"tax":1})")).where.pointer ==
        "/data/lines/0/net");
  CHECK(refused(invoice(R"("invoice":"","entity":"DE","currency":"EUR","document_date":"2026-10-01","customer":"C1")",
                        kLine))
            .where.pointer == "/data/invoice");
  decoded(invoice(kHeader + R"(,"region":null,"total":null)", kLine));
  // Nothing to work the defined amount out from.
  CHECK(refused(envelope("payment.received", R"({"entity":"DE","amount":1,"payout":1})")).where.pointer ==
        "/data/currency");
}

TEST_CASE("a field of another kind is refused in words", "[event]") {
  CHECK(refused_header(R"("reverse_charge":"yes")").message ==
        "`reverse_charge` holds text (`yes`), true or false is expected");
  CHECK(refused_header(R"("reverse_charge":1)").code == ErrorCode::WrongFieldType);
  CHECK(refused_header(R"("rate":"abc")").message == "`rate` holds text (`abc`), a number is expected");
  CHECK(refused_header(R"("paid_at":"2026-10-01T12:00:00")").code == ErrorCode::WrongFieldType);
  CHECK(refused_header(R"("paid_at":1790848800)").code == ErrorCode::WrongFieldType);
  const Error date = refused(
      invoice(R"("invoice":"I-1","entity":"DE","currency":"EUR","document_date":"01.10.2026","customer":"C1")", kLine));
  CHECK(date.code == ErrorCode::WrongFieldType);
  CHECK(date.where.pointer == "/data/document_date");
  CHECK(date.message == "`document_date`: `01.10.2026` is not a date");
  const Error number = refused(
      invoice(R"("invoice":17,"entity":"DE","currency":"EUR","document_date":"2026-10-01","customer":"C1")", kLine));
  CHECK(number.message == "`invoice` holds a number (`17`), text is expected");
  CHECK(number.help == R"(write it in quotes: "17")");
}

TEST_CASE("text is bounded and has no control characters", "[event][M9]") {
  const auto with_customer = [](const std::string& customer) {
    return invoice(
        R"("invoice":"I-1","entity":"DE","currency":"EUR","document_date":"2026-10-01","customer":")" + customer + "\"",
        kLine);
  };
  decoded(with_customer(std::string(1024, 'x')));
  decoded(with_customer("M\xC3\xBCller & S\xC3\xB6hne \xF0\x9F\x98\x80"));
  CHECK(refused(with_customer(std::string(1025, 'x'))).code == ErrorCode::LimitExceeded);
  for (const char* bad : {R"(a\u0000b)", R"(a\nb)", R"(a\u007f)", R"(a\u0085b)", R"(\u001b[31m)"}) {
    CHECK(refused(with_customer(bad)).code == ErrorCode::WrongFieldType);
    CHECK(refused(with_customer(bad)).where.pointer == "/data/customer");
  }
}

TEST_CASE("an event type with lines needs at least one", "[event]") {
  for (const char* lines : {R"(,"lines":[])", R"(,"lines":null)", ""}) {
    const Error error = refused(envelope("invoice.issued", "{" + kHeader + lines + "}"));
    CHECK(error.code == ErrorCode::MissingField);
    CHECK(error.where.pointer == "/data/lines");
  }
  CHECK(refused(envelope("invoice.issued", "{" + kHeader + R"(,"lines":{}})")).code == ErrorCode::WrongFieldType);
  CHECK(refused(invoice(kHeader, "7")).where.pointer == "/data/lines/0");
}

TEST_CASE("members the schema does not know are counted, not refused", "[event][I18]") {
  const BillingEvent event = decoded(
      invoice(kHeader + R"(,"coupon":{"a":1},"po/number":"7")", R"({"product":"API","net":1,"tax":0,"sku":null})"));
  CHECK(event.unknown_fields == std::vector<std::string>{"/data/coupon", "/data/po~1number", "/data/lines/0/sku"});
  const BillingEvent payment =
      decoded(envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":1,"payout":1,"lines":[]})"));
  CHECK(payment.unknown_fields == std::vector<std::string>{"/data/lines"});
}

TEST_CASE("an event type that is not in the book is refused", "[event][I18]") {
  const Error error = refused(envelope("invoice.voided", "{}"));
  CHECK(error.code == ErrorCode::TypeNotKnown);
  CHECK(error.where.pointer == "/type");
}

TEST_CASE("the envelope is a CloudEvent 1.0", "[event]") {
  const auto identity = [](std::string_view text) { return glmap::read_identity(json(text)); };
  CHECK(identity("[]").error().code == ErrorCode::WrongFieldType);
  CHECK(identity("{}").error().where.pointer == "/specversion");
  CHECK(identity(R"({"specversion":"0.3","id":"1","source":"s","type":"t"})").error().code == ErrorCode::BadRequest);
  CHECK(identity(R"({"specversion":1.0,"id":"1","source":"s","type":"t"})").error().code == ErrorCode::WrongFieldType);
  CHECK(identity(R"({"specversion":"1.0","source":"s","type":"t"})").error().where.pointer == "/id");
  CHECK(identity(R"({"specversion":"1.0","id":"","source":"s","type":"t"})").error().code == ErrorCode::MissingField);
  CHECK(identity(R"({"specversion":"1.0","id":7,"source":"s","type":"t"})").error().code == ErrorCode::WrongFieldType);
  CHECK(identity(R"({"specversion":"1.0","id":"1\u0000","source":"s","type":"t"})").error().code ==
        ErrorCode::WrongFieldType);
  CHECK(identity(R"({"specversion":"1.0","id":"1","source":"s","type":"t","revision":2})").error().where.pointer ==
        "/revision");
  const auto good = identity(R"({"specversion":"1.0","id":"1","source":"s","type":"t","revision":"2"})");
  REQUIRE(good.has_value());
  CHECK(good->source == "s");
  CHECK(good->id == "1");
  CHECK(good->revision == "2");
  CHECK(good->type == "t");
  // The identity can be read although nothing of the content can.
  CHECK(identity(R"({"specversion":"1.0","id":"1","source":"s","type":"t","time":"yesterday","data":7})").has_value());
  CHECK(refused(R"({"specversion":"1.0","id":"1","source":"s","type":"invoice.issued","time":"yesterday"})")
            .where.pointer == "/time");
  CHECK(refused(R"({"specversion":"1.0","id":"1","source":"s","type":"invoice.issued"})").where.pointer == "/data");
  CHECK(refused(R"({"specversion":"1.0","id":"1","source":"s","type":"invoice.issued","data":"<x/>"})").code ==
        ErrorCode::WrongFieldType);
}

TEST_CASE("the same content has the same digest however it is written", "[event]") {
  const auto digest = [](std::string_view text) {
    const auto identity = glmap::read_identity(json(text));
    REQUIRE(identity.has_value());
    return identity->content_digest;
  };
  const std::string one = digest(invoice(kHeader, kLine));
  const std::string two = digest(
      R"({"data":{"lines":[{"tax":"19.00","net":1E2,"product":"\u0041PI"}],"customer":"C1","document_date":"2026-10-01",)"
      R"("currency":"EUR","entity":"DE","invoice":"I-1"},"type":"invoice.issued","source":"other","id":"E-2",)"
      R"("time":"2026-10-01T12:00:00+02:00","specversion":"1.0","subject":null,"traceparent":"00-1"})");
  CHECK(one == two);
  // sha256sum of {"data":{...keys sorted, 100.00 as 100...},"time":"...","type":"invoice.issued"}
  CHECK(one == "8535aed05619f5059acaac16a8610c2cafc4b7c453edf1a588ceeeb92a6bf8ed");
  CHECK(digest(invoice(kHeader, R"({"product":"API","net":100.01,"tax":"19.00"})")) != one);
  CHECK(digest(invoice(kHeader + R"(,"coupon":1)", kLine)) != one);
}

TEST_CASE("an event decoded into the place of another keeps nothing of it", "[event]") {
  std::string rich = invoice(kHeader + R"(,"region":"EMEA","rate":0.95,"reverse_charge":true,"coupon":"C")",
                             kLine + R"(,{"product":"SETUP","net":"-5","tax":0})");
  rich.replace(rich.find("\"C1\""), 4, "\"C1 of sixteen up\"");  // one more than a short string holds
  const std::string plain = envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":5,"payout":5})");
  glmap::JsonDocument document;
  glmap::EventIdentity identity;
  BillingEvent event;
  for (const std::string& text : {rich, plain, invoice(kHeader, kLine), rich, plain}) {
    INFO(text);
    REQUIRE(document.read(text).has_value());
    REQUIRE(glmap::read_envelope(document.root(), identity).has_value());
    REQUIRE(decode_event(catalog(), document.root(), identity, event).has_value());
    const BillingEvent fresh = decoded(text);
    CHECK(event.id == "E-1");
    CHECK(event.source == "billing");
    CHECK(event.type == fresh.type);
    CHECK(event.occurred_at == fresh.occurred_at);
    CHECK(event.object == fresh.object);
    CHECK(event.header == fresh.header);
    if (text == rich) CHECK(event.header[4] == glmap::FieldValue(std::string("C1 of sixteen up")));
    CHECK(event.lines == fresh.lines);
    CHECK(event.unknown_fields == fresh.unknown_fields);
  }
}

TEST_CASE("all faults of an event are found at once", "[event]") {
  const std::string text =
      envelope("invoice.issued", R"({"invoice":"I-1","entity":"FR","currency":"XYZ","document_date":"2026-02-30",)"
                                 R"("lines":[{"product":"NOPE","net":1.005,"tax":"x"},7,{"product":"API","tax":1}]})");
  std::vector<std::string> found;
  for (const Error& fault : find_event_faults(catalog(), json(text)))
    found.push_back(code_text(fault.code) + " " + fault.where.pointer);
  CHECK(found == std::vector<std::string>{"GLM-6007 /data/entity", "GLM-6009 /data/currency",
                                          "GLM-6005 /data/document_date", "GLM-6004 /data/customer",
                                          "GLM-6009 /data/lines/0/product", "GLM-6005 /data/lines/0/tax",
                                          "GLM-6005 /data/lines/1", "GLM-6004 /data/lines/2/net"});
  CHECK(refused(text).where.pointer == "/data/entity");
  CHECK(find_event_faults(catalog(), json(invoice(kHeader, kLine))).empty());
  const auto sums = find_event_faults(
      catalog(),
      json(invoice(kHeader + R"(,"total":1)",
                   R"({"product":"API","net":1,"tax":1,"gross":3},{"product":"API","net":1,"tax":1,"gross":4})")));
  CHECK(sums.size() == 3);
  CHECK(find_event_faults(catalog(), json("{}")).size() >= 1);
}

TEST_CASE("whatever is damaged in an event, the first fault is among all faults", "[event][property]") {
  const unsigned seed = 6010;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t size) { return std::uniform_int_distribution<std::size_t>(0, size - 1)(random); };
  const std::string pieces[] = {"null", "1",  "-0.005", "\"\"",    "\"x\"",  "true",
                                "[]",   "{}", "1e40",   "\"JPY\"", "\"JP\"", "[{}]"};
  const std::string whole = invoice(kHeader + R"(,"region":"EMEA","rate":0.95,"total":119,"settled":1)", kLine);
  glmap::JsonDocument document;
  glmap::EventIdentity identity;
  BillingEvent again;
  int sound = 0;
  int faulty = 0;
  for (int round = 0; round < 3'000; ++round) {
    // Puts another value in the place of one or two, from behind a colon to the next comma or bracket.
    std::string text = whole;
    for (std::size_t i = 0, count = 1 + pick(2); i < count; ++i) {
      const std::size_t colon = text.find(':', pick(text.size()));
      if (colon == std::string::npos) continue;
      const std::size_t end = text.find_first_of(",}]", colon);
      text.replace(colon + 1, end - colon - 1, pieces[pick(std::size(pieces))]);
    }
    const auto value = glmap::parse_json(text);
    if (!value) continue;
    const auto event = decode_event(catalog(), *value);
    const auto faults = find_event_faults(catalog(), *value);
    // Straight from the text, into an event that held another one before, it is the same.
    REQUIRE(document.read(text).has_value());
    auto status = glmap::read_envelope(document.root(), identity);
    if (status) status = decode_event(catalog(), document.root(), identity, again);
    if (status.has_value() != event.has_value()) FAIL(text);
    if (status ? again.header != event->header || again.lines != event->lines
               : status.error().to_text() != event.error().to_text())
      FAIL(text);
    if (event.has_value() != faults.empty()) FAIL(text);
    if (event) {
      ++sound;
      continue;
    }
    ++faulty;
    const bool among = std::any_of(faults.begin(), faults.end(), [&](const Error& fault) {
      return fault.code == event.error().code && fault.where == event.error().where;
    });
    if (!among) FAIL(text << " " << event.error().to_text());
  }
  CHECK(sound > 50);
  CHECK(faulty > 500);
}

TEST_CASE("an amount keeps the sign that its schema promises", "[event]") {
  const auto fault_of = [](AmountSign sign, const std::string& amount, const std::string& tax) {
    glmap::EventCatalog strict = make_catalog();
    strict.types[1].header[2].sign = sign;
    strict.types[0].line[3].sign = sign;  // computed: net and tax
    const Json payment = json(envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":")" + amount +
                                                               R"(","payout":")" + amount + "\"}"));
    const Json billed = json(invoice(kHeader, R"({"product":"API","net":100.00,"tax":")" + tax + "\"}"));
    std::string found;
    for (const Json* event : {&payment, &billed}) {
      const auto read = decode_event(strict, *event);
      if (!read) found += read.error().where.pointer + ": " + read.error().message + "\n";
      CHECK((read || read.error().code == ErrorCode::WrongSign));
    }
    return found;
  };
  CHECK(fault_of(AmountSign::positive, "50.00", "19.00").empty());
  CHECK(fault_of(AmountSign::positive, "-50.00", "-119.00") ==
        "/data/amount: `amount` is -50.00 EUR, an amount above zero is expected\n"
        "/data/lines/0/gross: `gross` is -19.00 EUR, an amount above zero is expected\n");
  CHECK(fault_of(AmountSign::positive, "0.00", "-100.00") ==
        "/data/amount: `amount` is 0.00 EUR, an amount above zero is expected\n"
        "/data/lines/0/gross: `gross` is 0.00 EUR, an amount above zero is expected\n");
  CHECK(fault_of(AmountSign::not_negative, "0.00", "-100.00").empty());
  CHECK(fault_of(AmountSign::not_negative, "-0.01", "19.00") ==
        "/data/amount: `amount` is -0.01 EUR, an amount of zero or above is expected\n");
  CHECK(fault_of(AmountSign::any, "-50.00", "-119.00").empty());
}

TEST_CASE("a field that is missing is looked for among those that nobody knows", "[event]") {
  const std::string unnamed = R"("invoice":"I-1","entity":"DE","currency":"EUR","document_date":"2026-10-01")";
  const Error error = refused(invoice(unnamed + R"(,"client":"C1")", kLine));
  CHECK(error.code == ErrorCode::MissingField);
  CHECK(error.where.pointer == "/data/customer");
  CHECK(error.help ==
        "the event carries `client`, which its schema does not have; if that is meant, send it as `customer`, or "
        "rename the field in events.yaml");
  CHECK(refused(invoice(unnamed, kLine)).help.empty());
}

namespace {

/// The same value with the members of every object in the order that `random` gives them.
Json shuffled(const Json& value, std::mt19937& random) {
  if (const Json::Array* array = value.as_array()) {
    Json::Array elements;
    for (const Json& element : *array) elements.push_back(shuffled(element, random));
    return elements;
  }
  const Json::Object* object = value.as_object();
  if (object == nullptr) return value;
  Json::Object members;
  for (const auto& [key, member] : *object) members.emplace_back(key, shuffled(member, random));
  std::shuffle(members.begin(), members.end(), random);
  return members;
}

std::vector<std::string> sorted_faults(const std::vector<Error>& faults) {
  std::vector<std::string> texts;
  for (const Error& fault : faults) texts.push_back(fault.to_text());
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE("however an event is written and ordered, it is the same event with the same faults", "[event][property]") {
  const unsigned seed = 6012;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t size) { return std::uniform_int_distribution<std::size_t>(0, size - 1)(random); };
  // Texts as a document sees them: some are known to be plain at a glance, others have to be looked at.
  const std::string pieces[] = {R"("C\u0031")",
                                "\"caf\xC3\xA9\"",
                                "\"\xC2\xA3 5\"",
                                "\"\x7F\"",
                                "\"\xC2\x85\"",
                                R"("\u0000")",
                                R"("\n")",
                                R"("\ud83d\ude00")",
                                "null",
                                "-0",
                                "1E2",
                                "119.000",
                                "\"EUR\"",
                                "\"JP\"",
                                "12345678901234567890123456789012",
                                "\"" + std::string(1025, 'x') + "\""};
  const std::string whole = invoice(kHeader + R"(,"region":"EMEA","rate":0.95,"total":119,"settled":1)", kLine);
  glmap::JsonDocument document;
  int sound = 0;
  int faulty = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string text = whole;
    for (std::size_t i = pick(3); i > 0; --i) {
      const std::size_t colon = text.find(':', pick(text.size()));
      if (colon == std::string::npos || text[colon + 1] == '{' || text[colon + 1] == '[') continue;
      const std::size_t end = text.find_first_of(",}]", colon);
      text.replace(colon + 1, end - colon - 1, (pick(2) == 0 ? " " : "") + pieces[pick(std::size(pieces))]);
    }
    const auto tree = glmap::parse_json(text);
    if (!tree) continue;  // a colon within a text
    REQUIRE(document.read(text).has_value());
    const auto straight = decode_event(catalog(), document.root());
    const auto thorough = decode_event(catalog(), *tree);  // nothing is known of the texts of a tree
    const Json other = shuffled(*tree, random);
    const auto ordered = decode_event(catalog(), other);
    if (straight.has_value() != thorough.has_value() || straight.has_value() != ordered.has_value()) FAIL(text);
    if (sorted_faults(find_event_faults(catalog(), document.root())) !=
        sorted_faults(find_event_faults(catalog(), other)))
      FAIL(text);
    if (!straight) {
      ++faulty;
      if (straight.error().to_text() != thorough.error().to_text()) FAIL(text);
      continue;
    }
    ++sound;
    for (const auto* event : {&*thorough, &*ordered})
      if (event->header != straight->header || event->lines != straight->lines || event->object != straight->object ||
          event->occurred_at != straight->occurred_at)
        FAIL(text);
  }
  CHECK(sound > 500);
  CHECK(faulty > 500);
}
