"""Starts a Telegram Bot API that nobody here wrote (npm's telegram-test-api), and plays its people.

Had as `installing` says.
"""

import asyncio
import json
import os
import pathlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.peers import installing

HOME = pathlib.Path(__file__).parent / "telegram"
TOKEN = "666:emulated-bot"
BOT = "Banque_bot"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
_STARTING = 30


@dataclass
class Emulator:
    """A running emulator, with one bot in it, whose token is TOKEN."""

    url: str
    _session: aiohttp.ClientSession = field(repr=False)

    async def say(self, text: str, chat: dict[str, Any] | None = None, **more: Any) -> None:
        """Ann writes `text`, in private or in `chat`."""
        message = {"botToken": TOKEN, "date": int(time.time()), "from": ANN, "chat": chat or PRIVATE, "text": text}
        async with self._session.post(f"{self.url}/sendMessage", json=message | more) as answer:
            answer.raise_for_status()

    async def written(self, count: int) -> list[dict[str, Any]]:
        """What the bot has written, once it is so many messages."""
        return list(await self._get(f"/written/{count}"))

    async def delivered(self, count: int) -> list[int]:
        """With what our door answered the webhook's calls, once they are so many."""
        return list(await self._get(f"/delivered/{count}"))

    async def _get(self, path: str) -> Any:
        async with asyncio.timeout(30), self._session.get(f"{self.url}{path}") as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def running() -> AsyncIterator[Emulator]:
    """An emulator on a free port, stopped afterwards by its own pid. Raises NoPeer."""
    modules = await asyncio.to_thread(_modules)
    port = installing.free_port()
    server = await asyncio.create_subprocess_exec(
        installing.program("node"),
        str(HOME / "server.js"),
        str(port),
        env=os.environ | {"NODE_PATH": str(modules)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await _listening(server)
        async with aiohttp.ClientSession() as session:
            yield Emulator(f"http://127.0.0.1:{port}", session)
    finally:
        await _stop(server)


async def _listening(server: asyncio.subprocess.Process) -> None:
    assert server.stdout
    async with asyncio.timeout(_STARTING):
        line = await server.stdout.readline()
    if not line.startswith(b"listening"):
        rest = await server.stdout.read()
        raise RuntimeError(f"the emulator did not start: {(line + rest).decode()}")


async def _stop(server: asyncio.subprocess.Process) -> None:
    if server.returncode is None:
        server.terminate()
    # Reads to the end as well, so that the pipe is closed with the process.
    await server.communicate()


def _modules() -> pathlib.Path:
    return installing.installed(HOME) / "node_modules"


def mention(text: str, name: str = f"@{BOT}") -> dict[str, Any]:
    """The entity of the bot's name in `text`, counted as Telegram counts."""
    before = text.partition(name)[0]
    return {"type": "mention", "offset": len(before.encode("utf-16-le")) // 2, "length": len(name)}


def answered(written: dict[str, Any]) -> int | None:
    """The number of the message that the bot's message answers."""
    told = written.get("reply_parameters")
    return json.loads(told)["message_id"] if isinstance(told, str) else None
