// SPDX-License-Identifier: Apache-2.0
// `post in` blocks and their debit and credit lines: roles, amounts, rates, dimensions, inputs of account tables.
#include <algorithm>

#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::DimensionSource;
using rules::Operand;
using rules::PostingLine;
using rules::Role;
using rules::RoleAccount;

/// What a ledger can report by: text() of the evaluator knows these.
bool can_be_dimension(const Named& named) {
  if (named.answer != nullptr) return named.answer->kind == rules::AnswerColumn::Kind::list;
  if (named.field == nullptr) return true;
  const FieldKind kind = named.field->kind;
  return kind != FieldKind::money && kind != FieldKind::money_functional && kind != FieldKind::instant;
}

class LineReader {
 public:
  LineReader(Context& context, ProgramScope& scope, const rules::PostBlock& block, const syntax::PostingDecl& written)
      : context_(context), scope_(scope), block_(block), written_(written) {}

  /// False after a report.
  bool read(PostingLine& line, bool& functional) {
    const std::size_t before = context_.sink.error_count();
    line.where = written_.span.where;
    line.side = written_.side.text == "credit" ? Side::credit : Side::debit;
    const auto role = role_of(context_, written_.role);
    const auto amount = resolve_amount(context_, scope_, written_.amount);
    if (amount) {
      line.amount = amount->amount;
      functional = amount->functional;
    }
    read_rate(line);
    if (role) {
      line.role = *role;
      read_dimensions(context_.book().roles[*role], line);
      read_account_inputs(context_.book().roles[*role], line);
    } else {
      read_with(nullptr, line);
    }
    return role && amount && context_.sink.error_count() == before;
  }

 private:
  std::optional<Operand> field_of_kind(const Word& word, FieldKind kind, std::string_view what) {
    const auto named = scope_.resolve(word);
    if (!named) return std::nullopt;
    if (named->is(kind)) return named->operand;
    context_.error_with(ErrorCode::WrongType, word.span,
                        tick(word.text) + " is " + named->kind_words() + " where " + std::string(what) + " is expected",
                        named->declared, "it is declared here", "name a field of type " + tick(to_text(kind)));
    return std::nullopt;
  }

  void read_rate(PostingLine& line) {
    if (written_.at) line.rate = field_of_kind(*written_.at, FieldKind::decimal, "a rate");
    if (written_.worth)
      line.functional =
          field_of_kind(*written_.worth, FieldKind::money_functional, "an amount in the currency of the books");
    if (written_.at && written_.worth)
      context_.error_with(ErrorCode::WrongType, written_.worth->span,
                          "the line states a rate and also what the amount is worth", written_.at->span,
                          "the rate is here", "keep one of them: the other follows from it");
  }

  // ---- dimensions

  /// A constant or an operand behind `with DIMENSION VALUE`.
  std::optional<Operand> with_value(const syntax::PostingDecl::With& with) {
    const auto list = context_.catalog().list_index(with.dimension.text);
    const Word& word = with.value;
    Operand constant;
    constant.kind = Operand::Kind::constant;
    constant.text = word.text;
    const auto code = list ? context_.catalog().lists[*list].code_of(word.text) : std::nullopt;
    if (code) constant.index = *code;
    const bool name = !word.quoted && scope_.is_name(word.text);
    if (code && !name) return constant;
    if (code && name) {
      context_.error(ErrorCode::AmbiguousName, word.span,
                     tick(word.text) + " is a value of list " + tick(with.dimension.text) + " and also a field",
                     "write the value in quotes, or the field with `event.` or `line.`");
      return std::nullopt;
    }
    if (!name && list) {
      unknown_value(context_, {rules::Domain::Kind::list, *list}, word);
      return std::nullopt;
    }
    if (word.quoted) return constant;
    const auto named = scope_.resolve(word);
    if (!named) return std::nullopt;
    if (list && named->domain() && *named->domain() != rules::Domain{rules::Domain::Kind::list, *list}) {
      context_.error_with(ErrorCode::WrongType, word.span,
                          tick(word.text) + " is no value of list " + tick(with.dimension.text), named->declared,
                          "it is declared here", "name a field of that list");
      return std::nullopt;
    }
    if (can_be_dimension(*named)) return named->operand;
    context_.error_with(ErrorCode::WrongType, word.span,
                        tick(word.text) + " is " + named->kind_words() + ", by which no ledger reports",
                        named->declared, "it is declared here", "name a field that holds a text, a value or a date");
    return std::nullopt;
  }

