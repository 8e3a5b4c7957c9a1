// SPDX-License-Identifier: Apache-2.0
// The auditor's own reader of JSON: small, and no line of it shared with the product. Numbers stay text. Throws on what
// is not JSON, since everything it reads was written by the simulation or answered by the gateway.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace glmap::simulation {

class OwnJson {
 public:
  enum class Kind { none, text, number, list, object, word };

  /// Throws std::runtime_error.
  static OwnJson read(std::string_view text);

  Kind kind = Kind::none;
  std::string text;  // of a text or a number; true, false, null
  std::vector<OwnJson> list;
  std::map<std::string, OwnJson> object;

  /// The member, or an empty value.
  const OwnJson& operator[](const std::string& name) const;
  bool has(const std::string& name) const { return object.contains(name); }
  long long whole() const;
  /// One text for one content: keys in order, no blanks.
  std::string dump() const;
};

}  // namespace glmap::simulation
