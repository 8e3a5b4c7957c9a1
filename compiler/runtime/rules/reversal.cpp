// SPDX-License-Identifier: Apache-2.0
// `reverse everything for invoice`: the entries as they were posted, each once, and the end of their schedules.
#include <algorithm>

#include "compiler/runtime/rules/evaluator_impl.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

/// Objects of different kinds may bear one number (invoice 17, payment 17). Where the field of the event is named like
/// the object field of some type, only objects of that kind are meant.
class ObjectKind {
 public:
  ObjectKind(const EventCatalog& catalog, const std::string& field) {
    for (const EventType& type : catalog.types)
      if (type.object == field) kind_ = field;
  }
  bool is(const std::string& object_field) const { return kind_.empty() || kind_ == object_field; }

 private:
  std::string kind_;
};

std::string object_field_name(const EventContext& context, const Operand& operand) {
  if (operand.kind == Operand::Kind::header) return context.type().header[operand.index].name;
  if (operand.kind == Operand::Kind::line) return context.type().line[operand.index].name;
  return {};
}

Result<JournalEntryDraft> reversed(const JournalEntryDraft& original, const std::string& reference,
                                   const EventContext& context, const Rule& rule, const std::string& digest) {
  const RuleBook& book = context.book;
  const auto index = book.catalog.entity_index(original.entity);
  GLMAP_ASSERT(index.has_value());
  const LegalEntity& entity = book.catalog.entities[*index];
  JournalEntryDraft draft = original;
  draft.key = {};
  draft.reverses = reference;
  draft.group.clear();
  draft.storno = entity.reversal == ReversalStyle::storno;
  if (!draft.storno)
    for (JournalLine& line : draft.lines) line.side = opposite(line.side);
  draft.document_date = context.document_date;
  draft.posting_date = day_to_post(book, entity, context.document_date, PostingKind::reversal);
  GLMAP_TRY(period, period_to_post(book, entity, draft.posting_date, PostingKind::reversal));
  draft.period = period->name;
  draft.document = context.event.object;
  draft.description = context.type().title + (context.event.object.empty() ? "" : " " + context.event.object) +
                      ", reverses " + original.description;
  draft.origin = EntryOrigin{context.type().name, digest, {rule.name}, {rule.reversal->where}};
  return draft;
}

/// Takes the statements of the object out of the schedule. What is left of them goes on: another event that stated the
/// same terms begins the schedule anew, as the first one's entries are reversed. False: none of them is the object's.
Result<bool> end_statements(const OpenSchedule& open, const std::string& object, const ObjectKind& kind,
                            const EventContext& context, const Rule& rule, Work& work) {
  const auto is_meant = [&](const ScheduleStatement& statement) {
    return statement.event->object == object && kind.is(context.book.catalog.types[statement.event->type].object);
  };
  const RevenueSchedule& schedule = *open.schedule;
  if (std::none_of(schedule.statements.begin(), schedule.statements.end(), is_meant)) return false;
  const bool alone = std::all_of(schedule.statements.begin(), schedule.statements.end(), is_meant);
  if (schedule.changed && !alone)
    return fail(ErrorCode::ScheduleChanged,
                "the revenue schedule of " + in_backticks(object) +
                    " rests on other events as well, which changed it (" + schedule.statements.front().event->id +
                    " was the last)",
                "reverse and send again what came later, or correct the schedule by hand", rule.reversal->where);
  auto left = std::make_shared<RevenueSchedule>(schedule);
  std::erase_if(left->statements, is_meant);
  if (!left->statements.empty() && !is_meant(schedule.statements.front())) {
    work.change.schedules.push_back({open.id, std::move(left), open.progress});
    return true;
  }
  work.change.ended.push_back(open.id);
  if (left->statements.empty()) return true;
  const ScheduleStatement& first = left->statements.front();
  if (first.rate) {
    GLMAP_TRY(worth, convert(left->terms.total, *first.rate, left->functional_total.currency(),
                             conversion_mode(context.book)));
    left->functional_total = worth;
  }
  ScheduleProgress none{{0, left->plan.opening}, Money::zero(left->functional_total.currency()), false};
  work.change.schedules.push_back({work.next_schedule++, std::move(left), std::move(none)});
  return true;
}

}  // namespace

Status Evaluator::Impl::reverse(const EventContext& context, const Rule& rule, Scope& scope, EntryBuilder& builder,
                                Work& work) const {
  GLMAP_TRY(value, scope.text(rule.reversal->object));
  const std::string name = object_field_name(context, rule.reversal->object);
  const LedgerObject object{context.program.ledger, value};
  const ObjectKind kind(book->catalog, name);
  bool any = false;
  for (const PostedEntry& posted : work.state.posted(object)) {
    if (posted.reversed || !posted.entry->data().reverses.empty() || !kind.is(posted.object_field)) continue;
    const std::pair done{object, posted.reference};
    any = true;
    if (std::find(work.change.reversed.begin(), work.change.reversed.end(), done) != work.change.reversed.end())
      continue;  // another line of the event has reversed it
    GLMAP_TRY(draft, reversed(posted.entry->data(), posted.reference, context, rule, digest));
    builder.add_entry(std::move(draft), *book->catalog.entity_index(posted.entry->data().entity));
    work.change.reversed.push_back(done);
  }
  for (const std::uint64_t id : work.state.schedules_of(object)) {
    if (work.has_ended(id)) {
      any = true;  // by another line of the event
      continue;
    }
    GLMAP_TRY(ended, end_statements(work.state.schedule(id), value, kind, context, rule, work));
    any = any || ended;
  }
  if (any) return {};
  return fail(ErrorCode::NothingToReverse,
              "there is nothing to reverse for " + name + " " + in_backticks(value) + " in ledger " +
                  book->ledgers[context.program.ledger] + ": it posted nothing there, or all of it has been reversed",
              "look at what the object has posted; if nothing, reject the event", rule.reversal->where);
}

}  // namespace glmap::rules
