"""wire ↔ the bodies of WhatsApp's messages. Pure."""

from collections.abc import Sequence
from typing import Any

from bot import wire
from bot.connectors.meta import reading
from bot.connectors.meta.remedies import taken
from bot.connectors.whatsapp import enclosures, templates
from bot.connectors.whatsapp.templates import Template

_LIKE = "\N{THUMBS UP SIGN}"


def bodies(message: wire.OutboundMessage, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """What is said, in its order: words stand under the first file where they fit, else before it.

    The first is in answer to a message where one is named. `numbers` are those of the files.
    """
    files = list(zip(message.files, numbers, strict=True))
    is_caption = bool(files) and _is_caption(message.text, files[0][0])
    made = [] if is_caption or not message.text else [_text(message)]
    for at, (file, number) in enumerate(files):
        made.append(_file(message, file, number, message.text if is_caption and not at else ""))
    if message.in_reply_to:
        made[0] |= {"context": {"message_id": message.in_reply_to}}
    return made


def _is_caption(text: str, file: wire.Enclosure) -> bool:
    return enclosures.kind(file) in enclosures.CAPTIONED and len(text) <= enclosures.LONGEST_CAPTION


def _text(message: wire.OutboundMessage) -> dict[str, Any]:
    return _to(message.conversation_id, "text") | {"text": {"body": message.text, "preview_url": False}}


def _file(message: wire.OutboundMessage, file: wire.Enclosure, number: str, caption: str) -> dict[str, Any]:
    kind = enclosures.kind(file)
    named = {"id": number} | ({"caption": caption} if caption else {})
    return _to(message.conversation_id, kind) | {kind: named | ({"filename": file.name} if kind == "document" else {})}


def template(message: wire.OutboundMessage, of: Template) -> dict[str, Any]:
    """Words that Meta has approved, said to whoever wrote too long ago for others."""
    return _to(message.conversation_id, "template") | {"template": templates.said(of, message.text)}


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
