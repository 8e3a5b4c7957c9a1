// SPDX-License-Identifier: Apache-2.0
// A whole check: the text of a book against sound reference data, every proof, and the bundle it makes.
#include "tests/fuzz/small_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const glmap::fuzz::Files base = glmap::fuzz::base_book();
  glmap::fuzz::Files files = base;
  files["book.glmap"] = std::string(glmap::fuzz::text_of(data, size));
  glmap::fuzz::check(files);
  return 0;
}
