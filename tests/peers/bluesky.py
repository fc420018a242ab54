"""Starts Bluesky's own reference servers (npm's @atproto/dev-env), and plays their people by the SDK (atproto).

They are installed by the lock file beside `server.js` where `installing` keeps peers. One part is compiled, which takes a minute
or more, once. They need a PostgreSQL, which is given, and a Redis of their own. Where any of it is missing, `NoPeer` says so.
"""

import asyncio
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import IO, Any

from atproto import AsyncClient, models  # type: ignore[import-untyped]
from atproto.exceptions import AtProtocolError  # type: ignore[import-untyped]

from tests.peers.installing import FILES, NoPeer, caches, free_port, program

HOME = pathlib.Path(__file__).parent / "bluesky"
_PASSWORD = "correct-horse"
_STARTING = 120
_INSTALLING = 600
_PATIENCE = 60


@contextmanager
def running(database_url: str) -> Iterator[str]:
    """The address of a fresh network of one server; all of it is stopped afterwards by its own pids. Raises NoPeer."""
    modules, node, redis = installed(), program("node"), program("redis-server")
    with tempfile.TemporaryDirectory(prefix="comptoir-bluesky-") as folder, _redis(redis, folder) as redis_host:
        told = {"NODE_PATH": str(modules), "DB_POSTGRES_URL": database_url, "REDIS_HOST": redis_host}
        quiet = {"NODE_ENV": "test", "LOG_ENABLED": "false", "NODE_NO_WARNINGS": "1"}
        with subprocess.Popen(
            [node, str(HOME / "server.js"), str(free_port())],
            env=os.environ | told | quiet,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as server:
            try:
                yield _address(server)
            finally:
                _end(server)


@asynccontextmanager
async def person(url: str, name: str) -> AsyncIterator[AsyncClient]:
    """A new account of this name, signed in by the SDK, once everybody can see it."""
    client = AsyncClient(url)
    handle = f"{name}.test"
    new = models.ComAtprotoServerCreateAccount.Data(handle=handle, email=f"{name}@mail.test", password=_PASSWORD)
    try:
        await client.com.atproto.server.create_account(new)
        async with asyncio.timeout(_PATIENCE):
            while client.me is None:
                try:
                    await client.login(handle, _PASSWORD)
                except AtProtocolError:  # the public view hears of an account a moment after it was made
                    await asyncio.sleep(0.1)
        yield client
    finally:
        await client.request.close()


async def until(look: Callable[[], Awaitable[Any]], is_so: Callable[[Any], object] = bool) -> Any:
    """What a look shows, once it is so: the public view hears of everything a moment later."""
    async with asyncio.timeout(_PATIENCE):
        while not is_so(found := await look()):
            await asyncio.sleep(0.05)
    return found


async def app_password(client: AsyncClient) -> str:
    """What a desk is given to act for this account."""
    asked = models.ComAtprotoServerCreateAppPassword.Data(name="desk", privileged=True)
    return str((await client.com.atproto.server.create_app_password(asked)).password)


@contextmanager
def _redis(server_program: str, folder: str) -> Iterator[str]:
    """A Redis that keeps nothing; whoever needs it waits until it answers."""
    port = str(free_port())
    command = [server_program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def _address(server: "subprocess.Popen[bytes]") -> str:
    """What it prints when it is ready. From then on what it says is read and dropped, so that it never waits for a reader."""
    assert server.stdout
    hurry = threading.Timer(_STARTING, server.kill)
    hurry.start()
    said: list[bytes] = []
    try:
        for line in server.stdout:
            said.append(line)
            if line.startswith(b"ready "):
                threading.Thread(target=_drain, args=(server.stdout,), daemon=True).start()
                return line.split()[1].decode()
    finally:
        hurry.cancel()
    raise RuntimeError(f"Bluesky's servers did not start: {b''.join(said)[-2000:].decode()}")


def _drain(output: IO[bytes]) -> None:
    while output.read(65_536):
        pass


def _end(server: "subprocess.Popen[bytes]") -> None:
    """By closing its input; what does not end within a while is killed."""
    assert server.stdin
    server.stdin.close()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()


def installed() -> pathlib.Path:
    """The folder of modules that the lock file names, installed once for each lock file and each Node. Raises NoPeer."""
    kept = caches()
    kept.mkdir(parents=True, exist_ok=True)
    named = (HOME / "package-lock.json").read_bytes() + _said(program("node"), "--version")
    place = kept / f"bluesky-{hashlib.sha256(named).hexdigest()[:16]}"
    # Another run may be installing the same; it is waited for, since both would take minutes.
    with (kept / "bluesky.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            fresh = pathlib.Path(tempfile.mkdtemp(dir=kept))
            try:
                _install(fresh)
                fresh.rename(place)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return place / "node_modules"


def _install(folder: pathlib.Path) -> None:
    """All as the lock file says, without running anything of it; then the one part that must be compiled."""
    for file in FILES:
        shutil.copy(HOME / file, folder)
    for command in (["ci", "--ignore-scripts"], ["rebuild", "better-sqlite3"]):
        _npm(folder, *command)
    if not (folder / "node_modules/better-sqlite3/build/Release/better_sqlite3.node").is_file():
        raise NoPeer("npm did not compile better-sqlite3")


def _npm(folder: pathlib.Path, *command: str) -> None:
    try:
        subprocess.run(
            [program("npm"), *command],
            cwd=folder,
            env=os.environ | _headers(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_INSTALLING,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NoPeer(f"npm {command[0]} did not end within {_INSTALLING} s") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"npm {command[0]} failed: {error.stderr.decode()[-500:]}") from error


def _headers() -> dict[str, str]:
    """Where Node's own headers lie, if they came with it: otherwise npm would fetch them."""
    home = pathlib.Path(program("node")).resolve().parents[1]
    return {"npm_config_nodedir": str(home)} if (home / "include/node/node_api.h").is_file() else {}


def _said(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, timeout=30, check=True).stdout
