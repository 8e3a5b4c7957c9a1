// SPDX-License-Identifier: Apache-2.0
// Records of named models with whole-number ids, and searches over them in the form Tryton's clients use: a list of
// [field, operator, value], dotted fields through relations. Only what the sandbox needs.
// Threading: none of its own; the double that owns it locks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::sandbox {

using RecordId = long long;

class Records {
 public:
  void declare_model(const std::string& model);
  bool has_model(std::string_view model) const;
  /// `field` of `model` holds an id of `target` (or a list of ids when `many`).
  void declare_relation(const std::string& model, const std::string& field, const std::string& target, bool many);

  RecordId add(const std::string& model, Json::Object fields);
  void remove(const std::string& model, RecordId id);
  /// nullptr when there is none.
  Json* find(std::string_view model, RecordId id);
  const Json* find(std::string_view model, RecordId id) const;
  const std::map<RecordId, Json>& all(std::string_view model) const;

  std::vector<RecordId> search(std::string_view model, const Json& domain) const;
  /// {"id": 1, "name": ..., "company.": {"id": 2, "name": ...}, "lines.": [{...}]}
  Json read(std::string_view model, RecordId id, const std::vector<std::string>& fields) const;

 private:
  struct Relation {
    std::string target;
    bool many = false;
  };
  const Relation* relation(std::string_view model, std::string_view field) const;
  bool fits(std::string_view model, RecordId id, const Json& term) const;
  Json value_of(std::string_view model, RecordId id, std::string_view path) const;

  std::map<std::string, std::map<RecordId, Json>, std::less<>> models_;
  std::map<std::string, Relation, std::less<>> relations_;  // "model/field"
  std::map<std::string, RecordId, std::less<>> last_ids_;
};

/// The id in a JSON number, or 0.
RecordId as_id(const Json* value);

}  // namespace glmap::gateway::sandbox
