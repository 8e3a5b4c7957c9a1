// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/error_pages.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::driver {

int run_explain(const std::string& text) {
  const auto code = parse_code(text);
  if (!code) {
    std::fprintf(stderr, "glmapc: there is no code `%s`; codes look like GLM-4003\n", text.c_str());
    return kUsage;
  }
  const std::string_view page = error_page(static_cast<std::uint16_t>(*code));
  GLMAP_ASSERT(!page.empty());  // a house test refuses a code without a page
  std::fwrite(page.data(), 1, page.size(), stdout);
  return kGood;
}

}  // namespace glmap::driver
