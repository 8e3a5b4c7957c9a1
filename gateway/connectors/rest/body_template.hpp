// SPDX-License-Identifier: Apache-2.0
// Templates of the generic REST connector. A body is JSON in which a string may hold `{field}`; values are inserted
// into the value, not into the text, so that nothing an entry holds can end a string or add a member. Not a programming
// language: there is one loop (over lines) and no arithmetic. Everything that can be wrong with a template is found
// when it is made. Docs: docs/connectors/rest.md. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connectors/rest/fields.hpp"

namespace glmap::gateway::connectors::rest {

/// One `{...}`: [number|map] FIELD [PATTERN | WORD WORD] [?]
struct Placeholder {
  const Field* field = nullptr;
  std::string name;
  bool as_number = false;
  bool mapped = false;
  bool optional = false;              // an empty value leaves the member out
  std::string pattern;                // of a date
  std::vector<std::string> for_side;  // what stands for debit and for credit
};

/// Text with placeholders.
class TextTemplate {
 public:
  struct Piece {
    std::string text;
    std::optional<Placeholder> placeholder;  // else `text`
  };

  /// Errors: GLM-9012 with the column.
  static Result<TextTemplate> parse(std::string_view text, Reach reach);

  bool empty() const { return pieces_.empty(); }
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// The one placeholder that is the whole text, if so.
  const Placeholder* whole() const;
  /// Errors: GLM-9003, GLM-9005 a value that is not in `map.`.
  Result<std::string> fill(const Scope& scope) const;
  /// The same with every inserted value percent-encoded.
  Result<std::string> fill_url(const Scope& scope) const;

 private:
  std::vector<Piece> pieces_;
};

/// A JSON body.
class BodyTemplate {
 public:
  /// Errors: GLM-9012 with line and column, or with the place in the template as a JSON pointer.
  static Result<BodyTemplate> parse(std::string_view json);
  /// Errors: as of TextTemplate::fill.
  Result<std::string> fill(const Scope& scope) const;
  /// True when an amount in the document's currency is inserted somewhere.
  bool has_transaction_amounts() const { return transaction_amounts_; }

 private:
  Json root_;
  bool transaction_amounts_ = false;
};

}  // namespace glmap::gateway::connectors::rest
