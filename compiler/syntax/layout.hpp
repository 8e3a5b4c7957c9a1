// SPDX-License-Identifier: Apache-2.0
// Where each word of a book belongs on paper: its indentation when it starts a line, and the columns it shares with its
// neighbours. Read off the concrete tree, so that a word like `accounts` is placed by what it is and not by how it
// looks. Private to syntax. Pure function; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/syntax/concrete_tree.hpp"

namespace glmap::syntax {

struct TokenLayout {
  std::uint8_t level = 0;    // levels of two blanks, when the token starts a line
  bool tight = false;        // a sign: no blank behind it
  std::uint32_t group = 0;   // lines whose columns are aligned with each other; 0: none
  std::uint8_t columns = 0;  // on the first token of such a line: how many tokens are columns of their own
};

/// One entry a token of `tree`.
std::vector<TokenLayout> lay_out(const ConcreteTree& tree);

}  // namespace glmap::syntax
