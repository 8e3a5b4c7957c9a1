// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/intake_parts.hpp"

#include <algorithm>
#include <span>

namespace glmap::resolve {
namespace {

using rules::PayloadDay;
using rules::PayloadField;
using rules::PayloadPath;
using rules::PayloadReading;
using rules::PayloadTerm;
using syntax::PayloadRowDecl;
using syntax::TermDecl;
using Target = PayloadField::Target;

struct Phrase {
  std::string_view words;
  PayloadReading reading;
};
constexpr Phrase kPhrases[] = {
    {"text", PayloadReading::text},
    {"whole number", PayloadReading::number_text},
    {"code", PayloadReading::code},
    {"code in small letters", PayloadReading::code_lower},
    {"code in capitals", PayloadReading::code_upper},
    {"minor units", PayloadReading::minor_units},
    {"minor units as text", PayloadReading::minor_units_text},
    {"hundredths", PayloadReading::hundredths},
    {"hundredths as text", PayloadReading::hundredths_text},
    {"decimal number", PayloadReading::decimal_number},
    {"decimal text", PayloadReading::decimal_text},
    {"decimal", PayloadReading::decimal},
    {"date", PayloadReading::date},
    {"instant", PayloadReading::instant},
    {"unix seconds", PayloadReading::unix_seconds},
    {"unix milliseconds", PayloadReading::unix_milliseconds},
    {"yes or no", PayloadReading::truth},
    {"yes or no as text", PayloadReading::truth_text},
};

bool is_time(PayloadReading reading) {
  return reading == PayloadReading::instant || reading == PayloadReading::unix_seconds ||
         reading == PayloadReading::unix_milliseconds;
}
bool is_code(PayloadReading reading) {
  return reading == PayloadReading::code || reading == PayloadReading::code_lower ||
         reading == PayloadReading::code_upper;
}
bool is_number(PayloadReading reading) {
  return reading >= PayloadReading::minor_units && reading <= PayloadReading::decimal;
}
bool is_text(PayloadReading reading) {
  return reading == PayloadReading::text || reading == PayloadReading::number_text || is_code(reading);
}

/// Whether a field of that kind may be read so; kind is nullopt for the texts of the envelope.
bool suits(const WrittenReading& written, std::optional<FieldKind> kind, bool is_instant) {
  const PayloadReading reading = written.reading;
  if (is_instant) return is_time(reading) && written.day == PayloadDay::none;
  if (!kind || *kind == FieldKind::text) return is_text(reading) || (kind && reading == PayloadReading::table);
  switch (*kind) {
    case FieldKind::list:
    case FieldKind::entity:
    case FieldKind::currency:
      return is_code(reading) || reading == PayloadReading::table;
    case FieldKind::money:
    case FieldKind::money_functional:
      return is_number(reading);
    case FieldKind::decimal:
      return (is_number(reading) && !(reading == PayloadReading::minor_units) &&
              !(reading == PayloadReading::minor_units_text)) ||
             reading == PayloadReading::table;
    case FieldKind::date:
      return reading == PayloadReading::date || (is_time(reading) && written.day != PayloadDay::none);
    case FieldKind::yes_no:
      return reading == PayloadReading::truth || reading == PayloadReading::truth_text;
    case FieldKind::text:
    case FieldKind::instant:
      break;
  }
  return false;
}

std::string_view help_for(std::optional<FieldKind> kind, bool is_instant) {
  if (is_instant) return "read it as `instant`, `unix seconds` or `unix milliseconds`";
  if (!kind || *kind == FieldKind::text)
    return "read it as `text`, or as `whole number` where the sender writes a number";
  switch (*kind) {
    case FieldKind::list:
    case FieldKind::entity:
      return "read it as `code` when the sender uses our own values, else translate it `by TABLE`";
    case FieldKind::currency:
      return "read it as `code`, or `code in small letters`";
    case FieldKind::money:
    case FieldKind::money_functional:
      return "read it as `minor units`, `hundredths`, `decimal text` or `decimal number`, as the sender writes it";
    case FieldKind::decimal:
      return "read it as `decimal text`, `decimal number` or `decimal`";
    case FieldKind::date:
      return "read it as `date`; which day an instant belongs to is said by `instant in zone of entity`, `unix seconds "
             "in "
             "zone of entity`, `in zone \"Europe/Berlin\"` or `instant as written`";
    case FieldKind::yes_no:
      return "read it as `yes or no`, or `yes or no as text`";
    case FieldKind::text:
    case FieldKind::instant:
      break;
  }
  return "";
}

class FieldReader {
 public:
  FieldReader(Context& context, const PayloadRowDecl& row, Target target, const Field* schema, PayloadPath::From start)
      : context_(context), row_(row), schema_(schema), start_(start) {
    field_.target = target;
    field_.where = row.span.where;
    is_instant_ = target == Target::time || (schema != nullptr && schema->kind == FieldKind::instant);
    if (schema != nullptr) kind_ = schema->kind;
  }

