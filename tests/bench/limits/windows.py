"""The bare live stream: one encoded buffer, written straight to every open transport.

Alone it is a server too: `python -m tests.bench.limits.windows PORT` with POST /tell, which sends its body to all, and GET /page.
"""

import asyncio
import sys

from aiohttp import web

from tests.bench.limits.page import page

_FAR_BEHIND = 256 * 1024
_YIELD_EVERY = 200


class Windows:
    """All open streams of this process."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Transport, asyncio.Future[None]] = {}

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Hold a stream until the browser leaves, which is noticed at the next write."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        transport = request.transport
        if isinstance(transport, asyncio.Transport):
            left = asyncio.get_running_loop().create_future()
            self._open[transport] = left
            await left
        return response

    async def tell(self, texts: list[str]) -> None:
        """All events of one commit in one write to each window."""
        events = "".join(f"event: message\ndata: {text}\n\n" for text in texts).encode()
        chunk = b"%x\r\n%b\r\n" % (len(events), events)
        for count, transport in enumerate(list(self._open), 1):
            if transport.is_closing() or transport.get_write_buffer_size() > _FAR_BEHIND:
                self._forget(transport)
            else:
                transport.write(chunk)
            if count % _YIELD_EVERY == 0:
                await asyncio.sleep(0)

    def close(self) -> None:
        for transport in list(self._open):
            self._forget(transport)

    def _forget(self, transport: asyncio.Transport) -> None:
        transport.abort()
        left = self._open.pop(transport)
        if not left.done():
            left.set_result(None)


async def _serve(port: int) -> None:
    windows = Windows()

    async def tell(request: web.Request) -> web.Response:
        await windows.tell([(await request.read()).decode()])
        return web.Response()

    app = web.Application()
    app.router.add_post("/tell", tell)
    app.router.add_get("/live", windows.open)
    app.router.add_get("/page", page)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=8192).start()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    windows.close()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
