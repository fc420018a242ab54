"""How the account stands with Meta: now and then a cheap question, once a day what the token may still do.

A permission that somebody took away in Meta's own pages is found here, before the first contact goes unheard.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.meta.graph import Graph

DAILY = timedelta(days=1)
# How long before its end a token is spoken of.
NOTICE = timedelta(days=7)
UNSUBSCRIBED = "The Page is not subscribed to this app, so Meta brings nothing. Subscribe it: POST /subscribed_apps."


class Standing:
    """`needed` are the permissions without which the channel is deaf or dumb. `app_id` where a Page must subscribe to it."""

    def __init__(
        self, graph: Graph, account_id: str, needed: tuple[str, ...], clock: Clock, *, app_id: str = ""
    ) -> None:
        self._graph = graph
        self._app_id = app_id
        self._account_id = account_id
        self._needed = needed
        self._clock = clock
        self._well_at: datetime | None = None
        self._notice = ""

    async def probe(self) -> wire.ChannelHealth:
        """A look at the account, and at its permissions when a day has passed since they were all there."""
        try:
            await self._graph.get(self._account_id, fields="id")
            await self.check()
        except errors.Reauthorize as error:
            self._well_at = None
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
        except errors.TryLater as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
        except errors.Refused as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
        return wire.ChannelHealth(wire.Health.CONNECTED, self._notice)

    async def check(self) -> None:
        """Raise Reauthorize when the token is dead or may no longer do what it must. Asks Meta once a day."""
        now = self._clock()
        if self._well_at is not None and now - self._well_at < DAILY:
            return
        told = await self._graph.inspect()
        _judge(told, self._needed)
        self._notice = _ending(told, now) or await self._silence()
        self._well_at = now

    async def _silence(self) -> str:
        """The sentence that the Page does not have its news brought to us; empty where it has, or Meta will not say."""
        if not self._app_id:
            return ""
        try:
            listed = (await self._graph.get(self._account_id, "subscribed_apps")).get("data")
        except errors.ComptoirError:
            return ""  # to ask this wants a permission of its own, without which the channel works
        subscribed = listed if isinstance(listed, list) else [{"id": self._app_id}]
        is_ours = any(isinstance(one, dict) and one.get("id") == self._app_id for one in subscribed)
        return "" if is_ours else UNSUBSCRIBED


def _judge(told: Mapping[str, Any], needed: tuple[str, ...]) -> None:
    if told.get("is_valid") is not True:
        raise errors.Reauthorize("Meta says that this channel's token is no longer valid.")
    scopes = told.get("scopes")
    granted = scopes if isinstance(scopes, list) else []
    lacking = [permission for permission in needed if permission not in granted]
    if lacking:
        raise errors.Reauthorize(
            f"The token lacks the permission {', '.join(lacking)}. Somebody took it away: renew it."
        )


def _ending(told: Mapping[str, Any], now: datetime) -> str:
    """The sentence that the token will soon end; empty when it will not, or never does (0)."""
    ends = [told.get(name) for name in ("expires_at", "data_access_expires_at")]
    dates = [datetime.fromtimestamp(end, UTC) for end in ends if isinstance(end, int) and 0 < end < 4_102_444_800]
    if not dates or min(dates) - now > NOTICE:
        return ""
    return f"The token ends on {min(dates).date().isoformat()}. Renew it before."
