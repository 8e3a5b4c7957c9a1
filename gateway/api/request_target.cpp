// SPDX-License-Identifier: Apache-2.0
#include "gateway/api/request_target.hpp"

#include <algorithm>
#include <charconv>

namespace glmap::gateway::api {

namespace {

Result<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      result += ' ';
    } else if (text[i] == '%') {
      unsigned value = 0;
      const bool complete = i + 2 < text.size();
      const char* from = text.data() + i + 1;
      if (!complete || std::from_chars(from, from + 2, value, 16).ptr != from + 2) {
        return fail(ErrorCode::BadRequest, "`" + std::string(text) + "` holds a percent sign without its two digits",
                    "write %25 for a percent sign");
      }
      result += static_cast<char>(value);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

Result<RequestTarget> RequestTarget::parse(std::string_view target) {
  RequestTarget result;
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  std::string_view query = target.substr(std::min(question + 1, target.size()));
  result.path_ = path;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) {
      GLMAP_TRY(segment, decoded(path.substr(0, slash), false));
      result.segments_.push_back(std::move(segment));
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    GLMAP_TRY(name, decoded(part.substr(0, equals), true));
    GLMAP_TRY(value, decoded(part.substr(std::min(equals + 1, part.size())), true));
    if (result.parameter(name) != nullptr) {
      return fail(ErrorCode::BadRequest, "the parameter `" + name + "` is given twice", "give it once");
    }
    result.parameters_.emplace_back(std::move(name), std::move(value));
  }
  return result;
}

const std::string* RequestTarget::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string RequestTarget::text(std::string_view name) const {
  const std::string* value = parameter(name);
  return value != nullptr ? *value : std::string();
}

Result<std::int64_t> RequestTarget::number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                           std::int64_t most) const {
  const std::string* text = parameter(name);
  if (text == nullptr) return otherwise;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stopped != end || value < least || value > most) {
    return fail(ErrorCode::BadRequest, "`" + std::string(name) + "` is `" + *text + "`, a whole number from " +
                                           std::to_string(least) + " to " + std::to_string(most) + " is expected");
  }
  return value;
}

Status RequestTarget::only(std::initializer_list<std::string_view> known) const {
  for (const auto& [name, value] : parameters_) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string list;
    for (const std::string_view one : known) list += (list.empty() ? "" : ", ") + std::string(one);
    return fail(ErrorCode::BadRequest, "there is no parameter `" + name + "` here",
                list.empty() ? "leave it out" : "the parameters are " + list);
  }
  return {};
}

}  // namespace glmap::gateway::api
