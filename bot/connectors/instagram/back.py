"""Looking back in public: comments under our last posts with their replies, and posts that name us."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from bot.connectors.meta.graph import Graph
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import maybe, moment, name, part

# A new reply may stand under any of them, and each is a question of its own.
MOST_POSTS = 25
_COMMENT = "id,text,timestamp,from,username"
_TAG = "id,caption,timestamp,username,permalink"


async def public(graph: Graph, us: str, since: datetime) -> AsyncIterator[Piece]:
    """What people wrote since then under our last posts, and the posts in which they named us."""
    posts = [post async for post in _first(graph, us)]
    for post in posts:
        listed = graph.all(name(post, "id"), "comments", fields=f"{_COMMENT},replies{{{_COMMENT}}}", limit="50")
        async for comment in listed:
            for piece in _pieces(us, comment, name(post, "id"), since):
                yield piece
    async for post in graph.all(us, "tags", fields=_TAG, limit="50"):
        if moment(post, "timestamp") < since:
            break
        yield Piece("back", us, "public", post | {"kind": "mention"})


async def _first(graph: Graph, us: str) -> AsyncIterator[Any]:
    count = 0
    async for post in graph.all(us, "media", fields="id,comments_count", limit=str(MOST_POSTS)):
        count += 1
        if count > MOST_POSTS:
            return
        if maybe(post, "comments_count") != "0":
            yield post


def _pieces(us: str, comment: Any, media_id: str, since: datetime) -> list[Piece]:
    """The comment and its replies, the newest first, as far as they are new."""
    held = comment if isinstance(comment, dict) else {"told": comment}
    replies = part(held, "replies", "data")
    listed = [one | {"parent_id": held.get("id")} for one in replies or () if isinstance(one, dict)]
    beside = {"kind": "comment", "media_id": media_id}
    return [
        Piece("back", us, "public", one | beside)
        for one in (*listed, {key: value for key, value in held.items() if key != "replies"})
        if not _is_before(one, since)
    ]


def _is_before(told: object, since: datetime) -> bool:
    """What has no time that could be read is looked at rather than passed over."""
    try:
        return moment(told, "timestamp") < since
    except ValueError:
        return False
