// SPDX-License-Identifier: Apache-2.0
// The `mapping` and `lists` sections.
#include <algorithm>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {
namespace {

/// A list of such a name could not be told from a column with a meaning of its own.
const std::vector<std::string> kReserved = {"entity", "currency", "role", "account", "from", "until"};
const std::vector<std::string> kProperties = {"language", "release", "owner", "unknown", "ledgers"};

std::string single(Context& context, const syntax::Property& property) {
  if (property.values.size() == 1) return property.values.front().text;
  const Span& at = property.values.size() > 1 ? property.values[1].span : property.key.span;
  context.error(
      ErrorCode::UnexpectedText, at,
      std::to_string(property.values.size()) + " values stand at " + tick(property.key.text) + " where one is expected",
      "keep one value");
  return property.values.empty() ? std::string() : property.values.front().text;
}

void read_ledgers(Context& context, const syntax::Property& property) {
  std::map<std::string, Span> seen;
  for (const Word& ledger : property.values) {
    const auto [first, added] = seen.emplace(ledger.text, ledger.span);
    if (added)
      context.book().ledgers.push_back(ledger.text);
    else
      context.twice("ledger", ledger.text, ledger.span, first->second);
  }
}

void read_property(Context& context, const syntax::Property& property) {
  rules::RuleBook& book = context.book();
  const std::string& key = property.key.text;
  if (key == "ledgers") return read_ledgers(context, property);
  if (std::find(kProperties.begin(), kProperties.end(), key) == kProperties.end())
    return context.error(ErrorCode::UnknownName, property.key.span, "the mapping has no property " + tick(key),
                         suggest(key, kProperties, "the properties are " + choices(kProperties)));
  const std::string value = single(context, property);
  if (value.empty()) return;
  const Span& at = property.values.front().span;
  if (key == "release") book.release = value;
  if (key == "owner") book.owner = value;
  if (key == "unknown") {
    book.reject_unknown = value == "reject";
    if (value != "reject" && value != "hold")
      context.error(ErrorCode::UnknownListValue, at, tick(value) + " is not what can be done with an unknown event",
                    "write `unknown hold` or `unknown reject`");
  }
  if (key == "language" && value != "1")
    context.error(ErrorCode::UnknownListValue, at, "language version " + tick(value) + " is not known to this compiler",
                  "write `language 1`, or use a newer compiler");
}

void add_list(Context& context, const syntax::ListDecl& decl) {
  if (std::find(kReserved.begin(), kReserved.end(), decl.name.text) != kReserved.end())
    return context.error(ErrorCode::DuplicateName, decl.name.span,
                         "the name " + tick(decl.name.text) + " has a meaning of its own in tables",
                         "give the list another name");
  const auto [first, added] = context.model.list_spans.emplace(decl.name.text, decl.name.span);
  if (!added) return context.twice("list", decl.name.text, decl.name.span, first->second);
  ValueList list;
  list.name = decl.name.text;
  std::map<std::string, Span> seen;
  for (const Word& value : decl.values) {
    const auto [place, fresh] = seen.emplace(value.text, value.span);
    if (!fresh) {
      context.twice("value", value.text, value.span, place->second);
    } else if (!value.quoted && (value.text == "any" || value.text == "-")) {
      context.error(ErrorCode::DuplicateName, value.span, tick(value.text) + " has a meaning of its own in tables",
                    "give the value another name");
    } else {
      list.values.push_back(value.text);
    }
  }
  context.catalog().lists.push_back(std::move(list));
}

}  // namespace

void resolve_mapping(Context& context) {
  rules::RuleBook& book = context.book();
  if (!context.spec.mapping) {
    context.error(ErrorCode::MissingClause, context.book_span(), "the book has no `mapping` section",
                  "begin book.glmap with `mapping NAME \"title\"`");
    book.ledgers = {"accrual"};
    return;
  }
  const syntax::MappingDecl& decl = *context.spec.mapping;
  book.name = decl.name.text;
  book.title = decl.title.text;
  std::map<std::string, Span> seen;
  for (const syntax::Property& property : decl.properties) {
    const auto [first, added] = seen.emplace(property.key.text, property.key.span);
    if (added)
      read_property(context, property);
    else
      context.twice("property", property.key.text, property.key.span, first->second);
  }
  for (const char* needed : {"language", "release", "owner"})
    if (!seen.contains(needed))
      context.error(
          ErrorCode::MissingClause, decl.span, std::string("the mapping states no `") + needed + "`",
          needed == std::string_view("language") ? "add `language 1`" : std::string("add `") + needed + " ...`");
  if (book.ledgers.empty()) book.ledgers = {"accrual"};
}

void resolve_lists(Context& context) {
  for (const syntax::ListDecl& decl : context.spec.lists) add_list(context, decl);
}

}  // namespace glmap::resolve
