// SPDX-License-Identifier: Apache-2.0
// What an ERP's own words about an error mean for an entry. Each connector has a table of data (its error_table.cpp);
// here is how tables are read and, once for all connectors, what follows from a class. What no row knows is refused and
// shown to a person with the ERP's words: it is never tried again. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::delivery {

enum class ErrorClass : std::uint8_t {
  duplicate,      // the ERP may hold the document already: looked up
  closed_period,  // a person opens the period, or the book moves the entry
  bad_account,    // unknown, closed, or not for this company
  bad_dimension,  // missing, unknown, or not for this company
  unbalanced,     // by the ERP's arithmetic
  entity,         // no such company, or not for this connection: the connection stops
  authorisation,  // credentials or rights: the connection pauses
  throttled,      // the connection slows down
  too_large,      // lines, bytes, characters
  transient,      // nothing was written, and the same may work later
  unknown,        // what no row knows
};

/// The first row that fits decides. An empty member fits everything.
struct ErrorRow {
  std::string_view code;  // the ERP's code, whole
  std::string_view text;  // stands in the ERP's text, whatever its case
  std::string_view then;  // and this somewhere behind it
  ErrorClass means = ErrorClass::unknown;
};

ErrorClass classify(std::span<const ErrorRow> table, std::string_view code, std::string_view text);

/// The answer to a send. Only for errors of which the ERP's documents say, or trials showed, that nothing was written.
Outcome outcome_of(ErrorClass error, std::string text, std::optional<std::int64_t> retry_after_micros = std::nullopt);

}  // namespace glmap::gateway::delivery
