// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/yaml_faults.hpp"

#include <algorithm>
#include <vector>

namespace glmap::resolve {
namespace {

/// A brace or bracket that waits for its other half.
struct Open {
  std::size_t line = 0, byte = 0;
  char sign = '{';
};

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view word_at(std::string_view line, std::size_t from) {
  std::size_t end = from;
  while (end < line.size() && is_word_byte(line[end])) ++end;
  return line.substr(from, end - from);
}

/// Walks the lines up to where the parser gave up and stops at the first thing that cannot be right.
class Search {
 public:
  explicit Search(std::string_view text) {
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      std::string_view line = text.substr(from, end - from);
      if (line.ends_with('\r')) line.remove_suffix(1);
      lines_.push_back(line);
      from = end + 1;
    }
  }

  std::optional<YamlFault> run(std::size_t noticed) {
    noticed = std::min(noticed, lines_.size() - 1);
    for (number_ = 0; number_ <= noticed; ++number_) {
      const std::string_view line = lines_[number_];
      const std::size_t first = line.find_first_not_of(" \t");
      if (first == std::string_view::npos || line[first] == '#') continue;
      if (const std::size_t tab = line.substr(0, first).find('\t'); tab != std::string_view::npos)
        return YamlFault{number_, tab, "a tab stands before this line's text", "indent with blanks"};
      if (begins_block(line.substr(first)) && !open_.empty()) return not_closed();
      if (auto fault = walk(line)) return fault;
    }
    if (!open_.empty()) return not_closed();
    for (const std::size_t line : {noticed, noticed == 0 ? 0 : noticed - 1})
      if (auto fault = no_colon(line)) return fault;
    return indentation(noticed);
  }

 private:
  /// `- ...` or, outside braces, `key:` at the start of a line.
  bool begins_block(std::string_view text) const {
    if (text.starts_with("- ")) return true;
    const std::string_view key = word_at(text, 0);
    const std::string_view behind = text.substr(key.size());
    return !key.empty() && behind.starts_with(":") && (behind.size() == 1 || behind[1] == ' ') && !continues();
  }

  /// A flow that goes on from the line above ends there with a comma or an opening brace.
  bool continues() const {
    if (number_ == 0) return false;
    std::string_view above = lines_[number_ - 1];
    const std::size_t last = above.find_last_not_of(" \t");
    return last != std::string_view::npos && (above[last] == ',' || above[last] == '{' || above[last] == '[');
  }

  YamlFault not_closed() const {
    const Open& open = open_.back();
    const char closing = open.sign == '{' ? '}' : ']';
    return {open.line, open.byte, std::string("`") + open.sign + "` is not closed",
            std::string("write `") + closing + "` behind the last value that belongs to it"};
  }

  std::optional<YamlFault> walk(std::string_view line) {
    bool keyed = false;  // a key stands between the last comma, brace or start of the line and here
    for (std::size_t at = 0; at < line.size(); ++at) {
      const char c = line[at];
      if (c == '#' && (at == 0 || line[at - 1] == ' ')) return std::nullopt;
      const bool begins_value =
          before(line, at) == 0 || std::string_view(":,{[-").find(before(line, at)) != std::string_view::npos;
      if ((c == '"' || c == '\'') && begins_value) {
        const std::size_t end = closing_quote(line, at);
        if (end == std::string_view::npos)
          return YamlFault{number_, at, "the quotation mark is not closed on this line",
                           std::string("close the text with `") + c + "`"};
        at = end;
        if (auto fault = behind_quote(line, at)) return fault;
      } else if (c == ':' && at > 0 && is_word_byte(line[at - 1]) && (at + 1 == line.size() || line[at + 1] == ' ')) {
        if (keyed) return second_key(line, at);
        keyed = true;
      } else if (c == ',' && !open_.empty()) {
        keyed = false;
      } else if (c == '{' || c == '[') {
        if (begins_value) open_.push_back({number_, at, c});
        if (begins_value) keyed = false;
      } else if (c == '}' || c == ']') {
        if (open_.empty())
          return YamlFault{number_, at, std::string("`") + c + "` closes nothing",
                           std::string("write `") + (c == '}' ? '{' : '[') +
                               "` before the first value that belongs to it, or delete it"};
        const char closing = open_.back().sign == '{' ? '}' : ']';
        if (c != closing)
          return YamlFault{number_, at,
                           std::string("`") + c + "` stands where `" + open_.back().sign + "` is to be closed",
                           std::string("write `") + closing + "`"};
        open_.pop_back();
        keyed = true;
      }
    }
    return std::nullopt;
  }

