// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace glmap::driver {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{512} << 20;

std::unexpected<Error> cannot(const std::string& what, const std::string& path) {
  return fail(ErrorCode::FileNotReadable, "`" + path + "` cannot be " + what + ": " + std::strerror(errno),
              "check the path and the rights");
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code error;
  if (fs::is_directory(path, error)) {
    errno = EISDIR;
    return cannot("read", path);
  }
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kFileBytesMax)
    return fail(ErrorCode::TooLarge, "`" + path + "` is larger than 512 MiB", "split the file");
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("opened", path);
  std::string text;
  if (!error) text.reserve(size);
  text.assign(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return cannot("read", path);
  return text;
}

void FileReader::Close::operator()(std::FILE* file) const {
  if (file != stdin) std::fclose(file);
}

Result<FileReader> FileReader::open(const std::string& path) {
  if (path == "-") return FileReader(path, stdin);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    errno = EISDIR;
    return cannot("read", path);
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return cannot("opened", path);
  std::setvbuf(file, nullptr, _IONBF, 0);  // who reads in pieces has a buffer
  return FileReader(path, file);
}

Result<std::size_t> FileReader::read(char* to, std::size_t room) {
  const std::size_t count = std::fread(to, 1, room, file_.get());
  if (count == 0 && std::ferror(file_.get()) != 0) return cannot("read", path_);
  return count;
}

Result<std::vector<std::string>> list_files(const std::string& directory, std::string_view suffix) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(suffix) && at->is_regular_file(error)) names.push_back(name);
  }
  if (error) {
    errno = error.value();
    return cannot("listed", directory);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status write_file(const std::string& path, std::string_view text) {
  if (path == "-") {
    std::cout.write(text.data(), static_cast<std::streamsize>(text.size()));
    std::cout.flush();
    return {};
  }
  const std::string beside = path + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    if (!file) return cannot("written", path);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.flush();
    if (!file) return cannot("written", path);
  }
  std::error_code error;
  fs::rename(beside, path, error);
  if (error) {
    errno = error.value();
    return cannot("written", path);
  }
  return {};
}

std::string book_directory(const std::string& book) {
  fs::path path(book);
  if (path.filename() == "book.glmap") path = path.parent_path();
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text.empty() ? "." : text;
}

Result<std::string> read_book_file(const std::string& directory, const std::string& path) {
  const fs::path named(path);
  const bool climbs = std::any_of(named.begin(), named.end(), [](const fs::path& part) { return part == ".."; });
  if (named.is_absolute() || climbs)
    return fail(ErrorCode::FileNotReadable, "`" + path + "` lies outside the book's directory",
                "keep the book's files below its directory, so that one version holds all of it");
  return read_file(directory + "/" + path);
}

}  // namespace glmap::driver
