"""Watching what people say, a little behind the commits: a spike becomes a suspected incident.

One process at a time watches, by its own place in the event log. What it has learnt is kept now and then together with that
place, and always in the commit that writes down an incident: whoever takes over sees the rest again and comes to the same.
"""

import asyncio
from datetime import timedelta

import msgspec
import structlog

from bot.runners.courtesy import Waiting, gives_way, nothing_waits
from bot.store import leases, recollections
from bot.store.database import Database
from bot.store.events import Position
from bot.store.recollections import Lately
from bot.store.transaction import Transaction
from bot.watch import incidents
from bot.watch.detector import Detector, Memory, Seen
from bot.watch.spikes import Spike
from bot.watch.thresholds import Thresholds

log = structlog.get_logger(__name__)

NAME = "watching"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=1)
GATHER = timedelta(milliseconds=500)
KEEP_EVERY = timedelta(minutes=2)
PAUSE = timedelta(
    milliseconds=20
)  # between two handfuls, so that whoever begins with a long log leaves room for others
NEWS = timedelta(days=1)
TOGETHER = 100
_memory = msgspec.msgpack.Decoder(Memory).decode


class Watching:
    """One per process that works; any number of processes, of which the one with the lease watches."""

    def __init__(
        self, database: Database, holder: str, thresholds: Thresholds, waiting: Waiting = nothing_waits
    ) -> None:
        self._database = database
        self._holder = holder
        self._thresholds = thresholds
        self._waiting = waiting
        self._ear = database.bell.listen()
        self._detector: Detector | None = None
        self._fence = 0
        self._place = self._kept = Position()
        self._kept_at = database.now()

    async def turn(self) -> None:
        """Watch what is new; wait for the bell when nothing is."""
        if self._detector is None and not await self._is_ours():
            await asyncio.sleep(LEASE.total_seconds() / 3)
            return
        lately = await self._database.read(lambda tx: recollections.lately(tx, self._place, TOGETHER))
        if lately.until is None or lately.oldest is None:
            await self._keep_now_and_then()
            if await self._ear.wait(LOOK_EVERY):
                await asyncio.sleep(GATHER.total_seconds())
        elif gives_way(self._waiting, lately.oldest, self._database.now()):
            await asyncio.sleep(LOOK_EVERY.total_seconds())
        elif await self._is_ours():
            await self._watch(lately, lately.until)

    async def stop(self) -> None:
        """Keep what was learnt, so that the next one need not see it again."""
        if self._detector is not None and self._place != self._kept:
            await self._database.write(self._keep)

    async def _is_ours(self) -> bool:
        """Whether this process watches. Whoever takes over, or gets it back, begins with what was kept last."""
        fence = await self._database.write(lambda tx: leases.take(tx, NAME, self._holder, LEASE))
        if fence is None:
            self._detector = None
        elif self._detector is None or fence != self._fence:
            self._fence = fence
            await self._recollect()
        return fence is not None

    async def _recollect(self) -> None:
        """A watch that begins anew learns from all that the log holds what is usual."""
        kept = await self._database.read(lambda tx: recollections.of(tx, NAME))
        body, place = kept or (b"", Position())
        self._detector = Detector(self._thresholds, _memory(body) if body else Memory())
        self._place = self._kept = place

    async def _watch(self, lately: Lately, until: Position) -> None:
        """The detector is given up while it sees: what is broken off there begins again with what was kept."""
        detector, self._detector = self._detector, None
        assert detector is not None
        found = [spike for spike in await asyncio.to_thread(_seen, detector, lately) if self._is_news(spike)]
        if found and not await self._database.write(lambda tx: self._suspect(tx, detector, until, found)):
            return
        self._detector, self._place = detector, until
        for spike in found:
            log.info("incident.suspected", people=spike.people, score=spike.score, severity=spike.severity)
        await self._keep_now_and_then()
        await asyncio.sleep(PAUSE.total_seconds())

    def _is_news(self, spike: Spike) -> bool:
        """What was over long ago is learnt from, and raises no suspicion: an import, or a watch that begins anew."""
        return self._database.now().timestamp() - spike.suspected_at < NEWS.total_seconds()

    def _suspect(self, tx: Transaction, detector: Detector, until: Position, found: list[Spike]) -> bool:
        """False when somebody else watches by now: what was found here they find, too."""
        if leases.take(tx, NAME, self._holder, LEASE) != self._fence:
            return False
        recollections.keep(tx, NAME, msgspec.msgpack.encode(detector.memory), until)
        for spike in found:
            incidents.suspect(tx, spike)
        return True

    async def _keep_now_and_then(self) -> None:
        now = self._database.now()
        if self._place != self._kept and now - self._kept_at >= KEEP_EVERY:
            await self._database.write(self._keep)
            self._kept, self._kept_at = self._place, now

    def _keep(self, tx: Transaction) -> None:
        if self._detector is not None and leases.take(tx, NAME, self._holder, LEASE) == self._fence:
            recollections.keep(tx, NAME, msgspec.msgpack.encode(self._detector.memory), self._place)


def _seen(detector: Detector, lately: Lately) -> list[Spike]:
    said = (
        Seen(str(one.id), one.sent_at.timestamp(), str(one.handle_id), one.text)
        for one in lately.said
        if one.handle_id is not None
    )
    return [spike for one in said if (spike := detector.see(one))]
