// SPDX-License-Identifier: Apache-2.0
// Reference data: the strict reading of YAML.
#include "compiler/resolve/yaml_tree.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  glmap::diagnostics::Sink sink;
  const auto tree = glmap::resolve::read_yaml("x.yaml", std::string(glmap::fuzz::text_of(data, size)), sink);
  glmap::fuzz::must(tree || sink.has_errors(), "a document that is not read is reported");
  return 0;
}
