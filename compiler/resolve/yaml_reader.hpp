// SPDX-License-Identifier: Apache-2.0
// Reads the maps of reference data: known keys only, required keys there, values of the right form. Each fault is
// reported where it stands; reading goes on. Private to resolve. Single-threaded.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/yaml_tree.hpp"

namespace glmap::resolve {

/// "a list", "text" ... for messages.
std::string_view kind_in_words(const YamlNode& node);

class MapReader {
 public:
  /// `what` names the thing in messages: "entity", "account" ... Reports GLM-1006 when `node` is no map, and for each
  /// key that is not among `keys`.
  MapReader(Context& context, const YamlNode& node, std::string what, std::initializer_list<std::string_view> keys);

  bool is_map() const { return node_.kind == YamlNode::Kind::map; }
  const YamlNode& node() const { return node_; }

  /// The value under `key`; reports GLM-1006 when there is none.
  const YamlNode* need(std::string_view key);
  const YamlNode* find(std::string_view key) const { return node_.find(key); }

  /// Text under a required key; empty after a report.
  std::string text(std::string_view key);
  /// As `text`; the key may be absent.
  std::string text_if_any(std::string_view key);
  std::optional<Date> date_if_any(std::string_view key);
  std::optional<Date> date(std::string_view key);
  bool yes_or(std::string_view key, bool otherwise);

 private:
  std::string scalar(const YamlNode& value, std::string_view key);
  std::size_t pieces_of_text(std::size_t first, const std::vector<std::string>& known);
  void unknown_key(const YamlNode& key, bool alone, const std::vector<std::string>& known);

  Context& context_;
  const YamlNode& node_;
  std::string what_;
};

/// The entries under the one key of a file, `key:`; nullptr after a report. `kind` is what must stand there.
const YamlNode* top_level(Context& context, const YamlNode& root, std::string_view key, YamlNode::Kind kind);

/// A date as written. Reports GLM-1007.
std::optional<Date> read_date(Context& context, const YamlNode& node);

/// events.yaml: event types, their fields, definitions and invariants.
void read_events(Context& context, const YamlNode& root);

}  // namespace glmap::resolve
