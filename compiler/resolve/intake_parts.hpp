// SPDX-License-Identifier: Apache-2.0
// How the parts of an intake are resolved: paths, conditions, and one row of a kind of payload. Private to resolve.
// Single-threaded.
#pragma once

#include <optional>
#include <vector>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {

/// `body.` and `payload.` say where a path starts; otherwise it starts at the line or, outside of lines, at the
/// payload.
rules::PayloadPath payload_path(const syntax::PathDecl& written, rules::PayloadPath::From start);

/// Reports GLM-2002 for a value that stands twice.
rules::PayloadTest payload_test(Context& context, const syntax::PayloadTestDecl& written,
                                rules::PayloadPath::From start);

/// How a row is read: the words of its last cell.
struct WrittenReading {
  rules::PayloadReading reading = rules::PayloadReading::constant;
  rules::PayloadDay day = rules::PayloadDay::none;
  std::string zone;
  std::optional<Word> table;
  bool may_be_absent = false;
};
/// Reports GLM-1004, GLM-2001 for a zone.
std::optional<WrittenReading> written_reading(Context& context, const syntax::PayloadRowDecl& row);

/// The row as a field of the event; `schema` is nullptr for `event.id` and its like. Reports GLM-1004, 2001, 2007,
/// 2009, 3007.
std::optional<rules::PayloadField> payload_field(Context& context, const syntax::PayloadRowDecl& row,
                                                 rules::PayloadField::Target target, const Field* schema,
                                                 rules::PayloadPath::From start);

}  // namespace glmap::resolve
