// SPDX-License-Identifier: Apache-2.0
// An intake as `glmapc print --stage=ast` shows it. Private to syntax. Pure function; any thread.
#pragma once

#include <string>

#include "compiler/syntax/ast_intake.hpp"

namespace glmap::syntax {

std::string print_intake(const IntakeDecl& intake);

}  // namespace glmap::syntax
