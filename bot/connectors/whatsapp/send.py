"""wire ↔ the bodies of WhatsApp's messages. Pure."""

from typing import Any

from bot import wire
from bot.connectors.meta import reading
from bot.connectors.meta.remedies import taken

_LIKE = "\N{THUMBS UP SIGN}"


def words(message: wire.OutboundMessage) -> dict[str, Any]:
    """A text, in answer to a message where one is named."""
    body = _to(message.conversation_id, "text") | {"text": {"body": message.text, "preview_url": False}}
    return body | {"context": {"message_id": message.in_reply_to}} if message.in_reply_to else body


def reaction(deed: wire.Deed) -> dict[str, Any]:
    """A thumb under a message, or none: an empty one takes it away."""
    emoji = _LIKE if deed.act == "like" else ""
    return _to(deed.conversation_id, "reaction") | {"reaction": {"message_id": deed.message_id, "emoji": emoji}}


def _to(conversation_id: str, kind: str) -> dict[str, Any]:
    """Whom it is for: a person is named by a number, a group by letters."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual" if conversation_id.isdecimal() else "group",
        "to": conversation_id,
        "type": kind,
    }


def receipt(told: dict[str, Any]) -> wire.Receipt:
    """Under which id WhatsApp has the words. Raises Uncertain when it does not say."""
    listed = told.get("messages")
    return wire.Receipt(taken(reading.part(listed[0], "id") if isinstance(listed, list) and listed else None))
