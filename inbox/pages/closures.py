"""Resolving is opening a closure; reopening takes it away."""

from aiohttp import web

from bot.desk import ticketing
from inbox import acting, drawing
from inbox.acting import Told


async def create(request: web.Request) -> web.Response:
    id_ = acting.ticket_id(request)
    await acting.write(request, lambda tx: ticketing.resolve(tx, id_, by=acting.by(request)))
    said = drawing.words(request)("done.resolved")
    return await acting.done(request, Told(said, undo=f"/tickets/{id_}/closure"))


async def delete(request: web.Request) -> web.Response:
    id_ = acting.ticket_id(request)
    await acting.write(request, lambda tx: ticketing.reopen(tx, id_, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.reopened")))


async def create_many(request: web.Request) -> web.Response:
    """Resolve the ticked tickets, each by itself: one that cannot be does not hold up the others."""
    ids = (await acting.form(request, "ticket", "agent")).numbers("ticket")
    outcome = await acting.each(request, ids, lambda tx, id_: ticketing.resolve(tx, id_, by=acting.by(request)))
    return await acting.done_many(request, "bulk.resolved", outcome)
