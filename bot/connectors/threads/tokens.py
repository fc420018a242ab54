"""The account's token: it lives for sixty days, and is renewed from its second day on, once in a while.

Whoever puts another one into the settings is heard: what was renewed belongs to the token that it came from.
"""

import hashlib
from datetime import datetime, timedelta

import msgspec

from bot import errors
from bot.clock import Clock
from bot.connectors.base import Vault
from bot.connectors.meta.graph import Graph

_NAME = "token"
# A failure leaves many days to try again.
RENEW_AFTER = timedelta(days=20)


class _Kept(msgspec.Struct):
    """`origin` tells which token of the settings it came from, without being it."""

    origin: str
    token: str
    renewed_at: datetime


class Tokens:
    """Keeps the line's token fresh."""

    def __init__(self, vault: Vault, graph: Graph, given: str, clock: Clock) -> None:
        self._vault = vault
        self._graph = graph
        self._origin = hashlib.sha256(given.encode()).hexdigest()[:16]
        self._given = given
        self._clock = clock

    async def recall(self) -> None:
        """Use what was renewed before, also by another process."""
        kept = await self._kept()
        if kept:
            self._graph.use(kept.token)

    async def renew(self) -> None:
        """Renew when it is time. One that is too young cannot be renewed yet, and works: it is asked again later."""
        kept, now = await self._kept(), self._clock()
        if kept is None:
            # Nobody told when it was made: from now on we count.
            await self._keep(self._given, now)
            return
        if now - kept.renewed_at < RENEW_AFTER:
            return
        try:
            told = await self._graph.renew()
        except errors.Refused:
            return
        fresh = told.get("access_token")
        if isinstance(fresh, str) and fresh:
            await self._keep(fresh, now)
            self._graph.use(fresh)

    async def _keep(self, token: str, at: datetime) -> None:
        await self._vault.write(_NAME, msgspec.json.encode(_Kept(self._origin, token, at)).decode())

    async def _kept(self) -> _Kept | None:
        try:
            kept = msgspec.json.decode(await self._vault.read(_NAME) or "", type=_Kept)
        except msgspec.DecodeError:
            return None
        return kept if kept.origin == self._origin else None
