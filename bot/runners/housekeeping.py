"""What is due by the clock alone: snoozed tickets wake, waiting ones are offered again; sessions, tries and unsent files go.

One process at a time.
"""

import asyncio
from datetime import timedelta

from bot.desk import enclosing, presence, routing, signing_in, ticketing
from bot.store import leases
from bot.store.database import Database
from bot.store.transaction import Transaction

LEASE = timedelta(seconds=15)
TURN_EVERY = timedelta(seconds=2)


class Housekeeping:
    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._holder = holder

    async def turn(self) -> None:
        await self._database.write(self._keep_house)
        await asyncio.sleep(TURN_EVERY.total_seconds())

    def _keep_house(self, tx: Transaction) -> None:
        if leases.take(tx, "housekeeping", self._holder, LEASE) is None:
            return
        ticketing.wake_due(tx)
        routing.route_waiting(tx)
        routing.route_left_alone(tx)
        signing_in.forget_old(tx)
        presence.forget_old(tx)
        enclosing.forget_old(tx)
