// SPDX-License-Identifier: Apache-2.0
// Clearing roles: what is put into a balance to be taken out again must be taken out by something, and what is taken
// from must be filled. A role clears when
//   - a line takes from its balance (`at most its balance`, `over its open items`), or
//   - it stands in a pair of `intercompany`, or
//   - its name says so (deferred_revenue, unapplied_cash, refund_clearing ...) and its accounts are assets or
//     liabilities in every entity.
// Receivables, cash and taxes are not among them: payments, banks and tax returns may reach the ledger by other ways.
// Warnings, one ledger at a time, because the other side may stand outside the book.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/resolve/role_words.hpp"
#include "compiler/verify/account_uses.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

// Words between the ends and underscores of a role's name.
constexpr std::array<std::string_view, 12> kClearingWords = {
    "deferred",   "unearned", "contract_asset", "contract_liability", "unbilled", "unapplied", "clearing", "suspense",
    "in_transit", "wallet",   "deposit",        "customer_credit"};

/// What one role does in one ledger.
struct Moves {
  struct Side {
    SourceRef where;  // the first line
    std::set<std::string> rules;
    std::string event;  // of the first line
  };
  std::optional<Side> sides[2];  // debit, credit
  std::optional<SourceRef> limited[2];
};

class ClearingCheck {
 public:
  explicit ClearingCheck(const rules::RuleBook& book) : book_(book), balance_sheet_(balance_sheet_roles(book)) {
    for_each_block(book, [&](const BlockOfRule& of) {
      for (const rules::PostingLine& line : of.block.lines) add(of, line);
    });
  }

  std::size_t checked = 0;

  void run(Findings& findings) {
    for (const auto& [key, moves] : moves_) {
      const auto& [ledger, role] = key;
      if (!clears(role, moves)) continue;
      ++checked;
      for (const Side side : {Side::debit, Side::credit})
        if (moves.sides[at(side)] && !moves.sides[at(opposite(side))])
          findings.add(one_sided(ledger, role, moves, side));
    }
  }

 private:
  static std::size_t at(Side side) { return side == Side::debit ? 0 : 1; }

  void add(const BlockOfRule& of, const rules::PostingLine& line) {
    Moves& moves = moves_[{of.program.ledger, line.role}];
    std::optional<Moves::Side>& side = moves.sides[at(line.side)];
    if (!side) side = Moves::Side{line.where, {}, book_.catalog.types[of.program.type].name};
    side->rules.insert(of.rule.name);
    if (line.limit && !moves.limited[at(line.side)]) moves.limited[at(line.side)] = line.where;
  }

  bool clears(std::uint32_t role, const Moves& moves) const {
    if (moves.limited[0] || moves.limited[1]) return true;
    for (const auto& pair : book_.intercompany)
      if (pair.due_from == role || pair.due_to == role) return true;
    return balance_sheet_[role] &&
           std::any_of(kClearingWords.begin(), kClearingWords.end(),
                       [&](std::string_view word) { return resolve::has_word(book_.roles[role].name, word); });
  }

  Diagnostic one_sided(std::uint32_t ledger, std::uint32_t role, const Moves& moves, Side side) const {
    const Moves::Side& there = *moves.sides[at(side)];
    const std::string name = tick(book_.roles[role].name);
    const std::string in = ledger_words(book_, ledger);
    const std::string missing(to_text(opposite(side)));
    std::vector<std::string> rules;
    for (const std::string& rule : there.rules) rules.push_back(tick(rule));
    Diagnostic found{.code = ErrorCode::NothingClears, .severity = diagnostics::Severity::warning};
    found.labels.push_back({place(book_.roles[role].where), "the role is here"});
    if (const auto& limited = moves.limited[at(side)]) {
      found.primary = place(*limited);
      found.message =
          "this line takes from the balance of " + name + ", and nothing" + in + " ever puts anything there";
      found.notes.push_back("example: for every " + there.event + " the balance is 0.00, and the line takes nothing");
      found.help = "write the rule that posts " + tick(missing + " " + book_.roles[role].name) +
                   ", or take from the role that is filled";
    } else {
      found.primary = place(there.where);
      found.message = "role " + name + " is only ever " + (side == Side::debit ? "debited" : "credited") + in +
                      " (by " + all_of(rules) + "): nothing takes out what is put in";
      found.notes.push_back("example: what the first " + there.event + " puts there stays for ever");
      found.help = "write the rule that posts " + tick(missing + " " + book_.roles[role].name) +
                   ", such as a `recognise`, a delivery or a settlement; if the ledger does it by itself, let this "
                   "warning stand";
    }
    found.fingerprint = "clearing/" + book_.ledgers[ledger] + "/" + book_.roles[role].name;
    return found;
  }

  const rules::RuleBook& book_;
  std::vector<bool> balance_sheet_;                                 // by role
  std::map<std::pair<std::uint32_t, std::uint32_t>, Moves> moves_;  // ledger, role
};

}  // namespace

void check_clearing(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  Findings findings(sink, "roles");
  ClearingCheck clearing(model.book);
  clearing.run(findings);
  if (findings.empty() && clearing.checked != 0)
    proofs.results["what is put into clearing roles is taken out"] = counted(clearing.checked, "role");
}

}  // namespace glmap::verify
