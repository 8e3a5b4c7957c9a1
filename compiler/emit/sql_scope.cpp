// SPDX-License-Identifier: Apache-2.0
// Look-ups, shares and the choice of the rule: one table a program, one row an event or line. A fault of a look-up
// counts only where a rule asks for its answer, as the rules do: from top to bottom, condition by condition.
#include "compiler/emit/sql_scope.hpp"

#include <algorithm>
#include <tuple>

#include "compiler/emit/sql_amounts.hpp"

namespace glmap::emit {

using rules::Condition;
using rules::Lookup;
using rules::Operand;

bool ScopeColumns::Less::operator()(const Operand& a, const Operand& b) const {
  return std::tie(a.kind, a.index, a.answer, a.text) < std::tie(b.kind, b.index, b.answer, b.text);
}

ScopeColumns::ScopeColumns(const SqlPlan& plan, const rules::EventProgram& program) : plan_(plan), program_(program) {
  for (const char* own : {"event_no", "line_no", "decided", "fault", "document_date", "day"}) unique_.add(own);
  for (std::uint32_t i = 0; i < program.lookups.size(); ++i) {
    const std::string& table = plan.book.tables[program.lookups[i].table].name;
    fault_names_.push_back(sql_name(unique_.add("fault of table " + table)));
    disagree_names_.push_back(program.lookups[i].must_agree ? sql_name(unique_.add("against table " + table)) : "");
  }
  use({Operand::Kind::header, type().entity_field});
  if (type().currency_field) use({Operand::Kind::header, *type().currency_field});
  use({Operand::Kind::functional});
  for (const Lookup& lookup : program.lookups)
    for (std::size_t c = 0; c < lookup.inputs.size(); ++c) use(lookup.inputs[c]);
  for (const rules::Rule& rule : program.rules) use_rule(rule);
}

void ScopeColumns::use_rule(const rules::Rule& rule) {
  for (const Condition& condition : rule.when) {
    use(condition.subject);
    if (condition.kind == Condition::Kind::same) use(condition.other);
  }
  if (!why_not_covered(rule).empty()) return;
  for (const rules::PostBlock& block : rule.blocks) {
    use(block.entity);
    for (const rules::PostingLine& line : block.lines) {
      use_amount(line.amount);
      if (line.rate) use(*line.rate);
      if (line.functional) use(*line.functional);
      for (const rules::DimensionSource& dimension : line.dimensions) use(dimension.value);
      const auto& by_entity = plan_.book.roles[line.role].by_entity;
      const auto by_table = std::find_if(by_entity.begin(), by_entity.end(), [](const rules::RoleAccount& account) {
        return account.kind == rules::RoleAccount::Kind::table;
      });
      if (by_table == by_entity.end()) continue;
      const rules::Table& table = plan_.book.tables[by_table->table];
      for (std::size_t c = 0; c < line.account_inputs.size(); ++c)
        if (table.columns[c].domain.kind != rules::Domain::Kind::role) use(line.account_inputs[c]);
    }
  }
}

void ScopeColumns::use_amount(const rules::Amount& amount) {
  for (std::size_t i = 0; i < amount.steps.size(); ++i) {
    const rules::AmountStep& step = amount.steps[i];
    if (step.kind == rules::AmountStep::Kind::load || step.kind == rules::AmountStep::Kind::share) use(step.operand);
    if (step.kind != rules::AmountStep::Kind::share) continue;
    shares_.push_back({&amount, i, is_functional(type(), amount)});
    const std::string number = std::to_string(shares_.size());
    share_names_.push_back(sql_name(unique_.add("share " + number)));
    share_fault_names_.push_back(sql_name(unique_.add("fault of share " + number)));
  }
}

Operand ScopeColumns::effective(const Operand& operand) const {
  if (operand.kind != Operand::Kind::attribute) return operand;
  const auto& checked = program_.lookups[operand.index].must_agree;
  return checked ? *checked : operand;
}

std::string ScopeColumns::wanted_name(const Operand& operand) const {
  switch (operand.kind) {
    case Operand::Kind::header:
      return "event." + type().header[operand.index].name;
    case Operand::Kind::line:
      return "line." + type().line[operand.index].name;
    case Operand::Kind::attribute: {
      const rules::Table& table = plan_.book.tables[program_.lookups[operand.index].table];
      return table.name + "." + table.answers[operand.answer].name;
    }
    default:
      return "functional";
  }
}

void ScopeColumns::use(const Operand& written) {
  const Operand operand = effective(written);
  if (operand.kind == Operand::Kind::constant || operand.kind == Operand::Kind::step || names_.contains(operand))
    return;
  names_[operand] = sql_name(unique_.add(wanted_name(operand)));
  operands_.push_back(operand);
}

std::string ScopeColumns::value(const std::string& alias, const Operand& written) const {
  const Operand operand = effective(written);
  if (operand.kind == Operand::Kind::constant) return sql_text(operand.text);
  const auto found = names_.find(operand);
  GLMAP_ASSERT(found != names_.end());
  return alias.empty() ? found->second : alias + "." + found->second;
}

std::string ScopeColumns::fault(const std::string& alias, const Operand& operand) const {
  if (effective(operand).kind != Operand::Kind::attribute) return {};
  return fault_of_lookup(alias, operand.index);
}

std::string ScopeColumns::fault_of_lookup(const std::string& alias, std::uint32_t lookup) const {
  return alias.empty() ? fault_names_[lookup] : alias + "." + fault_names_[lookup];
}
std::string ScopeColumns::disagrees(const std::string& alias, std::uint32_t lookup) const {
  return alias.empty() ? disagree_names_[lookup] : alias + "." + disagree_names_[lookup];
}
std::string ScopeColumns::share(const std::string& alias, std::uint32_t index) const {
  return alias.empty() ? share_names_[index] : alias + "." + share_names_[index];
}
std::string ScopeColumns::share_fault(const std::string& alias, std::uint32_t index) const {
  return alias.empty() ? share_fault_names_[index] : alias + "." + share_fault_names_[index];
}

std::uint32_t ScopeColumns::share_index(const rules::Amount& amount, std::size_t step) const {
  for (std::uint32_t i = 0; i < shares_.size(); ++i)
    if (shares_[i].amount == &amount && shares_[i].step == step) return i;
  GLMAP_ASSERT(!"a share of the program");
  return 0;
}

std::string fitting_row(const SqlPlan& plan, std::uint32_t table, const std::vector<std::string>& inputs,
                        const std::string& day) {
  const TablePlan& names = plan.tables[table];
  const bool dated = std::any_of(plan.book.tables[table].rows.begin(), plan.book.tables[table].rows.end(),
                                 [](const rules::TableRow& row) { return row.from || row.until; });
  std::string text = "(SELECT min(f.row_no) FROM " + names.fits + " f WHERE ";
  for (std::size_t c = 0; c < inputs.size(); ++c)
    text += (c == 0 ? "" : " AND ") + ("f." + names.columns[c]) +
            (names.some_any[c] ? " IN (" + inputs[c] + ", '*')" : " = " + inputs[c]);
  if (inputs.empty()) text += "1 = 1";
  if (dated) text += " AND " + day + " BETWEEN f.from_day AND f.until_day";
  return text + ")";
}

namespace {

class ScopeText {
 public:
  ScopeText(const SqlPlan& plan, std::uint32_t index, SqlScript& script)
      : plan_(plan),
        dialect_(plan.dialect),
        program_(plan.book.programs[index]),
        names_(plan.types[program_.type]),
        table_(plan.scopes[index]),
        ledger_(program_.ledger),
        columns_(plan, program_),
        script_(script) {}

