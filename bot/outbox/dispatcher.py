"""Claim what is due, keep to the limits, let each delivery fly by itself.

`sending` is committed before the call. If the process dies after it, the words may have arrived: nothing is sent again before the
network was asked, and where it cannot be asked the agent is. Channels go side by side: a dead one fills only its own lane, and
after some failures in a row that lane rests until one delivery has tried the way (`store/lanes`).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.connectors.base import Connector
from bot.outbox.courier import Courier
from bot.outbox.limits import Limits, Rates
from bot.store import deliveries
from bot.store.database import Database
from bot.store.dues import Due

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=0.5)
GATHER = timedelta(milliseconds=20)  # the bell rings at every commit, and most of them put nothing into the outbox
LEASE = timedelta(seconds=60)
PATIENCE = timedelta(seconds=2)  # for a place in the channel's rate
LANDING = timedelta(seconds=5)  # what has not landed by then at a stop is found by its lease
LANE = 8  # in flight per channel
HANDFUL = 64

# How the door of a channel is found; None when it is not open here.
FindConnector = Callable[[int], Connector | None]


class Dispatcher:
    """One per process that works; any number of processes."""

    def __init__(self, database: Database, find: FindConnector, now: Clock) -> None:
        self._database = database
        self._find = find
        self._now = now
        self._limits = Limits()
        self._courier = Courier(database, self._limits, now)
        self._flights: dict[asyncio.Task[None], int] = {}
        self._booked: dict[int, datetime] = {}
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Start what is due and may leave now; then wait for the bell, a landing, or a moment."""
        is_lost, first = await self._database.read(deliveries.outlook)
        if is_lost:
            await self._look_for_lost()
        is_due = first is not None and first <= self._now()
        if not (is_due and await self._start()) and await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    async def stop(self) -> None:
        """Let what is on its way land; start nothing more."""
        if not self._flights:
            return
        _, late = await asyncio.wait(self._flights, timeout=LANDING.total_seconds())
        for flight in late:
            flight.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _start(self) -> int:
        busy = self._busy()
        claimed = await self._database.write(lambda tx: deliveries.claim(tx, HANDFUL, LEASE, busy))
        for due in claimed:
            self._fly(due, self._send(due))
        return len(claimed)

    async def _look_for_lost(self) -> None:
        """Deliveries whose sender died on the way, or that nobody could say anything about: ask the network, each by itself."""
        for due in await self._database.write(lambda tx: deliveries.expired_sending(tx, HANDFUL, LEASE)):
            self._fly(due, self._courier.look(due, self._find(due.row.channel_id)))

    def _busy(self) -> list[int]:
        full = [channel for channel, flying in Counter(self._flights.values()).items() if flying >= LANE]
        return sorted({*full, *self._limits.held(self._now())})

    def _fly(self, due: Due, delivery: Coroutine[Any, Any, None]) -> None:
        flight = asyncio.create_task(delivery, name=f"delivery {due.row.id}")
        self._flights[flight] = due.row.channel_id
        flight.add_done_callback(self._landed)

    def _landed(self, flight: "asyncio.Task[None]") -> None:
        del self._flights[flight]
        self._ear.hear()
        if not flight.cancelled() and (error := flight.exception()):
            # The row keeps its lease; when that ends the network is asked, as after a crash.
            log.error("delivery.unrecorded", error=type(error).__name__, exc_info=error)

    async def _send(self, due: Due) -> None:
        connector = self._find(due.row.channel_id)
        if connector is None:
            return await self._courier.put_back(due, "channel_closed")
        if later := await self._place(due, connector):
            await self._database.write(lambda tx: deliveries.retry_at(tx, due, later, "network_busy", is_counted=False))
        else:
            await self._courier.carry(due, connector)
        return None

    async def _place(self, due: Due, connector: Connector) -> datetime | None:
        """Wait for a place in the channel's rate. A time when it must be later: the place is far, or the network said so.

        Words that wait long wait as `pending`, not in hand: a crash then leaves no doubt whether they left.
        """
        manifest = connector.manifest
        is_group = due.row.is_public and manifest.rate_per_group > 0
        rates = Rates(manifest.rate, manifest.rate_per_group if is_group else manifest.rate_per_conversation)
        booked = self._booked.pop(due.row.id, None)
        at = booked or self._limits.take(due.row.channel_id, due.row.conversation_id, rates, self._now())
        if (wait := at - self._now()) > PATIENCE:
            self._booked[due.row.id] = at
            return at
        await asyncio.sleep(max(wait.total_seconds(), 0))
        return self._limits.held_until(due.row.channel_id, self._now())
