// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 (OASIS), as code review tools read it: rules in the order of first use, columns in code points.
#include <map>

#include "compiler/diagnostics/plain_text.hpp"
#include "compiler/diagnostics/render.hpp"
#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::diagnostics {
namespace {

std::string valid(std::string_view text) {
  return to_utf8(decode(text));
}

Json object_of(std::initializer_list<std::pair<std::string_view, Json>> members) {
  Json object(Json::Object{});
  for (const auto& [key, value] : members) object.set(key, value);
  return object;
}

Json text_object(std::string_view text) {
  return object_of({{"text", valid(text)}});
}

/// A relative reference (RFC 3986): everything but unreserved characters and slashes is percent-encoded.
std::string uri_of(std::string_view file) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (char c : valid(file)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      result.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}

Json location(const Span& span) {
  Json physical = object_of({{"artifactLocation", object_of({{"uri", uri_of(span.where.file)}})}});
  if (span.where.line != 0) {
    Json region = object_of({{"startLine", Json::number(span.where.line)}});
    if (span.where.column != 0) {
      region.set("startColumn", Json::number(span.where.column));
      region.set("endColumn", Json::number(static_cast<long long>(span.where.column) + span.length));
    }
    physical.set("region", std::move(region));
  }
  return object_of({{"physicalLocation", std::move(physical)}});
}

std::string full_message(const Diagnostic& diagnostic) {
  std::string text = diagnostic.message;
  for (const std::string& note : diagnostic.notes) text += "\n" + note;
  if (!diagnostic.help.empty()) text += "\nhelp: " + diagnostic.help;
  return text;
}

std::string without_blanks(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c != ' ' && c != '\t') result.push_back(c);
  }
  return result;
}

/// What makes the finding the same finding when lines above it move: its own fingerprint, else the text of its line.
std::string identity(const Diagnostic& diagnostic, const Sources& sources) {
  const SourceRef& where = diagnostic.primary.where;
  std::string key = code_text(diagnostic.code);
  key += '\0' + where.file + '\0' + where.pointer + '\0';
  if (!diagnostic.fingerprint.empty()) return sha256_hex(key + "own" + '\0' + diagnostic.fingerprint);
  return sha256_hex(key + "line" + '\0' + without_blanks(sources.line(where.file, where.line)) + '\0' +
                    diagnostic.message);
}

std::string_view level(Severity severity) {
  return to_text(severity);
}

class Run {
 public:
  explicit Run(const Sources& sources) : sources_(sources) {}

  void add(const Diagnostic& diagnostic) {
    Json result = object_of({{"ruleId", code_text(diagnostic.code)},
                             {"ruleIndex", Json::number(rule_index(diagnostic.code))},
                             {"level", Json(level(diagnostic.severity))},
                             {"message", text_object(full_message(diagnostic))}});
    if (!diagnostic.primary.where.file.empty()) {
      result.set("locations", Json::Array{location(diagnostic.primary)});
    }
    Json::Array related;
    for (const Label& label : diagnostic.labels) {
      Json one = location(label.span);
      one.set("id", Json::number(static_cast<long long>(related.size()) + 1));
      one.set("message", text_object(label.message));
      related.push_back(std::move(one));
    }
    if (!related.empty()) result.set("relatedLocations", std::move(related));
    const std::string key = identity(diagnostic, sources_);
    const int occurrence = ++occurrences_[key];
    result.set("partialFingerprints", object_of({{"glmapFinding/v1", key + ":" + std::to_string(occurrence)}}));
    results_.push_back(std::move(result));
  }

  Json finish() {
    Json driver = object_of({{"name", "glmapc"}, {"rules", std::move(rules_)}});
    return object_of({{"tool", object_of({{"driver", std::move(driver)}})},
                      {"columnKind", "unicodeCodePoints"},
                      {"results", std::move(results_)}});
  }

 private:
  long long rule_index(ErrorCode code) {
    auto [found, is_new] = rule_indexes_.emplace(code, static_cast<long long>(rules_.size()));
    if (is_new) {
      rules_.push_back(object_of({{"id", code_text(code)}, {"shortDescription", text_object(code_title(code))}}));
    }
    return found->second;
  }

  const Sources& sources_;
  Json::Array rules_;
  Json::Array results_;
  std::map<ErrorCode, long long> rule_indexes_;
  std::map<std::string, int> occurrences_;
};

}  // namespace

std::string render_sarif(const std::vector<Diagnostic>& diagnostics, const Sources& sources) {
  Run run(sources);
  for (const Diagnostic& diagnostic : diagnostics) run.add(diagnostic);
  const Json document = object_of({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                   {"version", "2.1.0"},
                                   {"runs", Json::Array{run.finish()}}});
  return write_json_pretty(document) + "\n";
}

}  // namespace glmap::diagnostics
