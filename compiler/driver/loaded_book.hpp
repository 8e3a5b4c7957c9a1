// SPDX-License-Identifier: Apache-2.0
// What simulate and why need: an evaluator, whether from a book's directory (compiled now) or from a bundle file.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::driver {

/// nullopt after the findings or the error have been printed to standard error; `exit_code` is set then.
std::optional<rules::Evaluator> load_book(const std::string& book_or_bundle, int& exit_code);

}  // namespace glmap::driver
