"""Indexing what was said, so that it can be searched: one process at a time, a little behind the commits.

Why not in ingest's own batch: folding a text and filling a full-text index costs about as much as keeping the message, and
whoever waits for an acknowledgement would wait for it too. The loop follows the event log by a cursor, as the sealer does: what
commits is found within a second (ten while messages wait to be stored: `courtesy`), a crash loses nothing, and a desk that had
no index yet gets one from its first event on.
"""

import asyncio
from datetime import timedelta

from bot.runners.courtesy import Waiting, gives_way, nothing_waits
from bot.store import leases, search
from bot.store.database import Database
from bot.store.transaction import Transaction

NAME = "indexer"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=2)
GATHER = timedelta(milliseconds=300)
PAUSE = timedelta(milliseconds=20)  # between full hands, so that verbs which wait for the writer have their turn
TOGETHER = 200


class Indexing:
    def __init__(self, database: Database, holder: str, waiting: Waiting = nothing_waits) -> None:
        self._database = database
        self._holder = holder
        self._waiting = waiting
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Index what is new. A full hand is followed by the next; else the following ones are gathered."""
        oldest = await self._database.read(lambda tx: search.unread(tx, 1))
        is_new = bool(oldest)
        if (
            is_new
            and not gives_way(self._waiting, oldest[0], self._database.now())
            and await self._database.write(self._index) == TOGETHER
        ):
            await asyncio.sleep(PAUSE.total_seconds())
        elif is_new or await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    def _index(self, tx: Transaction) -> int:
        if leases.take(tx, NAME, self._holder, LEASE) is None:
            return 0
        return search.follow(tx, TOGETHER)
