// SPDX-License-Identifier: Apache-2.0
// What was sent, field by field, to values: every check that intake makes, in its order. An event that fails one is
// held with the first fault; the rules never see it.
#include <algorithm>
#include <functional>

#include "compiler/emit/sql_plan.hpp"

namespace glmap::emit {
namespace {

constexpr std::size_t kInlineValuesMax = 60;  // a longer list is compared with book_list

/// The column that says what is wrong with a field: "net" -> "?net".
std::string fault_column(const std::string& quoted) {
  return "\"?" + quoted.substr(1);
}

/// `name` without its quotes.
std::string bare(const std::string& quoted) {
  return quoted.substr(1, quoted.size() - 2);
}

/// "CASE WHEN a THEN x WHEN b THEN y END", over several lines; NULL when there is nothing to ask.
class Cases {
 public:
  void when(const std::string& condition, const std::string& result) {
    text_ += "\n      WHEN " + condition + " THEN " + result;
  }
  void fault(const std::string& condition, ErrorCode code, std::string_view about) {
    when(condition, sql_text(fault_text(code, about)));
  }
  std::string end(const std::string& otherwise = {}) const {
    if (text_.empty()) return otherwise.empty() ? "CAST(NULL AS TEXT)" : otherwise;
    return "CASE" + text_ + (otherwise.empty() ? "" : "\n      ELSE " + otherwise) + "\n    END";
  }

 private:
  std::string text_;
};

/// The fields of a header or of a line, read from the row `s` as it was sent.
class FieldReader {
 public:
  FieldReader(const SqlPlan& plan, const EventType& type, bool lines)
      : plan_(plan),
        dialect_(plan.dialect),
        type_(type),
        fields_(lines ? type.line : type.header),
        names_(lines ? names_of(plan, type).line_columns : names_of(plan, type).header_columns) {}

  static const TypePlan& names_of(const SqlPlan& plan, const EventType& type) {
    return plan.types[static_cast<std::size_t>(&type - plan.book.catalog.types.data())];
  }

  /// What is wrong with each field that was sent: a code, or NULL.
  std::vector<SelectColumn> fault_columns() const {
    std::vector<SelectColumn> columns;
    for (std::size_t i = 0; i < fields_.size(); ++i)
      columns.push_back({fault_of(i), fault_column(names_[i]), std::string(to_text(fields_[i].kind))});
    return columns;
  }

  std::vector<SelectColumn> value_columns() const {
    std::vector<SelectColumn> columns;
    for (std::size_t i = 0; i < fields_.size(); ++i)
      columns.push_back(
          {"CASE WHEN s." + fault_column(names_[i]) + " IS NULL THEN " + value_of(i) + " END", names_[i], ""});
    return columns;
  }

  /// The first field that is wrong, in the order of the schema; then the first that is missing.
  std::string first_fault() const {
    Cases cases;
    for (const std::string& name : names_) {
      const std::string about = " || " + sql_text(" " + one_line(bare(name)));
      cases.when("s." + fault_column(name) + " IS NOT NULL", "s." + fault_column(name) + about);
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!fields_[i].required || !fields_[i].definition.empty()) continue;
      const std::string raw = "s." + names_[i];
      cases.fault(fields_[i].kind == FieldKind::text ? "coalesce(" + raw + ", '') = ''" : raw + " IS NULL",
                  ErrorCode::MissingField, fields_[i].name);
    }
    return cases.end();
  }

