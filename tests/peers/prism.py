"""Starts Prism (npm's @stoplight/prism-cli), which serves a network's own published API description and refuses what it forbids.

Prism is installed by the lock file beside this module into a cache: COMPTOIR_TEST_PEERS, or the folder of the user's caches.
The descriptions are not ours to pass on: they are looked for in COMPTOIR_TEST_SPECS, or beside the project. Where node, npm, the
package or the description cannot be had, `NoPeer` says why, and the test is skipped with that notice.
"""

import asyncio
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HOME = pathlib.Path(__file__).parent / "prism"
VERSION = "5.16.0"
_BESIDE = pathlib.Path(__file__).parents[2].parent / "shared" / "specs"
_STARTING = 90


class NoPeer(Exception):
    """Prism cannot be had on this machine."""


def description(name: str) -> pathlib.Path:
    """The published description of this file name. Raises NoPeer."""
    path = pathlib.Path(os.environ.get("COMPTOIR_TEST_SPECS") or _BESIDE) / name
    if not path.is_file():
        raise NoPeer(f"{name} is not on this machine: COMPTOIR_TEST_SPECS names the folder that has it")
    return path


@asynccontextmanager
async def running(spec: pathlib.Path) -> AsyncIterator[str]:
    """The address of a Prism that keeps to `spec`; stopped afterwards by its own pid. Raises NoPeer."""
    program = await asyncio.to_thread(installed)
    port = _free_port()
    server = await asyncio.create_subprocess_exec(
        _program("node"), str(program), "mock", "--errors", "-h", "127.0.0.1", "-p", str(port), str(spec),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    reading = asyncio.create_task(_listening(server))
    try:
        async with asyncio.timeout(_STARTING):
            await reading
        draining = asyncio.create_task(_drained(server))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            await draining
    finally:
        if server.returncode is None and not reading.done():
            server.terminate()
        await server.wait()


async def _listening(server: asyncio.subprocess.Process) -> None:
    assert server.stdout
    said = []
    while line := await server.stdout.readline():
        said.append(line)
        if b"Prism is listening" in line:
            return
    raise RuntimeError(f"Prism did not start: {b''.join(said)[-1000:].decode()}")


async def _drained(server: asyncio.subprocess.Process) -> None:
    """Read what it says, so that it never waits for a reader."""
    assert server.stdout
    while await server.stdout.read(65_536):
        pass


def installed() -> pathlib.Path:
    """Prism's program, installed once for each version. Raises NoPeer."""
    caches = os.environ.get("COMPTOIR_TEST_PEERS") or pathlib.Path.home() / ".cache" / "comptoir-peers"
    place = pathlib.Path(caches) / f"prism-{VERSION}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = pathlib.Path(tempfile.mkdtemp(dir=place.parent))
        try:
            _install(fresh)
            # At once or not at all: another worker may be doing the same.
            fresh.rename(place)
        except OSError:
            if not place.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return place / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"


def _install(folder: pathlib.Path) -> None:
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HOME / file, folder)
    command = [_program("npm"), "ci", "--ignore-scripts"]
    try:
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=True)
    except subprocess.TimeoutExpired as error:
        raise NoPeer("npm did not finish installing Prism") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"npm cannot install Prism: {error.stderr.decode()[-500:]}") from error


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise NoPeer(f"there is no {name} on this machine")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
