"""A running window: the machine is started, then the web server in front of it; both stop in reverse."""

import asyncio
import gc
import importlib
import importlib.util
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot import bootstrap, errors
from bot.bootstrap import Engine
from bot.desk import signing_in
from bot.settings import Settings, Shape
from inbox import app, reception

# Open streams would hold a stop back for as long as their windows stay; they resume elsewhere by themselves.
SHUTDOWN_SECONDS = 2.0
# The writer's thread gives up the interpreter at each row that it writes, and a busy loop gives it back only after this long.
SWITCH_SECONDS = 0.0005
# New objects before the collector looks for rings among them, and how often it looks at older ones.
COLLECT_AFTER = (20_000, 20, 50)


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that serves. `address` is where browsers find it."""

    engine: Engine
    address: str


@asynccontextmanager
async def serving(settings: Settings, shape: Shape = "all") -> AsyncIterator[Desk]:
    """The desk from its start to its stop. Raises Conflict when the port is taken."""
    async with bootstrap.running(settings, shape) as engine:
        if shape in ("listen", "work"):
            yield Desk(engine, "")
            return
        runner = reception.Runner(app.build(engine), shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            yield Desk(engine, await _listen(runner, settings))
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> str:
    site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
    try:
        await site.start()
    except OSError as error:
        raise errors.Conflict(
            f"Port {settings.port} of {settings.host} cannot be used ({error.strerror})."
            " Give another with --port, or 0 for a free one."
        ) from error
    host, port = runner.addresses[0][:2]
    return settings.public_url or f"http://{host}:{port}"


async def serve(settings: Settings, shape: Shape, began: Callable[[Desk], Awaitable[None]] | None = None) -> None:
    """Serve until SIGTERM or Ctrl+C. `began` is told once, when the desk answers."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    async with serving(settings, shape) as desk:
        await _greet(desk)
        _keep_for_good()
        if began:
            await began(desk)
        await stop.wait()


def _keep_for_good() -> None:
    """What the start has made stays; a collector that looked through all of it again and again would hold everybody up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def _greet(desk: Desk) -> None:
    if not desk.address:
        print(f"Comptoir {desk.engine.shape} runs on {desk.engine.database.dialect}.", flush=True)
        return
    print(f"Comptoir answers at {desk.address}", flush=True)
    token = await desk.engine.database.write(signing_in.offer_set_up)
    if token:
        print(f"Nobody works here yet. Set it up, once, at {desk.address}/setup?token={token}", flush=True)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop's loop where the `fast` extra is installed; plain asyncio does the same, a little slower."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    return factory


def run(settings: Settings, shape: Shape, began: Callable[[Desk], Awaitable[None]] | None = None) -> int:
    """`serve` in an event loop of its own; the exit code."""
    if shape != "all" and not settings.database_url:
        raise errors.Invalid("Several processes need PostgreSQL: set COMPTOIR_DATABASE_URL.", field="database_url")
    in_a_loop(serve(settings, shape, began))
    return 0


def in_a_loop(serving_desk: Coroutine[Any, Any, None]) -> None:
    """Run it in an event loop of its own, until it ends."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serving_desk)
