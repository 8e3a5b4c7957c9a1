// SPDX-License-Identifier: Apache-2.0
// Runs the tests that finance wrote into the book: events in, entries out, compared line by line.
#pragma once

#include <string>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"

namespace glmap::driver {

struct BookTestSummary {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

/// Each failed expectation is GLM-4014 at its place, with what came instead; each rule that no test exercises, and each
/// table with rows that no test reaches, is GLM-4016 (a warning).
BookTestSummary run_book_tests(const resolve::ResolvedModel& model, const std::string& digest, diagnostics::Sink& sink);

}  // namespace glmap::driver
