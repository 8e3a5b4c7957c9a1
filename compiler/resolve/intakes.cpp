// SPDX-License-Identifier: Apache-2.0
// Intakes: kinds of foreign payload to event types, rows to fields. What stands above the kinds is given to each of
// them, so that the book holds every kind whole.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/resolve/intake_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::PayloadField;
using rules::PayloadKind;
using rules::PayloadPath;
using syntax::PayloadKindDecl;
using syntax::PayloadRowDecl;
using Target = PayloadField::Target;

std::optional<Target> envelope_target(std::string_view name) {
  static constexpr std::pair<std::string_view, Target> kTargets[] = {{"event.id", Target::id},
                                                                     {"event.time", Target::time},
                                                                     {"event.revision", Target::revision},
                                                                     {"event.subject", Target::subject}};
  for (const auto& [word, target] : kTargets)
    if (word == name) return target;
  return std::nullopt;
}

class KindReader {
 public:
  KindReader(Context& context, const syntax::IntakeDecl& intake, const PayloadKindDecl& decl, std::uint32_t type)
      : context_(context), intake_(intake), decl_(decl), type_(context.catalog().types[type]), type_index_(type) {}

  void read(PayloadKind& kind, std::set<const PayloadRowDecl*>& used) {
    kind.type = type_index_;
    for (const PayloadRowDecl& row : intake_.rows) {
      if (row.field.empty() || !(envelope_target(row.field.text) || type_.header_index(row.field.text))) continue;
      used.insert(&row);
      header_row(kind, row);
    }
    for (const PayloadRowDecl& row : decl_.rows)
      if (!row.field.empty()) header_row(kind, row);
    // Amounts and days rest on the currency and on the entity.
    std::stable_partition(kind.fields.begin(), kind.fields.end(), [&](const PayloadField& field) {
      return field.target != Target::header || field.field == type_.entity_field || type_.currency_field == field.field;
    });
    if (decl_.lines) lines(kind);
    check_currency(kind);
  }

 private:
  void header_row(PayloadKind& kind, const PayloadRowDecl& row) {
    if (!once(row)) return;
    Target target = Target::header;
    const Field* schema = nullptr;
    std::uint32_t index = 0;
    if (const auto envelope = envelope_target(row.field.text)) {
      target = *envelope;
    } else if (const auto found = type_.header_index(row.field.text)) {
      index = *found;
      schema = &type_.header[index];
    } else {
      return unknown(row, type_.header, "event ");
    }
    auto field = payload_field(context_, row, target, schema, PayloadPath::From::payload);
    if (!field) return;
    field->field = index;
    kind.fields.push_back(std::move(*field));
    spans_.push_back(row.span);
  }

  void lines(PayloadKind& kind) {
    const auto& written = *decl_.lines;
    if (type_.line.empty())
      return context_.error_with(ErrorCode::UnknownField, written.span, "event " + tick(type_.name) + " has no lines",
                                 context_.type_places[type_index_].span, "its schema is here",
                                 "delete `for each line of`, or give the schema line fields");
    kind.lines.emplace();
    kind.lines->path = written.path.steps;
    for (const auto& test : written.where)
      kind.lines->filter.push_back(payload_test(context_, test, PayloadPath::From::line));
    seen_.clear();
    for (const PayloadRowDecl& row : written.rows) {
      if (row.field.empty() || !once(row)) continue;
      const auto index = type_.line_index(row.field.text);
      if (!index) {
        unknown(row, type_.line, "a line of ");
        continue;
      }
      auto field = payload_field(context_, row, Target::line, &type_.line[*index], PayloadPath::From::line);
      if (!field) continue;
      field->field = *index;
      kind.lines->fields.push_back(std::move(*field));
    }
  }

  bool once(const PayloadRowDecl& row) {
    const auto [first, added] = seen_.emplace(row.field.text, row.field.span);
    if (added) return true;
    context_.error_with(ErrorCode::DuplicateName, row.field.span,
                        "field " + tick(row.field.text) + " is given twice to " + tick(type_.name), first->second,
                        "it is given here first", "delete one of the two rows");
    return false;
  }

  void unknown(const PayloadRowDecl& row, const std::vector<Field>& fields, std::string_view what) {
    if (context_.type_places[type_index_].broken) return;
    std::vector<std::string> known;
    for (const Field& field : fields) known.push_back(field.name);
    context_.error_with(
        ErrorCode::UnknownField, row.field.span,
        std::string(what) + tick(type_.name) + " has no field " + tick(row.field.text),
        context_.type_places[type_index_].span, "its schema is here",
        suggest(row.field.text, known, known.empty() ? "the event has no lines" : "the fields are " + choices(known)));
  }

