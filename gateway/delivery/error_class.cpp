// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/error_class.hpp"

#include <algorithm>

namespace glmap::gateway::delivery {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Behind where `what` stands in `text`; npos: nowhere.
std::size_t behind(std::string_view text, std::string_view what, std::size_t from) {
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  const auto found =
      std::search(begin, text.end(), what.begin(), what.end(), [](char a, char b) { return lower(a) == lower(b); });
  if (found == text.end() && !what.empty()) return std::string_view::npos;
  return static_cast<std::size_t>(found - text.begin()) + what.size();
}

bool fits(const ErrorRow& row, std::string_view code, std::string_view text) {
  if (!row.code.empty() && row.code != code) return false;
  const std::size_t first = behind(text, row.text, 0);
  return first != std::string_view::npos && behind(text, row.then, first) != std::string_view::npos;
}

}  // namespace

ErrorClass classify(std::span<const ErrorRow> table, std::string_view code, std::string_view text) {
  const auto row = std::ranges::find_if(table, [&](const ErrorRow& each) { return fits(each, code, text); });
  return row == table.end() ? ErrorClass::unknown : row->means;
}

Outcome outcome_of(ErrorClass error, std::string text, std::optional<std::int64_t> retry_after_micros) {
  switch (error) {
    case ErrorClass::duplicate:
      return Unclear{std::move(text)};
    case ErrorClass::closed_period:
      return Refused{ErrorCode::ErpClosedPeriod, std::move(text)};
    case ErrorClass::bad_account:
      return Refused{ErrorCode::ErpBadAccount, std::move(text)};
    case ErrorClass::bad_dimension:
      return Refused{ErrorCode::ErpBadDimension, std::move(text)};
    case ErrorClass::unbalanced:
      return Refused{ErrorCode::ErpUnbalanced, std::move(text)};
    case ErrorClass::entity:
      return NotSent{ErrorCode::ErpWrongEntity, std::move(text), retry_after_micros};
    case ErrorClass::authorisation:
      return NotSent{ErrorCode::ErpAuthorisation, std::move(text), retry_after_micros};
    case ErrorClass::throttled:
      return NotSent{ErrorCode::ErpThrottled, std::move(text), retry_after_micros};
    case ErrorClass::transient:
      return NotSent{ErrorCode::ErpUnreachable, std::move(text), retry_after_micros};
    case ErrorClass::too_large:
    case ErrorClass::unknown:
      return Refused{ErrorCode::ErpRefused, std::move(text)};
  }
  GLMAP_ASSERT(false && "every class has a meaning");
}

}  // namespace glmap::gateway::delivery
