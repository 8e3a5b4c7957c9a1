// SPDX-License-Identifier: Apache-2.0
// Every proof, one file each, named like its function. Each looks at the whole book, reports what it refutes with a
// concrete example, and writes into `proofs` what it proved. They do not build on each other. Private to verify.
#pragma once

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/verify/verify.hpp"

namespace glmap::verify {

using diagnostics::Diagnostic;
using diagnostics::Sink;
using diagnostics::Span;
using resolve::ResolvedModel;
struct TableFacts;

/// The three proofs about tables, for each table; `kept` makes a second look at a changed book short.
void check_tables(const ResolvedModel& model, KeptTables& kept, Sink& sink, rules::Proofs& proofs);
/// GLM-4001, GLM-4012: every combination, on every day the table is in force, has a row.
void check_table_complete(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts, Sink& sink,
                          rules::Proofs& proofs);
/// GLM-4001: what a rule asks a table for is given whenever the rule fits.
void check_inputs_given(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4006: every row can apply. By row: it cannot, and that was told.
std::vector<bool> check_rows_reachable(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts,
                                       Sink& sink, rules::Proofs& proofs);
/// GLM-4002: no combination has two rows. That a row `dead` says what others say is not told again.
void check_table_disjoint(const rules::RuleBook& book, std::uint32_t table, const TableFacts& facts,
                          const std::vector<bool>& dead, Sink& sink, rules::Proofs& proofs);
/// GLM-4015: no row accepts everything.
void check_no_catch_all(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4004: every event reaches an outcome.
void check_outcomes_complete(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4005, and GLM-4006 for rules: no event reaches two, every rule can apply.
void check_outcomes_disjoint(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4003: debits equal credits for every event that satisfies its schema.
void check_balanced(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4010: every amount is posted in its own currency, and a rate is there when one is needed.
void check_currencies(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4007: every account is postable and open on every day it may be used.
void check_accounts_usable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4008: every account's type suits its role.
void check_account_types(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4011: every entity a rule can post in has an account for its roles.
void check_roles_available(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4009: every dimension of a line has a value.
void check_dimensions(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4019: the entities of an intercompany group owe each other the same.
void check_intercompany(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4020: every schedule can be made, and takes out of a balance what was put into it.
void check_schedules(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4018 (warnings): what is put into a clearing role is taken out by something.
void check_clearing(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4025 (warnings): what is taken from balances is never negative.
void check_signs(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4026 (warnings): a journal code that stands once is no slip for another.
void check_journals(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4021 (warnings): it is said what happens when an event comes before one it needs; GLM-4006: nothing waits for
/// itself.
void check_order(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4006, GLM-4009: approvals, expectations and prerequisites can matter.
void check_policies_reachable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4023: every payload gives its event every field that the event needs.
void check_intakes_complete(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4024: no payload is of two kinds; GLM-4006: every kind can occur.
void check_payload_kinds(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs);
/// GLM-4017: every list, role and table is used (warnings). Looked at when all else holds: what a fault leaves unused
/// is the fault's consequence, not another one.
void check_unused(const ResolvedModel& model, Sink& sink);

}  // namespace glmap::verify
