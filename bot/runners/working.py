"""Doing due work: claim a handful, do it in one transaction with its striking off; where that fails, one by one."""

import asyncio
from datetime import timedelta

import structlog

from bot.desk import setting_aside
from bot.reactions import BY_KIND
from bot.runners.courtesy import Waiting, nothing_waits
from bot.store import queue
from bot.store.database import Database
from bot.store.queue import Claimed
from bot.store.transaction import Transaction

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=1)
HANDFUL = 250
GATHER = timedelta(milliseconds=50)  # so that what follows a burst of messages is done together
GATHER_MORE = timedelta(milliseconds=250)  # while messages wait to be stored: those come first


class Working:
    """One per process that works; any number of processes."""

    def __init__(self, database: Database, waiting: Waiting = nothing_waits) -> None:
        self._database = database
        self._waiting = waiting
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Do what is due; wait for the bell when nothing is."""
        done = await self._handful()
        if done == HANDFUL:
            return
        if done or await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep((GATHER_MORE if self._waiting() else GATHER).total_seconds())

    async def _handful(self) -> int:
        if not await self._database.read(lambda tx: queue.is_due(tx, BY_KIND)):
            return 0
        claimed = await self._database.write(lambda tx: queue.claim(tx, BY_KIND, HANDFUL))
        kinds = {work.kind for work in claimed}
        await asyncio.gather(*(self._do_all([work for work in claimed if work.kind == kind]) for kind in sorted(kinds)))
        return len(claimed)

    async def _do_all(self, works: list[Claimed]) -> None:
        try:
            await self._database.write(lambda tx: _done(tx, works))
        except Exception as error:  # noqa: BLE001  whatever it is, the work comes back later and the others go on
            if len(works) == 1:
                await self._put_back(works[0], error)
                return
            log.info("work.one_by_one", kind=works[0].kind, works=len(works), error=type(error).__name__)
            # Side by side, so that they share commits; each stands behind a savepoint of its own.
            await asyncio.gather(*(self._do_all([work]) for work in works))

    async def _put_back(self, work: Claimed, error: Exception) -> None:
        reason = setting_aside.what_is_wrong(error)  # kept in the row and shown, so it quotes nobody
        is_dead = await self._database.write(lambda tx: queue.retry_later(tx, work, reason))
        log.warning(
            "work.failed",
            kind=work.kind,
            work=work.id,
            attempts=work.attempts,
            is_dead=is_dead,
            error=type(error).__name__,
        )


def _done(tx: Transaction, works: list[Claimed]) -> None:
    """The verb and the striking off commit together; what has passed on to another is left to him."""
    if held := queue.finish_all(tx, works):
        BY_KIND[held[0].kind].do(tx, [work.body for work in held])
