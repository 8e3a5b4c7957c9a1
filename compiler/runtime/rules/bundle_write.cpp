// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"
#include "compiler/runtime/rules/bundle_shape.hpp"

namespace glmap::rules {
namespace {

class Writer {
 public:
  template <class T>
  void operator()(const char* key, T& member) {
    Json json = to_json(member);
    if (!is_empty(json)) members_.emplace_back(key, std::move(json));
  }
  Json::Object take() { return std::move(members_); }

 private:
  /// Left out: what a default-constructed member holds.
  static bool is_empty(const Json& json) {
    if (const bool* value = json.as_bool()) return !*value;
    if (const JsonNumber* number = json.as_number()) return number->text == "0";
    if (const std::string* text = json.as_string()) return text->empty();
    if (const Json::Array* array = json.as_array()) return array->empty();
    return json.as_object() != nullptr && json.as_object()->empty();
  }
  template <class T>
  static Json to_json(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return Json(value);
    } else if constexpr (std::is_integral_v<T>) {
      return Json::number(static_cast<long long>(value));
    } else if constexpr (std::is_enum_v<T>) {
      return Json::number(static_cast<long long>(value));
    } else {
      return write(value);
    }
  }
  static Json write(const std::string& value) { return Json(value); }
  static Json write(const Date& value) { return Json(value.to_text()); }
  static Json write(const Decimal& value) { return Json(JsonNumber{value.to_text()}); }
  static Json write(const Currency& value) { return Json(std::string(value.code())); }
  static Json write(std::map<std::string, std::string>& value) {
    Json::Object object;
    for (auto& [key, text] : value) object.emplace_back(key, Json(text));
    return Json(std::move(object));
  }
  static Json write(FiscalCalendar& value) {
    std::vector<Period> periods = value.periods();
    Json::Object object;
    object.emplace_back("name", Json(value.name()));
    object.emplace_back("periods", write(periods));
    return Json(std::move(object));
  }
  template <class T>
  static Json write(std::optional<T>& value) {
    // In an array of its own, so that one that is set is written even when it holds a default value.
    return value ? Json(Json::Array{to_json(*value)}) : Json(Json::Array{});
  }
  template <class T>
  static Json write(std::vector<T>& value) {
    Json::Array array;
    array.reserve(value.size());
    for (T& item : value) array.push_back(to_json(item));
    return Json(std::move(array));
  }
  template <class T>
    requires requires(Writer& w, T& v) { describe(w, v); }
  static Json write(T& value) {
    Writer inner;
    describe(inner, value);
    return Json(inner.take());
  }

  Json::Object members_;
};

}  // namespace

std::string write_bundle(const RuleBook& book, const Proofs& proofs) {
  RuleBook book_copy = book;  // describe() serves the reader too, so it takes non-const
  Proofs proofs_copy = proofs;
  Writer payload_writer;
  payload_writer("book", book_copy);
  payload_writer("proofs", proofs_copy);
  const std::string payload = canonical_json(Json(payload_writer.take()));
  // Written by hand so that the digest covers exactly the bytes that follow it.
  return "{\"digest\":\"sha256:" + sha256_hex(payload) + "\",\"format\":\"" + std::string(kBundleFormat) +
         "\",\"payload\":" + payload + ",\"version\":" + std::to_string(kBundleVersion) + "}\n";
}

}  // namespace glmap::rules
