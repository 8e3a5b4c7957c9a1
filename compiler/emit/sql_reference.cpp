// SPDX-License-Identifier: Apache-2.0
// The input tables, and what the book knows as rows: currencies, entities, periods, accounts by role, and its own
// tables. A table of the book becomes two: its rows with their answers, and the combinations each row fits.
#include <algorithm>

#include "compiler/emit/sql_plan.hpp"
#include "compiler/runtime/accounting/day_start.hpp"

namespace glmap::emit {
namespace {

constexpr std::size_t kRowsAtOnce = 500;         // of one INSERT; SQLite takes no more terms than that by default
constexpr std::size_t kFitsRowsMax = 5'000'000;  // more combinations than this are no readable script
constexpr int kDaysAround = 400;                 // zones are known a year before and after the calendars

/// INSERT statements of a few hundred rows each, with a comment behind a row where there is one.
class Rows {
 public:
  Rows(const SqlPlan& plan, SqlScript& script, std::string table)
      : script_(script), insert_(plan.dialect.insert_into(table) + " VALUES") {}
  ~Rows() { flush(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void add(const std::vector<std::string>& values, std::string_view note = {}) {
    rows_.push_back({"(" + join(values, ", ") + ")", one_line(note)});
    if (rows_.size() == kRowsAtOnce) flush();
  }

 private:
  void flush() {
    if (rows_.empty()) return;
    script_.add(insert_);
    for (std::size_t i = 0; i < rows_.size(); ++i)
      script_.add("  " + rows_[i].first + (i + 1 == rows_.size() ? ";" : ",") +
                  (rows_[i].second.empty() ? "" : "  -- " + rows_[i].second));
    rows_.clear();
  }

  SqlScript& script_;
  std::string insert_;
  std::vector<std::pair<std::string, std::string>> rows_;
};

std::string number_text(std::int64_t number) {
  return std::to_string(number);
}

std::string day_or_null(const std::optional<Date>& day) {
  return day ? sql_text(day->to_text()) : "NULL";
}

void emit_currencies(const SqlPlan& plan, SqlScript& script) {
  script.comment("Currencies of ISO 4217 with the digits behind the point of their amounts.");
  script.add(plan.dialect.create(
      "book_currency", {{"currency", SqlType::text, "", true}, {"digits", SqlType::whole, "", true}}, "currency"));
  std::string values;
  std::size_t in_line = 0;
  const auto& all = Currency::all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (in_line == 0) values += "  ";
    values +=
        "(" + sql_text(all[i].code()) + ", " + number_text(all[i].digits()) + ")" + (i + 1 == all.size() ? ";" : ",");
    const bool wrap = ++in_line == 9;
    values += wrap || i + 1 == all.size() ? "\n" : " ";
    if (wrap) in_line = 0;
  }
  script.add(plan.dialect.insert_into("book_currency") + " VALUES");
  script.add(values);
}

/// The last day on which nothing may be posted any more.
std::optional<Date> closed_through(const LegalEntity& entity) {
  return std::max(entity.closed_through, entity.soft_closed_through);
}

void emit_entities(const SqlPlan& plan, SqlScript& script) {
  script.comment("Legal entities. `closed_through` is the last closed day, `open_again` the day after it.");
  script.add(plan.dialect.create("book_entity",
                                 {{"entity", SqlType::text, "", true},
                                  {"name", SqlType::text, "", true},
                                  {"functional", SqlType::text, "currency of the books", true},
                                  {"digits", SqlType::whole, "of that currency", true},
                                  {"zone", SqlType::text, "", true},
                                  {"calendar", SqlType::text, "", true},
                                  {"closed_through", SqlType::text, ""},
                                  {"open_again", SqlType::text, ""}},
                                 "entity"));
  {
    Rows rows(plan, script, "book_entity");
    for (const LegalEntity& entity : plan.book.catalog.entities) {
      const auto closed = closed_through(entity);
      rows.add({sql_text(entity.code), sql_text(one_line(entity.name)), sql_text(entity.functional.code()),
                number_text(entity.functional.digits()), sql_text(entity.zone), sql_text(entity.calendar),
                day_or_null(closed), closed ? sql_text(closed->plus_days(1).to_text()) : "NULL"});
    }
  }
  script.gap();
}

void emit_periods(const SqlPlan& plan, SqlScript& script) {
  script.comment("Accounting periods; both days belong to the period.");
  script.add(plan.dialect.create("book_period",
                                 {{"calendar", SqlType::text, "", true},
                                  {"period", SqlType::text, "", true},
                                  {"from_day", SqlType::text, "", true},
                                  {"until_day", SqlType::text, "", true}},
                                 "calendar, from_day"));
  {
    Rows rows(plan, script, "book_period");
    for (const FiscalCalendar& calendar : plan.book.calendars)
      for (const Period& period : calendar.periods())
        rows.add({sql_text(calendar.name()), sql_text(period.name), sql_text(period.from.to_text()),
                  sql_text(period.until.to_text())});
  }
  script.gap();
}

/// SQLite knows no time zones: for each zone, stretches of days and how far ahead of UTC each of them began.
void emit_zone_days(const SqlPlan& plan, SqlScript& script) {
  if (!plan.uses_event_time || !plan.dialect.sqlite()) return;
  Date first = Date::from_days(0), last = first;
  bool known = false;
  for (const FiscalCalendar& calendar : plan.book.calendars)
    for (const Period& period : calendar.periods()) {
      first = known ? std::min(first, period.from) : period.from;
      last = known ? std::max(last, period.until) : period.until;
      known = true;
    }
  script.comment(
      "How far ahead of UTC, in seconds, the days of a zone begin: SQLite knows no time zones. Days count from "
      "1970-01-01; from a year before the calendars to a year after them.");
  script.add(plan.dialect.create("book_zone_days",
                                 {{"zone", SqlType::text, "", true},
                                  {"from_day", SqlType::whole, "", true},
                                  {"until_day", SqlType::whole, "", true},
                                  {"utc_offset", SqlType::whole, "", true}},
                                 "zone, from_day"));
  {
    Rows rows(plan, script, "book_zone_days");
    std::set<std::string> zones;
    for (const LegalEntity& entity : plan.book.catalog.entities) zones.insert(entity.zone);
    const std::int32_t begin = first.days() - kDaysAround;
    const std::int32_t end = last.days() + kDaysAround;
    for (const std::string& zone : zones) {
      std::int32_t from = begin;
      std::int64_t offset = 0;
      for (std::int32_t day = begin; day <= end + 1; ++day) {
        const auto starts = start_of_day(Date::from_days(day), zone);
        GLMAP_ASSERT(starts.has_value());  // resolve knows the zones
        const std::int64_t ahead = std::int64_t{day} * 86'400 - starts->micros / 1'000'000;
        if (day != begin && (ahead != offset || day == end + 1)) {
          rows.add({sql_text(zone), number_text(from), number_text(day - 1), number_text(offset)},
                   Date::from_days(from).to_text() + " to " + Date::from_days(day - 1).to_text());
          from = day;
        }
        offset = ahead;
      }
    }
  }
  script.gap();
}

void emit_roles(const SqlPlan& plan, SqlScript& script) {
  const rules::RuleBook& book = plan.book;
  script.comment(
      "Accounts that a role has whatever is posted; roles that ask a table are asked where they are posted.");
  script.add(plan.dialect.create("book_role_account",
                                 {{"role", SqlType::text, "", true},
                                  {"entity", SqlType::text, "", true},
                                  {"account", SqlType::text, "", true},
                                  {"needs", SqlType::whole, "dimensions that its lines must carry", true}},
                                 "role, entity"));
  {
    Rows rows(plan, script, "book_role_account");
    for (const rules::Role& role : book.roles)
      for (std::size_t e = 0; e < role.by_entity.size(); ++e)
        if (role.by_entity[e].kind == rules::RoleAccount::Kind::fixed)
          rows.add({sql_text(role.name), sql_text(book.catalog.entities[e].code), sql_text(role.by_entity[e].account),
                    number_text(static_cast<std::int64_t>(role.needs.size()))},
                   place_text(role.where));
  }
  script.gap();
}

// ---- tables of the book ---------------------------------------------------------------------------------------------

class TableText {
 public:
  TableText(const SqlPlan& plan, std::uint32_t index, SqlScript& script)
      : plan_(plan), table_(plan.book.tables[index]), names_(plan.tables[index]), script_(script) {}

