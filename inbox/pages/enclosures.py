"""Files beside an unsent reply: laid there from the agent's device, looked at, described, taken away. Nobody else sees them."""

from aiohttp import web

from bot import errors
from bot.desk import drafting, enclosing
from bot.store import enclosures
from bot.store.enclosures import Writer
from inbox import acting, downloads, drawing, rewriting, sheets, uploads
from inbox.acting import Told
from inbox.keys import VIEWER
from inbox.rendering import Piece, dom_id, pieces, wants_pieces

# The whole reply form may come with a file, when no script runs: its words become the draft.
FIELDS = ("text", "key", "seen", "place", "canned", "is_meant", "file", "alt", "upload")


async def create(request: web.Request) -> web.Response:
    """Lay files beside the reply, as its network takes them from there. What is refused is said, file by file."""
    form = await acting.form(request, *FIELDS)
    await _keep(request, form.text("text", longest=drafting.LONGEST))
    refused = await uploads.lay(request, form.files("upload"))
    return await _shown(request, " ".join(refused))


async def show(request: web.Request) -> web.Response:
    """A file beside one's own reply."""
    return await _found(request, is_thumbnail=False)


async def thumbnail(request: web.Request) -> web.Response:
    """A picture beside one's own reply, in small."""
    return await _found(request, is_thumbnail=True)


async def replace(request: web.Request) -> web.Response:
    """Say what a picture shows."""
    alt = (await acting.form(request, "alt")).text("alt", longest=enclosing.LONGEST_ALT)
    who, id_ = writer(request), sheets.number(request, "enclosure")
    await acting.write(request, lambda tx: enclosing.describe(tx, who, id_, alt))
    return web.Response(status=204)


async def delete(request: web.Request) -> web.Response:
    """Take a file away."""
    form = await acting.form(request, *FIELDS)
    await _keep(request, form.text("text", longest=drafting.LONGEST))
    who, id_ = writer(request), sheets.number(request, "enclosure")
    await acting.write(request, lambda tx: enclosing.take_away(tx, who, id_))
    return await _shown(request, "")


def writer(request: web.Request) -> Writer:
    return Writer(acting.ticket_id(request), request[VIEWER].agent_id)


async def _keep(request: web.Request, text: str) -> None:
    """Words that came with the files are kept as a draft."""
    if text:
        id_, agent_id = acting.ticket_id(request), request[VIEWER].agent_id
        await acting.write(request, lambda tx: drafting.save(tx, id_, agent_id, text))


async def _shown(request: web.Request, problem: str) -> web.Response:
    """The files beside the reply, and what was refused."""
    if not wants_pieces(request):
        if problem:
            return await rewriting.with_error(request, problem)
        return await acting.done(request, Told(""))
    shown = await acting.desk(request)
    context = drawing.ticket_context(request, await acting.shown_view(request), shown) | {"problem": problem}
    return pieces([Piece(dom_id("files", shown.ticket.id), drawing.draw(request, "replies/_files.html", **context))])


async def _found(request: web.Request, *, is_thumbnail: bool) -> web.Response:
    who, id_ = writer(request), sheets.number(request, "enclosure")
    found = await acting.read(request, lambda tx: enclosures.find(tx, who, id_, is_thumbnail=is_thumbnail))
    if found is None:
        raise errors.NotFound("There is no such file.")
    return downloads.served(found)