  void emit() {
    const EventType& type = plan_.type(program_);
    script_.comment("Which rule fits each " + std::string(program_.each_line ? "line of " : "") + type.name +
                    (plan_.book.ledgers.size() > 1 ? " in ledger " + plan_.book.ledgers[ledger_] : "") +
                    "; `decided` is the number of the rule below, or what is wrong:");
    for (std::size_t r = 0; r < program_.rules.size(); ++r) script_.comment("  " + rule_words(r));
    std::vector<ColumnDef> columns{{"event_no", SqlType::whole, "", true},
                                   {"line_no", SqlType::whole, "0: the event as a whole", true},
                                   {"day", SqlType::text, "", true}};
    std::vector<SelectColumn> taken{{"p.event_no", "", ""}, {"p.line_no", "", ""}, {"p.day", "", ""}};
    for (const Operand& operand : columns_.operands()) {
      columns.push_back({columns_.value("", operand), type_of(operand), ""});
      taken.push_back({columns_.value("p", operand), "", ""});
    }
    for (std::uint32_t i = 0; i < program_.lookups.size(); ++i) {
      columns.push_back({columns_.fault_of_lookup("", i), SqlType::text, ""});
      taken.push_back({columns_.fault_of_lookup("p", i), "", ""});
    }
    for (std::uint32_t i = 0; i < columns_.shares().size(); ++i) {
      columns.push_back({columns_.share("", i), SqlType::amount, ""});
      columns.push_back({columns_.share_fault("", i), SqlType::text, ""});
      taken.push_back({columns_.share("p", i), "", ""});
      taken.push_back({columns_.share_fault("p", i), "", ""});
    }
    columns.push_back({"decided", SqlType::text, "the rule, or a fault", true});
    columns.push_back({"fault", SqlType::text, "what holds the event here"});
    taken.push_back({"p.decided", "", ""});
    taken.push_back({fault_after_decision(), "fault", ""});
    script_.add(dialect_.create(table_, columns, "event_no, line_no"));
    const std::string shares = share_parts();
    script_.add(dialect_.insert_into(table_) + "\nWITH asked AS MATERIALIZED (\n" + asked() + "  ),\n" + shares +
                "  chosen AS (\n    SELECT a.*,\n" + decision() + " AS decided\n    FROM " + last_part_ +
                " a\n  )\nSELECT\n" + select_list(taken, "  ") + "FROM chosen p;");
    script_.add("CREATE INDEX " + table_ + "_decided ON " + table_ + " (decided);");
    script_.add(dialect_.analyze(table_));
    emit_faults();
    script_.gap();
  }

