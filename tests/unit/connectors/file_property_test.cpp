// SPDX-License-Identifier: Apache-2.0
// Drawn entries with every unpleasant text through every file format, read by a reader of fields that shares no code
// with the writers: each record has all its fields, and each account gets exactly what the entry says.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/connectors/file/file_connector.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway::connectors::file;
namespace gateway = glmap::gateway;

namespace {

using Record = std::vector<std::string>;

/// RFC 4180 with any separator; `quotes`: whether quotation marks mean anything.
std::vector<Record> records_of(const std::string& text, char separator, bool quotes) {
  std::vector<Record> out;
  Record record(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quotes && c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      record.back() += '"';
      ++i;
    } else if (quotes && c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      record.emplace_back();
    } else if (c == '\n' && !quoted) {
      out.push_back(std::exchange(record, Record(1)));
    } else if (c != '\r') {
      record.back() += c;
    }
  }
  CHECK(record == Record(1));  // nothing behind the last line
  return out;
}

/// In cents; "" is nothing.
long long cents(std::string text) {
  if (text.empty()) return 0;
  std::ranges::replace(text, ',', '.');
  return static_cast<long long>(Decimal::parse(text).value().rounded(2, Rounding::down)->to_text_fixed(2).empty()
                                    ? 0
                                    : Money::from_decimal(Decimal::parse(text).value(), currency("EUR"))->minor());
}

using Balances = std::map<std::string, long long>;

Balances expected(const JournalEntry& entry) {
  Balances out;
  for (const JournalLine& line : entry.lines()) {
    const auto amount = static_cast<long long>(line.functional.minor()) * (entry.data().storno ? -1 : 1);
    out[line.account] += line.side == Side::debit ? amount : -amount;
  }
  std::erase_if(out, [](const auto& balance) { return balance.second == 0; });
  return out;
}

/// How a format's records are read for balances.
struct Reading {
  FormatSettings::Values values;
  char separator;
  bool quotes;
  std::size_t fields;
  std::function<void(const Record&, Balances&)> add;
};

class Draw {
 public:
  std::size_t below(std::size_t most) { return engine_() % most; }
  std::string text(std::size_t most) {
    static const std::vector<std::string> parts = {"a",  "Z9",   " ", ",", ";",  "|", "\t",   "\n",  "\r\n",
                                                   "\"", "\"\"", "'", "=", "+1", "-", "@SUM", "\\",  "ä",
                                                   "ß",  "€",    "é", "/", "{",  "}", "\x01", "<&>", "%"};
    std::string out;
    while (out.size() < most && below(12) != 0) out += parts[below(parts.size())];
    return out;
  }
  JournalEntry entry(int number) {
    const bool foreign = below(3) == 0;
    EntrySpec spec{.event = "E-" + std::to_string(number), .transaction = foreign ? "USD" : "EUR"};
    static const char* const codes[] = {"1000", "1200", "3800", "3900", "4000", "6900"};
    for (std::size_t pair = 1 + below(3); pair > 0; --pair) {
      const std::string euros = std::to_string(below(1'000'000)) + "." + std::to_string(10 + below(90));
      const std::string dollars = foreign ? std::to_string(1'000'001 + below(1'000'000)) + ".00" : "";
      spec.lines.push_back(
          {Side::debit, codes[below(6)], "receivable", euros, dollars, {{"customer", "C" + std::to_string(below(9))}}});
      spec.lines.push_back({Side::credit, codes[below(6)], "revenue", euros, dollars});
    }
    JournalEntryDraft draft = draft_of(spec);
    draft.description = text(60);
    draft.document = below(2) == 0 ? text(20) : "INV-" + std::to_string(number);
    draft.lines[0].memo = below(2) == 0 ? text(60) : "";
    if (below(5) == 0) {
      draft.reverses = german_invoice().key().reference();
      draft.storno = below(2) == 0;
    }
    return JournalEntry::make(std::move(draft)).value();
  }

 private:
  std::mt19937_64 engine_{20261001};
};

void debit_credit(const Record& record, std::size_t account, std::size_t debit, Balances& balances) {
  balances[record[account]] += cents(record[debit]) - cents(record[debit + 1]);
}

