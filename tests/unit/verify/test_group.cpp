// SPDX-License-Identifier: Apache-2.0
// The proofs about several companies, several ledgers, balances, schedules, order and policies: the group's book
// (tests/golden/group) passes, and with one change it does not. What the messages say is read.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "compiler/verify/grown_lists.hpp"
#include "compiler/verify/verify.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using diagnostics::Diagnostic;
using diagnostics::Severity;
using testing::BookFiles;

BookFiles group() {
  const std::filesystem::path folder = std::filesystem::path(GLMAP_SOURCE_DIR) / "tests/golden/group";
  BookFiles files;
  for (const char* name : {"book.glmap", "reference/entities.yaml", "reference/accounts.yaml",
                           "reference/calendars.yaml", "reference/events.yaml"}) {
    std::ostringstream text;
    text << std::ifstream(folder / name).rdbuf();
    files[name] = text.str();
  }
  return files;
}

struct Change {
  std::string from, to;
  std::string file = "book.glmap";
};
BookFiles changed(const std::vector<Change>& changes) {
  BookFiles files = group();
  for (const Change& change : changes)
    files[change.file] = testing::with_change(files[change.file], change.from, change.to);
  return files;
}

std::vector<Diagnostic> found_in(const BookFiles& files) {
  diagnostics::Sink sink;
  verify::verify(testing::resolved_book(files), sink);
  for (const Diagnostic& one : sink.all()) UNSCOPED_INFO(static_cast<int>(one.code) << " " << one.message);
  auto all = sink.sorted();
  std::erase_if(all, [](const Diagnostic& one) { return one.code == ErrorCode::UnusedName; });  // a change leaves some
  return all;
}
std::vector<Diagnostic> found(const std::vector<Change>& changes) {
  return found_in(changed(changes));
}
/// The one finding that the change leads to.
Diagnostic only(const std::vector<Change>& changes, ErrorCode code) {
  const auto all = found(changes);
  REQUIRE(all.size() == 1);
  CHECK(all.front().code == code);
  CHECK_FALSE(all.front().help.empty());
  CHECK_FALSE(all.front().fingerprint.empty());
  CHECK(all.front().primary.where.line != 0);
  return all.front();
}
bool says(const Diagnostic& found, const std::string& text) {
  return std::any_of(found.notes.begin(), found.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

const std::string kAgentPosts =
    "    credit due_to            line.net - (commission * line.net rounded half_even) with partner principal\n";
const std::string kPrincipalPosts =
    "    debit  due_from           line.net - (commission * line.net rounded half_even) with partner entity\n";
const std::string kSchedule = R"(    debit  deferred_revenue amount, at most its balance for contract at carrying rate
    debit  contract_asset   rest of amount
    credit revenue          amount
)";
const std::string kAssetFirst = R"(    credit contract_asset   line.net, at most its balance for contract
    credit deferred_revenue rest of line.net
)";

}  // namespace

TEST_CASE("the group's book passes every proof", "[group]") {
  diagnostics::Sink sink;
  const auto verified = verify::verify(testing::resolved_book(group()), sink);
  for (const Diagnostic& one : sink.all()) UNSCOPED_INFO(one.message);
  REQUIRE(verified.has_value());
  CHECK(sink.all().empty());
  const auto& results = verified->proofs().results;
  // INV-AGENT and SETTLED, each seen from both sides
  CHECK(results.at("intercompany pairs mirror") == "4 mirrored pairs");
  CHECK(results.at("schedules can be made and take out what was put in") == "1 schedule");
  // seven rules with nine blocks, one schedule
  CHECK(results.at("rules balance for every amount") == "10 postings");
  CHECK(results.contains("event payment.received in ledger `cash_basis` complete"));
}

// ---- ledgers

TEST_CASE("an event needs an outcome in every ledger", "[ledgers]") {
  const auto one = only({{"no entry for invoice.issued, invoice.voided, payment.applied,",
                          "no entry for invoice.issued, invoice.voided,"}},
                        ErrorCode::EventWithoutOutcome);
  CHECK(one.message == "no rule and no `no entry` speaks of event `payment.applied` in ledger `cash_basis`");
  CHECK(one.help.find("with `in ledger cash_basis`") != std::string::npos);
  REQUIRE(one.labels.size() == 1);
  CHECK(one.labels[0].message == "it has its outcomes in ledger `accrual` here");
}

