// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <type_traits>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/rules/bundle_check.hpp"
#include "compiler/runtime/rules/bundle_shape.hpp"

namespace glmap::rules {
namespace {

/// Where in the payload a value stands; put into words only for a fault.
struct Path {
  const Path* up = nullptr;
  std::string_view key;   // of a member, or
  std::size_t index = 0;  // of an element

  std::string in_words() const {
    if (up == nullptr) return "/payload";
    return up->in_words() + "/" + (key.empty() ? std::to_string(index) : std::string(key));
  }
};

/// Reads the members that describe() names; remembers the first fault and then reads nothing more.
class Reader {
 public:
  static constexpr bool kReads = true;
  Reader(JsonView json, std::string& fault, const Path& path) : json_(json), fault_(fault), path_(path) {
    if (!json_.is_object()) complain("an object was expected", path_);
  }

  template <class T>
  void operator()(std::string_view key, T& member) {
    if (!fault_.empty()) return;
    const JsonView found = json_.find(key);
    if (!found) return;  // left out: the default
    ++found_;
    read(found, member, {&path_, key});
  }
  /// A member that describe() did not ask for is a fault too: the bundle is from another version.
  void close() {
    if (fault_.empty() && found_ != json_.size()) complain("an unknown member", path_);
  }

 private:
  void complain(std::string_view what, const Path& at) {
    if (fault_.empty()) fault_ = std::string(what) + " at " + at.in_words();
  }

  template <class T>
  void read(JsonView json, T& value, const Path& at) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_truth()) complain("true or false was expected", at);
      value = json.is_true();
    } else if constexpr (std::is_integral_v<T>) {
      read_integer(json, value, at);
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      read_integer(json, number, at);
      value = static_cast<T>(number);
    } else {
      read_object(json, value, at);
    }
  }
  template <class T>
  void read_integer(JsonView json, T& value, const Path& at) {
    if (!json.is_number()) return complain("a number was expected", at);
    const char* end = json.text().data() + json.text().size();
    const auto [stop, error] = std::from_chars(json.text().data(), end, value);
    if (error != std::errc{} || stop != end) complain("a whole number in range was expected", at);
  }
  void read_object(JsonView json, std::string& value, const Path& at) {
    if (!json.is_text()) return complain("text was expected", at);
    value = json.text();
  }
  template <class T, class Parse>
  void read_parsed(JsonView json, T& value, const Path& at, Parse parse) {
    if (!json.is_text()) return complain("text was expected", at);
    auto parsed = parse(json.text());
    if (parsed)
      value = *parsed;
    else
      complain(parsed.error().message, at);
  }
  void read_object(JsonView json, Date& value, const Path& at) {
    read_parsed(json, value, at, [](std::string_view text) { return Date::parse(text); });
  }
  void read_object(JsonView json, Decimal& value, const Path& at) {
    if (!json.is_number()) return complain("a number was expected", at);
    auto parsed = Decimal::parse_json_number(json.text());
    if (parsed)
      value = *parsed;
    else
      complain(parsed.error().message, at);
  }
  void read_object(JsonView json, Currency& value, const Path& at) {
    read_parsed(json, value, at, [](std::string_view text) { return Currency::parse(text); });
  }
  void read_object(JsonView json, std::map<std::string, std::string>& value, const Path& at) {
    if (!json.is_object()) return complain("an object was expected", at);
    for (const JsonView member : json) read(member, value[std::string(member.key())], {&at, member.key()});
  }
  void read_object(JsonView json, FiscalCalendar& value, const Path& at) {
    std::string name;
    std::vector<Period> periods;
    const JsonView name_json = json.find("name");
    const JsonView periods_json = json.find("periods");
    if (!name_json || !periods_json) return complain("a calendar was expected", at);
    read(name_json, name, {&at, "name"});
    read(periods_json, periods, {&at, "periods"});
    auto made = FiscalCalendar::make(std::move(name), std::move(periods));
    if (made)
      value = std::move(*made);
    else
      complain(made.error().message, at);
  }
  template <class T>
  void read_object(JsonView json, std::optional<T>& value, const Path& at) {
    if (!json.is_array() || json.size() > 1) return complain("an array of at most one was expected", at);
    if (json.size() == 0) return;
    T inner{};
    read(*json.begin(), inner, at);
    value = std::move(inner);
  }
  template <class T>
  void read_object(JsonView json, std::vector<T>& value, const Path& at) {
    if (!json.is_array()) return complain("an array was expected", at);
    value.resize(json.size());
    std::size_t i = 0;
    for (const JsonView element : json) {
      if (!fault_.empty()) return;
      read(element, value[i], {&at, {}, i});
      ++i;
    }
  }
  template <class T>
    requires requires(Reader& r, T& v) { describe(r, v); }
  void read_object(JsonView json, T& value, const Path& at) {
    Reader inner(json, fault_, at);
    describe(inner, value);
    inner.close();
  }

  JsonView json_;
  std::string& fault_;
  const Path& path_;
  std::size_t found_ = 0;
};

