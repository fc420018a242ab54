"""Everything that X tells, in whatever way it came, ends here in `wire.Batch`."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.x import activity, translate
from bot.connectors.x.fields import Included, Ourselves
from bot.connectors.x.translate import Read

# So many payloads that could not be read are remembered: X shows the newest direct messages at each asking again.
_REMEMBERED = 1_000


class Reader:
    """Reads for one account."""

    def __init__(self, us: Ourselves, clock: Clock) -> None:
        self.us = us
        self._clock = clock
        self._unread: OrderedDict[bytes, None] = OrderedDict()
        # The account has withdrawn our access.
        self.is_revoked = False

    def listed(self, kind: str, things: Iterable[object], includes: object) -> wire.Batch:
        """Posts or direct messages of one list, in the order given. What was unreadable before is not handed over again."""
        found = [translate.read(kind, one, includes, self.us) for one in things]
        return _batch([one for one in found if isinstance(one, tuple) or self._is_news(one.raw)])

    def streamed(self, lines: Iterable[bytes]) -> wire.Batch:
        """Lines of the filtered stream, or of the Activity API's."""
        return _batch([self._line(line) for line in lines])

    def event(self, told: dict[str, Any]) -> wire.Batch:
        """One event of the Activity API."""
        return _batch([self._event(told)])

    def again(self, raw: bytes) -> wire.Batch:
        """One payload that was kept. Raises Invalid while it is still unreadable."""
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise errors.Invalid("It is not JSON.") from error
        if not isinstance(told, dict):
            raise errors.Invalid("It is no object.")
        read = self._kept(raw, told)
        if isinstance(read, wire.Unreadable):
            raise errors.Invalid(f"It is still not readable: {read.reason}")
        return wire.Batch(read)

    def _kept(self, raw: bytes, told: dict[str, Any]) -> Read:
        if told.get("kind") in {"post", "dm"}:
            return translate.read(told["kind"], told.get("payload"), told.get("includes"), self.us)
        return self._line(raw)

    def _event(self, told: dict[str, Any]) -> Read:
        self.is_revoked = self.is_revoked or activity.is_revocation(told, self.us)
        return activity.read(told, self.us, self._clock())

    def _line(self, line: bytes) -> Read:
        """One line: an event, a post with what belongs to it, or a word of the stream's about itself."""
        try:
            told = json.loads(line)
        except (ValueError, RecursionError) as error:
            return wire.Unreadable(raw=line, reason=f"{type(error).__name__}: {error}"[:300])
        data = told.get("data") if isinstance(told, dict) else None
        if isinstance(data, dict) and isinstance(data.get("event_type"), str):
            return self._event(data)
        return translate.carefully(line, lambda: self._post(told))

    def _post(self, told: Any) -> tuple[wire.InboundMessage, ...]:
        if not isinstance(told, dict):
            raise TypeError("an object is needed here")
        data = told.get("data")
        if data is None and told.get("errors"):
            return ()  # the stream says that it is about to end
        if not isinstance(data, dict):
            raise TypeError("a post is needed here")
        return translate.post(data, self.us, Included(told.get("includes")))

    def _is_news(self, raw: bytes) -> bool:
        name = hashlib.sha256(raw).digest()
        if name in self._unread:
            return False
        self._unread[name] = None
        if len(self._unread) > _REMEMBERED:
            self._unread.popitem(last=False)
        return True


def _batch(found: Iterable[Read]) -> wire.Batch:
    messages: list[wire.InboundMessage] = []
    unreadable: list[wire.Unreadable] = []
    for one in found:
        match one:
            case wire.Unreadable():
                unreadable.append(one)
            case read:
                messages.extend(read)
    return wire.Batch(tuple(messages), tuple(unreadable))
