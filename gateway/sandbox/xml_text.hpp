// SPDX-License-Identifier: Apache-2.0
// As much of XML as a double needs to read what a client sends: elements, attributes, text. Strict: no document type,
// no processing instruction but the declaration, no entity but the five. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::sandbox {

struct XmlElement {
  std::string name;  // without its prefix
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view of) const;
  /// The text of a child, "" when there is none.
  std::string text_of(std::string_view of) const;
};

/// Errors: GLM-6001 with the byte that cannot be read.
Result<XmlElement> read_xml(std::string_view text);

/// As character data.
std::string xml_escaped(std::string_view text);

}  // namespace glmap::gateway::sandbox
