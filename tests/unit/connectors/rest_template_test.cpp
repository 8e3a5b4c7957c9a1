// SPDX-License-Identifier: Apache-2.0
// Templates, amounts and tables of the generic REST connector.
#include <catch2/catch.hpp>

#include "gateway/connectors/rest/body_template.hpp"
#include "gateway/connectors/rest/read_document.hpp"
#include "gateway/connectors/rest/reading.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using namespace glmap::gateway::connectors::rest;

namespace {

const Values kOwn = {{"company_id", "17"}};
const Values kMapped = {{"account.1200", "uuid-a"}, {"account.3900", "uuid-b"}};

Scope scope_of(const JournalEntry& entry) {
  static const std::vector<LegalEntity> entities = legal_entities();
  Scope out;
  out.entity = &entities.front();
  out.own = &kOwn;
  out.mapped = &kMapped;
  out.entry = &entry;
  return out;
}

std::string filled(const std::string& body, const JournalEntry& entry) {
  const auto made = BodyTemplate::parse(body);
  if (!made) FAIL(made.error().to_text());
  const auto text = made->fill(scope_of(entry));
  return text ? *text : text.error().to_text();
}

std::string fault(const std::string& body) {
  const auto made = BodyTemplate::parse(body);
  REQUIRE(!made.has_value());
  return made.error().message;
}

JournalEntry hostile() {
  JournalEntryDraft draft = german_invoice().data();
  draft.description = "\"}], \"amount\": 1e9, {reference} \\ \n";
  draft.document = "a&b=c/d?e#f g";
  return JournalEntry::make(std::move(draft)).value();
}

}  // namespace

TEST_CASE("amounts are inserted with all their digits, as text or as number, dates by a pattern", "[rest]") {
  CHECK(filled(R"({"on": "{posting_date DD.MM.YYYY}", "iso": "{document_date}", "id": "{entity.company_id}",
                   "text": "{transaction_total}", "number": "{number total}", "both": "{entity}/{document} {total}",
                   "rate": "{rate}", "old": "{reverses?}", "storno": "{storno}"})",
               dollar_invoice()) ==
        R"({"on":"01.10.2026","iso":"2026-10-01","id":"17","text":"5950.00","number":5652.50,"both":"DE/I-2 5652.50",)"
        R"("rate":null,"storno":false})");
}

TEST_CASE("a loop gives a list, or stands among other items of one", "[rest]") {
  CHECK(filled(R"({"l": {"$each": "lines", "$do": ["{number line}", "{side S H}", "{number amount}", "{debit}"]}})",
               german_invoice()) == R"({"l":[[1,"S",119.00,"119.00"],[2,"H",-100.00,null],[3,"H",-19.00,null]]})");
  CHECK(filled(R"(["first", {"$each": "lines", "$do": "{number size}"}, "last"])", yen_invoice()) ==
        R"(["first",5500,5500,"last"])");
  CHECK(
      filled(
          R"({"$each": "lines", "$do": {"a": "{account}", "c": "{dimension.customer?}", "p": "{dimension.product}"}})",
          german_invoice()) == R"([{"a":"1200","c":"C1","p":null},{"a":"3900","p":"PLATFORM"},{"a":"3800","p":null}])");
}

TEST_CASE("a storno is negative on its own side, `absolute` is not", "[rest]") {
  CHECK(filled(R"({"$each": "lines", "$do": ["{debit}", "{credit}", "{amount}", "{size}", "{absolute}"]})",
               storno_of(yen_invoice(), "V-1")) ==
        R"([["-5500",null,"-5500","-5500","5500"],[null,"-5500","5500","-5500","5500"]])");
}

TEST_CASE("nothing that an entry holds can leave its string, its path or its header", "[rest]") {
  const JournalEntry entry = hostile();
  const std::string text = filled(R"({"d": "{description}", "both": "x {description} y {{z}}"})", entry);
  const auto json = parse_json(text);
  REQUIRE(json.has_value());
  CHECK(*json->find("d")->as_string() == entry.data().description);
  CHECK(*json->find("both")->as_string() == "x " + entry.data().description + " y {z}");
  CHECK(json->as_object()->size() == 2);
  const auto path = TextTemplate::parse("/e/{document}?r={reference}", Reach::entry);
  CHECK(path->fill_url(scope_of(entry)).value() == "/e/a%26b%3Dc%2Fd%3Fe%23f%20g?r=" + entry.key().reference());
}

TEST_CASE("accounts by a table; one that is not in it is refused", "[rest]") {
  CHECK(filled(R"({"$each": "lines", "$do": "{map account}"})", german_invoice()) ==
        "GLM-9005: the connection has no setting `map.account.3800`");
}

