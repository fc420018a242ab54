"""One message as the limits see it: only what the realistic transaction needs."""

from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    author: str
    external_id: str
    text: str
    at: int


class Store(Protocol):
    """The realistic transaction.

    It looks up the contact and its open ticket, inserts the message by its unique key, updates the ticket,
    inserts event and work.
    """

    def take(self, entries: list[Entry]) -> None:
        """All of them in one durable commit."""

    def close(self) -> None: ...
