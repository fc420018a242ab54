"""The people's side of the fake network, and its faults, for tests, demo and drills. Never to be served to anybody else."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from bot import errors
from bot.connectors.fake.faults import Faults
from bot.connectors.fake.keys import NETWORK, PUSHERS
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import FakeAccount, Push
from bot.connectors.fake.payloads import File, User


class _Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    token: str = ""
    hook_url: str = ""
    hook_secret: str = ""


class _Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`author` is left out for what the account itself says elsewhere, without us."""

    text: str
    author: User | None = None
    thread: str = ""
    public: bool = False
    reply_to: str = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    files: tuple[File, ...] = ()
    summons: bool = True


class _Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    post: str
    text: str


class _Delete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    post: str


class _Thread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    thread: str
    public: bool = False
    closed: bool = False


class _Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: Annotated[float, Meta(ge=0, le=3600)]


def json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def account(request: web.Request) -> FakeAccount:
    """The account that the address names. Raises NotFound."""
    found = request.app[NETWORK].accounts.get(request.match_info["account"])
    if found is None:
        raise errors.NotFound("There is no such account.")
    return found


def number(request: web.Request, name: str) -> int:
    """A number from the query; 0 when it is not given. Raises Invalid."""
    text = request.query.get(name, "0")
    if not (text.isascii() and text.isdigit()):
        raise errors.Invalid(f"{name} must be a number.", field=name)
    return int(text)


def seconds(body: bytes) -> float:
    return msgspec.json.decode(body, type=_Pause).seconds


async def _open_account(request: web.Request) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=_Account)
    push = Push(asked.hook_url, asked.hook_secret) if asked.hook_url else None
    opened = request.app[NETWORK].account(asked.name, asked.token, push)
    request.app[PUSHERS].push_to(opened)
    return json({"name": opened.name}, status=201)


async def _open_thread(request: web.Request) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=_Thread)
    conversation = account(request).open(asked.thread, is_public=asked.public)
    conversation.is_closed = asked.closed
    return json({"thread": conversation.id})


async def _say(request: web.Request) -> web.Response:
    at_account = account(request)
    asked = msgspec.json.decode(await request.read(), type=_Say)
    post = await at_account.say(
        asked.author or at_account.user,
        asked.text,
        thread=asked.thread,
        is_public=asked.public,
        reply_to=asked.reply_to,
        files=asked.files,
        at=asked.at,
        summons=asked.summons,
    )
    return json(post, status=201)


async def _edit(request: web.Request) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=_Edit)
    return json(await account(request).edit(asked.post, asked.text))


async def _delete(request: web.Request) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=_Delete)
    await account(request).delete(asked.post)
    return web.Response(status=204)


async def _babble(request: web.Request) -> web.Response:
    await account(request).babble()
    return web.Response(status=204)


async def _set_faults(request: web.Request) -> web.Response:
    at_account = account(request)
    at_account.faults = msgspec.json.decode(await request.read(), type=Faults)
    return json(at_account.faults)


async def _ledger(request: web.Request) -> web.Response:
    what = [What(word) for word in request.query.getall("what", []) if word in set(What)]
    of = request.query.get("account")
    return json(request.app[NETWORK].ledger.entries(*what, account=of, after=number(request, "after")))


ROUTES = [
    web.post("/control/accounts", _open_account),
    web.post("/control/{account}/threads", _open_thread),
    web.post("/control/{account}/say", _say),
    web.post("/control/{account}/edit", _edit),
    web.post("/control/{account}/delete", _delete),
    web.post("/control/{account}/babble", _babble),
    web.post("/control/{account}/faults", _set_faults),
    web.get("/ledger", _ledger),
]
