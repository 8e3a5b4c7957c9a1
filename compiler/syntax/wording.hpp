// SPDX-License-Identifier: Apache-2.0
// What to tell an accountant about a word that does not fit the grammar. The parser adapter finds the place and the
// rule; the words are here. Private to syntax. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
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
  std::string before;  // the word in front
  TokenKind before_kind = TokenKind::word;
  std::string next;                   // the word behind
  std::vector<std::string> keywords;  // words of the language that would fit
  bool name_fits = false;
  bool text_fits = false;
  bool only_comma_fits = false;
  bool row_follows = false;  // a table row stands further right on the line
};

struct Wording {
  std::string message;
  std::string help;
};

Wording wording_of(const Misfit& misfit);

/// `1,000.00` or `0,05`, cut at its commas.
Wording wording_of_number(const std::vector<std::string_view>& groups);

/// Digits with at most one point inside: what a decimal number looks like in a book.
bool looks_like_number(std::string_view text);

/// The token as it is shown in a message: cut to a readable length; a row is `a table row`.
std::string shown(const Token& token);

}  // namespace glmap::syntax