  /// GLM-3008: an amount is nothing without its currency.
  void check_currency(const PayloadKind& kind) {
    const auto gives_currency = [&](const PayloadField& field) {
      return field.target == Target::header && type_.currency_field == field.field;
    };
    if (std::ranges::any_of(kind.fields, gives_currency)) return;
    const auto check = [&](const std::vector<PayloadField>& fields, const std::vector<Field>& schema) {
      for (const PayloadField& field : fields) {
        if ((field.target != Target::header && field.target != Target::line) ||
            schema[field.field].kind != FieldKind::money)
          continue;
        context_.error(ErrorCode::AmountWithoutCurrency, {field.where, 1},
                       "amount " + tick(schema[field.field].name) + " of " + tick(type_.name) +
                           " is read, and its currency is not",
                       type_.currency_field ? "add a row such as `| " + type_.header[*type_.currency_field].name +
                                                  " || currency | code |`"
                                            : "give the event a currency in events.yaml, and a row here");
        return true;
      }
      return false;
    };
    if (!check(kind.fields, type_.header) && kind.lines) check(kind.lines->fields, type_.line);
  }

  Context& context_;
  const syntax::IntakeDecl& intake_;
  const PayloadKindDecl& decl_;
  const EventType& type_;
  std::uint32_t type_index_;
  std::map<std::string, Span> seen_;
  std::vector<Span> spans_;
};

class IntakeReader {
 public:
  IntakeReader(Context& context, const syntax::IntakeDecl& decl) : context_(context), decl_(decl) {}

  rules::Intake read() {
    rules::Intake intake;
    intake.name = decl_.name.text;
    intake.title = decl_.title.text;
    intake.because = decl_.because.text;
    intake.source = decl_.source.text;
    intake.where = decl_.span.where;
    intake.only_because = decl_.only_because.text;
    for (const auto& test : decl_.only_when)
      intake.only_when.push_back(payload_test(context_, test, PayloadPath::From::payload));
    for (const PayloadKindDecl& kind : decl_.kinds) intake.kinds.push_back(read_kind(kind));
    if (decl_.whole && decl_.kinds.empty())
      context_.error(ErrorCode::MissingClause, decl_.span, "the intake describes no payload",
                     "write `when PATH is VALUE gives EVENT` and rows below it");
    check_rows_used();
    check_known_once();
    return intake;
  }

 private:
  PayloadKind read_kind(const PayloadKindDecl& written) {
    PayloadKind kind;
    kind.where = written.span.where;
    kind.each = written.each.steps;
    for (const auto& test : written.when) {
      kind.when.push_back(payload_test(context_, test, PayloadPath::From::payload));
      // The body is the payload: one name for one thing, so that conditions can be compared.
      if (kind.each.empty()) kind.when.back().subject.from = PayloadPath::From::payload;
    }
    for (const auto* paths : {&decl_.known, &written.known})
      for (const syntax::KnownPathDecl& path : *paths)
        kind.known.push_back({payload_path(path.path, PayloadPath::From::payload), path.everything});
    if (written.event.empty()) {
      kind.because = written.because.text;
      return kind;
    }
    if (const auto type = event_type_of(context_, written.event))
      KindReader(context_, decl_, written, *type).read(kind, used_);
    return kind;
  }

  /// A row above the kinds belongs to every kind whose event has the field; one that none has is a slip.
  void check_rows_used() {
    if (!decl_.whole || decl_.kinds.empty()) return;
    for (const PayloadRowDecl& row : decl_.rows) {
      if (row.field.empty() || used_.contains(&row)) continue;
      std::vector<std::string> known{"event.id", "event.time", "event.revision", "event.subject"};
      for (const PayloadKindDecl& kind : decl_.kinds)
        if (const auto type = context_.catalog().type_index(kind.event.text))
          for (const Field& field : context_.catalog().types[*type].header) known.push_back(field.name);
      context_.error(ErrorCode::UnknownField, row.field.span,
                     "no event of this intake has a field " + tick(row.field.text),
                     suggest(row.field.text, known, "delete the row, or write it below the kind it is for"));
    }
  }

  void check_known_once() {
    std::map<std::vector<std::string>, Span> seen;
    const auto check = [&](const std::vector<syntax::KnownPathDecl>& paths, auto& among) {
      for (const syntax::KnownPathDecl& path : paths) {
        const auto [first, added] = among.emplace(path.path.steps, path.path.span);
        if (!added) context_.twice("member", rules::path_text(path.path.steps), path.path.span, first->second);
      }
    };
    check(decl_.known, seen);
    for (const PayloadKindDecl& kind : decl_.kinds) {
      auto among = seen;
      check(kind.known, among);
    }
  }

  Context& context_;
  const syntax::IntakeDecl& decl_;
  std::set<const PayloadRowDecl*> used_;
};

}  // namespace

void resolve_intakes(Context& context) {
  std::map<std::string, Span> seen;
  for (const syntax::IntakeDecl& decl : context.spec.intakes) {
    const auto [first, added] = seen.emplace(decl.name.text, decl.name.span);
    if (!added) context.twice("intake", decl.name.text, decl.name.span, first->second);
    context.book().intakes.push_back(IntakeReader(context, decl).read());
  }
}

}  // namespace glmap::resolve
