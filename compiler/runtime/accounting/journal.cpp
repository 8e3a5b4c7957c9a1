// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal.hpp"

#include <algorithm>

#include "compiler/runtime/base/digest.hpp"

namespace glmap {
namespace {

struct Sums {
  Money debit;
  Money credit;
};

Status add_line(Sums& sums, Side side, const Money& amount) {
  Money& sum = side == Side::debit ? sums.debit : sums.credit;
  if (sum.try_add(amount)) return {};
  GLMAP_TRY(total, add(sum, amount));
  sum = total;
  return {};
}

std::unexpected<Error> out_of_balance(std::string message) {
  return fail(ErrorCode::EntryOutOfBalance, std::move(message));
}

std::string shown(const JournalLine& line) {
  return std::string(to_text(line.side)) + " of account `" + line.account + "`";
}

Status check_line(const JournalLine& line, const JournalEntryDraft& draft) {
  if (line.transaction.currency() != draft.currency)
    return fail(ErrorCode::MixedCurrencies, "the " + shown(line) + " is `" + line.transaction.to_text() +
                                                "`, but the entry's document is in " +
                                                std::string(draft.currency.code()));
  if (line.functional.currency() != draft.functional)
    return fail(ErrorCode::MixedCurrencies, "the " + shown(line) + " is `" + line.functional.to_text() +
                                                "`, but the books of `" + draft.entity + "` are kept in " +
                                                std::string(draft.functional.code()));
  if (line.transaction.is_negative() || line.functional.is_negative())
    return out_of_balance("the " + shown(line) + " is negative (`" + line.transaction.to_text() + "`, `" +
                          line.functional.to_text() + "`), the other side is expected");
  if (line.transaction.is_zero() && line.functional.is_zero()) return out_of_balance("the " + shown(line) + " is zero");
  return {};
}

Status sort_dimensions(JournalLine& line) {
  if (line.dimensions.size() < 2) return {};
  std::sort(line.dimensions.begin(), line.dimensions.end());
  const auto twice = std::adjacent_find(line.dimensions.begin(), line.dimensions.end(),
                                        [](const Dimension& a, const Dimension& b) { return a.name == b.name; });
  if (twice == line.dimensions.end()) return {};
  return fail(ErrorCode::DuplicateName, "the " + shown(line) + " names `" + twice->name + "` twice");
}

Status check_balance(const Sums& sums, std::string_view which) {
  if (sums.debit == sums.credit) return {};
  return out_of_balance("debits are `" + sums.debit.to_text() + "` and credits `" + sums.credit.to_text() + "` in " +
                        std::string(which) + " currency");
}

Money sum_of_debits(const JournalEntryDraft& entry, Money JournalLine::* amount, Currency currency) {
  Money sum = Money::zero(currency);
  for (const JournalLine& line : entry.lines) {
    if (line.side != Side::debit) continue;
    auto total = add(sum, line.*amount);
    GLMAP_ASSERT(total.has_value());  // make() added the same amounts
    sum = *total;
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

/// That the draft may become an entry; sorts the dimensions of its lines.
Status check_draft(JournalEntryDraft& draft) {
  GLMAP_ASSERT(!draft.storno || !draft.reverses.empty());
  if (draft.lines.size() < 2)
    return out_of_balance("the entry has " + std::to_string(draft.lines.size()) + " lines, at least two are expected");
  Sums transaction{Money::zero(draft.currency), Money::zero(draft.currency)};
  Sums functional{Money::zero(draft.functional), Money::zero(draft.functional)};
  for (JournalLine& line : draft.lines) {
    GLMAP_CHECK(check_line(line, draft));
    GLMAP_CHECK(sort_dimensions(line));
    GLMAP_CHECK(add_line(transaction, line.side, line.transaction));
    GLMAP_CHECK(add_line(functional, line.side, line.functional));
  }
  GLMAP_CHECK(check_balance(transaction, "transaction"));
  return check_balance(functional, "functional");
}

}  // namespace

Result<JournalEntry> JournalEntry::make(JournalEntryDraft draft) {
  GLMAP_CHECK(check_draft(draft));
  return Result<JournalEntry>(std::in_place, Checked(), std::move(draft));
}

Status JournalEntry::append(std::vector<JournalEntry>& entries, JournalEntryDraft&& draft) {
  GLMAP_CHECK(check_draft(draft));
  entries.emplace_back(Checked(), std::move(draft));
  return {};
}

Money JournalEntry::total_functional() const {
  return sum_of_debits(data_, &JournalLine::functional, data_.functional);
}

Money JournalEntry::total_transaction() const {
  return sum_of_debits(data_, &JournalLine::transaction, data_.currency);
}

}  // namespace glmap
