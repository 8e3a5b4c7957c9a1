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

class LineReader {
 public:
  LineReader(Context& context, ProgramScope& scope, const rules::PostBlock& block, const syntax::PostingDecl& written,
             AmountsOf of)
      : context_(context), scope_(scope), block_(block), written_(written), of_(of) {}

  /// False after a report. `functional`: in the currency of the books; nothing where that follows from other lines.
  bool read(PostingLine& line, std::optional<bool>& functional) {
    const std::size_t before = context_.sink.error_count();
    line.where = written_.span.where;
    line.side = written_.side.text == "credit" ? Side::credit : Side::debit;
    const auto role = role_of(context_, written_.role);
    const bool amount = read_take(line, functional);
    read_rate(line);
    if (role) {
      line.role = *role;
      read_limit(context_.book().roles[*role], line);
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

  // ---- what the line takes

  bool read_take(PostingLine& line, std::optional<bool>& functional) {
    using Take = syntax::PostingDecl::Take;
    if (written_.take == Take::rest || written_.take == Take::same) {
      line.take = written_.take == Take::rest ? PostingLine::Take::rest : PostingLine::Take::same;
      return is_no_field(written_.take == Take::rest ? "rest" : "same");
    }
    line.take = written_.take == Take::rest_of ? PostingLine::Take::rest_of : PostingLine::Take::amount;
    const auto amount = resolve_amount(context_, scope_, written_.amount, of_);
    if (!amount) return false;
    line.amount = amount->amount;
    functional = amount->functional;
    return true;
  }

  bool is_no_field(const std::string& word) {
    if (of_ == AmountsOf::step || !scope_.is_name(word)) return true;
    context_.error(
        ErrorCode::AmbiguousName, written_.take_span,
        tick(word) + " is a field here and also what the language calls " +
            (word == "rest" ? "what balances the entry" : "the amount of the line above"),
        "write " + tick("event." + word) + " for the field; to keep the word of the language, rename the field");
    return false;
  }

  /// `at most its balance for ...`, `over its open items by ... for ...`: dimensions that every line of the role
  /// carries.
  void read_limit(const Role& role, PostingLine& line) {
    if (!written_.limit) return;
    const syntax::LimitDecl& decl = *written_.limit;
    rules::BalanceLimit limit;
    limit.else_hold = decl.else_hold;
    limit.order = decl.same_amount ? rules::BalanceLimit::Order::same_amount : rules::BalanceLimit::Order::oldest_first;
    std::map<std::string, Span> seen;
    for (const Word& key : decl.keys) {
      const auto [first, added] = seen.emplace(key.text, key.span);
      if (!added)
        context_.error_with(ErrorCode::DuplicateName, key.span, "dimension " + tick(key.text) + " stands twice here",
                            first->second, "the first one", "delete one of them");
      else if (is_needed(role, key))
        limit.keys.push_back(key.text);
    }
    std::sort(limit.keys.begin(), limit.keys.end());
    if (!decl.item.empty() && is_needed(role, decl.item)) {
      limit.item = decl.item.text;
      if (const auto key = seen.find(limit.item); key != seen.end())
        context_.error_with(ErrorCode::DuplicateName, key->second,
                            "the open items are told apart by " + tick(limit.item) + " and looked for by it",
                            decl.item.span, "they are told apart here",
                            "delete it here, or write `, at most its balance for " + limit.item + "`");
    }
    line.limit = std::move(limit);
  }

  bool is_needed(const Role& role, const Word& key) {
    if (std::find(role.needs.begin(), role.needs.end(), key.text) != role.needs.end()) return true;
    if (!context_.accounts_whole) return false;  // its cells may not have been read
    context_.error_with(
        ErrorCode::UnknownName, key.span,
        "the lines of role " + tick(role.name) + " need not carry the dimension " + tick(key.text) +
            ", so the role has no balance by it",
        context_.role_places[line_role(role)], "the role is here",
        role.needs.empty() ? "add " + tick(key.text) + " to the `needs` of the role"
                           : suggest(key.text, role.needs,
                                     "write one of " + choices(role.needs) + ", or add it to the `needs` of the role"));
    return false;
  }

  // ---- rates

  void read_rate(PostingLine& line) {
    line.at_carrying_rate = written_.at_carrying_rate;
    if (written_.at_carrying_rate && !written_.limit)
      context_.error(ErrorCode::WrongType, written_.carrying_span,
                     "`at carrying rate` is the rate of a balance, and this line takes from none",
                     "write `, at most its balance for FIELD` before it, or `at RATE` with a field of the event");
    if (const Word* other = written_.at      ? &*written_.at
                            : written_.worth ? &*written_.worth
                                             : nullptr;
        other != nullptr && written_.at_carrying_rate)
      context_.error_with(ErrorCode::WrongType, other->span,
                          std::string("the line takes the rate of its balance and also states ") +
                              (written_.at ? "a rate" : "what the amount is worth"),
                          written_.carrying_span, "the rate of the balance is taken here", "keep one of them");
    if (written_.worth && (written_.limit || written_.take != syntax::PostingDecl::Take::amount))
      context_.error(ErrorCode::WrongType, written_.worth->span,
                     "`worth` states the value of an amount, and this line may take only a part of it",
                     written_.limit ? "write `at carrying rate` or `at RATE`" : "write `at RATE`, or delete it");
    if (written_.worth && of_ == AmountsOf::step)
      context_.error(ErrorCode::WrongType, written_.worth->span,
                     "`worth` states the value of an amount, and a schedule posts only a part of it at a time",
                     "write `at carrying rate` or `at RATE`, or delete it");
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
                            context_.role_places[line_role(*role)], "the role is here",
                            "delete it here, or from `forbids`");
      if (written_.limit && written_.limit->item.text == with.dimension.text)
        context_.error_with(ErrorCode::WrongType, with.dimension.span,
                            "the line states " + tick(with.dimension.text) + ", which its open items state",
                            written_.limit->item.span, "they are told apart here", "delete one of the two");
      // A value that cannot be read still takes the place, so that the dimension is not reported as missing too.
      line.dimensions.push_back({with.dimension.text, with_value(with).value_or(Operand{})});
    }
  }

