// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/log_damage.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string_view>

namespace glmap::gateway::store {

namespace {

constexpr std::size_t kHeader = 32, kFrameHeader = 24, kSalts = 8;
constexpr std::uint32_t kMagic = 0x377f0682;  // the lowest bit says in which order the sums take their bytes

/// The running sum of https://sqlite.org/fileformat2.html, 4.2.
class LogSum {
 public:
  explicit LogSum(bool big_endian) : big_endian_(big_endian) {}
  void add(std::string_view bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first_ += word(bytes, at, big_endian_) + second_;
      second_ += word(bytes, at + 4, big_endian_) + first_;
    }
  }
  bool matches(std::string_view bytes, std::size_t at) const {
    return word(bytes, at, true) == first_ && word(bytes, at + 4, true) == second_;
  }
  static std::uint32_t word(std::string_view bytes, std::size_t at, bool big_endian) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t place = big_endian ? at + i : at + 3 - i;
      value = value << 8 | static_cast<std::uint8_t>(bytes[place]);
    }
    return value;
  }

 private:
  bool big_endian_;
  std::uint32_t first_ = 0, second_ = 0;
};

}  // namespace

std::string log_damage(const std::string& log) {
  std::ifstream file(log, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string_view bytes = content;
  if (bytes.size() < kHeader) return {};
  const std::uint32_t magic = LogSum::word(bytes, 0, true);
  LogSum sum((magic & 1) != 0);
  sum.add(bytes.substr(0, kHeader - 8));
  const std::size_t page = LogSum::word(bytes, 8, true);
  if ((magic & ~1U) != kMagic || !sum.matches(bytes, kHeader - 8) || page < 512) {
    return "the header of its log `" + log + "` does not match its checksum";
  }
  const std::size_t size = kFrameHeader + page;
  std::size_t number = 1;
  for (std::size_t at = kHeader; at + size <= bytes.size(); at += size, ++number) {
    const std::string_view frame = bytes.substr(at, size);
    sum.add(frame.substr(0, 8));
    sum.add(frame.substr(kFrameHeader));
    if (sum.matches(frame, kFrameHeader - 8)) continue;
    // Frames of an earlier round of the log carry other salts and stand behind its end by right; one damaged in its
    // salts is found by the frame behind it, which carries those of this round.
    const auto of_this_round = [&](std::size_t from) {
      return from + size <= bytes.size() && bytes.substr(from + 8, kSalts) == bytes.substr(16, kSalts);
    };
    if (!of_this_round(at) && !of_this_round(at + size)) return {};
    return "frame " + std::to_string(number) + " of its log `" + log + "` (byte " + std::to_string(at) +
           ") does not match its checksum";
  }
  return {};
}

}  // namespace glmap::gateway::store
