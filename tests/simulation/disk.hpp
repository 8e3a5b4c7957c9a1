// SPDX-License-Identifier: Apache-2.0
// A simulated disk as a SQLite VFS. Every file has what processes see (the page cache) and what is certain to survive a
// power cut; in between stand the changes since the last sync. A power cut keeps any subset of them, cut at sectors of
// 512 bytes, and any subset of the names created and removed. After a failed sync the changes stay visible and are
// never written again unless somebody writes them again, which is what Linux does. Torn bytes inside a sector do not
// occur. One disk at a time is in force; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/chance.hpp"
#include "tests/simulation/machine.hpp"

namespace glmap::simulation {

enum class DiskOperation : std::uint8_t { read, write, sync };
enum class DiskAnswer : std::uint8_t { done, error, full };

class Disk {
 public:
  /// Name of the VFS to open databases with.
  static constexpr const char* kName = "simulated";

  /// Registers the VFS, puts this disk in force, and makes SQLite's own chance start from `chance`.
  Disk(Machine& machine, Chance chance);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Asked before each operation; may fail it. Unset: everything is done.
  std::function<DiskAnswer(DiskOperation)> judge;
  /// The machine lost its power: only what is durable is left, and perhaps some of the rest. Every file must be closed.
  void cut_power();
  /// Turns one bit of the file, in what is seen and in what is durable. False when the file is too short.
  bool flip_bit(const std::string& name, std::uint64_t byte, int bit);
  std::uint64_t size_of(const std::string& name) const;
  bool exists(const std::string& name) const { return seen_.contains(name); }
  std::uint64_t syncs() const { return syncs_; }

  // -- for the VFS
  struct Change {
    std::uint64_t at = 0;
    std::string bytes;
    bool cut = false;  // the file is cut to `at` bytes
  };
  struct File {
    std::string seen, durable;
    std::vector<Change> unsynced;
    int shared_locks = 0;
    bool reserved = false, pending = false, exclusive = false;
    std::vector<std::unique_ptr<char[]>> memory;  // of the write-ahead log's index
    int memory_users = 0;
    std::array<int, 8> memory_shared{};
    std::array<bool, 8> memory_exclusive{};
    int open = 0;
  };
  std::shared_ptr<File> open(const std::string& name, bool create);
  DiskAnswer write(File& file, std::uint64_t at, const char* bytes, std::uint64_t count);
  DiskAnswer cut(File& file, std::uint64_t size);
  DiskAnswer sync(File& file, bool with_names);
  DiskAnswer read() { return ask(DiskOperation::read); }
  DiskAnswer remove(const std::string& name);
  Chance& chance() { return chance_; }
  Machine& machine() { return machine_; }
  static Disk& current();

 private:
  using Names = std::map<std::string, std::shared_ptr<File>>;

  DiskAnswer ask(DiskOperation operation);
  static void apply(std::string& bytes, const Change& change);
  void keep_some(File& file);

  Machine& machine_;
  Chance chance_;
  Names seen_, durable_;
  std::uint64_t syncs_ = 0;
};

}  // namespace glmap::simulation
