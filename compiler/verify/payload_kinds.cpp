// SPDX-License-Identifier: Apache-2.0
// No payload is of two kinds, and every kind can occur. Conditions are about single members, so two kinds exclude each
// other exactly when some member would have to be two things at once: given and absent, or of two sets without a common
// value. Whether a sender ever mixes them does not matter; that it cannot be shown is told.
#include <algorithm>
#include <map>
#include <optional>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

using rules::PayloadKind;
using rules::PayloadPath;
using rules::PayloadTest;
using rules::PayloadValue;

/// A member counted from the body, or from the payload where that is a part of the body.
struct Member {
  bool of_body = false;
  std::vector<std::string> steps;
  friend auto operator<=>(const Member&, const Member&) = default;

  bool lies_above(const Member& other) const {
    return of_body == other.of_body && steps.size() < other.steps.size() &&
           std::equal(steps.begin(), steps.end(), other.steps.begin());
  }
};

/// What conditions demand of one member.
struct Demand {
  bool given = false, absent = false;
  std::optional<std::vector<PayloadValue>> values;  // one of these
  std::vector<PayloadValue> not_values;             // none of these

  bool impossible() const {
    if (given && absent) return true;
    return values && std::all_of(values->begin(), values->end(), [this](const PayloadValue& value) {
             return std::ranges::find(not_values, value) != not_values.end();
           });
  }
};

class Demands {
 public:
  void add(const PayloadKind& kind) {
    // `for each of a.b` looks into a member `a` of the body.
    if (!kind.each.empty()) demands_[{true, {kind.each.front()}}].given = true;
    for (const PayloadTest& test : kind.when) {
      const bool of_body = kind.each.empty() || test.subject.from == PayloadPath::From::body;
      add(test, demands_[{of_body, test.subject.steps}]);
    }
  }

  /// Nothing when all can hold at once; else the member that cannot.
  bool contradict() const {
    for (const auto& [member, demand] : demands_) {
      if (demand.impossible()) return true;
      if (!demand.absent) continue;
      for (const auto& [below, other] : demands_)
        if (member.lies_above(below) && other.given) return true;
    }
    return false;
  }

  /// "`type` is `invoice.paid` and `items` is given"
  std::string example() const {
    std::vector<std::string> words;
    for (const auto& [member, demand] : demands_) {
      const std::string name = tick(rules::path_text(member.steps));
      if (demand.values) {
        for (const PayloadValue& value : *demand.values) {
          if (std::ranges::find(demand.not_values, value) != demand.not_values.end()) continue;
          words.push_back(name + " is " + tick(value.text));
          break;
        }
      } else if (demand.given) {
        words.push_back(name + " is given");
      } else if (demand.absent) {
        words.push_back(name + " is absent");
      }
    }
    return words.empty() ? "any payload" : "a payload where " + all_of(words);
  }

 private:
  static void add(const PayloadTest& test, Demand& demand) {
    if (test.given) {
      (test.negated ? demand.absent : demand.given) = true;
    } else if (test.negated) {
      demand.not_values.insert(demand.not_values.end(), test.values.begin(), test.values.end());
    } else {
      demand.given = true;
      if (!demand.values) {
        demand.values = test.values;
        return;
      }
      std::erase_if(*demand.values, [&](const PayloadValue& value) {
        return std::ranges::find(test.values, value) == test.values.end();
      });
    }
  }

  std::map<Member, Demand> demands_;
};

bool exclude_each_other(const PayloadKind& a, const PayloadKind& b, Demands& both) {
  // Different parts of one body are different payloads.
  if (!a.each.empty() && !b.each.empty() && a.each != b.each) return true;
  both.add(a);
  both.add(b);
  return both.contradict();
}

bool is_possible(const rules::Intake& intake, const PayloadKind& kind, Sink& sink) {
  Demands alone;
  alone.add(kind);
  if (!alone.contradict()) return true;
  Diagnostic found;
  found.code = ErrorCode::DeadRow;
  found.primary = place(kind.where);
  found.message = "no payload is of this kind: its conditions exclude each other";
  found.help = "delete the kind, or one of its conditions";
  found.fingerprint = "intake " + intake.name + " dead kind";
  sink.report(std::move(found));
  return false;
}

void report_overlap(const rules::Intake& intake, const PayloadKind& a, const PayloadKind& b, const Demands& both,
                    Findings& findings) {
  Diagnostic found;
  found.code = ErrorCode::PayloadKindsOverlap;
  found.primary = place(b.where);
  found.message = both.example() + " is of this kind and of another";
  found.labels.push_back({place(a.where), "the other kind"});
  found.help =
      "let a condition tell them apart: a member `is` other values in each of the two, or `is given` in one and "
      "`is not given` in the other";
  found.fingerprint = "intake " + intake.name + " overlap";
  findings.add(std::move(found));
}

}  // namespace

void check_payload_kinds(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (const rules::Intake& intake : model.book.intakes) {
    bool sound = true;
    std::size_t pairs = 0;
    Findings findings(sink, "pairs of kinds");
    for (std::size_t b = 0; b < intake.kinds.size(); ++b) {
      if (!is_possible(intake, intake.kinds[b], sink)) {
        sound = false;
        continue;
      }
      for (std::size_t a = 0; a < b; ++a) {
        ++pairs;
        Demands both;
        if (exclude_each_other(intake.kinds[a], intake.kinds[b], both)) continue;
        sound = false;
        report_overlap(intake, intake.kinds[a], intake.kinds[b], both, findings);
      }
    }
    if (sound)
      proofs.results["intake " + intake.name + " disjoint"] = "proved: " + counted(pairs, "pair") + " of kinds";
  }
}

}  // namespace glmap::verify
