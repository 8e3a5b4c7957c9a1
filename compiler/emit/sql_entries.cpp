// SPDX-License-Identifier: Apache-2.0
// From postings to journal entries, the same for every book: equal lines merged, foreign amounts converted, what
// conversion leaves settled, signs turned, zeros dropped, periods found. Then what became of each event.
#include <algorithm>

#include "compiler/emit/sql_plan.hpp"

namespace glmap::emit {
namespace {

constexpr const char* kKeys = "event_no, ledger_no, entity, journal";

std::string fault_literal(ErrorCode code, std::string_view about) {
  return sql_text(fault_text(code, about));
}

class EntriesText {
 public:
  EntriesText(const SqlPlan& plan, SqlScript& script)
      : plan_(plan), dialect_(plan.dialect), foreign_(plan.book.foreign_currency), script_(script) {}

  void emit() {
    merge();
    collect_entries();
    value_lines();
    settle();
    seal();
    check();
    journal();
    outcome();
  }

 private:
  static std::vector<ColumnDef> with_keys(std::vector<ColumnDef> more) {
    std::vector<ColumnDef> columns{{"event_no", SqlType::whole, "", true},
                                   {"ledger_no", SqlType::whole, "", true},
                                   {"entity", SqlType::text, "", true},
                                   {"journal", SqlType::text, "", true}};
    columns.insert(columns.end(), more.begin(), more.end());
    return columns;
  }
  static std::string same_entry(const char* a, const char* b) {
    const std::string left(a), right(b);
    return left + ".event_no = " + right + ".event_no AND " + left + ".ledger_no = " + right + ".ledger_no AND " +
           left + ".entity = " + right + ".entity AND " + left + ".journal = " + right + ".journal";
  }
  void fill(const std::string& table, const std::vector<ColumnDef>& columns, const std::string& key,
            const std::string& select) {
    script_.add(dialect_.create(table, columns, key));
    script_.add(dialect_.insert_into(table) + "\n" + select + ";");
    script_.add(dialect_.analyze(table));
    script_.gap();
  }

  void merge() {
    script_.comment(
        "Lines that are equal but for their amount are one line, where the first of them stood. Events that are "
        "held already make none.");
    fill("merged",
         with_keys({{"ord", SqlType::whole, "", true},
                    {"currency", SqlType::text, ""},
                    {"side", SqlType::text, "", true},
                    {"role", SqlType::text, "", true},
                    {"account", SqlType::text, "", true},
                    {"amount", SqlType::amount, "", true},
                    {"own_rate", SqlType::whole, "", true},
                    {"rate", SqlType::number, ""},
                    {"states_worth", SqlType::whole, "", true},
                    {"worth", SqlType::amount, ""},
                    {"dimensions", SqlType::text, "", true}}),
         std::string(kKeys) + ", ord",
         "SELECT event_no, ledger_no, entity, journal, min(ord), min(currency), side, role, account, sum(amount),\n"
         "  own_rate, rate, states_worth, sum(worth), dimensions\n"
         "FROM posting p\n"
         "WHERE account <> '' AND NOT EXISTS (SELECT 1 FROM fault f WHERE f.event_no = p.event_no AND f.ledger_no = "
         "p.ledger_no)\n"
         "GROUP BY event_no, ledger_no, entity, journal, side, role, account, own_rate, rate, states_worth,\n"
         "  CASE WHEN worth IS NULL THEN 0 ELSE 1 END, dimensions");
  }

