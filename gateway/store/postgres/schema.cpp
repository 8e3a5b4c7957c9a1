// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/schema.hpp"

#include <array>

namespace glmap::gateway::store::postgres {

namespace {

// As SQLite's (sqlite/schema.cpp), apart from what several gateways need: figures kept by each gateway and added up on
// reading, writers with a chain each, holds of lanes. Numbers come from sequences: they grow, and may leave out some.
constexpr const char* kVersion1 = R"sql(
CREATE SEQUENCE event_numbers;
CREATE SEQUENCE entry_numbers;

CREATE TABLE gateways (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
);
CREATE TABLE writers (                  -- one a connection: the number of its last transaction that is on disk
  number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway    BIGINT NOT NULL REFERENCES gateways,
  last_write BIGINT NOT NULL,
  event_links  BIGINT NOT NULL,         -- where its chain of events ends, and its chain of history
  event_hash   BYTEA NOT NULL,
  change_links BIGINT NOT NULL,
  change_hash  BYTEA NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE restores (                 -- moments at which the store went back to a backup
  at BIGINT NOT NULL,
  by TEXT NOT NULL
);

CREATE TABLE bundles (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  bytes  BYTEA NOT NULL
);
CREATE TABLE activations (
  number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bundle  BIGINT NOT NULL REFERENCES bundles,
  gateway BIGINT NOT NULL REFERENCES gateways,
  at      BIGINT NOT NULL
);

CREATE TABLE statement_rows (
  number   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source   TEXT NOT NULL,
  entity   TEXT NOT NULL,
  currency TEXT NOT NULL,
  UNIQUE (source, entity, currency)
);
CREATE TABLE statement_counts (         -- each gateway's part of the row; the row is their sum
  statement_row  BIGINT NOT NULL,
  gateway        BIGINT NOT NULL,
  accepted_count BIGINT NOT NULL,
  accepted_minor NUMERIC NOT NULL,
  PRIMARY KEY (statement_row, gateway)
) WITH (fillfactor = 50);

CREATE TABLE events (                   -- never changed
  number         BIGINT PRIMARY KEY,
  source         TEXT NOT NULL,
  id             TEXT NOT NULL,
  revision       TEXT NOT NULL,
  type           TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  received_at    BIGINT NOT NULL,
  first_state    BIGINT NOT NULL,
  first_bundle   BIGINT NOT NULL,
  first_reason   TEXT,
  raw            BYTEA NOT NULL,
  writer         BIGINT NOT NULL,       -- whose chain it is a link of, and which
  link           BIGINT NOT NULL,
  hash           BYTEA NOT NULL
);
CREATE TABLE event_keys (
  key   BYTEA PRIMARY KEY,
  event BIGINT NOT NULL
);
CREATE TABLE event_state (
  event         BIGINT PRIMARY KEY,
  state         BIGINT NOT NULL,
  bundle        BIGINT NOT NULL,
  statement_row BIGINT NOT NULL,
  amount_minor  NUMERIC NOT NULL,
  reason        TEXT,
  rule          TEXT,
  because       TEXT,
  object        TEXT,
  control       TEXT
) WITH (fillfactor = 80);
CREATE INDEX event_exceptions ON event_state (state, event) WHERE state IN (3, 4);

CREATE TABLE lanes (                    -- an ERP connection, and a queue for each legal entity behind it
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name   TEXT NOT NULL,                 -- of the connection
  entity TEXT NOT NULL,                 -- '': the connection itself, which lane_holds names
  UNIQUE (name, entity)
);
CREATE TABLE lane_holds (               -- which gateway delivers a lane; `token` fences the one before it
  lane    BIGINT PRIMARY KEY,
  gateway BIGINT NOT NULL,              -- 0: nobody
  token   BIGINT NOT NULL,
  beat    BIGINT NOT NULL               -- grows as long as the holder lives
) WITH (fillfactor = 50);

CREATE TABLE lane_days (                -- requests taken of those that a connection may make a day
  lane     TEXT NOT NULL,
  day      BIGINT NOT NULL,             -- since 1970, of the ERP's zone
  requests BIGINT NOT NULL,
  PRIMARY KEY (lane, day)
);
CREATE TABLE entries (                  -- never changed
  number     BIGINT PRIMARY KEY,
  event      BIGINT NOT NULL,
  reference  TEXT NOT NULL UNIQUE,
  entity     TEXT NOT NULL,
  ledger     TEXT NOT NULL,
  period     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  body       TEXT NOT NULL
);
CREATE INDEX entries_of_event ON entries (event);
CREATE TABLE entry_state (
  entry        BIGINT PRIMARY KEY,
  event        BIGINT NOT NULL,
  state        BIGINT NOT NULL,
  lane         BIGINT NOT NULL,
  due_at       BIGINT NOT NULL,
  claim        BIGINT NOT NULL,
  sends        BIGINT NOT NULL,
  looks        BIGINT NOT NULL,
  waits        BIGINT NOT NULL,
  last_sent_at BIGINT,
  object       TEXT,
  document_id  TEXT,
  reason       TEXT
) WITH (fillfactor = 80);
CREATE INDEX entry_state_of_event ON entry_state (event);
CREATE INDEX entry_due ON entry_state (lane, due_at, entry) WHERE state IN (0, 2, 3);
CREATE INDEX entry_sending ON entry_state (lane, entry) WHERE state = 1;
CREATE INDEX entry_exceptions ON entry_state (state, entry) WHERE state IN (5, 6);
CREATE INDEX entry_in_delivery_by_object ON entry_state (object, entry)
  WHERE object IS NOT NULL AND state IN (0, 1, 2, 3);

CREATE TABLE history (                  -- never changed
  number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event      BIGINT NOT NULL,
  entry      BIGINT,
  at         BIGINT NOT NULL,
  from_state BIGINT NOT NULL,
  to_state   BIGINT NOT NULL,
  input      TEXT NOT NULL,
  by         TEXT NOT NULL,
  why        TEXT,
  evidence   TEXT,
  writer     BIGINT NOT NULL,
  link       BIGINT NOT NULL,
  hash       BYTEA NOT NULL
);
CREATE INDEX history_of_event ON history (event);

CREATE TABLE conflicts (                -- never changed
  number         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first          BIGINT NOT NULL,
  type           TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  received_at    BIGINT NOT NULL,
  raw            BYTEA NOT NULL,
  UNIQUE (first, content_digest)
);

CREATE TABLE balances (                 -- each gateway's part; the balance is their sum
  gateway  BIGINT NOT NULL,
  entity   TEXT NOT NULL,
  ledger   TEXT NOT NULL,
  period   TEXT NOT NULL,
  account  TEXT NOT NULL,
  currency TEXT NOT NULL,
  debit_minor  NUMERIC NOT NULL,
  credit_minor NUMERIC NOT NULL,
  PRIMARY KEY (gateway, entity, ledger, period, account, currency)
) WITH (fillfactor = 50);

CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER entries_keep BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER history_keep BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER conflicts_keep BEFORE UPDATE OR DELETE ON conflicts FOR EACH ROW EXECUTE FUNCTION keep();
)sql";

// Books that keep state: docs/operations/state.md.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE turns (                    -- never changed
  number  BIGINT PRIMARY KEY,           -- given under the lock of turn_head: without gaps
  kind    BIGINT NOT NULL,
  event   BIGINT,
  bundle  BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  detail  TEXT,
  outcome TEXT NOT NULL
);
CREATE TABLE turn_head (                -- one row: whoever records turns holds it, so that they have an order
  one  BIGINT PRIMARY KEY,
  last BIGINT NOT NULL
);
INSERT INTO turn_head VALUES (1, 0);
CREATE TABLE later_entries (            -- entries that an event got after its decision: of its revenue schedules
  entry  BIGINT PRIMARY KEY,
  event  BIGINT NOT NULL,
  writer BIGINT NOT NULL,               -- the link of the history that came with them
  link   BIGINT NOT NULL
);
CREATE INDEX later_entries_by_link ON later_entries (writer, link);
CREATE INDEX later_entries_of_event ON later_entries (event);
CREATE INDEX history_exceptions ON history (number) WHERE input = 'exception';
CREATE TRIGGER turns_keep BEFORE UPDATE OR DELETE ON turns FOR EACH ROW EXECUTE FUNCTION keep();
DROP INDEX event_exceptions;
CREATE INDEX event_exceptions ON event_state (state, event) WHERE state > 2;
)sql";

