"""The one thread that writes, and how verbs share a commit."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import sqlalchemy
import structlog
from sqlalchemy import Connection, Engine

from bot import errors
from bot.store import faults
from bot.store.transaction import Transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")
TOGETHER = 256  # verbs in one commit at the most
QUEUE = 5_000  # verbs that may wait; more are told to come later
STUCK = 30.0  # seconds that no commit takes
RECENT = 5.0  # seconds: a full disk still takes what is small, so one success does not end an outage
ATTEMPTS = 3  # of one verb alone, when another process's transaction was in its way


@dataclass(slots=True)
class Job(Generic[T]):
    """A verb and whoever waits for it."""

    verb: Callable[[Transaction], T]
    future: asyncio.Future[T]
    result: T | None = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # the caller has gone; the commit stands all the same
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(cast("T", self.result))


class Writer:
    """Takes jobs from any coroutine of one loop; commits them in the order they came."""

    def __init__(self, engine: Engine, begin: Callable[[Connection], Transaction], ring: Callable[[], None]) -> None:
        self._engine = engine
        self._begin = begin
        self._ring = ring
        self._queue: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._connection: Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopping = False
        self._is_news = False
        self._last_trouble = ""
        self._failed_at = -RECENT
        self._down_since: float | None = None
        self._busy_since: float | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    async def stop(self) -> None:
        """Commit what is queued, take nothing more."""
        self._is_stopping = True
        if self._thread.is_alive():
            self._queue.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def waiting(self) -> int:
        return self._queue.qsize()

    def trouble(self) -> str:
        """Why something could not be written just now; empty when nothing failed for a while and no commit is stuck."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > STUCK:
            return f"The database's writer has been busy with one commit for {time.monotonic() - since:.0f} seconds."
        return self._last_trouble if time.monotonic() - self._failed_at < RECENT else ""

    def take(self, job: Job[Any]) -> None:
        if self._is_stopping:
            raise errors.TryLater("The desk is closing.")
        if self._queue.qsize() >= QUEUE:
            raise errors.TryLater("Too much waits to be written.")
        self._queue.put(job)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs, is_last = self._queued_after(first)
            self._is_news = False
            self._busy_since = time.monotonic()
            self._commit(jobs)
            self._busy_since = None
            assert self._loop is not None  # set before the thread starts
            self._loop.call_soon_threadsafe(self._settle, jobs, self._is_news)
            if is_last:
                break
        self._let_go()

    def _queued_after(self, first: Job[Any]) -> tuple[list[Job[Any]], bool]:
        jobs = [first]
        while len(jobs) < TOGETHER:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _settle(self, jobs: list[Job[Any]], is_news: bool) -> None:
        for job in jobs:
            job.settle()
        if is_news:
            self._ring()

    def _commit(self, jobs: list[Job[Any]]) -> None:
        """Commit all jobs together; where that fails for a reason that lies in none of them alone, one by one."""
        try:
            self._together(jobs)
            self._note("")
        except sqlalchemy.exc.DBAPIError as error:
            if faults.is_outage(error):
                self._refuse(jobs, error)
            else:
                log.info("writer.one_by_one", jobs=len(jobs), error=type(error.orig).__name__)
                self._one_by_one(jobs)
        except Exception as error:  # noqa: BLE001  whatever it is, those who wait must hear of it
            for job in jobs:
                job.error = error

    def _together(self, jobs: list[Job[Any]]) -> None:
        connection = self._connected()
        try:
            with connection.begin():
                transaction = self._begin(connection)
                for job in jobs:
                    self._do(job, transaction, is_alone=len(jobs) == 1)
                    if connection.invalidated:
                        raise faults.lost()
        except sqlalchemy.exc.SQLAlchemyError:
            self._let_go()  # whatever is wrong with it, the next transaction begins on a fresh one
            raise
        self._is_news = self._is_news or transaction.is_news

    def _do(self, job: Job[Any], transaction: Transaction, *, is_alone: bool) -> None:
        job.error = None
        try:
            with nullcontext() if is_alone else transaction.savepoint():
                job.result = job.verb(transaction)
        except sqlalchemy.exc.DBAPIError:
            raise
        except Exception as error:
            job.error = error
            if is_alone:
                raise

    def _connected(self) -> Connection:
        """The writer's own connection, kept from one commit to the next."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _one_by_one(self, jobs: list[Job[Any]]) -> None:
        for place, job in enumerate(jobs):
            try:
                self._alone(job)
            except sqlalchemy.exc.DBAPIError as error:
                self._refuse(jobs[place:], error)
                return

    def _alone(self, job: Job[Any]) -> None:
        """Raises nothing but an outage: the others need not wait for the same."""
        for _ in range(ATTEMPTS):
            try:
                self._together([job])
            except faults.OUTAGE as error:
                if faults.is_outage(error):
                    raise
                job.error = faults.unavailable(error)
            except sqlalchemy.exc.DBAPIError as error:
                job.error = error
            except Exception as error:  # noqa: BLE001  kept for the caller
                job.error = error
                return
            else:
                return

    def _refuse(self, jobs: list[Job[Any]], error: sqlalchemy.exc.DBAPIError) -> None:
        """The database cannot be used now: whoever waits is told at once to come again."""
        told = faults.unavailable(error)
        for job in jobs:
            job.error = errors.TryLater(told.message, after=told.after)
        self._note(told.message)

    def _note(self, trouble: str) -> None:
        """Tell the log of an outage once, and once of its end."""
        now = time.monotonic()
        if trouble:
            self._failed_at, self._last_trouble = now, trouble
        if trouble and self._down_since is None:
            log.error("database.unavailable", reason=trouble)
            self._down_since = now
        elif self._down_since is not None and not trouble:
            log.info("database.recovered", after_seconds=round(now - self._down_since, 1))
            self._down_since = None
