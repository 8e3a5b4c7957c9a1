// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/entry_builder.hpp"

#include <algorithm>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/rules/amounts.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

bool is_same(const std::string& a, const std::string& b) {
  return a == b;
}
/// The numbers first: they differ where the texts do not.
bool is_same(const SourceRef& a, const SourceRef& b) {
  return a.line == b.line && a.column == b.column && a == b;
}

template <class T>
void add_once(std::vector<const T*>& list, const T& value) {
  for (const T* known : list)
    if (known == &value || is_same(*known, value)) return;
  list.push_back(&value);
}

/// The currency an entry of this block is stated in: the event's, or functional when every amount is functional.
Currency block_currency(const PostBlock& block, const EventContext& context, const LegalEntity& entity) {
  const EventType& type = context.type();
  for (const PostingLine& line : block.lines)
    for (const AmountStep& step : line.amount.steps) {
      if (step.kind != AmountStep::Kind::load) continue;
      const Operand& operand = step.operand;
      const bool functional =
          (operand.kind == Operand::Kind::header && type.header[operand.index].kind == FieldKind::money_functional) ||
          (operand.kind == Operand::Kind::line && type.line[operand.index].kind == FieldKind::money_functional);
      if (functional) return entity.functional;
    }
  return event_currency(context, entity);
}

/// Every line posts its amount, whatever the others do and whatever stands in the books.
bool is_plain(const PostBlock& block) {
  return std::all_of(block.lines.begin(), block.lines.end(),
                     [](const PostingLine& line) { return line.take == PostingLine::Take::amount && !line.limit; });
}

}  // namespace

EntryBuilder::EntryBuilder(const EventContext& context, const BookState& state, BalanceView& balances,
                           Occasion occasion, const std::string& bundle_digest)
    : context_(context),
      state_(state),
      balances_(balances),
      occasion_(std::move(occasion)),
      bundle_digest_(bundle_digest),
      numbers_(occasion_.first_number) {}

Result<EntryBuilder::Pending*> EntryBuilder::pending_for(const PostBlock& block, Scope& scope) {
  GLMAP_TRY(entity, scope.code(block.entity));
  if (!entity)
    return fail(ErrorCode::MissingField, "the event names no entity to post in", "send the entity", block.where);
  for (Pending& entry : pending_)
    if (entry.entity == *entity && *entry.journal == block.journal) return &entry;
  const LegalEntity& books = context_.book.catalog.entities[*entity];
  Pending& entry = pending_.emplace_back();
  entry.entity = *entity;
  entry.day = day_to_post(context_.book, books, occasion_.day, occasion_.kind);
  entry.journal = &block.journal;
  entry.currency = block_currency(block, context_, books);
  entry.lines.reserve(block.lines.size() + 1);  // and a rounding difference
  entry.spec_lines.reserve(block.lines.size());
  return &entry;
}

Result<const std::string*> EntryBuilder::account_of(const PostingLine& posting, const Pending& entry,
                                                    Scope& scope) const {
  const Role& role = context_.book.roles[posting.role];
  const RoleAccount& account = role.by_entity[entry.entity];
  static const std::string kNoLine;
  if (account.kind == RoleAccount::Kind::fixed) return &account.account;
  if (account.kind == RoleAccount::Kind::none)
    return fail(ErrorCode::RoleNotAvailable,
                "entity " + entity_of(entry).code + " may not use the role `" + role.name + "`",
                "give the role an account in the accounts section", posting.where);
  GLMAP_TRY(row, scope.row_of(account.table, posting.account_inputs, posting.role, entry.day));
  const Table& table = context_.book.tables[account.table];
  for (std::size_t a = 0; a < table.answers.size(); ++a)
    if (table.answers[a].kind == AnswerColumn::Kind::account)
      return row->answers[a].no_line ? &kNoLine : &row->answers[a].account;
  return fail(ErrorCode::RoleNotAvailable, "table `" + table.name + "` answers no account", {}, table.where);
}

Status EntryBuilder::add_dimensions(const TakenLine& taken, Line& line, Scope& scope) const {
  const PostingLine& posting = *taken.posting;
  const std::string_view item = posting.limit ? std::string_view(posting.limit->item) : std::string_view();
  if (!posting.dimensions.empty()) line.dimensions.reserve(posting.dimensions.size());
  for (const DimensionSource& source : posting.dimensions) {
    if (!item.empty() && source.name == item) continue;
    GLMAP_TRY(value, scope.text(source.value));
    if (value.empty() && !line.account->empty())
      return fail(ErrorCode::DimensionMissing,
                  "role `" + context_.book.roles[posting.role].name + "` needs `" + source.name +
                      "` and the event carries none",
                  "send the field `" + source.name + "`", posting.where);
    line.dimensions.push_back({source.name, std::move(value)});
  }
  if (item.empty()) return {};
  line.dimensions.push_back({std::string(item), taken.item});
  std::sort(line.dimensions.begin(), line.dimensions.end());
  return {};
}

