// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/connectors/factory.hpp"
#include "gateway/delivery/compare.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    char name[] = "/tmp/glmap_file_XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::unique_ptr<delivery::ErpConnector> connector(bool hledger = true, bool csv = false) const {
    return make(hledger && csv ? "hledger, csv" : csv ? "csv" : "hledger", legal_entities());
  }
  std::unique_ptr<delivery::ErpConnector> make(const std::string& formats, std::vector<LegalEntity> entities) const {
    auto made = connectors::make_connector(
        {"files", "file", {{"folder", path.string()}, {"format", formats}}, {}, std::move(entities)});
    REQUIRE(made.has_value());
    return std::move(*made);
  }
  std::string text(const std::string& name) const {
    std::ifstream in(path / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void append(const std::string& name, std::string_view bytes) const {
    std::ofstream(path / name, std::ios::binary | std::ios::app) << bytes;
  }
};

void check_found_equal(delivery::ErpConnector& connector, const JournalEntry& entry) {
  auto finding = connector.find(entry);
  REQUIRE(finding.has_value());
  const auto* posted = std::get_if<delivery::FoundPosted>(&*finding);
  REQUIRE(posted != nullptr);
  const Status same = delivery::compare(entry, posted->document, connector.describe());
  INFO((same ? "" : same.error().message));
  CHECK(same.has_value());
}

bool is_absent(delivery::ErpConnector& connector, const JournalEntry& entry) {
  auto finding = connector.find(entry);
  REQUIRE(finding.has_value());
  return std::holds_alternative<delivery::Absent>(*finding);
}

bool is_posted(const delivery::Outcome& outcome) {
  return std::holds_alternative<delivery::Posted>(outcome);
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("entries in one and in two currencies read back line by line from the journal", "[file]") {
  const Folder folder;
  const auto connector = folder.connector();
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    CHECK(is_absent(*connector, entry));
    CHECK(is_posted(connector->submit(entry)));
    check_found_equal(*connector, entry);
  }
}

TEST_CASE("a storno stands negative on its own side in the journal and in the CSV", "[file]") {
  for (const auto& [hledger, csv] : {std::pair(true, false), std::pair(true, true), std::pair(false, true)}) {
    const Folder folder;
    const auto connector = folder.connector(hledger, csv);
    for (const JournalEntry& original : {german_invoice(), dollar_invoice(), dollar_payment()}) {
      const JournalEntry taken_back = storno_of(original, "V-" + original.key().event_id);
      CHECK(is_posted(connector->submit(original)));
      CHECK(is_posted(connector->submit(taken_back)));
      check_found_equal(*connector, taken_back);
    }
  }
}

TEST_CASE("hledger accepts what is written, and its balances are the entries'", "[file]") {
  if (std::system("hledger --version >/dev/null 2>&1") != 0) {
    std::cerr << "\n*** SKIPPED: hledger is not installed, so its verdict on our journals is not asked for ***\n\n";
    return;
  }
  const Folder folder;
  const auto connector = folder.connector();
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice()}) {
    REQUIRE(is_posted(connector->submit(entry)));
  }
  for (const char* entity : {"DE", "JP"}) {
    const std::string journal = (folder.path / entity / "entries.journal").string();
    CHECK(std::system(("LC_ALL=C.UTF-8 hledger -f " + journal + " check --strict").c_str()) == 0);
  }
  const std::string out = (folder.path / "balance").string();
  const std::string journal = (folder.path / "DE/entries.journal").string();
  REQUIRE(std::system(
              ("LC_ALL=C.UTF-8 hledger -f " + journal + " balance -B --no-total --flat -O csv > " + out).c_str()) == 0);
  // 119.00 + 5652.50 - 5652.50; 100.00 + 4104.00; 19.00 + 902.50
  CHECK(folder.text("balance") ==
        "\"account\",\"balance\"\n"
        "\"DE:Asset:1000 Bank\",\"5593.00 EUR\"\n"
        "\"DE:Asset:1200 Trade receivables\",\"119.00 EUR\"\n"
        "\"DE:Expense:6900 Exchange losses\",\"59.50 EUR\"\n"
        "\"DE:Income:4000 Revenue\",\"-646.00 EUR\"\n"
        "\"DE:Liability:3800 Output tax\",\"-921.50 EUR\"\n"
        "\"DE:Liability:3900 Deferred revenue\",\"-4204.00 EUR\"\n");
}

