// SPDX-License-Identifier: Apache-2.0
// What the lines of an entry are worth in functional currency, where a difference goes, and the entry itself.
#include "compiler/runtime/rules/entry_builder.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

Status add_to(Money& sum, const Money& amount) {
  if (sum.try_add(amount)) return {};
  GLMAP_TRY(total, add(sum, amount));
  sum = total;
  return {};
}

}  // namespace

Status EntryBuilder::convert_line(Pending& entry, Line& line) const {
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

Status EntryBuilder::convert_lines(Pending& entry) const {
  const bool by_step = occasion_.step_functional && entry.currency != entity_of(entry).functional;
  for (Line& line : entry.lines)
    if (!by_step || line.value != Value::by_rate) GLMAP_CHECK(convert_line(entry, line));
  return by_step ? value_step(entry) : Status{};
}

/// An entry of a schedule is worth its step. Where a line carries a value of its own (deferred revenue is not
/// remeasured), the lines of the other side take it over.
Status EntryBuilder::value_step(Pending& entry) const {
  GLMAP_ASSERT(context_.step != nullptr);
  Money worth[2] = {Money::zero(entity_of(entry).functional), Money::zero(entity_of(entry).functional)};
  bool carries[2] = {false, false};
  for (const Side side : {Side::debit, Side::credit}) {
    const auto at = static_cast<std::size_t>(side);
    Money stepped = Money::zero(entry.currency);
    for (const Line& line : entry.lines) {
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
Status EntryBuilder::value_side(Pending& entry, Side side, const Money& worth) const {
  Money left = worth;
  Money whole = Money::zero(entry.currency);
  for (const Line& line : entry.lines) {
    if (line.side != side) continue;
    GLMAP_CHECK(line.functional ? add_to(left, line.functional->negated()) : add_to(whole, line.transaction));
  }
  for (Line& line : entry.lines) {
    if (line.side != side || line.functional) continue;
    GLMAP_TRY(part, pro_rata(left, line.transaction.minor(), whole.minor(), conversion_mode(context_.book)));
    line.functional = part;
    GLMAP_CHECK(add_to(left, part.negated()));
    GLMAP_CHECK(add_to(whole, line.transaction.negated()));
  }
  return {};
}

Status EntryBuilder::add_difference_line(Pending& entry, std::uint32_t role, Side side, Money functional) const {
  const Role& named = context_.book.roles[role];
  const RoleAccount& account = named.by_entity[entry.entity];
  if (account.kind != RoleAccount::Kind::fixed || !named.needs.empty())
    return fail(ErrorCode::RoleNotAvailable,
                "the difference of " + functional.to_text() + " has no account: role `" + named.name +
                    "` must have a fixed account and need no dimension",
                "change the role's row in the accounts section", named.where);
  Line line;
  line.side = side;
  line.role = role;
  line.account = &account.account;
  line.transaction = Money::zero(entry.currency);
  line.functional = functional;
  entry.lines.push_back(std::move(line));
  return {};
}

/// Converting each line by itself can leave a few minor units between debits and credits. They go where the book says.
Status EntryBuilder::settle_difference(Pending& entry) const {
  const LegalEntity& entity = entity_of(entry);
  Money difference = Money::zero(entity.functional);  // debits less credits
  for (const Line& line : entry.lines)
    GLMAP_CHECK(add_to(difference, line.side == Side::debit ? *line.functional : line.functional->negated()));
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

/// A negative amount stands on the other side; what is zero in both currencies is no line.
void EntryBuilder::seal_lines(Pending& entry, std::vector<JournalLine>& lines) const {
  lines.reserve(entry.lines.size());
  for (Line& line : entry.lines) {
    if (line.transaction.is_zero() && line.functional->is_zero()) continue;
    const bool turned =
        line.transaction.is_negative() || (line.transaction.is_zero() && line.functional->is_negative());
    JournalLine& sealed = lines.emplace_back();
    sealed.side = turned ? opposite(line.side) : line.side;
    sealed.account = *line.account;
    sealed.role = context_.book.roles[line.role].name;
    sealed.transaction = turned ? line.transaction.negated() : line.transaction;
    sealed.functional = turned ? line.functional->negated() : *line.functional;
    sealed.dimensions = std::move(line.dimensions);
  }
}

Result<bool> EntryBuilder::seal(Pending& entry, JournalEntryDraft& draft) {
  const RuleBook& book = context_.book;
  const LegalEntity& entity = entity_of(entry);
  GLMAP_CHECK(convert_lines(entry));
  GLMAP_CHECK(settle_difference(entry));
  write_key(entry.entity, draft.key);
  seal_lines(entry, draft.lines);
  if (draft.lines.empty()) return false;
  const BillingEvent& event = context_.event;
  draft.entity = entity.code;
  draft.ledger = draft.key.ledger;
  draft.journal = *entry.journal;
  draft.document = event.object;
  const std::string& title = context_.type().title;
  draft.description.reserve(title.size() + event.object.size() + occasion_.period_served.size() + 3);
  draft.description = title;
  if (!event.object.empty()) (draft.description += ' ') += event.object;
  if (!occasion_.period_served.empty()) (draft.description += ", ") += occasion_.period_served;
  draft.currency = entry.currency;
  draft.functional = entity.functional;
  if (entry.currency != entity.functional) {
    draft.rate = occasion_.rate ? occasion_.rate : entry.rate;
    if (!draft.rate)  // every line had a value of its own; the event's rate is still said when there is one
      if (const auto known = rate_of(context_, state_, entry.currency, entry.entity, {})) draft.rate = *known;
  }
  draft.document_date = context_.document_date;
  draft.posting_date = entry.day;
  GLMAP_TRY(period, period_to_post(book, entity, entry.day, occasion_.kind));
  draft.period = period->name;
  draft.origin.event_type = context_.type().name;
  draft.origin.bundle_digest = bundle_digest_;
  draft.origin.rules.reserve(entry.rules.size());
  for (const std::string* rule : entry.rules) draft.origin.rules.push_back(*rule);
  draft.origin.spec_lines.reserve(entry.spec_lines.size());
  for (const SourceRef* where : entry.spec_lines) draft.origin.spec_lines.push_back(*where);
  return true;
}

}  // namespace glmap::rules
