// SPDX-License-Identifier: Apache-2.0
// What Tryton's error texts mean for an entry, as data. Tryton answers application errors with HTTP 200 and a text; the
// text is asked for in English (context `language`) and still depends on the database behind it, so what the table
// does not know is refused and shown to a person, never tried again. Pure function; any thread.
// Source: answers recorded from trytond 6.0.29 with account 6.0.15 on SQLite and PostgreSQL.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::connectors::tryton {

enum class Meaning : std::uint8_t {
  refused,  // the ERP said no; a person must act
  look_up,  // the document may be there already: ask, do not send
  wait,     // nothing was written, and trying again without a change may work
};

struct Verdict {
  Meaning meaning = Meaning::refused;
  ErrorCode code = ErrorCode::ErpRefused;
};

Verdict classify(std::string_view text);

}  // namespace glmap::gateway::connectors::tryton
