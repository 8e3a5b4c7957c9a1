// SPDX-License-Identifier: Apache-2.0
// The NetSuite connector against the sandbox's double, which shares no code with it and checks every signature.
#include <catch2/catch.hpp>

#include "gateway/connectors/factory.hpp"
#include "gateway/connectors/netsuite/error_table.hpp"
#include "gateway/connectors/netsuite/netsuite_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"
#include "tests/unit/connectors/test_keys.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using connectors::netsuite::Credentials;
using delivery::Outcome;
using sandbox::FaultKind;
using sandbox::NetsuiteAccess;

namespace {

constexpr const char* kCreate = "netsuite.journalEntry.create";

Credentials token_based() {
  return connectors::auth::OAuth1Credentials{NetsuiteAccess::kRealm, NetsuiteAccess::kConsumerKey,
                                             NetsuiteAccess::kConsumerSecret, NetsuiteAccess::kToken,
                                             NetsuiteAccess::kTokenSecret};
}

struct Fixture {
  platform::SystemClock clock;
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<delivery::ErpConnector> connector;

  Fixture() {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    connect(token_based());
  }
  std::string url() const { return erp->url() + "/netsuite"; }
  void connect(Credentials credentials, bool books_currency = true) {
    connectors::netsuite::NetsuiteSettings settings;
    settings.url = url();
    settings.credentials = std::move(credentials);
    settings.shape.dimensions = {{"customer", "entity"}, {"product", "class"}};
    settings.shape.books_currency = books_currency;
    settings.subsidiaries = {{"DE", "Acme GmbH"}, {"JP", "Acme KK"}};
    settings.timeouts = {1000, 1500};
    connector = connectors::netsuite::make_netsuite_connector(std::move(settings),
                                                              std::move(*platform::make_http_client({})), clock);
  }
  Credentials client(const char* private_key, const char* key_id = "cert-1") const {
    connectors::auth::ClientCredentials out;
    out.token_url = url() + "/services/rest/auth/oauth2/v1/token";
    out.client_id = "client-1";
    out.scope = "rest_webservices";
    out.key_id = key_id;
    out.key = platform::SigningKey::from_pem(private_key).value();
    return out;
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
  void post(const JournalEntry& entry) {
    const Outcome outcome = connector->submit(entry);
    if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) UNSCOPED_INFO(refused->text);
    if (const auto* not_sent = std::get_if<delivery::NotSent>(&outcome)) UNSCOPED_INFO(not_sent->text);
    REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
  }
  delivery::Refused refused(const JournalEntry& entry) {
    const Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
    return std::get<delivery::Refused>(outcome);
  }
  delivery::NotSent not_sent(const JournalEntry& entry) {
    const Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
    return std::get<delivery::NotSent>(outcome);
  }
  Json last() const { return erp->netsuite().documents().as_array()->back(); }
};

}  // namespace

TEST_CASE("entries of every kind are posted to NetSuite and read back line by line", "[netsuite]") {
  Fixture f;
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    f.found<delivery::Absent>(entry);
    f.post(entry);
    f.check_equal(entry);
  }
  CHECK(f.erp->netsuite().count() == 4);
}

TEST_CASE("a journal in dollars carries one rate, and NetSuite works out the euros", "[netsuite]") {
  Fixture f;
  f.post(dollar_invoice());
  const Json journal = f.last();
  CHECK(journal.find("exchangeRate")->as_number()->text == "0.95");
  const Json& first = journal.find("line")->find("items")->as_array()->front();
  CHECK(first.find("debit")->as_number()->text == "5950.00");
  CHECK(*first.find("entity")->find("externalId") == Json("C2"));
  CHECK(*journal.find("tranDate") == Json("2026-10-01"));
}

TEST_CASE("what no single rate explains is sent in the currency of the books, or refused where that is not wanted",
          "[netsuite]") {
  Fixture f;
  f.post(dollar_payment());
  const Json journal = f.last();
  const Json& difference = journal.find("line")->find("items")->as_array()->at(1);
  CHECK(difference.find("debit")->as_number()->text == "59.50");
  CHECK(*difference.find("memo") == Json("fx_loss [0.00 USD]"));
  f.connect(token_based(), false);
  CHECK(f.refused(dollar_payment("P-2")).text.find("no rate explains every line") != std::string::npos);
  CHECK(f.erp->netsuite().count() == 1);
}

TEST_CASE("a storno takes back in NetSuite, which knows no negative amounts", "[netsuite]") {
  Fixture f;
  for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
    const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
    f.post(original);
    f.post(taken_back);
    f.check_equal(taken_back);
    const Json journal = f.last();
    const Json& first = journal.find("line")->find("items")->as_array()->front();
    CHECK((first.find("credit") != nullptr) == (original.lines().front().side == Side::debit));
  }
  f.post(reversal_of(german_invoice("I-9"), "V-9"));
  f.check_equal(reversal_of(german_invoice("I-9"), "V-9"));
}

