"""WhatsApp, by Meta's Cloud API: one phone number. Heard by webhook alone, and answered within a day; later by templates."""

from typing import Any

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.meta import connector, options, window
from bot.connectors.meta.enclosures import in_turn, named
from bot.connectors.meta.hooks import Piece
from bot.connectors.whatsapp import attachments, enclosures, send, translate
from bot.connectors.whatsapp.shelf import Shelf

WINDOW_CLOSED = "window_closed"
# The setting that names the account in WhatsApp Manager: templates are its, not the phone number's.
BUSINESS = "business_account_id"
NO_TEMPLATE = "WhatsApp no longer approves these words."
NO_FILE = "The network did not say where this file is."


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> "WhatsApp":
    """The connector of one phone number. Raises Invalid when a setting is not fit. Meta is asked nothing before `open`."""
    return WhatsApp(account, manifest, clock)


class WhatsApp(connector.Connector):
    """One phone number's line."""

    own = "phone_number_id"
    needed = ("whatsapp_business_messaging",)
    split = staticmethod(translate.split)

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        super().__init__(account, manifest, clock)
        business_id = options.number(account, BUSINESS) if account.options.get(BUSINESS) else ""
        self._shelf = Shelf(self._graph, account.vault, business_id, account.name)

    async def open(self) -> None:
        await super().open()
        await self._shelf.open()

    async def close(self) -> None:
        await self._shelf.close()
        await super().close()

    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        if translate.tells_of_templates(piece):
            self._shelf.has_changed()
        return translate.read(piece, self._options.account_id)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        if message.formula:
            return send.receipt(await self._post(self._template(message)))
        self._check(message, self.manifest.limit, enclosures.RULES)
        numbers = [await self._carried(file) for file in message.files]
        return send.receipt(await in_turn(self._post, send.bodies(message, numbers)))

    def _template(self, message: wire.OutboundMessage) -> dict[str, Any]:
        """Its body. What is no longer approved, or other words, are refused before they leave."""
        template = self._shelf.find(message.formula)
        if template is None or message.files or template.formula.read(message.text) is None:
            raise errors.Refused(NO_TEMPLATE)
        return send.template(message, template)

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
        here = window.capabilities(allowed, self.manifest.limit, acts, enclosures.RULES)
        is_person = spot.heard_at is not None and spot.conversation_id.isdecimal()
        # Nobody is written to who has never written, and groups take no templates.
        formulas = self._shelf.formulas if is_person and not here.can_reply else ()
        return msgspec.structs.replace(here, formulas=formulas)
