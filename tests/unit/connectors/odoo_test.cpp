// SPDX-License-Identifier: Apache-2.0
// The Odoo connector against the sandbox's double, which shares no code with it.
#include <catch2/catch.hpp>

#include "gateway/connectors/factory.hpp"
#include "gateway/connectors/odoo/error_table.hpp"
#include "gateway/connectors/odoo/odoo_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using delivery::Outcome;
using sandbox::FaultKind;

namespace {

constexpr const char* kCreate = "account.move.create";
constexpr const char* kPost = "account.move.action_post";

struct Fixture {
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<delivery::ErpConnector> connector;

  Fixture() {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    connect();
  }
  void connect(std::string api_key = sandbox::OdooDouble::kApiKey) {
    connectors::odoo::OdooSettings settings;
    settings.connection = {erp->url() + "/odoo", "acme", std::move(api_key)};
    settings.shape = {"customer", {{"product", "Products"}}};
    settings.entities["DE"] = {"Acme GmbH", "GLMAP", {}};
    settings.entities["JP"] = {"Acme KK", "", {{"SALES", "GLMAP"}}};
    settings.timeouts = {1000, 1500};
    connector = connectors::odoo::make_odoo_connector(std::move(settings), std::move(*platform::make_http_client({})));
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
    if (const auto* unclear = std::get_if<delivery::Unclear>(&outcome)) UNSCOPED_INFO(unclear->text);
    REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
  }
  template <class Kind>
  Kind outcome(const JournalEntry& entry) {
    const Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<Kind>(outcome));
    return std::get<Kind>(outcome);
  }
  Json last() const { return erp->odoo().documents().as_array()->back(); }
  std::string text(const char* field) const {
    const Json move = last();
    const Json* value = move.find(field);
    return value->as_number() != nullptr ? value->as_number()->text : *value->as_string();
  }
  Json line(std::size_t index) const { return last().find("line_ids")->as_array()->at(index); }
};

}  // namespace

TEST_CASE("entries of every kind are posted to Odoo and read back line by line", "[odoo]") {
  Fixture f;
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    f.found<delivery::Absent>(entry);
    f.post(entry);
    f.check_equal(entry);
  }
  CHECK(f.erp->odoo().count() == 4);
}

TEST_CASE("an amount reaches Odoo in both currencies as the book has it; nothing is worked out there", "[odoo]") {
  Fixture f;
  f.post(dollar_invoice());
  CHECK(f.line(0).find("debit")->as_number()->text == "5652.5");
  CHECK(f.line(0).find("amount_currency")->as_number()->text == "5950.0");
  CHECK(f.line(1).find("amount_currency")->as_number()->text == "-4320.0");
  CHECK(f.text("narration") == "I-2: Subscription, billed in advance");
}

TEST_CASE("customers are partners in Odoo and products analytic accounts; unknown ones are refused", "[odoo]") {
  Fixture f;
  f.post(german_invoice());
  CHECK(f.line(0).find("partner_id")->as_number() != nullptr);
  CHECK(f.line(1).find("analytic_distribution")->as_object()->size() == 1);
  CHECK(*f.line(1).find("name") == Json("deferred_revenue (product PLATFORM)"));
  const JournalEntry stranger =
      entry_of({.event = "I-7",
                .lines = {{Side::debit, "1200", "receivable", "1.00", "", {{"customer", "X"}}},
                          {Side::credit, "4000", "revenue", "1.00"}}});
  const auto refused = f.outcome<delivery::Refused>(stranger);
  CHECK(refused.code == ErrorCode::ErpBadDimension);
  CHECK(refused.text == "Odoo has no active partner with reference `X` in `Acme GmbH`");
}

TEST_CASE("a storno takes back in Odoo, which knows no negative amounts, and is linked to what it takes back",
          "[odoo]") {
  Fixture f;
  for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
    f.post(original);
    const std::string id = f.text("id");
    const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
    f.post(taken_back);
    f.check_equal(taken_back);
    CHECK(f.text("reversed_entry_id") == id);
    const bool on_debit = f.line(0).find("credit")->as_number()->text == "0";
    CHECK(on_debit == (original.lines().front().side == Side::credit));
  }
  f.post(reversal_of(german_invoice("I-9"), "V-9"));  // of one that Odoo does not have
  f.check_equal(reversal_of(german_invoice("I-9"), "V-9"));
  CHECK(*f.last().find("reversed_entry_id") == Json(false));
}

