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

void add_origin(const BlockPlan& plan, PendingEntry& entry) {
  for (const PostingLine& line : plan.block->lines) add_once(entry.spec_lines, line.where);
  add_once(entry.rules, plan.rule->name);
}

/// A plain block posts all of its lines, so that its plan knows the origin. A second one makes a list of the first.
void note_plain_block(const BlockPlan& plan, PendingEntry& entry) {
  if (entry.only == &plan) return;
  if (entry.only == nullptr && entry.rules.empty()) {
    entry.only = &plan;
    return;
  }
  if (entry.only != nullptr) add_origin(*entry.only, entry);
  entry.only = nullptr;
  add_origin(plan, entry);
}

/// What the texts say is looked at last: they are nearly always the same where the numbers are.
bool may_merge(const PendingLine& a, const PendingLine& b) {
  return a.side == b.side && a.role == b.role && a.value == b.value &&
         a.functional.has_value() == b.functional.has_value() && a.rate == b.rate &&
         (a.account == b.account || *a.account == *b.account) && a.dimensions == b.dimensions;
}

/// The last line becomes part of an equal one before it. Without an account it is no line.
void finish_line(ReusedList<PendingLine>& lines) {
  const PendingLine& line = lines.back();
  if (line.account->empty()) return lines.drop_last();
  for (PendingLine& known : lines) {
    if (&known == &line) return;
    if (!may_merge(known, line)) continue;
    Money functional;
    if (line.functional && !(functional = *known.functional).try_add(*line.functional)) return;
    if (!known.transaction.try_add(line.transaction)) return;  // too large to be exact as one line: kept as two
    if (line.functional) known.functional = functional;
    lines.drop_last();
    return;
  }
}

}  // namespace

EntryBuilder::EntryBuilder(const EventContext& context, const BookState& state, BalanceView& balances,
                           const Occasion& occasion, EntryMemory& memory)
    : context_(context), state_(state), balances_(balances), occasion_(occasion), memory_(memory) {
  memory_.pending.clear();
  memory_.numbers = occasion_.first_numbers;
}

Result<PendingEntry*> EntryBuilder::pending_for(const BlockPlan& plan, Scope& scope) {
  const PostBlock& block = *plan.block;
  std::optional<std::uint32_t> entity;
  if (const Code* field = std::get_if<Code>(&scope.field(block.entity))) {  // the usual case
    entity = field->value;
  } else {
    GLMAP_TRY(code, scope.code(block.entity));
    entity = code;
  }
  if (!entity)
    return fail(ErrorCode::MissingField, "the event names no entity to post in", "send the entity", block.where);
  for (PendingEntry& entry : memory_.pending)
    if (entry.entity == *entity && (entry.journal == &block.journal || *entry.journal == block.journal)) return &entry;
  const LegalEntity& books = context_.book.catalog.entities[*entity];
  PendingEntry& entry = memory_.pending.add();
  entry.entity = *entity;
  const bool is_moved = occasion_.kind == PostingKind::event && *entity == context_.entity;  // the day is the context's
  entry.day = is_moved ? occasion_.day : day_to_post(context_.book, books, occasion_.day, occasion_.kind);
  entry.journal = &block.journal;
  entry.currency = plan.functional ? books.functional : event_currency(context_, books);
  entry.lines.clear();
  entry.rate.reset();
  entry.difference = nullptr;
  entry.only = nullptr;
  entry.rules.clear();
  entry.spec_lines.clear();
  return &entry;
}

Status EntryBuilder::read_values(const LinePlan& plan, std::uint32_t table, Scope& scope) {
  AccountQuestion& asked = memory_.asked;
  asked.question = nullptr;
  asked.matcher = nullptr;
  const std::vector<TableQuestion::Input>& fields = plan.question->fields;
  asked.values.resize(fields.size());
  std::size_t read = 0;
  for (; read < fields.size(); ++read) {
    const Code* code = std::get_if<Code>(&scope.field(fields[read].kind, fields[read].field));
    if (code == nullptr) break;
    asked.values[read] = code->value;
  }
  if (read == 0 || read < fields.size()) {
    const Table& books = context_.book.tables[table];
    asked.values.resize(books.columns.size());
    GLMAP_CHECK(scope.read_inputs(books, plan.line->account_inputs, plan.role, asked.values));
  }
  asked.question = plan.question;
  return {};
}

