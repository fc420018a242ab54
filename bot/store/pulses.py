"""Pulses: when each channel was last surely heard, the gap before that, and how late its messages come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from bot.model.channel import Pulse
from bot.model.columns import table
from bot.model.message import Direction, Message
from bot.store import bulk, driver
from bot.store.transaction import Transaction

_PULSE, _MESSAGE = table(Pulse), table(Message)
LATELY = timedelta(minutes=10)
SAMPLE = 5_000  # the newest messages of all channels that a lag is told from


@dataclass(frozen=True, slots=True)
class PulseRow:
    """`gap_messages` is None while a gap is still being filled, and when there was none."""

    channel_id: int
    listened_at: datetime | None
    listened_id: int
    gap_from: datetime | None
    gap_until: datetime | None
    gap_after_id: int
    gap_messages: int | None
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """From the network's time to ours, over the messages of the last minutes; `last` is the newest one's."""

    messages: int
    p50: timedelta
    p99: timedelta
    last: timedelta


_SHAPE = tuple(_PULSE.c[name] for name in PulseRow.__dataclass_fields__)


def find(tx: Transaction, channel_id: int) -> PulseRow | None:
    """The pulse of a channel; None when it was never heard."""
    row = tx.connection.execute(select(*_SHAPE).where(_PULSE.c.channel_id == channel_id)).first()
    return PulseRow(*row) if row else None


def all(tx: Transaction) -> dict[int, PulseRow]:  # noqa: A001  reads as pulses.all
    """The pulse of each channel that was ever heard."""
    return {row.channel_id: PulseRow(*row) for row in tx.connection.execute(select(*_SHAPE))}


def beat(tx: Transaction, channel_id: int) -> None:
    """It is heard now, and this is the newest message of the desk."""
    sign, now = bulk.mark(tx), bulk.time(tx, tx.now)
    driver.run(
        tx.connection,
        "INSERT INTO pulse (channel_id, listened_at, listened_id, gap_after_id, is_reached)"
        f" VALUES ({sign}, {sign}, (SELECT coalesce(max(id), 0) FROM message), 0, {sign}) ON CONFLICT (channel_id)"
        " DO UPDATE SET listened_at = excluded.listened_at, listened_id = excluded.listened_id",
        (channel_id, now, True),
    )


def open_gap(
    tx: Transaction, channel_id: int, start: datetime, until: datetime, after_id: int, *, is_reached: bool
) -> None:
    """Nobody heard between these two. What comes after message `after_id` may fill it."""
    gap = {"gap_from": start, "gap_until": until, "gap_after_id": after_id, "gap_messages": None}
    _set(tx, channel_id, **gap, is_reached=is_reached)


def close_gap(tx: Transaction, channel_id: int, messages: int) -> None:
    _set(tx, channel_id, gap_messages=messages)


def filled(tx: Transaction, pulse: PulseRow) -> int:
    """How many messages were said within the gap and have come in since."""
    within = (_MESSAGE.c.sent_at >= pulse.gap_from, _MESSAGE.c.sent_at <= pulse.gap_until)
    question = (
        select(func.count())
        .select_from(_MESSAGE)
        .where(_MESSAGE.c.id > pulse.gap_after_id, _MESSAGE.c.channel_id == pulse.channel_id, *within)
    )
    return int(tx.connection.execute(question).scalar_one())


def lags(tx: Transaction) -> Mapping[int, Lag]:
    """How late the messages of the last minutes came, for each channel that had some. Read from the end of the primary key."""
    newest = (
        select(_MESSAGE.c.channel_id, _MESSAGE.c.sent_at, _MESSAGE.c.received_at, _MESSAGE.c.direction)
        .order_by(_MESSAGE.c.id.desc())
        .limit(SAMPLE)
    )
    late: dict[int, list[timedelta]] = {}
    for row in tx.connection.execute(newest):
        if row.direction == Direction.IN and tx.now - row.received_at <= LATELY:
            late.setdefault(row.channel_id, []).append(max(row.received_at - row.sent_at, timedelta()))
    return {channel_id: _lag(found) for channel_id, found in late.items()}


def _lag(newest_first: list[timedelta]) -> Lag:
    ordered, last = sorted(newest_first), len(newest_first) - 1
    return Lag(len(ordered), ordered[last // 2], ordered[round(last * 0.99)], newest_first[0])


def _set(tx: Transaction, channel_id: int, **values: object) -> None:
    tx.connection.execute(update(_PULSE).where(_PULSE.c.channel_id == channel_id).values(**values))
