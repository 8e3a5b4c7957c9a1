// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/context.hpp"

#include <algorithm>

namespace glmap::resolve {
namespace {

template <class List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& item : list) names.push_back(item.name);
  return names;
}

template <class List>
std::optional<std::uint32_t> index_of(const List& list, std::string_view name) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].name == name) return static_cast<std::uint32_t>(i);
  return std::nullopt;
}

constexpr Rounding kRoundings[] = {Rounding::half_away_from_zero,
                                   Rounding::half_even,
                                   Rounding::down,
                                   Rounding::up,
                                   Rounding::floor,
                                   Rounding::ceiling};

}  // namespace

bool Context::chart_is_readable(const LegalEntity& entity) const {
  const auto chart = charts.find(entity.chart);
  return charts_known && !entity.accounts.empty() && (chart == charts.end() || !chart->second.broken);
}

std::optional<std::uint32_t> Context::table_index(std::string_view name) const {
  return index_of(book().tables, name);
}
std::optional<std::uint32_t> Context::role_index(std::string_view name) const {
  return index_of(book().roles, name);
}
std::optional<std::uint32_t> Context::ledger_index(std::string_view name) const {
  const auto& ledgers = book().ledgers;
  const auto found = std::find(ledgers.begin(), ledgers.end(), name);
  if (found == ledgers.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - ledgers.begin());
}
std::vector<std::string> Context::table_names() const {
  return names_of(book().tables);
}
std::vector<std::string> Context::role_names() const {
  return names_of(book().roles);
}
std::vector<std::string> Context::list_names() const {
  return names_of(catalog().lists);
}
std::vector<std::string> Context::type_names() const {
  return names_of(catalog().types);
}
std::vector<std::string> Context::entity_codes() const {
  std::vector<std::string> codes;
  for (const LegalEntity& entity : catalog().entities) codes.push_back(entity.code);
  return codes;
}

void Context::error(ErrorCode code, const Span& span, std::string message, std::string help) {
  if ((code < ErrorCode::UnknownName && already_reported(span)) || is_missing_word(code, span)) return;
  sink.error(code, span, std::move(message), std::move(help));
}

void Context::error_with(ErrorCode code, const Span& span, std::string message, const Span& label,
                         std::string label_text, std::string help) {
  if (is_missing_word(code, span)) return;
  Diagnostic found{code, diagnostics::Severity::error, span, std::move(message)};
  if (!label.where.file.empty()) found.labels.push_back({label, std::move(label_text)});
  found.help = std::move(help);
  sink.report(std::move(found));
}

bool Context::is_missing_word(ErrorCode code, const Span& span) const {
  return span.where.file.empty() && code != ErrorCode::MissingClause && sink.has_errors();
}

Span Context::book_span() const {
  if (spec.mapping) return spec.mapping->span;
  Span whole;  // line 0: the file as a whole
  if (!spec.references.empty())
    whole.where.file = spec.references.front().path.span.where.file;
  else if (!spec.lists.empty())
    whole.where.file = spec.lists.front().name.span.where.file;
  else if (!spec.tables.empty())
    whole.where.file = spec.tables.front().span.where.file;
  else if (!spec.rules.empty())
    whole.where.file = spec.rules.front().span.where.file;
  return whole;
}

bool Context::already_reported(const Span& span) const {
  const auto& all = sink.all();
  return std::any_of(all.begin(), all.end(), [&](const Diagnostic& one) {
    return one.primary.where.line == span.where.line && one.primary.where == span.where;
  });
}

void Context::twice(std::string_view what, std::string_view name, const Span& again, const Span& first) {
  error_with(ErrorCode::DuplicateName, again, std::string(what) + " " + tick(name) + " is defined twice", first,
             "it is defined here first", "rename one, or delete it");
}

std::string day_help(std::string_view written) {
  const auto fits = [&](std::size_t at) {
    return at == 4 || at == 7 ? written[at] == '-' : written[at] >= '0' && written[at] <= '9';
  };
  bool is_day = written.size() == 10;
  for (std::size_t at = 0; at < written.size() && is_day; ++at) is_day = fits(at);
  return is_day ? "write a day that the month has" : "write a day as YYYY-MM-DD";
}

