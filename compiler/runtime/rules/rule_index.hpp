// SPDX-License-Identifier: Apache-2.0
// Which rules of an event type can fit an event, without trying one after the other. It leaves out only rules that fail
// by a condition that is certain to be asked before anything of the rule can go wrong; so who tries the candidates in
// order decides and fails exactly as who tries all. Private to rules. Built once, then read by any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/runtime/rules/scope.hpp"
#include "compiler/runtime/rules/set_index.hpp"

namespace glmap::rules {

class RuleIndex {
 public:
  RuleIndex(const RuleBook& book, const EventProgram& program);

  /// Positions in EventProgram::rules, ascending.
  class Candidates {
   public:
    std::span<const std::uint32_t> rules() const { return {rules_.data(), size_}; }

   private:
    friend class RuleIndex;
    static constexpr std::size_t kMax = 32;
    std::array<std::uint32_t, kMax> rules_;
    std::size_t size_ = 0;
  };
  /// False when all rules have to be tried: they are few, or many may fit, or a table that some rule asks has no
  /// answer.
  bool find(Scope& scope, Candidates& candidates) const;

 private:
  static constexpr std::size_t kColumnsMax = 16;

  std::vector<Operand> columns_;      // what rules ask about
  std::vector<std::uint32_t> sizes_;  // of their domains, and one more value: the event carries none
  SetIndex index_;
};

}  // namespace glmap::rules