TEST_CASE("every fault of a template is found when it is made", "[rest]") {
  CHECK(fault(R"({"a": "{amount"})") == "at `/a`: column 1: `{` without its `}`");
  CHECK(fault(R"({"a": "x } y"})") == "at `/a`: column 3: `}` without its `{`");
  CHECK(fault(R"({"a": "{}"})") == "at `/a`: column 1: `{}` names no field");
  CHECK(fault(R"({"a": "{number description}"})") ==
        "at `/a`: column 1: `description` is no amount and cannot be inserted as a number");
  CHECK(fault(R"({"a": "x {number total}"})") == "at `/a`: `{total}` must be the whole string here");
  CHECK(fault(R"({"a": "{posting_date DAY}"})") == "at `/a`: column 1: `DAY` behind `posting_date` is not understood");
  CHECK(fault(R"({"a": {"$each": "rows", "$do": 1}})") == "at `/a`: this is no loop");
  CHECK(fault(R"({"a": {"$each": "lines", "$do": {"$each": "lines", "$do": 1}}})") ==
        "at `/a/$do`: a loop over lines stands within one");
  CHECK(fault(R"({"a": {"$if": "x"}})") == "at `/a`: there is no `$if`");
  CHECK(fault(R"({"a": 1, "a": 2})").find("at `/a`: ") == 0);
}

TEST_CASE("an amount read from JSON is exact or nothing", "[rest]") {
  const auto read = [](const char* json) { return money_from(parse_json(json).value(), currency("EUR")); };
  CHECK(read("119") == money("119.00", "EUR"));
  CHECK(read("119.00") == money("119.00", "EUR"));
  CHECK(read("1.19e2") == money("119.00", "EUR"));
  CHECK(read("\"-119.5\"") == money("-119.50", "EUR"));
  CHECK(read("\"119.00 USD\"") == money("119.00", "USD"));
  for (const char* wrong : {"118.99999999", "\"1,190.00\"", "\"119.00 XXQ\"", "true", "\"\"", "{}"})
    CHECK(!read(wrong));
}

TEST_CASE("the first row that fits an answer decides; what no row knows is unknown", "[rest]") {
  const auto rows = parse_answer_rows(
                        "# comment\n422 /error/code = 17 -> closed_period\n\n422 ~ Period IS closed -> closed_period\n"
                        "4xx /message ~ account -> bad_account\n418 -> refused\n*  ~ maintenance -> transient")
                        .value();
  CHECK(classify(rows, 422, R"({"error": {"code": 17}})") == AnswerClass::closed_period);
  CHECK(classify(rows, 422, "<p>the period is closed</p>") == AnswerClass::closed_period);
  CHECK(classify(rows, 404, R"({"message": "Account 12 is unknown"})") == AnswerClass::bad_account);
  CHECK(classify(rows, 418, "") == AnswerClass::refused);
  CHECK(classify(rows, 503, "down for maintenance") == AnswerClass::transient);
  for (const int status : {200, 302, 400, 404, 409, 422, 500, 502, 503})
    CHECK(classify(rows, status, "{}") == AnswerClass::unknown);
  CHECK(classify({}, 401, "") == AnswerClass::authorisation);
  CHECK(classify({}, 429, "") == AnswerClass::throttled);
}

TEST_CASE("documents are read by debit and credit columns, by a sign, and by size and side", "[rest]") {
  FindTemplate find;
  find.document = find.number = "/id";
  find.date = "/on";
  find.dates = "DD/MM/YYYY";
  find.lines = "/rows";
  find.account = "/acc";
  const auto read = [&](const JournalEntry& entry, const char* rows) {
    const auto answer = parse_json(std::string(R"([{"id": 7, "on": "01/10/2026", "rows": )") + rows + "}]").value();
    return read_finding(find, entry, scope_of(entry), answer);
  };
  const auto posted = [](const delivery::Finding& finding) {
    if (const auto* differs = std::get_if<delivery::Differs>(&finding)) FAIL(differs->text);
    return std::get<delivery::FoundPosted>(finding).document;
  };
  find.functional.debit = "/dr";
  find.functional.credit = "/cr";
  auto document = posted(
      read(german_invoice(), R"([{"acc": "1200", "dr": 119, "cr": 0}, {"acc": 3900, "dr": null, "cr": "100.00"}])"));
  CHECK(document.document == "7");
  CHECK(document.date == date("2026-10-01"));
  CHECK(document.lines[0] == delivery::LedgerLine{Side::debit, "1200", money("119.00", "EUR"), std::nullopt});
  CHECK(document.lines[1] == delivery::LedgerLine{Side::credit, "3900", money("100.00", "EUR"), std::nullopt});
  CHECK(std::holds_alternative<delivery::Differs>(read(german_invoice(), R"([{"acc": "1200", "dr": 119, "cr": 1}])")));
  find.functional = {};
  find.functional.amount = "/amt";
  const char* signed_rows = R"([{"acc": "1000", "amt": "-5500 JPY"}, {"acc": "4000", "amt": "5500 JPY"}])";
  document = posted(read(yen_invoice(), signed_rows));
  CHECK(document.lines[0] == delivery::LedgerLine{Side::credit, "1000", money("5500", "JPY"), std::nullopt});
  document = posted(read(storno_of(yen_invoice(), "V-1"), signed_rows));
  CHECK(document.lines[0] == delivery::LedgerLine{Side::debit, "1000", money("-5500", "JPY"), std::nullopt});
  CHECK(std::holds_alternative<delivery::Absent>(
      read_finding(find, german_invoice(), scope_of(german_invoice()), Json(Json::Array{}))));
}
