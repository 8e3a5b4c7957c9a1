// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/simulation_report.hpp"

#include "compiler/runtime/base/json.hpp"

namespace glmap::driver {
namespace {

Error not_written(const std::string& path) {
  return {ErrorCode::FileNotReadable, in_backticks(path) + " cannot be written", "check the path and the rights", {}};
}

Json count(std::size_t number) {
  return Json::number(number);
}

}  // namespace

void SimulationReport::Close::operator()(std::FILE* file) const {
  std::fclose(file);
}

Result<SimulationReport> SimulationReport::open(const std::string& path, const std::string& digest) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return std::unexpected(not_written(path));
  SimulationReport report(path, file);
  report.write("{\"bundle\":" + quote_json(digest) + ",\"format\":1,\"happenings\":[");
  return report;
}

void SimulationReport::write(const std::string& text) {
  failed_ = failed_ || std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size();
}

void SimulationReport::add(const Happening& happening) {
  Json::Array references;
  if (happening.entries != nullptr)
    for (const JournalEntry& entry : *happening.entries) references.emplace_back(entry.key().reference());
  Json::Object event;
  event.emplace_back("id", happening.event.id);
  event.emplace_back("revision", happening.event.revision);
  event.emplace_back("source", happening.event.source);
  event.emplace_back("type", happening.event.type);
  Json::Object object;
  object.emplace_back("cause", happening.cause);
  object.emplace_back("code", happening.code);
  object.emplace_back("entries", std::move(references));
  object.emplace_back("event", std::move(event));
  object.emplace_back("outcome", happening.outcome);
  object.emplace_back("reason", happening.reason);
  write((first_ ? "\n" : ",\n") + write_json(object));
  first_ = false;
}

Status SimulationReport::finish(const Tally& tally) {
  Json::Object totals;
  totals.emplace_back("conflict", count(tally.conflict));
  totals.emplace_back("duplicate", count(tally.duplicate));
  totals.emplace_back("entries", count(tally.entries));
  totals.emplace_back("events", count(tally.events));
  totals.emplace_back("exceptions", count(tally.exceptions));
  totals.emplace_back("held", count(tally.held));
  totals.emplace_back("no_entry", count(tally.no_entry));
  totals.emplace_back("schedule_entries", count(tally.scheduled));
  totals.emplace_back("unreadable", count(tally.unreadable));
  totals.emplace_back("waiting", count(tally.waiting));
  totals.emplace_back("with_entries", count(tally.with_entries));
  write("\n],\"totals\":" + write_json(totals) + "}\n");
  failed_ = failed_ || std::fflush(file_.get()) != 0;
  if (failed_) return std::unexpected(not_written(path_));
  return {};
}

}  // namespace glmap::driver
