// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/change_report.hpp"

#include <algorithm>
#include <array>

#include "compiler/runtime/approval/package.hpp"

namespace glmap::gateway::service {

namespace {

constexpr std::array<std::string_view, 4> kRunning = {"program", "configuration", "bundle", "release"};

std::string member(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->as_string() != nullptr ? *value->as_string() : std::string();
}

Json texts(const std::vector<std::string>& list) {
  Json::Array array;
  for (const std::string& text : list) array.emplace_back(text);
  return Json(std::move(array));
}

Json evidence_of(const store::HistoryRecord& line) {
  auto json = parse_json(line.evidence);
  return json ? *std::move(json) : Json(Json::Object{});
}

Json running_json(const Json& evidence) {
  Json json{Json::Object{}};
  for (const std::string_view key : kRunning) json.set(key, member(evidence, key));
  return json;
}

/// What was wrong with who did what in one change; empty: duties were kept apart.
std::vector<std::string> breaches(const store::HistoryRecord& line, const approval::Statement& statement,
                                  const std::vector<std::string>& approvers) {
  std::vector<std::string> found;
  for (const std::string& author : statement.authors) {
    if (std::find(approvers.begin(), approvers.end(), author) != approvers.end())
      found.push_back(author + " made and approved it");
    if (author == line.by) found.push_back(author + " made it and put it into force");
  }
  return found;
}

std::vector<std::string> names_of(const Json& evidence) {
  std::vector<std::string> names;
  const Json* list = evidence.find("approvers");
  if (list == nullptr || list->as_array() == nullptr) return names;
  for (const Json& one : *list->as_array()) names.push_back(member(one, "name"));
  return names;
}

void put_statement(Json& change, const approval::Statement& statement) {
  change.set("book", statement.book);
  change.set("book_release", statement.release);
  change.set("number", Json::number(statement.number));
  change.set("base", statement.base);
  change.set("authors", texts(statement.authors));
  change.set("effective", statement.effective.to_text());
  change.set("expires", statement.expires.to_text());
  change.set("emergency", statement.emergency);
  change.set("follows_up", statement.follows_up);
  change.set("compiler", statement.compiler);
  Json tests{Json::Object{}}, files{Json::Object{}};
  for (const auto& [name, count] : statement.test_counts) tests.set(name, count);
  for (const auto& [name, digest] : statement.files) files.set(name, digest.sha256);
  change.set("tests", std::move(tests));
  change.set("files", std::move(files));
}

Json change_json(const store::HistoryRecord& line, const Json& evidence, const std::string& before) {
  Json change{Json::Object{}};
  const std::string release = member(evidence, "release");
  change.set("at", line.at.to_text());
  change.set("by", line.by);
  change.set("reason", line.why);
  change.set("kind", release.empty() ? "without approval" : release == before ? "what runs it" : "release");
  for (const std::string_view key : kRunning) change.set(key, member(evidence, key));
  std::vector<std::string> apart;
  if (release.empty()) {
    apart.push_back("no approval was demanded");
  } else if (const auto statement = approval::read_statement(member(evidence, "statement"))) {
    put_statement(change, *statement);
    const std::vector<std::string> approvers = names_of(evidence);
    change.set("approvers", evidence.find("approvers") != nullptr ? *evidence.find("approvers") : Json());
    change.set("sections", evidence.find("sections") != nullptr ? *evidence.find("sections") : Json());
    change.set("policy_changed",
               evidence.find("policy_changed") != nullptr ? *evidence.find("policy_changed") : Json());
    apart = breaches(line, *statement, approvers);
  } else {
    apart.push_back("its statement cannot be read");
  }
  change.set("breaches", texts(apart));
  return change;
}

std::string joined(const Json* list, std::string_view key) {
  std::string text;
  if (list == nullptr || list->as_array() == nullptr) return text;
  for (const Json& one : *list->as_array())
    text += (text.empty() ? "" : ", ") + (key.empty() ? *one.as_string() : member(one, key));
  return text;
}

}  // namespace

Json history_json(const std::vector<store::HistoryRecord>& lines) {
  Json::Array list;
  for (const store::HistoryRecord& line : lines)
    list.emplace_back(
        Json::Object{{"at", line.at.to_text()}, {"by", line.by}, {"reason", line.why}, {"evidence", line.evidence}});
  return Json(Json::Object{{"history", std::move(list)}});
}

Result<std::vector<store::HistoryRecord>> read_history(const Json& json) {
  const Json* list = json.find("history");
  if (list == nullptr || list->as_array() == nullptr)
    return fail(ErrorCode::MissingField, "`history` is missing", "ask a glmapd of this version");
  std::vector<store::HistoryRecord> lines;
  for (const Json& one : *list->as_array()) {
    store::HistoryRecord line;
    GLMAP_TRY(at, Instant::parse(member(one, "at")));
    line.at = at;
    line.by = member(one, "by");
    line.why = member(one, "reason");
    line.evidence = member(one, "evidence");
    lines.push_back(std::move(line));
  }
  return lines;
}

Json change_report(const std::vector<store::HistoryRecord>& lines, Instant from, Instant until) {
  Json::Array changes;
  std::int64_t releases = 0, emergencies = 0, without = 0, breached = 0;
  std::string before;
  for (const store::HistoryRecord& line : lines) {
    const Json evidence = evidence_of(line);
    const std::string release = member(evidence, "release");
    if (line.at >= from && line.at < until) {
      Json change = change_json(line, evidence, before);
      releases += member(change, "kind") == "release" ? 1 : 0;
      emergencies += member(change, "kind") == "release" && !member(change, "emergency").empty() ? 1 : 0;
      without += release.empty() ? 1 : 0;
      breached += change.find("breaches")->as_array()->empty() ? 0 : 1;
      changes.push_back(std::move(change));
    }
    before = release;
  }
  Json report{Json::Object{}};
  report.set("from", from.to_text());
  report.set("until", until.to_text());
  const auto all = static_cast<std::int64_t>(changes.size());
  report.set("counts", Json::Object{{"changes", Json::number(all)},
                                    {"releases", Json::number(releases)},
                                    {"emergencies", Json::number(emergencies)},
                                    {"without_approval", Json::number(without)},
                                    {"duties_not_kept_apart", Json::number(breached)}});
  report.set("changes", std::move(changes));
  return report;
}

std::string change_report_text(const Json& report) {
  const Json& counts = *report.find("counts");
  const auto count = [&](const char* key) { return counts.find(key)->as_number()->text; };
  std::string text = "changes from " + member(report, "from") + " until " + member(report, "until") + ": " +
                     count("changes") + " (" + count("releases") + " releases, " + count("emergencies") +
                     " of them emergencies; " + count("without_approval") + " without approval)\n";
  for (const Json& change : *report.find("changes")->as_array()) {
    text += "\n" + member(change, "at") + "  " + member(change, "kind");
    if (change.find("number") != nullptr)
      text += " " + change.find("number")->as_number()->text + ", " + member(change, "book") + " " +
              member(change, "book_release");
    text += "\n  put into force by " + member(change, "by");
    if (!member(change, "reason").empty()) text += ": " + member(change, "reason");
    text += "\n";
    const auto row = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) text += "  " + std::string(name) + " " + value + "\n";
    };
    row("authors", joined(change.find("authors"), ""));
    row("approvers", joined(change.find("approvers"), "name"));
    row("sections", joined(change.find("sections"), ""));
    row("emergency:", member(change, "emergency"));
    row("follows up", member(change, "follows_up"));
    if (const Json* tests = change.find("tests"))
      row("tests", member(*tests, "passed") + " passed, " + member(*tests, "failed") + " failed");
    for (const std::string_view key : kRunning) row(key, member(change, key));
    row("NOT KEPT APART:", joined(change.find("breaches"), ""));
  }
  return text + "\nduties were not kept apart in " + count("duties_not_kept_apart") + " of " + count("changes") +
         " changes\n";
}