 private:
  SqlType type_of(const Operand& operand) const {
    const EventType& type = columns_.type();
    if (operand.kind == Operand::Kind::attribute) {
      const rules::Table& table = plan_.book.tables[program_.lookups[operand.index].table];
      return table.answers[operand.answer].kind == rules::AnswerColumn::Kind::decimal ? SqlType::number : SqlType::text;
    }
    if (operand.kind != Operand::Kind::header && operand.kind != Operand::Kind::line) return SqlType::text;
    const Field& field = operand.kind == Operand::Kind::header ? type.header[operand.index] : type.line[operand.index];
    if (field.kind == FieldKind::money || field.kind == FieldKind::money_functional) return SqlType::amount;
    return field.kind == FieldKind::decimal ? SqlType::number : SqlType::text;
  }

  // ---- words

  std::string operand_words(const Operand& operand) const {
    if (operand.kind == Operand::Kind::constant) return operand.text;
    const Operand effective = columns_.effective(operand);
    const EventType& type = columns_.type();
    if (effective.kind == Operand::Kind::header) return type.header[effective.index].name;
    if (effective.kind == Operand::Kind::line) return type.line[effective.index].name;
    if (effective.kind == Operand::Kind::functional) return "functional";
    const rules::Table& table = plan_.book.tables[program_.lookups[effective.index].table];
    return table.answers[effective.answer].name;
  }

  std::string condition_words(const Condition& condition) const {
    const std::string is = operand_words(condition.subject) + (condition.negated ? " is not " : " is ");
    if (condition.kind == Condition::Kind::given) return is + "given";
    if (condition.kind == Condition::Kind::same) return is + operand_words(condition.other);
    return is + join(value_texts(condition), ", ");
  }

  std::vector<std::string> value_texts(const Condition& condition) const {
    std::vector<std::string> texts;
    for (const std::uint32_t value : condition.values.values)
      texts.push_back(plan_.book.value_text(condition.domain, value));
    return texts;
  }

  std::string rule_words(std::size_t r) const {
    const rules::Rule& rule = program_.rules[r];
    std::vector<std::string> when;
    for (const Condition& condition : rule.when) when.push_back(condition_words(condition));
    std::string text = std::to_string(r + 1) + "  " + rule.name + (when.empty() ? "" : " when " + join(when, " and ")) +
                       " (" + place_text(rule.where) + ")";
    if (const std::string why = why_not_covered(rule); !why.empty()) text += "; NOT COVERED: " + why;
    return text;
  }

  // ---- look-ups

  /// An operand where the look-ups are made: header h, line l, the rows r1, r2 ... of earlier look-ups.
  std::string source(const Operand& written) const {
    const Operand operand = columns_.effective(written);
    switch (operand.kind) {
      case Operand::Kind::header:
        return "h." + names_.header_columns[operand.index];
      case Operand::Kind::line:
        return "l." + names_.line_columns[operand.index];
      case Operand::Kind::attribute:
        return row_alias(operand.index) + "." +
               plan_.tables[program_.lookups[operand.index].table].answers[operand.answer];
      case Operand::Kind::functional:
        return "own.functional";
      default:
        return sql_text(operand.text);
    }
  }
  static std::string row_alias(std::uint32_t lookup) { return "r" + std::to_string(lookup + 1); }

