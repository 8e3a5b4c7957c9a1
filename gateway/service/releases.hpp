// SPDX-License-Identifier: Apache-2.0
// Which release is in force, and which one comes next: looks into the folder of releases and holds what lies there
// against the one in force. Puts nothing into force itself (gateway.cpp). On any doubt - a file that differs, two
// releases that could both be next - nothing comes next, and the reason is kept to be shown. One thread at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/service/configuration.hpp"
#include "gateway/service/release_record.hpp"

namespace glmap::gateway::service {

struct NextRelease {
  std::string folder;  // its name
  approval::Release release;
  approval::Approved approved;
};

class Releases {
 public:
  explicit Releases(ReleaseConfiguration configuration) : configuration_(std::move(configuration)) {}

  /// From the store's history. Errors: as replay_releases.
  Status recall(const store::Store& store);
  const std::optional<LiveRelease>& live() const { return live_; }

  /// The release that may come into force now, if there is one.
  std::optional<NextRelease> look(Instant now);
  /// It could not be put into force for another reason.
  void refuse(const std::string& folder, Error error) { refused_.insert_or_assign(folder, std::move(error)); }
  /// By folder, why what might have come next does not.
  const std::map<std::string, Error>& refused() const { return refused_; }
  /// An emergency release was to be followed up by then; nothing when none is in force.
  std::optional<Instant> follow_up_by() const;

  Json status(Instant now) const;

 private:
  struct Waiting {
    std::string digest;
    Date effective;
  };
  Result<approval::Approved> check(const approval::Release& release, Instant now) const;

  ReleaseConfiguration configuration_;
  std::optional<LiveRelease> live_;
  std::map<std::string, Error> refused_;
  std::optional<Waiting> waiting_;  // approved, for a day that has not come
};

}  // namespace glmap::gateway::service
