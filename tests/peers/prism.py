"""Starts Prism (npm's @stoplight/prism-cli), which serves a network's own published API description and refuses what it forbids.

The descriptions are not ours to pass on: they are looked for in COMPTOIR_TEST_SPECS, or beside the project. Where one is missing,
`NoPeer` says so, as it does for Prism itself (`installing`).
"""

import asyncio
import os
import pathlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.peers import installing

HOME = pathlib.Path(__file__).parent / "prism"
_BESIDE = pathlib.Path(__file__).parents[2].parent / "shared" / "specs"
_STARTING = 90


def description(name: str) -> pathlib.Path:
    """The published description of this file name. Raises NoPeer."""
    path = pathlib.Path(os.environ.get("COMPTOIR_TEST_SPECS") or _BESIDE) / name
    if not path.is_file():
        raise installing.NoPeer(f"{name} is not on this machine: COMPTOIR_TEST_SPECS names the folder that has it")
    return path


@asynccontextmanager
async def running(spec: pathlib.Path) -> AsyncIterator[str]:
    """The address of a Prism that keeps to `spec`; stopped afterwards by its own pid. Raises NoPeer."""
    program = await asyncio.to_thread(_installed)
    port = installing.free_port()
    server = await asyncio.create_subprocess_exec(
        installing.program("node"), str(program), "mock", "--errors", "-h", "127.0.0.1", "-p", str(port), str(spec),
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


def _installed() -> pathlib.Path:
    return installing.installed(HOME) / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
