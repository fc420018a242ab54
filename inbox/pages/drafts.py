"""Unsent words, kept on the server while they are written."""

from aiohttp import web

from bot.desk import drafting
from inbox import acting
from inbox.keys import VIEWER


async def replace(request: web.Request) -> web.Response:
    """Keep the words; empty ones remove the draft."""
    text = (await acting.form(request, "text")).text("text", longest=drafting.LONGEST)
    id_, kind, agent_id = acting.ticket_id(request), request.match_info["kind"], request[VIEWER].agent_id
    await acting.write(request, lambda tx: drafting.save(tx, id_, agent_id, text, kind=kind))
    return web.Response(status=204)
