"""Connections before they are requests. The web server waits for a request's head without end: here it has its time, and no more.

Whoever says nothing, or says it a byte at a time, is cut off; when too many are at it, whoever began first goes first.
What cannot be read as a request at all is answered here too, and told neither what we are made of nor what it said.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestHandler

from inbox import headers

HEAD_SECONDS = 20.0
MOST_UNFINISHED = 2_000
# Longer than reverse proxies keep a connection that nothing comes by, so that none sends into one that we are closing.
KEPT_SECONDS = 150.0


class Heads:
    """Connections whose next request has begun and is not all there, in the order in which they began. One timer serves all."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._since: dict[Connection, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, connection: "Connection") -> None:
        loop = asyncio.get_running_loop()
        self._since.setdefault(connection, loop.time())
        if len(self._since) > self._most:
            self._cut(next(iter(self._since)))
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def end(self, connection: "Connection") -> None:
        self._since.pop(connection, None)

    def is_waiting(self, connection: "Connection") -> bool:
        return connection in self._since

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        while self._since:
            connection, since = next(iter(self._since.items()))
            if since + self._seconds > loop.time():
                self._timer = loop.call_at(since + self._seconds, self._look)
                return
            self._cut(connection)

    def _cut(self, connection: "Connection") -> None:
        del self._since[connection]
        connection.force_close()


class Connection(RequestHandler):
    """The web server's own protocol, with a time by which a request's head must be there."""

    __slots__ = ("_heads",)

    def __init__(self, manager: web.Server, heads: Heads, **how: Any) -> None:
        super().__init__(manager, **how)
        self._heads = heads

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._heads.begin(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._heads.end(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._messages:
            self._heads.end(self)
        elif self._waiter is not None and not self._heads.is_waiting(
            self
        ):  # nothing is being answered: a new head begins
            self._heads.begin(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        super().handle_error(request, status, exc, message)
        return _Bare(status=status, text=f"{status} {HTTPStatus(status).phrase}\n", headers=headers.ALWAYS)


class Runner(web.AppRunner):
    """Runs an application behind connections like these."""

    __slots__ = ("_heads",)

    def __init__(
        self,
        app: web.Application,
        *,
        head_seconds: float = HEAD_SECONDS,
        most_unfinished: int = MOST_UNFINISHED,
        **how: Any,
    ) -> None:
        # Nothing is unpacked: of three kilobytes two gigabytes may become, and nobody else is served meanwhile.
        super().__init__(app, access_log=None, keepalive_timeout=KEPT_SECONDS, auto_decompress=False, **how)
        self._heads = Heads(head_seconds, most_unfinished)

    async def _make_server(self) -> web.Server:
        return _Server(await super()._make_server(), self._heads)

    async def _cleanup_server(self) -> None:
        self._heads.close()
        await super()._cleanup_server()


class _Server(web.Server):
    """The application's server, whose connections are ours."""

    def __init__(self, made: web.Server, heads: Heads) -> None:
        super().__init__(made.request_handler, request_factory=made.request_factory, loop=made._loop, **made._kwargs)  # noqa: SLF001  aiohttp makes it, and no other way leads to its protocol
        self._heads = heads

    def __call__(self) -> Connection:
        return Connection(self, self._heads, loop=self._loop, **self._kwargs)


class _Bare(web.Response):
    """An answer outside every application, to which `on_response_prepare` is not told."""

    async def _prepare_headers(self) -> None:
        self.force_close()
        await super()._prepare_headers()
        del self.headers[hdrs.SERVER]
