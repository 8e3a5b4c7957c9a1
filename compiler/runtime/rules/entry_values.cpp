// SPDX-License-Identifier: Apache-2.0
// What the lines of an entry are worth in functional currency, where a difference goes, and the entry itself.
#include <algorithm>

#include "compiler/runtime/rules/entry_builder.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

/// Why a sum cannot be made.
std::unexpected<Error> no_sum(const Money& sum, const Money& amount) {
  auto total = add(sum, amount);
  GLMAP_ASSERT(!total);
  return std::unexpected(std::move(total).error());
}

Status add_to(Money& sum, const Money& amount) {
  if (sum.try_add(amount)) return {};
  return no_sum(sum, amount);
}

}  // namespace

Status EntryBuilder::convert_line(PendingEntry& entry, PendingLine& line) const {
  const LegalEntity& entity = entity_of(entry);
  if (entry.currency == entity.functional) {
    if (line.value == Value::worth && line.functional && *line.functional != line.transaction)
      return fail(ErrorCode::InvariantBroken,
                  "the amount " + line.transaction.to_text() + " is stated as worth " + line.functional->to_text() +
                      " although both are in the currency of the books",
                  "correct the event at its source", line.posting->where);
    line.functional = line.transaction;
    return {};
  }
  if (line.functional) return {};
  if (line.value == Value::worth)
    return fail(ErrorCode::RateMissing,
                "the event does not say what " + line.transaction.to_text() + " is worth in " +
                    std::string(entity.functional.code()),
                "send the amount in the currency of the books", line.posting->where);
  std::optional<Decimal> rate = line.rate;
  if (line.value == Value::at && (!rate || rate->is_zero() || rate->is_negative()))
    return fail(ErrorCode::RateMissing,
                rate ? "the rate " + rate->to_text() + " is not above zero"
                     : "the event does not say at which rate " + line.transaction.to_text() + " is to be posted",
                "send the rate with the event", line.posting->where);
  if (line.value == Value::by_rate) {
    if (!entry.rate) {
      GLMAP_TRY(found, rate_of(context_, state_, entry.currency, entry.entity, line.posting->where));
      entry.rate = found;
    }
    rate = entry.rate;
  }
  GLMAP_TRY(functional, at_rate(context_, line.transaction, *rate, entity.functional));
  line.functional = functional;
  return {};
}

Status EntryBuilder::convert_lines(PendingEntry& entry) const {
  const bool foreign = entry.currency != entity_of(entry).functional;
  const bool by_step = foreign && occasion_.step_functional;
  for (PendingLine& line : entry.lines) {
    if (!foreign && line.value != Value::worth)
      line.functional = line.transaction;  // the usual case
    else if (!by_step || line.value != Value::by_rate)
      GLMAP_CHECK(convert_line(entry, line));
  }
  return by_step ? value_step(entry) : Status{};
}

/// An entry of a schedule is worth its step. Where a line carries a value of its own (deferred revenue is not
/// remeasured), the lines of the other side take it over.
Status EntryBuilder::value_step(PendingEntry& entry) const {
  GLMAP_ASSERT(context_.step != nullptr);
  Money worth[2] = {Money::zero(entity_of(entry).functional), Money::zero(entity_of(entry).functional)};
  bool carries[2] = {false, false};
  for (const Side side : {Side::debit, Side::credit}) {
    const auto at = static_cast<std::size_t>(side);
    Money stepped = Money::zero(entry.currency);
    for (const PendingLine& line : entry.lines) {
      if (line.side != side) continue;
      carries[at] = carries[at] || line.functional;
      GLMAP_CHECK(line.functional ? add_to(worth[at], *line.functional) : add_to(stepped, line.transaction));
    }
    GLMAP_TRY(of_step, pro_rata(*occasion_.step_functional, stepped.minor(), context_.step->minor(),
                                conversion_mode(context_.book)));
    GLMAP_CHECK(add_to(worth[at], of_step));
  }
  if (carries[0] != carries[1]) worth[carries[0] ? 1 : 0] = worth[carries[0] ? 0 : 1];
  GLMAP_CHECK(value_side(entry, Side::debit, worth[0]));
  return value_side(entry, Side::credit, worth[1]);
}

