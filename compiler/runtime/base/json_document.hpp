// SPDX-License-Identifier: Apache-2.0
// A strict JSON text read without building a tree: its values lie in one list in the order of the text, and keys, texts
// and numbers are views. For what is read once and then forgotten, as events are; `Json` is for what is kept or
// changed. Takes and refuses exactly what parse_json does, with the same errors: parse_json reads through this. A view
// is valid until its document reads again or goes away. A document belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>

#include "compiler/runtime/base/json.hpp"

namespace glmap {

/// One value of a document, or none at all (`find` of a key that is not there). Passed by value.
class JsonView {
 public:
  enum class Kind : std::uint8_t { null, truth, number, text, array, object };
  struct Node {
    const char* key_at;        // of a member
    const char* text_at;       // text: unescaped; number and truth: as written
    std::uint32_t key_length;  // 0 for an element and for the whole
    std::uint32_t text_length;
    std::uint32_t span;  // this value and all within it, as a count of nodes
    std::uint32_t size;  // members or elements
    Kind kind;
    bool plain;  // a text in which no control character can be
  };

  JsonView() = default;
  explicit JsonView(const Node* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  Kind kind() const { return node_->kind; }
  bool is_null() const { return kind() == Kind::null; }
  bool is_truth() const { return kind() == Kind::truth; }
  bool is_true() const { return is_truth() && *node_->text_at == 't'; }
  bool is_number() const { return kind() == Kind::number; }
  bool is_text() const { return kind() == Kind::text; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }
  /// A number as written, a text without its escapes; empty for anything else.
  std::string_view text() const {
    return is_number() || is_text() ? std::string_view(node_->text_at, node_->text_length) : std::string_view();
  }
  /// True when it is known that the text holds no control character: no C0, no DEL, no C1.
  bool is_plain_text() const { return is_text() && node_->plain; }
  /// Of a member of an object.
  std::string_view key() const { return {node_->key_at, node_->key_length}; }
  /// How many members or elements.
  std::size_t size() const { return node_->size; }
  /// The member's value; nothing when this is no object or has no such key.
  JsonView find(std::string_view key) const;
  /// "an object", "text", "a number" ... for messages.
  std::string_view kind_in_words() const;

  /// Members or elements in the order of the text; none for other kinds.
  class Iterator {
   public:
    explicit Iterator(const Node* at) : at_(at) {}
    JsonView operator*() const { return JsonView(at_); }
    Iterator& operator++() {
      at_ += at_->span;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Node* at_;
  };
  Iterator begin() const { return Iterator(node_ + 1); }
  Iterator end() const { return Iterator(node_ + node_->span); }

 private:
  const Node* node_ = nullptr;
};

class JsonDocument {
 public:
  JsonDocument() = default;
  /// A tree seen as a document, which it must outlive.
  explicit JsonDocument(const Json& tree);

  /// Reads `text`, of which nothing is kept but a copy here; room is kept for the next text. Errors: as parse_json;
  /// then there is no root.
  Status read(std::string_view text, const JsonLimits& limits = {});

  JsonView root() const { return used_ == 0 ? JsonView() : JsonView(nodes_.get()); }

 private:
  bool read_good_text(std::string_view text, const JsonLimits& limits);
  void make_text_room(std::size_t bytes);
  void make_room(std::size_t nodes);
  void add(const Json& tree, std::string_view key);

  std::unique_ptr<char[]> bytes_;      // the text and, behind it, kJsonPadding blanks
  std::unique_ptr<char[]> unescaped_;  // the texts that were written with escapes; made when there is one
  std::size_t bytes_room_ = 0;
  std::unique_ptr<JsonView::Node[]> nodes_;
  std::size_t nodes_room_ = 0;
  std::size_t used_ = 0;  // nodes
};

/// The value as a tree of its own.
Json to_tree(JsonView value);
/// Appends what canonical_json makes of the tree.
void append_canonical(std::string& text, JsonView value);
/// The same for the text of a number.
void append_canonical_number(std::string& text, std::string_view number);

/// Equal for values whose canonical text is equal, and in practice for no two others that are compared: 64 bits that
/// are quick to make and that somebody who wants to can make collide. For comparing within one run; what is kept has a
/// sha256.
struct JsonMark {
  std::uint64_t bits = 0;
  friend bool operator==(const JsonMark&, const JsonMark&) = default;
};
JsonMark mark_of(JsonView value);

}  // namespace glmap
