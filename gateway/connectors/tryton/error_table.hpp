// SPDX-License-Identifier: Apache-2.0
// What Tryton's error texts mean for an entry, as data. Tryton answers application errors with HTTP 200 and a text; the
// text is asked for in English (context `language`) and still depends on the database behind it, so what the table
// does not know is refused and shown to a person, never tried again. Pure function; any thread.
// Source: answers recorded from trytond 6.0.29 with account 6.0.15 on SQLite and PostgreSQL.
#pragma once

#include <string_view>

#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::tryton {

delivery::ErrorClass classify(std::string_view text);

}  // namespace glmap::gateway::connectors::tryton
