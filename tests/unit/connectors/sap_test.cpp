// SPDX-License-Identifier: Apache-2.0
// The SAP connector against the sandbox's double, which shares no code with it, and its bodies against SAP's own
// schema.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/connectors/factory.hpp"
#include "gateway/connectors/sap/confirmation.hpp"
#include "gateway/connectors/sap/error_table.hpp"
#include "gateway/connectors/sap/journal_entry_post.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using namespace glmap::gateway::connectors::sap;
using sandbox::FaultKind;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  std::unique_ptr<sandbox::Sandbox> erp;
  connectors::ConnectorSettings settings;
  std::unique_ptr<delivery::ErpConnector> connector;

  explicit Fixture(const std::function<void(std::map<std::string, std::string>&)>& change = {}) {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    ::setenv("GLMAP_TEST_SAP_PASSWORD", "sandbox", 1);
    settings = {"sap",
                "sap",
                {{"url", erp->url()},
                 {"user", "glmap"},
                 {"password_env", "GLMAP_TEST_SAP_PASSWORD"},
                 {"created_by", "GLMAP"},
                 {"timeout_ms", "1500"},
                 {"reversal_reason", "01"},
                 {"storno_reason", "03"},
                 {"assignment.CostCenter", "department"},
                 {"assignment_reference", "customer"}},
                {{"DE", {{"company_code", "DE"}}}, {"JP", {{"company_code", "JP"}}}},
                legal_entities()};
    if (change) change(settings.settings);
    auto made = connectors::make_connector(settings);
    if (!made) FAIL(made.error().to_text());
    connector = std::move(*made);
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
  void post(const JournalEntry& entry) {
    const delivery::Outcome outcome = connector->submit(entry);
    if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) FAIL(refused->text);
    if (const auto* unclear = std::get_if<delivery::Unclear>(&outcome)) FAIL(unclear->text);
    REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
    const auto finding = connector->find(entry);
    REQUIRE(finding.has_value());
    if (const auto* differs = std::get_if<delivery::Differs>(&*finding)) FAIL(differs->text);
    REQUIRE(std::holds_alternative<delivery::FoundPosted>(*finding));
    const auto same =
        delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, connector->describe());
    if (!same) FAIL(same.error().message);
    CHECK(std::get<delivery::Posted>(outcome).document == std::get<delivery::FoundPosted>(*finding).document.document);
  }
  delivery::Refused refused(const JournalEntry& entry) {
    const delivery::Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
    return std::get<delivery::Refused>(outcome);
  }
};

JournalEntry with(const JournalEntry& entry, const std::function<void(JournalEntryDraft&)>& change) {
  JournalEntryDraft draft = entry.data();
  change(draft);
  return JournalEntry::make(std::move(draft)).value();
}

std::string answer(const std::string& confirmations, const std::string& log = "<Log/>") {
  return "<s:Envelope "
         "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><n:JournalEntryBulkCreateConfirmation "
         "xmlns:n=\"http://sap.com/xi/SAPSCORE/SFIN\"><MessageHeader/>" +
         confirmations + log + "</n:JournalEntryBulkCreateConfirmation></s:Body></s:Envelope>";
}

/// Whether SAP's schema takes the request within the envelope; nothing when there is no schema or no xmllint.
std::optional<bool> schema_takes(const std::string& envelope) {
  const fs::path schema = fs::path(GLMAP_SOURCE_DIR) / "../shared/erp/contracts/sap/je_post_sync.cosmo83.libxml2.xsd";
  if (!fs::exists(schema) || std::system("xmllint --version >/dev/null 2>&1") != 0) {
    std::cerr << "\n*** SKIPPED: no " << schema << " or no xmllint, so SAP's schema is not asked ***\n\n";
    return std::nullopt;
  }
  char name[] = "/tmp/glmap_sap_XXXXXX";
  const int fd = ::mkstemp(name);
  REQUIRE(fd >= 0);
  ::close(fd);
  const std::size_t from = envelope.find("<sfin:"), to = envelope.find("</soap:Body>");
  std::ofstream(name) << envelope.substr(from, to - from);
  const int status =
      std::system(("xmllint --huge --noout --schema " + schema.string() + " " + name + " 2>" + name + ".err").c_str());
  fs::remove(name);
  fs::remove(std::string(name) + ".err");
  return status == 0;
}

PostSettings post_settings() {
  PostSettings out;
  out.created_by = "GLMAP";
  out.assignments = {{"CostCenter", "department"}, {"ProfitCenter", "product"}, {"WBSElement", "project"}};
  out.assignment_reference = "customer";
  out.trading_partner = "partner";
  out.reversal_reason = "01";
  return out;
}

}  // namespace

