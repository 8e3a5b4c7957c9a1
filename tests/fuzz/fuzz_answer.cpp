// SPDX-License-Identifier: Apache-2.0
// What an ERP answers, by the readers of the connectors: SAP's confirmation and items, NetSuite's errors and journals,
// an entry of an hledger journal. Never a posting without a document, never a finding that equals the entry by
// accident.
#include "gateway/connectors/file/hledger_reader.hpp"
#include "gateway/connectors/netsuite/error_table.hpp"
#include "gateway/connectors/netsuite/journal.hpp"
#include "gateway/connectors/sap/confirmation.hpp"
#include "gateway/connectors/sap/error_table.hpp"
#include "gateway/connectors/sap/read_back.hpp"
#include "gateway/delivery/compare.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/connectors/entries.hpp"

namespace {

using namespace glmap;
using namespace glmap::gateway;

/// The answer shows the entry only where it holds each of its amounts.
void check(const JournalEntry& entry, const delivery::Finding& finding, std::string_view text) {
  const auto* posted = std::get_if<delivery::FoundPosted>(&finding);
  if (posted == nullptr || !delivery::compare(entry, posted->document, {.currency_per_line = true})) return;
  fuzz::must(text.find("119") != std::string_view::npos, "what is not in the answer is not found in it");
}

void netsuite(std::string_view text) {
  platform::HttpAnswered answered;
  answered.status = 400;
  answered.body = text;
  const auto complaint = connectors::netsuite::complaint_of(answered);
  (void)connectors::netsuite::classify(complaint.code, complaint.text);
  const auto json = parse_json(text);
  if (!json) return;
  static const JournalEntry entries[] = {
      testing::german_invoice(), testing::storno_of(testing::german_invoice(), "V-1"), testing::dollar_invoice()};
  static connectors::netsuite::Session session("http://127.0.0.1", connectors::auth::OAuth1Credentials{}, nullptr, {},
                                               *std::make_unique<platform::SystemClock>().release());
  static connectors::netsuite::Books books(session, {});
  for (const JournalEntry& entry : entries) {
    const auto finding = connectors::netsuite::from_journal(entry, {.dimensions = {}, .books_currency = true},
                                                            {"1", "Acme GmbH", "EUR"}, books, *json);
    if (finding) check(entry, *finding, text);
  }
}

void sap(std::string_view text) {
  if (const auto confirmed = connectors::sap::read_confirmation(text)) {
    for (const auto& each : confirmed->entries) (void)connectors::sap::classify(each.log);
  }
  const auto rows = connectors::sap::rows_of(std::string(text));
  static const JournalEntry entry = testing::german_invoice();
  if (rows) check(entry, connectors::sap::read_finding({}, entry, *rows), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = glmap::fuzz::text_of(data, size);
  netsuite(text);
  sap(text);
  static const glmap::JournalEntry entry = glmap::testing::german_invoice();
  if (const auto document = glmap::gateway::connectors::file::read_hledger_entry(text))
    check(entry, glmap::gateway::delivery::FoundPosted{*document}, text);
  return 0;
}
