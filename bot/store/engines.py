"""How connections are made: pragmas on SQLite, session limits on PostgreSQL. No error quotes the values of its statement."""

from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event

from bot import errors
from bot.store import driver

# A forgotten transaction would hold back the horizon of the event log, so the server ends it. Ours are short questions: compiling
# one costs a hundred times what it takes to answer.
_SESSION = "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=5000 -c timezone=UTC -c synchronous_commit=on -c jit=off"
# What a verb touches it finds by a key, a few rows of a table of any size. The planner does not know before autovacuum has
# looked: it takes a table that filled up a minute ago for an empty one, reads it all, and a prepared statement keeps that plan.
_BY_KEY = "".join(f" -c enable_{way}=off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"))


def writing(url: URL) -> Engine:
    """One connection. On SQLite each transaction takes the write lock at its start, so that none fails half-way."""
    return _sqlite(url, "BEGIN IMMEDIATE", 1) if _is_sqlite(url) else _postgresql(url, 1, _SESSION + _BY_KEY)


def reading(url: URL, count: int) -> Engine:
    """`count` connections that cannot write."""
    if _is_sqlite(url):
        engine = _sqlite(url, "BEGIN", count)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
        return engine
    return _postgresql(url, count, _SESSION).execution_options(postgresql_readonly=True)


# A checkpoint writes each page once, however often it has changed since the last: rarer ones write less. 4,000 pages are 16 MB.
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-16000",
    "wal_autocheckpoint=4000",
)  # fmt: skip


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite(url: URL, begin: str, count: int) -> Engine:
    engine = sqlalchemy.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=sqlalchemy.QueuePool,
        pool_size=count,
        max_overflow=0,
        connect_args={"timeout": 5, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        driver.begin(connection, begin)

    return engine


def _postgresql(url: URL, count: int, options: str) -> Engine:
    try:
        return sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=count,
            max_overflow=0,
            pool_pre_ping=count > 1,
            connect_args={"options": options, "connect_timeout": 5},
            hide_parameters=True,
        )
    except ModuleNotFoundError as missing:
        raise errors.Invalid(
            f"PostgreSQL needs the library {missing.name}, which is not installed. Install comptoir[postgres].",
            field="database_url",
        ) from missing
