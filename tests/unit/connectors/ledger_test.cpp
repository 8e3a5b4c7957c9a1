// SPDX-License-Identifier: Apache-2.0
// The connector to a plain ledger against the sandbox's double, which shares no code with it.
#include <catch2/catch.hpp>

#include "gateway/connectors/ledger/ledger_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using sandbox::FaultKind;

namespace {

struct Fixture {
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<delivery::ErpConnector> connector;

  Fixture() {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    connector = connectors::ledger::make_ledger_connector({erp->url() + "/ledger/v1", "", {1000, 1500}},
                                                          std::move(*platform::make_http_client({})));
  }
  void arm(const char* on, FaultKind kind, int status = 503) {
    sandbox::Fault fault;
    fault.on = on;
    fault.kind = kind;
    fault.status = status;
    fault.retry_after = "7";
    erp->faults().add(fault);
  }
  template <class Finding>
  bool found(const JournalEntry& entry) {
    const auto finding = connector->find(entry);
    REQUIRE(finding.has_value());
    return std::holds_alternative<Finding>(*finding);
  }
  /// What a send is refused with.
  ErrorCode refused(const JournalEntry& entry) {
    const delivery::Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
    return std::get<delivery::Refused>(outcome).code;
  }
};

}  // namespace

TEST_CASE("entries in one and in two currencies are posted to a plain ledger and read back line by line",
          "[connectors]") {
  Fixture f;
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    CHECK(f.found<delivery::Absent>(entry));
    CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(entry)));
    const auto finding = f.connector->find(entry);
    REQUIRE((finding.has_value() && std::holds_alternative<delivery::FoundPosted>(*finding)));
    const auto same =
        delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, f.connector->describe());
    INFO((same ? "" : same.error().message));
    CHECK(same.has_value());
  }
  CHECK(f.erp->ledger().count() == 4);
}

TEST_CASE("a storno takes back and does not post again: a plain ledger holds it negative on its own side",
          "[connectors]") {
  Fixture f;
  for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
    const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
    CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(original)));
    CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(taken_back)));
    const auto finding = f.connector->find(taken_back);
    REQUIRE((finding.has_value() && std::holds_alternative<delivery::FoundPosted>(*finding)));
    const delivery::LedgerDocument& document = std::get<delivery::FoundPosted>(*finding).document;
    CHECK(document.lines.front().side == original.lines().front().side);
    CHECK(document.lines.front().functional == original.lines().front().functional.negated());
    CHECK(delivery::compare(taken_back, document, f.connector->describe()).has_value());
    CHECK_FALSE(delivery::compare(original, document, f.connector->describe()).has_value());
  }
}

TEST_CASE("a plain ledger says who it is", "[connectors][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("no answer of a plain ledger is taken for more than it proves", "[connectors][E1][E2][E6]") {
  Fixture f;
  const char* create = "ledger.entries.create";
  for (const FaultKind kind :
       {FaultKind::drop_before_commit, FaultKind::commit_then_drop, FaultKind::commit_then_status, FaultKind::html_page,
        FaultKind::commit_then_html, FaultKind::error_200, FaultKind::commit_then_error_200, FaultKind::status}) {
    INFO("fault " << static_cast<int>(kind));
    f.arm(create, kind);
    CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice())));
  }
  CHECK(f.erp->ledger().count() == 1);
}

TEST_CASE("a plain ledger that asks for patience, refuses the token or is not there is the connection's trouble",
          "[connectors][E8][E11]") {
  Fixture f;
  const auto not_sent = [&](int status) {
    f.arm("ledger.entries.create", FaultKind::status, status);
    const delivery::Outcome outcome = f.connector->submit(german_invoice());
    REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
    return std::get<delivery::NotSent>(outcome);
  };
  CHECK(not_sent(429).code == ErrorCode::ErpThrottled);
  CHECK(not_sent(429).retry_after_micros == 7'000'000);
  CHECK(not_sent(401).code == ErrorCode::ErpAuthorisation);
  CHECK(not_sent(404).code == ErrorCode::BadConfiguration);
  CHECK(not_sent(302).code == ErrorCode::BadConfiguration);
  CHECK(f.erp->ledger().count() == 0);
}

TEST_CASE("a plain ledger's refusals have the class an accountant expects", "[connectors][E10][E12][M4]") {
  Fixture f;
  REQUIRE(f.erp->ledger().close_period("Acme GmbH", "2026-10", false));
  CHECK(f.refused(german_invoice()) == ErrorCode::ErpClosedPeriod);
  REQUIRE(f.erp->ledger().close_period("Acme GmbH", "2026-10", true));
  REQUIRE(f.erp->ledger().close_account("Acme GmbH", "3800", false));
  CHECK(f.refused(german_invoice()) == ErrorCode::ErpBadAccount);
  CHECK(f.erp->ledger().count() == 0);
}

TEST_CASE("a plain ledger's draft is found and completed", "[connectors][E7]") {
  Fixture f;
  f.arm("ledger.entries.create", FaultKind::leave_draft);
  const JournalEntry entry = german_invoice();
  const delivery::Outcome left = f.connector->submit(entry);
  REQUIRE(std::holds_alternative<delivery::DraftLeft>(left));
  CHECK(f.found<delivery::FoundDraft>(entry));
  const std::string document = std::get<delivery::DraftLeft>(left).document;
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->complete_draft(entry, document)));
  CHECK(f.found<delivery::FoundPosted>(entry));
}

TEST_CASE("a plain ledger that calls a repeat an error is looked up; one without unique keys is never believed twice",
          "[connectors][E4][E5]") {
  Fixture f;
  const JournalEntry entry = german_invoice();
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(entry)));
  f.erp->ledger().set_duplicate_is_error(true);
  CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(entry)));
  CHECK(f.found<delivery::FoundPosted>(entry));
  f.erp->ledger().set_unique_reference(false);
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(entry)));
  CHECK(f.found<delivery::Differs>(entry));
}
