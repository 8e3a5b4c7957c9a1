// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/yaml_tree.hpp"

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "compiler/resolve/utf8.hpp"
#include "compiler/resolve/yaml_faults.hpp"

namespace glmap::resolve {
namespace {

using diagnostics::Diagnostic;
using diagnostics::Sink;
using diagnostics::Span;

/// Leaves the parser; never leaves this file.
struct Refused {
  Span span;
  ErrorCode code;
  std::string message;
  std::string help;
};

/// Marks count bytes; people count characters.
class Places {
 public:
  Places(std::string file, const std::string& text) : file_(std::move(file)), text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') starts_.push_back(i + 1);
  }

  Span at(const YAML::Mark& mark, std::uint32_t length = 0) const {
    if (mark.line >= 0)
      return at(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(std::max(0, mark.column)), length);
    Span span;
    span.where.file = file_;
    return span;
  }

  /// Line and byte in it count from 0.
  Span at(std::size_t line, std::size_t column, std::uint32_t length = 0) const {
    Span span;
    span.where.file = file_;
    line = std::min(line, starts_.size() - 1);
    span.where.line = static_cast<std::uint32_t>(line + 1);
    const std::string_view before = std::string_view(text_).substr(starts_[line], column);
    span.where.column = static_cast<std::uint32_t>(count_characters(before) + 1);
    span.length = length;
    return span;
  }

  Span scalar(const YAML::Mark& mark, const std::string& value, bool quoted) const {
    const std::size_t length = value.find('\n') == std::string::npos ? count_characters(value) + (quoted ? 2 : 0) : 0;
    return at(mark, static_cast<std::uint32_t>(length));
  }

  /// GLM-1002 or GLM-1006 at the first byte that is no text.
  std::optional<Refused> find_bad_text() const {
    const auto bad = find_bad_byte(text_);
    if (!bad) return std::nullopt;
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), bad->offset);
    YAML::Mark mark;
    mark.line = static_cast<int>(after - starts_.begin()) - 1;
    mark.column = static_cast<int>(bad->offset - *(after - 1));
    if (bad->control)
      return Refused{at(mark), ErrorCode::BadYaml, "a control character stands in the file", "delete it"};
    return Refused{at(mark), ErrorCode::NotUtf8, "the file is not UTF-8 text from here on", "save the file as UTF-8"};
  }

 private:
  std::string file_;
  const std::string& text_;
  std::vector<std::size_t> starts_;
};

