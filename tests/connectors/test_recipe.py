"""The README's recipe for a new network is followed to the letter, and what comes out works."""

import asyncio
import pathlib
import re
from collections.abc import AsyncIterator
from importlib import resources

import pytest
from aiohttp import web

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector

_BLOCK = re.compile(r"^`(notices/[\w.]+)`\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
NOTE = {"number": 7, "board": "main", "by": "ada", "at": "2026-03-02T09:00:00Z", "words": "Who found my card?"}


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that holds the README's network, file by file."""
    package = tmp_path / "notices_home"
    (package / "notices").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    readme = resources.files("bot.connectors").joinpath("README.md").read_text("utf-8")
    for name, text in _BLOCK.findall(readme):
        (package / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "notices_home"


@pytest.fixture
async def board(home: str, unused_tcp_port: int) -> AsyncIterator[tuple[Connector, list[str]]]:
    """The connector that the recipe made, open on a board that has one note; and what the board was told."""
    told: list[str] = []

    async def read(request: web.Request) -> web.Response:
        return web.json_response([NOTE] if request.query.get("after", "0") == "0" else [])

    async def write(request: web.Request) -> web.Response:
        told.append(await request.text())
        return web.Response(text=str(len(told)), status=403 if told[-1] == "forbidden" else 201)

    app = web.Application()
    app.add_routes([web.get("/main", read), web.post("/main", write)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    account = Account("wall", "notices", f"http://127.0.0.1:{unused_tcp_port}", {}, is_private_network_allowed=True)
    connector = registry.connect(account, clock.now, home)
    await connector.open()
    yield connector, told
    await connector.close()
    await runner.cleanup()


def test_manifest(home: str) -> None:
    """The new folder is a network, without any other file having been touched."""
    networks = registry.networks(home)

    assert list(networks) == ["notices"]
    assert networks["notices"].title == "Notice board"


async def test_works(board: tuple[Connector, list[str]]) -> None:
    """The new network is heard, is spoken to, refuses by our errors, and tells how it is."""
    connector, told = board
    async with asyncio.timeout(20):
        batch = await anext(connector.receive(None))
    receipt = await connector.send(wire.OutboundMessage("k", "main", "I did.", is_public=True))
    with pytest.raises(errors.Refused):
        await connector.send(wire.OutboundMessage("k", "main", "forbidden", is_public=True))
    health = await connector.probe()

    assert [(message.external_id, message.text) for message in batch.messages] == [("7", "Who found my card?")]
    assert batch.cursor == "7"
    assert told == ["I did.", "forbidden"]
    assert receipt == wire.Receipt("1")
    assert health.state is wire.Health.CONNECTED
