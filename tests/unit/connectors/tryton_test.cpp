// SPDX-License-Identifier: Apache-2.0
// The Tryton connector against the sandbox's double, which shares no code with it: every outcome of a send.
#include <catch2/catch.hpp>

#include "gateway/connectors/tryton/error_table.hpp"
#include "gateway/connectors/tryton/read_back.hpp"
#include "gateway/connectors/tryton/tryton_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using delivery::Outcome;
using sandbox::Fault;
using sandbox::FaultKind;

namespace {

constexpr const char* kCreate = "account.move.create";
constexpr const char* kPost = "account.move.post";

struct Setup {
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<delivery::ErpConnector> connector;

  explicit Setup(const std::string& password = "sandbox", bool create_parties = true) {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    connectors::tryton::TrytonSettings settings;
    settings.rpc = {erp->url(), "acme", "glmap", password, 1000, 2000};
    for (const LegalEntity& entity : legal_entities()) settings.entities[entity.code] = {entity.name, "GLMAP", {}};
    settings.create_parties = create_parties;
    auto http = platform::make_http_client({});
    REQUIRE(http.has_value());
    connector = connectors::tryton::make_tryton_connector(std::move(settings), std::move(*http));
  }

  void arm(const char* on, FaultKind kind, int times = 1) {
    Fault fault;
    fault.on = on;
    fault.kind = kind;
    fault.times = times;
    erp->faults().add(fault);
  }

  std::size_t documents() const { return erp->tryton().documents().as_array()->size(); }
  std::string state() const {
    const Json documents = erp->tryton().documents();
    return *documents.as_array()->back().find("state")->as_string();
  }
  template <class Kind>
  Kind found(const JournalEntry& entry) {
    auto finding = connector->find(entry);
    REQUIRE(finding.has_value());
    REQUIRE(std::holds_alternative<Kind>(*finding));
    return std::get<Kind>(*finding);
  }
  void check_posted_once_and_equal(const JournalEntry& entry) {
    const auto stored = found<delivery::FoundPosted>(entry);
    const Status same = delivery::compare(entry, stored.document, connector->describe());
    INFO((same ? "" : same.error().message));
    CHECK(same.has_value());
    CHECK(documents() == 1);
  }
};

ErrorCode refusal(const Outcome& outcome) {
  const auto* refused = std::get_if<delivery::Refused>(&outcome);
  REQUIRE(refused != nullptr);
  return refused->code;
}

ErrorCode not_sent(const Outcome& outcome) {
  const auto* waits = std::get_if<delivery::NotSent>(&outcome);
  REQUIRE(waits != nullptr);
  return waits->code;
}

}  // namespace

TEST_CASE("an invoice in the company's own currency is posted and reads back line by line", "[connectors]") {
  Setup s;
  const JournalEntry entry = german_invoice();
  CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(entry)));
  s.check_posted_once_and_equal(entry);
  const Json documents = s.erp->tryton().documents();
  const Json& move = documents.as_array()->front();
  CHECK(*move.find("number") == Json(entry.key().reference()));
  CHECK(*move.find("description") == Json("I-1: Subscription, billed in advance"));
  const Json& first = move.find("lines.")->as_array()->front();
  CHECK(*first.find("description") == Json("receivable (customer C1)"));
  CHECK(*first.find("party.")->find("code") == Json("C1"));
}

TEST_CASE("an invoice in dollars reads back with both currencies", "[connectors]") {
  Setup s;
  const JournalEntry entry = dollar_invoice();
  CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(entry)));
  s.check_posted_once_and_equal(entry);
  const auto stored = s.found<delivery::FoundPosted>(entry);
  CHECK(stored.document.lines.front().transaction == money("5950.00", "USD"));
  CHECK(stored.document.lines.front().functional == money("5652.50", "EUR"));
}

TEST_CASE("an exchange difference has no amount in the foreign currency", "[connectors]") {
  Setup s;
  const JournalEntry entry = dollar_payment();
  CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(entry)));
  s.check_posted_once_and_equal(entry);
}