  Status emit() {
    std::size_t combinations = 0;
    for (const rules::TableRow& row : table_.rows) combinations += combinations_of(row);
    if (combinations > kFitsRowsMax)
      return fail(ErrorCode::TooLarge,
                  "table `" + table_.name + "` names " + std::to_string(combinations) +
                      " combinations, more than a script can list",
                  "write `any` where a row means all values", table_.where);
    script_.comment("Table " + table_.name + (table_.title.empty() ? "" : ", \"" + table_.title + "\"") + " (" +
                    place_text(table_.where) + "): its rows and what they answer.");
    emit_rows();
    if (!names_.allows.empty()) emit_allowed();
    script_.comment("What each row of table " + table_.name +
                    " fits, and from which day until which; '*' is any value.");
    emit_fits();
    return {};
  }

 private:
  static std::size_t combinations_of(const rules::TableRow& row) {
    std::size_t count = 1;
    for (const rules::ValueSet& cell : row.cells)
      count = std::min(count * (cell.any ? 1 : cell.values.size()), kFitsRowsMax + 1);
    return count;
  }

  std::string answer_text(std::size_t a, const rules::Answer& answer) const {
    const rules::AnswerColumn& column = table_.answers[a];
    switch (column.kind) {
      case rules::AnswerColumn::Kind::account:
        return sql_text(answer.no_line ? "" : answer.account);
      case rules::AnswerColumn::Kind::decimal:
        return plan_.dialect.number(answer.number, names_.answer_scale[a]);
      case rules::AnswerColumn::Kind::list:
        return sql_text(join(value_texts({rules::Domain::Kind::list, column.list}, answer.values), ", "));
    }
    return {};
  }