  std::string lookup_fault(std::uint32_t index) const {
    const Lookup& lookup = program_.lookups[index];
    const rules::Table& table = plan_.book.tables[lookup.table];
    std::string text = "CASE";
    for (std::size_t c = 0; c < lookup.inputs.size(); ++c) {
      const Operand input = columns_.effective(lookup.inputs[c]);
      if (input.kind == Operand::Kind::attribute) {
        const std::string inner = lookup_fault(input.index);
        text += "\n      WHEN " + inner + " IS NOT NULL THEN " + inner;
      } else {
        text +=
            "\n      WHEN " + source(input) + " IS NULL THEN " +
            sql_text(fault_text(ErrorCode::NoRowFits, "table " + table.name + " asks for " + table.columns[c].name));
      }
    }
    const std::string row = row_alias(index);
    const ErrorCode none = table.remaining ? ErrorCode::ImpossibleCombination : ErrorCode::NoRowFits;
    text +=
        "\n      WHEN " + row + ".row_no IS NULL THEN " + sql_text(fault_text(none, "no row of table " + table.name));
    text += "\n      WHEN " + row + ".impossible = 1 THEN " +
            sql_text(code_text(ErrorCode::ImpossibleCombination) + " ") + " || " + row + ".spec";
    return text + "\n    END";
  }

  std::string asked() const {
    std::vector<SelectColumn> columns{
        {"h.event_no", "", ""}, {program_.each_line ? "l.line_no" : "0", "line_no", ""}, {"h._day", "day", ""}};
    for (const Operand& operand : columns_.operands())
      columns.push_back({source(operand), columns_.value("", operand), ""});
    for (std::uint32_t i = 0; i < program_.lookups.size(); ++i) {
      const Lookup& lookup = program_.lookups[i];
      columns.push_back(
          {lookup_fault(i), columns_.fault_of_lookup("", i), place_text(plan_.book.tables[lookup.table].where)});
      if (!lookup.must_agree) continue;
      const std::string allowed = "EXISTS (SELECT 1 FROM " + plan_.tables[lookup.table].allows +
                                  " a WHERE a.row_no = " + row_alias(i) + ".row_no AND a.value IN (" +
                                  source(*lookup.must_agree) + ", '*'))";
      columns.push_back(
          {"CASE WHEN " + source(*lookup.must_agree) + " IS NOT NULL AND " + allowed + " THEN 0 ELSE 1 END",
           columns_.disagrees("", i), "1: not among the values that the row allows"});
    }
    std::string text = "    SELECT\n" + select_list(columns, "    ") + "    FROM " + names_.head + " h\n";
    if (program_.each_line) text += "    JOIN " + names_.line + " l ON l.event_no = h.event_no\n";
    text += "    JOIN book_entity own ON own.entity = h." + names_.header_columns[columns_.type().entity_field] + "\n";
    for (std::uint32_t i = 0; i < program_.lookups.size(); ++i) {
      const Lookup& lookup = program_.lookups[i];
      std::vector<std::string> inputs;
      for (const Operand& input : lookup.inputs) inputs.push_back(source(input));
      const std::string row = row_alias(i);
      text += "    LEFT JOIN " + plan_.tables[lookup.table].rows + " " + row + " ON " + row +
              ".row_no = " + fitting_row(plan_, lookup.table, inputs, "h._day") + "\n";
    }
    return text + "    WHERE h._fault IS NULL\n";
  }

  // ---- shares: total * weight / sum of weights, what is left to the largest remainders, ties to the lowest line