Json attestation(const std::vector<store::HistoryRecord>& lines, Instant from, Instant until) {
  Json at{Json::Object{}};
  Json::Array changes;
  bool known = false;
  for (const store::HistoryRecord& line : lines) {
    Json running = running_json(evidence_of(line));
    if (line.at <= from) {
      at = running;
      known = true;
    } else if (line.at < until && (!known || !(running == at))) {
      running.set("at", line.at.to_text());
      running.set("by", line.by);
      changes.push_back(std::move(running));
    }
  }
  Json json{Json::Object{}};
  json.set("from", from.to_text());
  json.set("until", until.to_text());
  json.set("unchanged", known && changes.empty());
  json.set("known", known);
  json.set("at", std::move(at));
  json.set("changes", std::move(changes));
  return json;
}

std::string attestation_text(const Json& json) {
  const std::string span = "from " + member(json, "from") + " until " + member(json, "until");
  if (!*json.find("known")->as_bool()) return "NOT KNOWN: nothing was recorded before " + member(json, "from") + "\n";
  std::string text =
      *json.find("unchanged")->as_bool() ? "unchanged " + span + ":\n" : "CHANGED " + span + "; at its beginning:\n";
  for (const std::string_view key : kRunning)
    text += "  " + std::string(key) + " " + member(*json.find("at"), key) + "\n";
  for (const Json& change : *json.find("changes")->as_array()) {
    text += member(change, "at") + " by " + member(change, "by") + "\n";
    for (const std::string_view key : kRunning)
      if (member(change, key) != member(*json.find("at"), key))
        text += "  " + std::string(key) + " " + member(change, key) + "\n";
  }
  return text;
}

}  // namespace glmap::gateway::service
