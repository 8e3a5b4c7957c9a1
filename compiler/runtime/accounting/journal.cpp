// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal.hpp"

#include <algorithm>

#include "compiler/runtime/base/digest.hpp"

namespace glmap {
namespace {

/// What stands on each side, in one of the two currencies.
struct Sums {
  explicit Sums(Currency currency) : debit(Money::zero(currency)), credit(Money::zero(currency)) {}
  Money debit;
  Money credit;

  bool try_add(Side side, const Money& amount) { return (side == Side::debit ? debit : credit).try_add(amount); }
};

std::unexpected<Error> out_of_balance(std::string message) {
  return fail(ErrorCode::EntryOutOfBalance, std::move(message));
}

std::string shown(const JournalLine& line) {
  return std::string(to_text(line.side)) + " of account `" + line.account + "`";
}

/// Nearly every line: one look, before anything is put in words.
bool is_good(const JournalLine& line, const JournalEntryDraft& draft) {
  return line.transaction.currency() == draft.currency && line.functional.currency() == draft.functional &&
         !line.transaction.is_negative() && !line.functional.is_negative() &&
         !(line.transaction.is_zero() && line.functional.is_zero());
}

/// What is wrong with a line that is not good.
std::unexpected<Error> fault_of(const JournalLine& line, const JournalEntryDraft& draft) {
  if (line.transaction.currency() != draft.currency)
    return fail(ErrorCode::MixedCurrencies, "the " + shown(line) + " is `" + line.transaction.to_text() +
                                                "`, but the entry's document is in " +
                                                std::string(draft.currency.code()));
  if (line.functional.currency() != draft.functional)
    return fail(ErrorCode::MixedCurrencies, "the " + shown(line) + " is `" + line.functional.to_text() +
                                                "`, but the books of `" + draft.entity + "` are kept in " +
                                                std::string(draft.functional.code()));
  if (line.transaction.is_zero() && line.functional.is_zero()) return out_of_balance("the " + shown(line) + " is zero");
  return out_of_balance("the " + shown(line) + " is negative (`" + line.transaction.to_text() + "`, `" +
                        line.functional.to_text() + "`), the other side is expected");
}

bool is_in_order(const std::vector<Dimension>& dimensions) {
  for (std::size_t i = 1; i < dimensions.size(); ++i)
    if (dimensions[i - 1].name >= dimensions[i].name) return false;
  return true;
}

Status sort_dimensions(JournalLine& line) {
  std::sort(line.dimensions.begin(), line.dimensions.end());
  const auto twice = std::adjacent_find(line.dimensions.begin(), line.dimensions.end(),
                                        [](const Dimension& a, const Dimension& b) { return a.name == b.name; });
  if (twice == line.dimensions.end()) return {};
  return fail(ErrorCode::DuplicateName, "the " + shown(line) + " names `" + twice->name + "` twice");
}

/// Why the amount cannot be added to those of its side.
std::unexpected<Error> no_sum(const Sums& sums, Side side, const Money& amount) {
  auto total = add(side == Side::debit ? sums.debit : sums.credit, amount);
  GLMAP_ASSERT(!total);
  return std::unexpected(std::move(total).error());
}

std::unexpected<Error> differ(const Sums& sums, std::string_view which) {
  return out_of_balance("debits are `" + sums.debit.to_text() + "` and credits `" + sums.credit.to_text() + "` in " +
                        std::string(which) + " currency");
}

Money sum_of_debits(const JournalEntryDraft& entry, Money JournalLine::* amount, Currency currency) {
  Money sum = Money::zero(currency);
  for (const JournalLine& line : entry.lines) {
    if (line.side != Side::debit) continue;
    const bool added = sum.try_add(line.*amount);
    GLMAP_ASSERT(added);  // check() added the same amounts
  }
  return sum;
}

}  // namespace

std::string_view to_text(Side side) {
  return side == Side::debit ? "debit" : "credit";
}

std::string IdempotencyKey::to_text() const {
  std::string text;
  text.reserve(source.size() + event_id.size() + event_revision.size() + entity.size() + ledger.size() + 32);
  text += '[';
  for (const std::string* part : {&source, &event_id, &event_revision, &entity, &ledger}) {
    append_quoted_json(text, *part);
    text += ',';
  }
  return (text += std::to_string(entry)) += ']';
}

std::string IdempotencyKey::reference() const {
  return short_reference(to_text());
}

namespace {

/// What is wrong with the draft, in the order of its lines; nothing when only dimensions had to be sorted.
Status check_lines(JournalEntryDraft& draft) {
  if (draft.lines.size() < 2)
    return out_of_balance("the entry has " + std::to_string(draft.lines.size()) + " lines, at least two are expected");
  Sums transaction(draft.currency);
  Sums functional(draft.functional);
  for (JournalLine& line : draft.lines) {
    if (!is_good(line, draft)) return fault_of(line, draft);
    if (!is_in_order(line.dimensions)) GLMAP_CHECK(sort_dimensions(line));
    if (!transaction.try_add(line.side, line.transaction)) return no_sum(transaction, line.side, line.transaction);
    if (!functional.try_add(line.side, line.functional)) return no_sum(functional, line.side, line.functional);
  }
  if (transaction.debit != transaction.credit) return differ(transaction, "transaction");
  if (functional.debit != functional.credit) return differ(functional, "functional");
  return {};
}

/// Nothing is wrong: one look without words, which nearly every draft stands. Amounts are below 10^30, so that sums of
/// fewer than 10^8 of them cannot leave 128 bits.
bool is_in_balance(const JournalEntryDraft& draft) {
  if (draft.lines.size() < 2 || draft.lines.size() > 10'000'000) return false;
  Int128 transaction[2] = {0, 0};
  Int128 functional[2] = {0, 0};
  for (const JournalLine& line : draft.lines) {
    if (!is_good(line, draft) || !is_in_order(line.dimensions)) return false;
    transaction[static_cast<std::size_t>(line.side)] += line.transaction.minor();
    functional[static_cast<std::size_t>(line.side)] += line.functional.minor();
  }
  return transaction[0] == transaction[1] && functional[0] == functional[1] && transaction[0] <= Money::kMinorMax &&
         functional[0] <= Money::kMinorMax;
}

}  // namespace

Status JournalEntry::check(JournalEntryDraft& draft) {
  GLMAP_ASSERT(!draft.storno || !draft.reverses.empty());
  return is_in_balance(draft) ? Status() : check_lines(draft);
}

Result<JournalEntry> JournalEntry::make(JournalEntryDraft draft) {
  GLMAP_CHECK(check(draft));
  return Result<JournalEntry>(std::in_place, Checked(), std::move(draft));
}

const EntryOrigin& SharedOrigin::none() {
  static const EntryOrigin origin;
  return origin;
}

Money JournalEntry::total_functional() const {
  return sum_of_debits(data_, &JournalLine::functional, data_.functional);
}

Money JournalEntry::total_transaction() const {
  return sum_of_debits(data_, &JournalLine::transaction, data_.currency);
}

}  // namespace glmap