/// Shares `worth` out over the lines of a side that carry no value, in proportion, the last takes what is left.
Status EntryBuilder::value_side(PendingEntry& entry, Side side, const Money& worth) const {
  Money left = worth;
  Money whole = Money::zero(entry.currency);
  for (const PendingLine& line : entry.lines) {
    if (line.side != side) continue;
    GLMAP_CHECK(line.functional ? add_to(left, line.functional->negated()) : add_to(whole, line.transaction));
  }
  for (PendingLine& line : entry.lines) {
    if (line.side != side || line.functional) continue;
    GLMAP_TRY(part, pro_rata(left, line.transaction.minor(), whole.minor(), conversion_mode(context_.book)));
    line.functional = part;
    GLMAP_CHECK(add_to(left, part.negated()));
    GLMAP_CHECK(add_to(whole, line.transaction.negated()));
  }
  return {};
}

Status EntryBuilder::add_difference_line(PendingEntry& entry, std::uint32_t role, Side side, Money functional) const {
  const Role& named = context_.book.roles[role];
  const RoleAccount& account = named.by_entity[entry.entity];
  if (account.kind != RoleAccount::Kind::fixed || !named.needs.empty())
    return fail(ErrorCode::RoleNotAvailable,
                "the difference of " + functional.to_text() + " has no account: role `" + named.name +
                    "` must have a fixed account and need no dimension",
                "change the role's row in the accounts section", named.where);
  PendingLine& line = entry.lines.add();
  line.side = side;
  line.role = role;
  line.account = &account.account;
  line.dimensions.clear();
  line.value = Value::by_rate;
  line.rate.reset();
  line.transaction = Money::zero(entry.currency);
  line.functional = functional;
  line.posting = nullptr;
  return {};
}

/// Converting each line by itself can leave a few minor units between debits and credits. They go where the book says.
Status EntryBuilder::settle_difference(PendingEntry& entry) const {
  const LegalEntity& entity = entity_of(entry);
  Money difference = Money::zero(entity.functional);  // debits less credits
  for (const PendingLine& line : entry.lines) {
    const Money more = line.side == Side::debit ? *line.functional : line.functional->negated();
    if (!difference.try_add(more)) return no_sum(difference, more);
  }
  if (difference.is_zero() || entry.currency == entity.functional) return {};
  const Side side = difference.is_negative() ? Side::debit : Side::credit;
  if (entry.difference != nullptr)
    return add_difference_line(entry,
                               side == Side::credit ? *entry.difference->gain_role : *entry.difference->loss_role, side,
                               difference.absolute());
  const auto& foreign = context_.book.foreign_currency;
  if (!foreign)
    return fail(
        ErrorCode::RoundingCapExceeded,
        "conversion leaves a difference of " + difference.absolute().to_text() + " and the book names no role for it",
        "add a `foreign_currency` section with `rounding to`");
  GLMAP_TRY(cap, multiply(foreign->cap_per_line, Decimal(static_cast<long long>(entry.lines.size()))));
  if (difference.absolute().decimal() > cap)
    return fail(ErrorCode::RoundingCapExceeded,
                "conversion leaves a difference of " + difference.absolute().to_text() + "; the book allows " +
                    cap.to_text() + " for " + std::to_string(entry.lines.size()) + " lines",
                "look at the rates of the event; a rounding account is not a suspense account", foreign->where);
  return add_difference_line(entry, foreign->rounding_role, side, difference.absolute());
}

std::uint32_t EntryBuilder::next_number(std::uint32_t entity) {
  EntryNumbers& numbers = memory_.numbers;
  auto at = std::lower_bound(numbers.begin(), numbers.end(), std::pair(entity, 0u));
  if (at == numbers.end() || at->first != entity) at = numbers.emplace(at, entity, 0u);
  return at->second++;
}

