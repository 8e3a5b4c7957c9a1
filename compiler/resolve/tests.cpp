// SPDX-License-Identifier: Apache-2.0
// Tests of the book: events as CloudEvents, expectations as values. Names must be right; values may be wrong on
// purpose.
#include <algorithm>
#include <set>

#include "compiler/resolve/context.hpp"
#include "compiler/runtime/rules/payload_reader.hpp"

namespace glmap::resolve {
namespace {

using syntax::TestEvent;
using syntax::TestField;

/// An event of the test as written, with what `again` has replaced: later `again`s build on it.
struct Told {
  const TestEvent* first = nullptr;
  std::vector<TestField> fields;
  std::vector<std::vector<TestField>> lines;
};

/// Fields of the envelope that a schema may leave out.
bool is_envelope(std::string_view name) {
  return name == "occurred_at" || name == "revision";
}

class TestReader {
 public:
  TestReader(Context& context, const ReadFile& read_file) : context_(context), read_file_(read_file) {}

  BookTest read(const syntax::TestDecl& decl) {
    test_.title = decl.title.text;
    test_.span = decl.span;
    for (const syntax::TestStep& step : decl.steps) {
      if (const auto* expectation = std::get_if<syntax::Expectation>(&step)) {
        add_expectation(*expectation);
        continue;
      }
      check_last_event();
      if (const auto* event = std::get_if<TestEvent>(&step)) add_event(*event);
      if (const auto* payload = std::get_if<syntax::TestPayload>(&step)) add_payload(*payload);
      if (const auto* rate = std::get_if<syntax::TestRate>(&step)) add_rate(*rate);
      if (const auto* through = std::get_if<syntax::TestThrough>(&step)) add_through(*through);
    }
    check_last_event();
    return std::move(test_);
  }

 private:
  /// Balances and exceptions say nothing about what the event itself gave.
  static bool is_outcome(const Expectation& expected) {
    return expected.kind != syntax::Expectation::Kind::balance && expected.kind != syntax::Expectation::Kind::exception;
  }

  void check_last_event() {
    if (test_.steps.empty() || test_.steps.back().kind != TestStep::Kind::event) return;
    const TestStep& last = test_.steps.back();
    if (std::none_of(last.expected.begin(), last.expected.end(), is_outcome))
      context_.error(ErrorCode::MissingClause, last.span, "nothing says what this event must give",
                     "add `expect ...`, or `expect no entry`");
  }

  // ---- events

  void add_event(const TestEvent& written) {
    TestStep step;
    step.id = written.id.text;
    ids_.insert(written.id.text);
    step.span = written.span;
    if (const auto type = event_type_of(context_, written.type))
      step.event = to_json(written, *type, told_of(written, *type));
    test_.steps.push_back(std::move(step));
  }

  const Told& told_of(const TestEvent& written, std::uint32_t type) {
    const auto known = told_.find(written.id.text);
    if (!written.again) {
      if (known != told_.end())
        context_.error_with(ErrorCode::DuplicateName, written.id.span,
                            "event " + tick(written.id.text) + " comes a second time", known->second.first->id.span,
                            "it comes here first", "write `again` to send it again, or give it another id");
      Told fresh{&written, {}, written.lines};
      replace(fresh, written, type);
      return told_[written.id.text] = std::move(fresh);
    }
    if (known == told_.end()) {
      context_.error(ErrorCode::UnknownName, written.id.span,
                     "event " + tick(written.id.text) + " is sent again and did not come before in this test",
                     "delete `again`, or write the first event above");
      return told_[written.id.text] = Told{&written, written.fields, written.lines};
    }
    Told& told = known->second;
    if (told.first->type.text != written.type.text)
      context_.error_with(ErrorCode::WrongType, written.type.span,
                          "event " + tick(written.id.text) + " was " + tick(told.first->type.text) + " before",
                          told.first->type.span, "it comes here first", "write the same type");
    if (!written.lines.empty()) told.lines = written.lines;
    replace(told, written, type);
    return told;
  }

  /// Sets fields of the event; with `again`, a name that only lines know is set in the one line there is.
  void replace(Told& told, const TestEvent& written, std::uint32_t type) {
    const EventType& schema = context_.catalog().types[type];
    std::map<std::string, Span> seen;
    for (const TestField& field : written.fields) {
      const auto [first, added] = seen.emplace(field.name.text, field.name.span);
      if (!added) {
        context_.twice("field", field.name.text, field.name.span, first->second);
        continue;
      }
      const bool of_line = written.again && told.lines.size() == 1 && !schema.header_index(field.name.text) &&
                           schema.line_index(field.name.text);
      set(of_line ? told.lines.front() : told.fields, field);
    }
  }

