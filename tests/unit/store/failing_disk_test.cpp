// SPDX-License-Identifier: Apache-2.0
// The store on a disk whose sync or write fails on command: a SQLite VFS that passes everything on to the real one.
#include <cstring>

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::event_text;
using testing::expect;

namespace {

/// What fails from now on; set by the tests, read by the file methods.
struct Faults {
  bool sync = false;
  bool write = false;
  bool full = false;
};
Faults faults;  // NOLINT: a C interface without context

struct FaultyFile {
  sqlite3_file base;
  sqlite3_io_methods methods;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<FaultyFile*>(file)->real();
}

int close_file(sqlite3_file* f) {
  return real_of(f)->pMethods->xClose(real_of(f));
}
int read_file(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  return real_of(f)->pMethods->xRead(real_of(f), to, count, at);
}
int write_file(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  if (faults.full) return SQLITE_FULL;
  if (faults.write) return SQLITE_IOERR_WRITE;
  return real_of(f)->pMethods->xWrite(real_of(f), from, count, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
int sync_file(sqlite3_file* f, int flags) {
  if (faults.sync) return SQLITE_IOERR_FSYNC;
  return real_of(f)->pMethods->xSync(real_of(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
int lock_file(sqlite3_file* f, int level) {
  return real_of(f)->pMethods->xLock(real_of(f), level);
}
int unlock_file(sqlite3_file* f, int level) {
  return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
int check_lock(sqlite3_file* f, int* out) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
int control(sqlite3_file* f, int op, void* arg) {
  return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
int sector_size(sqlite3_file* f) {
  return real_of(f)->pMethods->xSectorSize(real_of(f));
}
int characteristics(sqlite3_file* f) {
  return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int count, int flags) {
  return real_of(f)->pMethods->xShmLock(real_of(f), offset, count, flags);
}
void shm_barrier(sqlite3_file* f) {
  real_of(f)->pMethods->xShmBarrier(real_of(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
  return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

sqlite3_vfs* real_vfs() {
  return sqlite3_vfs_find("unix");
}

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  auto* faulty = reinterpret_cast<FaultyFile*>(file);
  const int code = real_vfs()->xOpen(real_vfs(), name, faulty->real(), flags, out);
  faulty->base.pMethods = nullptr;
  if (code != SQLITE_OK || faulty->real()->pMethods == nullptr) return code;
  faulty->methods = {2,         close_file,  read_file,  write_file, truncate_file, sync_file,       file_size,
                     lock_file, unlock_file, check_lock, control,    sector_size,   characteristics, shm_map,
                     shm_lock,  shm_barrier, shm_unmap,  nullptr,    nullptr};
  faulty->base.pMethods = &faulty->methods;
  return code;
}

void register_faulty_disk() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *real_vfs();
    copy.zName = "faulty";
    copy.szOsFile = static_cast<int>(sizeof(FaultyFile)) + real_vfs()->szOsFile;
    copy.xOpen = open_file;
    return copy;
  }();
  faults = Faults{};
  sqlite3_vfs_register(&vfs, 0);
}

struct Disk {
  testing::TemporaryFolder folder;
  std::shared_ptr<const rules::Evaluator> evaluator = testing::gateway_evaluator();
  std::unique_ptr<store::Store> store;

  Disk() {
    register_faulty_disk();
    open();
    REQUIRE(store->activate_bundle(evaluator->digest(), "bytes", Instant{1}));
  }
  void open() {
    store = expect(store::open_sqlite_store(store::SqliteOptions{.path = folder.file("gateway.db"), .vfs = "faulty"}));
  }
  Result<store::Sequence> add(const std::string& id) {
    const std::string raw = event_text({.id = id, .invoice = id});
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    const posting::Prepared prepared = expect(posting::prepare(*evaluator, arrivals.front(), Instant{1}));
    GLMAP_TRY(answers, store->commit_intake(std::span(&prepared.event, 1)));
    return answers.front().sequence;
  }
};

}  // namespace

TEST_CASE("after a failed sync nothing more is written until a restart", "[store][disk][M12]") {
  Disk disk;
  REQUIRE(disk.add("E-1"));
  REQUIRE(disk.store->hold_lane("erp-de", Instant{1}));
  faults.sync = true;
  CHECK(disk.add("E-2").error().code == ErrorCode::StoreFailed);
  faults.sync = false;  // the disk looks healthy again, but what it holds is not known
  CHECK(disk.add("E-3").error().code == ErrorCode::StoreFailed);
  CHECK(disk.store->claim_due({.lane = "erp-de", .now = Instant{2}, .lease_until = Instant{3}}).error().code ==
        ErrorCode::StoreFailed);
  CHECK(disk.store->health().error().code == ErrorCode::StoreFailed);
  disk.store.reset();
  disk.open();
  CHECK(disk.store->health());
  CHECK(disk.add("E-4"));
  // E-1 was acknowledged and is there. E-2 was not: it may be there or not, but then as a whole.
  const auto rows = expect(disk.store->statement());
  CHECK(rows[0].agrees());
  CHECK(expect(disk.store->find_event(store::event_key("billing", "E-1", ""))) == 1);
}

TEST_CASE("a failed write stops the store", "[store][disk][M12]") {
  Disk disk;
  faults.write = true;
  CHECK(disk.add("E-1").error().code == ErrorCode::StoreFailed);
  faults.write = false;
  CHECK(disk.store->health().error().code == ErrorCode::StoreFailed);
}

TEST_CASE("a full disk refuses the event as a whole, and goes on when there is space", "[store][disk][M12]") {
  Disk disk;
  REQUIRE(disk.add("E-1"));
  faults.full = true;
  CHECK(disk.add("E-2").error().code == ErrorCode::StoreUnavailable);
  CHECK(disk.store->health());
  faults.full = false;
  const auto again = disk.add("E-2");
  REQUIRE(again);
  CHECK(*again == 2);
  const auto rows = expect(disk.store->statement());
  CHECK(rows[0].accepted == store::CountAndAmount{2, 23'800});
  CHECK(rows[0].agrees());
}
