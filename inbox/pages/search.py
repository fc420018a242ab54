"""Search: a ticket by its number, contacts by name or handle, messages by their words, the newest first."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.store import search
from bot.store.search import Hit
from inbox import acting, excerpts, sheets
from inbox.excerpts import Excerpt


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that was found, and the part of it that shows why."""

    hit: Hit
    excerpt: Excerpt


async def show(request: web.Request) -> web.Response:
    asked = request.query.get("q", "").replace("\0", "").strip()[: search.LONGEST_QUESTION]
    before = request.query.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    frame, found = await sheets.look(
        request, lambda tx: search.find(tx, asked, acting.agent(tx, request), place) if asked else None
    )
    context: dict[str, Any] = {"asked": asked, "found": found, "is_first": place is None}
    if found is not None:
        context |= {
            "hits": [Shown(hit, excerpts.of(hit.text, found.words)) for hit in found.hits],
            "more": f"/search?{urlencode({'q': asked, 'before': found.next})}" if found.next else "",
        }
    return sheets.page(request, "search/show.html", frame, "search", **context)
