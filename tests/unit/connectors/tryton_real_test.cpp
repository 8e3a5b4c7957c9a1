// SPDX-License-Identifier: Apache-2.0
// The Tryton connector and the delivery lane against a real Tryton 6.0, started by samples/tryton/setup.sh. Skipped,
// loudly, where Tryton's packages are not installed. Answers are lost in a proxy that cuts connections.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/connectors/tryton/tryton_connector.hpp"
#include "gateway/connectors/tryton/wire.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/delivery/lane.hpp"
#include "gateway/sandbox/door.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using connectors::tryton::RpcClient;
using connectors::tryton::RpcOutcome;
using engine::EntryState;

namespace {

const std::string kSetup = std::string(GLMAP_SOURCE_DIR) + "/samples/tryton/setup.sh";

std::string read_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

/// One Tryton for all tests of this program; stopped at its end.
class RealTryton {
 public:
  static RealTryton& instance() {
    static RealTryton one;
    return one;
  }
  ~RealTryton() {
    if (!url.empty()) (void)std::system((kSetup + " stop " + folder_.file("erp")).c_str());
  }
  RealTryton(const RealTryton&) = delete;
  RealTryton& operator=(const RealTryton&) = delete;

  std::string url;  // empty: not installed
  std::string password;

 private:
  RealTryton() {
    if (std::system("command -v trytond >/dev/null && dpkg -s tryton-modules-analytic-account >/dev/null 2>&1") != 0) {
      std::cerr << "\n*** SKIPPED: tryton-server and its modules account and analytic-account are not installed, so\n"
                   "*** nothing was posted to a real ERP. To run it: apt-get install --no-install-recommends\n"
                   "*** tryton-server tryton-modules-account tryton-modules-analytic-account\n\n";
      return;
    }
    std::filesystem::permissions(folder_.file(""), std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);
    std::ofstream entities(folder_.file("entities.csv"));
    std::ofstream accounts(folder_.file("accounts.csv"));
    entities << "code,name,currency\n";
    accounts << "entity,code,name,type\n";
    for (const sandbox::SeedCompany& company : seed().companies) {
      entities << company.entity << "," << company.name << "," << company.currency << "\n";
      for (const auto& each : company.accounts) {
        accounts << company.entity << "," << each.code << "," << each.name << "," << each.type << "\n";
      }
    }
    entities.close();
    accounts.close();
    const std::string start = kSetup + " start " + folder_.file("erp") + " " + folder_.file("entities.csv") + " " +
                              folder_.file("accounts.csv") + " >/dev/null";
    if (std::system(start.c_str()) != 0) throw std::runtime_error("setup.sh could not start Tryton");
    url = read_line(folder_.file("erp/url"));
    password = read_line(folder_.file("erp/password"));
  }

