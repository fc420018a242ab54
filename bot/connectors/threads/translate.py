"""Replies and mentions on Threads → what crosses the border. Pure.

Replies stand under replies without an end, and Threads names only the one above and the post at the root. So a conversation is
what one person says under one post: it stays one, however deep the two of us go.
"""

from collections.abc import Iterator
from typing import Any

from bot import wire
from bot.connectors.meta import hooks, reading
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError, link, maybe, moment, name, part

_OURSELVES = frozenset({"delete", "publish"})
_MEDIA = frozenset({"AUDIO", "CAROUSEL_ALBUM", "IMAGE", "VIDEO"})


def split(told: dict[str, Any]) -> Iterator[Piece]:
    """Threads wraps its news in a shape of its own; what was kept, or found by looking back, is in the usual one."""
    if "values" not in told:
        yield from hooks.split(told)
        return
    values = told["values"]
    for one in values if isinstance(values, list) else [values]:
        target = told.get("target_id")
        yield Piece("threads", target if isinstance(target, str) else "", "values", one, told.get("time"))


def read(piece: Piece, username: str) -> tuple[wire.InboundMessage, ...]:
    """What one piece tells; nothing when it was ourselves. Raises for whatever is odd."""
    if piece.key not in {"public", "values"}:
        raise OddError(f"{piece.kind}.{piece.key} is not what Threads brings")
    field, value = name(piece.told, "field"), part(piece.told, "value")
    if field in _OURSELVES:
        return ()
    if field not in {"replies", "mentions"}:
        raise OddError(f"a kind of news not known yet: {field}")
    author, external_id = name(value, "username"), name(value, "id")
    if author.casefold() == username.casefold():
        return ()
    return (_said(value, author, external_id, "reply" if field == "replies" else "mention"),)


def _said(value: object, author: str, external_id: str, kind: str) -> wire.InboundMessage:
    root = maybe(value, "root_post", "id") or external_id
    text, files = maybe(value, "text"), _files(value, external_id)
    return reading.message(
        external_id=external_id,
        conversation_id=f"{root}:{author}",
        author={"external_id": author, "username": author},
        sent_at=moment(value, "timestamp"),
        text=text,
        is_public=True,
        in_reply_to=maybe(value, "replied_to", "id"),
        permalink=link(value, "permalink"),
        attachments=files or ([] if text else [{"external_id": external_id, "kind": "unsupported"}]),
        traits={"kind": kind},
    )


def _files(value: object, external_id: str) -> list[dict[str, str]]:
    kind = maybe(value, "media_type")
    url = link(value, "media_url") or link(value, "gif_url")
    if kind not in _MEDIA and not url:
        return []
    return [{"external_id": external_id, "kind": kind.lower() if kind in _MEDIA else "image", "url": url}]
