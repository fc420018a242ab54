"""The shapes in which looks at the network come back: batches with the cursor that is right after each."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot import wire
from bot.connectors.bluesky.cursors import Cursor

MOST_IN_BATCH = 50
_T = TypeVar("_T")

Told = wire.InboundMessage | wire.Unreadable | None


def chunks(whole: Sequence[_T]) -> list[Sequence[_T]]:
    """The whole in its order, in parts that one commit takes."""
    return [whole[start : start + MOST_IN_BATCH] for start in range(0, len(whole), MOST_IN_BATCH)]


def batch(told: Iterable[Told], cursor: Cursor) -> wire.Batch:
    """What was told, what could not be read beside what could, and how far that is."""
    heard = list(told)
    messages = tuple(one for one in heard if isinstance(one, wire.InboundMessage))
    unreadable = tuple(one for one in heard if isinstance(one, wire.Unreadable))
    return wire.Batch(messages, unreadable, str(cursor))


def is_anything(one: wire.Batch) -> bool:
    return bool(one.messages or one.unreadable)