/// Builds the tree bottom-up from parser events; `open_` holds the collections not yet closed.
class Builder : public YAML::EventHandler {
 public:
  Builder(const Places& places, Sink& sink, const YamlLimits& limits) : places_(places), sink_(sink), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.span = places_.at(mark);
    refuse_extras(mark, "?", anchor);
    place(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{places_.at(mark, 1), ErrorCode::BadYaml, "an alias (`*name`) stands here",
                  "write the value out; reference data says everything where it stands"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = value;
    node.quoted = tag == "!";
    node.span = places_.scalar(mark, value, node.quoted);
    place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> take() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  // map: a key that waits for its value
    std::unordered_map<std::string, Span> seen;
  };

  void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != 0)
      throw Refused{places_.at(mark), ErrorCode::BadYaml, "an anchor (`&name`) stands before this value",
                    "write the value out wherever it is needed"};
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Refused{places_.at(mark), ErrorCode::BadYaml, "a tag (`" + tag + "`) stands before this value",
                    "delete the tag; every value is read as text"};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_extras(mark, tag, anchor);
    if (open_.size() >= limits_.depth_max)
      throw Refused{places_.at(mark), ErrorCode::TooLarge,
                    "values are nested deeper than " + std::to_string(limits_.depth_max) + " levels",
                    "reference data never needs that depth; look for a wrong indentation"};
    Open opened;
    opened.node.kind = kind;
    opened.node.span = places_.at(mark);
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::map && !open_.back().key) refuse_key(mark);
    open_.push_back(std::move(opened));
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }

  [[noreturn]] void refuse_key(const YAML::Mark& mark) const {
    throw Refused{places_.at(mark), ErrorCode::BadYaml, "a key of a map is not one word", "write `name: value`"};
  }

  void place(YamlNode node) {
    if (++nodes_ > limits_.nodes_max)
      throw Refused{node.span, ErrorCode::TooLarge,
                    "the file holds more than " + std::to_string(limits_.nodes_max) + " values",
                    "split the file; a book may name several"};
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& into = open_.back();
    if (into.node.kind == YamlNode::Kind::sequence) {
      into.node.items.push_back(std::move(node));
    } else if (!into.key) {
      if (node.kind != YamlNode::Kind::scalar)
        throw Refused{node.span, ErrorCode::BadYaml, "a key of a map is not one word", "write `name: value`"};
      refuse_brace(node);
      into.key = std::move(node);
    } else {
      place_member(into, std::move(node));
    }
  }

  /// `customer {type: text}` without a colon is read as a key that ends at the next one.
  static void refuse_brace(const YamlNode& key) {
    const std::size_t brace = key.text.find('{');
    if (key.quoted || brace == std::string::npos) return;
    const std::string name = key.text.substr(0, key.text.find_last_not_of(' ', brace == 0 ? 0 : brace - 1) + 1);
    throw Refused{key.span, ErrorCode::BadYaml, "a colon is missing behind `" + name + "`",
                  "write `" + name + ": {...}`"};
  }

  void place_member(Open& into, YamlNode value) {
    YamlNode key = std::move(*into.key);
    into.key.reset();
    const auto [first, added] = into.seen.emplace(key.text, key.span);
    if (added) {
      into.node.keys.push_back(std::move(key));
      into.node.items.push_back(std::move(value));
      return;
    }
    Diagnostic twice{ErrorCode::DuplicateName, diagnostics::Severity::error, key.span,
                     "the key `" + key.text + "` stands twice in the same place"};
    twice.labels.push_back({first->second, "it stands here first"});
    twice.help = "keep one of them";
    sink_.report(std::move(twice));
  }

  const Places& places_;
  Sink& sink_;
  const YamlLimits& limits_;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
  std::size_t nodes_ = 0;
};

/// Every exception of yaml-cpp ends here. Throws only Refused.
std::optional<YamlNode> parse(const std::string& text, const Places& places, Sink& sink, const YamlLimits& limits) {
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Builder first(places, sink, limits);
    parser.HandleNextDocument(first);
    Builder second(places, sink, limits);
    if (parser.HandleNextDocument(second))
      throw Refused{second.take().value_or(YamlNode{}).span, ErrorCode::BadYaml, "a second document begins here",
                    "keep one document in a file"};
    return first.take();
  } catch (const YAML::Exception& fault) {
    const std::size_t line = fault.mark.line < 0 ? 0 : static_cast<std::size_t>(fault.mark.line);
    if (const auto known = find_yaml_fault(text, line))
      throw Refused{places.at(known->line, known->byte), ErrorCode::BadYaml, known->message, known->help};
    throw Refused{places.at(fault.mark), ErrorCode::BadYaml, "the text cannot be read from here on: " + fault.msg,
                  "look at indentation, colons and quotes from here upwards"};
  } catch (const std::exception& fault) {
    throw Refused{places.at(YAML::Mark()), ErrorCode::BadYaml, std::string("the file cannot be read: ") + fault.what(),
                  ""};
  }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key) return &items[i];
  return nullptr;
}

std::optional<YamlNode> read_yaml(const std::string& file, const std::string& text, Sink& sink,
                                  const YamlLimits& limits) {
  const Places places(file, text);
  try {
    if (text.size() > limits.bytes_max)
      throw Refused{places.at(YAML::Mark::null_mark()), ErrorCode::TooLarge,
                    "the file holds " + std::to_string(text.size()) + " bytes; at most " +
                        std::to_string(limits.bytes_max) + " are read",
                    "split the file; a book may name several"};
    if (auto bad = places.find_bad_text()) throw std::move(*bad);
    auto root = parse(text, places, sink, limits);
    if (!root || root->kind == YamlNode::Kind::nothing)
      throw Refused{places.at(YAML::Mark::null_mark()), ErrorCode::BadYaml, "the file is empty",
                    "write the data into it"};
    return root;
  } catch (const Refused& refused) {
    sink.error(refused.code, refused.span, refused.message, refused.help);
    return std::nullopt;
  }
}

}  // namespace glmap::resolve
