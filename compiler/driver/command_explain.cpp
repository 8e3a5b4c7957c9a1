// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/error_pages.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::driver {
namespace {

/// A page of Markdown as a terminal shows it best: headings without their hashes, examples set in, and without the
/// comments that tell the test of the pages how to run an example.
std::string plain_page(std::string_view page) {
  std::string text;
  bool example = false;
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    std::string_view line = page.substr(0, end);
    page.remove_prefix(std::min(end + 1, page.size()));
    if (line.starts_with("```")) {
      example = !example;
      continue;
    }
    if (line.starts_with("<!--")) continue;
    if (example && !line.empty())
      text += "    ";
    else if (!example && line.starts_with('#'))
      line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    text += line;
    text += '\n';
  }
  return text;
}

}  // namespace

int run_explain(const std::string& text) {
  const auto code = parse_code(text);
  if (!code) {
    std::fprintf(stderr, "glmapc: there is no code `%s`; codes look like GLM-4003\n", text.c_str());
    return kUsage;
  }
  const std::string page = plain_page(error_page(static_cast<std::uint16_t>(*code)));
  GLMAP_ASSERT(!page.empty());  // a house test refuses a code without a page
  std::fwrite(page.data(), 1, page.size(), stdout);
  return kGood;
}

}  // namespace glmap::driver
