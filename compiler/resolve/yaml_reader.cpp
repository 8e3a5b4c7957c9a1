// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/yaml_reader.hpp"

#include <algorithm>

namespace glmap::resolve {

std::string_view kind_in_words(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::nothing:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

MapReader::MapReader(Context& context, const YamlNode& node, std::string what,
                     std::initializer_list<std::string_view> keys)
    : context_(context), node_(node), what_(std::move(what)) {
  if (!is_map()) {
    context_.error(ErrorCode::BadYaml, node.span,
                   std::string(kind_in_words(node)) + " stands where a map with the keys of " + what_ + " is expected",
                   "write `key: value` pairs");
    return;
  }
  const std::vector<std::string> known(keys.begin(), keys.end());
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (std::find(known.begin(), known.end(), node.keys[i].text) != known.end()) continue;
    if (const std::size_t pieces = pieces_of_text(i, known); pieces != 0)
      i += pieces - 1;
    else
      unknown_key(node.keys[i], node.items[i].kind == YamlNode::Kind::nothing, known);
  }
}

/// `name: Northlight, Inc.` is read as a name and a key that has no value. Reports it; how many such keys there are.
std::size_t MapReader::pieces_of_text(std::size_t first, const std::vector<std::string>& known) {
  const auto is_piece = [&](std::size_t i) {
    const std::string& text = node_.keys[i].text;
    const bool knows = std::find(known.begin(), known.end(), text.substr(0, text.find_first_of(" :"))) != known.end();
    return node_.items[i].kind == YamlNode::Kind::nothing && !knows && text.find('"') == std::string::npos;
  };
  if (first == 0 || !is_piece(first)) return 0;
  const YamlNode& begun = node_.items[first - 1];
  const std::string& key = node_.keys[first - 1].text;
  if (begun.kind != YamlNode::Kind::scalar || begun.quoted || key == "type") return 0;
  std::string text = begun.text;
  std::size_t end = first;
  for (; end < node_.keys.size() && is_piece(end); ++end) text += ", " + node_.keys[end].text;
  context_.error(ErrorCode::BadYaml, node_.keys[first].span,
                 tick(node_.keys[first].text) + " stands behind a comma, which ends the text of " + tick(key),
                 "put a text with a comma into quotes: " + tick(key + ": \"" + text + "\""));
  return end - first;
}

/// `type text` and `net + tax`, without a colon, are read as keys that have no value.
void MapReader::unknown_key(const YamlNode& key, bool alone, const std::vector<std::string>& known) {
  const auto knows = [&](const std::string& word) {
    return std::find(known.begin(), known.end(), word) != known.end();
  };
  const std::size_t blank = key.text.find(' ');
  const std::string first = key.text.substr(0, blank);
  const bool is_sum = key.text.find(" + ") != std::string::npos || key.text.find(" - ") != std::string::npos ||
                      key.text.starts_with("sum of ");
  if (alone && blank != std::string::npos && knows(first))
    return context_.error(ErrorCode::BadYaml, key.span, "a colon is missing behind " + tick(first),
                          "write " + tick(first + ":" + key.text.substr(blank)));
  if (const std::size_t colon = key.text.find(':');
      alone && colon != std::string::npos && knows(key.text.substr(0, colon)))
    return context_.error(ErrorCode::BadYaml, key.span, "a blank is missing behind the colon of " + tick(key.text),
                          "write " + tick(key.text.substr(0, colon) + ": " + key.text.substr(colon + 1)));
  if (alone && is_sum && knows("is"))
    return context_.error(ErrorCode::BadYaml, key.span, tick(key.text) + " stands without its key",
                          "write " + tick("is: " + key.text.substr(key.text.find_first_not_of("= "))));
  context_.error(ErrorCode::BadYaml, key.span, what_ + " has no key " + tick(key.text),
                 suggest(key.text, known, "the keys are " + choices(known)));
}

const YamlNode* MapReader::need(std::string_view key) {
  if (!is_map()) return nullptr;
  const YamlNode* value = node_.find(key);
  if (value == nullptr)
    context_.error(ErrorCode::BadYaml, node_.keys.empty() ? node_.span : node_.keys.front().span,
                   what_ + " has no " + tick(key), "add " + tick(std::string(key) + ": ..."));
  return value;
}

std::string MapReader::scalar(const YamlNode& value, std::string_view key) {
  if (value.kind == YamlNode::Kind::scalar && !value.text.empty()) return value.text;
  context_.error(
      ErrorCode::BadYaml, value.span,
      (value.kind == YamlNode::Kind::scalar ? std::string("empty text") : std::string(kind_in_words(value))) +
          " stands under " + tick(key) + " of " + what_ + " where text is expected",
      "write a text, in quotes when it could be read as something else");
  return {};
}

std::string MapReader::text(std::string_view key) {
  const YamlNode* value = need(key);
  return value == nullptr ? std::string() : scalar(*value, key);
}

std::string MapReader::text_if_any(std::string_view key) {
  const YamlNode* value = node_.find(key);
  return value == nullptr ? std::string() : scalar(*value, key);
}

std::optional<Date> read_date(Context& context, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    auto date = Date::parse(node.text);
    if (date) return *date;
    context.error(ErrorCode::BadLiteral, node.span, date.error().message, day_help(node.text));
  } else {
    context.error(ErrorCode::BadLiteral, node.span,
                  std::string(kind_in_words(node)) + " stands where a date is expected", "write a day as YYYY-MM-DD");
  }
  return std::nullopt;
}

std::optional<Date> MapReader::date_if_any(std::string_view key) {
  const YamlNode* value = node_.find(key);
  return value == nullptr ? std::nullopt : read_date(context_, *value);
}

std::optional<Date> MapReader::date(std::string_view key) {
  const YamlNode* value = need(key);
  return value == nullptr ? std::nullopt : read_date(context_, *value);
}

bool MapReader::yes_or(std::string_view key, bool otherwise) {
  const YamlNode* value = node_.find(key);
  if (value == nullptr) return otherwise;
  if (value->kind == YamlNode::Kind::scalar && !value->quoted) {
    if (value->text == "true") return true;
    if (value->text == "false") return false;
  }
  context_.error(ErrorCode::BadLiteral, value->span,
                 tick(value->text) + " stands under " + tick(key) + " where true or false is expected",
                 "write `true` or `false`");
  return otherwise;
}

const YamlNode* top_level(Context& context, const YamlNode& root, std::string_view key, YamlNode::Kind kind) {
  MapReader reader(context, root, "the file", {key});
  const YamlNode* value = reader.need(key);
  if (value == nullptr) return nullptr;
  if (value->kind != kind) {
    context.error(ErrorCode::BadYaml, value->span,
                  std::string(kind_in_words(*value)) + " stands under " + tick(key) + " where " +
                      (kind == YamlNode::Kind::map ? "a map" : "a list") + " is expected",
                  kind == YamlNode::Kind::map ? "write `name:` lines under it" : "write one `- ` line for each");
    return nullptr;
  }
  return value;
}

}  // namespace glmap::resolve
