"""Looking back: what was said under our last posts, and where we were named."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from bot.connectors.meta.graph import Graph
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import moment, name

# A new reply may stand under any of them, and each is a question of its own.
MOST_POSTS = 25
_FIELDS = "id,text,username,timestamp,permalink,media_type,media_url,replied_to,root_post"


async def public(graph: Graph, us: str, since: datetime) -> AsyncIterator[Piece]:
    """What people wrote since then under our last posts, and where they named us, the newest first."""
    count = 0
    async for post in graph.all(us, "threads", fields="id", limit=str(MOST_POSTS)):
        count += 1
        if count > MOST_POSTS:
            break
        async for piece in _listed(graph, us, "replies", since, name(post, "id"), "conversation"):
            yield piece
    async for piece in _listed(graph, us, "mentions", since, us, "mentions"):
        yield piece


async def _listed(graph: Graph, us: str, field: str, since: datetime, *path: str) -> AsyncIterator[Piece]:
    query = {"reverse": "true"} if field == "replies" else {}
    async for one in graph.all(*path, fields=_FIELDS, limit="50", **query):
        if _is_before(one, since):
            return
        yield Piece("threads", us, "public", {"field": field, "value": one})


def _is_before(told: Any, since: datetime) -> bool:
    """What has no time that could be read is looked at rather than passed over."""
    try:
        return moment(told, "timestamp") < since
    except ValueError:
        return False
