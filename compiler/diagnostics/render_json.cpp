// SPDX-License-Identifier: Apache-2.0
#include "compiler/diagnostics/plain_text.hpp"
#include "compiler/diagnostics/render.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::diagnostics {
namespace {

// A file that is not UTF-8 must not make the report unreadable; decoding replaces what is not.
std::string valid(std::string_view text) {
  return to_utf8(decode(text));
}

void set_span(Json& object, const Span& span) {
  object.set("file", valid(span.where.file));
  object.set("line", Json::number(span.where.line));
  object.set("column", Json::number(span.where.column));
  object.set("length", Json::number(span.length));
  if (!span.where.pointer.empty()) object.set("pointer", valid(span.where.pointer));
}

Json to_json(const Diagnostic& diagnostic) {
  Json object(Json::Object{});
  object.set("code", code_text(diagnostic.code));
  object.set("severity", to_text(diagnostic.severity));
  object.set("title", code_title(diagnostic.code));
  object.set("message", valid(diagnostic.message));
  set_span(object, diagnostic.primary);
  Json::Array labels;
  for (const Label& label : diagnostic.labels) {
    Json one(Json::Object{});
    set_span(one, label.span);
    one.set("message", valid(label.message));
    labels.push_back(std::move(one));
  }
  object.set("labels", std::move(labels));
  Json::Array notes;
  for (const std::string& note : diagnostic.notes) notes.emplace_back(valid(note));
  object.set("notes", std::move(notes));
  object.set("help", valid(diagnostic.help));
  if (!diagnostic.fingerprint.empty()) object.set("fingerprint", valid(diagnostic.fingerprint));
  return object;
}

}  // namespace

std::string render_json(const std::vector<Diagnostic>& diagnostics) {
  Json::Array all;
  long long errors = 0;
  long long warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::error) ++errors;
    if (diagnostic.severity == Severity::warning) ++warnings;
    all.push_back(to_json(diagnostic));
  }
  Json document(Json::Object{});
  document.set("diagnostics", std::move(all));
  document.set("errors", Json::number(errors));
  document.set("warnings", Json::number(warnings));
  return write_json_pretty(document) + "\n";
}

}  // namespace glmap::diagnostics
