// SPDX-License-Identifier: Apache-2.0
// The steps of decoding an event, for event_decoder.cpp: one JSON value to one field value, and the sums that must
// hold between fields. Not for use outside accounting. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"

namespace glmap::event_parts {

/// A text field holds at most this many bytes.
inline constexpr std::size_t kTextBytesMax = 1024;

inline std::unexpected<Error> fail_at(ErrorCode code, std::string pointer, std::string message, std::string help = {}) {
  return fail(code, std::move(message), std::move(help), SourceRef{.pointer = std::move(pointer)});
}

/// The object a field belongs to: the header, or one line. Its JSON pointer is made only when something is wrong.
struct Place {
  std::optional<std::size_t> line;

  std::string pointer() const { return line ? "/data/lines/" + std::to_string(*line) : "/data"; }
  std::string pointer(std::string_view member) const { return pointer() + pointer_step(member); }
};

/// Length and characters of a text that is kept, which `value` must be: GLM-6003 too long, GLM-6005 a control
/// character.
Status check_text(std::string_view name, JsonView value);

/// What reading an amount needs to know of the rest of the event. A currency or entity that is absent stands for one
/// whose own fault is reported elsewhere, unless `no_currency` says that there is none to report.
struct AmountContext {
  std::optional<Currency> currency;
  std::optional<Currency> functional;
  bool no_currency = false;
  bool no_entity = false;
};

/// Reads one value that is not null into `out`, whose memory is used again. monostate: the text is empty, or an amount
/// whose currency is at fault.
/// Errors carry no pointer yet: GLM-6003, 6005, 6007, 6008, 6009, 6012, and 6004 for an amount without currency.
Status read_field(const EventCatalog& catalog, const Field& field, JsonView value, const AmountContext& context,
                  FieldValue& out);

/// The values of a header or of one line, with what its sums may reach.
struct SumScope {
  const std::vector<Field>& fields;
  std::vector<FieldValue>& values;
  const std::vector<Field>* line_fields = nullptr;                    // header only
  const std::vector<std::vector<FieldValue>>* line_values = nullptr;  // header only
  Place place;
};

/// Computes absent defined fields, compares present ones. An amount the event does not carry counts as nothing; a field
/// all of whose terms are absent stays absent. Appends GLM-6010, 6012, and 6004 for a required field that stays absent.
void settle_definitions(SumScope& scope, std::vector<Error>& faults);

/// Appends GLM-6010 with both sides when the terms do not cancel out.
void check_invariant(const Invariant& invariant, const SumScope& scope, std::vector<Error>& faults);

}  // namespace glmap::event_parts
