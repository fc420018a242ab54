"""Notifications that are new: who has mentioned us, answered us or quoted us."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from bot import wire
from bot.clock import Clock
from bot.connectors.bluesky import pages, translate
from bot.connectors.bluesky.cursors import Cursor, Post
from bot.connectors.bluesky.line import Line, listed

_METHOD = "app.bsky.notification.listNotifications"
_PAGE = 100
# Each look goes so far below the newest that is known; now and then, and at first, as far as the cursor's overlap.
_SHALLOW = timedelta(minutes=2)
_DEEP_EVERY = timedelta(minutes=10)


class _Raw(msgspec.Struct, frozen=True):
    """One notification as it came, and what its post is known by."""

    post: Post
    body: Any


class Notifications:
    """The looks at one account's notifications."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._deep_at: datetime | None = None

    async def look(self, cursor: Cursor) -> tuple[list[wire.Batch], Cursor]:
        """What is new, oldest first, and the cursor after it. What goes wrong half-way is asked for again as a whole."""
        found = await self._fresh(cursor)
        batches = []
        for part in pages.chunks(found):
            cursor = cursor.knowing([raw.post for raw in part], self._clock())
            batches.append(pages.batch((_told(raw.body) for raw in part), cursor))
        return batches, cursor

    async def _fresh(self, cursor: Cursor) -> list[_Raw]:
        now = self._clock()
        floor, is_deep = cursor.floor(now), self._deep_at is None or now >= self._deep_at
        end = floor if is_deep or not cursor.posts else max(floor, cursor.posts[-1].at - _SHALLOW)
        known = {post.key for post in cursor.posts}
        found: list[_Raw] = []
        async for raw in self._backwards(end, now):
            # One post may be told of twice: it mentions us and answers us.
            if raw.post.key not in known and raw.post.at >= floor and _is_for_us(raw.body):
                known.add(raw.post.key)
                found.append(raw)
        if is_deep:
            self._deep_at = now + _DEEP_EVERY
        return found[::-1]

    async def _backwards(self, end: datetime, now: datetime) -> AsyncIterator[_Raw]:
        """From the newest, page by page, through the first page that reaches beyond `end`."""
        place, seen = "", {""}
        while True:
            # Without `priority`, an account may be told only of people whom it follows.
            known = {"limit": _PAGE, "reasons": translate.REASONS, "priority": "false", "cursor": place}
            told = await self._line.ask(_METHOD, known)
            for body in listed(told, "notifications"):
                raw = _raw(body, now)
                now = raw.post.at
                yield raw
            place = str(told.get("cursor") or "")
            if place in seen or now < end:
                return
            seen.add(place)


def _is_for_us(body: object) -> bool:
    """Other reasons are no words; what has no reason cannot be read, and is kept."""
    reason = body.get("reason") if isinstance(body, dict) else None
    return not isinstance(reason, str) or reason in translate.REASONS


def _raw(body: object, above: datetime) -> _Raw:
    """With what stands above it in the list lending its time to what has none."""
    told: Mapping[str, object] = body if isinstance(body, dict) else {}
    uri, cid = told.get("uri"), told.get("cid")
    try:
        at = translate.moment(told.get("indexedAt"))
    except (ValueError, OverflowError):
        at = above
    if isinstance(uri, str) and isinstance(cid, str) and translate.ADDRESS.fullmatch(uri):
        return _Raw(Post(at, uri.removeprefix("at://"), cid[-10:]), body)
    return _Raw(Post(at, "?" + sha256(json.dumps(body).encode()).hexdigest()[:20], ""), body)


def _told(body: object) -> pages.Told:
    return translate.readable(translate.notification, body)