TEST_CASE("Odoo says whose books a company keeps", "[odoo][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
  REQUIRE(f.erp->odoo().rename_company("Acme GmbH", "Acme SE"));
  CHECK(f.connector->who_am_i("DE").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("an answer of Odoo that is lost at any byte is unclear; looked up, it is absent, a draft or posted",
          "[odoo][E1][E2]") {
  Fixture f;
  f.arm(kCreate, FaultKind::drop_before_commit);
  f.outcome<delivery::Unclear>(german_invoice("D-0"));
  f.found<delivery::Absent>(german_invoice("D-0"));
  std::size_t moves = 0;
  for (std::size_t bytes = 0; bytes < 89; ++bytes) {  // of 89 or 90
    const JournalEntry half = german_invoice("H-" + std::to_string(bytes));
    f.arm(kCreate, FaultKind::commit_then_drop, 503, bytes);
    f.outcome<delivery::Unclear>(half);
    const auto draft = f.found<delivery::FoundDraft>(half);
    CHECK(delivery::compare(half, draft.document, f.connector->describe()).has_value());
    CHECK(std::holds_alternative<delivery::Posted>(f.connector->complete_draft(half, draft.document.document)));
    f.check_equal(half);
    const JournalEntry whole = german_invoice("L-" + std::to_string(bytes));
    f.arm(kPost, FaultKind::commit_then_drop, 503, bytes);
    f.outcome<delivery::Unclear>(whole);
    f.check_equal(whole);
    CHECK(f.erp->odoo().count() == (moves += 2));
  }
}

TEST_CASE("no answer of Odoo is taken for more than it proves", "[odoo][E6][E9]") {
  Fixture f;
  for (const char* call : {kCreate, kPost}) {
    for (const FaultKind kind :
         {FaultKind::commit_then_status, FaultKind::html_page, FaultKind::commit_then_html, FaultKind::status}) {
      INFO(call << ", fault " << static_cast<int>(kind));
      f.arm(call, kind);
      f.outcome<delivery::Unclear>(german_invoice());
    }
  }
  f.arm(kCreate, FaultKind::commit_then_error_200);
  f.outcome<delivery::Unclear>(german_invoice());
  f.arm(kPost, FaultKind::error_200);
  f.post(german_invoice("I-8"));  // so it says; the read-back knows better
  f.found<delivery::FoundDraft>(german_invoice("I-8"));
}

TEST_CASE("two moves under one reference are told to a person", "[odoo][E4]") {
  Fixture f;
  f.post(german_invoice());
  f.post(german_invoice());
  CHECK(f.found<delivery::Differs>(german_invoice()).text.starts_with("2 moves carry the reference `"));
}

TEST_CASE("Odoo would move an entry out of a locked period: it is not sent, and a moved one shows", "[odoo][E10]") {
  Fixture f;
  const JournalEntry entry = german_invoice();
  f.arm(kPost, FaultKind::drop_before_commit);
  f.outcome<delivery::Unclear>(entry);
  const auto draft = f.found<delivery::FoundDraft>(entry);
  REQUIRE(f.erp->odoo().close_period("Acme GmbH", "2026-10", false));
  const auto refused = f.outcome<delivery::Refused>(german_invoice("I-4"));
  CHECK(refused.code == ErrorCode::ErpClosedPeriod);
  CHECK(refused.text == "the books of `Acme GmbH` are locked up to 2026-10-31, and the entry is dated 2026-10-01");
  const Outcome completed = f.connector->complete_draft(entry, draft.document.document);
  CHECK(std::get<delivery::Refused>(completed).code == ErrorCode::ErpClosedPeriod);
  // A person posts the draft in Odoo all the same.
  REQUIRE(f.erp->odoo().post_draft(entry.key().reference()));
  const Status same = delivery::compare(entry, f.found<delivery::FoundPosted>(entry).document, f.connector->describe());
  CHECK(same.error().message.find("is dated 2026-11-01, sent was 2026-10-01") != std::string::npos);
  CHECK(f.erp->odoo().count() == 1);
}

TEST_CASE("accounts and journals that Odoo does not have are refused before anything is sent", "[odoo][E12][M4]") {
  Fixture f;
  REQUIRE(f.erp->odoo().close_account("Acme GmbH", "3800", false));
  const auto refused = f.outcome<delivery::Refused>(german_invoice());
  CHECK(refused.code == ErrorCode::ErpBadAccount);
  CHECK(refused.text == "Odoo has no active account `3800` in `Acme GmbH`");
  f.post(yen_invoice());
  JournalEntryDraft other = yen_invoice().data();
  other.journal = "CASH";
  CHECK(f.outcome<delivery::Refused>(JournalEntry::make(other).value()).text ==
        "no journal of Odoo is set for journal `CASH` of the book");
  CHECK(f.erp->odoo().count() == 1);
}

TEST_CASE("an account that is closed after it was looked up is refused by Odoo, and no draft is left", "[odoo][E12]") {
  Fixture f;
  f.post(german_invoice());
  REQUIRE(f.erp->odoo().close_account("Acme GmbH", "3800", false));
  CHECK(f.outcome<delivery::Refused>(german_invoice("I-5")).text == "The account Output tax (3800) is deprecated.");
  f.found<delivery::Absent>(german_invoice("I-5"));
}

TEST_CASE("each error that Odoo is known to answer has its class; what is new is refused", "[odoo][E12]") {
  using connectors::odoo::classify;
  using delivery::ErrorClass;
  const char* user = "odoo.exceptions.UserError";
  CHECK(classify(user, "You cannot add/modify entries prior to and inclusive of: Global Lock Date (09/30/2025).") ==
        ErrorClass::closed_period);
  CHECK(classify(user, "You cannot add/modify entries prior to and inclusive of the lock date 2025-09-30.") ==
        ErrorClass::closed_period);
  CHECK(classify(user, "The move (/) is not balanced.\nThe total of debits equals 1 and ...") ==
        ErrorClass::unbalanced);
  CHECK(classify(user, "Cannot create unbalanced journal entry. Ids: [4]") == ErrorClass::unbalanced);
  CHECK(classify(user, "The account Bank (1000) is deprecated.") == ErrorClass::bad_account);
  CHECK(classify(user, "The entry GLMAP/2026/7 (id 7) must be in draft.") == ErrorClass::duplicate);
  CHECK(classify("odoo.exceptions.ValidationError", "One or more lines require a 100% analytic distribution.") ==
        ErrorClass::bad_dimension);
  CHECK(classify("odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.") == ErrorClass::entity);
  CHECK(classify("odoo.exceptions.AccessError", "You are not allowed to create 'Journal Entry'") ==
        ErrorClass::authorisation);
  CHECK(classify("odoo.exceptions.ConcurrencyError", "") == ErrorClass::transient);
  CHECK(classify(user, "something else") == ErrorClass::unknown);
}

TEST_CASE("an Odoo that asks for patience, refuses the key or is not there is the connection's trouble",
          "[odoo][E8][E11]") {
  Fixture f;
  f.arm(kCreate, FaultKind::status, 429);
  const auto slow = f.outcome<delivery::NotSent>(german_invoice());
  CHECK(slow.code == ErrorCode::ErpThrottled);
  CHECK(slow.retry_after_micros == 7'000'000);
  f.arm(kCreate, FaultKind::status, 302);
  CHECK(f.outcome<delivery::NotSent>(german_invoice()).code == ErrorCode::BadConfiguration);
  f.arm(kPost, FaultKind::status, 429);
  const auto left = f.outcome<delivery::DraftLeft>(german_invoice());
  REQUIRE(left.trouble.has_value());
  CHECK(left.trouble->retry_after_micros == 7'000'000);
  f.connect("another");
  const auto refused = f.outcome<delivery::NotSent>(german_invoice("I-2"));
  CHECK(refused.code == ErrorCode::ErpAuthorisation);
  CHECK(refused.text == "Odoo refuses the API key or the user's rights (HTTP 401, Invalid apikey)");
  CHECK(f.erp->odoo().count() == 1);
}

TEST_CASE("amounts that a person changed in Odoo are found, in words", "[odoo][E13]") {
  Fixture f;
  f.post(german_invoice());
  REQUIRE(f.erp->odoo().edit(german_invoice().key().reference()));
  const auto stored = f.found<delivery::FoundPosted>(german_invoice());
  CHECK(delivery::compare(german_invoice(), stored.document, f.connector->describe()).error().code ==
        ErrorCode::ErpDiffers);
  REQUIRE(f.erp->odoo().remove(german_invoice().key().reference()));
  f.found<delivery::Absent>(german_invoice());
}

TEST_CASE("settings of an Odoo connection that are wrong are named", "[odoo][factory]") {
  connectors::ConnectorSettings settings{
      "hub", "odoo", {{"url", "https://odoo.example"}}, {}, {legal_entity("DE", "Acme GmbH", "EUR")}};
  const auto fault = [&] { return connectors::make_connector(settings).error().message; };
  CHECK(fault() == "ERP connection `hub` needs one of `api_key_file` and `api_key_env`");
  settings.settings["api_key_env"] = "PATH";
  CHECK(fault() == "ERP connection `hub`, entity DE lacks the setting `journal`");
  settings.entities["DE"] = {{"journal", "MISC"}, {"jornal.CASH", "BNK"}};
  CHECK(fault() == "ERP connection `hub`, entity DE has the setting `jornal.CASH`, which is not known here");
  settings.entities["DE"].erase("jornal.CASH");
  CHECK(connectors::make_connector(settings).has_value());
}
