// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/release_review.hpp"

#include <algorithm>

#include "compiler/runtime/base/json.hpp"

namespace glmap::driver {

namespace {

/// A text of the book within a cell of a table.
std::string cell(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '|' || letter == '<' || letter == '`') safe += '\\';
    safe += letter == '\n' ? ' ' : letter;
  }
  return safe;
}

std::string head(const approval::Statement& statement, const approval::Policy& policy, const approval::Release* base) {
  std::string authors;
  for (const std::string& author : statement.authors) authors += (authors.empty() ? "" : ", ") + author;
  std::string text = "# " + cell(statement.book) + ", release " + cell(statement.release) + " (number " +
                     std::to_string(statement.number) + ")\n\n| | |\n|---|---|\n";
  const auto row = [&text](std::string_view name, const std::string& value) {
    text += "| " + std::string(name) + " | " + value + " |\n";
  };
  row("made by", cell(authors));
  row("to come into force", statement.effective.to_text() + " to " + statement.expires.to_text() + " (UTC)");
  if (!statement.emergency.empty()) row("**emergency**", cell(statement.emergency));
  if (!statement.follows_up.empty()) row("follows up the emergency release", statement.follows_up);
  row("made from", base != nullptr ? "number " + std::to_string(base->statement.number) + ", " + base->digest
                                   : std::string("nothing: this is the first release"));
  row("bundle", statement.bundle);
  row("compiler", cell(statement.compiler));
  row("policy", approval::policy_digest(policy));
  return text;
}

std::string changed_files(const approval::Statement& statement, const approval::Statement* before) {
  std::string text = "\n## What has changed\n\n| file | |\n|---|---|\n";
  for (const auto& [name, digest] : statement.sources) {
    const bool known = before != nullptr && before->sources.contains(name);
    if (known && before->sources.at(name) == digest) continue;
    text += "| " + cell(name) + " | " + (known ? "changed" : "new") + " |\n";
  }
  if (before == nullptr) return text;
  for (const auto& [name, digest] : before->sources)
    if (!statement.sources.contains(name)) text += "| " + cell(name) + " | removed |\n";
  return text;
}

/// By the policy that decides: the one in force before this release.
std::string asked_for(const approval::Statement& statement, const approval::Policy& own,
                      const approval::Release* base) {
  const approval::Policy& policy = base != nullptr ? base->policy : own;
  std::string text = "\n## What it takes\n\n";
  if (!statement.emergency.empty())
    return text + "- " + std::to_string(policy.emergency_approvals) + " people with the role `" +
           policy.emergency_role + "`; to be followed up within " + std::to_string(policy.emergency_hours) + " hours\n";
  text += "- " + std::to_string(policy.approvals) + " different people, none of them an author\n";
  for (const approval::Section* section :
       approval::touched_sections(policy, statement, base != nullptr ? &base->statement : nullptr))
    text += "- section " + section->name + ": " + std::to_string(section->approvals) + " with the role `" +
            section->role + "`\n";
  if (base != nullptr && approval::policy_digest(own) != approval::policy_digest(base->policy))
    text += "- **the policy itself changes**: " + std::to_string(policy.change_approvals) + " with the role `" +
            policy.change_role + "`\n";
  return text;
}

bool failed(const Compilation& compilation, const resolve::BookTest& test) {
  const auto& found = compilation.sink.all();
  return std::any_of(found.begin(), found.end(),
                     [&](const auto& one) { return one.fingerprint == "test/" + test.title; });
}

}  // namespace

std::string review_page(const Compilation& compilation, const approval::Statement& statement,
                        const approval::Policy& policy, const approval::Release* base, const std::string& moves) {
  std::string text = head(statement, policy, base);
  text += asked_for(statement, policy, base);
  if (base != nullptr) text += "\n## What moves\n\n" + cell(moves) + ": see [diff.md](diff.md)\n";
  text += changed_files(statement, base != nullptr ? &base->statement : nullptr);
  text += "\n## What was proved\n\n| | |\n|---|---|\n";
  for (const auto& [name, result] : compilation.verified->proofs().results)
    text += "| " + cell(name) + " | " + cell(result) + " |\n";
  text += "\n## Tests\n\n";
  for (const resolve::BookTest& test : compilation.verified->resolved().tests)
    text += "- " + std::string(failed(compilation, test) ? "FAILED " : "passed ") + cell(test.title) + "\n";
  const auto findings = compilation.sink.sorted();
  if (findings.empty()) return text;
  return text + "\n## Warnings\n\n```text\n" +
         diagnostics::render(findings, compilation.sources, diagnostics::Format::human) + "```\n";
}

std::string tests_json(const Compilation& compilation) {
  Json::Array tests;
  for (const resolve::BookTest& test : compilation.verified->resolved().tests)
    tests.emplace_back(Json::Object{{"passed", !failed(compilation, test)}, {"title", test.title}});
  return canonical_json(Json::Object{{"tests", std::move(tests)}});
}

std::string proofs_json(const Compilation& compilation) {
  const rules::Proofs& proofs = compilation.verified->proofs();
  Json results{Json::Object{}};
  for (const auto& [name, result] : proofs.results) results.set(name, result);
  return canonical_json(Json::Object{{"compiler", proofs.compiler}, {"proofs", std::move(results)}});
}

}  // namespace glmap::driver
