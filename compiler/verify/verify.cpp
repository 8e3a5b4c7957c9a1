// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/verify.hpp"

#include <utility>

#include "compiler/verify/checks.hpp"

namespace glmap::verify {

std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink) {
  KeptTables kept;
  return verify(std::move(model), sink, kept);
}

std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink, KeptTables& kept) {
  const std::size_t before = sink.error_count();
  rules::Proofs proofs;
  proofs.compiler = "glmapc 0.1.0";
  check_tables(model, kept, sink, proofs);
  for (const auto check :
       {check_inputs_given, check_no_catch_all, check_outcomes_complete, check_outcomes_disjoint, check_balanced,
        check_currencies, check_accounts_usable, check_account_types, check_roles_available, check_dimensions,
        check_intercompany, check_schedules, check_clearing, check_signs, check_journals, check_order,
        check_policies_reachable, check_intakes_complete, check_payload_kinds})
    check(model, sink, proofs);
  if (sink.error_count() != before) return std::nullopt;
  check_unused(model, sink);
  return VerifiedModel(std::move(model), std::move(proofs));
}

}  // namespace glmap::verify
