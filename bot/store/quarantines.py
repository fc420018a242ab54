"""What was set aside: kept as it came, shown, and tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from bot import errors
from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.quarantine import Quarantine
from bot.store.transaction import Transaction

_QUARANTINE, _CHANNEL = table(Quarantine), table(Channel)


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One payload, masked but otherwise as it came. `is_wire`: it is in our own format, not in the network's."""

    id: int
    channel_id: int
    raw: bytes
    is_wire: bool
    reason: str
    attempts: int
    set_aside_at: datetime
    released_at: datetime | None
    channel_name: str
    channel_title: str
    network: str


_QUESTION = select(
    *(_QUARANTINE.c[name] for name in list(QuarantineRow.__dataclass_fields__)[:8]),
    _CHANNEL.c.name,
    _CHANNEL.c.title,
    _CHANNEL.c.network,
).join_from(_QUARANTINE, _CHANNEL, _QUARANTINE.c.channel_id == _CHANNEL.c.id)
_WAITING = _QUARANTINE.c.released_at.is_(None)


def waiting(tx: Transaction, *, before: int | None = None, limit: int = 50) -> tuple[QuarantineRow, ...]:
    """What is still set aside, the latest first; `before` is the last number of the page before."""
    question = _QUESTION.where(_WAITING).order_by(_QUARANTINE.c.id.desc()).limit(limit)
    return _read(tx, question if before is None else question.where(_QUARANTINE.c.id < before))


def find(tx: Transaction, id_: int) -> QuarantineRow:
    """Raises NotFound."""
    found = _read(tx, _QUESTION.where(_QUARANTINE.c.id == id_))
    if not found:
        raise errors.NotFound("There is nothing in quarantine under this number.")
    return found[0]


def count(tx: Transaction) -> int:
    """How many are still set aside."""
    return int(tx.connection.execute(select(func.count()).select_from(_QUARANTINE).where(_WAITING)).scalar_one())


def mark_released(tx: Transaction, id_: int) -> None:
    """It has been taken in after all."""
    _change(tx, id_, released_at=tx.now)


def mark_tried(tx: Transaction, id_: int, reason: str) -> None:
    """It was tried again, and this is still wrong with it."""
    _change(tx, id_, attempts=_QUARANTINE.c.attempts + 1, reason=reason)


def _change(tx: Transaction, id_: int, **values: Any) -> None:
    tx.connection.execute(update(_QUARANTINE).where(_QUARANTINE.c.id == id_).values(**values))


def _read(tx: Transaction, question: Select[Any]) -> tuple[QuarantineRow, ...]:
    found: Sequence[Any] = tx.connection.execute(question).all()
    return tuple(QuarantineRow(*row) for row in found)
