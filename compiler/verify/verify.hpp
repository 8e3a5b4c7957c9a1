// SPDX-License-Identifier: Apache-2.0
// The proofs. Only verify() makes a VerifiedModel, and only a VerifiedModel can be emitted as a bundle. One file per
// proof in this folder, each `void check_x(const ResolvedModel&, Sink&, Proofs&)`. Single-threaded.
#pragma once

#include <optional>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::verify {

class VerifiedModel {
 public:
  const resolve::ResolvedModel& resolved() const { return model_; }
  const rules::RuleBook& book() const { return model_.book; }
  const rules::Proofs& proofs() const { return proofs_; }

 private:
  friend std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink);
  VerifiedModel(resolve::ResolvedModel model, rules::Proofs proofs)
      : model_(std::move(model)), proofs_(std::move(proofs)) {}
  resolve::ResolvedModel model_;
  rules::Proofs proofs_;
};

/// Runs every proof, also after one failed. nullopt when any reported an error.
std::optional<VerifiedModel> verify(resolve::ResolvedModel model, diagnostics::Sink& sink);

}  // namespace glmap::verify
