// SPDX-License-Identifier: Apache-2.0
// One payload of a known kind to one event. Private to rules: used by PayloadReader. One object a payload.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/runtime/rules/matcher.hpp"
#include "compiler/runtime/rules/payload_reader.hpp"
#include "compiler/runtime/rules/payload_values.hpp"
#include "compiler/runtime/rules/payload_walk.hpp"

namespace glmap::rules {

/// A member that the kind needs and that is not there.
struct NeededMember {
  std::vector<std::string> parent;  // path in the payload
  std::string name;
  PayloadPath::From from = PayloadPath::From::payload;
  const PayloadField* field = nullptr;
  PayloadContext context;
  std::string pointer;
};

class PayloadEvent {
 public:
  PayloadEvent(const RuleBook& book, const Intake& intake, const PayloadKind& kind,
               const std::map<std::uint32_t, TableMatcher>& tables, const PayloadSpot& body, const PayloadSpot& payload)
      : book_(book), intake_(intake), kind_(kind), tables_(tables), body_(body), payload_(payload) {}

  /// Fills `event`, or `error` with the first fault; drift that was met on the way in `result.drift`.
  void make(PayloadResult& result);

  /// What was needed and missing, for who looks for other names.
  const std::vector<NeededMember>& missing() const { return missing_; }

 private:
  /// The values of one field, or of one line.
  struct Values;
  void header();
  void lines();
  void read(const PayloadField& field, const PayloadScope& scope, Json::Object& into);
  std::optional<Json> value_of(const PayloadField& field, const PayloadScope& scope);
  std::optional<std::vector<PayloadSpot>> spots_of(const PayloadField& field, const PayloadTerm& term,
                                                   const PayloadScope& scope);
  std::optional<Json> sum_of(const PayloadField& field, const PayloadScope& scope);
  std::optional<Json> text_of(const PayloadField& field, const PayloadScope& scope);
  std::optional<Json> answer_of(const PayloadField& field, const PayloadScope& scope);
  std::optional<PayloadLeaf> leaf_of(const PayloadField& field, const PayloadTerm& term, const PayloadSpot& spot);
  std::optional<PayloadContext> context_of(const PayloadField& field) const;
  std::optional<std::uint32_t> code_of(const Domain& domain, const std::string& text) const;
  const Field& target(const PayloadField& field) const;

  void lacks(const PayloadField& field, const PayloadTerm& term, const PayloadSpot& at);
  void retyped(const PayloadField& field, const PayloadTerm& term, const PayloadSpot& at, std::string expected,
               std::string found);
  void refuse(ErrorCode code, std::string message, std::string help, std::string pointer);
  std::vector<std::string> full_path(const PayloadTerm& term) const;
  std::string shown(const PayloadTerm& term) const;

  const RuleBook& book_;
  const Intake& intake_;
  const PayloadKind& kind_;
  const std::map<std::uint32_t, TableMatcher>& tables_;
  const PayloadSpot& body_;
  const PayloadSpot& payload_;
  PayloadResult* result_ = nullptr;
  std::vector<NeededMember> missing_;
  std::optional<Currency> currency_;     // of the event
  const LegalEntity* entity_ = nullptr;  // of the event
  Json::Object envelope_, data_;
};

}  // namespace glmap::rules
