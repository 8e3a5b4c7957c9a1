// SPDX-License-Identifier: Apache-2.0
// What to tell an accountant about a word that does not fit the grammar. The parser adapter finds the place and the
// rule; the words are here. Private to syntax. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/syntax/concrete_tree.hpp"

namespace glmap::syntax {

struct Misfit {
  enum class Kind : std::uint8_t {
    start,      // begins a construct that `rule`'s list does not have (a misspelt `debit`)
    surplus,    // stands behind a complete construct `rule`
    inside,     // stands where construct `rule` needs something else
    cut_short,  // the line or the file ends where construct `rule` needs more
  };
  Kind kind = Kind::inside;
  Rule rule = Rule::book;
  std::string seen;
  TokenKind seen_kind = TokenKind::word;
  std::string before;                 // the word in front, for cut_short
  std::vector<std::string> keywords;  // words of the language that would fit
  bool name_fits = false;
  bool text_fits = false;
};

struct Wording {
  std::string message;
  std::string help;
};

Wording wording_of(const Misfit& misfit);

/// The token as it is shown in a message: cut to a readable length; a row is `a table row`.
std::string shown(const Token& token);

}  // namespace glmap::syntax