 private:
  std::string fault_of(std::size_t i) const {
    const Field& field = fields_[i];
    const std::string raw = "s." + names_[i];
    std::vector<std::pair<std::string, ErrorCode>> faults;
    const auto fault = [&](const std::string& condition, ErrorCode code) { faults.emplace_back(condition, code); };
    switch (field.kind) {
      case FieldKind::text:
        fault(dialect_.text_is_too_long(raw), ErrorCode::LimitExceeded);
        fault(dialect_.text_has_control_characters(raw), ErrorCode::WrongFieldType);
        break;
      case FieldKind::list:
        fault(not_among(raw, plan_.book.catalog.lists[field.list]), ErrorCode::ValueNotInList);
        break;
      case FieldKind::entity:
        fault(raw + " NOT IN (SELECT entity FROM book_entity)", ErrorCode::EntityNotKnown);
        break;
      case FieldKind::currency:
        fault(raw + " NOT IN (SELECT currency FROM book_currency)", ErrorCode::ValueNotInList);
        break;
      case FieldKind::money:
      case FieldKind::money_functional:
        amount_faults(raw, field.kind == FieldKind::money, fault);
        break;
      case FieldKind::decimal:
        fault("NOT " + dialect_.number_is_written(raw), ErrorCode::WrongFieldType);
        fault(dialect_.number_is_too_long(raw), ErrorCode::AmountOutOfRange);
        break;
      case FieldKind::date:
        fault("NOT (" + dialect_.day_is_written(raw) + ")", ErrorCode::WrongFieldType);
        break;
      case FieldKind::instant:
        fault("NOT " + dialect_.instant_is_written(raw), ErrorCode::WrongFieldType);
        break;
      case FieldKind::yes_no:
        fault(raw + " NOT IN ('true', 'false')", ErrorCode::WrongFieldType);
        break;
    }
    std::string text = "CASE WHEN " + raw + " IS NULL THEN NULL";
    for (const auto& [condition, code] : faults)
      text += "\n      WHEN " + condition + " THEN " + sql_text(code_text(code));
    return text + " END";
  }

  void amount_faults(const std::string& raw, bool in_event_currency,
                     const std::function<void(const std::string&, ErrorCode)>& fault) const {
    if (in_event_currency) {
      if (!type_.currency_field)
        fault("1 = 1", ErrorCode::MissingField);
      else if (!type_.header[*type_.currency_field].required)
        fault("s._no_currency = 1", ErrorCode::MissingField);
    }
    const std::string digits = in_event_currency ? "s._digits" : "s._own_digits";
    fault("NOT " + dialect_.number_is_written(raw), ErrorCode::WrongFieldType);
    fault(dialect_.number_is_too_long(raw), ErrorCode::AmountOutOfRange);
    fault(dialect_.amount_is_too_fine(raw, digits), ErrorCode::CurrencyDigits);
    fault(dialect_.amount_is_too_large(raw, digits), ErrorCode::AmountOutOfRange);
  }

  static std::string not_among(const std::string& raw, const ValueList& list) {
    if (list.values.size() <= kInlineValuesMax) return raw + " NOT IN " + sql_texts(list.values);
    return raw + " NOT IN (SELECT value FROM book_list WHERE list = " + sql_text(list.name) + ")";
  }

  std::string value_of(std::size_t i) const {
    const std::string raw = "s." + names_[i];
    switch (fields_[i].kind) {
      case FieldKind::text:
        return "nullif(" + raw + ", '')";
      case FieldKind::money:
        return dialect_.amount_of(raw, "s._digits");
      case FieldKind::money_functional:
        return dialect_.amount_of(raw, "s._own_digits");
      case FieldKind::decimal:
        return dialect_.number_of(raw);
      case FieldKind::yes_no:
        return "CASE " + raw + " WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' END";
      default:
        return raw;
    }
  }

  const SqlPlan& plan_;
  const Dialect& dialect_;
  const EventType& type_;
  const std::vector<Field>& fields_;
  const std::vector<std::string>& names_;
};

/// Definitions (`gross is net + tax`) and invariants over the values in row `v`, sums over lines in row `l`.
class Sums {
 public:
  Sums(const EventType& type, const TypePlan& names, bool lines)
      : type_(type),
        names_(names),
        lines_(lines),
        fields_(lines ? type.line : type.header),
        columns_(lines ? names.line_columns : names.header_columns) {}

  /// The field's value: as sent, else as its definition makes it.
  std::string settled(std::size_t i) const {
    const std::string sent = "v." + columns_[i];
    return fields_[i].definition.empty() ? sent : "coalesce(" + sent + ", " + made(i) + ")";
  }

  void add_faults(Cases& cases) const {
    std::vector<bool> visited(fields_.size(), false);
    for (std::size_t i = 0; i < fields_.size(); ++i) add_fault(i, visited, cases);
    for (const Invariant& invariant : type_.invariants) {
      if (invariant.on_line != lines_) continue;
      std::vector<SumTerm> left, right;
      for (SumTerm term : invariant.terms) {
        auto& side = term.negative ? right : left;
        term.negative = false;
        side.push_back(term);
      }
      cases.fault("coalesce(" + sum(left) + ", 0) <> coalesce(" + sum(right) + ", 0)", ErrorCode::InvariantBroken,
                  invariant.text);
    }
    for (std::size_t i = 0; i < fields_.size(); ++i)
      if (fields_[i].sign != AmountSign::any)
        cases.fault(settled(i) + (fields_[i].sign == AmountSign::positive ? " <= 0" : " < 0"), ErrorCode::WrongSign,
                    fields_[i].name);
  }