TEST_CASE("a storno is posted negative on the sides of the original", "[connectors]") {
  for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
    Setup s;
    const JournalEntry entry = storno_of(original, "V-1");
    CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(entry)));
    s.check_posted_once_and_equal(entry);
    const delivery::LedgerLine first = s.found<delivery::FoundPosted>(entry).document.lines.front();
    CHECK(first.side == Side::debit);
    CHECK(first.functional == original.lines().front().functional.negated());
  }
}

TEST_CASE("yen are posted without decimals", "[connectors]") {
  Setup s;
  const JournalEntry entry = yen_invoice();
  CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(entry)));
  s.check_posted_once_and_equal(entry);
}

TEST_CASE("the company answers who it is; a renamed or unknown one stops the connection", "[connectors][E14]") {
  Setup s;
  const auto who = s.connector->who_am_i("DE");
  REQUIRE(who.has_value());
  CHECK(*who == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  REQUIRE(s.erp->tryton().rename_company("Acme GmbH", "Other GmbH"));
  const auto other = s.connector->who_am_i("DE");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == ErrorCode::ErpWrongEntity);
  CHECK(s.connector->who_am_i("US").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("an entry kept in another currency than the company's books is not sent", "[connectors][E14]") {
  Setup s;
  const JournalEntry entry =
      entry_of({.functional = "GBP",
                .transaction = "GBP",
                .lines = {{Side::debit, "1000", "cash", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}});
  CHECK(not_sent(s.connector->submit(entry)) == ErrorCode::ErpWrongEntity);
  CHECK(s.documents() == 0);
}

TEST_CASE("the connection is lost before the move is created: looked up, it is absent", "[connectors][E2]") {
  Setup s;
  s.arm(kCreate, FaultKind::drop_before_commit);
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(german_invoice())));
  s.found<delivery::Absent>(german_invoice());
  CHECK(s.documents() == 0);
}

TEST_CASE("the answer is lost after the move is created: looked up, it is a draft, and is completed",
          "[connectors][E1]") {
  Setup s;
  s.arm(kCreate, FaultKind::commit_then_drop);
  const JournalEntry entry = german_invoice();
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(entry)));
  const auto draft = s.found<delivery::FoundDraft>(entry);
  CHECK(delivery::compare(entry, draft.document, s.connector->describe()).has_value());
  const Outcome completed = s.connector->complete_draft(entry, draft.document.document);
  CHECK(std::holds_alternative<delivery::Posted>(completed));
  s.check_posted_once_and_equal(entry);
}

TEST_CASE("the answer is lost after the move is posted: looked up, it is posted", "[connectors][E1]") {
  Setup s;
  s.arm(kPost, FaultKind::commit_then_drop);
  const JournalEntry entry = german_invoice();
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(entry)));
  s.check_posted_once_and_equal(entry);
  // A completion that comes late changes nothing and does not claim that it failed.
  const auto late = s.found<delivery::FoundPosted>(entry);
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->complete_draft(entry, late.document.document)));
}

TEST_CASE("whatever a broken answer looks like after the commit, it is unclear and never an answer",
          "[connectors][E6]") {
  for (const FaultKind kind :
       {FaultKind::commit_then_status, FaultKind::commit_then_html, FaultKind::commit_then_drop}) {
    Setup s;
    Fault fault;
    fault.on = kPost;
    fault.kind = kind;
    fault.status = 502;
    fault.bytes = 100;  // within the body
    s.erp->faults().add(fault);
    CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(german_invoice())));
    s.check_posted_once_and_equal(german_invoice());
  }
}

TEST_CASE("a proxy's HTTP 502, 504 or 408 proves nothing; 403 and 404 prove that nothing was done",
          "[connectors][E1]") {
  for (const auto& [status, proves] : {std::pair{502, false}, {504, false}, {408, false}, {403, true}, {404, true}}) {
    Setup s;
    Fault fault;
    fault.on = kCreate;
    fault.kind = proves ? FaultKind::status : FaultKind::commit_then_status;
    fault.status = status;
    s.erp->faults().add(fault);
    INFO(status);
    const Outcome outcome = s.connector->submit(german_invoice());
    CHECK(std::holds_alternative<delivery::Refused>(outcome) == proves);
    CHECK(std::holds_alternative<delivery::Unclear>(outcome) == !proves);
  }
}