  TemporaryFolder folder_;
};

/// Skips the test that asks when there is no Tryton here.
#define REQUIRE_TRYTON()                      \
  if (RealTryton::instance().url.empty()) {   \
    WARN("SKIPPED: Tryton is not installed"); \
    return;                                   \
  }

std::unique_ptr<platform::HttpClient> http() {
  auto made = platform::make_http_client({});
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::unique_ptr<delivery::ErpConnector> connector(const std::string& url = RealTryton::instance().url,
                                                  std::map<std::string, std::string> analytic_roots = {}) {
  connectors::tryton::TrytonSettings settings;
  settings.rpc = {url, "acme", "glmap", RealTryton::instance().password, 2000, 20'000};
  for (const LegalEntity& entity : legal_entities()) {
    settings.entities[entity.code] = {entity.name, "GLMAP-" + entity.code, {}};
  }
  settings.create_parties = true;
  settings.analytic_roots = std::move(analytic_roots);
  return connectors::tryton::make_tryton_connector(std::move(settings), http());
}

Json call_as(const std::string& user, const std::string& password, const std::string& method, Json::Array params) {
  RpcClient rpc({RealTryton::instance().url, "acme", user, password, 2000, 20'000}, http());
  RpcOutcome outcome = rpc.call(method, std::move(params), connectors::tryton::Effect::writes);
  const auto* answer = std::get_if<connectors::tryton::RpcAnswer>(&outcome);
  if (const auto* fault = std::get_if<connectors::tryton::RpcFault>(&outcome)) FAIL(fault->text);
  REQUIRE(answer != nullptr);
  return answer->value;
}

Json search(const std::string& model, Json::Array domain, Json::Array fields) {
  return call_as("glmap", RealTryton::instance().password, "model." + model + ".search_read",
                 {std::move(domain), Json::number(0), nullptr, nullptr, std::move(fields), Json::Object{}});
}

std::size_t moves_with(const std::string& reference) {
  const Json found = search("account.move", {connectors::tryton::term("number", "=", reference)}, {"state"});
  return found.as_array()->size();
}

void check_posted_and_equal(delivery::ErpConnector& erp, const JournalEntry& entry) {
  const auto finding = erp.find(entry);
  REQUIRE(finding.has_value());
  const auto* posted = std::get_if<delivery::FoundPosted>(&*finding);
  REQUIRE(posted != nullptr);
  const Status same = delivery::compare(entry, posted->document, erp.describe());
  INFO((same ? "" : same.error().message));
  CHECK(same.has_value());
  CHECK(moves_with(entry.key().reference()) == 1);
}

std::string in_words(const delivery::Outcome& outcome) {
  if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) return "refused: " + refused->text;
  if (const auto* unclear = std::get_if<delivery::Unclear>(&outcome)) return "unclear: " + unclear->text;
  if (const auto* not_sent = std::get_if<delivery::NotSent>(&outcome)) return "not sent: " + not_sent->text;
  if (const auto* draft = std::get_if<delivery::DraftLeft>(&outcome)) return "draft left: " + draft->text;
  return "posted";
}

/// Stands between the connector and Tryton and cuts one connection: before the request is passed on, or after Tryton
/// has carried it out.
struct CuttingProxy {
  std::string on;  // part of the method's name
  bool before = false;
  std::atomic<int> cuts = 0;
  std::unique_ptr<sandbox::Door> door;

  CuttingProxy() {
    auto opened = sandbox::Door::open(0, [this](const sandbox::DoorRequest& request) { return pass(request); });
    REQUIRE(opened.has_value());
    door = std::move(*opened);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(door->port()); }
  void cut_once(std::string method, bool before_passing_on) {
    on = std::move(method);
    before = before_passing_on;
    cuts = 1;
  }

  sandbox::DoorReply pass(const sandbox::DoorRequest& request) {
    sandbox::DoorReply reply;
    const bool cut = cuts > 0 && request.body.find(on) != std::string::npos;
    if (cut) --cuts;
    if (cut) reply.drop_after_bytes = 0;
    if (cut && before) return reply;
    platform::HttpRequest on_to;
    on_to.method = "POST";
    on_to.url = RealTryton::instance().url + request.path;
    on_to.body = request.body;
    on_to.fields = {{"Content-Type", request.content_type}};
    if (!request.authorization.empty()) on_to.fields.push_back({"Authorization", request.authorization});
    const platform::HttpOutcome outcome = (*platform::make_http_client({}))->send(on_to);
    const auto* answered = std::get_if<platform::HttpAnswered>(&outcome);
    if (answered == nullptr) {
      reply.drop_after_bytes = 0;
      return reply;
    }
    reply.status = answered->status;
    reply.body = answered->body;
    return reply;
  }
};

}  // namespace

TEST_CASE("entries in euro, in dollars and in yen are posted to a real Tryton and read back line by line", "[tryton]") {
  REQUIRE_TRYTON();
  const auto erp = connector();
  CHECK(erp->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(erp->who_am_i("JP").value() == delivery::EntityIdentity{"Acme KK", "JPY"});
  for (const JournalEntry& entry :
       {german_invoice("R-1"), dollar_invoice("R-2"), dollar_payment("R-3"), yen_invoice("R-4")}) {
    const delivery::Outcome outcome = erp->submit(entry);
    INFO(entry.key().event_id << " " << in_words(outcome));
    REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
    check_posted_and_equal(*erp, entry);
  }
  const Json lines = search("account.move.line",
                            {connectors::tryton::term("move.number", "=", dollar_invoice("R-2").key().reference()),
                             connectors::tryton::term("account.code", "=", "1200")},
                            {"debit", "amount_second_currency", "second_currency.code", "party.code", "description"});
  REQUIRE(lines.as_array()->size() == 1);
  const Json& line = lines.as_array()->front();
  CHECK(connectors::tryton::decimal_from_json(line.find("debit")) == Decimal::parse("5652.50").value());
  CHECK(connectors::tryton::decimal_from_json(line.find("amount_second_currency")) == Decimal::parse("5950").value());
  CHECK(*connectors::tryton::dotted(line, "second_currency.code") == Json("USD"));
  CHECK(*connectors::tryton::dotted(line, "party.code") == Json("C2"));
  CHECK(*line.find("description") == Json("receivable (customer C2)"));
}

TEST_CASE("a storno leaves nothing of the original in a real Tryton", "[tryton]") {
  REQUIRE_TRYTON();
  const auto erp = connector();
  for (const JournalEntry& original : {german_invoice("S-1"), dollar_invoice("S-2"), dollar_payment("S-3")}) {
    const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
    for (const JournalEntry& entry : {original, taken_back}) {
      const delivery::Outcome outcome = erp->submit(entry);
      INFO(entry.key().event_id << " " << in_words(outcome));
      REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
      check_posted_and_equal(*erp, entry);
    }
    Money balance = Money::zero(currency("EUR"));
    for (const JournalEntry& entry : {original, taken_back}) {
      const Json lines = search("account.move.line",
                                {connectors::tryton::term("move.number", "=", entry.key().reference()),
                                 connectors::tryton::term("account.code", "=", "1200")},
                                {"debit", "credit"});
      for (const Json& line : *lines.as_array()) {
        const auto debit = connectors::tryton::decimal_from_json(line.find("debit")).value();
        const auto credit = connectors::tryton::decimal_from_json(line.find("credit")).value();
        const auto net = Money::from_decimal(subtract(debit, credit).value(), currency("EUR")).value();
        REQUIRE(balance.try_add(net));
      }
    }
    CHECK(balance.is_zero());
  }
}

TEST_CASE("a configured dimension becomes an analytic line in a real Tryton", "[tryton]") {
  REQUIRE_TRYTON();
  const auto erp = connector(RealTryton::instance().url, {{"product", "PRODUCT"}});
  const JournalEntry entry = german_invoice("R-10");
  const delivery::Outcome outcome = erp->submit(entry);
  INFO(in_words(outcome));
  REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
  check_posted_and_equal(*erp, entry);
  const Json lines =
      search("analytic_account.line", {connectors::tryton::term("move_line.move.number", "=", entry.key().reference())},
             {"account.code", "credit"});
  REQUIRE(lines.as_array()->size() == 1);
  CHECK(*connectors::tryton::dotted(lines.as_array()->front(), "account.code") == Json("PLATFORM"));
  CHECK(connectors::tryton::decimal_from_json(lines.as_array()->front().find("credit")) == Decimal(100));
}

TEST_CASE("a lost answer of a real Tryton: absent, draft or posted, and told apart", "[tryton][E1]") {
  REQUIRE_TRYTON();
  CuttingProxy proxy;
  const auto erp = connector(proxy.url());

  proxy.cut_once("account.move.create", true);
  CHECK(std::holds_alternative<delivery::Unclear>(erp->submit(german_invoice("R-20"))));
  CHECK(std::holds_alternative<delivery::Absent>(erp->find(german_invoice("R-20")).value()));

  proxy.cut_once("account.move.create", false);
  const JournalEntry drafted = german_invoice("R-21");
  CHECK(std::holds_alternative<delivery::Unclear>(erp->submit(drafted)));
  const auto finding = erp->find(drafted).value();
  REQUIRE(std::holds_alternative<delivery::FoundDraft>(finding));
  const auto& draft = std::get<delivery::FoundDraft>(finding).document;
  CHECK(std::holds_alternative<delivery::Posted>(erp->complete_draft(drafted, draft.document)));
  check_posted_and_equal(*erp, drafted);

  proxy.cut_once("account.move.post", false);
  const JournalEntry posted = german_invoice("R-22");
  CHECK(std::holds_alternative<delivery::Unclear>(erp->submit(posted)));
  check_posted_and_equal(*erp, posted);
  // Completing it late answers "cannot modify posted move", which is not a refusal.
  CHECK(std::holds_alternative<delivery::Unclear>(
      erp->complete_draft(posted, std::get<delivery::FoundPosted>(erp->find(posted).value()).document.document)));
}

TEST_CASE("what a real Tryton refuses has the class an accountant expects", "[tryton][E12]") {
  REQUIRE_TRYTON();
  const auto erp = connector();
  auto two_lines = [](std::string event, std::string date, std::string account) {
    return entry_of(
        {.event = std::move(event),
         .date = std::move(date),
         .lines = {{Side::debit, "1000", "cash", "1.00"}, {Side::credit, std::move(account), "x", "1.00"}}});
  };
  auto refused_as = [&](const JournalEntry& entry) {
    const delivery::Outcome outcome = erp->submit(entry);
    INFO(in_words(outcome));
    REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
    CHECK(moves_with(entry.key().reference()) == 0);  // and no draft stays behind
    return std::get<delivery::Refused>(outcome).code;
  };
  const auto close = [](const char* period) {
    const Json found = search("account.period",
                              {connectors::tryton::term("name", "=", period),
                               connectors::tryton::term("company.party.name", "=", "Acme GmbH")},
                              {"name"});
    REQUIRE(found.as_array()->size() == 1);
    call_as("admin", "admin-of-a-sandbox", "model.account.period.close",
            {Json::Array{*found.as_array()->front().find("id")}, Json::Object{}});
  };
  close("2026-01");
  CHECK(refused_as(two_lines("R-30", "2026-01-15", "4000")) == ErrorCode::ErpClosedPeriod);
  REQUIRE(std::holds_alternative<delivery::Posted>(erp->submit(two_lines("R-31", "2026-02-15", "4000"))));
  close("2026-02");
  CHECK(refused_as(two_lines("R-32", "2026-02-16", "4000")) == ErrorCode::ErpClosedPeriod);
  CHECK(refused_as(two_lines("R-33", "2031-02-16", "4000")) == ErrorCode::ErpClosedPeriod);
  CHECK(refused_as(two_lines("R-34", "2026-03-01", "9999")) == ErrorCode::ErpBadAccount);
  CHECK(refused_as(two_lines("R-35", "2026-03-01", "1200")) == ErrorCode::ErpBadDimension);
}

TEST_CASE("a whole lane against a real Tryton with cut connections: each entry is there exactly once",
          "[tryton][E1][E4]") {
  REQUIRE_TRYTON();
  class SetClock final : public platform::Clock {
   public:
    std::int64_t utc_micros() const override { return micros; }
    std::int64_t monotonic_micros() const override { return micros; }
    std::int64_t micros = 1'790'942'400'000'000;
  } clock;
  TemporaryFolder folder;
  platform::Log log(clock, ::open("/dev/null", O_WRONLY));
  auto opened = store::open_sqlite_store(folder.file("gateway.db"));
  REQUIRE(opened.has_value());
  store::Store& books = **opened;
  REQUIRE(books.activate_bundle("sha256:test", "bundle bytes", Instant{clock.micros}).has_value());
  CuttingProxy proxy;
  delivery::LaneSettings settings;
  settings.name = "erp";
  settings.entities = {{"DE", {"Acme GmbH", "EUR"}}, {"JP", {"Acme KK", "JPY"}}};
  settings.policy.visibility_horizon_micros = 5'000'000;
  delivery::Lane lane(settings, connector(proxy.url()), books, clock, log);

  std::vector<std::string> references;
  int number = 40;
  for (const auto& [method, before] : {std::pair{"account.move.create", true},
                                       {"account.move.create", false},
                                       {"account.move.post", true},
                                       {"account.move.post", false},
                                       {"account.move.search_read", true}}) {
    const JournalEntry entry = dollar_invoice("R-" + std::to_string(number++));
    store::EventDecision decision;
    decision.state = engine::EventState::accepted;
    decision.bundle_digest = "sha256:test";
    decision.entity = "DE";
    decision.entries.push_back(store::make_new_entry(entry, "erp", ""));
    const auto event =
        store::make_new_event({entry.key().source, entry.key().event_id, "1", "invoice.issued", "digest"}, "{}",
                              Instant{clock.micros}, std::move(decision));
    REQUIRE(books.commit_intake(std::span(&event, 1)).has_value());
    proxy.cut_once(method, before);
    for (int round = 0; round < 100 && books.next_due("erp").value(); ++round) {
      lane.run_round();
      clock.micros += 1'000'000;
    }
    INFO(method << (before ? " cut before" : " cut after"));
    CHECK(proxy.cuts == 0);
    const auto record = books.entry_by_reference(entry.key().reference()).value();
    REQUIRE(record.has_value());
    CHECK(record->state == EntryState::posted);
    CHECK(record->document_id.starts_with("2026/"));
    CHECK(moves_with(entry.key().reference()) == 1);
  }
}

TEST_CASE("a wrong password is refused by a real Tryton and is the connection's trouble", "[tryton][E11]") {
  REQUIRE_TRYTON();
  connectors::tryton::TrytonSettings settings;
  settings.rpc = {RealTryton::instance().url, "acme", "nobody", "wrong", 2000, 20'000};
  settings.entities["DE"] = {"Acme GmbH", "GLMAP-DE", {}};
  const auto erp = connectors::tryton::make_tryton_connector(std::move(settings), http());
  CHECK(erp->who_am_i("DE").error().code == ErrorCode::ErpAuthorisation);
}