TEST_CASE("entries in one and in two currencies are posted to SAP and read back item by item", "[sap]") {
  Fixture f;
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    CHECK(f.found<delivery::Absent>(entry));
    f.post(entry);
  }
  CHECK(f.erp->sap().count() == 4);
}

TEST_CASE("reversals are SAP's own, of the original's document; stornos by the reason with negative posting", "[sap]") {
  Fixture f;
  for (const JournalEntry& original : {german_invoice(), dollar_payment()}) {
    f.post(original);
    f.post(storno_of(original, "V-" + original.key().event_id));
  }
  CHECK(f.erp->sap().last_body().find(
            "<ReversalReason>03</ReversalReason><ReversalReferenceDocument>0100000003DE2026<") != std::string::npos);
  f.post(german_invoice("I-7"));
  f.post(reversal_of(german_invoice("I-7"), "V-7"));
  // The original is not there; it was reversed before.
  CHECK(f.refused(reversal_of(german_invoice("I-8"), "V-8")).text.find("has no one document") != std::string::npos);
  CHECK(f.refused(reversal_of(german_invoice("I-7"), "V-9")).text.find("already reversed") != std::string::npos);
}

TEST_CASE("without a reason for reversals they are documents of their own, and a storno is refused", "[sap]") {
  Fixture f([](auto& settings) {
    settings.erase("reversal_reason");
    settings.erase("storno_reason");
  });
  f.post(german_invoice());
  f.post(reversal_of(german_invoice(), "V-1"));
  CHECK(f.refused(storno_of(german_invoice(), "V-2")).text.find("has no `storno_reason`") != std::string::npos);
}

TEST_CASE("SAP says whose company code it is", "[sap][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
  REQUIRE(f.erp->sap().rename_company("Acme GmbH", "Other GmbH"));
  CHECK(f.connector->who_am_i("DE")->name == "Other GmbH");
}

TEST_CASE("no answer of SAP is taken for more than it proves", "[sap][E1][E2][E6]") {
  Fixture f;
  for (const FaultKind kind :
       {FaultKind::drop_before_commit, FaultKind::commit_then_drop, FaultKind::commit_then_status, FaultKind::html_page,
        FaultKind::commit_then_html, FaultKind::error_200, FaultKind::commit_then_error_200, FaultKind::status}) {
    INFO("fault " << static_cast<int>(kind));
    f.arm("sap.journal_entry.post", kind);
    CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice())));
    if (f.erp->sap().count() > 0) {
      CHECK(f.found<delivery::FoundPosted>(german_invoice()));
      REQUIRE(f.erp->sap().remove(german_invoice().key().reference()));
    } else {
      CHECK(f.found<delivery::Absent>(german_invoice()));
    }
  }
}

TEST_CASE("an answer of SAP that is lost at any of its bytes is unclear, and the document is found", "[sap][E1]") {
  Fixture f;
  f.post(yen_invoice());
  const std::size_t whole = 1400;  // longer than the answer
  for (std::size_t bytes = 0; bytes < whole; bytes += 37) {
    sandbox::Fault fault;
    fault.on = "sap.journal_entry.post";
    fault.kind = FaultKind::commit_then_drop;
    fault.bytes = bytes;
    f.erp->faults().add(fault);
    const JournalEntry entry = german_invoice("B-" + std::to_string(bytes));
    const delivery::Outcome outcome = f.connector->submit(entry);
    const bool honest =
        std::holds_alternative<delivery::Unclear>(outcome) || std::holds_alternative<delivery::Posted>(outcome);
    CHECK(honest);
    CHECK(f.found<delivery::FoundPosted>(entry));
  }
}

TEST_CASE("throttling, the communication user and a wrong address are the connection's trouble", "[sap][E8][E11]") {
  Fixture f;
  const auto not_sent = [&](int status) {
    f.arm("sap.journal_entry.post", FaultKind::status, status);
    const delivery::Outcome outcome = f.connector->submit(german_invoice());
    REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
    return std::get<delivery::NotSent>(outcome);
  };
  CHECK(not_sent(429).code == ErrorCode::ErpThrottled);
  CHECK(not_sent(429).retry_after_micros == 7'000'000);
  CHECK(not_sent(401).code == ErrorCode::ErpAuthorisation);
  CHECK(not_sent(404).code == ErrorCode::BadConfiguration);
  // A page to log on, in place of the items.
  f.arm("sap.items.search", FaultKind::html_page);
  CHECK(f.connector->find(german_invoice()).error().code == ErrorCode::ErpAuthorisation);
  Fixture wrong([](auto& settings) { settings["user"] = "nobody"; });
  CHECK(wrong.connector->who_am_i("DE").error().code == ErrorCode::ErpAuthorisation);
  CHECK(f.erp->sap().count() == 0);
}