TEST_CASE("a hole in one ledger is no hole in the other", "[ledgers]") {
  const auto one = only({{"  for payment.received\n  post in entity, journal CASH\n    debit  cash     amount",
                          "  for payment.received\n  when entity is US, DE\n  post in entity, journal CASH\n"
                          "    debit  cash     amount"}},
                        ErrorCode::EventWithoutOutcome);
  CHECK(one.message == "no rule fits event `payment.received` in ledger `cash_basis` when entity is UK");
  CHECK(says(one, "payment.received with entity UK"));
}

// ---- balance with takes

TEST_CASE("what a limit leaves and a rest takes balance together; a forgotten tax is still found", "[balance]") {
  const auto one =
      only({{kAssetFirst + "    credit output_tax       line.tax\n", kAssetFirst}}, ErrorCode::RuleOutOfBalance);
  CHECK(one.message == "rule `INV-RATABLE` in ledger `accrual` is out of balance: debits exceed credits by `line.tax`");
  CHECK(says(one, "what `contract_asset` takes"));  // the example says what the balance gave
}

TEST_CASE("a line that may take less leaves the entry out of balance when nothing takes the rest", "[balance]") {
  const auto one = only({{"    credit receivable     amount, at most its balance for invoice at carrying rate\n"
                          "    credit unapplied_cash rest of amount\n",
                          "    credit receivable     amount, at most its balance for invoice at carrying rate\n"
                          "    credit unapplied_cash rest of amount\n    credit fx_gain amount\n"}},
                        ErrorCode::RuleOutOfBalance);
  CHECK(one.message.ends_with("is out of balance: credits exceed debits by `amount`"));
}

TEST_CASE("the steps of a schedule balance too", "[balance]") {
  const auto all = found({{"    credit revenue          amount\n\n",
                           "    credit revenue          amount\n"
                           "    credit rounding         1 % of amount rounded half_even\n\n"}});
  REQUIRE_FALSE(all.empty());
  CHECK(all.front().message.starts_with("the schedule of rule `INV-RATABLE`"));
  CHECK(says(all.front(), "a step of a schedule of invoice.issued with amount"));
}

TEST_CASE("`rest` balances by construction, and a rest of nothing is a dead line", "[balance]") {
  CHECK(
      found({{"    credit unapplied_cash rest of amount\n", "    credit unapplied_cash rest\n"},
             {"    credit receivable     amount, at most its balance for invoice at carrying rate\n",
              "    credit receivable     amount, over its open items by invoice for customer, oldest first at carrying "
              "rate\n"
              "    credit receivable     rest of amount, at most its balance for invoice at carrying rate\n"
              "    credit rounding       rest of amount\n"}})
          .size() == 1);  // what the chain leaves is taken by `rounding`, so that nothing is left for `rest`
  const auto one = only({{"    credit receipts amount\n", "    credit receipts amount\n    credit rounding rest\n"}},
                        ErrorCode::DeadRow);
  CHECK(one.message.find("never posts anything") != std::string::npos);
}

TEST_CASE("lines at two rates need a role for the difference", "[balance]") {
  const auto one = only({{"    difference to fx_gain, fx_loss\n", ""}}, ErrorCode::RuleOutOfBalance);
  CHECK(one.message.find("at a rate of its own") != std::string::npos);
}

// ---- intercompany

TEST_CASE("one side of a group posts the whole, the other the part: they do not mirror", "[intercompany]") {
  const auto all =
      found({{kPrincipalPosts, "    debit  due_from           line.net with partner entity\n"},
             {"    debit  commission_expense commission * line.net rounded half_even with partner entity\n", ""}});
  REQUIRE(all.size() == 1);
  CHECK(all[0].code == ErrorCode::IntercompanyDiffers);
  CHECK(all[0].message ==
        "rule `INV-AGENT` in ledger `accrual`: `entity` owes `principal` `line.net - (0.1 * line.net rounded "
        "half_even)` (`due_to`), and `principal` is owed `line.net` (`due_from`)");
  CHECK(says(all[0], "(commission 0.1)"));
  CHECK(all[0].labels.size() == 2);
}

