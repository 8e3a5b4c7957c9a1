// SPDX-License-Identifier: Apache-2.0
// What does not come into force, each with its own reason: the negative matrix of change control.
#include <catch2/catch.hpp>

#include "tests/unit/approval/people.hpp"

using namespace glmap::approval;
using glmap::ErrorCode;
using namespace glmap::testing;

namespace {

Release opened(Files files) {
  auto release = open_release(std::move(files));
  REQUIRE(release);
  return *std::move(release);
}

/// A release is in force, and the next one is asked about.
struct Book {
  Policy policy = policy_of_five();
  Release live = opened(approved_by(files_of(first_statement(), policy), {"bert", "clara"}));

  InForce in_force() const { return {&live.policy, &live.statement, live.digest}; }
  Statement next() const {
    Statement statement = first_statement();
    statement.release = "2026.12";
    statement.number = 2;
    statement.base = live.digest;
    statement.sources["book.glmap"] = "2";
    statement.effective = day("2026-12-01");
    statement.expires = day("2026-12-31");
    return statement;
  }
  glmap::Result<Approved> check(Files files, const char* on = "2026-12-01") const {
    auto release = open_release(std::move(files));
    if (!release) return std::unexpected(release.error());
    return check_release(*release, in_force(), day(on));
  }
  ErrorCode refusal(Files files, const char* on = "2026-12-01") const {
    const auto checked = check(std::move(files), on);
    REQUIRE_FALSE(checked);
    CHECK_FALSE(checked.error().message.empty());
    CHECK_FALSE(checked.error().help.empty());
    return checked.error().code;
  }
};

}  // namespace

TEST_CASE("a release that two others approve, one of them with the section's role, may come into force", "[approval]") {
  const Book book;
  const auto approved = book.check(approved_by(files_of(book.next(), book.policy), {"bert", "clara"}));
  REQUIRE(approved);
  REQUIRE(approved->approvers.size() == 2);
  CHECK(approved->approvers[0].name == "bert");
  CHECK(approved->sections == std::vector<std::string>{"rules"});
  CHECK_FALSE(approved->policy_changed);
}

TEST_CASE("the first release is approved by the policy that is trusted by its digest", "[approval]") {
  const Book book;
  CHECK(check_release(book.live, {&book.live.policy, nullptr, ""}, day("2026-11-01")));
  CHECK(check_trusted(book.live.policy, policy_digest(book.policy)));
  Policy other = book.policy;
  other.days = 30;
  CHECK(check_trusted(other, policy_digest(book.policy)).error().code == ErrorCode::TrustMissing);
}

TEST_CASE("without approvals, or with too few, nothing comes into force", "[approval]") {
  const Book book;
  const Files files = files_of(book.next(), book.policy);
  CHECK(book.refusal(files) == ErrorCode::NotApproved);
  CHECK(book.refusal(approved_by(files, {})) == ErrorCode::NotApproved);
  CHECK(book.refusal(approved_by(files, {"bert"})) == ErrorCode::TooFewApprovals);
  // One person with two signatures is one person.
  CHECK(book.refusal(approved_by(files, {"bert", "bert"})) == ErrorCode::TooFewApprovals);
}

TEST_CASE("who has made a release does not approve it", "[approval]") {
  const Book book;
  const Files files = files_of(book.next(), book.policy);
  CHECK(book.refusal(approved_by(files, {"bert", "clara", "anna"})) == ErrorCode::AuthorApproves);
}

TEST_CASE("keys that the policy does not know, or that have expired, approve nothing", "[approval]") {
  const Book book;
  const Files files = files_of(book.next(), book.policy);
  CHECK(book.refusal(approved_by(files, {"bert", "mallory"})) == ErrorCode::UnknownKey);
  CHECK(book.refusal(approved_by(files, {"bert", "clara", "emil"})) == ErrorCode::KeyExpired);
}

TEST_CASE("approvals of another release approve nothing", "[approval]") {
  const Book book;
  Statement other = book.next();
  other.bundle = "sha256:other";
  Files files = files_of(book.next(), book.policy);
  files["approvals.json"] = approved_by(files_of(other, book.policy), {"bert", "clara"})["approvals.json"];
  CHECK(book.refusal(files) == ErrorCode::ApprovalOfAnother);
  // The payload of this one, the signatures of the other.
  auto envelope = read_envelope(files["approvals.json"]);
  REQUIRE(envelope);
  envelope->payload = files["release.json"];
  files["approvals.json"] = write_envelope(*envelope);
  CHECK(book.refusal(files) == ErrorCode::SignatureWrong);
}

