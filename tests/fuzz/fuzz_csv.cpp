// SPDX-License-Identifier: Apache-2.0
// A table's rows from a file of comma-separated values.
#include "tests/fuzz/small_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const glmap::fuzz::Files files = [] {
    glmap::fuzz::Files made = glmap::fuzz::base_book();
    std::string& book = made["book.glmap"];
    const std::size_t at = book.find("  | US     | any    || 4010");
    const std::size_t end = book.find("\ndates");
    glmap::fuzz::must(at != std::string::npos && end != std::string::npos,
                      "the base book has its table revenue_account");
    book.replace(at, end - at, "  rows from \"rows.csv\"\n");
    return made;
  }();
  glmap::fuzz::Files with_rows = files;
  with_rows["rows.csv"] = std::string(glmap::fuzz::text_of(data, size));
  glmap::fuzz::check(with_rows);
  return 0;
}