TEST_CASE("a partner is the other entity of the group", "[intercompany]") {
  const auto one = only({{kAgentPosts,
                          "    credit due_to            line.net - (commission * line.net rounded half_even)"
                          " with partner entity\n"}},
                        ErrorCode::IntercompanyDiffers);
  CHECK(one.message ==
        "rule `INV-AGENT` in ledger `accrual` posts `due_to` in `entity` with partner `entity`, which is the entity "
        "itself");
  CHECK(one.help == "write `with partner principal` at the end of the line");
}

TEST_CASE("a company does not owe itself", "[intercompany]") {
  const auto all = found(
      {{"  when creditor is not entity\n", ""},
       {"no entry for intercompany.settled when creditor is entity\n  because \"a company does not pay itself\"\n",
        ""}});
  REQUIRE(all.size() == 1);
  CHECK(all[0].code == ErrorCode::IntercompanyDiffers);
  CHECK(all[0].message.find("can post both sides of a group in the books of US, which would owe itself") !=
        std::string::npos);
  CHECK(all[0].help.find("`when creditor is not entity`") != std::string::npos);
}

TEST_CASE("one side of a pair alone is found", "[intercompany]") {
  const auto all = found({{"    credit due_from amount with partner entity\n",
                           "    credit commission_income amount with partner entity\n"}});
  REQUIRE(all.size() == 2);  // and nothing credits due_from any more
  CHECK(all[0].code == ErrorCode::NothingClears);
  CHECK(all[1].code == ErrorCode::IntercompanyDiffers);
  CHECK(all[1].message.find("`amount` less (`due_to`), and `creditor` is owed nothing (`due_from`)") !=
        std::string::npos);
}

// ---- schedules

TEST_CASE("a schedule takes out what the rule has put in", "[schedules]") {
  const auto all = found({{kAssetFirst, "    credit deferred_revenue line.net\n"},
                          {kSchedule, "    debit  deferred_revenue amount\n    credit revenue          amount\n"}});
  REQUIRE_FALSE(all.empty());
  const auto& one = all.front();
  CHECK(one.code == ErrorCode::ScheduleUnsound);
  CHECK(one.message ==
        "the schedule of rule `INV-RATABLE` in ledger `accrual` takes `line.price` out of `deferred_revenue`, and the "
        "rule puts "
        "`line.net` into it");
  CHECK(one.labels.size() == 1);
  CHECK(found({{kAssetFirst, "    credit deferred_revenue line.net\n"},
               {kSchedule, "    debit  deferred_revenue amount\n    credit revenue          amount\n"},
               {"recognise line.price over", "recognise line.net over"}})
            .empty());
}

TEST_CASE("months are not counted where fiscal periods are weeks", "[schedules]") {
  const auto one = only({{"by convention, journal", "by equal_months, journal"},
                         {"  | US, DE || equal_months |\n  | UK     || by_day       |\n", "  | any || by_day |\n"}},
                        ErrorCode::ScheduleUnsound);
  CHECK(one.message.find("the fiscal periods of UK are not calendar months") != std::string::npos);
  CHECK(says(one, "invoice.issued with entity UK"));
  const auto table = only({{"  | US, DE || equal_months |\n  | UK     || by_day       |\n",
                            "  | US, UK || equal_months |\n  | DE     || by_day       |\n"}},
                          ErrorCode::ScheduleUnsound);
  CHECK(says(table, "entity UK"));
  CHECK(says(table, "convention is equal_months"));
}

TEST_CASE("lines that share a schedule state one amount", "[schedules]") {
  const auto one =
      only({{"    for contract, product when changed prospective\n", "    for contract when changed prospective\n"}},
           ErrorCode::ScheduleUnsound);
  CHECK(one.message.find(
            "is the same for all lines of an event, and each line states an amount of its own, `line.price`") !=
        std::string::npos);
}

