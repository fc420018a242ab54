"""HTTP/1.1 with as little work as can be: one connection, one request at a time, answers cut by their Content-Length."""

import asyncio
from collections.abc import Callable

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Caller(asyncio.Protocol):
    """One kept-alive connection. `answered(status, head, body)` is called for each answer, `broken()` when it is lost."""

    def __init__(
        self, answered: "Callable[[Caller, int, bytes, bytes], None]", broken: "Callable[[Caller], None]"
    ) -> None:
        self._answered = answered
        self._broken = broken
        self._received = b""
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> None:
        """Send a whole request."""
        if self._transport is not None:
            self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._received = b""
        self._broken(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_END)
        if end < 0:
            return
        head = self._received[:end].lower()
        size = _content_length(head)
        if len(self._received) < end + 4 + size:
            return
        body = self._received[end + 4 : end + 4 + size]
        self._received = self._received[end + 4 + size :]
        self._answered(self, int(head[9:12]), head, body)


async def connect(port: int, caller: Caller) -> None:
    """Open the caller's connection."""
    await asyncio.get_running_loop().create_connection(lambda: caller, "127.0.0.1", port)


def _content_length(head: bytes) -> int:
    at = head.find(_LENGTH)
    if at < 0:
        raise ValueError(f"an answer without length: {head[:80]!r}")
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