  void collect_entries() {
    script_.comment(
        "One entry an entity and journal, in the order of their first lines. `entry_index` counts the entries of "
        "an event for one entity and ledger from 0; it is part of the entry's identity.");
    fill("entry",
         with_keys({{"ord", SqlType::whole, "", true},
                    {"entry_no", SqlType::whole, "order within event and ledger", true},
                    {"entry_index", SqlType::whole, "", true},
                    {"currency", SqlType::text, "", true},
                    {"digits", SqlType::whole, "", true},
                    {"functional", SqlType::text, "", true},
                    {"functional_digits", SqlType::whole, "", true},
                    {"mixed", SqlType::whole, "1: lines in several currencies", true}}),
         kKeys,
         "SELECT g.event_no, g.ledger_no, g.entity, g.journal, g.ord,\n"
         "  row_number() OVER (PARTITION BY g.event_no, g.ledger_no ORDER BY g.ord),\n"
         "  row_number() OVER (PARTITION BY g.event_no, g.ledger_no, g.entity ORDER BY g.ord) - 1,\n"
         "  g.currency, c.digits, own.functional, own.digits, g.mixed\n"
         "FROM (\n"
         "  SELECT event_no, ledger_no, entity, journal, min(ord) AS ord, min(currency) AS currency,\n"
         "    CASE WHEN min(currency) = max(currency) THEN 0 ELSE 1 END AS mixed\n"
         "  FROM posting p\n"
         "  WHERE NOT EXISTS (SELECT 1 FROM fault f WHERE f.event_no = p.event_no AND f.ledger_no = p.ledger_no)\n"
         "  GROUP BY event_no, ledger_no, entity, journal\n"
         ") g\n"
         "JOIN book_entity own ON own.entity = g.entity\n"
         "JOIN book_currency c ON c.currency = g.currency");
  }

  // ---- conversion

  void value_lines() {
    const Rounding mode = foreign_ ? foreign_->mode : Rounding::half_away_from_zero;
    script_.comment(
        "What each line is in the currency of the books: itself, what the event says it is worth, or the amount "
        "at a rate, rounded " +
        std::string(to_text(mode)) + (foreign_ ? " (" + place_text(foreign_->where) + ")" : "") + ".");
    if (dialect_.sqlite())
      script_.comment(
          "amount * rate needs more than 64 bits, so both are cut into parts of nine digits: the product is "
          "high * 10^18 + low, and divided by 10^places with quotient and remainder, exactly.");
    const std::string published =
        foreign_ && !foreign_->rate_source.empty()
            ? "    WHEN needs_rate = 1 AND own_rate = 0 THEN " +
                  sql_text(std::string(kNotCovered) + ": rates published by " + foreign_->rate_source) + "\n"
            : "";
    fill("valued",
         with_keys({{"ord", SqlType::whole, "", true},
                    {"side", SqlType::text, "", true},
                    {"role", SqlType::text, "", true},
                    {"account", SqlType::text, "", true},
                    {"amount", SqlType::amount, "", true},
                    {"functional_amount", SqlType::amount, "NULL when a rate is missing"},
                    {"dimensions", SqlType::text, "", true},
                    {"fault", SqlType::text, ""}}),
         std::string(kKeys) + ", ord",
         "WITH priced AS (\n"
         "  SELECT m.*, e.digits, e.functional_digits, CASE WHEN e.currency = e.functional THEN 1 ELSE 0 END AS "
         "at_home,\n"
         "    CASE WHEN m.own_rate = 1 THEN m.rate ELSE t.rate END AS used,\n"
         "    CASE WHEN e.currency <> e.functional AND m.states_worth = 0 THEN 1 ELSE 0 END AS needs_rate\n"
         "  FROM merged m\n"
         "  JOIN entry e ON " +
             same_entry("e", "m") + "\n  JOIN taken t ON t.event_no = m.event_no\n),\n" + converted(mode) +
             "SELECT event_no, ledger_no, entity, journal, ord, side, role, account, amount,\n"
             "  CASE WHEN at_home = 1 THEN amount WHEN states_worth = 1 THEN worth ELSE converted END,\n"
             "  dimensions,\n"
             "  CASE\n"
             "    WHEN at_home = 1 AND states_worth = 1 AND worth <> amount THEN " +
             fault_literal(ErrorCode::InvariantBroken, "worth differs in the currency of the books") +
             "\n    WHEN at_home = 1 THEN NULL\n"
             "    WHEN states_worth = 1 AND worth IS NULL THEN " +
             fault_literal(ErrorCode::RateMissing, "the event does not say what it is worth") + "\n" + published +
             "    WHEN needs_rate = 1 AND used IS NULL THEN " +
             fault_literal(ErrorCode::RateMissing, "the event carries no rate") +
             "\n    WHEN needs_rate = 1 AND used <= 0 THEN " +
             fault_literal(ErrorCode::RateMissing, "the rate is not above zero") + "\n  END\nFROM converted_lines");
  }

