// SPDX-License-Identifier: Apache-2.0
// Every kind of payload gives its event what the event's schema demands: each required field that the schema does not
// work out by itself, the id, and lines where the event has lines. A row that may be absent gives nothing for certain.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

using rules::PayloadField;
using Target = PayloadField::Target;

class KindCheck {
 public:
  KindCheck(const ResolvedModel& model, const rules::Intake& intake, const rules::PayloadKind& kind, Sink& sink)
      : model_(model),
        kind_(kind),
        type_(model.book.catalog.types[*kind.type]),
        findings_(sink,
                  "fields of " + tick(type_.name) + " that a payload of " + tick(intake.name) + " does not give") {}

  /// The number of fields that are given for certain; nullopt when one is missing.
  std::optional<std::size_t> run() {
    const PayloadField* id = given(kind_.fields, Target::id, 0);
    if (id == nullptr || id->may_be_absent)
      tell("event.id", id, "the id of the event", "add a row such as `| event.id || id | text |`");
    check(type_.header, kind_.fields, Target::header, "");
    if (!type_.line.empty() && !kind_.lines) {
      Diagnostic found = lacking(kind_.where);
      found.message = "this payload gives " + tick(type_.name) + " no lines, and the event needs them";
      found.help = "add `for each line of PATH`, and rows for " + names_of(type_.line);
      findings_.add(std::move(found));
    }
    if (kind_.lines) check(type_.line, kind_.lines->fields, Target::line, "a line of ");
    if (!findings_.empty()) return std::nullopt;
    return fields_;
  }

 private:
  static const PayloadField* given(const std::vector<PayloadField>& fields, Target target, std::uint32_t index) {
    for (const PayloadField& field : fields)
      if (field.target == target && field.field == index) return &field;
    return nullptr;
  }

  static std::string names_of(const std::vector<Field>& schema) {
    std::vector<std::string> names;
    for (const Field& field : schema)
      if (field.required && field.definition.empty()) names.push_back(tick(field.name));
    return all_of(names);
  }

  void check(const std::vector<Field>& schema, const std::vector<PayloadField>& fields, Target target,
             const std::string& what) {
    for (std::uint32_t i = 0; i < schema.size(); ++i) {
      const PayloadField* field = given(fields, target, i);
      if (field != nullptr && !field->may_be_absent) {
        ++fields_;
        continue;
      }
      if (!schema[i].required || !schema[i].definition.empty()) continue;
      tell(schema[i].name, field, what + tick(type_.name) + " needs " + tick(schema[i].name),
           "add a row `| " + schema[i].name + " || where it stands in the payload | how it is read |`");
    }
  }

  Diagnostic lacking(const SourceRef& where) const {
    Diagnostic found;
    found.code = ErrorCode::FieldNotProvided;
    found.primary = place(where);
    if (const auto span = model_.event_spans.find(type_.name); span != model_.event_spans.end())
      found.labels.push_back({span->second, "the event's schema is here"});
    found.fingerprint = "intake/" + type_.name;
    return found;
  }

  void tell(const std::string& name, const PayloadField* field, const std::string& needs, const std::string& help) {
    Diagnostic found = lacking(field == nullptr ? kind_.where : field->where);
    if (field == nullptr) {
      found.message = needs + (name == "event.id" ? " is given by no row" : ", and no row of this payload gives it");
      found.help = help;
    } else {
      found.message = needs + (name == "event.id" ? " may be absent" : ", and its row says that it may be absent");
      found.help =
          "delete `may be absent`: a payload without it is then refused; or describe such payloads as a kind of "
          "their own, by `is given` and `is not given`";
    }
    found.fingerprint += "/" + name;
    findings_.add(std::move(found));
  }

  const ResolvedModel& model_;
  const rules::PayloadKind& kind_;
  const EventType& type_;
  Findings findings_;
  std::size_t fields_ = 0;
};

}  // namespace

void check_intakes_complete(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (const rules::Intake& intake : model.book.intakes) {
    std::size_t fields = 0, kinds = 0;
    bool sound = true;
    for (const rules::PayloadKind& kind : intake.kinds) {
      if (!kind.type) continue;
      ++kinds;
      const auto given = KindCheck(model, intake, kind, sink).run();
      sound = sound && given;
      fields += given.value_or(0);
    }
    if (sound)
      proofs.results["intake " + intake.name + " complete"] =
          "proved: " + counted(fields, "field") + " of " + counted(kinds, "kind") + " of payload";
  }
}

}  // namespace glmap::verify