TEST_CASE("what SAP refuses inside HTTP 200 has its class and SAP's words", "[sap][E10][E12]") {
  Fixture f;
  REQUIRE(f.erp->sap().close_period("Acme GmbH", "2026-10", false));
  CHECK(f.refused(german_invoice()).code == ErrorCode::ErpClosedPeriod);
  CHECK(f.refused(german_invoice()).text.find("Posting period 10 2026 is not open (201(F5))") != std::string::npos);
  REQUIRE(f.erp->sap().close_period("Acme GmbH", "2026-10", true));
  REQUIRE(f.erp->sap().close_account("Acme GmbH", "3800", false));
  CHECK(f.refused(german_invoice()).code == ErrorCode::ErpBadAccount);
  CHECK(f.refused(with(german_invoice(), [](JournalEntryDraft& draft) { draft.lines[0].account = "9999"; })).code ==
        ErrorCode::ErpBadAccount);
  CHECK(f.erp->sap().count() == 0);
}

TEST_CASE("a changed document differs, and so do two under one reference", "[sap][E5][E13]") {
  Fixture f;
  f.post(german_invoice());
  REQUIRE(f.erp->sap().edit(german_invoice().key().reference()));
  const auto finding = f.connector->find(german_invoice());
  CHECK(!delivery::compare(german_invoice(), std::get<delivery::FoundPosted>(*finding).document,
                           f.connector->describe()));
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(german_invoice())));
  CHECK(f.found<delivery::Differs>(german_invoice()));
}

TEST_CASE("SAP's lengths hold: keys are refused with line and field, texts are cut", "[sap]") {
  Fixture f;
  const auto long_department = [](JournalEntryDraft& draft) {
    draft.lines[1].dimensions = {{"department", "D-12345678901"}};
  };
  const delivery::Refused refused = f.refused(with(german_invoice(), long_department));
  CHECK(refused.code == ErrorCode::ErpBadDimension);
  CHECK(refused.text == "line 2: CostCenter `D-12345678901` has 13 characters, SAP takes 10");
  f.post(with(german_invoice(), [](JournalEntryDraft& draft) {
    draft.document = "in_1MtHbELkdIwHu7ixl4OzzPMv";
    draft.description = "Abonnement für Müller & Söhne <GmbH> \"" + std::string(60, 'x') + "\"\n]]>";
  }));
  const std::string body = f.erp->sap().last_body();
  CHECK(body.find("<DocumentHeaderText>in_1MtHbELkdIwHu7ixl4OzzP</DocumentHeaderText>") != std::string::npos);
  CHECK(body.find("<Reference1InDocumentHeader>") == std::string::npos);
  CHECK(body.find("<DocumentItemText>in_1MtHbELkdIwHu7ixl4OzzPMv Abonnement für Müller</DocumentItemText>") !=
        std::string::npos);
  CHECK(body.find("<GLAccount>0000001200</GLAccount>") != std::string::npos);
  if (const auto taken = schema_takes(body)) CHECK(*taken);
}

TEST_CASE("ten thousand drawn entries in one bulk message are what SAP's schema asks for", "[sap]") {
  std::mt19937 draw(7);
  const auto pick = [&](unsigned below) { return static_cast<unsigned>(draw() % below); };
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 10'000; ++i) {
    EntrySpec spec{.event = "E-" + std::to_string(i), .transaction = pick(2) == 0 ? "EUR" : "USD"};
    const std::string amount = std::to_string(1 + pick(1'000'000)) + "." + std::to_string(10 + pick(90));
    const std::vector<Dimension> dimensions = {{"customer", "C" + std::to_string(pick(1000))},
                                               {"department", "D&<" + std::to_string(pick(99))},
                                               {"product", "PLATFORM"},
                                               {"project", "P.1"}};
    const int pairs = 1 + static_cast<int>(pick(3));
    for (int pair = 0; pair < pairs; ++pair) {
      spec.lines.push_back({Side::debit, "1200", "receivable", amount, "", dimensions});
      spec.lines.push_back({Side::credit, "4000", "revenue", amount, "", {}});
    }
    const JournalEntry made = with(entry_of(spec), [&](JournalEntryDraft& draft) {
      draft.description = std::string(pick(80), "ab ä<&\n"[pick(3)]) + "é\t x";
      draft.document = std::string(pick(30), 'N');
    });
    entries.push_back(pick(5) == 0 ? reversal_of(made, "R-" + std::to_string(i)) : made);
  }
  std::vector<ToPost> batch;
  for (const JournalEntry& entry : entries) {
    batch.push_back({&entry, "1010", std::nullopt});
    if (!entry.data().reverses.empty()) batch.back().original = Original{"0100001234", "1010", "2026"};
  }
  const auto envelope = post_request(post_settings(), batch, *Instant::parse("2026-10-05T08:09:10.011Z"));
  if (!envelope) FAIL(envelope.error().to_text());
  if (const auto taken = schema_takes(*envelope)) CHECK(*taken);
  // The schema notices what is not in it.
  std::string wrong = *envelope;
  wrong.replace(wrong.find("<GLAccount>"), 11, "<Glaccount>");
  wrong.replace(wrong.find("</GLAccount>"), 12, "</Glaccount>");
  if (const auto taken = schema_takes(wrong)) CHECK(!*taken);
}

