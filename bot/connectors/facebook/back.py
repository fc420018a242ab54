"""Looking back in public: posts on the Page and of it, and what was said under them since."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from bot.connectors.meta.graph import Graph
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import moment, name

# The Page's posts are listed by when they were made, and a new comment may stand under any of them.
MOST_POSTS = 200
_POST = "id,created_time,updated_time,from,message,permalink_url"
_COMMENT = "id,created_time,from,message,parent{id},permalink_url,attachment"


async def public(graph: Graph, page_id: str, since: datetime) -> AsyncIterator[Piece]:
    """What visitors wrote on the Page since then, under its posts, and where they named it."""
    seen = 0
    async for post in graph.all(page_id, "feed", fields=_POST, limit="50"):
        seen += 1
        if seen > MOST_POSTS:
            break
        if moment(post, "updated_time") < since:
            continue
        if moment(post, "created_time") >= since:
            yield _piece(page_id, post, "post", name(post, "id"))
        async for piece in _comments(graph, page_id, name(post, "id"), since):
            yield piece
    async for post in graph.all(page_id, "tagged", fields=_POST, limit="50"):
        if moment(post, "created_time") < since:
            break
        yield _piece(page_id, post, "mention", name(post, "id"))


async def _comments(graph: Graph, page_id: str, post_id: str, since: datetime) -> AsyncIterator[Piece]:
    listed = graph.all(
        post_id, "comments", fields=_COMMENT, filter="stream", order="reverse_chronological", limit="100"
    )
    async for comment in listed:
        if _is_before(comment, since):
            return
        yield _piece(page_id, comment, "comment", post_id)


def _is_before(told: object, since: datetime) -> bool:
    """What has no time that could be read is looked at rather than passed over."""
    try:
        return moment(told, "created_time") < since
    except ValueError:
        return False


def _piece(page_id: str, told: Any, kind: str, post_id: str) -> Piece:
    held = told if isinstance(told, dict) else {"told": told}
    return Piece("back", page_id, "public", held | {"kind": kind, "post_id": post_id})
