// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;
using rules::BalanceLimit;
using rules::PostingLine;

namespace {

const std::vector<PostingLine>& lines_of(const Outcome& outcome, std::string_view type, std::string_view rule) {
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  for (const auto& one : book.program_of(*book.catalog.type_index(type))->rules)
    if (one.name == rule) return one.blocks.at(0).lines;
  FAIL("no such rule");
  throw 0;
}

constexpr std::string_view kFirst = "    credit contract_asset   line.net, at most its balance for contract\n";

}  // namespace

TEST_CASE("the rest of an amount is what the limited lines above it leave", "[resolve][takes]") {
  const Outcome outcome = resolve_files(whole_book());
  const auto& lines = lines_of(outcome, "payment.received", "PAYMENT");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].take == PostingLine::Take::amount);
  CHECK_FALSE(lines[0].limit);
  REQUIRE(lines[1].limit);
  CHECK(lines[1].limit->keys == std::vector<std::string>{"invoice"});
  CHECK(lines[1].limit->item.empty());
  CHECK(lines[1].at_carrying_rate);
  CHECK(lines[2].take == PostingLine::Take::rest_of);
  CHECK(lines[2].after == std::vector<std::uint32_t>{1});
  CHECK(lines[2].limit->item == "invoice");
  CHECK(lines[2].limit->order == BalanceLimit::Order::same_amount);
  CHECK(lines[3].limit->order == BalanceLimit::Order::oldest_first);
  CHECK(lines[4].after == std::vector<std::uint32_t>{1, 2, 3});
  CHECK_FALSE(lines[4].limit);
}

TEST_CASE("open items name the item themselves: the line takes it from no field", "[resolve][takes]") {
  const Outcome outcome = resolve_files(whole_book());
  const auto& lines = lines_of(outcome, "payment.received", "PAYMENT");
  REQUIRE(lines[3].dimensions.size() == 1);
  CHECK(lines[3].dimensions[0].name == "customer");
  // A payment that carries no invoice at all can still be taken by open items.
  BookFiles files = whole_book();
  files[kEvents] = with_change(files[kEvents],
                               "      document_date: {type: date}\n      invoice: {type: text}\n      customer: {type: "
                               "text}\n      amount",
                               "      document_date: {type: date}\n      customer: {type: text}\n      amount");
  std::string& book = files[kBook];
  book = with_change(book, "    credit receivable     amount, at most its balance for invoice at carrying rate\n", "");
  book = with_change(book, "rest of amount, over its open items by invoice for customer with",
                     "amount, over its open items by invoice for customer with");
  book = with_change(
      book, "  payment.received needs invoice.issued by invoice, wait 3 days, else hold for billing_ops\n", "");
  book = book.substr(0, book.find("\ntest \""));
  CHECK(resolve_files(files).text.empty());
}

TEST_CASE("what balances an entry and what repeats the line above need no amount", "[resolve][takes]") {
  const Outcome outcome = resolve_files(whole_book());
  CHECK(lines_of(outcome, "invoice.issued", "INV-USAGE")[0].take == PostingLine::Take::rest);
  const auto& delivered = lines_of(outcome, "delivery.completed", "DELIVERED");
  CHECK(delivered[0].limit->else_hold);
  CHECK(delivered[0].limit->keys == std::vector<std::string>{"contract", "product"});
  CHECK(delivered[1].take == PostingLine::Take::same);
  CHECK(delivered[1].after == std::vector<std::uint32_t>{0});
  CHECK(delivered[1].amount.steps.empty());
}

TEST_CASE("what a limited line leaves must go somewhere", "[resolve][takes]") {
  require_whole_fault(kBook, "    credit deferred_revenue rest of line.net\n", "", ErrorCode::TakeDoesNotFit,
                      "what is left of `line.net` goes nowhere // write `credit ROLE rest of line.net` below",
                      "    credit contract_asset   line.net, at most");
  require_whole_fault(kBook, "    credit unapplied_cash rest of amount\n", "", ErrorCode::TakeDoesNotFit,
                      "what is left of `amount` goes nowhere", "for customer, oldest first");
  require_whole_fault(kBook, "rest of line.net", "rest of line.net, at most its balance for contract",
                      ErrorCode::TakeDoesNotFit, "or end the limit with `else hold`");
}

TEST_CASE("the same amount may be written with or without its place", "[resolve][takes]") {
  CHECK(resolve_files(whole_book_with(kBook, "rest of line.net", "rest of net")).text.empty());
}

TEST_CASE("the rest of an amount that no line above takes is refused", "[resolve][takes]") {
  require_found(whole_book_with(kBook, "rest of line.net", "rest of line.gross"),
                {{ErrorCode::TakeDoesNotFit, kBook, "rest of line.gross", "no `credit` line above takes `line.gross`"},
                 {ErrorCode::TakeDoesNotFit, kBook, "credit contract_asset   line.net, at most", "goes nowhere"}});
  require_whole_fault(kBook, kFirst, "    credit contract_asset   line.net\n", ErrorCode::TakeDoesNotFit,
                      "nothing is left of `line.net`: the line above takes all of it", "rest of line.net");
  require_whole_fault(kBook, kFirst,
                      "    credit contract_asset   line.net, at most its balance for contract else hold\n",
                      ErrorCode::TakeDoesNotFit, "nothing is left of `line.net`", "rest of line.net");
}