  std::vector<std::string> value_texts(const rules::Domain& domain, const rules::ValueSet& set) const {
    if (set.any) return {"*"};
    std::vector<std::string> texts;
    for (const std::uint32_t value : set.values) texts.push_back(plan_.book.value_text(domain, value));
    return texts;
  }

  void emit_rows() {
    std::vector<ColumnDef> columns{{"row_no", SqlType::whole, "", true},
                                   {"spec", SqlType::text, "where the row stands in the book", true},
                                   {"impossible", SqlType::whole, "1: the book says it cannot happen", true}};
    for (std::size_t a = 0; a < table_.answers.size(); ++a) {
      const rules::AnswerColumn& answer = table_.answers[a];
      const bool number = answer.kind == rules::AnswerColumn::Kind::decimal;
      std::string note = answer.kind == rules::AnswerColumn::Kind::account ? "'': no line" : "";
      if (number && plan_.dialect.sqlite()) note = "in units of 10^-" + std::to_string(names_.answer_scale[a]);
      columns.push_back({names_.answers[a], number ? SqlType::number : SqlType::text, note});
    }
    script_.add(plan_.dialect.create(names_.rows, columns, "row_no"));
    Rows rows(plan_, script_, names_.rows);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      const rules::TableRow& row = table_.rows[r];
      std::vector<std::string> values{number_text(static_cast<std::int64_t>(r + 1)), sql_text(place_text(row.where)),
                                      row.impossible ? "1" : "0"};
      for (std::size_t a = 0; a < table_.answers.size(); ++a)
        values.push_back(row.impossible ? "NULL" : answer_text(a, row.answers[a]));
      rows.add(values, row.impossible ? row.because : "");
    }
  }

  /// Values of the first answer that a row allows, for the field of the event that is checked against it.
  void emit_allowed() {
    script_.comment("The values of " + table_.answers.front().name + " that each row allows.");
    script_.add(plan_.dialect.create(
        names_.allows, {{"row_no", SqlType::whole, "", true}, {"value", SqlType::text, "", true}}, "row_no, value"));
    Rows rows(plan_, script_, names_.allows);
    for (std::size_t r = 0; r < table_.rows.size(); ++r) {
      const rules::TableRow& row = table_.rows[r];
      if (row.impossible) continue;
      for (const std::string& value :
           value_texts({rules::Domain::Kind::list, table_.answers.front().list}, row.answers.front().values))
        rows.add({number_text(static_cast<std::int64_t>(r + 1)), sql_text(value)});
    }
  }

  void emit_fits() {
    std::vector<ColumnDef> columns{{"row_no", SqlType::whole, "", true}};
    for (const std::string& name : names_.columns) columns.push_back({name, SqlType::text, "", true});
    columns.push_back({"from_day", SqlType::text, "", true});
    columns.push_back({"until_day", SqlType::text, "", true});
    script_.add(plan_.dialect.create(names_.fits, columns, ""));
    {
      Rows rows(plan_, script_, names_.fits);
      for (std::size_t r = 0; r < table_.rows.size(); ++r) add_combinations(r, rows);
    }
    // No index holds row_no: the planner must go by what is asked.
    if (!names_.columns.empty())
      script_.add("CREATE INDEX " + names_.fits + "_asked ON " + names_.fits + " (" + join(names_.columns, ", ") +
                  ");");
    script_.add(plan_.dialect.analyze(names_.fits));
    script_.gap();
  }

