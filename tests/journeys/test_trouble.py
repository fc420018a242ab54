"""A desk in trouble: its disk is full, its database is locked or gone, a network revokes its token.

Senders are told to come again, what was acknowledged is there afterwards, the operator sees why, and the desk goes on by itself.
"""

import asyncio
import contextlib
import pathlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest

from bot.connectors.fake.faults import Faults
from bot.connectors.fake.network import FakeAccount, FakeNetwork
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.desk import replying
from bot.model.event import Actor, ActorKind
from bot.settings import ChannelSettings, Settings
from bot.store import agents, channels, outbox, queue, tickets
from bot.store.transaction import Transaction
from inbox import serving
from tests.journeys import cluster
from tests.journeys.cluster import Cluster
from tests.journeys.processes import until
from tests.journeys.sender import PATIENCE, SECRET, Door

ADA = User(id="ada", name="Ada Lovelace", username="ada")
ANSWER = "Nous sommes là."


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Door]:
    async with serving.serving(settings) as desk, aiohttp.ClientSession() as http:
        yield Door(desk.engine, desk.address, http)


@pytest.fixture
def settings(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk on SQLite with a signed door."""
    monkeypatch.setenv("COMPTOIR_SECRET_DOOR", SECRET)
    table = {"name": "door", "network": "signed", "secrets": {"secret": "COMPTOIR_SECRET_DOOR"}}
    door = ChannelSettings.model_validate(table)
    return Settings(data_dir=tmp_path / "data", port=0, channel=(door,))


def is_told_to_come_again(answer: aiohttp.ClientResponse) -> bool:
    return answer.status == 503 and int(answer.headers["Retry-After"]) >= 1


async def test_disk_full(settings: Settings) -> None:
    """A full disk is told to senders and operators; when there is room again, the same messages are taken, and none is lost."""

    def allow(tx: Transaction, more: int) -> None:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")

    async with opened(settings) as door:
        await door.engine.database.write(lambda tx: allow(tx, 8))
        refused = await door.send_until(503, "x" * 3_000)
        ready = await door.ready()
        await door.engine.database.write(lambda tx: allow(tx, 1_000_000))
        again = await door.send(f"m{next(door.numbers) - 1}")
        await door.until_ready()
        kept = await door.kept()

    assert is_told_to_come_again(refused)
    assert "full" in (await refused.json())["error"]
    assert ready[0] == 503
    assert "full" in ready[1]
    assert again.status == 200
    assert kept == set(door.acknowledged)
    assert len(kept) > 1


@pytest.mark.slow
async def test_locked(settings: Settings) -> None:
    """While another program holds the database, senders wait no longer than they must; all who come then are told at once."""
    async with opened(settings) as door:
        await door.send()
        with locked(settings.data_dir / "comptoir.db"):
            async with asyncio.timeout(30):
                answers = await asyncio.gather(*(door.send() for _ in range(40)))
            ready = await door.ready()
        await door.send_until(200)
        await door.until_ready()
        kept = await door.kept()

    assert all(is_told_to_come_again(answer) for answer in answers)
    assert ready[0] == 503
    assert "locked" in ready[1]
    assert kept == set(door.acknowledged)


@contextlib.contextmanager
def locked(file: pathlib.Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@pytest.fixture
def server() -> Iterator[Cluster]:
    made = cluster.made()
    yield made
    made.remove()


@pytest.mark.slow
async def test_database_gone(settings: Settings, server: Cluster) -> None:
    """PostgreSQL is killed and started again: meanwhile senders are told to come again, afterwards the desk goes on."""
    async with opened(settings.model_copy(update={"database_url": server.url})) as door:
        for _ in range(5):
            await door.send()
        await asyncio.to_thread(server.stop)
        answers = await asyncio.gather(*(door.send() for _ in range(20)))
        ready = await door.ready()
        await asyncio.to_thread(server.start)
        await door.send_until(200)
        await door.until_ready()
        await until(door.engine.database, lambda tx: queue.depth(tx) == (0, 0), within=PATIENCE)
        kept = await door.kept()

    assert all(is_told_to_come_again(answer) for answer in answers)
    assert ready[0] == 503
    assert "database cannot be used now" in ready[1]
    assert set(door.acknowledged) <= kept
    assert len(door.acknowledged) >= 6


@pytest.fixture
async def brand() -> AsyncIterator[tuple[FakeAccount, str]]:
    """An account on a network that runs here, and the network's address."""
    network = FakeNetwork()
    account = network.account("brand")
    server = FakeServer(network)
    await server.start()
    yield account, server.url
    await server.stop()


async def test_token_revoked(
    settings: Settings, brand: tuple[FakeAccount, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked token shows in the channel's health; with a good one again, what was said and answered meanwhile arrives."""
    account, address = brand
    monkeypatch.setattr("bot.runners.ear.LONGEST_WAIT", timedelta(seconds=1))
    monkeypatch.setattr("bot.outbox.courier.CREDENTIALS_WAIT", timedelta(seconds=1))
    table = ChannelSettings.model_validate({"name": "brand", "network": "fake", "base_url": address})
    given = {"channel": (table,), "is_private_network_allowed": True, "undo_seconds": 0}
    async with opened(settings.model_copy(update=given)) as door:
        database = door.engine.database
        await account.say(ADA, "Bonjour ?")
        await until(database, lambda tx: len(_tickets(tx)) == 1, within=PATIENCE)
        account.faults = Faults(bad_credentials=True)
        await account.say(ADA, "Toujours là ?")
        await until(database, lambda tx: _health(tx) == "bad_credentials", within=PATIENCE)
        why = await database.read(lambda tx: channels.all(tx)[0].health_reason)
        await database.write(_answer)
        await until(database, _is_waiting_for_credentials, within=PATIENCE)
        account.faults = Faults()
        await account.say(ADA, "Et maintenant ?")
        await until(
            database, lambda tx: _said(tx) == ["Bonjour ?", "Toujours là ?", ANSWER, "Et maintenant ?"], within=PATIENCE
        )
        await until(database, lambda tx: _health(tx) == "connected" and _sent(tx), within=PATIENCE)

    assert "credentials" in why
    assert [one.text for one in account.posts.values() if one.author.id == account.user.id] == [ANSWER]


def _tickets(tx: Transaction) -> list[int]:
    return list(tx.connection.exec_driver_sql("SELECT id FROM ticket ORDER BY id").scalars())


def _health(tx: Transaction) -> str:
    return channels.all(tx)[0].health


def _answer(tx: Transaction) -> int:
    (ticket_id,) = _tickets(tx)
    agent_id = agents.add(tx, email="ann@bank.example", name="Ann")
    seen = tickets.find(tx, ticket_id).last_message_id
    by = Actor(ActorKind.AGENT, agent_id)
    return replying.reply(
        tx, ticket_id, ANSWER, seen_message_id=seen, key="k", by=by, is_confirmed=True, undo_within=timedelta()
    )


def _is_waiting_for_credentials(tx: Transaction) -> bool:
    row = outbox.find(tx, 1)
    return row.state == "pending" and "credentials" in row.reason


def _sent(tx: Transaction) -> bool:
    return outbox.find(tx, 1).state == "sent"


def _said(tx: Transaction) -> list[str]:
    return list(tx.connection.exec_driver_sql("SELECT text FROM message ORDER BY id").scalars())