 private:
  std::string made(std::size_t i) const { return sum(fields_[i].definition); }

  void add_fault(std::size_t i, std::vector<bool>& visited, Cases& cases) const {
    if (fields_[i].definition.empty() || visited[i]) return;
    visited[i] = true;
    for (const SumTerm& term : fields_[i].definition)
      if (!term.over_lines) add_fault(term.field, visited, cases);
    cases.fault("v." + columns_[i] + " <> coalesce(" + made(i) + ", 0)", ErrorCode::InvariantBroken, fields_[i].name);
    if (fields_[i].required) cases.fault(settled(i) + " IS NULL", ErrorCode::MissingField, fields_[i].name);
  }

  std::string term_value(const SumTerm& term) const {
    return term.over_lines ? "l." + names_.line_columns[term.field] : settled(term.field);
  }

  /// True when the event would have been held without it.
  bool always_there(const SumTerm& term) const {
    const Field& field = term.over_lines ? type_.line[term.field] : fields_[term.field];
    return field.required;
  }

  /// An amount the event does not carry counts as nothing; a sum of nothing at all is NULL.
  std::string sum(const std::vector<SumTerm>& terms) const {
    if (terms.empty()) return "0";
    const bool certain =
        std::all_of(terms.begin(), terms.end(), [&](const SumTerm& term) { return always_there(term); });
    std::string text, any;
    for (const SumTerm& term : terms) {
      const std::string value = term_value(term);
      text += (text.empty() ? (term.negative ? "-" : "") : (term.negative ? " - " : " + ")) +
              (certain ? value : "coalesce(" + value + ", 0)");
      any += (any.empty() ? "" : ", ") + value;
    }
    if (certain) return terms.size() == 1 && !terms.front().negative ? text : "(" + text + ")";
    return "CASE WHEN coalesce(" + any + (terms.size() == 1 ? ", NULL" : "") + ") IS NOT NULL THEN " + text + " END";
  }

  const EventType& type_;
  const TypePlan& names_;
  bool lines_;
  const std::vector<Field>& fields_;
  const std::vector<std::string>& columns_;
};

SqlType type_of(FieldKind kind) {
  if (kind == FieldKind::money || kind == FieldKind::money_functional) return SqlType::amount;
  return kind == FieldKind::decimal ? SqlType::number : SqlType::text;
}

/// One event type: its lines first, because headers may rest on their sums.
class TypeReading {
 public:
  TypeReading(const SqlPlan& plan, std::uint32_t index, SqlScript& script)
      : plan_(plan),
        dialect_(plan.dialect),
        index_(index),
        type_(plan.book.catalog.types[index]),
        names_(plan.types[index]),
        script_(script) {}

  void emit() {
    if (!type_.line.empty()) emit_lines();
    emit_head();
    emit_taken();
    script_.gap();
  }

 private:
  std::vector<ColumnDef> value_columns(bool lines) const {
    std::vector<ColumnDef> columns{{"event_no", SqlType::whole, "", true}};
    if (lines) columns.push_back({"line_no", SqlType::whole, "", true});
    const auto& fields = lines ? type_.line : type_.header;
    const auto& quoted = lines ? names_.line_columns : names_.header_columns;
    for (std::size_t i = 0; i < fields.size(); ++i) columns.push_back({quoted[i], type_of(fields[i].kind), ""});
    return columns;
  }

  std::string currency_column(const char* alias) const {
    return type_.currency_field ? alias + ("." + names_.header_columns[*type_.currency_field]) : "NULL";
  }

  /// What reading an amount needs to know: digits of the event's currency and of the books of its entity.
  std::string context_columns() const {
    std::string text = ", c.digits AS _digits, own.digits AS _own_digits";
    if (type_.currency_field && !type_.header[*type_.currency_field].required)
      text += ", CASE WHEN " + currency_column("h") + " IS NULL THEN 1 ELSE 0 END AS _no_currency";
    return text;
  }
  std::string context_joins() const {
    return "    LEFT JOIN book_currency c ON c.currency = " + currency_column("h") +
           "\n    LEFT JOIN book_entity own ON own.entity = h." + names_.header_columns[type_.entity_field] + "\n";
  }