TEST_CASE("NetSuite says whose books a subsidiary keeps", "[netsuite][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
  REQUIRE(f.erp->netsuite().rename_company("Acme GmbH", "Acme SE"));
  CHECK(f.connector->who_am_i("DE").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("an answer of NetSuite that is lost at any byte is unclear; looked up, the journal is there once",
          "[netsuite][E1][E2]") {
  Fixture f;
  f.arm(kCreate, FaultKind::drop_before_commit);
  CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice("D-0"))));
  f.found<delivery::Absent>(german_invoice("D-0"));
  std::size_t journals = 0;
  for (std::size_t bytes = 0; bytes < 160; bytes += 9) {
    const JournalEntry entry = german_invoice("L-" + std::to_string(bytes));
    f.arm(kCreate, FaultKind::commit_then_drop, 503, bytes);
    CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(entry)));
    f.check_equal(entry);
    CHECK(f.erp->netsuite().count() == ++journals);
  }
}

TEST_CASE("no answer of NetSuite is taken for more than it proves", "[netsuite][E6][E9]") {
  Fixture f;
  for (const FaultKind kind : {FaultKind::commit_then_status, FaultKind::html_page, FaultKind::commit_then_html,
                               FaultKind::error_200, FaultKind::commit_then_error_200, FaultKind::status}) {
    INFO("fault " << static_cast<int>(kind));
    f.arm(kCreate, kind);
    CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice())));
  }
  CHECK(f.erp->netsuite().count() == 1);
}

TEST_CASE("a second journal under one external id is refused by NetSuite and looked up", "[netsuite][E4][E5]") {
  Fixture f;
  f.post(german_invoice());
  CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice())));
  f.check_equal(german_invoice());
  CHECK(f.erp->netsuite().count() == 1);
}

TEST_CASE("a journal that waits for approval is a draft, and is approved", "[netsuite][E7]") {
  Fixture f;
  f.arm(kCreate, FaultKind::leave_draft);
  const JournalEntry entry = german_invoice();
  f.post(entry);  // so it says; the read-back knows better
  const auto draft = f.found<delivery::FoundDraft>(entry);
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->complete_draft(entry, draft.document.document)));
  f.check_equal(entry);
}

TEST_CASE("NetSuite's refusals have the class an accountant expects", "[netsuite][E10][E12][M4]") {
  Fixture f;
  REQUIRE(f.erp->netsuite().close_period("Acme GmbH", "2026-10", false));
  CHECK(f.refused(german_invoice()).code == ErrorCode::ErpClosedPeriod);
  REQUIRE(f.erp->netsuite().close_period("Acme GmbH", "2026-10", true));
  REQUIRE(f.erp->netsuite().close_account("Acme GmbH", "3800", false));
  CHECK(f.refused(german_invoice()).code == ErrorCode::ErpBadAccount);
  REQUIRE(f.erp->netsuite().close_account("Acme KK", "3800", false));
  CHECK(f.refused(german_invoice()).text == "NetSuite has no active account `3800`");
  CHECK(f.erp->netsuite().count() == 0);
}

TEST_CASE("each error that NetSuite is known to answer has its class; what is new is refused", "[netsuite][E12]") {
  using connectors::netsuite::classify;
  using delivery::ErrorClass;
  CHECK(classify("TRAN_PERIOD_CLOSED", "") == ErrorClass::closed_period);
  CHECK(classify("USER_ERROR", "Error while accessing a resource. This entity already exists.") ==
        ErrorClass::duplicate);
  CHECK(classify("USER_ERROR", "You have entered an Invalid Field Value 999 for the following field: account") ==
        ErrorClass::bad_account);
  CHECK(classify("USER_ERROR", "You have entered an Invalid Field Value 999 for the following field: department") ==
        ErrorClass::bad_dimension);
  CHECK(classify("USER_ERROR", "The Accounts Payable USD Sub8 account cannot be used with the Euro Sub subsidiary") ==
        ErrorClass::bad_account);
  CHECK(classify("JE_AMOUNTS_MUST_BALANCE", "") == ErrorClass::unbalanced);
  CHECK(classify("CONCURRENCY_LIMIT_EXCEEDED", "") == ErrorClass::throttled);
  CHECK(classify("EXCEEDED_MAX_TRANS_LINES", "") == ErrorClass::too_large);
  CHECK(classify("UNEXPECTED_ERROR", "An unexpected error occurred.") == ErrorClass::duplicate);
  CHECK(classify("NEVER_HEARD", "something else") == ErrorClass::unknown);
}

