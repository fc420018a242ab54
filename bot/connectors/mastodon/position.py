"""How far an account has been heard: the last notification, and the latest posts, whose changes nobody tells us for sure.

Written as JSON it is the channel's cursor. It may only be kept together with what it stands for.
"""

from typing import Self

import msgspec
from msgspec import Struct

from bot.connectors.mastodon.translate import Status

# A post is changed or taken back soon after it was written, or never.
_WATCHED = 100


class Watched(Struct, frozen=True, array_like=True):
    """A post that we have told the desk of, and in which version."""

    version: str
    conversation_id: str
    author_id: str


class Position(Struct):
    """`after` is the last notification's id; `watched` the latest posts by theirs, the oldest first."""

    after: str = ""
    watched: dict[str, Watched] = {}

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        """The position that `str` wrote; the beginning for anything else."""
        try:
            return msgspec.json.decode(cursor or "{}", type=cls)
        except msgspec.DecodeError:
            return cls()

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    def watch(self, status: Status, conversation_id: str) -> None:
        """This version of it is known."""
        self.watched.pop(status.id, None)
        self.watched[status.id] = Watched(status.version, conversation_id, status.account.id)
        for id_ in list(self.watched)[:-_WATCHED]:
            del self.watched[id_]

    def is_changed(self, status: Status) -> bool:
        """Whether we told the desk of it, and of another version of it."""
        known = self.watched.get(status.id)
        return known is not None and known.version != status.version

    def latest(self, most: int) -> list[str]:
        """The ids of the latest posts."""
        return list(self.watched)[-most:]