  void emit_lines() {
    script_.comment("Lines of " + type_.name + ": each field checked and read, sums compared.");
    std::vector<ColumnDef> columns = value_columns(true);
    columns.push_back({"_fault", SqlType::text, "the first field that is wrong or missing"});
    columns.push_back({"_sum_fault", SqlType::text, "the first sum that does not hold"});
    script_.add(dialect_.create(names_.line, columns, "event_no, line_no"));
    const FieldReader reader(plan_, type_, true);
    const Sums sums(type_, names_, true);
    Cases sum_faults;
    sums.add_faults(sum_faults);
    std::vector<SelectColumn> settled{{"v.event_no", "", ""}, {"v.line_no", "", ""}};
    for (std::size_t i = 0; i < type_.line.size(); ++i)
      settled.push_back({sums.settled(i), names_.line_columns[i], ""});
    settled.push_back({"v._fault", "", ""});
    settled.push_back({sum_faults.end(), "_sum_fault", ""});
    std::vector<SelectColumn> values{{"s.event_no", "", ""}, {"s.line_no", "", ""}};
    for (SelectColumn& column : reader.value_columns()) values.push_back(std::move(column));
    values.push_back({reader.first_fault(), "_fault", ""});
    script_.add(dialect_.insert_into(names_.line) + "\nWITH sent AS (\n    SELECT i.*" + context_columns() +
                "\n    FROM " + names_.sent_line + " i\n    JOIN " + names_.sent + " h ON h.event_no = i.event_no\n" +
                context_joins() + "  ),\n  checked AS MATERIALIZED (\n    SELECT s.*,\n" +
                select_list(reader.fault_columns(), "    ") +
                "    FROM sent s\n  ),\n  read_values AS (\n    SELECT\n" + select_list(values, "    ") +
                "    FROM checked s\n  )\nSELECT\n" + select_list(settled, "  ") + "FROM read_values v;");
    script_.add(dialect_.analyze(names_.line));
    script_.gap();
  }

  // ---- the header

  void emit_head() {
    script_.comment("Headers of " + type_.name +
                    ": each field checked and read, sums compared, the dates of the entry.");
    std::vector<ColumnDef> columns = value_columns(false);
    columns.push_back({"_document", SqlType::text, "what orders events and names the entry"});
    columns.push_back({"_document_date", SqlType::text, "the date the book takes from the event"});
    columns.push_back({"_day", SqlType::text, "the day for which tables are asked"});
    columns.push_back({"_fault", SqlType::text, "the first thing that is wrong"});
    script_.add(dialect_.create(names_.head, columns, "event_no"));
    script_.add(dialect_.insert_into(names_.head) + "\n" + head_select());
    script_.add(dialect_.analyze(names_.head));
  }

  std::string head_select() const {
    const FieldReader reader(plan_, type_, false);
    const Sums sums(type_, names_, false);
    std::vector<SelectColumn> values{{"s.event_no", "", ""}};
    for (SelectColumn& column : reader.value_columns()) values.push_back(std::move(column));
    values.push_back({document(), "_document", ""});
    values.push_back({time_fault() + reader.first_fault() + ")", "_fault", ""});
    values.push_back({plan_.uses_event_time ? event_day() : dialect_.null_of(SqlType::text), "_event_day", ""});
    values.push_back({"s._closed_through", "", ""});
    values.push_back({"s._open_again", "", ""});
    std::vector<SelectColumn> settled{{"v.event_no", "", ""}};
    for (std::size_t i = 0; i < type_.header.size(); ++i)
      settled.push_back({sums.settled(i), names_.header_columns[i], ""});
    settled.push_back({"v._document", "", ""});
    settled.push_back({document_date(), "_document_date", ""});
    settled.push_back({faults(sums), "_fault", ""});
    settled.push_back({"v._closed_through", "", ""});
    settled.push_back({"v._open_again", "", ""});
    std::vector<SelectColumn> result{{"d.event_no", "", ""}};
    for (const std::string& name : names_.header_columns) result.push_back({"d." + name, "", ""});
    result.push_back({"d._document", "", ""});
    result.push_back({"d._document_date", "", ""});
    const bool moves = plan_.book.closed == rules::ClosedPolicy::first_open_day;
    result.push_back(
        {moves ? "CASE WHEN d._document_date <= d._closed_through THEN d._open_again ELSE d._document_date END"
               : "d._document_date",
         "_day", moves ? "closed first open day" : "closed hold"});
    result.push_back({last_fault(), "_fault", ""});
    return "WITH sent AS (\n    SELECT h.*, e.time AS _time, own.zone AS _zone, own.closed_through AS _closed_through, "
           "own.open_again AS _open_again" +
           context_columns() + "\n    FROM event e\n    JOIN " + names_.sent + " h ON h.event_no = e.event_no\n" +
           context_joins() + "    WHERE e.type = " + sql_text(type_.name) +
           "\n  ),\n  checked AS MATERIALIZED (\n    SELECT s.*,\n" + select_list(reader.fault_columns(), "    ") +
           "    FROM sent s\n  ),\n  read_values AS (\n    SELECT\n" + select_list(values, "    ") +
           "    FROM checked s\n  )," + lines_part() + "\n  settled AS MATERIALIZED (\n    SELECT\n" +
           select_list(settled, "    ") + "    FROM read_values v" +
           (type_.line.empty() ? "" : "\n    LEFT JOIN of_lines l ON l.event_no = v.event_no") + "\n  )\nSELECT\n" +
           select_list(result, "  ") + "FROM settled d;";
  }

