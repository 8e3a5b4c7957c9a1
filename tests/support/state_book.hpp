// SPDX-License-Identifier: Apache-2.0
// A book that keeps state, put together in memory as resolve would: balances and open items, revenue schedules,
// reversals, agents, wallets, in three entities. And a run over it whose entries are read as short lines of text. The
// policies follow the domain catalogue (ramp, prepayment, cash application, storno); not an example for finance.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "compiler/runtime/rules/book_run.hpp"

namespace glmap::testing {

/// Writes posting lines the way a book reads.
struct LineWriter {
  rules::PostingLine line;

  LineWriter& at_most(std::vector<std::string> keys, bool else_hold = false) {
    line.limit = rules::BalanceLimit{std::move(keys), else_hold, {}, {}};
    return *this;
  }
  LineWriter& over_items(std::string item, std::vector<std::string> keys,
                         rules::BalanceLimit::Order order = rules::BalanceLimit::Order::oldest_first) {
    line.limit = rules::BalanceLimit{std::move(keys), false, std::move(item), order};
    return *this;
  }
  LineWriter& at_carrying_rate() {
    line.at_carrying_rate = true;
    return *this;
  }
  LineWriter& rest_of(std::vector<std::uint32_t> after) {
    line.take = rules::PostingLine::Take::rest_of;
    line.after = std::move(after);
    return *this;
  }
  LineWriter& rest() {
    line.take = rules::PostingLine::Take::rest;
    return *this;
  }
  LineWriter& same(std::uint32_t as) {
    line.take = rules::PostingLine::Take::same;
    line.after = {as};
    return *this;
  }
};

class StateBook {
 public:
  StateBook() {
    book.ledgers = {"accrual"};
    book.calendars = {*FiscalCalendar::months("months", *Date::from_ymd(2026, 1, 1), *Date::from_ymd(2029, 12, 31))};
    book.posting_date_fields = {"document_date", "occurred_at"};
    book.catalog.lists = {{"treatment", {"ratable", "delivery", "usage", "wallet"}, {}}};
    entity("US", "USD", "America/New_York", ReversalStyle::swap);
    entity("DE", "EUR", "Europe/Berlin", ReversalStyle::swap);
    entity("PL", "PLN", "Europe/Warsaw", ReversalStyle::storno);
  }

  rules::RuleBook book;

  void entity(const char* code, const char* currency, const char* zone, ReversalStyle style) {
    LegalEntity made;
    made.code = code;
    made.functional = *Currency::parse(currency);
    made.zone = zone;
    made.calendar = "months";
    made.reversal = style;
    book.catalog.entities.push_back(std::move(made));
  }

  std::uint32_t role(const std::string& name, std::vector<std::string> needs = {}) {
    rules::Role made;
    made.name = name;
    std::sort(needs.begin(), needs.end());
    made.needs = std::move(needs);
    for (std::size_t i = 0; i < book.catalog.entities.size(); ++i)
      made.by_entity.push_back({rules::RoleAccount::Kind::fixed, "A-" + name, 0});
    book.roles.push_back(std::move(made));
    return static_cast<std::uint32_t>(book.roles.size() - 1);
  }

  static Field field(const std::string& name, FieldKind kind, bool required = true) {
    Field made;
    made.name = name;
    made.kind = kind;
    made.required = required;
    return made;
  }

  /// Every type has entity, currency, document_date and an optional rate in front of its own fields.
  std::uint32_t event(const std::string& name, const std::string& object, std::vector<Field> own,
                      std::vector<Field> line = {}) {
    EventType type;
    type.name = type.title = name;
    type.object = object;
    type.header = {field("entity", FieldKind::entity), field("currency", FieldKind::currency),
                   field("document_date", FieldKind::date), field("rate", FieldKind::decimal, false)};
    type.header.insert(type.header.end(), own.begin(), own.end());
    type.line = std::move(line);
    type.currency_field = 1;
    book.catalog.types.push_back(std::move(type));
    return static_cast<std::uint32_t>(book.catalog.types.size() - 1);
  }