TEST_CASE("sending an entry again writes nothing, also after a restart", "[file][E4]") {
  const Folder folder;
  auto connector = folder.connector();
  REQUIRE(is_posted(connector->submit(german_invoice())));
  const std::string once = folder.text("DE/entries.journal");
  CHECK(is_posted(connector->submit(german_invoice())));
  connector.reset();
  connector = folder.connector();
  check_found_equal(*connector, german_invoice());
  CHECK(is_posted(connector->submit(german_invoice())));
  CHECK(folder.text("DE/entries.journal") == once);
  CHECK(count(once, german_invoice().key().reference()) == 1);
}

TEST_CASE("half an entry that a crash left is cut off, kept aside, and the entry written whole", "[file][M11]") {
  const std::string whole = [] {
    const Folder folder;
    REQUIRE(is_posted(folder.connector()->submit(german_invoice())));
    return folder.text("DE/entries.journal");
  }();
  const std::size_t start = whole.find("2026-10-01");
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{40}, whole.size() - start - 1, whole.size() - start}) {
    const Folder folder;
    REQUIRE(is_posted(folder.connector()->submit(yen_invoice())));
    REQUIRE(is_posted(folder.connector()->submit(dollar_invoice())));
    const std::string before = folder.text("DE/entries.journal");
    // The crash came after so many bytes of the text, before the index said that the entry is whole.
    folder.append("DE/entries.journal", whole.substr(start, bytes));
    const auto connector = folder.connector();
    CHECK(is_absent(*connector, german_invoice()));
    CHECK(folder.text("DE/entries.journal") == before);
    CHECK(folder.text("DE/entries.journal.cut") == whole.substr(start, bytes));
    CHECK(is_posted(connector->submit(german_invoice())));
    CHECK(folder.text("DE/entries.journal") == before + whole.substr(start));
    check_found_equal(*connector, german_invoice());
    check_found_equal(*connector, dollar_invoice());
  }
}

TEST_CASE("a half line of the index counts as no line", "[file][M11]") {
  const Folder folder;
  REQUIRE(is_posted(folder.connector()->submit(german_invoice("I-1"))));
  REQUIRE(is_posted(folder.connector()->submit(german_invoice("I-2"))));
  const auto size = fs::file_size(folder.path / "DE/entries.journal.index");
  fs::resize_file(folder.path / "DE/entries.journal.index", size - 10);
  const auto connector = folder.connector();
  check_found_equal(*connector, german_invoice("I-1"));
  CHECK(is_absent(*connector, german_invoice("I-2")));
  CHECK(is_posted(connector->submit(german_invoice("I-2"))));
  check_found_equal(*connector, german_invoice("I-2"));
}

TEST_CASE("an entry changed by hand is reported and neither repaired nor written again", "[file][E13]") {
  const Folder folder;
  REQUIRE(is_posted(folder.connector()->submit(german_invoice())));
  {
    std::fstream file(folder.path / "DE/entries.journal", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(folder.text("DE/entries.journal").find("119.00")));
    file << "991";
  }
  const auto connector = folder.connector();
  auto finding = connector->find(german_invoice());
  REQUIRE(finding.has_value());
  CHECK(std::holds_alternative<delivery::Differs>(*finding));
  CHECK(std::holds_alternative<delivery::Unclear>(connector->submit(german_invoice())));
}

TEST_CASE("a journal shorter than its index stops the connection", "[file][E22]") {
  const Folder folder;
  REQUIRE(is_posted(folder.connector()->submit(german_invoice())));
  fs::resize_file(folder.path / "DE/entries.journal", 100);
  const delivery::Outcome outcome = folder.connector()->submit(german_invoice("I-2"));
  REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
  CHECK(std::get<delivery::NotSent>(outcome).code == ErrorCode::BadConfiguration);
}

