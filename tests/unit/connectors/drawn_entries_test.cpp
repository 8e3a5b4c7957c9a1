// SPDX-License-Identifier: Apache-2.0
// Drawn entries - every amount, currency, storno and unpleasant text - through connectors of ERPs that keep a line in
// two currencies: each is posted and read back equal, or refused for a reason that is true of it.
#include <random>

#include <catch2/catch.hpp>

#include "gateway/connectors/erpnext/erpnext_connector.hpp"
#include "gateway/connectors/odoo/odoo_connector.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;

namespace {

constexpr int kEntries = 800;

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t most) { return engine_() % most; }

  std::string text() {
    static const std::vector<std::string> parts = {"a",  "Z9",  " ", "[", "]", " [5.00 EUR]", "\"", "\\",  "\n",
                                                   "\t", "<b>", "&", "ä", "€", "\x01",        "{}", "%20", "'"};
    std::string out;
    while (out.size() < 60 && below(10) != 0) out += parts[below(parts.size())];
    return out;
  }
  /// From a cent to billions.
  std::string amount() {
    std::string digits = std::to_string(1 + below(9));
    for (std::size_t more = below(11); more > 0; --more) digits += std::to_string(below(10));
    const std::string cents = std::to_string(100 + below(100));
    return (below(4) == 0 ? "0" : digits) + "." + (below(4) == 0 ? "01" : cents.substr(1));
  }
  JournalEntry entry(int number) {
    EntrySpec spec{.event = "E-" + std::to_string(number), .transaction = below(2) == 0 ? "EUR" : "USD"};
    static const char* const codes[] = {"1000", "3800", "3900", "4000", "6900"};
    for (std::size_t pairs = 1 + below(4); pairs > 0; --pairs) {
      std::string euros = amount(), dollars = spec.transaction == "EUR" ? "" : amount();
      if (euros == "0.00") euros = "0.02";
      const std::string customer = "C" + std::to_string(1 + below(9));
      spec.lines.push_back({Side::debit, "1200", "receivable", euros, dollars, {{"customer", customer}}});
      spec.lines.push_back({Side::credit, codes[below(5)], "revenue", euros, dollars});
      if (below(2) == 0) spec.lines.back().dimensions = {{"product", "API"}};
    }
    JournalEntryDraft draft = draft_of(spec);
    draft.description = text();
    for (JournalLine& line : draft.lines) line.memo = below(2) == 0 ? text() : "";
    if (below(4) == 0) {
      draft.reverses =
          german_invoice("E-" + std::to_string(below(1 + static_cast<std::size_t>(number)))).key().reference();
      draft.storno = below(2) == 0;
    }
    auto made = JournalEntry::make(std::move(draft));
    if (!made) throw std::runtime_error(made.error().to_text());
    return std::move(*made);
  }

 private:
  std::mt19937 engine_;
};

/// How many were refused.
int run(delivery::ErpConnector& connector, Draw draw, std::string_view reason) {
  int refused = 0;
  for (int i = 0; i < kEntries; ++i) {
    const JournalEntry entry = draw.entry(i);
    INFO(write_json(entry.to_json()));
    const delivery::Outcome outcome = connector.submit(entry);
    if (const auto* no = std::get_if<delivery::Refused>(&outcome)) {
      INFO(no->text);
      CHECK(no->text.find(reason) != std::string::npos);
      CHECK(std::holds_alternative<delivery::Absent>(connector.find(entry).value()));
      ++refused;
      continue;
    }
    REQUIRE(std::holds_alternative<delivery::Posted>(outcome));
    const auto finding = connector.find(entry);
    REQUIRE(finding.has_value());
    REQUIRE(std::holds_alternative<delivery::FoundPosted>(*finding));
    const Status same =
        delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, connector.describe());
    INFO((same ? "" : same.error().message));
    CHECK(same.has_value());
  }
  return refused;
}

std::unique_ptr<sandbox::Sandbox> sandbox_of_seed() {
  auto started = sandbox::Sandbox::start({.seed = seed()});
  REQUIRE(started.has_value());
  return std::move(*started);
}

}  // namespace

TEST_CASE("every drawn entry reaches Odoo and comes back equal", "[odoo][property]") {
  const auto erp = sandbox_of_seed();
  connectors::odoo::OdooSettings settings;
  settings.connection = {erp->url() + "/odoo", "", sandbox::OdooDouble::kApiKey};
  settings.shape = {"customer", {{"product", "Products"}}};
  settings.entities["DE"] = {"Acme GmbH", "GLMAP", {}};
  const auto connector =
      connectors::odoo::make_odoo_connector(std::move(settings), std::move(*platform::make_http_client({})));
  CHECK(run(*connector, Draw(11), "nothing is refused") == 0);
  CHECK(erp->odoo().count() == kEntries);
}

TEST_CASE("every drawn entry reaches ERPNext and comes back equal; with receivables in dollars, where a rate is found",
          "[erpnext][property]") {
  const auto erp = sandbox_of_seed();
  const auto connect = [&] {
    connectors::erpnext::ErpnextSettings settings;
    settings.connection = {erp->url() + "/erpnext", sandbox::ErpnextDouble::kApiKey,
                           sandbox::ErpnextDouble::kApiSecret};
    settings.companies = {{"DE", "Acme GmbH"}};
    return connectors::erpnext::make_erpnext_connector(std::move(settings), std::move(*platform::make_http_client({})));
  };
  CHECK(run(*connect(), Draw(12), "nothing is refused") == 0);
  const Json documents = erp->erpnext().documents();
  for (const Json& entry : *documents.as_array()) REQUIRE(erp->erpnext().remove(*entry.find("cheque_no")->as_string()));
  REQUIRE(erp->erpnext().set_account_currency("Acme GmbH", "1200", "USD"));
  const int refused = run(*connect(), Draw(13), "account `1200` is kept in USD, ");
  CHECK(refused > kEntries / 4);  // those in euros, and amounts that no rate of nine places explains
  CHECK(erp->erpnext().count() == static_cast<std::size_t>(kEntries - refused));
  CHECK(erp->erpnext().count() > kEntries / 20);
}