  std::string converted(Rounding mode) const {
    const std::string usable = "CASE WHEN needs_rate = 1 AND used > 0 THEN ";
    if (!dialect_.sqlite()) {
      const std::string product =
          "amount * used * CASE WHEN functional_digits >= digits THEN " +
          dialect_.power_of_ten("functional_digits - digits") +
          " ELSE ('0.' || repeat('0', (digits - functional_digits - 1)::int) || '1')::numeric END";
      return "products AS (\n  SELECT p.*, " + usable + product +
             " END AS product\n  FROM priced p\n),\nconverted_lines AS (\n  SELECT p.*, " +
             dialect_.rounded("product", 0, mode) + " AS converted\n  FROM products p\n)\n";
    }
    const std::string nine = ten_to(9);
    const Remainder parts{"quotient", "remainder", "divisor", "amount < 0"};
    return "parts AS (\n"
           "  SELECT p.*, abs(amount) / " +
           nine + " AS a1, abs(amount) % " + nine + " AS a0,\n    " + usable + "used / " + nine + " END AS r1, " +
           usable + "used % " + nine +
           " END AS r0\n  FROM priced p\n),\n"
           "products AS (\n"
           "  SELECT p.*, a0 * r1 + a1 * r0 + a0 * r0 / " +
           nine + " AS middle, a0 * r0 % " + nine +
           " AS lowest\n"
           "  FROM parts p\n),\n"
           "halves AS (\n"
           "  SELECT p.*, a1 * r1 + middle / " +
           nine + " AS high, middle % " + nine + " * " + nine +
           " + lowest AS low,\n"
           "    " +
           dialect_.power_of_ten(std::to_string(Dialect::kNumberPlaces) + " + digits - functional_digits") +
           " AS divisor,\n    " +
           dialect_.power_of_ten(std::to_string(18 - Dialect::kNumberPlaces) + " - digits + functional_digits") +
           " AS multiplier\n  FROM products p\n),\n"
           "divided AS (\n"
           "  SELECT p.*, high * multiplier + low / divisor AS quotient, low % divisor AS remainder\n  FROM halves "
           "p\n),\n"
           "converted_lines AS (\n"
           "  SELECT p.*, CASE WHEN amount < 0 THEN -1 ELSE 1 END * (quotient + CASE WHEN " +
           rounds_up(mode, parts) + " THEN 1 ELSE 0 END) AS converted\n  FROM divided p\n)\n";
  }

  // ---- the difference

