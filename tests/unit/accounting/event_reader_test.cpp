// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/event_reader.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "tests/unit/accounting/sample_events.hpp"

using namespace glmap;
using namespace glmap::sample;

namespace {

/// Reads each text in both ways and fails where they differ; learns what is sound.
class BothWays {
 public:
  explicit BothWays(const EventCatalog& catalog) : catalog_(catalog), reader_(catalog) {}

  /// True: the reader took it.
  bool read(const std::string& text) {
    std::string padded = text;
    padded.append(kJsonPadding, '~');
    JsonMark content;
    const bool taken = reader_.read(std::string_view(padded).substr(0, text.size()), event_, content);
    if (!document_.read(text)) {
      if (taken) FAIL("taken, but no JSON: " << text);
      return false;
    }
    const auto known = decode_event(catalog_, document_.root());
    if (taken && !known) FAIL("taken, but " << known.error().to_text() << ": " << text);
    if (taken && !is_same(*known)) FAIL("taken for another event: " << text);
    if (taken && content != content_mark(document_.root())) FAIL("taken for another content: " << text);
    if (known) reader_.learn(document_.root());
    sound += known ? 1 : 0;
    taken_ += taken ? 1 : 0;
    return taken;
  }
  int sound = 0;
  int taken() const { return taken_; }
  const BillingEvent& event() const { return event_; }

 private:
  bool is_same(const BillingEvent& known) const {
    return event_.source == known.source && event_.id == known.id && event_.revision == known.revision &&
           event_.type == known.type && event_.occurred_at == known.occurred_at && event_.object == known.object &&
           event_.header == known.header && event_.lines == known.lines &&
           event_.unknown_fields == known.unknown_fields;
  }

