"""WhatsApp, by Meta's Cloud API: one phone number. Heard by webhook alone, and answered within a day."""

from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.meta import connector, window
from bot.connectors.meta.enclosures import in_turn, named
from bot.connectors.meta.hooks import Piece
from bot.connectors.whatsapp import attachments, enclosures, send, translate

WINDOW_CLOSED = "window_closed"
NO_FILE = "The network did not say where this file is."


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "WhatsApp":
    """The connector of one phone number. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return WhatsApp(account, manifest, clock)


class WhatsApp(connector.Connector):
    """One phone number's line."""

    own = "phone_number_id"
    needed = ("whatsapp_business_messaging",)
    split = staticmethod(translate.split)

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        return translate.read(piece, self._options.account_id)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        self._check(message, self.manifest.limit, enclosures.RULES)
        numbers = [await self._carried(file) for file in message.files]
        return send.receipt(await in_turn(self._post, send.bodies(message, numbers)))

    async def _carried(self, file: wire.Enclosure) -> str:
        """A file is carried up first, and then said by its number."""
        fields = {"messaging_product": "whatsapp", "type": file.kind}
        return named((await self._graph.upload(self._options.account_id, "media", fields=fields, file=file)).get("id"))

    async def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        return await self._graph.post(self._options.account_id, "messages", body=body)

    async def fetch(self, file: wire.Attachment) -> bytes:
        """A file, by its id. What is no file cannot be fetched."""
        if file.kind not in attachments.FILES:
            raise errors.Refused(NO_FILE)
        return await self._graph.file(file.external_id)

    async def act(self, deed: wire.Deed) -> None:
        if deed.act not in {"like", "unlike"}:
            await super().act(deed)
        await self._post(send.reaction(deed))

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        allowed = window.permission(spot, window.WINDOW, WINDOW_CLOSED)
        acts = {"like": allowed} if spot.message_id else {}
        return window.capabilities(allowed, self.manifest.limit, acts, enclosures.RULES)
