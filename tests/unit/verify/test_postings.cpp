// SPDX-License-Identifier: Apache-2.0
// The proofs about postings: balance, accounts, routing, dimensions, currency. Each: sound books that pass, books
// broken in one way that do not, and the place and the example of the message.
#include <catch2/catch.hpp>

#include "compiler/verify/checks.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using diagnostics::Diagnostic;
using testing::BookFiles;
using testing::small_book;
using testing::with_change;
using Check = void (*)(const resolve::ResolvedModel&, diagnostics::Sink&, rules::Proofs&);

std::vector<Diagnostic> findings(Check check, const BookFiles& files) {
  const auto model = testing::resolved_book(files);
  diagnostics::Sink sink;
  rules::Proofs proofs;
  check(model, sink, proofs);
  CHECK(sink.has_errors() == proofs.results.empty());  // proved or refuted, never both, never silent
  return sink.sorted();
}

BookFiles changed(const std::string& file, std::string_view from, std::string_view to) {
  BookFiles files = small_book();
  files[file] = with_change(files[file], from, to);
  return files;
}

std::string line_of(const BookFiles& files, const Diagnostic& found) {
  diagnostics::Sources sources;
  sources.add(found.primary.where.file, files.at(found.primary.where.file));
  return std::string(sources.line(found.primary.where.file, found.primary.where.line));
}

const char* const kUsageLines = "    credit revenue    line.net\n    credit output_tax line.tax";

}  // namespace

TEST_CASE("the small book's rules balance for every amount", "[balance]") {
  CHECK(findings(verify::check_balanced, small_book()).empty());
}

TEST_CASE("a rule off by the tax is refuted with an invoice line and the missing credit", "[balance]") {
  const auto files = changed("book.glmap", kUsageLines, "    credit revenue    line.net");
  const auto found = findings(verify::check_balanced, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == ErrorCode::RuleOutOfBalance);
  CHECK(found.front().message == "rule `INV-USAGE` is out of balance: debits exceed credits by `line.tax`");
  REQUIRE(found.front().notes.size() == 1);
  // net 100.00 and tax 19.00 make gross 119.00: debits 119.00, credits 100.00
  CHECK(found.front().notes.front().find("posts debits 119.00 and credits 100.00: off by 19.00") != std::string::npos);
  CHECK(found.front().help == "credit `line.tax` to the role it belongs to, or take it out of the debits");
  CHECK(line_of(files, found.front()).find("post in entity, journal SALES") != std::string::npos);
}

TEST_CASE("shares that are rounded each for itself are refuted, a share and the rest of it are proved", "[balance]") {
  // 30 % and 70 % of 0.05: 0.02 (0.015 up) and 0.04 (0.035 up) make 0.06.
  const auto apart = changed("book.glmap", kUsageLines,
                             "    credit revenue    30 % of line.net rounded half_away_from_zero\n"
                             "    credit revenue    70 % of line.net rounded half_away_from_zero\n"
                             "    credit output_tax line.tax");
  const auto found = findings(verify::check_balanced, apart);
  REQUIRE(found.size() == 1);
  CHECK(found.front().notes.front().find("off by 0.01") != std::string::npos);
  const auto rest = changed("book.glmap", kUsageLines,
                            "    credit revenue    30 % of line.net rounded half_away_from_zero\n"
                            "    credit revenue    line.net - (30 % of line.net rounded half_away_from_zero)\n"
                            "    credit output_tax line.tax");
  CHECK(findings(verify::check_balanced, rest).empty());
}

TEST_CASE("an amount written in another way is proved equal", "[balance]") {
  const auto files = changed("book.glmap", "    debit  receivable line.gross\n    credit revenue    line.net",
                             "    debit  receivable line.net + line.tax\n    credit revenue    line.gross - line.tax");
  CHECK(findings(verify::check_balanced, files).empty());
}

TEST_CASE("a debit doubled is refuted", "[balance]") {
  const auto files = changed("book.glmap", "    debit  deferred_revenue amount\n",
                             "    debit  deferred_revenue amount\n    debit  deferred_revenue amount\n");
  const auto found = findings(verify::check_balanced, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message.find("`amount`") != std::string::npos);
}

TEST_CASE("a line at its own rate needs a role for the difference", "[balance]") {
  const auto files = changed("book.glmap", "    difference to fx_gain, fx_loss\n", "");
  const auto found = findings(verify::check_balanced, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().help.find("difference to GAIN, LOSS") != std::string::npos);
}

