// SPDX-License-Identifier: Apache-2.0
// The coverage report for programs. Counts are whole numbers, null when not counted; tests are named by title.
#include "compiler/driver/coverage_report.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::driver {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kWidth = 300;

Json number(std::size_t count) {
  return Json::number(static_cast<long long>(count));
}
Json count(const std::optional<verify::Count>& value) {
  return value ? Json(JsonNumber{verify::count_text(*value)}) : Json();
}
Json texts(const std::vector<std::string>& values) {
  Json::Array array;
  for (const std::string& value : values) array.emplace_back(value);
  return array;
}

Json mapped(const verify::Mapped& all) {
  Json::Object object;
  object.emplace_back("all", count(all.combinations));
  object.emplace_back("answered", count(all.answered));
  object.emplace_back("impossible", count(all.impossible));
  object.emplace_back("remaining", count(all.remaining));
  return object;
}

Json part(const CoverageReport::Part& value) {
  Json::Object object;
  object.emplace_back("all", number(value.of));
  object.emplace_back("reached", number(value.reached));
  return object;
}

class Writer {
 public:
  explicit Writer(const CoverageReport& report) : report_(report) {}

  Json report() const {
    Json::Object totals;
    totals.emplace_back("combinations", mapped(report_.combinations()));
    totals.emplace_back("event_types", part(report_.events_mapped()));
    totals.emplace_back("rows", part(report_.rows()));
    totals.emplace_back("rules", part(report_.rules_tested()));
    totals.emplace_back("tests", number(report_.tests.size()));
    Json::Object object;
    object.emplace_back("format", Json::number(kFormat));
    object.emplace_back("name", report_.name);
    object.emplace_back("release", report_.release);
    object.emplace_back("title", report_.title);
    object.emplace_back("totals", std::move(totals));
    object.emplace_back("tables", each(report_.tables, [this](const auto& table) { return table_json(table); }));
    object.emplace_back("rules", each(report_.rules, [this](const auto& rule) { return rule_json(rule); }));
    object.emplace_back("event_types", each(report_.events, [](const auto& event) { return event_json(event); }));
    object.emplace_back("lists", each(report_.lists, [](const auto& list) { return list_json(list); }));
    object.emplace_back("tests", texts(report_.tests));
    return object;
  }

 private:
  template <class Items, class Make>
  static Json each(const Items& items, Make make) {
    Json::Array array;
    for (const auto& item : items) array.push_back(make(item));
    return array;
  }

  Json tests(const Tests& numbers) const {
    Json::Array array;
    for (const std::uint32_t test : numbers) array.emplace_back(report_.tests[test]);
    return array;
  }

  Json table_json(const TableCoverageReport& table) const {
    Json::Object object;
    object.emplace_back("name", table.name);
    object.emplace_back("title", table.title);
    object.emplace_back("place", table.place);
    object.emplace_back("columns", texts(table.columns));
    object.emplace_back("answers", texts(table.answers));
    object.emplace_back("combinations", mapped(table.all));
    object.emplace_back("remaining_because", table.remaining_because.empty() ? Json() : Json(table.remaining_because));
    object.emplace_back("rows", each(table.rows, [this](const auto& row) { return row_json(row); }));
    return object;
  }

  Json row_json(const RowCoverage& row) const {
    Json::Object object;
    object.emplace_back("place", row.place);
    object.emplace_back("cells", texts(row.cells));
    object.emplace_back("answers", row.impossible ? Json() : texts(row.answers));
    object.emplace_back("from", row.from.empty() ? Json() : Json(row.from));
    object.emplace_back("until", row.until.empty() ? Json() : Json(row.until));
    object.emplace_back("impossible_because", row.impossible ? Json(row.because) : Json());
    object.emplace_back("combinations", count(row.counts));
    object.emplace_back("tests", tests(row.tests));
    return object;
  }

  Json rule_json(const RuleCoverage& rule) const {
    Json::Object object;
    object.emplace_back("name", rule.name);
    object.emplace_back("title", rule.title);
    object.emplace_back("place", rule.place);
    object.emplace_back("because", rule.because);
    object.emplace_back("event_type", rule.event);
    object.emplace_back("ledger", rule.ledger);
    object.emplace_back("outcome", rule.outcome);
    object.emplace_back("tests", tests(rule.tests));
    return object;
  }

  static Json event_json(const EventCoverage& event) {
    Json::Object object;
    object.emplace_back("name", event.name);
    object.emplace_back("title", event.title);
    object.emplace_back("ledgers", each(event.ledgers, [](const EventCoverage::InLedger& in) {
                          Json::Object one;
                          one.emplace_back("ledger", in.ledger);
                          one.emplace_back("posts", number(in.posts));
                          one.emplace_back("no_entry", number(in.no_entry));
                          one.emplace_back("holds", number(in.holds));
                          return Json(std::move(one));
                        }));
    return object;
  }

  static Json list_json(const ListCoverage& list) {
    Json::Object object;
    object.emplace_back("name", list.name);
    object.emplace_back("answered_by", texts(list.answered_by));
    object.emplace_back("groups", each(list.groups, [](const ValueCoverageReport& group) {
                          Json::Object one;
                          one.emplace_back("values", texts(group.values));
                          one.emplace_back("leads", each(group.leads, lead_json));
                          return Json(std::move(one));
                        }));
    return object;
  }

  static Json lead_json(const Lead& lead) {
    Json::Object object;
    if (lead.all) {
      object.emplace_back("table", lead.table);
      object.emplace_back("answers", texts(lead.answers));
      object.emplace_back("combinations", mapped(*lead.all));
    } else {
      object.emplace_back("event_type", lead.event);
      object.emplace_back("ledger", lead.ledger);
      object.emplace_back("rules", texts(lead.answers));
    }
    return object;
  }

  const CoverageReport& report_;
};

/// What fits on a line stands on one: a row of a table is a line, and so is its difference to an earlier report.
void write(const Json& value, std::size_t depth, std::string& text) {
  std::string line = write_json(value);
  const Json::Array* array = value.as_array();
  const Json::Object* object = value.as_object();
  const bool has_parts = (array != nullptr && !array->empty()) || (object != nullptr && !object->empty());
  if (depth > 0 && (!has_parts || line.size() + 2 * depth <= kWidth)) {
    text += line;
    return;
  }
  const std::string indent(2 * (depth + 1), ' ');
  bool first = true;
  const auto next = [&] {
    text += (first ? "\n" : ",\n") + indent;
    first = false;
  };
  text += array != nullptr ? "[" : "{";
  if (array != nullptr)
    for (const Json& item : *array) {
      next();
      write(item, depth + 1, text);
    }
  else
    for (const auto& [name, member] : *object) {
      next();
      text += quote_json(name) + ": ";
      write(member, depth + 1, text);
    }
  text += "\n" + std::string(2 * depth, ' ') + (array != nullptr ? "]" : "}");
}

}  // namespace

std::string coverage_json(const CoverageReport& report) {
  std::string text;
  write(Writer(report).report(), 0, text);
  return text + "\n";
}

}  // namespace glmap::driver
