// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/bundle.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/base/digest.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;

std::string small_bundle() {
  const auto model = testing::resolved_book(testing::small_book());
  return rules::write_bundle(model.book, {"glmapc test", {{"tables", "proved"}}});
}

}  // namespace

TEST_CASE("a bundle read and written again is the same bytes", "[bundle]") {
  const std::string bytes = small_bundle();
  const auto bundle = rules::read_bundle(bytes);
  if (!bundle) FAIL(bundle.error().to_text());
  CHECK(rules::write_bundle(bundle->book, bundle->proofs) == bytes);
  CHECK(bundle->proofs.results.at("tables") == "proved");
  CHECK(bytes.find(bundle->digest) != std::string::npos);
}

TEST_CASE("a bundle altered in any one byte is refused", "[bundle]") {
  const std::string bytes = small_bundle();
  std::mt19937 random(20261120);
  std::size_t refused = 0;
  constexpr std::size_t kTries = 400;
  for (std::size_t i = 0; i < kTries; ++i) {
    std::string altered = bytes;
    const std::size_t at = i < 60 ? i : random() % bytes.size();
    altered[at] = static_cast<char>(altered[at] ^ (1 << random() % 7));
    refused += rules::read_bundle(altered).has_value() ? 0 : 1;
  }
  CHECK(refused == kTries);
}

TEST_CASE("a bundle cut short, empty, or of another version is refused with its own code", "[bundle]") {
  const std::string bytes = small_bundle();
  CHECK(rules::read_bundle(bytes.substr(0, bytes.size() / 2)).error().code == ErrorCode::BundleUnreadable);
  CHECK(rules::read_bundle("").error().code == ErrorCode::BundleUnreadable);
  CHECK(rules::read_bundle("{}").error().code == ErrorCode::BundleUnreadable);
  const std::string other = testing::with_change(bytes, "\"version\":1}", "\"version\":2}");
  CHECK(rules::read_bundle(other).error().code == ErrorCode::BundleVersion);
}

TEST_CASE("a bundle whose digest is right but whose numbers point nowhere is refused", "[bundle]") {
  auto model = testing::resolved_book(testing::small_book());
  const auto refused = [](rules::RuleBook book) {
    const auto read = rules::read_bundle(rules::write_bundle(book, {}));
    return !read && read.error().code == ErrorCode::BundleUnreadable;
  };
  rules::RuleBook book = model.book;
  book.programs.front().rules.front().blocks.front().lines.front().role = 999;
  CHECK(refused(book));
  book = model.book;
  book.tables.front().rows.front().cells.front().values = {999};
  CHECK(refused(book));
  book = model.book;
  book.programs.front().rules.front().blocks.front().lines.front().amount.steps.clear();
  CHECK(refused(book));
  CHECK_FALSE(refused(model.book));
}