TEST_CASE("lines at one and the same rate, or never converted, need no role for a difference", "[balance]") {
  const std::string difference = "    difference to fx_gain, fx_loss\n";
  auto same = changed("book.glmap", difference, "");
  same["book.glmap"] = with_change(same["book.glmap"], "amount worth settled_amount", "amount at invoice_rate");
  CHECK(findings(verify::check_balanced, same).empty());
  auto functional = changed("book.glmap", difference, "");
  functional["book.glmap"] =
      with_change(functional["book.glmap"], "when currency is not functional", "when currency is functional");
  CHECK(findings(verify::check_balanced, functional).empty());
}

TEST_CASE("shares answered by a table are proved for the rows it has", "[balance]") {
  const auto with_shares = [](const std::string& first, const std::string& second) {
    auto files = changed("book.glmap", kUsageLines,
                         "    credit revenue    line.net * own rounded half_away_from_zero\n"
                         "    credit revenue    line.net * other rounded half_away_from_zero\n"
                         "    credit output_tax line.tax");
    files["book.glmap"] = with_change(files["book.glmap"], "table revenue_account",
                                      "table shares \"Who gets what\"\n  | region || own | other |\n  | AMER | | " +
                                          first + " | " + second + " |\n  | EMEA || 1 | 0 |\n\ntable revenue_account");
    files["book.glmap"] = with_change(files["book.glmap"], "| AMER | | ", "| AMER || ");
    return files;
  };
  CHECK(findings(verify::check_balanced, with_shares("0", "1")).empty());
  const auto found = findings(verify::check_balanced, with_shares("0.3", "0.6"));
  REQUIRE(found.size() == 1);
  CHECK(found.front().notes.front().find("own 0.3, other 0.6") != std::string::npos);
}

