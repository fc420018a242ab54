"""Channels: the connected accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from bot import errors
from bot.model.channel import Channel
from bot.model.columns import table
from bot.store import numbers
from bot.store.transaction import Transaction
from bot.wire import ChannelHealth

_CHANNEL = table(Channel)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as it is configured, and how it does. `secrets` names environment variables, never their contents."""

    id: int
    name: str
    title: str
    network: str
    base_url: str
    branch: str
    team_id: int | None
    language: str
    options: dict[str, str]
    secrets: dict[str, str]
    cursor: str | None
    health: str
    health_reason: str
    health_at: datetime | None
    heard_at: datetime | None
    is_paused: bool
    has_bot: bool
    is_demo: bool
    created_at: datetime

    @property
    def holds_archive(self) -> bool:
        """Whether it was made for an archive alone: nothing was ever given by which anybody could be reached."""
        return self.is_paused and not (self.base_url or self.options or self.secrets)


_SHAPE = tuple(_CHANNEL.c[name] for name in ChannelRow.__dataclass_fields__)


def all(tx: Transaction) -> tuple[ChannelRow, ...]:  # noqa: A001  reads as channels.all
    """Every channel by title."""
    return _read(tx, select(*_SHAPE).order_by(_CHANNEL.c.title, _CHANNEL.c.id))


def find(tx: Transaction, id_: int) -> ChannelRow:
    """Raises NotFound."""
    return _one(_read(tx, select(*_SHAPE).where(_CHANNEL.c.id == id_)))


def by_name(tx: Transaction, name: str) -> ChannelRow | None:
    """The channel that people and addresses call so."""
    found = _read(tx, select(*_SHAPE).where(_CHANNEL.c.name == name))
    return found[0] if found else None


def save(tx: Transaction, *, name: str, title: str, network: str, **values: Any) -> int:
    """Make the channel of this name, or set what is given of the one there is; its number."""
    known = by_name(tx, name)
    if known:
        change(tx, known.id, title=title, network=network, **values)
        return known.id
    return add(tx, name=name, title=title, network=network, **values)


def add(tx: Transaction, *, name: str, title: str, network: str, **values: Any) -> int:
    """Make a channel of a name that no other has; its number."""
    id_ = numbers.one(tx, "channel")
    noun = Channel(id=id_, name=name, title=title, network=network, created_at=tx.now, **values)
    tx.connection.execute(insert(_CHANNEL).values(noun.model_dump()))
    return id_


def change(tx: Transaction, id_: int, **values: Any) -> None:
    """Set columns of one channel."""
    tx.connection.execute(update(_CHANNEL).where(_CHANNEL.c.id == id_).values(**values))


def note_health(tx: Transaction, id_: int, health: ChannelHealth) -> bool:
    """Note how a channel does. True when that is news."""
    fresh = update(_CHANNEL).where(
        _CHANNEL.c.id == id_, (_CHANNEL.c.health != health.state.value) | (_CHANNEL.c.health_reason != health.reason)
    )
    done = tx.connection.execute(fresh.values(health=health.state.value, health_reason=health.reason, health_at=tx.now))
    return done.rowcount == 1


def _one(found: tuple[ChannelRow, ...]) -> ChannelRow:
    if not found:
        raise errors.NotFound("There is no such channel.")
    return found[0]


def _read(tx: Transaction, question: Select[Any]) -> tuple[ChannelRow, ...]:
    return tuple(ChannelRow(*row) for row in tx.connection.execute(question))
