// SPDX-License-Identifier: Apache-2.0
// Which characters a reader cannot see or mistakes for a Latin letter or digit. Source: Unicode 15 confusables.txt
// (Latin targets only), Unicode Bidirectional_Control, Default_Ignorable_Code_Point. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace glmap::syntax {

enum class Hidden : std::uint8_t { no, blank, zero_width, direction, control };

/// `blank`: looks like a space but is another character; `control`: C0 and C1 except tab and line breaks.
Hidden hidden_kind(char32_t c);
/// "a text direction control", for messages.
std::string_view hidden_in_words(Hidden kind);

enum class Script : std::uint8_t { none, latin, cyrillic, greek, wide, combining, other };
/// `none`: digits, signs; `wide`: full-width and mathematical forms; `combining`: an accent of its own.
Script script_of(char32_t c);
std::string_view script_in_words(Script script);

/// The Latin letter a Cyrillic or Greek one looks like, or 0.
char32_t latin_look_alike(char32_t c);

/// Letters, digits, accents and `_`: what a name is made of beside `-` and `.`.
bool is_word_character(char32_t c);

}  // namespace glmap::syntax