  /// The key whose colon is all that stands before `at`; empty when a value does.
  static std::string key_ending_at(std::string_view line, std::size_t at) {
    const std::size_t colon = at == 0 ? std::string_view::npos : line.find_last_not_of(" \t", at - 1);
    if (colon == std::string_view::npos || line[colon] != ':') return {};
    std::size_t from = colon;
    while (from > 0 && is_word_byte(line[from - 1])) --from;
    return std::string(line.substr(from, colon - from));
  }

  /// The value that begins at `at`, as far as its line tells.
  static std::string text_at(std::string_view line, std::size_t at) {
    const std::size_t end = std::min(line.find_first_of(",}]", at), line.size());
    const std::string_view text = line.substr(at, end - at);
    return std::string(text.substr(0, text.find_last_not_of(" \t") + 1));
  }

  /// `name: Bank type: asset`: the second key begins something that the first does not end.
  YamlFault second_key(std::string_view line, std::size_t colon) const {
    std::size_t from = colon;
    while (from > 0 && is_word_byte(line[from - 1])) --from;
    const std::string key(line.substr(from, colon - from));
    if (const std::string first = key_ending_at(line, from); !first.empty() && !open_.empty())
      return {number_, from, "the text of `" + first + "` has a colon in it",
              "put a text with a colon into quotes: `" + first + ": \"" + text_at(line, from) + "\"`"};
    if (!open_.empty())
      return {number_, from, "a comma is missing before `" + key + "`",
              "write a comma between one `key: value` and the next; a text with a colon stands in quotes"};
    const std::size_t brace = line.find_first_of("{}", colon);
    if (brace != std::string_view::npos && line[brace] == '}')
      return {number_, from, "`{` is missing before `" + key + "`", "write `{" + key + ": ...}`"};
    return {number_, from, "a second key, `" + key + "`, stands on this line",
            "begin a new line before it, or put a text with a colon in double quotes"};
  }

  /// The last byte before `at` that is no blank; 0 at the start of the line.
  static char before(std::string_view line, std::size_t at) {
    const std::size_t last = at == 0 ? std::string_view::npos : line.find_last_not_of(" \t", at - 1);
    return last == std::string_view::npos ? '\0' : line[last];
  }

  static std::size_t closing_quote(std::string_view line, std::size_t open) {
    for (std::size_t at = open + 1; at < line.size(); ++at) {
      if (line[at] == '\\' && line[open] == '"')
        ++at;
      else if (line[at] == line[open])
        return at;
    }
    return std::string_view::npos;
  }

  /// Behind a quoted value in braces stands a comma or the closing brace.
  std::optional<YamlFault> behind_quote(std::string_view line, std::size_t quote) const {
    if (open_.empty()) return std::nullopt;
    const std::size_t next = line.find_first_not_of(" \t", quote + 1);
    if (next == std::string_view::npos || !is_word_byte(line[next])) return std::nullopt;
    return YamlFault{number_, next, "a comma is missing before `" + std::string(word_at(line, next)) + "`",
                     "write a comma between one `key: value` and the next"};
  }

  /// A line of a map that names no key.
  std::optional<YamlFault> no_colon(std::size_t number) const {
    const std::string_view line = lines_[number];
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string_view::npos || !is_word_byte(line[first]) || line[first] == '-') return std::nullopt;
    if (line.find(':') != std::string_view::npos) return std::nullopt;
    const std::string word(word_at(line, first));
    return YamlFault{number, first, "`" + word + "` stands without a colon", "write `" + word + ": ...`"};
  }

  /// The line where the parser stopped begins deeper or further left than its neighbours.
  std::optional<YamlFault> indentation(std::size_t noticed) const {
    const std::string_view line = lines_[noticed];
    const std::size_t own = line.find_first_not_of(' ');
    if (own == std::string_view::npos) return std::nullopt;
    for (std::size_t above = noticed; above-- > 0;) {
      const std::size_t first = lines_[above].find_first_not_of(' ');
      if (first == std::string_view::npos || lines_[above][first] == '#') continue;
      const bool opens = lines_[above].find_last_not_of(' ') != std::string_view::npos &&
                         lines_[above][lines_[above].find_last_not_of(' ')] == ':';
      if (first == own || (first < own && opens)) return std::nullopt;
      return YamlFault{noticed, own,
                       "this line begins with " + std::to_string(own) + " blanks, the line above with " +
                           std::to_string(first) + ", and nothing above says why",
                       "let lines that belong to the same thing begin in the same column"};
    }
    return std::nullopt;
  }

  std::vector<std::string_view> lines_;
  std::vector<Open> open_;
  std::size_t number_ = 0;
};

}  // namespace

std::optional<YamlFault> find_yaml_fault(std::string_view text, std::size_t line) {
  return Search(text).run(line);
}

}  // namespace glmap::resolve
