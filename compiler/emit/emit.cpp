// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/emit.hpp"

namespace glmap::emit {

std::string emit_bundle(const verify::VerifiedModel& model) {
  return rules::write_bundle(model.book(), model.proofs());
}

}  // namespace glmap::emit
