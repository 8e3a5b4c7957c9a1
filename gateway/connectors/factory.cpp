// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/factory.hpp"

#include <algorithm>
#include <array>

#include "gateway/connectors/erpnext/erpnext_connector.hpp"
#include "gateway/connectors/file/file_connector.hpp"
#include "gateway/connectors/ledger/ledger_connector.hpp"
#include "gateway/connectors/netsuite/netsuite_connector.hpp"
#include "gateway/connectors/odoo/odoo_connector.hpp"
#include "gateway/connectors/rest/rest_connector.hpp"
#include "gateway/connectors/sap/sap_connector.hpp"
#include "gateway/connectors/tryton/tryton_connector.hpp"

namespace glmap::gateway::connectors {

namespace {

struct Kind {
  std::string_view name;
  Result<std::unique_ptr<delivery::ErpConnector>> (*make)(const ConnectorSettings&);
};

/// A new ERP is a folder and a line here.
constexpr std::array kKinds = {
    Kind{"tryton", tryton::make_from_settings},      //
    Kind{"netsuite", netsuite::make_from_settings},  //
    Kind{"sap", sap::make_from_settings},            //
    Kind{"odoo", odoo::make_from_settings},          //
    Kind{"erpnext", erpnext::make_from_settings},    //
    Kind{"ledger", ledger::make_from_settings},      //
    Kind{"rest", rest::make_from_settings},          //
    Kind{"file", file::make_from_settings},          //
};

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_connector(const ConnectorSettings& settings) {
  for (const auto& [code, values] : settings.entities) {
    if (std::ranges::find(settings.legal_entities, code, &LegalEntity::code) == settings.legal_entities.end()) {
      return fail(ErrorCode::BadConfiguration, "ERP connection `" + settings.name + "` has settings for entity `" +
                                                   code + "`, which the book does not send there");
    }
  }
  const auto kind = std::ranges::find(kKinds, settings.kind, &Kind::name);
  if (kind != kKinds.end()) return kind->make(settings);
  std::string known;
  for (const Kind& each : kKinds) known += (known.empty() ? "" : ", ") + std::string(each.name);
  return fail(ErrorCode::BadConfiguration,
              "ERP connection `" + settings.name + "` is of kind `" + settings.kind + "`; there are " + known);
}

std::map<std::string, delivery::EntityIdentity> expected_identities(const ConnectorSettings& settings) {
  std::map<std::string, delivery::EntityIdentity> out;
  for (const LegalEntity& entity : settings.legal_entities) {
    const SettingValues& values = settings_of(settings, entity);
    const auto company = values.find("company");
    out[entity.code] = {company == values.end() ? entity.name : company->second, std::string(entity.functional.code())};
  }
  return out;
}

std::vector<std::string> connector_kinds() {
  std::vector<std::string> out;
  for (const Kind& each : kKinds) out.emplace_back(each.name);
  return out;
}

}  // namespace glmap::gateway::connectors