  void add_combinations(std::size_t r, Rows& rows) const {
    const rules::TableRow& row = table_.rows[r];
    std::vector<std::vector<std::string>> choices;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      choices.push_back(value_texts(table_.columns[c].domain, row.cells[c]));
      if (choices.back().empty()) return;
    }
    std::vector<std::size_t> at(choices.size(), 0);
    bool first = true;
    while (true) {
      std::vector<std::string> values{number_text(static_cast<std::int64_t>(r + 1))};
      for (std::size_t c = 0; c < choices.size(); ++c) values.push_back(sql_text(choices[c][at[c]]));
      values.push_back(sql_text(row.from ? row.from->to_text() : "0001-01-01"));
      values.push_back(sql_text(row.until ? row.until->to_text() : "9999-12-31"));
      rows.add(values, first ? place_text(row.where) : "");
      first = false;
      std::size_t c = choices.size();
      while (c > 0 && ++at[c - 1] == choices[c - 1].size()) at[--c] = 0;
      if (c == 0) return;
    }
  }

  const SqlPlan& plan_;
  const rules::Table& table_;
  const TablePlan& names_;
  SqlScript& script_;
};

// ---- inputs ---------------------------------------------------------------------------------------------------------

std::vector<ColumnDef> sent_columns(const SqlPlan& plan, const std::vector<Field>& fields,
                                    const std::vector<std::string>& names) {
  std::vector<ColumnDef> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    std::string note(to_text(field.kind));
    if (field.kind == FieldKind::list) note += " " + plan.book.catalog.lists[field.list].name;
    note += !field.required ? ", optional" : field.definition.empty() ? "" : ", worked out when it is left out";
    if (!field.title.empty()) note += ": " + field.title;
    columns.push_back({names[i], SqlType::text, note});
  }
  return columns;
}

}  // namespace

void emit_inputs(const SqlPlan& plan, SqlScript& script) {
  const Dialect& dialect = plan.dialect;
  script.heading(
      "1. What you fill",
      "Everything is text as it was sent: amounts `4320.00`, days `2026-10-01`, yes/no as `true` or `false`; "
      "NULL where the event does not carry the field. These tables stay when the script runs again.");
  script.comment(
      "One row an event, numbered from 1 in the order in which they came. An event that came twice stands once.");
  script.add(dialect.create("event",
                            {{"event_no", SqlType::whole, "", true},
                             {"source", SqlType::text, "", true},
                             {"id", SqlType::text, "", true},
                             {"revision", SqlType::text, "'' when the sender has none", true},
                             {"type", SqlType::text, "", true},
                             {"time", SqlType::text, "2026-10-01T12:00:00Z; NULL when it was not sent"}},
                            "event_no", true));
  script.add("CREATE UNIQUE INDEX IF NOT EXISTS event_once ON event (source, id, revision);");
  for (std::size_t t = 0; t < plan.types.size(); ++t) {
    const EventType& type = plan.book.catalog.types[t];
    const TypePlan& names = plan.types[t];
    script.gap();
    script.comment(type.name + (type.title.empty() ? "" : ", \"" + type.title + "\""));
    std::vector<ColumnDef> columns{{"event_no", SqlType::whole, "", true}};
    for (ColumnDef& column : sent_columns(plan, type.header, names.header_columns))
      columns.push_back(std::move(column));
    script.add(dialect.create(names.sent, columns, "event_no", true));
    if (type.line.empty()) continue;
    columns = {{"event_no", SqlType::whole, "", true}, {"line_no", SqlType::whole, "from 1", true}};
    for (ColumnDef& column : sent_columns(plan, type.line, names.line_columns)) columns.push_back(std::move(column));
    script.add(dialect.create(names.sent_line, columns, "event_no, line_no", true));
  }
}

Status emit_reference(const SqlPlan& plan, SqlScript& script) {
  script.heading("2. What the book says", "Rows only; nothing is computed here. Compare them with the book.");
  emit_currencies(plan, script);
  emit_entities(plan, script);
  emit_periods(plan, script);
  emit_zone_days(plan, script);
  emit_roles(plan, script);
  for (std::uint32_t table = 0; table < plan.book.tables.size(); ++table)
    GLMAP_CHECK(TableText(plan, table, script).emit());
  return {};
}

}  // namespace glmap::emit