  std::string share_parts() {
    std::string text;
    for (std::uint32_t i = 0; i < columns_.shares().size(); ++i) {
      const std::string number = std::to_string(i + 1);
      const ScopeColumns::Share& share = columns_.shares()[i];
      const AmountSql total = amount_sql(plan_, columns_, "a", *share.amount, share.step);
      const std::string weight = "coalesce(" + columns_.value("a", share.amount->steps[share.step].operand) + ", 0)";
      std::string fault;
      for (const std::string& one : total.faults) fault += "WHEN " + one + " IS NOT NULL THEN " + one + " ";
      text += "  weighed" + number + " AS MATERIALIZED (  -- " + one_line(share.amount->text) + "\n    SELECT a.*, " +
              total.value + " AS _total" + number + ", " + weight + " AS _weight" + number + ",\n      sum(" + weight +
              ") OVER (PARTITION BY a.event_no) AS _weights" + number + ",\n      min(" + weight +
              ") OVER (PARTITION BY a.event_no) AS _least" + number + "\n    FROM " + last_part_ + " a\n  ),\n";
      text += divided("weighed" + number, number);
      const std::string whole = "a._total" + number, part = "a._part" + number, rest = "a._rest" + number;
      // A floating number is what is left of one that needed more than 64 bits; no column of integers takes the text.
      const std::string beyond =
          dialect_.sqlite() ? " WHEN typeof(" + part + ") = 'real' OR typeof(" + rest + ") = 'real' THEN 'out of range'"
                            : "";
      text += "  shared" + number + " AS MATERIALIZED (\n    SELECT a.*,\n      CASE WHEN " + whole + " = 0 THEN 0" +
              beyond + "\n      ELSE CASE WHEN " + whole + " < 0 THEN -1 ELSE 1 END * (" + part +
              " + CASE WHEN row_number() OVER (PARTITION BY a.event_no ORDER BY " + rest +
              " DESC, a.line_no)\n        <= abs(" + whole + ") - sum(" + part +
              ") OVER (PARTITION BY a.event_no) THEN 1 ELSE 0 END) END AS " + columns_.share("", i) + ",\n      CASE " +
              fault + "WHEN " + whole + " <> 0 AND (a._least" + number + " < 0 OR a._weights" + number +
              " <= 0) THEN " + sql_text(fault_text(ErrorCode::ArithmeticOverflow, "weights of " + share.amount->text)) +
              " END AS " + columns_.share_fault("", i) + "\n    FROM divided" + number + " a\n  ),\n";
      last_part_ = "shared" + number;
    }
    return text;
  }

  /// _part and _rest: |total| * weight divided by the sum of weights. 64 bits: three digits of the total at a time.
  std::string divided(const std::string& from, const std::string& number) const {
    const std::string total = "abs(a._total" + number + ")";
    const std::string weights = "a._weights" + number;
    const std::string usable = "CASE WHEN a._least" + number + " >= 0 AND " + weights + " > 0 THEN ";
    if (!dialect_.sqlite())
      return "  divided" + number + " AS (\n    SELECT a.*, " + usable + "div(" + total + " * a._weight" + number +
             ", " + weights + ") END AS _part" + number + ", " + usable + total + " * a._weight" + number + " % " +
             weights + " END AS _rest" + number + "\n    FROM " + from + " a\n  ),\n";
    std::string text;
    std::string before = from;
    for (int digit = 4; digit >= 0; --digit) {
      const std::string unit = ten_to(3 * digit);
      const bool first = digit == 4;
      const std::string part = first ? "0" : "a._part" + number + std::to_string(digit + 1);
      const std::string rest = first ? "0" : "a._rest" + number + std::to_string(digit + 1);
      const std::string value = "(" + rest + " * 1000 + " + total + " / " + unit + " % 1000 * a._weight" + number + ")";
      const std::string name = digit == 0 ? "" : std::to_string(digit);
      text += "  divided" + number + name + " AS (\n    SELECT a.*, " + part + " * 1000 + " + usable + value + " / " +
              weights + " END AS _part" + number + name + ", " + usable + value + " % " + weights + " END AS _rest" +
              number + name + "\n    FROM " + before + " a\n  ),\n";
      before = "divided" + number + name;
    }
    return text;
  }

  // ---- the rule

  std::string condition_sql(const Condition& condition) const {
    const std::string subject = columns_.value("a", condition.subject);
    switch (condition.kind) {
      case Condition::Kind::given:
        return subject + (condition.negated ? " IS NULL" : " IS NOT NULL");
      case Condition::Kind::same:
        return subject + (condition.negated ? " <> " : " = ") + columns_.value("a", condition.other);
      case Condition::Kind::in:
        return subject + (condition.negated ? " NOT IN " : " IN ") + sql_texts(value_texts(condition));
    }
    return {};
  }

