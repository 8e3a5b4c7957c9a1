// SPDX-License-Identifier: Apache-2.0
// The figures finance reads: the statement (conservation), the trial balance, counts.
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/sqlite/reader_cut.hpp"

namespace glmap::gateway::store {

using engine::EntryState;
using engine::EventState;

Result<std::vector<StatementRow>> Reader::statement() {
  return in_one_cut([&]() -> Result<std::vector<StatementRow>> {
    std::map<std::int64_t, StatementRow> rows;
    GLMAP_TRY(taken,
              use("SELECT number, source, entity, currency, accepted_count, accepted_minor FROM statement_rows"));
    while (true) {
      GLMAP_TRY(more, taken->step());
      if (!more) break;
      StatementRow& row = rows[taken->integer(0)];
      row.source = taken->text(1);
      row.entity = taken->text(2);
      row.currency = taken->text(3);
      row.accepted = {taken->integer(4), taken->exact(5)};
    }
    // Added up here and not in SQL: sums of minor units may leave 64 bits.
    GLMAP_TRY(event, use("SELECT statement_row, state, amount_minor FROM event_state"));
    while (true) {
      GLMAP_TRY(more, event->step());
      if (!more) break;
      CountAndAmount& into = figure_of(rows[event->integer(0)], static_cast<EventState>(event->integer(1)));
      into.count += 1;
      into.minor += event->exact(2);
    }
    // An event on its way with an entry that waits for a person is not `waiting` but held or rejected.
    GLMAP_TRY(stuck,
              use("SELECT s.statement_row, s.amount_minor, min(e.state) FROM entry_state e "
                  "JOIN event_state s ON s.event = e.event WHERE e.state IN (5, 6) AND s.state = 0 GROUP BY e.event"));
    while (true) {
      GLMAP_TRY(more, stuck->step());
      if (!more) break;
      StatementRow& row = rows[stuck->integer(0)];
      const Int128 minor = stuck->exact(1);
      const bool refused = static_cast<EntryState>(stuck->integer(2)) == EntryState::rejected;
      CountAndAmount& into = refused ? row.rejected : row.held;
      row.waiting.count -= 1;
      row.waiting.minor -= minor;
      into.count += 1;
      into.minor += minor;
    }
    std::vector<StatementRow> result;
    for (auto& [number, row] : rows) {
      // A row that lost all its events to a retry under another entity or currency says nothing any more.
      const bool empty = row.accepted == CountAndAmount{} && row.agrees();
      if (!empty) result.push_back(std::move(row));
    }
    return result;
  });
}

Result<std::vector<TrialBalanceRow>> Reader::trial_balance(std::string_view entity) {
  return in_one_cut([&]() -> Result<std::vector<TrialBalanceRow>> {
    GLMAP_TRY(row, use("SELECT entity, ledger, account, currency, debit_minor, credit_minor FROM balances "
                       "WHERE ?1 = '' OR entity = ?1 ORDER BY entity, ledger, account, currency"));
    row->text(1, entity);
    std::vector<TrialBalanceRow> result;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return result;
      TrialBalanceRow next{row->text(0), row->text(1), row->text(2), row->text(3), row->exact(4), row->exact(5)};
      add_balance(result, std::move(next));
    }
  });
}

Result<EntryCounts> Reader::count_entries() {
  return in_one_cut([&]() -> Result<EntryCounts> {
    GLMAP_TRY(row, use("SELECT state, count(*) FROM entry_state GROUP BY state"));
    EntryCounts counts;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return counts;
      counts.by_state.at(static_cast<std::size_t>(row->integer(0))) = row->integer(1);
    }
  });
}

}  // namespace glmap::gateway::store