Status EntryBuilder::ask_table(const LinePlan& plan, std::uint32_t table, const PendingEntry& entry, Scope& scope) {
  const TableMatcher& matcher = context_.matchers[table];
  AccountQuestion& asked = memory_.asked;
  if (asked.question != plan.question) GLMAP_CHECK(read_values(plan, table, scope));
  if (asked.matcher == nullptr || !matcher.finds_as(*asked.matcher)) {
    asked.row = matcher.find(asked.values, entry.day);
    asked.matcher = &matcher;
  }
  if (!scope.is_good_row(table, asked.row)) GLMAP_CHECK(scope.check_row(table, asked.row, asked.values, entry.day));
  return {};
}

Status EntryBuilder::find_account(const LinePlan& plan, const PendingEntry& entry, PendingLine& line, Scope& scope) {
  const RoleAccount& account = (*plan.accounts)[entry.entity];
  line.account = &account.account;
  if (account.kind == RoleAccount::Kind::table) {
    GLMAP_CHECK(ask_table(plan, account.table, entry, scope));
    line.account = context_.matchers[account.table].account(static_cast<std::uint32_t>(memory_.asked.row));
  }
  if (account.kind == RoleAccount::Kind::none || line.account == nullptr ||
      (line.account->empty() && !line.transaction.is_zero()))
    return no_account(plan, account, entry, line);
  return {};
}

std::unexpected<Error> EntryBuilder::no_account(const LinePlan& plan, const RoleAccount& account,
                                                const PendingEntry& entry, const PendingLine& line) const {
  const std::string role = "role `" + context_.book.roles[plan.role].name + "`";
  if (account.kind == RoleAccount::Kind::none)
    return fail(ErrorCode::RoleNotAvailable, "entity " + entity_of(entry).code + " may not use the " + role,
                "give the role an account in the accounts section", plan.line->where);
  if (line.account != nullptr)
    return fail(ErrorCode::NoRowFits, role + " has no line here, yet the amount is " + line.transaction.to_text(),
                "correct the event at its source, or give the row an account", plan.line->where);
  const Table& table = context_.book.tables[account.table];
  return fail(ErrorCode::RoleNotAvailable, "table `" + table.name + "` answers no account", {}, table.where);
}

Status EntryBuilder::add_dimensions(const TakenLine& taken, PendingLine& line, Scope& scope) const {
  const PostingLine& posting = *taken.posting;
  const std::string_view item = posting.limit ? std::string_view(posting.limit->item) : std::string_view();
  line.dimensions.resize(posting.dimensions.size());  // texts are written where others stood
  std::size_t count = 0;
  for (const DimensionSource& source : posting.dimensions) {
    if (!item.empty() && source.name == item) continue;
    Dimension& dimension = line.dimensions[count++];
    GLMAP_CHECK(scope.text(source.value, dimension.value));
    if (dimension.value.empty() && !line.account->empty())
      return fail(ErrorCode::DimensionMissing,
                  "role `" + context_.book.roles[posting.role].name + "` needs `" + source.name +
                      "` and the event carries none",
                  "send the field `" + source.name + "`", posting.where);
    dimension.name = source.name;
  }
  line.dimensions.resize(count);
  if (item.empty()) return {};
  line.dimensions.push_back({std::string(item), taken.item});
  std::sort(line.dimensions.begin(), line.dimensions.end());
  return {};
}

Status EntryBuilder::value_line(const TakenLine& taken, PendingLine& line, Scope& scope) const {
  const PostingLine& posting = *taken.posting;
  if (taken.functional) {
    line.value = Value::carrying;
    line.functional = taken.functional;
  } else if (posting.functional) {
    line.value = Value::worth;
    const Money* functional = std::get_if<Money>(&scope.field(*posting.functional));
    if (functional == nullptr) return {};
    GLMAP_TRY(worth, pro_rata(*functional, taken.amount.minor(), taken.asked.minor(), conversion_mode(context_.book)));
    line.functional = worth;
  } else if (posting.rate) {
    line.value = Value::at;
    if (const Decimal* rate = std::get_if<Decimal>(&scope.field(*posting.rate))) line.rate = *rate;
  }
  return {};
}

PendingLine& EntryBuilder::add_line(const LinePlan& plan, const Money& amount, PendingEntry& entry) const {
  PendingLine& line = entry.lines.add();
  line.side = plan.side;
  line.role = plan.role;
  line.value = Value::by_rate;
  line.rate.reset();
  line.transaction = amount;
  line.functional.reset();
  line.posting = plan.line;
  return line;
}

