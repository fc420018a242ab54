"""Files of a conversation, to whoever may see its ticket."""

from aiohttp import web

from bot.errors import NotFound
from bot.store import media, tickets
from bot.store.media import Found
from bot.store.transaction import Transaction
from inbox import acting, downloads, sheets


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
    return downloads.served(found)
