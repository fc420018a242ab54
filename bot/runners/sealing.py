"""Sealing the journal: one process at a time, a little behind the commits, so that no verb waits for it.

While messages wait to be stored it gives way (`courtesy`).
"""

import asyncio
from datetime import timedelta

from bot.desk import audit
from bot.runners.courtesy import Waiting, gives_way, nothing_waits
from bot.store import leases, seals
from bot.store.database import Database
from bot.store.transaction import Transaction

NAME = "sealer"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=2)
GATHER = timedelta(seconds=1)


class Sealing:
    def __init__(self, database: Database, holder: str, waiting: Waiting = nothing_waits) -> None:
        self._database = database
        self._holder = holder
        self._waiting = waiting
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Seal what is new. A full hand is followed by the next at once; else the following ones are gathered."""
        oldest = await self._database.read(lambda tx: seals.unsealed(tx, 1))
        is_new = bool(oldest)
        if (
            is_new
            and not gives_way(self._waiting, oldest[0], self._database.now())
            and await self._database.write(self._seal) == audit.TOGETHER
        ):
            return
        if is_new or await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    def _seal(self, tx: Transaction) -> int:
        if leases.take(tx, NAME, self._holder, LEASE) is None:
            return 0
        return audit.seal(tx)
