// SPDX-License-Identifier: Apache-2.0
// The `dates` and `foreign_currency` sections.
#include <algorithm>
#include <charconv>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {
namespace {

/// Looks for a header field of `kind` called like `word` in any event type. Reports GLM-2010 when no type has such a
/// field, GLM-3001 where a type has it with another kind.
bool check_common_field(Context& context, const Word& word, FieldKind kind) {
  bool found = false;
  std::vector<std::string> known;
  for (std::size_t t = 0; t < context.catalog().types.size(); ++t) {
    const EventType& type = context.catalog().types[t];
    for (std::size_t f = 0; f < type.header.size(); ++f) {
      const Field& field = type.header[f];
      if (field.kind == kind) known.push_back(field.name);
      if (field.name != word.text) continue;
      const bool first = !found;
      found = true;
      if (field.kind != kind && first)
        context.error_with(ErrorCode::WrongType, word.span,
                           tick(word.text) + " of event " + tick(type.name) + " is " +
                               std::string(to_text(field.kind)) + ", " + std::string(to_text(kind)) + " is needed",
                           context.type_places[t].header[f], "the field is here",
                           "name a field of type " + std::string(to_text(kind)));
    }
  }
  if (found) return true;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const bool broken = std::any_of(context.type_places.begin(), context.type_places.end(),
                                  [](const TypePlaces& places) { return places.broken; });
  if (context.events_known && !broken)
    context.error(ErrorCode::UnknownField, word.span, "no event has a field " + tick(word.text),
                  suggest(word.text, known,
                          known.empty() ? "add a field of type " + std::string(to_text(kind)) + " to the event schemas"
                                        : "write one of " + choices(known)));
  return false;
}

void read_soft_closed(Context& context, const syntax::DatesDecl& decl) {
  std::map<std::string, Span> seen;
  for (const Word& word : decl.soft_closed_allow) {
    const auto [first, added] = seen.emplace(word.text, word.span);
    if (!added)
      context.error_with(ErrorCode::DuplicateName, word.span, tick(word.text) + " stands twice here", first->second,
                         "the first one", "delete one of them");
    if (word.text == "schedules")
      context.book().soft_closed_schedules = true;
    else if (word.text == "reversals")
      context.book().soft_closed_reversals = true;
    else
      context.error(ErrorCode::UnknownListValue, word.span,
                    tick(word.text) + " is not what a soft-closed period can still take",
                    suggest(word.text, {"schedules", "reversals"}, "write one of `schedules` or `reversals`"));
  }
}

/// What an event in a closed period does is finance's decision: there is no default once a period is closed.
void check_nothing_closed(Context& context, const syntax::DatesDecl& decl) {
  if (!context.spec.sections_whole) return;
  for (std::size_t i = 0; i < context.catalog().entities.size(); ++i) {
    const LegalEntity& entity = context.catalog().entities[i];
    const auto& closed = entity.closed_through ? entity.closed_through : entity.soft_closed_through;
    if (!closed) continue;
    return context.error_with(ErrorCode::MissingClause, decl.span,
                              "nothing says what happens to an event whose date lies in a closed period, and the "
                              "books of " +
                                  entity.code + " are closed through " + closed->to_text(),
                              context.entity_places[i], "they are closed here",
                              "write `closed hold` or `closed first open day` under `dates`");
  }
}

/// `rate is FIELD`, or `rate from SOURCE on FIELD, at most N days old`.
void read_rate(Context& context, const syntax::ForeignCurrencyDecl& decl, rules::ForeignCurrency& foreign) {
  if (decl.rate_source.empty()) {
    foreign.rate_field = decl.rate.text;
    check_common_field(context, decl.rate, FieldKind::decimal);
    return;
  }
  constexpr std::int64_t kDaysMax = 3660;
  foreign.rate_source = decl.rate_source.text;
  foreign.rate_date = decl.rate_date.text;
  check_common_field(context, decl.rate_date, FieldKind::date);
  const std::string& days = decl.rate_age_days_max.text;
  const auto [stop, status] = std::from_chars(days.data(), days.data() + days.size(), foreign.rate_age_days_max);
  if (status != std::errc{} || stop != days.data() + days.size() || foreign.rate_age_days_max < 0 ||
      foreign.rate_age_days_max > kDaysMax)
    context.error(ErrorCode::BadLiteral, decl.rate_age_days_max.span,
                  tick(days) + " is not a whole number of days up to " + std::to_string(kDaysMax),
                  "write `at most 3 days old`");
}

}  // namespace

