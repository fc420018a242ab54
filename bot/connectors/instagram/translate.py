"""Comments and mentions on Instagram → what crosses the border. Pure.

A conversation is a comment with its replies. A mention elsewhere is named by the post, and by the comment when it is in one:
both are needed to answer it.
"""

from typing import Any

from bot import wire
from bot.connectors.meta import messaging, reading
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.options import Options
from bot.connectors.meta.reading import OddError, link, maybe, moment, name, part

_QUIET_FIELDS = frozenset({
    "message_reactions", "messaging_handover", "messaging_optins", "messaging_referral", "messaging_seen", "story_insights",
})  # fmt: skip


def changed(piece: Piece, us: Options) -> tuple[wire.InboundMessage, ...]:
    """What one change tells; nothing when nobody said anything, or when it was ourselves. Raises for whatever is odd."""
    if piece.account_id != us.account_id:
        raise OddError("it is for another account; that one needs a channel of its own, and an app of its own")
    field, value = name(piece.told, "field"), part(piece.told, "value")
    if field in _QUIET_FIELDS:
        return ()
    if field in {"message_edit", "messages", "messaging_postbacks"}:
        return messaging.read(value, us)
    at = {"time": piece.time}
    if field == "mentions":
        return (_mention(value, at),)
    if field not in {"comments", "live_comments"}:
        raise OddError(f"a kind of change not known yet: {field}")
    if name(value, "from", "id") == us.account_id:
        return ()
    media = name(value, "media", "id")
    kind = "live" if field == "live_comments" else "comment"
    return (_comment(value, kind, media, maybe(value, "parent_id"), at),)


def _comment(told: object, kind: str, media: str, parent: str, at: object) -> wire.InboundMessage:
    external_id, username = name(told, "id"), maybe(told, "from", "username") or maybe(told, "username")
    return reading.message(
        external_id=external_id,
        conversation_id=parent or external_id,
        author={"external_id": maybe(told, "from", "id") or username, "username": username},
        sent_at=moment(at, "time"),
        text=name(told, "text"),
        is_public=True,
        in_reply_to=parent,
        traits={"kind": kind, "media": media},
    )


def _mention(told: object, at: object) -> wire.InboundMessage:
    """Somebody named us under another's post. Instagram tells where, and not who, nor with which words."""
    media, comment = name(told, "media_id"), maybe(told, "comment_id")
    return reading.message(
        external_id=comment or media,
        conversation_id=f"{media}:{comment}",
        author={"external_id": "somebody"},
        sent_at=moment(at, "time"),
        is_public=True,
        traits={"kind": "mention", "media": media},
        attachments=[{"external_id": media, "kind": "mention"}],
    )


def found(told: object, us: str) -> tuple[wire.InboundMessage, ...]:
    """What looking back found: a comment, or a post that names us, as the Graph lists it."""
    if maybe(told, "from", "id") == us:
        return ()
    at = {"time": part(told, "timestamp")}
    if name(told, "kind") != "mention":
        return (_comment(told, "comment", name(told, "media_id"), maybe(told, "parent_id"), at),)
    username, fields = name(told, "username"), dict[str, Any]()
    if not maybe(told, "caption"):
        fields["attachments"] = [{"external_id": name(told, "id"), "kind": "mention"}]
    return (
        reading.message(
            **fields,
            external_id=name(told, "id"),
            conversation_id=f"{name(told, 'id')}:",
            author={"external_id": username, "username": username},
            sent_at=moment(at, "time"),
            text=maybe(told, "caption"),
            is_public=True,
            permalink=link(told, "permalink"),
            traits={"kind": "mention", "media": name(told, "id")},
        ),
    )