  static void set(std::vector<TestField>& fields, const TestField& field) {
    for (TestField& known : fields)
      if (known.name.text == field.name.text) {
        known = field;
        return;
      }
    fields.push_back(field);
  }

  Json to_json(const TestEvent& written, std::uint32_t type, const Told& told) {
    const EventType& schema = context_.catalog().types[type];
    Json::Object event = {{"specversion", "1.0"}, {"source", "test"}, {"id", written.id.text}, {"type", schema.name}};
    Json::Object data;
    for (const TestField& field : told.fields) {
      const auto index = schema.header_index(field.name.text);
      if (field.name.text == "occurred_at") event.emplace_back("time", field.value.text);
      if (field.name.text == "revision" && !index) event.emplace_back("revision", field.value.text);
      if (index)
        data.emplace_back(field.name.text, value_of(schema.header[*index], field.value));
      else if (!is_envelope(field.name.text))
        unknown_field(type, field.name, schema.header, "event ");
    }
    if (!schema.line.empty() || !told.lines.empty()) data.emplace_back("lines", lines_of(type, told));
    event.emplace_back("data", std::move(data));
    return Json(std::move(event));
  }

  Json lines_of(std::uint32_t type, const Told& told) {
    const EventType& schema = context_.catalog().types[type];
    Json::Array lines;
    for (const auto& fields : told.lines) {
      Json::Object line;
      std::map<std::string, Span> seen;
      for (const TestField& field : fields) {
        const auto [first, added] = seen.emplace(field.name.text, field.name.span);
        if (!added) {
          context_.twice("field", field.name.text, field.name.span, first->second);
        } else if (const auto index = schema.line_index(field.name.text)) {
          line.emplace_back(field.name.text, value_of(schema.line[*index], field.value));
        } else {
          unknown_field(type, field.name, schema.line, "a line of ");
        }
      }
      lines.emplace_back(std::move(line));
    }
    return Json(std::move(lines));
  }

  /// Amounts stay text, so that no digit is lost; only yes and no have a JSON form of their own.
  static Json value_of(const Field& field, const Word& value) {
    if (field.kind == FieldKind::yes_no && (value.text == "yes" || value.text == "no"))
      return Json(value.text == "yes");
    return Json(value.text);
  }

  void unknown_field(std::uint32_t type, const Word& name, const std::vector<Field>& fields, std::string_view what) {
    if (context_.type_places[type].broken) return;
    std::vector<std::string> known;
    for (const Field& field : fields) known.push_back(field.name);
    context_.error_with(
        ErrorCode::UnknownField, name.span,
        std::string(what) + tick(context_.catalog().types[type].name) + " has no field " + tick(name.text),
        context_.type_places[type].span, "its schema is here",
        suggest(name.text, known, known.empty() ? "the event has no lines" : "the fields are " + choices(known)));
  }

  // ---- payloads: read here and now, by the intake as far as the book is sound

  void add_payload(const syntax::TestPayload& written) {
    TestStep step;
    step.span = written.span;
    step.id = written.file.text;
    if (auto event = event_of(written)) {
      step.event = std::move(*event);
      step.id = *step.event.find("id")->as_string();
    }
    test_.steps.push_back(std::move(step));
  }

  std::optional<Json> event_of(const syntax::TestPayload& written) {
    const rules::Intake* intake = context_.book().find_intake(written.intake.text);
    if (intake == nullptr) {
      std::vector<std::string> known;
      for (const rules::Intake& one : context_.book().intakes) known.push_back(one.name);
      context_.error(ErrorCode::UnknownName, written.intake.span, "there is no intake " + tick(written.intake.text),
                     suggest(written.intake.text, known, "write `intake NAME`, and what it reads, in the book"));
      return std::nullopt;
    }
    if (context_.sink.has_errors()) return std::nullopt;
    const std::string path = path_beside(written.span.where.file, written.file.text);
    auto text = read_file_(path);
    if (!text) {
      context_.error(ErrorCode::FileNotReadable, written.file.span, text.error().message, text.error().help);
      return std::nullopt;
    }
    JsonDocument document;
    if (auto status = document.read(*text); !status) {
      context_.error(status.error().code, written.file.span, tick(path) + ": " + status.error().message,
                     status.error().help);
      return std::nullopt;
    }
    std::vector<rules::PayloadResult> results = rules::PayloadReader(context_.book(), *intake).read(document.root());
    if (results.size() != 1) {
      context_.error(ErrorCode::WrongType, written.file.span,
                     tick(path) + " holds " + std::to_string(results.size()) + " payloads, one is expected",
                     "give each payload a file of its own");
      return std::nullopt;
    }
    if (results.front().outcome == rules::PayloadResult::Outcome::event) return std::move(results.front().event);
    const bool refused = results.front().outcome == rules::PayloadResult::Outcome::refused;
    const Error error = refused ? *results.front().error
                                : Error{ErrorCode::WrongType,
                                        "the payload gives no event: " + results.front().because,
                                        "test what gives an event",
                                        {}};
    context_.error(
        error.code, written.file.span,
        tick(path) + ": " + error.message + (error.where.pointer.empty() ? "" : " (at " + error.where.pointer + ")"),
        error.help);
    return std::nullopt;
  }

