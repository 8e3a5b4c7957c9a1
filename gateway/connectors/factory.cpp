// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/factory.hpp"

#include <charconv>
#include <cstdlib>
#include <set>

#include "gateway/connectors/file/entry_file.hpp"
#include "gateway/connectors/file/file_connector.hpp"
#include "gateway/connectors/ledger/ledger_connector.hpp"
#include "gateway/connectors/rest/rest_connector.hpp"
#include "gateway/connectors/tryton/tryton_connector.hpp"
#include "gateway/connectors/tryton/wire.hpp"

namespace glmap::gateway::connectors {

namespace {

using Values = std::map<std::string, std::string>;

/// One group of settings, read key by key; what was not asked for at the end is a misspelling.
class Reader {
 public:
  Reader(std::string place, const Values& values) : place_(std::move(place)), values_(values) {}

  std::string text(const std::string& key, std::string otherwise = {}) {
    asked_.insert(key);
    const auto found = values_.find(key);
    return found == values_.end() ? std::move(otherwise) : found->second;
  }

  Result<std::string> required(const std::string& key) {
    std::string value = text(key);
    if (value.empty()) return fail(ErrorCode::BadConfiguration, place_ + " lacks the setting `" + key + "`");
    return value;
  }

  Result<bool> yes_no(const std::string& key) {
    const std::string value = text(key, "no");
    if (value == "yes" || value == "true") return true;
    if (value == "no" || value == "false") return false;
    return fail(ErrorCode::BadConfiguration, place_ + ": `" + key + "` is `" + value + "`; write yes or no");
  }

  Result<int> milliseconds(const std::string& key, int otherwise) {
    const std::string value = text(key);
    if (value.empty()) return otherwise;
    int out = 0;
    auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (fault != std::errc{} || end != value.data() + value.size() || out < 1 || out > 3'600'000) {
      return fail(ErrorCode::BadConfiguration,
                  place_ + ": `" + key + "` is `" + value + "`; write milliseconds from 1 to 3600000");
    }
    return out;
  }

  /// `prefix`KEY = VALUE of all settings that start so.
  Values with_prefix(const std::string& prefix) {
    Values out;
    for (const auto& [key, value] : values_) {
      if (!key.starts_with(prefix)) continue;
      asked_.insert(key);
      out[key.substr(prefix.size())] = value;
    }
    return out;
  }

  Status nothing_left() const {
    for (const auto& [key, value] : values_) {
      if (!asked_.contains(key)) {
        return fail(ErrorCode::BadConfiguration, place_ + " has the setting `" + key + "`, which is not known here");
      }
    }
    return {};
  }

  /// The settings that nobody has asked for yet.
  Values not_asked() const {
    Values out = values_;
    for (const std::string& key : asked_) out.erase(key);
    return out;
  }

  const std::string& place() const { return place_; }

 private:
  std::string place_;
  const Values& values_;
  std::set<std::string> asked_;
};

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',' && c != ' ') {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::move(word));
      word.clear();
    }
  }
  return out;
}

/// From `WHAT_file` or `WHAT_env`.
Result<std::string> secret_of(Reader& reader, const std::string& what, bool needed) {
  const std::string path = reader.text(what + "_file");
  const std::string variable = reader.text(what + "_env");
  if (!needed && path.empty() && variable.empty()) return "";
  if (path.empty() == variable.empty()) {
    return fail(ErrorCode::BadConfiguration,
                reader.place() + " needs one of `" + what + "_file` and `" + what + "_env`");
  }
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      return fail(ErrorCode::BadConfiguration, reader.place() + ": the environment has no `" + variable + "`");
    }
    return std::string(value);
  }
  const auto content = file::read_whole_file(path);
  if (!content || !*content) {
    return fail(ErrorCode::BadConfiguration, reader.place() + ": the " + what + " file `" + path + "` cannot be read");
  }
  std::string out = **content;
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