TEST_CASE("a release goes forward only, and from the one in force", "[approval]") {
  const Book book;
  Statement statement = book.next();
  statement.number = 1;
  CHECK(book.refusal(approved_by(files_of(statement, book.policy), {"bert", "clara"})) == ErrorCode::ReleaseOlder);
  statement = book.next();
  statement.base = "sha256:other";
  CHECK(book.refusal(approved_by(files_of(statement, book.policy), {"bert", "clara"})) == ErrorCode::ReleaseBase);
  statement = book.next();
  statement.book = "other";
  CHECK(book.refusal(approved_by(files_of(statement, book.policy), {"bert", "clara"})) == ErrorCode::ReleaseBase);
  CHECK(check_release(opened(files_of(book.next(), book.policy)), {&book.policy, nullptr, ""}, day("2026-12-01"))
            .error()
            .code == ErrorCode::ReleaseBase);
}

TEST_CASE("a section needs somebody with its role", "[approval]") {
  const Book book;
  Files files = approved_by(files_of(book.next(), book.policy), {"clara", "dora"});
  CHECK(book.refusal(files) == ErrorCode::RoleLacking);  // nobody of accounting
  Statement statement = book.next();
  statement.sources["reference/accounts.yaml"] = "2";
  Policy policy = book.policy;
  CHECK(book.check(approved_by(files_of(statement, policy), {"bert", "dora"})));
  // What is removed changes its section, too.
  statement.sources.erase("reference/accounts.yaml");
  const auto approved = book.check(approved_by(files_of(statement, policy), {"bert", "dora"}));
  REQUIRE(approved);
  CHECK(approved->sections == std::vector<std::string>{"accounts", "rules"});
}

TEST_CASE("the policy changes by more approvals, counted by the policy in force", "[approval]") {
  const Book book;
  Policy easier = book.policy;
  easier.approvals = 1;
  easier.change_approvals = 2;
  const Files files = files_of(book.next(), easier);
  CHECK(book.refusal(approved_by(files, {"bert", "clara"})) == ErrorCode::PolicyThreshold);
  const auto approved = book.check(approved_by(files, {"bert", "clara", "dora"}));
  REQUIRE(approved);
  CHECK(approved->policy_changed);
  // Whom only the new policy knows does not count.
  Policy wider = book.policy;
  wider.people.push_back({"mallory", {"controller"}, {{key_of("mallory"), day("2027-12-31")}}});
  CHECK(book.refusal(approved_by(files_of(book.next(), wider), {"bert", "clara", "mallory"})) == ErrorCode::UnknownKey);
}

TEST_CASE("a release comes into force within its days", "[approval]") {
  const Book book;
  const Files files = approved_by(files_of(book.next(), book.policy), {"bert", "clara"});
  CHECK(book.check(files, "2026-12-31"));
  CHECK(book.refusal(files, "2027-01-01") == ErrorCode::ReleaseExpired);
  CHECK(check_begun(book.next(), day("2026-11-30")).error().code == ErrorCode::ReleaseTooEarly);
  CHECK(check_begun(book.next(), day("2026-12-01")));
  Statement statement = book.next();
  statement.expires = day("2027-01-01");  // 32 days, the policy allows 31
  CHECK(book.refusal(approved_by(files_of(statement, book.policy), {"bert", "clara"})) == ErrorCode::PolicyUnsound);
}

TEST_CASE("an emergency takes two people with its role, changes no policy, and is followed up", "[approval]") {
  Book book;
  Statement statement = book.next();
  statement.emergency = "tax accounts were swapped";
  const Files files = files_of(statement, book.policy);
  CHECK(book.check(approved_by(files, {"clara", "dora"})));
  CHECK(book.refusal(approved_by(files, {"bert", "clara"})) == ErrorCode::TooFewApprovals);
  Policy other = book.policy;
  other.days = 30;
  CHECK(book.refusal(approved_by(files_of(statement, other), {"clara", "dora"})) == ErrorCode::PolicyThreshold);
  book.live = opened(approved_by(files, {"clara", "dora"}));
  Statement after = book.next();
  after.number = 3;
  CHECK(book.refusal(approved_by(files_of(after, book.policy), {"bert", "clara"})) == ErrorCode::FollowUpMissing);
  after.follows_up = book.live.digest;
  CHECK(book.check(approved_by(files_of(after, book.policy), {"bert", "clara"})));
  after.emergency = "again";
  CHECK(book.refusal(approved_by(files_of(after, book.policy), {"clara", "dora"})) == ErrorCode::FollowUpMissing);
}

