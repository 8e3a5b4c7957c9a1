// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/records.hpp"

#include <charconv>
#include <optional>

namespace glmap::gateway::sandbox {

RecordId as_id(const Json* value) {
  if (value == nullptr || value->as_number() == nullptr) return 0;
  const std::string& text = value->as_number()->text;
  RecordId out = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size() ? out : 0;
}

void Records::declare_model(const std::string& model) {
  models_[model];
}

bool Records::has_model(std::string_view model) const {
  return models_.contains(model);
}

void Records::declare_relation(const std::string& model, const std::string& field, const std::string& target,
                               bool many) {
  relations_[model + "/" + field] = Relation{target, many};
}

RecordId Records::add(const std::string& model, Json::Object fields) {
  const RecordId id = ++last_ids_[model];
  fields.emplace_back("id", Json::number(id));
  models_[model].emplace(id, Json(std::move(fields)));
  return id;
}

void Records::remove(const std::string& model, RecordId id) {
  models_[model].erase(id);
}

Json* Records::find(std::string_view model, RecordId id) {
  const auto table = models_.find(model);
  if (table == models_.end()) return nullptr;
  const auto record = table->second.find(id);
  return record == table->second.end() ? nullptr : &record->second;
}

const Json* Records::find(std::string_view model, RecordId id) const {
  const auto table = models_.find(model);
  if (table == models_.end()) return nullptr;
  const auto record = table->second.find(id);
  return record == table->second.end() ? nullptr : &record->second;
}

const std::map<RecordId, Json>& Records::all(std::string_view model) const {
  static const std::map<RecordId, Json> none;
  const auto table = models_.find(model);
  return table == models_.end() ? none : table->second;
}

const Records::Relation* Records::relation(std::string_view model, std::string_view field) const {
  const auto found = relations_.find(std::string(model) + "/" + std::string(field));
  return found == relations_.end() ? nullptr : &found->second;
}

Json Records::value_of(std::string_view model, RecordId id, std::string_view path) const {
  const Json* record = find(model, id);
  if (record == nullptr) return nullptr;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    const Json* value = record->find(path);
    return value == nullptr ? Json(nullptr) : *value;
  }
  const std::string_view field = path.substr(0, dot);
  const Relation* to = relation(model, field);
  if (to == nullptr || to->many) return nullptr;
  return value_of(to->target, as_id(record->find(field)), path.substr(dot + 1));
}

namespace {

/// Dates and numbers in an order that text comparison gives: {"__class__":"date"} as days of a 372-day year.
std::optional<long long> rank(const Json& value) {
  if (const Json* year = value.find("year")) {
    return as_id(year) * 372 + as_id(value.find("month")) * 31 + as_id(value.find("day"));
  }
  if (value.as_number() != nullptr) return as_id(&value);
  return std::nullopt;
}

}  // namespace

bool Records::fits(std::string_view model, RecordId id, const Json& term) const {
  const Json::Array* parts = term.as_array();
  if (parts == nullptr || parts->size() != 3 || (*parts)[0].as_string() == nullptr) return false;
  const Json value = value_of(model, id, *(*parts)[0].as_string());
  const std::string op = (*parts)[1].as_string() == nullptr ? "" : *(*parts)[1].as_string();
  const Json& wanted = (*parts)[2];
  if (op == "=") return value == wanted;
  if (op == "!=") return !(value == wanted);
  if (op == "in" && wanted.as_array() != nullptr) {
    for (const Json& each : *wanted.as_array()) {
      if (each == value) return true;
    }
    return false;
  }
  const auto left = rank(value);
  const auto right = rank(wanted);
  if (!left || !right) return false;
  if (op == "<=") return *left <= *right;
  if (op == ">=") return *left >= *right;
  return false;
}

std::vector<RecordId> Records::search(std::string_view model, const Json& domain) const {
  std::vector<RecordId> out;
  for (const auto& [id, record] : all(model)) {
    bool all_fit = true;
    if (const Json::Array* terms = domain.as_array()) {
      for (const Json& term : *terms) all_fit = all_fit && fits(model, id, term);
    }
    if (all_fit) out.push_back(id);
  }
  return out;
}

Json Records::read(std::string_view model, RecordId id, const std::vector<std::string>& fields) const {
  Json out = Json::Object{{"id", Json::number(id)}};
  std::map<std::string, std::vector<std::string>> through;
  for (const std::string& field : fields) {
    const std::size_t dot = field.find('.');
    if (dot == std::string::npos) {
      out.set(field, value_of(model, id, field));
    } else {
      through[field.substr(0, dot)].push_back(field.substr(dot + 1));
    }
  }
  const Json* record = find(model, id);
  for (const auto& [field, inner] : through) {
    const Relation* to = relation(model, field);
    const Json* value = record == nullptr ? nullptr : record->find(field);
    if (to == nullptr || value == nullptr || value->is_null()) {
      out.set(field + ".", nullptr);
    } else if (to->many) {
      Json::Array list;
      for (const Json& each : *value->as_array()) list.push_back(read(to->target, as_id(&each), inner));
      out.set(field + ".", std::move(list));
    } else {
      out.set(field + ".", read(to->target, as_id(value), inner));
    }
  }
  return out;
}

}  // namespace glmap::gateway::sandbox
