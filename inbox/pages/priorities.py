"""How urgent a ticket is."""

from aiohttp import web

from bot.desk import ticketing
from bot.model.ticket import Priority
from inbox import acting, drawing
from inbox.acting import Told


async def replace(request: web.Request) -> web.Response:
    level = (await acting.form(request, "priority")).choice("priority", tuple(Priority))
    id_, words = acting.ticket_id(request), drawing.words(request)
    await acting.write(request, lambda tx: ticketing.prioritise(tx, id_, level, by=acting.by(request)))
    return await acting.done(request, Told(words("done.prioritised", level=words(f"priority.{level}"))))
