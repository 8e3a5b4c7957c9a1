// SPDX-License-Identifier: Apache-2.0
// What NetSuite's error codes and texts mean for an entry, as data. REST answers most business errors with HTTP 400 and
// `o:errorCode` USER_ERROR or INVALID_CONTENT, and says what it means only in the text: so both are looked at. What no
// row knows is refused and shown to a person. Pure function; any thread.
// Source: codes of platform.faultTypes.xsd (SuiteTalk 2017.2); online help on REST errors and on governance.
#pragma once

#include <string_view>

#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::netsuite {

delivery::ErrorClass classify(std::string_view code, std::string_view text);

}  // namespace glmap::gateway::connectors::netsuite
