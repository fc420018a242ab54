"""How Telegram is heard: by our own long poll, or by requests at our door. Both end in `wire.Batch`.

Telegram keeps an update until a later question names a higher number, and then forgets it. So that number is named only
when the next batch is asked for, which means that this one is committed.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import HookRequest
from bot.connectors.telegram import translate
from bot.connectors.telegram.api import ANSWER_SECONDS, HOLD_SECONDS, Api
from bot.connectors.telegram.translate import Ourselves

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
LONGEST_BODY = 1_048_576
# After a silent week Telegram numbers updates anew, at random. A number from before could then confirm, and so lose,
# what nobody has seen; so after a silence, as at the start, we ask for the oldest it still has and name no number.
_SILENCE = timedelta(days=6)
# As many as one answer can hold. So close below the cursor are updates that we have committed; ones far below are
# numbered anew.
_JUST_BEFORE = 100
# For a server that answers an empty question at once instead of holding it open.
_PAUSE_SECONDS = 0.3
_ALBUMS = 200


class Reader:
    """Reads updates one by one, and remembers which albums were for us: their later parts bear no words that say so."""

    def __init__(self, us: Ourselves, clock: Clock) -> None:
        self._us = us
        self._clock = clock
        self._albums: deque[str] = deque(maxlen=_ALBUMS)

    def batch(self, updates: Iterable[object], cursor: str | None = None) -> wire.Batch:
        """All of `updates`, in their order; what cannot be read does not stop the rest."""
        messages: list[wire.InboundMessage] = []
        unreadable: list[wire.Unreadable] = []
        for one in updates:
            match self._read(one):
                case wire.Unreadable() as bad:
                    unreadable.append(bad)
                case read:
                    messages.extend(read)
        return wire.Batch(tuple(messages), tuple(unreadable), cursor)

    def again(self, raw: bytes) -> wire.Batch:
        """One update that was kept. Raises Invalid while it is still unreadable."""
        try:
            read = self.batch([json.loads(raw)])
        except (ValueError, RecursionError) as error:
            raise errors.Invalid("It is not JSON.") from error
        if read.unreadable:
            raise errors.Invalid(f"It is still not readable: {read.unreadable[0].reason}")
        return read

    def _read(self, raw: object) -> tuple[wire.InboundMessage, ...] | wire.Unreadable:
        album = translate.album(raw)
        read = translate.update(raw, self._us, self._clock(), in_our_album=album in self._albums)
        if album and read and album not in self._albums:
            self._albums.append(album)
        return read


async def poll(api: Api, reader: Reader, cursor: str | None, clock: Clock) -> AsyncIterator[wire.Batch]:
    """Every batch since `cursor`, for ever. The cursor is the number of the next update, as a string."""
    committed = int(cursor) if cursor and cursor.isdecimal() else 0
    offset: int | None = None
    heard_at = clock()
    while True:
        updates = await _ask(api, offset)
        if not updates:
            offset = None if _is_silent(heard_at, clock()) else offset
            continue
        heard_at, offset = clock(), _next(updates)
        fresh = [one for one in updates if not _is_committed(_number(one), committed)]
        if fresh:
            yield reader.batch(fresh, str(offset))
            committed = offset


async def _ask(api: Api, offset: int | None) -> list[object]:
    asked_at = asyncio.get_running_loop().time()
    updates = await api.call(
        "getUpdates",
        wait=HOLD_SECONDS + ANSWER_SECONDS,
        offset=offset,
        timeout=HOLD_SECONDS,
        allowed_updates=list(translate.KINDS),
    )
    if not isinstance(updates, list):
        raise errors.TryLater("Telegram's answer could not be read.")
    if not updates and asyncio.get_running_loop().time() - asked_at < _PAUSE_SECONDS:
        await asyncio.sleep(_PAUSE_SECONDS)
    return updates


def _is_committed(number: int, committed: int) -> bool:
    return number >= 0 and committed - _JUST_BEFORE <= number < committed


def _is_silent(heard_at: datetime, now: datetime) -> bool:
    return now - heard_at >= _SILENCE


def _next(updates: list[object]) -> int:
    """The number after the highest. Without any number we could not go on, and would read the same for ever."""
    highest = max(_number(one) for one in updates)
    if highest < 0:
        raise errors.TryLater("Telegram sent updates without numbers.", after=timedelta(minutes=1))
    return highest + 1


def _number(raw: object) -> int:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) else -1


def verify(request: HookRequest, secret: str) -> None:
    """Raise NotAllowed unless the request bears our secret. A channel without a secret takes no requests at all."""
    given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
    if not secret or not hmac.compare_digest(given, secret.encode()):
        raise errors.NotAllowed("The request does not bear this channel's secret.")


def update(request: HookRequest) -> dict[str, Any]:
    """The one update in the request's body. Raises Invalid for anything else."""
    if request.method != "POST":
        raise errors.Invalid("Telegram posts its updates.", field="method")
    if len(request.body) > LONGEST_BODY:
        raise errors.Invalid(f"The body is longer than {LONGEST_BODY} bytes.", field="body")
    try:
        found = json.loads(request.body.decode())
    except (ValueError, RecursionError) as error:
        raise errors.Invalid("The body is not JSON.", field="body") from error
    if not isinstance(found, dict) or _number(found) < 0:
        raise errors.Invalid("The body is not an update of Telegram's.", field="body")
    return found