constexpr JsonLimits kBundleLimits{.bytes_max = std::size_t{512} << 20, .depth_max = 64, .nodes_max = 50'000'000};

}  // namespace

Result<Bundle> read_bundle(std::string_view bytes) {
  JsonDocument document;
  if (auto status = document.read(bytes, kBundleLimits); !status)
    return fail(ErrorCode::BundleUnreadable, "the file is not a rules bundle: " + status.error().message,
                "compile the book again with `glmapc compile`", status.error().where);
  const JsonView format = document.root().find("format");
  const JsonView version = document.root().find("version");
  const JsonView digest = document.root().find("digest");
  const JsonView payload = document.root().find("payload");
  if (!format || !version || !digest || !payload || !format.is_text() || format.text() != kBundleFormat ||
      !digest.is_text() || !version.is_number())
    return fail(ErrorCode::BundleUnreadable, "the file is JSON but not a rules bundle",
                "compile the book with `glmapc compile` and give the file it writes");
  if (version.text() != std::to_string(kBundleVersion))
    return fail(ErrorCode::BundleVersion,
                "the bundle has version " + std::string(version.text()) + ", this program reads version " +
                    std::to_string(kBundleVersion),
                "compile the book again with this version of glmapc");
  Bundle bundle;
  bundle.digest = digest.text();
  // Everything but the payload is fixed text, so altering any byte of the file changes either the digest or this form.
  std::string canonical;
  append_canonical(canonical, payload);
  const std::string found = "sha256:" + sha256_hex(canonical);
  const std::string head =
      "{\"digest\":\"" + found + "\",\"format\":\"" + std::string(kBundleFormat) + "\",\"payload\":";
  const std::string tail = ",\"version\":" + std::to_string(kBundleVersion) + "}\n";
  const bool whole = bytes.size() == head.size() + canonical.size() + tail.size() && bytes.starts_with(head) &&
                     bytes.substr(head.size(), canonical.size()) == canonical && bytes.ends_with(tail);
  if (found != bundle.digest || !whole)
    return fail(ErrorCode::BundleAltered, "the bundle says " + bundle.digest + " and its contents give " + found,
                "do not use it; compile the book again and find out who changed the file");
  std::string fault;
  const Path top;
  Reader reader(payload, fault, top);
  reader("book", bundle.book);
  reader("proofs", bundle.proofs);
  reader.close();
  if (fault.empty()) fault = find_bundle_fault(bundle.book);
  if (!fault.empty())
    return fail(ErrorCode::BundleUnreadable, "the bundle's contents make no sense: " + fault,
                "compile the book again with this version of glmapc");
  for (ValueList& list : bundle.book.catalog.lists) list.index();
  return bundle;
}

}  // namespace glmap::rules
