// SPDX-License-Identifier: Apache-2.0
// The part of the AST that says how foreign payloads become our events: `intake NAME`. Plain values; built only by
// syntax::parse_book. Reference: docs/language/intake.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::syntax {

using diagnostics::Span;

/// A word, a quoted text, or a literal kept as text, with its place. Quotes are already removed.
struct Word {
  std::string text;
  Span span;
  bool quoted = false;
  bool empty() const { return text.empty(); }
};

/// `data.object.total`: members one in the other. A step in quotes may hold any sign.
struct PathDecl {
  std::vector<std::string> steps;
  Span span;
  bool empty() const { return steps.empty(); }
};

/// `type is invoice.finalized, invoice.paid`, `items is given`, `livemode is not yes`
struct PayloadTestDecl {
  PathDecl subject;
  bool negated = false;
  std::vector<Word> values;
  Span span;
};

/// A part of what stands in the middle of a row: `"in-"`, `data.object.id`, `sum of price of tax_lines`,
/// `first amount of transactions where kind is refund`.
struct TermDecl {
  enum class Take : std::uint8_t { one, first, only, sum };
  bool negative = false;
  Take take = Take::one;
  Word constant;  // or a path:
  PathDecl path;
  PathDecl list;  // `path of list`; empty: none
  std::optional<PayloadTestDecl> where;
  Span span;
};

/// | FIELD || TERMS | READING |
struct PayloadRowDecl {
  Word field;  // a field of the event, `event.id`, `event.time`, `event.revision`, `event.subject`
  std::vector<TermDecl> terms;
  bool joined = false;         // terms stand behind commas and make one text; else they are added up
  std::vector<Word> readings;  // `minor units`, `by stripe_price`, `may be absent`: as written between commas
  Span terms_span, reading_span, span;
};

struct KnownPathDecl {
  PathDecl path;
  bool everything = false;  // `everything in PATH`
};

/// [for each of PATH] [when ...] gives EVENT, with rows; or no event [for each of PATH] when ... because "...".
struct PayloadKindDecl {
  PathDecl each;
  std::vector<PayloadTestDecl> when;
  Word event;    // empty: no event
  Word because;  // no event
  std::vector<PayloadRowDecl> rows;
  struct Lines {
    PathDecl path;
    std::vector<PayloadTestDecl> where;
    std::vector<PayloadRowDecl> rows;
    Span span;
  };
  std::optional<Lines> lines;
  std::vector<KnownPathDecl> known;
  Span span;
};

/// intake NAME "title" / source / because / only when / rows and known members of all kinds / kinds
struct IntakeDecl {
  Word name, title, because, source;
  std::vector<PayloadTestDecl> only_when;
  Word only_because;
  std::vector<PayloadRowDecl> rows;
  std::vector<KnownPathDecl> known;
  std::vector<PayloadKindDecl> kinds;
  bool whole = true;  // false when something in it could not be read
  Span span;
};

/// `payload stripe "payloads/invoice.json"` in a test.
struct TestPayload {
  Word intake, file;
  Span span;
};

}  // namespace glmap::syntax
