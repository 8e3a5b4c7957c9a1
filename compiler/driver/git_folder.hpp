// SPDX-License-Identifier: Apache-2.0
// A folder as it stood in a revision, taken out of git into a folder of its own that goes when the object does. Runs
// the `git` and `tar` of the machine; writes nothing into the repository. Single-threaded.
#pragma once

#include <string>

#include "compiler/runtime/base/error.hpp"

namespace glmap::driver {

class GitFolder {
 public:
  /// `revision`: as git names it (`HEAD~1`, `v2026.10`, a digest). `folder`: in a working copy.
  static Result<GitFolder> of_folder(const std::string& revision, const std::string& folder);
  /// `named`: `HEAD~1:mappings/acme`, from the top of the repository that the working directory lies in; `HEAD~1:.` and
  /// `HEAD~1:./acme` from that directory.
  static Result<GitFolder> of_name(const std::string& named);

  GitFolder(GitFolder&& other) noexcept;
  GitFolder& operator=(GitFolder&&) = delete;
  ~GitFolder();

  const std::string& path() const { return path_; }

 private:
  explicit GitFolder(std::string path) : path_(std::move(path)) {}
  static Result<GitFolder> take(const std::string& working_folder, const std::string& tree);
  std::string path_;
};

}  // namespace glmap::driver