std::string tick(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string choices(const std::vector<std::string>& words) {
  constexpr std::size_t kShown = 12;
  std::string text;
  const std::size_t shown = std::min(words.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += tick(words[i]);
  }
  if (words.size() > shown) text += " and " + std::to_string(words.size() - shown) + " more";
  return text;
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise) {
  const std::string near = diagnostics::closest(word, candidates);
  return near.empty() ? std::move(otherwise) : "did you mean " + tick(near) + "?";
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

bool check_word(Context& context, std::string_view what, const std::string& text, const Span& span, bool dots) {
  if (is_word(text) && (dots || text.find('.') == std::string::npos)) return true;
  context.error(ErrorCode::ConfusableText, span, std::string(what) + " " + tick(text) + " is not one plain word",
                dots ? "use letters a to z, digits, `_`, `-` and `.`" : "use letters a to z, digits, `_` and `-`");
  return false;
}

std::vector<std::string> domain_values(const rules::RuleBook& book, const rules::Domain& domain) {
  std::vector<std::string> values;
  if (domain.kind == rules::Domain::Kind::currency) return values;
  for (std::uint32_t i = 0; i < book.domain_size(domain); ++i) values.push_back(book.value_text(domain, i));
  return values;
}

std::optional<std::uint32_t> domain_code(const rules::RuleBook& book, const rules::Domain& domain,
                                         std::string_view text) {
  switch (domain.kind) {
    case rules::Domain::Kind::list:
      return book.catalog.lists[domain.list].code_of(text);
    case rules::Domain::Kind::entity:
      return book.catalog.entity_index(text);
    case rules::Domain::Kind::currency: {
      const auto& all = Currency::all();
      const auto at = std::find_if(all.begin(), all.end(), [&](const Currency& known) { return known.code() == text; });
      if (at == all.end()) return std::nullopt;
      return static_cast<std::uint32_t>(at - all.begin());
    }
    case rules::Domain::Kind::yes_no:
      if (text == "no") return 0;
      if (text == "yes") return 1;
      return std::nullopt;
    case rules::Domain::Kind::role:
      return index_of(book.roles, text);
  }
  return std::nullopt;
}

std::string domain_words(const rules::RuleBook& book, const rules::Domain& domain) {
  switch (domain.kind) {
    case rules::Domain::Kind::list:
      return "list " + tick(book.catalog.lists[domain.list].name);
    case rules::Domain::Kind::entity:
      return "the entities";
    case rules::Domain::Kind::currency:
      return "the currencies of ISO 4217";
    case rules::Domain::Kind::yes_no:
      return "yes and no";
    case rules::Domain::Kind::role:
      return "the roles";
  }
  return {};
}

std::string as_written(const std::string& value) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  bool plain = !value.empty();
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool joint = (value[i] == '-' || value[i] == '.') && i > 0 && i + 1 < value.size() && is_letter(value[i - 1]);
    plain = plain && (is_letter(value[i]) || joint);
  }
  return plain ? value : "\"" + value + "\"";
}

namespace {

bool means_the_rest(const std::string& text) {
  return text == "otherwise" || text == "else" || text == "default" || text == "other" || text == "others";
}

bool means_nothing(const std::string& text) {
  return text == "blank" || text == "empty" || text == "none" || text == "null" || text == "missing";
}

/// The role that has the account in some entity; empty when there is none.
std::string role_with(const rules::RuleBook& book, const std::string& account) {
  for (const rules::Role& role : book.roles)
    for (const rules::RoleAccount& of : role.by_entity)
      if (of.kind == rules::RoleAccount::Kind::fixed && of.account == account) return role.name;
  return {};
}

}  // namespace