TEST_CASE("an emergency that the policy does not know is none", "[approval]") {
  Book book;
  book.live.policy.emergency_role.clear();
  Statement statement = book.next();
  statement.emergency = "in a hurry";
  CHECK(book.refusal(approved_by(files_of(statement, book.live.policy), {"clara", "dora"})) == ErrorCode::RoleLacking);
}

TEST_CASE("a file that differs, is missing, ends early or does not belong to the release is found", "[approval]") {
  const Book book;
  const Files good = approved_by(files_of(book.next(), book.policy), {"bert", "clara"});
  Files files = good;
  files["review.md"] = "# What";
  CHECK(book.refusal(files) == ErrorCode::ReleaseTruncated);
  files["review.md"] = "# WHat changes\n";
  CHECK(book.refusal(files) == ErrorCode::ReleaseAltered);
  files.erase("review.md");
  CHECK(book.refusal(files) == ErrorCode::ReleaseAltered);
  files = good;
  files["more.txt"] = "x";
  CHECK(book.refusal(files) == ErrorCode::ReleaseAltered);
  files = good;
  files.erase("release.json");
  CHECK(book.refusal(files) == ErrorCode::ReleaseUnreadable);
  CHECK(check_bundle(book.next(), "sha256:other", "acme").error().code == ErrorCode::ReleaseAltered);
}

TEST_CASE("a release of which one bit was changed, at any byte of any file, does not come into force", "[approval]") {
  const Book book;
  const Files good = approved_by(files_of(book.next(), book.policy), {"bert", "clara"});
  REQUIRE(book.check(good));
  std::size_t tried = 0, passed = 0;
  for (const auto& [name, bytes] : good) {
    for (std::size_t at = 0; at < bytes.size(); ++at, ++tried) {
      Files files = good;
      files[name][at] = static_cast<char>(bytes[at] ^ (1 << tried % 8));
      passed += book.check(std::move(files)).has_value() ? 1 : 0;
    }
  }
  CHECK(tried > 3000);
  CHECK(passed == 0);
}

TEST_CASE("a signature of ssh-keygen counts, and no bit of it can be changed", "[approval]") {
  const Book book;
  Files files = files_of(book.next(), book.policy);
  const std::string& payload = files["release.json"];
  const std::string over = "SSHSIG" + ssh_string("glmap-release") + ssh_string("") + ssh_string("sha512") +
                           ssh_string(glmap::sha512(payload));
  const std::string made = *glmap::sign_ed25519(secret_of("bert").seed, over);
  const std::string blob = std::string("SSHSIG\0\0\0\1", 10) + ssh_string(ssh_key_blob(key_of("bert"))) +
                           ssh_string("glmap-release") + ssh_string("") + ssh_string("sha512") +
                           ssh_string(ssh_string("ssh-ed25519") + ssh_string(made));
  const auto with = [&](const std::string& bytes) {
    Envelope envelope{payload, {{fingerprint(key_of("bert")), bytes}}};
    envelope.signatures.push_back(*sign(secret_of("clara"), payload));
    Files signed_files = files;
    signed_files["approvals.json"] = write_envelope(envelope);
    return book.check(std::move(signed_files));
  };
  REQUIRE(with(blob));
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    std::string bad = blob;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    INFO(bit);
    CHECK(with(bad).error().code == ErrorCode::SignatureWrong);
  }
  CHECK_FALSE(with(blob + "x"));
}

TEST_CASE("a release that ends early, at any byte of any file, does not come into force", "[approval]") {
  const Book book;
  const Files good = approved_by(files_of(book.next(), book.policy), {"bert", "clara"});
  for (const auto& [name, bytes] : good) {
    std::size_t truncated = 0;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      Files files = good;
      files[name].resize(length);
      const auto checked = book.check(std::move(files));
      REQUIRE_FALSE(checked);
      truncated += checked.error().code == ErrorCode::ReleaseTruncated ? 1 : 0;
    }
    INFO(name);
    CHECK(truncated * 10 > bytes.size() * 9);  // else a file that ends at a bracket reads as none
  }
}
