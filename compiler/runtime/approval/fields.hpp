// SPDX-License-Identifier: Apache-2.0
// Reads the objects of a policy or a statement: known keys only, each of the right form; the first fault is told with
// its place. Private to approval. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::approval {

class Fields {
 public:
  /// `what`: "the policy", "a person" ...; `place`: its JSON pointer. All must outlive this.
  Fields(const Json& json, std::string what, std::string place, ErrorCode code)
      : json_(json), what_(std::move(what)), place_(std::move(place)), code_(code) {}

  Status only(std::initializer_list<std::string_view> known) const;
  bool has(std::string_view key) const { return json_.find(key) != nullptr; }
  Result<std::string> text(std::string_view key) const;
  Result<Date> date(std::string_view key) const;
  Result<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most) const;
  Result<const Json*> list(std::string_view key) const;
  Result<const Json*> object(std::string_view key) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  std::string place(std::string_view key) const { return place_ + pointer_step(key); }
  std::unexpected<Error> wrong(std::string_view key, std::string message) const;

 private:
  Result<const Json*> need(std::string_view key) const;

  const Json& json_;
  std::string what_, place_;
  ErrorCode code_;
};

}  // namespace glmap::approval
