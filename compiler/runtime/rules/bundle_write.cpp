// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"
#include "compiler/runtime/rules/bundle_shape.hpp"

namespace glmap::rules {
namespace {

/// Writes canonical JSON (base/json.hpp) straight away: a book of tens of thousands of rows is never held a second time
/// as a tree.
class Writer {
 public:
  static constexpr bool kReads = false;
  explicit Writer(std::string& out) : out_(out), start_(out.size()) {}

  template <class T>
  void operator()(const char* key, T& member) {
    const std::size_t from = out_.size();
    if (write(member))
      members_.push_back({key, from, out_.size()});
    else
      out_.resize(from);
  }
  /// Puts the members in the order of their keys. False when there are none.
  bool close() {
    std::sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) { return a.key < b.key; });
    std::string object = "{";
    for (const Member& member : members_) {
      if (object.size() > 1) object += ',';
      object.append("\"").append(member.key).append("\":").append(out_, member.from, member.until - member.from);
    }
    out_.resize(start_);
    out_.append(object).append("}");
    return !members_.empty();
  }

 private:
  struct Member {
    std::string_view key;  // of describe(): nothing in it needs an escape
    std::size_t from, until;
  };

  /// Each returns false for what a default-constructed member holds: as a member of an object it is left out.
  template <class T>
  bool write(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
      return value;
    } else if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(value);
      return write(number);
    } else if constexpr (std::is_integral_v<T>) {
      out_ += std::to_string(value);
      return value != 0;
    } else {
      return write_value(value);
    }
  }
  bool write_text(std::string_view text) {
    out_ += quote_json(text);
    return !text.empty();
  }
  bool write_value(const std::string& value) { return write_text(value); }
  bool write_value(const Date& value) { return write_text(value.to_text()); }
  bool write_value(const Currency& value) { return write_text(value.code()); }
  bool write_value(const Decimal& value) {
    const std::string text = value.to_text();
    out_ += canonical_json(Json(JsonNumber{text}));
    return text != "0";
  }
  bool write_value(std::map<std::string, std::string>& value) {
    out_ += '{';
    for (auto& [key, text] : value) {
      if (out_.back() != '{') out_ += ',';
      out_.append(quote_json(key)).append(":").append(quote_json(text));
    }
    out_ += '}';
    return !value.empty();
  }
  bool write_value(FiscalCalendar& value) {
    std::string name = value.name();
    std::vector<Period> periods = value.periods();
    Writer inner(out_);
    inner("name", name);
    inner("periods", periods);
    return inner.close();
  }
  template <class T>
  bool write_value(std::optional<T>& value) {
    // In an array of its own, so that one that is set is written even when it holds a default value.
    out_ += '[';
    if (value) write(*value);
    out_ += ']';
    return value.has_value();
  }
  template <class T>
  bool write_value(std::vector<T>& value) {
    out_ += '[';
    for (T& item : value) {
      if (&item != value.data()) out_ += ',';
      write(item);
    }
    out_ += ']';
    return !value.empty();
  }
  template <class T>
    requires requires(Writer& w, T& v) { describe(w, v); }
  bool write_value(T& value) {
    Writer inner(out_);
    describe(inner, value);
    return inner.close();
  }

  std::string& out_;
  std::size_t start_;
  std::vector<Member> members_;
};

/// describe() serves the reader too, so it takes what could be changed; a writer changes nothing.
template <class T>
T& writable(const T& value) {
  return const_cast<T&>(value);
}

}  // namespace

std::string write_bundle(const RuleBook& book, const Proofs& proofs) {
  std::string payload;
  Writer writer(payload);
  writer("book", writable(book));
  writer("proofs", writable(proofs));
  writer.close();
  // Written by hand so that the digest covers exactly the bytes that follow it.
  return "{\"digest\":\"sha256:" + sha256_hex(payload) + "\",\"format\":\"" + std::string(kBundleFormat) +
         "\",\"payload\":" + payload + ",\"version\":" + std::to_string(kBundleVersion) + "}\n";
}

}  // namespace glmap::rules