TEST_CASE("a schedule is kept by what is always there", "[schedules]") {
  const auto all = found({{"contract:      {type: text}\n    lines:",
                           "contract:      {type: text, optional: true}\n    lines:", "reference/events.yaml"}});
  REQUIRE_FALSE(all.empty());
  CHECK(std::any_of(all.begin(), all.end(), [](const Diagnostic& one) {
    return one.code == ErrorCode::ScheduleUnsound && one.message.find("is kept by `contract`") != std::string::npos;
  }));
  CHECK(std::any_of(all.begin(), all.end(), [](const Diagnostic& one) {  // the expectation knows its invoice by it
    return one.code == ErrorCode::DimensionNotDerivable &&
           one.message == "the expectation knows its events by `contract`, and `invoice.issued` may come without it";
  }));
}

// ---- clearing

TEST_CASE("unapplied money that nothing applies is shown", "[clearing]") {
  const auto all =
      found({{"    debit  unapplied_cash amount, at most its balance for customer else hold\n    credit receivable     "
              "same\n",
              "    debit  cash       amount\n    credit receivable same\n"}});
  REQUIRE(all.size() == 1);
  CHECK(all[0].code == ErrorCode::NothingClears);
  CHECK(all[0].severity == Severity::warning);
  CHECK(all[0].message ==
        "role `unapplied_cash` is only ever credited in ledger `accrual` (by `PAYMENT`): nothing takes out what is put "
        "in");
}

TEST_CASE("a balance that nothing fills gives nothing", "[clearing]") {
  const auto all = found({{"    credit unapplied_cash rest of amount\n", "    credit receipts rest of amount\n"}});
  REQUIRE(all.size() == 1);
  CHECK(
      all[0].message ==
      "this line takes from the balance of `unapplied_cash`, and nothing in ledger `accrual` ever puts anything there");
}

TEST_CASE("cash, receipts and taxes are not expected to be cleared", "[clearing]") {
  CHECK(found({}).empty());  // cash in both ledgers is only debited but for settlements, output_tax only credited
}

// ---- order

TEST_CASE("a void that may come before its invoice needs a choice", "[order]") {
  const auto one =
      only({{"order\n  invoice.voided needs invoice.issued by invoice, wait 3 days, else hold for billing_ops\n", ""}},
           ErrorCode::NoOrderChosen);
  CHECK(one.severity == Severity::warning);
  CHECK(one.message ==
        "nothing is said about an event `invoice.voided` that comes before its `invoice.issued`: rule `VOID` in ledger "
        "`accrual` "
        "reverses what it posted");
  CHECK(one.help ==
        "write under `order`: `invoice.voided needs invoice.issued by invoice, wait 3 days, else hold for OWNER`");
}

TEST_CASE("a payment with a rest has made its choice, one that holds has not", "[order]") {
  const auto one =
      only({{"    credit receivable     amount, at most its balance for invoice at carrying rate\n"
             "    credit unapplied_cash rest of amount\n",
             "    credit receivable     amount, at most its balance for invoice else hold at carrying rate\n"},
            {"    debit  unapplied_cash amount, at most its balance for customer else hold\n    credit receivable     "
             "same\n",
             "    debit  receivable amount\n    credit receivable amount\n"},
            {"  | unapplied_cash     | 2420 | 3520 | 3530 | customer          |         |\n", ""}},
           ErrorCode::NoOrderChosen);
  CHECK(one.message.find("an event `payment.received` that comes before its `invoice.issued`") != std::string::npos);
}

TEST_CASE("two events do not wait for each other", "[order]") {
  const auto one =
      only({{"order\n",
             "order\n  invoice.issued needs invoice.voided by invoice, wait 1 days, else hold for billing_ops\n"}},
           ErrorCode::DeadRow);
  CHECK(one.message.find("none of them can ever be first") != std::string::npos);
  CHECK(one.labels.size() == 1);
}

TEST_CASE("nothing is reversed by a field that is no business object", "[order]") {
  const auto one =
      only({{"  invoice.issued:\n    title: Invoice issued\n    object: invoice\n",
             "  invoice.issued:\n    title: Invoice issued\n    object: customer\n", "reference/events.yaml"}},
           ErrorCode::DeadRow);
  CHECK(one.message.find("no event whose object is `invoice` posts anything in ledger `accrual`") != std::string::npos);
}

// ---- approvals

