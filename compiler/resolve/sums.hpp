// SPDX-License-Identifier: Apache-2.0
// Reads definitions (`net + tax`, `sum of line.gross`) and invariants (`total = net + tax`) of an event schema. Names
// are looked up among the fields already read. Private to resolve. Single-threaded.
#pragma once

#include <optional>
#include <vector>

#include "compiler/resolve/context.hpp"
#include "compiler/resolve/yaml_tree.hpp"

namespace glmap::resolve {

/// The terms of `node`, which defines `field` of the header (on_line false) or of a line. Reports GLM-1007 for text
/// that is no sum, GLM-2010, GLM-3001, GLM-3002; nullopt then.
std::optional<std::vector<SumTerm>> read_definition(Context& context, const EventType& type, const YamlNode& node,
                                                    const Field& field, bool on_line);
/// `left = right` as one sum that is zero. Reports as above.
std::optional<Invariant> read_invariant(Context& context, const EventType& type, const YamlNode& node);
/// GLM-3005 when a definition rests on itself.
void check_definitions_end(Context& context, const EventType& type, const TypePlaces& places);

}  // namespace glmap::resolve
