// SPDX-License-Identifier: Apache-2.0
// What all parts of resolve share: the book being built, where its names were declared, and how faults are worded.
// Private to resolve. Lives for one call of resolve(); single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/syntax/ast.hpp"

namespace glmap::resolve {

using diagnostics::Diagnostic;
using diagnostics::Sink;
using diagnostics::Span;
using syntax::Word;

/// A chart of accounts of accounts.yaml; entities that name it get a copy of its accounts.
struct Chart {
  std::vector<Account> accounts;  // sorted by code
  Span span;
  bool broken = false;  // some account of it could not be read
};

/// Where an event type and its fields were declared; by EventCatalog::types.
struct TypePlaces {
  Span span;
  std::vector<Span> header;
  std::vector<Span> line;
  bool broken = false;  // a fault was reported in it: fields may be missing, so unknown names in it are not reported
};

/// A file of rows; its text lies in the sources.
struct CsvFile {
  std::string name;
  std::string_view text;
};

struct Context {
  const syntax::Spec& spec;
  Sink& sink;
  ResolvedModel model;

  std::map<std::string, Chart> charts;
  std::map<std::string, Span> calendars;              // name -> place, also of those that could not be built
  std::vector<std::string> entity_charts;             // by entity: the chart it names
  std::vector<Span> entity_places;                    // by entity
  std::vector<TypePlaces> type_places;                // by event type
  std::vector<Span> table_places;                     // by table
  std::vector<std::optional<CsvFile>> csv_files;      // by table: where its rows are kept, when not in the book
  std::vector<const syntax::TableDecl*> table_decls;  // by table
  /// By table: a column or answer of it has no meaning. What rests on its answers is then not reported again.
  std::vector<bool> table_broken;
  std::vector<std::string> unusable_answers;  // names of such answers, as written
  std::vector<Span> role_places;              // by role
  std::set<std::string> names_told;           // unknown roles, entities and event types that have been told
  /// False when the file could not be read: names that would come from it are then not reported as unknown.
  bool accounts_whole = spec.accounts_whole;  // as in Spec; also false when the name of a role could not be read
  bool entities_known = true, charts_known = true, calendars_known = true, events_known = true;

  rules::RuleBook& book() { return model.book; }
  const rules::RuleBook& book() const { return model.book; }
  EventCatalog& catalog() { return model.book.catalog; }
  const EventCatalog& catalog() const { return model.book.catalog; }

  /// False when the chart's file, or some account of it, could not be read: codes are then not looked for.
  bool chart_is_readable(const LegalEntity& entity) const;
  std::optional<std::uint32_t> table_index(std::string_view name) const;
  std::optional<std::uint32_t> role_index(std::string_view name) const;
  std::optional<std::uint32_t> ledger_index(std::string_view name) const;
  std::vector<std::string> table_names() const;
  std::vector<std::string> role_names() const;
  std::vector<std::string> entity_codes() const;
  std::vector<std::string> list_names() const;
  std::vector<std::string> type_names() const;

  /// True for the place of a word that the parser missed, and said so: what follows from its absence is no news.
  bool is_missing_word(ErrorCode code, const Span& span) const;

  /// Left out when the parser has already said something about text (GLM-1xxx) at this very place.
  void error(ErrorCode code, const Span& span, std::string message, std::string help = {});
  void error_with(ErrorCode code, const Span& span, std::string message, const Span& label, std::string label_text,
                  std::string help = {});
  /// True when a fault was reported at just this place, by the parser say: a second one would say nothing new.
  bool already_reported(const Span& span) const;
  /// Where to say what the book as a whole lacks.
  Span book_span() const;
  /// GLM-2002 for `name` at `again`, with a label on the first.
  void twice(std::string_view what, std::string_view name, const Span& again, const Span& first);
};

/// `text` in back-ticks.
/// What to write instead of an account that the entity's chart does not have: the closest one that suits one of the
/// roles, else some that do.
std::string account_help(const LegalEntity& entity, const std::string& code, const std::vector<std::string>& roles);
/// What to write instead of a day that cannot be: its form, or that the month has no such day.
std::string day_help(std::string_view written);
std::string tick(std::string_view text);
/// "`a`, `b` or `c`"; long lists are cut after a dozen with their count.
std::string choices(const std::vector<std::string>& words);
/// "did you mean `x`?" when a candidate is close, else `otherwise`.
std::string suggest(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise);
/// Letters, digits and _ - . in ASCII; what the language takes as one word.
bool is_word(std::string_view text);
/// A bad name in reference data: GLM-1008 at `span`. `dots`: whether a dot may stand in it.
bool check_word(Context& context, std::string_view what, const std::string& text, const Span& span, bool dots);

/// The names of Domain's values, for messages; currencies are not listed.
std::vector<std::string> domain_values(const rules::RuleBook& book, const rules::Domain& domain);
/// The code of `text` in the domain; nullopt when it has none.
std::optional<std::uint32_t> domain_code(const rules::RuleBook& book, const rules::Domain& domain,
                                         std::string_view text);
/// "list `product`", "the entities" ... for messages.
std::string domain_words(const rules::RuleBook& book, const rules::Domain& domain);
/// GLM-2007 (or GLM-2005, GLM-2004) for a word that the domain does not hold.
void unknown_value(Context& context, const rules::Domain& domain, const Word& word);
/// GLM-2009.
void unknown_table(Context& context, const Word& word);
/// A value as the book writes it: in quotes when it is not one word.
std::string as_written(const std::string& value);
/// The domain of a field of a closed kind; nullopt for open kinds.
std::optional<rules::Domain> domain_of(const Field& field);

/// half_away_from_zero ... nullopt for another word.
std::optional<Rounding> parse_rounding(std::string_view text);
/// Reports GLM-2007 with the list when the word is no rounding.
std::optional<Rounding> rounding_of(Context& context, const Word& word);

/// A role by its name. Reports GLM-2004.
std::optional<std::uint32_t> role_of(Context& context, const Word& word);

/// An event type by its name. Reports GLM-2006.
std::optional<std::uint32_t> event_type_of(Context& context, const Word& word);
/// GLM-2001 for a ledger that the mapping does not list.
void unknown_ledger(Context& context, const Word& word);

/// The name the user would write for a file that `book_file` refers to: beside it.
std::string path_beside(const std::string& book_file, const std::string& path);

// The stages, in the order of resolve.cpp. Each reports what it finds and leaves the book as complete as it can.
void resolve_mapping(Context& context);
void resolve_lists(Context& context);
void resolve_reference(Context& context, const ReadFile& read_file, diagnostics::Sources& sources);
void declare_tables_and_roles(Context& context);
void resolve_tables(Context& context, const ReadFile& read_file, diagnostics::Sources& sources);
void resolve_accounts(Context& context);
void check_answer_accounts(Context& context);
void resolve_dates(Context& context);
void resolve_foreign_currency(Context& context);
void resolve_policies(Context& context);
void resolve_rules(Context& context);
void resolve_intakes(Context& context);
void resolve_tests(Context& context, const ReadFile& read_file);

}  // namespace glmap::resolve
