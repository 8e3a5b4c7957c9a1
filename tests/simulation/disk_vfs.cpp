// SPDX-License-Identifier: Apache-2.0
// SQLite's side of the simulated disk: the VFS, its file methods and locks, the index of the write-ahead log in memory.
#include <algorithm>
#include <cstring>

#include <sqlite3.h>

#include "compiler/runtime/base/error.hpp"
#include "tests/simulation/disk.hpp"

namespace glmap::simulation {

namespace {

struct Handle {
  sqlite3_file base;
  std::shared_ptr<Disk::File>* file;
  std::string* name;
  int lock;
  bool new_name;  // its name is not known to be durable: the first sync makes it so
  bool has_memory;
  unsigned memory_shared, memory_exclusive;  // bit sets of what this handle holds
};

Handle& handle_of(sqlite3_file* f) {
  return *reinterpret_cast<Handle*>(f);
}
Disk::File& file_of(sqlite3_file* f) {
  return **handle_of(f).file;
}
int code_of(DiskAnswer answer, int error) {
  if (answer == DiskAnswer::full) return SQLITE_FULL;
  return answer == DiskAnswer::done ? SQLITE_OK : error;
}

void give_up_memory(sqlite3_file* f) {
  Handle& handle = handle_of(f);
  if (!handle.has_memory) return;
  Disk::File& file = file_of(f);
  for (unsigned slot = 0; slot < 8; ++slot) {
    if ((handle.memory_shared >> slot & 1U) != 0) file.memory_shared[slot] -= 1;
    if ((handle.memory_exclusive >> slot & 1U) != 0) file.memory_exclusive[slot] = false;
  }
  handle.memory_shared = handle.memory_exclusive = 0;
  handle.has_memory = false;
  file.memory_users -= 1;
  if (file.memory_users == 0) file.memory.clear();  // the first one to come finds an empty one
}

int unlock_file(sqlite3_file* f, int level) {
  Handle& handle = handle_of(f);
  Disk::File& file = file_of(f);
  if (handle.lock > SQLITE_LOCK_SHARED) {
    file.reserved = file.pending = file.exclusive = false;
    handle.lock = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_NONE && handle.lock == SQLITE_LOCK_SHARED) {
    file.shared_locks -= 1;
    handle.lock = SQLITE_LOCK_NONE;
  }
  return SQLITE_OK;
}

int close_file(sqlite3_file* f) {
  Handle& handle = handle_of(f);
  unlock_file(f, SQLITE_LOCK_NONE);
  give_up_memory(f);
  file_of(f).open -= 1;
  delete handle.file;
  delete handle.name;
  return SQLITE_OK;
}

int read_file(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  if (Disk::current().read() != DiskAnswer::done) return SQLITE_IOERR_READ;
  const std::string& seen = file_of(f).seen;
  const auto from = static_cast<std::size_t>(at);
  const std::size_t there =
      from < seen.size() ? std::min<std::size_t>(seen.size() - from, static_cast<std::size_t>(count)) : 0;
  if (there > 0) std::memcpy(to, seen.data() + from, there);
  if (there == static_cast<std::size_t>(count)) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, static_cast<std::size_t>(count) - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  const DiskAnswer answer = Disk::current().write(file_of(f), static_cast<std::uint64_t>(at),
                                                  static_cast<const char*>(from), static_cast<std::uint64_t>(count));
  return code_of(answer, SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  return code_of(Disk::current().cut(file_of(f), static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* f, int) {
  Handle& handle = handle_of(f);
  const DiskAnswer answer = Disk::current().sync(file_of(f), handle.new_name);
  if (answer == DiskAnswer::done) handle.new_name = false;
  return code_of(answer, SQLITE_IOERR_FSYNC);
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(file_of(f).seen.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* f, int level) {
  Handle& handle = handle_of(f);
  Disk::File& file = file_of(f);
  if (handle.lock >= level) return SQLITE_OK;
  if (handle.lock == SQLITE_LOCK_NONE) {
    if (file.pending || file.exclusive) return SQLITE_BUSY;
    file.shared_locks += 1;
    handle.lock = SQLITE_LOCK_SHARED;
  }
  if (level >= SQLITE_LOCK_RESERVED && handle.lock < SQLITE_LOCK_RESERVED) {
    if (file.reserved) return SQLITE_BUSY;
    file.reserved = true;
    handle.lock = SQLITE_LOCK_RESERVED;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    file.pending = true;
    if (file.shared_locks > 1) {
      handle.lock = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
    file.exclusive = true;
    handle.lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int check_lock(sqlite3_file* f, int* out) {
  *out = file_of(f).reserved ? 1 : 0;
  return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
  return 4096;
}
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  Handle& handle = handle_of(f);
  Disk::File& file = file_of(f);
  if (!handle.has_memory) {
    handle.has_memory = true;
    file.memory_users += 1;
  }
  const auto index = static_cast<std::size_t>(page);
  *out = nullptr;
  if (file.memory.size() <= index && extend == 0) return SQLITE_OK;
  while (file.memory.size() <= index) file.memory.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = file.memory[index].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* f, int offset, int count, int flags) {
  Handle& handle = handle_of(f);
  Disk::File& file = file_of(f);
  for (int slot = offset; slot < offset + count; ++slot) {
    const unsigned bit = 1U << static_cast<unsigned>(slot);
    const auto at = static_cast<std::size_t>(slot);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      if ((handle.memory_shared & bit) != 0) file.memory_shared[at] -= 1;
      if ((handle.memory_exclusive & bit) != 0) file.memory_exclusive[at] = false;
      handle.memory_shared &= ~bit;
      handle.memory_exclusive &= ~bit;
    } else if (file.memory_exclusive[at] && (handle.memory_exclusive & bit) == 0) {
      return SQLITE_BUSY;
    } else if ((flags & SQLITE_SHM_SHARED) != 0) {
      if ((handle.memory_shared & bit) == 0) file.memory_shared[at] += 1;
      handle.memory_shared |= bit;
    } else {
      const int others = file.memory_shared[at] - ((handle.memory_shared & bit) != 0 ? 1 : 0);
      if (others > 0) return SQLITE_BUSY;
    }
  }
  if ((flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0) {
    for (int slot = offset; slot < offset + count; ++slot) {
      file.memory_exclusive[static_cast<std::size_t>(slot)] = true;
      handle.memory_exclusive |= 1U << static_cast<unsigned>(slot);
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* f, int) {
  give_up_memory(f);
  return SQLITE_OK;
}

// clang-format off
const sqlite3_io_methods kMethods = {2, close_file, read_file, write_file, truncate_file, sync_file, file_size, lock_file, unlock_file, check_lock, control,
                                     sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};
// clang-format on

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* f, int flags, int* out) {
  f->pMethods = nullptr;
  Disk& disk = Disk::current();
  const std::string path = name == nullptr ? std::string() : std::string(name);
  // As SQLite does on Unix: a log or journal opened for writing has its name made durable with its first sync.
  const bool new_name =
      (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0 && (flags & SQLITE_OPEN_CREATE) != 0;
  auto file = disk.open(path, (flags & SQLITE_OPEN_CREATE) != 0);
  if (file == nullptr) return SQLITE_CANTOPEN;
  Handle& handle = handle_of(f);
  std::memset(static_cast<void*>(&handle), 0, sizeof handle);
  file->open += 1;
  handle.file = new std::shared_ptr<Disk::File>(std::move(file));
  handle.name = new std::string(path);
  handle.new_name = new_name;
  handle.base.pMethods = &kMethods;
  if (out != nullptr) *out = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int) {
  if (!Disk::current().exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  return code_of(Disk::current().remove(name), SQLITE_IOERR_DELETE);
}
int access_file(sqlite3_vfs*, const char* name, int, int* out) {
  *out = Disk::current().exists(name) ? 1 : 0;
  return SQLITE_OK;
}
int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}
int randomness(sqlite3_vfs*, int count, char* out) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<char>(Disk::current().chance().below(256));
  return count;
}
int sleep_micros(sqlite3_vfs*, int micros) {
  Disk::current().machine().pass(micros);
  return micros;
}
int current_time_64(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 210'866'760'000'000 + Disk::current().machine().utc_micros() / 1000;  // Julian day in milliseconds
  return SQLITE_OK;
}
int current_time(sqlite3_vfs* vfs, double* out) {
  sqlite3_int64 now = 0;
  current_time_64(vfs, &now);
  *out = static_cast<double>(now) / 86'400'000.0;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

void register_simulated_vfs();
void restart_sqlite_chance();

void register_simulated_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made{};
    made.iVersion = 2;
    made.szOsFile = sizeof(Handle);
    made.mxPathname = 512;
    made.zName = Disk::kName;
    made.xOpen = open_file;
    made.xDelete = delete_file;
    made.xAccess = access_file;
    made.xFullPathname = full_name;
    made.xRandomness = randomness;
    made.xSleep = sleep_micros;
    made.xCurrentTime = current_time;
    made.xGetLastError = last_error;
    made.xCurrentTimeInt64 = current_time_64;
    return made;
  }();
  sqlite3_vfs_register(&vfs, 1);  // the default: it is whom SQLite asks for its own chance
}

void restart_sqlite_chance() {
  sqlite3_randomness(0, nullptr);
}

}  // namespace glmap::simulation
