"""The doors of a process: one per channel, each by itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import clock, errors
from bot.connectors import registry
from bot.runners.doors import Doors
from bot.store import channels
from bot.store.database import Database
from bot.wire import Health


class Odd:
    """A connector whose opening goes wrong in the way that the channel's name says."""

    def __init__(self, name: str, closed: list[str]) -> None:
        self._name, self._closed = name, closed

    async def open(self) -> None:
        match self._name:
            case "defect":
                raise RuntimeError
            case "later":
                raise errors.TryLater("The network rests.")
            case "revoked":
                raise errors.Reauthorize
            case "hangs":
                await asyncio.Event().wait()

    async def close(self) -> None:
        self._closed.append(self._name)
        if self._name == "bad-close":
            raise RuntimeError


NAMES = ("bad-close", "defect", "good", "hangs", "later", "revoked")


@pytest.fixture
async def closed() -> list[str]:
    return []


@pytest.fixture
async def doors(database: Database, closed: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Doors]:
    def connect(account: Any, *_: Any) -> Odd:
        return Odd(account.name, closed)

    monkeypatch.setattr(registry, "connect", connect)
    for name in NAMES:
        await database.write(lambda tx, name=name: channels.save(tx, name=name, title=name, network="fake"))
    doors = Doors(database, clock.now, lambda _: None, "", is_private_allowed=True)
    yield doors
    await doors.close()


async def test_a_door_that_cannot_be_opened_stops_only_itself(
    doors: Doors, database: Database, closed: list[str]
) -> None:
    """A defect, a refusal, a network that hangs: each is said of its own channel, and the others are open at once."""
    await doors.refresh()

    assert sorted(door.name for door in doors.all()) == ["bad-close", "good"]
    health = {row.name: row.health for row in await database.read(channels.all)}
    assert health["defect"] == health["later"] == Health.INTERRUPTED
    assert health["revoked"] == Health.BAD_CREDENTIALS
    assert {"defect", "later", "revoked"} <= set(closed)


async def test_a_defect_in_closing_holds_nobody_up(doors: Doors, closed: list[str]) -> None:
    """When the process stops every connector is told, whatever one of them does."""
    await doors.refresh()
    await doors.close()

    assert {"bad-close", "good"} <= set(closed)
    assert doors.all() == []


async def test_a_channel_that_is_configured_anew_gets_another_connector(doors: Doors, database: Database) -> None:
    """The old one is closed and a new one opened; what did not change stays as it is."""
    await doors.refresh()
    before = {door.name: door for door in doors.all()}
    row = await database.read(lambda tx: channels.by_name(tx, "good"))
    assert row is not None
    await database.write(lambda tx: channels.change(tx, row.id, options={"account": "other"}))
    await doors.refresh()

    after = {door.name: door for door in doors.all()}
    assert after["good"] is not before["good"]
    assert after["bad-close"] is before["bad-close"]
    assert doors.is_known("hangs")
    assert doors.by_name("hangs") is None
