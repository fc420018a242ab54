"""Starts a Mastodon that nobody here wrote (PyPI's mastodon_mock), and plays its people.

It is installed by the lock file `mastodon/requirements.txt` where `installing` keeps peers; `NoPeer` says why it cannot be had.
"""

import asyncio
import fcntl
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp

from tests.peers.installing import NoPeer, caches, free_port

HOME = pathlib.Path(__file__).parent / "mastodon"
BRAND, ANN, BOB = "brand_token", "ann_token", "bob_token"
PATIENCE = 40.0
_INSTALLING = 300


@dataclass
class Mock:
    """A running instance, on which are the brand, Ann and Bob."""

    url: str
    _session: aiohttp.ClientSession = field(repr=False)

    async def ask(self, token: str, method: str, path: str, **body: Any) -> Any:
        """What the instance answers to whom the token is of."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.url}/api/v1/{path}"
        async with self._session.request(method, url, headers=headers, json=body or None) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def say(self, text: str, token: str = ANN, **more: Any) -> str:
        """Somebody writes to the brand; the post's id."""
        return str((await self.ask(token, "POST", "statuses", status=f"@brand {text}", **more))["id"])

    async def edit(self, status_id: str, text: str, token: str = ANN) -> None:
        await self.ask(token, "PUT", f"statuses/{status_id}", status=f"@brand {text}")

    async def delete(self, status_id: str, token: str = ANN) -> None:
        await self.ask(token, "DELETE", f"statuses/{status_id}")

    async def follow(self, other: str) -> None:
        """The brand follows somebody, and so is told of their changes."""
        account = await self.ask(BRAND, "GET", f"accounts/lookup?acct={other}")
        await self.ask(BRAND, "POST", f"accounts/{account['id']}/follow")

    async def fault(self, path: str, **effect: Any) -> None:
        """The next request there goes wrong."""
        await self.ask(BRAND, "POST", "_mock/faults", match={"path": f"/api/v1/{path}"}, effect=effect, count=1)

    async def said(self, is_so: Callable[[list[Any]], object]) -> list[Any]:
        """What the brand has said, the oldest first, once it is so."""
        brand = await self.ask(BRAND, "GET", "accounts/verify_credentials")
        path = f"accounts/{brand['id']}/statuses"
        return list(await self.asked(BRAND, path, lambda posts: is_so(posts[::-1])))[::-1]

    async def asked(self, token: str, path: str, is_so: Callable[[Any], object]) -> Any:
        """What is to be read there, once it is so."""
        async with asyncio.timeout(PATIENCE):
            while not is_so(found := await self.ask(token, "GET", path)):
                await asyncio.sleep(0.1)
        return found


def words(post: dict[str, Any]) -> str:
    """The words of a post that the mock has set into one paragraph."""
    return unescape(post["content"].removeprefix("<p>").removesuffix("</p>"))


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh instance on a free port, stopped afterwards by its own pid. Raises NoPeer."""
    library, port = installed(), free_port()
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--config", str(HOME / "mock.toml")]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
        env=os.environ | {"PYTHONPATH": str(library), "PYTHONWARNINGS": "ignore"},
        cwd=library,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(server)


@asynccontextmanager
async def played(url: str) -> AsyncIterator[Mock]:
    """The people of the instance there, on which nothing has been said yet."""
    async with aiohttp.ClientSession() as session:
        mock = Mock(url, session)
        await mock.ask(BRAND, "POST", "_mock/reset")
        yield mock


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Until it takes connections."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the mock did not answer; it has ended with {server.poll()}")


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()


def installed() -> pathlib.Path:
    """The folder of packages that the lock file names, installed once for each lock file and each Python. Raises NoPeer."""
    kept = caches()
    kept.mkdir(parents=True, exist_ok=True)
    named = (HOME / "requirements.txt").read_bytes() + sys.version.encode()
    place = kept / f"mastodon-{hashlib.sha256(named).hexdigest()[:16]}"
    # Another run may be installing the same; it is waited for.
    with (kept / "mastodon.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            fresh = pathlib.Path(tempfile.mkdtemp(dir=kept))
            try:
                _install(fresh)
                fresh.rename(place)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return place


def _install(folder: pathlib.Path) -> None:
    chosen = ["--no-deps", "--require-hashes", "--quiet", "--target", str(folder), "-r", str(HOME / "requirements.txt")]
    try:
        subprocess.run(
            [*_installer(), *chosen], stdin=subprocess.DEVNULL, capture_output=True, timeout=_INSTALLING, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise NoPeer("the mock was not installed in time") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"the mock cannot be installed: {error.stderr.decode()[-500:]}") from error


def _installer() -> list[str]:
    """pip, or uv where Python has no pip of its own."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    beside = pathlib.Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise NoPeer("there is neither pip nor uv on this machine")
    return [uv, "pip", "install", "--python", sys.executable]