  /// The dimensions the line itself states. `role`: nullptr when it is not known.
  void read_with(const Role* role, PostingLine& line) {
    std::map<std::string, Span> seen;
    for (const auto& with : written_.with) {
      const auto [first, added] = seen.emplace(with.dimension.text, with.dimension.span);
      if (!added) {
        context_.twice("dimension", with.dimension.text, with.dimension.span, first->second);
        continue;
      }
      if (role != nullptr &&
          std::find(role->forbids.begin(), role->forbids.end(), with.dimension.text) != role->forbids.end())
        context_.error_with(ErrorCode::DimensionNotDerivable, with.dimension.span,
                            "role " + tick(role->name) + " forbids the dimension " + tick(with.dimension.text),
                            {role->where, 0}, "the role is here", "delete it here, or from `forbids`");
      // A value that cannot be read still takes the place, so that the dimension is not reported as missing too.
      line.dimensions.push_back({with.dimension.text, with_value(with).value_or(Operand{})});
    }
  }

  void read_dimensions(const Role& role, PostingLine& line) {
    read_with(&role, line);
    for (const std::string& need : role.needs) {
      const auto stated = std::find_if(line.dimensions.begin(), line.dimensions.end(),
                                       [&](const DimensionSource& source) { return source.name == need; });
      if (stated != line.dimensions.end()) continue;
      if (auto operand = derive_dimension(role, need)) line.dimensions.push_back({need, *operand});
    }
    std::sort(line.dimensions.begin(), line.dimensions.end(),
              [](const DimensionSource& a, const DimensionSource& b) { return a.name < b.name; });
  }

  std::optional<Operand> derive_dimension(const Role& role, const std::string& need) {
    const Span& role_place = context_.role_places[line_role(role)];
    const std::string help = "add the field to the event, or write `with " + need + " VALUE` at the end of the line";
    const auto refuse = [&](const std::string& why) {
      context_.error_with(ErrorCode::DimensionNotDerivable, written_.span,
                          "role " + tick(role.name) + " needs the dimension " + tick(need) + ", and " + why, role_place,
                          "the role needs it here", help);
    };
    if (!scope_.is_name(need)) {
      if (scope_.quiet_about(need)) return std::nullopt;
      if (scope_.type().line_index(need))
        refuse("only the lines of event " + tick(scope_.type().name) +
               " carry it; this rule looks at the event as a whole");
      else
        refuse("event " + tick(scope_.type().name) + " has no field " + tick(need) + " and no table answers it");
      return std::nullopt;
    }
    auto named = scope_.dimension(need);
    if (!named) {
      if (!scope_.quiet() && !named.error().empty()) refuse(named.error());
      return std::nullopt;
    }
    if (can_be_dimension(*named)) return named->operand;
    refuse("the field " + tick(need) + " of event " + tick(scope_.type().name) + " is " + named->kind_words() +
           ", by which no ledger reports");
    return std::nullopt;
  }

  std::size_t line_role(const Role& role) const {
    return static_cast<std::size_t>(&role - context_.book().roles.data());
  }

  void read_account_inputs(const Role& role, PostingLine& line) {
    const auto by_table = std::find_if(role.by_entity.begin(), role.by_entity.end(), [](const RoleAccount& account) {
      return account.kind == RoleAccount::Kind::table;
    });
    if (by_table == role.by_entity.end()) return;
    if (auto inputs = scope_.account_inputs(by_table->table, block_.entity, written_.role.span))
      line.account_inputs = std::move(*inputs);
  }

  Context& context_;
  ProgramScope& scope_;
  const rules::PostBlock& block_;
  const syntax::PostingDecl& written_;
};

/// The event's own entity: amounts in the currency of the books are in its currency and no other's.
bool is_own_entity(const ProgramScope& scope, const Operand& entity) {
  return entity.kind == Operand::Kind::header && entity.index == scope.type().entity_field;
}

bool books_differ(const Context& context) {
  const auto& entities = context.catalog().entities;
  return std::any_of(entities.begin(), entities.end(),
                     [&](const LegalEntity& entity) { return entity.functional != entities.front().functional; });
}