  /// What the header needs to know of its lines: how many, the first that is wrong, sums of their amounts.
  std::string lines_part() const {
    if (type_.line.empty()) return {};
    std::string text =
        "\n  of_lines AS (\n    SELECT event_no, min(CASE WHEN _fault IS NOT NULL THEN line_no END) AS _wrong,\n"
        "      min(CASE WHEN _sum_fault IS NOT NULL THEN line_no END) AS _wrong_sum";
    for (const std::string& name : summed_columns()) text += ",\n      sum(" + name + ") AS " + name;
    return text + "\n    FROM " + names_.line + " GROUP BY event_no\n  ),";
  }

  std::vector<std::string> summed_columns() const {
    std::set<std::uint32_t> summed;
    for (const Field& field : type_.header)
      for (const SumTerm& term : field.definition)
        if (term.over_lines) summed.insert(term.field);
    for (const Invariant& invariant : type_.invariants)
      for (const SumTerm& term : invariant.terms)
        if (term.over_lines) summed.insert(term.field);
    std::vector<std::string> names;
    for (const std::uint32_t field : summed) names.push_back(names_.line_columns[field]);
    return names;
  }

  std::string document() const {
    const auto index = type_.header_index(type_.object);
    return index ? "coalesce(s." + names_.header_columns[*index] + ", '')" : "''";
  }

  std::string time_fault() const {
    return "coalesce(CASE WHEN s._time IS NOT NULL AND NOT " + dialect_.instant_is_written("s._time") + " THEN " +
           sql_text(fault_text(ErrorCode::WrongFieldType, "time")) + " END,\n    ";
  }
  std::string event_day() const {
    return "CASE WHEN " + dialect_.instant_is_written("s._time") + " THEN " + dialect_.day_of("s._time", "s._zone") +
           " END";
  }

  /// The first date there is, in the order of the book.
  std::string document_date() const {
    std::vector<std::string> choices;
    for (const std::string& name : plan_.book.posting_date_fields) {
      const auto field = type_.header_index(name);
      if (name == "occurred_at")
        choices.push_back("v._event_day");
      else if (field && type_.header[*field].kind == FieldKind::date)
        choices.push_back("v." + names_.header_columns[*field]);
    }
    if (choices.empty()) return dialect_.null_of(SqlType::text);
    return choices.size() == 1 ? choices.front() : "coalesce(" + join(choices, ", ") + ")";
  }

  /// Faults of the header's fields, of lines, of lines' sums, of the header's sums.
  std::string faults(const Sums& sums) const {
    Cases cases;
    cases.when("v._fault IS NOT NULL", "v._fault");
    if (!type_.line.empty()) {
      const auto of_line = [&](const char* which, const char* wrong) {
        return "(SELECT x." + std::string(which) + " || ' in line ' || x.line_no FROM " + names_.line +
               " x WHERE x.event_no = v.event_no AND x.line_no = l." + wrong + ")";
      };
      cases.fault("l.event_no IS NULL", ErrorCode::MissingField, "lines");
      cases.when("l._wrong IS NOT NULL", of_line("_fault", "_wrong"));
      cases.when("l._wrong_sum IS NOT NULL", of_line("_sum_fault", "_wrong_sum"));
    }
    sums.add_faults(cases);
    return cases.end();
  }