constexpr std::array kMigrations = {kVersion1, kVersion2};

constexpr const char* kFoundation =
    "CREATE SCHEMA IF NOT EXISTS glmap; "
    "CREATE TABLE IF NOT EXISTS schema_lock (one BIGINT PRIMARY KEY); "
    "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY); "
    "INSERT INTO schema_lock VALUES (1) ON CONFLICT DO NOTHING";

/// Two that lay the foundation at the same moment: one of them is told so, in several ways.
Status lay_foundation(Connection& connection) {
  GLMAP_TRY(there, connection.run(
                       "SELECT count(*) FROM pg_tables WHERE schemaname = 'glmap' AND tablename = 'schema_versions'"));
  if (there[0].integer(0) > 0) return {};
  Status laid = connection.script(kFoundation);
  for (int tries = 0; !laid && tries < 5; ++tries) laid = connection.script(kFoundation);
  return laid;
}

/// With the lock row held.
Status bring_forward(Connection& connection) {
  GLMAP_TRY(rows, connection.run("SELECT coalesce(max(version), 0)::bigint FROM schema_versions"));
  const std::int64_t present = rows[0].integer(0);
  if (present > static_cast<std::int64_t>(kMigrations.size())) {
    return fail(ErrorCode::StoreVersion,
                "the store has schema version " + std::to_string(present) + " and this glmapd knows up to " +
                    std::to_string(kMigrations.size()),
                "start the newer glmapd that wrote the store");
  }
  for (std::size_t next = static_cast<std::size_t>(present); next < kMigrations.size(); ++next) {
    GLMAP_CHECK(connection.script(kMigrations.at(next)));
    GLMAP_CHECK(connection.script("INSERT INTO schema_versions VALUES (" + std::to_string(next + 1) + ")"));
  }
  return {};
}

}  // namespace

Status migrate(Connection& connection) {
  GLMAP_CHECK(lay_foundation(connection));
  // One transaction: after a fault, or when the process is killed, the store is as it was.
  GLMAP_CHECK(connection.script("BEGIN; SELECT one FROM schema_lock WHERE one = 1 FOR UPDATE"));
  Status done = bring_forward(connection);
  if (!done) {
    (void)connection.script("ROLLBACK");
    return done;
  }
  return connection.script("COMMIT");
}

}  // namespace glmap::gateway::store::postgres
