"""Starts a Telegram Bot API that nobody here wrote (npm's telegram-test-api), and plays its people.

It is installed by the lock file beside `server.js` into a cache: COMPTOIR_PEER_HOME, or the folder that is given. Where
node, npm or the package cannot be had, `NoPeer` says why, and the test is skipped with that notice.
"""

import asyncio
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

HOME = pathlib.Path(__file__).parent / "telegram"
TOKEN = "666:emulated-bot"
BOT = "Banque_bot"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
_STARTING = 30


class NoPeer(Exception):
    """The emulator cannot be had on this machine."""


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
async def running(cache: pathlib.Path) -> AsyncIterator[Emulator]:
    """An emulator on a free port, stopped afterwards by its own pid. Raises NoPeer."""
    modules = await asyncio.to_thread(installed, pathlib.Path(os.environ.get("COMPTOIR_PEER_HOME") or cache))
    port = _free_port()
    server = await asyncio.create_subprocess_exec(
        _program("node"),
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


def installed(cache: pathlib.Path) -> pathlib.Path:
    """The folder of modules that the lock file names, installed once for each lock file. Raises NoPeer."""
    name = hashlib.sha256((HOME / "package-lock.json").read_bytes()).hexdigest()[:16]
    place = cache / f"telegram-{name}"
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = pathlib.Path(tempfile.mkdtemp(dir=cache))
        try:
            _install(fresh)
            # At once or not at all: another worker may be doing the same.
            fresh.rename(place)
        except OSError:
            if not place.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return place / "node_modules"


def _install(folder: pathlib.Path) -> None:
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HOME / file, folder)
    command = [_program("npm"), "ci", "--ignore-scripts"]
    try:
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=True)
    except subprocess.TimeoutExpired as error:
        raise NoPeer("npm did not finish installing the emulator") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"npm cannot install the emulator: {error.stderr.decode()[-500:]}") from error


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise NoPeer(f"there is no {name} on this machine")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mention(text: str, name: str = f"@{BOT}") -> dict[str, Any]:
    """The entity of the bot's name in `text`, counted as Telegram counts."""
    before = text.partition(name)[0]
    return {"type": "mention", "offset": len(before.encode("utf-16-le")) // 2, "length": len(name)}


def answered(written: dict[str, Any]) -> int | None:
    """The number of the message that the bot's message answers."""
    told = written.get("reply_parameters")
    return json.loads(told)["message_id"] if isinstance(told, str) else None