TEST_CASE("an approval of what never posts is never asked for", "[approvals]") {
  const auto one = only(
      {{"  invoice.voided over 25000.00 in DE, US by controller\n",
        "  invoice.voided over 25000.00 in DE, US by controller\n  contract.activated over 10.00 by controller\n"}},
      ErrorCode::DeadRow);
  CHECK(one.message == "this approval is never asked for: events `contract.activated` never post anything");
}

TEST_CASE("nothing is late where closed periods hold", "[approvals]") {
  const auto one = only({{"  closed first open day\n", "  closed hold\n"}}, ErrorCode::DeadRow);
  CHECK(one.message.find("`closed hold`") != std::string::npos);
}

TEST_CASE("an approval that another includes is told, with both", "[approvals]") {
  const auto one = only({{"  late over 50000.00 by controller\n",
                          "  late over 50000.00 by controller\n  invoice.voided over 30000.00 in DE by controller\n"}},
                        ErrorCode::DeadRow);
  CHECK(one.message == "this approval asks for nothing that another does not ask for by the same role already");
  CHECK(one.labels.size() == 1);
  CHECK(found({{"  late over 50000.00 by controller\n",
                "  late over 50000.00 by controller\n  invoice.voided over 30000.00 in DE by treasurer\n"}})
            .empty());
}

TEST_CASE("an approval in entities where the event does not post", "[approvals]") {
  const auto one =
      only({{"  for payment.applied\n  post in entity", "  for payment.applied\n  when entity is US\n  post in entity"},
            {"rule VOID", "no entry for payment.applied when entity is not US\n  because \"a test\"\n\nrule VOID"},
            {"  late over", "  payment.applied over 10.00 in DE by controller\n  late over"}},
           ErrorCode::DeadRow);
  CHECK(one.message == "this approval is never asked for: events `payment.applied` post in US only");
}

// ---- what a grown list reaches

namespace {
std::vector<Diagnostic> grown(const BookFiles& before, const BookFiles& now) {
  diagnostics::Sink sink;
  verify::check_grown_lists(testing::resolved_book(before).book, testing::resolved_book(now), sink);
  return sink.sorted();
}
}  // namespace

TEST_CASE("`any` over a list that grew is shown with the rows, `is not` with the rule", "[since]") {
  const std::string rows = "  | PLATFORM || ratable   |\n  | API      || usage     |\n";
  const std::vector<Change> wide = {
      {"table treatment \"How each product is earned\"\n  | product  || treatment |\n" + rows,
       "table treatment \"How each product is earned\"\n  | entity | product || treatment |\n"
       "  | US, DE | any || ratable |\n  | UK | API || usage |\n  | UK | PLATFORM || ratable |\n"}};
  auto grow = wide;
  grow.push_back({"product    is PLATFORM, API", "product    is PLATFORM, API, VOICE"});
  const auto found = grown(changed(wide), changed(grow));
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::GrownList);
  CHECK(found[0].severity == Severity::warning);
  CHECK(found[0].message == "this row of table `treatment` says `any` product, which now includes VOICE");
  CHECK(says(found[0], "example: entity US, product VOICE"));
  CHECK(says(found[0], "2 new combinations get an answer"));
  CHECK(grown(changed(wide), changed(wide)).empty());
  CHECK(grown(group(), changed({{"product    is PLATFORM, API", "product    is PLATFORM, API, VOICE"}})).empty());
}

TEST_CASE("a new company reaches rules that say what an entity is not", "[since]") {
  const std::vector<Change> wide = {
      {"  for payment.applied\n  post in entity", "  for payment.applied\n  when entity is not US\n  post in entity"},
      {"rule VOID", "no entry for payment.applied when entity is US\n  because \"a test\"\n\nrule VOID"}};
  BookFiles before = changed(wide);
  const BookFiles now = before;
  before["reference/entities.yaml"] = testing::with_change(before["reference/entities.yaml"], "code: DE", "code: FR");
  for (const char* what : {"US   | DE ", "US, DE ||", "| DE     | US ", "in DE, US by"})
    before["book.glmap"] = testing::with_change(before["book.glmap"], what, [&] {
      std::string text = what;
      text.replace(text.find("DE"), 2, "FR");
      return text;
    }());
  const auto found = grown(before, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "rule `APPLIED` in ledger `accrual` asks what entity is not, which now lets in DE");
}