/// The book's rate leads to the books of the event's own entity. Another entity's books need a rate of their own.
bool check_rates(Context& context, ProgramScope& scope, const syntax::PostBlock& written,
                 const rules::PostBlock& block) {
  if (is_own_entity(scope, block.entity) || !scope.type().currency_field || !books_differ(context)) return true;
  for (const syntax::PostingDecl& line : written.lines) {
    if (line.at) continue;
    context.error_with(
        ErrorCode::WrongCurrency, line.span,
        "the rate of the book is that of `entity`, and the entry belongs to " + tick(written.entity.text) +
            ", whose books may be in another currency",
        written.span, "the entry is here",
        "write `at RATE` with a field that holds the rate into the books of " + tick(written.entity.text));
    return false;
  }
  return true;
}

/// One entry is in one currency: the event's, or that of the books.
bool check_currencies(Context& context, ProgramScope& scope, const syntax::PostBlock& written,
                      const rules::PostBlock& block, const std::vector<bool>& functional) {
  const std::size_t before = context.sink.error_count();
  const auto in_books = static_cast<std::size_t>(std::count(functional.begin(), functional.end(), true));
  for (std::size_t i = 0; i < written.lines.size(); ++i) {
    const syntax::PostingDecl& line = written.lines[i];
    const std::string amount = tick(amount_text(line.amount));
    if (functional[i] && in_books != functional.size())
      context.error(ErrorCode::WrongCurrency, line.amount.span,
                    amount + " is in the currency of the books, and the entry is in the event's currency",
                    "post an amount in the event's currency and add " + tick("worth " + amount_text(line.amount)));
    if (functional[i] && in_books == functional.size() && (line.at || line.worth))
      context.error(ErrorCode::WrongCurrency, line.at ? line.at->span : line.worth->span,
                    amount + " is in the currency of the books already and is not converted",
                    line.at ? "delete `at`" : "delete `worth`");
    if ((functional[i] || line.worth) && !is_own_entity(scope, block.entity))
      context.error(ErrorCode::WrongCurrency, functional[i] ? line.amount.span : line.worth->span,
                    tick(functional[i] ? amount_text(line.amount) : line.worth->text) +
                        " is in the currency of the books of `entity`, and the entry belongs to " +
                        tick(written.entity.text),
                    "post an amount in the event's currency");
  }
  return context.sink.error_count() == before;
}

bool read_difference(Context& context, const syntax::PostBlock& written, rules::PostBlock& block) {
  if (!written.difference) return true;
  block.gain_role = role_of(context, written.difference->first);
  block.loss_role = role_of(context, written.difference->second);
  return block.gain_role && block.loss_role;
}

std::optional<Operand> read_entity(Context& context, ProgramScope& scope, const Word& word) {
  const auto named = scope.resolve(word);
  if (!named) return std::nullopt;
  if (named->is(FieldKind::entity)) return named->operand;
  context.error_with(ErrorCode::WrongType, word.span,
                     tick(word.text) + " is " + named->kind_words() + " where a field with an entity is expected",
                     named->declared, "it is declared here",
                     "write `post in entity`, or name a field of type `entity`");
  return std::nullopt;
}

}  // namespace

std::optional<ResolvedBlock> resolve_block(Context& context, ProgramScope& scope, const syntax::PostBlock& written) {
  ResolvedBlock result;
  rules::PostBlock& block = result.block;
  block.where = written.span.where;
  block.journal = written.journal.text;
  bool sound = true;
  if (written.journal.empty()) {
    context.error(ErrorCode::MissingClause, written.span, "the block names no journal",
                  "write `post in entity, journal SALES`");
    sound = false;
  }
  if (written.lines.empty()) {
    context.error(ErrorCode::MissingClause, written.span, "the block has no debit or credit line",
                  "write the lines below `post in`, or delete it");
    sound = false;
  }
  const auto entity = read_entity(context, scope, written.entity);
  if (entity) block.entity = *entity;
  sound = entity.has_value() && sound;
  sound = read_difference(context, written, block) && sound;
  std::vector<bool> functional;
  bool lines_sound = true;
  for (const syntax::PostingDecl& line : written.lines) {
    PostingLine posting;
    bool in_books = false;
    lines_sound = LineReader(context, scope, block, line).read(posting, in_books) && lines_sound;
    functional.push_back(in_books);
    block.lines.push_back(std::move(posting));
  }
  if (lines_sound && entity)
    sound = check_currencies(context, scope, written, block, functional) &&
            check_rates(context, scope, written, block) && sound;
  if (!sound || !lines_sound) return std::nullopt;
  result.functional = std::all_of(functional.begin(), functional.end(), [](bool one) { return one; });
  return result;
}

}  // namespace glmap::resolve
