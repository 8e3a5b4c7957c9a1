// SPDX-License-Identifier: Apache-2.0
// The ERPNext connector against the sandbox's double, which shares no code with it.
#include <catch2/catch.hpp>

#include "gateway/connectors/erpnext/erpnext_connector.hpp"
#include "gateway/connectors/erpnext/error_table.hpp"
#include "gateway/connectors/factory.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using delivery::Outcome;
using sandbox::ErpnextDouble;
using sandbox::FaultKind;

namespace {

constexpr const char* kInsert = "Journal Entry.insert";
constexpr const char* kSubmit = "Journal Entry.submit";

struct Fixture {
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<delivery::ErpConnector> connector;

  Fixture() {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    connect();
  }
  void connect(bool create_parties = false, std::string secret = ErpnextDouble::kApiSecret) {
    connectors::erpnext::ErpnextSettings settings;
    settings.connection = {erp->url() + "/erpnext", ErpnextDouble::kApiKey, std::move(secret)};
    settings.create_parties = create_parties;
    settings.companies = {{"DE", "Acme GmbH"}, {"JP", "Acme KK"}};
    settings.shape.cost_centers = {{"DE", "Main - AG"}};
    settings.timeouts = {1000, 1500};
    connector =
        connectors::erpnext::make_erpnext_connector(std::move(settings), std::move(*platform::make_http_client({})));
  }
  void arm(const char* on, FaultKind kind, int status = 503, std::size_t bytes = 0) {
    sandbox::Fault fault;
    fault.on = on;
    fault.kind = kind;
    fault.status = status;
    fault.retry_after = "7";
    fault.bytes = bytes;
    erp->faults().add(fault);
  }
  template <class Kind>
  Kind found(const JournalEntry& entry) {
    auto finding = connector->find(entry);
    INFO((finding ? "" : finding.error().message));
    REQUIRE(finding.has_value());
    if (const auto* differs = std::get_if<delivery::Differs>(&*finding)) UNSCOPED_INFO(differs->text);
    REQUIRE(std::holds_alternative<Kind>(*finding));
    return std::get<Kind>(*finding);
  }
  void check_equal(const JournalEntry& entry) {
    const Status same = delivery::compare(entry, found<delivery::FoundPosted>(entry).document, connector->describe());
    INFO((same ? "" : same.error().message));
    CHECK(same.has_value());
  }
  template <class Kind>
  Kind outcome(const JournalEntry& entry) {
    const Outcome outcome = connector->submit(entry);
    if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) UNSCOPED_INFO(refused->text);
    if (const auto* not_sent = std::get_if<delivery::NotSent>(&outcome)) UNSCOPED_INFO(not_sent->text);
    if (const auto* unclear = std::get_if<delivery::Unclear>(&outcome)) UNSCOPED_INFO(unclear->text);
    REQUIRE(std::holds_alternative<Kind>(outcome));
    return std::get<Kind>(outcome);
  }
  void post(const JournalEntry& entry) { outcome<delivery::Posted>(entry); }
  Json last() const { return erp->erpnext().documents().as_array()->back(); }
  Json line(std::size_t index) const { return last().find("accounts")->as_array()->at(index); }
};

/// Of an answer's body; with its head it is longer, so a cut before it is always in the middle.
std::size_t bytes_of_answer() {
  Fixture f;
  f.post(german_invoice());
  return write_json(Json::Object{{"data", f.last()}}).size();  // without the head
}

}  // namespace

TEST_CASE("entries of every kind are submitted to ERPNext and read back line by line", "[erpnext]") {
  Fixture f;
  f.connect(true);
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    f.found<delivery::Absent>(entry);
    f.post(entry);
    f.check_equal(entry);
  }
  CHECK(f.erp->erpnext().count() == 4);
}