  /// From top to bottom; a condition without a value holds neither way, which CASE does by itself with NULL.
  std::string decision() const {
    std::string text = "    CASE";
    std::set<std::string> told;  // faults that every row has been asked about already
    for (std::size_t r = 0; r < program_.rules.size(); ++r) {
      const rules::Rule& rule = program_.rules[r];
      text += "\n      -- " + one_line(rule_words(r));
      std::vector<std::string> met;
      for (const Condition& condition : rule.when) {
        std::vector<std::string> faults{columns_.fault("a", condition.subject)};
        if (condition.kind == Condition::Kind::same) faults.push_back(columns_.fault("a", condition.other));
        for (const std::string& fault : faults) {
          if (fault.empty() || told.contains(fault)) continue;
          std::vector<std::string> needed = met;
          needed.push_back(fault + " IS NOT NULL");
          text += "\n      WHEN " + join(needed, " AND ") + " THEN " + fault;
          if (met.empty()) told.insert(fault);
        }
        met.push_back(condition_sql(condition));
      }
      text += "\n      WHEN " + (met.empty() ? std::string("1 = 1") : join(met, " AND ")) + " THEN " +
              sql_text(std::to_string(r + 1));
    }
    return text + "\n      ELSE " + sql_text(fault_text(ErrorCode::NoRuleFits, "no rule fits")) + "\n    END";
  }

  std::string fault_after_decision() const {
    std::string text = "CASE\n    WHEN p.decided LIKE 'GLM-%' THEN p.decided";
    std::vector<std::string> posting;
    for (std::size_t r = 0; r < program_.rules.size(); ++r) {
      const rules::Rule& rule = program_.rules[r];
      const std::string number = sql_text(std::to_string(r + 1));
      if (rule.outcome == rules::Rule::Outcome::hold)
        text += "\n    WHEN p.decided = " + number + " THEN " +
                sql_text(fault_text(ErrorCode::HeldByRule, place_text(rule.where)));
      else if (const std::string why = why_not_covered(rule); !why.empty())
        text += "\n    WHEN p.decided = " + number + " THEN " +
                sql_text(std::string(kNotCovered) + ": " + one_line(rule.name + ", " + why));
      else if (rule.outcome == rules::Rule::Outcome::post)
        posting.push_back(number);
    }
    if (posting.empty()) return text + "\n  END";
    const std::string posts = "p.decided IN (" + join(posting, ", ") + ") AND ";
    for (std::uint32_t i = 0; i < program_.lookups.size(); ++i) {
      const Lookup& lookup = program_.lookups[i];
      if (!lookup.must_agree || (lookup.on_line && !program_.each_line)) continue;
      const std::string fault = columns_.fault_of_lookup("p", i);
      text += "\n    WHEN " + posts + fault + " IS NOT NULL THEN " + fault;
      text += "\n    WHEN " + posts + columns_.disagrees("p", i) + " = 1 THEN " +
              sql_text(fault_text(ErrorCode::AnswerNotAllowed, "table " + plan_.book.tables[lookup.table].name));
    }
    return text + "\n  END";
  }

  void emit_faults() {
    script_.add(dialect_.insert_into("fault") + "\nSELECT event_no, " + std::to_string(ledger_) +
                ", 1, line_no * 10000, fault FROM " + table_ + " WHERE fault IS NOT NULL;");
  }

  const SqlPlan& plan_;
  const Dialect& dialect_;
  const rules::EventProgram& program_;
  const TypePlan& names_;
  const std::string& table_;
  std::uint32_t ledger_;
  ScopeColumns columns_;
  SqlScript& script_;
  std::string last_part_ = "asked";
};

}  // namespace

void emit_scopes(const SqlPlan& plan, SqlScript& script) {
  script.heading(
      "4. Which rule fits",
      "Tables are asked with the values of the event (or of its line) on the day of the entry; then the rules "
      "from top to bottom, condition by condition. Exactly one fits, or the event is held.");
  script.comment(
      "What holds an event: `stage` 1 while rules are applied, 2 and 3 when entries are made, 4 approvals; the first "
      "one counts.");
  script.add(plan.dialect.create("fault",
                                 {{"event_no", SqlType::whole, "", true},
                                  {"ledger_no", SqlType::whole, "", true},
                                  {"stage", SqlType::whole, "", true},
                                  {"ord", SqlType::whole, "line * 10000 + posting; the entry", true},
                                  {"fault", SqlType::text, "", true}},
                                 ""));
  script.gap();
  for (std::uint32_t program = 0; program < plan.book.programs.size(); ++program)
    if (why_not_covered(plan.book, plan.book.programs[program].type).empty()) ScopeText(plan, program, script).emit();
}

}  // namespace glmap::emit