  std::optional<PayloadField> read() {
    auto written = written_reading(context_, row_);
    if (!written) return std::nullopt;
    field_.reading = written->reading;
    field_.day = written->day;
    field_.zone = written->zone;
    field_.may_be_absent = written->may_be_absent;
    field_.joined = row_.joined;
    for (const TermDecl& term : row_.terms)
      if (!add_term(term)) return std::nullopt;
    if (written->reading == PayloadReading::constant) return constant();
    if (!suits(*written, kind_, is_instant_)) {
      refuse(row_.reading_span,
             "field " + tick(row_.field.text) + " is of type " + what() + " and cannot be read as " +
                 tick(row_.readings.front().text),
             std::string(help_for(kind_, is_instant_)));
      return std::nullopt;
    }
    if (written->table) return by_table(*written->table);
    return composed();
  }

 private:
  std::string what() const {
    if (is_instant_) return "instant";
    return kind_ ? std::string(to_text(*kind_)) : std::string("text");
  }
  void refuse(const Span& span, std::string message, std::string help) {
    context_.error(ErrorCode::ReadingDoesNotFit, span, std::move(message), std::move(help));
  }

  bool add_term(const TermDecl& written) {
    PayloadTerm term;
    term.negative = written.negative;
    term.take = static_cast<PayloadTerm::Take>(written.take);
    if (written.path.empty()) {
      term.is_constant = true;
      term.constant = written.constant.text;
      field_.terms.push_back(std::move(term));
      return true;
    }
    if (written.list.empty()) {
      term.path = payload_path(written.path, start_);
    } else {
      if (written.take == TermDecl::Take::one) {
        context_.error(ErrorCode::BadCell, written.span, "nothing says which element of the list is meant",
                       "write `first`, `only` or `sum of` before the path");
        return false;
      }
      term.path.steps = written.path.steps;
      term.list = payload_path(written.list, start_);
      if (written.where) term.filter = payload_test(context_, *written.where, PayloadPath::From::payload);
    }
    field_.terms.push_back(std::move(term));
    return true;
  }

  /// A fixed text: what the schema makes of it is decided now.
  std::optional<PayloadField> constant() {
    const TermDecl& term = row_.terms.front();
    if (row_.terms.size() != 1 || !field_.terms.front().is_constant) {
      refuse(row_.terms_span, "nothing says how field " + tick(row_.field.text) + " is read",
             std::string(help_for(kind_, is_instant_)));
      return std::nullopt;
    }
    const std::string& text = term.constant.text;
    bool good = !text.empty();
    std::string help = "write a text";
    if (is_instant_) {
      good = false;
      help = "name the member of the payload that says when it happened";
    } else if (kind_) {
      good = good && is_value(text, help);
    }
    if (!good) {
      context_.error(ErrorCode::UnknownListValue, term.span,
                     tick(text) + " is no value of field " + tick(row_.field.text) + ", which is of type " + what(),
                     help);
      return std::nullopt;
    }
    if (kind_ == FieldKind::yes_no) field_.terms.front().constant = text;
    return field_;
  }

  bool is_value(const std::string& text, std::string& help) const {
    switch (*kind_) {
      case FieldKind::text:
        return true;
      case FieldKind::list:
        help = suggest(text, context_.catalog().lists[schema_->list].values,
                       "the values are " + choices(context_.catalog().lists[schema_->list].values));
        return context_.catalog().lists[schema_->list].code_of(text).has_value();
      case FieldKind::entity:
        help = suggest(text, context_.entity_codes(), "the entities are " + choices(context_.entity_codes()));
        return context_.catalog().entity_index(text).has_value();
      case FieldKind::currency:
        help = "write a code of three capitals, such as `USD`";
        return Currency::parse(text).has_value();
      case FieldKind::money:
      case FieldKind::money_functional:
      case FieldKind::decimal:
        help = "write a number such as `0.00`";
        return Decimal::parse(text).has_value();
      case FieldKind::date:
        help = "write a day as YYYY-MM-DD";
        return Date::parse(text).has_value();
      case FieldKind::yes_no:
        help = "write \"yes\" or \"no\"";
        return text == "yes" || text == "no";
      case FieldKind::instant:
        break;
    }
    return false;
  }

