// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gateway/connectors/file/file_connector.hpp"

namespace glmap::gateway::connectors::file {

namespace {

/// Words between commas and blanks.
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

Result<std::vector<const FormatKind*>> chosen_kinds(const std::string& place, const std::string& text) {
  std::vector<const FormatKind*> out;
  std::string names;
  for (const FormatKind& kind : format_kinds()) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  for (const std::string& name : words(text)) {
    const auto kind = std::ranges::find(format_kinds(), name, &FormatKind::name);
    if (kind == format_kinds().end() || std::ranges::find(out, &*kind) != out.end()) {
      return fail(ErrorCode::BadConfiguration,
                  place + ": `format` is `" + text + "`; write one or several of " + names + ", each once");
    }
    out.push_back(&*kind);
  }
  return out;
}

bool takes(const FormatKind& kind, std::string_view key) {
  return std::ranges::any_of(kind.settings, [&](std::string_view known) {
    return known.ends_with('.') ? key.starts_with(known) && key.size() > known.size() : key == known;
  });
}

Status check_known(const std::string& place, const FormatSettings::Values& values,
                   const std::vector<const FormatKind*>& kinds, std::initializer_list<std::string_view> also) {
  for (const auto& [key, value] : values) {
    const bool known = std::find(also.begin(), also.end(), key) != also.end() ||
                       std::ranges::any_of(kinds, [&](const FormatKind* kind) { return takes(*kind, key); });
    if (!known) {
      return fail(ErrorCode::BadConfiguration, place + " has the setting `" + key + "`, which is not known here");
    }
  }
  return {};
}

}  // namespace

Result<FileSettings> read_file_settings(const std::string& place, const FormatSettings::Values& values,
                                        const std::map<std::string, FormatSettings::Values>& entity_values,
                                        const std::vector<LegalEntity>& entities) {
  const FormatSettings connection(place, values);
  GLMAP_TRY(folder, connection.required("folder"));
  GLMAP_TRY(kinds, chosen_kinds(place, connection.text("format", "hledger")));
  GLMAP_CHECK(check_known(place, values, kinds, {"folder", "format"}));
  FileSettings out{folder, {}};
  for (const LegalEntity& entity : entities) {
    FormatSettings::Values merged = values;
    if (const auto own = entity_values.find(entity.code); own != entity_values.end()) {
      // `company` is read where identities are compared.
      GLMAP_CHECK(check_known(place + ", entity " + entity.code, own->second, kinds, {"company"}));
      for (const auto& [key, value] : own->second) merged[key] = value;
    }
    EntityFiles& files = out.entities[entity.code];
    files.entity = entity;
    for (const FormatKind* kind : kinds) {
      GLMAP_TRY(format, kind->make(entity, FormatSettings(place + ", entity " + entity.code, merged)));
      files.formats.push_back(std::move(format));
    }
  }
  return out;
}

}  // namespace glmap::gateway::connectors::file
