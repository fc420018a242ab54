"""What the bot offers to whoever answers. Used or changed, it is counted when the reply is sent; here it is put away."""

from aiohttp import web

from bot.autoreply import suggesting
from inbox import acting, drawing
from inbox.acting import Told


async def delete(request: web.Request) -> web.Response:
    """It is of no use."""
    id_, suggestion_id = acting.ticket_id(request), int(request.match_info["suggestion"])
    await acting.write(request, lambda tx: suggesting.dismiss(tx, id_, suggestion_id, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.dismissed")))