Status EntryBuilder::settle(PendingEntry& entry) {
  GLMAP_CHECK(convert_lines(entry));
  GLMAP_CHECK(settle_difference(entry));
  entry.number = next_number(entry.entity);
  entry.lines_not_zero = 0;
  entry.is_worth = false;
  for (const PendingLine& line : entry.lines) {
    const bool is_worth = !line.functional->is_zero();
    if (is_worth || !line.transaction.is_zero()) ++entry.lines_not_zero;
    entry.is_worth = entry.is_worth || is_worth;
  }
  if (entry.lines_not_zero == 0) return {};
  GLMAP_TRY(period, period_to_post(context_.book, entity_of(entry), entry.day, occasion_.kind));
  entry.period = period;
  return {};
}

/// A negative amount stands on the other side; what is zero in both currencies is no line.
void EntryBuilder::write_lines(PendingEntry& entry, std::vector<JournalLine>& lines) const {
  lines.resize(entry.lines_not_zero);
  auto at = lines.begin();
  for (PendingLine& line : entry.lines) {
    if (line.transaction.is_zero() && line.functional->is_zero()) continue;
    const bool turned =
        line.transaction.is_negative() || (line.transaction.is_zero() && line.functional->is_negative());
    JournalLine& written = *at++;
    written.side = turned ? opposite(line.side) : line.side;
    written.account = *line.account;
    written.role = context_.book.roles[line.role].name;
    written.transaction = turned ? line.transaction.negated() : line.transaction;
    written.functional = turned ? line.functional->negated() : *line.functional;
    written.dimensions.swap(line.dimensions);  // the memory of the other is used again
    written.memo.clear();
  }
}

void EntryBuilder::write_key(std::uint32_t entity, std::uint32_t number, IdempotencyKey& key) const {
  key.source = context_.event.source;
  key.event_id = context_.event.id;
  key.event_revision = context_.event.revision;
  key.entity = context_.book.catalog.entities[entity].code;
  key.ledger = context_.book.ledgers[context_.program.ledger];
  key.entry = number;
}

void EntryBuilder::write_origin(const PendingEntry& entry, SharedOrigin& written) const {
  if (entry.only != nullptr) {
    // Mostly it is that of the entry before: then no count of its users is touched.
    if (&*written != &*entry.only->origin) written = entry.only->origin;
    return;
  }
  EntryOrigin origin{context_.type().name, context_.digest, {}, {}};
  origin.rules.reserve(entry.rules.size());
  for (const std::string* rule : entry.rules) origin.rules.push_back(*rule);
  origin.spec_lines.reserve(entry.spec_lines.size());
  for (const SourceRef* where : entry.spec_lines) origin.spec_lines.push_back(*where);
  written = std::move(origin);
}

void EntryBuilder::write(PendingEntry& entry, bool is_group, JournalEntryDraft& draft) const {
  const LegalEntity& entity = entity_of(entry);
  const BillingEvent& event = context_.event;
  write_key(entry.entity, entry.number, draft.key);
  draft.entity = draft.key.entity;
  draft.ledger = draft.key.ledger;
  draft.journal = *entry.journal;
  draft.posting_date = entry.day;
  draft.document_date = context_.document_date;
  draft.period = entry.period->name;
  draft.document = event.object;
  draft.description = context_.type().title;
  if (!event.object.empty()) (draft.description += ' ') += event.object;
  if (!occasion_.period_served.empty()) (draft.description += ", ") += occasion_.period_served;
  draft.currency = entry.currency;
  draft.functional = entity.functional;
  draft.rate.reset();
  if (entry.currency != entity.functional) {
    draft.rate = occasion_.rate ? occasion_.rate : entry.rate;
    if (!draft.rate)  // every line had a value of its own; the event's rate is still said when there is one
      if (const auto known = rate_of(context_, state_, entry.currency, entry.entity, {})) draft.rate = *known;
  }
  draft.reverses.clear();
  draft.storno = false;
  draft.group.clear();
  if (is_group) draft.group = group_of(event, draft.ledger);
  write_lines(entry, draft.lines);
  write_origin(entry, draft.origin);
}

}  // namespace glmap::rules
