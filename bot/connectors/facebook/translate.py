"""What is said on a Page and of it → what crosses the border. Pure.

A conversation is a comment with its replies, not the post with all that hangs under it: there, hundreds speak who have nothing to
do with each other. What a visitor writes on the Page is a conversation of its own.
"""

from typing import Any

from bot import wire
from bot.connectors.meta import reading
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError, link, maybe, moment, name, part

_POSTS = frozenset({"album", "event", "link", "note", "photo", "post", "share", "status", "video"})
_QUIET_ITEMS = frozenset({"like", "reaction"})
_ACTS = {
    "add": wire.Act.SAID,
    "edit": wire.Act.EDITED,
    "edited": wire.Act.EDITED,
    "remove": wire.Act.DELETED,
    "delete": wire.Act.DELETED,
}
_QUIET_VERBS = frozenset({"block", "follow", "hide", "mute", "unblock", "unhide", "update"})


def changed(piece: Piece, page_id: str) -> tuple[wire.InboundMessage, ...]:
    """What one change tells; nothing when nobody said anything, or when it was ourselves. Raises for whatever is odd."""
    if piece.account_id != page_id:
        raise OddError("it is for another Page; that one needs a channel of its own, and an app of its own")
    field, value = name(piece.told, "field"), part(piece.told, "value")
    if field not in {"feed", "mention"}:
        raise OddError(f"a kind of change not known yet: {field}")
    item, verb = name(value, "item"), name(value, "verb")
    if item in _QUIET_ITEMS or verb in _QUIET_VERBS:
        return ()
    if verb not in _ACTS or item not in {"comment", *_POSTS}:
        raise OddError(f"a kind of change not known yet: {item} {verb}")
    author = _author(value)
    if author["external_id"] == page_id:
        return ()
    kind = "mention" if field == "mention" else "comment" if item == "comment" else "post"
    act = _ACTS[verb]
    return (_message(value, act, author, kind, moment({"at": piece.time}, "at") if piece.time else None),)


def _author(value: object) -> dict[str, str]:
    """Who wrote it. Meta names nobody where somebody has not agreed, and in removals."""
    external_id = maybe(value, "from", "id") or maybe(value, "sender_id")
    return {
        "external_id": external_id or "somebody",
        "name": maybe(value, "from", "name") or maybe(value, "sender_name"),
    }


def _message(value: object, act: wire.Act, author: dict[str, str], kind: str, told_at: Any) -> wire.InboundMessage:
    place = _place(value)
    fields: dict[str, Any] = {**place, "author": author, "is_public": True, "act": act, "traits": {"kind": kind}}
    if act is wire.Act.DELETED:
        return reading.message(**fields, sent_at=told_at or moment(value, "created_time"))
    text, files = maybe(value, "message"), _files(value)
    return reading.message(
        **fields,
        sent_at=moment(value, "created_time"),
        text=text,
        attachments=files or ([] if text else [{"external_id": "unsupported", "kind": "unsupported"}]),
        version=f"{told_at.timestamp()}" if act is wire.Act.EDITED and told_at else "",
        permalink=link(value, "permalink_url") or link(value, "post", "permalink_url"),
    )


def _place(value: object) -> dict[str, str]:
    """Which utterance it is, and in which conversation: of the comment that began it, or the post's own."""
    post, comment = name(value, "post_id"), maybe(value, "comment_id")
    if not comment:
        return {"external_id": post, "conversation_id": post}
    parent = maybe(value, "parent_id")
    answered = parent if parent not in {"", post, comment} else ""
    return {"external_id": comment, "conversation_id": answered or comment, "in_reply_to": answered}


def _files(value: object) -> list[dict[str, str]]:
    found = [(kind, link(value, kind)) for kind in ("photo", "video", "link")]
    return [{"external_id": kind, "kind": kind, "url": url} for kind, url in found if url]


def found(told: object, page_id: str) -> tuple[wire.InboundMessage, ...]:
    """What looking back found: a comment, a visitor's post or a mention, as the Graph lists it."""
    kind, author = name(told, "kind"), _author(told)
    if author["external_id"] == page_id:
        return ()
    value = {
        "post_id": name(told, "post_id"),
        "comment_id": name(told, "id") if kind == "comment" else "",
        "parent_id": maybe(told, "parent", "id"),
        "created_time": part(told, "created_time"),
        "message": part(told, "message"),
        "permalink_url": part(told, "permalink_url"),
        "photo": part(told, "attachment", "media", "image", "src"),
    }
    return (_message(value, wire.Act.SAID, author, kind, None),)
