"""Hearing the networks: each channel is held by one process through a lease; another takes over when it dies.

A batch is asked for only after the last one is committed, so a network that counts what it was asked for is never told too early.
"""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import structlog

from bot import errors, wire
from bot.desk.intake import Intake, Lease
from bot.runners.doors import LOOK_EVERY, Door, Doors
from bot.runners.loops import Heartbeats
from bot.store import channels, leases
from bot.store.database import Database
from bot.wire import ChannelHealth, Health

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=6)
RENEW_EVERY = timedelta(seconds=2)
PROBE_EVERY = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)


class Listening:
    """One per process that listens. `holder` names the process."""

    def __init__(self, database: Database, intake: Intake, doors: Doors, heartbeats: Heartbeats, holder: str) -> None:
        self._database = database
        self._intake = intake
        self._doors = doors
        self._heartbeats = heartbeats
        self._holder = holder
        self._ears: dict[int, tuple[Door, asyncio.Task[None]]] = {}

    async def turn(self) -> None:
        """Keep one ear per open door, then wait a little."""
        doors = {door.channel_id: door for door in self._doors.all() if not door.is_paused}
        for channel_id, (door, ear) in list(self._ears.items()):
            if doors.get(channel_id) is not door or ear.done():
                await self._stop(channel_id)
        for channel_id, door in doors.items():
            if channel_id not in self._ears:
                self._ears[channel_id] = door, asyncio.create_task(self._attend(door), name=f"ear {door.name}")
        await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def stop(self) -> None:
        """Stop hearing; what is in hand is committed or asked for again by whoever comes next."""
        for channel_id in list(self._ears):
            await self._stop(channel_id)

    async def _stop(self, channel_id: int) -> None:
        door, ear = self._ears.pop(channel_id)
        ear.cancel()
        (error,) = await asyncio.gather(ear, return_exceptions=True)
        if isinstance(error, Exception):
            log.error("ear.died", channel=door.name, error=type(error).__name__, exc_info=error)
        self._heartbeats.forget(_name(door))
        await self._database.write(lambda tx: leases.release(tx, _name(door), self._holder))

    async def _attend(self, door: Door) -> None:
        """Hold the lease and hear; wait for the lease while another holds it."""
        wait = FIRST_WAIT
        while True:
            self._heartbeats.beat(_name(door))
            fence = await self._hold(door)
            if fence is None:
                await asyncio.sleep(FIRST_WAIT.total_seconds())
                continue
            health = await self._hear_while_held(door, Lease(_name(door), self._holder, fence))
            await self._say(door, health)
            pause = health.retry_after or wait
            wait = FIRST_WAIT if health.state is Health.CONNECTED else min(wait * 2, LONGEST_WAIT)
            await self._pause(door, pause)

    async def _hold(self, door: Door) -> int | None:
        try:
            return await self._database.write(lambda tx: leases.take(tx, _name(door), self._holder, LEASE))
        except errors.TryLater:
            return None  # the writer has said why; the lease is asked for again in a moment

    async def _pause(self, door: Door, pause: timedelta) -> None:
        """Wait while holding on to the lease, so that no other process repeats what has just failed."""
        end = asyncio.get_running_loop().time() + pause.total_seconds()
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, RENEW_EVERY.total_seconds()))
            self._heartbeats.beat(_name(door))
            if await self._hold(door) is None:
                return

    async def _hear_while_held(self, door: Door, lease: Lease) -> ChannelHealth:
        """Hear until something ends it; how the channel is then."""
        hearing = asyncio.create_task(self._hear(door, lease))
        try:
            while not hearing.done():
                await asyncio.wait({hearing}, timeout=RENEW_EVERY.total_seconds())
                self._heartbeats.beat(_name(door))
                if not hearing.done() and await self._hold(door) != lease.fence:
                    return ChannelHealth(Health.INTERRUPTED, "Another process listens now.")
            return _health_after(hearing)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, door: Door, lease: Lease) -> None:
        await self._say(door, await door.connector.probe())
        row = await self._database.read(lambda tx: channels.find(tx, door.channel_id))
        received = door.connector.receive(row.cursor)
        async with aclosing(received):  # type: ignore[type-var]  # every connector's receive is an async generator
            async for batch in received:
                await self._commit(door, batch, lease)
                await self._say(door, ChannelHealth(Health.CONNECTED))
        # It hears by webhook alone: look now and then whether the account still works.
        while True:
            await asyncio.sleep(PROBE_EVERY.total_seconds())
            await self._say(door, await door.connector.probe())

    async def _commit(self, door: Door, batch: wire.Batch, lease: Lease) -> None:
        """Commit before asking for more; while the database cannot, the batch waits here and the network keeps the rest."""
        while True:
            try:
                return await self._intake.take(door.channel_id, batch, lease)
            except errors.TryLater as error:
                await asyncio.sleep(min(error.after, RENEW_EVERY).total_seconds())

    async def _say(self, door: Door, health: ChannelHealth) -> None:
        is_news = await self._database.write(lambda tx: channels.note_health(tx, door.channel_id, health))
        if is_news:
            level = log.info if health.state is Health.CONNECTED else log.warning
            level("channel.health", channel=door.name, state=health.state.value, reason=health.reason)


def _name(door: Door) -> str:
    return f"ear of channel {door.channel_id}"


def _health_after(hearing: "asyncio.Task[None]") -> ChannelHealth:
    error = hearing.exception()
    match error:
        case None:
            return ChannelHealth(Health.CONNECTED)
        case errors.Reauthorize():
            return ChannelHealth(Health.BAD_CREDENTIALS, error.message, LONGEST_WAIT)
        case errors.TryLater():
            return ChannelHealth(Health.INTERRUPTED, error.message, error.after)
        case errors.ComptoirError():
            return ChannelHealth(Health.INTERRUPTED, error.message)
        case _:
            log.error("channel.defect", error=type(error).__name__, exc_info=error)
            return ChannelHealth(Health.INTERRUPTED, f"Unexpected {type(error).__name__}; see the log.")
