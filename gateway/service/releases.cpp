// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/releases.hpp"

#include <algorithm>
#include <filesystem>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/service/command_line.hpp"

namespace glmap::gateway::service {

namespace fs = std::filesystem;

namespace {

/// What is put into the folder is a person's: whatever cannot be read is a refusal, never a fault of ours.
Result<approval::Release> read_release(const fs::path& folder) {
  approval::Files files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code kind;
    if (!at->is_regular_file(kind))
      return fail(ErrorCode::ReleaseAltered, in_backticks(name) + " in the release is no file",
                  "copy the release anew from where it was approved");
    if (at->file_size(kind) == 0) {
      files.emplace(name, "");
      continue;
    }
    GLMAP_TRY(bytes, read_whole_file(at->path().string(), "a file of the release"));
    files.emplace(name, std::move(bytes));
  }
  if (error)
    return fail(ErrorCode::ReleaseUnreadable, "the folder cannot be listed: " + error.message(), "check its rights");
  return approval::open_release(std::move(files));
}

std::vector<std::string> folders_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code kind;
    const std::string name = at->path().filename().string();
    // A name that begins with a dot is on its way here.
    if (at->is_directory(kind) && !name.starts_with('.')) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Json error_json(const Error& error) {
  Json json{Json::Object{}};
  json.set("code", code_text(error.code));
  json.set("message", error.message);
  json.set("help", error.help);
  return json;
}

}  // namespace

Status Releases::recall(const store::Store& store) {
  GLMAP_TRY(lines, store.release_history());
  GLMAP_TRY(live, replay_releases(lines, configuration_.trust));
  live_ = std::move(live);
  return {};
}

Result<approval::Approved> Releases::check(const approval::Release& release, Instant now) const {
  if (!live_) GLMAP_CHECK(approval::check_trusted(release.policy, configuration_.trust));
  const approval::InForce before = live_ ? live_->in_force() : approval::InForce{&release.policy, nullptr, ""};
  GLMAP_TRY(approved, approval::check_release(release, before, utc_day(now)));
  GLMAP_TRY(bundle, rules::read_bundle(release.bundle));
  GLMAP_CHECK(approval::check_bundle(release.statement, bundle.digest, bundle.book.name));
  return std::move(approved);
}

std::optional<NextRelease> Releases::look(Instant now) {
  refused_.clear();
  waiting_.reset();
  std::vector<NextRelease> found;
  std::error_code error;
  if (!fs::is_directory(configuration_.folder, error))
    refused_.emplace(configuration_.folder, Error{ErrorCode::ReleaseUnreadable,
                                                  "the folder of releases is not there",
                                                  "make it, or mend `release.folder`",
                                                  {}});
  const std::int64_t expected = live_ ? live_->release.statement.number + 1 : 1;
  for (const std::string& name : folders_in(configuration_.folder)) {
    auto release = read_release(fs::path(configuration_.folder) / name);
    if (!release) {
      refused_.emplace(name, release.error());
      continue;
    }
    // Earlier ones stay where they are, and later ones wait for those before them.
    const bool known = live_ && release->statement.number <= live_->release.statement.number;
    if (known || release->statement.number > expected) continue;
    auto approved = check(*release, now);
    if (!approved) {
      refused_.emplace(name, approved.error());
      continue;
    }
    found.push_back({name, std::move(*release), std::move(*approved)});
  }
  if (found.size() > 1) {
    for (const NextRelease& one : found)
      refused_.emplace(one.folder, Error{ErrorCode::ReleaseBase,
                                         "more than one approved release could be next",
                                         "take all but one out of the folder",
                                         {}});
    return std::nullopt;
  }
  if (found.empty()) return std::nullopt;
  if (approval::check_begun(found.front().release.statement, utc_day(now))) return std::move(found.front());
  waiting_ = Waiting{found.front().release.digest, found.front().release.statement.effective};
  return std::nullopt;
}

std::optional<Instant> Releases::follow_up_by() const {
  if (!live_ || live_->release.statement.emergency.empty()) return std::nullopt;
  return Instant{live_->since.micros + live_->release.policy.emergency_hours * 3'600'000'000};
}

Json Releases::status(Instant now) const {
  Json json{Json::Object{}};
  json.set("approval", "demanded");
  if (live_) {
    const approval::Statement& statement = live_->release.statement;
    Json::Array authors, approvers;
    for (const std::string& author : statement.authors) authors.emplace_back(author);
    for (const approval::Approver& one : live_->approved.approvers)
      approvers.emplace_back(Json::Object{{"name", one.name}, {"key", one.key}});
    Json live{Json::Object{}};
    live.set("digest", live_->release.digest);
    live.set("number", Json::number(statement.number));
    live.set("book", statement.book);
    live.set("release", statement.release);
    live.set("bundle", statement.bundle);
    live.set("since", live_->since.to_text());
    live.set("by", live_->by);
    live.set("reason", live_->why);
    live.set("authors", std::move(authors));
    live.set("approvers", std::move(approvers));
    if (const auto until = follow_up_by()) {
      live.set("emergency", statement.emergency);
      live.set("follow_up_by", until->to_text());
      live.set("overdue", now > *until);
    }
    json.set("live", std::move(live));
  }
  if (waiting_)
    json.set("next", Json::Object{{"digest", waiting_->digest}, {"effective", waiting_->effective.to_text()}});
  Json::Array refused;
  for (const auto& [folder, error] : refused_)
    refused.emplace_back(Json::Object{{"folder", folder}, {"reason", error_json(error)}});
  json.set("refused", std::move(refused));
  return json;
}

}  // namespace glmap::gateway::service
