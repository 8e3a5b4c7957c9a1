// SPDX-License-Identifier: Apache-2.0
// How much the store has acknowledged, kept outside its log: the lengths of the chains of events and of history, in
// `<store>.acknowledged`. One damaged bit in the log makes SQLite forget every commit behind it without a word; against
// the mark that shows. The mark is written after the commit is synced and before anybody is told, and is not synced
// itself: what reaches the disk of it is never ahead of the store, so a power cut makes it older, which only means that
// less is noticed. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/runtime/base/error.hpp"
#include "gateway/platform/files.hpp"

namespace glmap::gateway::store {

struct Acknowledged {
  std::int64_t events = 0, changes = 0;
  friend bool operator==(const Acknowledged&, const Acknowledged&) = default;
};

class AcknowledgedMark {
 public:
  /// Opens the mark of the store at `path`, creates it when it is not there.
  /// Errors: GLM-8001 it cannot be opened, GLM-8004 it does not match its own sum.
  static Result<AcknowledgedMark> open(const std::string& path);

  /// Errors: GLM-8004 the store holds less: what was acknowledged is missing, and where the log is damaged.
  Status check(const Acknowledged& held) const;
  /// Errors: GLM-8002. A full disk is none: the mark stays older.
  Status write(const Acknowledged& now);

 private:
  Status read();

  std::string store_, name_;
  platform::Descriptor file_;
  Acknowledged known_;
};

/// The mark is a file of its own beside the store; for those that move or remove the store as a whole.
std::string acknowledged_name(const std::string& store);

}  // namespace glmap::gateway::store
