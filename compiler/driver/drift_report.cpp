// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/drift_report.hpp"

#include <set>

#include "compiler/runtime/base/json.hpp"

namespace glmap::driver {
namespace {

using rules::Drift;

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string place_text(const SourceRef& where) {
  std::string text = where.file;
  if (where.line > 1) text += ":" + std::to_string(where.line);
  return text + (where.pointer.empty() ? "" : " at " + where.pointer);
}

std::string drift_words(const Drift::Kind kind, const std::string& expected, const std::string& found) {
  switch (kind) {
    case Drift::Kind::unknown:
      return "holds " + found + ", and the intake does not know it";
    case Drift::Kind::missing:
      return "is missing, " + expected + " is needed";
    case Drift::Kind::renamed:
      return "is missing, perhaps renamed to " + in_backticks(found, 200);
    case Drift::Kind::retyped:
      return "holds " + found + " where the intake reads " + expected;
    case Drift::Kind::new_code:
      return "holds " + found + ", which is not in " + expected;
  }
  GLMAP_ASSERT(!"a kind of drift");
  return {};
}

}  // namespace

void DriftReport::add(const rules::PayloadResult& result, const SourceRef& body) {
  using Outcome = rules::PayloadResult::Outcome;
  ++payloads_;
  const auto placed = [&](const std::string& pointer) {
    SourceRef where = body;
    where.pointer += pointer;
    return where;
  };
  switch (result.outcome) {
    case Outcome::event:
      ++events_;
      break;
    case Outcome::no_event:
      ++without_;
      ++because_[result.because];
      break;
    case Outcome::refused: {
      Error error = *result.error;
      error.where = placed(error.where.pointer);
      refused_.push_back(std::move(error));
      break;
    }
  }
  std::set<Key> here;
  for (const Drift& drift : result.drift) {
    const Key key{drift.kind, result.kind.value_or(0), drift.path, drift.expected};
    Count& count = drift_[key];
    if (count.times++ == 0) {
      count.first = placed(drift.pointer);
      count.found = drift.found;
    }
    if (here.insert(key).second) ++count.payloads;
  }
}

void DriftReport::add_unreadable(const Error& error, const SourceRef& body) {
  ++payloads_;
  refused_.push_back(error);
  refused_.back().where.file = body.file;
  refused_.back().where.line = body.line;
}

std::string DriftReport::kind_words(std::uint32_t kind) const {
  const rules::PayloadKind& described = intake_.kinds[kind];
  return described.type ? book_.catalog.types[*described.type].name : "no event";
}

std::string DriftReport::to_text() const {
  std::string text = "intake " + intake_.name + ": " + counted(payloads_, "payload") + ", " +
                     counted(events_, "event") + ", " + std::to_string(without_) + " without an event, " +
                     std::to_string(refused_.size()) + " refused, " + std::to_string(drift_.size()) +
                     " differing from the book\n";
  for (const auto& [why, count] : because_) text += "  no event: " + why + " (" + counted(count, "payload") + ")\n";
  for (const Error& error : refused_) {
    Error shown = error;
    shown.where = {};
    text += "  refused: " + place_text(error.where) + ": " + shown.to_text() + "\n";
  }
  for (const auto& [key, count] : drift_)
    text += "  " + std::string(rules::to_text(key.kind)) + ": `" + key.path + "` " +
            drift_words(key.kind, key.expected, count.found) + " (" + kind_words(key.payload_kind) + ", " +
            counted(count.payloads, "payload") + "; first in " + place_text(count.first) + ")\n";
  return text;
}

std::string DriftReport::to_json(const std::string& digest) const {
  const auto where_json = [](const SourceRef& where) {
    return Json(Json::Object{{"file", where.file}, {"line", Json::number(where.line)}, {"pointer", where.pointer}});
  };
  const auto number = [](std::size_t count) { return Json::number(static_cast<long long>(count)); };
  Json::Array refused, drift, because;
  for (const auto& [why, count] : because_)
    because.emplace_back(Json::Object{{"because", why}, {"payloads", number(count)}});
  for (const Error& error : refused_)
    refused.emplace_back(Json::Object{{"code", code_text(error.code)},
                                      {"first", where_json(error.where)},
                                      {"help", error.help},
                                      {"message", error.message}});
  for (const auto& [key, count] : drift_)
    drift.emplace_back(Json::Object{{"event", kind_words(key.payload_kind)},
                                    {"expected", key.expected},
                                    {"first", where_json(count.first)},
                                    {"found", count.found},
                                    {"kind", rules::to_text(key.kind)},
                                    {"path", key.path},
                                    {"payloads", number(count.payloads)},
                                    {"times", number(count.times)}});
  return write_json_pretty(Json::Object{{"bundle", digest},
                                        {"drift", std::move(drift)},
                                        {"format", Json::number(1)},
                                        {"intake", intake_.name},
                                        {"no_event", std::move(because)},
                                        {"refused", std::move(refused)},
                                        {"totals", Json::Object{{"events", number(events_)},
                                                                {"no_event", number(without_)},
                                                                {"payloads", number(payloads_)},
                                                                {"refused", number(refused_.size())}}}}) +
         "\n";
}

std::string DriftReport::known_clauses() const {
  std::map<std::uint32_t, std::vector<std::string>> by_kind;
  for (const auto& [key, count] : drift_)
    if (key.kind == Drift::Kind::unknown)
      by_kind[key.payload_kind].push_back(
          (count.found == "an object" || count.found == "an array" ? "everything in " : "") +
          (key.path.find('"') == std::string::npos ? key.path : quote_json(key.path)));
  std::string text;
  for (const auto& [kind, paths] : by_kind) {
    text +=
        "    -- " + kind_words(kind) + ", line " + std::to_string(intake_.kinds[kind].where.line) + "\n    also known ";
    std::size_t width = 15;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const bool breaks = i != 0 && width + paths[i].size() > 140;
      text += (i == 0 ? "" : breaks ? ",\n      " : ", ") + paths[i];
      width = (breaks ? 6 : width) + paths[i].size() + 2;
    }
    text += "\n";
  }
  return text;
}

}  // namespace glmap::driver
