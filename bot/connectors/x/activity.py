"""X's Activity API: what X brings to our door or down its stream, read; at the door, verified over the bytes as they came. Pure.

X first looks whether a door is ours: it sends a token, and wants it signed with the app's secret. What it brings is signed
with the same secret.
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot import errors, wire
from bot.connectors.base import HookRequest
from bot.connectors.x import fields, places, translate
from bot.connectors.x.fields import Included, Ourselves
from bot.connectors.x.places import Place
from bot.connectors.x.translate import Read

SIGNATURE = "x-twitter-webhooks-signature"
LONGEST_BODY = 1_048_576
# What X asks with. Anybody may ask, and the answer is signed as events are: so nothing is signed that could be an event.
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{1,200}")
REVOKED = "oauth.revoke"
# What we ask X to tell us of. It tells of a revocation unasked.
HEARD = (
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "post.delete",
    "dm.received",
    "dm.sent",
    "chat.received",
)
_POSTS = {"post.mention.create": True, "post.quote.create": True, "post.reply.create": False, "post.create": False}
_DIRECT = {"dm.received", "dm.sent"}
# Nobody says anything in these.
_SILENT = {"chat.sent", "dm.read", "dm.indicate_typing", REVOKED}
_SILENT_KINDS = (
    "follow.",
    "like.",
    "mute.",
    "block.",
    "profile.",
    "spaces.",
    "news.",
    "broadcast.",
    "chat.conversation",
    "chat.update",
    "post.repost",
)


def challenge(request: HookRequest, secret: str) -> str:
    """The answer to X's question whether the door is ours. Raises NotAllowed for whatever is no token."""
    token = request.query.get("crc_token", "")
    if not secret or not _TOKEN.fullmatch(token):
        raise errors.NotAllowed("There is no crc_token to answer.")
    return json.dumps({"response_token": signature(secret, token.encode())})


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def verify(request: HookRequest, secret: str) -> None:
    """Raise NotAllowed unless X signed exactly these bytes."""
    given = request.headers.get(SIGNATURE, "").encode("utf-8", "surrogateescape")
    if not secret or not hmac.compare_digest(given, signature(secret, request.body).encode()):
        raise errors.NotAllowed("The request does not bear X's signature for this channel.")


def event(request: HookRequest) -> dict[str, Any]:
    """The one event in the request's body. Raises Invalid for anything else."""
    if request.method != "POST":
        raise errors.Invalid("X posts its events.", field="method")
    if len(request.body) > LONGEST_BODY:
        raise errors.Invalid(f"The body is longer than {LONGEST_BODY} bytes.", field="body")
    try:
        told = json.loads(request.body.decode())
    except (ValueError, RecursionError) as error:
        raise errors.Invalid("The body is not JSON.", field="body") from error
    found = told.get("data") if isinstance(told, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("event_type"), str):
        raise errors.Invalid("The body is not an event of X's.", field="body")
    return found


def read(told: dict[str, Any], us: Ourselves, at: datetime) -> Read:
    """What one event tells us; nothing where nobody says anything, or where another account of the same app is meant.

    `at` dates what X does not.
    """
    raw = json.dumps({"data": told}).encode()
    return translate.carefully(raw, lambda: _read(told, us, at))


def is_revocation(told: Mapping[str, Any], us: Ourselves) -> bool:
    """Whether the account has withdrawn the app's access."""
    payload = told.get("payload")
    return told.get("event_type") == REVOKED and isinstance(payload, dict) and payload.get("user_id") == us.id


def _is_anothers(told: Mapping[str, Any], us: Ourselves) -> bool:
    """X names with each event whose subscription it is of."""
    wanted = told.get("filter")
    whose = wanted.get("user_id") if isinstance(wanted, dict) else None
    return places.is_number(whose) and whose != us.id


def _read(told: dict[str, Any], us: Ourselves, at: datetime) -> tuple[wire.InboundMessage, ...]:
    kind = told["event_type"]
    payload = told.get("payload")
    if kind in _SILENT or kind.startswith(_SILENT_KINDS) or _is_anothers(told, us):
        return ()
    if not isinstance(payload, dict):
        raise TypeError("an event without its payload")
    if kind in _POSTS:
        return translate.post(payload, us, Included(told.get("includes")), is_summons=_POSTS[kind])
    if kind in _DIRECT:
        return _direct_messages(payload, us)
    if kind == "post.delete":
        return _deleted(payload, us, at)
    if kind == "chat.received":
        return _encrypted(payload, us)
    raise ValueError(f"a kind of event not known yet: {kind[:50]}")


def _direct_messages(payload: Mapping[str, Any], us: Ourselves) -> tuple[wire.InboundMessage, ...]:
    people = payload.get("users")
    users = Included({"users": list(people.values()) if isinstance(people, dict) else []}).users
    return tuple(_direct_message(one, us, users) for one in payload["direct_message_events"])


def _direct_message(
    one: Mapping[str, Any], us: Ourselves, users: Mapping[str, Mapping[str, Any]]
) -> wire.InboundMessage:
    """A direct message in the older shape that X's events have kept."""
    said = one["message_create"]
    words = said["message_data"]
    sender = places.number(said["sender_id"])
    recipient = places.number(said["target"]["recipient_id"])
    attachment = words.get("attachment")
    medium = attachment.get("media") if isinstance(attachment, dict) else None
    return translate.checked(
        external_id=f"dm:{places.number(one['id'])}",
        conversation_id=str(Place(person=recipient if sender == us.id else sender)),
        author=translate.person(sender, users.get(sender, {})),
        sent_at=_milliseconds(one.get("created_timestamp")),
        text=fields.plain(words["text"], words.get("entities")),
        is_own=sender == us.id,
        attachments=[_attachment(medium)] if isinstance(medium, dict) else [],
    )


def _attachment(medium: Mapping[str, Any]) -> dict[str, str]:
    kind = str(medium.get("type") or "file")[:30]
    url = wire.web_link(str(medium.get("media_url_https") or ""))
    return {"external_id": str(medium.get("id_str") or medium.get("id")), "kind": kind, "url": url}


def _deleted(payload: Mapping[str, Any], us: Ourselves, at: datetime) -> tuple[wire.InboundMessage, ...]:
    """X names the post, and not where it stood; the desk knows it by its number."""
    gone, author = places.number(payload.get("id")), places.number(payload.get("author_id"))
    return (
        translate.checked(
            external_id=gone,
            conversation_id=str(Place(gone, author)),
            author=translate.person(author, {}),
            sent_at=at,
            act=wire.Act.DELETED,
            is_public=True,
            is_own=author == us.id,
        ),
    )


def _encrypted(payload: Mapping[str, Any], us: Ourselves) -> tuple[wire.InboundMessage, ...]:
    """Somebody wrote, and only their devices and ours can read it. That they wrote is told all the same."""
    sender = places.number(payload.get("sender_id"))
    name = str(payload["id"])
    return (
        translate.checked(
            external_id=f"chat:{name}",
            conversation_id=str(Place(person=sender)),
            author=translate.person(sender, {}),
            sent_at=_milliseconds(payload.get("created_at_msec")),
            is_own=sender == us.id,
            attachments=[{"external_id": name, "kind": "encrypted", "url": "https://x.com/messages"}],
            traits={"encrypted": "yes"},
        ),
    )


def _milliseconds(text: object) -> datetime:
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 16:
        raise ValueError("a time in milliseconds is needed here")
    return datetime.fromtimestamp(int(text) / 1000, UTC)
