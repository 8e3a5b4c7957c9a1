// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/event_files.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/runtime/base/json_words.hpp"

namespace glmap::driver {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kWholeBytesMax = std::size_t{512} << 20;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<EventFile> EventFile::open(const std::string& path) {
  GLMAP_TRY(reader, FileReader::open(path));
  EventFile file(path, std::move(reader));
  file.lines_ = path.ends_with(".ndjson") || path.ends_with(".jsonl");
  if (!file.lines_) GLMAP_CHECK(file.look_at_the_front());
  if (!file.lines_) GLMAP_CHECK(file.read_whole());
  return file;
}

/// Reads another piece behind what is there; false at the end of the file.
Result<bool> EventFile::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kPiece + kJsonPadding)
    buffer_.resize(std::max(buffer_.size() * 2, end_ + kPiece + kJsonPadding));
  GLMAP_TRY(count, reader_.read(buffer_.data() + end_, buffer_.size() - end_ - kJsonPadding));
  end_ += count;
  at_end_ = count == 0;
  return count != 0;
}

/// Lines: a first line that is a whole value, followed by another line with something on it.
Status EventFile::look_at_the_front() {
  std::size_t line_end = std::string_view::npos;
  while (true) {
    const std::size_t start = unread().find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos) {
      if (unread()[start] != '{') return {};
      line_end = unread().find('\n', start);
      if (line_end != std::string_view::npos) break;
    }
    if (end_ > kWholeBytesMax) return {};
    GLMAP_TRY(more, fill());
    if (!more) return {};
  }
  while (is_blank(unread().substr(line_end))) {
    if (end_ > kWholeBytesMax) return {};
    GLMAP_TRY(more, fill());
    if (!more) return {};
  }
  lines_ = document_.read(unread().substr(0, line_end)).has_value();
  return {};
}

Status EventFile::read_whole() {
  while (true) {
    if (end_ > kWholeBytesMax)
      return fail(ErrorCode::TooLarge, "`" + path_ + "` is larger than 512 MiB", "split the file");
    GLMAP_TRY(more, fill());
    if (!more) break;
  }
  if (auto status = document_.read(unread()); !status) {
    status.error().where.file = path_;
    return status;
  }
  buffer_ = {};
  begin_ = end_ = 0;
  line_ = 1;
  is_array_ = document_.root().is_array();
  if (!is_array_) elements_.push_back(document_.root());
  if (is_array_)
    for (const JsonView element : document_.root()) elements_.push_back(element);
  return {};
}

Result<bool> EventFile::next() {
  if (lines_) return next_line();
  if (taken_ == elements_.size()) return false;
  event_ = elements_[taken_++];
  return true;
}

Result<bool> EventFile::next_line() {
  while (true) {
    std::size_t length = unread().find('\n');
    if (length == std::string_view::npos) {
      if (unread().size() > JsonLimits().bytes_max) return skip_long_line();
      GLMAP_TRY(more, fill());
      if (more) continue;
      if (unread().empty()) return false;
      length = unread().size();
    }
    const std::string_view line = unread().substr(0, length);
    begin_ += std::min(length + 1, unread().size());
    ++line_;
    if (is_blank(line)) continue;
    text_ = line;
    is_read_ = false;
    return true;
  }
}

const Result<JsonView>& EventFile::event() {
  if (!lines_ || is_read_) return event_;
  is_read_ = true;
  if (auto status = document_.read(text_))
    event_ = document_.root();
  else
    event_ = std::unexpected(std::move(status.error()));
  return event_;
}

/// A line that is refused for its length is not kept in memory.
Result<bool> EventFile::skip_long_line() {
  std::size_t length = 0;
  std::size_t newline = std::string_view::npos;
  while (newline == std::string_view::npos) {
    length += unread().size();
    begin_ = end_;
    GLMAP_TRY(more, fill());
    if (!more) break;
    newline = unread().find('\n');
  }
  if (newline != std::string_view::npos) {
    length += newline;
    begin_ += newline + 1;
  }
  ++line_;
  text_ = {};
  is_read_ = true;
  event_ = std::unexpected(json_too_long(length, {}));
  return true;
}

SourceRef EventFile::where() const {
  return {path_, line_, 1, is_array_ ? "/" + std::to_string(taken_ - 1) : std::string()};
}

}  // namespace glmap::driver