TEST_CASE("more answers than can be gone through are not decided, and never refuted by numbers that no row has",
          "[balance]") {
  const auto with_slices = [](int count) {
    auto files =
        changed("reference/events.yaml", "      charge_kind: {type: list charge_kind}\n",
                "      charge_kind: {type: list charge_kind}\n      slice: {type: list slice, optional: true}\n");
    std::string list, rows;
    for (int i = 0; i < count; ++i) {  // the two numbers of each row come to one
      const std::string digits = std::to_string(10'000 + i).substr(1), others = std::to_string(20'000 - i).substr(1);
      list += (i == 0 ? "S" : ", S") + std::to_string(i);
      rows += "  | S" + std::to_string(i) + " || 0." + digits + " | " + (i == 0 ? "1" : "0." + others) + " |\n";
    }
    std::string& book = files["book.glmap"];
    book = with_change(book, "  product     is", "  slice is " + list + "\n  product     is");
    book =
        with_change(book, "table revenue_account",
                    "table slices \"Who gets what\"\n  | slice || own | other |\n" + rows + "\ntable revenue_account");
    book = with_change(book, kUsageLines,
                       "    credit revenue    (line.net * own + line.net * other) rounded half_even\n"
                       "    credit output_tax line.tax");
    return files;
  };
  CHECK(findings(verify::check_balanced, with_slices(4'096)).empty());
  const auto found = findings(verify::check_balanced, with_slices(4'097));
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == ErrorCode::NotDecided);
  CHECK(found.front().message == "not decided: the balance of rule `INV-USAGE`");
}

TEST_CASE("what is off for credit notes only is refuted with one", "[balance]") {
  const auto files = changed("book.glmap", kUsageLines,
                             "    credit revenue    30 % of line.net rounded down\n"
                             "    credit revenue    line.net - 30 % of line.net rounded floor\n"
                             "    credit output_tax line.tax");
  const auto found = findings(verify::check_balanced, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == ErrorCode::RuleOutOfBalance);
  CHECK(found.front().notes.front().find("line.net -") != std::string::npos);
}

TEST_CASE("accounts of the small book are postable and open when they are used", "[accounts]") {
  CHECK(findings(verify::check_accounts_usable, small_book()).empty());
}

TEST_CASE("an account that opens later than its row begins is refuted", "[accounts]") {
  const auto files =
      changed("reference/accounts.yaml", "type: income, open_from: 2027-01-01", "type: income, open_from: 2027-02-01");
  const auto found = findings(verify::check_accounts_usable, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == ErrorCode::AccountNotUsable);
  CHECK(found.front().message.find("`4225` of DE") != std::string::npos);
  CHECK(line_of(files, found.front()).find("|| 4225") != std::string::npos);
}

TEST_CASE("an account that closes before its row ends is refuted", "[accounts]") {
  const auto files = changed("reference/accounts.yaml", "open_until: 2026-12-31", "open_until: 2026-11-30");
  const auto found = findings(verify::check_accounts_usable, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().notes.front() == "example: an event of DE on 2026-12-01");
}

TEST_CASE("a row without a beginning is in force before the rows that have one", "[accounts]") {
  auto files =
      changed("reference/accounts.yaml", R"({code: "4210", name: )", R"({code: "4210", open_from: 2026-03-01, name: )");
  files["book.glmap"] =
      with_change(files["book.glmap"], "4210    | 2026-01-01 |            |", "4210    |            | 2026-06-30 |");
  for (const char* code : {"4010 ", "4100 ", "4200 "}) {
    const std::string row = std::string(code) + "   | 2026-01-01 |";
    files["book.glmap"] = with_change(files["book.glmap"], row, std::string(code) + "   | 2026-07-01 |");
  }
  const auto found = findings(verify::check_accounts_usable, files);
  REQUIRE(found.size() == 1);
  CHECK(line_of(files, found.front()).find("|| 4210") != std::string::npos);
  CHECK(found.front().message.find("is open only from 2026-03-01") != std::string::npos);
}

TEST_CASE("a heading is not postable", "[accounts]") {
  const auto files = changed("reference/accounts.yaml", R"({code: "1060", name: Bank, type: asset})",
                             R"({code: "1060", name: Bank, type: asset, postable: false})");
  const auto found = findings(verify::check_accounts_usable, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message.find("is a heading") != std::string::npos);
}

TEST_CASE("deferred revenue on an income account is refuted", "[accounts]") {
  CHECK(findings(verify::check_account_types, small_book()).empty());
  const auto files = changed("reference/accounts.yaml", R"({code: "2400", name: Deferred revenue, type: liability})",
                             R"({code: "2400", name: Deferred revenue, type: income})");
  const auto found = findings(verify::check_account_types, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message ==
        "account `2400` of US (Deferred revenue) is an income account; role `deferred_revenue` asks for a liability "
        "account");
}

TEST_CASE("a rule that reaches an entity without the role is refuted, unless its condition keeps it away",
          "[routing]") {
  CHECK(findings(verify::check_roles_available, small_book()).empty());
  auto files = changed("book.glmap", "| fx_gain          | 4450               | 4840 |",
                       "| fx_gain          | -                  | 4840 |");
  const auto found = findings(verify::check_roles_available, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message == "rule `PAYMENT-FX` can post in US, which may not use role `fx_gain`");
  files["book.glmap"] = with_change(files["book.glmap"], "when currency is not functional",
                                    "when currency is not functional and entity is DE");
  CHECK(findings(verify::check_roles_available, files).empty());
}

TEST_CASE("a dimension that an optional field feeds may be missing", "[dimensions]") {
  CHECK(findings(verify::check_dimensions, small_book()).empty());
  BookFiles files = small_book();
  std::string& events = files["reference/events.yaml"];
  const std::string head = "    title: Delivery completed\n";
  const std::size_t at = events.find("customer: {type: text}", events.find(head));
  REQUIRE(at != std::string::npos);
  events.replace(at, std::string("customer: {type: text}").size(), "customer: {type: text, optional: true}");
  const auto found = findings(verify::check_dimensions, files);
  REQUIRE(found.size() == 2);  // deferred_revenue and revenue both need the customer
  CHECK(found.front().code == ErrorCode::DimensionNotDerivable);
  CHECK(found.front().notes.front() == "example: a delivery.completed without customer");
}

TEST_CASE("a foreign amount without a rate anywhere is refuted", "[currency]") {
  CHECK(findings(verify::check_currencies, small_book()).empty());
  BookFiles files = small_book();
  std::string& events = files["reference/events.yaml"];
  const std::string rate = "      rate: {type: decimal, optional: true}\n";
  const std::size_t at = events.find(rate, events.find("Delivery completed"));
  events.erase(at, rate.size());
  const auto found = findings(verify::check_currencies, files);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == ErrorCode::WrongCurrency);
  CHECK(found.front().message.find("`DELIVERED`") != std::string::npos);
  files["book.glmap"] = with_change(files["book.glmap"], "  for delivery.completed\n",
                                    "  for delivery.completed\n  when currency is functional\n");
  CHECK(findings(verify::check_currencies, files).empty());
}
