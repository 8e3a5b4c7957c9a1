// SPDX-License-Identifier: Apache-2.0
// The conformance scenarios that the CloudEvents project publishes for HTTP, read from its own feature file.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/runtime/base/json.hpp"
#include "gateway/intake/read_events.hpp"
#include "tests/unit/base/shared_vectors.hpp"

using namespace glmap;
using namespace glmap::gateway;

namespace {

struct Scenario {
  std::string name, request, data;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::string> content_types;
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t from = line.find('|') + 1; from < line.size();) {
    const std::size_t end = std::min(line.find('|', from), line.size());
    if (end == line.size()) break;
    out.push_back(trimmed(line.substr(from, end - from)));
    from = end + 1;
  }
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

/// Gherkin as far as these files use it.
std::vector<Scenario> scenarios_of(const std::string& text) {
  std::vector<Scenario> found;
  std::istringstream lines(text);
  bool quoted = false, examples = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string words = trimmed(line);
    if (words.starts_with("Scenario")) {
      found.push_back({words, {}, {}, {}, {}});
      examples = false;
    } else if (found.empty()) {
      continue;
    } else if (words == "\"\"\"") {
      quoted = !quoted;
    } else if (quoted) {
      std::string& into = found.back().attributes.empty() ? found.back().request : found.back().data;
      into += (line.size() > 8 ? line.substr(8) : std::string()) + "\n";
    } else if (words.starts_with("Examples")) {
      examples = true;
    } else if (words.starts_with("|")) {
      const auto row = cells(words);
      if (examples && row.at(0) != "contentType") found.back().content_types.push_back(row.at(0));
      if (!examples && row.at(0) != "key") found.back().attributes.emplace_back(row.at(0), row.at(1));
    }
  }
  return found;
}

/// What the gateway makes of the request.
Json event_of(const std::string& request) {
  std::istringstream lines(request);
  std::vector<std::pair<std::string, std::string>> fields;
  std::string line, type;
  std::getline(lines, line);  // the request line
  while (std::getline(lines, line) && !trimmed(line).empty()) {
    std::string name = line.substr(0, line.find(':'));
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    fields.emplace_back(name, trimmed(line.substr(line.find(':') + 1)));
    if (name == "content-type") type = fields.back().second;
  }
  std::string body{std::istreambuf_iterator<char>(lines), std::istreambuf_iterator<char>()};
  const auto structured = intake::structured_from_binary(fields, body);
  REQUIRE(structured);
  if (*structured) {
    body = **structured;
  } else {
    CHECK(intake::body_kind(type) == intake::BodyKind::single);
  }
  const auto arrivals = intake::read_events(intake::BodyKind::single, body, {});
  REQUIRE(arrivals);
  const auto json = parse_json(arrivals->front().raw);
  REQUIRE(json);
  return *json;
}

}  // namespace

TEST_CASE("the published scenarios of CloudEvents over HTTP", "[intake][I18]") {
  const auto folder = testing::unpacked_vector("cloudevents.tar.gz");
  if (!folder) return;
  int checked = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!file.path().filename().string().starts_with("http") || file.path().extension() != ".feature") continue;
    for (const Scenario& scenario : scenarios_of(testing::read_file(file.path()))) {
      for (const std::string& type : scenario.content_types) {
        INFO(scenario.name << ": " << type);
        const Json event = event_of(replaced(scenario.request, "<contentType>", type));
        for (const auto& [key, value] : scenario.attributes) {
          INFO(key);
          REQUIRE(event.find(key) != nullptr);
          CHECK(*event.find(key)->as_string() == replaced(value, "<contentType>", type));
        }
        REQUIRE(event.find("data") != nullptr);
        CHECK(canonical_json(*event.find("data")) == canonical_json(*parse_json(scenario.data)));
        ++checked;
      }
    }
  }
  CHECK(checked == 4);
}