TEST_CASE("the session ends in the middle: nothing is done twice, and nothing written into a new one unasked",
          "[connectors][E11]") {
  {
    Setup s;
    s.arm("company.company.search_read", FaultKind::end_session);
    CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));
    s.check_posted_once_and_equal(german_invoice());
  }
  {
    Setup s;
    REQUIRE(s.connector->who_am_i("DE"));
    s.arm(kCreate, FaultKind::end_session);
    CHECK(std::holds_alternative<delivery::NotSent>(s.connector->submit(german_invoice())));
    CHECK(std::holds_alternative<delivery::NotSent>(s.connector->submit(german_invoice())));
    CHECK(s.documents() == 0);
    REQUIRE(s.connector->who_am_i("DE"));
    CHECK(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));
    s.check_posted_once_and_equal(german_invoice());
  }
  {
    Setup s;
    REQUIRE(s.connector->who_am_i("DE"));
    s.arm(kPost, FaultKind::end_session);
    const Outcome left = s.connector->submit(german_invoice());
    REQUIRE(std::holds_alternative<delivery::DraftLeft>(left));
    const std::string document = std::get<delivery::DraftLeft>(left).document;
    CHECK(std::holds_alternative<delivery::NotSent>(s.connector->complete_draft(german_invoice(), document)));
    REQUIRE(s.connector->who_am_i("DE"));
    CHECK(std::holds_alternative<delivery::Posted>(s.connector->complete_draft(german_invoice(), document)));
    s.check_posted_once_and_equal(german_invoice());
  }
}

TEST_CASE("what is not found in a new session is not absent before the ERP has said who it is", "[connectors][E14]") {
  Setup s;
  REQUIRE(s.connector->who_am_i("DE"));
  s.arm("account.move.search_read", FaultKind::end_session);
  const auto finding = s.connector->find(german_invoice());
  REQUIRE_FALSE(finding.has_value());
  CHECK(finding.error().code == ErrorCode::ErpUnreachable);
  REQUIRE(s.connector->who_am_i("DE"));
  CHECK(std::holds_alternative<delivery::Absent>(s.connector->find(german_invoice()).value()));
}

TEST_CASE("a wrong password is the connection's trouble, not the entry's", "[connectors][E11]") {
  Setup s("wrong");
  CHECK(not_sent(s.connector->submit(german_invoice())) == ErrorCode::ErpAuthorisation);
  CHECK(s.connector->who_am_i("DE").error().code == ErrorCode::ErpAuthorisation);
}

TEST_CASE("an ERP that asks to slow down is given the time it asks for", "[connectors][E8]") {
  Setup s;
  Fault fault;
  fault.on = kCreate;
  fault.kind = FaultKind::status;
  fault.status = 429;
  fault.retry_after = "30";
  s.erp->faults().add(fault);
  const Outcome outcome = s.connector->submit(german_invoice());
  REQUIRE(not_sent(outcome) == ErrorCode::ErpThrottled);
  CHECK(std::get<delivery::NotSent>(outcome).retry_after_micros == 30'000'000);
  CHECK(s.documents() == 0);
}

TEST_CASE("throttled between creating and posting: a draft is left, and said so", "[connectors][E8]") {
  Setup s;
  Fault fault;
  fault.on = kPost;
  fault.kind = FaultKind::status;
  fault.status = 429;
  s.erp->faults().add(fault);
  CHECK(std::holds_alternative<delivery::DraftLeft>(s.connector->submit(german_invoice())));
  CHECK(s.state() == "draft");
}

TEST_CASE("a maintenance page instead of an answer", "[connectors][E6][E9]") {
  Setup s;
  s.arm("", FaultKind::html_page);
  CHECK(not_sent(s.connector->submit(german_invoice())) == ErrorCode::ErpUnreachable);  // at the login
  s.arm(kCreate, FaultKind::html_page);
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(german_invoice())));
  s.found<delivery::Absent>(german_invoice());
}

