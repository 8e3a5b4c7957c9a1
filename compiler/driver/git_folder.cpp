// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/git_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

namespace glmap::driver {
namespace {

namespace fs = std::filesystem;

/// True when the program ran and ended with 0; what it says goes to standard error as it is.
bool run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = 0;
  if (posix_spawnp(&process, arguments.front(), nullptr, nullptr, arguments.data(), environ) != 0) return false;
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::unexpected<Error> not_readable(const std::string& what) {
  return fail(ErrorCode::FileNotReadable, what, "check the revision with `git log`, and the folder's path in it");
}

}  // namespace

GitFolder::GitFolder(GitFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

GitFolder::~GitFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<GitFolder> GitFolder::take(const std::string& working_folder, const std::string& tree) {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "glmapc-diff-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr)
    return not_readable("no folder can be made for `" + tree + "`: " + std::strerror(errno));
  GitFolder folder(name);
  const std::string archive = name + ".tar";
  // A tree that begins with a dash would be an option of git.
  const bool taken = !tree.empty() && tree.front() != '-' &&
                     run({"git", "-C", working_folder, "archive", "--format=tar", "-o", archive, tree}) &&
                     run({"tar", "-xf", archive, "-C", name});
  fs::remove(archive, error);
  if (!taken) return not_readable("git does not give `" + tree + "` in `" + working_folder + "`");
  return folder;
}

Result<GitFolder> GitFolder::of_folder(const std::string& revision, const std::string& folder) {
  return take(folder, revision);
}

Result<GitFolder> GitFolder::of_name(const std::string& named) {
  // Git takes `main:.` for a file of that name; the working directory itself is the revision's own archive there.
  return take(".", named.ends_with(":.") ? named.substr(0, named.size() - 2) : named);
}

}  // namespace glmap::driver