  std::optional<PayloadField> composed() {
    const bool number = is_number(field_.reading);
    const bool several = field_.terms.size() > 1;
    const bool any_constant = std::ranges::any_of(field_.terms, &PayloadTerm::is_constant);
    const bool sums = std::ranges::any_of(
        field_.terms, [](const PayloadTerm& term) { return term.negative || term.take == PayloadTerm::Take::sum; });
    if (number && (field_.joined || any_constant)) {
      refuse(row_.terms_span, "amounts are added up, and this cell joins texts",
             "write `+` or `-` between paths that hold numbers");
      return std::nullopt;
    }
    const bool joins = field_.reading == PayloadReading::text || field_.reading == PayloadReading::number_text;
    if (!number &&
        (sums || (several && !field_.joined) || (several && !(joins && (!kind_ || kind_ == FieldKind::text))))) {
      refuse(row_.terms_span,
             "field " + tick(row_.field.text) + " is of type " + what() + ", which is not made of several members",
             "name one member; texts are joined by commas, amounts are added by `+` and `-`");
      return std::nullopt;
    }
    if (any_constant && !several) {
      refuse(row_.reading_span, "a fixed text is not read as anything", "leave the last cell blank");
      return std::nullopt;
    }
    return field_;
  }

  // ---- by TABLE

  std::optional<PayloadField> by_table(const Word& name) {
    const auto index = context_.table_index(name.text);
    if (!index) {
      unknown_table(context_, name);
      return std::nullopt;
    }
    if (context_.table_broken[*index]) return std::nullopt;
    const rules::Table& table = context_.book().tables[*index];
    field_.table = *index;
    if (!inputs_fit(table) || !answer_fits(table)) return std::nullopt;
    return field_;
  }

  bool inputs_fit(const rules::Table& table) {
    const auto dated = [](const rules::TableRow& row) { return row.from || row.until; };
    if (std::any_of(table.rows.begin(), table.rows.end(), dated)) {
      refuse(row_.reading_span, "table " + tick(table.name) + " has rows for some days only",
             "translate codes by a table without `from` and `until`, and date what the rules ask");
      return false;
    }
    if (field_.terms.size() != table.columns.size() || (field_.terms.size() > 1 && !field_.joined)) {
      refuse(row_.terms_span,
             "table " + tick(table.name) + " asks for " + std::to_string(table.columns.size()) +
                 (table.columns.size() == 1 ? " value, and " : " values, and ") + std::to_string(field_.terms.size()) +
                 " stand here",
             "write a path for each of its columns, in their order, with commas between them");
      return false;
    }
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const PayloadTerm& term = field_.terms[c];
      const rules::Domain& domain = table.columns[c].domain;
      if (domain.kind == rules::Domain::Kind::role || term.take == PayloadTerm::Take::sum || term.negative) {
        refuse(row_.terms[c].span,
               "column " + tick(table.columns[c].name) + " of table " + tick(table.name) + " cannot be asked so",
               "name the member that holds the code");
        return false;
      }
      if (term.is_constant && !domain_code(context_.book(), domain, term.constant)) {
        unknown_value(context_, domain, row_.terms[c].constant);
        return false;
      }
    }
    return true;
  }

  bool answer_fits(const rules::Table& table) {
    using Kind = rules::AnswerColumn::Kind;
    std::optional<std::uint32_t> answer;
    for (std::uint32_t a = 0; a < table.answers.size(); ++a)
      if (table.answers.size() == 1 || table.answers[a].name == row_.field.text) answer = a;
    const bool decimal = kind_ == FieldKind::decimal;
    if (!answer || table.answers[*answer].kind != (decimal ? Kind::decimal : Kind::list)) {
      refuse(row_.reading_span, "table " + tick(table.name) + " does not answer with values of type " + what(),
             answer ? "translate by a table that answers with values of a list"
                    : "name an answer of the table " + tick(row_.field.text));
      return false;
    }
    field_.answer = *answer;
    return decimal || answers_are_values(table, *answer);
  }

  bool answers_are_values(const rules::Table& table, std::uint32_t answer) {
    const auto& values = context_.catalog().lists[table.answers[answer].list].values;
    for (const rules::TableRow& row : table.rows) {
      if (row.impossible || row.answers.size() <= answer) continue;
      const rules::ValueSet& set = row.answers[answer].values;
      if (set.any || set.values.size() != 1) {
        context_.error_with(ErrorCode::ReadingDoesNotFit, row_.reading_span,
                            "table " + tick(table.name) + " has a row with several answers", {row.where, 1},
                            "the row is here", "translate by a table whose rows have one answer");
        return false;
      }
      std::string help;
      if (is_value(values[set.values.front()], help)) continue;
      context_.error_with(ErrorCode::ReadingDoesNotFit, row_.reading_span,
                          "table " + tick(table.name) + " answers " + tick(values[set.values.front()]) +
                              ", which is no value of field " + tick(row_.field.text),
                          {row.where, 1}, "the row is here", help);
      return false;
    }
    return true;
  }

