"""One notification, one entry of the chat's log, or one post that we look at again → what crosses the border. Pure.

In public, a conversation is what one person says in one thread: under a post of ours a hundred strangers may each have their own
matter. It is named by the thread's first post, and by the person unless that post is theirs: `at://…#did:…`.

Each is read alone, so that a bad one concerns nobody else: it comes out as `wire.Unreadable`, as it came.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot import errors, wire
from bot.connectors.bluesky import attachments

# A post's address: whose it is, and its name among theirs.
ADDRESS = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]+)")
REASONS = ("mention", "reply", "quote")
CREATED = "chat.bsky.convo.defs#logCreateMessage"
_DELETED = "chat.bsky.convo.defs#logDeleteMessage"
_SAID = "chat.bsky.convo.defs#messageView"


def readable(
    read: Callable[[dict[str, Any]], wire.InboundMessage | None], raw: object
) -> wire.InboundMessage | wire.Unreadable | None:
    """What `read` makes of `raw`; whatever it trips over, nothing is lost."""
    try:
        if not isinstance(raw, dict):
            raise TypeError("it is no object")
        return read(raw)
    except Exception as error:  # noqa: BLE001 - it goes to quarantine
        return wire.Unreadable(raw=json.dumps(raw).encode(), reason=f"{type(error).__name__}: {error}"[:300])


def notification(raw: dict[str, Any]) -> wire.InboundMessage | None:
    """Somebody's post that is for us; None for what is no words, such as a like."""
    if raw["reason"] not in REASONS:
        return None
    return post(raw, reason=raw["reason"])


def post(view: dict[str, Any], *, act: wire.Act = wire.Act.SAID, reason: str = "") -> wire.InboundMessage:
    """A post as notifications and threads show it: its address, its author and the record."""
    record, uri, author = view["record"], str(view["uri"]), view["author"]
    reply = record.get("reply") or {}
    return _checked(
        external_id=uri,
        conversation_id=_conversation(reply["root"]["uri"] if reply else uri, author["did"]),
        author=person(author),
        sent_at=moment(view["indexedAt"]),
        text=record["text"],
        act=act,
        is_public=True,
        in_reply_to=reply["parent"]["uri"] if reply else "",
        version=str(view["cid"]) if act is wire.Act.EDITED else "",
        permalink=attachments.address(uri, str(author.get("handle") or "")),
        attachments=attachments.of(record, author["did"]),
        traits={"reason": reason} if reason else {},
    )


def _conversation(root: str, did: str) -> str:
    return root if root.startswith(f"at://{did}/") else f"{root}#{did}"


def root_of(conversation_id: str) -> str:
    """The address of the first post of a public conversation."""
    return conversation_id.partition("#")[0]


def gone(uri: str, at: datetime) -> wire.InboundMessage:
    """A post that is no longer there."""
    author = {"external_id": uri.removeprefix("at://").partition("/")[0]}
    return _checked(
        external_id=uri, conversation_id=uri, author=author, sent_at=at, act=wire.Act.DELETED, is_public=True
    )


def entry(raw: dict[str, Any], us: str, people: Mapping[str, dict[str, str]]) -> wire.InboundMessage | None:
    """One entry of the chat's log; None for what is no words. `people` are those whom the network has named, by DID.

    A message can be deleted for oneself only: an entry says that we did so, somewhere else.
    """
    kind = raw["$type"]
    if kind not in {CREATED, _DELETED}:
        return None
    act = wire.Act.DELETED if kind == _DELETED else wire.Act.SAID
    if act is wire.Act.SAID and raw["message"]["$type"] != _SAID:
        return None
    named = {str(one["did"]): person(one) for one in raw.get("relatedProfiles") or []}
    return message(raw["message"], raw["convoId"], us, {**people, **named}, act=act)


def speaker(raw: object) -> str:
    """The DID of who speaks in an entry of the log; empty where nobody does."""
    said = raw.get("message") if isinstance(raw, dict) and raw.get("$type") == CREATED else None
    return sender(said) if isinstance(said, dict) else ""


def sender(view: dict[str, Any]) -> str:
    """The DID of who wrote a direct message; empty where that cannot be read."""
    found = view.get("sender")
    return str(found.get("did") or "") if isinstance(found, dict) else ""


def message(
    view: dict[str, Any], convo: str, us: str, people: Mapping[str, dict[str, str]], *, act: wire.Act = wire.Act.SAID
) -> wire.InboundMessage:
    """A direct message. It names its sender by DID alone."""
    by = str(view["sender"]["did"])
    return _checked(
        external_id=message_id(convo, str(view["id"])),
        conversation_id=convo,
        author=people.get(by) or {"external_id": by},
        sent_at=moment(view["sentAt"]),
        text="" if act is wire.Act.DELETED else view["text"],
        act=act,
        is_own=by == us,
        attachments=attachments.of(_record(view), by),
    )


def message_id(convo: str, number: str) -> str:
    return f"{convo}/{number}"


def _record(view: dict[str, Any]) -> dict[str, Any]:
    """A direct message shows what it carries as a view; of that, another post is all that can be shared."""
    embed = view.get("embed")
    if isinstance(embed, dict) and embed.get("$type") == "app.bsky.embed.record#view":
        return {"embed": embed}
    return {}


def person(profile: dict[str, Any]) -> dict[str, str]:
    """Somebody as the network shows them, as the fields of a `wire.Person`."""
    handle = str(profile.get("handle") or "")
    return {
        "external_id": profile["did"],
        "name": str(profile.get("displayName") or handle)[:300],
        "username": handle[:300],
        "avatar_url": wire.web_link(str(profile.get("avatar") or ""))[:2000],
    }


def moment(text: object) -> datetime:
    """A time as Bluesky writes it. Raises ValueError when it is none."""
    told = datetime.fromisoformat(str(text))
    if told.tzinfo is None:
        raise ValueError(f"a time without its zone: {text!r}")
    return told.astimezone(UTC)


def _checked(**fields: Any) -> wire.InboundMessage:
    """The message, each field held to its type and length."""
    message = msgspec.convert(fields, wire.InboundMessage)
    message.text.encode()  # half an emoji is no text, and would stop whoever writes it down
    return message


def again(raw: bytes, us: str) -> wire.Batch:
    """One payload that was kept. Raises Invalid while it is still unreadable."""
    try:
        kept = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise errors.Invalid("It is not JSON.") from error
    is_chat = isinstance(kept, dict) and "convoId" in kept
    told = readable((lambda one: entry(one, us, {})) if is_chat else notification, kept)
    if isinstance(told, wire.Unreadable):
        raise errors.Invalid(f"It is still not readable: {told.reason}")
    return wire.Batch((told,) if told else ())