void unknown_value(Context& context, const rules::Domain& domain, const Word& word) {
  const rules::RuleBook& book = context.book();
  std::vector<std::string> values = domain_values(book, domain);
  if (domain.kind == rules::Domain::Kind::entity) {
    if (!context.entities_known) return;
    context.names_told.insert("entity " + word.text);
    const auto& references = context.spec.references;
    const auto file = std::find_if(references.begin(), references.end(),
                                   [](const auto& reference) { return reference.kind.text == "entities"; });
    context.error(ErrorCode::UnknownEntity, word.span, "entity " + tick(word.text) + " is not in the reference data",
                  suggest(word.text, values,
                          "write one of " + choices(values) +
                              (file == references.end() ? "" : ", or add it to " + tick(file->path.text))));
    return;
  }
  if (domain.kind == rules::Domain::Kind::role) {
    if (!context.accounts_whole) return;
    // A missing row is told once, a slip wherever it was made.
    if (diagnostics::closest(word.text, values).empty() && !context.names_told.insert("role " + word.text).second)
      return;
    const std::string of_account = role_with(book, word.text);
    context.error(
        ErrorCode::UnknownRole, word.span, "role " + tick(word.text) + " has no row in the accounts section",
        of_account.empty()
            ? suggest(word.text, values,
                      (values.empty() ? "" : "write one of " + choices(values) + ", or ") + "add a row for it")
            : "a line names the role, and the role has the account: write " + tick(of_account));
    return;
  }
  if (domain.kind == rules::Domain::Kind::list && !context.spec.lists_whole) return;
  std::vector<std::string> written;
  for (const std::string& value : values) written.push_back(as_written(value));
  std::string help = domain.kind == rules::Domain::Kind::currency ? "write a code of three capitals, such as `EUR`"
                                                                  : "write one of " + choices(written);
  if (means_the_rest(word.text))
    help = "there is no " + tick(word.text) + ": list the values that are left, so that a new one is noticed; " + help;
  else if (means_nothing(word.text))
    help = "a rule asks with `FIELD is not given` whether a field was sent; " + help;
  const std::string near = diagnostics::closest(word.text, values);
  std::string message = tick(word.text) + " is not in " + domain_words(book, domain);
  if (domain.kind != rules::Domain::Kind::list) {
    context.error(ErrorCode::UnknownListValue, word.span, std::move(message), help);
    return;
  }
  const auto& name = book.catalog.lists[domain.list].name;
  const auto place = context.model.list_spans.find(name);
  context.error_with(ErrorCode::UnknownListValue, word.span, std::move(message),
                     place == context.model.list_spans.end() ? Span{} : place->second, "the list is closed here",
                     near.empty() ? help + (means_the_rest(word.text) ? "" : ", or add it to the list")
                                  : "did you mean " + tick(as_written(near)) + "? " + help);
}

void unknown_table(Context& context, const Word& word) {
  if (!context.spec.tables_whole) return;
  context.error(ErrorCode::UnknownTable, word.span, "table " + tick(word.text) + " is not defined",
                suggest(word.text, context.table_names(), "add the table, with an answer column `account`"));
}

std::optional<rules::Domain> domain_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::list:
      return rules::Domain{rules::Domain::Kind::list, field.list};
    case FieldKind::entity:
      return rules::Domain{rules::Domain::Kind::entity};
    case FieldKind::currency:
      return rules::Domain{rules::Domain::Kind::currency};
    case FieldKind::yes_no:
      return rules::Domain{rules::Domain::Kind::yes_no};
    default:
      return std::nullopt;
  }
}

std::optional<Rounding> parse_rounding(std::string_view text) {
  for (const Rounding mode : kRoundings)
    if (to_text(mode) == text) return mode;
  return std::nullopt;
}

std::optional<Rounding> rounding_of(Context& context, const Word& word) {
  const auto mode = parse_rounding(word.text);
  if (mode) return mode;
  std::vector<std::string> known;
  for (const Rounding one : kRoundings) known.emplace_back(to_text(one));
  context.error(ErrorCode::UnknownListValue, word.span, tick(word.text) + " is not a way to round",
                "write one of " + choices(known));
  return std::nullopt;
}

std::optional<std::uint32_t> role_of(Context& context, const Word& word) {
  const auto role = context.role_index(word.text);
  if (!role) unknown_value(context, {rules::Domain::Kind::role}, word);
  return role;
}

std::optional<std::uint32_t> event_type_of(Context& context, const Word& word) {
  const auto type = context.catalog().type_index(word.text);
  if (!type && context.events_known) {
    const auto known = context.type_names();
    if (diagnostics::closest(word.text, known).empty() && !context.names_told.insert("event " + word.text).second)
      return type;
    context.error(ErrorCode::UnknownEventType, word.span, "event type " + tick(word.text) + " has no schema",
                  suggest(word.text, known, "the event types are " + choices(known)));
  }
  return type;
}

void unknown_ledger(Context& context, const Word& word) {
  const auto& ledgers = context.book().ledgers;
  context.error(ErrorCode::UnknownName, word.span, "ledger " + tick(word.text) + " is not in the mapping",
                suggest(word.text, ledgers,
                        "write one of " + choices(ledgers) + ", or add it to `ledgers` of the mapping section"));
}

std::string path_beside(const std::string& book_file, const std::string& path) {
  const std::size_t slash = book_file.rfind('/');
  return slash == std::string::npos ? path : book_file.substr(0, slash + 1) + path;
}

}  // namespace glmap::resolve