Status EntryBuilder::post_line(const LinePlan& plan, const TakenLine& taken, PendingEntry& entry, Scope& scope) {
  PendingLine& line = add_line(plan, taken.amount, entry);
  GLMAP_CHECK(find_account(plan, entry, line, scope));
  GLMAP_CHECK(value_line(taken, line, scope));
  GLMAP_CHECK(add_dimensions(taken, line, scope));
  finish_line(entry.lines);
  return {};
}

/// The usual block: most of its lines post a field of the event, and nothing else is to be said of them.
Status EntryBuilder::post_plain(const BlockPlan& plan, PendingEntry& entry, Scope& scope) {
  for (const LinePlan& planned : plan.lines) {
    const Money* field =
        planned.field_alone ? std::get_if<Money>(&scope.field(planned.field_kind, planned.field)) : nullptr;
    if (field != nullptr && planned.bare && field->currency() == entry.currency) {
      PendingLine& line = add_line(planned, *field, entry);
      line.dimensions.clear();
      GLMAP_CHECK(find_account(planned, entry, line, scope));
      finish_line(entry.lines);
    } else {
      GLMAP_TRY(amount, evaluate(planned.line->amount, scope, entry.currency));
      GLMAP_CHECK(post_line(planned, {planned.line, amount, amount, std::nullopt, {}}, entry, scope));
    }
  }
  note_plain_block(plan, entry);
  return {};
}

/// A block whose lines look at one another or at what stands in the books.
Status EntryBuilder::post_taken(const BlockPlan& plan, PendingEntry& entry, Scope& scope) {
  GLMAP_TRY(lines, BlockTaker(*plan.block, entry.entity, entry.currency, scope, balances_).take());
  if (entry.only != nullptr) add_origin(*entry.only, entry);
  entry.only = nullptr;
  for (const TakenLine& taken : lines) {
    GLMAP_CHECK(post_line(plan.plan_of(*taken.posting), taken, entry, scope));
    add_once(entry.spec_lines, taken.posting->where);
  }
  add_once(entry.rules, plan.rule->name);
  return {};
}

Status EntryBuilder::post(const BlockPlan& plan, Scope& scope) {
  GLMAP_TRY(entry, pending_for(plan, scope));
  memory_.asked.question = nullptr;  // it was of another line of the event, or for another day
  GLMAP_CHECK(plan.plain ? post_plain(plan, *entry, scope) : post_taken(plan, *entry, scope));
  if (plan.block->gain_role) entry->difference = plan.block;
  return {};
}

void EntryBuilder::add_entry(JournalEntryDraft draft, std::uint32_t entity) {
  complete_.emplace_back(std::move(draft), entity);
}

bool EntryBuilder::is_group() const {
  std::optional<std::uint32_t> first;
  const auto is_other = [&](std::uint32_t entity) {
    if (!first) first = entity;
    return *first != entity;
  };
  for (const PendingEntry& entry : memory_.pending)
    if (entry.lines_not_zero != 0 && is_other(entry.entity)) return true;
  return std::any_of(complete_.begin(), complete_.end(), [&](const auto& one) { return is_other(one.second); });
}

/// A line of a cent may be worth nothing in the books; a whole entry that is has a rate gone wrong. Steps of a schedule
/// are parts of an amount that was looked at.
Status EntryBuilder::check_worth(const JournalEntry& made) const {
  if (occasion_.step_functional || !made.total_functional().is_zero() || made.total_transaction().is_zero()) return {};
  return fail(ErrorCode::WorthNothing,
              made.total_transaction().to_text() +
                  (made.data().rate ? " at the rate " + made.data().rate->to_text() : "") +
                  " is less than the smallest amount in " + std::string(made.data().functional.code()),
              "look at the rate; if it is right, a person decides what the entry is worth");
}

Status EntryBuilder::finish() {
  for (PendingEntry& entry : memory_.pending) GLMAP_CHECK(settle(entry));
  const bool group = is_group();
  for (PendingEntry& entry : memory_.pending) {
    if (entry.lines_not_zero == 0) continue;
    GLMAP_CHECK(memory_.maker.make([&](JournalEntryDraft& draft) { write(entry, group, draft); }));
    if (!entry.is_worth) GLMAP_CHECK(check_worth(memory_.maker.last()));
  }
  for (auto& [complete, entity] : complete_) {
    const std::uint32_t number = next_number(entity);
    GLMAP_CHECK(memory_.maker.make([&](JournalEntryDraft& draft) {
      draft = std::move(complete);
      write_key(entity, number, draft.key);
      if (group) draft.group = group_of(context_.event, draft.ledger);
    }));
    GLMAP_CHECK(check_worth(memory_.maker.last()));
  }
  return {};
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
