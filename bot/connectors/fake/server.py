"""The fake network on the wire: what an account may ask of it. `control` is the other side, where people write."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from bot import errors
from bot.connectors.fake import control
from bot.connectors.fake.keys import ACCOUNT, NETWORK, PUSHERS
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import MOST_TOGETHER, FakeAccount, FakeNetwork
from bot.connectors.fake.payloads import Doing, Me, Sending, Updates
from bot.connectors.fake.push import Pushers

LONGEST_WAIT = 60.0
LONGEST_BODY = 64_000_000  # files come as base64
# How long answers in hand may take once nobody listens any more.
LAST_WORDS = 0.1
NONSENSE = "<!doctype html><title>Welcome</title><p>This page is no answer."

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_sending = msgspec.json.Decoder(Sending)
_doing = msgspec.json.Decoder(Doing)


class FakeServer:
    """Serves a network on one port, which it keeps while it is closed and opened again."""

    def __init__(self, network: FakeNetwork, host: str = "127.0.0.1", port: int = 0) -> None:
        self.network = network
        self._host = host
        self._port = port
        self._pushers = Pushers(network)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen, and push to those who want that."""
        await self._pushers.open()
        await self.accept()

    async def stop(self) -> None:
        await self._pushers.close()
        await self.refuse()

    async def refuse(self) -> None:
        """From now on nobody is listening on the port, and whoever was connected is cut off."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def accept(self) -> None:
        """Listen, on the same port as before; nothing to do while it listens already."""
        if self._runner is not None:
            return
        self._runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=LAST_WORDS
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[_words, _trouble], client_max_size=LONGEST_BODY)
        app[NETWORK] = self.network
        app[PUSHERS] = self._pushers
        app.add_routes(_ROUTES)
        app.add_routes([*control.ROUTES, web.post("/control/refuse", self._refuse_for)])
        return app

    async def _refuse_for(self, request: web.Request) -> web.Response:
        seconds = control.seconds(await request.read())
        self._pushers.start(self._come_back(seconds))
        return control.json({"seconds": seconds})

    async def _come_back(self, seconds: float) -> None:
        await self.refuse()
        await asyncio.sleep(seconds)
        await self.accept()


@web.middleware
async def _words(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Our errors, as this network words them."""
    try:
        return await handler(request)
    except errors.TryLater as error:
        return _turned_away(request, 429, error.message, {"Retry-After": str(math.ceil(error.after.total_seconds()))})
    except errors.Refused as error:
        return _turned_away(request, 422, error.message)
    except errors.NotFound as error:
        return _turned_away(request, 404, error.message)
    except errors.Conflict as error:
        return _turned_away(request, 409, error.message)
    except errors.NotAllowed as error:
        return _turned_away(request, 401, error.message)
    except (errors.Invalid, msgspec.DecodeError) as error:
        return _turned_away(request, 400, str(error))


@web.middleware
async def _trouble(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Who asks, and what goes wrong for him today. People on the other side have no trouble."""
    if not request.path.startswith("/accounts/"):
        return await handler(request)
    account = request[ACCOUNT] = control.account(request)
    faults = account.faults
    if faults.outage == "cut":
        return _cut(request)
    if faults.outage == "hang":
        await asyncio.get_running_loop().create_future()
    if faults.outage == "503":
        return _turned_away(request, 503, "The network is down.", {"Retry-After": str(math.ceil(faults.retry_after))})
    if faults.happens("rate_limits"):
        return _turned_away(request, 429, "Slow down.", {"Retry-After": str(math.ceil(faults.retry_after))})
    if faults.bad_credentials or not _is_known(request, account):
        raise errors.NotAllowed("This token is not known here.")
    if faults.happens("nonsense"):
        return web.Response(text=NONSENSE, content_type="text/html")
    answer = await handler(request)
    return _cut(request) if faults.happens("lost_answers") else answer


def _is_known(request: web.Request, account: FakeAccount) -> bool:
    return not account.token or request.headers.get("Authorization") == f"Bearer {account.token}"


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _turned_away(request: web.Request, status: int, why: str, headers: dict[str, str] | None = None) -> web.Response:
    account = request.get(ACCOUNT)
    if account is not None:
        request.app[NETWORK].ledger.add(account.name, What.TURNED_AWAY, status=status)
    return web.json_response({"error": why}, status=status, headers=headers)


async def _updates(request: web.Request) -> web.Response:
    account, after = request[ACCOUNT], control.number(request, "after")
    most = control.number(request, "limit") or MOST_TOGETHER
    wait = min(float(control.number(request, "wait")), LONGEST_WAIT)
    found, following = await account.updates(after, most=most, wait=wait)
    if found:
        request.app[NETWORK].ledger.add(account.name, What.FETCHED, update=following)
    return control.json(Updates(tuple(msgspec.Raw(update) for update in found), following))


async def _send(request: web.Request) -> web.Response:
    account = request[ACCOUNT]
    asked = _sending.decode(await request.read())
    if account.faults.happens("refusals"):
        raise errors.Refused("The network does not want this.")
    sent = account.take(asked, request.headers.get("Idempotency-Key", ""), asyncio.get_running_loop().time())
    return control.json(sent, status=201)


async def _find(request: web.Request) -> web.Response:
    sent = request[ACCOUNT].sent.get(request.query.get("key", ""))
    if sent is None:
        raise errors.NotFound("Nothing was sent under this key.")
    return control.json(sent)


async def _do(request: web.Request) -> web.Response:
    account = request[ACCOUNT]
    asked = _doing.decode(await request.read())
    if account.faults.happens("refusals"):
        raise errors.Refused("The network does not want this.")
    await account.do(asked)
    return web.Response(status=204)


async def _me(request: web.Request) -> web.Response:
    return control.json(Me(request[ACCOUNT].name))


_ROUTES = [
    web.get("/accounts/{account}/updates", _updates),
    web.post("/accounts/{account}/messages", _send),
    web.get("/accounts/{account}/messages", _find),
    web.post("/accounts/{account}/deeds", _do),
    web.get("/accounts/{account}/me", _me),
]