  void settle() {
    script_.comment(
        "Debits less credits in the currency of the books. What conversion leaves goes to the gain or loss role of "
        "the rule, else to the rounding role within its cap for each line.");
    std::string rounding = dialect_.null_of(SqlType::text);
    std::string fault = "s.gain_role IS NULL THEN " +
                        fault_literal(ErrorCode::RoundingCapExceeded, "the book names no role for a difference");
    if (foreign_) {
      rounding = sql_text(plan_.book.roles[foreign_->rounding_role].name);
      fault =
          "s.gain_role IS NULL AND " + beyond_cap() + " THEN " +
          fault_literal(ErrorCode::RoundingCapExceeded, "more than " + foreign_->cap_per_line.to_text() + " per line");
    }
    fill(
        "settled",
        with_keys({{"difference", SqlType::amount, ""},
                   {"lines", SqlType::whole, "", true},
                   {"side", SqlType::text, "of the line that takes the difference"},
                   {"role", SqlType::text, ""},
                   {"account", SqlType::text, ""},
                   {"fault", SqlType::text, ""}}),
        kKeys,
        "WITH sums AS (\n"
        "  SELECT e.event_no, e.ledger_no, e.entity, e.journal, e.currency, e.functional, e.functional_digits, "
        "e.mixed,\n"
        "    coalesce(sum(CASE v.side WHEN 'debit' THEN v.functional_amount ELSE -v.functional_amount END), 0) AS "
        "difference,\n"
        "    count(v.ord) AS lines, min(CASE WHEN v.fault IS NOT NULL THEN v.ord END) AS wrong\n"
        "  FROM entry e\n"
        "  LEFT JOIN valued v ON " +
            same_entry("v", "e") +
            "\n  GROUP BY e.event_no, e.ledger_no, e.entity, e.journal, e.currency, e.functional, e.functional_digits, "
            "e.mixed\n),\n"
            "unsettled AS (\n"
            "  SELECT s.*, CASE WHEN difference <> 0 AND currency <> functional THEN 1 ELSE 0 END AS open\n  FROM sums "
            "s\n"
            "),\n"
            "stated AS (  -- the last `difference to` of the entry\n"
            "  SELECT s.*, CASE WHEN open = 1 THEN (SELECT max(p.ord) FROM posting p\n    WHERE " +
            same_entry("p", "s") +
            " AND p.gain_role IS NOT NULL) END AS stated\n  FROM unsettled s\n),\n"
            "sided AS (\n"
            "  SELECT s.*, p.gain_role,\n"
            "    CASE WHEN s.open = 1 THEN CASE WHEN s.difference < 0 THEN 'debit' ELSE 'credit' END END AS side,\n"
            "    CASE WHEN s.open = 1 THEN CASE WHEN p.gain_role IS NULL THEN " +
            rounding +
            " WHEN s.difference < 0 THEN p.loss_role ELSE p.gain_role END END AS role\n"
            "  FROM stated s\n"
            "  LEFT JOIN posting p ON p.event_no = s.event_no AND p.ledger_no = s.ledger_no AND p.ord = s.stated\n)\n"
            "SELECT s.event_no, s.ledger_no, s.entity, s.journal, s.difference, s.lines, s.side, s.role, a.account,\n"
            "  CASE\n"
            "    WHEN s.mixed = 1 THEN " +
            sql_text(std::string(kNotCovered) + ": an entry in several currencies") +
            "\n    WHEN s.wrong IS NOT NULL THEN (SELECT v.fault FROM valued v\n      WHERE " + same_entry("v", "s") +
            " AND v.ord = s.wrong)\n    WHEN s.open = 1 AND " + fault +
            "\n    WHEN s.role IS NOT NULL AND (a.account IS NULL OR a.needs > 0) THEN " +
            fault_literal(ErrorCode::RoleNotAvailable, "the difference has no account") +
            "\n  END\nFROM sided s\nLEFT JOIN book_role_account a ON a.role = s.role AND a.entity = s.entity");
  }

  /// |difference| in minor units > cap * lines * 10^digits, all as whole numbers.
  std::string beyond_cap() const {
    const int scale = foreign_->cap_per_line.scale();
    const std::string power = dialect_.power_of_ten("functional_digits");
    if (!dialect_.sqlite()) return "abs(difference) > " + foreign_->cap_per_line.to_text() + " * lines * " + power;
    return "abs(difference) * " + ten_to(scale) + " > " + dialect_.number(foreign_->cap_per_line, scale) +
           " * lines * " + power;
  }

  // ---- lines as they stand in the journal

