// SPDX-License-Identifier: Apache-2.0
// What Odoo's exceptions mean for an entry, as data. Texts are English: every request asks for that language. What no
// row knows is refused and shown to a person. Pure function; any thread.
// Source: texts of odoo/odoo, addons/account and addons/analytic, as public repositories and forums have recorded them.
#pragma once

#include <string_view>

#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::odoo {

delivery::ErrorClass classify(std::string_view exception, std::string_view text);

}  // namespace glmap::gateway::connectors::odoo
