"""The bare hook: a signed webhook, one writer that commits whatever waits, 200 after the commit, one write to each open window.

Run as a process of its own: `python -m tests.bench.limits.hook PORT DATABASE SECRET`, DATABASE a file or a PostgreSQL address.
"""

import asyncio
import base64
import hashlib
import hmac
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec
from aiohttp import web

from tests.bench.limits.entry import Entry, Store
from tests.bench.limits.postgres import PostgresStore
from tests.bench.limits.sqlite import SqliteStore
from tests.bench.limits.windows import Windows

MOST = 256


class Author(msgspec.Struct):
    external_id: str


class Said(msgspec.Struct):
    external_id: str
    author: Author
    text: str


_DECODER = msgspec.json.Decoder(Said)
Waiting = tuple[Entry, "asyncio.Future[None]"]


class Writer:
    """One thread, one connection; a batch is whatever queued up while the last commit ran."""

    def __init__(self, opened: Callable[[], Store], windows: Windows) -> None:
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._opened = opened
        self._windows = windows
        self._telling: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    async def take(self, entry: Entry) -> None:
        """Return when it is committed."""
        done = self._loop.create_future()
        self._queue.put((entry, done))
        await done

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        store = self._opened()
        while (first := self._queue.get()) is not None:
            batch = [first, *self._more()]
            store.take([entry for entry, _ in batch])
            self._loop.call_soon_threadsafe(self._committed, batch)
        store.close()

    def _more(self) -> list[Waiting]:
        batch: list[Waiting] = []
        while len(batch) < MOST - 1:
            try:
                found = self._queue.get_nowait()
            except Empty:
                break
            if found is None:
                self._queue.put(None)
                break
            batch.append(found)
        return batch

    def _committed(self, batch: list[Waiting]) -> None:
        for _, done in batch:
            if not done.done():
                done.set_result(None)
        telling = self._loop.create_task(self._windows.tell([entry.text for entry, _ in batch]))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)


def _verified(request: web.Request, body: bytes, key: bytes) -> bool:
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    return hmac.compare_digest(expected, headers["webhook-signature"].encode())


async def _hook(writer: Writer, key: bytes, request: web.Request) -> web.Response:
    body = await request.read()
    if not _verified(request, body, key):
        return web.Response(status=401)
    said = _DECODER.decode(body)
    at = int(request.headers["webhook-timestamp"])
    await writer.take(Entry(said.author.external_id, said.external_id, said.text, at))
    return web.Response()


def _opened(database: str) -> Store:
    return PostgresStore(database) if database.startswith("postgresql") else SqliteStore(Path(database))


async def _serve(port: int, database: str, secret: str) -> None:
    windows = Windows()
    writer = Writer(partial(_opened, database), windows)
    app = web.Application()
    app.router.add_post("/hooks/{channel}", partial(_hook, writer, base64.b64decode(secret.removeprefix("whsec_"))))
    app.router.add_get("/live", windows.open)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=8192).start()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    windows.close()
    await runner.cleanup()
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