  void seal() {
    script_.comment("Lines as they are posted: zeros are gone, a negative amount stands on the other side.");
    fill("sealed",
         with_keys({{"ord", SqlType::whole, "", true},
                    {"side", SqlType::text, "", true},
                    {"role", SqlType::text, "", true},
                    {"account", SqlType::text, "", true},
                    {"amount", SqlType::amount, "", true},
                    {"functional_amount", SqlType::amount, ""},
                    {"dimensions", SqlType::text, "", true}}),
         std::string(kKeys) + ", ord",
         "SELECT event_no, ledger_no, entity, journal, ord,\n"
         "  CASE WHEN turned = 0 THEN side WHEN side = 'debit' THEN 'credit' ELSE 'debit' END, role, account,\n"
         "  CASE turned WHEN 1 THEN -amount ELSE amount END,\n"
         "  CASE turned WHEN 1 THEN -functional_amount ELSE functional_amount END, dimensions\n"
         "FROM (\n"
         "  SELECT v.*, CASE WHEN amount < 0 OR (amount = 0 AND functional_amount < 0) THEN 1 ELSE 0 END AS turned\n"
         "  FROM (\n"
         "    SELECT event_no, ledger_no, entity, journal, ord, side, role, account, amount, functional_amount, "
         "dimensions "
         "FROM valued\n"
         "    UNION ALL\n"
         "    SELECT event_no, ledger_no, entity, journal, 9000000000000, side, role, account, 0, abs(difference), "
         "'{}'\n"
         "    FROM settled WHERE role IS NOT NULL AND fault IS NULL\n"
         "  ) v\n"
         "  WHERE amount <> 0 OR functional_amount <> 0\n"
         ") w");
  }

  void check() {
    const bool hold = plan_.book.closed == rules::ClosedPolicy::hold;
    script_.comment("Each entry with its day and period, and what holds it. An entry without lines is none.");
    fill("checked",
         with_keys({{"posting_date", SqlType::text, ""},
                    {"period", SqlType::text, ""},
                    {"lines", SqlType::whole, "", true},
                    {"total", SqlType::amount, "debits in the currency of the books"},
                    {"fault", SqlType::text, "period, conversion"},
                    {"last_fault", SqlType::text, "balance, once every entry of the event has come so far"}}),
         kKeys,
         "WITH sums AS (\n"
         "  SELECT e.event_no, e.ledger_no, e.entity, e.journal, count(l.ord) AS lines, min(l.functional_amount) AS "
         "least,\n"
         "    sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END) AS difference,\n"
         "    sum(CASE l.side WHEN 'debit' THEN l.functional_amount ELSE -l.functional_amount END) AS "
         "functional_difference,\n"
         "    sum(CASE l.side WHEN 'debit' THEN l.functional_amount ELSE 0 END) AS total,\n"
         "    sum(CASE l.side WHEN 'debit' THEN l.amount ELSE 0 END) AS stated\n"
         "  FROM entry e\n"
         "  LEFT JOIN sealed l ON " +
             same_entry("l", "e") +
             "\n  GROUP BY e.event_no, e.ledger_no, e.entity, e.journal\n),\n"
             "dated AS (\n"
             "  SELECT s.*, d.fault AS settled_fault, own.calendar, t.document_date,\n"
             "    CASE WHEN t.day <= own.closed_through THEN own.open_again ELSE t.day END AS posting_date,\n"
             "    CASE WHEN t.day <= own.closed_through THEN 1 ELSE 0 END AS closed\n"
             "  FROM sums s\n"
             "  JOIN settled d ON " +
             same_entry("d", "s") +
             "\n  JOIN taken t ON t.event_no = s.event_no\n"
             "  JOIN book_entity own ON own.entity = s.entity\n),\n"
             "placed AS (\n"
             "  SELECT d.*, (SELECT min(p.period) FROM book_period p\n"
             "    WHERE p.calendar = d.calendar AND d.posting_date BETWEEN p.from_day AND p.until_day) AS period\n"
             "  FROM dated d\n)\n"
             "SELECT event_no, ledger_no, entity, journal, posting_date, period, lines, total,\n"
             "  CASE\n"
             "    WHEN settled_fault IS NOT NULL THEN settled_fault\n"
             "    WHEN lines = 0 THEN NULL\n" +
             (hold ? "    WHEN closed = 1 THEN " + fault_literal(ErrorCode::PeriodClosed, "closed period") + "\n"
                   : std::string()) +
             "    WHEN period IS NULL THEN " + fault_literal(ErrorCode::PeriodUndefined, "no period") +
             "\n  END,\n  CASE\n    WHEN lines = 0 THEN NULL\n"
             "    WHEN lines < 2 OR least < 0 OR difference <> 0 OR functional_difference <> 0 THEN " +
             fault_literal(ErrorCode::EntryOutOfBalance, "debits and credits") +
             "\n    WHEN total = 0 AND stated <> 0 THEN " +
             fault_literal(ErrorCode::WorthNothing, "the entry is worth nothing at the rate") + "\n  END\nFROM placed");
    for (const char* stage : {"2, e.entry_no, c.fault", "3, e.entry_no, c.last_fault"})
      script_.add(dialect_.insert_into("fault") + "\nSELECT c.event_no, c.ledger_no, " + stage +
                  "\nFROM checked c\nJOIN entry e ON " + same_entry("e", "c") + "\nWHERE c." +
                  (stage[0] == '2' ? "fault" : "last_fault") + " IS NOT NULL;");
    script_.gap();
    for (std::size_t i = 0; i < plan_.book.approvals.size(); ++i) need_approval(plan_.book.approvals[i], i);
  }

