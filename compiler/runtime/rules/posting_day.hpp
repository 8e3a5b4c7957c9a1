// SPDX-License-Identifier: Apache-2.0
// On which day an entry may stand: closed and soft-closed periods, and what the book says about dates in them. Private
// to rules; pure functions.
#pragma once

#include <optional>
#include <string>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// What posts: a soft-closed period is open to what the book lists under `soft_closed`.
enum class PostingKind : std::uint8_t { event, schedule, reversal };

/// `date`, or the first open day where the book moves what a closed period refuses.
Date day_to_post(const RuleBook& book, const LegalEntity& entity, Date date, PostingKind kind);

/// The fiscal period of an entry on `date`. Errors: GLM-7006 closed, GLM-7007 the calendar has no such period.
Result<const Period*> period_to_post(const RuleBook& book, const LegalEntity& entity, Date date, PostingKind kind);

}  // namespace glmap::rules
