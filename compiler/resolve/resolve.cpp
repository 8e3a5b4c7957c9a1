// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/resolve.hpp"

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {

std::optional<ResolvedModel> resolve(const syntax::Spec& spec, const ReadFile& read_file, diagnostics::Sources& sources,
                                     diagnostics::Sink& sink) {
  Context context{spec, sink};
  resolve_mapping(context);
  resolve_lists(context);
  resolve_reference(context, read_file, sources);
  declare_tables_and_roles(context);
  resolve_tables(context, read_file, sources);
  resolve_accounts(context);
  check_answer_accounts(context);
  resolve_dates(context);
  resolve_foreign_currency(context);
  resolve_policies(context);
  resolve_rules(context);
  resolve_intakes(context);
  resolve_tests(context, read_file);
  sink.fold_names();
  // Also after faults of the parser: what it could not read is missing here, and not told again.
  if (sink.has_errors()) return std::nullopt;
  return std::move(context.model);
}

}  // namespace glmap::resolve
