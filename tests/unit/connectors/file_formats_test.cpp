// SPDX-License-Identifier: Apache-2.0
// What stands in the files of each format, worked out by hand from the formats' own descriptions; that it is written
// once, and what is refused.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <catch2/catch.hpp>

#include "gateway/connectors/file/datev_columns.hpp"
#include "gateway/connectors/file/file_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using namespace glmap::gateway::connectors::file;
namespace fs = std::filesystem;

namespace {

/// 2026-10-05T08:09:10.011Z for ever.
class StoppedClock final : public platform::Clock {
 public:
  std::int64_t utc_micros() const override { return Instant::parse("2026-10-05T08:09:10.011Z")->micros; }
  std::int64_t monotonic_micros() const override { return 0; }
};

struct Files {
  fs::path path;
  FormatSettings::Values values;

  explicit Files(FormatSettings::Values of) : values(std::move(of)) {
    char name[] = "/tmp/glmap_formats_XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path = name;
    values["folder"] = path.string();
  }
  ~Files() { fs::remove_all(path); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  std::unique_ptr<delivery::ErpConnector> connector() const {
    auto entities = legal_entities();
    for (LegalEntity& entity : entities) entity.zone = "Europe/Berlin";
    auto read = read_file_settings("ERP connection `x`", values, {}, entities);
    if (!read) FAIL(read.error().to_text());
    return make_file_connector(std::move(*read), std::make_unique<StoppedClock>());
  }
  std::string text(const std::string& name) const {
    std::ifstream in(path / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void put(const std::string& name, const std::string& bytes = "") const { std::ofstream(path / name) << bytes; }
};

void post(delivery::ErpConnector& connector, const JournalEntry& entry) {
  const delivery::Outcome outcome = connector.submit(entry);
  if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) FAIL(refused->text);
  REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
  const auto finding = connector.find(entry);
  REQUIRE(finding.has_value());
  if (const auto* differs = std::get_if<delivery::Differs>(&*finding)) FAIL(differs->text);
  REQUIRE(std::holds_alternative<delivery::FoundPosted>(*finding));
  CHECK(delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, connector.describe()).has_value());
}

std::string refusal(delivery::ErpConnector& connector, const JournalEntry& entry) {
  const delivery::Outcome outcome = connector.submit(entry);
  REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
  CHECK(std::get<delivery::Refused>(outcome).code == ErrorCode::ErpRefused);
  const auto finding = connector.find(entry);
  CHECK((finding.has_value() && std::holds_alternative<delivery::Absent>(*finding)));
  return std::get<delivery::Refused>(outcome).text;
}

std::string configuration_fault(FormatSettings::Values values) {
  values["folder"] = "/nowhere";
  const auto read = read_file_settings("ERP connection `x`", values, {}, {legal_entities().front()});
  REQUIRE(!read.has_value());
  CHECK(read.error().code == ErrorCode::BadConfiguration);
  return read.error().message;
}

JournalEntry with(const JournalEntry& entry, const std::function<void(JournalEntryDraft&)>& change) {
  JournalEntryDraft draft = entry.data();
  change(draft);
  return JournalEntry::make(std::move(draft)).value();
}

/// 119.00 against one account.
JournalEntry two_lines(std::string event = "I-1") {
  return entry_of({.event = std::move(event),
                   .lines = {{Side::debit, "1200", "receivable", "119.00", "", {{"department", "D7"}}},
                             {Side::credit, "4000", "revenue", "119.00", "", {{"department", "D7"}}}}});
}

std::string reference(const JournalEntry& entry) {
  return entry.key().reference();
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (; count > 0; --count) out += text;
  return out;
}

const FormatSettings::Values kDatev = {{"format", "datev"}, {"consultant", "29098"}, {"client", "55003"}};
const FormatSettings::Values kFec = {{"format", "fec"}, {"siren", "552100554"}, {"journal_name.SALES", "Ventes"}};
const FormatSettings::Values kFbdi = {{"format", "fbdi"},
                                      {"ledger_id", "300000046975971"},
                                      {"source", "Billing Gateway"},
                                      {"category", "Billing"},
                                      {"segments", "101 10 account 000"}};

}  // namespace

TEST_CASE("CSV by declared columns: titles, constants, German numbers and dates, one file a month", "[file]") {
  Files files({{"format", "csv"},
               {"columns",
                "Beleg=document:12, Datum=posting_date, Konto=account, Soll=debit, Haben=credit,\n"
                "Betrag=transaction_amount, WKZ=transaction_currency, Kunde=dimension.customer, Herkunft='glmap', "
                "Text=description"},
               {"separator", ";"},
               {"decimal", ","},
               {"dates", "DD.MM.YYYY"},
               {"newline", "crlf"},
               {"charset", "windows-1252"},
               {"files", "month"}});
  const auto connector = files.connector();
  post(*connector,
       with(dollar_payment(), [](JournalEntryDraft& draft) { draft.description = "Zahlung; Müller \"GmbH\" €"; }));
  CHECK(files.text("DE/entries-2026-10.csv") ==
        "Beleg;Datum;Konto;Soll;Haben;Betrag;WKZ;Kunde;Herkunft;Text\r\n"
        "P-1;01.10.2026;1000;5593,00;;5950,00;USD;;glmap;\"Zahlung; M\xFCller \"\"GmbH\"\" \x80\"\r\n"
        "P-1;01.10.2026;6900;59,50;;0,00;USD;;glmap;\"Zahlung; M\xFCller \"\"GmbH\"\" \x80\"\r\n"
        "P-1;01.10.2026;1200;;5652,50;-5950,00;USD;C2;glmap;\"Zahlung; M\xFCller \"\"GmbH\"\" \x80\"\r\n");
}

TEST_CASE("a text that a spreadsheet would compute, a line break and a long number of a document in declared CSV",
          "[file][I14]") {
  Files files({{"format", "csv"}, {"columns", "document:8, account, amount, description"}});
  const auto connector = files.connector();
  post(*connector, with(two_lines(), [](JournalEntryDraft& draft) {
    draft.document = "=1+1";
    draft.description = "@SUM(A1)\r\n\tnext";
  }));
  CHECK(files.text("DE/entries.csv") ==
        "document,account,amount,description\n"
        "\"'=1+1\",1200,119.00,\"'@SUM(A1) next\"\n"
        "\"'=1+1\",4000,-119.00,\"'@SUM(A1) next\"\n");
  CHECK(refusal(*connector, two_lines("INVOICE-99")) ==
        "csv, GLM-9003: line 1: document `INVOICE-99` has 10 characters, the format takes 8");
}

TEST_CASE("what a character set cannot carry is refused by name, or written in Latin letters where asked for",
          "[file]") {
  const JournalEntry polish =
      with(two_lines(), [](JournalEntryDraft& draft) { draft.description = "Łódź – „Żabka” … €"; });
  FormatSettings::Values values = {
      {"format", "csv"}, {"columns", "account,amount,description"}, {"charset", "windows-1252"}};
  Files strict(values);
  CHECK(refusal(*strict.connector(), polish)
            .starts_with("csv, GLM-9003: line 1: description: the character `Ł` (U+0141) is not in windows-1252"));
  values["charset"] = "ascii";
  values["transliterate"] = "yes";
  Files plain(values);
  post(*plain.connector(), polish);
  CHECK(plain.text("DE/entries.csv") ==
        "account,amount,description\n1200,119.00,\"Lodz - \"\"Zabka\"\" ... EUR\"\n4000,-119.00,\"Lodz - \"\"Zabka\"\" "
        "... "
        "EUR\"\n");
  const JournalEntry greek = with(two_lines("I-9"), [](JournalEntryDraft& draft) { draft.description = "Αθήνα"; });
  CHECK(refusal(*plain.connector(), greek).find("`Α` (U+0391)") != std::string::npos);
  // ISO 8859-15 has the euro where 8859-1 has the sign of a currency.
  CHECK(encode("€Š¤", Charset::iso_8859_15, false).error().message ==
        "the character `¤` (U+00A4) is not in iso-8859-15");
  CHECK(encode("€Šé", Charset::iso_8859_15, false).value() == "\xA4\xA6\xE9");
}

TEST_CASE("DATEV: head, names and a row as DATEV's description has them", "[file][datev]") {
  Files files(kDatev);
  const JournalEntry entry = with(two_lines(), [](JournalEntryDraft& draft) { draft.description = "Erlöse \"Okt\""; });
  post(*files.connector(), entry);
  const std::string text = files.text("DE/EXTF_Buchungsstapel-2026-10.csv");
  std::istringstream lines(text);
  std::string head, names, row, rest;
  std::getline(lines, head);
  std::getline(lines, names);
  std::getline(lines, row);
  CHECK(!std::getline(lines, rest));
  CHECK(
      head ==
      "\"EXTF\";700;21;\"Buchungsstapel\";13;20261005080910011;;\"GM\";\"glmap\";\"\";29098;55003;20260101;4;20261001;"
      "20261031;\"glmap 2026-10\";\"\";1;0;0;\"EUR\";;\"\";;;\"\";;;\"\";\"\"\r");
  CHECK(names.starts_with("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;"));
  CHECK(names.find(";Gegenkonto (ohne BU-Schl\xFCssel);") != std::string::npos);
  CHECK(std::ranges::count(names, ';') == 124);
  CHECK(std::ranges::count(row, ';') == 124);
  CHECK(row.starts_with(
      "119,00;\"S\";\"EUR\";;;\"\";1200;4000;\"\";0110;\"I-1\";\"\";;\"Erl\xF6se \"\"Okt\"\"\";;\"\";;;;\"\";"
      "\"glmap\";\"" +
      reference(entry) + "\";\"\";\"\";"));
  // 114 Festschreibung, the eleven after it, of which four are text.
  CHECK(row.ends_with(";0;;;;\"\";;\"\";\"\";;\"\";;\r"));
}

TEST_CASE("DATEV: one line against several stands as rows only where that is configured", "[file][datev]") {
  Files plain(kDatev);
  CHECK(refusal(*plain.connector(), german_invoice()) ==
        "datev, GLM-9003: line 3: the entry has 1 debits and 2 credits, a row of DATEV has an account and a contra "
        "account; set `split: contra` for entries with one line on a side, and `split_account` for others");
  FormatSettings::Values values = kDatev;
  values["split"] = "contra";
  Files contra(values);
  post(*contra.connector(), german_invoice());
  const std::string rows = contra.text("DE/EXTF_Buchungsstapel-2026-10.csv");
  CHECK(rows.find("\r\n100,00;\"H\";\"EUR\";;;\"\";3900;1200;") != std::string::npos);
  CHECK(rows.find("\r\n19,00;\"H\";\"EUR\";;;\"\";3800;1200;") != std::string::npos);

  const JournalEntry two_by_two = entry_of({.event = "I-4",
                                            .lines = {{Side::debit, "1000", "cash", "60.00", ""},
                                                      {Side::debit, "1200", "receivable", "40.00", ""},
                                                      {Side::credit, "4000", "revenue", "70.00", ""},
                                                      {Side::credit, "3800", "output_tax", "30.00", ""}}});
  CHECK(refusal(*contra.connector(), two_by_two).find("2 debits and 2 credits") != std::string::npos);
  values["split_account"] = "1590";
  Files split(values);
  post(*split.connector(), two_by_two);
  const std::string four = split.text("DE/EXTF_Buchungsstapel-2026-10.csv");
  for (const char* row : {"\r\n60,00;\"S\";\"EUR\";;;\"\";1000;1590;", "\r\n40,00;\"S\";\"EUR\";;;\"\";1200;1590;",
                          "\r\n70,00;\"H\";\"EUR\";;;\"\";4000;1590;", "\r\n30,00;\"H\";\"EUR\";;;\"\";3800;1590;"}) {
    CHECK(four.find(row) != std::string::npos);
  }
}

TEST_CASE("DATEV: foreign amounts with their rate, the exchange difference in the currency of the books",
          "[file][datev]") {
  FormatSettings::Values values = kDatev;
  values["split"] = "contra";
  values["charset"] = "utf-8-bom";
  Files files(values);
  post(*files.connector(), dollar_payment());
  const std::string text = files.text("DE/EXTF_Buchungsstapel-2026-10.csv");
  CHECK(text.starts_with("\xEF\xBB\xBF\"EXTF\";700;21;"));
  // 5950.00 / 5593.00 = 1.06382978...
  CHECK(text.find("\r\n5950,00;\"S\";\"USD\";1,063830;5593,00;\"EUR\";1000;1200;") != std::string::npos);
  CHECK(text.find("\r\n59,50;\"S\";\"EUR\";;;\"\";6900;1200;") != std::string::npos);
  const JournalEntry pounds = entry_of({.event = "I-7",
                                        .transaction = "GBP",
                                        .lines = {{Side::debit, "1200", "receivable", "115.00", "100.00"},
                                                  {Side::credit, "4000", "revenue", "115.00", "100.00"}}});
  CHECK(refusal(*files.connector(), pounds).find("the rate of 100.00 GBP to 115.00 EUR is outside") !=
        std::string::npos);
  values["foreign"] = "functional";
  Files functional(values);
  CHECK(!functional.connector()->describe().currency_per_line);
}

TEST_CASE("DATEV: what it cannot hold is refused before anything is written", "[file][datev]") {
  Files files(kDatev);
  const auto connector = files.connector();
  const auto changed = [&](const std::function<void(JournalEntryDraft&)>& change) {
    return refusal(*connector, with(two_lines(), change));
  };
  CHECK(changed([](JournalEntryDraft& draft) { draft.document = "INV 2026/1"; }).find("Belegfeld 1") !=
        std::string::npos);
  CHECK(changed([](JournalEntryDraft& draft) {
          draft.description = std::string(61, 'x');
        }).find("has 61 characters, the format takes 60") != std::string::npos);
  CHECK(changed([](JournalEntryDraft& draft) {
          draft.lines[1].account = "40-00";
        }).find("account `40-00` is no DATEV account") != std::string::npos);
  CHECK(refusal(*connector, storno_of(two_lines(), "V-1")).find("red storno") != std::string::npos);
  CHECK(files.text("DE/EXTF_Buchungsstapel-2026-10.csv").ends_with("Abw. Skontokonto\r\n"));
  FormatSettings::Values values = kDatev;
  values["long_text"] = "cut";
  Files cut(values);
  post(*cut.connector(), with(two_lines(), [](JournalEntryDraft& draft) { draft.description = repeated("ä", 61); }));
  CHECK(cut.text("DE/EXTF_Buchungsstapel-2026-10.csv").find(";\"" + repeated("\xE4", 60) + "\";") != std::string::npos);
}

TEST_CASE("FEC: eighteen fields, numbers without a gap in each journal, also after a restart", "[file][fec]") {
  Files files(kFec);
  files.values["auxiliary"] = "customer";
  files.values["fiscal_year_end"] = "03-31";
  post(*files.connector(), german_invoice());
  post(*files.connector(), with(dollar_payment(), [](JournalEntryDraft& draft) { draft.journal = "BANK"; }));
  const auto connector = files.connector();
  post(*connector, storno_of(german_invoice(), "V-1"));
  post(*connector, german_invoice());  // once more: nothing is written
  const std::string path = "DE/552100554FEC20270331-glmap.txt";
  CHECK(
      files.text(path) ==
      "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t"
      "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n"
      "SALES\tVentes\t1\t20261001\t1200\tTrade receivables\tC1\tC1\tI-1\t20261001\tSubscription, billed in "
      "advance\t119,00\t"
      "0,00\t\t\t20261005\t\t\r\n"
      "SALES\tVentes\t1\t20261001\t3900\tDeferred revenue\t\t\tI-1\t20261001\tSubscription, billed in advance\t0,00\t"
      "100,00\t\t\t20261005\t\t\r\n"
      "SALES\tVentes\t1\t20261001\t3800\tOutput tax\t\t\tI-1\t20261001\tSubscription, billed in advance\t0,00\t19,00\t"
      "\t\t20261005\t\t\r\n"
      "BANK\tBANK\t1\t20261001\t1000\tBank\t\t\tP-1\t20261001\tSubscription, billed in advance\t5593,00\t0,00\t\t\t"
      "20261005\t5950,00\tUSD\r\n"
      "BANK\tBANK\t1\t20261001\t6900\tExchange losses\t\t\tP-1\t20261001\tSubscription, billed in "
      "advance\t59,50\t0,00\t"
      "\t\t20261005\t\t\r\n"
      "BANK\tBANK\t1\t20261001\t1200\tTrade receivables\tC2\tC2\tP-1\t20261001\tSubscription, billed in advance\t0,00\t"
      "5652,50\t\t\t20261005\t-5950,00\tUSD\r\n"
      "SALES\tVentes\t2\t20261001\t1200\tTrade receivables\tC1\tC1\tV-1\t20261001\tSubscription, billed in advance\t"
      "-119,00\t0,00\t\t\t20261005\t\t\r\n"
      "SALES\tVentes\t2\t20261001\t3900\tDeferred revenue\t\t\tV-1\t20261001\tSubscription, billed in advance\t0,00\t"
      "-100,00\t\t\t20261005\t\t\r\n"
      "SALES\tVentes\t2\t20261001\t3800\tOutput tax\t\t\tV-1\t20261001\tSubscription, billed in advance\t0,00\t-19,00\t"
      "\t\t20261005\t\t\r\n");
}

TEST_CASE("FEC: an account outside the plan comptable is refused, a pipe in a text becomes a slash", "[file][fec]") {
  Files files(kFec);
  files.values["separator"] = "|";
  const auto connector = files.connector();
  CHECK(refusal(*connector, with(two_lines(), [](JournalEntryDraft& draft) {
          draft.lines[0].account = "A1";
        })).find("line 1: CompteNum `A1` does not begin with three figures") != std::string::npos);
  post(*connector, with(two_lines(), [](JournalEntryDraft& draft) { draft.description = "a|b"; }));
  CHECK(files.text("DE/552100554FEC20261231-glmap.txt").find("|20261001|a/b|119,00|0,00|") != std::string::npos);
}

TEST_CASE("Oracle FBDI: 118 columns without a head, a group for each entry", "[file][fbdi]") {
  Files files(kFbdi);
  const JournalEntry entry =
      with(dollar_payment(), [](JournalEntryDraft& draft) { draft.rate = Decimal::parse("0.94").value(); });
  post(*files.connector(), entry);
  const std::string text = files.text("DE/GlInterface-2026-10-01.csv");
  const std::string own = reference(entry);
  const std::string first = text.substr(0, text.find('\n'));
  // 55 bits of the reference in base 32, A-Z then 2-7, and one.
  std::uint64_t group = 0;
  for (const char c : own.substr(0, 11))
    group = group * 32 + std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").find(c);
  CHECK(first == "NEW,300000046975971,2026/10/01,Billing Gateway,Billing,USD,2026/10/01,A,101,10,1000,000," +
                     repeated(",", 26) + "5950.00,,5593.00,,glmap " + own + ",\"Subscription, billed in advance\",," +
                     own + ",\"Subscription, billed in advance\"," + own +
                     ",,,,\"Subscription, billed in advance\",P-1,cash,P-1,,,,,,,,,User,2026/10/01,0.94," +
                     std::to_string(group + 1) + "," + repeated(",", 50));
  // Commas of the three texts aside, 117 separate 118 columns.
  CHECK(std::ranges::count(first, ',') - 3 == 117);
  CHECK(text.find(",6900,000," + repeated(",", 26) + "0.00,,59.50,,glmap ") != std::string::npos);
  CHECK(text.find(",1200,000," + repeated(",", 26) + ",5950.00,,5652.50,glmap ") != std::string::npos);
}

TEST_CASE("Oracle FBDI: the columns stand where Oracle's control file has them", "[file][fbdi]") {
  const fs::path contract =
      fs::path(GLMAP_SOURCE_DIR) / "../shared/erp/contracts/oracle-fusion/GL_INTERFACE_fbdi_columns.csv";
  if (!fs::exists(contract)) {
    std::cerr << "\n*** SKIPPED: no " << contract << ", so Oracle's columns are not compared ***\n\n";
    return;
  }
  std::map<std::string, std::size_t> position;
  std::ifstream in(contract);
  for (std::string line; std::getline(in, line);) {
    const std::size_t comma = line.find(',');
    position[line.substr(comma + 1, line.find(',', comma + 1) - comma - 1)] = std::strtoul(line.c_str(), nullptr, 10);
  }
  Files files(kFbdi);
  const JournalEntry entry = with(dollar_payment(), [](JournalEntryDraft& draft) {
    draft.rate = Decimal::parse("0.94").value();
    draft.description = "text";
  });
  post(*files.connector(), entry);
  std::vector<std::string> fields(1);
  for (const char c : files.text("DE/GlInterface-2026-10-01.csv")) {
    if (c == '\n') break;
    if (c == ',')
      fields.emplace_back();
    else
      fields.back().push_back(c);
  }
  REQUIRE(fields.size() == 118);
  const auto at = [&](const char* name) { return fields.at(position.at(name) - 1); };
  CHECK(at("ACCOUNTING_DATE") == "2026/10/01");
  CHECK(at("SEGMENT3") == "1000");
  CHECK(at("ENTERED_DR") == "5950.00");
  CHECK(at("ACCOUNTED_DR") == "5593.00");
  CHECK(at("REFERENCE1") == "glmap " + reference(entry));
  CHECK(at("REFERENCE6") == reference(entry));
  CHECK(at("REFERENCE10") == "text");
  CHECK(at("REFERENCE21") == "P-1");
  CHECK(at("CURRENCY_CONVERSION_RATE") == "0.94");
  CHECK(at("GROUP_ID").find_first_not_of("0123456789") == std::string::npos);
  CHECK(at("PERIOD_NAME").empty());
}

TEST_CASE("Oracle FBDI: segments come from the account's parts and from dimensions, which must be there",
          "[file][fbdi]") {
  Files files(kFbdi);
  files.values["segments"] = "account.1 account.2 dimension.department";
  const auto connector = files.connector();
  const auto parts = [](JournalEntryDraft& draft) {
    draft.lines[0].account = "101-1200";
    draft.lines[1].account = "101-4000";
  };
  post(*connector, with(two_lines(), parts));
  CHECK(files.text("DE/GlInterface-2026-10-01.csv").find(",A,101,1200,D7,") != std::string::npos);
  CHECK(refusal(*connector, with(two_lines("I-2"), [&](JournalEntryDraft& draft) {
          parts(draft);
          draft.lines[1].dimensions.clear();
        })) == "fbdi, GLM-9003: line 2: SEGMENT3 is empty: the line has no dimension `department`");
}

TEST_CASE("Audit Data Standard: GL_Detail between pipes", "[file][ads]") {
  Files files({{"format", "ads"}, {"fiscal_year_end", "03-31"}});
  const JournalEntry taken_back = storno_of(dollar_payment(), "V-1");
  post(*files.connector(), taken_back);
  const std::string own = reference(taken_back), original = reference(dollar_payment());
  CHECK(files.text("DE/GL_Detail.txt") ==
        "Journal_ID|Journal_ID_Line_Number|JE_Header_Description|JE_Line_Description|Source|Business_Unit_Code|"
        "Effective_Date|Fiscal_Year|Period|GL_Account_Number|Amount|Amount_Credit_Debit_Indicator|Amount_Currency|"
        "Entered_By|Entered_Date|Entered_Time|Approved_By|Approved_Date|Approved_Time|Last_Modified_By|"
        "Last_Modified_Date|Last_Modified_Time|Reporting_Amount|Reporting_Currency|Local_Amount|Local_Currency|"
        "Reversal_Indicator|Reversal_Journal_ID\n" +
            own +
            "|1|Subscription, billed in advance|cash|SALES|DE|2026-10-01|2027|2026-10|1000|-5593.00|D|EUR|glmap|"
            "2026-10-05||||||||||-5950.00|USD|1|" +
            original + "\n" + own +
            "|2|Subscription, billed in advance|fx_loss|SALES|DE|2026-10-01|2027|2026-10|6900|-59.50|D|EUR|glmap|"
            "2026-10-05||||||||||||1|" +
            original + "\n" + own +
            "|3|Subscription, billed in advance|receivable|SALES|DE|2026-10-01|2027|2026-10|1200|-5652.50|C|EUR|"
            "glmap|2026-10-05||||||||||-5950.00|USD|1|" +
            original + "\n");
}

TEST_CASE("beancount accepts what is written", "[file][beancount]") {
  Files files(FormatSettings::Values{{"format", "beancount"}});
  const auto connector = files.connector();
  for (const JournalEntry& entry :
       {german_invoice(), dollar_invoice(), dollar_payment(), with(two_lines("I-8"), [](JournalEntryDraft& draft) {
          draft.description = "a \"quoted\" ; text\n2026-01-01 open Assets:X";
        })}) {
    post(*connector, entry);
    post(*connector, storno_of(entry, "V-" + entry.key().event_id));
  }
  CHECK(
      files.text("DE/entries.beancount").starts_with("include \"accounts.beancount\"\n\n2026-10-01 * \"Subscription"));
  CHECK(files.text("DE/accounts.beancount").find("1970-01-01 open Assets:DE:A1200\n") != std::string::npos);
  if (std::system("bean-check --version >/dev/null 2>&1") != 0) {
    std::cerr << "\n*** SKIPPED: beancount is not installed, so its verdict on our files is not asked for ***\n\n";
    return;
  }
  CHECK(std::system(("bean-check " + (files.path / "DE/entries.beancount").string()).c_str()) == 0);
}

TEST_CASE("a file that was taken away gets no more lines, and an entry in it is not written again", "[file]") {
  Files files({{"format", "csv"}, {"columns", "reference, account, amount"}});
  auto connector = files.connector();
  post(*connector, two_lines("I-1"));
  const std::string first = files.text("DE/entries.csv");
  files.put("DE/entries.csv.taken");
  post(*connector, two_lines("I-1"));
  post(*connector, two_lines("I-2"));
  CHECK(files.text("DE/entries.csv") == first);
  CHECK(files.text("DE/entries.2.csv").starts_with("reference,account,amount\n" + reference(two_lines("I-2"))));
  connector.reset();
  post(*files.connector(), two_lines("I-1"));
  post(*files.connector(), two_lines("I-3"));
  CHECK(files.text("DE/entries.csv") == first);
  CHECK(std::ranges::count(files.text("DE/entries.2.csv"), '\n') == 5);
}

TEST_CASE("numbers of the FEC go on in the next part, and half an entry there is written whole", "[file][fec][M11]") {
  Files files(kFec);
  post(*files.connector(), two_lines("I-1"));
  const std::string name = "DE/552100554FEC20261231-glmap.txt";
  files.put(name + ".taken");
  post(*files.connector(), two_lines("I-2"));
  const std::string second = "DE/552100554FEC20261231-glmap.2.txt";
  const std::string before = files.text(second);
  CHECK(before.find("SALES\tVentes\t2\t") != std::string::npos);
  std::ofstream(files.path / second, std::ios::app) << "SALES\tVentes\t3\t2026";  // a crash in the middle of a line
  post(*files.connector(), two_lines("I-3"));
  CHECK(files.text(second).starts_with(before + "SALES\tVentes\t3\t20261001\t1200\t"));
}

TEST_CASE("an entry that one format cannot carry is in none of the files", "[file]") {
  FormatSettings::Values values = kDatev;
  values["format"] = "hledger, datev";
  Files files(values);
  CHECK(refusal(*files.connector(), german_invoice()).starts_with("datev, "));
  CHECK(files.text("DE/entries.journal").find(reference(german_invoice())) == std::string::npos);
}

TEST_CASE("a wrong setting of a file format is named when the configuration is read", "[file]") {
  CHECK(configuration_fault({{"format", "datev"}}) == "ERP connection `x`, entity DE lacks the setting `consultant`");
  CHECK(configuration_fault({{"format", "fec"}, {"siren", "55"}}) ==
        "ERP connection `x`, entity DE: `siren` is `55`; write 9 digits");
  CHECK(configuration_fault({{"format", "csv"}, {"siren", "552100554"}}) ==
        "ERP connection `x` has the setting `siren`, which is not known here");
  CHECK(configuration_fault({{"format", "csv"}, {"columns", "account, amuont"}}) ==
        "ERP connection `x`, entity DE: column 2 of `columns`, ` amuont`, names no field of an entry; "
        "docs/connectors/file.md lists them");
  CHECK(
      configuration_fault({{"format", "csv"}, {"columns", "account, debit"}}).find("write `account`, and the amount") !=
      std::string::npos);
  CHECK(configuration_fault({{"format", "csv"}, {"separator", ";"}}).find("the `columns` to which it applies") !=
        std::string::npos);
  CHECK(configuration_fault({{"format", "csv, csv"}}).find("each once") != std::string::npos);
  CHECK(configuration_fault(
            {{"format", "fbdi"}, {"ledger_id", "1"}, {"source", "S"}, {"category", "C"}, {"segments", "1 2"}})
            .find("`account` among them") != std::string::npos);
}
