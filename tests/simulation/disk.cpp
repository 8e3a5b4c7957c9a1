// SPDX-License-Identifier: Apache-2.0
// What the disk keeps and loses. How SQLite reaches it: disk_vfs.cpp.
#include "tests/simulation/disk.hpp"

#include <algorithm>

#include "compiler/runtime/base/error.hpp"

namespace glmap::simulation {

namespace {

constexpr std::uint64_t kSector = 512;

Disk* in_force = nullptr;  // NOLINT: SQLite's interface hands no context to some of its calls

}  // namespace

void register_simulated_vfs();
void restart_sqlite_chance();

Disk& Disk::current() {
  GLMAP_ASSERT(in_force != nullptr);
  return *in_force;
}

Disk::Disk(Machine& machine, Chance chance) : machine_(machine), chance_(chance) {
  GLMAP_ASSERT(in_force == nullptr);
  in_force = this;
  register_simulated_vfs();
  restart_sqlite_chance();
}

Disk::~Disk() {
  in_force = nullptr;
}

DiskAnswer Disk::ask(DiskOperation operation) {
  if (machine_.dead()) return DiskAnswer::error;
  return judge ? judge(operation) : DiskAnswer::done;
}

std::shared_ptr<Disk::File> Disk::open(const std::string& name, bool create) {
  if (name.empty()) return std::make_shared<File>();
  if (const auto at = seen_.find(name); at != seen_.end()) return at->second;
  if (!create || machine_.dead()) return nullptr;
  return seen_[name] = std::make_shared<File>();
}

void Disk::apply(std::string& bytes, const Change& change) {
  if (change.cut) {
    bytes.resize(change.at, '\0');
    return;
  }
  if (bytes.size() < change.at + change.bytes.size()) bytes.resize(change.at + change.bytes.size(), '\0');
  bytes.replace(change.at, change.bytes.size(), change.bytes);
}

DiskAnswer Disk::write(File& file, std::uint64_t at, const char* bytes, std::uint64_t count) {
  const DiskAnswer answer = ask(DiskOperation::write);
  if (answer == DiskAnswer::full) return answer;
  const bool dies = machine_.operation();
  Change change{at, std::string(bytes, count), false};
  if (answer == DiskAnswer::error || dies) {
    if (machine_.dead() && !dies) return DiskAnswer::error;  // a ghost
    change.bytes.resize(std::min(count, chance_.below(count / kSector + 1) * kSector));
    if (change.bytes.empty()) return DiskAnswer::error;
  }
  apply(file.seen, change);
  file.unsynced.push_back(std::move(change));
  return dies ? DiskAnswer::error : answer;
}

DiskAnswer Disk::cut(File& file, std::uint64_t size) {
  const DiskAnswer answer = ask(DiskOperation::write);
  if (answer != DiskAnswer::done || machine_.operation()) return DiskAnswer::error;
  Change change{size, {}, true};
  apply(file.seen, change);
  file.unsynced.push_back(std::move(change));
  return answer;
}

/// Of what is not synced, some reaches the disk: whole changes or sectors of them, whatever their order.
void Disk::keep_some(File& file) {
  const std::uint64_t mood = chance_.below(4);  // all, none, a beginning, any
  const std::size_t beginning = file.unsynced.empty() ? 0 : chance_.below(file.unsynced.size() + 1);
  for (std::size_t index = 0; index < file.unsynced.size(); ++index) {
    const Change& change = file.unsynced[index];
    if (mood == 1 || (mood == 2 && index > beginning)) break;
    const bool torn = mood == 3 || (mood == 2 && index == beginning);
    if (!torn) {
      apply(file.durable, change);
    } else if (change.cut) {
      if (chance_.permille(500)) apply(file.durable, change);
    } else {
      for (std::uint64_t from = 0; from < change.bytes.size();) {
        const std::uint64_t until =
            std::min<std::uint64_t>(change.bytes.size(), ((change.at + from) / kSector + 1) * kSector - change.at);
        if (chance_.permille(500))
          apply(file.durable, {change.at + from, change.bytes.substr(from, until - from), false});
        from = until;
      }
    }
  }
  file.unsynced.clear();
}

DiskAnswer Disk::sync(File& file, bool with_names) {
  const DiskAnswer answer = ask(DiskOperation::sync);
  if (machine_.dead()) return DiskAnswer::error;
  machine_.pass(500);
  ++syncs_;
  if (machine_.operation()) return DiskAnswer::error;  // what of it got through, the power cut draws
  if (answer != DiskAnswer::done) {
    keep_some(file);
    return DiskAnswer::error;
  }
  for (const Change& change : file.unsynced) apply(file.durable, change);
  file.unsynced.clear();
  if (with_names) durable_ = seen_;
  return DiskAnswer::done;
}

DiskAnswer Disk::remove(const std::string& name) {
  if (machine_.dead()) return DiskAnswer::error;
  if (machine_.operation()) return DiskAnswer::error;
  seen_.erase(name);
  return DiskAnswer::done;
}

void Disk::cut_power() {
  Names left;
  for (const Names* names : {&durable_, &seen_}) {
    for (const auto& [name, file] : *names) {
      const auto was = durable_.find(name);
      const auto is = seen_.find(name);
      const bool same = was != durable_.end() && is != seen_.end() && was->second == is->second;
      if (left.contains(name)) continue;
      if (same || chance_.permille(500)) {
        left[name] = file;
      } else if (names == &durable_ && is != seen_.end()) {
        left[name] = is->second;
      }
    }
  }
  for (auto& [name, file] : left) {
    GLMAP_ASSERT(file->open == 0);
    keep_some(*file);
    file->seen = file->durable;
  }
  seen_ = left;
  durable_ = left;
}

bool Disk::flip_bit(const std::string& name, std::uint64_t byte, int bit) {
  const auto at = seen_.find(name);
  if (at == seen_.end() || byte >= at->second->seen.size()) return false;
  const auto turn = [&](std::string& bytes) {
    if (byte < bytes.size())
      bytes[byte] = static_cast<char>(static_cast<unsigned char>(bytes[byte]) ^ (1U << static_cast<unsigned>(bit)));
  };
  turn(at->second->seen);
  turn(at->second->durable);
  return true;
}

std::uint64_t Disk::size_of(const std::string& name) const {
  const auto at = seen_.find(name);
  return at == seen_.end() ? 0 : at->second->seen.size();
}

}  // namespace glmap::simulation