TEST_CASE("a second writer is kept out", "[file][M16]") {
  const Folder folder;
  const auto first = folder.connector();
  REQUIRE(is_posted(first->submit(german_invoice("I-1"))));
  const delivery::Outcome outcome = folder.connector()->submit(german_invoice("I-2"));
  REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
  CHECK(std::get<delivery::NotSent>(outcome).text.find("another process") != std::string::npos);
}

TEST_CASE("the folder says whose books it holds", "[file][E14]") {
  const Folder folder;
  CHECK(folder.connector()->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  // The folder is handed to another company's configuration.
  std::vector<LegalEntity> others = {legal_entity("DE", "Other GmbH", "EUR")};
  const auto other = folder.make("hledger", others);
  CHECK(other->who_am_i("DE").value().name == "Acme GmbH");
  CHECK(folder.connector()->who_am_i("US").error().code == ErrorCode::ErpWrongEntity);
}

TEST_CASE("CSV beside the journal: an entry missing from one of them is added there only", "[file]") {
  const Folder folder;
  REQUIRE(is_posted(folder.connector(true, false)->submit(german_invoice())));
  const std::string journal = folder.text("DE/entries.journal");
  const auto both = folder.connector(true, true);
  CHECK(is_absent(*both, german_invoice()));
  CHECK(is_posted(both->submit(german_invoice())));
  check_found_equal(*both, german_invoice());
  CHECK(folder.text("DE/entries.journal") == journal);
  CHECK(count(folder.text("DE/entries.csv"), german_invoice().key().reference()) == 3);  // one a line of the entry
}

TEST_CASE("settings that are misspelt, missing or contradictory are named", "[factory]") {
  using connectors::ConnectorSettings;
  using connectors::make_connector;
  ConnectorSettings settings{"eu",
                             "tryton",
                             {{"url", "https://erp.example"}, {"database", "acme"}, {"user", "glmap"}},
                             {{"DE", {{"journal", "GLMAP"}}}},
                             {legal_entity("DE", "Acme GmbH", "EUR")}};
  CHECK(make_connector(settings).error().message ==
        "ERP connection `eu` needs one of `password_file` and `password_env`");
  settings.settings["password_env"] = "GLMAP_TEST_NO_SUCH_VARIABLE";
  CHECK(make_connector(settings).error().message ==
        "ERP connection `eu`: the environment has no `GLMAP_TEST_NO_SUCH_VARIABLE`");
  settings.settings["password_env"] = "PATH";
  CHECK(make_connector(settings).has_value());
  CHECK(connectors::expected_identities(settings).at("DE") == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  settings.settings["url"] = "https://glmap:secret@erp.example";
  CHECK(make_connector(settings).error().message ==
        "ERP connection `eu`: `url` is not of the form https://host[:port]; user and password have settings of their "
        "own");
  settings.settings["url"] = "https://erp.example";
  settings.entities["DE"]["company"] = "Acme Deutschland";
  CHECK(connectors::expected_identities(settings).at("DE").name == "Acme Deutschland");
  settings.settings["creat_parties"] = "yes";
  CHECK(make_connector(settings).error().message ==
        "ERP connection `eu` has the setting `creat_parties`, which is not known here");
  settings.settings.erase("creat_parties");
  settings.entities["DE"].erase("journal");
  CHECK(make_connector(settings).error().message == "ERP connection `eu`, entity DE lacks the setting `journal`");
  settings.entities["FR"] = {};
  CHECK(make_connector(settings).error().code == ErrorCode::BadConfiguration);
  const std::string unknown = make_connector({"x", "abacus", {}, {}, {}}).error().message;
  CHECK(unknown.starts_with("ERP connection `x` is of kind `abacus`; there are tryton, "));
  for (const std::string& kind : connectors::connector_kinds()) CHECK(unknown.find(" " + kind) != std::string::npos);
  CHECK(make_connector({"x", "file", {{"folder", "/tmp/x"}, {"format", "xls"}}, {}, {}}).error().message ==
        "ERP connection `x`: `format` is `xls`; write one or several of hledger, beancount, csv, fbdi, datev, fec, "
        "ads, each "
        "once");
}