  /// An entry that somebody must agree to is held; whether they did is not in the events. Asked of entries that are
  /// sound, after all ledgers.
  void need_approval(const rules::Approval& approval, std::size_t index) {
    const rules::RuleBook& book = plan_.book;
    std::vector<std::string> types, entities;
    for (const std::uint32_t type : approval.types) types.push_back(book.catalog.types[type].name);
    for (const std::uint32_t entity : approval.entities) entities.push_back(book.catalog.entities[entity].code);
    std::string where = "c.lines > 0";
    if (approval.late) where += " AND c.posting_date > t.document_date";
    if (!types.empty()) where += " AND v.type IN " + sql_texts(types);
    if (!entities.empty()) where += " AND c.entity IN " + sql_texts(entities);
    const int scale = approval.over.scale();
    where += " AND c.total * " + ten_to(dialect_.sqlite() ? scale : 0) + " > " + dialect_.number(approval.over, scale) +
             " * " + dialect_.power_of_ten("own.digits");
    script_.comment("Approval by " + approval.by + " over " + approval.over.to_text() +
                    (approval.late ? " of what a closed period has moved" : "") + " (" + place_text(approval.where) +
                    ").");
    script_.add(dialect_.insert_into("fault") + "\nSELECT c.event_no, " + std::to_string(book.ledgers.size()) +
                ", 4, " + std::to_string(index) + ", " +
                fault_literal(ErrorCode::ApprovalNeeded, "needs approval by " + approval.by) +
                "\nFROM checked c\nJOIN event v ON v.event_no = c.event_no\nJOIN taken t ON t.event_no = c.event_no\n"
                "JOIN book_entity own ON own.entity = c.entity\nWHERE " +
                where + ";");
    script_.gap();
  }

  // ---- results

  std::string ledger_name() const {
    std::string text = "CASE c.ledger_no";
    for (std::size_t i = 0; i < plan_.book.ledgers.size(); ++i)
      text += " WHEN " + std::to_string(i) + " THEN " + sql_text(plan_.book.ledgers[i]);
    return text + " END";
  }

