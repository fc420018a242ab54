"""The realistic transaction in plain sqlite3: WAL, synchronous=FULL, seven statements a message, one commit a batch."""

import sqlite3
from pathlib import Path

from tests.bench.limits.entry import Entry

_TABLES = """
create table contact (id integer primary key, key text not null unique, name text not null);
create table ticket (id integer primary key, contact_id integer not null, state text not null, messages integer not null,
                     last_message_at integer not null, preview text not null);
create unique index ticket_open on ticket (contact_id) where state = 'open';
create index ticket_by_state on ticket (state, last_message_at, id);
create table message (id integer primary key, channel_id integer not null, external_id text not null,
                      ticket_id integer not null, text text not null, sent_at integer not null, unique (channel_id, external_id));
create table event (id integer primary key, kind text not null, ticket_id integer not null, at integer not null,
                    body text not null);
create table work (id integer primary key, kind text not null, key text not null, due_at integer not null, unique (kind, key));
"""


class SqliteStore:
    """Used by one thread only, the one that makes it."""

    def __init__(self, file: Path) -> None:
        is_new = not file.exists()
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.executescript("pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=5000")
        if is_new:
            self._connection.executescript(_TABLES)

    def take(self, entries: list[Entry]) -> None:
        self._connection.execute("begin immediate")
        for entry in entries:
            self._take_one(entry)
        self._connection.execute("commit")

    def close(self) -> None:
        self._connection.close()

    def _take_one(self, entry: Entry) -> None:
        execute = self._connection.execute
        contact = self._contact(entry)
        row = execute("select id from ticket where contact_id = ? and state = 'open'", (contact,)).fetchone()
        ticket = row[0] if row else self._ticket(contact, entry)
        added = execute(
            "insert into message (channel_id, external_id, ticket_id, text, sent_at) values (1, ?, ?, ?, ?)"
            " on conflict do nothing returning id",
            (entry.external_id, ticket, entry.text, entry.at),
        ).fetchone()
        if added is None:
            return
        execute(
            "update ticket set messages = messages + 1, last_message_at = ?, preview = ? where id = ?",
            (entry.at, entry.text[:80], ticket),
        )
        execute(
            "insert into event (kind, ticket_id, at, body) values ('message.received', ?, ?, '{}')", (ticket, entry.at)
        )
        execute("insert into work (kind, key, due_at) values ('route', ?, ?)", (str(added[0]), entry.at))

    def _contact(self, entry: Entry) -> int:
        row = self._connection.execute("select id from contact where key = ?", (entry.author,)).fetchone()
        if row:
            return int(row[0])
        values = (entry.author, f"Person {entry.author}")
        return int(self._connection.execute("insert into contact (key, name) values (?, ?)", values).lastrowid or 0)

    def _ticket(self, contact: int, entry: Entry) -> int:
        values = (contact, entry.at, entry.text[:80])
        return int(
            self._connection.execute(
                "insert into ticket (contact_id, state, messages, last_message_at, preview) values (?, 'open', 0, ?, ?)",
                values,
            ).lastrowid
            or 0
        )
