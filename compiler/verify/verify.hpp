// SPDX-License-Identifier: Apache-2.0
// The proofs. Only verify() makes a VerifiedModel, and only a VerifiedModel can be emitted as a bundle. One file per
// proof in this folder, each `void check_x(const ResolvedModel&, Sink&, Proofs&)`. Single-threaded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::verify {

struct TableFacts;

/// What was found out about the tables of a book, for the next look at it: where few rows of a table have changed, only
/// their own boxes are looked at again. Findings are the same as without. One editor session, one object.
class KeptTables {
 public:
  KeptTables();
  ~KeptTables();
  KeptTables(KeptTables&&) noexcept;
  KeptTables& operator=(KeptTables&&) noexcept;

  /// What is known of the table with this name, brought up to date with `book`.
  const TableFacts& update(const rules::RuleBook& book, std::uint32_t table);

 private:
  std::map<std::string, std::unique_ptr<TableFacts>> tables_;
};

class VerifiedModel {
 public:
  const resolve::ResolvedModel& resolved() const { return model_; }
  const rules::RuleBook& book() const { return model_.book; }
  const rules::Proofs& proofs() const { return proofs_; }

 private:
  friend std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink, KeptTables& kept);
  VerifiedModel(resolve::ResolvedModel model, rules::Proofs proofs)
      : model_(std::move(model)), proofs_(std::move(proofs)) {}
  resolve::ResolvedModel model_;
  rules::Proofs proofs_;
};

/// Runs every proof, also after one failed. nullopt when any reported an error.
std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink);
/// The same, and the tables that `kept` knows from an earlier look are looked at only where they have changed.
std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink, KeptTables& kept);

}  // namespace glmap::verify