std::vector<Reading> readings() {
  const auto datev = [](const Record& record, Balances& balances) {
    const std::string& amount = record[4].empty() ? record[0] : record[4];
    const long long signed_amount = record[1] == "S" ? cents(amount) : -cents(amount);
    balances[record[6]] += signed_amount;
    balances[record[7]] -= signed_amount;
  };
  const auto ads = [](const Record& record, Balances& balances) {
    balances[record[9]] += record[11] == "D" ? cents(record[10]) : -cents(record[10]);
  };
  const auto csv = [](std::size_t account, std::size_t debit) {
    return [=](const Record& record, Balances& balances) { debit_credit(record, account, debit, balances); };
  };
  const std::string columns =
      "description, document, konto=account, debit, credit, memo, transaction_amount, x='a,b;|'";
  return {
      {{{"format", "csv"}}, ',', true, 27, csv(9, 11)},
      {{{"format", "csv"}, {"columns", columns}}, ',', true, 8, csv(2, 3)},
      {{{"format", "csv"}, {"columns", columns}, {"decimal", ","}}, ',', true, 8, csv(2, 3)},
      {{{"format", "csv"}, {"columns", columns}, {"separator", "|"}, {"newline", "crlf"}}, '|', true, 8, csv(2, 3)},
      {{{"format", "csv"}, {"columns", columns}, {"separator", "tab"}, {"charset", "windows-1252"}},
       '\t',
       true,
       8,
       csv(2, 3)},
      {{{"format", "fbdi"}, {"ledger_id", "1"}, {"source", "S, \"x\""}, {"category", "C"}, {"segments", "101 account"}},
       ',',
       true,
       118,
       [](const Record& record, Balances& balances) {
         const bool both = !record[40].empty() || !record[41].empty();
         debit_credit(record, 9, both ? 40 : 38, balances);
       }},
      {{{"format", "datev"}, {"consultant", "29098"}, {"client", "1"}, {"split", "contra"}, {"split_account", "1590"}},
       ';',
       true,
       125,
       datev},
      {{{"format", "fec"}, {"siren", "552100554"}}, '\t', false, 18, csv(4, 11)},
      {{{"format", "fec"}, {"siren", "552100554"}, {"separator", "|"}, {"auxiliary", "customer"}},
       '|',
       false,
       18,
       csv(4, 11)},
      {{{"format", "ads"}}, '|', false, 28, ads},
  };
}

}  // namespace

TEST_CASE("drawn entries with unpleasant texts arrive in every file format, to the cent and in their fields",
          "[file][property]") {
  for (const Reading& reading : readings()) {
    FormatSettings::Values values = reading.values;
    values["folder"] = "/nowhere";
    const auto settings = read_file_settings("x", values, {}, {legal_entities().front()});
    if (!settings) FAIL(settings.error().to_text());
    const Format& format = settings->entities.at("DE").formats.front();
    Draw draw;
    int written = 0, refused = 0;
    for (int i = 0; i < 2'000; ++i) {
      const JournalEntry entry = draw.entry(i);
      const Stamp stamp{static_cast<std::uint64_t>(i) + 1, date("2026-10-05")};
      const auto lines = format.lines(entry, stamp);
      if (!lines) {
        CHECK(lines.error().code == ErrorCode::ErpRefused);
        CHECK(lines.error().message.starts_with("line "));
        ++refused;
        continue;
      }
      ++written;
      CHECK(format.lines(entry, stamp).value() == *lines);
      if (format.stamp_of) CHECK(format.stamp_of(*lines)->day == stamp.day);
      Balances balances;
      for (const Record& record : records_of(*lines, reading.separator, reading.quotes)) {
        INFO(format.name << ": " << *lines);
        REQUIRE(record.size() == reading.fields);
        reading.add(record, balances);
        for (const std::string& field : record) {
          for (const char c : field)
            CHECK((format.name == "csv" && reading.fields == 27) + (static_cast<unsigned char>(c) >= 0x20) > 0);
          const bool formula =
              !field.empty() && std::string("=+@").find(field[0]) != std::string::npos && !Decimal::parse(field);
          CHECK(!formula);
        }
      }
      std::erase_if(balances, [](const auto& balance) { return balance.second == 0; });
      INFO(format.name << ": " << *lines);
      CHECK(balances == expected(entry));
    }
    INFO(format.name << ": " << written << " written, " << refused << " refused");
    CHECK(written > 200);
    CHECK(((format.name == "datev" || format.name == "fec") == (refused > 0)));
  }
}

