"""One channel's ear: hold the lease, ask whether the account works, hear, and rest after a failure, each time longer.

After a failure the probe goes first and alone: until it comes through nothing else is asked. What the network says of its own
pause is kept to; where it says nothing, or less, our own is longer. While it hears, the account is asked about now and then,
so that a permission that was taken away is seen before a contact notices.
"""

import asyncio
import contextlib
from collections.abc import Awaitable
from contextlib import aclosing
from datetime import datetime, timedelta

import structlog

from bot import errors, wire
from bot.desk import attending
from bot.desk.intake import Intake, Lease
from bot.runners.doors import Door
from bot.runners.loops import Heartbeats
from bot.store import channels, leases
from bot.store.database import Database
from bot.wire import ChannelHealth, Health

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=6)
RENEW_EVERY = timedelta(seconds=2)
PROBE_EVERY = timedelta(minutes=5)  # where nothing else shows whether the account works: it hears by webhook alone
PROBE_DAILY = timedelta(days=1)  # where hearing shows it, but not what else has been taken away
STEADY = timedelta(seconds=10)  # so long unbroken, and it counts as hearing
BEAT_EVERY = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)


class Ear:
    """Attends to one open door for as long as the process does."""

    def __init__(self, database: Database, intake: Intake, heartbeats: Heartbeats, holder: str, door: Door) -> None:
        self.door = door
        self.name = f"ear of channel {door.channel_id}"
        self._database = database
        self._intake = intake
        self._heartbeats = heartbeats
        self._holder = holder
        self._said: ChannelHealth | None = None

    async def attend(self) -> None:
        """Hold the lease and hear; wait for the lease while another holds it."""
        wait = FIRST_WAIT
        while True:
            self._heartbeats.beat(self.name)
            fence = await self._hold()
            if fence is None:
                await asyncio.sleep(FIRST_WAIT.total_seconds())
                continue
            began = asyncio.get_running_loop().time()
            health = await self._hear_while_held(Lease(self.name, self._holder, fence))
            await self._say(health)
            lasted = asyncio.get_running_loop().time() - began
            wait = FIRST_WAIT if lasted > LONGEST_WAIT.total_seconds() else wait
            await self._pause(max(wait, health.retry_after or wait))
            wait = min(wait * 2, LONGEST_WAIT)

    async def let_go(self) -> None:
        """Give the lease back, so that another need not wait for its end."""
        self._heartbeats.forget(self.name)
        await self._database.write(lambda tx: leases.release(tx, self.name, self._holder))

    async def _hold(self) -> int | None:
        try:
            return await self._database.write(lambda tx: leases.take(tx, self.name, self._holder, LEASE))
        except errors.TryLater:
            return None  # the writer has said why; the lease is asked for again in a moment

    async def _pause(self, pause: timedelta) -> None:
        """Wait while holding on to the lease, so that no other process repeats what has just failed."""
        end = asyncio.get_running_loop().time() + pause.total_seconds()
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, RENEW_EVERY.total_seconds()))
            self._heartbeats.beat(self.name)
            if await self._hold() is None:
                return

    async def _hear_while_held(self, lease: Lease) -> ChannelHealth:
        """Hear until something ends it; how the channel is then."""
        hearing = asyncio.create_task(self._hear(lease))
        try:
            while not hearing.done():
                await asyncio.wait({hearing}, timeout=RENEW_EVERY.total_seconds())
                self._heartbeats.beat(self.name)
                if not hearing.done() and await self._hold() != lease.fence:
                    return ChannelHealth(Health.INTERRUPTED, "Another process listens now.")
            return await _health_of(hearing)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, lease: Lease) -> ChannelHealth:
        """The probe first. Then hear, ask about the account, and say that we hear, side by side, until one of them ends."""
        health = await self.door.connector.probe()
        if health.state is not Health.CONNECTED:
            return health
        await self._say(health)
        began_at = self._database.now()
        ways = self._receive(lease), self._ask(PROBE_DAILY), self._beat(began_at)
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, lease: Lease) -> ChannelHealth:
        """A batch is asked for only after the last one is committed. What hears by webhook alone is asked about often instead."""
        row = await self._database.read(lambda tx: channels.find(tx, self.door.channel_id))
        received = self.door.connector.receive(row.cursor)
        async with aclosing(received):  # type: ignore[type-var]  # every connector's receive is an async generator
            async for batch in received:
                await self._commit(batch, lease)
        return await self._ask(PROBE_EVERY)

    async def _ask(self, every: timedelta) -> ChannelHealth:
        """Ask now and then whether the account works; what the network says when it does not."""
        while True:
            await asyncio.sleep(every.total_seconds())
            health = await self.door.connector.probe()
            if health.state is not Health.CONNECTED:
                return health
            await self._say(health)

    async def _beat(self, began_at: datetime) -> ChannelHealth:
        """Keep in memory that we hear; the next ear knows from it since when nobody did."""
        await asyncio.sleep(STEADY.total_seconds())
        keeps = self.door.connector.manifest.keeps
        while True:
            with contextlib.suppress(errors.TryLater):  # the writer has said why; the next beat covers this one
                await self._database.write(
                    lambda tx: attending.hear(tx, self.door.channel_id, since=began_at, keeps=keeps)
                )
            await asyncio.sleep(BEAT_EVERY.total_seconds())

    async def _commit(self, batch: wire.Batch, lease: Lease) -> None:
        """Commit before asking for more; while the database cannot, the batch waits here and the network keeps the rest."""
        while True:
            try:
                return await self._intake.take(self.door.channel_id, batch, lease)
            except errors.TryLater as error:
                await asyncio.sleep(min(error.after, RENEW_EVERY).total_seconds())

    async def _say(self, health: ChannelHealth) -> None:
        """Keep how the channel is, once for each change."""
        if health == self._said:
            return
        is_news = await self._database.write(lambda tx: attending.note(tx, self.door.channel_id, health))
        self._said = health
        if is_news:
            level = log.info if health.state is Health.CONNECTED else log.warning
            level("channel.health", channel=self.door.name, state=health.state.value, reason=health.reason)


async def _health_of(hearing: Awaitable[ChannelHealth]) -> ChannelHealth:
    """What ended it, as people are told."""
    try:
        return await hearing
    except errors.Reauthorize as error:
        return ChannelHealth(Health.BAD_CREDENTIALS, error.message, LONGEST_WAIT)
    except errors.TryLater as error:
        return ChannelHealth(Health.INTERRUPTED, error.message, error.after)
    except errors.ComptoirError as error:
        return ChannelHealth(Health.INTERRUPTED, error.message)
    except Exception as error:  # whatever it is, it stops this channel only
        log.exception("channel.defect", error=type(error).__name__)
        return ChannelHealth(Health.INTERRUPTED, f"Unexpected {type(error).__name__}; see the log.")
