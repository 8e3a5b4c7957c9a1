# SPDX-License-Identifier: Apache-2.0
"""Events into the tables of a script of `glmapc emit sql`, and what the script makes of them: in SQLite through Python, in
PostgreSQL through a cluster of our own."""
import json
import re
import sqlite3
import subprocess
import time

import postgres

LINE = ("source", "event_id", "event_revision", "entity", "ledger", "entry_index", "journal", "posting_date", "document_date", "period",
        "document", "side", "account", "role", "amount", "currency", "functional_amount", "functional_currency", "dimensions")
JOURNAL = "SELECT %s FROM journal ORDER BY event_no, ledger_no, entry_no, line_no" % ", ".join(LINE)
OUTCOME = "SELECT event_id, outcome, code, about FROM outcome ORDER BY event_no"


def emit(glmapc, book, dialect, work):
    script = work / (dialect + ".sql")
    subprocess.run([glmapc, "emit", "sql", book, "--dialect", dialect, "-o", script], stderr=subprocess.DEVNULL, check=True)
    return script


def table_of(event_type):
    return "in_" + re.sub("[^a-z0-9]", "_", event_type.lower())


def as_text(value):
    return None if value is None else {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def read_events(path):
    """Each event once, numbered; what came again is a duplicate or a conflict and not the tables' business."""
    seen = set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line, parse_float=str, parse_int=str)
            identity = (event["source"], event["id"], event.get("revision", ""))
            if identity not in seen:
                seen.add(identity)
                yield len(seen), event


def rows_of(number, event, columns):
    """(table, row) for each row of an event. `columns`: table -> its columns."""
    yield "event", (number, event["source"], event["id"], event.get("revision", ""), event["type"], event.get("time"))
    table = table_of(event["type"])
    if table not in columns:
        return
    data = event["data"]
    yield table, (number, *(as_text(data.get(name)) for name in columns[table][1:]))
    for line_no, line in enumerate(data.get("lines", []), 1):
        yield table + "_line", (number, line_no, *(as_text(line.get(name)) for name in columns[table + "_line"][2:]))


def sqlite_runs(script, events_path, work):
    (work / "oracle.sqlite").unlink(missing_ok=True)
    database = sqlite3.connect(work / "oracle.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    text = script.read_text(encoding="utf-8")
    database.executescript(text)
    tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'in!_%' ESCAPE '!')")]
    columns = {table: [row[1] for row in database.execute("PRAGMA table_info(%s)" % table)] for table in tables + ["event"]}
    statements = {table: "INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(names))) for table, names in columns.items()}
    database.execute("BEGIN")
    for number, event in read_events(events_path):
        for table, row in rows_of(number, event, columns):
            database.execute(statements[table], row)
    database.execute("COMMIT")
    started = time.monotonic()
    database.executescript(text)
    seconds = time.monotonic() - started
    return database.execute(JOURNAL), database.execute(OUTCOME), seconds


class Postgresql:
    """One cluster for all books, made when the first of them needs it."""

    def __init__(self):
        self.server = None

    def runs(self, script, events_path, work):
        self.server = self.server or postgres.Server()
        server = self.server
        server.forget()
        server.run_file(script)
        columns = server.columns("event", "in_%")
        server.copy_in(columns, (row for number, event in read_events(events_path) for row in rows_of(number, event, columns)), work)
        started = time.monotonic()
        server.run_file(script)
        seconds = time.monotonic() - started
        return server.rows(JOURNAL, work / "journal.tsv"), server.rows(OUTCOME, work / "outcome.tsv"), seconds

    def stop(self):
        if self.server:
            self.server.stop()
