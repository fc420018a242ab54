"""What every network that a test plays on loopback has: a port of its own, which it keeps when it stops and starts again."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web

from bot.connectors.base import Connector


class Server(ABC):
    """A network's HTTP. Whoever comes back after `stop` finds it at the same address."""

    def __init__(self) -> None:
        self.port = 0
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What it answers, and how."""

    async def start(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


S = TypeVar("S", bound=Server)


@asynccontextmanager
async def started(server: S) -> AsyncIterator[S]:
    """It answers, for as long as the test lasts."""
    await server.start()
    yield server
    await server.stop()


@asynccontextmanager
async def lines(connect: Callable[..., Connector]) -> AsyncIterator[Callable[..., Awaitable[Connector]]]:
    """Opens connectors as `connect` makes them, with what it is told, and closes them when the test ends."""
    async with AsyncExitStack() as opened_lines:

        async def opened(*told: Any, **options: Any) -> Connector:
            connector = connect(*told, **options)
            opened_lines.push_async_callback(connector.close)
            await connector.open()
            return connector

        yield opened