  /// What is wrong when every field is right.
  std::string last_fault() const {
    Cases cases;
    cases.when("d._fault IS NOT NULL", "d._fault");
    if (const std::string why = why_not_covered(plan_.book, index_); !why.empty())
      cases.when("1 = 1", sql_text(std::string(kNotCovered) + ": " + one_line(why)));
    else if (plan_.book.programs_of(index_).empty())
      cases.fault("1 = 1", ErrorCode::NoRuleFits, "the book has no rule for " + type_.name);
    else
      cases.fault("d._document_date IS NULL", ErrorCode::DateMissing, "no date to post on");
    return cases.end();
  }

  void emit_taken() {
    const auto& foreign = plan_.book.foreign_currency;
    const auto rate = foreign ? type_.header_index(foreign->rate_field) : std::nullopt;
    const bool has_rate = rate && type_.header[*rate].kind == FieldKind::decimal;
    script_.add(dialect_.insert_into("taken") + "\nSELECT event_no, _document, _document_date, _day, " +
                (has_rate ? names_.header_columns[*rate] : dialect_.null_of(SqlType::number)) + ", _fault FROM " +
                names_.head + ";");
  }

  const SqlPlan& plan_;
  const Dialect& dialect_;
  std::uint32_t index_;
  const EventType& type_;
  const TypePlan& names_;
  SqlScript& script_;
};

void emit_long_lists(const SqlPlan& plan, SqlScript& script) {
  const auto& lists = plan.book.catalog.lists;
  const auto is_long = [](const ValueList& list) { return list.values.size() > kInlineValuesMax; };
  if (std::none_of(lists.begin(), lists.end(), is_long)) return;
  script.comment("The values of long lists.");
  script.add(plan.dialect.create("book_list", {{"list", SqlType::text, "", true}, {"value", SqlType::text, "", true}},
                                 "list, value"));
  for (const ValueList& list : lists) {
    if (!is_long(list)) continue;
    for (std::size_t i = 0; i < list.values.size(); ++i) {
      const bool first = i % 500 == 0;
      const bool last = i + 1 == list.values.size() || i % 500 == 499;
      if (first) script.add(plan.dialect.insert_into("book_list") + " VALUES");
      script.add("  (" + sql_text(list.name) + ", " + sql_text(list.values[i]) + ")" + (last ? ";" : ","));
    }
  }
  script.gap();
}

}  // namespace

void emit_reading(const SqlPlan& plan, SqlScript& script) {
  script.heading(
      "3. What was sent, read",
      "Each field is checked against its schema and becomes a value: amounts in minor units of their currency, "
      "yes/no as text. The first fault of an event holds it: fields of the header, then of the lines, then sums.");
  emit_long_lists(plan, script);
  script.comment("Every event with what entries take from it; `fault` holds it before any rule is asked.");
  script.add(plan.dialect.create("taken",
                                 {{"event_no", SqlType::whole, "", true},
                                  {"document", SqlType::text, ""},
                                  {"document_date", SqlType::text, ""},
                                  {"day", SqlType::text, "for which tables are asked"},
                                  {"rate", SqlType::number, "functional units for one unit of the event's currency"},
                                  {"fault", SqlType::text, ""}},
                                 "event_no"));
  script.gap();
  std::vector<std::string> known;
  for (std::uint32_t type = 0; type < plan.types.size(); ++type) {
    TypeReading(plan, type, script).emit();
    known.push_back(plan.book.catalog.types[type].name);
  }
  script.comment("Events of types that the book does not know, and events of which nothing was filled in.");
  script.add(plan.dialect.insert_into("taken") + "\nSELECT event_no, '', NULL, NULL, " +
             plan.dialect.null_of(SqlType::number) + ", CASE WHEN time IS NOT NULL AND NOT " +
             plan.dialect.instant_is_written("time") + " THEN " +
             sql_text(fault_text(ErrorCode::WrongFieldType, "time")) + "\n    WHEN type IN " + sql_texts(known) +
             " THEN " + sql_text(fault_text(ErrorCode::MissingField, "data")) + " ELSE " +
             sql_text(fault_text(ErrorCode::TypeNotKnown, "the type is not in the book")) +
             " END\nFROM event WHERE event_no NOT IN (SELECT event_no FROM taken);");
  script.add(plan.dialect.analyze("taken"));
}

}  // namespace glmap::emit
