"""Somebody else's server, which takes signed answers. The reference library, not our code, judges our signatures."""

import asyncio
import json
from typing import Any

import standardwebhooks
from aiohttp import web

SECRET = "whsec_c2lnbmVkIGRvb3IncyBzZWNyZXQsIDMyIGJ5dGVzISE="


class Receiver:
    """`taken` is what it has, by key. `instead` is what happens to the next requests: a status, "cut", or a whole answer."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.instead: list[int | str | web.Response] = []
        self.can_look = True
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/replies"

    async def start(self) -> None:
        """Listen, on the same port as before; nothing to do while it listens already."""
        if self._runner is not None:
            return
        app = web.Application(client_max_size=30_000_000)
        app.add_routes([web.post("/replies", self._take), web.get("/replies", self._look)])
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        trouble = self.instead.pop(0) if self.instead else None
        if isinstance(trouble, int):
            return web.Response(status=trouble, headers={"Retry-After": "7"})
        if isinstance(trouble, web.Response):
            return trouble
        try:
            message = standardwebhooks.Webhook(SECRET).verify(body, dict(request.headers))
        except standardwebhooks.WebhookVerificationError as error:
            return web.json_response({"error": str(error)}, status=401)
        key = request.headers["Idempotency-Key"]
        self.taken.setdefault(key, message)
        if trouble == "hang":
            await asyncio.get_running_loop().create_future()
        if trouble == "cut":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"external_id": f"reply-{key}"})

    async def _look(self, request: web.Request) -> web.Response:
        trouble = self.instead.pop(0) if self.instead else None
        if isinstance(trouble, int):
            return web.Response(status=trouble, headers={"Retry-After": "7"})
        if not self.can_look:
            return web.Response(status=405)
        standardwebhooks.Webhook(SECRET).verify(b"", dict(request.headers), json_parse=False)
        key = request.query["key"]
        return web.json_response({"external_id": f"reply-{key}" if key in self.taken else None})


def message(text: object = "Bonjour", **other: object) -> dict[str, object]:
    """One inbound message as JSON tells it."""
    return {
        "external_id": "m1",
        "conversation_id": "c1",
        "author": {"external_id": "ada", "name": "Ada Lovelace"},
        "sent_at": "2026-03-02T09:00:00Z",
        "text": text,
        **other,
    }


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()
