"""One ear against a network that fails: the probe first and alone, pauses kept, and credentials watched while it hears."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

import pytest

from bot import errors, wire
from bot.connectors import registry
from bot.connectors.base import Connector
from bot.desk.hearing import Rules
from bot.desk.intake import Intake
from bot.runners import ear
from bot.runners.doors import Door
from bot.runners.ear import Ear
from bot.runners.loops import Heartbeats
from bot.store import channels
from bot.store.database import Database
from bot.wire import ChannelHealth, Health
from tests.journeys.processes import until
from tests.world import Bank

FINE = ChannelHealth(Health.CONNECTED)
DOWN = ChannelHealth(Health.INTERRUPTED, "The network asks to wait.")


class Scripted:
    """Says of its account what it is told to say, the last thing for ever; its stream is quiet, breaks, or ends at once."""

    manifest = registry.networks()["fake"]

    def __init__(self, *healths: ChannelHealth, stream: str = "quiet") -> None:
        self.healths = list(healths)
        self.stream = stream
        self.probed_at: list[float] = []
        self.received = 0
        self.asked = asyncio.Condition()

    async def probe(self) -> ChannelHealth:
        async with self.asked:
            self.probed_at.append(asyncio.get_running_loop().time())
            self.asked.notify_all()
        return self.healths.pop(0) if len(self.healths) > 1 else self.healths[0]

    async def receive(self, _: str | None) -> AsyncIterator[wire.Batch]:
        self.received += 1
        if self.stream == "ends":
            return
        if self.stream == "breaks":
            raise errors.TryLater("The stream broke.", after=timedelta(0))
        await asyncio.get_running_loop().create_future()
        yield wire.Batch()

    async def is_probed(self, times: int) -> None:
        """Wait until it was asked so often."""
        async with asyncio.timeout(30), self.asked:
            await self.asked.wait_for(lambda: len(self.probed_at) >= times)

    def pauses(self) -> list[float]:
        return [after - before for before, after in zip(self.probed_at, self.probed_at[1:], strict=False)]


@contextmanager
def attending(database: Database, bank: Bank, connector: Scripted) -> Iterator[None]:
    door = Door(bank.telegram, "telegram-nord", cast("Connector", connector), False, ())
    one = Ear(database, Intake(database, Rules()), Heartbeats(), "here", door)
    task = asyncio.ensure_future(one.attend())
    try:
        yield
    finally:
        task.cancel()


async def health(database: Database, bank: Bank) -> tuple[str, str]:
    row = await database.read(lambda tx: channels.find(tx, bank.telegram))
    return row.health, row.health_reason


async def becomes(database: Database, bank: Bank, state: Health) -> None:
    await until(database, lambda tx: channels.find(tx, bank.telegram).health == state)


async def test_nothing_else_is_asked_while_the_probe_fails(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three probes that fail, then one that does not: only then is the stream opened."""
    monkeypatch.setattr(ear, "FIRST_WAIT", timedelta(milliseconds=10))
    connector = Scripted(DOWN, DOWN, DOWN, FINE)
    with attending(database, bank, connector):
        await connector.is_probed(3)
        assert connector.received == 0
        await becomes(database, bank, Health.CONNECTED)
    assert len(connector.probed_at) == 4


async def test_pauses_grow_where_the_network_names_none(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pause is at least twice the one before it, also where a connector says "again in a moment"."""
    monkeypatch.setattr(ear, "FIRST_WAIT", timedelta(milliseconds=100))
    connector = Scripted(FINE, stream="breaks")
    with attending(database, bank, connector):
        await connector.is_probed(4)
    assert all(pause >= least for pause, least in zip(connector.pauses(), (0.1, 0.2, 0.4), strict=False))


async def test_a_pause_that_the_network_names_is_kept(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to wait for half a second, it does, though its own pause would be a tenth of that."""
    monkeypatch.setattr(ear, "FIRST_WAIT", timedelta(milliseconds=50))
    told = ChannelHealth(Health.INTERRUPTED, "Slow down.", timedelta(seconds=0.5))
    connector = Scripted(told, FINE)
    with attending(database, bank, connector):
        await becomes(database, bank, Health.CONNECTED)
    assert connector.pauses()[0] >= 0.5


@pytest.mark.parametrize(("stream", "often"), [("quiet", "PROBE_DAILY"), ("ends", "PROBE_EVERY")])
async def test_credentials_that_are_taken_away_are_seen_without_a_message(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch, stream: str, often: str
) -> None:
    """Nobody writes, on a quiet stream or where it is heard by webhook alone: the next probe says that the account is refused."""
    monkeypatch.setattr(ear, often, timedelta(milliseconds=50))
    refused = ChannelHealth(Health.BAD_CREDENTIALS, "The token is not known here.")
    with attending(database, bank, Scripted(FINE, FINE, refused, stream=stream)):
        await becomes(database, bank, Health.BAD_CREDENTIALS)
    assert (await health(database, bank))[1] == "The token is not known here."


async def test_a_defect_in_a_probe_stops_only_its_channel(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a connector should never raise is shown as interrupted, and the ear goes on."""
    monkeypatch.setattr(ear, "FIRST_WAIT", timedelta(milliseconds=10))
    connector = Scripted(FINE)
    well, calls = connector.probe, []

    async def breaks_once() -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        await becomes(database, bank, Health.INTERRUPTED)
        return await well()

    monkeypatch.setattr(connector, "probe", breaks_once)
    with attending(database, bank, connector):
        await becomes(database, bank, Health.CONNECTED)
    assert len(calls) == 2
