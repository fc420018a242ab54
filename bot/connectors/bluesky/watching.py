"""Posts that were heard lately, looked at again: nobody tells when one is deleted, or written over."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.bluesky import pages, remedies, translate
from bot.connectors.bluesky.cursors import Cursor, Post
from bot.connectors.bluesky.line import Line, listed

EVERY = timedelta(seconds=30)
# As many as the network shows at one asking.
_PAGE = 25


class Watch:
    """The looks again, at most one in a while."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._due_at: datetime | None = None

    async def look(self, cursor: Cursor) -> tuple[list[wire.Batch], Cursor]:
        """What has changed among the posts that the cursor remembers. What goes wrong waits for the next look: nothing new is
        kept from being heard by it.
        """
        now = self._clock()
        if self._due_at is not None and now < self._due_at:
            return [], cursor
        self._due_at = now + EVERY
        posts = [post for post in cursor.posts if post.version]
        told: list[pages.Told] = []
        for start in range(0, len(posts), _PAGE):
            with suppress(errors.TryLater, errors.Refused):
                told += await self._changes(posts[start : start + _PAGE])
        if not told:
            return [], cursor
        seen = {_key(one): one.version[-10:] for one in told if isinstance(one, wire.InboundMessage)}
        cursor = cursor.knowing((_now(post, seen[post.key]) for post in posts if post.key in seen), now)
        return [pages.batch(told, cursor)], cursor

    async def _changes(self, posts: list[Post]) -> list[pages.Told]:
        shown = await self._line.ask("app.bsky.feed.getPosts", {"uris": [f"at://{post.key}" for post in posts]})
        views = {str(view.get("uri")): view for view in listed(shown, "posts") if isinstance(view, dict)}
        told: list[pages.Told] = []
        for post in posts:
            view = views.get(f"at://{post.key}")
            if view is None:
                told += await self._gone(post)
            elif isinstance(view.get("cid"), str) and not view["cid"].endswith(post.version):
                told.append(translate.readable(_edited, view))
        return told

    async def _gone(self, post: Post) -> list[wire.InboundMessage]:
        """Whether it is gone for everybody: a post is not shown to us either where its author has blocked us."""
        repo, collection, name = (*post.key.split("/"), "", "")[:3]
        try:
            await self._line.ask("com.atproto.repo.getRecord", {"repo": repo, "collection": collection, "rkey": name})
        except remedies.Missing:
            return [translate.gone(f"at://{post.key}", self._clock())]
        except errors.Refused:
            return []  # the account itself cannot be seen: what it wrote may come back with it
        return []


def _edited(view: dict[str, Any]) -> wire.InboundMessage:
    return translate.post(view, act=wire.Act.EDITED)


def _key(one: wire.InboundMessage) -> str:
    return one.external_id.removeprefix("at://")


def _now(post: Post, version: str) -> Post:
    """Without a version it is gone, and is not looked at again."""
    return msgspec.structs.replace(post, version=version)