  // ---- published rates, time

  std::optional<Currency> currency_of(const Word& word) {
    auto currency = Currency::parse(word.text);
    if (currency) return *currency;
    context_.error(ErrorCode::UnknownListValue, word.span, currency.error().message,
                   "write a code of three capitals, such as `USD`");
    return std::nullopt;
  }

  std::optional<Date> date_of(const Word& word) {
    auto date = Date::parse(word.text);
    if (date) return *date;
    context_.error(ErrorCode::BadLiteral, word.span, date.error().message, day_help(word.text));
    return std::nullopt;
  }

  void add_rate(const syntax::TestRate& written) {
    TestStep step;
    step.kind = TestStep::Kind::rate;
    step.span = written.span;
    const auto from = currency_of(written.from);
    const auto to = currency_of(written.to);
    const auto date = date_of(written.date);
    auto rate = Decimal::parse(written.rate.text);
    if (!rate || rate->is_negative() || rate->is_zero())
      context_.error(ErrorCode::BadLiteral, written.rate.span, tick(written.rate.text) + " is not a rate above zero",
                     "write units of the second currency for one of the first, such as `0.95`");
    const auto& foreign = context_.book().foreign_currency;
    if (!foreign || foreign->rate_source != written.source.text)
      context_.error(ErrorCode::UnknownName, written.source.span,
                     "the book takes no rates from " + tick(written.source.text),
                     foreign && !foreign->rate_source.empty()
                         ? "write " + tick(foreign->rate_source)
                         : "state the rate in the event, or write `rate from " + written.source.text +
                               " on DATE_FIELD, at most 3 days old` in `foreign_currency`");
    if (from && to && *from == *to)
      context_.error(ErrorCode::MixedCurrencies, written.to.span, "the rate leads from a currency to itself",
                     "name two currencies");
    if (!from || !to || !date || !rate) return;
    step.rate = {written.source.text, *from, *to, *date, *rate};
    test_.steps.push_back(std::move(step));
  }

  void add_through(const syntax::TestThrough& written) {
    TestStep step;
    step.kind = TestStep::Kind::through;
    step.span = written.span;
    const auto date = date_of(written.date);
    if (date && through_ && *date < *through_)
      context_.error(ErrorCode::BadLiteral, written.date.span,
                     "time went on to " + through_->to_text() + " and does not go back", "write a later day");
    if (date) step.through = *date;
    if (date) through_ = date;
    test_.steps.push_back(std::move(step));
  }

  // ---- expectations

  void add_expectation(const syntax::Expectation& written) {
    using Kind = syntax::Expectation::Kind;
    Expectation expected;
    expected.kind = written.kind;
    expected.span = written.span;
    expected.reason = written.reason.text;
    if (written.kind == Kind::entry) read_entry(written, expected);
    if (written.kind == Kind::balance) read_balance(written, expected);
    // A rate gives nothing, so an expectation behind it speaks about the step above.
    const auto step = std::find_if(test_.steps.rbegin(), test_.steps.rend(),
                                   [](const TestStep& one) { return one.kind != TestStep::Kind::rate; });
    if (step == test_.steps.rend()) {
      context_.error(ErrorCode::MissingClause, written.span, "an expectation stands before any event",
                     "write `event TYPE ID` above it");
      return;
    }
    const auto excludes = [&](const Expectation& other) {
      return is_outcome(other) && (written.kind != Kind::entry || other.kind != Kind::entry);
    };
    const auto other = std::find_if(step->expected.begin(), step->expected.end(), excludes);
    if (step->kind == TestStep::Kind::event && is_outcome(expected) && other != step->expected.end())
      context_.error_with(ErrorCode::DuplicateName, written.span,
                          "two expectations that exclude each other stand at one event", other->span,
                          "the other is here", "delete one of them, or send another event");
    step->expected.push_back(std::move(expected));
  }

  /// Ledger, day and, where it is stated, entity and currency.
  void read_head(const syntax::Expectation& written, Expectation& expected) {
    expected.entity = written.entity.text;
    expected.currency = written.currency.text;
    expected.ledger = written.ledger.empty() ? context_.book().ledgers.front() : written.ledger.text;
    if (!written.ledger.empty() && !context_.ledger_index(written.ledger.text))
      unknown_ledger(context_, written.ledger);
    if (const auto date = date_of(written.date)) expected.date = *date;
  }

