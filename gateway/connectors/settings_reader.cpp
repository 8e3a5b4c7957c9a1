// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/settings_reader.hpp"

#include <charconv>
#include <cstdlib>

#include "gateway/connectors/file/entry_file.hpp"

namespace glmap::gateway::connectors {

namespace {

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

}  // namespace

Error SettingsReader::fault(std::string_view what) const {
  return Error{ErrorCode::BadConfiguration, place_ + std::string(what), {}, {}};
}

std::string SettingsReader::text(const std::string& key, std::string otherwise) {
  asked_.insert(key);
  const auto found = values_.find(key);
  return found == values_.end() ? std::move(otherwise) : found->second;
}

Result<std::string> SettingsReader::required(const std::string& key) {
  std::string value = text(key);
  if (value.empty()) return std::unexpected(fault(" lacks the setting `" + key + "`"));
  return value;
}

Result<bool> SettingsReader::yes_no(const std::string& key) {
  const std::string value = text(key, "no");
  if (value == "yes" || value == "true") return true;
  if (value == "no" || value == "false") return false;
  return std::unexpected(fault(": `" + key + "` is `" + value + "`; write yes or no"));
}

Result<int> SettingsReader::milliseconds(const std::string& key, int otherwise) {
  const std::string value = text(key);
  if (value.empty()) return otherwise;
  int out = 0;
  auto [end, wrong] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (wrong != std::errc{} || end != value.data() + value.size() || out < 1 || out > 3'600'000) {
    return std::unexpected(fault(": `" + key + "` is `" + value + "`; write milliseconds from 1 to 3600000"));
  }
  return out;
}

SettingValues SettingsReader::with_prefix(const std::string& prefix) {
  SettingValues out;
  for (const auto& [key, value] : values_) {
    if (!key.starts_with(prefix)) continue;
    asked_.insert(key);
    out[key.substr(prefix.size())] = value;
  }
  return out;
}

Result<std::string> SettingsReader::secret(const std::string& what, bool needed) {
  const std::string path = text(what + "_file");
  const std::string variable = text(what + "_env");
  if (!needed && path.empty() && variable.empty()) return "";
  if (path.empty() == variable.empty()) {
    return std::unexpected(fault(" needs one of `" + what + "_file` and `" + what + "_env`"));
  }
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0')
      return std::unexpected(fault(": the environment has no `" + variable + "`"));
    return std::string(value);
  }
  const auto content = file::read_whole_file(path);
  if (!content || !*content) {
    return std::unexpected(fault(": the " + what + " file `" + path + "` cannot be read"));
  }
  std::string out = **content;
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

Result<std::string> SettingsReader::url(std::string otherwise) {
  std::string value = text("url", std::move(otherwise));
  if (value.empty()) return std::unexpected(fault(" lacks the setting `url`"));
  const bool has_scheme = value.starts_with("https://") || value.starts_with("http://");
  if (!has_scheme || value.find_first_of("@?#") != std::string::npos) {
    return std::unexpected(
        fault(": `url` is not of the form https://host[:port]; user and password have settings of their own"));
  }
  while (value.ends_with('/')) value.pop_back();
  return value;
}

platform::HttpClientSettings SettingsReader::http() {
  platform::HttpClientSettings out;
  out.authorities_file = text("authorities_file");
  out.plain_http_hosts = words(text("plain_http_hosts"));
  out.client_certificate_file = text("client_certificate_file");
  out.client_key_file = text("client_key_file");
  return out;
}

Result<SettingsReader::Timeouts> SettingsReader::timeouts() {
  Timeouts out;
  GLMAP_TRY(connect_ms, milliseconds("connect_timeout_ms", out.connect_ms_max));
  GLMAP_TRY(total_ms, milliseconds("timeout_ms", out.total_ms_max));
  return Timeouts{connect_ms, total_ms};
}

SettingValues SettingsReader::not_asked() const {
  SettingValues out;
  for (const auto& [key, value] : values_) {
    if (!asked_.contains(key)) out[key] = value;
  }
  return out;
}

Status SettingsReader::nothing_left() const {
  for (const auto& [key, value] : values_) {
    if (!asked_.contains(key)) return std::unexpected(fault(" has the setting `" + key + "`, which is not known here"));
  }
  return {};
}

const SettingValues& settings_of(const ConnectorSettings& settings, const LegalEntity& entity) {
  static const SettingValues none;
  const auto found = settings.entities.find(entity.code);
  return found == settings.entities.end() ? none : found->second;
}

}  // namespace glmap::gateway::connectors
