// SPDX-License-Identifier: Apache-2.0
// The steps of decoding an event, for event_decoder.cpp: one JSON value to one field value, and the sums that must
// hold between fields. Not for use outside accounting. Pure functions; any thread.
#pragma once

#include <array>
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

/// The members of an envelope that mean something to us.
enum class EnvelopeMember : std::uint8_t { specversion, id, source, type, time, subject, revision, data };
inline constexpr std::array<std::string_view, 8> kEnvelopeMembers = {"specversion", "id",      "source",   "type",
                                                                     "time",        "subject", "revision", "data"};
/// Those that say what an event says, apart from who says it; in the order of their bytes.
inline constexpr std::array<EnvelopeMember, 4> kContent = {EnvelopeMember::data, EnvelopeMember::subject,
                                                           EnvelopeMember::time, EnvelopeMember::type};
/// The mark of an event's content: its members' marks, each times another factor, so that a value says nothing in the
/// place of another.
constexpr std::uint64_t content_factor(EnvelopeMember member) {
  using enum EnvelopeMember;
  return member == data ? 3 : member == subject ? 5 : member == time ? 7 : 9;
}
inline void add_to_content(JsonMark& sum, EnvelopeMember member, const JsonMark& mark) {
  sum.bits += mark.bits * content_factor(member);
}

/// The object a field belongs to: the header, or one line. Its JSON pointer is made only when something is wrong.
struct Place {
  std::optional<std::size_t> line;

  std::string pointer() const { return line ? "/data/lines/" + std::to_string(*line) : "/data"; }
  std::string pointer(std::string_view member) const { return pointer() + pointer_step(member); }
};

/// Where the first control character is; the size of the text when there is none.
std::size_t find_control(std::string_view text);

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

/// What a header (or, `on_line`, a line) owes to its schema as a whole:
/// - definitions: absent defined fields are computed, present ones compared. An amount the event does not carry counts
///   as nothing; a field all of whose terms are absent stays absent. GLM-6010, 6012, and 6004 for a required field that
///   stays absent;
/// - invariants: GLM-6010 with both sides when the terms do not cancel out;
/// - signs: GLM-6017 for each amount, sent or computed, whose sign is not the one its field promises.
/// Appends what is wrong.
void check_sums(const std::vector<Invariant>& invariants, bool on_line, SumScope& scope, std::vector<Error>& faults);

}  // namespace glmap::event_parts
