"""Files that contacts sent, from our own address: pictures to be looked at, anything else to be saved. Nothing in them is run."""

from urllib.parse import quote

from aiohttp import web

from bot.errors import NotFound
from bot.store import media, tickets
from bot.store.media import Found
from bot.store.transaction import Transaction
from inbox import acting, sheets

PICTURE = "image/webp"
ENDINGS = {
    PICTURE: "webp", "application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm", "audio/ogg": "ogg",
    "audio/mpeg": "mp3", "audio/wav": "wav", "audio/amr": "amr",
}  # fmt: skip
# A kept file may be shown again by the same browser for a while; it is never another's.
SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=300"}


async def show(request: web.Request) -> web.Response:
    """A file of a ticket's conversation, to whoever may see the ticket: a picture shown, anything else saved."""
    return await _served(request, is_thumbnail=False)


async def thumbnail(request: web.Request) -> web.Response:
    """A picture of a ticket's conversation, in small."""
    return await _served(request, is_thumbnail=True)


async def _served(request: web.Request, *, is_thumbnail: bool) -> web.Response:
    ticket_id, file_id = acting.ticket_id(request), sheets.number(request, "file")

    def ask(tx: Transaction) -> Found | None:
        ticket = tickets.visible(tx, ticket_id, acting.agent(tx, request))
        return media.find(tx, ticket.id, ticket.conversation_id, file_id, is_thumbnail=is_thumbnail)

    found = await acting.read(request, ask)
    if found is None:
        raise NotFound("There is no such file.")
    return web.Response(body=found.body, headers=SAFE | {"Content-Type": found.kind, "Content-Disposition": _as(found)})


def _as(found: Found) -> str:
    """Its own name, with the ending of what it is and not of what it says to be."""
    stem = found.name.rpartition(".")[0] or found.name or "file"
    how = "inline" if found.kind == PICTURE else "attachment"
    return f"{how}; filename*=UTF-8''{quote(f'{stem}.{ENDINGS[found.kind]}', safe='')}"