TEST_CASE("a closed period is refused as such, by either of the ERP's two texts", "[connectors][E10]") {
  Setup s;
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice("I-1"))));
  REQUIRE(s.erp->tryton().close_period("Acme GmbH", "2026-10"));
  CHECK(refusal(s.connector->submit(german_invoice("I-2"))) == ErrorCode::ErpClosedPeriod);  // journal used before
  REQUIRE(s.erp->tryton().close_period("Acme GmbH", "2026-11"));
  const JournalEntry november =
      entry_of({.event = "I-3",
                .date = "2026-11-01",
                .lines = {{Side::debit, "1000", "cash", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}});
  CHECK(refusal(s.connector->submit(november)) == ErrorCode::ErpClosedPeriod);  // journal never used
  CHECK(s.documents() == 1);
}

TEST_CASE("the period closes after the draft was made: the completion is refused as such", "[connectors][E10]") {
  Setup s;
  s.arm(kCreate, FaultKind::commit_then_drop);
  const JournalEntry entry = german_invoice();
  REQUIRE(std::holds_alternative<delivery::Unclear>(s.connector->submit(entry)));
  REQUIRE(s.erp->tryton().close_period("Acme GmbH", "2026-10"));
  const auto draft = s.found<delivery::FoundDraft>(entry);
  CHECK(refusal(s.connector->complete_draft(entry, draft.document.document)) == ErrorCode::ErpClosedPeriod);
}

TEST_CASE("refused when posting: the draft, which would block the period's close, is taken away again",
          "[connectors]") {
  Setup s;
  s.arm(kCreate, FaultKind::unbalance);
  CHECK(refusal(s.connector->submit(german_invoice())) == ErrorCode::ErpUnbalanced);
  CHECK(s.documents() == 0);
}

TEST_CASE("refused when posting, and the draft cannot be taken away: it is said to be left", "[connectors]") {
  Setup s;
  s.arm(kCreate, FaultKind::unbalance);
  s.arm("account.move.delete", FaultKind::drop_before_commit);
  const Outcome outcome = s.connector->submit(german_invoice());
  REQUIRE(std::holds_alternative<delivery::DraftLeft>(outcome));
  CHECK(std::get<delivery::DraftLeft>(outcome).text.find("you must balance") != std::string::npos);
  const auto draft = s.found<delivery::FoundDraft>(german_invoice());
  CHECK_FALSE(delivery::compare(german_invoice(), draft.document, s.connector->describe()).has_value());
}

TEST_CASE("no period for the date: refused before anything is sent", "[connectors][E10]") {
  Setup s;
  const JournalEntry entry =
      entry_of({.date = "2031-01-01",
                .lines = {{Side::debit, "1000", "cash", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}});
  const Outcome outcome = s.connector->submit(entry);
  CHECK(refusal(outcome) == ErrorCode::ErpClosedPeriod);
  CHECK(std::get<delivery::Refused>(outcome).text == "the ERP has no accounting period for 2031-01-01 in `Acme GmbH`");
  CHECK(s.erp->tryton().calls("model.account.move.create") == 0);
}

TEST_CASE("an account that the ERP lacks or has closed is named", "[connectors][E12][M4]") {
  Setup s;
  const JournalEntry unknown =
      entry_of({.lines = {{Side::debit, "9999", "cash", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}});
  Outcome outcome = s.connector->submit(unknown);
  CHECK(refusal(outcome) == ErrorCode::ErpBadAccount);
  CHECK(std::get<delivery::Refused>(outcome).text.find("`9999`") != std::string::npos);

  // Closed after the connector has learnt it: the ERP says so, the connector asks anew the next time.
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice("I-1"))));
  REQUIRE(s.erp->tryton().close_account("Acme GmbH", "3900"));
  CHECK(refusal(s.connector->submit(german_invoice("I-2"))) == ErrorCode::ErpBadAccount);
  outcome = s.connector->submit(german_invoice("I-2"));
  CHECK(std::get<delivery::Refused>(outcome).text.find("`3900`") != std::string::npos);
}

