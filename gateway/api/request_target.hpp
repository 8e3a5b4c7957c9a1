// SPDX-License-Identifier: Apache-2.0
// The target of a request taken apart: decoded path segments and query parameters. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::api {

class RequestTarget {
 public:
  /// Errors: GLM-6014 a percent sign that no two hexadecimal digits follow, or a parameter given twice.
  static Result<RequestTarget> parse(std::string_view target);

  const std::string& path() const { return path_; }  // as sent, without the query
  const std::vector<std::string>& segments() const { return segments_; }
  /// nullptr when absent.
  const std::string* parameter(std::string_view name) const;
  std::string text(std::string_view name) const;  // "" when absent
  /// Errors: GLM-6014 no whole number between `least` and `most`.
  Result<std::int64_t> number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                              std::int64_t most) const;
  /// Errors: GLM-6014 naming a parameter that is not among `known`: a misspelt filter must not list everything.
  Status only(std::initializer_list<std::string_view> known) const;

 private:
  std::string path_;
  std::vector<std::string> segments_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace glmap::gateway::api
