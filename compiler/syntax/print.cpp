// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/parse.hpp"
#include "compiler/syntax/print_intake.hpp"

namespace glmap::syntax {
namespace {

std::string text_of(const Word& word) {
  if (!word.quoted) return word.text;
  std::string result = "\"";
  for (char c : word.text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string joined(const std::vector<Word>& words) {
  std::string result;
  for (const Word& word : words) result += (result.empty() ? "" : ", ") + text_of(word);
  return result;
}

std::string with_blank(const Word& word) {
  return word.empty() && !word.quoted ? "" : " " + text_of(word);
}

std::string cell_text(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::blank:
      return "";
    case Cell::Kind::any:
      return "any";
    case Cell::Kind::not_used:
      return "-";
    case Cell::Kind::values:
      return joined(cell.values);
    case Cell::Kind::range:
      return text_of(cell.values.at(0)) + ".." + text_of(cell.values.at(1));
    case Cell::Kind::by_table:
      return "by " + text_of(cell.values.at(0));
  }
  GLMAP_ASSERT(false);
}

std::string cells_text(const std::vector<Cell>& cells) {
  std::string result;
  for (std::size_t index = 0; index < cells.size(); ++index)
    result += (index == 0 ? "" : " | ") + cell_text(cells[index]);
  return result;
}

std::string amount_text(const AmountExpr& amount, std::uint32_t index) {
  if (index >= amount.nodes.size()) return "?";
  const AmountNode& node = amount.nodes[index];
  const auto left = [&] { return amount_text(amount, node.left); };
  const auto right = [&] { return amount_text(amount, node.right); };
  switch (node.kind) {
    case AmountNode::Kind::name:
      return text_of(node.word);
    case AmountNode::Kind::number:
      return "#" + node.word.text;
    case AmountNode::Kind::add:
      return "(add " + left() + " " + right() + ")";
    case AmountNode::Kind::subtract:
      return "(subtract " + left() + " " + right() + ")";
    case AmountNode::Kind::multiply:
      return "(multiply " + left() + " " + right() + ")";
    case AmountNode::Kind::negate:
      return "(negate " + left() + ")";
    case AmountNode::Kind::percent_of:
      return "(percent " + node.word.text + " of " + left() + ")";
    case AmountNode::Kind::rounded:
      return "(rounded " + node.word.text + " " + left() + ")";
    case AmountNode::Kind::share:
      return "(share by " + node.word.text + " of " + left() + ")";
  }
  GLMAP_ASSERT(false);
}

class Printer {
 public:
  std::string run(const Spec& spec) {
    if (spec.mapping) mapping(*spec.mapping);
    for (const ReferenceDecl& one : spec.references) line(0, "reference " + one.kind.text + with_blank(one.path));
    for (const ListDecl& one : spec.lists) line(0, "list " + text_of(one.name) + " is " + joined(one.values));
    for (const TableDecl& one : spec.tables) table(one);
    if (spec.accounts) accounts(*spec.accounts);
    if (spec.dates) dates(*spec.dates);
    if (spec.foreign_currency) foreign_currency(*spec.foreign_currency);
    policies(spec);
    for (const RuleDecl& one : spec.rules) rule(one);
    for (const IntakeDecl& one : spec.intakes) out_ += print_intake(one);
    for (const TestDecl& one : spec.tests) test(one);
    return std::move(out_);
  }

 private:
  void line(int level, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(level) * 2, ' ') + text + "\n";
  }

  void mapping(const MappingDecl& mapping) {
    line(0, "mapping" + with_blank(mapping.name) + with_blank(mapping.title));
    for (const Property& property : mapping.properties) line(1, property.key.text + " " + joined(property.values));
  }

  void table(const TableDecl& table) {
    line(0, "table" + with_blank(table.name) + with_blank(table.title));
    if (!table.asked.empty()) line(1, "columns " + joined(table.asked) + " || " + joined(table.answered));
    if (!table.csv.empty()) line(1, "rows from" + with_blank(table.csv));
    for (const TableRow& row : table.rows) {
      if (row.impossible) {
        line(1, "impossible " + cells_text(row.asked) + " because" + with_blank(row.because));
      } else {
        line(1, "row " + cells_text(row.asked) + " || " + cells_text(row.answered));
      }
    }
    if (table.remaining) {
      line(1, "remaining " + std::to_string(table.remaining->count) + " impossible because" +
                  with_blank(table.remaining->because));
    }
  }

  void accounts(const AccountsDecl& accounts) {
    line(0, "accounts");
    line(1, "columns " + joined(accounts.columns));
    for (const auto& row : accounts.rows) line(1, "row " + cells_text(row));
  }

  void dates(const DatesDecl& dates) {
    line(0, "dates");
    line(1, "posting date is " + joined(dates.posting_date));
    if (dates.closed) line(1, "closed " + dates.closed->text);
    if (!dates.soft_closed_allow.empty()) line(1, "soft_closed allow " + joined(dates.soft_closed_allow));
  }

  void foreign_currency(const ForeignCurrencyDecl& decl) {
    line(0, "foreign_currency");
    if (decl.rate_source.empty()) {
      line(1, "rate is" + with_blank(decl.rate));
    } else {
      line(1, "rate from" + with_blank(decl.rate_source) + " on" + with_blank(decl.rate_date) + ", at most" +
                  with_blank(decl.rate_age_days_max) + " days old");
    }
    if (!decl.rounding_role.empty()) {
      line(1, "rounding to" + with_blank(decl.rounding_role) +
                  (decl.cap_per_line.empty() ? "" : ", at most " + decl.cap_per_line.text));
    }
    if (!decl.never_in.empty()) line(1, "never in " + joined(decl.never_in));
    if (!decl.mode.empty()) line(1, "round " + decl.mode.text);
  }

  void policies(const Spec& spec) {
    for (const OrderDecl& one : spec.order) {
      line(0, "order" + with_blank(one.event) + " needs" + with_blank(one.needs) + " by" + with_blank(one.by) +
                  ", wait" + with_blank(one.wait) + with_blank(one.unit) + ", else hold for" + with_blank(one.owner));
    }
    for (const ExpectationDecl& one : spec.expectations) {
      line(0, "expectation" + with_blank(one.event) + " within" + with_blank(one.within) + with_blank(one.unit) +
                  " after" + with_blank(one.after) + " by" + with_blank(one.by) + ", else exception for" +
                  with_blank(one.owner));
    }
    for (const ApprovalDecl& one : spec.approvals) {
      line(0, "approval " + (one.late ? std::string("late") : joined(one.events)) + " over" + with_blank(one.over) +
                  (one.entities.empty() ? "" : " in " + joined(one.entities)) + " by" + with_blank(one.by));
    }
    for (const IntercompanyPairDecl& one : spec.intercompany) {
      line(0, "intercompany pair" + with_blank(one.due_from) + "," + with_blank(one.due_to) + " by" +
                  with_blank(one.partner));
    }
  }

  void rule(const RuleDecl& rule) {
    static constexpr std::string_view kHeads[] = {"rule", "no entry", "hold"};
    line(0,
         std::string(kHeads[static_cast<std::size_t>(rule.outcome)]) + with_blank(rule.name) + with_blank(rule.title));
    if (!rule.ledger.empty()) line(1, "in ledger" + with_blank(rule.ledger));
    if (!rule.because.empty()) line(1, "because" + with_blank(rule.because));
    line(1, (rule.each_line ? "for each line of " : "for ") + joined(rule.events));
    for (const Condition& one : rule.when) {
      line(1, "when " + text_of(one.subject) + (one.negated ? " is not " : " is ") + joined(one.values));
    }
    for (const PostBlock& block : rule.blocks) {
      line(1, "post in" + with_blank(block.entity) + journal(block));
      block_lines(block);
    }
    for (const RecogniseDecl& one : rule.recognitions) recognition(one);
    if (rule.reversal) line(1, "reverse everything for" + with_blank(rule.reversal->object));
  }

  static std::string journal(const PostBlock& block) {
    return block.journal.empty() ? std::string() : ", journal" + with_blank(block.journal);
  }

  void recognition(const RecogniseDecl& one) {
    line(1, "recognise " + amount_text(one.amount, one.amount.root) + " over" + with_blank(one.from) + " to" +
                with_blank(one.until) + " by" + with_blank(one.convention) +
                (one.block.entity.empty() ? "" : " in" + with_blank(one.block.entity)) + journal(one.block));
    if (!one.keys.empty())
      line(2, "for " + joined(one.keys) + (one.changed.empty() ? "" : " when changed" + with_blank(one.changed)));
    if (!one.rounding.empty()) line(2, "rounding" + with_blank(one.rounding));
    block_lines(one.block);
  }

  void block_lines(const PostBlock& block) {
    for (const PostingDecl& one : block.lines) {
      std::string text = one.side.text + with_blank(one.role) + " " + take_text(one);
      if (one.limit) text += limit_text(*one.limit);
      if (one.at_carrying_rate) text += " at carrying rate";
      if (one.at) text += " at" + with_blank(*one.at);
      if (one.worth) text += " worth" + with_blank(*one.worth);
      for (const PostingDecl::With& with : one.with)
        text += " with" + with_blank(with.dimension) + with_blank(with.value);
      line(2, text);
    }
    if (block.difference) {
      line(2, "difference to" + with_blank(block.difference->first) + "," + with_blank(block.difference->second));
    }
  }

  static std::string take_text(const PostingDecl& line) {
    switch (line.take) {
      case PostingDecl::Take::amount:
        return amount_text(line.amount, line.amount.root);
      case PostingDecl::Take::rest_of:
        return "(rest of " + amount_text(line.amount, line.amount.root) + ")";
      case PostingDecl::Take::rest:
        return "(rest)";
      case PostingDecl::Take::same:
        return "(same)";
    }
    GLMAP_ASSERT(false);
  }

  static std::string limit_text(const LimitDecl& limit) {
    std::string text =
        limit.item.empty() ? ", at most its balance" : ", over its open items by" + with_blank(limit.item);
    text += " for " + joined(limit.keys);
    if (!limit.item.empty()) text += limit.same_amount ? " with the same amount" : ", oldest first";
    return text + (limit.else_hold ? " else hold" : "");
  }

  static std::string fields(const std::vector<TestField>& fields) {
    std::string result;
    for (const TestField& field : fields)
      result += (result.empty() ? "" : ", ") + field.name.text + with_blank(field.value);
    return result;
  }

  void test(const TestDecl& test) {
    line(0, "test" + with_blank(test.title));
    for (const TestStep& step : test.steps) {
      if (const auto* event = std::get_if<TestEvent>(&step)) test_event(*event);
      if (const auto* rate = std::get_if<TestRate>(&step))
        line(1, "rate" + with_blank(rate->source) + with_blank(rate->from) + with_blank(rate->to) +
                    with_blank(rate->rate) + " on" + with_blank(rate->date));
      if (const auto* through = std::get_if<TestThrough>(&step)) line(1, "through" + with_blank(through->date));
      if (const auto* payload = std::get_if<TestPayload>(&step))
        line(1, "payload" + with_blank(payload->intake) + with_blank(payload->file));
      if (const auto* expectation = std::get_if<Expectation>(&step)) expected(*expectation);
    }
  }

  void test_event(const TestEvent& event) {
    line(1, "event" + with_blank(event.type) + with_blank(event.id) + (event.again ? " again" : ""));
    if (!event.fields.empty()) line(2, fields(event.fields));
    for (const auto& one : event.lines) line(2, "line " + fields(one));
  }

  static std::string in_ledger(const Expectation& one) {
    return one.ledger.empty() ? std::string() : " in ledger" + with_blank(one.ledger);
  }

  void expected(const Expectation& one) {
    switch (one.kind) {
      case Expectation::Kind::no_entry:
        return line(1, "expect no entry");
      case Expectation::Kind::held:
        return line(1, "expect held" + with_blank(one.reason));
      case Expectation::Kind::duplicate:
        return line(1, "expect duplicate");
      case Expectation::Kind::conflict:
        return line(1, "expect conflict");
      case Expectation::Kind::waiting:
        return line(1, "expect waiting");
      case Expectation::Kind::exception:
        return line(1, "expect exception" + with_blank(one.reason));
      case Expectation::Kind::balance:
        return line(1, "expect balance of " + joined(one.roles) +
                           (one.entity.empty() ? "" : " in" + with_blank(one.entity)) + in_ledger(one) + " on" +
                           with_blank(one.date) + " is" + with_blank(one.balance) + with_blank(one.currency) +
                           (one.dimensions.empty() ? "" : " " + fields(one.dimensions)));
      case Expectation::Kind::entry:
        break;
    }
    line(1, "expect" + with_blank(one.entity) + with_blank(one.journal) + with_blank(one.date) +
                with_blank(one.currency) + in_ledger(one) + (one.storno ? " storno" : "") +
                (one.reverses.empty() ? "" : " reverses" + with_blank(one.reverses)));
    for (const ExpectedLine& entry : one.lines) {
      std::string text =
          entry.side.text + with_blank(entry.account) + with_blank(entry.role) + with_blank(entry.amount);
      if (!entry.transaction_currency.empty()) {
        text += with_blank(entry.transaction_currency) + with_blank(entry.transaction_amount);
      }
      if (!entry.dimensions.empty()) text += " " + fields(entry.dimensions);
      line(2, text);
    }
  }

  std::string out_;
};

}  // namespace

std::string print_ast(const Spec& spec) {
  return Printer().run(spec);
}

}  // namespace glmap::syntax