TEST_CASE("a line on an account in euros keeps its dollars in the remark", "[erpnext]") {
  Fixture f;
  f.post(dollar_invoice());
  CHECK(f.line(0).find("debit_in_account_currency")->as_number()->text == "5652.5");
  CHECK(*f.line(0).find("user_remark") == Json("receivable (customer C2) [5950.00 USD]"));
  CHECK(*f.line(0).find("party") == Json("C2"));
  CHECK(*f.line(1).find("cost_center") == Json("Main - AG"));
  CHECK(*f.last().find("multi_currency") == Json::number(0));
}

TEST_CASE("a line on an account in dollars is sent in dollars with the rate that gives our euros to the cent",
          "[erpnext]") {
  Fixture f;
  REQUIRE(f.erp->erpnext().set_account_currency("Acme GmbH", "1200", "USD"));
  const JournalEntry entry =
      entry_of({.event = "I-6",
                .transaction = "USD",
                .lines = {{Side::debit, "1200", "receivable", "61.73", "65.00", {{"customer", "C2"}}},
                          {Side::credit, "4000", "revenue", "61.73", "65.00"}}});
  f.post(entry);
  f.check_equal(entry);
  CHECK(f.line(0).find("debit_in_account_currency")->as_number()->text == "65.0");
  CHECK(f.line(0).find("debit")->as_number()->text == "61.73");
  CHECK(*f.last().find("multi_currency") == Json::number(1));
  const auto refused = f.outcome<delivery::Refused>(german_invoice());
  CHECK(refused.code == ErrorCode::ErpBadAccount);
  CHECK(refused.text == "account `1200` is kept in USD, the line is in EUR");
}

TEST_CASE("a storno takes back in ERPNext, which turns negative amounts over, and is linked to what it takes back",
          "[erpnext]") {
  Fixture f;
  for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
    f.post(original);
    const std::string name = *f.last().find("name")->as_string();
    const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
    f.post(taken_back);
    f.check_equal(taken_back);
    CHECK(*f.last().find("reversal_of") == Json(name));
    CHECK((f.line(0).find("credit")->as_number()->text != "0.0") == (original.lines().front().side == Side::debit));
  }
  f.post(reversal_of(german_invoice("I-9"), "V-9"));  // of one that ERPNext does not have
  f.check_equal(reversal_of(german_invoice("I-9"), "V-9"));
  CHECK(f.last().find("reversal_of") == nullptr);
}

TEST_CASE("customers of ERPNext are found by name, made where that is wanted, and needed on receivables", "[erpnext]") {
  Fixture f;
  const auto invoice_of = [](std::vector<Dimension> dimensions) {
    return entry_of({.event = "I-7",
                     .lines = {{Side::debit, "1200", "receivable", "1.00", "", std::move(dimensions)},
                               {Side::credit, "4000", "revenue", "1.00"}}});
  };
  CHECK(f.outcome<delivery::Refused>(invoice_of({{"customer", "Nova AB"}})).text ==
        "ERPNext has no `Customer` named `Nova AB`");
  const auto nobody = f.outcome<delivery::Refused>(invoice_of({}));
  CHECK(nobody.code == ErrorCode::ErpBadDimension);
  CHECK(nobody.text == "account `1200` needs a Customer in ERPNext, and the line has no `customer`");
  f.connect(true);
  f.post(invoice_of({{"customer", "Nova AB"}}));
  CHECK(*f.line(0).find("party") == Json("Nova AB"));
}

