"""Sealing the journal: one process at a time, a little behind the commits, so that no verb waits for it."""

import asyncio
from datetime import timedelta

from bot.desk import audit
from bot.store import leases, seals
from bot.store.database import Database
from bot.store.transaction import Transaction

NAME = "sealer"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=2)
GATHER = timedelta(seconds=1)


class Sealing:
    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._holder = holder
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Seal what is new. A full hand is followed by the next at once; else the following ones are gathered."""
        is_new = bool(await self._database.read(lambda tx: seals.unsealed(tx, 1)))
        if is_new and await self._database.write(self._seal) == audit.TOGETHER:
            return
        if is_new or await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    def _seal(self, tx: Transaction) -> int:
        if leases.take(tx, NAME, self._holder, LEASE) is None:
            return 0
        return audit.seal(tx)
