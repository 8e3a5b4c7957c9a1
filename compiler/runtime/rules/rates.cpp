// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/rates.hpp"

#include "compiler/runtime/accounting/share.hpp"

namespace glmap::rules {
namespace {

/// "the event is in USD, DE keeps its books in EUR"
std::string two_currencies(const EventContext& context, Currency from, std::uint32_t entity) {
  const LegalEntity& books = context.book.catalog.entities[entity];
  return "the event is in " + std::string(from.code()) + ", " + books.code + " keeps its books in " +
         std::string(books.functional.code());
}

Result<Decimal> carried_rate(const EventContext& context, Currency from, std::uint32_t entity, const SourceRef& where) {
  const auto& foreign = context.book.foreign_currency;
  if (foreign)
    if (const auto field = context.type().header_index(foreign->rate_field))
      if (const Decimal* value = std::get_if<Decimal>(&context.event.header[*field])) return *value;
  return fail(ErrorCode::RateMissing, two_currencies(context, from, entity) + ", and the event carries no rate",
              "send the rate with the event" + (foreign ? " in `" + foreign->rate_field + "`" : ""), where);
}

Result<Decimal> published_rate(const EventContext& context, const BookState& state, Currency from, std::uint32_t entity,
                               const SourceRef& where) {
  const ForeignCurrency& foreign = *context.book.foreign_currency;
  const auto field = context.type().header_index(foreign.rate_date);
  const Date* day = field ? std::get_if<Date>(&context.event.header[*field]) : nullptr;
  if (day == nullptr)
    return fail(ErrorCode::DateMissing,
                "the rate is taken on `" + foreign.rate_date + "`, which the event does not carry",
                "send the date with the event", where);
  const Currency to = context.book.catalog.entities[entity].functional;
  const std::string pair = std::string(from.code()) + " to " + std::string(to.code());
  const auto found = state.rate(foreign.rate_source, from, to, *day);
  if (!found)
    return fail(ErrorCode::RateMissing,
                two_currencies(context, from, entity) + ", and " + foreign.rate_source +
                    " has published no rate from " + pair + " for " + day->to_text() + " or before",
                "load the rates, then retry the event", where);
  if (day->days() - found->first.days() > foreign.rate_age_days_max)
    return fail(ErrorCode::RateTooOld,
                "the last rate of " + foreign.rate_source + " from " + pair + " before " + day->to_text() +
                    " was published for " + found->first.to_text() + "; the book allows at most " +
                    std::to_string(foreign.rate_age_days_max) + " days",
                "load the rates since then, then retry the event", where);
  return found->second;
}

}  // namespace

Result<Decimal> rate_of(const EventContext& context, const BookState& state, Currency from, std::uint32_t entity,
                        const SourceRef& where) {
  const auto& foreign = context.book.foreign_currency;
  const bool published = foreign && !foreign->rate_source.empty();
  GLMAP_TRY(rate, published ? published_rate(context, state, from, entity, where)
                            : carried_rate(context, from, entity, where));
  if (rate.is_zero() || rate.is_negative())
    return fail(ErrorCode::RateMissing, "the rate " + rate.to_text() + " is not above zero", "correct the rate", where);
  return rate;
}

Result<Money> at_rate(const EventContext& context, const Money& amount, const Decimal& rate, Currency functional) {
  return convert(amount, rate, functional, conversion_mode(context.book));
}

Result<Money> pro_rata(const Money& total, Int128 part, Int128 whole, Rounding mode) {
  if (part == whole) return total;
  if (whole == 0 || part == 0) return Money::zero(total.currency());
  GLMAP_TRY(share, share_of(total, part < 0 ? -part : part, whole < 0 ? -whole : whole, mode));
  return (part < 0) == (whole < 0) ? share : share.negated();
}

Rounding conversion_mode(const RuleBook& book) {
  return book.foreign_currency ? book.foreign_currency->mode : Rounding::half_away_from_zero;
}

}  // namespace glmap::rules