TEST_CASE("a message has one id for an entry for ever, in the form of a UUID", "[sap]") {
  CHECK(message_uuid("GLMAP-A") == message_uuid("GLMAP-A"));
  CHECK(message_uuid("GLMAP-A") != message_uuid("GLMAP-B"));
  const std::string uuid = message_uuid("GLMAP-A");
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '8');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
}

TEST_CASE("of several entries in one answer each has its own verdict", "[sap]") {
  const auto read = read_confirmation(answer(
      "<JournalEntryCreateConfirmation><MessageHeader><ReferenceID>GLMAP-A</ReferenceID></MessageHeader>"
      "<JournalEntryCreateConfirmation><AccountingDocument>0100000042</AccountingDocument><CompanyCode>1010</"
      "CompanyCode>"
      "<FiscalYear>2026</FiscalYear></JournalEntryCreateConfirmation><Log><MaximumLogItemSeverityCode>1"
      "</MaximumLogItemSeverityCode></Log></JournalEntryCreateConfirmation>"
      "<JournalEntryCreateConfirmation><MessageHeader><ReferenceID>GLMAP-B</ReferenceID></MessageHeader>"
      "<JournalEntryCreateConfirmation><AccountingDocument>0000000000</AccountingDocument></"
      "JournalEntryCreateConfirmation>"
      "<Log><Item><TypeID>609(RW)</TypeID><SeverityCode>3</SeverityCode><Note>Error in document</Note></Item><Item>"
      "<TypeID>702(F5)</TypeID><SeverityCode>3</SeverityCode><Note>Balance in transaction currency</Note></Item></Log>"
      "</JournalEntryCreateConfirmation>"));
  REQUIRE(read.has_value());
  REQUIRE(read->entries.size() == 2);
  CHECK(read->entries[0].has_document());
  CHECK(read->entries[0].severity == 1);
  CHECK(!read->entries[1].has_document());
  CHECK(read->entries[1].severity == 3);  // the summary is missing, the items say it
  CHECK(classify(read->entries[1].log) == delivery::ErrorClass::unbalanced);
}

TEST_CASE("each message of the table has its class, and what is not in it waits for a person", "[sap]") {
  using delivery::ErrorClass;
  const auto meaning = [](const char* type, const char* note) {
    return classify(
        {{"609(RW)", 3, "Error in document"}, {"605(RW)", 1, "posting period is not open"}, {type, 3, note}});
  };
  CHECK(meaning("201(F5)", "") == ErrorClass::closed_period);
  CHECK(meaning("286(F5)", "") == ErrorClass::closed_period);
  CHECK(meaning("", "Posting period 012 2026 is not open") == ErrorClass::closed_period);
  CHECK(meaning("022(RW)", "") == ErrorClass::unbalanced);
  CHECK(meaning("", "FI/CO interface: Balance in transaction currency") == ErrorClass::unbalanced);
  CHECK(meaning("", "G/L account 1 is not defined in chart of accounts YCOA") == ErrorClass::bad_account);
  CHECK(meaning("235(KI)", "Account 1 requires an assignment to a CO object") == ErrorClass::bad_dimension);
  CHECK(meaning("808(F5)", "Field Profit Ctr. is required for G/L account 1") == ErrorClass::bad_dimension);
  CHECK(meaning("", "Cost center 1000/X does not exist on 2026-10-01") == ErrorClass::bad_dimension);
  CHECK(meaning("", "No authorization for company code 1010") == ErrorClass::authorisation);
  CHECK(meaning("", "Account 1 is locked by user X") == ErrorClass::transient);
  CHECK(meaning("", "Document already exists") == ErrorClass::duplicate);
  CHECK(meaning("165(F5)", "Company code 1 does not exist") == ErrorClass::entity);
  CHECK(meaning("999(ZZ)", "Etwas anderes") == ErrorClass::unknown);
  CHECK(std::holds_alternative<delivery::Refused>(delivery::outcome_of(ErrorClass::unknown, "")));
}