TEST_CASE("beancount and hledger accept drawn entries with unpleasant texts", "[file][property]") {
  char name[] = "/tmp/glmap_ledgers_XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  const std::string folder = name;
  const auto settings =
      read_file_settings("x", {{"folder", folder}, {"format", "beancount, hledger"}}, {}, {legal_entities().front()});
  REQUIRE(settings.has_value());
  Draw draw;
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 300; ++i) entries.push_back(draw.entry(i));
  const auto accepts = [&](const Format& format, const std::string& program, const std::string& command) {
    if (std::system((program + " --version >/dev/null 2>&1").c_str()) != 0) {
      std::cerr << "\n*** SKIPPED: " << program << " is not installed, so its verdict is not asked for ***\n\n";
      return;
    }
    const std::string path = folder + "/" + format.file_of(entries.front());
    std::ofstream(folder + "/" + format.declarations_file) << format.declarations;
    std::ofstream out(path);
    out << format.head(entries.front(), Instant{});
    for (const JournalEntry& entry : entries) out << format.lines(entry, {}).value();
    out.close();
    CHECK(std::system((command + " >" + folder + "/said 2>&1").c_str()) == 0);
  };
  accepts(settings->entities.at("DE").formats[0], "bean-check", "bean-check " + folder + "/entries.beancount");
  accepts(settings->entities.at("DE").formats[1], "hledger",
          "LC_ALL=C.UTF-8 hledger -f " + folder + "/entries.journal check --strict");
  std::filesystem::remove_all(folder);
}

TEST_CASE("a writer killed at any moment leaves each entry whole or not at all, and what it called written is there",
          "[file][M11]") {
  char name[] = "/tmp/glmap_killed_XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  const std::string folder = name;
  const auto connector = [&] {
    auto settings = read_file_settings("x",
                                       {{"folder", folder},
                                        {"format", "fec, datev, csv"},
                                        {"siren", "552100554"},
                                        {"consultant", "29098"},
                                        {"client", "1"},
                                        {"split", "contra"}},
                                       {}, {legal_entities().front()});
    REQUIRE(settings.has_value());
    return make_file_connector(std::move(*settings), std::make_unique<gateway::platform::SystemClock>());
  };
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 120; ++i) entries.push_back(german_invoice("K-" + std::to_string(i)));
  std::mt19937 draw(3);
  std::size_t told = 0;
  for (int kill = 0; kill < 15 && told < entries.size(); ++kill) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto writer = connector();
      for (std::size_t i = told; i < entries.size(); ++i) {
        if (!std::holds_alternative<gateway::delivery::Posted>(writer->submit(entries[i]))) ::_exit(1);
        if (::write(ends[1], "x", 1) != 1) ::_exit(2);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    char byte = 0;
    for (auto first = draw() % 10; first > 0 && ::read(ends[0], &byte, 1) == 1; --first) ++told;
    ::usleep(static_cast<useconds_t>(draw() % 40'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &byte, 1) == 1) ++told;
    ::close(ends[0]);
    const auto reader = connector();
    for (std::size_t i = 0; i < told; ++i) {
      const auto finding = reader->find(entries[i]);
      REQUIRE((finding.has_value() && std::holds_alternative<gateway::delivery::FoundPosted>(*finding)));
    }
  }
  CHECK(told > 20);
  const auto last = connector();
  for (const JournalEntry& entry : entries)
    REQUIRE(std::holds_alternative<gateway::delivery::Posted>(last->submit(entry)));
  // Three lines an entry, numbered from 1 without a gap, in the order in which they were written.
  std::ifstream in(folder + "/DE/552100554FEC20261231-glmap.txt");
  std::string line;
  std::getline(in, line);
  std::size_t count = 0;
  for (; std::getline(in, line); ++count)
    CHECK(records_of(line + "\n", '\t', false)[0][2] == std::to_string(count / 3 + 1));
  CHECK(count == 3 * entries.size());
  std::filesystem::remove_all(folder);
}
