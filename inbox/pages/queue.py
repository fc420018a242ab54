"""The lists that agents work from."""

from aiohttp import web

from bot.store.rows import Place
from inbox import acting, addresses, drawing, screens
from inbox.keys import VIEWER
from inbox.rendering import Piece, pieces, wants_pieces


async def enter(_request: web.Request) -> web.Response:
    """The desk's first page is what waits for its agent."""
    return web.Response(status=303, headers={"Location": "/views/mine"})


async def show(request: web.Request) -> web.Response:
    """A view; asked for what comes after a place by the page's script, only that.

    A form without a script names every filter, also the empty ones: its address is made the one that a link would have.
    """
    view = addresses.view_in(request.match_info["view"], request.query)
    if "" in request.query.values():
        return web.Response(status=303, headers={"Location": addresses.address(view)})
    after = Place.parse(request.query.get("after", ""))
    frame, queue = await acting.read(
        request, lambda tx: (frame := screens.frame(tx, request[VIEWER]), screens.queue(tx, frame.agent, view, after))
    )
    context = drawing.queue_context(request, frame, queue)
    if not wants_pieces(request):
        return drawing.page(request, context)
    if after:
        more = drawing.draw(request, "tickets/_more.html", **context)
        return pieces([Piece("rows", context["rows"], "append"), Piece("more", more)])
    return pieces([Piece("rest", drawing.draw(request, "tickets/_rest.html", **context))])
