#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peer_sqlite.py DIR DB EVENTS_A_COMMIT [EVENTS]: as peer_dict.py, but durable and idempotent: entries and lines in SQLite (WAL, synchronous FULL),
the event id is the primary key."""
import itertools
import json
import os
import sqlite3
import sys

import peer_dict

SCHEMA = """
CREATE TABLE entry(event_id TEXT PRIMARY KEY, date TEXT, rule TEXT, currency TEXT, raw TEXT) WITHOUT ROWID;
CREATE TABLE line(event_id TEXT, line_no INTEGER, account TEXT, side TEXT, amount TEXT, PRIMARY KEY(event_id, line_no)) WITHOUT ROWID;
"""


def main():
    folder, path, batch_size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    index = {}
    for rule in json.load(open(folder + "/rules.json", encoding="utf-8")):
        index.setdefault((rule["type"], rule["family"], rule["entity"], rule["treatment"], rule["currency"]), rule)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(SCHEMA)
    counts = {"entries": 0, "lines": 0, "duplicates": 0, "unmatched": 0}
    batch = []
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    for line in itertools.islice(open(folder + "/events.ndjson", encoding="utf-8"), limit):
        batch.append(line)
        if len(batch) == batch_size:
            commit(db, index, batch, counts)
            batch = []
    commit(db, index, batch, counts)
    print(json.dumps(counts))


def commit(db, index, batch, counts):
    db.execute("BEGIN")
    for line in batch:
        event = json.loads(line)
        rule = peer_dict.find(index, event)
        added = db.execute("INSERT OR IGNORE INTO entry VALUES(?,?,?,?,?)", (event["id"], event["posting_date"], rule and rule["id"],
                                                                              event["currency"], line)).rowcount
        if not added:
            counts["duplicates"] += 1
        elif rule is None:
            counts["unmatched"] += 1
        else:
            rows = [(event["id"], number, account, side, str(amount))
                    for number, (account, side, amount) in enumerate(peer_dict.entry(event, rule), 1)]
            db.executemany("INSERT INTO line VALUES(?,?,?,?,?)", rows)
            counts["entries"] += 1
            counts["lines"] += len(rows)
    db.execute("COMMIT")


if __name__ == "__main__":
    main()
