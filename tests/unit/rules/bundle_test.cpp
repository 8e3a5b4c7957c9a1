// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/bundle.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/base/digest.hpp"
#include "tests/support/compiled_book.hpp"
#include "tests/support/contract_book.hpp"

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

TEST_CASE("a bundle altered in any one byte is refused", "[bundle][M3]") {
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

TEST_CASE("a bundle cut short, empty, or of another version is refused with its own code", "[bundle][M3]") {
  const std::string bytes = small_bundle();
  CHECK(rules::read_bundle(bytes.substr(0, bytes.size() / 2)).error().code == ErrorCode::BundleUnreadable);
  CHECK(rules::read_bundle("").error().code == ErrorCode::BundleUnreadable);
  CHECK(rules::read_bundle("{}").error().code == ErrorCode::BundleUnreadable);
  const std::string other = testing::with_change(bytes, "\"version\":1}", "\"version\":2}");
  CHECK(rules::read_bundle(other).error().code == ErrorCode::BundleVersion);
}

TEST_CASE("a bundle whose digest is right but whose numbers point nowhere is refused", "[bundle][M3]") {
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

TEST_CASE("a book that keeps state is written and read back the same", "[bundle]") {
  testing::ContractBook book;
  book.book.order = {{book.voided, book.invoice, 4, 4, 60, "billing_ops", {}}};
  book.book.expectations = {{book.payment, book.invoice, 6, 4, 60, "billing_ops", {}}};
  book.book.approvals = {{{book.voided}, true, {0}, *Decimal::parse("10.00"), "controller", {}}};
  const std::string bytes = rules::write_bundle(book.book, {});
  const auto bundle = rules::read_bundle(bytes);
  if (!bundle) FAIL(bundle.error().to_text());
  CHECK(rules::write_bundle(bundle->book, {}) == bytes);
  CHECK(bundle->book.keeps_state());
}

TEST_CASE("what a book asks of the past is named with its lines, once for a rule of several events", "[bundle]") {
  testing::ContractBook book;
  CHECK(rules::in_words({}).empty());
  book.book.order = {{book.voided, book.invoice, 4, 4, 60, "billing_ops", {"book.glmap", 70, 3, {}}},
                     {book.voided, book.invoice, 4, 4, 60, "billing_ops", {"book.glmap", 70, 3, {}}}};
  const auto clauses = book.book.state_clauses();
  CHECK(std::ranges::count(clauses, "order", &rules::StateClause::words) == 1);
  CHECK(rules::in_words(clauses).find("book.glmap:70 `order`") != std::string::npos);
  rules::RuleBook approved;
  approved.approvals = {{{}, false, {}, *Decimal::parse("10.00"), "controller", {"book.glmap", 9, 3, {}}}};
  CHECK_FALSE(approved.keeps_state());
  CHECK(rules::in_words(approved.state_clauses()) == "book.glmap:9 `approvals`");
}

TEST_CASE("a bundle whose takes, schedules or policies point nowhere is refused", "[bundle]") {
  const auto refused = [](const auto& change) {
    testing::ContractBook book;
    change(book);
    const auto read = rules::read_bundle(rules::write_bundle(book.book, {}));
    return !read && read.error().code == ErrorCode::BundleUnreadable;
  };
  using Book = testing::ContractBook;
  const auto lines = [](Book& book) -> std::vector<rules::PostingLine>& {
    return book.rule_of(book.payment, "PAYMENT").blocks.front().lines;
  };
  CHECK_FALSE(refused([](Book&) {}));
  CHECK(refused([&](Book& book) { lines(book)[2].after = {2}; }));    // itself
  CHECK(refused([&](Book& book) { lines(book)[2].after.clear(); }));  // the rest of what
  CHECK(refused([&](Book& book) { lines(book)[1].limit->keys = {"region"}; }));
  CHECK(refused([&](Book& book) { lines(book)[1].limit.reset(); }));              // at the carrying rate of nothing
  CHECK(refused([&](Book& book) { lines(book)[2].limit->keys = {"invoice"}; }));  // the item itself
  CHECK(refused([](Book& book) { book.recognition().block.lines.back().role = 99; }));
  CHECK(refused([](Book& book) { book.recognition().until.index = 99; }));
  CHECK(refused([](Book& book) { book.rule_of(book.voided, "VOID").reversal->object.index = 99; }));
  CHECK(refused([&](Book& book) { lines(book)[0].amount.steps[0].operand.kind = rules::Operand::Kind::step; }));
  CHECK(refused([](Book& book) { book.book.order = {{0, 99, 0, 0, 1, "", {}}}; }));
  CHECK(refused([](Book& book) { book.book.expectations = {{0, 0, 99, 0, 1, "", {}}}; }));
  CHECK(refused([](Book& book) { book.book.approvals = {{{99}, false, {}, {}, "", {}}}; }));
  CHECK(refused([](Book& book) { std::swap(book.book.programs[0], book.book.programs[1]); }));
}
