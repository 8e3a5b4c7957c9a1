// SPDX-License-Identifier: Apache-2.0
// The settings of one ERP connection as they were written, and how a connector reads them: each by name, so that what
// nobody asked for is a misspelling. Every error is GLM-9012 and names the connection and the setting. Any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/ledger.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors {

using SettingValues = std::map<std::string, std::string>;

struct ConnectorSettings {
  std::string name;  // of the ERP connection, as in LegalEntity::erp
  std::string kind;  // tryton, ledger, file ...
  SettingValues settings;
  std::map<std::string, SettingValues> entities;  // by our entity code
  /// The book's legal entities that this connection serves, with their charts.
  std::vector<LegalEntity> legal_entities;
};

/// One group of settings.
class SettingsReader {
 public:
  SettingsReader(std::string place, const SettingValues& values) : place_(std::move(place)), values_(values) {}
  /// Of the connection.
  explicit SettingsReader(const ConnectorSettings& settings)
      : SettingsReader("ERP connection `" + settings.name + "`", settings.settings) {}

  std::string text(const std::string& key, std::string otherwise = {});
  Result<std::string> required(const std::string& key);
  Result<bool> yes_no(const std::string& key);
  Result<int> milliseconds(const std::string& key, int otherwise);
  /// `prefix`KEY = VALUE of all settings that start so.
  SettingValues with_prefix(const std::string& prefix);
  /// From `WHAT_file` or `WHAT_env`, never from the settings themselves; "" when neither is there and none is needed.
  Result<std::string> secret(const std::string& what, bool needed);
  /// `url`, without a slash at its end. Absent: `otherwise`, which empty makes it required.
  Result<std::string> url(std::string otherwise = {});
  /// `authorities_file`, `plain_http_hosts`, `client_certificate_file`, `client_key_file`.
  platform::HttpClientSettings http();
  /// `connect_timeout_ms`, `timeout_ms`.
  struct Timeouts {
    int connect_ms_max = 5'000, total_ms_max = 60'000;
  };
  Result<Timeouts> timeouts();

  Status nothing_left() const;
  /// For who reads the rest by other means.
  SettingValues not_asked() const;
  Error fault(std::string_view what) const;
  const std::string& place() const { return place_; }

 private:
  std::string place_;
  const SettingValues& values_;
  std::set<std::string> asked_;
};

/// The settings of each legal entity of the connection, by its code; none were written: empty ones.
const SettingValues& settings_of(const ConnectorSettings& settings, const LegalEntity& entity);

}  // namespace glmap::gateway::connectors
