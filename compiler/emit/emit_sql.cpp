// SPDX-License-Identifier: Apache-2.0
// The script from top to bottom: its head, then part after part.
#include "compiler/emit/emit_sql.hpp"

#include "compiler/emit/sql_plan.hpp"

namespace glmap::emit {
namespace {

std::vector<std::string> uncovered_rules(const rules::RuleBook& book) {
  std::vector<std::string> lines;
  for (std::uint32_t type = 0; type < book.catalog.types.size(); ++type) {
    if (book.programs_of(type).empty()) continue;
    if (const std::string why = why_not_covered(book, type); !why.empty())
      lines.push_back("every event " + book.catalog.types[type].name + ": " + why);
  }
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules)
      if (const std::string why = why_not_covered(rule); !why.empty())
        lines.push_back("rule " + rule.name + " for " + book.catalog.types[program.type].name + " (" +
                        place_text(rule.where) + "): " + why);
  if (book.foreign_currency && !book.foreign_currency->rate_source.empty())
    lines.push_back("amounts converted at rates of " + book.foreign_currency->rate_source + " (" +
                    place_text(book.foreign_currency->where) + ")");
  return lines;
}

void emit_head(const SqlPlan& plan, SqlScript& script) {
  const rules::RuleBook& book = plan.book;
  const bool sqlite = plan.dialect.sqlite();
  script.comment("Mapping book " + book.name + (book.title.empty() ? "" : ", \"" + book.title + "\"") + ", release " +
                 book.release + ", as SQL for " + (sqlite ? "SQLite (3.38 or newer)." : "PostgreSQL (13 or newer).") +
                 "\n");
  script.comment(
      "Written by `glmapc emit sql`. It works out the journal lines of billing events from the book alone, without the "
      "program that posts them, so that somebody else can work them out again and compare.\n");
  script.comment(
      "1. Run the script once in an empty database: it makes the tables of part 1, empty.\n"
      "2. Fill these tables. 3. Run the script again. 4. Read `journal` and `outcome`.\n" +
      std::string(sqlite ? "With the shell: sqlite3 -bail FILE < SCRIPT\n"
                         : "With the shell: psql -v ON_ERROR_STOP=1 -f SCRIPT\n"));
  script.comment(
      sqlite ? "Exact: whole numbers only. Amounts below 10^15 minor units; rates and quantities with six digits "
               "before the point and twelve behind it. What is larger stops the script with an error, and nothing "
               "of it remains; it never comes out wrong.\n"
             : "Exact: numeric only. Amounts up to 10^30 minor units; a larger one stops the script with an error, "
               "and nothing of it remains.\n");
  const std::vector<std::string> uncovered = uncovered_rules(book);
  if (uncovered.empty()) {
    script.comment("Covered: every rule of the book.");
  } else {
    script.comment("NOT COVERED, because it depends on what happened before. Such events come out as `not covered`:");
    for (const std::string& line : uncovered) script.comment("  - " + line);
  }
  script.gap();
}

}  // namespace

Result<std::string> emit_sql(const verify::VerifiedModel& model, SqlDialect dialect) {
  const SqlPlan plan(model.book(), dialect);
  SqlScript script;
  emit_head(plan, script);
  if (!plan.dialect.sqlite()) script.add("CREATE SCHEMA IF NOT EXISTS glmap;\nSET search_path = glmap;");
  emit_inputs(plan, script);
  script.add("\nBEGIN;");
  GLMAP_CHECK(emit_reference(plan, script));
  emit_reading(plan, script);
  emit_scopes(plan, script);
  emit_postings(plan, script);
  emit_entries(plan, script);
  script.add("COMMIT;");
  return script.take();
}

}  // namespace glmap::emit