TEST_CASE("XML from outside opens no file, expands no entity and is read whole or not at all", "[sap]") {
  const auto refused = [](const std::string& text) { return !read_confirmation(text).has_value(); };
  CHECK(refused("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"));
  std::string laughs = "<!DOCTYPE a [<!ENTITY b \"ha\">";
  for (char c = 'c'; c < 'n'; ++c) {
    laughs += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) laughs += std::string("&") + static_cast<char>(c - 1) + ";";
    laughs += "\">";
  }
  CHECK(refused(laughs + "]><a>&m;</a>"));
  const std::string good = answer("");
  REQUIRE(read_confirmation(good).has_value());
  CHECK(refused("<!DOCTYPE x>" + good));
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) CHECK(refused(good.substr(0, bytes)));
  CHECK(refused(std::string(10'000, '<')));
  CHECK(refused("{\"status\": \"error\"}"));
  CHECK(refused("<html><body>log on</body></html>"));
}

TEST_CASE("an answer of SAP with bytes changed, missing or doubled is read or refused, and nothing else", "[sap]") {
  const std::string good = answer(
      "<JournalEntryCreateConfirmation><MessageHeader><ReferenceID>GLMAP-A</ReferenceID></MessageHeader>"
      "<JournalEntryCreateConfirmation><AccountingDocument>0100000042</AccountingDocument></"
      "JournalEntryCreateConfirmation>"
      "<Log><MaximumLogItemSeverityCode>1</MaximumLogItemSeverityCode><Item><TypeID>605(RW)</TypeID><Note>ok</Note></"
      "Item></Log>"
      "</JournalEntryCreateConfirmation>");
  std::mt19937 draw(11);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (auto changes = 1 + draw() % 3; changes > 0; --changes) {
      const std::size_t at = draw() % text.size();
      switch (draw() % 4) {
        case 0:
          text[at] = static_cast<char>(draw());
          break;
        case 1:
          text.erase(at, 1 + draw() % 20);
          break;
        case 2:
          text.insert(at, text.substr(draw() % text.size(), draw() % 40));
          break;
        default:
          text.insert(at, "<![CDATA[x]]>&#0;&lt;<!--");
          text.erase(at + draw() % 25);
      }
      if (text.empty()) break;
    }
    const auto result = read_confirmation(text);
    if (!result) {
      CHECK(result.error().code == ErrorCode::ErpUnclear);
      continue;
    }
    ++read;
    for (const Confirmed& entry : result->entries) CHECK(entry.severity < 10);
  }
  CHECK(read > 100);
  CHECK(read < 19'000);
}

TEST_CASE("a wrong setting of an SAP connection is named", "[sap]") {
  Fixture f;
  const auto fault = [&](const std::string& key, const std::string& value) {
    connectors::ConnectorSettings settings = f.settings;
    settings.settings[key] = value;
    if (value.empty()) settings.settings.erase(key);
    const auto made = connectors::make_connector(settings);
    REQUIRE(!made.has_value());
    return made.error().message;
  };
  CHECK(fault("user", "") ==
        "ERP connection `sap` needs one of `user` with its password and `client_certificate_file`");
  CHECK(fault("client_certificate_file", "/none.pem").find("needs one of `user`") != std::string::npos);
  CHECK(fault("created_by", "") == "ERP connection `sap` lacks the setting `created_by`");
  CHECK(fault("assignment.Costcenter", "x").find("SAP has no account assignment `Costcenter`; write one of OrderID") !=
        std::string::npos);
  CHECK(fault("pasword_file", "x").find("`pasword_file`, which is not known here") != std::string::npos);
  connectors::ConnectorSettings twice = f.settings;
  twice.legal_entities[0].accounts.push_back({"0001200", "Receivables too", AccountType::asset, true, {}, {}});
  CHECK(connectors::make_connector(twice).error().message.find(
            "to SAP the accounts `1200` and `0001200` of the chart are one") != std::string::npos);
  connectors::ConnectorSettings settings = f.settings;
  settings.entities.erase("JP");
  CHECK(connectors::make_connector(settings).error().message ==
        "ERP connection `sap`, entity JP lacks the setting `company_code`");
}
