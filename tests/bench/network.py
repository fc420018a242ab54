"""The other side of the signed channels: takes answers, knows them by their keys, and keeps a ledger of every request.

Run as a process of its own, which outlives every kill of the desk: `python -m tests.bench.network PORT`.
"""

import asyncio
import json
import sys
from collections import Counter

from aiohttp import web

_PAUSE = 0.02  # what a network takes, so that a kill finds answers on their way


class Ledger:
    """How often each key was posted."""

    def __init__(self) -> None:
        self._posted: Counter[str] = Counter()

    async def take(self, request: web.Request) -> web.Response:
        key = json.loads(await request.read())["key"]
        self._posted[key] += 1
        await asyncio.sleep(_PAUSE)
        return web.json_response({"external_id": f"sent-{key}"})

    async def find(self, request: web.Request) -> web.Response:
        key = request.query["key"]
        return web.json_response({"external_id": f"sent-{key}"} if key in self._posted else None)

    async def show(self, _request: web.Request) -> web.Response:
        return web.json_response(self._posted)


async def _serve(port: int) -> None:
    ledger = Ledger()
    app = web.Application()
    app.router.add_post("/", ledger.take)
    app.router.add_get("/", ledger.find)
    app.router.add_get("/ledger", ledger.show)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
