"""Looking back loses nothing and brings nothing twice, however Meta lists it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import wire
from bot.clock import HeldClock
from bot.connectors.meta import looking
from bot.connectors.meta.hooks import Piece

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(piece: Piece) -> tuple[wire.InboundMessage, ...]:
    assert isinstance(piece.told, tuple)
    name, seconds = piece.told
    at = AT + timedelta(seconds=seconds)
    return (wire.InboundMessage(name, "c", wire.Person("ann"), at, name),)


class Listed:
    """What Meta lists, the newest first."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []
        self.asked: list[datetime] = []

    async def back(self, since: datetime) -> AsyncIterator[Piece]:
        self.asked.append(since)
        for one in self.told:
            yield Piece("page", "1", "back", one)


async def fine() -> None:
    """Nothing is wrong."""


async def heard(listed: Listed, cursor: str | None, batches: int = 1) -> tuple[list[str], str]:
    looks = looking.looks(listed.back, read, cursor, HeldClock(AT), timedelta(milliseconds=1), fine)
    found = [await anext(looks) for _ in range(batches)]
    await looks.aclose()  # type: ignore[attr-defined]  # it is a generator
    return [one.text for batch in found for one in batch.messages], found[-1].cursor or ""


async def test_within_one_second() -> None:
    """Two that were said in one second keep their order; a third, listed a moment later, is found, and alone."""
    listed = Listed()
    listed.told = [("two", 0), ("one", 0)]
    first, cursor = await heard(listed, None)
    listed.told = [("three", 0), ("two", 0), ("one", 0)]
    second, _ = await heard(listed, cursor)

    assert (first, second) == (["one", "two"], ["three"])


async def test_late_in_the_list() -> None:
    """What was said before the newest that we know, and is listed only now, is found within the overlap."""
    listed = Listed()
    listed.told = [("new", 60)]
    _, cursor = await heard(listed, None)
    listed.told = [("newer", 70), ("new", 60), ("late", -30)]

    assert (await heard(listed, cursor))[0] == ["late", "newer"]


async def test_many() -> None:
    """What is much comes in batches, each with its own place to go on from: stopped between two, nothing is lost or twice."""
    listed = Listed()
    names = [f"{number:03}" for number in range(2 * looking.MOST_IN_BATCH + 50)]
    listed.told = [(name, 3.0 * number) for number, name in enumerate(names)][::-1]
    first, cursor = await heard(listed, None)
    rest, _ = await heard(listed, cursor, batches=2)

    assert len(first) == looking.MOST_IN_BATCH
    assert first + rest == names


async def test_how_far_back() -> None:
    """The first look goes back a week: what is older cannot be answered. The next goes back to the last, and a little more."""
    listed = Listed()
    listed.told = [("one", -10)]
    _, cursor = await heard(listed, None)
    listed.told = [("two", 10)]
    await heard(listed, cursor)

    assert listed.asked == [
        AT - looking.FIRST_LOOK - looking.OVERLAP,
        AT - timedelta(seconds=10) - looking.OVERLAP,
    ]


@pytest.mark.parametrize("cursor", ["", "17", "{}", '{"at": "soon", "seen": {}, "odd": []}'])
async def test_a_cursor_that_nobody_can_read(cursor: str) -> None:
    """It is as if there were none: rather too much than too little."""
    listed = Listed()
    listed.told = [("one", 0)]

    assert (await heard(listed, cursor))[0] == ["one"]


async def test_a_time_that_has_not_come() -> None:
    """A message that says it is of tomorrow is brought once, and what is said today is found all the same."""
    listed = Listed()
    listed.told = [("of tomorrow", 86_400)]
    first, cursor = await heard(listed, None)
    listed.told = [("today", 5), ("of tomorrow", 86_400)]
    second, cursor = await heard(listed, cursor)
    listed.told = [("later", 10), ("today", 5), ("of tomorrow", 86_400)]

    assert (first, second, (await heard(listed, cursor))[0]) == (["of tomorrow"], ["today"], ["later"])


async def test_an_odd_thing_is_set_aside_once() -> None:
    """What cannot be read is known by its id: the addresses in it change with each look."""
    listed = Listed()
    odd = [{"id": "m_1", "url": f"https://a.example/{number}"} for number in range(3)]

    async def back(_: datetime) -> AsyncIterator[Piece]:
        yield Piece("page", "1", "back", odd.pop())
        for one in listed.told:
            yield Piece("page", "1", "back", one)

    looks = looking.looks(back, read, None, HeldClock(AT), timedelta(milliseconds=1), fine)
    first = await anext(looks)
    listed.told = [("one", 0)]
    second = await anext(looks)
    await looks.aclose()  # type: ignore[attr-defined]  # it is a generator

    assert [len(batch.unreadable) for batch in (first, second)] == [1, 0]
    assert [said.text for said in second.messages] == ["one"]