TEST_CASE("ERPNext says whose books a company keeps", "[erpnext][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
  REQUIRE(f.erp->erpnext().rename_company("Acme GmbH", "Acme SE"));
  CHECK(f.connector->who_am_i("DE").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("an answer of ERPNext that is lost at any byte is unclear; looked up, it is absent, a draft or posted",
          "[erpnext][E1][E2]") {
  const std::size_t bytes_max = bytes_of_answer();
  Fixture f;
  f.arm(kInsert, FaultKind::drop_before_commit);
  f.outcome<delivery::Unclear>(german_invoice("D-0"));
  f.found<delivery::Absent>(german_invoice("D-0"));
  std::size_t entries = 0;
  for (std::size_t bytes = 0; bytes < bytes_max; bytes += 23) {
    const JournalEntry half = german_invoice("H-" + std::to_string(bytes));
    f.arm(kInsert, FaultKind::commit_then_drop, 503, bytes);
    f.outcome<delivery::Unclear>(half);
    const auto draft = f.found<delivery::FoundDraft>(half);
    CHECK(delivery::compare(half, draft.document, f.connector->describe()).has_value());
    CHECK(std::holds_alternative<delivery::Posted>(f.connector->complete_draft(half, draft.document.document)));
    f.check_equal(half);
    const JournalEntry whole = german_invoice("L-" + std::to_string(bytes));
    f.arm(kSubmit, FaultKind::commit_then_drop, 503, bytes);
    f.outcome<delivery::Unclear>(whole);
    f.check_equal(whole);
    CHECK(f.erp->erpnext().count() == (entries += 2));
  }
}

TEST_CASE("no answer of ERPNext is taken for more than it proves", "[erpnext][E6][E9]") {
  Fixture f;
  for (const char* call : {kInsert, kSubmit}) {
    for (const FaultKind kind : {FaultKind::commit_then_status, FaultKind::html_page, FaultKind::commit_then_html,
                                 FaultKind::status, FaultKind::error_200, FaultKind::commit_then_error_200}) {
      INFO(call << ", fault " << static_cast<int>(kind));
      f.arm(call, kind);
      f.outcome<delivery::Unclear>(german_invoice());
    }
  }
  f.arm(kSubmit, FaultKind::leave_draft);
  f.outcome<delivery::Unclear>(german_invoice("I-8"));
  f.found<delivery::FoundDraft>(german_invoice("I-8"));
}

TEST_CASE("two journal entries under one reference are told to a person; a site can refuse the second itself",
          "[erpnext][E4][E5]") {
  Fixture f;
  f.post(german_invoice());
  f.erp->erpnext().set_unique_reference(true);
  f.outcome<delivery::Unclear>(german_invoice());
  f.check_equal(german_invoice());
  f.erp->erpnext().set_unique_reference(false);
  f.post(german_invoice());
  CHECK(f.found<delivery::Differs>(german_invoice()).text.starts_with("2 journal entries carry the reference `"));
}

TEST_CASE("ERPNext's refusals have the class an accountant expects, and no draft is left", "[erpnext][E10][E12][M4]") {
  Fixture f;
  REQUIRE(f.erp->erpnext().close_period("Acme GmbH", "2026-10", false));
  const auto closed = f.outcome<delivery::Refused>(german_invoice());
  CHECK(closed.code == ErrorCode::ErpClosedPeriod);
  CHECK(closed.text ==
        "You cannot create or cancel any accounting entries with in the closed Accounting Period 2026-10");
  f.found<delivery::Absent>(german_invoice());
  f.arm("Journal Entry.delete", FaultKind::status);
  CHECK(f.outcome<delivery::DraftLeft>(german_invoice()).text == closed.text);
  f.found<delivery::FoundDraft>(german_invoice());
  REQUIRE(f.erp->erpnext().close_period("Acme GmbH", "2026-10", true));
  f.post(german_invoice("I-3"));
  REQUIRE(f.erp->erpnext().close_account("Acme GmbH", "3800", false));
  CHECK(f.outcome<delivery::Refused>(german_invoice("I-4")).code == ErrorCode::ErpBadAccount);  // told by ERPNext
  CHECK(f.outcome<delivery::Refused>(german_invoice("I-4")).text ==
        "ERPNext has no active account `3800` in `Acme GmbH`");
  f.found<delivery::Absent>(german_invoice("I-4"));
}

TEST_CASE("each error that ERPNext is known to answer has its class; what is new is refused", "[erpnext][E12]") {
  using connectors::erpnext::classify;
  using delivery::ErrorClass;
  const char* type = "ValidationError";
  CHECK(classify(type, "Books have been closed till the period ending on 30-09-2026") == ErrorClass::closed_period);
  CHECK(classify(type, "You are not authorized to add or update entries before 30-09-2026") ==
        ErrorClass::closed_period);
  CHECK(classify("FiscalYearError", "Date 01-10-2026 is not in any active Fiscal Year") == ErrorClass::closed_period);
  CHECK(classify(type, "Total Debit must be equal to Total Credit. The difference is 0.01") == ErrorClass::unbalanced);
  CHECK(classify("LinkValidationError", "Could not find Row #1: Account: 1200 - X - AG") == ErrorClass::bad_account);
  CHECK(classify("LinkValidationError", "Could not find Row #1: Party: Wells Fargo") == ErrorClass::bad_dimension);
  CHECK(classify(type, "Row 2: Party Type and Party is required for Receivable / Payable account X") ==
        ErrorClass::bad_dimension);
  CHECK(classify("DuplicateEntryError", "") == ErrorClass::duplicate);
  CHECK(classify("UpdateAfterSubmitError", "") == ErrorClass::duplicate);
  CHECK(classify("QueryDeadlockError", "") == ErrorClass::transient);
  CHECK(classify(type, "something else") == ErrorClass::unknown);
}

TEST_CASE("an ERPNext that asks for patience, refuses the key or is not there is the connection's trouble",
          "[erpnext][E8][E11]") {
  Fixture f;
  f.arm(kInsert, FaultKind::status, 429);
  const auto slow = f.outcome<delivery::NotSent>(german_invoice());
  CHECK(slow.code == ErrorCode::ErpThrottled);
  CHECK(slow.retry_after_micros == 7'000'000);
  f.arm(kInsert, FaultKind::status, 404);
  CHECK(f.outcome<delivery::NotSent>(german_invoice()).code == ErrorCode::BadConfiguration);
  f.arm(kSubmit, FaultKind::status, 429);
  const auto left = f.outcome<delivery::DraftLeft>(german_invoice());
  REQUIRE(left.trouble.has_value());
  CHECK(left.trouble->retry_after_micros == 7'000'000);
  f.connect(false, "another");
  const auto refused = f.outcome<delivery::NotSent>(german_invoice("I-2"));
  CHECK(refused.code == ErrorCode::ErpAuthorisation);
  CHECK(refused.text == "ERPNext refuses the API key or the user's rights (HTTP 401, Invalid API key or secret)");
  CHECK(f.erp->erpnext().count() == 1);
}

TEST_CASE("amounts that a person changed in ERPNext are found, in words", "[erpnext][E13]") {
  Fixture f;
  f.post(german_invoice());
  REQUIRE(f.erp->erpnext().edit(german_invoice().key().reference()));
  const auto stored = f.found<delivery::FoundPosted>(german_invoice());
  CHECK(delivery::compare(german_invoice(), stored.document, f.connector->describe()).error().code ==
        ErrorCode::ErpDiffers);
  REQUIRE(f.erp->erpnext().remove(german_invoice().key().reference()));
  f.found<delivery::Absent>(german_invoice());
}

TEST_CASE("settings of an ERPNext connection that are wrong are named", "[erpnext][factory]") {
  connectors::ConnectorSettings settings{
      "asia", "erpnext", {{"url", "https://erp.example"}}, {}, {legal_entity("DE", "Acme GmbH", "EUR")}};
  const auto fault = [&] { return connectors::make_connector(settings).error().message; };
  CHECK(fault() == "ERP connection `asia` lacks the setting `api_key`");
  settings.settings["api_key"] = "k";
  CHECK(fault() == "ERP connection `asia` needs one of `api_secret_file` and `api_secret_env`");
  settings.settings["api_secret_env"] = "PATH";
  settings.entities["DE"] = {{"cost_centre", "Main"}};
  CHECK(fault() == "ERP connection `asia`, entity DE has the setting `cost_centre`, which is not known here");
  settings.entities["DE"] = {{"cost_center", "Main - AG"}};
  CHECK(connectors::make_connector(settings).has_value());
}
