"""An open ticket: the conversation, what can be done with it, and who it is with."""

from aiohttp import web

from bot.store.rows import Place
from inbox import acting, addresses, drawing, screens
from inbox.rendering import Piece, pieces, wants_pieces


async def find(request: web.Request) -> web.Response:
    """A ticket by its number alone, wherever it stands."""
    return web.Response(status=303, headers={"Location": f"/views/all/tickets/{acting.ticket_id(request)}"})


async def show(request: web.Request) -> web.Response:
    """The ticket beside its view; for the page's script only what lies right of the list, or what has changed there."""
    view = addresses.view_in(request.match_info["view"], request.query)
    before = Place.parse(request.query.get("before", ""))
    id_ = acting.ticket_id(request)
    if wants_pieces(request):
        desk = await acting.read(request, lambda tx: screens.desk(tx, acting.agent(tx, request), id_, before))
        return _pieces(request, drawing.ticket_context(request, view, desk), is_earlier=before is not None)
    canned = request.query.get("canned", "")
    if not (canned.isdecimal() and canned.isascii() and len(canned) < 18):
        return await acting.page(request, view, before=before)
    reply = drawing.reply_fields(await acting.desk(request), int(canned))
    return await acting.page(request, view, before=before, reply=reply)


def _pieces(request: web.Request, context: dict[str, object], *, is_earlier: bool) -> web.Response:
    if is_earlier:
        items = drawing.draw(request, "tickets/_items.html", **context)
        earlier = drawing.draw(request, "tickets/_earlier.html", **context)
        return pieces([Piece("items", items, "prepend"), Piece("earlier", earlier)])
    if "refresh" in request.query:
        return pieces(drawing.changed(request, context, is_polite=True))
    return pieces([Piece("rest", drawing.draw(request, "tickets/_rest.html", **context))])
