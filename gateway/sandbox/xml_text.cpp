// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/xml_text.hpp"

#include <array>
#include <utility>

namespace glmap::gateway::sandbox {

namespace {

constexpr std::array kEntities = {std::pair{std::string_view("&amp;"), '&'}, std::pair{std::string_view("&lt;"), '<'},
                                  std::pair{std::string_view("&gt;"), '>'}, std::pair{std::string_view("&quot;"), '"'},
                                  std::pair{std::string_view("&apos;"), '\''}};
constexpr int kDepthMax = 32;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  Result<XmlElement> document() {
    blanks();
    if (text_.substr(at_).starts_with("<?xml ")) {
      const std::size_t end = text_.find("?>", at_);
      if (end == std::string_view::npos) return wrong("a declaration without its end");
      at_ = end + 2;
      blanks();
    }
    GLMAP_TRY(root, element(0));
    blanks();
    if (at_ != text_.size()) return wrong("text behind the end");
    return root;
  }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorCode::NotJson, "byte " + std::to_string(at_) + ": " + std::string(what));
  }
  void blanks() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) &&
           std::string_view("/>=<\"'").find(text_[at_]) == std::string_view::npos)
      ++at_;
    return std::string(text_.substr(from, at_ - from));
  }
  static std::string without_prefix(const std::string& name) {
    const std::size_t colon = name.find(':');
    return colon == std::string::npos ? name : name.substr(colon + 1);
  }
  Result<std::string> characters(char until) {
    std::string out;
    while (at_ < text_.size() && text_[at_] != until) {
      if (text_[at_] == '<') return wrong("`<` within a value");
      if (text_[at_] != '&') {
        out += text_[at_++];
        continue;
      }
      bool known = false;
      for (const auto& [entity, character] : kEntities) {
        if (!known && take(entity)) {
          out += character;
          known = true;
        }
      }
      if (!known) return wrong("an entity that is not known");
    }
    return out;
  }

  Status attributes(XmlElement& into) {
    for (blanks(); at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/'; blanks()) {
      const std::string key = name();
      if (key.empty() || !take("=\"")) return wrong("an attribute without its value");
      GLMAP_TRY(value, characters('"'));
      if (!take("\"")) return wrong("an attribute without its end");
      into.attributes[key] = value;
    }
    return {};
  }

  Result<XmlElement> element(int depth) {
    if (depth > kDepthMax) return wrong("elements nested too deep");
    if (!take("<")) return wrong("an element is expected");
    const std::string tag = name();
    if (tag.empty() || tag[0] == '!' || tag[0] == '?')
      return wrong("neither a document type nor an instruction is read");
    XmlElement out;
    out.name = without_prefix(tag);
    GLMAP_CHECK(attributes(out));
    if (take("/>")) return out;
    if (!take(">")) return wrong("a tag without its end");
    while (true) {
      GLMAP_TRY(text, characters('<'));
      out.text += text;
      if (take("</")) {
        if (name() != tag || !take(">")) return wrong("the end of another element than `" + tag + "`");
        return out;
      }
      if (at_ >= text_.size()) return wrong("`" + tag + "` has no end");
      GLMAP_TRY(inner, element(depth + 1));
      out.children.push_back(std::move(inner));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view of) const {
  for (const XmlElement& each : children) {
    if (each.name == of) return &each;
  }
  return nullptr;
}

std::string XmlElement::text_of(std::string_view of) const {
  const XmlElement* found = child(of);
  return found == nullptr ? "" : found->text;
}

Result<XmlElement> read_xml(std::string_view text) {
  return XmlReader(text).document();
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::string_view entity = c == '&'   ? "&amp;"
                                    : c == '<' ? "&lt;"
                                    : c == '>' ? "&gt;"
                                    : c == '"' ? "&quot;"
                                               : "";
    entity.empty() ? (out += c) : (out += entity);
  }
  return out;
}

}  // namespace glmap::gateway::sandbox
