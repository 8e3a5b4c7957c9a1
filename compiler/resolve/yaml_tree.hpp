// SPDX-License-Identifier: Apache-2.0
// A strict reading of YAML: scalars stay text as written (0400 keeps its zeros), every node has its place, and what
// makes YAML surprising is refused: anchors, aliases, tags, several documents, keys that stand twice. For
// resolve and the release policy; the only door to yaml-cpp. Single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::resolve {

struct YamlNode {
  enum class Kind : std::uint8_t { nothing, scalar, sequence, map };
  Kind kind = Kind::nothing;
  std::string text;  // scalar
  bool quoted = false;
  diagnostics::Span span;
  std::vector<YamlNode> keys;   // map: scalars, distinct, one for each item
  std::vector<YamlNode> items;  // map, sequence

  /// The value under `key`; nullptr when this is no map or has no such key.
  const YamlNode* find(std::string_view key) const;
};

struct YamlLimits {
  std::size_t bytes_max = std::size_t{16} << 20;
  std::size_t nodes_max = 2'000'000;
  std::size_t depth_max = 12;
};

/// The document, or nullopt with one finding in `sink`: GLM-1002, GLM-1003, GLM-1006. A key that stands twice is
/// GLM-2002 and keeps its first value, so that the rest can be read too.
std::optional<YamlNode> read_yaml(const std::string& file, const std::string& text, diagnostics::Sink& sink,
                                  const YamlLimits& limits = {});

}  // namespace glmap::resolve
