"""A post or a direct message of X's → what crosses the border. Pure.

Each thing is read alone, so that a bad one concerns nobody else: it comes out as `wire.Unreadable`, as it came.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot import wire
from bot.connectors.x import fields, places, summons
from bot.connectors.x.fields import Included, Ourselves
from bot.connectors.x.places import Place

Messages = tuple[wire.InboundMessage, ...]
Read = Messages | wire.Unreadable
_SHOWN = "https://x.com"


def read(kind: str, payload: object, includes: object, us: Ourselves) -> Read:
    """One `post` or `dm` as X gave it; nothing when it is not for us."""
    reader = post if kind == "post" else direct_message
    return carefully(kept(kind, payload, includes), lambda: reader(fields.object_(payload), us, Included(includes)))


def carefully(raw: bytes, reading: Callable[[], Messages]) -> Read:
    """What `reading` gives; whatever it trips over, `raw` is kept as it came."""
    try:
        return reading()
    except Exception as error:  # noqa: BLE001 - X may send anything, and nothing is lost: it goes to quarantine
        return wire.Unreadable(raw=raw, reason=f"{type(error).__name__}: {error}"[:300])


def kept(kind: str, payload: object, includes: object) -> bytes:
    """A payload as the quarantine keeps it, with the names that it needs to be understood."""
    author = payload.get("author_id") or payload.get("sender_id") if isinstance(payload, dict) else None
    users = [one for one in Included(includes).users.values() if author and one.get("id") == author]
    return json.dumps({"kind": kind, "payload": payload, "includes": {"users": users}}).encode()


def post(told: Mapping[str, Any], us: Ourselves, included: Included, *, is_summons: bool = False) -> Messages:
    """`is_summons` when X itself says that the author mentioned or quoted us."""
    referred = fields.references(told)
    contact = _contact(told, us)
    if "retweeted" in referred or not contact:
        return ()
    versions = fields.versions(told)
    is_edit = len(versions) > 1
    author = included.users.get(told["author_id"], {})
    message = checked(
        external_id=versions[0],
        conversation_id=str(Place(_root(told, versions), contact)),
        author=person(told["author_id"], author),
        sent_at=fields.moment(told.get("created_at")),
        text=fields.text_of(told),
        act=wire.Act.EDITED if is_edit else wire.Act.SAID,
        is_public=True,
        is_own=told["author_id"] == us.id,
        in_reply_to=referred.get("replied_to", ""),
        version=versions[-1] if is_edit else "",
        permalink=f"{_SHOWN}/{author.get('username') or 'i'}/status/{versions[-1]}",
        attachments=_attachments(told, included),
        traits=summons.traits(told, us, included) | ({"summoned": "yes"} if is_summons else {}),
    )
    return (message,)


def _contact(told: Mapping[str, Any], us: Ourselves) -> str:
    """Whose branch of the thread it stands in; empty for what the account says to everybody, or to itself."""
    author = places.number(told.get("author_id"))
    if author != us.id:
        return author
    answered = told.get("in_reply_to_user_id")
    return "" if answered in {None, us.id} else places.number(answered)


def _root(told: Mapping[str, Any], versions: list[str]) -> str:
    """The post that began the thread, by the number of its first version."""
    root = told.get("conversation_id") or versions[0]
    return versions[0] if root in versions else places.number(root)


def direct_message(told: Mapping[str, Any], us: Ourselves, included: Included) -> Messages:
    """A direct message as X's own list gives it."""
    if told.get("event_type", "MessageCreate") != "MessageCreate":
        return ()  # somebody joined or left
    sender = places.number(told.get("sender_id"))
    return (
        checked(
            external_id=f"dm:{places.number(told.get('id'))}",
            conversation_id=str(Place.private(fields.string(told.get("dm_conversation_id")), us.id)),
            author=person(sender, included.users.get(sender, {})),
            sent_at=fields.moment(told.get("created_at")),
            text=fields.plain(fields.string(told.get("text", "")), told.get("entities")),
            is_own=sender == us.id,
            attachments=_attachments(told, included),
        ),
    )


def checked(**parts: Any) -> wire.InboundMessage:
    """The message, each field held to its type and length."""
    message = msgspec.convert(parts, wire.InboundMessage)
    message.text.encode()  # half an emoji is no text, and would stop whoever writes it down
    return message


def person(id_: str, user: Mapping[str, Any]) -> dict[str, str]:
    return {
        "external_id": id_,
        "name": user.get("name") or "",
        "username": user.get("username") or "",
        "avatar_url": wire.web_link(str(user.get("profile_image_url") or "")),
    }


def _attachments(told: Mapping[str, Any], included: Included) -> list[dict[str, str]]:
    attached = told.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    found = []
    for key in keys if isinstance(keys, list) else []:
        medium = included.media.get(str(key), {})
        url = wire.web_link(str(medium.get("url") or medium.get("preview_image_url") or ""))
        found.append({"external_id": str(key), "kind": str(medium.get("type") or "file")[:30], "url": url})
    return found[:50]
