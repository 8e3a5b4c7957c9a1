// SPDX-License-Identifier: Apache-2.0
// Journals: their codes stand nowhere but in the rules, so nothing else notices `SALSE` for `SALES`. A code that stands
// once and looks like another is asked about. Codes that differ in digits alone are counted apart.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

std::string without_digits(std::string code) {
  std::erase_if(code, [](char c) { return c >= '0' && c <= '9'; });
  return code;
}

}  // namespace

void check_journals(const ResolvedModel& model, Sink& sink, rules::Proofs&) {
  struct Journal {
    std::string code;
    std::vector<SourceRef> places;
  };
  std::vector<Journal> journals;  // in the order of the book
  for_each_block(model.book, [&](const BlockOfRule& of) {
    auto known = std::ranges::find(journals, of.block.journal, &Journal::code);
    if (known == journals.end()) known = journals.insert(known, {of.block.journal, {}});
    // A rule for several events stands once.
    if (std::ranges::find(known->places, of.block.where) == known->places.end())
      known->places.push_back(of.block.where);
  });
  Findings findings(sink, "journals");
  for (std::size_t i = 0; i < journals.size(); ++i) {
    const Journal& once = journals[i];
    if (once.places.size() != 1) continue;
    std::vector<std::string> others;
    for (std::size_t o = 0; o < journals.size(); ++o)
      if ((o < i || journals[o].places.size() > 1) && without_digits(journals[o].code) != without_digits(once.code))
        others.push_back(journals[o].code);
    const std::string near = diagnostics::closest(once.code, others);
    if (near.empty()) continue;
    Diagnostic found{.code = ErrorCode::JournalOnce,
                     .severity = diagnostics::Severity::warning,
                     .primary = place(once.places.front())};
    found.message = "journal " + tick(once.code) + " stands only here; other entries go to journal " + tick(near);
    found.labels.push_back(
        {place(std::ranges::find(journals, near, &Journal::code)->places.front()), "such as this one"});
    found.help = "did you mean " + tick(near) + "? if both are meant, let this warning stand";
    found.fingerprint = "journal/" + once.code;
    findings.add(std::move(found));
  }
}

}  // namespace glmap::verify
