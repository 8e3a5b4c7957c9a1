// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/approval/fields.hpp"

#include <algorithm>
#include <charconv>

namespace glmap::approval {

std::unexpected<Error> Fields::wrong(std::string_view key, std::string message) const {
  SourceRef where;
  where.pointer = key.empty() ? place_ : place(key);
  return fail(code_, std::move(message), "see docs/formats/release.md for what may stand there", std::move(where));
}

Status Fields::only(std::initializer_list<std::string_view> known) const {
  const Json::Object* object = json_.as_object();
  if (object == nullptr) return wrong("", what_ + " is " + std::string(json_.kind_in_words()) + ", no object");
  for (const auto& [key, value] : *object) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string list;
    for (const std::string_view one : known) list += (list.empty() ? "" : ", ") + std::string(one);
    return wrong("", what_ + " has " + in_backticks(key) + ", it knows " + list);
  }
  return {};
}

Result<const Json*> Fields::need(std::string_view key) const {
  const Json* value = json_.find(key);
  if (value == nullptr) return wrong("", what_ + " lacks `" + std::string(key) + "`");
  return value;
}

Result<std::string> Fields::text(std::string_view key) const {
  GLMAP_TRY(value, need(key));
  if (value->as_string() == nullptr)
    return wrong(key, "`" + std::string(key) + "` is " + std::string(value->kind_in_words()) + ", text is expected");
  return *value->as_string();
}

Result<Date> Fields::date(std::string_view key) const {
  GLMAP_TRY(written, text(key));
  auto date = Date::parse(written);
  if (!date) return wrong(key, date.error().message);
  return *date;
}

Result<std::int64_t> Fields::number(std::string_view key, std::int64_t least, std::int64_t most) const {
  GLMAP_TRY(value, need(key));
  std::int64_t number = 0;
  const JsonNumber* written = value->as_number();
  const std::string_view digits = written != nullptr ? std::string_view(written->text) : std::string_view();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number < least || number > most)
    return wrong(key, "`" + std::string(key) + "` is no whole number from " + std::to_string(least) + " to " +
                          std::to_string(most));
  return number;
}

Result<const Json*> Fields::list(std::string_view key) const {
  GLMAP_TRY(value, need(key));
  if (value->as_array() == nullptr)
    return wrong(key, "`" + std::string(key) + "` is " + std::string(value->kind_in_words()) + ", a list is expected");
  return value;
}

Result<const Json*> Fields::object(std::string_view key) const {
  GLMAP_TRY(value, need(key));
  if (value->as_object() == nullptr)
    return wrong(key,
                 "`" + std::string(key) + "` is " + std::string(value->kind_in_words()) + ", an object is expected");
  return value;
}

Result<std::vector<std::string>> Fields::texts(std::string_view key) const {
  GLMAP_TRY(value, list(key));
  std::vector<std::string> texts;
  for (const Json& one : *value->as_array()) {
    if (one.as_string() == nullptr || one.as_string()->empty())
      return wrong(key, "`" + std::string(key) + "` holds " + std::string(one.kind_in_words()) + ", text is expected");
    texts.push_back(*one.as_string());
  }
  return texts;
}

}  // namespace glmap::approval
