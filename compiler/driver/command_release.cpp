// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/change/diff_report.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/release_folder.hpp"
#include "compiler/driver/release_review.hpp"
#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::driver {

namespace {

struct Made {
  approval::Statement statement;
  approval::Files files;
  std::string digest;
};

Status put_base(const ReleaseOptions& options, const approval::Release* base, approval::Statement& statement) {
  if (base == nullptr) {
    if (!options.follow_up) return {};
    return fail(ErrorCode::ReleaseBase, "a follow-up needs the emergency release as its base", "give it with --base");
  }
  if (base->statement.book != statement.book)
    return fail(ErrorCode::ReleaseBase,
                "the base is a release of " + in_backticks(base->statement.book) + ", the book is " +
                    in_backticks(statement.book),
                "give the release of the same book that is in force");
  statement.number = base->statement.number + 1;
  statement.base = base->digest;
  if (!options.follow_up) return {};
  if (base->statement.emergency.empty())
    return fail(ErrorCode::ReleaseBase, "the base is no emergency release: there is nothing to follow up",
                "leave --follow-up out");
  statement.follows_up = base->digest;
  return {};
}

/// What the release moves, against the one in force. Both are named by their digests: a path would make it differ from
/// place to place.
Result<change::DiffReport> diff_to(const approval::Release& base, const Compilation& compilation) {
  GLMAP_TRY(before, rules::read_bundle(base.bundle));
  const rules::RuleBook& after = compilation.verified->book();
  change::DiffReport report;
  report.before = {before.digest, before.book.name, before.book.release, before.digest};
  report.after = {compilation.digest, after.name, after.release, compilation.digest};
  report.entities_before = before.book.catalog.entities;
  report.entities_after = after.catalog.entities;
  verify::Steps steps;
  report.diff = change::diff_books(before.book, after, steps);
  return report;
}

Result<Made> make_release(const ReleaseOptions& options, const Compilation& compilation,
                          const approval::Release* base) {
  GLMAP_TRY(policy_text, read_book_file(compilation.directory, kPolicySource));
  GLMAP_TRY(policy, read_policy_source(policy_text));
  const rules::RuleBook& book = compilation.verified->book();
  Made made;
  approval::Statement& statement = made.statement;
  statement.book = book.name;
  statement.release = book.release;
  statement.authors = options.authors;
  statement.effective = options.effective;
  statement.expires = options.expires;
  statement.emergency = options.emergency;
  statement.bundle = compilation.digest;
  statement.compiler = compilation.verified->proofs().compiler;
  GLMAP_CHECK(put_base(options, base, statement));
  for (const auto& [name, text] : compilation.sources.files()) statement.sources.emplace(name, sha256_hex(text));
  statement.sources.emplace(kPolicySource, sha256_hex(policy_text));
  statement.test_counts = {{"passed", std::to_string(compilation.verified->resolved().tests.size())}, {"failed", "0"}};
  made.files = {{std::string(approval::kBundleFile), compilation.bundle},
                {std::string(approval::kPolicyFile), canonical_json(approval::to_json(policy))},
                {"proofs.json", proofs_json(compilation)},
                {"tests.json", tests_json(compilation)}};
  std::string moves;
  if (base != nullptr) {
    GLMAP_TRY(report, diff_to(*base, compilation));
    made.files.emplace("diff.md", change::diff_markdown(report));
    made.files.emplace("diff.json", change::diff_json(report));
    moves = change::verdict_words(report);
  }
  made.files.emplace("review.md", review_page(compilation, statement, policy, base, moves));
  for (const auto& [name, bytes] : made.files)
    statement.files.emplace(name, approval::FileDigest{static_cast<std::int64_t>(bytes.size()), sha256_hex(bytes)});
  const std::string bytes = approval::write_statement(statement);
  made.digest = approval::release_digest(bytes);
  made.files.emplace(approval::kStatementFile, bytes);
  return made;
}

}  // namespace

int run_release(const ReleaseOptions& options) {
  std::optional<approval::Release> base;
  if (!options.base.empty()) {
    auto read = read_release_folder(options.base);
    if (!read) return tell_refusal(read.error());
    base = std::move(*read);
  }
  const Compilation compilation = compile_book(options.book);
  std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stdout);
  if (!compilation.ok()) return kFindings;
  const auto made = make_release(options, compilation, base ? &*base : nullptr);
  if (!made) return tell_refusal(made.error());
  if (Status written = write_release_folder(options.output, made->files); !written)
    return tell_refusal(written.error());
  std::printf("%s: %s release %s, number %lld, to come into force from %s to %s\n%s\n", options.output.c_str(),
              made->statement.book.c_str(), made->statement.release.c_str(),
              static_cast<long long>(made->statement.number), made->statement.effective.to_text().c_str(),
              made->statement.expires.to_text().c_str(), made->digest.c_str());
  std::printf("what to read before approving: %s/review.md\n", options.output.c_str());
  return kGood;
}

}  // namespace glmap::driver