Status check_url(const Reader& reader, const std::string& url) {
  const bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
  if (has_scheme && url.find_first_of("@?#") == std::string::npos) return {};
  return fail(
      ErrorCode::BadConfiguration,
      reader.place() + ": `url` is not of the form https://host[:port]; user and password have settings of their own");
}

Result<tryton::TrytonEntity> tryton_entity(const std::string& place, const LegalEntity& entity, const Values& values) {
  Reader reader(place + ", entity " + entity.code, values);
  tryton::TrytonEntity out;
  out.company = reader.text("company", entity.name);
  out.journal = reader.text("journal");
  out.journals = reader.with_prefix("journal.");
  if (out.journal.empty() && out.journals.empty()) {
    return fail(ErrorCode::BadConfiguration, reader.place() + " lacks the setting `journal`");
  }
  GLMAP_CHECK(reader.nothing_left());
  return out;
}

Result<std::unique_ptr<delivery::ErpConnector>> make_tryton(const ConnectorSettings& settings) {
  Reader reader("ERP connection `" + settings.name + "`", settings.settings);
  tryton::TrytonSettings out;
  GLMAP_TRY(url, reader.required("url"));
  GLMAP_TRY(database, reader.required("database"));
  GLMAP_TRY(user, reader.required("user"));
  GLMAP_TRY(secret, secret_of(reader, "password", true));
  GLMAP_TRY(connect_ms, reader.milliseconds("connect_timeout_ms", out.rpc.connect_ms_max));
  GLMAP_TRY(total_ms, reader.milliseconds("timeout_ms", out.rpc.total_ms_max));
  GLMAP_TRY(create_parties, reader.yes_no("create_parties"));
  GLMAP_CHECK(check_url(reader, url));
  out.rpc = {url, database, user, secret, connect_ms, total_ms};
  while (out.rpc.url.ends_with('/')) out.rpc.url.pop_back();
  out.create_parties = create_parties;
  out.party_dimension = reader.text("party_dimension", out.party_dimension);
  out.analytic_roots = reader.with_prefix("analytic.");
  platform::HttpClientSettings http_settings;
  http_settings.authorities_file = reader.text("authorities_file");
  http_settings.plain_http_hosts = words(reader.text("plain_http_hosts"));
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    const auto values = settings.entities.find(entity.code);
    GLMAP_TRY(made,
              tryton_entity(reader.place(), entity, values == settings.entities.end() ? Values{} : values->second));
    out.entities.emplace(entity.code, std::move(made));
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return tryton::make_tryton_connector(std::move(out), std::move(http));
}

