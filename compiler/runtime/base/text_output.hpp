// SPDX-License-Identifier: Apache-2.0
// Appends to a string in larger steps than std::string does: room is made for a piece, the piece is written without a
// check a byte, and nothing is filled with zeros first. For writers of much text. The string is the writer's alone
// until the writer is gone. Single-threaded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace glmap {

class TextOutput {
 public:
  explicit TextOutput(std::string& text) : text_(text), used_(text.size()) {}
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;
  ~TextOutput() { text_.resize(used_); }

  std::size_t size() const { return used_; }

  /// Room for `count` bytes behind those written; say with written() where they end.
  char* room(std::size_t count) {
    if (text_.size() - used_ < count) [[unlikely]]
      grow(count);
    return text_.data() + used_;
  }
  void written(const char* end) { used_ = static_cast<std::size_t>(end - text_.data()); }

  void add(char c) {
    *room(1) = c;
    ++used_;
  }
  void add(std::string_view bytes) {
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void add(std::size_t count, char c) {
    std::memset(room(count), c, count);
    used_ += count;
  }
  /// What was written before, from `start` on, once more.
  void repeat(std::size_t start, std::size_t count) {
    char* to = room(count);
    std::memcpy(to, text_.data() + start, count);
    used_ += count;
  }

 private:
  [[gnu::noinline]] void grow(std::size_t count) {
    constexpr std::size_t kLeast = 256;
    const std::size_t wanted = std::max({used_ + count, text_.capacity(), kLeast});
    const std::size_t room = wanted > text_.capacity() ? wanted + wanted / 2 : wanted;
    text_.resize_and_overwrite(room, [](char*, std::size_t all) { return all; });
  }

  std::string& text_;
  std::size_t used_;
};

}  // namespace glmap