  Context& context_;
  const PayloadRowDecl& row_;
  const Field* schema_;
  PayloadPath::From start_;
  PayloadField field_;
  bool is_instant_ = false;
  std::optional<FieldKind> kind_;
};

/// `X in zone of entity`, `X in zone "Europe/Berlin"`, `instant as written`: what stands behind X.
bool read_day(Context& context, const Word& word, std::string& phrase, WrittenReading& result) {
  if (phrase.ends_with(" in zone of entity")) {
    result.day = PayloadDay::zone_of_entity;
    phrase.resize(phrase.size() - 18);
  } else if (phrase == "instant as written") {
    result.day = PayloadDay::as_written;
    phrase = "instant";
  } else if (const std::size_t at = phrase.find(" in zone \""); at != std::string::npos && phrase.ends_with('"')) {
    result.day = PayloadDay::zone;
    result.zone = phrase.substr(at + 10, phrase.size() - at - 11);
    phrase.resize(at);
    if (!zone_exists(result.zone)) {
      context.error(ErrorCode::UnknownName, word.span, "there is no time zone " + tick(result.zone),
                    "write a name of the IANA data base, such as \"Europe/Berlin\"");
      return false;
    }
  }
  return true;
}

}  // namespace

PayloadPath payload_path(const syntax::PathDecl& written, PayloadPath::From start) {
  PayloadPath path{start, written.steps};
  if (path.steps.size() < 2) return path;
  if (path.steps.front() == "body") {
    path.from = PayloadPath::From::body;
  } else if (path.steps.front() == "payload") {
    path.from = PayloadPath::From::payload;
  } else {
    return path;
  }
  path.steps.erase(path.steps.begin());
  return path;
}

rules::PayloadTest payload_test(Context& context, const syntax::PayloadTestDecl& written, PayloadPath::From start) {
  rules::PayloadTest test;
  test.subject = payload_path(written.subject, start);
  test.negated = written.negated;
  test.where = written.span.where;
  if (written.values.size() == 1 && !written.values.front().quoted && written.values.front().text == "given") {
    test.given = true;
    return test;
  }
  for (const Word& word : written.values) {
    const bool truth = !word.quoted && (word.text == "yes" || word.text == "no");
    rules::PayloadValue value{truth, truth ? (word.text == "yes" ? "true" : "false") : word.text};
    if (std::ranges::find(test.values, value) != test.values.end())
      context.error(ErrorCode::DuplicateName, word.span, "value " + tick(word.text) + " stands twice here",
                    "delete one of them");
    test.values.push_back(std::move(value));
  }
  std::sort(test.values.begin(), test.values.end());
  return test;
}

std::optional<WrittenReading> written_reading(Context& context, const PayloadRowDecl& row) {
  WrittenReading result;
  std::span<const Word> phrases(row.readings);
  if (!phrases.empty() && phrases.back().text == "may be absent") {
    result.may_be_absent = true;
    phrases = phrases.first(phrases.size() - 1);
  }
  if (phrases.empty() && !result.may_be_absent) return result;
  if (phrases.size() == 1) {
    const Word& word = phrases.front();
    std::string phrase = word.text;
    if (!read_day(context, word, phrase, result)) return std::nullopt;
    if (phrase.starts_with("by ") && phrase.find(' ', 3) == std::string::npos && result.day == PayloadDay::none) {
      result.reading = PayloadReading::table;
      result.table = Word{phrase.substr(3), word.span};
      return result;
    }
    for (const Phrase& known : kPhrases) {
      if (known.words != phrase || (result.day != PayloadDay::none && !is_time(known.reading))) continue;
      result.reading = known.reading;
      return result;
    }
  }
  std::vector<std::string> known;
  for (const Phrase& one : kPhrases) known.emplace_back(one.words);
  const std::string& seen = phrases.empty() ? row.readings.front().text : phrases.back().text;
  context.error(ErrorCode::BadCell, row.reading_span, "`" + seen + "` does not say how a value is read",
                suggest(seen, known, "write " + choices(known) + ", or `by TABLE`; `, may be absent` may follow"));
  return std::nullopt;
}

std::optional<PayloadField> payload_field(Context& context, const PayloadRowDecl& row, Target target,
                                          const Field* schema, PayloadPath::From start) {
  return FieldReader(context, row, target, schema, start).read();
}

}  // namespace glmap::resolve