Result<std::unique_ptr<delivery::ErpConnector>> make_ledger(const ConnectorSettings& settings) {
  Reader reader("ERP connection `" + settings.name + "`", settings.settings);
  ledger::LedgerSettings out;
  GLMAP_TRY(url, reader.required("url"));
  GLMAP_TRY(token, secret_of(reader, "token", false));
  GLMAP_TRY(connect_ms, reader.milliseconds("connect_timeout_ms", out.connect_ms_max));
  GLMAP_TRY(total_ms, reader.milliseconds("timeout_ms", out.total_ms_max));
  GLMAP_CHECK(check_url(reader, url));
  out = {url, token, connect_ms, total_ms};
  while (out.url.ends_with('/')) out.url.pop_back();
  platform::HttpClientSettings http_settings;
  http_settings.authorities_file = reader.text("authorities_file");
  http_settings.plain_http_hosts = words(reader.text("plain_http_hosts"));
  GLMAP_CHECK(reader.nothing_left());
  for (const auto& [code, values] : settings.entities) {
    Reader entity(reader.place() + ", entity " + code, values);
    entity.text("company");  // read by expected_identities
    GLMAP_CHECK(entity.nothing_left());
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return ledger::make_ledger_connector(std::move(out), std::move(http));
}

/// `Authorization` from a token or from user and password; nothing when neither is set.
Result<std::string> authorisation_of(Reader& reader) {
  GLMAP_TRY(token, secret_of(reader, "token", false));
  const std::string user = reader.text("user");
  GLMAP_TRY(password, secret_of(reader, "password", !user.empty()));
  if (!token.empty() && !user.empty())
    return fail(ErrorCode::BadConfiguration, reader.place() + " has a token and a user; write one of them");
  if (!token.empty()) return "Bearer " + token;
  return user.empty() ? "" : "Basic " + tryton::base64(user + ":" + password);
}

Result<std::unique_ptr<delivery::ErpConnector>> make_rest(const ConnectorSettings& settings) {
  Reader reader("ERP connection `" + settings.name + "`", settings.settings);
  GLMAP_TRY(url, reader.required("url"));
  GLMAP_CHECK(check_url(reader, url));
  GLMAP_TRY(authorisation, authorisation_of(reader));
  const std::string key_header = reader.text("api_key_header");
  GLMAP_TRY(api_key, secret_of(reader, "api_key", !key_header.empty()));
  GLMAP_TRY(connect_ms, reader.milliseconds("connect_timeout_ms", 5'000));
  GLMAP_TRY(total_ms, reader.milliseconds("timeout_ms", 60'000));
  platform::HttpClientSettings http_settings;
  http_settings.authorities_file = reader.text("authorities_file");
  http_settings.plain_http_hosts = words(reader.text("plain_http_hosts"));
  GLMAP_TRY(read,
            rest::read_rest_settings(reader.place(), reader.not_asked(), settings.entities, settings.legal_entities));
  read.url = url;
  while (read.url.ends_with('/')) read.url.pop_back();
  read.authorisation = authorisation;
  if (!key_header.empty()) read.secret_headers.emplace_back(key_header, api_key);
  read.connect_ms_max = connect_ms;
  read.total_ms_max = total_ms;
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return rest::make_rest_connector(std::move(read), std::move(http));
}

Result<std::unique_ptr<delivery::ErpConnector>> make_file(const ConnectorSettings& settings) {
  GLMAP_TRY(read, file::read_file_settings("ERP connection `" + settings.name + "`", settings.settings,
                                           settings.entities, settings.legal_entities));
  return file::make_file_connector(std::move(read), std::make_unique<platform::SystemClock>());
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_connector(const ConnectorSettings& settings) {
  for (const auto& [code, values] : settings.entities) {
    bool served = false;
    for (const LegalEntity& entity : settings.legal_entities) served = served || entity.code == code;
    if (!served) {
      return fail(ErrorCode::BadConfiguration, "ERP connection `" + settings.name + "` has settings for entity `" +
                                                   code + "`, which the book does not send there");
    }
  }
  if (settings.kind == "tryton") return make_tryton(settings);
  if (settings.kind == "file") return make_file(settings);
  if (settings.kind == "ledger") return make_ledger(settings);
  if (settings.kind == "rest") return make_rest(settings);
  return fail(ErrorCode::BadConfiguration, "ERP connection `" + settings.name + "` is of kind `" + settings.kind +
                                               "`; write tryton, ledger, rest or file");
}

std::map<std::string, delivery::EntityIdentity> expected_identities(const ConnectorSettings& settings) {
  std::map<std::string, delivery::EntityIdentity> out;
  for (const LegalEntity& entity : settings.legal_entities) {
    std::string name = entity.name;
    if (const auto values = settings.entities.find(entity.code); values != settings.entities.end()) {
      if (const auto company = values->second.find("company"); company != values->second.end()) name = company->second;
    }
    out[entity.code] = {std::move(name), std::string(entity.functional.code())};
  }
  return out;
}

std::vector<std::string> connector_kinds() {
  return {"tryton", "ledger", "rest", "file"};
}

}  // namespace glmap::gateway::connectors
