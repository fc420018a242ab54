"""The HTTP door of the networks: `POST /hooks/<channel>`, and GET where a network first looks whether it is ours.

The hot path: read, verify, translate, wait for the commit, 200. No session and no page is involved. Whoever is refused gets a
status that says what to do and one JSON sentence that says why; of what he sent, nothing is kept.
"""

import asyncio
import math
from datetime import timedelta

import msgspec
from aiohttp import web

from bot import errors
from bot.clock import Clock
from bot.connectors.base import HookAnswer, HookRequest
from bot.runners.doors import Door, Doors
from inbox.keys import ENGINE

MOST_BYTES = 1024 * 1024
MOST_SECONDS = 20.0
PAUSE = timedelta(minutes=1)
JSON = "application/json"

# No browser shows an answer as a page of ours, not even a challenge that is said back.
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_STATUS: dict[type[errors.ComptoirError], int] = {
    errors.Invalid: 400,
    errors.NotAllowed: 401,
    errors.NotFound: 404,
    errors.TryLater: 503,
}
_encode = msgspec.json.Encoder().encode


class Unfit(errors.ComptoirError):
    """The request cannot be taken. HTTP has a status of its own for the reason."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def take(request: web.Request) -> web.Response:
    """Take what a network brings to its channel's door. 2xx means that it is committed."""
    engine = request.app[ENGINE]
    try:
        door = _door(engine.doors, request.match_info["channel"])
        body = await _body(request) if request.method == "POST" else b""
        answer = door.connector.accept(_asked(request, body, engine.clock))
        if answer.batch.messages or answer.batch.unreadable:
            await engine.intake.take(door.channel_id, answer.batch)
    except (errors.Invalid, errors.NotAllowed, errors.NotFound, errors.TryLater, Unfit) as error:
        return _refusal(error)
    return _taken(answer)


def _door(doors: Doors, name: str) -> Door:
    door = doors.by_name(name)
    if door is None:
        # One that cannot be opened now, for want of a secret say, will be: the sender must not give it up.
        if doors.is_known(name):
            raise errors.TryLater("This channel is not open yet.", after=PAUSE)
        raise errors.NotFound("There is no such channel here.")
    if door.is_paused:
        raise errors.TryLater("This channel is paused.", after=PAUSE)
    return door


async def _body(request: web.Request) -> bytes:
    """The body as it came. What says that it is too long is not read, and what turns out to be is read no further."""
    if request.headers.get("Content-Type") != JSON and request.content_type != JSON:
        raise Unfit(415, f"The body must be of the type {JSON}.")
    if (request.content_length or 0) > MOST_BYTES:
        raise _too_long()
    try:
        if request.content.is_eof():  # it has come already, as nearly all do
            return await _read(request)
        async with asyncio.timeout(MOST_SECONDS):
            return await _read(request)
    except TimeoutError:
        raise Unfit(408, "The body took too long to arrive.") from None
    except web.RequestPayloadError as error:
        raise Unfit(400, "The body is not what its headers say.") from error


async def _read(request: web.Request) -> bytes:
    pieces: list[bytes] = []
    left = MOST_BYTES
    while piece := await request.content.readany():
        left -= len(piece)
        if left < 0:
            raise _too_long()
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _too_long() -> Unfit:
    return Unfit(413, "The body is longer than 1 MB.")


def _asked(request: web.Request, body: bytes, clock: Clock) -> HookRequest:
    query = dict(request.query) if request.query_string else {}
    return HookRequest(request.method, request.headers, query, body, clock())


def _taken(answer: HookAnswer) -> web.Response:
    if not answer.body:
        return web.Response(status=answer.status, headers=_HEADERS)
    kind = JSON if answer.body.startswith("{") else "text/plain"
    return web.Response(status=answer.status, text=answer.body, content_type=kind, headers=_HEADERS)


def _refusal(error: errors.ComptoirError) -> web.Response:
    told = {"error": error.message}
    headers = dict(_HEADERS)
    status = (
        error.status
        if isinstance(error, Unfit)
        else next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    )
    if isinstance(error, errors.TryLater):
        headers["Retry-After"] = str(max(1, math.ceil(error.after.total_seconds())))
    if isinstance(error, errors.Invalid) and error.field:
        # It could be read, and something in it is wrong.
        status, told["field"] = 422, error.field
    return web.Response(status=status, body=_encode(told), content_type=JSON, headers=headers)
