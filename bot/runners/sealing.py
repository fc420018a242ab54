"""Sealing the journal: one process at a time, a little behind the commits, so that no verb waits for it.

While messages wait to be stored it gives way, until the oldest event without a seal is `LAG` old.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.desk import audit
from bot.store import leases, seals
from bot.store.database import Database
from bot.store.events import Recorded
from bot.store.transaction import Transaction

NAME = "sealer"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=2)
GATHER = timedelta(seconds=1)
LAG = timedelta(seconds=10)


class Sealing:
    def __init__(self, database: Database, holder: str, is_busy: Callable[[], object] = lambda: False) -> None:
        self._database = database
        self._holder = holder
        self._is_busy = is_busy
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Seal what is new. A full hand is followed by the next at once; else the following ones are gathered."""
        waiting = await self._database.read(lambda tx: seals.unsealed(tx, 1))
        is_new = bool(waiting)
        if is_new and not self._gives_way(waiting[0]) and await self._database.write(self._seal) == audit.TOGETHER:
            return
        if is_new or await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    def _gives_way(self, oldest: Recorded) -> bool:
        return bool(self._is_busy()) and self._database.now() - oldest.at < LAG

    def _seal(self, tx: Transaction) -> int:
        if leases.take(tx, NAME, self._holder, LEASE) is None:
            return 0
        return audit.seal(tx)