  void read_dimensions(const Role& role, PostingLine& line) {
    read_with(&role, line);
    for (const std::string& need : role.needs) {
      // The open items say it themselves.
      if (line.limit && line.limit->item == need) continue;
      const auto stated = std::find_if(line.dimensions.begin(), line.dimensions.end(),
                                       [&](const DimensionSource& source) { return source.name == need; });
      if (stated != line.dimensions.end()) continue;
      if (auto operand = derive_dimension(role, need)) line.dimensions.push_back({need, *operand});
    }
    std::sort(line.dimensions.begin(), line.dimensions.end(),
              [](const DimensionSource& a, const DimensionSource& b) { return a.name < b.name; });
  }

  /// A field or an answer here whose name is close to that of a dimension, and that can be one.
  std::string near_dimension(const std::string& need) {
    std::vector<std::string> candidates;
    for (const std::string& name : scope_.known_names())
      if (const auto field = scope_.find_field(name); !field || can_be_dimension(*field)) candidates.push_back(name);
    return diagnostics::closest(need, candidates);
  }

  std::optional<Operand> derive_dimension(const Role& role, const std::string& need) {
    const Span& role_place = context_.role_places[line_role(role)];
    std::string help = "add the field to the event, or write `with " + need + " VALUE` at the end of the line";
    const auto refuse = [&](const std::string& why) {
      if (!scope_.tell_once("need " + role.name + " " + need)) return;
      context_.error_with(ErrorCode::DimensionNotDerivable, written_.span,
                          "role " + tick(role.name) + " needs the dimension " + tick(need) + ", and " + why, role_place,
                          "the role needs it here", help);
    };
    if (!scope_.is_name(need)) {
      if (scope_.quiet_about(need)) return std::nullopt;
      if (scope_.type().line_index(need) && !scope_.tell_lines()) return std::nullopt;
      if (scope_.type().line_index(need))
        refuse("only the lines of event " + tick(scope_.type().name) +
               " carry it; this rule looks at the event as a whole");
      else {
        if (const std::string near = near_dimension(need); !near.empty())
          help = "did you mean " + tick(near) + "? write `with " + need + " " + near +
                 "` at the end of the line, or name the field " + tick(need) + " in the schema";
        refuse("event " + tick(scope_.type().name) + " has no field " + tick(need) + " and no table answers it");
      }
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
    if (auto inputs = scope_.account_inputs(by_table->table, line, block_.entity, written_.role.span))
      line.account_inputs = std::move(*inputs);
  }

  Context& context_;
  ProgramScope& scope_;
  const rules::PostBlock& block_;
  const syntax::PostingDecl& written_;
  AmountsOf of_;
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
  // Published rates lead to the books of every entity.
  if (const auto& foreign = context.book().foreign_currency; foreign && !foreign->rate_source.empty()) return true;
  for (const syntax::PostingDecl& line : written.lines) {
    if (line.at || line.at_carrying_rate) continue;
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

}  // namespace

std::optional<rules::Operand> read_entity(Context& context, ProgramScope& scope, const Word& word) {
  const auto named = scope.resolve(word);
  if (!named) return std::nullopt;
  if (named->is(FieldKind::entity)) return named->operand;
  context.error_with(ErrorCode::WrongType, word.span,
                     tick(word.text) + " is " + named->kind_words() + " where a field with an entity is expected",
                     named->declared, "it is declared here",
                     "write `post in entity`, or name a field of type `entity`");
  return std::nullopt;
}

bool can_be_dimension(const Named& named) {
  if (named.answer != nullptr) return named.answer->kind == rules::AnswerColumn::Kind::list;
  if (named.field == nullptr) return true;
  const FieldKind kind = named.field->kind;
  return kind != FieldKind::money && kind != FieldKind::money_functional && kind != FieldKind::instant;
}

bool resolve_lines(Context& context, ProgramScope& scope, const syntax::PostBlock& written, AmountsOf of,
                   ResolvedBlock& result) {
  rules::PostBlock& block = result.block;
  block.where = written.span.where;
  block.journal = written.journal.text;
  // What is missing was told by the parser.
  bool sound = !written.journal.empty() && !written.lines.empty();
  sound = read_difference(context, written, block) && sound;
  std::vector<std::optional<bool>> said;
  for (const syntax::PostingDecl& line : written.lines) {
    PostingLine posting;
    std::optional<bool> in_books;
    sound = LineReader(context, scope, block, line, of).read(posting, in_books) && sound;
    said.push_back(posting.take == PostingLine::Take::same && !said.empty() ? said.back() : in_books);
    block.lines.push_back(std::move(posting));
  }
  if (!sound || !link_takes(context, written, block)) return false;
  // What balances the block is in its currency.
  result.functional = std::none_of(said.begin(), said.end(), [](const auto& one) { return one && !*one; }) &&
                      std::any_of(said.begin(), said.end(), [](const auto& one) { return one.has_value(); });
  std::vector<bool> functional;
  for (const std::optional<bool>& one : said) functional.push_back(one.value_or(result.functional));
  return check_currencies(context, scope, written, block, functional) && check_rates(context, scope, written, block);
}

std::optional<ResolvedBlock> resolve_block(Context& context, ProgramScope& scope, const syntax::PostBlock& written) {
  ResolvedBlock result;
  const auto entity = read_entity(context, scope, written.entity);
  if (entity) result.block.entity = *entity;
  const bool sound = resolve_lines(context, scope, written, AmountsOf::event, result);
  if (!sound || !entity) return std::nullopt;
  return result;
}

}  // namespace glmap::resolve
