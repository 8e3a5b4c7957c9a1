// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/diagnostics/plain_text.hpp"

namespace glmap::diagnostics {
namespace {

// Nobody mistypes a name this long by a letter or two and needs to be told; a hostile one would cost time.
constexpr std::size_t kLengthMax = 64;

char32_t lower(char32_t c) {
  return c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c;
}

/// Damerau-Levenshtein distance (optimal string alignment): insert, remove, replace, swap neighbours.
std::size_t distance(const std::u32string& a, const std::u32string& b) {
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) rows[0][column] = column;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t>& now = rows[i % 3];
    const std::vector<std::size_t>& before = rows[(i - 1) % 3];
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({before[j] + 1, now[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], rows[(i - 2) % 3][j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

std::u32string folded(std::string_view text) {
  std::u32string result = decode(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

/// `customer` of `customer_id`, `product` of `sold_product`: one is the other with words before or behind it.
bool lengthens(std::u32string_view longer, std::u32string_view shorter) {
  if (longer.size() < shorter.size() + 2) return false;
  return (longer.starts_with(shorter) && longer[shorter.size()] == U'_') ||
         (longer.ends_with(shorter) && longer[longer.size() - shorter.size() - 1] == U'_');
}

/// The one candidate that is `wanted` with a word more or less; empty when there are several.
std::string lengthened(const std::u32string& wanted, const std::vector<std::string>& candidates) {
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::u32string offered = folded(candidate);
    if (offered.size() > kLengthMax || candidate == found) continue;
    if (!lengthens(offered, wanted) && !lengthens(wanted, offered)) continue;
    if (!found.empty()) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::u32string wanted = folded(word);
  if (wanted.empty() || wanted.size() > kLengthMax) return {};
  const std::size_t limit = wanted.size() / 3;
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    if (candidate == word) continue;
    const std::u32string offered = folded(candidate);
    const std::size_t gap = std::max(offered.size(), wanted.size()) - std::min(offered.size(), wanted.size());
    if (gap > limit || offered.size() > kLengthMax) continue;
    const std::size_t found = distance(wanted, offered);
    if (found < best_distance) {
      best_distance = found;
      best = candidate;
    }
  }
  return best.empty() ? lengthened(wanted, candidates) : best;
}

}  // namespace glmap::diagnostics
