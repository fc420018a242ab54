"""Looking back: what the webhook did not bring, because we or it were down, is found in the Graph's own lists.

The cursor is the time up to which everything has been seen, with the names of what was seen shortly before it: Meta's times
are whole seconds, and what is said in one may be listed a moment later.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from bot import wire
from bot.clock import Clock
from bot.connectors.meta import hooks, reading
from bot.connectors.meta.hooks import Piece, Read

# What is older cannot be answered any more.
FIRST_LOOK = timedelta(days=7)
OVERLAP = timedelta(minutes=2)
MOST_ODD = 50
# A batch is one commit.
MOST_IN_BATCH = 200

Back = Callable[[datetime], AsyncIterator[Piece]]


@dataclass(slots=True)
class Cursor:
    """`seen` are names of what was said after `at` less the overlap; `odd` of what bears no time, and was set aside."""

    at: datetime
    seen: dict[str, float] = field(default_factory=dict[str, float])
    odd: list[str] = field(default_factory=list[str])

    @property
    def since(self) -> datetime:
        return self.at - OVERLAP

    def note(self, found: wire.InboundMessage | wire.Unreadable, name: str, now: datetime) -> None:
        """Remember it. Time that has not come yet moves us nowhere, or what is said until then would be passed over."""
        if isinstance(found, wire.Unreadable):
            self.odd = [*self.odd, name][-MOST_ODD:]
            return
        self.at = max(self.at, min(found.sent_at, now))
        self.seen[name] = found.sent_at.timestamp()
        oldest = self.since.timestamp()
        self.seen = {each: at for each, at in self.seen.items() if at >= oldest}

    def write(self) -> str:
        return json.dumps({"at": self.at.isoformat(), "seen": self.seen, "odd": self.odd})


class _Kept(msgspec.Struct):
    at: datetime
    seen: dict[str, float]
    odd: list[str]


def read_cursor(text: str | None, now: datetime) -> Cursor:
    """Where we were; a week ago, when we never were, or when nobody can read where."""
    try:
        kept = msgspec.json.decode(text or "", type=_Kept)
        return Cursor(kept.at.astimezone(UTC), kept.seen, kept.odd)
    except msgspec.DecodeError:
        return Cursor(now - FIRST_LOOK)


async def looks(
    back: Back, read: Read, text: str | None, clock: Clock, every: timedelta, check: Callable[[], Awaitable[None]]
) -> AsyncIterator[wire.Batch]:
    """Look back now, and then again and again. `check` raises when the account may no longer do what it must."""
    cursor = read_cursor(text, clock())
    while True:
        await check()
        for batch in _batches(await _found(back, read, cursor), cursor, clock()):
            yield batch
        await asyncio.sleep(every.total_seconds())


def _name(piece: Piece) -> str:
    """What an odd thing is known by: its id, for the addresses in it change with each look; without one, what it is."""
    told = reading.part(piece.told, "value") or piece.told
    external_id = reading.part(told, "id")
    return external_id[:100] if isinstance(external_id, str) else hashlib.sha256(piece.raw()).hexdigest()[:20]


_Found = tuple[wire.InboundMessage | wire.Unreadable, str]


async def _found(back: Back, read: Read, cursor: Cursor) -> list[_Found]:
    """What is new, the oldest first; what bears no time comes before."""
    new: list[_Found] = []
    async for piece in back(cursor.since):
        said = hooks.attempt(piece, read)
        if isinstance(said, wire.Unreadable):
            name = _name(piece)
            new += [] if name in cursor.odd else [(said, name)]
            continue
        new += [
            (one, one.external_id) for one in said if one.sent_at >= cursor.since and one.external_id not in cursor.seen
        ]
    # Lists are told newest first: turned round, what was said in one second keeps its order.
    new.reverse()
    return sorted(new, key=lambda one: getattr(one[0], "sent_at", datetime.min.replace(tzinfo=UTC)))


def _batches(new: list[_Found], cursor: Cursor, now: datetime) -> list[wire.Batch]:
    made = []
    for start in range(0, len(new), MOST_IN_BATCH):
        part = new[start : start + MOST_IN_BATCH]
        for found, name in part:
            cursor.note(found, name, now)
        said = tuple(found for found, _ in part if isinstance(found, wire.InboundMessage))
        odd = tuple(found for found, _ in part if isinstance(found, wire.Unreadable))
        made.append(wire.Batch(said, odd, cursor.write()))
    return made
