// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/auditor_book.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace glmap::simulation {

namespace {

struct Company {
  std::string_view code, currency, lane;
};
constexpr std::array kCompanies = {Company{"DE", "EUR", "erp-eu"}, Company{"AT", "EUR", "erp-at"},
                                   Company{"US", "USD", "erp-us"}, Company{"JP", "JPY", "erp-eu"}};

const Company* company_of(std::string_view code) {
  for (const Company& each : kCompanies) {
    if (each.code == code) return &each;
  }
  return nullptr;
}

OwnEntry entry_for(const std::string& entity, const OwnJson& data, std::vector<OwnLine> lines) {
  OwnEntry entry;
  entry.entity = entity;
  entry.currency = data["currency"].text;
  entry.date = data["document_date"].text;
  entry.period = entry.date.substr(0, 7);
  entry.lane = company_of(entity)->lane;
  for (const OwnLine& line : lines) {
    if (line.minor == 0) continue;  // nothing is no line
    entry.lines.push_back(line);
    if (line.debit) entry.total += line.minor;
  }
  std::sort(entry.lines.begin(), entry.lines.end());
  return entry;
}

bool knows_product(int release, bool remembers, const std::string& product) {
  return product == "PLATFORM" || product == "API" || (product == "SETUP" && (release >= 2 || remembers));
}

}  // namespace

int release_of(const std::string& digest) {
  return digest.size() == 5 && digest.starts_with("sim:") ? digest[4] - '0' : 0;
}

OwnDecision own_decision(int release, bool remembers, const OwnJson& event) {
  using Kind = OwnDecision::Kind;
  static const std::array<std::string, 6> kTypes = {"invoice.issued", "credit.issued",   "payment.received",
                                                    "charge.shared",  "invoice.drafted", "dispute.opened"};
  const Kind unknown = release == 3 ? Kind::rejected : Kind::held;
  const std::string& type = event["type"].text;
  const OwnJson& data = event["data"];
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) return {unknown, {}};
  const Company* company = company_of(data["entity"].text);
  if (company == nullptr) return {unknown, {}};
  if (!data.has("product")) return {Kind::held, {}};
  if (!knows_product(release, remembers, data["product"].text)) return {unknown, {}};
  const std::string& currency = data["currency"].text;
  const auto net = minor_of(data["net"].text, currency);
  const auto tax = minor_of(data["tax"].text, currency);
  const auto total = minor_of(data["total"].text, currency);
  if (!net || !tax || !total) return {Kind::held, {}};
  const bool has_parts = type == "invoice.issued" || type == "credit.issued" || type == "invoice.drafted";
  if (has_parts && *total != *net + *tax) return {Kind::held, {}};
  if (type == "invoice.drafted") return {Kind::no_entry, {}};
  if (type == "dispute.opened") return {release == 3 ? Kind::no_entry : Kind::held, {}};
  const std::string& date = data["document_date"].text;
  if (date <= (release == 1 ? "2026-08-31" : "2026-07-31") || date > "2027-12-31") return {Kind::held, {}};
  if (currency != company->currency) return {Kind::held, {}};

  constexpr std::array kRevenue = {"4200", "4400", "4300"};
  const std::string revenue = kRevenue.at(static_cast<std::size_t>(release) - 1);
  const std::string entity(company->code);
  if (type == "invoice.issued") {
    return {Kind::entries,
            {entry_for(entity, data, {{"1200", true, *total}, {revenue, false, *net}, {"3806", false, *tax}})}};
  }
  if (type == "credit.issued") {
    return {Kind::entries,
            {entry_for(entity, data, {{"1200", false, *total}, {revenue, true, *net}, {"3806", true, *tax}})}};
  }
  if (type == "payment.received") {
    return {Kind::entries, {entry_for(entity, data, {{"1800", true, *total}, {"1200", false, *total}})}};
  }
  const std::string& partner = data["partner"].text;
  return {Kind::entries,
          {entry_for(entity, data, {{"1500", true, *total}, {revenue, false, *total}}),
           entry_for(partner, data, {{"6300", true, *total}, {"1600", false, *total}})}};
}

OwnControl own_control(const OwnJson& event) {
  const OwnJson& data = event["data"];
  const auto minor = minor_of(data["total"].text, data["currency"].text);
  if (!minor) return {data["entity"].text, "", 0};
  return {data["entity"].text, data["currency"].text, *minor};
}

OwnEntry own_entry(const OwnJson& body) {
  OwnEntry entry;
  entry.entity = body["entity"].text;
  entry.currency = body["currency"].text;
  entry.date = body["posting_date"].text;
  entry.period = body["period"].text;
  const Company* company = company_of(entry.entity);
  entry.lane = company == nullptr ? std::string_view("none") : company->lane;
  for (const OwnJson& line : body["lines"].list) {
    const auto minor = minor_of(line["amount"].text, entry.currency);
    const auto functional = minor_of(line["functional_amount"].text, body["functional_currency"].text);
    if (!minor || minor != functional)
      throw std::runtime_error("an amount of the entry cannot be read: " + line.dump());
    entry.lines.push_back({line["account"].text, line["side"].text == "debit", *minor});
    if (entry.lines.back().debit) entry.total += *minor;
  }
  std::sort(entry.lines.begin(), entry.lines.end());
  return entry;
}

}  // namespace glmap::simulation
