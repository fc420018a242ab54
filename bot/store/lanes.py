"""Lanes: a channel's way out while it fails. Rows are shared by all processes, and stand only as long as something is wrong.

What the network asks for, it gets: until `rests_until` nobody calls it. After `STRIKES` failures in a row the lane is shut:
it rests, each time longer; then one delivery goes first, and the others follow only when that one has come through.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select, update

from bot.model.channel import Lane
from bot.model.columns import table
from bot.model.event import SYSTEM
from bot.store import bulk, events
from bot.store.transaction import Transaction

STRIKES = 4
FIRST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=1)

_LANE = table(Lane)


class Passage(StrEnum):
    """open: all. shut: nobody. half_open: one delivery, which tries the way for the others."""

    OPEN = "open"
    SHUT = "shut"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class LaneRow:
    """`trial_until` is set while one delivery tries whether the way is open again."""

    channel_id: int
    failures: int
    reason: str
    failing_since: datetime
    rests_until: datetime
    trial_until: datetime | None

    @property
    def is_shut(self) -> bool:
        return self.failures >= STRIKES

    def passage(self, at: datetime) -> Passage:
        """Who may pass at this moment."""
        if not self.is_shut:
            return Passage.OPEN
        return Passage.SHUT if self.rests_until > at else Passage.HALF_OPEN


_SHAPE = tuple(_LANE.c[name] for name in LaneRow.__dataclass_fields__)


def all(tx: Transaction) -> dict[int, LaneRow]:  # noqa: A001  reads as lanes.all
    """The lanes on which something is wrong."""
    return {row.channel_id: LaneRow(*row) for row in tx.connection.execute(select(*_SHAPE))}


def fail(tx: Transaction, channel_id: int, reason: str, after: timedelta) -> LaneRow:
    """The network did not take it. `after` is how long it asks us to wait; how the lane is now."""
    before = _held(tx, channel_id, reason)
    # Those that were under way together when the lane was shut have failed once, not many times.
    is_late = before.is_shut and before.rests_until > tx.now
    failures = before.failures if is_late else before.failures + 1
    rest = after if is_late else max(after, _rest(failures))
    until = max(tx.now + rest, before.rests_until)
    values = {"failures": failures, "reason": reason, "rests_until": until, "trial_until": None}
    tx.connection.execute(update(_LANE).where(_LANE.c.channel_id == channel_id).values(**values))
    if failures == STRIKES and not before.is_shut:
        events.record(tx, "channel.sending_rested", by=SYSTEM, channel_id=channel_id, body={"failures": failures})
    return LaneRow(channel_id, failures, reason, before.failing_since, until, None)


def recover(tx: Transaction, channel_id: int) -> None:
    """The network has answered: nothing is wrong with the way."""
    gone = delete(_LANE).where(_LANE.c.channel_id == channel_id).returning(_LANE.c.failures)
    failures = tx.connection.execute(gone).scalar()
    if failures is not None and failures >= STRIKES:
        events.record(tx, "channel.sending_resumed", by=SYSTEM, channel_id=channel_id)


def closed(tx: Transaction) -> list[int]:
    """Channels whose network nobody may call now: it asked for a pause, or a trial is under way."""
    is_resting = or_(_LANE.c.rests_until > tx.now, _LANE.c.trial_until > tx.now)
    return sorted(tx.connection.execute(select(_LANE.c.channel_id).where(is_resting)).scalars())


def on_trial(tx: Transaction) -> list[int]:
    """Channels on which one delivery may go first now. They are held, so that no other process sees them free too."""
    is_free = (_LANE.c.failures >= STRIKES, _LANE.c.rests_until <= tx.now)
    is_untried = or_(_LANE.c.trial_until.is_(None), _LANE.c.trial_until <= tx.now)
    return sorted(
        tx.connection.execute(select(_LANE.c.channel_id).where(*is_free, is_untried).with_for_update()).scalars()
    )


def try_once(tx: Transaction, channel_ids: Collection[int], lasting: timedelta) -> None:
    """Their one delivery is under way; it says what came of it, or dies within this time."""
    if channel_ids:
        under_way = update(_LANE).where(_LANE.c.channel_id.in_(sorted(channel_ids)))
        tx.connection.execute(under_way.values(trial_until=tx.now + lasting))


def _rest(failures: int) -> timedelta:
    """How long a lane rests of itself after so many failures: not at all before it is shut."""
    over = failures - STRIKES
    return timedelta() if over < 0 else min(FIRST_REST * 2 ** min(over, 10), LONGEST_REST)


def _held(tx: Transaction, channel_id: int, reason: str) -> LaneRow:
    """The lane's row, made where there is none, and nobody else's until the commit."""
    fresh = (channel_id, 0, reason, tx.now, tx.now, None)
    bulk.insert(tx, _LANE, tuple(LaneRow.__dataclass_fields__), [fresh], ignore="channel_id")
    question = select(*_SHAPE).where(_LANE.c.channel_id == channel_id).with_for_update()
    return LaneRow(*tx.connection.execute(question).one())
