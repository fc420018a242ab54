"""What the fake network knows that it said and took, in order: the witness against which a desk can be checked."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec


class What(StrEnum):
    """What happened at the network."""

    EMITTED = "emitted"
    EMITTED_AGAIN = "emitted again"
    BABBLED = "babbled"
    FETCHED = "fetched"
    ACKNOWLEDGED = "acknowledged"
    PUSHED = "pushed"
    TAKEN = "taken"
    ASKED_AGAIN = "asked again"
    TURNED_AWAY = "turned away"
    DONE = "done"


class Received(msgspec.Struct, frozen=True):
    """A file that came with words. `hash` is the SHA-256 of its bytes, which the account keeps."""

    name: str
    kind: str
    size: int
    hash: str
    alt: str = ""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. `update` is the account's update number, `post` and `version` name the words, `key` the sending."""

    number: int
    at: datetime
    account: str
    what: What
    update: int = 0
    kind: str = ""
    post: str = ""
    version: int = 0
    thread: str = ""
    key: str = ""
    text: str = ""
    status: int = 0
    files: tuple[Received, ...] = ()


class Ledger:
    """Lines are only ever added."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    def add(self, account: str, what: What, **said: str | int | tuple[Received, ...]) -> None:
        entry = {"number": len(self._entries) + 1, "at": self._clock(), "account": account, "what": what, **said}
        self._entries.append(msgspec.convert(entry, Entry))

    def entries(self, *what: What, account: str | None = None, after: int = 0) -> list[Entry]:
        """The lines after number `after`: all of them, or those of one account, or those that tell one of these things."""
        return [
            entry
            for entry in self._entries[after:]
            if (not what or entry.what in what) and account in {None, entry.account}
        ]


@dataclass(frozen=True, slots=True)
class Differences:
    """How what was seen differs from what was to be seen; four empty tuples when it does not.

    `misordered` holds what was seen after something of the same conversation that belongs behind it.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    misordered: tuple[str, ...]
    phantom: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.misordered or self.phantom)


def compare(expected: Iterable[tuple[str, str]], seen: Sequence[tuple[str, str]]) -> Differences:
    """Compare two sequences of (conversation, id). Order counts within one conversation, never between two."""
    # Emitted again is expected once.
    places = {pair: place for place, pair in enumerate(dict.fromkeys(expected))}
    counts = Counter(seen)
    return Differences(
        lost=tuple(pair[1] for pair in places if pair not in counts),
        doubled=tuple(pair[1] for pair, count in counts.items() if pair in places and count > 1),
        misordered=tuple(_late(places, [pair for pair in dict.fromkeys(seen) if pair in places])),
        phantom=tuple(pair[1] for pair in counts if pair not in places),
    )


def _late(places: dict[tuple[str, str], int], seen: list[tuple[str, str]]) -> Iterable[str]:
    furthest: dict[str, int] = {}
    for conversation, name in seen:
        place = places[conversation, name]
        if place < furthest.get(conversation, -1):
            yield name
        furthest[conversation] = max(place, furthest.get(conversation, -1))