  rules::EventProgram& program(std::uint32_t type, bool each_line, std::uint32_t ledger = 0) {
    for (rules::EventProgram& known : book.programs)
      if (known.type == type && known.ledger == ledger) return known;
    rules::EventProgram made;
    made.type = type;
    made.ledger = ledger;
    made.each_line = each_line;
    const auto at = std::upper_bound(book.programs.begin(), book.programs.end(), made,
                                     [](const rules::EventProgram& a, const rules::EventProgram& b) {
                                       return std::pair(a.type, a.ledger) < std::pair(b.type, b.ledger);
                                     });
    return *book.programs.insert(at, std::move(made));
  }

  /// "line.net" or "amount".
  rules::Operand operand(std::uint32_t type, std::string name) const {
    const EventType& of = book.catalog.types[type];
    rules::Operand made;
    if (name == "step") {
      made.kind = rules::Operand::Kind::step;
    } else if (name.starts_with("line.")) {
      made.kind = rules::Operand::Kind::line;
      made.index = of.line_index(name.substr(5)).value();
    } else {
      made.index = of.header_index(name).value();
    }
    return made;
  }

  rules::DimensionSource dimension(std::uint32_t type, const std::string& name) const {
    const EventType& of = book.catalog.types[type];
    return {name, operand(type, of.header_index(name) ? name : "line." + name)};
  }

  LineWriter line(std::uint32_t type, Side side, const std::string& role_name, const std::string& amount = {}) const {
    LineWriter writer;
    writer.line.side = side;
    const auto found = std::ranges::find(book.roles, role_name, &rules::Role::name);
    writer.line.role = static_cast<std::uint32_t>(found - book.roles.begin());
    if (!amount.empty()) {
      rules::AmountStep step;
      step.operand = operand(type, amount);
      writer.line.amount = {{step}, amount};
    }
    for (const std::string& need : found->needs) {
      const EventType& of = book.catalog.types[type];
      if (of.header_index(need) || of.line_index(need)) writer.line.dimensions.push_back(dimension(type, need));
    }
    return writer;
  }
  LineWriter debit(std::uint32_t type, const std::string& role_name, const std::string& amount = {}) const {
    return line(type, Side::debit, role_name, amount);
  }
  LineWriter credit(std::uint32_t type, const std::string& role_name, const std::string& amount = {}) const {
    return line(type, Side::credit, role_name, amount);
  }

  rules::PostBlock block(std::uint32_t type, const std::string& journal, const std::vector<LineWriter>& lines,
                         const std::string& entity_field = "entity") {
    rules::PostBlock made;
    made.entity = operand(type, entity_field);
    made.journal = journal;
    for (const LineWriter& writer : lines) {
      made.lines.push_back(writer.line);
      made.lines.back().where = {"book.glmap", ++line_number_, 3, {}};
    }
    return made;
  }

  rules::Rule& rule(rules::EventProgram& into, const std::string& name, std::vector<rules::PostBlock> blocks = {}) {
    rules::Rule made;
    made.name = name;
    made.where = {"book.glmap", ++line_number_, 1, {}};
    made.blocks = std::move(blocks);
    into.rules.push_back(std::move(made));
    return into.rules.back();
  }

  rules::Condition treatment_is(std::uint32_t type, std::uint32_t value) const {
    rules::Condition made;
    made.subject = operand(type, "line.treatment");
    made.domain = {rules::Domain::Kind::list, 0};
    made.values = {false, {value}};
    return made;
  }

 private:
  std::uint32_t line_number_ = 0;
};

/// One line an entry: "US SALES 2026-01-01: Dr receivable 4800.00, Cr deferred_revenue 4800.00 contract K2 ...".
/// In functional currency; the document's amount in parentheses where its currency is another.
inline std::string in_short(const JournalEntry& entry) {
  const JournalEntryDraft& data = entry.data();
  std::string text = data.entity + " " + data.journal + " " + data.posting_date.to_text();
  if (data.storno) text += " storno";
  const char* between = ": ";
  for (const JournalLine& line : data.lines) {
    text += between + std::string(line.side == Side::debit ? "Dr " : "Cr ") + line.role + " " +
            line.functional.amount_text();
    if (data.currency != data.functional) text += " (" + line.transaction.amount_text() + ")";
    between = ", ";
  }
  return text;
}

/// A run whose events are written as JSON members and whose entries are kept.
class StateRun {
 public:
  explicit StateRun(const rules::RuleBook& book)
      : evaluator_(std::make_shared<const rules::RuleBook>(book), "sha256:test"), run_(evaluator_) {}

