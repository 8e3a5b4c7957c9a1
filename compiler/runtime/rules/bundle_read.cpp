// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <type_traits>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"
#include "compiler/runtime/rules/bundle_check.hpp"
#include "compiler/runtime/rules/bundle_shape.hpp"

namespace glmap::rules {
namespace {

/// Reads the members that describe() names; remembers the first fault and then reads nothing more.
class Reader {
 public:
  Reader(const Json& json, std::string& fault, std::string path)
      : object_(json.as_object()), json_(&json), fault_(fault), path_(std::move(path)) {
    if (object_ == nullptr) complain("an object was expected");
  }

  template <class T>
  void operator()(const char* key, T& member) {
    if (object_ == nullptr || !fault_.empty()) return;
    const Json* found = json_->find(key);
    if (found == nullptr) return;  // left out: the default
    ++found_;
    read(*found, member, path_ + "/" + key);
  }
  /// A member that describe() did not ask for is a fault too: the bundle is from another version.
  void close() {
    if (object_ != nullptr && fault_.empty() && found_ != object_->size()) complain("an unknown member");
  }

 private:
  void complain(std::string_view what, const std::string& at = {}) {
    if (fault_.empty()) fault_ = std::string(what) + " at " + (at.empty() ? path_ : at);
  }

  template <class T>
  void read(const Json& json, T& value, const std::string& at) {
    if constexpr (std::is_same_v<T, bool>) {
      if (const bool* found = json.as_bool())
        value = *found;
      else
        complain("true or false was expected", at);
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
  void read_integer(const Json& json, T& value, const std::string& at) {
    const JsonNumber* number = json.as_number();
    if (number == nullptr) return complain("a number was expected", at);
    const char* begin = number->text.data();
    const char* end = begin + number->text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stop != end) complain("a whole number in range was expected", at);
  }
  void read_object(const Json& json, std::string& value, const std::string& at) {
    if (const std::string* text = json.as_string())
      value = *text;
    else
      complain("text was expected", at);
  }
  template <class T, class Parse>
  void read_parsed(const Json& json, T& value, const std::string& at, Parse parse) {
    const std::string* text = json.as_string();
    if (text == nullptr) return complain("text was expected", at);
    auto parsed = parse(*text);
    if (parsed)
      value = *parsed;
    else
      complain(parsed.error().message, at);
  }
  void read_object(const Json& json, Date& value, const std::string& at) {
    read_parsed(json, value, at, [](const std::string& text) { return Date::parse(text); });
  }
  void read_object(const Json& json, Decimal& value, const std::string& at) {
    const JsonNumber* number = json.as_number();
    if (number == nullptr) return complain("a number was expected", at);
    auto parsed = Decimal::parse_json_number(number->text);
    if (parsed)
      value = *parsed;
    else
      complain(parsed.error().message, at);
  }
  void read_object(const Json& json, Currency& value, const std::string& at) {
    read_parsed(json, value, at, [](const std::string& text) { return Currency::parse(text); });
  }
  void read_object(const Json& json, std::map<std::string, std::string>& value, const std::string& at) {
    if (json.as_object() == nullptr) return complain("an object was expected", at);
    for (const auto& [key, member] : *json.as_object()) read(member, value[key], at + "/" + key);
  }
  void read_object(const Json& json, FiscalCalendar& value, const std::string& at) {
    std::string name;
    std::vector<Period> periods;
    const Json* name_json = json.find("name");
    const Json* periods_json = json.find("periods");
    if (name_json == nullptr || periods_json == nullptr) return complain("a calendar was expected", at);
    read(*name_json, name, at + "/name");
    read(*periods_json, periods, at + "/periods");
    auto made = FiscalCalendar::make(std::move(name), std::move(periods));
    if (made)
      value = std::move(*made);
    else
      complain(made.error().message, at);
  }
  template <class T>
  void read_object(const Json& json, std::optional<T>& value, const std::string& at) {
    const Json::Array* array = json.as_array();
    if (array == nullptr || array->size() > 1) return complain("an array of at most one was expected", at);
    if (array->empty()) return;
    T inner{};
    read(array->front(), inner, at);
    value = std::move(inner);
  }
  template <class T>
  void read_object(const Json& json, std::vector<T>& value, const std::string& at) {
    const Json::Array* array = json.as_array();
    if (array == nullptr) return complain("an array was expected", at);
    value.resize(array->size());
    for (std::size_t i = 0; i < array->size() && fault_.empty(); ++i)
      read((*array)[i], value[i], at + "/" + std::to_string(i));
  }
  template <class T>
    requires requires(Reader& r, T& v) { describe(r, v); }
  void read_object(const Json& json, T& value, const std::string& at) {
    Reader inner(json, fault_, at);
    describe(inner, value);
    inner.close();
  }

  const Json::Object* object_;
  const Json* json_;
  std::string& fault_;
  std::string path_;
  std::size_t found_ = 0;
};

constexpr JsonLimits kBundleLimits{.bytes_max = std::size_t{512} << 20, .depth_max = 64, .nodes_max = 50'000'000};

}  // namespace

Result<Bundle> read_bundle(std::string_view bytes) {
  auto json = parse_json(bytes, kBundleLimits);
  if (!json)
    return fail(ErrorCode::BundleUnreadable, "the file is not a rules bundle: " + json.error().message,
                "compile the book again with `glmapc compile`", json.error().where);
  const Json* format = json->find("format");
  const Json* version = json->find("version");
  const Json* digest = json->find("digest");
  const Json* payload = json->find("payload");
  if (format == nullptr || version == nullptr || digest == nullptr || payload == nullptr ||
      format->as_string() == nullptr || *format->as_string() != kBundleFormat || digest->as_string() == nullptr ||
      version->as_number() == nullptr)
    return fail(ErrorCode::BundleUnreadable, "the file is JSON but not a rules bundle",
                "compile the book with `glmapc compile` and give the file it writes");
  if (version->as_number()->text != std::to_string(kBundleVersion))
    return fail(ErrorCode::BundleVersion,
                "the bundle has version " + version->as_number()->text + ", this program reads version " +
                    std::to_string(kBundleVersion),
                "compile the book again with this version of glmapc");
  Bundle bundle;
  bundle.digest = *digest->as_string();
  // Everything but the payload is fixed text, so altering any byte of the file changes either the digest or this form.
  const std::string canonical = canonical_json(*payload);
  const std::string found = "sha256:" + sha256_hex(canonical);
  const std::string whole = "{\"digest\":\"" + found + "\",\"format\":\"" + std::string(kBundleFormat) +
                            "\",\"payload\":" + canonical + ",\"version\":" + std::to_string(kBundleVersion) + "}\n";
  if (found != bundle.digest || whole != bytes)
    return fail(ErrorCode::BundleAltered, "the bundle says " + bundle.digest + " and its contents give " + found,
                "do not use it; compile the book again and find out who changed the file");
  std::string fault;
  Reader reader(*payload, fault, "/payload");
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
