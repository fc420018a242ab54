"""Words that agents hang on tickets. Two agents who change tags at once both get their way."""

from aiohttp import web

from bot.desk import tagging
from inbox import acting, drawing
from inbox.acting import Told


async def create(request: web.Request) -> web.Response:
    name = (await acting.form(request, "name")).name("name", longest=200, is_required=True)
    id_ = acting.ticket_id(request)
    await acting.write(request, lambda tx: tagging.add(tx, id_, name, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.tagged")))


async def delete(request: web.Request) -> web.Response:
    id_, name = acting.ticket_id(request), request.match_info["tag"]
    await acting.write(request, lambda tx: tagging.remove(tx, id_, name, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.untagged")))
