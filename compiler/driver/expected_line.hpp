// SPDX-License-Identifier: Apache-2.0
// A line of an entry against the line that a test expects: does it fit, and if not, in what it differs, in the words of
// the test. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/accounting/journal.hpp"

namespace glmap::driver {

/// "10.00 instead of 11.00", "product API instead of PLATFORM": each way in which the line is not as expected.
/// Dimensions count where the test names them. Empty: it fits.
std::vector<std::string> differences(const resolve::ExpectedLine& expected, const JournalLine& line);

/// The line as a test writes it: "credit 3806 output_tax 20.90".
std::string line_words(const JournalLine& line);

}  // namespace glmap::driver
