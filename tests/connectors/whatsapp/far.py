"""WhatsApp's side: what its webhook brings, and the phone number on the loopback Graph."""

import asyncio
from typing import Any

from bot import wire
from bot.connectors.base import Forgetful
from tests.connectors.far_side import Taken, TakenFile
from tests.connectors.meta.far import SAID_AT, MetaFar
from tests.connectors.meta.graph_api import read

US = "106540352242922"
ANN = "33612345678"
BUSINESS = "419"


class Kept(Forgetful):
    """A vault that tells when something was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: asyncio.Queue[str] = asyncio.Queue()

    async def write(self, name: str, value: str) -> None:
        await super().write(name, value)
        self.writes.put_nowait(value)

    async def next(self) -> str:
        async with asyncio.timeout(20):
            return await self.writes.get()


def payload(*messages: dict[str, Any], us: str = US, **value: Any) -> dict[str, Any]:
    """A request of WhatsApp's with these messages of Ann's."""
    held = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "33199000000", "phone_number_id": us},
        "contacts": [{"profile": {"name": "Ann Lee"}, "wa_id": ANN}],
    } | value
    if messages:
        held["messages"] = list(messages)
    return {"object": "whatsapp_business_account", "entry": [{"id": "419", "changes": [_change(held)]}]}


def _change(value: dict[str, Any]) -> dict[str, Any]:
    return {"field": "messages", "value": value}


def message(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    """A message of Ann's, as WhatsApp writes one."""
    said = {"from": ANN, "id": f"wamid.{number}", "timestamp": str(SAID_AT + number)}
    return said | ({"type": "text", "text": {"body": text}} if text else {}) | more


def template(name: str, language: str, body: str, *more: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An approved template, as the Graph lists it."""
    told = {"id": f"7{name}", "name": name, "language": language, "status": "APPROVED", "category": "UTILITY"}
    return told | {"components": [{"type": "BODY", "text": body}, *more]} | fields


def words(body: dict[str, Any]) -> str:
    """What a message says: its text, or what stands under its file."""
    kind = body["type"]
    if kind == "template":
        return str(body["template"]["name"])
    return str(body["text"]["body"] if kind == "text" else body[kind].get("caption", ""))


class WhatsApp(MetaFar):
    network = "whatsapp"
    own = "phone_number_id"
    us = US
    scopes = ("whatsapp_business_management", "whatsapp_business_messaging")

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.templates: list[dict[str, Any]] = []
        self.files: dict[str, tuple[str, TakenFile]] = {}

    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        if (method, path) == ("GET", US):
            return {"id": US}
        if (method, path) == ("GET", f"{BUSINESS}/message_templates"):
            return {"data": self.templates}
        if (method, path) == ("POST", f"{US}/media"):
            assert body["messaging_product"] == "whatsapp"
            self.files[f"90{len(self.files)}"] = read(body["file"])
            return {"id": f"90{len(self.files) - 1}"}
        assert (method, path) == ("POST", f"{US}/messages")
        self.sent.append(body)
        return {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.out{len(self.sent)}"}]}

    def payload(self, text: str) -> dict[str, Any]:
        return payload(message(1, text))

    def odd_payload(self) -> dict[str, Any]:
        return payload(message(1, type="telepathy", telepathy={}))

    def taken(self) -> list[Taken]:
        return [self._taken(f"wamid.out{number}", body) for number, body in enumerate(self.sent, start=1)]

    def _taken(self, external_id: str, body: dict[str, Any]) -> Taken:
        number = body[body["type"]].get("id", "")
        files = (self.files[number][1],) if number else ()
        return Taken(external_id, body["to"], words(body), body.get("context", {}).get("message_id", ""), files)

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id=ANN, text=text, is_public=False)
