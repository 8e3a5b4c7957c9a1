// SPDX-License-Identifier: Apache-2.0
// The coverage report for a terminal: totals, tables, rules, events, lists. Rows and rules without a test begin with
// an exclamation mark. Of a long table only the rows without a test are shown.
#include <algorithm>

#include "compiler/driver/coverage_report.hpp"

namespace glmap::driver {
namespace {

constexpr std::size_t kRowsShown = 60;
constexpr std::size_t kCellWidth = 44;  // characters
constexpr std::size_t kTestsShown = 4;
constexpr std::size_t kAnswersShown = 6;

/// Characters, not bytes: a name may have umlauts.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Cut between the members of a list: "A, B, C and 37 more".
std::string shortened(const std::string& text) {
  if (width_of(text) <= kCellWidth) return text;
  const auto commas = static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
  std::size_t kept = 0, end = 0;
  for (std::size_t at = text.find(", "); at != std::string::npos && width_of(text.substr(0, at)) + 12 <= kCellWidth;
       at = text.find(", ", at + 2)) {
    end = at;
    ++kept;
  }
  if (kept == 0) return text;
  return text.substr(0, end) + " and " + std::to_string(commas + 1 - kept) + " more";
}

/// Rows of cells, each column as wide as its widest cell.
class Columns {
 public:
  explicit Columns(std::vector<std::string> head) { add(std::move(head)); }
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Right-aligned columns hold numbers.
  std::string text(const std::vector<std::size_t>& right) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()), 0);
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string blanks(widths[c] - width_of(row[c]), ' ');
        const bool numbers = std::find(right.begin(), right.end(), c) != right.end();
        line += (c == 0 ? "" : "  ") + (numbers ? blanks + row[c] : row[c] + blanks);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string tests_words(const Tests& tests) {
  if (tests.empty()) return "no test";
  std::string text;
  for (std::size_t i = 0; i < std::min(tests.size(), kTestsShown); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(tests[i] + 1);
  if (tests.size() > kTestsShown) text += " and " + std::to_string(tests.size() - kTestsShown) + " more";
  return text;
}

std::string mapped_words(const verify::Mapped& all) {
  return count_words(all.answered) + " answered, " + count_words(all.impossible) + " impossible, " +
         count_words(all.remaining) + " remaining";
}

std::string of_words(const CoverageReport::Part& part) {
  return std::to_string(part.reached) + " of " + std::to_string(part.of);
}

std::string titled(const std::string& name, const std::string& title) {
  return name + (title.empty() ? "" : " \"" + title + "\"");
}

std::string totals(const CoverageReport& report) {
  std::size_t rows = 0;
  for (const TableCoverageReport& table : report.tables) rows += table.rows.size();
  const verify::Mapped all = report.combinations();
  return "  combinations  " + count_words(all.combinations) + " in " + std::to_string(report.tables.size()) +
         " tables: " + mapped_words(all) + "\n  rows          " + of_words(report.rows()) +
         " are reached by a test (rows that answer; " + std::to_string(rows) + " in all)\n  rules         " +
         of_words(report.rules_tested()) + " are reached by a test\n  event types   " +
         of_words(report.events_mapped()) + " have an outcome in every ledger\n  tests         " +
         std::to_string(report.tests.size()) + "\n";
}

std::string row_mark(const RowCoverage& row) {
  return row.impossible || !row.tests.empty() ? " " : "!";
}

std::vector<std::string> row_cells(const TableCoverageReport& table, const RowCoverage& row) {
  std::vector<std::string> cells{row_mark(row) + " " + row.place, count_words(row.counts)};
  for (const std::string& cell : row.cells) cells.push_back(shortened(cell));
  cells.emplace_back("|");
  for (std::size_t a = 0; a < table.answers.size(); ++a)
    cells.push_back(!row.impossible ? shortened(row.answers[a]) : a == 0 ? "impossible" : "");
  if (table.dated) {
    cells.push_back(row.from);
    cells.push_back(row.until);
  }
  cells.push_back(row.impossible && row.tests.empty() ? "" : tests_words(row.tests));
  return cells;
}

std::string table_text(const TableCoverageReport& table) {
  std::string text = "\ntable " + titled(table.name, table.title) + " (" + table.place + ")\n  " +
                     count_words(table.all.combinations) + " combinations: " + mapped_words(table.all);
  if (!table.remaining_because.empty()) text += " (" + table.remaining_because + ")";
  text += "\n";
  std::vector<std::string> head{"  row", "combinations"};
  head.insert(head.end(), table.columns.begin(), table.columns.end());
  head.emplace_back("|");
  head.insert(head.end(), table.answers.begin(), table.answers.end());
  if (table.dated) head.insert(head.end(), {"from", "until"});
  head.emplace_back("tests");
  Columns columns(std::move(head));
  const bool all = table.rows.size() <= kRowsShown;
  std::size_t shown = 0, left_out = 0, untested = 0;
  for (const RowCoverage& row : table.rows) {
    const bool mark = row_mark(row) == "!";
    untested += mark ? 1 : 0;
    if ((all || mark) && shown < kRowsShown) {
      columns.add(row_cells(table, row));
      ++shown;
    } else {
      ++left_out;
    }
  }
  text += columns.text({1});
  if (left_out != 0)
    text += "  " + std::to_string(left_out) + " more rows, " + std::to_string(untested) +
            " rows of the table without a test; --format html shows all\n";
  return text;
}

std::string rules_text(const CoverageReport& report) {
  Columns columns({"  rule", "event", "ledger", "outcome", "tests"});
  for (const RuleCoverage& rule : report.rules)
    columns.add({(rule.tests.empty() ? "! " : "  ") + rule.name, rule.event, rule.ledger, rule.outcome,
                 tests_words(rule.tests)});
  return "\nrules\n" + columns.text({});
}

std::string outcome_words(const EventCoverage::InLedger& in) {
  if (!in.any()) return "no rule: every one is held";
  std::string text;
  const auto part = [&](std::size_t count, const char* one, const char* several) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + (count == 1 ? one : several);
  };
  part(in.posts, "rule posts", "rules post");
  part(in.no_entry, "no entry", "no entry");
  part(in.holds, "hold", "holds");
  return text;
}

std::string events_text(const CoverageReport& report) {
  Columns columns({"  event type", "ledger", "outcomes"});
  for (const EventCoverage& event : report.events)
    for (std::size_t i = 0; i < event.ledgers.size(); ++i)
      columns.add({(event.ledgers[i].any() ? "  " : "! ") + event.name, event.ledgers[i].ledger,
                   outcome_words(event.ledgers[i])});
  return "\nevent types\n" + columns.text({});
}

std::string lead_name(const Lead& lead, bool several_ledgers) {
  if (!lead.table.empty()) return lead.table;
  return "rules for " + lead.event + (several_ledgers ? " in " + lead.ledger : "");
}

std::string lead_words(const Lead& lead) {
  std::string answers;
  for (std::size_t i = 0; i < std::min(lead.answers.size(), kAnswersShown); ++i)
    answers += (i == 0 ? "" : lead.all ? " or " : ", ") + lead.answers[i];
  if (lead.answers.size() > kAnswersShown)
    answers += (lead.all ? " or " : " and ") + std::to_string(lead.answers.size() - kAnswersShown) + " more";
  if (answers.empty()) answers = "nowhere";
  if (!lead.all) return answers;
  std::string counts = count_words(lead.all->answered) + " of " + count_words(lead.all->combinations);
  if (lead.all->impossible != verify::Count{0}) counts += ", " + count_words(lead.all->impossible) + " impossible";
  if (lead.all->remaining != verify::Count{0}) counts += ", " + count_words(lead.all->remaining) + " remaining";
  return answers + " (" + counts + ")";
}

std::string list_text(const ListCoverage& list, bool several_ledgers) {
  Columns columns({"  value", "in", "leads to (combinations)"});
  bool asked = false;
  for (const ValueCoverageReport& group : list.groups) {
    std::string values;
    for (const std::string& value : group.values) values += (values.empty() ? "" : ", ") + value;
    for (std::size_t i = 0; i < group.leads.size(); ++i)
      columns.add({i == 0 ? "  " + shortened(values) : "", lead_name(group.leads[i], several_ledgers),
                   lead_words(group.leads[i])});
    if (group.leads.empty()) columns.add({"  " + shortened(values), "-", "no table or rule asks for it"});
    asked = asked || !group.leads.empty();
  }
  std::string head = "\nlist " + list.name + ", " + std::to_string(list.values) + " values";
  for (std::size_t i = 0; i < list.answered_by.size(); ++i)
    head += (i == 0 ? ", answered by table " : ", ") + list.answered_by[i];
  head += "\n";
  return asked ? head + columns.text({}) : head + "  no table or rule asks for it\n";
}

}  // namespace

std::string coverage_text(const CoverageReport& report) {
  std::string text = titled(report.name, report.title) + ", release " + report.release + "\n\n" + totals(report);
  for (const TableCoverageReport& table : report.tables) text += table_text(table);
  text += rules_text(report) + events_text(report);
  const bool several_ledgers = !report.events.empty() && report.events.front().ledgers.size() > 1;
  for (const ListCoverage& list : report.lists) text += list_text(list, several_ledgers);
  text += "\ntests\n";
  for (std::size_t i = 0; i < report.tests.size(); ++i)
    text += "  " + std::to_string(i + 1) + "  " + report.tests[i] + "\n";
  return text;
}

}  // namespace glmap::driver
