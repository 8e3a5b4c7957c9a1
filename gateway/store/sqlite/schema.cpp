// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/schema.hpp"

#include <array>

#include "gateway/store/sqlite/checked_rows.hpp"

namespace glmap::gateway::store {

namespace {

// Bodies (events, entries) are written once, in order of arrival; what changes is kept in narrow rows beside them, so
// that a change of state rewrites few bytes and the evidence can be protected by triggers.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE chain_heads (             -- where the chains of events and history end
  name  TEXT PRIMARY KEY,
  links INTEGER NOT NULL,
  hash  BLOB NOT NULL
) STRICT;
CREATE TABLE restores (                -- moments at which the store went back to a backup
  number INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  by     TEXT NOT NULL,
  row_check INTEGER NOT NULL
) STRICT;
CREATE TABLE bundles (
  number INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  bytes  BLOB NOT NULL,
  row_check INTEGER NOT NULL           -- of the row's other columns, as in every table that has no hash
) STRICT;
CREATE TABLE activations (
  number INTEGER PRIMARY KEY,
  bundle INTEGER NOT NULL REFERENCES bundles,
  at     INTEGER NOT NULL,             -- microseconds since 1970 UTC, as every time here
  row_check INTEGER NOT NULL
) STRICT;

CREATE TABLE statement_rows (          -- what was taken in, counted at intake: one half of the conservation law
  number   INTEGER PRIMARY KEY,
  source   TEXT NOT NULL,
  entity   TEXT NOT NULL,
  currency TEXT NOT NULL,
  accepted_count INTEGER NOT NULL,
  accepted_minor ANY NOT NULL,         -- INTEGER, or TEXT digits beyond 64 bits
  row_check      INTEGER NOT NULL,
  UNIQUE (source, entity, currency)
) STRICT;

CREATE TABLE events (                  -- never changed
  number         INTEGER PRIMARY KEY,  -- our sequence, in order of arrival
  source         TEXT NOT NULL,
  id             TEXT NOT NULL,
  revision       TEXT NOT NULL,
  type           TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  received_at    INTEGER NOT NULL,
  first_state    INTEGER NOT NULL,
  first_bundle   INTEGER NOT NULL,
  first_reason   TEXT,
  raw            BLOB NOT NULL,        -- byte for byte as received
  hash           BLOB NOT NULL         -- of the one before it and of this one: audit.hpp
) STRICT;
CREATE TABLE event_keys (
  key   BLOB PRIMARY KEY,              -- first 128 bits of sha256 over the identity
  event INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE event_state (
  event         INTEGER PRIMARY KEY,
  state         INTEGER NOT NULL,
  bundle        INTEGER NOT NULL,
  statement_row INTEGER NOT NULL,
  amount_minor  ANY NOT NULL,          -- the event's part in its statement row
  first_entry   INTEGER NOT NULL,      -- entries of one event have consecutive numbers
  entry_count   INTEGER NOT NULL,
  reason        TEXT,                  -- JSON, held and rejected
  rule          TEXT,
  because       TEXT,
  object        TEXT,
  control       TEXT,                  -- "119.00 EUR": the event's own amount
  row_check     INTEGER NOT NULL
) STRICT;
CREATE INDEX event_exceptions ON event_state (state, event) WHERE state IN (3, 4);

CREATE TABLE lanes (
  number INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE,
  row_check INTEGER NOT NULL
) STRICT;
CREATE TABLE entries (                 -- never changed
  number     INTEGER PRIMARY KEY,
  event      INTEGER NOT NULL,
  reference  TEXT NOT NULL UNIQUE,     -- what the ERP stores as our reference
  entity     TEXT NOT NULL,
  ledger     TEXT NOT NULL,
  period     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL             -- the journal entry, canonical JSON
) STRICT;
CREATE TABLE entry_state (
  entry        INTEGER PRIMARY KEY,
  event        INTEGER NOT NULL,
  state        INTEGER NOT NULL,
  lane         INTEGER NOT NULL,
  due_at       INTEGER NOT NULL,
  claim        INTEGER NOT NULL,       -- fencing number of the last claim
  sends        INTEGER NOT NULL,
  looks        INTEGER NOT NULL,
  waits        INTEGER NOT NULL,
  last_sent_at INTEGER,
  object       TEXT,
  document_id  TEXT,
  reason       TEXT,
  row_check    INTEGER NOT NULL
) STRICT;
CREATE INDEX entry_due ON entry_state (lane, due_at, entry) WHERE state IN (0, 2, 3);
CREATE INDEX entry_sending ON entry_state (lane, entry) WHERE state = 1;
CREATE INDEX entry_exceptions ON entry_state (state, entry) WHERE state IN (5, 6);
CREATE INDEX entry_in_delivery_by_object ON entry_state (object, entry)
  WHERE object IS NOT NULL AND state IN (0, 1, 2, 3);

CREATE TABLE history (                 -- never changed
  number     INTEGER PRIMARY KEY,
  event      INTEGER NOT NULL,
  entry      INTEGER,
  at         INTEGER NOT NULL,
  from_state INTEGER NOT NULL,
  to_state   INTEGER NOT NULL,
  input      TEXT NOT NULL,
  by         TEXT NOT NULL,
  why        TEXT,
  evidence   TEXT,
  hash       BLOB NOT NULL
) STRICT;
CREATE INDEX history_of_event ON history (event);

CREATE TABLE conflicts (               -- never changed
  number         INTEGER PRIMARY KEY,
  first          INTEGER NOT NULL,     -- the event that stays
  type           TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  received_at    INTEGER NOT NULL,
  raw            BLOB NOT NULL,
  row_check      INTEGER NOT NULL,
  UNIQUE (first, content_digest)
) STRICT;

CREATE TABLE balances (                -- kept with every entry recorded
  entity   TEXT NOT NULL,
  ledger   TEXT NOT NULL,
  period   TEXT NOT NULL,
  account  TEXT NOT NULL,
  currency TEXT NOT NULL,              -- functional
  debit_minor  ANY NOT NULL,
  credit_minor ANY NOT NULL,
  row_check    INTEGER NOT NULL,
  PRIMARY KEY (entity, ledger, period, account, currency)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_keep_u BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_keep_d BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER entries_keep_u BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_keep_d BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER history_keep_u BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
CREATE TRIGGER history_keep_d BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER conflicts_keep_u BEFORE UPDATE ON conflicts BEGIN SELECT RAISE(ABORT, 'conflicts are never changed'); END;
CREATE TRIGGER conflicts_keep_d BEFORE DELETE ON conflicts BEGIN SELECT RAISE(ABORT, 'conflicts are never deleted'); END;
)sql";

// The two B-trees with random keys (identities, references) become keys in order of arrival, with sorted runs over
// them: key_index.hpp. What was there before stays in the order it came, a row a key; the next commit makes a run of
// it.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE event_keys RENAME TO event_keys_1;
CREATE TABLE event_keys (              -- never changed; 16 bytes a key: first 128 bits of sha256 over the identity
  first INTEGER PRIMARY KEY,           -- number of the event whose key stands first; the others follow
  keys  BLOB NOT NULL
) STRICT;
INSERT INTO event_keys SELECT event, key FROM event_keys_1 ORDER BY event;
DROP TABLE event_keys_1;

CREATE TABLE entries_2 (               -- never changed
  number     INTEGER PRIMARY KEY,
  event      INTEGER NOT NULL,
  reference  TEXT NOT NULL,            -- what the ERP stores as our reference; unique: entry_keys
  entity     TEXT NOT NULL,
  ledger     TEXT NOT NULL,
  period     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL,            -- the journal entry, canonical JSON
  row_check  INTEGER NOT NULL          -- looked at before the entry is sent
) STRICT;
INSERT INTO entries_2 SELECT number, event, reference, entity, ledger, period, created_at, body,
  row_digest(number, event, reference, entity, ledger, period, created_at, body) FROM entries ORDER BY number;
DROP TABLE entries;
ALTER TABLE entries_2 RENAME TO entries;
CREATE TRIGGER entries_keep_u BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_keep_d BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TABLE entry_keys (              -- as event_keys, of the references
  first INTEGER PRIMARY KEY,
  keys  BLOB NOT NULL
) STRICT;
INSERT INTO entry_keys SELECT number, reference_key(reference) FROM entries ORDER BY number;

CREATE TABLE event_key_runs (          -- found again from event_keys at any time, as event_key_parts
  number   INTEGER PRIMARY KEY,
  bits     INTEGER NOT NULL,           -- log2 of its parts; the highest bits of a key are the number of its part
  keys     INTEGER NOT NULL,           -- when complete
  last     INTEGER NOT NULL,           -- this run and those before it hold every key up to this number
  into_run INTEGER NOT NULL,           -- run that it is being merged into, or 0
  done     INTEGER NOT NULL,           -- of a merge under way: parts of its sources that it has taken over
  row_check INTEGER NOT NULL
) STRICT;
CREATE TABLE event_key_parts (
  place   INTEGER PRIMARY KEY,         -- run << 32 | part
  entries BLOB NOT NULL                -- sorted; 16 bytes of the key, 8 of the number
) STRICT;
CREATE TABLE entry_key_runs (
  number   INTEGER PRIMARY KEY,
  bits     INTEGER NOT NULL,
  keys     INTEGER NOT NULL,
  last     INTEGER NOT NULL,
  into_run INTEGER NOT NULL,
  done     INTEGER NOT NULL,
  row_check INTEGER NOT NULL
) STRICT;
CREATE TABLE entry_key_parts (
  place   INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
) STRICT;
CREATE TRIGGER event_keys_keep_u BEFORE UPDATE ON event_keys BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END;
CREATE TRIGGER event_keys_keep_d BEFORE DELETE ON event_keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
CREATE TRIGGER entry_keys_keep_u BEFORE UPDATE ON entry_keys BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END;
CREATE TRIGGER entry_keys_keep_d BEFORE DELETE ON entry_keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;

CREATE TABLE lane_days (               -- requests taken of those that a connection may make a day
  lane     TEXT NOT NULL,
  day      INTEGER NOT NULL,           -- since 1970, of the ERP's zone
  requests INTEGER NOT NULL,
  row_check INTEGER NOT NULL,
  PRIMARY KEY (lane, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE lanes_2 (                 -- one queue for each legal entity behind an ERP connection
  number INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,                -- of the connection
  entity TEXT NOT NULL,
  row_check INTEGER NOT NULL,
  UNIQUE (name, entity)
) STRICT;
INSERT INTO lanes_2 SELECT row_number() OVER (ORDER BY l.number, q.entity), l.name, q.entity, 0
  FROM (SELECT DISTINCT s.lane, e.entity FROM entry_state s JOIN entries e ON e.number = s.entry) q
  JOIN lanes l ON l.number = q.lane;
UPDATE entry_state SET lane = (SELECT n.number FROM lanes l JOIN lanes_2 n ON n.name = l.name
  JOIN entries e ON e.entity = n.entity WHERE l.number = entry_state.lane AND e.number = entry_state.entry);
DROP TABLE lanes;
ALTER TABLE lanes_2 RENAME TO lanes;

-- For IN with more than two values SQLite builds a B-tree each time a row is written, only to look into it.
DROP INDEX entry_due;
DROP INDEX entry_in_delivery_by_object;
CREATE INDEX entry_due ON entry_state (lane, due_at, entry) WHERE state < 4 AND state <> 1;
CREATE INDEX entry_in_delivery_by_object ON entry_state (object, entry) WHERE object IS NOT NULL AND state < 4;
)sql";

// Books that keep state: docs/operations/state.md.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE turns (                   -- what happened to books that keep state, in order; never changed
  number  INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL,            -- 0 an event came, 1 one was decided again, 2 time passed, 3 a rate was published
  event   INTEGER,
  bundle  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  detail  TEXT,
  outcome TEXT NOT NULL,
  row_check INTEGER NOT NULL
) STRICT;
CREATE TABLE later_entries (           -- entries that an event got after its decision: of its revenue schedules
  event  INTEGER NOT NULL,
  entry  INTEGER NOT NULL,
  change INTEGER NOT NULL,             -- the line of the history that came with them
  row_check INTEGER NOT NULL,
  PRIMARY KEY (event, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_exceptions ON history (number) WHERE input = 'exception';
CREATE TRIGGER turns_keep_u BEFORE UPDATE ON turns BEGIN SELECT RAISE(ABORT, 'turns are never changed'); END;
CREATE TRIGGER turns_keep_d BEFORE DELETE ON turns BEGIN SELECT RAISE(ABORT, 'turns are never deleted'); END;
DROP INDEX event_exceptions;
CREATE INDEX event_exceptions ON event_state (state, event) WHERE state > 2;
)sql";

constexpr std::array kMigrations = {kVersion1, kVersion2, kVersion3};
constexpr std::int64_t kNewRowChecks = 2;  // from that version on a row's check is another function of its columns

Status check_rows_anew(const Database& writer) {
  GLMAP_CHECK(writer.execute("DROP TRIGGER conflicts_keep_u"));
  for (const CheckedTable& table : checked_tables()) {
    if (table.since > kNewRowChecks) continue;
    if (table.name == "entries") continue;  // new with that version
    GLMAP_CHECK(writer.execute(checked_update(table.name, {}, "true").c_str()));
  }
  return writer.execute(
      "CREATE TRIGGER conflicts_keep_u BEFORE UPDATE ON conflicts BEGIN SELECT RAISE(ABORT, 'conflicts are never "
      "changed'); END");
}

Result<std::int64_t> version_of(const Database& database) {
  GLMAP_TRY(statement, database.prepare("SELECT coalesce(max(version), 0) FROM schema_versions"));
  GLMAP_CHECK(statement.step());
  return statement.integer(0);
}

Status apply(const Database& writer, std::int64_t version, const char* sql) {
  GLMAP_CHECK(writer.execute("BEGIN IMMEDIATE"));
  Status done = writer.execute(sql);
  if (done) {
    const std::string note = "INSERT INTO schema_versions VALUES (" + std::to_string(version) + ")";
    done = writer.execute(note.c_str());
  }
  if (done && version == kNewRowChecks) done = check_rows_anew(writer);
  if (done) done = writer.execute("COMMIT");
  if (!done) (void)writer.execute("ROLLBACK");
  return done;
}

}  // namespace

Status migrate(const Database& writer) {
  GLMAP_CHECK(writer.execute("CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY) STRICT"));
  GLMAP_TRY(present, version_of(writer));
  if (present > static_cast<std::int64_t>(kMigrations.size())) {
    return fail(ErrorCode::StoreVersion,
                "the store has schema version " + std::to_string(present) + " and this glmapd knows up to " +
                    std::to_string(kMigrations.size()),
                "start the newer glmapd that wrote the store");
  }
  for (std::size_t next = static_cast<std::size_t>(present); next < kMigrations.size(); ++next) {
    GLMAP_CHECK(apply(writer, static_cast<std::int64_t>(next) + 1, kMigrations.at(next)));
  }
  return {};
}

}  // namespace glmap::gateway::store