  void read_balance(const syntax::Expectation& written, Expectation& expected) {
    read_head(written, expected);
    for (const Word& role : written.roles) {
      role_of(context_, role);
      expected.roles.push_back(role.text);
    }
    if (!written.entity.empty() && !context_.catalog().entity_index(written.entity.text))
      unknown_value(context_, {rules::Domain::Kind::entity}, written.entity);
    const auto currency = currency_of(written.currency);
    if (currency)
      if (const auto amount = money(written.balance, *currency)) expected.balance = amount->decimal();
    for (const TestField& dimension : written.dimensions)
      expected.dimensions.push_back({dimension.name.text, dimension.value.text});
  }

  void read_entry(const syntax::Expectation& written, Expectation& expected) {
    read_head(written, expected);
    expected.journal = written.journal.text;
    expected.storno = written.storno;
    expected.reverses = written.reverses.text;
    if (!written.reverses.empty() && !ids_.contains(written.reverses.text))
      context_.error(ErrorCode::UnknownName, written.reverses.span,
                     "event " + tick(written.reverses.text) + " did not come before in this test",
                     "write the id of the event whose entry is reversed");
    const auto index = context_.catalog().entity_index(written.entity.text);
    if (!index) return unknown_value(context_, {rules::Domain::Kind::entity}, written.entity);
    const LegalEntity& entity = context_.catalog().entities[*index];
    if (entity.functional == Currency()) return;  // told at the entity
    if (written.currency.text != entity.functional.code())
      context_.error_with(ErrorCode::MixedCurrencies, written.currency.span,
                          tick(written.currency.text) + " stands here, and " + entity.code + " keeps its books in " +
                              std::string(entity.functional.code()),
                          context_.entity_places[*index], "the entity is here",
                          "write " + tick(entity.functional.code()));
    for (const syntax::ExpectedLine& line : written.lines) read_line(line, entity, expected);
  }

  std::optional<Money> money(const Word& word, Currency currency) {
    auto number = Decimal::parse(word.text);
    auto amount = number ? Money::from_decimal(*number, currency) : Result<Money>(std::unexpected(number.error()));
    if (amount) return *amount;
    context_.error(ErrorCode::BadLiteral, word.span, amount.error().message,
                   "write the amount with " + std::to_string(currency.digits()) + " decimal places");
    return std::nullopt;
  }

  /// A storno is written with negative amounts on their own sides; entries keep it as a mark and no sign.
  Money unsigned_of(const Money& amount, const Word& word, const Expectation& expected) {
    if (!amount.is_zero() && amount.is_negative() != expected.storno)
      context_.error(ErrorCode::BadLiteral, word.span,
                     expected.storno ? tick(word.text) + " is no amount of a storno, whose lines are negative"
                                     : "a line of an entry is not negative",
                     expected.storno ? "write " + tick("-" + word.text) + ", or delete `storno`"
                                     : "write it on the other side, or `storno` behind the currency of the entry");
    return amount.absolute();
  }

  void read_line(const syntax::ExpectedLine& written, const LegalEntity& entity, Expectation& expected) {
    ExpectedLine line;
    line.span = written.span;
    line.side = written.side.text == "credit" ? Side::credit : Side::debit;
    line.account = written.account.text;
    line.role = written.role.text;
    role_of(context_, written.role);
    if (context_.chart_is_readable(entity) && entity.find_account(line.account) == nullptr)
      context_.error(ErrorCode::UnknownAccount, written.account.span,
                     "account " + tick(line.account) + " is not in the chart of accounts " + tick(entity.chart) +
                         " of " + entity.code,
                     account_help(entity, line.account, {line.role}));
    if (const auto amount = money(written.amount, entity.functional))
      line.functional = unsigned_of(*amount, written.amount, expected);
    if (!written.transaction_currency.empty())
      if (const auto currency = currency_of(written.transaction_currency))
        if (const auto amount = money(written.transaction_amount, *currency))
          line.transaction = unsigned_of(*amount, written.transaction_amount, expected);
    for (const TestField& dimension : written.dimensions)
      line.dimensions.push_back({dimension.name.text, dimension.value.text});
    expected.lines.push_back(std::move(line));
  }

  Context& context_;
  const ReadFile& read_file_;
  BookTest test_;
  std::map<std::string, Told> told_;
  std::set<std::string> ids_;  // of events above, also of those whose type has no schema
  std::optional<Date> through_;
};

}  // namespace

void resolve_tests(Context& context, const ReadFile& read_file) {
  std::map<std::string, Span> titles;
  for (const syntax::TestDecl& decl : context.spec.tests) {
    const auto [first, added] = titles.emplace(decl.title.text, decl.title.span);
    if (!added) context.twice("test", decl.title.text, decl.title.span, first->second);
    context.model.tests.push_back(TestReader(context, read_file).read(decl));
  }
}

}  // namespace glmap::resolve
