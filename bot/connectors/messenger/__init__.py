"""Messenger: the private messages of one Facebook Page. Heard by webhook; what it did not bring is found by looking back."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot import wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.meta import connector, enclosures, looking, messaging, window
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "Messenger":
    """The connector of one Page. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return Messenger(account, manifest, clock)


class Messenger(connector.Connector):
    """One Page's line for private messages."""

    needed = ("pages_messaging",)

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        every = self._options.look_every
        return looking.looks(self._back, self.read, cursor, self._clock, every, self._standing.check)

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        if piece.key == "private":
            return messaging.read_back(piece.told)
        if piece.kind == "page" and piece.key in messaging.KEYS:
            return messaging.read(piece.told, self._options)
        raise OddError(f"{piece.kind}.{piece.key} is not what Messenger brings")

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        self._check(message, self.manifest.limit, enclosures.MESSENGER)
        return await messaging.send(self._graph, self._options, self._options.account_id, message)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        allowed = window.private(spot, has_human_agent=self._options.has_human_agent)
        return window.capabilities(allowed, self.manifest.limit, {}, enclosures.MESSENGER)

    def _back(self, since: datetime) -> AsyncIterator[Piece]:
        return messaging.back(self._graph, self._options, self._options.account_id, "messenger", since)
