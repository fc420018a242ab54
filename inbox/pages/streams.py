"""The live stream of a window. It starts where the page was read, or where it was when the connection was lost."""

import asyncio

from aiohttp import HttpVersion11, web

from bot.errors import TryLater
from bot.store.events import Position
from bot.store.views import View
from inbox import addresses
from inbox.keys import ENGINE, LIVE, VIEWER
from inbox.live import STREAM
from inbox.windows import Window


async def show(request: web.Request) -> web.StreamResponse:
    view = addresses.view_in(request.query.get("view", ""), request.query)
    since = Position.parse(request.headers.get("Last-Event-ID", "") or request.query.get("after", ""))
    open_now, session_id = request.app[LIVE].of_session, request[VIEWER].id
    if open_now[session_id] >= request.app[ENGINE].settings.session_windows:
        raise web.HTTPTooManyRequests
    open_now[session_id] += 1
    try:
        return await _stream(request, view, since)
    finally:
        open_now.subtract([session_id])
        if not open_now[session_id]:
            del open_now[session_id]


async def _stream(request: web.Request, view: View, since: Position | None) -> web.StreamResponse:
    response = web.StreamResponse(headers=STREAM)
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")
    response.headers.clear()  # they have left; thousands of windows would keep them for hours
    await request.app[LIVE].attend(_window(request), view, request[VIEWER].locale, since)
    return response


def _window(request: web.Request) -> Window:
    """The window behind a request whose answer has begun. Raises TryLater when it has gone already."""
    if request.transport is None:
        raise TryLater("The window has closed.")
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    viewer = request[VIEWER]
    return Window(request.transport, viewer.agent_id, viewer.id, request.version >= HttpVersion11, closed)
