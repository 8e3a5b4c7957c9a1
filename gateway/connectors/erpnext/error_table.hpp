// SPDX-License-Identifier: Apache-2.0
// What Frappe's and ERPNext's exceptions mean for an entry, as data. Most business errors are of the type
// ValidationError and say what they mean only in their text. What no row knows is refused and shown to a person.
// Pure function; any thread.
// Source: frappe/frappe frappe/exceptions.py; frappe/erpnext accounts; texts as public repositories have recorded them.
#pragma once

#include <string_view>

#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::erpnext {

delivery::ErrorClass classify(std::string_view type, std::string_view text);

}  // namespace glmap::gateway::connectors::erpnext
