// SPDX-License-Identifier: Apache-2.0
// What the messages of SAP's log mean for an entry, as data. What the table does not know is a refusal that waits for a
// person, never tried again. Pure; any thread.
// Source: message classes F5, RW and KI as met in public answers of the service; none was recorded from a system of our
// own.
#pragma once

#include <string>
#include <vector>

#include "gateway/connectors/sap/confirmation.hpp"
#include "gateway/delivery/error_class.hpp"

namespace glmap::gateway::connectors::sap {

/// The errors of a log together: the first that the table knows decides, wrappers such as RW 609 say nothing.
delivery::ErrorClass classify(const std::vector<LogItem>& log);

/// The log in words: the errors, or else everything.
std::string words_of(const std::vector<LogItem>& log);

}  // namespace glmap::gateway::connectors::sap
