"""Many open windows in one process: each a live stream whose bytes are searched for marks and then forgotten."""

import asyncio
import time
from array import array

from tests.bench.figures import percentile
from tests.bench.load.plans import Arrivals, Look, Seen
from tests.bench.messages import LONGEST_MARK, marks

_OPENING_AT_ONCE = 50


class Window(asyncio.Protocol):
    """One live stream. Notes (number, moment) of each mark. A mark cut in two by the network is put together."""

    def __init__(self, path: str, cookie: str) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
        ).encode()
        self._tail = b""
        self._transport: asyncio.Transport | None = None
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.numbers = array("q")
        self.moments = array("d")
        self.received = 0
        self.is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        if not self.begun.done():
            self._begin(data)
        self.received += len(data)
        chunk = self._tail + data
        for number in marks(chunk):
            self.numbers.append(number)
            self.moments.append(at)
        cut = chunk.rfind(b"qm")
        rest = chunk[cut + 2 :] if cut >= 0 else chunk
        self._tail = rest[-LONGEST_MARK:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if not self.begun.done():
            self.begun.set_exception(exc or ConnectionError("the stream was closed before it began"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _begin(self, data: bytes) -> None:
        if data[9:12] == b"200":
            self.begun.set_result(None)
        else:
            self.begun.set_exception(ConnectionError(f"no live stream: {data[:200]!r}"))


class Windows:
    def __init__(self, plan: Look) -> None:
        self._plan = plan
        self._windows: list[Window] = []

    async def open(self) -> None:
        for first in range(0, self._plan.windows, _OPENING_AT_ONCE):
            count = min(_OPENING_AT_ONCE, self._plan.windows - first)
            await asyncio.gather(*(self._open_one(first + index) for index in range(count)))

    async def _open_one(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        path = self._plan.path.replace("{n}", str(number))
        _, window = await loop.create_connection(lambda: Window(path, self._plan.cookie), "127.0.0.1", self._plan.port)
        await asyncio.wait_for(window.begun, 30)
        self._windows.append(window)

    async def wait_for(self, arrivals: Arrivals, limit: float = 10.0) -> Seen:
        """Wait until every window has every mark, or for `limit` seconds; then tell."""
        wanted = set(arrivals.numbers)
        until = time.monotonic() + limit
        while time.monotonic() < until and any(wanted.difference(window.numbers) for window in self._windows):
            await asyncio.sleep(0.1)  # looks again; the moments were noted when the bytes came
        return self._tell(arrivals, wanted, limit)

    def _tell(self, arrivals: Arrivals, wanted: set[int], waited: float) -> Seen:
        sent_at = dict(zip(arrivals.numbers, arrivals.sent_at, strict=True))
        took: list[float] = []
        missing = doubled = 0
        for window in self._windows:
            first: dict[int, float] = {}
            for number, moment in zip(window.numbers, window.moments, strict=True):
                doubled += number in first
                first.setdefault(number, moment)
            missing += len(wanted.difference(first))
            took += [moment - sent_at[number] for number, moment in first.items() if number in sent_at]
        took = took or [waited]  # nothing came: it took longer than anybody waited
        return Seen(
            p50=percentile(took, 0.5),
            p99=percentile(took, 0.99),
            longest=percentile(took, 1.0),
            expected=len(wanted) * len(self._windows),
            missing=missing,
            doubled=doubled,
            closed=sum(window.is_closed for window in self._windows),
            received_bytes=sum(window.received for window in self._windows),
        )

    def close(self) -> None:
        for window in self._windows:
            window.close()