Result<EntryBuilder::Line> EntryBuilder::make_line(const TakenLine& taken, const Pending& entry, Scope& scope) const {
  const PostingLine& posting = *taken.posting;
  Line line;
  line.side = posting.side;
  line.role = posting.role;
  line.posting = &posting;
  line.transaction = taken.amount;
  GLMAP_TRY(account, account_of(posting, entry, scope));
  line.account = account;
  if (account->empty() && !taken.amount.is_zero())
    return fail(ErrorCode::NoRowFits,
                "role `" + context_.book.roles[posting.role].name + "` has no line here, yet the amount is " +
                    taken.amount.to_text(),
                "correct the event at its source, or give the row an account", posting.where);
  if (taken.functional) {
    line.value = Value::carrying;
    line.functional = taken.functional;
  } else if (posting.functional) {
    line.value = Value::worth;
    const Money* functional = std::get_if<Money>(&scope.field(*posting.functional));
    if (functional != nullptr) {
      GLMAP_TRY(worth,
                pro_rata(*functional, taken.amount.minor(), taken.asked.minor(), conversion_mode(context_.book)));
      line.functional = worth;
    }
  } else if (posting.rate) {
    line.value = Value::at;
    if (const Decimal* rate = std::get_if<Decimal>(&scope.field(*posting.rate))) line.rate = *rate;
  }
  GLMAP_CHECK(add_dimensions(taken, line, scope));
  return line;
}

void EntryBuilder::merge(std::vector<Line>& lines, Line&& line) {
  for (Line& known : lines) {
    if (known.side != line.side || known.role != line.role || *known.account != *line.account ||
        known.rate != line.rate || known.value != line.value ||
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

Status EntryBuilder::post_line(const TakenLine& taken, Pending& entry, Scope& scope) const {
  GLMAP_TRY(line, make_line(taken, entry, scope));
  if (!line.account->empty()) merge(entry.lines, std::move(line));
  add_once(entry.spec_lines, taken.posting->where);
  return {};
}

Status EntryBuilder::post(const Rule& rule, const PostBlock& block, Scope& scope) {
  GLMAP_TRY(entry, pending_for(block, scope));
  if (is_plain(block)) {
    for (const PostingLine& posting : block.lines) {
      GLMAP_TRY(amount, evaluate(posting.amount, scope, entry->currency));
      GLMAP_CHECK(post_line({&posting, amount, amount, std::nullopt, {}}, *entry, scope));
    }
  } else {
    GLMAP_TRY(lines, BlockTaker(block, entry->entity, entry->currency, scope, balances_).take());
    for (const TakenLine& taken : lines) GLMAP_CHECK(post_line(taken, *entry, scope));
  }
  if (block.gain_role) entry->difference = &block;
  add_once(entry->rules, rule.name);
  return {};
}

void EntryBuilder::add_entry(JournalEntryDraft draft, std::uint32_t entity) {
  complete_.emplace_back(std::move(draft), entity);
}

void EntryBuilder::write_key(std::uint32_t entity, IdempotencyKey& key) {
  key.source = context_.event.source;
  key.event_id = context_.event.id;
  key.event_revision = context_.event.revision;
  key.entity = context_.book.catalog.entities[entity].code;
  key.ledger = context_.book.ledgers[context_.program.ledger];
  key.entry = numbers_[entity]++;
}

Result<std::vector<JournalEntry>> EntryBuilder::finish() {
  std::vector<JournalEntryDraft> drafts;
  drafts.reserve(pending_.size() + complete_.size());
  for (Pending& entry : pending_) {
    GLMAP_TRY(sealed, seal(entry, drafts.emplace_back()));
    if (!sealed) drafts.pop_back();
  }
  for (auto& [draft, entity] : complete_) {
    write_key(entity, draft.key);
    drafts.push_back(std::move(draft));
  }
  const bool is_group = std::any_of(drafts.begin(), drafts.end(), [&](const JournalEntryDraft& draft) {
    return draft.entity != drafts.front().entity;
  });
  std::vector<JournalEntry> entries;
  entries.reserve(drafts.size());
  for (JournalEntryDraft& draft : drafts) {
    if (is_group) draft.group = group_of(context_.event, draft.ledger);
    GLMAP_CHECK(JournalEntry::append(entries, std::move(draft)));
    const JournalEntry& made = entries.back();
    // A line of a cent may be worth nothing in the books; a whole entry that is has a rate gone wrong. Steps of a
    // schedule are parts of an amount that was looked at.
    if (!occasion_.step_functional && made.total_functional().is_zero() && !made.total_transaction().is_zero())
      return fail(ErrorCode::WorthNothing,
                  made.total_transaction().to_text() +
                      (made.data().rate ? " at the rate " + made.data().rate->to_text() : "") +
                      " is less than the smallest amount in " + std::string(made.data().functional.code()),
                  "look at the rate; if it is right, a person decides what the entry is worth");
  }
  return entries;
}

Currency event_currency(const EventContext& context, const LegalEntity& entity) {
  const EventType& type = context.type();
  if (!type.currency_field) return entity.functional;
  const auto code = code_of(context.event.header[*type.currency_field]);
  return code ? Currency::all()[*code] : entity.functional;
}

std::string group_of(const BillingEvent& event, const std::string& ledger) {
  std::string text = "[";
  for (const std::string* part : {&event.source, &event.id, &event.revision, &ledger})
    text += quote_json(*part) + (part == &ledger ? "]" : ",");
  return short_reference(text);
}

}  // namespace glmap::rules
