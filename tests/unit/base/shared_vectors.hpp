// SPDX-License-Identifier: Apache-2.0
// Published test vectors that are not part of the source tree. They lie in $GLMAP_SHARED, else beside the source tree
// in
// ../shared; without them the tests that need them say loudly that they were skipped. For tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

namespace glmap::testing {

inline std::filesystem::path shared_folder() {
  if (const char* folder = std::getenv("GLMAP_SHARED")) return folder;
  return std::filesystem::path(GLMAP_SOURCE_DIR).parent_path() / "shared";
}

/// The path of a vector file, or nothing and a line on stderr.
inline std::optional<std::filesystem::path> shared_vector(const std::string& name) {
  auto path = shared_folder() / "vectors" / name;
  if (std::filesystem::exists(path)) return path;
  std::cerr << "SKIPPED: " << path.string() << " is not there; set GLMAP_SHARED to run this test\n";
  return std::nullopt;
}

/// Unpacks a .tar.gz into a folder of the build tree and returns that folder.
inline std::optional<std::filesystem::path> unpacked_vector(const std::string& name) {
  const auto archive = shared_vector(name);
  if (!archive) return std::nullopt;
  const auto folder = std::filesystem::path(GLMAP_BINARY_DIR) / "vectors" / name;
  std::filesystem::create_directories(folder);
  const std::string command = "tar xzf '" + archive->string() + "' -C '" + folder.string() + "'";
  if (std::system(command.c_str()) != 0) {
    std::cerr << "SKIPPED: " << archive->string() << " cannot be unpacked\n";
    return std::nullopt;
  }
  return folder;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace glmap::testing