TEST_CASE("`same` needs a line above it, and one line at most balances the entry", "[resolve][takes]") {
  require_whole_fault(kBook, "    debit  receivable rest\n", "    debit  receivable same\n", ErrorCode::TakeDoesNotFit,
                      "this is the first line");
  require_whole_fault(kBook, "    debit  receivable rest\n    debit  discounts  share of event.discount by line.net\n",
                      "    debit  receivable rest\n    debit  discounts rest\n", ErrorCode::TakeDoesNotFit,
                      "two lines take what balances the entry", "debit  discounts rest");
}

TEST_CASE("a balance is kept by dimensions that every line of the role carries", "[resolve][takes]") {
  require_whole_fault(kBook, "line.net, at most its balance for contract", "line.net, at most its balance for contrct",
                      ErrorCode::UnknownName, "did you mean `contract`?");
  require_whole_fault(kBook,
                      "amount, at most its balance for contract, product else hold\n    credit revenue          "
                      "same\n\nrule PAYMENT",
                      "amount, at most its balance for contract, contract else hold\n    credit revenue          "
                      "same\n\nrule PAYMENT",
                      ErrorCode::DuplicateName, "stands twice here", "for contract, contract");
  require_whole_fault(kBook, "over its open items by invoice for customer, oldest",
                      "over its open items by contract for "
                      "customer, oldest",
                      ErrorCode::UnknownName, "need not carry the dimension `contract`");
  require_whole_fault(kBook, "by invoice for customer, oldest first", "by invoice for customer, invoice, oldest first",
                      ErrorCode::DuplicateName, "told apart by `invoice` and looked for by it");
  require_whole_fault(kBook, "for customer, oldest first at carrying rate",
                      "for customer, oldest first at carrying rate with invoice \"I\"", ErrorCode::WrongType,
                      "which its open items state");
}

TEST_CASE("the carrying rate is that of a balance and stands alone", "[resolve][takes]") {
  require_whole_fault(kBook, "    credit unapplied_cash rest of amount\n",
                      "    credit unapplied_cash rest of amount at carrying rate\n", ErrorCode::WrongType,
                      "this line takes from none");
  BookFiles files = whole_book();
  files[kEvents] = with_change(
      files[kEvents], "      customer: {type: text}\n      amount: {type: money, sign: positive}\n  service",
      "      customer: {type: text}\n      amount: {type: money, sign: positive}\n      paid_rate: {type: "
      "decimal}\n      settled: {type: functional money}\n  service");
  std::string& book = files[kBook];
  book = book.substr(0, book.find("\ntest \""));
  const std::string sound = book;
  CHECK(resolve_files(files).text.empty());
  book = with_change(sound, "oldest first at carrying rate", "oldest first at carrying rate at paid_rate");
  require_found(files, {{ErrorCode::WrongType, kBook, "at paid_rate", "keep one of them"}});
  book = with_change(sound, "oldest first at carrying rate", "oldest first worth settled");
  require_found(files, {{ErrorCode::WrongType, kBook, "worth settled", "may take only a part of it"}});
}

TEST_CASE("a field called rest or same is written with its place", "[resolve][takes]") {
  BookFiles files = whole_book_with(kEvents, "      discount: {type: money}\n",
                                    "      discount: {type: money}\n      rest: {type: money, is: discount}\n");
  require_found(files, {{ErrorCode::AmbiguousName, kBook, "    debit  receivable rest\n", "write `event.rest`"}});
  files[kBook] = with_change(files[kBook], "    debit  receivable rest\n",
                             "    debit  receivable line.gross - event.rest + rest - rest\n");
  CHECK(resolve_files(files).text.empty());
}

TEST_CASE("only an amount of the event is shared among its lines", "[resolve][takes]") {
  constexpr std::string_view kShare = "    debit  receivable rest\n    debit  discounts  share of event.discount by";
  const auto refused = [&](const std::string& share, const std::string& words) {
    require_whole_fault(kBook, kShare, "    debit  receivable rest\n    debit  discounts  " + share + " by",
                        ErrorCode::WrongType, words, share);
  };
  refused("share of line.tax", "an amount of one line is shared among all lines");
  refused("share of (event.discount + line.tax)", "an amount of one line is shared among all lines");
  require_whole_fault(kBook, "    debit  receivable rest\n    debit  discounts  share of event.discount by line.net",
                      "    debit  receivable rest\n    debit  discounts  share of event.discount by event.discount",
                      ErrorCode::WrongType, "where an amount of the lines is expected", "by event.discount");
}