TEST_CASE("a NetSuite that asks for patience, refuses the credentials or is not there is the connection's trouble",
          "[netsuite][E8][E11]") {
  Fixture f;
  f.arm(kCreate, FaultKind::status, 429);
  const delivery::NotSent slow = f.not_sent(german_invoice());
  CHECK(slow.code == ErrorCode::ErpThrottled);
  CHECK(slow.retry_after_micros == 7'000'000);
  f.arm(kCreate, FaultKind::status, 302);
  CHECK(f.not_sent(german_invoice()).code == ErrorCode::BadConfiguration);
  auto wrong = std::get<connectors::auth::OAuth1Credentials>(token_based());
  wrong.token_secret = "another";
  f.connect(wrong);
  const delivery::NotSent refused = f.not_sent(german_invoice());
  CHECK(refused.code == ErrorCode::ErpAuthorisation);
  CHECK(refused.text.find("invalid signature") != std::string::npos);
  CHECK(refused.text.find("another") == std::string::npos);
  CHECK(f.erp->netsuite().count() == 0);
}

TEST_CASE("a client with a certificate gets a token, keeps it, and asks for another when it has ended",
          "[netsuite][E11]") {
  Fixture f;
  f.erp->netsuite().register_certificate("cert-1", "client-1", kEcPublicKey);
  f.erp->netsuite().register_certificate("cert-2", "client-1", kRsaPublicKey);
  for (const Credentials& credentials : {f.client(kEcPrivateKey), f.client(kRsaPrivateKey, "cert-2")}) {
    f.connect(credentials);
    const std::string first = "T-" + std::to_string(f.erp->netsuite().count());
    const std::uint64_t before = f.erp->door().requests();
    f.post(german_invoice(first));
    CHECK(f.erp->door().requests() == before + 7);  // a token, subsidiary, currency, three accounts, the journal
    f.erp->netsuite().end_tokens();
    f.post(german_invoice(first + "-B"));  // with a token asked for anew
    f.check_equal(german_invoice(first + "-B"));
  }
}

TEST_CASE("an assertion signed by another key, or of an unknown certificate, gets no token", "[netsuite][E11]") {
  Fixture f;
  f.erp->netsuite().register_certificate("cert-1", "client-1", kRsaPublicKey);
  f.connect(f.client(kEcPrivateKey));
  const delivery::NotSent refused = f.not_sent(german_invoice());
  CHECK(refused.code == ErrorCode::ErpAuthorisation);
  CHECK(refused.text == "the ERP refuses a token (HTTP 400, invalid_request: invalid signature)");
  f.connect(f.client(kEcPrivateKey, "cert-9"));
  CHECK(f.not_sent(german_invoice()).text.find("unknown certificate") != std::string::npos);
}

TEST_CASE("amounts that a person changed in NetSuite are found, in words", "[netsuite][E13]") {
  Fixture f;
  f.post(german_invoice());
  REQUIRE(f.erp->netsuite().edit(german_invoice().key().reference()));
  const auto stored = f.found<delivery::FoundPosted>(german_invoice());
  CHECK(delivery::compare(german_invoice(), stored.document, f.connector->describe()).error().code ==
        ErrorCode::ErpDiffers);
  REQUIRE(f.erp->netsuite().remove(german_invoice().key().reference()));
  f.found<delivery::Absent>(german_invoice());
}

TEST_CASE("settings of a NetSuite connection that are wrong are named", "[netsuite][factory]") {
  connectors::ConnectorSettings settings{
      "us", "netsuite", {{"account", "1234567_SB1"}}, {}, {legal_entity("DE", "Acme GmbH", "EUR")}};
  const auto fault = [&] { return connectors::make_connector(settings).error().message; };
  CHECK(fault() == "ERP connection `us` lacks the setting `consumer_key`");
  settings.settings["client_id"] = "abc";
  CHECK(fault() == "ERP connection `us` lacks the setting `certificate_id`");
  settings.settings["certificate_id"] = "cert";
  settings.settings["private_key_env"] = "PATH";
  CHECK(fault().find("this is no private key in PEM form") != std::string::npos);
  settings.settings.erase("client_id");
  for (const char* key : {"consumer_key", "token_id"}) settings.settings[key] = "x";
  for (const char* key : {"consumer_secret_env", "token_secret_env"}) settings.settings[key] = "PATH";
  settings.settings["dimension.customer"] = "customer";
  CHECK(fault() ==
        "ERP connection `us`: `dimension.customer` is `customer`; write department, class, location, entity, "
        "cseg_... or custcol_...");
  settings.settings["dimension.customer"] = "entity";
  CHECK(fault() == "ERP connection `us` has the setting `certificate_id`, which is not known here");
  settings.settings.erase("certificate_id");
  settings.settings.erase("private_key_env");
  CHECK(connectors::make_connector(settings).has_value());
}
