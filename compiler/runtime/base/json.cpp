// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/json.hpp"

#include "compiler/runtime/base/json_document.hpp"

namespace glmap {

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  JsonDocument document;
  GLMAP_CHECK(document.read(text, limits));
  return to_tree(document.root());
}

const Json* Json::find(std::string_view key) const {
  const Object* object = as_object();
  if (object == nullptr) return nullptr;
  for (const Member& member : *object)
    if (member.first == key) return &member.second;
  return nullptr;
}

void Json::set(std::string_view key, Json value) {
  if (is_null()) value_ = Object{};
  Object* object = as_object();
  GLMAP_ASSERT(object != nullptr);
  for (Member& member : *object) {
    if (member.first != key) continue;
    member.second = std::move(value);
    return;
  }
  object->emplace_back(std::string(key), std::move(value));
}

std::string_view Json::kind_in_words() const {
  if (is_null()) return "nothing (null)";
  if (as_bool() != nullptr) return "true or false";
  if (as_number() != nullptr) return "a number";
  if (as_string() != nullptr) return "text";
  return as_array() != nullptr ? "an array" : "an object";
}

}  // namespace glmap
