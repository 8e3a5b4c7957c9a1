// SPDX-License-Identifier: Apache-2.0
// The grammar walked word by word. What is wrong with a text is not asked here but in json_fault.cpp: this walk only
// says yes or no.
#include "compiler/runtime/base/json_document.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <vector>

#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/json_fault.hpp"
#include "compiler/runtime/base/json_words.hpp"

namespace glmap {
namespace {

using Kind = JsonView::Kind;
using Node = JsonView::Node;

// Our recursion follows the nesting; this bounds the stack whatever limit a caller asks for.
constexpr std::size_t kDepthEver = 1000;
// Buffers that grew beyond this are not kept for the next text.
constexpr std::size_t kKeepBytes = std::size_t{4} << 20;
// What a control character begins with, in a text that has passed the scanner: it lets none of C0 pass unescaped.
constexpr std::uint8_t kDelete = 0x7F;
constexpr std::uint8_t kBeforeC1 = 0xC2;

std::uint64_t eight_bytes(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Spreads the keys that occur in practice: by their length, first and last eight bytes. Eight bytes behind the key can
/// be read.
std::uint64_t key_mark(std::string_view key) {
  std::uint64_t first = eight_bytes(key.data());
  std::uint64_t last = 0;
  if (key.size() >= 8) {
    last = eight_bytes(key.data() + key.size() - 8);
  } else {
    first &= (std::uint64_t{1} << (8 * key.size())) - 1;
  }
  return (first ^ std::rotl(last, 29) ^ key.size()) * 0x9E3779B97F4A7C15u;
}

std::string_view key_of(const Node& node) {
  return {node.key_at, node.key_length};
}

bool many_keys_differ(const Node& object) {
  std::vector<std::string_view> keys;
  keys.reserve(object.size);
  for (const JsonView member : JsonView(&object)) keys.push_back(member.key());
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

/// Not inlined: the walk is recursive, and these tables would stand in every frame of it.
[[gnu::noinline]] bool keys_differ(const Node& object) {
  constexpr std::size_t kFew = 64;
  if (object.size > kFew) return many_keys_differ(object);
  std::array<std::uint8_t, 256> slots{};  // position + 1 of the key in that slot; 0: free
  std::array<const Node*, kFew> members;
  std::uint8_t count = 0;
  for (const Node* member = &object + 1; member != &object + object.span; member += member->span) {
    std::size_t slot = key_mark(key_of(*member)) >> 56;
    for (; slots[slot] != 0; slot = (slot + 1) % slots.size())
      if (key_of(*members[slots[slot] - 1u]) == key_of(*member)) return false;
    members[count] = member;
    slots[slot] = ++count;
  }
  return true;
}

/// Walks the words of one text. False from any function: the text is not strict JSON, or beyond a limit.
class Walk {
 public:
  struct Source {
    const char* bytes;
    std::size_t size;
    JsonWords words;
    std::size_t depth_max;
    char* unescaped;  // where texts are written that have escapes; nullptr when there is no backslash
    bool plain;       // no text without escapes can hold a control character
  };
  Walk(const Source& source, std::span<Node> nodes)
      : source_(source), at_(source.words.at), unescaped_(source.unescaped), nodes_(nodes) {
    if (unescaped_ == nullptr)
      escape_ = end();
    else
      find_escape(source.bytes);
  }

  bool whole() {
    Node* node = next_node({});
    return node != nullptr && value(*node, take(), 0) && at_ == source_.words.at + source_.words.count;
  }
  std::size_t used() const { return used_; }

 private:
  const char* end() const { return source_.bytes + source_.size; }
  /// The place of the word, which is taken; behind the last word a blank.
  const char* take() { return source_.bytes + *at_++; }
  const char* next() const { return source_.bytes + *at_; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  void find_escape(const char* from) {
    const void* found = std::memchr(from, '\\', static_cast<std::size_t>(end() - from));
    escape_ = found == nullptr ? end() : static_cast<const char*>(found);
  }

  /// nullptr: there are more values than may be.
  Node* next_node(std::string_view key) {
    if (used_ == nodes_.size()) return nullptr;
    Node& node = nodes_[used_++];
    node = {.key_at = key.data(),
            .text_at = nullptr,
            .key_length = length_of(key),
            .text_length = 0,
            .span = 1,
            .size = 0,
            .kind = Kind::null,
            .plain = false};
    return &node;
  }

  bool value(Node& node, const char* start, std::size_t depth) {
    switch (*start) {
      case '"':
        return text(start, node);
      case '{':
        node.kind = Kind::object;
        return object(node, depth + 1);
      case '[':
        node.kind = Kind::array;
        return array(node, depth + 1);
      default:
        return word(start, node);
    }
  }

  static std::uint32_t length_of(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

  bool text(const char* start, Node& node) {
    node.kind = Kind::text;
    const char* last = closing_quote(start);
    if (last == nullptr) return false;
    std::string_view text(start + 1, static_cast<std::size_t>(last - start - 1));
    node.plain = source_.plain && escape_ >= last;
    if (escape_ < last && !unescape(last, text)) return false;
    node.text_at = text.data();
    node.text_length = length_of(text);
    return true;
  }

  /// Of the text whose opening quote stands at `start`, the word before the next one; nullptr when it has none. Nothing
  /// but blanks stands between a closing quote and the next word: the scanner would have seen it.
  const char* closing_quote(const char* start) const {
    const char* last = next() - 1;
    while (is_blank(*last)) --last;
    return last > start && *last == '"' ? last : nullptr;
  }

  [[gnu::noinline]] bool unescape(const char* last, std::string_view& text) {
    find_escape(last);
    char* stop = unescape_json(text.data(), last, unescaped_);
    if (stop == nullptr) return false;
    text = {unescaped_, static_cast<std::size_t>(stop - unescaped_)};
    unescaped_ = stop;
    return true;
  }

  bool word(const char* start, Node& node) {
    const char* stop = next();
    while (stop > start && is_blank(stop[-1])) --stop;
    const std::string_view text(start, static_cast<std::size_t>(stop - start));
    node.text_at = text.data();
    node.text_length = length_of(text);
    if (text == "null") {
      node.kind = Kind::null;
    } else if (text == "true" || text == "false") {
      node.kind = Kind::truth;
    } else {
      node.kind = Kind::number;
      return is_json_number(text);
    }
    return true;
  }

  void close(Node& node, std::uint32_t size) {
    node.size = size;
    node.span = static_cast<std::uint32_t>(nodes_.data() + used_ - &node);
  }

  bool array(Node& node, std::size_t depth) {
    if (depth > source_.depth_max) return false;
    std::uint32_t size = 0;
    if (*next() == ']') {
      ++at_;
    } else {
      for (char behind = ','; behind != ']'; ++size) {
        Node* element = behind == ',' ? next_node({}) : nullptr;
        if (element == nullptr || !value(*element, take(), depth)) return false;
        behind = *take();
      }
    }
    close(node, size);
    return true;
  }

  bool object(Node& node, std::size_t depth) {
    if (depth > source_.depth_max) return false;
    std::uint32_t size = 0;
    if (*next() == '}') {
      ++at_;
    } else {
      for (char behind = ','; behind != '}'; ++size) {
        if (behind != ',' || !member(depth)) return false;
        behind = *take();
      }
    }
    close(node, size);
    return keys_differ(node);
  }

  bool member(std::size_t depth) {
    const char* start = take();
    const char* last = *start == '"' ? closing_quote(start) : nullptr;
    if (last == nullptr) return false;
    std::string_view key(start + 1, static_cast<std::size_t>(last - start - 1));
    if (escape_ < last && (!unescape(last, key) || key.contains('\0'))) return false;
    if (*take() != ':') return false;
    Node* node = next_node(key);
    if (node == nullptr) return false;
    const char* value_start = take();
    return *value_start == '"' ? text(value_start, *node) : value(*node, value_start, depth);
  }

  const Source source_;
  const std::uint32_t* at_;       // the word that is read next
  const char* escape_ = nullptr;  // the first backslash that has not been passed
  char* unescaped_;
  std::span<Node> nodes_;
  std::size_t used_ = 0;
};

}  // namespace

bool JsonDocument::read_good_text(std::string_view text, const JsonLimits& limits) {
  used_ = 0;
  if (text.size() > limits.bytes_max || text.starts_with("\xEF\xBB\xBF")) return false;
  make_text_room(text.size());
  if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
  std::memset(bytes_.get() + text.size(), ' ', kJsonPadding);
  JsonWords words;
  if (!find_json_words({bytes_.get(), text.size()}, words)) return false;
  // A value is a word, and each but the first has another before it (a comma, a colon) or behind it (a bracket).
  make_room(words.count / 2 + 1);
  const bool escapes = std::memchr(bytes_.get(), '\\', text.size()) != nullptr;
  if (escapes && unescaped_ == nullptr) unescaped_ = std::make_unique_for_overwrite<char[]>(bytes_room_);
  Walk walk({.bytes = bytes_.get(),
             .size = text.size(),
             .words = words,
             .depth_max = std::min(limits.depth_max, kDepthEver),
             .unescaped = escapes ? unescaped_.get() : nullptr,
             .plain = !any_byte(text, [](const auto& bytes) { return (bytes == kDelete) | (bytes == kBeforeC1); })},
            {nodes_.get(), std::min(nodes_room_, limits.nodes_max)});
  if (!walk.whole()) return false;
  used_ = walk.used();
  return true;
}

void JsonDocument::make_text_room(std::size_t bytes) {
  if (bytes_room_ >= bytes + kJsonPadding && (bytes_room_ <= kKeepBytes || bytes >= kKeepBytes / 2)) return;
  bytes_room_ = bytes + std::min(bytes, kKeepBytes) + kJsonPadding;
  bytes_ = std::make_unique_for_overwrite<char[]>(bytes_room_);
  nodes_.reset();
  nodes_room_ = 0;
  unescaped_.reset();
}

Status JsonDocument::read(std::string_view text, const JsonLimits& limits) {
  try {
    if (read_good_text(text, limits)) return {};
  } catch (const std::bad_alloc&) {
    *this = JsonDocument();
    return fail(ErrorCode::LimitExceeded, "there is not enough memory to read the text");
  }
  if (auto fault = find_json_fault(text, limits)) return std::unexpected(std::move(*fault));
  // Both readings take the same texts (a property test holds them to it); were they ever to differ, it is refused.
  return fail(ErrorCode::NotJson, "the text does not follow the grammar of JSON");
}

void JsonDocument::make_room(std::size_t nodes) {
  if (nodes_room_ >= nodes) return;
  nodes_room_ = nodes + std::min<std::size_t>(nodes, 1024);
  nodes_ = std::make_unique_for_overwrite<Node[]>(nodes_room_);
}

namespace {

std::size_t count_values(const Json& tree) {
  std::size_t count = 1;
  if (const Json::Array* array = tree.as_array())
    for (const Json& element : *array) count += count_values(element);
  if (const Json::Object* object = tree.as_object())
    for (const Json::Member& member : *object) count += count_values(member.second);
  return count;
}

}  // namespace

JsonDocument::JsonDocument(const Json& tree) {
  make_room(count_values(tree));
  add(tree, {});
}

void JsonDocument::add(const Json& tree, std::string_view key) {
  Node& node = nodes_[used_++];
  std::string_view text;
  std::size_t size = 0;
  if (const std::string* string = tree.as_string()) {
    node.kind = Kind::text;
    text = *string;
  } else if (const JsonNumber* number = tree.as_number()) {
    node.kind = Kind::number;
    text = number->text;
  } else if (const bool* truth = tree.as_bool()) {
    node.kind = Kind::truth;
    text = *truth ? "true" : "false";
  } else if (const Json::Array* array = tree.as_array()) {
    node.kind = Kind::array;
    size = array->size();
    for (const Json& element : *array) add(element, {});
  } else if (const Json::Object* object = tree.as_object()) {
    node.kind = Kind::object;
    size = object->size();
    for (const auto& [name, value] : *object) add(value, name);
  } else {
    node.kind = Kind::null;
  }
  node.key_at = key.data();
  node.key_length = static_cast<std::uint32_t>(key.size());
  node.text_at = text.data();
  node.text_length = static_cast<std::uint32_t>(text.size());
  node.size = static_cast<std::uint32_t>(size);
  node.span = static_cast<std::uint32_t>(nodes_.get() + used_ - &node);
  node.plain = false;  // not looked at
}

JsonView JsonView::find(std::string_view key) const {
  if (!is_object()) return {};
  for (const JsonView member : *this)
    if (member.key() == key) return member;
  return {};
}

std::string_view JsonView::kind_in_words() const {
  switch (kind()) {
    case Kind::null:
      return "nothing (null)";
    case Kind::truth:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "text";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  GLMAP_ASSERT(!"a kind of value");
  return {};
}

Json to_tree(JsonView value) {
  switch (value.kind()) {
    case Kind::null:
      return {};
    case Kind::truth:
      return value.is_true();
    case Kind::number:
      return JsonNumber{std::string(value.text())};
    case Kind::text:
      return value.text();
    case Kind::array: {
      Json::Array elements;
      elements.reserve(value.size());
      for (const JsonView element : value) elements.push_back(to_tree(element));
      return elements;
    }
    case Kind::object: {
      Json::Object members;
      members.reserve(value.size());
      for (const JsonView member : value) members.emplace_back(std::string(member.key()), to_tree(member));
      return members;
    }
  }
  GLMAP_ASSERT(!"a kind of value");
  return {};
}

}  // namespace glmap