TEST_CASE("a receivable without its customer, or with one the ERP does not know", "[connectors][E12]") {
  Setup s("sandbox", false);
  CHECK(refusal(s.connector->submit(german_invoice())) == ErrorCode::ErpBadDimension);
  const JournalEntry anonymous =
      entry_of({.lines = {{Side::debit, "1200", "receivable", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}});
  const Outcome outcome = s.connector->submit(anonymous);
  CHECK(refusal(outcome) == ErrorCode::ErpBadDimension);
  CHECK(std::get<delivery::Refused>(outcome).text ==
        "account `1200` needs a party in the ERP, and the line has no `customer`");
  CHECK(s.documents() == 0);
}

TEST_CASE("two moves under one reference are never taken for one", "[connectors][E4]") {
  Setup s;
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));  // a blind resend
  const auto differs = s.found<delivery::Differs>(german_invoice());
  CHECK(differs.text.starts_with("2 moves carry the reference `"));
}

TEST_CASE("where the ERP keeps references unique, a second send is looked up, not called refused", "[connectors][E5]") {
  Setup s;
  s.erp->tryton().set_unique_reference(true);
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));
  CHECK(std::holds_alternative<delivery::Unclear>(s.connector->submit(german_invoice())));
  s.check_posted_once_and_equal(german_invoice());
}

TEST_CASE("a move that stands in the books of another company is not taken for ours", "[connectors][E13]") {
  const auto finding = [](const char* company) {
    const auto answer = parse_json(std::string(R"([{"id":7,"company":)") + company +
                                   R"(,"state":"posted","post_number":"P-1",)"
                                   R"("date":{"__class__":"date","year":2026,"month":10,"day":1},"lines.":[]}])");
    return connectors::tryton::read_finding(german_invoice(), {3, "Acme GmbH", "EUR"}, *answer);
  };
  CHECK(std::holds_alternative<delivery::FoundPosted>(*finding("3")));
  REQUIRE(std::holds_alternative<delivery::Differs>(*finding("4")));
  CHECK(std::get<delivery::Differs>(*finding("4")).text ==
        "move 7 stands in the books of company 4, not in those of `Acme GmbH`");
  CHECK_FALSE(finding("null"));
}

TEST_CASE("amounts that the ERP changed are found, in words", "[connectors][E13]") {
  Setup s;
  s.arm(kPost, FaultKind::alter);
  REQUIRE(std::holds_alternative<delivery::Posted>(s.connector->submit(german_invoice())));
  const auto stored = s.found<delivery::FoundPosted>(german_invoice());
  const Status same = delivery::compare(german_invoice(), stored.document, s.connector->describe());
  REQUIRE_FALSE(same.has_value());
  CHECK(same.error().code == ErrorCode::ErpDiffers);
  CHECK(same.error().message ==
        "document `P-1` lacks the line debit 1200 119.00 EUR; it holds instead debit 1200 119.01 EUR; "
        "credit 3900 100.01 EUR; credit 3800 19.00 EUR");
}

TEST_CASE("an ERP text that nobody has classified is refused, never tried again", "[connectors][E12]") {
  using connectors::tryton::classify;
  using delivery::ErrorClass;
  CHECK(classify("something new") == ErrorClass::unknown);
  CHECK(classify("To post move \"K\", you must balance all its lines debits and credits.") == ErrorClass::unbalanced);
  CHECK(classify("The value \"999999\" for field \"Account\" in \"Account Move Line\" does not exist.") ==
        ErrorClass::bad_account);
  CHECK(classify("duplicate key value violates unique constraint \"account_move_idem\"\nDETAIL: ...") ==
        ErrorClass::duplicate);
  CHECK(classify("database is locked") == ErrorClass::transient);
  const Outcome unknown = delivery::outcome_of(ErrorClass::unknown, "something new");
  REQUIRE(std::holds_alternative<delivery::Refused>(unknown));
  CHECK(std::get<delivery::Refused>(unknown).code == ErrorCode::ErpRefused);
}
