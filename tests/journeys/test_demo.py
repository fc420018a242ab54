"""The demo: a bank's day that anybody can open, that goes on by itself, and that leaves nothing behind."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.desk import replying
from bot.model.event import Actor, ActorKind
from bot.store import agents, tickets
from bot.store.database import Database
from bot.store.transaction import Transaction
from inbox.__main__ import main
from tests.journeys.processes import PATIENCE, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@dataclass(slots=True)
class Demo:
    """What the demo has printed."""

    address: str
    password: str
    emails: list[str]


@asynccontextmanager
async def shown(folder: Path, *more: str) -> AsyncIterator[Demo]:
    """`comptoir demo` in a process of its own, until it is stopped as by Ctrl+C."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPTOIR_")}
    with (folder / "demo.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "inbox", "demo", "--port", "0", "--data-dir", str(folder), *more,
            env=kept, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    try:
        yield await asyncio.wait_for(_printed(process), PATIENCE)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _printed(process: asyncio.subprocess.Process) -> Demo:
    assert process.stdout is not None
    text = ""
    while "Ctrl+C" not in text:
        line = await process.stdout.readline()
        assert line, "the demo ended before it had begun; see demo.log"
        text += line.decode()
    address, password = re.search(r"https?://\S+", text), re.search(r"password +(\S+)", text)
    assert address
    assert password
    return Demo(address.group(), password.group(1), re.findall(r"\S+@\S+", text))


@asynccontextmanager
async def onlooking(folder: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{folder / 'demo' / 'comptoir.db'}")
    await database.open()
    yield database
    await database.close()


def browsing() -> aiohttp.ClientSession:
    """Something that asks for pages, and keeps cookies of an address without a name."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept": "text/html"})


async def test_anybody_can_look_at_it(tmp_path: Path) -> None:
    """With the address and the password that it prints, each agent signs in, and every page says that all is invented."""
    async with shown(tmp_path) as demo, browsing() as browser:
        async with browser.get(demo.address) as entrance:
            assert "demo-bar" in await entrance.text()
        assert len(demo.emails) == 4
        for email in demo.emails:
            browser.cookie_jar.clear()
            given = {"email": email, "password": demo.password, "next": "/views/all"}
            async with browser.post(f"{demo.address}/sign-in", data=given, headers={"Origin": demo.address}) as answer:
                page = await answer.text()
                assert answer.url.path == "/views/all"
            assert 'class="demo-bar"' in page
            assert 'class="row' in page


async def test_the_day_goes_on(tmp_path: Path) -> None:
    """Customers keep coming by themselves, and one who is answered says the next thing."""
    async with shown(tmp_path, "--speed", "60", "--seed", "4"), onlooking(tmp_path) as database:
        await until(database, lambda tx: len(newcomers(tx)) >= 4)
        answered = (await database.read(newcomers))[:4]
        await database.write(lambda tx: [answer(tx, ticket_id) for ticket_id in answered])
        await until(database, lambda tx: any(has_gone_on(tx, ticket_id) for ticket_id in answered))
        many = len(await database.read(newcomers))
        await until(database, lambda tx: len(newcomers(tx)) > many)


def newcomers(tx: Transaction) -> list[int]:
    """The tickets of those who came after the start, in the order in which they came."""
    asked = (
        "SELECT ticket.id FROM ticket JOIN conversation ON conversation.id = conversation_id"
        " WHERE external_id LIKE 'day-%' ORDER BY ticket.id"
    )
    return list(tx.connection.exec_driver_sql(asked).scalars())


def answer(tx: Transaction, ticket_id: int) -> int:
    by = Actor(ActorKind.AGENT, next(one.id for one in agents.all(tx) if one.role == "admin"))
    seen = tickets.find(tx, ticket_id).last_message_id
    return replying.reply(
        tx,
        ticket_id,
        "Bonjour, nous regardons.",
        seen_message_id=seen,
        key=f"k{ticket_id}",
        by=by,
        undo_within=replying.UNDO * 0,
    )


def has_gone_on(tx: Transaction, ticket_id: int) -> bool:
    """Whether the contact has spoken after our answer left."""
    asked = "SELECT direction FROM message WHERE ticket_id = ? ORDER BY sent_at, id"
    said = list(tx.connection.exec_driver_sql(asked, (ticket_id,)).scalars())
    return "out" in said and said[-1] == "in"


async def test_the_same_seed_is_the_same_past(tmp_path: Path) -> None:
    """Two demos of one seed open with the same conversations; another seed opens with others."""
    opened = []
    for seed in ("5", "5", "6"):
        async with shown(tmp_path, "--seed", seed, "--speed", "0.001"), onlooking(tmp_path) as database:
            opened.append(await database.read(past))

    assert opened[0] == opened[1]
    assert opened[0] != opened[2]


def past(tx: Transaction) -> list[tuple[str, str]]:
    asked = "SELECT external_id, text FROM message WHERE external_id LIKE 'past-%' ORDER BY external_id"
    return [(row[0], row[1]) for row in tx.connection.exec_driver_sql(asked)]


def test_remove_takes_its_own_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--remove` deletes the folder that a demo has marked; what lies beside it stays, and so does a folder without the mark."""
    monkeypatch.chdir(tmp_path)
    own, beside = tmp_path / "demo", tmp_path / "comptoir.db"
    own.mkdir()
    (own / "comptoir.db").touch()
    beside.touch()
    remove = ["demo", "--remove", "--data-dir", str(tmp_path)]

    assert main(remove) != 0
    assert "is no demo" in capsys.readouterr().err
    assert own.is_dir()

    (own / "DEMO").touch()
    assert main(remove) == 0
    assert not own.exists()
    assert beside.exists()