void resolve_dates(Context& context) {
  rules::RuleBook& book = context.book();
  if (!context.spec.dates) {
    if (!context.spec.sections_whole) return;
    const Span at = context.book_span();
    context.error(ErrorCode::MissingClause, at, "the book has no `dates` section",
                  "write `dates` with `posting date is document_date, else occurred_at in zone of entity`");
    return;
  }
  const syntax::DatesDecl& decl = *context.spec.dates;
  std::map<std::string, Span> seen;
  for (const Word& field : decl.posting_date) {
    const auto [first, added] = seen.emplace(field.text, field.span);
    if (!added) {
      context.twice("date", field.text, field.span, first->second);
      continue;
    }
    book.posting_date_fields.push_back(field.text);
    if (field.text != "occurred_at") check_common_field(context, field, FieldKind::date);
  }
  read_soft_closed(context, decl);
  if (!decl.closed) return check_nothing_closed(context, decl);
  if (decl.closed->text == "first open day")
    book.closed = rules::ClosedPolicy::first_open_day;
  else if (decl.closed->text != "hold")
    context.error(ErrorCode::UnknownListValue, decl.closed->span,
                  tick(decl.closed->text) + " is not what can be done with a date in a closed period",
                  "write `closed hold` or `closed first open day`");
}

void resolve_foreign_currency(Context& context) {
  if (!context.spec.foreign_currency) return;
  const syntax::ForeignCurrencyDecl& decl = *context.spec.foreign_currency;
  rules::ForeignCurrency foreign;
  foreign.where = decl.span.where;
  const auto missing = [&](const char* what, const char* help) {
    if (!context.spec.foreign_currency_whole) return;
    context.error(ErrorCode::MissingClause, decl.span,
                  std::string("the `foreign_currency` section does not say ") + what, help);
  };
  if (decl.rate.empty() && decl.rate_source.empty())
    missing("where the rate stands", "write `rate is FIELD`, a decimal field of the event");
  else
    read_rate(context, decl, foreign);
  if (decl.rounding_role.empty()) {
    missing("where rounding differences go", "write `rounding to ROLE, at most 0.01 per line`");
  } else if (const auto role = role_of(context, decl.rounding_role)) {
    foreign.rounding_role = *role;
  }
  if (decl.cap_per_line.empty()) {
    if (!decl.rounding_role.empty())
      missing("how large a rounding difference may be", "write `rounding to ROLE, at most 0.01 per line`");
  } else if (auto cap = Decimal::parse(decl.cap_per_line.text); !cap || cap->is_negative()) {
    context.error(ErrorCode::BadLiteral, decl.cap_per_line.span,
                  tick(decl.cap_per_line.text) + " is not an amount, zero or above", "write it as `0.01`");
  } else {
    foreign.cap_per_line = *cap;
  }
  for (const Word& word : decl.never_in)
    if (const auto role = role_of(context, word)) {
      foreign.never_in.push_back(*role);
      if (!decl.rounding_role.empty() && word.text == decl.rounding_role.text)
        context.error_with(ErrorCode::BadReferenceData, word.span,
                           "role " + tick(word.text) + " takes rounding differences and is named under `never in`",
                           decl.rounding_role.span, "it takes them here", "delete one of the two");
    }
  if (decl.mode.empty())
    missing("how converted amounts are rounded", "write `round half_away_from_zero`");
  else if (const auto mode = rounding_of(context, decl.mode))
    foreign.mode = *mode;
  context.book().foreign_currency = std::move(foreign);
}

}  // namespace glmap::resolve
