"""kill -9 wherever it hurts: nothing is lost, nothing is said or stored twice, and another goes on."""

import asyncio
import time
from datetime import timedelta

import pytest

from bot.connectors.fake.ledger import What, compare
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.desk import replying
from bot.model.event import Actor, ActorKind
from bot.store import agents, tickets
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.journeys.processes import House, Running, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

LEA = User("lea", "Léa Martin", "lea")


def stored(tx: Transaction) -> list[tuple[str, str]]:
    """(conversation, message) of all that came in, in the order in which it was stored."""
    found = tx.connection.exec_driver_sql(
        "SELECT conversation.external_id, message.external_id FROM message JOIN conversation ON conversation.id = conversation_id"
        " WHERE direction = 'in' ORDER BY message.id"
    )
    return [(row[0], row[1]) for row in found]


def emitted(network: FakeServer) -> list[tuple[str, str]]:
    return [(entry.thread, entry.post) for entry in network.network.ledger.entries(What.EMITTED)]


def taken(network: FakeServer) -> list[str]:
    """What the network has been told to say."""
    return [entry.text for entry in network.network.ledger.entries(What.TAKEN)]


async def say(network: FakeServer, first: int, count: int, *, threads: int = 5) -> None:
    account = network.network.accounts["brand"]
    for number in range(first, first + count):
        await account.say(LEA, f"message {number}", thread=f"t{number % threads}")


async def gone(running: Running) -> None:
    """Wait until a process has met its end."""
    await asyncio.wait_for(running.process.wait(), 60)


@pytest.mark.parametrize("point", ["before-commit", "after-commit"])
async def test_dying_around_the_commit(point: str, house: House, network: FakeServer, onlooker: Database) -> None:
    """A desk that dies between hearing and acknowledging is told again, and keeps each message once."""
    async with house.running(dying_at=point) as first:
        for number in range(30):
            await say(network, number, 1)
            await asyncio.sleep(0)
            if first.process.returncode is not None:
                break
            await until(
                onlooker, lambda tx, number=number: len(stored(tx)) > number or first.process.returncode is not None
            )
        await gone(first)
    await say(network, 100, 20)
    async with house.running():
        await until(onlooker, lambda tx: len(stored(tx)) >= len(emitted(network)))

    assert not compare(emitted(network), await onlooker.read(stored))


@pytest.mark.parametrize("point", ["before-call", "after-call"])
async def test_dying_around_the_call(point: str, house: House, network: FakeServer, onlooker: Database) -> None:
    """A desk that dies between sending and receipt asks the network, and says nothing twice and nothing never."""
    await say(network, 0, 5)
    async with house.running(dying_at=point) as first:
        await until(onlooker, lambda tx: len(stored(tx)) == 5)
        agent_id = await onlooker.write(lambda tx: agents.add(tx, email="a@b.example", name="Ann"))
        for ticket_id in range(1, 6):
            await onlooker.write(lambda tx, ticket_id=ticket_id: answer(tx, ticket_id, agent_id))
        await gone(first)
    async with house.running():
        await until(onlooker, lambda tx: states(tx) == ["sent"] * 5)

    assert sorted(taken(network)) == [f"answer {number}" for number in range(1, 6)]


def answer(tx: Transaction, ticket_id: int, agent_id: int) -> int:
    seen = tickets.find(tx, ticket_id).last_message_id
    by = Actor(ActorKind.AGENT, agent_id)
    how = {"seen_message_id": seen, "key": f"key-{ticket_id}", "by": by, "undo_within": timedelta(0)}
    return replying.reply(tx, ticket_id, f"answer {ticket_id}", **how)


def states(tx: Transaction) -> list[str]:
    return [row[0] for row in tx.connection.exec_driver_sql("SELECT state FROM outbox ORDER BY id")]


async def test_a_killed_desk_starts_again_where_it_was(house: House, network: FakeServer, onlooker: Database) -> None:
    """Killed five times under a stream of duplicates and disorder, it has each message once in the end."""
    account = network.network.accounts["brand"]
    account.faults.duplicates, account.faults.disorder = 1, True
    for round_ in range(5):
        async with house.running() as desk:
            before = len(await onlooker.read(stored))
            talking = asyncio.create_task(say(network, round_ * 40, 40))
            await until(onlooker, lambda tx, before=before: len(stored(tx)) > before)
            await desk.kill()
            await talking
    async with house.running() as last:
        await until(onlooker, lambda tx: len(stored(tx)) >= len(emitted(network)))
        assert await last.stop() == 0

    differences = compare(emitted(network), await onlooker.read(stored))
    assert not (differences.lost or differences.doubled or differences.phantom)


async def test_another_listener_takes_over(
    postgresql_url: str, house: House, network: FakeServer, onlooker: Database
) -> None:
    """Of two listeners one hears; when it is killed the other goes on from its cursor within ten seconds."""
    if not house.database_url.startswith("postgresql"):
        pytest.skip("several processes need PostgreSQL")
    async with house.running("listen") as one, house.running("listen") as two:
        await say(network, 0, 10)
        await until(onlooker, lambda tx: len(stored(tx)) == 10)
        asked = "SELECT holder FROM lease WHERE name LIKE 'ear%%'"
        holder = await onlooker.read(lambda tx: tx.connection.exec_driver_sql(asked).scalar_one())
        await (one if f":{one.process.pid}:" in holder else two).kill()
        began = time.monotonic()
        await say(network, 10, 10)
        await until(onlooker, lambda tx: len(stored(tx)) == 20)
        taken_over_after = time.monotonic() - began

    assert taken_over_after <= 10
    assert not compare(emitted(network), await onlooker.read(stored))


async def test_work_passes_to_another_worker(house: House, network: FakeServer, onlooker: Database) -> None:
    """A worker killed with words in its hand leaves them to another, who asks the network first."""
    if not house.database_url.startswith("postgresql"):
        pytest.skip("several processes need PostgreSQL")
    await say(network, 0, 5)
    async with house.running("listen"), house.running("work", dying_at="after-call") as dying, house.running("work"):
        await until(onlooker, lambda tx: len(stored(tx)) == 5)
        agent_id = await onlooker.write(lambda tx: agents.add(tx, email="a@b.example", name="Ann"))
        for ticket_id in range(1, 6):
            await onlooker.write(lambda tx, ticket_id=ticket_id: answer(tx, ticket_id, agent_id))
        await until(onlooker, lambda tx: states(tx) == ["sent"] * 5 or dying.process.returncode is not None)
        await until(onlooker, lambda tx: states(tx) == ["sent"] * 5)

    assert sorted(taken(network)) == [f"answer {number}" for number in range(1, 6)]


async def test_only_one_process_on_sqlite(house: House) -> None:
    """A second desk on the same folder is refused with a sentence that names the first."""
    if not house.database_url.startswith("sqlite"):
        pytest.skip("the lock is the embedded database's")
    async with house.running() as first:
        with pytest.raises(AssertionError):
            async with house.running():
                pass
        told = (house.folder / "desk.log").read_text(encoding="utf-8")

    assert f"Process {first.process.pid} already runs the desk" in told
