"""`comptoir quarantine`: seen from the command line, and tried again by the one way that the window has too."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from bot import wire
from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.server import FakeServer
from bot.store import channels, intake, quarantines, queue
from bot.store.database import ask_once, run_once
from tests import world
from tests.inbox.commands.conftest import Answer, Comptoir
from tests.world import Bank

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UPDATE = {
    "number": 1,
    "kind": "said",
    "post": {"id": "p1", "thread": "chat-ada", "author": {"id": "ada"}, "at": AT.isoformat(), "text": "Enfin lu."},
}
OURS = wire.InboundMessage("m1", "c1", wire.Person("lea", "Léa"), AT, "Bonjour.")


def set_aside(database_url: str, channel_id: int, raw: bytes, *, is_wire: bool) -> int:
    return run_once(
        database_url, lambda tx: intake.set_aside(tx, channel_id, raw, "Could not be read.", is_wire=is_wire)
    )


def waiting(database_url: str) -> int:
    return ask_once(database_url, quarantines.count)


def on_a_network(work: Callable[[str], Awaitable[Answer]]) -> Answer:
    """Run with a fake network that answers; `work` is given its address."""

    async def run() -> Answer:
        network = FakeNetwork()
        network.account("branch")
        server = FakeServer(network)
        await server.start()
        try:
            return await work(server.url)
        finally:
            await server.stop()

    return asyncio.run(run())


def test_list_and_show(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """What is set aside is listed with its channel and reason, and shown as it came, without steering the terminal."""
    number = set_aside(database_url, bank.telegram, b'{"text": "\x1b[2J hello"}', is_wire=False)
    listed, shown = comptoir("quarantine", "list"), comptoir("quarantine", "show", str(number))

    assert listed.code == shown.code == 0
    assert "telegram-nord: Could not be read." in listed.out
    assert "1 set aside." in listed.out
    assert r"\x1b[2J hello" in shown.out
    assert "\x1b" not in shown.out


def test_nothing(comptoir: Comptoir) -> None:
    """An empty quarantine says so; a number that is none is told."""
    assert comptoir("quarantine", "list").out == "Nothing is set aside.\n"
    assert comptoir("quarantine", "retry", "--all").code == 0
    assert comptoir("quarantine", "show", "7").code == 1
    assert comptoir("quarantine", "retry").code == 2


def test_retry_of_our_own_format(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """A message of our own format is taken in, once; it leaves the quarantine."""
    number = set_aside(database_url, bank.telegram, msgspec.json.encode(OURS), is_wire=True)
    first, second = comptoir("quarantine", "retry", str(number)), comptoir("quarantine", "retry", str(number))

    assert (first.code, second.code) == (0, 0)
    assert "1 new" in first.out
    assert "taken in already" in second.out
    assert waiting(database_url) == 0
    assert run_once(database_url, lambda tx: world.ticket_of(tx, bank.telegram, "c1")) > 0


def test_retry_of_a_network_s_payload(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """What the network sent is translated by its connector and taken in; what it still cannot read stays, with the reason."""
    good = set_aside(database_url, bank.x, json.dumps(UPDATE).encode(), is_wire=False)
    bad = set_aside(database_url, bank.x, b'{"number": 2}', is_wire=False)

    async def retry(url: str) -> Answer:
        run_once(
            database_url,
            lambda tx: channels.change(tx, bank.x, network="fake", base_url=url, options={"account": "branch"}),
        )
        return await asyncio.to_thread(comptoir, "quarantine", "retry", "--all")

    said = on_a_network(retry)
    kept = ask_once(database_url, lambda tx: quarantines.find(tx, bad))

    assert said.code == 1
    assert "1 of 2 taken in." in said.out
    assert ask_once(database_url, lambda tx: quarantines.find(tx, good)).released_at is not None
    assert (kept.released_at, kept.attempts) == (None, 2)
    assert "still not readable" in kept.reason


def test_retry_without_its_network(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """When the channel cannot be opened, it says why, and what is set aside stays as it was."""
    number = set_aside(database_url, bank.x, json.dumps(UPDATE).encode(), is_wire=False)
    said = comptoir("quarantine", "retry", "--all")
    kept = ask_once(database_url, lambda tx: quarantines.find(tx, number))

    assert said.code == 1
    assert "lacks the setting client_id" in said.out
    assert (kept.released_at, kept.attempts, kept.reason) == (None, 1, "Could not be read.")


def test_work_that_was_given_up(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """It is listed with what was to follow and why it failed, `check` names the command, and all of it is tried again."""
    run_once(database_url, world.give_up)
    listed, checked = comptoir("quarantine", "list"), comptoir("check")
    assert "route of ticket 7, tried 8 times: The database refused it" in listed.out
    assert "comptoir quarantine retry-work --all" in checked.out

    again = comptoir("quarantine", "retry-work", "--all")
    assert (again.code, again.out) == (0, "1 will be tried again.\n")
    assert ask_once(database_url, queue.depth) == (1, 0)
    assert comptoir("quarantine", "retry-work", "--all").out == "No work was given up.\n"
    assert comptoir("quarantine", "retry-work", "5").code == 1
