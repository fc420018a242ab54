"""Internal words. They go into a table of their own, from a form of their own: nothing here can reach the outbox."""

from aiohttp import web

from bot.desk import noting
from inbox import acting, drawing
from inbox.acting import Told
from inbox.rendering import Piece, wants_pieces


async def create(request: web.Request) -> web.Response:
    text = (await acting.form(request, "text")).text("text", longest=noting.LONGEST, is_required=True)
    id_, words = acting.ticket_id(request), drawing.words(request)
    await acting.write(request, lambda tx: noting.write(tx, id_, text, by=acting.by(request)))
    told = Told(words("done.noted"))
    if not wants_pieces(request):
        return await acting.done(request, told)
    context = drawing.ticket_context(request, await acting.shown_view(request), await acting.desk(request))
    return await acting.done(
        request, told, Piece("note-form", drawing.draw(request, "notes/_note_form.html", **context))
    )
