// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/own_json.hpp"

#include <stdexcept>

namespace glmap::simulation {

namespace {

class OwnReader {
 public:
  explicit OwnReader(std::string_view text) : text_(text) {}

  OwnJson all() {
    OwnJson value = one();
    blanks();
    if (at_ != text_.size()) wrong("something behind the value");
    return value;
  }

 private:
  [[noreturn]] void wrong(const char* what) const {
    throw std::runtime_error(std::string(what) + " at " + std::to_string(at_) +
                             " in: " + std::string(text_.substr(0, 200)));
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void must(char wanted) {
    if (peek() != wanted) wrong("an unexpected letter");
    ++at_;
  }

  std::string quoted() {
    must('"');
    std::string out;
    while (peek() != '"') {
      if (at_ >= text_.size()) wrong("an open text");
      if (peek() != '\\') {
        out += text_[at_++];
        continue;
      }
      ++at_;
      const char code = text_[at_++];
      if (code == 'u') {
        out += static_cast<char>(std::stoi(std::string(text_.substr(at_, 4)), nullptr, 16));  // control characters only
        at_ += 4;
      } else {
        out += code == 'n' ? '\n' : code == 't' ? '\t' : code == 'r' ? '\r' : code;
      }
    }
    ++at_;
    return out;
  }

  OwnJson one() {
    blanks();
    OwnJson value;
    if (peek() == '{') {
      value.kind = OwnJson::Kind::object;
      members(value);
    } else if (peek() == '[') {
      value.kind = OwnJson::Kind::list;
      elements(value);
    } else if (peek() == '"') {
      value.kind = OwnJson::Kind::text;
      value.text = quoted();
    } else {
      const std::size_t end = text_.find_first_of(" \t\r\n,]}", at_);
      value.text = std::string(text_.substr(at_, end - at_));
      at_ = end == std::string_view::npos ? text_.size() : end;
      if (value.text.empty()) wrong("no value");
      const bool number = value.text[0] == '-' || (value.text[0] >= '0' && value.text[0] <= '9');
      value.kind = number ? OwnJson::Kind::number : OwnJson::Kind::word;
      if (!number && value.text != "true" && value.text != "false" && value.text != "null") wrong("a strange word");
    }
    return value;
  }

  void members(OwnJson& into) {
    must('{');
    blanks();
    while (peek() != '}') {
      blanks();
      const std::string name = quoted();
      blanks();
      must(':');
      into.object[name] = one();
      blanks();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != '}') {
        wrong("no comma");
      }
    }
    ++at_;
  }

  void elements(OwnJson& into) {
    must('[');
    blanks();
    while (peek() != ']') {
      into.list.push_back(one());
      blanks();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != ']') {
        wrong("no comma");
      }
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

OwnJson OwnJson::read(std::string_view text) {
  return OwnReader(text).all();
}

const OwnJson& OwnJson::operator[](const std::string& name) const {
  static const OwnJson kNothing;
  const auto at = object.find(name);
  return at == object.end() ? kNothing : at->second;
}

long long OwnJson::whole() const {
  return text.empty() ? 0 : std::stoll(text);
}

std::string OwnJson::dump() const {
  std::string out;
  if (kind == Kind::text) return "\"" + text + "\"";
  if (kind == Kind::list) {
    for (const OwnJson& each : list) out += (out.empty() ? "" : ",") + each.dump();
    return "[" + out + "]";
  }
  if (kind == Kind::object) {
    for (const auto& [name, value] : object) out += (out.empty() ? "" : ",") + name + ":" + value.dump();
    return "{" + out + "}";
  }
  return text;
}

}  // namespace glmap::simulation
