"""Who has a ticket open. A window tells of itself every ten seconds, and is told of the others."""

from aiohttp import web

from bot.desk import presence
from inbox import acting, drawing
from inbox.keys import VIEWER
from inbox.rendering import Piece, pieces


async def create(request: web.Request) -> web.Response:
    is_writing = (await acting.form(request, "is_writing")).ticked("is_writing")
    id_, agent_id = acting.ticket_id(request), request[VIEWER].agent_id
    await acting.write(request, lambda tx: presence.touch(tx, id_, agent_id, is_writing=is_writing))
    others = await acting.read(request, lambda tx: presence.others(tx, id_, agent_id))
    return pieces([Piece("collision", drawing.draw(request, "presences/_collision.html", others=others))])
