// SPDX-License-Identifier: Apache-2.0
// How the generic REST connector reads answers: places in JSON (RFC 6901), conditions on them, amounts, and the table
// that says what an answer means. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connectors/rest/body_template.hpp"

namespace glmap::gateway::connectors::rest {

/// "/a/0/b"; "" is the whole answer. nullptr: nothing is there, or null is.
const Json* at_pointer(const Json& json, std::string_view pointer);
/// The text or number at a place, "" when there is none.
std::string text_at(const Json& json, std::string_view pointer);
/// Errors: GLM-9012 not "" and not /....
Status check_pointer(std::string_view pointer);

/// "/state = posted", "/message ~ is closed" (contains, whatever the case).
struct Condition {
  std::string pointer;
  bool contains = false;
  std::string value;
  bool holds(const Json& json) const;
};
/// Errors: GLM-9012.
Result<Condition> parse_condition(std::string_view text);

/// A number or a text: 119, "119.00", "119.00 EUR". `otherwise`: the currency where the text names none. Nothing: no
/// exact amount of the currency.
std::optional<Money> money_from(const Json& json, Currency otherwise);

enum class AnswerClass : std::uint8_t {
  duplicate,  // the ERP has the key already: looked up
  closed_period,
  bad_account,
  bad_dimension,
  unbalanced,
  too_large,
  refused,  // no, and it does not have the entry
  entity,
  authorisation,
  address,
  throttled,
  transient,  // nothing was written, for a reason that is the connection's
  unknown,    // anything: looked up, or held
};

struct AnswerRow {
  int status_from = 0, status_to = 999;
  std::optional<Condition> condition;
  std::optional<std::string> words;  // the answer as text contains
  AnswerClass meaning = AnswerClass::unknown;
};
/// One row a line: STATUS [/POINTER = VALUE | /POINTER ~ WORDS | ~ WORDS] -> CLASS; 4xx and * are statuses.
/// Errors: GLM-9012 with the line.
Result<std::vector<AnswerRow>> parse_answer_rows(std::string_view text);
/// The first row that fits; 401 and 429 mean what HTTP says they mean; all else is unknown.
AnswerClass classify(const std::vector<AnswerRow>& rows, int status, const std::string& body);

}  // namespace glmap::gateway::connectors::rest