  void journal() {
    script_.heading("7. The results",
                    "`journal`: one row a journal line, in the order of `glmapc simulate`.\n"
                    "  SELECT * FROM journal ORDER BY event_no, ledger_no, entry_no, line_no;\n"
                    "`outcome`: one row an event: entries, no entry, held (with the code), not covered.");
    fill("journal",
         {{"event_no", SqlType::whole, "", true},
          {"ledger_no", SqlType::whole, "", true},
          {"entry_no", SqlType::whole, "", true},
          {"line_no", SqlType::whole, "", true},
          {"source", SqlType::text, "", true},
          {"event_id", SqlType::text, "", true},
          {"event_revision", SqlType::text, "", true},
          {"entity", SqlType::text, "", true},
          {"ledger", SqlType::text, "", true},
          {"entry_index", SqlType::whole, "", true},
          {"journal", SqlType::text, "", true},
          {"posting_date", SqlType::text, "", true},
          {"document_date", SqlType::text, "", true},
          {"period", SqlType::text, "", true},
          {"document", SqlType::text, "", true},
          {"side", SqlType::text, "", true},
          {"account", SqlType::text, "", true},
          {"role", SqlType::text, "", true},
          {"amount", SqlType::text, "", true},
          {"currency", SqlType::text, "", true},
          {"functional_amount", SqlType::text, "", true},
          {"functional_currency", SqlType::text, "", true},
          {"dimensions", SqlType::text, "canonical JSON", true}},
         "event_no, ledger_no, entry_no, line_no",
         "SELECT c.event_no, c.ledger_no, e.entry_no,\n"
         "  row_number() OVER (PARTITION BY c.event_no, c.ledger_no, e.entry_no ORDER BY l.ord),\n"
         "  v.source, v.id, v.revision, c.entity, " +
             ledger_name() +
             ", e.entry_index, c.journal, c.posting_date, t.document_date, c.period, t.document,\n"
             "  l.side, l.account, l.role, " +
             dialect_.amount_text("l.amount", "e.digits") + ",\n  e.currency, " +
             dialect_.amount_text("l.functional_amount", "e.functional_digits") +
             ",\n  e.functional, l.dimensions\n"
             "FROM checked c\n"
             "JOIN entry e ON " +
             same_entry("e", "c") + "\nJOIN sealed l ON " + same_entry("l", "c") +
             "\nJOIN taken t ON t.event_no = c.event_no\nJOIN event v ON v.event_no = c.event_no\n"
             "WHERE NOT EXISTS (SELECT 1 FROM fault f WHERE f.event_no = c.event_no)");
  }

  void outcome() {
    const std::string first =
        "(SELECT f.fault FROM fault f WHERE f.event_no = v.event_no\n"
        "      ORDER BY CASE WHEN f.fault LIKE '" +
        std::string(kNotCovered) + "%' THEN 0 ELSE 1 END, f.ledger_no, f.stage, f.ord LIMIT 1)";
    fill("outcome",
         {{"event_no", SqlType::whole, "", true},
          {"source", SqlType::text, "", true},
          {"event_id", SqlType::text, "", true},
          {"event_revision", SqlType::text, "", true},
          {"outcome", SqlType::text, "entries, no entry, held, not covered", true},
          {"code", SqlType::text, "GLM-dddd when it is held", true},
          {"about", SqlType::text, "what is wrong, or not covered", true}},
         "event_no",
         "SELECT event_no, source, id, revision,\n"
         "  CASE WHEN fault LIKE '" +
             std::string(kNotCovered) +
             "%' THEN 'not covered' WHEN fault IS NOT NULL THEN 'held'\n"
             "    WHEN entries = 1 THEN 'entries' ELSE 'no entry' END,\n"
             "  CASE WHEN fault LIKE 'GLM-%' THEN substr(fault, 1, 8) ELSE '' END,\n"
             "  CASE WHEN fault LIKE 'GLM-%' THEN substr(fault, 10) WHEN fault IS NOT NULL THEN substr(fault, " +
             std::to_string(std::string(kNotCovered).size() + 3) +
             ") ELSE '' END\n"
             "FROM (\n"
             "  SELECT v.event_no, v.source, v.id, v.revision,\n"
             "    coalesce(t.fault, " +
             first +
             ") AS fault,\n"
             "    CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.event_no = v.event_no) THEN 1 ELSE 0 END AS "
             "entries\n"
             "  FROM event v\n  JOIN taken t ON t.event_no = v.event_no\n) w");
  }

  const SqlPlan& plan_;
  const Dialect& dialect_;
  const std::optional<rules::ForeignCurrency>& foreign_;
  SqlScript& script_;
};

}  // namespace

void emit_entries(const SqlPlan& plan, SqlScript& script) {
  script.heading(
      "6. Entries",
      "The same for every book: equal lines merged, amounts valued in the currency of the books, what conversion "
      "leaves settled, signs and zeros, days and periods, debits against credits.");
  EntriesText(plan, script).emit();
}

}  // namespace glmap::emit