  const EventCatalog& catalog_;
  EventReader reader_;
  JsonDocument document_;
  BillingEvent event_;
  int taken_ = 0;
};

const std::string kPayment =
    envelope("payment.received", R"({"entity":"DE","currency":"EUR","amount":"119.00","fee":1.00,"payout":"118.00"})");

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("an event written like one before is read without a document", "[event]") {
  BothWays both(catalog());
  CHECK_FALSE(both.read(kPayment));  // the first one is learned from
  CHECK(both.read(kPayment));
  CHECK(both.read(replaced(kPayment, "119.00", "119")));
  CHECK(both.read(replaced(replaced(kPayment, "119.00", "-1"), "118.00", "-2")));
  CHECK(both.read(replaced(kPayment, "E-1", "caf\xC3\xA9 \\u0041\\n")) == false);  // a control character in an id
  CHECK(both.read(replaced(kPayment, "E-1", "caf\xC3\xA9 \\u0041")));
  CHECK(both.event().id == "caf\xC3\xA9 A");
  CHECK(both.read(replaced(kPayment, "billing", "\xC2\xA3 \\\"a\\\"")));
  CHECK(both.event().source == "\xC2\xA3 \"a\"");
}

TEST_CASE("lines are read however many there are", "[event]") {
  BothWays both(catalog());
  CHECK_FALSE(both.read(invoice(kHeader, kLine)));
  CHECK(both.read(invoice(kHeader, kLine + "," + kLine + "," + kLine)));
  CHECK(both.event().lines.size() == 3);
  CHECK(both.read(invoice(kHeader, kLine)));
  CHECK(both.event().lines.size() == 1);
  CHECK_FALSE(both.read(invoice(kHeader, "")));
}

TEST_CASE("an event with a member more or less shares what it has with others", "[event]") {
  BothWays both(catalog());
  both.read(invoice(kHeader + R"(,"region":"EMEA")", kLine));
  both.read(invoice(kHeader, kLine));
  CHECK(both.read(invoice(kHeader + R"(,"region":"AMER")", kLine)));
  CHECK(both.read(invoice(kHeader, kLine)));
  CHECK(std::holds_alternative<std::monostate>(both.event().header[5]));
  CHECK(both.read(invoice(kHeader + R"(,"region":null)", kLine)));
}

TEST_CASE("an event with a fault is not taken", "[event]") {
  BothWays both(catalog());
  both.read(kPayment);
  for (const auto& [what, by] : {std::pair{"\"1.0\"", "\"0.3\""},
                                 {"\"E-1\"", "\"\""},
                                 {"\"billing\"", "7"},
                                 {"payment.received", "payment.lost"},
                                 {"2026-10-01T", "2026-13-01T"},
                                 {"\"DE\"", "\"FR\""},
                                 {"\"EUR\"", "\"EURO\""},
                                 {"119.00", "119.001"},
                                 {"119.00", "119.01"},
                                 {"119.00", "1e2"},
                                 {"119.00", "+119.00"},
                                 {"119.00", ".5"},
                                 {"1.00", "01.00"},
                                 {"\"118.00\"", "[118]"},
                                 {"\"payout\":\"118.00\"", "\"amount\":\"118.00\""},
                                 {"\"payout\":\"118.00\"", "\"payout\" \"118.00\""},
                                 {"\"118.00\"}", "\"118.00\"]"},
                                 {"\"118.00\"}", "\"118.00\"}}"},
                                 {"\"118.00\"}", "\"118.00\",}"},
                                 {"\"118.00\"}}", "\"118.00\"}"}})
    CHECK_FALSE(both.read(replaced(kPayment, what, by)));
  CHECK(both.read(kPayment));
}

TEST_CASE("whatever is changed in an event, both ways of reading make the same of it", "[event][property]") {
  const unsigned seed = 6014;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t size) { return std::uniform_int_distribution<std::size_t>(0, size - 1)(random); };
  const std::string pieces[] = {"null",
                                "true",
                                "\"\"",
                                "\"x\"",
                                R"("C\u0031")",
                                "\"caf\xC3\xA9\"",
                                "\"\xC2\xA3 5\"",
                                "\"\x7F\"",
                                "\"\xC2\x85\"",
                                R"("\u0000")",
                                R"("\ud83d\ude00")",
                                R"("\ud83d")",
                                "-0",
                                "0",
                                "1E2",
                                "119.000",
                                "\"119.0\"",
                                "\"0119\"",
                                "99999999999999",
                                "999999999999999999",
                                "12345678901234567890123456789012",
                                "\"EUR\"",
                                "\"JPY\"",
                                "\"JP\"",
                                "[]",
                                "{}",
                                "\"" + std::string(40, 'y') + "\"",
                                "\"" + std::string(1025, 'x') + "\""};
  const std::string wholes[] = {
      invoice(kHeader + R"(,"region":"EMEA","rate":0.95,"total":119,"settled":1)", kLine),
      invoice(kHeader + R"(,"paid_at":"2026-10-02T00:00:00Z","reverse_charge":true,"note":"unknown")",
              kLine + R"(,{"product":"SETUP","net":1,"tax":0,"gross":"1.00","sku":"unknown too"})"),
      envelope("invoice.repriced",
               "{" + kHeader + R"(,"lines":[{"product":"API","list_price":9,"net":8,"discount":1}]})"),
      kPayment,
      replaced(kPayment, R"("type")", R"("subject":"a","revision":"2","extra":1,"type")"),
      replaced(kPayment, R"("time":"2026-10-01T12:00:00+02:00",)", "")};
  BothWays both(catalog());
  int taken_changed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = wholes[pick(std::size(wholes))];
    const std::size_t changes = pick(3);
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t colon = text.find(':', pick(text.size()));
      if (colon == std::string::npos || text[colon + 1] == '{' || text[colon + 1] == '[') continue;
      const std::size_t end = text.find_first_of(",}]", colon);
      text.replace(colon + 1, end - colon - 1, (pick(8) == 0 ? " " : "") + pieces[pick(std::size(pieces))]);
    }
    if (pick(20) == 0) text[pick(text.size())] = " ,:\"{}[]\\x1"[pick(11)];
    if (pick(20) == 0) text.erase(pick(text.size()), 1 + pick(20));
    taken_changed += both.read(text) && changes != 0 ? 1 : 0;
  }
  CHECK(both.sound > 5'000);
  CHECK(both.taken() > both.sound * 9 / 10);
  CHECK(taken_changed > 500);
}
