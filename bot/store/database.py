"""The database: one writer per process with group commit, several readers, the same on SQLite and PostgreSQL.

Verbs and questions are plain functions of a `Transaction`. `write` queues a verb for the writer's thread; whatever queued up
while the previous commit ran shares the next one, each verb behind a savepoint of its own, so that one that fails takes no
other with it. A future is resolved only after the commit: what was answered is durable (`synchronous=FULL`, `fsync=on`).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy
from sqlalchemy import Connection, Engine

from bot import clock
from bot.store import engines
from bot.store.faults import OUTAGE, unavailable
from bot.store.notify import Bell
from bot.store.transaction import Dialect, Follow, Transaction
from bot.store.writer import Job, Writer

T = TypeVar("T")

READERS = 4


class Database:
    """Opened with `open`, closed with `close`; both from the event loop that uses it."""

    def __init__(self, url: str, *, now: clock.Clock = clock.now, follow: Follow | None = None) -> None:
        self.url = sqlalchemy.make_url(url)
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.now = now
        self.bell = Bell()
        self._follow = follow or {}
        self._write_engine: Engine = engines.writing(self.url)
        self._read_engine: Engine = engines.reading(self.url, READERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._writer = Writer(self._write_engine, self._begin, self.bell.ring)

    async def open(self) -> None:
        """Begin to take verbs. Raises TryLater when the database cannot be reached."""
        await self.read(lambda tx: tx.connection.exec_driver_sql("SELECT 1").scalar())
        self._writer.start(asyncio.get_running_loop())

    async def close(self) -> None:
        """Finish the verbs in hand, then let go."""
        await self._writer.stop()
        self._readers.shutdown(wait=True)
        self._write_engine.dispose()
        self._read_engine.dispose()

    async def write(self, verb: Callable[[Transaction], T]) -> T:
        """Run a verb and commit. Raises what the verb raises, or TryLater when the database cannot commit now."""
        job: Job[T] = Job(verb, asyncio.get_running_loop().create_future())
        self._writer.take(job)
        return await job.future

    async def read(self, question: Callable[[Transaction], T]) -> T:
        """Answer a question from one consistent snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, question)

    def waiting(self) -> int:
        """Verbs that wait for the writer."""
        return self._writer.waiting()

    def trouble(self) -> str:
        """Why something could not be written just now; empty when all is well."""
        return self._writer.trouble()

    def _ask(self, question: Callable[[Transaction], T]) -> T:
        try:
            with self._read_engine.connect() as connection, connection.begin():
                return question(self._begin(connection))
        except OUTAGE as error:
            raise unavailable(error) from error

    def _begin(self, connection: Connection) -> Transaction:
        return Transaction(connection, self.dialect, self.now(), self._follow)


def run_once(url: str, verb: Callable[[Transaction], T], *, follow: Follow | None = None) -> T:
    """Run one verb without an event loop, for commands that do one thing and leave."""
    made = sqlalchemy.make_url(url)
    engine = engines.writing(made)
    dialect: Dialect = "sqlite" if made.get_backend_name() == "sqlite" else "postgresql"
    try:
        with engine.begin() as connection:
            return verb(Transaction(connection, dialect, clock.now(), follow or {}))
    except OUTAGE as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def ask_once(url: str, question: Callable[[Transaction], T]) -> T:
    """Answer one question without an event loop, changing nothing. Raises TryLater when the database cannot be reached."""
    made = sqlalchemy.make_url(url)
    engine = engines.reading(made, 1)
    dialect: Dialect = "sqlite" if made.get_backend_name() == "sqlite" else "postgresql"
    try:
        with engine.connect() as connection, connection.begin():
            return question(Transaction(connection, dialect, clock.now()))
    except OUTAGE as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()
