// SPDX-License-Identifier: Apache-2.0
// The table "What each can do" of docs/connectors/README.md is what each connector says of itself. Connectors of every
// kind are made from settings; GLMAP_UPDATE_GOLDEN=1 writes the table.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "gateway/connectors/factory.hpp"
#include "tests/unit/connectors/entries.hpp"
#include "tests/unit/connectors/test_keys.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using connectors::SettingValues;
using delivery::Capabilities;
using delivery::DimensionSupport;

namespace {

constexpr const char* kPage = GLMAP_SOURCE_DIR "/docs/connectors/README.md";
constexpr const char* kHead = "| kind | reference | lines an entry | entries a call | currencies | dimensions |";

struct Sample {
  std::string kind;
  SettingValues bare, entity;
  SettingValues dimensions = {};  // what makes them the ERP's own records
};

/// A file connection's folder is made when something is written; secrets come from a variable that every machine has.
std::vector<Sample> samples() {
  const SettingValues signed_by = {{"consumer_secret_env", "PATH"}, {"token_secret_env", "PATH"}};
  SettingValues netsuite = {{"account", "1"}, {"consumer_key", "c"}, {"token_id", "t"}};
  netsuite.insert(signed_by.begin(), signed_by.end());
  return {
      {"tryton",
       {{"url", "https://a"}, {"database", "acme"}, {"user", "u"}, {"password_env", "PATH"}},
       {{"journal", "GLMAP"}},
       {{"analytic.product", "PRODUCT"}}},
      {"netsuite", netsuite, {}, {{"dimension.product", "class"}}},
      {"sap",
       {{"url", "https://a"}, {"user", "u"}, {"password_env", "PATH"}, {"created_by", "GLMAP"}},
       {{"company_code", "1000"}}},
      {"odoo",
       {{"url", "https://a"}, {"api_key_env", "PATH"}},
       {{"journal", "GLMAP"}},
       {{"analytic.product", "Products"}}},
      {"erpnext",
       {{"url", "https://a"}, {"api_key", "k"}, {"api_secret_env", "PATH"}},
       {},
       {{"dimension.product", "project"}}},
      {"ledger", {{"url", "https://a"}}, {}},
      {"file", {{"folder", "/nowhere"}}, {}},
  };
}
/// What a described ERP can do stands in its description.
constexpr const char* kDescribed = "rest";

Capabilities described(const Sample& sample, const SettingValues& more) {
  connectors::ConnectorSettings settings{"x", sample.kind, sample.bare, {}, {legal_entity("DE", "Acme GmbH", "EUR")}};
  settings.settings.insert(more.begin(), more.end());
  if (!sample.entity.empty()) settings.entities["DE"] = sample.entity;
  auto made = connectors::make_connector(settings);
  INFO(sample.kind << ": " << (made ? "" : made.error().message));
  REQUIRE(made.has_value());
  CHECK((*made)->describe().kind == sample.kind);
  return (*made)->describe();
}

std::string in_words(DimensionSupport support) {
  switch (support) {
    case DimensionSupport::none:
      return "none";
    case DimensionSupport::text:
      return "in the line's text";
    case DimensionSupport::analytic:
      return "records of the ERP";
  }
  return "";
}

std::string row(const Sample& sample) {
  const Capabilities can = described(sample, {}), most = described(sample, sample.dimensions);
  const auto yes = [](bool is) { return is ? "yes" : "no"; };
  std::ostringstream out;
  out << "| [`" << can.kind << "`](" << can.kind << ".md) | " << can.reference_length_max << " | " << can.lines_max
      << " | " << can.documents_per_call_max << " | " << (can.currency_per_line ? "two a line" : "one") << " | "
      << in_words(can.dimensions);
  if (most.dimensions != can.dimensions) out << "; " << in_words(most.dimensions) << " where set";
  out << " | " << yes(can.draft_step) << " | " << yes(can.unique_reference) << " | " << yes(can.read_back) << " |\n";
  return out.str();
}

std::string table() {
  std::string out =
      std::string(kHead) + " draft first | refuses a second | read back |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const Sample& each : samples()) out += row(each);
  return out;
}

std::string content(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the table of connectors is what each says of itself", "[connectors]") {
  const std::string page = content(kPage);
  const std::size_t begin = page.find(kHead);
  REQUIRE(begin != std::string::npos);
  const std::size_t end = page.find("\n\n", begin) + 1;
  const std::string now = table();
  if (std::getenv("GLMAP_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kPage) << page.substr(0, begin) << now << page.substr(end);
    return;
  }
  CHECK(page.substr(begin, end - begin) == now);
}

TEST_CASE("the table has every kind of connector", "[connectors]") {
  std::vector<std::string> kinds;
  for (const Sample& each : samples()) kinds.push_back(each.kind);
  kinds.emplace_back(kDescribed);
  std::ranges::sort(kinds);
  std::vector<std::string> known = connectors::connector_kinds();
  std::ranges::sort(known);
  CHECK(kinds == known);
}
