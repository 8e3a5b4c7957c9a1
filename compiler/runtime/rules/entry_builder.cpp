// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/entry_builder.hpp"

#include <algorithm>

#include "compiler/runtime/rules/amounts.hpp"

namespace glmap::rules {
namespace {

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// The currency an entry of this block is stated in: the event's, or functional when every amount is functional.
Result<Currency> block_currency(const PostBlock& block, Scope& scope, const LegalEntity& entity) {
  const EventType& type = scope.context().type();
  for (const PostingLine& line : block.lines)
    for (const AmountStep& step : line.amount.steps) {
      if (step.kind != AmountStep::Kind::load) continue;
      const Operand& operand = step.operand;
      const bool functional =
          (operand.kind == Operand::Kind::header && type.header[operand.index].kind == FieldKind::money_functional) ||
          (operand.kind == Operand::Kind::line && type.line[operand.index].kind == FieldKind::money_functional);
      if (functional) return entity.functional;
    }
  if (!type.currency_field) return entity.functional;
  const auto code = code_of(scope.context().event.header[*type.currency_field]);
  if (!code) return entity.functional;
  return Currency::all()[*code];
}

}  // namespace

EntryBuilder::EntryBuilder(const EventContext& context, std::string bundle_digest)
    : context_(context), bundle_digest_(std::move(bundle_digest)) {}

Result<EntryBuilder::Pending*> EntryBuilder::pending_for(const PostBlock& block, Scope& scope) {
  GLMAP_TRY(entity, scope.code(block.entity));
  if (!entity)
    return fail(ErrorCode::MissingField, "the event names no entity to post in", "send the entity", block.where);
  for (Pending& entry : pending_)
    if (entry.entity == *entity && entry.journal == block.journal) return &entry;
  GLMAP_TRY(currency, block_currency(block, scope, context_.book.catalog.entities[*entity]));
  Pending entry;
  entry.entity = *entity;
  entry.journal = block.journal;
  entry.currency = currency;
  pending_.push_back(std::move(entry));
  return &pending_.back();
}

Result<std::string> EntryBuilder::account_of(const PostingLine& posting, std::uint32_t entity, Scope& scope) const {
  const Role& role = context_.book.roles[posting.role];
  const RoleAccount& account = role.by_entity[entity];
  if (account.kind == RoleAccount::Kind::fixed) return account.account;
  if (account.kind == RoleAccount::Kind::none)
    return fail(ErrorCode::RoleNotAvailable,
                "entity " + context_.book.catalog.entities[entity].code + " may not use the role `" + role.name + "`",
                "give the role an account in the accounts section", posting.where);
  GLMAP_TRY(row, scope.row_of(account.table, posting.account_inputs, posting.role));
  const Table& table = context_.book.tables[account.table];
  for (std::size_t a = 0; a < table.answers.size(); ++a)
    if (table.answers[a].kind == AnswerColumn::Kind::account)
      return row->answers[a].no_line ? std::string() : row->answers[a].account;
  return fail(ErrorCode::RoleNotAvailable, "table `" + table.name + "` answers no account", {}, table.where);
}

Result<EntryBuilder::Line> EntryBuilder::make_line(const PostBlock& block, const PostingLine& posting,
                                                   const Pending& entry, Scope& scope) const {
  Line line;
  line.side = posting.side;
  line.role = posting.role;
  line.where = posting.where;
  GLMAP_TRY(amount, evaluate(posting.amount, scope, entry.currency));
  line.transaction = amount;
  GLMAP_TRY(account, account_of(posting, entry.entity, scope));
  line.account = account;
  if (account.empty() && !amount.is_zero())
    return fail(
        ErrorCode::NoRowFits,
        "role `" + context_.book.roles[posting.role].name + "` has no line here, yet the amount is " + amount.to_text(),
        "correct the event at its source, or give the row an account", posting.where);
  if (posting.rate) {
    line.at = true;
    const FieldValue& value = scope.field(*posting.rate);
    if (const Decimal* rate = std::get_if<Decimal>(&value)) line.rate = *rate;
  }
  if (posting.functional) {
    line.worth = true;
    const FieldValue& value = scope.field(*posting.functional);
    if (const Money* functional = std::get_if<Money>(&value)) line.functional = *functional;
  }
  for (const DimensionSource& source : posting.dimensions) {
    GLMAP_TRY(value, scope.text(source.value));
    if (value.empty() && !account.empty())
      return fail(ErrorCode::DimensionMissing,
                  "role `" + context_.book.roles[posting.role].name + "` needs `" + source.name +
                      "` and the event carries none",
                  "send the field `" + source.name + "`", posting.where);
    line.dimensions.push_back({source.name, value});
  }
  static_cast<void>(block);
  return line;
}

void EntryBuilder::merge(std::vector<Line>& lines, Line line) {
  for (Line& known : lines) {
    if (known.side != line.side || known.role != line.role || known.account != line.account ||
        known.rate != line.rate || known.at != line.at || known.worth != line.worth ||
        known.functional.has_value() != line.functional.has_value() || known.dimensions != line.dimensions)
      continue;
    auto sum = add(known.transaction, line.transaction);
    if (!sum) break;  // too large to be exact as one line: kept as two
    if (line.functional && known.functional) {
      auto functional = add(*known.functional, *line.functional);
      if (!functional) break;
      known.functional = *functional;
    }
    known.transaction = *sum;
    return;
  }
  lines.push_back(std::move(line));
}

Status EntryBuilder::post(const Rule& rule, const PostBlock& block, Scope& scope) {
  GLMAP_TRY(entry, pending_for(block, scope));
  for (const PostingLine& posting : block.lines) {
    GLMAP_TRY(line, make_line(block, posting, *entry, scope));
    if (!line.account.empty()) merge(entry->lines, std::move(line));
    add_once(entry->spec_lines, posting.where);
  }
  if (block.gain_role) entry->difference = &block;
  add_once(entry->rules, rule.name);
  return {};
}

Status EntryBuilder::convert_lines(Pending& entry) const {
  const LegalEntity& entity = context_.book.catalog.entities[entry.entity];
  std::optional<Decimal> rate;
  const auto& foreign = context_.book.foreign_currency;
  if (foreign)
    if (const auto field = context_.type().header_index(foreign->rate_field))
      if (const Decimal* value = std::get_if<Decimal>(&context_.event.header[*field])) rate = *value;
  for (Line& line : entry.lines) {
    if (entry.currency == entity.functional) {
      if (line.worth && line.functional && *line.functional != line.transaction)
        return fail(ErrorCode::InvariantBroken,
                    "the amount " + line.transaction.to_text() + " is stated as worth " + line.functional->to_text() +
                        " although both are in the currency of the books",
                    "correct the event at its source", line.where);
      line.functional = line.transaction;
      continue;
    }
    if (line.worth && line.functional) continue;
    if (line.worth)
      return fail(ErrorCode::RateMissing,
                  "the event does not say what " + line.transaction.to_text() + " is worth in " +
                      std::string(entity.functional.code()),
                  "send the amount in the currency of the books", line.where);
    const std::optional<Decimal>& used = line.at ? line.rate : rate;
    if (!used)
      return fail(ErrorCode::RateMissing,
                  "the event is in " + std::string(entry.currency.code()) + ", " + entity.code +
                      " keeps its books in " + std::string(entity.functional.code()) +
                      ", and the event carries no rate",
                  "send the rate with the event" + (foreign ? " in `" + foreign->rate_field + "`" : ""), line.where);
    if (used->is_zero() || used->is_negative())
      return fail(ErrorCode::RateMissing, "the rate " + used->to_text() + " is not above zero", "correct the rate",
                  line.where);
    const Rounding mode = foreign ? foreign->mode : Rounding::half_away_from_zero;
    GLMAP_TRY(functional, convert(line.transaction, *used, entity.functional, mode));
    line.functional = functional;
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
  line.account = account.account;
  line.transaction = Money::zero(entry.currency);
  line.functional = functional;
  entry.lines.push_back(std::move(line));
  return {};
}

/// Converting each line by itself can leave a few minor units between debits and credits. They go where the book says.
Status EntryBuilder::settle_difference(Pending& entry) const {
  const LegalEntity& entity = context_.book.catalog.entities[entry.entity];
  Money difference = Money::zero(entity.functional);  // debits less credits
  for (const Line& line : entry.lines) {
    auto next = line.side == Side::debit ? add(difference, *line.functional) : subtract(difference, *line.functional);
    if (!next) return std::unexpected(std::move(next).error());
    difference = *next;
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

Result<std::optional<JournalEntry>> EntryBuilder::seal(Pending& entry, std::uint32_t index) const {
  const RuleBook& book = context_.book;
  const LegalEntity& entity = book.catalog.entities[entry.entity];
  GLMAP_CHECK(convert_lines(entry));
  GLMAP_CHECK(settle_difference(entry));
  JournalEntryDraft draft;
  for (Line& line : entry.lines) {
    if (line.transaction.is_zero() && line.functional->is_zero()) continue;
    const bool turned =
        line.transaction.is_negative() || (line.transaction.is_zero() && line.functional->is_negative());
    JournalLine sealed;
    sealed.side = turned ? opposite(line.side) : line.side;
    sealed.account = std::move(line.account);
    sealed.role = book.roles[line.role].name;
    sealed.transaction = turned ? line.transaction.negated() : line.transaction;
    sealed.functional = turned ? line.functional->negated() : *line.functional;
    sealed.dimensions = std::move(line.dimensions);
    draft.lines.push_back(std::move(sealed));
  }
  if (draft.lines.empty()) return std::optional<JournalEntry>{};
  const BillingEvent& event = context_.event;
  draft.key = {event.source, event.id, event.revision, entity.code, book.ledgers[context_.program.ledger], index};
  draft.entity = entity.code;
  draft.ledger = book.ledgers[context_.program.ledger];
  draft.journal = entry.journal;
  draft.document = event.object;
  draft.description = context_.type().title + (event.object.empty() ? "" : " " + event.object);
  draft.currency = entry.currency;
  draft.functional = entity.functional;
  if (entry.currency != entity.functional && book.foreign_currency)
    if (const auto field = context_.type().header_index(book.foreign_currency->rate_field))
      if (const Decimal* value = std::get_if<Decimal>(&event.header[*field])) draft.rate = *value;
  draft.document_date = context_.document_date;
  draft.posting_date = context_.posting_date;
  if (entity.closed_through && draft.posting_date <= *entity.closed_through) {
    if (book.closed == ClosedPolicy::hold)
      return fail(ErrorCode::PeriodClosed,
                  "the posting date " + draft.posting_date.to_text() + " lies in a closed period of " + entity.code +
                      " (closed through " + entity.closed_through->to_text() + ")",
                  "ask the controller: re-open the period, or change the book's `closed` policy");
    draft.posting_date = entity.closed_through->plus_days(1);
  }
  const FiscalCalendar* calendar = book.calendar_of(entity);
  const Period* period = calendar == nullptr ? nullptr : calendar->period_of(draft.posting_date);
  if (period == nullptr)
    return fail(
        ErrorCode::PeriodUndefined,
        "calendar `" + entity.calendar + "` of " + entity.code + " has no period for " + draft.posting_date.to_text(),
        "extend the calendar in the reference data");
  draft.period = period->name;
  draft.origin = {context_.type().name, bundle_digest_, std::move(entry.rules), std::move(entry.spec_lines)};
  GLMAP_TRY(made, JournalEntry::make(std::move(draft)));
  return std::optional<JournalEntry>(std::move(made));
}

Result<std::vector<JournalEntry>> EntryBuilder::finish() {
  std::vector<JournalEntry> entries;
  std::map<std::uint32_t, std::uint32_t> count;  // entity -> entries so far
  for (Pending& entry : pending_) {
    GLMAP_TRY(sealed, seal(entry, count[entry.entity]++));
    if (sealed) entries.push_back(std::move(*sealed));
  }
  return entries;
}

}  // namespace glmap::rules