  /// Everything that happened, in short: entries as in_short, "held GLM-7018", "no entry", "waiting".
  std::vector<std::string> event(const std::string& type, const std::string& id, const std::string& members,
                                 const std::string& time = {}) {
    return kept(run_.take(decoded(type, id, members, time)));
  }
  std::vector<std::string> through(const char* day) { return kept(run_.through(*Date::parse(day))); }
  void rate(const char* source, const char* from, const char* to, const char* rate, const char* day) {
    run_.publish({source, *Currency::parse(from), *Currency::parse(to), *Date::parse(day), *Decimal::parse(rate)});
  }

  std::shared_ptr<const BillingEvent> decoded(const std::string& type, const std::string& id,
                                              const std::string& members, const std::string& time = {}) const {
    auto json = parse_json(R"({"specversion":"1.0","source":"test","id":")" + id + R"(","type":")" + type + "\"" +
                           (time.empty() ? "" : R"(,"time":")" + time + "\"") + ",\"data\":{" + members + "}}");
    if (!json) throw std::logic_error(json.error().to_text());
    auto event = decode_event(evaluator_.book().catalog, *json);
    if (!event) throw std::logic_error(event.error().to_text());
    return std::make_shared<const BillingEvent>(std::move(*event));
  }

  /// Debit positive, functional, of the lines with these dimensions that are posted on or before `day`.
  std::string balance(const std::string& role, const std::vector<Dimension>& dimensions = {},
                      const char* day = "2999-12-31") const {
    Int128 minor = 0;
    Currency currency;
    for (const JournalEntry& entry : entries_)
      for (const JournalLine& line : entry.lines()) {
        const auto has = [&](const Dimension& one) {
          return std::find(line.dimensions.begin(), line.dimensions.end(), one) != line.dimensions.end();
        };
        if (line.role != role || entry.data().posting_date > *Date::parse(day) ||
            !std::all_of(dimensions.begin(), dimensions.end(), has))
          continue;
        currency = line.functional.currency();
        minor += (line.side == Side::debit) == entry.data().storno ? -line.functional.minor() : line.functional.minor();
      }
    return Money::from_minor(minor, currency).amount_text();
  }

  const std::vector<JournalEntry>& entries() const { return entries_; }
  const std::vector<std::string>& reasons() const { return reasons_; }
  const rules::BookRun& run() const { return run_; }
  const rules::Evaluator& evaluator() const { return evaluator_; }

 private:
  std::vector<std::string> kept(const std::vector<rules::Step>& steps) {
    std::vector<std::string> told;
    for (const rules::Step& step : steps) {
      if (const auto* made = std::get_if<std::vector<JournalEntry>>(&step.outcome)) {
        for (const JournalEntry& entry : *made) told.push_back(in_short(entry));
        entries_.insert(entries_.end(), made->begin(), made->end());
      } else if (const auto* held = std::get_if<rules::Held>(&step.outcome)) {
        const bool missed = step.cause == rules::Step::Cause::missed;
        told.push_back((missed ? "exception " : "held ") + code_text(held->reason.code));
        reasons_.push_back(held->reason.message);
      } else if (const auto* waiting = std::get_if<rules::Waiting>(&step.outcome)) {
        told.push_back("waiting for " + waiting->missing);
      } else {
        told.push_back("no entry");
      }
    }
    return told;
  }

  rules::Evaluator evaluator_;
  rules::BookRun run_;
  std::vector<JournalEntry> entries_;
  std::vector<std::string> reasons_;
};

}  // namespace glmap::testing
